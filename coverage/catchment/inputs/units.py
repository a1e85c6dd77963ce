"""What the numbers of a population grid are: persons, or persons per hectare or square kilometre."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import numpy as np

from catchment.errors import InputError
from catchment.geo.measure import cell_area_ha
from catchment.model import Finding, PeopleUnit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Floats, Mask, Population, UnitHint

FITS = 0.15
"""A total within this share of the census is the census's. Real grids are up to 42 % off in single counties, so all
units are judged together."""

FAR_FACTOR = 3.0
"""A total off by more than this factor is no total of these people, whatever a label says."""

SURE_FACTOR = 2.0
"""Two readings of a grid that differ by less cannot be told apart by the total: registered people are a fifth more
than residents, and a cell of three seconds is three quarters of a hectare."""

CROWDED_PER_KM2 = 100_000.0
"""The average neighbour of nobody: people of the densest cities live at 30,000 to 40,000 per km²."""

# The order matters: "persons per hectare" has a word for a count in it. Names of products are those of their makers:
# ASPECT gives persons per hectare, WorldPop's and GPW's densities are per km².
_HINTS: tuple[tuple[UnitHint, re.Pattern[str]], ...] = (
    ("per_ha", re.compile(r"(/|per)\s*(ha\b|hectare)|公顷|(^|[^a-z])aspect([^a-z]|$)")),
    ("per_km2", re.compile(r"(/|per)\s*(km|sq)|平方公里|平方千米|(^|_)pd_|gpw.*density")),
    ("density", re.compile(r"dens|密度")),
    ("count", re.compile(r"count|persons|people|人数|(^|[^a-z])(ghs_?pop|worldpop|wpop|ppp|landscan|chn_pop|hrsl)")),
)  # fmt: skip


def hint_of(labels: str, file: str) -> UnitHint:
    """
    What a grid says of its unit: its labels first, then its file's name.

    Examples
    --------
    >>> hint_of("persons per hectare", "a.tif"), hint_of("", "ASPECT_2020.tif"), hint_of("", "chn_pd_2020_1km.tif")
    ('per_ha', 'per_ha', 'per_km2')
    >>> hint_of("", "chn_pop_2025_CN_100m_v1.tif"), hint_of("", "人口.tif"), hint_of("Population density", "a.tif")
    ('count', '', 'density')
    """
    for text in (labels.lower(), file.lower()):
        for hint, words in _HINTS:
            if words.search(text):
                return hint
    return ""


def unit_by_total(sums: Mapping[PeopleUnit, float], control: float, hint: UnitHint = "") -> PeopleUnit | None:
    """
    The unit in which a grid's total fits the census; ``None`` if that cannot be told.

    A label is believed as long as its total is within a factor of three. Without one, persons per cell are believed
    if they fit; a density only if it fits and no mistake about whose people are counted could look the same.

    Parameters
    ----------
    sums
        Total of the grid in the units of the census, by each unit [persons].
    control
        Total of the census [persons].
    hint
        From ``hint_of``.

    Examples
    --------
    Three seconds of arc: 0.755 ha. A density per km² sums to 132 times the people, one per hectare to 1.32 times, which
    registered people might too.

    >>> def sums(people): return {"count": people, "per_ha": people * 0.755, "per_km2": people * 0.00755}
    >>> unit_by_total(sums(1100), 1000), unit_by_total(sums(132_450), 1000)
    ('count', 'per_km2')
    >>> unit_by_total(sums(1325), 1000), unit_by_total(sums(1325), 1000, "per_ha")
    (None, 'per_ha')
    """
    ratio = {unit: total / control for unit, total in sums.items()}
    if hint in ratio:
        said: PeopleUnit = hint
        if 1 / FAR_FACTOR <= ratio[said] <= FAR_FACTOR:
            return said
    fitting = [unit for unit in ratio if abs(ratio[unit] - 1) <= FITS]
    if hint == "density":
        fitting = [unit for unit in fitting if unit != "count"]
        return fitting[0] if len(fitting) == 1 else None
    if hint:
        return None
    if "count" in fitting or not fitting:
        return "count"
    apart = max(ratio["count"], 1 / ratio["count"]) if ratio["count"] else math.inf
    return fitting[0] if apart >= SURE_FACTOR else None


def unit_by_itself(population: Population) -> PeopleUnit | None:
    """
    The unit that a grid's labels or name say, else persons; ``None`` if it only says density, or nobody lives so close.

    A table of points says nothing of ground: persons.
    """
    hint = population.unit_hint
    if hint == "density":
        return None
    unit: PeopleUnit = hint or "count"
    return None if population.cell_ha is not None and neighbours_per_km2(population, unit) > CROWDED_PER_KM2 else unit


def neighbours_per_km2(population: Population, unit: PeopleUnit = "count") -> float:
    """
    How closely the average person of a grid lives [people per km²].

    Raises
    ------
    ValueError
        If the source is no grid.
    """
    if population.cell_degrees is None:
        raise ValueError("cell_degrees")
    persons = population.persons
    cell_km2 = cell_area_ha(population.cell_degrees, float(np.median(population.xy[:, 1]))) / 100
    each = math.fsum((persons * persons).tolist()) / math.fsum(persons.tolist())
    return {"count": each / cell_km2, "per_ha": each * 100, "per_km2": each}[unit]


def total_by_unit(population: Population, here: Mask | None = None) -> dict[PeopleUnit, float]:
    """
    Total of a grid, or of some of its cells, read in each unit [persons]; of a table there is only one reading.

    Parameters
    ----------
    population
        As it was read.
    here
        Which cells, shape (n,).
    """
    persons = population.persons if here is None else population.persons[here]
    total: dict[PeopleUnit, float] = {"count": math.fsum(persons.tolist())}
    if population.cell_ha is not None:
        ground = population.cell_ha if here is None else population.cell_ha[here]
        total["per_ha"] = math.fsum((persons * ground).tolist())
        total["per_km2"] = total["per_ha"] / 100
    return total


def in_persons(population: Population, unit: PeopleUnit, *, file: str) -> Population:
    """
    The same cells with persons in them; what was multiplied is a note with both totals.

    Parameters
    ----------
    population
        As it was read.
    unit
        What its values are.
    file
        Named in the finding.

    Raises
    ------
    InputError
        If a density is asked of a table of points, which have no ground.
    """
    if unit == "count":
        odd = population.unit_hint not in ("", "count")
        doubt = (Finding("warning", "finding.grid_density", file=file),) if odd else ()
        return replace(population, findings=(*population.findings, *doubt))
    if population.cell_ha is None:
        raise InputError("error.population_no_ground", file=file)
    persons: Floats = population.persons * population.cell_ha / (1 if unit == "per_ha" else 100)
    facts = {
        "sum": f"{math.fsum(population.persons.tolist()):,.0f}",
        "people": f"{math.fsum(persons.tolist()):,.0f}",
        "ground": f"{float(np.median(population.cell_ha)):.3g}",
    }
    note = Finding("note", f"finding.population_{unit}", facts, file=file)
    return replace(population, persons=persons, unit_hint="count", findings=(*population.findings, note))


def unsure(population: Population, *, file: str, here: Mask | None = None, control: int = 0) -> InputError:
    """The error that gives all readings of a grid beside the census, and names the flag that decides."""
    total = total_by_unit(population, here)
    facts = {unit: f"{total[unit]:,.0f}" if unit in total else "-" for unit in get_args(PeopleUnit)}
    return InputError("error.population_unit_unsure", file=file, census=f"{control:,}" if control else "-", **facts)
