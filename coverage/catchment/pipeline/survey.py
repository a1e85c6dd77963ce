"""Site visits and candidates: which were found usable or not, and what is known of the places of a plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import KDTree

from catchment.errors import InputError, SettingsError
from catchment.geo.measure import earth_centred
from catchment.inputs.cells import text_of
from catchment.inputs.headers import normal
from catchment.inputs.survey import read_survey
from catchment.model import FieldNotes, Finding, Listed
from catchment.outputs.record import file_names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pandas as pd

    from catchment.config import Settings
    from catchment.model import Candidates, Premises, Streets, Survey, Visit
    from catchment.pipeline.read import Inputs
    from catchment.pipeline.suggest import Advice
    from catchment.words import Language

SAME_PLACE_M = 1.0
"""A place that was visited and a candidate of the same name so near to it are the same [m]."""

SAME_PREMISES_M = 50.0
"""Premises of the same name so near are the same: their coordinates may have been mended [m]."""

_NAMED = 10
"""So many places without a candidate are named."""


def survey_of(settings: Settings, streets: Streets) -> Survey | None:
    """
    The site visits of a project; ``None`` if it names none.

    Raises
    ------
    InputError
        As ``read_survey``; or if no place that was visited lies within the road data.
    """
    path = settings.inputs.survey
    if path is None:
        return None
    survey = read_survey(path)
    if len(survey):
        west, south, east, north = streets.bounds
        lon, lat = survey.xy.T
        if not ((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)).any():
            facts = {"file": path.name, "count": len(survey), "roads": settings.inputs.roads.name}
            raise InputError("error.survey_elsewhere", **facts)
    return survey


def refuse_own_result(settings: Settings, out: Path, language: Language) -> None:
    """
    Refuse site visits that stand in a file which the run is about to replace.

    Raises
    ------
    SettingsError
        If they do.
    """
    path = settings.inputs.survey
    if path is None:
        return
    own = {(out / name).resolve() for name in file_names(language, visits=True).values()}
    if path.resolve() in own:
        raise SettingsError("error.survey_in_results", file=str(path))


def visited_candidates(candidates: Candidates, survey: Survey | None) -> dict[int, Visit]:
    """
    The visit to each candidate that was visited, by its row.

    The same place is one of the same name within a metre, or premises of the same name within 50 m; of several
    visits the nearest counts.

    Parameters
    ----------
    candidates
        All of a run.
    survey
        What was filled in; ``None`` is nothing.
    """
    if survey is None or not len(survey) or not len(candidates):
        return {}
    names = [normal(text_of(name)) for name in candidates.frame["name"]]
    places, visited = earth_centred(candidates.xy), earth_centred(survey.xy)
    near = KDTree(places).query_ball_point(visited, SAME_PREMISES_M, return_sorted=True)
    found: dict[int, tuple[float, str, Visit]] = {}
    for visit, place, rows in zip(survey.visits, visited, near, strict=True):
        name = normal(visit.name)
        for row in rows:
            away_m = float(np.linalg.norm(places[row] - place))
            mine = (away_m, visit.key, visit)
            same = names[row] == name and (away_m <= SAME_PLACE_M or name)
            if same and (row not in found or mine[:2] < found[row][:2]):
                found[row] = mine
    return {row: visit for row, (_, _, visit) in sorted(found.items())}


def refused_candidates(candidates: Candidates, survey: Survey | None) -> list[int]:
    """Rows of the candidates that were found not usable."""
    visits = visited_candidates(candidates, survey)
    return [row for row, visit in visits.items() if visit.verdict == "unusable"]


def with_field_notes(inputs: Inputs, settings: Settings, advice: Advice | None) -> Advice | None:
    """
    The advice with what site visits and the planner's table say of its places, and how many visits there were.

    Parameters
    ----------
    inputs, settings
        What was read, and how.
    advice
        Candidates and plan; ``None`` stays so.
    """
    if advice is None:
        return None
    plan = advice.suggestions.plan.site.tolist()
    visits = visited_candidates(advice.candidates, inputs.survey)
    here = {row + 1: visits[row] for row in plan if row in visits}
    in_plan = {visit.key for visit in here.values()}
    others = () if inputs.survey is None else (each for each in inputs.survey.visits if each.key not in in_plan)
    notes = FieldNotes(here, _listed(advice.candidates, plan, inputs.premises), tuple(others))
    findings = (*advice.findings, *_findings(inputs.survey, visits, settings))
    return replace(advice, suggestions=replace(advice.suggestions, notes=notes), findings=findings)


def _listed(candidates: Candidates, plan: list[int], premises: Premises | None) -> dict[int, Listed]:
    """What the planner's table says of the places of the plan, by ``candidate_id``."""
    if premises is None or "ownership" not in premises.frame:
        return {}
    own = premises.frame[premises.frame["source"] == "table"]
    places = zip(own["name"], own.geometry.x, own.geometry.y, strict=True)
    row_of = {_identity(*place): row for row, place in enumerate(places)}
    chosen = candidates.frame.iloc[plan]
    keys = zip(chosen["candidate_id"], chosen["name"], chosen["lon"], chosen["lat"], strict=True)
    rows = {int(number): row_of.get(_identity(name, lon, lat), -1) for number, name, lon, lat in keys}
    return {number: _listing(own.iloc[row]) for number, row in rows.items() if row >= 0}


def _listing(row: pd.Series[Any]) -> Listed:
    return Listed(row["ownership"], float(row["area_m2"]), row["single_building"], row["address"])


def _identity(name: str, lon: float, lat: float) -> tuple[str, float, float]:
    return name, round(lon, 9), round(lat, 9)


def _findings(survey: Survey | None, visits: Mapping[int, Visit], settings: Settings) -> list[Finding]:
    """How many places were visited with which verdict, and which are no candidates of this run."""
    path = settings.inputs.survey
    if survey is None or path is None:
        return []
    verdicts = Counter(visit.verdict for visit in survey.visits)
    counts: dict[str, str | int] = {
        "count": len(survey),
        "usable": verdicts["usable"],
        "unusable": verdicts["unusable"],
        "pending": verdicts["pending"],
        "barred": sum(visit.verdict == "unusable" for visit in visits.values()),
    }
    found = [Finding("note", "finding.survey_read", counts, path.name)]
    known = {visit.key for visit in visits.values()}
    lost = [visit.key for visit in survey.visits if visit.key not in known]
    if lost:
        facts: dict[str, str | int] = {"count": len(lost), "places": "; ".join(lost[:_NAMED])}
        found.append(Finding("warning", "finding.survey_unmatched", facts, path.name))
    return found
