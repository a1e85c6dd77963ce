"""One clean ledger (台账) of all usable rows: columns as the template has them, and where each row came from."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING

from catchment.geo.datum import DATUM_NAMES
from catchment.model import SiteType
from catchment.outputs.ledger_columns import COLUMNS, STATUSES, header
from catchment.outputs.lines import Degrees, Line, Sheet
from catchment.outputs.office_book import write_settled
from catchment.outputs.workbook import write_stream
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catchment.model import Origin, Sites
    from catchment.outputs.ledger_columns import LedgerColumn
    from catchment.outputs.lines import Cell
    from catchment.words import Language

_ORIGIN = ("origin_file", "origin_sheet", "origin_row")
_FOUND = ("lon_in", "lat_in", "datum_in")


def write_clean_ledger(sites: Sites, path: Path, *, language: Language) -> None:
    """
    Write the usable rows of a ledger as one workbook, in the order in which they stand in the files.

    Coordinates are WGS84 where the datum was settled, else as found; the column 坐标系 says which. Persons and
    telephone numbers are not in it. Read again, it gives the same sites with the same ids.

    Parameters
    ----------
    sites
        As read, or brought to WGS84.
    path
        Where to write; a file that is there is replaced.
    language
        Of headers and words.

    Raises
    ------
    OutputError
        If it cannot be written.
    """
    stream = io.BytesIO()
    write_stream(clean_sheet(sites, language), stream, language=language, title=say("template.title", language))
    write_settled(stream, path)


def clean_sheet(sites: Sites, language: Language) -> Sheet:
    """
    The sheet of the clean ledger.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from catchment.model import Sites
    >>> frame = {"site_id": ["A"], "name": ["甲"], "type": ["village"], "status": ["open"], "way": [""]}
    >>> sites = Sites(gpd.GeoDataFrame(frame, geometry=gpd.points_from_xy([114.4], [27.8])))
    >>> clean_sheet(sites, "zh").lines[1].cells[:4]
    ('A', '甲', '村（社区）等', '已建成')
    """
    frame = sites.frame
    moved = "datum_in" in frame
    further = (*(_FOUND if moved else ()), *_ORIGIN)
    heads = [header(column, language) for column in COLUMNS]
    heads.extend(say(f"ledger.{name}", language) for name in ("datum", *further))
    lon, lat = (list(map(Degrees, values)) for values in sites.xy.T.tolist())
    places: dict[str, list[Cell]] = {"lon": [*lon], "lat": [*lat]}
    columns = [places.get(column.field) or _cells(sites, column, language) for column in COLUMNS]
    columns.append(["WGS84" if moved else say("ledger.as_found", language)] * len(frame))
    if moved:
        columns.extend([*map(Degrees, frame[name])] for name in _FOUND[:2])
        columns.append([DATUM_NAMES[datum] for datum in frame["datum_in"]])
    origins = [_origin(sites.origins, site_id) for site_id in frame["site_id"]]
    columns.extend([origin[at] for origin in origins] for at in range(len(_ORIGIN)))
    rows = sorted(range(len(frame)), key=lambda row: (*origins[row][:2], origins[row][2] or 0))
    lines = [Line(tuple(cells[row] for cells in columns)) for row in rows]
    return Sheet(say("template.sheet", language), (Line(tuple(heads), "header"), *lines), is_table=True)


def _cells(sites: Sites, column: LedgerColumn, language: Language) -> list[Cell]:
    if column.frame not in sites.frame:
        return [None] * len(sites)
    return [_cell(column.field, value, language) for value in sites.frame[column.frame].tolist()]


def _cell(field: str, value: object, language: Language) -> Cell:
    """What a reader of ledgers understands as this value."""
    if isinstance(value, float):
        return None if math.isnan(value) else int(value) if value.is_integer() else value
    text = "" if value is None else str(value)
    if not text:
        return None
    known: Mapping[str, tuple[str, ...]] = {"type": tuple(map(str, SiteType)), "status": STATUSES}
    if field == "type" and text == "none":
        return None
    if text in known.get(field, ()):
        return say(f"{field}.{text}", language)
    if field == "street_front":
        return say(f"book.{text}", language)
    return say(text, language) if field == "way" else text


def _origin(origins: Mapping[str, Origin], site_id: str) -> tuple[str, str, int | None]:
    origin = origins.get(site_id)
    return (origin.file, origin.sheet, origin.row) if origin else ("", "", None)
