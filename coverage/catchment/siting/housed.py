"""The front of premises that are known as a point: that of the building they are in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from catchment.geo.measure import radii_of_curvature_m
from catchment.siting.fronts import SETBACK_M, street_fronts
from catchment.siting.setbacks import point_fronts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import BarredWays, Buildings, Finding, Floats, Ints, Streets

BESIDE_M = 10.0
"""Premises this far from the outline of a building [m] are in it: maps put their mark at the door."""

HIDES_M = 2 * SETBACK_M
"""What stands this far from a building [m] hides no street from it."""

_TEXTS = ("street", "kind", "side", "compass")


def fronts_of_premises(
    xy: Floats, streets: Streets, buildings: Buildings | None = None, barred: BarredWays | None = None
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """
    The longest front of the building that premises are in; of premises in none, the street that their point is near.

    Parameters
    ----------
    xy
        lon, lat of the premises [degrees], shape (n, 2).
    streets
        The edge table of all modes.
    buildings
        Outlines; ``None`` where there are none.
    barred
        Bridges, tunnels, private ways and motorways of the road file; ``None`` where nobody knows.

    Returns
    -------
    A row per premises: ``frontage_m`` and ``corner`` (1 or 0), both NaN where no building is known; ``setback_m`` [m],
    NaN without a front; ``street, kind, side, compass`` as in ``Fronts``, empty without a front; ``edge``, -1 without;
    ``reason`` (entry of the catalogue) why there is no front, empty with one. And what is odd about the buildings
    around premises and the streets that these look onto.
    """
    house = house_of(xy, buildings)
    alone, housed = np.flatnonzero(house < 0), np.flatnonzero(house >= 0)
    found = _empty(len(xy))
    points = point_fronts(xy[alone], streets, barred)
    found = _filled(found, alone, points.frame, np.array(points.reason, object), measured=False)
    if buildings is None or not len(housed):
        return found, ()
    shapes, own = buildings.frame.geometry.to_numpy(), house[housed]
    # All that may stand between them and a street, themselves among it.
    near = touching_boxes(shapes, shapely.bounds(shapes[own]), HIDES_M)
    fronts = street_fronts(replace(buildings, frame=buildings.frame.iloc[near].reset_index(drop=True)), streets, barred)
    corner = fronts.frame.groupby("building")["corner"].max()
    first = fronts.frame.drop_duplicates("building").set_index("building").assign(corner=corner)
    row = np.searchsorted(near, own)
    table = first.reindex(row).reset_index(drop=True)
    has = np.flatnonzero(table["edge"].notna().to_numpy())
    reason = np.array(fronts.reason, object)[row]
    return _filled(found, housed, table.iloc[has].assign(building=has), reason, measured=True), fronts.findings


def house_of(xy: Floats, buildings: Buildings | None) -> Ints:
    """
    The building each place is in or beside, within 10 m; -1 without one, shape (n,).

    The nearest, of equals (outlines on one another) the first of the table.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    buildings
        Outlines.

    Examples
    --------
    >>> house_of(np.array([[0.0, 0.0]]), None).tolist()
    [-1]
    """
    house = np.full(len(xy), -1, np.int64)
    if buildings is None or not len(buildings) or not len(xy):
        return house
    per_lon, per_lat = _metres_per_degree(xy)
    shapes = buildings.frame.geometry.to_numpy()
    near = touching_boxes(shapes, np.column_stack([xy, xy]), 2 * BESIDE_M)
    if not len(near):
        return house
    flat = shapely.transform(shapes[near], lambda each: each * (per_lon, per_lat))
    points = shapely.points(xy * (per_lon, per_lat))
    place, building = shapely.STRtree(flat).query_nearest(points, max_distance=BESIDE_M)
    first = np.full(len(xy), len(shapes))
    np.minimum.at(first, place, near[building])
    return np.where(first < len(shapes), first, house)


def touching_boxes(shapes: NDArray[np.object_], boxes: Floats, by_m: float) -> Ints:
    """
    Rows of the polygons whose box touches one of some others, widened, ascending.

    Parameters
    ----------
    shapes
        In lon, lat, shape (n,).
    boxes
        West, south, east, north of the others [degrees], shape (k, 4).
    by_m
        How far they are widened [m].

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1e-4, 1e-4), shapely.box(1e-3, 0, 2e-3, 1e-4)])
    >>> touching_boxes(squares, np.array([[-1e-4, 0, -1e-4, 0]]), 20.0).tolist()
    [0]
    """
    if not len(boxes):
        return np.empty(0, np.int64)
    west, south, east, north = boxes.T
    per_lon, per_lat = _metres_per_degree(np.column_stack([west, north]))
    lon, lat = by_m / per_lon, by_m / per_lat
    rows: Ints = np.unique(
        shapely.STRtree(shapes).query(shapely.box(west - lon, south - lat, east + lon, north + lat))[1]
    )
    return rows


def _metres_per_degree(xy: Floats) -> tuple[float, float]:
    """East and north, in the middle of some places; over the extent of a county right to 1 %."""
    middle = np.radians(xy[:, 1:].mean(axis=0))
    along, across = radii_of_curvature_m(middle)
    return float(np.radians(across[0] * np.cos(middle[0]))), float(np.radians(along[0]))


def _empty(count: int) -> pd.DataFrame:
    unknown = {name: np.full(count, np.nan) for name in ("frontage_m", "setback_m", "corner")}
    return pd.DataFrame({**unknown, **{name: np.full(count, "", object) for name in (*_TEXTS, "reason")}}).assign(
        edge=-1
    )


def _filled(
    found: pd.DataFrame, rows: Ints, fronts: pd.DataFrame, reason: NDArray[np.object_], *, measured: bool
) -> pd.DataFrame:
    """The table with the fronts of some rows, ``building`` of which counts among these; measured ones have walls."""
    columns = {name: found[name].to_numpy(copy=True) for name in found}
    columns["reason"][rows] = reason
    if measured:
        columns["frontage_m"][rows] = 0.0
        columns["corner"][rows] = 0.0
    at = rows[fronts["building"].to_numpy(np.int64)]
    for name in ("setback_m", "edge", *_TEXTS, *(("frontage_m", "corner") if measured else ())):
        columns[name][at] = fronts[name].to_numpy()
    return pd.DataFrame(columns)
