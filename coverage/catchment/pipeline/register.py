"""The register beside a project: ids of its sites, and what changed since last quarter."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from catchment.errors import InputError
from catchment.inputs.regions import read_regions
from catchment.inputs.register import matched, with_register_ids
from catchment.inputs.register_file import read_register
from catchment.inputs.sites import read_sites
from catchment.model import Finding
from catchment.model.register import CHANGES
from catchment.pipeline.datum import AskedFor, in_wgs84, stated_in_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Sites, Streets
    from catchment.model.register import Matching


def sites_of_ledger(path: Path, asked: AskedFor) -> Sites:
    """
    The sites of a ledger by itself, in WGS84.

    Raises
    ------
    InputError
        If it cannot be used.
    SettingsError
        If the datum is to be told from roads.
    """
    return stated_in_wgs84(read_sites(path), asked)


def sites_of_project(settings: Settings, read_streets: Callable[[], Streets]) -> Sites:
    """
    The sites of a project in WGS84; roads are read only where they have to say the datum.

    Parameters
    ----------
    settings
        The project.
    read_streets
        Reads its roads.

    Raises
    ------
    InputError
        If a file cannot be used, or the datum is not clear.
    """
    files = settings.inputs
    asked = AskedFor(settings.sites.datum, files.sites.name, "sites.datum", settings.sites.datum_by_county)
    if asked.datum != "auto":
        return sites_of_ledger(files.sites, asked)
    regions = read_regions(files.regions) if files.regions else None
    return in_wgs84(read_sites(files.sites), asked, streets=read_streets(), regions=regions)[0]


def known_sites(sites: Sites, register: Path) -> Sites:
    """
    Sites under the ids of a register; what it does not say for sure is in the findings. The register stays as it is.

    Parameters
    ----------
    sites
        In WGS84.
    register
        Its file.

    Raises
    ------
    InputError
        If it is not there, or cannot be used.
    """
    if not register.is_file():
        raise InputError("error.register_missing", file=register.name)
    matching = matched(sites, read_register(register))
    found = with_register_ids(sites, matching)
    return replace(found, findings=(*found.findings, *_findings(matching, sites, register.name)))


def _findings(matching: Matching, sites: Sites, file: str) -> list[Finding]:
    count = Counter(kind for match in matching.matches for kind in match.kinds)
    facts: dict[str, str | int] = {str(kind): count[kind] for kind in CHANGES}
    findings = [Finding("note", "finding.register_changes", facts, file=file)] if any(facts.values()) else []
    names = sites.frame["name"].tolist()
    for doubt in matching.doubts:
        about: dict[str, str | int] = {"name": str(names[doubt.site]), "ids": ", ".join(doubt.ids[:10]) or "-"}
        findings.append(Finding("warning", f"finding.register_{doubt.reason}", about, file=file))
    return findings
