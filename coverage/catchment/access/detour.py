"""How much longer ways are than straight lines, learned where roads are well mapped, for people who have no way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.model import Cause, Detour, Setting

if TYPE_CHECKING:
    from catchment.model import Access, Floats, Ints, Mask, Mode, People, Standard

GIVEN, GIVEN_LOW, GIVEN_HIGH = 1.324, 1.3, 1.6
"""
Where there is too little to learn from: the mean detour of 25 Chinese cities (DOI 10.1080/19475683.2021.1966503);
walks in cities, and roads in the mountains.
"""

LEAST_POINTS = 30
"""Points with people to learn a factor from."""

NEAREST_SHARE = 0.1
"""Of the limit: on shorter lines the way to the door is most of the detour."""


def learned_detours(people: People, access: Access, standard: Standard, *, well_mapped: Mask) -> tuple[Detour, ...]:
    """
    The detour of each setting: way by straight line to the nearest site, at the median of the people.

    Learned from people in well-mapped regions whose straight line is between a tenth of the limit and the limit and
    whose roads are in no doubt. Who found no way within twice the limit has an infinite detour, so that a median is
    not made of those alone who arrived. A setting with fewer than 30 such points takes that of its mode, and a mode
    with fewer the given factor 1.324 (1.3 to 1.6).

    Parameters
    ----------
    people, access
        Everybody, and who is covered.
    standard
        The rule of each setting.
    well_mapped
        Who lives in a region to learn from, shape (n,).

    Examples
    --------
    Forty people in the country, each 1 km from a site in a straight line and 1.5 km by road.

    >>> from catchment.model import Access, People, Rule, Standard
    >>> ids, none = np.arange(40), np.full(40, -1, np.int32)
    >>> rural = People(np.zeros((40, 2)), ids * 0 + 1024, ids, ids.astype(np.int32) % 4, none.astype(np.int8) * 0 + 2)
    >>> there = Access(none.astype(np.int8) * 0, none, none, ids * 0 + 1_500_000, ids * 0 - 1, ids * 0.0 + 1000)
    >>> walk = Rule.walking(15, 4.8)
    >>> rules = Standard("common", walk, walk, Rule.by_road(5))
    >>> [(d.setting.name, d.factor, d.basis) for d in learned_detours(rural, there, rules, well_mapped=ids >= 0)]
    [('CITY', 1.324, 'given'), ('TOWN', 1.324, 'given'), ('RURAL', 1.5, 'setting')]
    """
    limit_m = limits_m(people, standard)
    in_doubt = np.isin(access.cause, [Cause.NO_SITE, Cause.NO_ROAD, Cause.CUT_OFF, Cause.EDGE_OF_DATA])
    line_m = access.straight_m
    taught = well_mapped & ~in_doubt & (people.units > 0) & (line_m >= NEAREST_SHARE * limit_m) & (line_m <= limit_m)
    found = []
    for setting in Setting:
        mode = standard.rule(setting).mode
        alike = [kind for kind in Setting if standard.rule(kind).mode == mode]
        own, pooled = taught & (people.setting == setting), taught & np.isin(people.setting, alike)
        found.append(
            _learned(setting, mode, "setting", people, access, here=own)
            or _learned(setting, mode, "mode", people, access, here=pooled)
            or Detour(setting, mode, GIVEN, GIVEN_LOW, GIVEN_HIGH, "given")
        )
    return tuple(found)


def _learned(
    setting: Setting, mode: Mode, basis: Literal["setting", "mode"], people: People, access: Access, *, here: Mask
) -> Detour | None:
    """The detour of some people; ``None`` if they are too few."""
    if here.sum() < LEAST_POINTS:
        return None
    cost_mm, units = access.cost_mm[here], people.units[here]
    ratio = np.where(cost_mm < 0, np.inf, cost_mm / 1000 / access.straight_m[here])
    low, factor, high = (weighted_quantile(ratio, units, share) for share in (0.25, 0.5, 0.75))
    regions = len(np.unique(people.region[here]))
    return Detour(setting, mode, factor, low, high, basis, int(units.sum()), int(here.sum()), regions)


def weighted_quantile(values: Floats, units: Ints, share: float) -> float:
    """
    The smallest value that at least a share of the units does not exceed; the order of rows does not matter.

    Examples
    --------
    >>> [weighted_quantile(np.array([3.0, 1.0, 2.0]), np.array([1, 1, 2]), share) for share in (0.25, 0.5, 1)]
    [1.0, 2.0, 3.0]
    """
    order = np.argsort(values, kind="stable")
    so_far = np.cumsum(units[order])
    # Shares of a whole number of units: compared as whole numbers, in thousandths.
    return float(values[order[int(np.searchsorted(so_far * 1000, int(so_far[-1]) * round(share * 1000)))]])


def limits_m(people: People, standard: Standard) -> Floats:
    """The limit that each resident is judged by [m], shape (n,)."""
    limits = np.array([standard.rule(setting).limit_mm / 1000 for setting in Setting])
    return limits[people.setting]


def within_by_detour(
    people: People,
    access: Access,
    standard: Standard,
    detours: tuple[Detour, ...],
    *,
    which: Literal["factor", "low", "high"] = "factor",
) -> Mask:
    """
    Whose straight line to a site, made longer by the detour, is within the limit; whatever roads there are.

    Shape (n,). It knows no river and no mountain: a site on the other side counts as near.
    """
    factor = np.array([getattr(detour, which) for detour in detours], np.float64)
    farthest_m = limits_m(people, standard) / factor[people.setting]
    within: Mask = access.straight_m <= farthest_m
    return within
