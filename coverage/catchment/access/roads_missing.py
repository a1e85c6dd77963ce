"""Gap in service or missing road: the class of each region, and who would be covered if the roads were there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.detour import learned_detours, limits_m, within_by_detour
from catchment.access.road_supply import road_classes, road_supply, units_by_region
from catchment.model import Cause, RoadClass, RoadsMissing

if TYPE_CHECKING:
    from catchment.model import Access, Ints, People, Regions, Standard


def roads_missing(
    regions: Regions,
    people: People,
    access: Access,
    standard: Standard,
    *,
    street_mm: Ints,
    road_mm: Ints,
    gap_mm: Ints,
) -> RoadsMissing:
    """
    Class the regions by their roads and estimate who is uncovered for want of a road on the map alone.

    The estimate is for people whose cause is a doubt about the data (``no_road``, ``cut_off``, ``edge_of_data``), and
    apart from them for those in regions of few roads who are too far by the roads there are, but not in a straight
    line. They are likely covered if the straight line times the detour of their setting is within the limit. Nobody
    becomes covered by it: ``access`` and every total stay as they are.

    Parameters
    ----------
    regions, people, access, standard
        As judged.
    street_mm, road_mm, gap_mm
        As ``road_supply``.
    """
    supply = road_supply(regions, people, access, street_mm=street_mm, road_mm=road_mm, gap_mm=gap_mm)
    classes, relative, peers = road_classes(supply)
    # One more for people outside every region, which the index -1 picks.
    of_people = np.append(classes, RoadClass.DOUBTFUL)[people.region]
    detours = learned_detours(people, access, standard, well_mapped=of_people == RoadClass.ENOUGH)
    within = within_by_detour(people, access, standard, detours)
    short = within_by_detour(people, access, standard, detours, which="low")
    long = within_by_detour(people, access, standard, detours, which="high")
    doubt = np.isin(access.cause, [Cause.NO_ROAD, Cause.CUT_OFF, Cause.EDGE_OF_DATA])
    near = access.straight_m <= limits_m(people, standard)
    far = (access.cause == Cause.TOO_FAR) & near & (of_people == RoadClass.FEW)
    masks = {
        "likely": doubt & within,
        "likely_least": doubt & long,
        "likely_most": doubt & short,
        "far": far,
        "far_likely": far & within,
    }
    units = {name: units_by_region(people, here, len(regions)) for name, here in masks.items()}
    return RoadsMissing(
        by_region=supply.drop(columns="lost").assign(road_class=classes, relative=relative, **units),
        detours=detours,
        peers=peers,
        likely=masks["likely"],
        far_likely=masks["far_likely"],
    )
