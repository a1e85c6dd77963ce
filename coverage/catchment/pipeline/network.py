"""The roads of one mode with everybody joined to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from catchment.network.graph import graph
from catchment.network.snap import snap, street_grid

if TYPE_CHECKING:
    from catchment.config import Settings
    from catchment.model import Mask, Mode, People, Places, RoadGraph, Sites, Streets
    from catchment.network.snap import StreetGrid

MODES: tuple[Mode, Mode] = ("walk", "road")


@dataclass(frozen=True, eq=False)
class Network:
    """The roads of one mode, with everybody joined to them."""

    roads: RoadGraph
    sites: Places
    people: Places
    grid: StreetGrid
    """Of the same roads, for those who join more to them."""


def network_of(mode: Mode, streets: Streets, sites: Sites, people: People, settings: Settings) -> Network:
    """Fold the streets of a mode and join sites and people."""
    roads = settings.roads
    folded = graph(streets, mode, rough_tracks=roads.rough_tracks, respect_oneway=roads.respect_oneway)
    gap_m, grid = max_gap_m(mode, settings), street_grid(folded)
    join = partial(snap, folded, max_gap_m=gap_m, grid=grid)
    return Network(folded, join(sites), join(people), grid)


def max_gap_m(mode: Mode, settings: Settings) -> float:
    """How far from a road of a mode a point may lie [m]."""
    return settings.roads.walk_max_gap_m if mode == "walk" else settings.roads.road_max_gap_m


def only(places: Places, kept: Mask) -> Places:
    """Places of which the others are taken away."""
    return replace(places, edge=np.where(kept, places.edge, -1).astype(np.int32))
