"""The figures of a run, each computed once, for every output to print."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.access.judge import at_speed, covered_units, percentile_mm
from catchment.model import Cause, Percentiles, Setting, Totals

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.access.travel import Travel
    from catchment.model import Access, Ints, Mask, Mode, People, Standard

SLOW_KMH, BRISK_KMH = 3.6, 5.0
"""The two ends of the range printed beside the headline."""

BEYOND_M = (5_000, 10_000, 15_000)


def totals(
    people: People,
    access: Access,
    standard: Standard,
    travels: Mapping[Mode, Travel],
    travels_to_all: Mapping[Mode, Travel],
) -> Totals:
    """
    The headline and what stands beside it.

    Parameters
    ----------
    people
        With their settings.
    access
        From ``judge``.
    standard
        The rule of each setting.
    travels
        Of both modes, to counted sites.
    travels_to_all
        Of both modes, to open sites of every type.
    """
    units = people.units
    walk, road = standard.city, standard.rural
    nearest_road = travels["road"].cost_mm[:, 0]
    return Totals(
        people=int(units.sum()),
        covered=int(units[access.covered].sum()),
        uncovered_by_cause={
            cause: int(units[access.cause == cause].sum()) for cause in Cause if cause != Cause.COVERED
        },
        by_setting={setting: _people_and_covered(people, access, people.setting == setting) for setting in Setting},
        covered_slow=covered_units(people, at_speed(standard, SLOW_KMH), travels),
        covered_brisk=covered_units(people, at_speed(standard, BRISK_KMH), travels),
        covered_towns_on_foot=covered_units(people, replace(standard, town=walk), travels),
        covered_towns_by_road=covered_units(people, replace(standard, town=road), travels),
        covered_by_all_sites=covered_units(people, standard, travels_to_all),
        beyond_road={
            metres: int(units[(nearest_road < 0) | (nearest_road > metres * 1000)].sum()) for metres in BEYOND_M
        },
        beyond_straight={metres: int(units[~(access.straight_m <= metres)].sum()) for metres in BEYOND_M},
        percentiles=(
            _percentiles("walk", travels["walk"], units, _asked_to(standard, people, "walk")),
            _percentiles("road", travels["road"], units, np.ones(len(units), bool)),
        ),
        left_out=people.left_out_units,
    )


def _people_and_covered(people: People, access: Access, here: Mask) -> tuple[int, int]:
    return int(people.units[here].sum()), int(people.units[here & access.covered].sum())


def _asked_to(standard: Standard, people: People, mode: Mode) -> Mask:
    """People whose rule is of a mode."""
    settings = [setting for setting in Setting if standard.rule(setting).mode == mode]
    return np.isin(people.setting, settings)


def _percentiles(mode: Mode, travel: Travel, units: Ints, here: Mask) -> Percentiles:
    cost, weight = travel.cost_mm[here, 0], units[here]

    def metres(share: float) -> float:
        found = percentile_mm(cost, weight, share)
        return float("nan") if found < 0 else found / 1000

    return Percentiles(
        mode=mode,
        people_units=int(weight.sum()),
        p50_m=metres(0.5),
        p90_m=metres(0.9),
        p95_m=metres(0.95),
        max_m=metres(1.0),
        beyond_search_m=travel.searched_m,
    )


def widest_search_m(standard: Standard, mode: Mode) -> float:
    """
    How far to search in a mode: twice the limit, and at least as far as the brisk end of the range walks [m].

    Examples
    --------
    >>> from catchment.model import Rule, Standard
    >>> walk, road = Rule.walking(15, 4.8), Rule.by_road(15)
    >>> [widest_search_m(Standard("common", walk, walk, road), mode) for mode in ("walk", "road")]
    [2400.0, 30000.0]
    """
    rule = standard.city if mode == "walk" else standard.rural
    brisk = at_speed(standard, BRISK_KMH).city.limit_mm if mode == "walk" else max(BEYOND_M) * 1000
    return max(2 * rule.limit_mm, brisk) / 1000
