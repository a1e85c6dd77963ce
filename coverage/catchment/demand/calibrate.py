"""People calibrated to a census: the source says where they live, the census how many; every control is met exactly."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.model import UNITS_PER_PERSON, ControlCheck, Setting
from catchment.rounding import largest_remainder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import Census, Codes, Floats, Indices, Ints, Mask

MOST_OFF = 0.15
"""A source whose total is farther off the census than this share is doubted. Real grids are up to 42 % off in single
counties (GHSL in Yichun), so all controls are judged together."""

REFUSED_FACTOR = 3.0
"""A source whose total is off by more than this factor is no count of these people."""

USUAL_FACTORS = (0.5, 2.0)
"""A factor of one unit outside these is said."""


@dataclass(frozen=True, eq=False)
class Control:
    """Groups of points, and what each must add up to."""

    group: Ints
    """Group of each point, shape (n,)."""
    people: Ints
    """People of each group [persons]; -1 keeps the group's own sum. Shape (k,)."""


def calibrate(persons: Floats, group: Ints, control: Ints) -> Ints:
    """
    Round people to units of 1/1024 person, so that each group adds up to its control exactly.

    Within a group all people are multiplied by one factor, then rounded by largest remainder, ties by the order of
    the points. A group without people stays empty whatever its control; one without a control keeps its rounded sum.

    Parameters
    ----------
    persons
        People of the source, not negative, in the order of ``point_id``, shape (n,).
    group
        Group of each point, shape (n,).
    control
        People of each group [persons], -1 without a control, shape (k,).

    Returns
    -------
    1/1024 persons at each point, shape (n,).

    Examples
    --------
    >>> calibrate(np.array([1.0, 2.0, 5.0]), np.array([0, 0, 1]), np.array([6, -1])).tolist()
    [2048, 4096, 5120]
    """
    units = np.zeros(len(persons), np.int64)
    for number, members in _members(group, len(control)):
        inside, people = persons[members], int(control[number])
        whole = math.fsum(inside.tolist())
        if people < 0:
            units[members] = largest_remainder(inside * UNITS_PER_PERSON)
        elif whole > 0:
            total = people * UNITS_PER_PERSON
            units[members] = largest_remainder(inside / whole * total, total)
    return units


def county_control(region: Indices, unit: Indices, census: Census) -> Control:
    """
    One group per control unit; a region without a unit is a group of its own, and so are the people outside all.

    Parameters
    ----------
    region
        Region of each point, -1 outside all, shape (n,).
    unit
        From ``control_units``, shape (regions,).
    census
        The control totals.
    """
    count = len(census)
    of_region = np.where(unit >= 0, unit, count + np.arange(len(unit)))
    outside = count + len(unit)
    # A region of -1 takes the last entry: outside.
    group: Ints = np.append(of_region, outside)[region].astype(np.int64)
    people = np.concatenate([census.frame["people"].to_numpy(np.int64), np.full(len(unit) + 1, -1)])
    return Control(group, people)


def urban_rural_control(county: Control, urban: Mask, census: Census, *, split: Mask) -> Control:
    """
    The same groups, those of some units parted into their urban and their rural people.

    Parameters
    ----------
    county
        From ``county_control``.
    urban
        Points in city or town, shape (n,).
    census
        The control totals.
    split
        Units to part, as ``separable`` finds them, shape (units,).
    """
    groups = len(county.people)
    parted = np.append(split, np.zeros(groups - len(split), bool))
    group = np.where(parted[county.group], groups + 2 * county.group + ~urban, county.group)
    parts = census.frame[["urban", "rural"]].to_numpy(np.int64).ravel()
    return Control(group, np.concatenate([county.people, parts]))


def separable(persons: Floats, county: Control, urban: Mask, census: Census) -> Mask:
    """
    Units whose urban and rural people can be calibrated apart, shape (units,).

    Their census says both, both add up to the unit's people, and the source has people wherever the census has.
    """
    controls = census.frame[["urban", "rural"]].to_numpy(np.int64)
    both: Mask = (controls >= 0).all(axis=1) & (controls.sum(axis=1) == county.people[: len(census)])
    for column, here in ((0, urban), (1, ~urban)):
        source = group_people(persons[here], county.group[here], len(county.people))[: len(census)]
        both &= (source > 0) | (controls[:, column] == 0)
    return both


