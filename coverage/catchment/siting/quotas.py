"""What the targets lack, as quotas of a plan; and which lacking site each chosen place is for (``docs/targets.md``)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.model import Filling, SiteType, Unfilled
from catchment.siting.rules import Group

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike

    from catchment.model import Indices, Ints, Mask, Progress

OWN_HOUSES = (SiteType.ZONE, SiteType.COLLEGE, SiteType.TECH)
"""Types that stand in a house of their own: a park's, a college's or a technical school's."""


@dataclass(frozen=True, eq=False)
class Quotas:
    """What a plan is to fill of the targets, and what it cannot."""

    groups: tuple[Group, ...]
    """A plan of ``budget`` candidates that keeps them has nothing else in it."""
    budget: int
    progress: Progress
    row: Indices
    """Row of each candidate, -1 outside all, shape (candidates,)."""
    unit: Indices
    """Region of each candidate, -1 outside all, shape (candidates,)."""
    house: tuple[str, ...]
    """Type whose own house a candidate is; empty for one that any other type may use."""
    townships: Mask
    """Regions that are to get a site of the township type, shape (regions,)."""
    unfilled: tuple[Unfilled, ...]
    honoured: Mask
    """Candidates that are kept for village sites, in rows that lack some, shape (candidates,)."""


def quotas(
    progress: Progress,
    *,
    unit: ArrayLike,
    house: Sequence[str],
    unit_units: ArrayLike,
    honoured: ArrayLike | None = None,
) -> Quotas:
    """
    The quotas that fill what nobody has even planned.

    A township site goes into each township of the row that has none, those with most people not covered first, as
    many as are lacking. A site of the city, the county, a village or a type of another field goes anywhere in its
    row. A park, college or technical school takes premises of its own kind in its row.

    As many village sites as can be go into honoured communities. These are kept for them: a township of a row that
    lacks village sites gets its own site in another place, if it has one.

    Parameters
    ----------
    progress
        With the regions.
    unit
        Region each candidate lies in, -1 outside all, shape (candidates,).
    house
        Of each candidate the type whose own house it is (``zone, college, tech``), else empty.
    unit_units
        People not covered in each region [1/1024 person], shape (regions,).
    honoured
        Candidates that village sites prefer, shape (candidates,); ``None`` is none.

    Examples
    --------
    A county lacks one township site and one village site; its townships x and y have none, more people wait in y.

    >>> from catchment.model import Progress, Targets
    >>> asked = np.array([[1, 1]])
    >>> table = Targets(("county",), ("township", "village"), asked, asked > 0, ("A2",))
    >>> nobody = np.empty(0, np.int32)
    >>> none, both = np.zeros((1, 2), int), np.ones(2, bool)
    >>> status = {"open": none, "preparing": none, "planned": none}
    >>> known = Progress(table, status, nobody, nobody, nobody, np.zeros(2, int), ("x", "y"), both, ~both)
    >>> made = quotas(known, unit=[0, 1, 1], house=["", "", ""], unit_units=[10, 20])
    >>> [(group.name, group.sites.tolist(), group.least, group.most) for group in made.groups], made.budget
    ([('county/y', [1, 2], 1, 2), ('county', [0, 1, 2], 2, 2)], 2)

    The second candidate is honoured: it must be in the plan, and the township site goes elsewhere.

    >>> made = quotas(
    ...     known, unit=[0, 1, 1], house=["", "", ""], unit_units=[10, 20], honoured=[False, True, False]
    ... )
    >>> [(group.name, group.sites.tolist(), group.least, group.most) for group in made.groups]
    [('county/y', [2], 1, 2), ('county', [0, 1, 2], 2, 2), ('county/village', [1], 1, None)]
    """
    of_unit = np.asarray(unit, np.int32)
    row = np.where(of_unit >= 0, np.append(progress.unit_row, -1)[of_unit], -1).astype(np.int32)
    free = np.array([not kind for kind in house], bool)
    waiting = np.asarray(unit_units, np.int64)
    preferred = np.zeros(len(of_unit), bool) if honoured is None else np.asarray(honoured, bool)
    kept = np.zeros(len(of_unit), bool)
    townships = np.zeros(len(progress.unit_row), bool)
    groups: list[Group] = []
    unfilled: list[Unfilled] = []
    budget = 0
    for number in range(len(progress.targets)):
        here = np.flatnonzero(free & (row == number))
        taken, odd = _townships(progress, number, np.unique(of_unit[here]), waiting)
        townships[taken] = True
        pooled, short = _pooled(progress, number, len(here) - len(taken))
        own, lone = _houses(progress, number, np.flatnonzero(row == number), house)
        mine = _for_villages(progress, number, taken, here=here, unit=of_unit, pooled=pooled, honoured=preferred)
        if mine is not None:
            kept[np.asarray(mine.sites, np.int64)] = True
        groups += _unit_groups(progress, number, taken, here=here, unit=of_unit, pooled=pooled, kept=kept)
        groups += [*([] if mine is None else [mine]), *own]
        unfilled += [*odd, *short, *lone]
        budget += len(taken) + pooled + sum(group.least for group in own)
    order = sorted(unfilled, key=lambda lost: (lost.row, lost.type))
    return Quotas(tuple(groups), budget, progress, row, of_unit, tuple(house), townships, tuple(order), kept)


