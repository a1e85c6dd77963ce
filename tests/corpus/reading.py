"""How each kind of input is read, and what of it is counted as a good row."""

from __future__ import annotations

from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pandas as pd

from catchment.config import read_settings
from catchment.inputs.buildings import read_buildings
from catchment.inputs.census import read_census
from catchment.inputs.choice import read_choice
from catchment.inputs.edits import read_edits
from catchment.inputs.groups import read_groups
from catchment.inputs.lines import read_lines
from catchment.inputs.population import read_people, read_population
from catchment.inputs.premises import read_premises
from catchment.inputs.regions import read_outline, read_regions
from catchment.inputs.register_file import read_register
from catchment.inputs.sites import read_sites
from catchment.inputs.survey import read_survey
from catchment.inputs.targets import read_targets
from catchment.inputs.unplaced import read_ledger, read_placed
from catchment.inputs.urban import read_urban
from catchment.inputs.whereabouts import with_whereabouts
from catchment.network.osm import read_osm
from catchment.pipeline.read import street_findings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from corpus.cases import Case, Reader

REGIONS = "townships.geojson"
"""Beside a ledger whose places are held against their regions."""


def _within(path: Path) -> Any:
    return with_whereabouts(read_sites(path), read_regions(path.parent / REGIONS))


def _ledger(path: Path) -> Any:
    """The rows of a ledger with and without a place."""
    ledger = read_ledger(path)
    rows = pd.concat([pd.DataFrame(ledger.sites.frame.drop(columns="geometry")), ledger.unplaced])
    return SimpleNamespace(frame=rows, findings=ledger.sites.findings, repairs=ledger.sites.repairs)


def _register(path: Path) -> Any:
    return SimpleNamespace(frame=pd.DataFrame(map(vars, read_register(path))), findings=())


def _outline(path: Path) -> Any:
    return SimpleNamespace(frame=pd.DataFrame({"area": [read_outline(path).area]}), findings=())


def _choice(path: Path) -> Any:
    return SimpleNamespace(frame=pd.DataFrame(map(vars, read_choice(path).add)), findings=())


def _roads(path: Path) -> Any:
    streets = read_osm(path)
    frame = pd.DataFrame({"way": streets.way_id})
    return SimpleNamespace(frame=frame, findings=street_findings(streets, path.name), streets=streets)


def _edits(path: Path) -> Any:
    edits = read_edits(path)
    frame = pd.DataFrame({"line": [*edits.barriers, *edits.links]})
    return SimpleNamespace(frame=frame, findings=edits.findings)


def _people(path: Path, read: Callable[[Path], Any]) -> Any:
    people = read(path)
    frame = getattr(people, "frame", None)
    if frame is None:
        frame = pd.DataFrame({"persons": people.persons})
    return SimpleNamespace(frame=frame, findings=people.findings)


def _survey(path: Path) -> Any:
    survey = read_survey(path)
    return SimpleNamespace(frame=pd.DataFrame(map(vars, survey.visits)), findings=survey.findings)


def _targets(path: Path) -> Any:
    targets = read_targets(path)
    frame = pd.DataFrame(targets.counts, columns=list(targets.types), index=list(targets.rows))
    return SimpleNamespace(frame=frame, findings=targets.findings)


def _placed(path: Path) -> Any:
    placed = read_placed(path)
    return SimpleNamespace(frame=placed.frame, findings=placed.findings)


def _settings(path: Path) -> Any:
    return SimpleNamespace(frame=pd.DataFrame({"name": [read_settings(path).name]}), findings=())


READERS: dict[Reader, Callable[[Path], Any]] = {
    "sites": read_sites,
    "within": _within,
    "ledger": _ledger,
    "premises": read_premises,
    "located": _placed,
    "register": _register,
    "regions": read_regions,
    "outline": _outline,
    "urban": read_urban,
    "census": read_census,
    "targets": _targets,
    "groups": read_groups,
    "people": partial(_people, read=read_people),
    "population": partial(_people, read=read_population),
    "buildings": read_buildings,
    "lines": read_lines,
    "edits": _edits,
    "roads": _roads,
    "survey": _survey,
    "choice": _choice,
    "settings": _settings,
}


def read(case: Case, path: Path) -> Any:
    """What the program makes of the file of a case."""
    return READERS[case.reader](path)


def read_repaired(case: Case, path: Path) -> Any:
    """As ``read``, with all repairs applied."""
    return {"sites": read_sites, "premises": read_premises}[case.reader](path, repair=True)


def frame_of(result: Any) -> pd.DataFrame:
    """What was read, a row for each good row."""
    return pd.DataFrame(result.frame)


def count_of(result: Any) -> int:
    """How many good rows there are."""
    return len(result.frame)
