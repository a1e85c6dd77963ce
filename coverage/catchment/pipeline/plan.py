"""The plan of a network in a project: the ledger held against it, and what is odd about that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from catchment.access.fit import residents_of_sites, site_fits
from catchment.access.milestones import counts_by_batch, milestone_states
from catchment.access.names import name_checks
from catchment.access.progress import row_of_name
from catchment.access.services import offers, service_cover
from catchment.access.units import unit_checks, units_at_hand, units_of_sites, village_proposals
from catchment.model import Finding, Planned
from catchment.pipeline.groups import group_units
from catchment.pipeline.targets import run_by

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from catchment.config import Settings
    from catchment.model import (
        Indices,
        Ints,
        MilestoneState,
        Plan,
        Progress,
        ReachSets,
        Regions,
        UnitCheck,
        VillageProposal,
    )
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs

MOST_NAMES = 20


def planned(
    inputs: Inputs,
    settings: Settings,
    ground: Judged,
    found: Progress | None,
    *,
    by_site: pd.DataFrame,
    reach: ReachSets,
    site_region: Indices,
) -> Planned | None:
    """
    The ledger against the plan; ``None`` without one.

    Parameters
    ----------
    inputs, settings
        The project.
    ground
        Everybody judged.
    found
        The ledger against the targets.
    by_site
        From ``site_table``.
    reach
        Whom each counted site covers, from ``reach_under_standard``.
    site_region
        Region each site stands in, -1 outside, shape (sites,).
    """
    plan, sites, regions = inputs.plan, inputs.sites, inputs.regions
    if plan is None:
        return None
    units = units_at_hand(plan.units, _counties(inputs))
    standing = [_region_code(regions, plan, region) for region in site_region.tolist()]
    catchment = by_site["catchment"].to_numpy(np.int64)
    residents = residents_of_sites(
        sites, catchment, regions=regions, by_region=_residents(ground, regions), site_region=site_region
    )
    people = ground.settled.people
    return Planned(
        plan=plan,
        milestones=_milestones(inputs, settings, plan, found),
        by_batch=counts_by_batch(found, sites) if found else None,
        units=unit_checks(
            sites, units, units_of_sites(sites, units, standing), run_by=run_by(settings, inputs.targets)
        ),
        villages=_villages(inputs, ground, plan, site_region),
        names=name_checks(sites, plan, units_of_sites(sites, plan.units, standing)),
        fit=site_fits(sites, plan, catchment=catchment, residents=residents),
        services=service_cover(
            offers(sites, plan),
            people,
            reach,
            counted=ground.counted,
            groups=group_units(inputs.groups, regions, people),
        ),
    )


def _counties(inputs: Inputs) -> set[str]:
    named = set(inputs.sites.frame["county"])
    if inputs.regions is not None:
        named |= {*inputs.regions.frame["parent"], *inputs.regions.frame["name"]}
    return named


def _region_code(regions: Regions | None, plan: Plan, region: int) -> str:
    """The region a site stands in as the plan's units know it: by its code, else by its name."""
    if regions is None or region < 0:
        return ""
    code, name = (str(regions.frame[column].iloc[region]) for column in ("region_id", "name"))
    return code if any(unit.code == code for unit in plan.units) else name


def _residents(ground: Judged, regions: Regions | None) -> Ints:
    people = ground.settled.people
    inside = people.region >= 0
    residents = np.zeros(0 if regions is None else len(regions), np.int64)
    if len(residents):
        np.add.at(residents, people.region[inside], people.units[inside])
    return residents


def _milestones(inputs: Inputs, settings: Settings, plan: Plan, found: Progress | None) -> tuple[MilestoneState, ...]:
    if found is None:
        return ()
    return milestone_states(found, plan.milestones, date=settings.date or inputs.newest)


def _villages(inputs: Inputs, ground: Judged, plan: Plan, site_region: Indices) -> tuple[VillageProposal, ...]:
    if inputs.regions is None or plan.village_people is None:
        return ()
    return village_proposals(
        inputs.regions,
        ground.settled.people,
        ground.access,
        inputs.sites,
        site_region=site_region,
        least_people=plan.village_people,
    )


def plan_findings(found: Planned | None, against: Progress | None, inputs: Inputs, settings: Settings) -> list[Finding]:
    """Milestones and units of rows that are not in the targets, units that stand for more than the targets ask."""
    if found is None:
        return []
    return [
        *_names_and_codes(found, inputs, settings),
        *_unknown_rows(found, against),
        *_township_counts(found.units, against, found.plan.file),
    ]


def _names_and_codes(found: Planned, inputs: Inputs, settings: Settings) -> Iterator[Finding]:
    """One line for each thing that is wrong with names or codes, with the first sites it is about."""
    frame = inputs.sites.frame
    words = dict.fromkeys(word for check in found.names for word in check.words)
    for word in sorted(words):
        names = [frame["name"].iloc[check.site] for check in found.names if word in check.words]
        facts: dict[str, str | int] = {"count": len(names), "names": ", ".join(names[:MOST_NAMES])}
        yield Finding("warning", f"finding.coded_{word.removeprefix('coded.')}", facts, settings.inputs.sites.name)


def _unknown_rows(found: Planned, against: Progress | None) -> Iterator[Finding]:
    if against is None:
        return
    rows, types = against.targets.rows, against.targets.types
    for state in found.milestones:
        milestone = state.milestone
        lost = [name for name in milestone.rows if row_of_name(name, rows) < 0]
        lost += [kind for kind in milestone.types if kind not in types]
        if lost:
            facts: dict[str, str | int] = {"milestone": milestone.name, "names": ", ".join(lost)}
            yield Finding("warning", "finding.plan_milestone_rows", facts, found.plan.file)


def _township_counts(units: tuple[UnitCheck, ...], against: Progress | None, file: str) -> Iterator[Finding]:
    """Where the targets ask for another number of township sites than there are townships (建制乡镇)."""
    if against is None or "township" not in against.targets.types:
        return
    column = against.targets.types.index("township")
    rows = against.targets.rows
    held = [0] * len(rows)
    for check in units:
        row = row_of_name(check.row, rows)
        held[row if row >= 0 else -1] += check.unit.civil and row >= 0
    for row, (name, asked) in enumerate(zip(rows, against.targets.counts[:, column].tolist(), strict=True)):
        if held[row] and asked != held[row]:
            facts: dict[str, str | int] = {
                "row": name,
                "asked": asked,
                "units": held[row],
                "cell": against.targets.cells[row],
            }
            yield Finding("note", "finding.plan_township_count", facts, file)