def filling(made: Quotas, chosen: ArrayLike) -> Filling:
    """
    Which lacking site each chosen candidate is for.

    The first one chosen in a township that is to get a township site is that, but for honoured communities where
    village sites are lacking. The others of the row are of the types that may stand anywhere in it, the highest level
    first, since that place serves most people; honoured ones are the last, so that they are for villages.

    Parameters
    ----------
    made
        From ``quotas``.
    chosen
        Candidates of a plan, in its order, shape (p,).
    """
    progress, sites = made.progress, np.asarray(chosen, np.int64)
    types = progress.targets.types
    left = [_anywhere(progress, number) for number in range(len(progress.targets))]
    waiting = set(np.flatnonzero(made.townships).tolist())
    kinds = np.zeros(len(sites), np.int64)
    # Stable, so that within either half they come in the order of the plan.
    for place in np.argsort(made.honoured[sites], kind="stable").tolist():
        site = int(sites[place])
        unit = int(made.unit[site])
        if made.house[site]:
            kinds[place] = types.index(made.house[site])
        elif unit in waiting or not left[made.row[site]]:
            # A plan that was stopped may lack a township's and have one too many elsewhere in the row instead.
            waiting.discard(unit)
            kinds[place] = types.index(SiteType.TOWNSHIP)
        else:
            kinds[place] = left[made.row[site]].pop(0)
    rows = made.row[sites]
    unfilled = (*made.unfilled, *_not_chosen(made, Counter(zip(rows.tolist(), kinds.tolist(), strict=True))))
    return Filling(rows, kinds.astype(np.int32), int(progress.lacking.sum()), unfilled)


def _townships(progress: Progress, row: int, reached: Ints, waiting: Ints) -> tuple[Ints, list[Unfilled]]:
    """The townships of a row that are to get a site, and why there are not more of them."""
    none = np.empty(0, np.int64)
    if SiteType.TOWNSHIP not in progress.targets.types:
        return none, []
    kind = progress.targets.types.index(SiteType.TOWNSHIP)
    lacking = int(progress.lacking[row, kind])
    units = np.flatnonzero((progress.unit_row == row) & progress.is_township)
    empty = units[~progress.has_township_site[units]]
    empty = empty[np.lexsort((empty, -waiting[empty]))]
    open_ones, lost = empty[np.isin(empty, reached)], empty[~np.isin(empty, reached)]
    taken = open_ones[:lacking]
    short = lacking - len(taken)
    if not short:
        return taken, []
    if not len(units):
        return taken, [Unfilled(row, kind, short, "quota.no_townships")]
    odd = []
    if len(lost):
        names = tuple(progress.unit_name[unit] for unit in lost[:short].tolist())
        odd.append(Unfilled(row, kind, len(names), "quota.no_place_in_township", names))
    if short > len(lost):
        odd.append(Unfilled(row, kind, short - len(lost), "quota.every_township_has_one"))
    return taken, odd


