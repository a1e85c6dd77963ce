"""How many roads the map has in each region, and whether that is what its people and its area let one expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.detour import weighted_quantile
from catchment.geo.seams import area_km2
from catchment.geo.shapes import polygon_of
from catchment.model import Cause, RoadClass

if TYPE_CHECKING:
    import pandas as pd

    from catchment.model import Access, Codes, Floats, Ints, Mask, People, Regions, Streets

NEAR_MM = {"near_200": 200_000, "near_500": 500_000}
"""Columns of people with a street so near [mm]."""

ENOUGH_NEAR_500, ENOUGH_NEAR_200, FEW_NEAR_500 = 0.85, 0.5, 0.6
"""Shares of the people with a street within 500 and 200 m. All these figures are our own, none is official."""

DOUBTFUL_LOST, FEW_LOST = 0.05, 0.25
"""Shares of the people off every road, or on roads that lead to no site."""

DOUBTFUL_RELATIVE, FEW_RELATIVE = 0.5, 0.25
"""Streets of a region by those of its peers."""

LEAST_PEERS = 3
"""A median of fewer says nothing."""


def street_lengths(streets: Streets, usable: Mask, regions: Regions) -> Ints:
    """
    Length of the streets in each region [mm], shape (regions,).

    A piece of street between two vertices belongs to the region its middle lies in, so that the regions' streets and
    those outside add up to all of them; at a border the length is wrong by less than half a piece.

    Parameters
    ----------
    streets
        The edge table.
    usable
        Which edges are measured, shape (m,).
    regions
        By which to measure.

    Examples
    --------
    Two hundred metres of street, half of them in the region.

    >>> import geopandas as gpd, shapely
    >>> from catchment.model import Regions, Streets
    >>> none = np.zeros(1, np.int32)
    >>> line = np.array([[0.0, 0.0], [0.0009, 0.0], [0.0018, 0.0]])
    >>> street = Streets(np.arange(2), none, none + 1, np.array([0, 3]), line, np.array([0, 100_000, 200_000]),
    ...                  none, none, none.astype(np.uint8), none.astype(np.int8), none)
    >>> west = Regions(gpd.GeoDataFrame(geometry=[shapely.box(-1, -1, 0.0009, 1)]))
    >>> street_lengths(street, np.array([True]), west).tolist()
    [100000]
    """
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    begins = usable[edge]
    begins[streets.vertex_ptr[1:] - 1] = False
    first = np.flatnonzero(begins)
    middle = (streets.vertex_xy[first] + streets.vertex_xy[first + 1]) / 2
    region = polygon_of(middle, regions.frame.geometry.to_numpy())
    total = np.zeros(len(regions) + 1, np.int64)  # the last entry is outside all
    np.add.at(total, region, streets.vertex_mm[first + 1] - streets.vertex_mm[first])
    return total[:-1]


def road_supply(
    regions: Regions, people: People, access: Access, *, street_mm: Ints, road_mm: Ints, gap_mm: Ints
) -> pd.DataFrame:
    """
    A row per region: its streets, its people and how near they are to a street.

    Columns ``region_id, name, parent, area_km2, street_mm, road_mm``, then in 1/1024 person ``people, near_200,
    near_500``, ``lost`` (without a road, or on roads that lead to no site) and ``doubt`` (these, and those at the
    edge of the data).

    Parameters
    ----------
    regions, people
        The people in their regions.
    access
        From ``judge``.
    street_mm, road_mm
        From ``street_lengths``: of all streets, and of those passable by road, shape (regions,).
    gap_mm
        From everybody to the nearest street of any mode [mm], -1 where none is near, shape (n,).
    """
    table: pd.DataFrame = regions.frame[["region_id", "name", "parent"]].reset_index(drop=True).copy()
    lost = np.isin(access.cause, [Cause.NO_ROAD, Cause.CUT_OFF])
    masks = {
        "people": people.region >= 0,
        **{name: (gap_mm >= 0) & (gap_mm <= most) for name, most in NEAR_MM.items()},
        "lost": lost,
        "doubt": lost | (access.cause == Cause.EDGE_OF_DATA),
    }
    return table.assign(
        area_km2=area_km2(regions.frame.geometry.to_numpy()),
        street_mm=street_mm,
        road_mm=road_mm,
        **{name: units_by_region(people, here, len(regions)) for name, here in masks.items()},
    )


def units_by_region(people: People, here: Mask, count: int) -> Ints:
    """Some of the people by region [1/1024 person], shape (count,); nobody outside every region is among them."""
    here = here & (people.region >= 0)
    total = np.zeros(count, np.int64)
    np.add.at(total, people.region[here], people.units[here])
    return total


def road_classes(supply: pd.DataFrame) -> tuple[Codes, Floats, int]:
    """
    The ``RoadClass`` of each region, its streets by those of its peers, and how many peers there are.

    Peers are the regions that pass by their own people: at least 85 % of them have a street within 500 m, half within
    200 m, and less than 5 % are off the road or on roads that lead to no site. Regions differ in people and area, so
    what is compared is length by the square root of people times area: roads grow with both. Their median is taken by
    people, so that no sliver counts as much as a town. Below half of it a region is doubtful, below a quarter it has
    too few roads; so it has if less than 60 % have a street within 500 m or a quarter are off the road. With fewer
    than three peers nothing is compared; where nobody lives nothing is missing.

    Parameters
    ----------
    supply
        From ``road_supply``.

    Examples
    --------
    Four regions of 100 km² and 100 people; the last but one has a tenth of the others' roads, the last no road near.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"people": [102400] * 5, "area_km2": [100.0] * 5, "lost": [0] * 5,
    ...                       "near_500": [102400] * 4 + [0], "near_200": [102400] * 4 + [0],
    ...                       "street_mm": [100, 100, 100, 10, 0]})
    >>> classes, relative, peers = road_classes(frame)
    >>> [RoadClass(code).name for code in classes], relative.tolist(), peers
    (['ENOUGH', 'ENOUGH', 'ENOUGH', 'FEW', 'FEW'], [1.0, 1.0, 1.0, 0.1, 0.0], 4)
    """
    units = {name: supply[name].to_numpy(np.float64) for name in ("people", "near_200", "near_500", "lost")}
    lived_in = units["people"] > 0
    everybody = np.where(lived_in, units["people"], 1)
    near_500, near_200, lost = (units[name] / everybody for name in ("near_500", "near_200", "lost"))
    served = lived_in & (near_500 >= ENOUGH_NEAR_500) & (near_200 >= ENOUGH_NEAR_200) & (lost < DOUBTFUL_LOST)
    relative = _relative(supply, served)
    # NaN compares as false: what cannot be compared is not held against a region.
    few = (near_500 < FEW_NEAR_500) | (lost >= FEW_LOST) | (relative < FEW_RELATIVE)
    doubtful = ~served | (relative < DOUBTFUL_RELATIVE)
    classes = np.where(few, RoadClass.FEW, np.where(doubtful, RoadClass.DOUBTFUL, RoadClass.ENOUGH))
    peers = int(served.sum()) if served.sum() >= LEAST_PEERS else 0
    return np.where(lived_in, classes, RoadClass.ENOUGH).astype(np.int8), relative, peers


def _relative(supply: pd.DataFrame, peers: Mask) -> Floats:
    expected = np.sqrt(supply["people"].to_numpy(np.float64) * supply["area_km2"].to_numpy(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        density = supply["street_mm"].to_numpy(np.float64) / expected
    if peers.sum() < LEAST_PEERS:
        return np.full(len(supply), np.nan)
    median = weighted_quantile(density[peers], supply["people"].to_numpy(np.int64)[peers], 0.5)
    return np.where(expected > 0, density / median, np.nan) if median > 0 else np.full(len(supply), np.nan)
