"""China's survey grids of CGCS2000 (Gauss-Krüger), in metres: which one a pair of numbers is of, and its degrees."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from pyproj import Transformer

Grid = Literal["EPSG:4546", "EPSG:4547", "EPSG:4548", "EPSG:32649", "EPSG:32650", "EPSG:3857"]
"""What metres without a zone may be: CGCS2000 in three degrees about 111, 114 or 117 degrees, UTM, Web Mercator."""

# Numbers of zones stand before the easting: 25-45 are of three degrees, 13-23 of six. EPSG counts them in one row each.
_NARROW_ZONES, _WIDE_ZONES = range(25, 46), range(13, 24)
_FIRST_NARROW, _FIRST_WIDE = 4513, 4491
_EASTING_M = (100_000, 900_000)


def grid_of_zone(easting_m: float) -> int | None:
    """
    The EPSG code of the grid whose zone stands before an easting; ``None`` if no zone does.

    Examples
    --------
    >>> grid_of_zone(38_514_000.0), grid_of_zone(39_219_000.0), grid_of_zone(514_000.0)
    (4526, 4527, None)
    """
    zone, east = divmod(easting_m, 1_000_000)
    if not _EASTING_M[0] <= east <= _EASTING_M[1]:
        return None
    if zone in _NARROW_ZONES:
        return _FIRST_NARROW + int(zone) - _NARROW_ZONES.start
    return _FIRST_WIDE + int(zone) - _WIDE_ZONES.start if zone in _WIDE_ZONES else None


def lonlat_of_grid(easting_m: float, northing_m: float, epsg: int) -> tuple[float, float]:
    """
    Longitude and latitude [degrees] of a place in metres; CGCS2000 is WGS84 to a few centimetres.

    Infinite where the grid does not reach.

    Examples
    --------
    The central meridian of EPSG:4547 is 114 degrees east, its false easting 500 km.

    >>> [round(degrees, 9) for degrees in lonlat_of_grid(500_000.0, 0.0, 4547)]
    [114.0, 0.0]
    """
    lon, lat = _to_degrees(epsg).transform(easting_m, northing_m)
    return float(lon), float(lat)


@lru_cache(maxsize=8)
def _to_degrees(epsg: int) -> Transformer:
    # x, y order, whatever EPSG says of the axes.
    return Transformer.from_crs(epsg, "OGC:CRS84" if epsg == 3857 else 4490, always_xy=True)
