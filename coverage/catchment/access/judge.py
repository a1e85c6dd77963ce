"""Covered, or the one cause why not. Coverage is counted by network cost to people, never by point in polygon."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from catchment.model import Access, Cause, Rule, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.access.travel import Travel
    from catchment.model import Floats, Ints, Mask, Mode, People, Standard


def judge(
    people: People,
    standard: Standard,
    travels: Mapping[Mode, Travel],
    *,
    straight_m: Floats,
    edge_m: Floats,
) -> Access:
    """
    Who is covered under the standard of the place they live in, whichever site serves.

    The causes, first match: ``no_site``; ``too_far`` if no counted site lies within the limit even in a straight
    line (true whatever the roads); ``no_road``; ``cut_off``; ``edge_of_data``; ``too_far``.

    Parameters
    ----------
    people
        With their settings.
    standard
        The rule of each setting.
    travels
        Of each mode that the standard uses, to counted sites only.
    straight_m
        Straight distance to the nearest counted site, NaN without any [m], shape (n,).
    edge_m
        Straight distance to the edge of the road data, 0 or less outside it [m], shape (n,).
    """
    count = len(people)
    cause = np.full(count, Cause.TOO_FAR, np.int8)
    site, cost = np.full((count, 2), -1, np.int64), np.full((count, 2), -1, np.int64)
    for setting in Setting:
        rule = standard.rule(setting)
        here = people.setting == setting
        travel = travels[rule.mode]
        limit_m = rule.limit_mm / 1000
        reasons = (
            (travel.within(rule.limit_mm), Cause.COVERED),
            (np.isnan(straight_m), Cause.NO_SITE),
            (straight_m > limit_m, Cause.TOO_FAR),
            (~travel.on_road, Cause.NO_ROAD),
            (~travel.connected, Cause.CUT_OFF),
            (edge_m < limit_m, Cause.EDGE_OF_DATA),
        )
        found = np.select([mask for mask, _ in reasons], [int(code) for _, code in reasons], int(Cause.TOO_FAR))
        cause[here] = found[here]
        site[here], cost[here] = travel.site[here], travel.cost_mm[here]
    return Access(
        cause=cause,
        site=site[:, 0].astype(np.int32),
        second_site=site[:, 1].astype(np.int32),
        cost_mm=cost[:, 0],
        second_cost_mm=cost[:, 1],
        straight_m=straight_m,
    )


def covered_units(people: People, standard: Standard, travels: Mapping[Mode, Travel]) -> int:
    """People within the standard, whatever the cause of the others [1/1024 person]."""
    return int(people.units[covered_under(people, standard, travels)].sum())


def covered_under(people: People, standard: Standard, travels: Mapping[Mode, Travel]) -> Mask:
    """Who is within the standard, whatever the cause of the others, shape (n,)."""
    covered = np.zeros(len(people), bool)
    for setting in Setting:
        rule = standard.rule(setting)
        covered |= (people.setting == setting) & travels[rule.mode].within(rule.limit_mm)
    return covered


def at_speed(standard: Standard, speed_kmh: float) -> Standard:
    """
    The standard with another walking speed; distances by road stay.

    Examples
    --------
    >>> from catchment.model import Standard
    >>> walk, road = Rule.walking(15, 4.8), Rule.by_road(15)
    >>> slow = at_speed(Standard("common", walk, walk, road), 3.6)
    >>> slow.city.limit_mm, slow.rural.limit_mm
    (900000, 15000000)
    """

    def slowed(rule: Rule) -> Rule:
        return rule if rule.minutes is None else Rule.walking(float(rule.minutes), speed_kmh)

    return replace(standard, city=slowed(standard.city), town=slowed(standard.town), rural=slowed(standard.rural))


def in_thirds(standard: Standard, count: int) -> Standard:
    """
    So many thirds of every limit, down to a whole millimetre as the bands of service areas.

    Examples
    --------
    >>> from catchment.model import Standard
    >>> walk, road = Rule.walking(15, 4.8), Rule.by_road(15)
    >>> wide = in_thirds(Standard("common", walk, walk, road), 4)
    >>> wide.city.limit_mm, str(wide.city.minutes), wide.rural.limit_mm
    (1600000, '20', 20000000)
    """

    def part(rule: Rule) -> Rule:
        minutes = None if rule.minutes is None else rule.minutes * Fraction(count, 3)
        return replace(rule, limit_mm=rule.limit_mm * count // 3, minutes=minutes)

    city, town, rural = (part(standard.rule(setting)) for setting in Setting)
    return replace(standard, preset="custom", city=city, town=town, rural=rural)


def percentile_mm(cost_mm: Ints, units: Ints, share: float) -> int:
    """
    The smallest distance within which at least a share of the people have a site; -1 if the search ended before.

    Parameters
    ----------
    cost_mm
        Distance of each point [mm], -1 where none was found, shape (n,).
    units
        People at each point, shape (n,).
    share
        0 to 1.

    Examples
    --------
    >>> costs, people = np.array([100, 300, -1, 200]), np.array([5, 4, 1, 0])
    >>> [percentile_mm(costs, people, share) for share in (0.5, 0.9, 0.95)]
    [100, 300, -1]
    """
    order = np.argsort(np.where(cost_mm < 0, np.iinfo(np.int64).max, cost_mm), kind="stable")
    so_far = np.cumsum(units[order])
    if not len(so_far) or so_far[-1] == 0:
        return -1
    # A share of a whole number of units: compared as whole numbers, in thousandths.
    first = int(np.searchsorted(so_far * 1000, int(so_far[-1]) * round(share * 1000)))
    return int(cost_mm[order[first]])
