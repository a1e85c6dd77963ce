"""People as points, counted in 1/1024 person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.shapes import polygon_of
from catchment.model import UNITS_PER_PERSON, People, Population, Setting
from catchment.rounding import largest_remainder

if TYPE_CHECKING:
    from catchment.model import Codes, Indices, Ints, Regions


def demand_points(population: Population, regions: Regions | None = None) -> People:
    """
    Round a population to units of 1/1024 person; with regions, keep the people inside them.

    The units of all points add up to the rounded sum of the source exactly (largest remainder, ties by point id).
    A point belongs to the region its centre lies in, to the first of two on a shared border.

    Parameters
    ----------
    population
        Points in the order of ``point_id``.
    regions
        The study area; the people outside are counted in ``left_out_units``.

    Examples
    --------
    >>> third = Population(np.zeros((3, 2)), np.full(3, 1 / 3), np.arange(3), None)
    >>> demand_points(third).units.tolist()
    [342, 341, 341]
    """
    units = largest_remainder(population.persons * UNITS_PER_PERSON)
    if regions is None:
        return people_of(population, units)
    return people_of(population, units, polygon_of(population.xy, regions.frame.geometry.to_numpy()))


def people_of(population: Population, units: Ints, region: Indices | None = None) -> People:
    """
    The points of a population with so many units each; with regions, those inside them.

    Parameters
    ----------
    population
        Points in the order of ``point_id``.
    units
        1/1024 persons at each point, as ``calibrate`` gives them, shape (n,).
    region
        Region each point lies in, -1 outside all, shape (n,).

    Examples
    --------
    >>> two = Population(np.zeros((2, 2)), np.ones(2), np.arange(2), None)
    >>> inside = people_of(two, np.array([2048, 512]), np.array([0, -1], np.int32))
    >>> inside.units.tolist(), inside.left_out_units
    ([2048], 512)
    """
    kept = np.ones(len(units), bool) if region is None else region >= 0
    return People(
        xy=population.xy[kept],
        units=units[kept],
        point_id=population.point_id[kept],
        region=np.full(len(units), -1, np.int32) if region is None else region[kept],
        setting=np.full(int(kept.sum()), Setting.RURAL, np.int8),
        cell_degrees=population.cell_degrees,
        left_out_units=int(units[~kept].sum()),
        grid_width=population.grid_width,
    )


def with_settlement(people: People, setting: Codes) -> People:
    """The same people with the setting of each point, shape (n,)."""
    return replace(people, setting=setting)
