"""Stops, buildings and barred ways of a project's road file, and the premises that stand on a street."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.files import open_input
from catchment.inputs.barred import read_barred_ways
from catchment.inputs.buildings import read_buildings
from catchment.inputs.lines import KINDS as LINE_KINDS
from catchment.inputs.stops import read_stops
from catchment.model import Finding, Scene
from catchment.network.osm import KINDS as OSM_KINDS
from catchment.siting.housed import fronts_of_premises
from catchment.words import Phrases

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Premises, Streets

DOUBTFUL = "front.across"
"""Says that the data are wrong, not that premises have no front."""

_LISTED = 20


def read_scene(settings: Settings, *, cache: Path | None = None) -> tuple[Scene | None, tuple[Finding, ...]]:
    """
    What candidates are judged by; ``None`` if no sites are to be suggested.

    Parameters
    ----------
    settings
        The project.
    cache
        Folder in which they are kept; ``None`` reads afresh.

    Raises
    ------
    InputError
        If the road file is damaged.
    """
    if not settings.siting.asked:
        return None, ()
    path = settings.inputs.roads
    file = open_input(path, *OSM_KINDS, *LINE_KINDS)
    if file.kind not in OSM_KINDS:
        return Scene(), ()
    buildings = read_buildings(path, cache=cache)
    barred = read_barred_ways(file, cache=cache)
    return Scene(read_stops(path, cache=cache), buildings if len(buildings) else None, barred), buildings.findings


def on_the_street(
    premises: Premises, streets: Streets, scene: Scene, *, file: str
) -> tuple[Premises, tuple[Finding, ...]]:
    """
    The premises with a front on a street, and how many were left out for which reason.

    Parameters
    ----------
    premises
        All that were read.
    streets
        The edge table of all modes.
    scene
        Buildings, if any, and ways without fronts.
    file
        Where the premises came from.
    """
    fronts, _ = fronts_of_premises(premises.xy, streets, scene.buildings, scene.barred)
    reason = np.where(fronts["reason"] == DOUBTFUL, "", fronts["reason"])
    names = premises.frame["name"].to_numpy()
    findings = []
    for why, count in sorted(Counter(reason[reason != ""].tolist()).items()):
        listed = ", ".join(filter(None, names[reason == why].tolist()[:_LISTED])) or "-"
        found: dict[str, str | int | float | Phrases] = {
            "count": count,
            "names": listed,
            "reason": Phrases(((why, {}),)),
        }
        findings.append(Finding("note", "finding.premises_no_front", found, file=file))
    kept = premises.frame[reason == ""].reset_index(drop=True)
    return replace(premises, frame=kept), tuple(findings)
