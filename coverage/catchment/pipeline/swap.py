"""A county's counter-proposal: other places instead of some of the plan, and whom that gains and loses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.reach import reach_under_standard
from catchment.errors import SettingsError
from catchment.model import Exchange, Points
from catchment.pipeline.network import max_gap_m
from catchment.siting.swap import by_region, swapped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.config import Settings
    from catchment.model import Candidates, Floats, Indices, Mode, Places, ReachSets
    from catchment.pipeline.judged import Judged

_FORM = re.compile(r"\s*(\d+)\s*[=＝]\s*(?:(\d+)|(-?\d+(?:\.\d+)?)\s*[,，]\s*(-?\d+(?:\.\d+)?))\s*")


@dataclass(frozen=True)
class Wish:
    """One swap as somebody wrote it."""

    asked: str
    rank: int
    """Place of the plan, 1 the first."""
    candidate: int | None
    """``candidate_id``; ``None`` for a place of its own."""
    lonlat: tuple[float, float] | None
    """That place [degrees]."""


def wishes_of(texts: Sequence[str], *, plan: Indices, candidates_count: int) -> list[Wish]:
    """
    Swaps from their texts, such as ``3=41`` or ``3=114.39,27.81``.

    Parameters
    ----------
    texts
        As written.
    plan
        The candidates of the plan, shape (p,).
    candidates_count
        How many candidates there are.

    Raises
    ------
    SettingsError
        If a text is no swap, the plan has no such place or two are to stand for it, there is no such candidate, or it
        is in the plan already or named twice.

    Examples
    --------
    >>> wishes_of(["2=5"], plan=np.array([0, 1]), candidates_count=9)
    [Wish(asked='2=5', rank=2, candidate=5, lonlat=None)]
    """
    found: list[Wish] = []
    for text in texts:
        wish = _wish(text)
        if not 1 <= wish.rank <= len(plan):
            raise SettingsError("error.swap_rank", found=text, rank=wish.rank, count=len(plan))
        if wish.candidate is not None and not 1 <= wish.candidate <= candidates_count:
            raise SettingsError("error.swap_candidate", found=text, candidate=wish.candidate, count=candidates_count)
        if wish.candidate is not None and wish.candidate - 1 in plan:
            rank = int(np.flatnonzero(plan == wish.candidate - 1)[0]) + 1
            raise SettingsError("error.swap_in_plan", found=text, candidate=wish.candidate, rank=rank)
        if any(wish.rank == other.rank or (wish.candidate or -1) == other.candidate for other in found):
            raise SettingsError("error.swap_twice", found=text)
        found.append(wish)
    return found


def _wish(text: str) -> Wish:
    parts = _FORM.fullmatch(text)
    if parts is None:
        raise SettingsError("error.swap_form", found=text)
    rank, candidate, lon, lat = parts.groups()
    if candidate:
        return Wish(text, int(rank), int(candidate), None)
    if abs(float(lon)) > 180 or abs(float(lat)) > 90:
        raise SettingsError("error.swap_form", found=text)
    return Wish(text, int(rank), None, (float(lon), float(lat)))


def exchanges_of(
    ground: Judged, settings: Settings, candidates: Candidates, places: Mapping[Mode, Places], plan: Indices
) -> tuple[Exchange, ...]:
    """
    What each of the swaps asked for changes alone, then what all change together if there are several.

    Parameters
    ----------
    ground
        Who is covered on which roads.
    settings
        Say which swaps.
    candidates, places
        All candidates, and where they join the roads of each mode.
    plan
        The candidates of the plan, shape (p,).

    Raises
    ------
    SettingsError
        If a swap cannot be meant, or its place lies near no road.
    """
    wishes = wishes_of(settings.siting.swap, plan=plan, candidates_count=len(candidates))
    if not wishes:
        return ()
    xy = np.array([candidates.xy[wish.candidate - 1] if wish.candidate else wish.lonlat for wish in wishes])
    instead = {mode: network.join(Points(xy)) for mode, network in ground.networks.items()}
    _refuse_off_road(wishes, instead, settings)
    sources = {mode: places[mode].some(plan).followed_by(instead[mode]) for mode in places}
    people, access = ground.settled.people, ground.access
    reach = reach_under_standard(
        people,
        settings.standard.standard(),
        {mode: network.roads for mode, network in ground.networks.items()},
        sources,
        {mode: network.people for mode, network in ground.networks.items()},
        kept=~access.covered,
        count_gaps=settings.roads.count_gaps,
    )
    lots = [[number] for number in range(len(wishes))]
    if len(wishes) > 1:
        lots.append(list(range(len(wishes))))
    return tuple(_exchange(ground, reach, len(plan), wishes, xy=xy, lot=lot) for lot in lots)


def _exchange(
    ground: Judged, reach: ReachSets, plan_count: int, wishes: Sequence[Wish], *, xy: Floats, lot: Sequence[int]
) -> Exchange:
    """What some of the swaps change; the sources are the plan, then the place of each swap."""
    people = ground.settled.people
    mine = [wishes[number] for number in lot]
    swap = swapped(
        reach,
        people.units[reach.order],
        np.arange(plan_count, dtype=np.int32),
        [wish.rank - 1 for wish in mine],
        [plan_count + number for number in lot],
    )
    region = people.region[reach.order]
    changes = by_region(swap, region, int(people.region.max(initial=-1)) + 1)
    return Exchange(
        asked=tuple(wish.asked for wish in mine),
        rank=tuple(wish.rank for wish in mine),
        candidate=tuple(wish.candidate for wish in mine),
        lonlat=tuple((float(lon), float(lat)) for lon, lat in xy[lot]),
        gained_units=swap.gained_units,
        lost_units=swap.lost_units,
        by_region=tuple((gained, lost) for gained, lost in changes.tolist()),
    )


def _refuse_off_road(wishes: Sequence[Wish], instead: Mapping[Mode, Places], settings: Settings) -> None:
    on_road = np.logical_or.reduce([joined.snapped for joined in instead.values()])
    for wish, joined in zip(wishes, on_road.tolist(), strict=True):
        if not joined:
            walk_m, road_m = (round(max_gap_m(mode, settings)) for mode in ("walk", "road"))
            raise SettingsError("error.swap_off_road", found=wish.asked, walk_m=walk_m, road_m=road_m)
