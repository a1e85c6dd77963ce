"""A ledger of sites: every usable row, and every other row with its reason."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import numpy as np

from catchment.errors import InputError
from catchment.files import open_input
from catchment.geo.datum import DATUM_NAMES, to_wgs84
from catchment.inputs.cells import quoted, without_phones
from catchment.inputs.collection import collection_paused
from catchment.inputs.details import details
from catchment.inputs.duplicates import same_names, same_spots
from catchment.inputs.headers import SITE_COLUMNS, Wanted
from catchment.inputs.identity import Draft, close_pairs, identified
from catchment.inputs.kinds import status_of, type_of
from catchment.inputs.ledgers import KINDS, ledger_files
from catchment.inputs.oddities import part_findings
from catchment.inputs.parts import read_parts
from catchment.inputs.places import Place, place_of
from catchment.inputs.records import no_good_row
from catchment.inputs.repairs import mended, repair_finding
from catchment.inputs.tables import cell_name
from catchment.model import Finding, Origin, Premises, Sites
from catchment.words import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from catchment.files import InputFile
    from catchment.geo.datum import Datum
    from catchment.geo.grids import Grid
    from catchment.inputs.records import Part, Record
    from catchment.model import Floats, Mask, Repair

WANTED = Wanted(
    SITE_COLUMNS,
    needs=(("lon", "pair"), ("lat", "pair"), ("name",)),
    holds=("name", "address"),
    shape="Point",
)
_LEDGER = replace(WANTED, placeless=True)
_METRES_PER_DEGREE = 111_195.0
"""On a meridian, to 0.5 %."""

_Read = TypeVar("_Read", Sites, Premises)


def read_sites(path: str | Path, *, repair: bool = False, grid: Grid | None = None) -> Sites:
    """
    Read a ledger: a file, the tables of a folder, or what a pattern names, with Chinese or English headers.

    Files are CSV, XLSX, XLS, GeoJSON, GeoPackage or GeoParquet. Coordinates of tables are taken as degrees, as they
    stand: for GCJ-02 and BD-09 see ``from_datum``. Names and telephone numbers of persons are left behind. A row that
    cannot be used is listed in the findings and costs no other row; where its cells can be read in one way only, the
    texts that would mend it are in ``repairs``.

    Parameters
    ----------
    path
        A local file, folder or pattern (``台账/*.xlsx``).
    repair
        Use the proposed texts, each with a note; else their rows stay bad rows. The files are not changed.
    grid
        What metres are whose zone is not written (``EPSG:4548`` and such); without it they are asked about.

    Returns
    -------
    Sites in the order of ``site_id``; a row without an id of its own gets one from its content, which no other row
    can change.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, lacks a column or has no usable row; of several files, if all do.
    """
    sites = diagnosed_sites(path, repair=repair, grid=grid)
    if not len(sites):
        raise no_good_row(str(path) if len(ledger_files(path)) > 1 else ledger_files(path)[0].name, sites.findings)
    return sites


def diagnosed_sites(path: str | Path, *, repair: bool = False, grid: Grid | None = None) -> Sites:
    """
    As ``read_sites``, but a ledger without a usable row is no error: what is wrong with it is in the findings.

    Raises
    ------
    MissingInputError, InputError
        As ``read_sites``, if a file cannot be read at all.
    """
    with collection_paused():
        by_id, findings, repairs = ledger_drafts(path, _LEDGER, repair=repair, grid=grid)
        return sites_of_drafts(by_id, findings, repairs)


def sites_of_drafts(by_id: Mapping[str, Draft], findings: Sequence[Finding], repairs: Sequence[Repair]) -> Sites:
    """Rows with a place as sites, with what is odd about them as a whole."""
    frame, unread = frame_of(by_id)
    odd = (*unread, *close_pairs(by_id), *same_names(by_id), *same_spots(by_id))
    origins = {site_id: _origin(draft) for site_id, draft in by_id.items()}
    return Sites(frame, (*findings, *odd), tuple(repairs), origins)


def ledger_drafts(
    path: str | Path, wanted: Wanted, *, repair: bool, grid: Grid | None, with_unplaced: bool = False
) -> tuple[dict[str, Draft], list[Finding], list[Repair]]:
    """
    The rows of all files of a ledger by their ids, what was odd, and what is proposed for cells.

    Parameters
    ----------
    path
        A file, folder or pattern.
    wanted
        The columns.
    repair, grid
        As ``read_sites``.
    with_unplaced
        Keep rows without usable coordinates, with their ``problem`` instead of a finding.

    Raises
    ------
    MissingInputError, InputError
        As ``read_sites``, if a file cannot be read at all.
    """
    files = ledger_files(path)
    read = partial(_read_file, wanted=wanted, repair=repair, grid=grid, with_unplaced=with_unplaced)
    ledgers = [read(file, several=len(files) > 1) for file in files]
    errors = [ledger for ledger in ledgers if isinstance(ledger, InputError)]
    if len(errors) == len(ledgers):
        raise errors[0]
    drafts = [draft for ledger in ledgers if not isinstance(ledger, InputError) for draft in ledger[0]]
    findings = [
        finding
        for file, ledger in zip(files, ledgers, strict=True)
        for finding in ([_skipped(file, ledger)] if isinstance(ledger, InputError) else ledger[1])
    ]
    repairs = [one for ledger in ledgers if not isinstance(ledger, InputError) for one in ledger[2]]
    by_id, shared = identified(drafts)
    return by_id, [*findings, *shared], repairs


def _read_file(
    path: Path, *, wanted: Wanted, several: bool, repair: bool, grid: Grid | None, with_unplaced: bool
) -> tuple[list[Draft], list[Finding], list[Repair]] | InputError:
    """One file of a ledger; if there are others, one that cannot be read costs only itself."""
    try:
        file = open_input(path, *KINDS)
        drafts, findings, repairs = _rows(file, wanted, repair=repair, grid=grid, with_unplaced=with_unplaced)
    except InputError as problem:
        if several:
            return problem
        raise
    return [replace(draft, several_files=several) for draft in drafts] if several else drafts, findings, repairs


def _skipped(path: Path, problem: InputError) -> Finding:
    return Finding("warning", "finding.file_skipped", {"reason": Phrases(((problem.word, problem.facts),))}, path.name)


def ledger_rows(
    file: InputFile, wanted: Wanted, *, repair: bool = False, grid: Grid | None = None
) -> tuple[dict[str, Draft], list[Finding]]:
    """
    The usable rows of a table or map file by their ids, and what was odd.

    Parameters
    ----------
    file, wanted
        What to read, and what to look for.
    with_unplaced
        Rows without usable coordinates are kept as well, each with its ``problem`` instead of a finding.

    Raises
    ------
    InputError
        If the file is damaged, lacks a column or has no usable row.
    """
    drafts, findings, _ = _rows(file, wanted, repair=repair, grid=grid)
    if not drafts:
        raise no_good_row(file.path.name, findings)
    by_id, odd = identified(drafts)
    return by_id, [*findings, *odd]


def _rows(
    file: InputFile, wanted: Wanted, *, repair: bool, grid: Grid | None, with_unplaced: bool = False
) -> tuple[list[Draft], list[Finding], list[Repair]]:
    """The usable rows of a file, what was odd, and the proposals for rows that are not."""
    parts, findings = read_parts(file, wanted)
    drafts: list[Draft] = []
    repairs: list[Repair] = []
    for part in parts:
        of_part: list[Draft] = []
        places: list[Place] = []
        first_repair = len(repairs)
        for record in part.records:
            place = place_of(part, record)
            if isinstance(place, Finding):
                place, noted, proposed = _mended_place(part, record, place, repair=repair, grid=grid)
                findings.extend(noted)
                repairs.extend(proposed)
            if isinstance(place, Finding) and not with_unplaced:
                findings.append(place)
                continue
            draft, odd = _draft(part, record, place)
            findings.extend(odd)
            if isinstance(place, Finding):
                drafts.append(draft)
            else:
                places.append(place)
                of_part.append(draft)
        findings.extend(part_findings(part, of_part, places, waiting=0 if repair else len(repairs) - first_repair))
        drafts.extend(of_part)
    return drafts, findings, repairs


def _mended_place(
    part: Part, record: Record, problem: Finding, *, repair: bool, grid: Grid | None
) -> tuple[Place | Finding, list[Finding], list[Repair]]:
    """The place that a row may mean, if it is to be taken, else what is wrong; what to note; and the proposals."""
    mend = mended(part, record, problem, grid=grid)
    if isinstance(mend, Finding):
        return mend, [], []
    said = repair_finding(mend.repairs, applied=repair)
    repairs = [replace(one, applied=repair) for one in mend.repairs]
    return (mend.place, [said], repairs) if repair else (said, [], repairs)


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
    given = sites.xy
    named = np.where(surveyed_places(sites), "wgs84", np.array(datums))
    xy = given.copy()
    notes: list[Finding] = []
    for datum in (datum for datum in DATUM_NAMES if datum != "wgs84"):
        mine = named == datum
        if mine.any():
            xy[mine] = to_wgs84(given[mine], datum)
            facts: dict[str, str | int] = {"count": int(mine.sum()), "datum": DATUM_NAMES[datum]}
            notes.append(Finding("note", "finding.datum_converted", facts, file=file))
    moved = sites.frame.set_geometry(gpd.points_from_xy(*xy.T, crs="EPSG:4326"))
    moved = moved.assign(lon_in=given[:, 0], lat_in=given[:, 1], datum_in=named.tolist())
    return replace(sites, frame=moved, findings=(*sites.findings, *notes))


def surveyed_places(sites: Sites | Premises) -> Mask:
    """Which are given in metres of a survey grid, whose datum is not that of the ledger's degrees, shape (n,)."""
    frame = sites.frame
    return frame["surveyed"].to_numpy(bool) if "surveyed" in frame else np.zeros(len(frame), bool)


def _draft(part: Part, record: Record, found: Place | Finding) -> tuple[Draft, list[Finding]]:
    """A row with its place, or with the reason why it has none."""
    problem = found if isinstance(found, Finding) else None
    place = Place(math.nan, math.nan) if isinstance(found, Finding) else found
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
        step=place.step,
        surveyed=place.of_grid,
        problem=problem,
    )
    return draft, findings


_TEXTS = (
    "id", "name", "type", "amenity", "healthcare", "status", "county", "township", "address", "services",
)  # fmt: skip


def _texts(part: Part, record: Record) -> tuple[dict[str, str], list[Finding]]:
    """The texts of a row, without the telephone numbers that someone wrote into them."""
    texts = {field: record.text(field) for field in _TEXTS}
    findings = []
    for field, text in texts.items():
        if not text:
            continue
        if field != "id" and without_phones(text) != text:
            texts[field] = without_phones(text)
            findings.append(part.finding("warning", "finding.phone_removed", record, field))
        if "\ufffd" in text:
            findings.append(part.finding("warning", "finding.characters_replaced", record, field))
    return texts, findings


def frame_of(by_id: Mapping[str, Draft]) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Rows by id as the frame of ``Sites``, in the order of their ids, and what was odd about their further cells."""
    ids = sorted(by_id)
    drafts = [by_id[site_id] for site_id in ids]
    further, odd = details(drafts)
    frame = gpd.GeoDataFrame(
        {
            "site_id": ids,
            "name": [draft.name or site_id for site_id, draft in zip(ids, drafts, strict=True)],
            "type": [draft.type for draft in drafts],
            "status": [draft.status for draft in drafts],
            "county": [draft.county for draft in drafts],
            "township": [draft.township for draft in drafts],
            "address": [draft.address for draft in drafts],
            "services": [draft.services for draft in drafts],
            **further,
            "precision_m": _precision_m(drafts),
            "surveyed": np.array([draft.surveyed for draft in drafts], np.bool_),
        },
        geometry=gpd.points_from_xy([draft.lon for draft in drafts], [draft.lat for draft in drafts]),
        crs="EPSG:4326",
    )
    return frame, odd


def _precision_m(drafts: Sequence[Draft]) -> Floats:
    steps = np.array([draft.step for draft in drafts], np.float64)
    metres: Floats = np.where(steps > 0, steps * _METRES_PER_DEGREE, np.nan)
    return metres


def _origin(draft: Draft) -> Origin:
    part, record = draft.part, draft.record
    names = ("lon", "lat") if {"lon", "lat"} <= set(part.columns.index) else ("pair", "pair")
    if part.spatial or names[0] not in part.columns.index:
        return Origin(part.file, part.sheet, record.row, ("", ""), ("", ""), ("", ""))
    one, other = names
    written, index = part.columns.written, part.columns.index
    cells = (cell_name(record.row, index[one]), cell_name(record.row, index[other]))
    texts = (_shown(record.values.get(one)), _shown(record.values.get(other)))
    return Origin(part.file, part.sheet, record.row, cells, (written[one], written[other]), texts)


def _shown(value: object) -> str:
    # A number of degrees is no telephone number, and needs not be looked at for one.
    return repr(value) if isinstance(value, float) and abs(value) < 1000 else quoted(value)
