"""Key groups within reach: in the terminal, in ``run.json``, as a sheet of the workbook, on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import UNITS_PER_PERSON, GroupCover
from catchment.outputs.lines import Line, Share, Sheet
from catchment.outputs.profile import published
from catchment.outputs.style import people_text, printable, share_text, whole
from catchment.outputs.suggested import people
from catchment.rounding import largest_remainder
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catchment.model import Run
    from catchment.words import Language


_WORST = 3
"""Regions named on the terminal; the workbook has them all."""


def group_lines(run: Run) -> Iterator[str]:
    """A line for each group, with its settings; below it the regions where most of it are not covered."""
    run, language = published(run), run.language
    for group in run.groups:
        parts = [
            say(
                "group.of_setting",
                language,
                name=say(f"setting.{setting.name.lower()}", language),
                share=share_text(*turned),
            )
            for setting, (total, covered) in group.by_setting.items()
            if total and (turned := (covered, total))
        ]
        yield say(
            "group.line",
            language,
            name=printable(group.name),
            people=people_text(whole(group.people)),
            covered=people_text(whole(group.covered)),
            share=share_text(group.covered, group.people),
            parts=say("group.between", language).join(parts),
        )
        worst = _worst_regions(run, group)
        if worst:
            yield say("group.worst", language, names=say("group.between", language).join(worst))


def _worst_regions(run: Run, group: GroupCover) -> list[str]:
    """The regions with most uncovered people of a group, and how many."""
    uncovered = group.by_region[:, 0] - group.by_region[:, 1]
    order = np.argsort(-uncovered, kind="stable")[:_WORST]
    names = _region_names(run)
    return [f"{printable(names[at])} {whole(int(uncovered[at])):,}" for at in order if uncovered[at] > 0]


def groups_record(run: Run) -> list[dict[str, Any]]:
    """Exact people of each group by setting and region, those covered beside them; empty without a table."""
    run = published(run)
    return [
        {
            "name": group.name,
            **_counts((group.people, group.covered)),
            "people_unplaced": group.unplaced,
            "settings": {setting.name.lower(): _counts(pair) for setting, pair in group.by_setting.items()},
            "regions": [
                {"region_id": region, **_counts((int(total), int(covered)))}
                for region, (total, covered) in zip(_region_ids(run), group.by_region, strict=True)
                if total
            ],
        }
        for group in run.groups
    ]


def _counts(pair: tuple[int, int]) -> dict[str, Any]:
    total, covered = pair
    return {
        "people_total": people(total),
        "people_covered": people(covered),
        "covered_share": covered / total if total else None,
    }


def _region_ids(run: Run) -> list[str]:
    return [] if run.regions is None else run.regions.frame["region_id"].tolist()


def _region_names(run: Run) -> list[str]:
    return [] if run.regions is None else run.regions.frame["name"].tolist()


def printed_persons(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """
    Whole people and covered people of parts, so that they add up to those of the whole.

    Parameters
    ----------
    pairs
        People and covered people of each part [1/1024 person].

    Examples
    --------
    >>> printed_persons([(512, 512), (512, 0), (1024, 0)])
    [(1, 1), (0, 0), (1, 0)]
    """
    cells = np.array([(covered, total - covered) for total, covered in pairs], np.int64).reshape(-1, 2)
    persons = largest_remainder(cells.ravel() / UNITS_PER_PERSON, whole(int(cells.sum()))).reshape(-1, 2)
    return [(int(covered + rest), int(covered)) for covered, rest in persons]


def groups_sheet(run: Run) -> Sheet:
    """A line for each group and setting, and for each group and region; the groups as wholes first."""
    return Sheet(say("group.sheet", run.language), tuple(_lines(run)), is_table=True)


def _lines(run: Run) -> Iterator[Line]:
    language = run.language
    heads = ("group.name", "group.where", "book.people", "page.covered", "page.uncovered", "book.share")
    yield Line(tuple(say(word, language) for word in heads), "header")
    for group in run.groups:
        yield _line(group, say("page.total", language), [(group.people, group.covered)])[0]
    for group in run.groups:
        yield from _line(group, *_settings(group, language))
    for group in run.groups:
        lived_in = np.flatnonzero(group.by_region[:, 0])
        names = [printable(_region_names(run)[at]) for at in lived_in]
        yield from _line(group, names, [(int(total), int(covered)) for total, covered in group.by_region[lived_in]])


def _settings(group: GroupCover, language: Language) -> tuple[list[str], list[tuple[int, int]]]:
    held = {setting: pair for setting, pair in group.by_setting.items() if pair[0]}
    return [say(f"setting.{setting.name.lower()}", language) for setting in held], list(held.values())


def _line(group: GroupCover, names: str | list[str], pairs: list[tuple[int, int]]) -> list[Line]:
    named = [names] if isinstance(names, str) else names
    return [
        Line((printable(group.name), name, total, covered, total - covered, Share(exact[1], exact[0])))
        for name, (total, covered), exact in zip(named, printed_persons(pairs), pairs, strict=True)
    ]


def groups_table(run: Run) -> list[dict[str, Any]]:
    """The rows of the page: whole persons and shares of each group, as a whole and by setting, and shares by region."""
    run = published(run)
    return [
        {
            "name": printable(group.name),
            "people": whole(group.people),
            "covered": whole(group.covered),
            "share": share_text(group.covered, group.people),
            "settings": {
                setting.name.lower(): share_text(covered, total)
                for setting, (total, covered) in group.by_setting.items()
                if total
            },
            "regions": [
                {"people": total, "share": share_text(exact_covered, exact) if exact else ""}
                for (total, _), (exact, exact_covered) in zip(
                    printed_persons([(int(t), int(c)) for t, c in group.by_region]),
                    group.by_region.tolist(),
                    strict=True,
                )
            ],
        }
        for group in run.groups
    ]
