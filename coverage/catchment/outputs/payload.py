"""A run as one plain dictionary: everything the page shows, and nothing else."""

from __future__ import annotations

import json
import math
import re
from importlib.resources import files
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from catchment.access.approximate import sure_enough
from catchment.access.totals import BRISK_KMH, SLOW_KMH
from catchment.model import UNITS_PER_PERSON, Cause, Setting, SiteType
from catchment.outputs.bands import bands_note, bands_text, drawn_bands
from catchment.outputs.candidates_page import candidate_rows, candidate_texts
from catchment.outputs.cell_columns import CELL_BUDGET, EXACT_CELLS, cell_columns
from catchment.outputs.compared import compare_columns, compare_texts, compared_types
from catchment.outputs.drawing import Lines, drawn_cells, drawn_outlines, drawn_streets, opening_bounds
from catchment.outputs.figures import CAUSE_COLUMNS, printed_figures
from catchment.outputs.groups import groups_table
from catchment.outputs.marks import edit_marks, join_marks
from catchment.outputs.own_areas import own_area_texts, own_areas
from catchment.outputs.plan_page import plan_rows, plan_texts
from catchment.outputs.profile import outlines_shown, published, shown_cells, shown_patches
from catchment.outputs.proposal_page import proposal_figures, proposal_texts
from catchment.outputs.readings import reading_texts
from catchment.outputs.roads import road_findings, road_method, road_rows
from catchment.outputs.stretches import choice_columns, people_order
from catchment.outputs.style import (
    CAUSES,
    DOUBTS,
    GAP_COLOURS,
    distance_text,
    printable,
    review_text,
    share_text,
    short_rule_text,
    standard_line,
    standard_notes,
    title_text,
    whole,
)
from catchment.outputs.water import drawn_water
from catchment.words import LANGUAGES, say, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Comparison, Finding, Indices, Mode, Percentiles, Run
    from catchment.outputs.bands import DrawnBands
    from catchment.outputs.drawing import DrawnCells
    from catchment.outputs.figures import Figures
    from catchment.outputs.marks import Marks
    from catchment.words import Language

GAPS_SHOWN = 300
"""Gaps that the page lists; the workbook has them all."""

_NO_RINGS = Lines(np.empty((0, 2), np.int64), np.zeros(1, np.int64))


def page_payload(run: Run, *, against: Comparison | None = None) -> dict[str, Any]:
    """
    Everything the page shows, in both languages, as plain lists, texts, numbers and columns of numbers.

    Raises
    ------
    InputError
        If ``against`` compares another run.
    """
    run = published(run)
    figures = printed_figures(run)
    cells = shown_cells(run, drawn_cells(run.people, run.access, order=people_order(run), cell_budget=CELL_BUDGET))
    bands, own = drawn_bands(run), own_areas(run)
    joins = join_marks(run.streets, run.people.xy)
    return {
        "schema": "catchment.page/1",
        "language": run.language,
        "synthetic": run.synthetic,
        "reviewed": bool(run.review_number),
        "profile": run.profile,
        "words": {language: _page_words(language) for language in LANGUAGES},
        "texts": {
            language: _texts(run, cells, language)
            | {
                "areas": _area_texts(run, bands, language),
                "own": own_area_texts(run, own, language),
                "joins": _joins_text(joins, language),
                "proposal": proposal_texts(run, figures.proposal, language),
                "candidates": candidate_texts(run, language),
                "compare": compare_texts(against, language),
                "types": {kind: type_text(kind, language) for kind in [*type_order(run), *compared_types(against)]},
                "roads": {"found": road_findings(run, language), "method": road_method(run, language)},
                "plan": plan_texts(run, language),
                "readings": {} if run.options is None else reading_texts(run.options.readings, language),
            }
            for language in LANGUAGES
        },
        "figures": _headline(run, figures),
        "counties": _counties(run, figures),
        "regions": _regions(run, figures),
        "groups": groups_table(run),
        "plan": plan_rows(run),
        "sites": _sites(run, figures),
        "types": type_order(run),
        "findings": [_finding(finding) for finding in run.findings],
        "sources": _sources(run),
        "bounds": opening_bounds(run.streets, run.people.xy, run.sites.xy),
        "cells": cell_columns(cells, _patch_of_cells(run, figures, cells)),
        "choice": choice_columns(run, cells),
        "compare": compare_columns(run, against, cells, figures),
        "candidates": candidate_rows(run),
        "gaps": _gaps(run, figures),
        "roads": road_rows(run, figures),
        "proposal": proposal_figures(run, figures.proposal, gaps_shown=GAPS_SHOWN),
        "streets": _streets(run),
        "water": _water(run),
        "base": _base(run),
        "joins": joins.packed(),
        "edits": {kind: marks.packed() for kind, marks in edit_marks(run.streets).items()},
        "areas": {mode: [lines.packed() for lines in drawn.rings] for mode, drawn in bands.items()},
        "own": {mode: drawn.packed() for mode, drawn in own.items() if drawn is not None},
        "colours": list(GAP_COLOURS),
    }


