"""What is odd about a census beside the regions and the people, as findings; and when it cannot be meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.demand.calibrate import REFUSED_FACTOR, USUAL_FACTORS, group_people, total_doubt
from catchment.errors import InputError
from catchment.geo.measure import cell_area_ha
from catchment.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from catchment.config import Settings
    from catchment.demand.calibrate import Control
    from catchment.model import Census, ControlCheck, Indices, Mask, Population, Regions

MOST_NAMES = 20

_DOUBTS = {
    "off": "finding.census_off",
    "per_hectare": "finding.census_per_hectare",
    "per_km2": "finding.census_per_km2",
}


def matching_findings(regions: Regions, unit: Indices, census: Census, settings: Settings) -> list[Finding]:
    """
    Rows of the census without a region, and regions without a row.

    Raises
    ------
    InputError
        If no region has a row.
    """
    names, people = census.frame["name"].tolist(), census.frame["people"].to_numpy(np.int64)
    alone = ~np.isin(np.arange(len(census)), unit)
    if alone.all():
        raise InputError(
            "error.census_elsewhere",
            census=_census_name(settings),
            units=_listed(names),
            regions=_listed(regions.frame["name"]),
        )
    findings = []
    if alone.any():
        count, left = int(alone.sum()), int(people[alone].sum())
        listed = _listed(_taken(names, alone))
        findings.append(_warning("finding.census_unmatched", settings, count=count, people=left, names=listed))
    free = unit < 0
    if free.any():
        listed = _listed(regions.frame["name"][free])
        findings.append(_warning("finding.census_regions_free", settings, count=int(free.sum()), names=listed))
    return findings


def total_findings(population: Population, county: Control, present: Mask, settings: Settings) -> list[Finding]:
    """
    Whether the source's people, over all units together, are about as many as the census's.

    Raises
    ------
    InputError
        If they are off by more than a factor of 3, unless the project says that the source only weighs places.
    """
    units = np.flatnonzero(present)
    source = float(group_people(population.persons, county.group, len(county.people))[units].sum())
    control = int(county.people[units].sum())
    doubt = total_doubt(source, control, cell_ha=_cell_ha(population, np.isin(county.group, units)))
    if not doubt:
        return []
    facts: dict[str, str | int] = {"source": round(source), "census": control, "ratio": f"{source / control:.3g}"}
    far = not 1 / REFUSED_FACTOR <= source / control <= REFUSED_FACTOR
    if far and not settings.census.weights_only:
        name = settings.inputs.population.name
        raise InputError(f"error.census_{doubt}", population=name, census_file=_census_name(settings), **facts)
    return [Finding("warning", _DOUBTS[doubt], facts, file=settings.inputs.population.name)]


def _cell_ha(population: Population, here: Mask) -> float | None:
    """Area of a cell of the source in the middle of some points [ha]; ``None`` if it is no grid."""
    if population.cell_degrees is None or not here.any():
        return None
    return cell_area_ha(population.cell_degrees, float(np.median(population.xy[here, 1])))


def whole_unit_findings(census: Census, whole: Mask, settings: Settings) -> list[Finding]:
    """Units that were calibrated as a whole though urban and rural were asked for."""
    if not whole.any():
        return []
    names = _listed(_taken(census.frame["name"].tolist(), whole))
    return [_warning("finding.census_not_split", settings, count=int(whole.sum()), names=names)]


def check_findings(checks: Sequence[ControlCheck], settings: Settings) -> list[Finding]:
    """Units whose people the source does not have, and unusual factors."""
    findings = []
    low, high = USUAL_FACTORS
    for check in checks:
        if not check.source_people and check.census_people:
            findings.append(_warning("finding.census_unmet", settings, name=check.name, people=check.census_people))
        factors = {
            "finding.census_factor": check.factor,
            "finding.census_urban_factor": check.urban_factor,
            "finding.census_rural_factor": check.rural_factor,
        }
        findings += [
            _warning(word, settings, name=check.name, factor=f"{factor:.3g}")
            for word, factor in factors.items()
            if factor < low or factor > high
        ]
    return findings


def _warning(word: str, settings: Settings, **facts: str | int) -> Finding:
    return Finding("warning", word, facts, file=_census_name(settings))


def _census_name(settings: Settings) -> str:
    return settings.inputs.census.name if settings.inputs.census else ""


def _taken(names: Sequence[str], here: Mask) -> list[str]:
    return [name for name, taken in zip(names, here, strict=True) if taken]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:MOST_NAMES])
