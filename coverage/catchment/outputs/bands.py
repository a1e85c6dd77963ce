"""Service areas as drawn: nested outlines for each mode, and what their limits are called. Nobody is judged by them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from catchment.outputs.drawing import DEGREE, lines_on_lattice, rings_of
from catchment.outputs.style import fraction_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Mode, Run, ServiceAreas
    from catchment.outputs.drawing import Lines
    from catchment.words import Language


@dataclass(frozen=True, eq=False)
class DrawnBands:
    """The outlines of all sites of one mode together."""

    areas: ServiceAreas
    rings: tuple[Lines, ...]
    """Rings of each limit, narrowest first; filled by the even-odd rule."""


def drawn_bands(run: Run, *, vertex_budget: int = 120_000) -> dict[Mode, DrawnBands]:
    """
    The service areas of a run by mode, simplified alike until all of them keep to a number of vertices.

    Rings smaller than the square of the tolerance are left out. Modes without an area have no entry.
    """
    shapes = {mode: areas.polygons[0] for mode, areas in run.dissolved.items() if len(areas)}
    shapes = {mode: bands for mode, bands in shapes.items() if not shapely.is_empty(bands).all()}
    rings = {mode: [rings_of(shape) for shape in bands] for mode, bands in shapes.items()}
    tolerance = 2.0 / DEGREE
    while True:
        drawn = {mode: [_outlines(band, tolerance) for band in bands] for mode, bands in rings.items()}
        if sum(len(lines.xy) for bands in drawn.values() for lines in bands) <= vertex_budget:
            return {mode: DrawnBands(run.dissolved[mode], tuple(bands)) for mode, bands in drawn.items()}
        tolerance *= 1.5


def _outlines(rings: Any, tolerance: float) -> Lines:
    """
    Rings within a tolerance, each by itself.

    Two of them may then touch, nowhere farther than the tolerance from where they were: for the eye only. To keep a
    polygon with thousands of holes valid takes a hundred times as long.
    """
    large = rings[shapely.area(shapely.polygons(rings)) >= tolerance**2]
    return lines_on_lattice(shapely.simplify(large, tolerance, preserve_topology=False))


def band_limits(areas: ServiceAreas, run: Run) -> tuple[list[Fraction], bool]:
    """Limits of the bands, and whether they are minutes on foot; else they are kilometres."""
    rule = run.standard.city if areas.mode == "walk" else run.standard.rural
    if areas.mode == "walk" and rule.minutes is not None:
        widest = areas.limits_mm[-1]
        return [Fraction(limit, widest) * rule.minutes for limit in areas.limits_mm], True
    return [Fraction(limit, 1_000_000) for limit in areas.limits_mm], False


def bands_text(areas: ServiceAreas, run: Run, language: Language, *, bands: Sequence[int] | None = None) -> str:
    """What the bands of one mode, or some of them, are called: "on foot 5, 10, 15 min"."""
    limits, timed = band_limits(areas, run)
    chosen = limits if bands is None else [limits[band] for band in bands]
    numbers = say("page.comma", language).join(fraction_text(limit) for limit in chosen)
    if timed:
        return say("page.areas_minutes", language, numbers=numbers)
    return say(f"page.areas_{areas.mode}", language, numbers=numbers)


def bands_note(areas: ServiceAreas, language: Language) -> str:
    """How far the drawing of one mode may lie from the streets."""
    lengths = {"allowance": areas.allowance_m, "half": areas.half_cell_m, "tolerance": areas.tolerance_m}
    texts = {name: f"{metres:g}" for name, metres in lengths.items()}
    mode = say(f"page.mode_{areas.mode}", language)
    return say("page.areas_lengths", language, mode=mode, sum=f"{np.sum(list(lengths.values())):g}", **texts)
