"""Premises that a service may be put into: public ones from an OSM file, or the planner's own table."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from catchment.files import open_input
from catchment.inputs import sites
from catchment.inputs.headers import PREMISES_COLUMNS, normal
from catchment.inputs.ledgers import KINDS
from catchment.inputs.osm_premises import HOUSES, TECHNICAL, read_osm_premises
from catchment.inputs.particulars import BLANK, particulars
from catchment.inputs.sites import ledger_rows
from catchment.model import Finding, Premises

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.geo.grids import Grid

LISTED = "premises.listed"
"""What is in the planner's table and of none of the kinds below."""

_WORDS: tuple[tuple[str, str], ...] = (
    ("premises.employment", "人力资源|就业|劳务|零工|employment|job"),
    ("premises.tech", TECHNICAL),
    ("premises.college", "大学|学院|高校|高等院校|大中专|中专|university|college"),
    ("premises.zone", "园区|开发区|工业园|产业园|industrialpark|industrialzone|developmentzone"),
    ("premises.community_centre", "党群|便民|社区|村委|居委|文化中心|活动中心|community|neighbourhood"),
    ("premises.library", "图书|文化站|library"),
    ("premises.post_office", "邮政|邮局|postoffice"),
    ("premises.social_facility", "福利|养老|救助|socialfacility"),
    ("premises.townhall", "人民政府|办事处|乡镇政府|政府大楼|townhall"),
    ("premises.government", "政府|机关|行政|政务|办公|government|administrative"),
)

WANTED = replace(sites.WANTED, synonyms=PREMISES_COLUMNS)


def no_premises() -> Premises:
    """
    None: a layer of lines has roads only.

    Examples
    --------
    >>> len(no_premises().frame)
    0
    """
    columns = ("premises_id", "name", "kind", "address", "source")
    return Premises(gpd.GeoDataFrame({name: [] for name in columns}, geometry=[], crs="EPSG:4326"))


def read_premises(
    path: str | Path, *, cache: Path | None = None, repair: bool = False, grid: Grid | None = None
) -> Premises:
    """
    Premises of an OSM file, or of the planner's own table.

    The coordinates of a table are taken as degrees, as they stand: for GCJ-02 and BD-09 see ``from_datum``. Its bad
    rows are listed in the findings, as those of a ledger are; cells that are not understood cost no row, and neither
    do types of premises that are none of the kinds (``premises.listed``).

    Parameters
    ----------
    path
        An OSM file as ``read_osm`` takes it, or a table or map file as ``read_sites`` takes it.
    cache
        Folder in which premises of OSM files are kept, by checksum of the file; ``None`` reads afresh.
    repair, grid
        As ``read_sites``.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, lacks a column, or is a table without a usable row.
    """
    file = open_input(path, *KINDS, "osm.pbf", "osm", "osm.gz", "osm.bz2")
    if file.kind.startswith("osm"):
        return read_osm_premises(file, cache=cache)
    by_id, said = ledger_rows(file, WANTED, repair=repair, grid=grid)
    # The types of premises are others than those of sites: what is odd about them is said below.
    findings = [finding for finding in said if finding.word != "finding.types_unknown"]
    ids = sorted(by_id)
    drafts = [by_id[premises_id] for premises_id in ids]
    further, odd = particulars(drafts)
    frame = gpd.GeoDataFrame(
        {
            "premises_id": ids,
            "name": [draft.name for draft in drafts],
            "kind": [kind_of_premises(draft.record.text("type")) for draft in drafts],
            "address": [draft.address for draft in drafts],
            "source": "table",
            "surveyed": [draft.surveyed for draft in drafts],
            **further,
        },
        geometry=gpd.points_from_xy([draft.lon for draft in drafts], [draft.lat for draft in drafts]),
        crs="EPSG:4326",
    )
    return Premises(frame, (*findings, *odd, *_other_types(frame, file.path.name)))


def _other_types(frame: gpd.GeoDataFrame, file: str) -> list[Finding]:
    """How many rows of a table are of a type that none of the kinds is, and what they call it."""
    other = frame["type"][frame["kind"] == LISTED]
    if other.empty:
        return []
    words = sorted({word or "-" for word in other})
    facts: dict[str, str | int] = {"count": len(other), "types": ", ".join(word[:20] for word in words[:20])}
    return [Finding("note", "finding.premises_other_types", facts, file=file)]


def kind_of_premises(text: str) -> str:
    """
    The entry of the catalogue for what a table calls premises.

    Examples
    --------
    >>> kind_of_premises("社区党群服务中心"), kind_of_premises("Post office"), kind_of_premises("闲置校舍")
    ('premises.community_centre', 'premises.post_office', 'premises.listed')
    """
    plain = normal(text)
    return next((kind for kind, words in _WORDS if re.search(words, plain)), LISTED)


def without_houses(premises: Premises) -> Premises:
    """
    The premises without colleges and schools, which only sites of their own type are put into.

    Examples
    --------
    >>> kinds = {"kind": ["premises.library", "premises.tech"]}
    >>> spots = gpd.GeoDataFrame(kinds, geometry=gpd.points_from_xy([1, 2], [1, 2]))
    >>> without_houses(Premises(spots)).frame["kind"].tolist()
    ['premises.library']
    """
    frame = premises.frame
    mine = frame["kind"].isin([*HOUSES.values(), "premises.tech"])
    return replace(premises, frame=frame[~mine].reset_index(drop=True))


def joined_premises(first: Premises, second: Premises) -> Premises:
    """
    The premises of two sources as one, the first ones first; columns that only one of them has are blank in the other.

    Examples
    --------
    >>> spot = gpd.GeoDataFrame({"premises_id": ["n1"]}, geometry=gpd.points_from_xy([114.0], [28.0]), crs="EPSG:4326")
    >>> len(joined_premises(Premises(spot), Premises(spot)))
    2
    """
    # Which datum their numbers had is settled by now.
    frames = (premises.frame.drop(columns="surveyed", errors="ignore") for premises in (first, second))
    frame = pd.concat(frames, ignore_index=True)
    # Only a planner's table has the further columns; of the others' premises nothing is known.
    texts = {column: blank for column, blank in BLANK.items() if column in frame and blank == ""}
    frame = frame.fillna(texts)
    return Premises(frame, (*first.findings, *second.findings))
