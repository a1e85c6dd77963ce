"""From a ledger and a road file to the page on which rows without coordinates are placed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from catchment.config import RoadSettings
from catchment.files import atomic_output, open_input
from catchment.inputs.guess import guesses
from catchment.inputs.lines import KINDS as LINE_KINDS
from catchment.inputs.placing import matched_places
from catchment.inputs.regions import read_regions
from catchment.inputs.sites import from_datum
from catchment.inputs.unplaced import read_ledger, read_placed
from catchment.network.osm import ATTRIBUTION
from catchment.network.osm import KINDS as OSM_KINDS
from catchment.outputs.locate_page import LocateTask, write_locate_page
from catchment.pipeline.locate import places_of
from catchment.pipeline.read import read_roads

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.geo.datum import Datum
    from catchment.model.locate import Guess
    from catchment.words import Language


def write_locate(
    ledger_path: Path,
    out: Path,
    *,
    roads: Path,
    language: Language,
    regions: Path | None = None,
    located: Path | None = None,
    datum: Datum = "wgs84",
    road_settings: RoadSettings | None = None,
    attribution: str = "",
    cache: Path | None = None,
) -> tuple[Guess, ...]:
    """
    Write the page on which rows without usable coordinates are placed; there is none where no such row is.

    Parameters
    ----------
    ledger_path, out
        The ledger, and the page.
    roads
        Streets and named places.
    language
        In which the page opens.
    regions
        Townships or counties, within which guesses stay.
    located
        What was placed before.
    datum
        Of the ledger's coordinates.
    road_settings
        How a layer of road lines is read.
    attribution
        Whom roads and places are owed to; those of OSM by default.
    cache
        Folder for parsed roads; ``None`` parses afresh.

    Returns
    -------
    The guess for each row without usable coordinates.

    Raises
    ------
    InputError
        If a file cannot be used.
    OutputError
        If the page cannot be written.
    """
    ledger = read_ledger(ledger_path)
    if not len(ledger.unplaced):
        return ()
    if len(ledger.sites):
        ledger = replace(ledger, sites=from_datum(ledger.sites, datum))
    gazetteer = places_of(roads, cache=cache)
    areas = read_regions(regions) if regions else None
    streets, _ = read_roads(roads, road_settings or RoadSettings(), cache=cache)
    found = tuple(guesses(ledger.unplaced, gazetteer, areas))
    of_osm = open_input(roads, *OSM_KINDS, *LINE_KINDS).kind in OSM_KINDS
    task = LocateTask(
        ledger=ledger,
        guesses=found,
        placed=matched_places(ledger, read_placed(located))[0] if located else {},
        gazetteer=gazetteer,
        streets=streets,
        regions=areas,
        attribution=attribution or (ATTRIBUTION if of_osm else ""),
    )
    with atomic_output(out) as draft:
        write_locate_page(task, draft, language=language)
    return found
