"""The map of the report: as that of the picture, in the width of a page upright, with its legend beside it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from catchment.outputs.board import board, put_text, write_board
from catchment.outputs.ground import draw_ground
from catchment.outputs.legend import draw_legend
from catchment.outputs.style import review_text

if TYPE_CHECKING:
    from catchment.model import Run
    from catchment.outputs.figures import Figures
    from catchment.outputs.lettering import Lettering
    from catchment.words import Language

_WIDTH_PX, _HEIGHT_PX, _DPI = 1382, 990, 225
"""156 mm wide."""
_LEGEND, _MARGIN, _FOOT = 134.0, 6.0, 14.0


def report_map(run: Run, figures: Figures, *, letters: Lettering) -> bytes:
    """
    The map as PNG; without a Chinese font it speaks English, as the picture does.

    Parameters
    ----------
    run
        As its profile shows it.
    figures
        Of that run.
    letters
        Fonts of the machine.
    """
    language: Language = run.language if letters.chinese else "en"
    page = board(_WIDTH_PX, _HEIGHT_PX, dpi=_DPI, scale=1.0, letters=letters)
    width = page.width - _LEGEND - _MARGIN
    place = {"x": 0.5, "y": 0.5, "width": width, "height": page.height - _FOOT - 1}
    ground = draw_ground(page, run, language, proposal=figures.proposal, **place)
    draw_legend(page, run, ground, language, x=width + 2 * _MARGIN, y=0, width=_LEGEND - _MARGIN - 1)
    put_text(page, 0, page.height - 3, review_text(run, language), size=7, width=page.width)
    stream = io.BytesIO()
    write_board(page, stream)
    return stream.getvalue()
