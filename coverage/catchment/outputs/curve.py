"""The curve of people covered by number of new sites: for the page, and as a sheet with a chart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catchment.outputs.lines import Chart, Line, Series, Share, Sheet
from catchment.outputs.proposal import curve_texts
from catchment.outputs.style import share_text, standard_line, title_text, whole
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import Run, Suggestions
    from catchment.outputs.lines import Cell

_HEADS = ("proposal.curve_sites", "page.covered", "page.covered_share", "proposal.curve_bound", "proposal.curve_own")


def curve_figures(run: Run, found: Suggestions) -> dict[str, Any]:
    """
    People covered with 0, 1, ... sites of the plan in whole persons: by the plan in its order, and at most by any.

    ``own`` are the best plans found of just so many sites.
    """
    before, people, curve = run.totals.covered, run.totals.people, found.curve
    nested, bound = curve.nested_units[: len(found) + 1].tolist(), curve.bound_units[: len(found) + 1].tolist()
    return {
        "covered": [whole(before + units) for units in nested],
        "shares": [share_text(before + units, people) for units in nested],
        "bound": [whole(before + units) for units in bound],
        "own": [
            {"sites": count, "covered": whole(before + units)}
            for count, units in zip(curve.own_count.tolist(), curve.own_units.tolist(), strict=True)
        ],
        "knee": curve.knee,
    }


def curve_sheet(run: Run, found: Suggestions) -> Sheet:
    """A row per number of new sites, and the chart of these rows; the numbers are those of ``curve_figures``."""
    language = run.language
    notes = (standard_line(run.standard, language), say("proposal.curve_note", language), *curve_texts(found, language))
    above = (Line((title_text(run, language),), "title"), *(Line((text,), "note") for text in notes))
    heads = Line(tuple(say(word, language) for word in _HEADS), "header")
    series = (Series(1), Series(3), Series(4, dots=True))
    chart = Chart(say("proposal.curve", language), x=0, series=series, least=_round_below(run, found))
    lines = (*above, heads, *_rows(run, found))
    return Sheet(say("book.sheet_curve", language), lines, is_table=True, above=len(above), chart=chart)


def _round_below(run: Run, found: Suggestions) -> int:
    """A round number of people below the curve, so that its bend is seen."""
    covered = curve_figures(run, found)["bound"]
    step = 10 ** (len(str(covered[-1] - covered[0])) - 1)
    return int(covered[0] // step * step)


def _rows(run: Run, found: Suggestions) -> Iterator[Line]:
    figures, before = curve_figures(run, found), run.totals.covered
    own = {plan["sites"]: plan["covered"] for plan in figures["own"]}
    for count, units in enumerate(found.curve.nested_units[: len(found) + 1].tolist()):
        share = Share(before + units, run.totals.people)
        cells: tuple[Cell, ...] = (count, figures["covered"][count], share, figures["bound"][count], own.get(count))
        yield Line(cells)