def payload_text(payload: dict[str, Any]) -> str:
    r"""
    The payload as JSON that may stand inside a ``<script>`` element: no character of it can end or escape the element.

    Examples
    --------
    >>> print(payload_text({"name": "</script>&\u2028\ud800"}))
    {"name":"\u003c/script\u003e\u0026\u2028\ufffd"}
    """
    text = printable(json.dumps(payload, ensure_ascii=False, separators=(",", ":"), allow_nan=False))
    for mark in "<>&\u2028\u2029\ufffd":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def type_order(run: Run) -> list[str]:
    """Types of site that occur: the plan's seven in their order, then others by name, then untyped."""
    found = {_optional(kind) for kind in run.by_site["type"]}
    known = [str(kind) for kind in SiteType if kind in found]
    others = sorted(kind for kind in found if kind and kind not in known)
    return [*known, *others, *([""] if "" in found else [])]


def type_text(kind: str, language: Language) -> str:
    """A type of site as printed: the plan's own in words, any other as the ledger has it."""
    if kind in ("", "none"):
        return say("type.none", language)
    return say(f"type.{kind}", language) if kind in set(SiteType) else printable(kind)


def finding_text(finding: Finding, language: Language) -> str:
    """One line of the data report in words."""
    return printable(say(finding.word, language, **finding.facts))


def file_name(path: str) -> str:
    r"""
    The last part of a path of any system.

    Examples
    --------
    >>> file_name("D:\\data\\sites.xlsx"), file_name("in/roads.osm.pbf")
    ('sites.xlsx', 'roads.osm.pbf')
    """
    return PurePosixPath(PureWindowsPath(path).as_posix()).name


def _page_words(language: Language) -> dict[str, str]:
    """The entries that the page's script names, whole or by their beginning."""
    script = files("catchment").joinpath("outputs", "assets", "app.js").read_text(encoding="utf-8")
    named = set(re.findall(r"""["']([a-z]+\.[a-z0-9_]*)["']""", script))
    starts = tuple(word for word in named if word.endswith((".", "_")))
    groups = (
        "page",
        "proposal",
        "whatif",
        "compare",
        "setting",
        "cause",
        "status",
        "level",
        "report",
        "merit",
        "tier",
        "roads",
        "plan",
        "fit",
        "compass",
        "stop",
    )
    words = {f"{group}.{key}": text for group in groups for key, text in words_of(group, language).items()}
    return {word: text for word, text in words.items() if word in named or word.startswith(starts)}


def _texts(run: Run, cells: DrawnCells, language: Language) -> dict[str, Any]:
    """The sentences of the page whose facts are known here."""
    return {
        "title": title_text(run, language),
        "name": printable(run.name) or say("page.map", language),
        "date": run.date.isoformat(),
        "standard": standard_line(run.standard, language),
        "notes": standard_notes(run, language),
        "review": review_text(run, language),
        "range": say("page.range_note", language, slow=SLOW_KMH, brisk=BRISK_KMH),
        "towns_on_foot": short_rule_text(run.standard.city, language),
        "towns_by_road": short_rule_text(run.standard.rural, language),
        "cells": _cells_text(cells, language),
    }


def _cells_text(cells: DrawnCells, language: Language) -> str:
    """What a reader must know of the drawn cells, if anything."""
    merged = [say("page.cells_merged", language, side=cells.merged)] if cells.merged > 1 else []
    about = [say("page.cells_about", language)] if len(cells.units) > EXACT_CELLS else []
    return " ".join(merged + about)


def _joins_text(joins: Marks, language: Language) -> str:
    """The joins of road lines in the legend; says so where not all are drawn."""
    word = "page.joins_layer" if joins.shown == joins.count else "page.joins_nearest"
    return say(word, language, count=f"{joins.count:,}", shown=f"{joins.shown:,}")


def _area_texts(run: Run, bands: Mapping[Mode, DrawnBands], language: Language) -> dict[str, dict[str, str]]:
    return {
        mode: {"name": bands_text(drawn.areas, run, language), "lengths": bands_note(drawn.areas, language)}
        for mode, drawn in bands.items()
    }


