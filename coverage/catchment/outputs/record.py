"""``run.json``, which marks a run as complete and lets anybody repeat it, and ``run.log``."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import json
import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.model import Cause, Setting
from catchment.outputs.answers import with_answers
from catchment.outputs.explained import with_explanations
from catchment.outputs.groups import groups_record
from catchment.outputs.plan import plan_record
from catchment.outputs.profile import published
from catchment.outputs.progress import progress_record
from catchment.outputs.quotas import with_quotas
from catchment.outputs.roads import road_record
from catchment.outputs.suggested import people, suggestion_record
from catchment.outputs.wishes import with_wishes
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from catchment.model import ControlCheck, Profile, Rule, Run
    from catchment.words import Language

SCHEMA = "catchment.run/1"

GAPS_RECORDED = 10
"""Gaps that ``run.json`` lists."""

_LIBRARIES = (
    "catchment",
    "geopandas",
    "matplotlib",
    "numba",
    "numpy",
    "osmium",
    "pandas",
    "pyogrio",
    "pyproj",
    "rasterio",
    "shapely",
)


def file_names(language: Language, profile: Profile = "internal", *, visits: bool = False) -> dict[str, str]:
    """
    Names of the files of a run, by role: for the public no layers and no log, but the list of service points.

    Parameters
    ----------
    language
        Of the names.
    profile
        For whom the run is written.
    visits
        There are places to be visited, so that there is a document of them; the public gets none.

    Examples
    --------
    >>> file_names("en")
    {'map': 'map.html', 'report': 'report.xlsx', 'document': 'report.docx', 'package': 'coverage.gpkg',
     'picture': 'map.png', 'poster': 'map-A3.png', 'log': 'run.log', 'record': 'run.json'}
    >>> sorted(set(file_names("en", "public").values()) - set(file_names("en").values()))
    ['service-points.html']
    """
    names = {
        "map": f"{say('file.map', language)}.html",
        "report": f"{say('file.report', language)}.xlsx",
        "document": f"{say('file.report', language)}.docx",
        "package": f"{say('file.package', language)}.gpkg",
        "picture": f"{say('file.map', language)}.png",
        "poster": f"{say('file.map', language)}-A3.png",
        **({"visits": f"{say('file.visits', language)}.docx"} if visits and profile == "internal" else {}),
        "log": "run.log",
        "record": "run.json",
    }
    if profile == "internal":
        return names
    services = {"services": f"{say('file.services', language)}.html"}
    return services | {role: name for role, name in names.items() if role not in ("package", "log")}


def headline(run: Run, outputs: Mapping[str, str]) -> dict[str, Any]:
    """
    What ``--json`` prints: the figures most asked for, exact (people in 1/1024 are exact in JSON).

    Parameters
    ----------
    run
        The run.
    outputs
        Role to path of each file written.
    """
    totals = run.totals
    return {
        "people_total": people(totals.people),
        "people_covered": people(totals.covered),
        "covered_share": totals.covered / totals.people if totals.people else None,
        "people_uncovered": people(totals.uncovered),
        "uncovered_by_cause": {cause.name.lower(): people(units) for cause, units in totals.uncovered_by_cause.items()},
        "sites_count": len(run.sites),
        "counted_sites_count": int(run.counted.sum()),
        "unsnapped_sites_count": int(run.unsnapped.sum()),
        "approximate_sites_count": int(run.sites.approximate.sum()),
        "bad_rows_count": sum(finding.level == "bad_row" for finding in run.findings),
        "standard": standard_record(run),
        "suggestions": with_explanations(
            with_wishes(with_answers(with_quotas(suggestion_record(run), run), run), run), run
        ),
        "targets": progress_record(run),
        "plan": plan_record(run),
        "groups": groups_record(run),
        "roads": road_record(run),
        "outputs": dict(outputs),
    }


def standard_record(run: Run) -> dict[str, Any]:
    """The standard in numbers, and what told the settings apart."""
    standard = run.standard
    return {
        "preset": standard.preset,
        "city": _rule(standard.city),
        "town": _rule(standard.town),
        "rural": _rule(standard.rural),
        "settlement": run.settlement_rule,
        "settlement_details": list(run.settlement_details),
    }


def _rule(rule: Rule) -> dict[str, Any]:
    record: dict[str, Any] = {"mode": rule.mode, "limit_m": rule.limit_mm / 1000}
    if rule.minutes is not None and rule.speed_kmh is not None:
        record |= {"minutes": float(rule.minutes), "speed_kmh": float(rule.speed_kmh)}
    return record


def _control(check: ControlCheck) -> dict[str, Any]:
    """A control unit; a figure that the census or the source does not give is null."""
    census = {"urban": check.census_urban, "city": check.census_city}
    return {
        "unit": check.unit_id,
        "name": check.name,
        "people_source": check.source_people,
        "people_census": check.census_people,
        "people": people(check.people),
        "factor": _number(check.factor),
        "people_urban": people(check.urban),
        "people_city": people(check.city),
        **{f"people_{kind}_census": count if count >= 0 else None for kind, count in census.items()},
        "urban_factor": _number(check.urban_factor),
        "rural_factor": _number(check.rural_factor),
    }


def _counties(run: Run) -> list[dict[str, Any]]:
    """The counties' exact figures; the workbook has their regions."""
    counts = ("sites_count", "counted_sites_count")
    units = [name for name in run.by_county.columns if name not in ("region_id", "name", "parent", *counts)]
    return [
        {
            "name": row["name"],
            **{name: row[name] for name in counts},
            **{f"people_{'total' if name == 'people' else name}": people(row[name]) for name in units},
        }
        for row in run.by_county.to_dict("records")
    ]


