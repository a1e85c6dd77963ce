"""The sheets of the workbook as plain tables: what stands in which line, before anything is written."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Literal

from catchment.access.totals import BRISK_KMH, SLOW_KMH
from catchment.model import Cause, Setting
from catchment.outputs.curve import curve_sheet
from catchment.outputs.figures import CAUSE_COLUMNS, SETTING_COLUMNS
from catchment.outputs.groups import groups_sheet
from catchment.outputs.lines import Beyond, Degrees, Factor, Line, Share, Sheet, Sum
from catchment.outputs.payload import file_name, finding_text, type_text
from catchment.outputs.plan_sheets import plan_sheets
from catchment.outputs.profile import cause_groups, doubt_note_word, published, shown_patches
from catchment.outputs.progress import progress_sheet
from catchment.outputs.proposal_sheet import proposal_sheet, region_cells, region_heads
from catchment.outputs.roads_sheet import roads_sheet
from catchment.outputs.style import (
    CAUSES,
    DOUBTS,
    distance_text,
    printable,
    review_text,
    short_rule_text,
    standard_line,
    standard_notes,
    title_text,
    whole,
)
from catchment.outputs.survey_sheet import survey_sheet
from catchment.rounding import largest_remainder
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from catchment.model import ControlCheck, Percentiles, Run
    from catchment.outputs.figures import Figures
    from catchment.outputs.lines import Cell
    from catchment.words import Language


_DIGITS = 12
"""Of a checksum; all 64 stand in ``run.json`` and would push every other column off the page."""


def sheets(run: Run, figures: Figures) -> list[Sheet]:
    """All sheets in the language of the run; the one by region only if there are regions. The public gets no report."""
    run = published(run)
    causes = Sheet(say("book.sheet_causes", run.language), tuple(_causes(run, figures)), is_table=False)
    made = [*_service_sheets(run, figures), *_proposal_sheets(run, figures), causes]
    return made if run.profile == "public" else [*made, *_inside_sheets(run, figures)]


def _service_sheets(run: Run, figures: Figures) -> Iterator[Sheet]:
    """Who is served, where and by which site."""
    language = run.language
    yield Sheet(say("book.sheet_overview", language), tuple(_overview(run, figures)), is_table=False)
    if len(figures.by_county):
        yield Sheet(say("book.sheet_counties", language), tuple(_counties(run, figures)), is_table=True)
    if len(figures.by_region):
        yield Sheet(say("book.sheet_regions", language), tuple(_regions(run, figures)), is_table=True)
    yield Sheet(say("book.sheet_sites", language), tuple(_sites(run, figures)), is_table=True)
    if shown_patches(run, figures.patches):
        yield Sheet(say("book.sheet_gaps", language), tuple(_gaps(run, figures)), is_table=True)


def _proposal_sheets(run: Run, figures: Figures) -> Iterator[Sheet]:
    """Where next."""
    if figures.proposal:
        yield proposal_sheet(run, figures.proposal)
    if run.suggestions is not None and len(run.suggestions):
        yield curve_sheet(run, run.suggestions)


def _inside_sheets(run: Run, figures: Figures) -> Iterator[Sheet]:
    """What the office works with and does not show."""
    language = run.language
    if figures.proposal and (figures.proposal.rows or (run.suggestions and run.suggestions.notes.elsewhere)):
        yield survey_sheet(run, figures.proposal)
    if run.roads_missing is not None:
        yield roads_sheet(run, run.roads_missing, figures)
    if run.progress is not None:
        yield progress_sheet(run, run.progress)
    if run.planned is not None:
        yield from plan_sheets(run, run.planned)
    if run.groups:
        yield groups_sheet(run)
    if run.census_check:
        yield Sheet(say("book.sheet_census", language), tuple(_census(run)), is_table=True)
    yield Sheet(say("book.sheet_report", language), tuple(_report(run)), is_table=True)


def _heads(language: Language, *words: str) -> Line:
    return Line(tuple(say(word, language) for word in words), "header")


# ---- overview


def _overview(run: Run, figures: Figures) -> Iterator[Line]:
    language = run.language
    yield Line((title_text(run, language),), "title")
    yield Line((standard_line(run.standard, language),), "note")
    for note in standard_notes(run, language):
        yield Line((note,), "note")
    yield Line((review_text(run, language),), "note")
    if run.synthetic:
        yield Line((say("page.synthetic", language),), "heading")
    yield Line(())
    yield from _headline(run, figures)
    yield Line(())
    yield from _by_setting(figures, language)
    yield Line(())
    yield from _distances(run)
    yield Line(())
    yield from _sources(run)
    yield Line(())
    yield Line((say("page.rounding", language),), "note")
    yield Line((say(doubt_note_word(run), language),), "note")


def _headline(run: Run, figures: Figures) -> Iterator[Line]:
    totals, language = run.totals, run.language

    def reading(text: str, units: int) -> Line:
        return Line((text, whole(units), Share(units, totals.people)))

    yield _heads(language, "book.headline", "book.people", "book.share")
    yield Line((say("page.residents", language), figures.people))
    yield Line((say("page.covered", language), figures.covered, Share(totals.covered, totals.people)), "total")
    yield Line((say("page.uncovered", language), figures.uncovered, Share(totals.uncovered, totals.people)), "total")
    if figures.proposal:
        text = say("proposal.adopted", language, count=len(figures.proposal.rows))
        yield Line((text, figures.proposal.after, Share(figures.proposal.after_units, totals.people)))
    for group in cause_groups(run):
        units = sum(totals.uncovered_by_cause[cause] for cause in group.causes)
        people = sum(figures.by_cause[cause] for cause in group.causes)
        look: Literal["quiet", "plain"] = "quiet" if group.doubtful else "plain"
        yield Line((group.marked(language), people, Share(units, totals.people)), look)
    yield reading(say("book.range_slow", language, speed=SLOW_KMH), totals.covered_slow)
    yield reading(say("book.range_slow", language, speed=BRISK_KMH), totals.covered_brisk)
    on_foot, by_road = (short_rule_text(rule, language) for rule in (run.standard.city, run.standard.rural))
    yield reading(say("book.towns", language, rule=on_foot), totals.covered_towns_on_foot)
    yield reading(say("book.towns", language, rule=by_road), totals.covered_towns_by_road)
    yield reading(say("book.all_sites", language), totals.covered_by_all_sites)
    if totals.left_out:
        yield Line((say("page.left_out", language, people=f"{whole(totals.left_out):,}"),), "note")
    yield Line(())
    yield _heads(language, "page.tab_sites", "book.sites")
    yield Line((say("book.sites_all", language), len(run.sites)))
    yield Line((say("book.sites_counted", language), int(run.counted.sum())))
    if run.profile == "internal":
        yield Line((say("book.sites_unsnapped", language), int(run.unsnapped.sum())))
    if run.sites.approximate.any():
        yield Line((say("book.sites_approximate", language), int(run.sites.approximate.sum())))


def _by_setting(figures: Figures, language: Language) -> Iterator[Line]:
    yield _heads(language, "page.by_setting", "page.residents", "page.covered", "page.covered_share")
    for setting in Setting:
        persons, units = figures.by_setting[setting], figures.setting_units[setting]
        share = Share(int(units[Cause.COVERED]), int(units.sum()))
        text = say(f"setting.{setting.name.lower()}", language)
        yield Line((text, int(persons.sum()), int(persons[Cause.COVERED]), share))
    units = figures.setting_units
    share = Share(int(units[:, Cause.COVERED].sum()), int(units.sum()))
    yield Line((say("page.total", language), Sum(figures.people), Sum(figures.covered), share), "total")


def _distances(run: Run) -> Iterator[Line]:
    language, totals = run.language, run.totals
    yield Line(
        (
            say("book.percentiles", language),
            "50%",
            "90%",
            "95%",
            say("page.farthest", language),
            say("book.people", language),
        ),
        "header",
    )
    for row in totals.percentiles:
        distances = (_kilometres(metres, row, language) for metres in (row.p50_m, row.p90_m, row.p95_m, row.max_m))
        yield Line((say(f"page.mode_{row.mode}", language), *distances, whole(row.people_units)))
    yield Line(())
    yield _heads(language, "book.beyond", "book.people", "book.share")
    for way, people in (("road", totals.beyond_road), ("straight", totals.beyond_straight)):
        for metres, units in sorted(people.items()):
            text = say(f"book.beyond_{way}", language, distance=distance_text(metres, language))
            yield Line((text, whole(units), Share(units, totals.people)))


def _kilometres(metres: float, row: Percentiles, language: Language) -> Cell:
    if math.isnan(metres):
        return Beyond(distance_text(metres, language, beyond_m=row.beyond_search_m))
    return round(metres / 1000, 3)


def _sources(run: Run) -> Iterator[Line]:
    if run.profile == "public":
        yield _heads(run.language, "book.sources", "book.date", "book.attribution", "book.licence")
        for source in run.sources:
            date = source.date.isoformat() if source.date else ""
            facts = (date, printable(source.attribution), printable(source.licence))
            yield Line((say(f"page.role_{source.role}", run.language), *facts))
        return
    heads = ("book.sources", "book.file", "book.date", "book.attribution", "book.licence")
    yield Line((*_heads(run.language, *heads).cells, say("book.checksum", run.language, digits=_DIGITS)), "header")
    for source in run.sources:
        role = say(f"page.role_{source.role}", run.language)
        texts = (
            file_name(source.path),
            source.date.isoformat() if source.date else "",
            source.attribution,
            source.licence,
            source.sha256[:_DIGITS],
        )
        yield Line((role, *map(printable, texts)))


# ---- tables


def _regions(run: Run, figures: Figures) -> Iterator[Line]:
    language, frame = run.language, figures.by_region
    texts = ("book.region_id", "book.name", "book.parent")
    settings = tuple(f"setting.{name}" for name in SETTING_COLUMNS)
    causes = tuple(group.word for group in cause_groups(run))
    people = ("page.residents", *settings, "page.covered", "page.covered_share", "page.uncovered", *causes)
    heads = _heads(language, *texts, *people, "book.sites_all", "book.sites_counted").cells
    yield Line((*heads, *region_heads(figures.proposal, language)), "header")
    exact = run.by_region
    *planned, all_planned = region_cells(run, figures.proposal)
    for row, units, plan in zip(frame.to_dict("records"), exact.to_dict("records"), planned, strict=True):
        cells = (_text(row["region_id"]), _text(row["name"]), _text(row["parent"]))
        yield Line((*cells, *_region_cells(run, row, Share(int(units["covered"]), int(units["people"]))), *plan))
    share = Share(int(exact["covered"].sum()), int(exact["people"].sum()))
    sums = {str(name): int(value) for name, value in _sums(frame).items()}
    summed = (Sum(cell) if isinstance(cell, int) else cell for cell in _region_cells(run, sums, share))
    yield Line((say("page.total", language), "", "", *summed, *all_planned), "total")


def _counties(run: Run, figures: Figures) -> Iterator[Line]:
    """The rows of the regions summed by county; the sheet by region has their parts."""
    language, frame, exact = run.language, figures.by_county, run.by_county
    regions = run.by_region["parent"].value_counts()
    settings = tuple(f"setting.{name}" for name in SETTING_COLUMNS)
    causes = tuple(group.word for group in cause_groups(run))
    people = ("page.residents", *settings, "page.covered", "page.covered_share", "page.uncovered", *causes)
    yield _heads(language, "book.county", "book.regions_count", *people, "book.sites_all", "book.sites_counted")
    for row, units in zip(frame.to_dict("records"), exact.to_dict("records"), strict=True):
        name = _text(row["name"]) or say("page.no_parent", language)
        share = Share(int(units["covered"]), int(units["people"]))
        yield Line((name, int(regions[row["region_id"]]), *_region_cells(run, row, share)))
    share = Share(int(exact["covered"].sum()), int(exact["people"].sum()))
    sums = {str(name): int(value) for name, value in _sums(frame).items()}
    summed = (Sum(cell) if isinstance(cell, int) else cell for cell in _region_cells(run, sums, share))
    yield Line((say("page.total", language), Sum(len(run.by_region)), *summed), "total")


def _region_cells(run: Run, row: dict[Any, Any], share: Share) -> tuple[Cell, ...]:
    return (
        int(row["people"]),
        *(int(row[name]) for name in SETTING_COLUMNS),
        int(row["covered"]),
        share,
        int(row["uncovered"]),
        *(sum(int(row[cause.name.lower()]) for cause in group.causes) for group in cause_groups(run)),
        int(row["sites_count"]),
        int(row["counted_sites_count"]),
    )


def _sums(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame[[name for name in frame.columns if name not in ("region_id", "name", "parent")]].sum()


def _sites(run: Run, figures: Figures) -> Iterator[Line]:
    language, frame = run.language, figures.by_site
    texts = ("book.site_id", "book.name", "book.type", "book.status", "page.region", "book.address", "book.counted")
    people = ("page.reach", "page.catchment", "page.catchment_covered", "page.unique")
    roads = ("book.gap_m",) if run.profile == "internal" else ()
    places = _places_said(run)
    yield _heads(language, *texts, *people, *roads, *(("book.place",) if places else ()))
    addresses = run.sites.frame["address"]
    for number, (row, address) in enumerate(zip(frame.to_dict("records"), addresses, strict=True)):
        yield Line(
            (
                _text(row["site_id"]),
                _text(row["name"]),
                type_text(_text(row["type"]), language),
                say(f"status.{row['status']}", language),
                _text(row["region"]),
                _text(address),
                say("book.yes" if row["counted"] else "book.no", language),
                int(row["reach"]),
                int(row["catchment"]),
                int(row["catchment_covered"]),
                int(row["unique"]),
                *(None if math.isnan(row["gap_m"]) else round(row["gap_m"]) for _ in roads),
                *places[number : number + 1],
            )
        )
    sums = (Sum(int(frame[name].sum())) for name in ("catchment", "catchment_covered", "unique"))
    yield Line(
        (say("page.total", language), *[""] * 7, *sums, *(None for _ in roads), *([None] if places else [])), "total"
    )


def _places_said(run: Run) -> list[str]:
    """Whether the place of each site is exact or a guess; nothing where all are exact."""
    if not run.sites.approximate.any():
        return []
    return [
        say("book.place_approximate", run.language, metres=f"{round(metres):,}")
        if approximate
        else say("book.place_exact", run.language)
        for approximate, metres in zip(run.sites.approximate, run.sites.uncertainty_m, strict=True)
    ]


def _gaps(run: Run, figures: Figures) -> Iterator[Line]:
    """All patches of uncovered people, ranked; distances are those of the point with most people."""
    language, names = run.language, run.sites.frame["name"].tolist()
    yield _heads(
        language,
        *("page.gap_number", "page.region", "page.setting", "page.cause", "page.uncovered", "page.nearest"),
        *("book.network_km", "book.straight_km", "book.lon", "book.lat"),
    )
    listed = shown_patches(run, figures.patches)
    for patch in listed:
        beyond = math.nan if patch.beyond_m < 0 else float(patch.beyond_m)
        cells: tuple[Cell, ...] = (
            patch.number,
            _text(patch.region),
            say(f"setting.{patch.setting.name.lower()}", language),
            say(f"cause.{patch.cause.name.lower()}", language),
            patch.people,
            _text(names[patch.site]) if patch.site >= 0 else "",
            patch.cost_m / 1000 if patch.cost_m >= 0 else Beyond(distance_text(math.nan, language, beyond_m=beyond)),
            patch.straight_m / 1000 if patch.straight_m >= 0 else None,
        )
        look: Literal["quiet", "plain"] = "quiet" if patch.cause in DOUBTS else "plain"
        yield Line((*cells, Degrees(patch.lon), Degrees(patch.lat)), look)
    total = Sum(sum(patch.people for patch in listed))
    yield Line((say("page.total", language), "", "", "", total, "", None, None, None, None), "total")


def _causes(run: Run, figures: Figures) -> Iterator[Line]:
    language = run.language
    settings = tuple(f"setting.{name}" for name in SETTING_COLUMNS)
    yield _heads(language, "book.cause_by_setting", *settings, "page.total")
    groups = cause_groups(run)
    for group in groups:
        look: Literal["quiet", "plain"] = "quiet" if group.doubtful else "plain"
        yield Line((say(group.word, language), *_over(figures, group.causes)), look)
    uncovered = _over(figures, CAUSES)
    yield Line((say("page.uncovered", language), *map(Sum, uncovered)), "total")
    if run.profile == "internal":
        yield Line((say("book.doubts", language), *_over(figures, DOUBTS)), "total")
    if not len(figures.by_region):
        return
    yield Line(())
    yield _heads(language, "book.cause_by_region", *(group.word for group in groups), "page.uncovered")
    columns = [[CAUSE_COLUMNS[cause] for cause in group.causes] for group in groups] + [["uncovered"]]
    for row in figures.by_region.to_dict("records"):
        yield Line((_text(row["name"]), *(sum(int(row[name]) for name in names) for names in columns)))
    sums = (Sum(int(figures.by_region[names].sum().sum())) for names in columns)
    yield Line((say("page.total", language), *sums), "total")


def _over(figures: Figures, causes: tuple[Cause, ...]) -> list[int]:
    """People of some causes by setting, and all of them."""
    persons: list[int] = figures.by_setting[:, list(causes)].sum(axis=1).tolist()
    return [*persons, sum(persons)]


def _census(run: Run) -> Iterator[Line]:
    """Source, census and result by control unit, and the urban share of people as classified beside the census's."""
    checks, language = run.census_check, run.language
    yield _heads(
        language,
        *("book.unit_id", "book.name", "book.source_people", "book.census_people", "book.factor", "book.calibrated"),
        *("book.urban_share", "book.census_urban_share", "book.city_share", "book.census_city_share"),
        *("book.urban_factor", "book.rural_factor"),
    )
    sources = largest_remainder([check.source_people for check in checks]).tolist()
    for check, source in zip(checks, sources, strict=True):
        cells = (_text(check.unit_id), _text(check.name), source, check.census_people, Factor(check.factor))
        factors = Factor(check.urban_factor), Factor(check.rural_factor)
        yield Line((*cells, whole(check.people), *_urban_shares((check,)), *factors))
    source, census = math.fsum(check.source_people for check in checks), sum(check.census_people for check in checks)
    factor = Factor(census / source if source else math.nan)
    people = Sum(whole(sum(check.people for check in checks)))
    sums = (Sum(sum(sources)), Sum(census), factor, people)
    yield Line((say("page.total", language), "", *sums, *_urban_shares(checks), None, None), "total")


def _urban_shares(checks: tuple[ControlCheck, ...]) -> Iterator[Share | None]:
    """Shares of city and town, and of the city alone; the census's only where it says them for all of the units."""
    base, census = sum(check.people for check in checks), sum(check.census_people for check in checks)
    for name in ("urban", "city"):
        counts = [getattr(check, f"census_{name}") for check in checks]
        yield Share(sum(getattr(check, name) for check in checks), base)
        yield Share(sum(counts), census) if min(counts) >= 0 else None


def _report(run: Run) -> Iterator[Line]:
    language = run.language
    yield _heads(language, "book.level", "book.finding", "book.file", "book.sheet", "book.row", "book.column")
    for level in ("bad_row", "warning", "note"):
        for finding in run.findings:
            if finding.level == level:
                texts = (say(f"level.{level}", language), finding_text(finding, language))
                place = (printable(finding.file), printable(finding.sheet), finding.row, printable(finding.column))
                yield Line((*texts, *place))


def _text(value: Any) -> str:
    return printable(value) if isinstance(value, str) else ""
