"""People of whole areas spread over where they may live: over buildings, over cells of a grid, else evenly."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from catchment.geo.lattice import lattice_inside
from catchment.geo.measure import cell_areas_ha
from catchment.geo.seams import area_km2, overlapping_pairs
from catchment.model import UNITS_PER_PERSON, Finding, Population
from catchment.rounding import largest_remainder, shared_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Buildings, Floats, Indices, Ints, Mask, PeopleAreas

LEAST_FLOOR_M2 = 10.0
"""Floor per person [m²] below which the buildings known cannot be all there are: the average of China is four times
as much. OSM has one school in many a village, and everybody would live in it."""

MOST_LEVELS = 60
"""A number of storeys above this is a slip of the pen."""

NO_HOMES = frozenset(
    {
        "allotment_house", "barn", "bridge", "bunker", "bus_station", "carport", "cathedral", "chapel", "church",
        "civic", "clinic", "college", "commercial", "conservatory", "construction", "cowshed", "demolished", "digester",
        "factory", "farm_auxiliary", "fire_station", "garage", "garages", "gatehouse", "government", "grandstand",
        "greenhouse", "guardhouse", "hangar", "hospital", "industrial", "kindergarten", "kiosk", "manufacture",
        "monastery", "mosque", "museum", "office", "parking", "pavilion", "public", "retail", "riding_hall", "ruins",
        "school", "service", "shed", "shrine", "slurry_tank", "sports_centre", "sports_hall", "stable", "stadium",
        "storage_tank", "sty", "substation", "supermarket", "synagogue", "temple", "tent", "toilets", "train_station",
        "transformer_tower", "transportation", "university", "warehouse", "water_tower",
    }
)  # fmt: skip
"""Values of OSM ``building`` in which nobody lives; ``yes`` may be anything and counts."""

SLIVER_KM2 = 0.01
"""A hectare that two areas share along a border is how outlines are drawn."""


class Places(NamedTuple):
    """Places within areas, and how much each weighs."""

    area: Indices
    """Area of each place, ascending, shape (k,)."""
    xy: Floats
    """lon, lat [degrees], shape (k, 2)."""
    weight: Floats
    """> 0, shape (k,)."""


def spread_people(
    areas: PeopleAreas,
    *,
    buildings: Buildings | None = None,
    cells: Population | None = None,
    bounds: tuple[float, float, float, float] | None = None,
    file: str = "",
) -> Population:
    """
    Spread the people of areas over places in them; the people of every area stay in it to 1/1024 person.

    Each area by the first that holds: buildings that may be homes, by floor area (footprint times storeys, one where
    unknown), if they have at least 10 m² for each person; populated cells of a grid whose centre is in the area, by
    their people; a lattice of 100 m, evenly; a point inside.

    Parameters
    ----------
    areas
        From ``read_people``.
    buildings
        Of the road file, or a planner's.
    cells
        A grid whose people only say where it is denser.
    bounds
        West, south, east, north [degrees]: of areas that reach beyond, only the people in it are kept.
    file
        Named in the findings.

    Returns
    -------
    Points from south to north; people at each are multiples of 1/1024.
    """
    polygons = np.asarray(areas.frame.geometry.to_numpy(), object)
    persons = areas.frame["persons"].to_numpy(np.float64)
    total = largest_remainder(persons * UNITS_PER_PERSON)
    homes = _none() if buildings is None else _places_in(polygons, *_homes(buildings))
    floor = np.bincount(homes.area, homes.weight, len(areas))
    housed = (floor > 0) & (floor >= persons * LEAST_FLOOR_M2)
    grid = _none() if cells is None else _places_in(polygons[~housed], cells.xy, cells.persons, np.flatnonzero(~housed))
    denser = np.bincount(grid.area, minlength=len(areas)) > 0
    rest = np.flatnonzero(~housed & ~denser)
    even = _evenly(polygons[rest], rest)
    places = (_some(homes, housed[homes.area]), grid, even)
    area = np.concatenate([some.area for some in places])
    xy = np.concatenate([some.xy for some in places])
    weight = np.concatenate([some.weight for some in places])
    units = shared_out(weight, area.astype(np.int64), total)
    where, at = _merged(xy, units)
    taken = (at > 0) & _within(where, bounds)
    findings = (*areas.findings, *_overlap_findings(polygons, file), _how(total, housed, denser, file))
    return Population(where[taken], at[taken] / UNITS_PER_PERSON, np.arange(int(taken.sum())), None, findings)


def _within(xy: Floats, bounds: tuple[float, float, float, float] | None) -> Mask:
    west, south, east, north = bounds or (-180.0, -90.0, 180.0, 90.0)
    inside: Mask = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    return inside


def _none() -> Places:
    return Places(np.empty(0, np.int32), np.empty((0, 2)), np.empty(0))


def _some(places: Places, taken: Mask) -> Places:
    return Places(places.area[taken], places.xy[taken], places.weight[taken])


def _homes(buildings: Buildings) -> tuple[Floats, Floats]:
    """A point in each building that may be a home, and its floor [m²]."""
    frame = buildings.frame
    homes = frame[~frame["kind"].isin(NO_HOMES) & (frame["amenity"] == "") & (frame["office"] == "")]
    shapes = homes.geometry.to_numpy()
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes)).reshape(-1, 2)
    # So small that degrees of one place will do.
    m2_per_square_degree = cell_areas_ha((1.0, 1.0), xy[:, 1]) * 10_000
    levels = homes["levels"].to_numpy(np.float64)
    storeys = np.where((levels >= 1) & (levels <= MOST_LEVELS), levels, 1.0)
    return xy, shapely.area(shapes) * m2_per_square_degree * storeys


def _places_in(polygons: NDArray[np.object_], xy: Floats, weight: Floats, number: Ints | None = None) -> Places:
    """The places with any weight in or on each polygon, in an order that only depends on where they are."""
    order = np.lexsort((weight, xy[:, 0], xy[:, 1]))
    order = order[weight[order] > 0]
    points = np.asarray(shapely.points(xy[order]), object)
    area, place = shapely.STRtree(points).query(polygons, predicate="intersects")
    by_area = np.lexsort((place, area))
    area, place = area[by_area], order[place[by_area]]
    area = area if number is None else number[area]
    return Places(area.astype(np.int32), xy[place], weight[place])


def _evenly(polygons: NDArray[np.object_], number: Ints) -> Places:
    """The lattice in each polygon; a point inside where it is too small for any."""
    area, xy = lattice_inside(polygons)
    small = np.flatnonzero(np.bincount(area, minlength=len(polygons)) == 0)
    inner = shapely.get_coordinates(shapely.point_on_surface(polygons[small])).reshape(-1, 2)
    area, xy = np.concatenate([area, small]), np.concatenate([xy, inner])
    return Places(number[area].astype(np.int32), xy, np.ones(len(area)))


def _merged(xy: Floats, units: Ints) -> tuple[Floats, Ints]:
    """Each place once, with the people of all areas that it is in, from south to north."""
    order = np.lexsort((xy[:, 0], xy[:, 1]))
    xy, units = xy[order], units[order]
    begins = np.append(True, (np.diff(xy, axis=0) != 0).any(axis=1))[: len(xy)]
    return xy[begins], np.add.reduceat(units, np.flatnonzero(begins))


def _how(total: Ints, housed: Mask, denser: Mask, file: str) -> Finding:
    facts: dict[str, str | int] = {}
    for name, here in (("buildings", housed), ("cells", denser & ~housed), ("evenly", ~housed & ~denser)):
        facts[name] = int(here.sum())
        facts[f"people_{name}"] = f"{math.floor(int(total[here].sum()) / UNITS_PER_PERSON + 0.5):,}"
    return Finding("note", "finding.people_spread", facts, file=file)


def _overlap_findings(polygons: NDArray[np.object_], file: str) -> list[Finding]:
    """Areas that share ground: their people are those of both."""
    _, shared = overlapping_pairs(polygons)  # type: ignore[arg-type]  # an array is a sequence
    odd = np.flatnonzero(area_km2(shared) >= SLIVER_KM2) if shared else np.empty(0, np.int64)
    if not len(odd):
        return []
    km2 = f"{math.fsum(area_km2([shared[at] for at in odd]).tolist()):.2f}"
    return [Finding("warning", "finding.people_areas_overlap", {"count": len(odd), "area": km2}, file=file)]
