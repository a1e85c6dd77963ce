"""Where a site might stand: premises, and stretches of street to look for premises on, near uncovered people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.spatial import KDTree

from catchment.geo.measure import earth_centred
from catchment.geo.plane import metric_plane
from catchment.inputs.osm_premises import KINDS
from catchment.model import UNITS_PER_PERSON, Candidates
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, STREET_KINDS, WALK
from catchment.siting.criteria import CLASS_SHARE, DETOUR
from catchment.siting.first_look import first_look, people_around
from catchment.siting.frontage import street_in_front
from catchment.siting.surroundings import junction_m
from catchment.siting.thin import thinned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.model import Floats, Ints, Mask, Premises, Streets

STREET_STRETCH = "candidate.street_stretch"
"""Entry of the catalogue that says what a candidate on a street is, and what it is not."""

EXISTING_PREMISES = "candidate.premises"
"""Entry of the catalogue for premises."""

TIERS = ("tier.own", "tier.public", "tier.street")
"""Premises that the planner lists, then those of a map file, then stretches of street: entries of the catalogue."""

FRONT_KINDS = ("primary", "secondary", "tertiary", "unclassified", "residential")
"""Streets with fronts, the busiest first; ramps, service ways, tracks and paths have none."""

BESIDE_SITE_M = 50.0
"""Nearer to a counted site than this [m], another one makes no sense."""

MOST_PREMISES = MOST_STRETCHES = 5000
"""Where there are more, they are thinned until there are not."""

_KIND_RANK = {kind: rank for rank, kind in enumerate(dict.fromkeys(KINDS.values()))}


@dataclass(frozen=True, eq=False)
class Search:
    """Where to look for candidates that serve the uncovered people of one mode."""

    uncovered_xy: Floats
    """Where they live, lon, lat [degrees], shape (n, 2)."""
    near_m: float
    """How far from them a candidate may stand, in a straight line [m]."""
    spacing_m: float
    """How far apart stretches of street are [m]."""
    units: Ints | None = None
    """How many of them live where [1/1024 person], shape (n,); ``None`` counts every place as one person."""

    @property
    def people(self) -> Ints:
        """``units``, or one person at every place, shape (n,)."""
        return np.full(len(self.uncovered_xy), UNITS_PER_PERSON) if self.units is None else self.units


def candidate_places(
    premises: Premises,
    streets: Streets,
    searches: Sequence[Search],
    *,
    sites_xy: Floats,
    most_premises: int = MOST_PREMISES,
    most_stretches: int = MOST_STRETCHES,
) -> Candidates:
    """
    Premises near uncovered people, then stretches of street where no premises stand near.

    Whatever stands within 50 m of a counted site is left out. Streets are thinned to the spacing of their search, and
    where there are too many candidates to one that is doubled until there are not: those that promise most stay
    (``first_look``). The planner's own premises all stay.

    Parameters
    ----------
    premises, streets
        What there is.
    searches
        Of each mode, that with the narrower spacing first.
    sites_xy
        The counted sites, lon, lat [degrees], shape (s, 2).
    most_premises
        No more than so many, unless the planner's own are more.
    most_stretches
        No more than so many of each search.
    """
    parts = [_near_premises(premises, streets, searches, sites_xy, most_premises)]
    for search in searches:
        taken_xy = np.concatenate([part[["lon", "lat"]].to_numpy(np.float64) for part in parts])
        parts.append(_stretches(streets, search, taken_xy=taken_xy, sites_xy=sites_xy, most=most_stretches))
    return _numbered(pd.concat(parts, ignore_index=True))


def street_stretches(
    streets: Streets,
    uncovered_xy: Floats,
    *,
    near_m: float,
    spacing_m: float = 200.0,
    units: Ints | None = None,
) -> Candidates:
    """
    Places along streets within a straight distance of uncovered people, thinned to a spacing.

    Every street is cut into equal pieces no longer than the spacing, and their middles are looked at: those that
    promise most first (``first_look``), of equals the busiest kind of street, then those with a name, then by way.
    One is left out if another within the spacing is kept, so candidates are farther apart than that and no middle is
    farther than that from a candidate. They come in the order in which they were looked at.

    Parameters
    ----------
    streets
        The edge table of all modes.
    uncovered_xy
        Where uncovered people live, lon, lat [degrees], shape (n, 2).
    near_m
        How far from them to look [m].
    spacing_m
        [m].
    units
        How many of them live where [1/1024 person], shape (n,); ``None`` counts every place as one person.
    """
    nowhere = np.empty((0, 2))
    search = Search(uncovered_xy, near_m, spacing_m, units)
    return _numbered(_stretches(streets, search, taken_xy=nowhere, sites_xy=nowhere, most=len(streets.vertex_xy)))


def no_candidates() -> Candidates:
    """
    None, for a project that asks for no suggestions.

    Examples
    --------
    >>> len(no_candidates())
    0
    """
    names = ("label", "tier", "name", "premises", "township", "honours", "street", "kind")
    texts = dict.fromkeys(names, pd.Series(dtype=object))
    return _numbered(pd.DataFrame({**texts, "way_id": np.empty(0, np.int64), "lon": np.empty(0), "lat": np.empty(0)}))


def _near_premises(
    premises: Premises, streets: Streets, searches: Sequence[Search], sites_xy: Floats, most: int
) -> pd.DataFrame:
    frame, xy = premises.frame, premises.xy
    near = np.zeros(len(premises), bool)
    for search in searches:
        near |= within(xy, search.uncovered_xy, search.near_m)
    near &= ~within(xy, sites_xy, BESIDE_SITE_M)
    rank = np.array([_KIND_RANK.get(kind, -1) for kind in frame["kind"]], np.int64)
    order = np.lexsort((np.arange(len(frame)), rank, frame["source"] != "table"))
    order = order[near[order]]
    edge = street_in_front(streets, xy[order])
    own = (frame["source"].to_numpy() == "table")[order]
    public = np.flatnonzero(~own)
    score = _promise(xy[order[public]], edge[public], streets, searches)
    kept = _apart(xy[order[public]], score, taken_xy=xy[order[own]], spacing_m=0.0, most=most - int(own.sum()))
    kept = np.sort(np.concatenate([np.flatnonzero(own), public[kept]]))
    order, edge = order[kept], edge[kept]
    chosen, none = frame.iloc[order], [""] * len(order)
    return _table(
        streets,
        edge,
        xy[order],
        label=EXISTING_PREMISES,
        tier=[TIERS[source != "table"] for source in chosen["source"]],
        name=chosen["name"].tolist(),
        premises=chosen["kind"].tolist(),
        # Only a planner's table says these.
        **{column: chosen[column].tolist() if column in chosen else none for column in ("township", "honours")},
    )


def _stretches(streets: Streets, search: Search, *, taken_xy: Floats, sites_xy: Floats, most: int) -> pd.DataFrame:
    edge, at_mm = _middles(streets, np.flatnonzero(_has_fronts(streets)), search.spacing_m)
    xy = _along(streets, edge, at_mm)
    near = within(xy, search.uncovered_xy, search.near_m) & ~within(xy, sites_xy, BESIDE_SITE_M)
    edge, at_mm, xy = edge[near], at_mm[near], xy[near]
    priority = np.array([FRONT_KINDS.index(kind) if kind in FRONT_KINDS else -1 for kind in STREET_KINDS])
    nameless = streets.name[edge] < 0
    order = (at_mm, streets.first_segment[edge], streets.way_id[edge], nameless, priority[streets.kind[edge]])
    first = np.lexsort(order)
    edge, xy = edge[first], xy[first]
    score = _promise(xy, edge, streets, [search])
    kept = _apart(xy, score, taken_xy=taken_xy, spacing_m=search.spacing_m, most=most)
    return _table(streets, edge[kept], xy[kept], label=STREET_STRETCH, tier=TIERS[2])


def _promise(xy: Floats, edge: Ints, streets: Streets, searches: Sequence[Search]) -> Floats:
    """The first look at places on or before edges (-1 none): for those people to whom they promise most, shape (n,)."""
    share = np.array([CLASS_SHARE[kind] for kind in STREET_KINDS])
    on_street = np.where(edge >= 0, share[streets.kind[edge]], 0.0) if len(streets) else np.zeros(len(xy))
    to_junction = junction_m(xy, streets)
    score = np.zeros(len(xy))
    for search in searches:
        # Ways are longer than straight lines: whoever lives near the limit is mostly out of reach.
        radius_m = search.near_m / DETOUR
        around = people_around(xy, search.uncovered_xy, search.people, radius_m)
        score = np.maximum(score, first_look(around, radius_m, on_street, to_junction))
    return score


def _has_fronts(streets: Streets) -> Mask:
    usable = streets.flags & (WALK | ROAD_FORWARD | ROAD_BACKWARD) > 0
    kinds = [STREET_KINDS.index(kind) for kind in FRONT_KINDS]
    fronts: Mask = usable & np.isin(streets.kind, kinds)
    return fronts


def _middles(streets: Streets, edge: Ints, longest_m: float) -> tuple[Ints, Ints]:
    """Edge of every piece, and how far its middle is from the edge's start [mm]."""
    length = streets.length_mm[edge]
    count = np.maximum(np.ceil(length / (longest_m * 1000)), 1).astype(np.int64)
    piece = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return np.repeat(edge, count), (2 * piece + 1) * np.repeat(length, count) // np.repeat(2 * count, count)


