"""An independent count of a choice: everybody's way to the nearest chosen place, with no reach sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.judge import covered_under
from catchment.access.travel import travel
from catchment.model import Score, Setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Mask, Mode, People, Places, RoadGraph, Standard


def score_choice(
    people: People,
    standard: Standard,
    *,
    roads: Mapping[Mode, RoadGraph],
    homes: Mapping[Mode, Places],
    before: Mapping[Mode, Places],
    after: Mapping[Mode, Places],
    region_count: int = 0,
    count_gaps: bool = True,
) -> Score:
    """
    Whom two sets of places cover, by searching from the people to the nearest place of each.

    Parameters
    ----------
    people
        With their settings and regions.
    standard
        The rule of each setting.
    roads, homes
        The graph of each mode, and where people stand on it.
    before, after
        Where the places of each set stand on it; those off the road, or with edge -1, take no part.
    region_count
        How many regions there are.
    count_gaps
        Gap legs are part of the cost.
    """
    served = [
        people_served(people, standard, roads, homes, places, count_gaps=count_gaps) for places in (before, after)
    ]
    columns = np.column_stack([people.units, *(np.where(mask, people.units, 0) for mask in served)])
    inside = people.region >= 0
    by_region = np.zeros((region_count, 3), np.int64)
    np.add.at(by_region, people.region[inside], columns[inside])
    all_people, before_units, after_units = columns.sum(axis=0).tolist()
    by_setting = {}
    for setting in Setting:
        total, now, then = columns[people.setting == setting].sum(axis=0).tolist()
        by_setting[setting] = (total, now, then)
    return Score(all_people, before_units, after_units, by_region, by_setting)


def people_served(
    people: People,
    standard: Standard,
    roads: Mapping[Mode, RoadGraph],
    homes: Mapping[Mode, Places],
    places: Mapping[Mode, Places],
    *,
    count_gaps: bool = True,
) -> Mask:
    """
    Who is within the rule of his setting from any of some places, by a search from the people, shape (n,).

    The parameters are those of ``score_choice``.
    """
    modes = {standard.rule(setting).mode for setting in Setting}
    # A metre beyond the limit, so that no rounding of metres decides; the limit itself is held to the millimetre.
    travels = {
        mode: travel(
            roads[mode], places[mode], homes[mode], cutoff_m=standard.limit_mm(mode) / 1000 + 1, count_gaps=count_gaps
        )
        for mode in sorted(modes)
    }
    return covered_under(people, standard, travels)
