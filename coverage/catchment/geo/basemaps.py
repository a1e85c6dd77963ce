"""Which base map a name or an address means."""

from __future__ import annotations

import re
from typing import Literal

from catchment.errors import SettingsError
from catchment.model import Basemap

OSM = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
OSM_ATTRIBUTION = "© OpenStreetMap contributors"
TIANDITU_ATTRIBUTION = "天地图 © 国家基础地理信息中心"

# The street map and its names, both in CGCS2000, which is WGS84 to within a few centimetres.
_TIANDITU_LAYERS = ("vec", "cva")
_TIANDITU = (
    "https://t0.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0&LAYER={layer}&STYLE=default"
    "&TILEMATRIXSET=w&FORMAT=tiles&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_TIANDITU_MAX_ZOOM = 18

# The host ends up in a security policy: no sign of its grammar, no user, no wildcard, no letters of two scripts.
_ADDRESS = re.compile(
    r"https?://[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::[0-9]{1,5})?"
    r"/[\w{}.~/?&=%:+@!$-]*",
    re.ASCII | re.IGNORECASE,
)
_PLACES = ["x", "y", "z"]


def basemap_of(
    base: str, *, key: str = "", datum: Literal["wgs84", "gcj02"] = "wgs84", attribution: str = ""
) -> Basemap | None:
    """
    The base map that settings ask for, ``None`` for ``none``.

    Parameters
    ----------
    base
        ``none``, ``osm``, ``tianditu``, or the address of a server's tiles with ``{z}``, ``{x}`` and ``{y}``.
    key
        Tianditu's; it stands in the page for everybody to read.
    datum
        Of the pictures at an address.
    attribution
        Whom they are owed to; by default what the known servers ask for.

    Raises
    ------
    SettingsError
        If it is neither, the address is no plain one of http or https, or Tianditu's key is missing or cannot be one.

    Examples
    --------
    >>> basemap_of("osm").origins
    ('https://tile.openstreetmap.org',)
    >>> basemap_of("none") is None
    True
    """
    if base == "none":
        return None
    if base in ("osm", "tianditu") and datum != "wgs84":
        raise SettingsError("error.base_datum", base=base, found=datum)
    if base == "osm":
        return Basemap((OSM,), attribution=attribution or OSM_ATTRIBUTION)
    if base == "tianditu":
        if not re.fullmatch(r"[0-9A-Za-z]{1,64}", key):
            raise SettingsError("error.base_key", found=repr(key))
        templates = tuple(_TIANDITU.format(layer=layer, key=key) for layer in _TIANDITU_LAYERS)
        return Basemap(templates, attribution=attribution or TIANDITU_ATTRIBUTION, max_zoom=_TIANDITU_MAX_ZOOM)
    if not _ADDRESS.fullmatch(base) or sorted(re.findall(r"\{(.*?)\}", base)) != _PLACES or base.count("{") != 3:
        raise SettingsError("error.base_address", found=repr(base))
    return Basemap((base,), datum=datum, attribution=attribution)
