"""From one coordinate reference system to another, and how much ground a unit of a map is."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from scipy.ndimage import map_coordinates

from catchment.geo.measure import cell_areas_ha

if TYPE_CHECKING:
    from catchment.model import Floats

WGS84 = "EPSG:4326"

MOLLWEIDE = "ESRI:54009"
"""The equal-area plane of GHS-POP. JRC's files say EPSG:54009, which does not exist; the code is ESRI's."""


_LATTICE = 65
"""Ground per unit changes so slowly that so many places a side tell it between them to a hundred-thousandth."""


def transformed(xy: Floats, crs: str, to_crs: str) -> Floats:
    """
    Places in another coordinate reference system, x before y in both; infinite where it cannot hold them.

    Parameters
    ----------
    xy
        Shape (n, 2).
    crs, to_crs
        Names or WKT.

    Examples
    --------
    A degree along the equator is 100.2 km in Mollweide.

    >>> transformed(np.array([[1.0, 0.0]]), WGS84, MOLLWEIDE).round(-2).tolist()
    [[100200.0, 0.0]]
    """
    # pyproj counts what it cannot hold as infinite and says nothing.
    return np.column_stack(_transformer(crs, to_crs).transform(xy[:, 0], xy[:, 1]))


@cache
def _transformer(crs: str, to_crs: str) -> Transformer:
    return Transformer.from_crs(crs, to_crs, always_xy=True)


def ground_per_unit(crs: str, xy: Floats) -> Floats:
    """
    Ground that a square unit of a projected map is at places [m²], shape (n,).

    On the ellipsoid: EPSG:3857 shows Jiangxi 1.29 times as large as it is, and even the Mollweide of GHS-POP, which is
    equal-area on a sphere, is 0.4 % off there.

    Parameters
    ----------
    crs
        Name or WKT of a projected system.
    xy
        lon, lat [degrees], shape (n, 2).

    Examples
    --------
    >>> places = np.array([[115.0, 28.3], [115.0, 60.0]])
    >>> ground_per_unit(MOLLWEIDE, places).round(4).tolist(), ground_per_unit("EPSG:3857", places).round(3).tolist()
    ([0.9963, 1.0034], [0.772, 0.251])
    """
    if len(xy) <= _LATTICE**2:
        return _ground(crs, xy)
    low, high = xy.min(axis=0), xy.max(axis=0)
    step = np.maximum(high - low, 1e-6) / (_LATTICE - 1)
    row, column = np.divmod(np.arange(_LATTICE**2), _LATTICE)
    known = _ground(crs, low + step * np.column_stack([column, row])).reshape(_LATTICE, _LATTICE)
    ground: Floats = map_coordinates(known, ((xy - low) / step)[:, ::-1].T, order=1)
    return ground


def _ground(crs: str, xy: Floats) -> Floats:
    """By differences over 20 m: PROJ's own factors take the earth of EPSG:3857 for a sphere."""
    step = 1e-4
    east, west, north, south = (
        transformed(xy + np.array(shift), WGS84, crs) for shift in ((step, 0), (-step, 0), (0, step), (0, -step))
    )
    across, along = (east - west).T, (north - south).T
    drawn: Floats = np.abs(across[0] * along[1] - across[1] * along[0])
    return cell_areas_ha((2 * step, 2 * step), xy[:, 1]) * 10_000 / drawn
