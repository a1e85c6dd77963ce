"""The plan's targets in a project: what they are read from, how far they are met, and what is odd about that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.access.progress import progress, row_of_name
from catchment.errors import SettingsError
from catchment.geo.shapes import polygon_of
from catchment.inputs.headers import normal
from catchment.inputs.targets import read_targets
from catchment.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.config import Settings
    from catchment.model import Progress, Regions, Targets
    from catchment.pipeline.read import Inputs

MOST_NAMES = 20


def refuse_unfillable(settings: Settings) -> None:
    """
    Nothing is read if targets are to be filled and something that it takes is not given.

    Raises
    ------
    SettingsError
        Which of the table of targets and the regions is missing.
    """
    if settings.siting.fill_targets and settings.inputs.targets is None:
        raise SettingsError("error.targets_needed")
    if settings.siting.fill_targets and settings.inputs.regions is None:
        raise SettingsError("error.targets_need_regions")


def targets_of(settings: Settings) -> Targets | None:
    """
    The table of targets, if the project names one.

    Raises
    ------
    InputError
        If it cannot be used.
    SettingsError
        If ``[targets.rows]`` names a row that is not in it, or a township twice.
    """
    path = settings.inputs.targets
    if path is None:
        return None
    targets, seen = read_targets(path), dict[str, str]()
    for row, units in settings.targets.rows.items():
        if row_of_name(row, targets.rows) < 0:
            listed = ", ".join(targets.rows[:MOST_NAMES])
            raise SettingsError("error.targets_row_unknown", file=path.name, found=row, rows=listed)
        for unit in units:
            first = seen.setdefault(normal(unit), row)
            if first != row:
                facts = {"found": unit, "first": first, "second": row}
                raise SettingsError("error.targets_township_twice", file=path.name, **facts)
    return targets


def run_by(settings: Settings, targets: Targets | None) -> dict[str, tuple[str, ...]]:
    """Townships by the row that runs them: as the project lists them, then as the plan does for rows of the table."""
    managed = {
        row: units
        for row, units in settings.targets.managed.items()
        if targets is None or row_of_name(row, targets.rows) >= 0
    }
    rows = settings.targets.rows
    return {row: (*rows.get(row, ()), *managed.get(row, ())) for row in dict.fromkeys((*rows, *managed))}


def progress_of(inputs: Inputs, settings: Settings) -> Progress | None:
    """The ledger against the targets; ``None`` without a table."""
    sites, targets, regions = inputs.sites, inputs.targets, inputs.regions
    if targets is None:
        return None
    standing = None if regions is None else polygon_of(sites.xy, regions.frame.geometry.to_numpy())
    return progress(sites, targets, regions=regions, site_region=standing, run_by=run_by(settings, targets))


def progress_findings(found: Progress | None, inputs: Inputs, settings: Settings) -> list[Finding]:
    """Rows nothing belongs to, townships that are not there, sites that count for none, rows of the ledger lost."""
    path = settings.inputs.targets
    if found is None or path is None:
        return []
    sites = inputs.sites
    findings = [*_rows_alone(found, path.name), *_unknown_townships(inputs.regions, settings, path.name)]
    if len(found.uncounted):
        names = _listed(sites.frame["name"].iloc[found.uncounted])
        facts: dict[str, str | int] = {"count": len(found.uncounted), "names": names}
        findings.append(Finding("warning", "finding.targets_uncounted", facts, file=settings.inputs.sites.name))
    bad_count = sum(finding.level == "bad_row" for finding in sites.findings)
    if bad_count:
        unplaced = Finding("note", "finding.targets_unplaced", {"count": bad_count}, file=settings.inputs.sites.name)
        findings.append(unplaced)
    return findings


def _rows_alone(found: Progress, file: str) -> list[Finding]:
    targets = found.targets
    known = {*found.site_row.tolist(), *found.unit_row.tolist()}
    return [
        Finding("warning", "finding.targets_row_alone", {"cell": targets.cells[row], "name": name}, file=file)
        for row, name in enumerate(targets.rows)
        if row not in known and targets.counts[row].any()
    ]


def _unknown_townships(regions: Regions | None, settings: Settings, file: str) -> list[Finding]:
    """Without regions the list still says which sites of the ledger a row runs."""
    if regions is None:
        return []
    known = {normal(text) for column in ("name", "region_id") for text in regions.frame[column]}
    findings = []
    for row, units in settings.targets.rows.items():
        lost = [unit for unit in units if normal(unit) not in known]
        if lost:
            facts: dict[str, str | int] = {"row": row, "names": _listed(lost)}
            findings.append(Finding("warning", "finding.targets_township_unknown", facts, file=file))
    return findings


def _listed(names: Iterable[str]) -> str:
    return ", ".join(list(names)[:MOST_NAMES])