def _headline(run: Run, figures: Figures) -> dict[str, Any]:
    """The figures of the whole run: whole persons, shares as printed, and exact units."""
    totals = run.totals

    def reading(units: int) -> dict[str, Any]:
        return {"people": whole(units), "share": share_text(units, totals.people)}

    return {
        "people": figures.people,
        "covered": figures.covered,
        "uncovered": figures.uncovered,
        "doubtful": figures.doubtful,
        "share": share_text(totals.covered, totals.people),
        "fraction": totals.covered / totals.people if totals.people else 0.0,
        "doubtful_fraction": totals.doubtful / totals.people if totals.people else 0.0,
        "causes": [
            {"cause": cause.name.lower(), "people": figures.by_cause[cause], "doubtful": cause in DOUBTS}
            for cause in CAUSES
        ],
        "settings": _settings(figures),
        "slow": reading(totals.covered_slow),
        "brisk": reading(totals.covered_brisk),
        "towns_on_foot": reading(totals.covered_towns_on_foot),
        "towns_by_road": reading(totals.covered_towns_by_road),
        "towns_asked": run.standard.town.mode,
        "all_sites": reading(totals.covered_by_all_sites),
        "beyond": [
            {"metres": metres, "road": reading(totals.beyond_road[metres]), "straight": reading(units)}
            for metres, units in sorted(totals.beyond_straight.items())
        ],
        "percentiles": [_percentiles(row) for row in totals.percentiles],
        "left_out": whole(totals.left_out),
        "site_count": len(run.sites),
        "counted_count": int(run.counted.sum()),
        "unsnapped_count": int(run.unsnapped.sum()),
        "units": {
            "per_person": UNITS_PER_PERSON,
            "people": totals.people,
            "covered": totals.covered,
            **{cause.name.lower(): totals.uncovered_by_cause[cause] for cause in CAUSES},
        },
    }


def _settings(figures: Figures) -> list[dict[str, Any]]:
    rows = []
    for setting in Setting:
        persons, units = figures.by_setting[setting], figures.setting_units[setting]
        if not units.any():
            continue
        rows.append(
            {
                "setting": setting.name.lower(),
                "people": int(persons.sum()),
                "covered": int(persons[Cause.COVERED]),
                "share": share_text(int(units[Cause.COVERED]), int(units.sum())),
            }
        )
    return rows


def _percentiles(row: Percentiles) -> dict[str, Any]:
    distances = (row.p50_m, row.p90_m, row.p95_m, row.max_m)
    return {
        "mode": row.mode,
        "people": whole(row.people_units),
        "texts": {
            language: [distance_text(metres, language, beyond_m=row.beyond_search_m) for metres in distances]
            for language in LANGUAGES
        },
    }


def _regions(run: Run, figures: Figures) -> list[dict[str, Any]]:
    """The regions' rows with their outlines."""
    if run.regions is None or not len(run.by_region):
        return []
    outlines = dict(zip(run.regions.frame["region_id"], drawn_outlines(run.regions.frame), strict=True))
    shown = outlines_shown(run)
    sides = run.regions.frame.bounds.round(3).to_numpy().tolist()
    boxes = dict(zip(run.regions.frame["region_id"], sides, strict=True))
    inner = shapely.get_coordinates(shapely.point_on_surface(run.regions.frame.geometry.to_numpy()))
    labels = dict(zip(run.regions.frame["region_id"], np.round(inner, 5).tolist(), strict=True))
    units = run.by_region.to_dict("records")
    return [
        {
            "id": printable(row["region_id"]),
            "name": printable(row["name"]),
            "parent": _optional(row["parent"]),
            **_served(row, exact),
            "causes": {name: int(row[name]) for name in CAUSE_COLUMNS},
            "label": labels[row["region_id"]],
            "box": boxes[row["region_id"]],
            "rings": outlines[row["region_id"]].packed() if shown else _NO_RINGS.packed(),
        }
        for row, exact in zip(figures.by_region.to_dict("records"), units, strict=True)
    ]


def _counties(run: Run, figures: Figures) -> list[dict[str, Any]]:
    """The counties' rows; a region names its own by ``parent``."""
    pairs = zip(figures.by_county.to_dict("records"), run.by_county.to_dict("records"), strict=True)
    return [{"name": _optional(row["name"]), **_served(row, exact)} for row, exact in pairs]


def _served(row: Mapping[Any, Any], exact: Mapping[Any, Any]) -> dict[str, Any]:
    """Sites and people of a region or county, as printed; its share is exact."""
    return {
        "sites": int(row["sites_count"]),
        "counted": int(row["counted_sites_count"]),
        "people": int(row["people"]),
        "uncovered": int(row["uncovered"]),
        "share": share_text(int(exact["covered"]), int(exact["people"])),
        "fraction": exact["covered"] / exact["people"] if exact["people"] else 0.0,
    }