def _along(streets: Streets, edge: Ints, at_mm: Ints) -> Floats:
    """lon, lat of places along edges [degrees], shape (n, 2)."""
    # Edges end to end, a millimetre apart, so that one search finds every place.
    begins = np.cumsum(streets.length_mm + 1) - streets.length_mm - 1
    vertices = np.diff(streets.vertex_ptr)
    after = np.searchsorted(streets.vertex_mm + np.repeat(begins, vertices), begins[edge] + at_mm, side="right")
    after = np.minimum(after, streets.vertex_ptr[edge + 1] - 1)
    low, high = streets.vertex_mm[after - 1], streets.vertex_mm[after]
    share = (at_mm - low) / np.maximum(high - low, 1)
    line: Floats = streets.vertex_xy[after - 1] * (1 - share[:, None]) + streets.vertex_xy[after] * share[:, None]
    return line


def within(xy: Floats, others_xy: Floats, distance_m: float) -> Mask:
    """
    Which places have one of the others within a straight distance, shape (n,).

    Parameters
    ----------
    xy, others_xy
        lon, lat [degrees], shape (n, 2) and (k, 2).
    distance_m
        Inclusive [m].

    Examples
    --------
    A thousandth of a degree on the equator is 111 m.

    >>> within(np.array([[0.0, 0.0], [0.002, 0.0]]), np.array([[0.001, 0.0], [-0.001, 0.0]]), 50).tolist()
    [False, False]
    >>> within(np.array([[0.0, 0.0], [0.002, 0.0]]), np.array([[0.0, 0.001]]), 112).tolist()
    [True, False]
    """
    if not len(others_xy) or not len(xy):
        return np.zeros(len(xy), bool)
    # Only whether there is one is asked, so the search may end just beyond the distance.
    nearest, _ = KDTree(earth_centred(others_xy)).query(earth_centred(xy), distance_upper_bound=distance_m + 1)
    near: Mask = nearest <= distance_m
    return near


