"""The sheet of the workbook on roads: how complete they are by region, and who is in doubt for want of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.model import RoadClass
from catchment.outputs.lines import Factor, Line, Share, Sheet, Sum
from catchment.outputs.roads import class_text, density_km, printed_roads, road_findings, road_method
from catchment.outputs.style import printable, title_text
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.model import RoadsMissing, Run
    from catchment.outputs.figures import Figures
    from catchment.outputs.lines import Cell

_HEADS = (
    "book.region_id",
    "book.name",
    "book.parent",
    "roads.class",
    "roads.area",
    "roads.street_km",
    "roads.road_km",
    "roads.street_density",
    "roads.road_density",
    "roads.relative",
    "page.residents",
    "roads.near_200",
    "roads.near_500",
    "roads.doubt",
    "roads.likely",
    "roads.unlikely",
    "roads.far_people",
    "roads.far_likely",
)

_PEOPLE = ("doubt", "likely", "unlikely", "far", "far_likely")


def roads_sheet(run: Run, found: RoadsMissing, figures: Figures) -> Sheet:
    """A line per region and the total, below the sentences that say how the classes and the estimate are made."""
    language = run.language
    notes = (*road_findings(run, language), *road_method(run, language))
    above = [Line((title_text(run, language),), "title"), *(Line((text,), "note") for text in notes)]
    heads = Line(tuple(say(word, language) for word in _HEADS), "header")
    lines = (*above, heads, *_rows(run, found, figures))
    return Sheet(say("roads.sheet", language), lines, is_table=True, above=len(above))


def _rows(run: Run, found: RoadsMissing, figures: Figures) -> Iterator[Line]:
    language, exact = run.language, found.by_region
    printed, people = printed_roads(found, figures), figures.by_region["people"].tolist()
    for row, units, residents in zip(printed.to_dict("records"), exact.to_dict("records"), people, strict=True):
        cells: tuple[Cell, ...] = (
            *(printable(row[name]) if isinstance(row[name], str) else "" for name in ("region_id", "name", "parent")),
            class_text(row["road_class"], language),
            *_lengths(row["street_mm"], row["road_mm"], row["area_km2"]),
            Factor(row["relative"]),
            int(residents),
            *(Share(int(units[name]), int(units["people"])) for name in ("near_200", "near_500")),
            *(int(row[name]) for name in _PEOPLE),
        )
        yield Line(cells, "quiet" if row["road_class"] == RoadClass.ENOUGH else "plain")
    sums = {name: int(exact[name].sum()) for name in ("street_mm", "road_mm", "near_200", "near_500", "people")}
    total: tuple[Cell, ...] = (
        *(say("page.total", language), "", "", ""),
        *_lengths(sums["street_mm"], sums["road_mm"], float(exact["area_km2"].sum())),
        None,
        Sum(sum(people)),
        *(Share(sums[name], sums["people"]) for name in ("near_200", "near_500")),
        *(Sum(int(printed[name].sum())) for name in _PEOPLE),
    )
    yield Line(total, "total")


def _lengths(street_mm: int, road_mm: int, area_km2: float) -> tuple[Cell, ...]:
    """Area, kilometres of streets and roads, and both by area."""
    densities = (Factor(density_km(length, area_km2)) for length in (street_mm, road_mm))
    return (round(area_km2, 1), round(street_mm / 1e6, 1), round(road_mm / 1e6, 1), *densities)
