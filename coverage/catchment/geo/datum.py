"""WGS84 <-> GCJ-02 <-> BD-09: the shifted coordinates of Chinese map services, exact both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from catchment.model import Floats, Mask

Datum = Literal["wgs84", "gcj02", "bd09"]

DATUM_NAMES: Mapping[Datum, str] = {"wgs84": "WGS84", "gcj02": "GCJ-02", "bd09": "BD-09"}
"""As planners know them, in every language."""

# The ellipsoid of Krasovsky, as every published form of the shift has it.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURNS = np.pi * 3000 / 180
_BD_OFFSET = np.array([0.0065, 0.006])
# The box outside which map services do not shift.
_SHIFTED = (72.004, 0.8293, 137.8347, 55.8271)


def gcj02_from_wgs84(xy: Floats) -> Floats:
    """
    WGS84 -> GCJ-02, the datum of Amap and Tencent; places outside the box of China stay.

    An approximation of the official transformation, within about a metre of it.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).

    References
    ----------
    The formula and constants as published by PRCoords and eviltransform.

    Examples
    --------
    >>> gcj02_from_wgs84(np.array([[114.382063, 27.803222]])).round(6).tolist()
    [[114.387379, 27.800117]]
    """
    shifted: Floats = np.where(is_shifted(xy)[:, None], xy + _shift(xy), xy)
    return shifted


def is_shifted(xy: Floats) -> Mask:
    """
    Which places lie in the box, around China, in which map services shift, shape (n,).

    Examples
    --------
    >>> is_shifted(np.array([[114.4, 27.8], [2.35, 48.85]])).tolist()
    [True, False]
    """
    west, south, east, north = _SHIFTED
    inside: Mask = (xy[:, 0] >= west) & (xy[:, 0] <= east) & (xy[:, 1] >= south) & (xy[:, 1] <= north)
    return inside


def _shift(xy: Floats) -> Floats:
    """What is added to lon, lat [degrees], shape (n, 2)."""
    x, y = xy[:, 0] - 105, xy[:, 1] - 35
    both = _waves(x, (20, 6), (20, 2))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + both
    north_m += _waves(y, (20, 1), (40, 1 / 3)) + _waves(y, (160, 1 / 12), (320, 1 / 30))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + both
    east_m += _waves(x, (20, 1), (40, 1 / 3)) + _waves(x, (150, 1 / 12), (300, 1 / 30))
    latitude = np.radians(xy[:, 1])
    shrink = 1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2
    meridian_m = _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / (shrink * np.sqrt(shrink))
    parallel_m = _SEMI_MAJOR_M / np.sqrt(shrink) * np.cos(latitude)
    shift: Floats = np.degrees(np.column_stack([east_m / parallel_m, north_m / meridian_m]))
    return shift


def _waves(t: Floats, *waves: tuple[float, float]) -> Floats:
    """Two thirds of a sum of sines [m], each given by amplitude and half-turns per degree."""
    total: Floats = np.zeros_like(t)
    for amplitude, turns in waves:
        total = total + amplitude * np.sin(turns * np.pi * t)
    return total * 2 / 3


def bd09_from_gcj02(xy: Floats) -> Floats:
    """
    GCJ-02 -> BD-09, the datum of Baidu.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).

    Examples
    --------
    >>> bd09_from_gcj02(np.array([[114.3873785069, 27.8001171474]])).round(6).tolist()
    [[114.39385, 27.80616]]
    """
    x, y = xy[:, 0], xy[:, 1]
    radius = np.hypot(x, y) + 2e-5 * np.sin(_BD_TURNS * y)
    angle = np.arctan2(y, x) + 3e-6 * np.cos(_BD_TURNS * x)
    shifted: Floats = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)]) + _BD_OFFSET
    return shifted


def wgs84_from_gcj02(xy: Floats) -> Floats:
    """
    GCJ-02 -> WGS84, the exact inverse to a micrometre.

    Examples
    --------
    >>> wgs84_from_gcj02(np.array([[114.3873785069, 27.8001171474]])).round(9).tolist()
    [[114.382063, 27.803222]]
    """
    return _inverse(gcj02_from_wgs84, xy, first=2 * xy - gcj02_from_wgs84(xy))


def gcj02_from_bd09(xy: Floats) -> Floats:
    """
    BD-09 -> GCJ-02, the exact inverse to a micrometre.

    Examples
    --------
    >>> gcj02_from_bd09(np.array([[114.3938502053, 27.8061599976]])).round(9).tolist()
    [[114.387378507, 27.800117147]]
    """
    return _inverse(bd09_from_gcj02, xy, first=xy - _BD_OFFSET)


def _inverse(forward: Callable[[Floats], Floats], xy: Floats, *, first: Floats) -> Floats:
    """Three steps of a fixed point; each divides the error by some hundreds, from metres to below a micrometre."""
    found = first
    for _ in range(3):
        found = found - (forward(found) - xy)
    return found


def to_wgs84(xy: Floats, datum: Datum) -> Floats:
    """
    Places of a datum in WGS84.

    Parameters
    ----------
    xy
        lon, lat [degrees], shape (n, 2).
    datum
        What they are given in.

    Examples
    --------
    >>> to_wgs84(np.array([[114.3938502053, 27.8061599976]]), "bd09").round(9).tolist()
    [[114.382063, 27.803222]]
    """
    if datum == "wgs84":
        return xy
    return wgs84_from_gcj02(gcj02_from_bd09(xy) if datum == "bd09" else xy)
