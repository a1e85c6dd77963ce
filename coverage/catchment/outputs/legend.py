"""The legend of the picture, and the small print below it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.outputs.board import paragraph_height, put_box, put_line, put_mark, put_paragraph, put_pin, put_text
from catchment.outputs.colours import (
    COVERED_COLOUR,
    DOUBT_GROUND,
    DOUBT_STROKE,
    QUIET,
    REGION_COLOUR,
    WATER_COLOUR,
    site_kinds,
    site_shapes,
    site_size,
)
from catchment.outputs.marks import edit_marks
from catchment.outputs.payload import type_order, type_text
from catchment.outputs.style import GAP_COLOURS, people_text, standard_notes, whole
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Run
    from catchment.outputs.board import Board
    from catchment.outputs.colours import SiteState
    from catchment.outputs.ground import Ground
    from catchment.words import Language

_STEP = 13.5


def draw_legend(
    page: Board, run: Run, ground: Ground, language: Language, *, x: float, y: float, width: float
) -> float:
    """What the colours and marks of the map mean. Returns the base line of the last line."""
    put_text(page, x, y + 10, say("page.legend", language), size=10, bold=True)
    y = _draw_ramp(page, run, ground, language, x=x, y=y + 26, width=width)
    for word, fill, hatched in (
        ("page.doubtful_layer", DOUBT_GROUND, DOUBT_STROKE),
        ("page.covered", COVERED_COLOUR, ""),
        ("page.water", WATER_COLOUR, ""),
    ):
        if {"page.doubtful_layer": run.totals.doubtful, "page.water": len(ground.water)}.get(word, 1):
            put_box(page, x, y - 7, 16, 8, fill=fill, hatched=hatched)
            put_text(page, x + 22, y, say(word, language), size=8, width=width - 22)
            y += _STEP
    lines = [("page.streets", "#bdbdb5", 1.4)]
    if run.regions is not None:
        lines.append(("page.region_lines", REGION_COLOUR, 0.8))
    for word, colour, thick in lines:
        put_line(page, [(x, y - 3), (x + 16, y - 3)], colour=colour, width=thick)
        put_text(page, x + 22, y, say(word, language), size=8, width=width - 22)
        y += _STEP
    if edit_marks(run.streets):
        put_text(page, x, y, say("page.edits_layer", language), size=8, width=width)
        y += _STEP
    y = _draw_suggestions(page, run, language, x=x, y=y, width=width)
    return _draw_types(page, run, language, x=x, y=y + 6, width=width)


def _draw_suggestions(page: Board, run: Run, language: Language, *, x: float, y: float, width: float) -> float:
    """What the pins mean, a line for each kind that occurs; none without a plan."""
    if run.suggestions is None or not len(run.suggestions):
        return y
    count = say("proposal.layer", language, count=len(run.suggestions))
    put_text(page, x, y + 6, say("page.tab_suggestions", language) + count, size=9, bold=True, width=width)
    y += 6
    is_premises = (run.suggestions.frame["premises"] != "").tolist()
    for premises, word in ((True, "proposal.filled"), (False, "proposal.hollow")):
        if premises in is_premises:
            y += _STEP
            put_pin(page, x + 8, y + 1.5, premises=premises, size=11)
            put_text(page, x + 22, y, say(word, language), size=8, width=width - 22)
    return y + _STEP


def _draw_ramp(page: Board, run: Run, ground: Ground, language: Language, *, x: float, y: float, width: float) -> float:
    if run.totals.uncovered and run.totals.uncovered == run.totals.doubtful:
        return y
    put_text(page, x, y, _ramp_text(ground, language), size=8, width=width)
    step = width / len(GAP_COLOURS)
    for shade, colour in enumerate(GAP_COLOURS):
        put_box(page, x + shade * step, y + 5, step, 9, fill=colour)
    # Under the line between two classes.
    for shade, limit in enumerate(ground.breaks, start=1):
        text = f"{limit:,}"
        put_text(
            page, x + shade * step, y + 23, text, size=6.5, colour=QUIET, align="center", width=step - 1, smallest=0
        )
    return y + 38


def _ramp_text(ground: Ground, language: Language) -> str:
    if ground.cells.lattice is None:
        return say("page.ramp_points", language)
    side = ground.cells.merged
    return say("page.ramp_merged", language, side=side) if side > 1 else say("page.ramp_cells", language)


def _draw_types(page: Board, run: Run, language: Language, *, x: float, y: float, width: float) -> float:
    """A row per type of site, then what hollow, pale and crossed marks mean where there are any."""
    types = type_order(run)
    shapes = site_shapes(types)
    put_text(page, x, y, say("page.tab_sites", language), size=9, bold=True)
    pairs = site_kinds(run)
    own = [kind for kind, _ in pairs]
    for kind in types[:12]:
        y += _STEP
        state: SiteState = "counted" if (kind, "counted") in pairs else "uncounted"
        put_mark(page, x + 8, y - 3, shapes[kind], state, size=site_size(kind) * 0.5)
        put_text(page, x + 22, y, type_text(kind, language), size=8, width=width - 50)
        put_text(page, x + width, y, people_text(own.count(kind)), size=8, colour=QUIET, align="right")
    for state, word in (("pending", "page.outline_only"), ("uncounted", "page.pale"), ("closed", "page.crossed")):
        if any(state == other for _, other in pairs):
            y += _STEP
            put_mark(page, x + 8, y - 3, shapes[types[-1]], state, size=7)
            put_text(page, x + 22, y, say(word, language), size=8, colour=QUIET, width=width - 22)
    return y


def draw_notes(page: Board, notes: Sequence[str], *, x: float, y: float, width: float, bottom: float) -> None:
    """Small print: the notes that there is room for, the first ones first."""
    for note in notes:
        height = paragraph_height(page, note, width=width, size=6.5)
        if y + height <= bottom:
            y = put_paragraph(page, x, y + 9, note, size=6.5, colour=QUIET, width=width, lines=9) - 6


def notes_of(run: Run, ground: Ground, language: Language) -> list[str]:
    """What else a reader must know, the most needed first."""
    notes = standard_notes(run, language)
    if run.totals.doubtful:
        notes.append(say("page.doubt_note", language))
    if run.totals.left_out:
        notes.append(say("page.left_out", language, people=people_text(whole(run.totals.left_out))))
    if ground.streets.left_out:
        kinds = say("page.comma", language).join(say(f"page.rank_{rank}", language) for rank in ground.streets.left_out)
        notes.append(say("page.streets_left_out", language, kinds=kinds))
    if ground.cells.merged > 1:
        notes.append(say("page.cells_merged", language, side=ground.cells.merged))
    notes.append(say("page.rounding", language))
    # A Chinese font has these quotation marks as wide as a character, which looks like a gap in English.
    return [note.replace("“", '"').replace("”", '"') for note in notes] if language == "en" else notes
