"""Sites with and without coordinates: where a planner has pointed, or by their names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from catchment.errors import InputError
from catchment.files import open_input
from catchment.inputs.gazetteer import no_places, read_gazetteer
from catchment.inputs.guess import guesses
from catchment.inputs.lines import KINDS as LINE_KINDS
from catchment.inputs.placing import placed_sites
from catchment.inputs.records import no_good_row
from catchment.inputs.sites import read_sites
from catchment.inputs.unplaced import EMPTY, read_ledger, read_placed, refuse_unplaced
from catchment.model import Finding
from catchment.model.locate import Ledger
from catchment.network.osm import KINDS as OSM_KINDS

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Regions, Sites
    from catchment.model.locate import Gazetteer


def ledger_of(settings: Settings) -> Ledger:
    """
    The ledger of a project as it stands; rows without coordinates are apart if they are to be placed, else bad rows.

    Raises
    ------
    InputError
        If a file cannot be used, or no row has a place and none is to be placed.
    """
    asked = settings.sites
    if asked.locate or asked.located is not None:
        return read_ledger(settings.inputs.sites, repair=asked.repair, grid=asked.grid)
    return Ledger(_plain_sites(settings), pd.DataFrame(), ())


def placed_in_wgs84(ledger: Ledger, settings: Settings, regions: Regions | None, *, cache: Path | None) -> Sites:
    """
    The sites of a ledger, with its rows without coordinates where the project places them.

    Parameters
    ----------
    ledger
        From ``ledger_of``; its sites in WGS84.
    settings
        The project.
    regions
        Townships or counties, within which guesses stay.
    cache
        Folder for parsed roads; ``None`` parses afresh.

    Raises
    ------
    InputError
        If a file cannot be used, or no row has a place.
    """
    files, asked = settings.inputs, settings.sites
    if not asked.locate and asked.located is None:
        return ledger.sites
    placed = read_placed(asked.located) if asked.located else None
    guessed = guesses(ledger.unplaced, places_of(files.roads, cache=cache), regions) if asked.locate else None
    sites = placed_sites(ledger, placed, guessed)
    sites = replace(sites, findings=(*sites.findings, *(placed.findings if placed else ())))
    if not len(sites):
        raise no_good_row(files.sites.name, sites.findings)
    return sites


def _plain_sites(settings: Settings) -> Sites:
    """The sites with coordinates; how the others can be placed is said."""
    path, asked = settings.inputs.sites, settings.sites
    try:
        sites = read_sites(path, repair=asked.repair, grid=asked.grid)
    except InputError as problem:
        raise refuse_unplaced(path, problem) from None
    count = sum(finding.level == "bad_row" and finding.word in EMPTY for finding in sites.findings)
    if not count:
        return sites
    hint = Finding("note", "finding.sites_unplaced", {"count": count}, path.name)
    return replace(sites, findings=(*sites.findings, hint))


def places_of(roads: Path, *, cache: Path | None) -> Gazetteer:
    """
    Places with names of a road file; none of a layer of road lines.

    Raises
    ------
    InputError
        If the file cannot be read.
    """
    file = open_input(roads, *OSM_KINDS, *LINE_KINDS)
    return read_gazetteer(file, cache=cache) if file.kind in OSM_KINDS else no_places()