def _sites(run: Run, figures: Figures) -> list[dict[str, Any]]:
    frame = run.sites.frame
    places = np.round(run.sites.xy, 6).tolist()
    rows = zip(frame.to_dict("records"), figures.by_site.to_dict("records"), places, strict=True)
    listed = [_site(site, row, place, unsnapped=bool(run.unsnapped[i])) for i, (site, row, place) in enumerate(rows)]
    return [{**row, **about} for row, about in zip(listed, _guessed(run), strict=True)]


def _guessed(run: Run) -> list[dict[str, Any]]:
    """How far off the place of each site may be [m] if it is a guess, and whether the site counts by road."""
    limit_m = run.standard.limit_mm("road") / 1000
    by_road = run.counted & sure_enough(run.sites, "road", limit_m=limit_m)
    pairs = zip(run.sites.approximate, run.sites.uncertainty_m, by_road, strict=True)
    return [{"approximate_m": round(off), "by_road": bool(road)} if guess else {} for guess, off, road in pairs]


def _site(site: dict[Any, Any], row: dict[Any, Any], place: list[float], *, unsnapped: bool) -> dict[str, Any]:
    gap_m = float(row["gap_m"])
    return {
        "id": printable(site["site_id"]),
        "name": printable(site["name"]),
        "type": _optional(site["type"]),
        "status": site["status"],
        "address": _optional(site["address"]),
        "services": _optional(site.get("services", "")),
        "region": _optional(row["region"]),
        "counted": bool(row["counted"]),
        "unsnapped": unsnapped,
        "xy": place,
        "reach": int(row["reach"]),
        "catchment": int(row["catchment"]),
        "covered": int(row["catchment_covered"]),
        "unique": int(row["unique"]),
        "gap_m": None if math.isnan(gap_m) else round(gap_m),
    }


def _gaps(run: Run, figures: Figures) -> dict[str, Any]:
    """The first gaps, how many more there are with how many people, and people of those that are not listed at all."""
    listed = shown_patches(run, figures.patches)
    shown, rest = listed[:GAPS_SHOWN], listed[GAPS_SHOWN:]
    unlisted = sum(patch.people for patch in figures.patches) - sum(patch.people for patch in listed)
    rows = [
        {
            "people": patch.people,
            "region": printable(patch.region),
            "setting": patch.setting.name.lower(),
            "cause": patch.cause.name.lower(),
            "doubtful": patch.cause in DOUBTS,
            "site": patch.site,
            "cost_m": patch.cost_m,
            "beyond_m": patch.beyond_m,
            "straight_m": patch.straight_m,
            "xy": [round(patch.lon, 6), round(patch.lat, 6)],
        }
        for patch in shown
    ]
    more = {"more": len(rest), "more_people": sum(patch.people for patch in rest)}
    return {"rows": rows, **more, "unlisted_people": unlisted}


def _patch_of_cells(run: Run, figures: Figures, cells: DrawnCells) -> Indices:
    """The listed gap of each drawn cell: its row, -1 if in none."""
    if run.gaps is None:
        return np.full(len(cells.point), -1, np.int32)
    # One more for -1, "in no gap", which picks the last.
    row = np.full(len(run.gaps) + 1, -1, np.int32)
    listed = [patch.number - 1 for patch in shown_patches(run, figures.patches)[:GAPS_SHOWN]]
    row[listed] = np.arange(len(listed))
    return row[run.gaps.patch[cells.point]]


def _optional(text: Any) -> str:
    return printable(text) if isinstance(text, str) else ""


def _finding(finding: Finding) -> dict[str, Any]:
    place = [file_name(finding.file), finding.sheet, "" if finding.row is None else str(finding.row), finding.column]
    return {
        "level": finding.level,
        "place": [printable(part) for part in place],
        **{language: finding_text(finding, language) for language in LANGUAGES},
    }


def _sources(run: Run) -> list[dict[str, str]]:
    return [
        {
            "role": source.role,
            "file": printable(file_name(source.path)),
            "date": source.date.isoformat() if source.date else "",
            "attribution": printable(source.attribution),
            "licence": printable(source.licence),
            "sha256": source.sha256,
        }
        for source in run.sources
    ]


def _streets(run: Run) -> dict[str, Any]:
    drawn = drawn_streets(run.streets)
    return {
        "ranks": {name: lines.packed() for name, lines in drawn.lines.items()},
        "simplified_m": drawn.simplified_m,
        "left_out": list(drawn.left_out),
    }


def _water(run: Run) -> dict[str, Any]:
    drawn = drawn_water(run.water)
    return {"areas": drawn.areas.packed(), "lines": drawn.lines.packed()}


def _base(run: Run) -> dict[str, Any] | None:
    if run.base is None:
        return None
    return {
        "templates": list(run.base.templates),
        "hosts": [origin.partition("://")[2] for origin in run.base.origins],
        "datum": run.base.datum,
        "attribution": printable(run.base.attribution),
        "max_zoom": run.base.max_zoom,
    }
