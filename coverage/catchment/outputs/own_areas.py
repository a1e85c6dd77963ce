"""Each site's own service areas as the page draws them, one site at a time: coarser than in the package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from catchment.outputs.bands import bands_text
from catchment.outputs.drawing import DEGREE, Lines, lines_on_lattice
from catchment.outputs.packing import Column
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from catchment.model import Mode, Run, ServiceAreas
    from catchment.words import Language

FINEST_M: Mapping[Mode, float] = {"walk": 5.0, "road": 20.0}
"""How much simpler outlines are at least [m]."""

COARSEST_M: Mapping[Mode, float] = {"walk": 40.0, "road": 160.0}
"""How much simpler they may become before bands are left out [m]: under a disc of the allowance, which must remain."""

_METRES_PER_DEGREE = 111_000


@dataclass(frozen=True, eq=False)
class OwnAreas:
    """The areas of the sites of one mode."""

    areas: ServiceAreas
    bands: tuple[int, ...]
    """Which of the limits are drawn, narrowest first."""
    ring_count: tuple[int, ...]
    """Rings of each band of each site, the bands of a site together; filled by the even-odd rule."""
    rings: Lines
    simplified_m: int
    """How far a drawn outline may lie from the area's [m]."""

    def packed(self) -> dict[str, Any]:
        """As the page reads it."""
        return {
            "sites": Column("steps", self.areas.site),
            "bands": len(self.bands),
            "rings": Column("counts", np.array(self.ring_count, np.int64)),
            "lines": self.rings.packed(),
        }


def own_areas(run: Run, *, vertex_budget: int = 50_000) -> dict[Mode, OwnAreas | None]:
    """
    The areas of single sites by mode, within a number of vertices for each mode.

    Over the budget outlines become coarser, then only the widest limit is drawn, and if even that is too much the mode
    has ``None``. Rings smaller than the square of the tolerance are left out. Modes without an area have no entry.
    """
    return {mode: _within(areas, vertex_budget) for mode, areas in run.areas.items() if len(areas)}


def _within(areas: ServiceAreas, vertex_budget: int) -> OwnAreas | None:
    every = tuple(range(len(areas.limits_mm)))
    for bands in (every, every[-1:]):
        rings, shape = shapely.get_rings(areas.polygons[:, list(bands)].ravel(), return_index=True)
        sizes = shapely.area(shapely.polygons(rings))
        for tolerance_m in _tolerances(areas.mode):
            kept = sizes >= max(tolerance_m / _METRES_PER_DEGREE, 1 / DEGREE) ** 2
            drawn = _simplified(rings[kept], tolerance_m)
            if len(drawn.xy) <= vertex_budget:
                count = np.bincount(shape[kept], minlength=len(areas) * len(bands)).tolist()
                return OwnAreas(areas, bands, tuple(count), drawn, round(tolerance_m))
    return None


def _tolerances(mode: Mode) -> Iterator[float]:
    tolerance_m = FINEST_M[mode]
    while tolerance_m <= COARSEST_M[mode]:
        yield tolerance_m
        tolerance_m *= 1.5


def _simplified(rings: Any, tolerance_m: float) -> Lines:
    """Rings within a tolerance, each by itself, so that two may touch: a hundredth of the time, for the eye only."""
    return lines_on_lattice(shapely.simplify(rings, tolerance_m / _METRES_PER_DEGREE, preserve_topology=False))


def own_area_texts(run: Run, own: Mapping[Mode, OwnAreas | None], language: Language) -> dict[str, Any]:
    """What the drawn bands of each mode are called, and what a reader must know of them."""
    names = {mode: bands_text(drawn.areas, run, language, bands=drawn.bands) for mode, drawn in own.items() if drawn}
    modes = {mode: say(f"page.mode_{mode}", language) for mode in own}
    return {
        "names": names,
        "simplified": [
            say("page.own_simplified", language, mode=modes[mode], metres=drawn.simplified_m)
            for mode, drawn in own.items()
            if drawn
        ],
        "left_out": [say("page.own_left_out", language, mode=modes[mode]) for mode, drawn in own.items() if not drawn],
    }
