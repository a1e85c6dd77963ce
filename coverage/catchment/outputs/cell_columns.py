"""Cells as the page takes them: a column for each thing it knows of a cell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import UNITS_PER_PERSON, Cause, Setting
from catchment.outputs.packing import Column
from catchment.outputs.style import DOUBTS, class_breaks

if TYPE_CHECKING:
    from catchment.model import Indices, Ints
    from catchment.outputs.drawing import DrawnCells

CELL_BUDGET = 1_100_000
"""More cells than this are drawn as blocks of cells."""

EXACT_CELLS = 250_000
"""Up to so many cells carry their people exactly and their distances; more carry people to within three percent."""

_RATIO = 1.06
_LEAST = 64


def cell_columns(cells: DrawnCells, listed_gap: Indices) -> dict[str, Any]:
    """
    The block ``cells`` of the payload.

    Parameters
    ----------
    cells
        What is drawn.
    listed_gap
        Row of the listed gap of each cell, -1 if in none, shape (n,).
    """
    gaps = ~np.isin(cells.cause, [Cause.COVERED, *DOUBTS])
    exact = len(cells.units) <= EXACT_CELLS
    return {
        "lattice": cells.lattice,
        "merged": cells.merged,
        "column": Column("steps", cells.column),
        "row": Column("steps", cells.row),
        "people": {"units": Column("counts", cells.units)} if exact else _about(cells.units),
        "state": Column("runs", cells.cause.astype(np.int64) * len(Setting) + cells.setting),
        "site": Column("runs", cells.site),
        "patch": Column("runs", listed_gap),
        "cost_m": Column("steps", cells.cost_m) if exact else None,
        "straight_m": Column("steps", cells.straight_m) if exact else None,
        "breaks": class_breaks(cells.units[gaps] / UNITS_PER_PERSON),
        "causes": [cause.name.lower() for cause in Cause],
        "settings": [setting.name.lower() for setting in Setting],
    }


def _about(units: Ints) -> dict[str, Any]:
    least = people_least(units)
    return {"least": least, "ratio": _RATIO, "code": Column("bytes", people_codes(units, least))}


def people_least(units: Ints) -> float:
    """
    The people that code 1 stands for [1/1024 person]: a sixteenth of one, more where code 255 would fall short.

    Examples
    --------
    >>> people_least(np.array([5000, 9000]))
    64.0
    """
    return max(float(_LEAST), float(np.max(units, initial=0)) / _RATIO**254)


def people_codes(units: Ints, least: float) -> Ints:
    """
    People as one byte: 0 for nobody, else code c for ``least * 1.06 ** (c - 1)``, the nearest.

    What is read back is within 3 % of what there was, but for fewer than ``least``, who are all code 1.

    Examples
    --------
    >>> people_codes(np.array([0, 10, 64, 68, 64_000]), 64.0).tolist()
    [0, 1, 1, 2, 120]
    """
    steps = np.rint(np.log(np.maximum(units, least) / least) / np.log(_RATIO))
    codes: Ints = np.where(units > 0, 1 + steps, 0).astype(np.int64)
    return codes
