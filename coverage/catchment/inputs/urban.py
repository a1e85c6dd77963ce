"""The planner's own outlines of city (城区) and town (镇区)."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import geopandas as gpd

from catchment.inputs.cells import quoted
from catchment.inputs.headers import URBAN_COLUMNS, Wanted
from catchment.inputs.polygons import read_areas
from catchment.inputs.records import no_good_row
from catchment.model import UrbanAreas

if TYPE_CHECKING:
    from pathlib import Path

WANTED = Wanted(URBAN_COLUMNS, needs=(), holds=(), shape="Polygon")

# The codes are those of 统计上划分城乡, each with the name it stands for.
_SETTINGS = {
    "city": ("city", "城区", "城市", "主城区", "中心城区", "城乡结合区", "111", "112"),
    "town": ("town", "镇区", "镇", "镇中心区", "镇乡结合区", "特殊区域", "121", "122", "123"),
    "rural": ("rural", "农村", "乡村", "村庄", "乡中心区", "210", "220"),
}


def read_urban(path: str | Path) -> UrbanAreas:
    """
    Read outlines of city and town: GeoJSON or GeoPackage polygons.

    Without a column that says which, all are city. Outlines of the country are left out: it is the rest.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no coordinate reference system or no usable polygon.
    """
    areas, findings = read_areas(path, WANTED)
    settings, shapes = [], []
    for part, record, shape in areas:
        text = record.text("setting")
        setting = setting_of(text) if "setting" in part.columns.index else "city"
        if not setting:
            findings.append(part.finding("bad_row", "finding.setting_unknown", record, "setting", found=quoted(text)))
        elif setting == "rural":
            findings.append(part.finding("note", "finding.setting_rural", record, "setting"))
        else:
            settings.append(setting)
            shapes.append(shape)
    if not shapes:
        raise no_good_row(areas[0][0].file, findings)
    frame = gpd.GeoDataFrame({"setting": settings}, geometry=shapes, crs="EPSG:4326")
    return UrbanAreas(frame, tuple(findings))


def setting_of(text: str) -> str:
    """
    ``city``, ``town`` or ``rural``; empty if the word or code means none of them.

    Examples
    --------
    >>> setting_of("城区"), setting_of("121"), setting_of(" Rural "), setting_of("城镇")
    ('city', 'town', 'rural', '')
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return next((setting for setting, words in _SETTINGS.items() if plain in words), "")