def _anywhere(progress: Progress, row: int) -> list[int]:
    """The types that may stand anywhere in a row, once for each site that is lacking, the highest level first."""
    types = progress.targets.types
    rank = {SiteType.CITY: 0, SiteType.COUNTY: 1, SiteType.VILLAGE: 3}
    kinds = [kind for kind, name in enumerate(types) if name not in (*OWN_HOUSES, SiteType.TOWNSHIP)]
    kinds.sort(key=lambda kind: (rank.get(types[kind], 2), kind))  # type: ignore[call-overload]  # a word of another field is no key
    return [kind for kind in kinds for _ in range(int(progress.lacking[row, kind]))]


def _pooled(progress: Progress, row: int, room: int) -> tuple[int, list[Unfilled]]:
    """How many sites go anywhere in a row, and those of its lowest levels for which no candidate is left."""
    wanted = _anywhere(progress, row)
    room = min(room, len(wanted))
    lost = Counter(wanted[room:])
    return room, [Unfilled(row, kind, count, "quota.no_place_in_row") for kind, count in sorted(lost.items())]


def _houses(progress: Progress, row: int, here: Ints, house: Sequence[str]) -> tuple[list[Group], list[Unfilled]]:
    """For each type with a house of its own the premises of that kind, and how many there are too few."""
    groups, unfilled = [], []
    for kind, name in enumerate(progress.targets.types):
        lacking = int(progress.lacking[row, kind]) if name in OWN_HOUSES else 0
        own = np.array([site for site in here.tolist() if house[site] == name], np.int64)
        count = min(lacking, len(own))
        if count:
            groups.append(Group(f"{progress.targets.rows[row]}/{name}", own, count, count))
        if lacking > count:
            unfilled.append(Unfilled(row, kind, lacking - count, "quota.no_house"))
    return groups, unfilled


def _for_villages(
    progress: Progress, row: int, taken: Ints, *, here: Ints, unit: Indices, pooled: int, honoured: Mask
) -> Group | None:
    """The honoured candidates of a row, as many as its village sites take; ``None`` if there are none of either."""
    types, own = progress.targets.types, here[honoured[here]]
    villages = [types[kind] for kind in _anywhere(progress, row)[:pooled]].count(SiteType.VILLAGE)
    # A township all of whose candidates are honoured takes one of them for its own site.
    others = unit[here[~honoured[here]]]
    lost = int((~np.isin(taken, others)).sum())
    count = min(villages, len(own) - lost)
    return Group(f"{progress.targets.rows[row]}/{SiteType.VILLAGE}", own, count + lost) if count > 0 else None


def _unit_groups(
    progress: Progress, row: int, taken: Ints, *, here: Ints, unit: Indices, pooled: int, kept: Mask
) -> list[Group]:
    """At least one in each township that is to get one, and all of the row together."""
    name, groups = progress.targets.rows[row], []
    for at in np.sort(taken).tolist():
        inside = here[unit[here] == at]
        others = inside[~kept[inside]]
        groups.append(Group(f"{name}/{progress.unit_name[at]}", others if len(others) else inside, 1, 1 + pooled))
    # Without sites that go anywhere the townships say it all, and groups that share no site are easier to bound.
    return [*groups, Group(name, here, len(taken) + pooled, len(taken) + pooled)] if pooled else groups


def _not_chosen(made: Quotas, filled: Counter[tuple[int, int]]) -> list[Unfilled]:
    """What had a candidate and was not chosen: a plan that was stopped before it kept all quotas."""
    said = Counter[tuple[int, int]]()
    for lost in made.unfilled:
        said[lost.row, lost.type] += lost.count
    lacking = made.progress.lacking
    left = (
        (row, kind, int(lacking[row, kind]) - filled[row, kind] - said[row, kind])
        for row, kind in np.argwhere(lacking > 0).tolist()
    )
    return [Unfilled(row, kind, count, "quota.not_chosen") for row, kind, count in left if count > 0]