def group_people(persons: Floats, group: Ints, count: int) -> Floats:
    """
    People of each group, the same in whatever order the points come, shape (count,).

    Examples
    --------
    >>> group_people(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1]), 3).tolist()
    [2.0, 5.0, 0.0]
    """
    total = np.zeros(count)
    for number, members in _members(group, count):
        total[number] = math.fsum(persons[members].tolist())
    return total


def _members(group: Ints, count: int) -> Iterator[tuple[int, Ints]]:
    """The points of each group that has any, in their order."""
    # numpy sorts numbers of 16 bits by their digits, twenty times as fast.
    group = group.astype(np.uint16) if count <= np.iinfo(np.uint16).max else group
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(count + 1))
    for number in range(count):
        if ends[number] < ends[number + 1]:
            yield number, order[ends[number] : ends[number + 1]]


def total_doubt(
    source: float, control: float, *, cell_ha: float | None = None
) -> Literal["", "off", "per_hectare", "per_km2"]:
    """
    What is odd about the total of a source beside its controls: nothing, its size, or that it looks like a density.

    Parameters
    ----------
    source, control
        People of the source and of the census in the same regions; without any of either nothing can be said.
    cell_ha
        Area of a cell of the source [ha].

    Examples
    --------
    >>> [total_doubt(people, 1000) for people in (1150, 1151, 849)]
    ['', 'off', 'off']
    >>> total_doubt(1325, 1000, cell_ha=0.755), total_doubt(132_450, 1000, cell_ha=0.755)
    ('per_hectare', 'per_km2')
    """
    if not source or not control or abs(source / control - 1) <= MOST_OFF:
        return ""
    if cell_ha is not None:
        if abs(source * cell_ha / control - 1) <= MOST_OFF:
            return "per_hectare"
        if abs(source * cell_ha / 100 / control - 1) <= MOST_OFF:
            return "per_km2"
    return "off"


def control_checks(
    census: Census,
    persons: Floats,
    county: Control,
    *,
    setting: Codes,
    first_units: Ints,
    units: Ints,
    split: Mask,
    present: Mask,
) -> tuple[ControlCheck, ...]:
    """
    A line for each control unit that has a region.

    Parameters
    ----------
    census
        The control totals.
    persons
        People of the source, shape (n,).
    county
        From ``county_control``.
    setting
        ``Setting`` of each point, shape (n,).
    first_units
        Calibrated to the totals, by which settings were told and are compared, shape (n,).
    units
        As they are in the end, shape (n,).
    split
        Units whose urban and rural people were calibrated apart, shape (units,).
    present
        Units that have a region, shape (units,).
    """
    groups = len(county.people)
    urban = setting != Setting.RURAL

    def summed(values: Ints, here: Mask) -> Ints:
        total = np.zeros(groups, np.int64)
        np.add.at(total, county.group[here], values[here])
        return total

    everywhere = np.ones(len(persons), bool)
    source = group_people(persons, county.group, groups)
    urban_source = group_people(persons[urban], county.group[urban], groups)
    people, urban_units = summed(units, everywhere), summed(first_units, urban)
    city_units = summed(first_units, setting == Setting.CITY)
    checks = []
    for row, unit in enumerate(census.frame.itertuples(index=False)):
        if present[row]:
            apart = (urban_source[row], source[row] - urban_source[row]) if split[row] else (0.0, 0.0)
            checks.append(
                ControlCheck(
                    unit_id=str(unit.unit_id),
                    name=str(unit.name),
                    source_people=float(source[row]),
                    census_people=int(unit.people),  # type: ignore[arg-type]  # a column of integers
                    people=int(people[row]),
                    urban=int(urban_units[row]),
                    city=int(city_units[row]),
                    census_urban=int(unit.urban),  # type: ignore[arg-type]
                    census_city=int(unit.city),  # type: ignore[arg-type]
                    urban_factor=_factor(unit.urban, apart[0]),  # type: ignore[arg-type]
                    rural_factor=_factor(unit.rural, apart[1]),  # type: ignore[arg-type]
                )
            )
    return tuple(checks)


def _factor(control: int, source: float) -> float:
    return control / source if source > 0 else math.nan
