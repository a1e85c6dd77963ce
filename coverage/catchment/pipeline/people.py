"""The people of a run: calibrated to the census, settled in city, town or country, and checked against it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Literal

import numpy as np

from catchment.demand.calibrate import calibrate, control_checks, county_control, separable, urban_rural_control
from catchment.demand.controls import control_units
from catchment.demand.points import demand_points, people_of, with_settlement
from catchment.demand.settlement import setting_by_areas, setting_by_codes, setting_by_grid, settlement_grid
from catchment.errors import InputError, SettingsError
from catchment.geo.shapes import polygon_of
from catchment.model import Finding, Setting
from catchment.pipeline.census import (
    MOST_NAMES,
    check_findings,
    total_findings,
    whole_unit_findings,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from catchment.config import Settings
    from catchment.model import Census, Codes, ControlCheck, Floats, People, Regions, SettlementRule
    from catchment.pipeline.read import Inputs

Detail = Literal["gaps", "shaped", "wider"]


@dataclass(frozen=True, eq=False)
class Settled:
    """People with their settings, and how they got them."""

    people: People
    setting_at: Callable[[Floats], Codes]
    """The setting of any places, by lon, lat [degrees], shape (n, 2)."""
    rule: SettlementRule
    details: tuple[Detail, ...] = ()
    census_check: tuple[ControlCheck, ...] = ()
    findings: tuple[Finding, ...] = ()


def settle(inputs: Inputs, settings: Settings) -> Settled:
    """
    Calibrate to county totals, classify settings, compare with the census; calibrate urban and rural apart if asked.

    People are never reclassified after the second calibration.

    Raises
    ------
    InputError
        If nobody lives in the regions, or the census is of other units or of other people.
    SettingsError
        If urban and rural people are to be calibrated apart, but the census and the settings define them differently.
    """
    regions, census = inputs.regions, inputs.census
    if regions is not None and census is not None:
        return _calibrated(inputs, regions, census, settings)
    people = demand_points(inputs.population, regions)
    _refuse_nobody(people, settings)
    return _classified(people, inputs, settings)


def _refuse_nobody(people: People, settings: Settings) -> None:
    if not people.units.sum():
        raise InputError(
            "error.nobody_in_regions",
            population=settings.inputs.population.name,
            regions=settings.inputs.regions.name if settings.inputs.regions else "",
        )


def _classified(people: People, inputs: Inputs, settings: Settings) -> Settled:
    """Settings by the planner's polygons, else by class codes of regions, else by the grid."""
    if inputs.urban is not None:
        by_area = partial(setting_by_areas, areas=inputs.urban)
        return Settled(with_settlement(people, by_area(people.xy)), by_area, "polygons")
    by_grid = _by_grid(people, settings)
    regions = inputs.regions
    if regions is None or "settlement" not in regions.frame or not (regions.frame["settlement"] != "").any():
        return by_grid
    return _by_codes(by_grid, regions, settings)


def _by_grid(people: People, settings: Settings) -> Settled:
    shaped, wider = settings.settlement.shaped_centres, settings.settlement.wider_clusters
    grid = settlement_grid(people, shaped_centres=shaped, wider_clusters=wider)
    details: tuple[Detail, ...] = (*(("shaped",) if shaped else ()), *(("wider",) if wider else ()))
    by_cell = partial(setting_by_grid, grid=grid)
    return Settled(with_settlement(people, by_cell(people.xy)), by_cell, "grid", details)


def _by_codes(by_grid: Settled, regions: Regions, settings: Settings) -> Settled:
    """Settings by class codes; where a region has none, by the grid."""
    people = by_grid.people
    by_code = setting_by_codes(people.region, regions)

    def setting_at(xy: Floats) -> Codes:
        coded = setting_by_codes(polygon_of(xy, regions.frame.geometry.to_numpy()), regions)
        return np.where(coded >= 0, coded, by_grid.setting_at(xy)).astype(np.int8)

    uncoded = regions.frame["name"][regions.frame["settlement"] == ""].tolist()
    return Settled(
        with_settlement(people, np.where(by_code >= 0, by_code, people.setting)),
        setting_at,
        "codes",
        ("gaps", *by_grid.details) if uncoded else (),
        findings=_uncoded_findings(uncoded, settings),
    )


def _uncoded_findings(names: Sequence[str], settings: Settings) -> tuple[Finding, ...]:
    if not names or settings.inputs.regions is None:
        return ()
    facts: dict[str, str | int] = {"count": len(names), "names": ", ".join(names[:MOST_NAMES])}
    return (Finding("warning", "finding.regions_without_code", facts, file=settings.inputs.regions.name),)


def _calibrated(inputs: Inputs, regions: Regions, census: Census, settings: Settings) -> Settled:
    population, persons = inputs.population, inputs.population.persons
    region = polygon_of(population.xy, regions.frame.geometry.to_numpy())
    unit = control_units(regions, census)
    county = county_control(region, unit, census)
    units = first_units = calibrate(persons, county.group, county.people)
    people = people_of(population, units, region)
    _refuse_nobody(people, settings)
    present = np.isin(np.arange(len(census)), unit)
    findings = total_findings(population, county, present, settings)

    settled = _classified(people, inputs, settings)
    setting = np.full(len(region), Setting.RURAL, np.int8)
    setting[region >= 0] = settled.people.setting

    split = np.zeros(len(census), bool)
    if settings.census.urban_and_rural:
        _refuse_other_definition(inputs, settled)
        urban = setting != Setting.RURAL
        split = separable(persons, county, urban, census) & present
        findings += whole_unit_findings(census, present & ~split, settings)
        apart = urban_rural_control(county, urban, census, split=split)
        units = calibrate(persons, apart.group, apart.people)

    checks = control_checks(
        census,
        persons,
        county,
        setting=setting,
        first_units=first_units,
        units=units,
        split=split,
        present=present,
    )
    return replace(
        settled,
        people=with_settlement(people_of(population, units, region), settled.people.setting),
        census_check=checks,
        findings=(*findings, *check_findings(checks, settings), *settled.findings),
    )


def _refuse_other_definition(inputs: Inputs, settled: Settled) -> None:
    """城镇 of the census is city and town by official codes; a grid or outlines of cities alone mean another thing."""
    coded = settled.rule == "codes" and "gaps" not in settled.details
    outlined = inputs.urban is not None and set(inputs.urban.frame["setting"]) == {"city", "town"}
    if not coded and not outlined:
        raise SettingsError("error.census_definition")