def _apart(xy: Floats, score: Floats, *, taken_xy: Floats, spacing_m: float, most: int) -> Ints:
    """The best places that are apart from each other and from those taken, no more than so many; the best first."""
    if most <= 0:
        return np.empty(0, np.int64)
    plane = metric_plane(xy)
    while True:
        free = np.flatnonzero(~within(xy, taken_xy, spacing_m))
        kept = free[thinned(plane[free], score[free], spacing_m)]
        if len(kept) <= most:
            return kept
        spacing_m = max(2 * spacing_m, 50.0)


def _table(
    streets: Streets,
    edge: Ints,
    xy: Floats,
    *,
    label: str,
    tier: str | list[str],
    name: str | list[str] = "",
    premises: str | list[str] = "",
    township: str | list[str] = "",
    honours: str | list[str] = "",
) -> pd.DataFrame:
    """Candidates, each with the street it stands on or looks on, if any."""
    names, kinds = (*streets.names, ""), (*STREET_KINDS, "")
    on_street = edge >= 0
    name_index, kind_index, way_id = (
        np.where(on_street, column[edge], -1) for column in (streets.name, streets.kind, streets.way_id)
    )
    return pd.DataFrame(
        {
            "label": label,
            "tier": tier,
            "name": name,
            "premises": premises,
            "township": township,
            "honours": honours,
            "street": [names[number] for number in name_index],
            "kind": [kinds[number] for number in kind_index],
            "way_id": way_id.astype(np.int64),
            "lon": xy[:, 0],
            "lat": xy[:, 1],
        },
        index=range(len(edge)),
    )


def _numbered(frame: pd.DataFrame) -> Candidates:
    return Candidates(pd.concat([pd.Series(np.arange(1, len(frame) + 1), name="candidate_id"), frame], axis=1))
