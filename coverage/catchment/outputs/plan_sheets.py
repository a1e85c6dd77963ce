"""A ledger against its plan, as sheets: dates and units, names and codes, a checklist of every site, services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.model import Setting
from catchment.outputs.lines import Line, Share, Sheet
from catchment.outputs.payload import type_text
from catchment.outputs.plan_page import state_text
from catchment.outputs.style import printable, whole
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from catchment.model import FitItem, Ints, MilestoneState, Planned, Run, ServiceCover, SiteFit, Targets
    from catchment.outputs.lines import Cell
    from catchment.words import Language

_TO_DO = ("none", "coming", "open")
_MARKS = {"met": "√", "unmet": "×", "unknown": "?"}


def plan_sheets(run: Run, held: Planned) -> Iterator[Sheet]:
    """The sheets that have something to say."""
    yield Sheet(say("plan.sheet", run.language), tuple(_plan(run, held)), is_table=False)
    if held.units or held.villages:
        yield Sheet(say("plan.sheet_units", run.language), tuple(_units(run, held)), is_table=True)
    if held.names:
        yield Sheet(say("plan.sheet_names", run.language), tuple(_names(run, held)), is_table=True, above=1)
    if held.fit:
        yield Sheet(say("plan.sheet_fit", run.language), tuple(_fit(run, held)), is_table=True, above=1)
    if held.services:
        yield Sheet(say("plan.sheet_services", run.language), tuple(_services(run, held)), is_table=True, above=1)


def _heads(language: Language, *words: str) -> Line:
    return Line(tuple(say(word, language) for word in words), "header")


# ---- dates, batches, and what the plan says of types


def _plan(run: Run, held: Planned) -> Iterator[Line]:
    language, plan = run.language, held.plan
    yield Line((printable(plan.name),), "title")
    if plan.source:
        yield Line((say("plan.source", language, source=printable(plan.source)),), "note")
    yield Line((say("plan.note", language),), "note")
    if run.progress is not None and held.milestones:
        yield Line(())
        yield from _milestones(held.milestones, run.progress.targets, language)
    if run.progress is not None and held.by_batch:
        yield Line(())
        yield from _batches(held.by_batch, run.progress.targets, language)
    if plan.managed:
        yield Line(())
        yield _heads(language, "targets.row", "plan.managed", "plan.basis")
        for line in plan.managed:
            basis = say("plan.inferred", language) if line.inferred else ""
            yield Line((printable(line.row), printable(say("plan.comma", language).join(line.units)), basis))
    yield Line(())
    yield _heads(language, "book.type", "plan.public", "page.services", "plan.department", "plan.basis")
    for kind in plan.types:
        public = say("book.yes" if kind.public else "book.no", language)
        services = printable(say("plan.comma", language).join(kind.services))
        text = type_text(kind.code, language)
        yield Line((text, public, services, printable(kind.department), printable(kind.basis)))


def _milestones(states: Sequence[MilestoneState], targets: Targets, language: Language) -> Iterator[Line]:
    heads = ("plan.milestone", "plan.date", "plan.state", "plan.asked", "targets.done", "targets.missing", "plan.where")
    yield _heads(language, *heads, "plan.basis")
    for state in states:
        milestone = state.milestone
        texts = (printable(milestone.name), milestone.date.isoformat(), state_text(state, language))
        counts = (int(state.asked.sum()), int(state.open.sum()), state.missing)
        yield Line((*texts, *counts, missing_text(state, targets, language), printable(milestone.basis)))


def missing_text(state: MilestoneState, targets: Targets, language: Language) -> str:
    """Which rows and types lack how many sites for a milestone."""
    left = state.asked - state.open
    parts = [
        say(
            "plan.cell",
            language,
            row=printable(targets.rows[row]),
            type=type_text(targets.types[kind], language),
            count=int(left[row, kind]),
        )
        for row, kind in np.argwhere(left)
    ]
    return say("plan.comma", language).join(parts)


def _batches(by_batch: Mapping[str, Ints], targets: Targets, language: Language) -> Iterator[Line]:
    """Sites that are not closed by batch and type."""
    types = (type_text(kind, language) for kind in targets.types)
    yield Line((say("plan.batch", language), *types, say("page.total", language)), "header")
    for batch, counts in by_batch.items():
        yield Line(
            (printable(batch) or say("plan.no_batch", language), *counts.sum(axis=0).tolist(), int(counts.sum()))
        )


# ---- units


def _units(run: Run, held: Planned) -> Iterator[Line]:
    language = run.language
    heads = ("plan.level", "book.region_id", "book.name", "book.parent", "targets.row", "plan.unit_state")
    yield _heads(language, *heads, "plan.its_sites", "book.people", "page.uncovered")
    # First what is to be done: townships without a site, then those whose site is not open yet.
    for check in sorted(held.units, key=lambda check: (not check.unit.civil, _TO_DO.index(check.state))):
        unit = check.unit
        level = say("plan.level_township" if unit.civil else "plan.level_other", language)
        row = printable(check.row) + (say("plan.inferred_mark", language) if check.inferred else "")
        sites = printable(say("plan.comma", language).join(check.sites))
        texts = (level, printable(unit.code), printable(unit.name), printable(unit.county), row)
        look: Literal["plain", "quiet"] = "plain" if check.state != "open" and unit.civil else "quiet"
        yield Line((*texts, say(f"plan.unit_{check.state}", language), sites), look)
    for village in held.villages:
        named = (printable(village.region_id), printable(village.name), printable(village.parent))
        proposed = say("plan.proposed", language)
        people = (whole(village.people), whole(village.uncovered))
        yield Line((say("plan.level_village", language), *named, "", proposed, "", *people))


# ---- names and codes


def _names(run: Run, held: Planned) -> Iterator[Line]:
    language, frame = run.language, run.sites.frame
    bases = dict.fromkeys(basis for basis in (held.plan.names.basis, held.plan.codes.basis) if basis)
    yield Line(
        (say("plan.names_note", language, basis=printable(say("plan.comma", language).join(bases)) or "—"),), "note"
    )
    heads = ("book.site_id", "book.name", "book.type", "book.county", "plan.township", "plan.wrong")
    yield _heads(language, *heads, "plan.proposed_name", "plan.proposed_code")
    for check in held.names:
        row = frame.iloc[check.site]
        wrong = say("plan.comma", language).join(say(word, language) for word in check.words)
        texts = (row["site_id"], row["name"], type_text(row["type"], language), row["county"], row["township"])
        yield Line((*map(printable, texts), wrong, printable(check.name), printable(check.code)))


# ---- sites


def fit_keys(held: Planned) -> list[str]:
    """What is checked of any site, in the order of the checks."""
    return list(dict.fromkeys(item.key for fit in held.fit for item in fit.items))


def _fit(run: Run, held: Planned) -> Iterator[Line]:
    language, frame, keys = run.language, run.sites.frame, fit_keys(held)
    yield Line((say("plan.fit_note", language),), "note")
    heads = ("book.site_id", "book.name", "book.type", "book.status", "page.region", "page.catchment", "plan.residents")
    checks = tuple(say(f"fit.{key}", language) for key in keys)
    loads = ("plan.per_staff", "plan.per_100m2", "plan.lacking", "plan.not_said")
    said = tuple(say(word, language) for word in (*heads, *loads))
    yield Line((*said, *checks), "header")
    regions = run.by_site["region"].tolist()
    for fit in held.fit:
        row, items = frame.iloc[fit.site], {item.key: item for item in fit.items}
        texts = (
            row["site_id"],
            row["name"],
            type_text(row["type"], language),
            say(f"status.{row['status']}", language),
        )
        figures = (whole(fit.catchment), whole(fit.people), _rounded(fit.per_staff), _rounded(fit.per_100m2))
        cells = (*map(printable, (*texts, regions[fit.site])), *figures, *_left(fit, language))
        yield Line((*cells, *(_item_text(items.get(key)) for key in keys)))


def _left(fit: SiteFit, language: Language) -> tuple[str, int]:
    comma = say("plan.comma", language)
    return comma.join(say(f"fit.{key}", language) for key in fit.missing()), len(fit.unknown())


def _rounded(value: float | None) -> Cell:
    return None if value is None else round(value)


def _item_text(item: FitItem | None) -> str:
    """√, × or ?, with what was found and what is asked where these are numbers."""
    if item is None:
        return ""
    mark = _MARKS[item.state]
    if item.asked is None:
        return mark
    found = f" {item.found:,.0f}" if isinstance(item.found, (int, float)) else ""
    return f"{mark}{found} / {item.asked:,.0f}"


# ---- services


def _services(run: Run, held: Planned) -> Iterator[Line]:
    language = run.language
    yield Line((say("plan.services_note", language),), "note")
    settings = [setting for setting in Setting if any(setting in one.by_setting for one in held.services)]
    groups = list(held.services[0].by_group)
    heads = (
        "plan.service",
        "plan.service_sites",
        "book.sites_counted",
        "plan.stated",
        "page.covered",
        "page.uncovered",
    )
    parts = (*(say(f"setting.{setting.name.lower()}", language) for setting in settings), *map(printable, groups))
    yield Line((*_heads(language, *heads, "book.share").cells, *parts), "header")
    for one in held.services:
        pairs = [
            *(one.by_setting.get(setting, (0, 0)) for setting in settings),
            *(one.by_group[name] for name in groups),
        ]
        yield Line((*_service_cells(one), *(Share(covered, total) for total, covered in pairs)))


def _service_cells(one: ServiceCover) -> tuple[Cell, ...]:
    counts = (one.sites_count, one.counted_count, one.stated_count)
    people = (whole(one.covered), whole(one.people) - whole(one.covered))
    return (printable(one.name), *counts, *people, Share(one.covered, one.people))