def _first_gaps(run: Run) -> list[dict[str, Any]]:
    """The gaps with most people; the workbook has them all."""
    if run.gaps is None:
        return []
    return [
        {
            "people": people(row["people"]),
            "lon": float(row["lon"]),
            "lat": float(row["lat"]),
            "setting": Setting(row["setting"]).name.lower(),
            "cause": Cause(row["cause"]).name.lower(),
        }
        for row in run.gaps.frame.head(GAPS_RECORDED).to_dict("records")
    ]


def write_record(run: Run, path: Path, *, settings: BaseModel, out: Path, names: Mapping[str, str]) -> None:
    """
    Write ``run.json``: the headline, every total, the resolved settings, the inputs and the versions.

    Parameters
    ----------
    run
        The run.
    path
        Where to write.
    settings
        The project as it was understood.
    out
        Where the folder will stand in the end; input paths are written relative to it, so that a project that is
        moved as a whole records the same.
    names
        Names of the run's files by role.
    """
    run, totals = published(run), run.totals
    record = {
        "schema": SCHEMA,
        "name": run.name,
        "date": run.date.isoformat(),
        "language": run.language,
        "data": run.digest,
        **headline(run, names),
        "people_by_setting": {
            setting.name.lower(): {"total": people(total), "covered": people(covered)}
            for setting, (total, covered) in totals.by_setting.items()
        },
        "people_covered_range": {"slow": people(totals.covered_slow), "brisk": people(totals.covered_brisk)},
        "people_covered_towns_on_foot": people(totals.covered_towns_on_foot),
        "people_covered_towns_by_road": people(totals.covered_towns_by_road),
        "people_covered_by_all_site_types": people(totals.covered_by_all_sites),
        "people_beyond_by_road": {f"{metres}_m": people(units) for metres, units in totals.beyond_road.items()},
        "people_beyond_straight": {f"{metres}_m": people(units) for metres, units in totals.beyond_straight.items()},
        "people_outside_regions": people(totals.left_out),
        "counties": _counties(run),
        "gaps_count": 0 if run.gaps is None else len(run.gaps),
        "gaps_lattice_m": None if run.gaps is None else run.gaps.lattice_m,
        "gaps": _first_gaps(run),
        "service_areas": {
            mode: {
                "allowance_m": areas.allowance_m,
                "half_cell_m": areas.half_cell_m,
                "tolerance_m": areas.tolerance_m,
            }
            for mode, areas in run.dissolved.items()
        },
        "census_check": [_control(check) for check in run.census_check],
        "distance_percentiles_m": {
            entry.mode: {
                "people": people(entry.people_units),
                "p50": _number(entry.p50_m),
                "p90": _number(entry.p90_m),
                "p95": _number(entry.p95_m),
                "max": _number(entry.max_m),
                "null_means_beyond": entry.beyond_search_m,
            }
            for entry in totals.percentiles
        },
        "findings": [
            {
                "level": finding.level,
                "finding": finding.word.removeprefix("finding."),
                "file": finding.file,
                "sheet": finding.sheet,
                "row": finding.row,
                "column": finding.column,
                "text": say(finding.word, run.language, **finding.facts),
            }
            for finding in run.findings
        ],
        "inputs": [
            {
                "role": source.role,
                "path": _relative(source.path, out),
                "sha256": source.sha256,
                "date": source.date and source.date.isoformat(),
                "attribution": source.attribution,
                "licence": source.licence,
            }
            for source in run.sources
        ],
        "settings": _recorded(run, settings, out),
        "versions": library_versions(),
    }
    path.write_text(json.dumps(record, ensure_ascii=False, indent=1, default=_plain) + "\n", encoding="utf-8")


def library_versions() -> dict[str, str]:
    """Versions of this program and of the libraries a result may depend on, by name."""
    return {library: importlib.metadata.version(library) for library in _LIBRARIES}


def write_log(run: Run, path: Path, seconds: Mapping[str, float]) -> None:
    """Write ``run.log``: when and where the run was made and how long each stage took. The only file with a clock."""
    lines = [
        f"{dt.datetime.now(dt.UTC).isoformat(timespec='seconds')} {platform.node()} {platform.platform()}",
        f"python {platform.python_version()}, {os.cpu_count()} cores",
        f"{len(run.people)} points of people, {len(run.streets)} street edges, {len(run.sites)} sites",
        *(f"{stage}: {spent:.3f} s" for stage, spent in seconds.items()),
        f"total: {sum(seconds.values()):.3f} s",
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _recorded(run: Run, settings: BaseModel, out: Path) -> dict[str, Any]:
    """The settings; whoever gets what is public gets no names of local files."""
    dumped = settings.model_dump(mode="json")
    if run.profile == "public":
        return {**dumped, "inputs": {}, "sites": {**dumped["sites"], "located": None}, "out": None}
    recorded = _with_relative_paths(dumped, out)
    register = getattr(getattr(settings, "sites", None), "register_file", None)
    # Without it the ids could not be found again.
    return (
        {**recorded, "sites": {**recorded["sites"], "register": _relative(str(register), out)}}
        if register
        else recorded
    )


def _with_relative_paths(settings: dict[str, Any], out: Path) -> dict[str, Any]:
    inputs = {role: path and _relative(path, out) for role, path in settings["inputs"].items()}
    located = settings["sites"]["located"]
    sites = {**settings["sites"], "located": located and _relative(located, out)}
    # Where the results lie is known to whoever reads them there.
    return {**settings, "inputs": inputs, "sites": sites, "out": None}


def _relative(path: str, out: Path) -> str:
    try:
        return Path(os.path.relpath(path, out)).as_posix()
    except ValueError:  # another drive on Windows
        return Path(path).name


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value


def _plain(value: object) -> object:
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(type(value).__name__)
