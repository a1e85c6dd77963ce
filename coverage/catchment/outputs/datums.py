"""Which datum a ledger has, as a table for the terminal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from catchment.geo.datum import DATUM_NAMES
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.network.datum_fit import DatumFit
    from catchment.words import Language

_COLUMNS = ("group", "count", "judged", "road", "inside", "best", "lead")


def datum_lines(fits: Sequence[DatumFit], language: Language) -> list[str]:
    """
    A heading and a line for each file or county: sites, distances to roads, sites inside, verdict, lead.

    Parameters
    ----------
    fits
        The file first.
    language
        Of the heading.

    Examples
    --------
    >>> from catchment.network.datum_fit import DatumFit
    >>> fit = DatumFit("a.csv", 20, 19, (50.0, 14.5, 62.0), 20, (18, 20, 17), (5.0, 0.0, 6.5))
    >>> datum_lines([fit], "en")[-1].split()
    ['a.csv', '20', '19', '50.0', '/', '14.5', '/', '62.0', '18', '/', '20', '/', '17', 'GCJ-02', '5.0']
    """
    heads = [say(f"datum.{column}", language) for column in _COLUMNS]
    rows = [heads, *(_cells(fit) for fit in fits)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(heads))]
    table = ["  ".join(_padded(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return [say("datum.title", language, names=" / ".join(DATUM_NAMES.values())), *table]


def _cells(fit: DatumFit) -> list[str]:
    road = " / ".join(f"{metres:.1f}" for metres in fit.road_m) if fit.judged_count else "-"
    inside = " / ".join(map(str, fit.inside_count)) if fit.stated_count else "-"
    verdict = DATUM_NAMES[fit.best] if fit.sure else f"{DATUM_NAMES[fit.best]} ?"
    return [
        fit.group or "-",
        str(fit.count),
        str(fit.judged_count),
        road,
        inside,
        verdict if fit.judged_count else "?",
        f"{fit.confidence:.1f}",
    ]


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Columns on a terminal: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
