"""The candidates that may be ticked, as the page takes them: plain lists, texts and numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from catchment.geo.measure import earth_centred
from catchment.geo.shapes import polygon_of
from catchment.model import Setting
from catchment.outputs.merits import page_merits
from catchment.outputs.proposal import place_name
from catchment.outputs.style import printable
from catchment.words import say

if TYPE_CHECKING:
    from catchment.model import Candidates, Run
    from catchment.words import Language


def candidate_rows(run: Run) -> list[dict[str, Any]]:
    """
    What the page shows of each candidate in any language; none where nothing may be ticked.

    Setting, nearest site and the distance to it are those of the residents who live nearest: for reading only.
    """
    if run.options is None:
        return []
    names = [] if run.regions is None else run.regions.frame["name"].tolist()
    rows = _placed(run, run.options.candidates)
    return [
        {
            "id": row["candidate_id"],
            "premises": bool(row["premises"]),
            "street": printable(row["street"]),
            "region": printable(names[row["region"]]) if row["region"] >= 0 else "",
            "setting": Setting(row["setting"]).name.lower(),
            "site": row["site"],
            "cost_m": round(row["cost_mm"] / 1000) if row["cost_mm"] >= 0 else -1,
            "xy": [round(row["lon"], 6), round(row["lat"], 6)],
            "merit": merit,
        }
        for row, merit in zip(rows, page_merits(run, [row["candidate_id"] for row in rows]), strict=True)
    ]


def candidate_texts(run: Run, language: Language) -> dict[str, list[str]]:
    """What the candidates are called and are, in their order."""
    if run.options is None:
        return {"places": [], "kinds": []}
    said, rows = replace(run, language=language), _placed(run, run.options.candidates)
    return {
        "places": [printable(place_name(said, row)) for row in rows],
        "kinds": [say(row["premises"] or row["label"], language) for row in rows],
    }


def plan_options(run: Run) -> list[int]:
    """The option of each place of the plan, -1 where it is none."""
    if run.suggestions is None or run.options is None:
        return [-1] * (0 if run.suggestions is None else len(run.suggestions))
    ids = run.options.candidates.frame["candidate_id"].to_numpy()
    candidate = run.options.candidate
    option_of = {int(ids[row]): option for option, row in enumerate(candidate.tolist()) if row >= 0}
    return [option_of.get(number, -1) for number in run.suggestions.frame["candidate_id"].tolist()]


def _placed(run: Run, candidates: Candidates) -> list[dict[str, Any]]:
    """The candidates' rows with the region they stand in, and what holds for the residents who live nearest."""
    people, access = run.people, run.access
    if not len(candidates) or not len(people):
        return []
    near = cKDTree(earth_centred(people.xy)).query(earth_centred(candidates.xy))[1]
    outside = np.full(len(candidates), -1)
    frame = candidates.frame.assign(
        region=outside if run.regions is None else polygon_of(candidates.xy, run.regions.frame.geometry.to_numpy()),
        setting=people.setting[near],
        site=access.site[near],
        cost_mm=access.cost_mm[near],
    )
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]
