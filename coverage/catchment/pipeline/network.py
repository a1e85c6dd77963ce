"""The roads of one mode with everybody joined to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.approximate import sure_enough
from catchment.network.edits import snap_edited
from catchment.network.graph import graph
from catchment.network.snap import snap, street_grid

if TYPE_CHECKING:
    from collections.abc import Callable

    from catchment.config import Settings
    from catchment.model import Located, Mask, Mode, People, Places, RoadGraph
    from catchment.pipeline.read import Inputs

MODES: tuple[Mode, Mode] = ("walk", "road")


@dataclass(frozen=True, eq=False)
class Network:
    """The roads of one mode, with everybody joined to them."""

    roads: RoadGraph
    sites: Places
    people: Places
    join: Callable[[Located], Places]
    """Joins more points to the same roads, as sites and people were."""


def network_of(mode: Mode, inputs: Inputs, people: People, settings: Settings) -> Network:
    """
    Fold the streets of a mode and join sites and people; on edited streets they keep the places they had.

    A site whose place is too rough a guess for the mode is on no road.
    """
    roads, gap_m = settings.roads, max_gap_m(mode, settings)
    fold = partial(graph, mode=mode, rough_tracks=roads.rough_tracks, respect_oneway=roads.respect_oneway)
    now = fold(inputs.streets)
    join = partial(snap, now, max_gap_m=gap_m, grid=street_grid(now))
    if inputs.edited is not None:
        streets, edited = inputs.edited
        join = partial(snap_edited, fold(streets), now, edited, max_gap_m=gap_m)
    limit_m = settings.standard.standard().limit_mm(mode) / 1000
    sure = sure_enough(inputs.sites, mode, limit_m=limit_m)
    return Network(now, only(join(inputs.sites), sure), join(people), join)


def max_gap_m(mode: Mode, settings: Settings) -> float:
    """How far from a road of a mode a point may lie [m]."""
    return settings.roads.walk_max_gap_m if mode == "walk" else settings.roads.road_max_gap_m


def only(places: Places, kept: Mask) -> Places:
    """Places of which the others are taken away."""
    return replace(places, edge=np.where(kept, places.edge, -1).astype(np.int32))
