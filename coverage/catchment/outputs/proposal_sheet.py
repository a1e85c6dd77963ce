"""The sheet of the workbook that shows the plan, and what the plan adds to the sheet by region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.outputs.lines import Beyond, Degrees, Line, Share, Sheet, Sum
from catchment.outputs.merits import merit_cells, merit_heads
from catchment.outputs.proposal import bound_text, headline_text, kind_text, plan_notes, proof_text
from catchment.outputs.style import printable, standard_line, title_text
from catchment.outputs.wishes import wish_texts
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import Run
    from catchment.outputs.lines import Cell
    from catchment.outputs.proposal import Proposal
    from catchment.words import Language

_HEADS = (
    *("page.gap_number", "proposal.place", "proposal.kind", "proposal.street", "page.region", "page.setting"),
    *(
        "proposal.added",
        "page.unique",
        "proposal.shared",
        "page.reach",
        "proposal.nearest",
        "book.network_km",
        "proposal.gap",
    ),
    *("book.lon", "book.lat"),
)


def proposal_sheet(run: Run, proposal: Proposal) -> Sheet:
    """The plan under its title, the standard, its headline and its proof: a row per place in the order to build."""
    above, table = tuple(_above(run, proposal)), tuple(_table(run, proposal))
    name = say("book.sheet_suggestions", run.language)
    return Sheet(name, (*above, *table), is_table=True, above=len(above))


def _above(run: Run, proposal: Proposal) -> Iterator[Line]:
    language, found = run.language, run.suggestions
    yield Line((title_text(run, language),), "title")
    yield Line((standard_line(run.standard, language),), "note")
    if found is None or not proposal.rows:
        wished = [] if found is None else wish_texts(found, language)
        for text in [*wished, *(plan_notes(run, language) or [say("proposal.nothing", language)])]:
            yield Line((text,), "note")
        return
    yield Line((headline_text(proposal, run, language),), "heading")
    for text in (
        proof_text(proposal, found, language),
        bound_text(proposal, found, language),
        *plan_notes(run, language),
    ):
        yield Line((text,), "note")
    yield Line((say("proposal.note", language),), "note")


def _table(run: Run, proposal: Proposal) -> Iterator[Line]:
    language, names = run.language, run.sites.frame["name"].tolist()
    more = merit_heads(run, language)
    yield Line((*(say(word, language) for word in _HEADS), *more), "header")
    for row, merits in zip(proposal.rows, merit_cells(run), strict=True):
        cells: tuple[Cell, ...] = (
            row.number,
            row.place[language],
            kind_text(row, language),
            row.street,
            row.region,
            say(f"setting.{row.setting.name.lower()}", language),
            row.added,
            row.only,
            row.shared,
            row.reach,
            printable(names[row.site]) if row.site >= 0 else "",
            row.cost_m / 1000 if row.site >= 0 else Beyond("—"),
            row.gap + 1 if row.gap >= 0 else None,
        )
        yield Line((*cells, Degrees(row.lon), Degrees(row.lat), *merits))
    if not proposal.rows:
        return
    # Who is in reach of several places is in reach of each: that column has no sum.
    sums = (Sum(proposal.gain), Sum(sum(row.only for row in proposal.rows)))
    yield Line((say("page.total", language), *[""] * 5, *sums, *[None] * (7 + len(more))), "total")


def region_heads(proposal: Proposal | None, language: Language) -> tuple[str, ...]:
    """Heads of the columns that a plan adds to the table by region; none without one."""
    words = ("proposal.region_added", "proposal.region_share") if proposal else ()
    return tuple(say(word, language) for word in words)


def region_cells(run: Run, proposal: Proposal | None) -> list[tuple[Cell, ...]]:
    """What a plan adds to each row of the table by region, and to its total; nothing without one."""
    people = run.by_region["people"].tolist()
    if proposal is None:
        return [()] * (len(people) + 1)
    rows = zip(proposal.by_region.tolist(), proposal.region_units.tolist(), people, strict=True)
    cells: list[tuple[Cell, ...]] = [(added, Share(after, base)) for added, after, base in rows]
    total = (Sum(int(proposal.by_region.sum())), Share(int(proposal.region_units.sum()), sum(people)))
    return [*cells, total]
