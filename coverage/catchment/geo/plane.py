"""Planes in metres: one that touches the earth at a place, for shapes, and one of a whole area, for neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.measure import earth_centred, radii_of_curvature_m

if TYPE_CHECKING:
    from catchment.model import Floats


def tangent_plane_m(xy: Floats, at: tuple[float, float]) -> Floats:
    """
    Metres east and north of a place, in the plane that touches the ellipsoid there.

    Lengths are too short by (d / R)² / 2 at the distance d: 0.01 mm in 30 m at 5 km, whatever the latitude.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    at
        lon, lat of the place [degrees].

    Returns
    -------
    East, north [m], shape (n, 2).

    Examples
    --------
    A thousandth of a degree on the equator is 111.32 m eastwards and 110.57 m northwards.

    >>> tangent_plane_m(np.array([[0.001, 0.0], [0.0, 0.001]]), (0.0, 0.0)).round(2).tolist()
    [[111.32, 0.0], [0.0, 110.57]]
    """
    away = earth_centred(np.asarray(xy, np.float64).reshape(-1, 2)) - earth_centred(np.array([at]))
    lon, lat = np.radians(at)
    east = np.array([-np.sin(lon), np.cos(lon), 0.0])
    north = np.array([-np.sin(lat) * np.cos(lon), -np.sin(lat) * np.sin(lon), np.cos(lat)])
    metres: Floats = away @ np.column_stack([east, north])
    return metres


def metric_plane(xy: Floats) -> Floats:
    """
    Places in metres east and north, as long as they are about as far north as one another, shape (n, 2).

    One degree of longitude is as long everywhere as in their middle: off by 1 % a degree of latitude away from it.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).

    Examples
    --------
    A thousandth of a degree on the equator.

    >>> np.diff(metric_plane(np.array([[0.0, 0.0], [0.001, 0.0]])), axis=0).round(2).tolist()
    [[111.32, 0.0]]
    """
    middle = np.radians(xy[:, 1:].mean(axis=0)) if len(xy) else np.zeros(1)
    along, across = radii_of_curvature_m(middle)
    metres: Floats = np.radians(xy) * np.concatenate([across * np.cos(middle), along])
    return metres
