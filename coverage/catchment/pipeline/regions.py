"""What is odd about the regions beside the people: shared ground, holes, nobody; and people who look like a density."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.geo.measure import cell_area_ha
from catchment.geo.seams import area_km2, enclosed_holes, overlapping_pairs
from catchment.geo.shapes import polygon_of
from catchment.inputs.units import CROWDED_PER_KM2, neighbours_per_km2
from catchment.model import Finding

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from catchment.model import Indices, Population, Regions

    Facts = dict[str, str | int]

MOST_NAMES = 20

SLIVER_KM2 = 0.01
"""A hectare along a shared border is how outlines are drawn, and no doubt about them unless somebody lives there."""


def region_findings(
    regions: Regions, population: Population, *, file: str, region: Indices | None = None
) -> list[Finding]:
    """
    Regions that overlap, that leave holes, or that hold nobody, with how many people and how much ground.

    People are those of the source, before any calibration.

    Parameters
    ----------
    regions, population
        As they were read.
    file
        The regions' file, named in the findings.
    region
        Region of each point, -1 outside all, where that is known already, shape (n,).
    """
    polygons = regions.frame.geometry.to_numpy()
    facts = {
        "finding.regions_overlap": _overlaps(regions, population),
        "finding.regions_holes": _ground(enclosed_holes(polygons), population),
        "finding.regions_empty": _empty(regions, polygon_of(population.xy, polygons) if region is None else region),
    }
    return [Finding("warning", word, about, file=file) for word, about in facts.items() if about]


def _overlaps(regions: Regions, population: Population) -> Facts:
    pairs, shared = overlapping_pairs(regions.frame.geometry.to_numpy())
    names = regions.frame["name"].tolist()
    odd = [at for at, ground in enumerate(shared) if _ground([ground], population)]
    if not odd:
        return {}
    listed = ", ".join(f"{names[one]} / {names[other]}" for one, other in pairs[odd[:MOST_NAMES]].tolist())
    return {**_ground([shared[at] for at in odd], population), "names": listed}


def _ground(pieces: Sequence[BaseGeometry], population: Population) -> Facts:
    """Count, area and people of pieces of ground that are no slivers; nothing if there are none."""
    where = polygon_of(population.xy, pieces)
    lived_in = np.bincount(where[where >= 0], minlength=len(pieces)) > 0
    odd = np.flatnonzero(lived_in | (area_km2(pieces) >= SLIVER_KM2)).tolist()
    if not odd:
        return {}
    # Three regions on one ground are three pairs; ground and people are counted once.
    whole = shapely.union_all([pieces[at] for at in odd])
    people = math.fsum(population.persons[np.isin(where, odd)])
    return {"count": len(odd), "area": f"{area_km2([whole])[0]:.2f}", "people": round(people)}


def _empty(regions: Regions, where: Indices) -> Facts:
    empty = np.bincount(where[where >= 0], minlength=len(regions)) == 0
    if not empty.any():
        return {}
    return {"count": int(empty.sum()), "names": ", ".join(regions.frame["name"][empty][:MOST_NAMES])}


def crowding_findings(population: Population, *, file: str) -> list[Finding]:
    """
    A grid whose sum no city could hold on its ground: perhaps a density per km², with what it would then sum to.

    Parameters
    ----------
    population
        As it was read; a table of points says nothing about ground.
    file
        Named in the finding.
    """
    if population.cell_degrees is None:
        return []
    if neighbours_per_km2(population) <= CROWDED_PER_KM2:
        return []
    total = math.fsum(population.persons.tolist())
    cell_km2 = cell_area_ha(population.cell_degrees, float(np.median(population.xy[:, 1]))) / 100
    facts: Facts = {"sum": round(total), "as_density": round(total * cell_km2)}
    return [Finding("warning", "finding.grid_crowded", facts, file=file)]
