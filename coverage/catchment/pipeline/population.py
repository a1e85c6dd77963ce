"""The population of a project: read, told from a density, spread where it is of areas, and looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.demand.border import cut_cells
from catchment.demand.controls import control_units
from catchment.demand.spread import spread_people
from catchment.files import open_input
from catchment.geo.shapes import polygon_of
from catchment.inputs.buildings import read_buildings
from catchment.inputs.lines import KINDS as LINE_KINDS
from catchment.inputs.population import read_people
from catchment.inputs.units import in_persons, total_by_unit, unit_by_itself, unit_by_total, unsure
from catchment.model import Finding, PeopleAreas, Population
from catchment.network.osm import KINDS as OSM_KINDS
from catchment.pipeline.regions import crowding_findings, region_findings

if TYPE_CHECKING:
    from catchment.config import Settings
    from catchment.model import Buildings, Census, Indices, Mask, Regions

    Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, eq=False)
class _Ground:
    """Regions, what the census counts in them, and where the source's points lie."""

    regions: Regions
    region: Indices
    """Region of each point, -1 outside all, shape (n,)."""
    controlled: Mask
    """Points of regions that have a row in the census, shape (n,)."""
    control: int
    """People of the rows that have a region [persons]."""


def people_of_project(
    settings: Settings, regions: Regions | None, census: Census | None
) -> tuple[Population, tuple[Finding, ...]]:
    """
    Read the people of a project, in persons at points, and say what is odd about them beside its other files.

    Parameters
    ----------
    settings
        The project.
    regions, census
        As they were read, if the project has them.

    Raises
    ------
    InputError
        If a file cannot be used, or if nobody says what a grid's cells hold and it cannot be told.
    """
    files = settings.inputs
    bounds = None if regions is None else tuple(float(side) for side in regions.frame.total_bounds)
    source = read_people(files.population, bounds=bounds)  # type: ignore[arg-type]  # four sides
    name = files.population.name
    findings: list[Finding] = []
    if isinstance(source, PeopleAreas):
        population = _spread(source, settings, bounds)  # type: ignore[arg-type]  # as above
    else:
        population = source
        if files.population_weights:
            findings.append(Finding("warning", "finding.population_weights_unused", file=files.population_weights.name))
    ground = None if regions is None else _ground(population, regions, census)
    population = _in_persons(population, ground, settings)
    # What the sum betrays is judged by the census where there is one.
    findings += [] if census is not None else crowding_findings(population, file=name)
    if ground is not None and files.regions is not None:
        findings += region_findings(ground.regions, population, file=files.regions.name, region=ground.region)
        findings += _border_findings(population, ground, file=name)
    return population, tuple(findings)


def _ground(population: Population, regions: Regions, census: Census | None) -> _Ground:
    region = polygon_of(population.xy, regions.frame.geometry.to_numpy())
    if census is None:
        return _Ground(regions, region, np.zeros(len(region), bool), 0)
    unit = control_units(regions, census)
    controlled = np.append(unit >= 0, False)[region]
    present = np.isin(np.arange(len(census)), unit)
    return _Ground(regions, region, controlled, int(census.frame["people"].to_numpy(np.int64)[present].sum()))


def _in_persons(population: Population, ground: _Ground | None, settings: Settings) -> Population:
    """The unit that the project says; else the one in which the grid fits the census; else the one it says itself."""
    name, unit = settings.inputs.population.name, settings.population.kind
    if unit != "auto":
        return in_persons(population, unit, file=name)
    if population.cell_ha is None or settings.census.weights_only:
        return population
    here = None
    if ground is not None and ground.control and ground.controlled.any():
        here = ground.controlled
        found = unit_by_total(total_by_unit(population, here), ground.control, population.unit_hint)
    else:
        found = unit_by_itself(population)
    if found is None:
        raise unsure(population, file=name, here=here, control=ground.control if ground else 0)
    return in_persons(population, found, file=name)


def _spread(areas: PeopleAreas, settings: Settings, bounds: Bounds | None) -> Population:
    """Over the planner's buildings or the road file's, and the cells of a second grid."""
    files = settings.inputs
    buildings: Buildings | None = None
    cells: Population | None = None
    if files.population_weights is not None:
        kind = open_input(files.population_weights, "geotiff", "gpkg", "geojson", "shp", "parquet").kind
        if kind == "geotiff":
            read = read_people(files.population_weights, bounds=_reach(areas))
            cells = read if isinstance(read, Population) else None
        else:
            buildings = read_buildings(files.population_weights)
    if buildings is None and open_input(files.roads, *OSM_KINDS, *LINE_KINDS).kind in OSM_KINDS:
        buildings = read_buildings(files.roads)
    return spread_people(areas, buildings=buildings, cells=cells, bounds=bounds, file=files.population.name)


def _reach(areas: PeopleAreas) -> Bounds:
    west, south, east, north = (float(side) for side in areas.frame.total_bounds)
    return west, south, east, north


def _border_findings(population: Population, ground: _Ground, *, file: str) -> list[Finding]:
    """People of cells that the outline of all regions cuts: whole cells are in or out by their centre."""
    outline = shapely.union_all(ground.regions.frame.geometry.to_numpy())
    cut = cut_cells(population, outline)
    if not cut.any():
        return []
    inside = ground.region >= 0
    facts: dict[str, str | int] = {
        "count": int(cut.sum()),
        "inside": f"{population.persons[cut & inside].sum():,.0f}",
        "outside": f"{population.persons[cut & ~inside].sum():,.0f}",
    }
    return [Finding("note", "finding.people_at_border", facts, file=file)]
