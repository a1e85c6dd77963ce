"""What a front is told as: its street, the class of that, and on which side of it the building stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.geo.measure import radii_of_curvature_m
from catchment.network.streets import STREET_KINDS
from catchment.siting.paving import street_beyond

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Floats, Ints, Mask, Streets

COMPASS = (
    "compass.n",
    "compass.ne",
    "compass.e",
    "compass.se",
    "compass.s",
    "compass.sw",
    "compass.w",
    "compass.nw",
)
"""Sides of a street, clockwise from the north."""


def compass_of(towards: Floats) -> NDArray[np.object_]:
    """
    On which side of a street something stands, as entries of the catalogue.

    Parameters
    ----------
    towards
        The way from it to the street, east and north [m], shape (n, 2).

    Examples
    --------
    What has its street to the south stands on the north side.

    >>> compass_of(np.array([[0.0, -5.0], [3.0, 3.0]])).tolist()
    ['compass.n', 'compass.sw']
    """
    turn = np.degrees(np.arctan2(-towards[:, 0], -towards[:, 1]))
    return np.array(COMPASS, object)[np.rint(turn / 45).astype(np.int64) % len(COMPASS)]


def front_table(
    streets: Streets,
    edge: Ints,
    *,
    building: Ints,
    frontage_m: Floats,
    setback_m: Floats,
    on_left: Mask,
    towards: Floats,
    xy: Floats,
) -> pd.DataFrame:
    """
    The columns of ``Fronts`` of some edges, none a corner.

    Parameters
    ----------
    streets, edge
        The edge table, and the row of each front, shape (f,).
    building, frontage_m, setback_m
        As in ``Fronts``, shape (f,).
    on_left
        It stands left of the street, looking along its edge, shape (f,).
    towards
        The way to the street, east and north [m], shape (f, 2).
    xy
        lon, lat of the front [degrees], shape (f, 2).
    """
    named = street_beyond(streets, edge, xy + degrees_of(towards, xy))
    names, kinds = np.array([*streets.names, ""], object), np.array(STREET_KINDS, object)
    return pd.DataFrame(
        {
            "building": building,
            "street": names[streets.name[named]],
            "kind": kinds[streets.kind[edge]],
            "edge": edge,
            "way_id": streets.way_id[edge],
            "frontage_m": frontage_m.round(3),
            "setback_m": setback_m.round(3),
            "side": np.where(on_left, "front.left", "front.right"),
            "compass": compass_of(towards),
            "corner": np.zeros(len(edge), bool),
            "lon": xy[:, 0],
            "lat": xy[:, 1],
        }
    )


def degrees_of(metres: Floats, xy: Floats) -> Floats:
    """
    Short ways from places, in degrees east and north, shape (n, 2).

    Parameters
    ----------
    metres
        East and north [m], shape (n, 2).
    xy
        Where they begin, lon, lat [degrees], shape (n, 2).

    Examples
    --------
    >>> degrees_of(np.array([[111.32, 0.0]]), np.array([[0.0, 0.0]])).round(6).tolist()
    [[0.001, 0.0]]
    """
    lat = np.radians(xy[:, 1])
    meridian, transverse = radii_of_curvature_m(lat)
    degrees: Floats = np.degrees(metres / np.column_stack([transverse * np.cos(lat), meridian]))
    return degrees
