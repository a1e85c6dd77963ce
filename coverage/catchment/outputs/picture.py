"""The map as a picture, for a slide or a wall: drawn here, with no browser and no network."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catchment.outputs.board import board, paragraph_height, write_board
from catchment.outputs.columns import draw_figures, draw_foot, draw_head, draw_regions
from catchment.outputs.figures import printed_figures
from catchment.outputs.ground import draw_ground
from catchment.outputs.legend import draw_legend, draw_notes, notes_of
from catchment.outputs.lettering import lettering
from catchment.outputs.profile import published
from catchment.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.model import Run
    from catchment.outputs.lettering import Lettering

log = logging.getLogger(__name__)

Size = Literal["16:9", "A3"]


@dataclass(frozen=True)
class Paper:
    """A page: its pixels, how many to the inch, and how much larger than on a slide everything on it is."""

    width_px: int
    height_px: int
    dpi: int
    scale: float


PAPERS: dict[Size, Paper] = {
    # A slide of 13.333 x 7.5 inches.
    "16:9": Paper(2560, 1440, 192, 1.0),
    # 420 x 297 mm.
    "A3": Paper(3307, 2339, 200, 1.3),
}


def write_picture(run: Run, path: Path, *, size: Size = "16:9", letters: Lettering | None = None) -> None:
    """
    Write the map as PNG: people not covered by class, doubts apart, sites by type, the headline, legend and sources.

    The same run gives the same bytes on the same machine; its fonts are those of the machine.

    Parameters
    ----------
    run
        The run.
    path
        Where to write.
    size
        A slide, or a sheet of A3 across.
    letters
        Fonts; by default the best of this machine. Without a Chinese one the picture speaks English.
    """
    run, letters = published(run), letters or lettering()
    language = run.language
    if language == "zh" and not letters.chinese:
        log.warning(say("picture.no_font", language))
        language = "en"
    paper = PAPERS[size]
    page = board(paper.width_px, paper.height_px, dpi=paper.dpi, scale=paper.scale, letters=letters)
    figures = printed_figures(run)

    margin, left, right = 18.0, 218.0, 158.0
    top = draw_head(page, run, language, margin=margin)
    bottom = draw_foot(page, run, language, margin=margin)
    width = page.width - left - right - 4 * margin
    place = {"x": left + 2 * margin, "y": top + 10, "width": width, "height": bottom - top - 20}
    ground = draw_ground(page, run, language, proposal=figures.proposal, **place)
    draw_figures(page, run, figures, language, x=margin, y=top + 8, width=left, bottom=bottom - 6)
    side = place["x"] + width + margin
    y = draw_legend(page, run, ground, language, x=side, y=top + 8, width=right)
    notes = notes_of(run, ground, language)
    small_print = sum(paragraph_height(page, note, width=right, size=6.5) + 3 for note in notes[:2])
    y = draw_regions(page, run, figures, language, x=side, y=y, width=right, bottom=bottom - 12 - small_print)
    draw_notes(page, notes, x=side, y=y + 6, width=right, bottom=bottom - 4)
    write_board(page, path)
