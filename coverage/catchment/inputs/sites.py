"""A ledger of sites: every usable row, and every other row with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np

from catchment.files import open_input
from catchment.geo.datum import DATUM_NAMES, to_wgs84
from catchment.inputs.cells import quoted, without_phones
from catchment.inputs.headers import SITE_COLUMNS, Wanted
from catchment.inputs.identity import Draft, close_pairs, identified
from catchment.inputs.kinds import status_of, type_of
from catchment.inputs.parts import read_parts
from catchment.inputs.places import Place, place_findings, place_of
from catchment.inputs.records import no_good_row
from catchment.model import Finding, Premises, Sites

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from catchment.files import InputFile, Kind
    from catchment.geo.datum import Datum
    from catchment.inputs.records import Part, Record

KINDS: tuple[Kind, ...] = ("csv", "xlsx", "geojson", "gpkg", "parquet")
"""What a ledger may be."""

WANTED = Wanted(
    SITE_COLUMNS,
    needs=(("lon", "pair"), ("lat", "pair"), ("name",)),
    holds=("name", "address"),
    shape="Point",
)


_Read = TypeVar("_Read", Sites, Premises)


def read_sites(path: str | Path) -> Sites:
    """
    Read a ledger: CSV, XLSX, GeoJSON or GeoPackage, with Chinese or English headers.

    Coordinates of tables are taken as degrees, as they stand: for GCJ-02 and BD-09 see ``from_datum``. Names and
    telephone numbers of persons are left behind. A row that cannot be used is listed in the findings and costs no
    other row.

    Parameters
    ----------
    path
        A local file.

    Returns
    -------
    Sites in the order of ``site_id``; a row without an id of its own gets one from its content, which no other row
    can change.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, lacks a column or has no usable row.
    """
    file = open_input(path, *KINDS)
    by_id, findings = ledger_rows(file, WANTED)
    return Sites(_frame(by_id), (*findings, *close_pairs(by_id)))


def ledger_rows(file: InputFile, wanted: Wanted) -> tuple[dict[str, Draft], list[Finding]]:
    """
    The usable rows of a table or map file by their ids, and what was odd.

    Raises
    ------
    InputError
        If the file is damaged, lacks a column or has no usable row.
    """
    parts, findings = read_parts(file, wanted)
    drafts: list[Draft] = []
    for part in parts:
        places: list[Place] = []
        for record in part.records:
            place = place_of(part, record)
            if isinstance(place, Finding):
                findings.append(place)
                continue
            draft, odd = _draft(part, record, place)
            places.append(place)
            drafts.append(draft)
            findings.extend(odd)
        findings.extend(place_findings(part, places))
    if not drafts:
        raise no_good_row(file.path.name, findings)
    by_id, odd = identified(drafts)
    return by_id, [*findings, *odd]


def from_datum(sites: _Read, datum: Datum, *, file: str = "") -> _Read:
    """
    Sites or premises whose coordinates are of a datum, brought to WGS84; a note says how many.

    Parameters
    ----------
    sites
        As read.
    datum
        What their coordinates are.
    file
        Named in the note.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame(geometry=gpd.points_from_xy([114.3873785069], [27.8001171474]), crs="EPSG:4326")
    >>> from_datum(Sites(frame), "gcj02").xy.round(6).tolist()
    [[114.382063, 27.803222]]
    """
    return from_datums(sites, [datum] * len(sites), file=file)


def from_datums(sites: _Read, datums: Sequence[Datum], *, file: str = "") -> _Read:
    """
    As ``from_datum``, where each place has a datum of its own; a note for each datum says how many.

    What stood in the ledger stays in columns ``lon_in``, ``lat_in`` and ``datum_in``, unless all of it is WGS84.

    Parameters
    ----------
    sites
        As read.
    datums
        What the coordinates of each are.
    file
        Named in the notes.

    Examples
    --------
    >>> spots = gpd.points_from_xy([114.3873785069, 114.382063], [27.8001171474, 27.803222], crs="EPSG:4326")
    >>> moved = from_datums(Sites(gpd.GeoDataFrame(geometry=spots)), ["gcj02", "wgs84"])
    >>> moved.xy.round(6).tolist(), moved.frame["datum_in"].tolist()
    ([[114.382063, 27.803222], [114.382063, 27.803222]], ['gcj02', 'wgs84'])
    """
    if all(datum == "wgs84" for datum in datums):
        return sites
    given, named = sites.xy, np.array(datums)
    xy = given.copy()
    notes: list[Finding] = []
    for datum in (datum for datum in DATUM_NAMES if datum != "wgs84"):
        mine = named == datum
        if mine.any():
            xy[mine] = to_wgs84(given[mine], datum)
            facts: dict[str, str | int] = {"count": int(mine.sum()), "datum": DATUM_NAMES[datum]}
            notes.append(Finding("note", "finding.datum_converted", facts, file=file))
    moved = sites.frame.set_geometry(gpd.points_from_xy(*xy.T, crs="EPSG:4326"))
    moved = moved.assign(lon_in=given[:, 0], lat_in=given[:, 1], datum_in=list(datums))
    return replace(sites, frame=moved, findings=(*sites.findings, *notes))


def _draft(part: Part, record: Record, place: Place) -> tuple[Draft, list[Finding]]:
    texts, findings = _texts(part, record)
    status = status_of(texts["status"])
    if not status:
        findings.append(
            part.finding("warning", "finding.status_unknown", record, "status", found=quoted(texts["status"]))
        )
    name = texts["name"] or texts["address"] or texts["id"]
    if not texts["name"]:
        word = "finding.name_missing" if name else "finding.name_from_id"
        findings.append(part.finding("warning", word, record, "name", used=quoted(name)))
    kind = type_of(texts["type"]) if texts["type"] else texts["amenity"] or texts["healthcare"] or "none"
    draft = Draft(
        given_id=texts["id"],
        name=name,
        type=kind,
        status=status or "open",
        county=texts["county"],
        township=texts["township"],
        address=texts["address"],
        lon=place.lon,
        lat=place.lat,
        part=part,
        record=record,
        services=texts["services"],
    )
    return draft, findings


def _texts(part: Part, record: Record) -> tuple[dict[str, str], list[Finding]]:
    """The texts of a row, without the telephone numbers that someone wrote into them."""
    texts = {field: record.text(field) for field in SITE_COLUMNS if field not in ("lon", "lat", "pair", "running")}
    findings = []
    for field, text in texts.items():
        if field != "id" and without_phones(text) != text:
            texts[field] = without_phones(text)
            findings.append(part.finding("warning", "finding.phone_removed", record, field))
        if "\ufffd" in text:
            findings.append(part.finding("warning", "finding.characters_replaced", record, field))
    return texts, findings


def _frame(by_id: Mapping[str, Draft]) -> gpd.GeoDataFrame:
    ids = sorted(by_id)
    drafts = [by_id[site_id] for site_id in ids]
    return gpd.GeoDataFrame(
        {
            "site_id": ids,
            "name": [draft.name or site_id for site_id, draft in zip(ids, drafts, strict=True)],
            "type": [draft.type for draft in drafts],
            "status": [draft.status for draft in drafts],
            "county": [draft.county for draft in drafts],
            "township": [draft.township for draft in drafts],
            "address": [draft.address for draft in drafts],
            "services": [draft.services for draft in drafts],
        },
        geometry=gpd.points_from_xy([draft.lon for draft in drafts], [draft.lat for draft in drafts]),
        crs="EPSG:4326",
    )
