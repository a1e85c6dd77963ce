"""A choice counted again: in exact units for a program, in lines that add up for a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import UNITS_PER_PERSON, Setting
from catchment.outputs.style import largest_remainder_table, people_text, printable, share_text, standard_line, whole
from catchment.outputs.suggested import terminal_table
from catchment.rounding import largest_remainder
from catchment.words import say

if TYPE_CHECKING:
    import pandas as pd

    from catchment.model import Ints, ScoredChoice
    from catchment.words import Language

SCHEMA = "catchment.score/1"


def score_record(scored: ScoredChoice) -> dict[str, Any]:
    """What ``--json`` prints: people in whole units of 1/1024 person, here and as the choice file says."""
    choice, score = scored.choice, scored.score
    return {
        "schema": SCHEMA,
        "run": choice.run,
        "reading": choice.reading,
        "limits_m": {setting.name.lower(): scored.standard.rule(setting).limit_mm / 1000 for setting in Setting},
        "people_units": score.people_units,
        "before_units": score.before_units,
        "covered_units": score.covered_units,
        "gain_units": score.gain_units,
        "by_setting": {
            setting.name.lower(): dict(zip(_UNITS, counts, strict=True)) for setting, counts in score.by_setting.items()
        },
        "regions": _rows(scored.by_region),
        "counties": _rows(scored.by_county),
        "choice": asdict(choice),
        "off_road": list(scored.off_road),
        "data": scored.digest,
        "same_data": scored.same_data,
        "agrees": scored.agrees,
        "difference_units": scored.difference_units,
    }


_UNITS = ("people_units", "before_units", "covered_units")


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {
            **{name: row[name] for name in ("region_id", "name", "parent")},
            **dict(zip(_UNITS, (int(row[name]) for name in ("people", "before", "covered")), strict=True)),
        }
        for row in table.to_dict("records")
    ]


def score_lines(scored: ScoredChoice, language: Language) -> list[str]:
    """The standard, what the choice changes by total, setting and county or region, and whether the counts agree."""
    choice = scored.choice
    changes = say(
        "score.choice",
        language,
        close=len(choice.close),
        open=len(choice.open),
        add=len(choice.add),
        reading=say(f"reading.{choice.reading}", language),
    )
    off_road = [say("score.off_road", language, count=len(scored.off_road))] if scored.off_road else []
    table = terminal_table(_cells(scored, language))
    return [standard_line(scored.standard, language), changes, *table, *off_road, *_agreement(scored, language)]


def _cells(scored: ScoredChoice, language: Language) -> list[list[str]]:
    """A row of titles, the total, and the parts that add up to it, twice: by setting, and by county or region."""
    score = scored.score
    words = ("page.residents", "proposal.now", "proposal.planned", "proposal.increase", "page.covered_share")
    total = np.array([[score.people_units, score.before_units, score.covered_units]], np.int64)
    by_setting = np.array([score.by_setting[setting] for setting in Setting], np.int64)
    settings = [say(f"setting.{setting.name.lower()}", language) for setting in Setting]
    places = scored.by_county if len(scored.by_county) else scored.by_region
    names = [printable(str(name)) or say("page.no_parent", language) for name in places.get("name", [])]
    by_place = np.array([places.get(name, []) for name in ("people", "before", "covered")], np.int64).T
    return [
        ["", *(say(word, language) for word in words)],
        *_rows_of([say("page.total", language)], total),
        *_rows_of(settings, by_setting),
        *_rows_of(names, by_place),
    ]


def _rows_of(names: list[str], units: Ints) -> list[list[str]]:
    """A row per name: people, before, after, gain, and the shares."""
    return [
        [
            name,
            people_text(people),
            people_text(before),
            people_text(after),
            f"{after - before:+,}",
            f"{share_text(exact[1], exact[0])} → {share_text(exact[2], exact[0])}",
        ]
        for name, (people, before, after), exact in zip(names, persons(units).tolist(), units.tolist(), strict=True)
    ]


def persons(units: Ints) -> Ints:
    """
    People, covered before and covered after as whole persons that add up to the rounded sums of their columns.

    No row has more covered people than people. A gain of less than a person may be printed at a neighbouring row.

    Parameters
    ----------
    units
        1/1024 persons, each row people >= covered, shape (n, 3).

    Examples
    --------
    Half a person more in each of two regions is one person more in all.

    >>> persons(np.array([[2048, 1024, 1536], [2048, 1024, 1536], [1536, 512, 512]])).tolist()
    [[2, 1, 2], [2, 1, 1], [2, 1, 1]]
    """
    people, before, after = units.T
    # What a row consists of: covered before and after, won, lost, and covered neither before nor after.
    parts = np.column_stack(
        [
            np.minimum(before, after),
            np.maximum(after - before, 0),
            np.maximum(before - after, 0),
            people - np.maximum(before, after),
        ]
    )
    rows = largest_remainder(people / UNITS_PER_PERSON, whole(int(people.sum())))
    kept, won, lost, _ = largest_remainder_table(parts, rows, _whole_parts(parts)).T
    return np.column_stack([rows, kept + lost, kept + won])


def _whole_parts(parts: Ints) -> Ints:
    """Whole persons kept, won, lost and left: they make the rounded sums of people, before and after."""
    kept, won, lost, left = parts.sum(axis=0).tolist()
    people, before, after = whole(kept + won + lost + left), whole(kept + lost), whole(kept + won)
    # None of the four is below the whole persons of its rows; between these bounds there is always a number.
    least = (parts // UNITS_PER_PERSON).sum(axis=0).tolist()
    low, high = max(least[2], least[1] + before - after), min(before - least[0], people - after - least[3])
    losing = min(max(whole(lost) if won else before - after, low), high)
    return np.array([before - losing, after - before + losing, losing, people - after - losing])


def _agreement(scored: ScoredChoice, language: Language) -> list[str]:
    """Whether the count is that of the choice file, and whether both are of the same data."""
    data = [] if scored.same_data else [say("score.other_data", language)]
    if scored.agrees:
        return [*data, say("score.agrees", language, units=scored.score.covered_units)]
    return [
        *data,
        say(
            "score.differs",
            language,
            units=scored.score.covered_units,
            said=scored.choice.covered_units,
            difference=f"{scored.difference_units:+}",
            people=scored.score.people_units,
            people_said=scored.choice.people_units,
        ),
    ]
