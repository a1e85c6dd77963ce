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


def quotas(progress: Progress, *, unit: ArrayLike, house: Sequence[str], unit_units: ArrayLike) -> Quotas:
    """
    The quotas that fill what nobody has even planned.

    A township site goes into each township of the row that has none, those with most people not covered first, as
    many as are lacking. A site of the city, the county, a village or a type of another field goes anywhere in its
    row. A park, college or technical school takes premises of its own kind in its row.

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
    """
    of_unit = np.asarray(unit, np.int32)
    row = np.where(of_unit >= 0, np.append(progress.unit_row, -1)[of_unit], -1).astype(np.int32)
    free = np.array([not kind for kind in house], bool)
    waiting = np.asarray(unit_units, np.int64)
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
        groups += _unit_groups(progress, number, taken, here=here, unit=of_unit[here], pooled=pooled)
        groups += own
        unfilled += [*odd, *short, *lone]
        budget += len(taken) + pooled + sum(group.least for group in own)
    order = sorted(unfilled, key=lambda lost: (lost.row, lost.type))
    return Quotas(tuple(groups), budget, progress, row, of_unit, tuple(house), townships, tuple(order))


def filling(made: Quotas, chosen: ArrayLike) -> Filling:
    """
    Which lacking site each chosen candidate is for.

    The first one chosen in a township that is to get a township site is that; the others of the row are of the types
    that may stand anywhere in it, the highest level first: it is the place that serves most people.

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
    kinds = []
    for site in sites.tolist():
        unit, pool = int(made.unit[site]), left[made.row[site]]
        if made.house[site]:
            kinds.append(types.index(made.house[site]))
        elif unit in waiting:
            waiting.remove(unit)
            kinds.append(types.index(SiteType.TOWNSHIP))
        else:
            kinds.append(pool.pop(0))
    rows = made.row[sites]
    unfilled = (*made.unfilled, *_not_chosen(made, Counter(zip(rows.tolist(), kinds, strict=True))))
    return Filling(rows, np.array(kinds, np.int32), int(progress.lacking.sum()), unfilled)


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


def _unit_groups(progress: Progress, row: int, taken: Ints, *, here: Ints, unit: Indices, pooled: int) -> list[Group]:
    """At least one in each township that is to get one, and all of the row together."""
    name = progress.targets.rows[row]
    groups = [
        Group(f"{name}/{progress.unit_name[at]}", here[unit == at], 1, 1 + pooled) for at in np.sort(taken).tolist()
    ]
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
