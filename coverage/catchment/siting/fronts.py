"""Street fronts: which building looks onto which street, over how many metres and from how far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from catchment.geo.measure import distance_m
from catchment.model import Finding, Fronts
from catchment.siting.districts import districts, segments_of, touching, window_of
from catchment.siting.faces import faces_of
from catchment.siting.front_table import front_table
from catchment.siting.frontlines import REASONS, front_lines
from catchment.siting.walls import drawn

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from catchment.model import BarredWays, Buildings, Floats, Ints, Streets
    from catchment.siting.faces import Faces
    from catchment.siting.frontlines import Lines

SETBACK_M = 30.0
"""A wall farther from a street than this [m] is no front on it."""

LEAST_FRONT_M = 1.0
"""Less wall than this [m] holds no door."""

LEAST_ACROSS_M = 1.0
"""A building stands across a street if more of the street than this [m] lies in it."""

UNKNOWN_KIND = "road"
"""The class of streets of which nobody knows it."""

_LISTED = 20
# What two walls that touch let through at their edge, since walls within a centimetre do not count.
_NOTHING_M = 0.1


def street_fronts(
    buildings: Buildings, streets: Streets, barred: BarredWays | None = None, *, setback_m: float = SETBACK_M
) -> Fronts:
    """
    The streets that buildings have a front on, and why the others have none.

    A place of a wall looks onto a street that lies within 45 degrees of straight out, within the setback, and with no
    building between, its own other walls included; of several streets the nearest. Lengths are exact to a centimetre
    except for what is narrower than half a metre. A building's fronts of less than a metre on a street are none. There
    are none on motorways, ramps, bridges, tunnels, steps, private ways, ways through buildings, and paths.

    Parameters
    ----------
    buildings
        Outlines; what does not stand in them hides nothing.
    streets
        The edge table of all modes.
    barred
        Bridges, tunnels, private ways and motorways of the road file; without it (``None``) only classes bar.
    setback_m
        Inclusive [m].
    """
    polygons = buildings.frame.geometry.to_numpy()
    lines = front_lines(streets, barred)
    faces, told = faces_of(polygons, lines, setback_m=setback_m)
    frame = _per_street(faces, lines, streets)
    wide = frame["frontage_m"] >= LEAST_FRONT_M
    narrow = frame["building"][frame["frontage_m"].between(_NOTHING_M, LEAST_FRONT_M)]
    frame = _with_corners(frame[wide].reset_index(drop=True))
    across = across_streets(polygons, lines.ends[lines.bar == 0])
    reason = np.array([*REASONS, "front.hidden"], object)[np.minimum(told, len(REASONS))]
    reason[across] = "front.across"
    reason[narrow] = "front.narrow"
    reason[frame["building"]] = ""
    return Fronts(frame.drop(columns=["east", "north"]), tuple(reason.tolist()), _findings(buildings, across, frame))


def across_streets(polygons: NDArray[np.object_], ends: Floats) -> Ints:
    """
    Rows of the polygons that more than a metre of street runs through, ascending.

    Parameters
    ----------
    polygons
        In lon, lat, shape (n,).
    ends
        Segments of streets, lon, lat of both ends [degrees], shape (s, 4).

    Examples
    --------
    >>> squares = np.array([shapely.box(0, 0, 1e-4, 1e-4), shapely.box(0, 2e-4, 1e-4, 3e-4)])
    >>> across_streets(squares, np.array([[-1e-4, 5e-5, 5e-5, 5e-5]])).tolist()
    [0]
    """
    segments, bounds = segments_of(ends), shapely.bounds(polygons).reshape(-1, 4)
    length = np.zeros(len(polygons))
    for some in districts(bounds):
        near = touching(segments, window_of(bounds[some], 0.0))
        length[some] = _inside_m(polygons[some], ends[near])
    found: Ints = np.flatnonzero(length > LEAST_ACROSS_M)
    return found


def _inside_m(polygons: NDArray[np.object_], ends: Floats) -> Floats:
    """How much of some segments lies in each polygon [m]."""
    segments = drawn(ends)
    building, line = shapely.STRtree(segments).query(polygons, predicate="intersects")
    # Pieces of a straight line are straight; where the line touches a corner they are points.
    inside, pair = shapely.get_parts(shapely.intersection(segments[line], polygons[building]), return_index=True)
    straight = shapely.get_type_id(inside) == shapely.GeometryType.LINESTRING
    ends_inside = shapely.get_coordinates(inside[straight]).reshape(-1, 2, 2)
    step = distance_m(ends_inside[:, 0], ends_inside[:, 1])
    length: Floats = np.bincount(building[pair[straight]], step, minlength=len(polygons)).astype(np.float64)
    return length


def _per_street(faces: Faces, lines: Lines, streets: Streets) -> pd.DataFrame:
    """A row per building and street, by building, then the longest first; with the way to the street."""
    street = lines.street[faces.line]
    keys, front = np.unique(np.column_stack([faces.polygon, street]), axis=0, return_inverse=True)
    front = front.ravel()
    length = np.bincount(front, faces.length_m, minlength=len(keys)).astype(np.float64)
    setback = np.full(len(keys), np.inf)
    np.minimum.at(setback, front, faces.setback_m)
    # To the millimetre, so that walls of one length stay in their order whatever the last digits.
    by_length = np.lexsort((np.arange(len(front)), -faces.length_m.round(3), front))
    main = by_length[np.searchsorted(front[by_length], np.arange(len(keys)))]
    frame = front_table(
        streets,
        lines.edge[faces.line[main]],
        building=keys[:, 0],
        frontage_m=length,
        setback_m=setback,
        on_left=faces.on_left[main],
        towards=faces.towards[main],
        xy=faces.middle[main],
    )
    frame["east"], frame["north"] = faces.towards[main].T
    order = np.lexsort((frame["way_id"], -frame["frontage_m"], frame["building"]))
    return frame.iloc[order].reset_index(drop=True)


def _with_corners(frame: pd.DataFrame) -> pd.DataFrame:
    """Mark the fronts of one building whose directions are at least 45 and at most 135 degrees apart."""
    ways = frame[["building", "east", "north"]].reset_index()
    pairs = ways.merge(ways, on="building")
    dot = pairs["east_x"] * pairs["east_y"] + pairs["north_x"] * pairs["north_y"]
    sizes = np.hypot(pairs["east_x"], pairs["north_x"]) * np.hypot(pairs["east_y"], pairs["north_y"])
    crossing = (dot.abs() <= sizes * np.sqrt(0.5)) & (pairs["index_x"] != pairs["index_y"])
    return frame.assign(corner=frame.index.isin(pairs["index_x"][crossing]))


def _findings(buildings: Buildings, across: Ints, frame: pd.DataFrame) -> tuple[Finding, ...]:
    """Buildings across streets, and the ways with fronts of which name or class are unknown."""
    named = buildings.frame["building_id"].iloc[across].tolist()
    nameless, classless = (
        [str(way) for way in np.unique(frame["way_id"][unknown])]
        for unknown in (frame["street"] == "", frame["kind"] == UNKNOWN_KIND)
    )
    found: tuple[tuple[Literal["warning", "note"], str, list[str]], ...] = (
        ("warning", "finding.buildings_across", named),
        ("note", "finding.fronts_nameless", nameless),
        ("note", "finding.fronts_classless", classless),
    )
    return tuple(
        Finding(level, word, {"count": len(which), "names": ", ".join(which[:_LISTED])})
        for level, word, which in found
        if which
    )
