"""Marks for what was done to the roads: where lines were joined, and what the what-if edits close and join."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import cKDTree

from catchment.geo.measure import earth_centred
from catchment.network.streets import JOIN_KINDS
from catchment.outputs.colours import INK
from catchment.outputs.drawing import DEGREE
from catchment.outputs.packing import Column

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Streets

EDITS = ("barrier", "link")
"""Those of ``JOIN_KINDS`` that are what-if edits; the others are joins of road lines."""


EDIT_LOOKS: dict[str, dict[str, str]] = {
    "barrier": {"marker": "x", "color": INK},
    "link": {"marker": "o", "facecolors": "none", "edgecolors": INK},
}
"""How the picture draws them."""


@dataclass(frozen=True, eq=False)
class Marks:
    """Places on the drawing lattice, each once."""

    xy: Ints
    """lon, lat [1/100,000 degree], ascending, shape (n, 2)."""
    shown: int
    """How many joins are drawn; several may fall on one place."""
    count: int
    """How many there are, drawn or not."""

    def packed(self) -> dict[str, Column]:
        """As the page reads it."""
        x, y = self.xy.T
        return {"x": Column("steps", x), "y": Column("steps", y)}


def join_marks(streets: Streets, people_xy: Floats, *, budget: int = 5000) -> Marks:
    """The joins of road lines; of more than the budget those nearest to people."""
    xy = streets.joins_xy[~np.isin(streets.joins_kind, _EDIT_CODES)]
    kept = xy
    if len(xy) > budget:
        away = cKDTree(earth_centred(people_xy)).query(earth_centred(xy))[0] if len(people_xy) else np.zeros(len(xy))
        kept = xy[np.lexsort([xy[:, 1], xy[:, 0], np.rint(away)])[:budget]]
    return Marks(_on_lattice(kept), len(kept), len(xy))


def edit_marks(streets: Streets) -> dict[str, Marks]:
    """Where what-if edits close streets and where they join links, by kind; only kinds that there are."""
    found = {kind: streets.joins_xy[streets.joins_kind == JOIN_KINDS.index(kind)] for kind in EDITS}
    return {kind: Marks(_on_lattice(xy), len(xy), len(xy)) for kind, xy in found.items() if len(xy)}


_EDIT_CODES = [JOIN_KINDS.index(kind) for kind in EDITS]


def _on_lattice(xy: Floats) -> Ints:
    places: Ints = np.unique(np.rint(xy * DEGREE).astype(np.int64), axis=0)
    return places
