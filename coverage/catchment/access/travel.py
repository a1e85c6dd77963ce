"""How far everybody travels in one mode: the nearest sites, and whether any site can be reached at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.spatial import KDTree

from catchment.access.nearest import nearest_sites
from catchment.geo.measure import distance_m, earth_centred
from catchment.network.chains import chain_position

if TYPE_CHECKING:
    from catchment.model import Floats, Ints, Mask, Places, RoadGraph


@dataclass(frozen=True, eq=False)
class Travel:
    """What the standard asks about one mode, for every point of people."""

    site: Ints
    """The two nearest sites, -1 where none is within the search, shape (n, 2)."""
    cost_mm: Ints
    """Distances to them [mm], -1 where none, shape (n, 2)."""
    on_road: Mask
    """A usable edge lies within the maximum gap, shape (n,)."""
    connected: Mask
    """A site lies on the same component of the roads, shape (n,)."""
    searched_m: float
    """How far was searched [m]."""

    def within(self, limit_mm: int) -> Mask:
        """Points with a site within a limit, the limit included, shape (n,)."""
        nearest = self.cost_mm[:, 0]
        return (nearest >= 0) & (nearest <= limit_mm)


def travel(graph: RoadGraph, sites: Places, people: Places, *, cutoff_m: float, count_gaps: bool = True) -> Travel:
    """
    The two nearest sites of everybody, and who is joined to any.

    Parameters
    ----------
    graph
        The roads of one mode.
    sites
        Places of the sites that take part; the others have edge -1.
    people
        Places of people.
    cutoff_m
        How far to search [m].
    count_gaps
        Gap legs are part of the distance.
    """
    nearest = nearest_sites(graph, sites, people, cutoff_m=cutoff_m, count_gaps=count_gaps)
    served = np.zeros(len(graph.component_mm) + 1, bool)  # the last entry stands for "on no component"
    served[_component(graph, sites)] = True
    served[-1] = False
    return Travel(
        site=nearest.site.astype(np.int64),
        cost_mm=nearest.cost_mm,
        on_road=people.snapped,
        connected=served[_component(graph, people)],
        searched_m=cutoff_m,
    )


def _component(graph: RoadGraph, places: Places) -> Ints:
    if not len(graph.chain_component):
        return np.full(len(places), -1, np.int64)
    chain, _ = chain_position(graph, places)
    return np.where(chain >= 0, graph.chain_component[np.maximum(chain, 0)], -1).astype(np.int64)


def straight_distance_m(people_xy: Floats, sites_xy: Floats) -> Floats:
    """
    Straight distance from everybody to the nearest site [m], NaN without sites, shape (n,).

    Parameters
    ----------
    people_xy, sites_xy
        lon, lat [degrees], shape (n, 2) and (s, 2).
    """
    if not len(sites_xy) or not len(people_xy):
        return np.full(len(people_xy), np.nan)
    _, nearest = KDTree(earth_centred(sites_xy)).query(earth_centred(people_xy), workers=-1)
    return distance_m(people_xy, sites_xy[nearest])
