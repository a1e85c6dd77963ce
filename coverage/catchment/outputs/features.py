"""The layers of the package as tables: what stands in which column, before anything is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from catchment.model import UNITS_PER_PERSON, VERDICTS, RoadClass
from catchment.network.streets import JOIN_KINDS, ROAD_BACKWARD, ROAD_FORWARD, ROUGH, STREET_KINDS, WALK
from catchment.outputs.area_layers import area_table, split_table
from catchment.outputs.figures import CAUSE_COLUMNS, SETTING_COLUMNS, printed_figures
from catchment.outputs.merits import MERIT_WORDS, merit_columns
from catchment.outputs.proposal import kind_text
from catchment.outputs.roads_layer import road_columns
from catchment.outputs.style import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from catchment.model import Floats, Indices, Regions, Run, Streets
    from catchment.outputs.figures import Figures
    from catchment.outputs.proposal import Proposal

LayerName = Literal[
    "sites",
    "suggestions",
    "regions",
    "people",
    "uncovered",
    "areas",
    "split",
    "water",
    "waterways",
    "streets",
    "joins",
]

ROAD_CODES = ("no", "forward", "backward", "both")
"""Values of ``streets.road``: who rides may pass along the line, against it, both ways or not at all."""

COLUMN_WORDS = {
    "site_id": "book.site_id",
    "name": "book.name",
    "type": "book.type",
    "status": "book.status",
    "county": "package.county",
    "township": "package.township",
    "address": "book.address",
    "region": "page.region",
    "counted": "book.counted",
    "unsnapped": "page.unsnapped_short",
    "approximate": "page.approximate_short",
    "uncertainty_m": "book.uncertainty_m",
    "gap_m": "book.gap_m",
    "catchment": "page.catchment",
    "catchment_covered": "package.catchment_covered",
    "catchment_unique": "page.unique",
    "region_id": "book.region_id",
    "parent": "book.parent",
    "sites_count": "book.sites_all",
    "counted_sites_count": "book.sites_counted",
    "people": "page.residents",
    **{setting: f"setting.{setting}" for setting in SETTING_COLUMNS},
    **{cause: f"cause.{cause}" for cause in CAUSE_COLUMNS},
    "uncovered": "page.uncovered",
    "road_class": "roads.class",
    "street_km": "roads.street_km",
    "road_km": "roads.road_km",
    "street_km_per_km2": "roads.street_density",
    "road_km_per_km2": "roads.road_density",
    "near_200_share": "roads.near_200",
    "near_500_share": "roads.near_500",
    "doubt": "roads.doubt",
    "doubt_likely": "roads.likely",
    "far_in_few_roads": "roads.far_people",
    "far_likely": "roads.far_likely",
    "covered_share": "page.covered_share",
    "people_units": "package.people_units",
    "covered_units": "package.covered_units",
    "point_id": "package.point_id",
    "persons": "book.people",
    "units": "package.units",
    "setting": "page.setting",
    "cause": "page.cause",
    "nearest_site": "page.nearest",
    "cost_m": "package.cost_m",
    "straight_m": "package.straight_m",
    "number": "page.gap_number",
    "place": "proposal.place",
    "what": "proposal.kind",
    "premises": "proposal.is_premises",
    "visited": "survey.verdict",
    "street": "proposal.street",
    "added": "proposal.added",
    "only": "page.unique",
    "shared": "proposal.shared",
    "reach": "page.reach",
    "added_units": "proposal.added_units",
    "only_units": "proposal.only_units",
    "shared_units": "proposal.shared_units",
    "reach_units": "proposal.reach_units",
    "gap_number": "proposal.gap",
    **MERIT_WORDS,
    "mode": "package.mode",
    "band": "package.band",
    "limit_m": "package.limit_m",
    "minutes": "package.minutes",
    "colour": "package.colour",
    "way_id": "package.way_id",
    "kind": "package.kind",
    "length_m": "package.length_m",
    "walk": "package.walk",
    "road": "package.road",
    "rough": "package.rough",
    "join": "package.join",
}
"""What each column is called in the language of the run, whatever its layer."""

CODE_WORDS: Mapping[str, Mapping[str, str]] = {
    "setting": {name: f"setting.{name}" for name in SETTING_COLUMNS},
    "cause": {name: f"cause.{name}" for name in CAUSE_COLUMNS},
    "status": {name: f"status.{name}" for name in ("open", "planned", "preparing", "closed")},
    "mode": {name: f"page.mode_{name}" for name in ("walk", "road")},
    "road": {name: f"package.road_{name}" for name in ROAD_CODES},
    "join": {name: f"package.join_{name}" for name in JOIN_KINDS},
    "visited": {verdict: f"survey.{verdict}" for verdict in VERDICTS},
    "road_class": {kind.name.lower(): f"roads.class_{kind.name.lower()}" for kind in RoadClass},
}
"""What the codes in columns of text mean. Types of site are left out: a ledger of another field has its own."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One layer: its table and the kind of its shapes."""

    name: LayerName
    frame: gpd.GeoDataFrame
    geometry_type: Literal["Point", "LineString", "Polygon", "MultiPolygon"]


def layers(run: Run) -> list[Layer]:
    """
    All layers of a run in WGS84.

    Regions, areas, suggestions, water and joins only if there are any, uncovered cells only for people on a grid.

    ``sites``, ``suggestions`` and ``regions`` hold whole persons as every output prints them; ``people``, ``uncovered``
    and the columns ``*_units`` are exact, in 1/1024 person.
    """
    figures = printed_figures(run)
    everyone = _people(run)
    made = [Layer("sites", _sites(run, figures), "Point")]
    if figures.proposal:
        made.append(Layer("suggestions", _suggestions(run, figures.proposal), "Point"))
    if run.regions is not None and len(run.by_region):
        made.append(Layer("regions", _regions(run, run.regions, figures), "MultiPolygon"))
    made.append(Layer("people", _placed(everyone, shapely.points(run.people.xy)), "Point"))
    if run.people.cell_degrees is not None:
        uncovered = ~run.access.covered
        cells = _cells(run.people.xy[uncovered], run.people.cell_degrees)
        made.append(Layer("uncovered", _placed(everyone[uncovered], cells), "Polygon"))
    areas = [Layer("areas", area_table(run), "Polygon"), Layer("split", split_table(run), "Polygon")]
    made += [layer for layer in areas if len(layer.frame)]
    if run.water is not None:
        areas, lines = (_named_shapes(frame) for frame in (run.water.areas, run.water.lines))
        water = [Layer("water", areas, "MultiPolygon"), Layer("waterways", lines, "LineString")]
        made += [layer for layer in water if len(layer.frame)]
    made.append(Layer("streets", _streets(run.streets), "LineString"))
    if len(run.streets.joins_xy):
        joins = pd.DataFrame({"join": np.array(JOIN_KINDS, object)[run.streets.joins_kind]})
        made.append(Layer("joins", _placed(joins, shapely.points(run.streets.joins_xy)), "Point"))
    return made


def _placed(frame: pd.DataFrame, shapes: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame, geometry=np.asarray(shapes, object), crs="EPSG:4326")


def _texts(values: Iterable[Any]) -> list[str | None]:
    return [printable(value) if isinstance(value, str) else None for value in values]


def _sites(run: Run, figures: Figures) -> gpd.GeoDataFrame:
    ledger, table = run.sites.frame, figures.by_site
    frame = {name: _texts(ledger[name]) for name in ("site_id", "name", "type", "status")}
    frame |= {name: _texts(ledger[name]) for name in ("county", "township", "address")}
    people = {"catchment": "catchment", "catchment_covered": "catchment_covered", "catchment_unique": "unique"}
    return _placed(
        pd.DataFrame(
            {
                **frame,
                "region": _texts(table["region"]),
                "counted": run.counted,
                "unsnapped": run.unsnapped,
                "gap_m": table["gap_m"].to_numpy(np.float64),
                **{name: table[column].to_numpy(np.int64) for name, column in people.items()},
                **_guessed(run),
            }
        ),
        shapely.points(run.sites.xy),
    )


def _guessed(run: Run) -> dict[str, Any]:
    """Which places are guesses, and how far off they may be; nothing where all are exact."""
    if not run.sites.approximate.any():
        return {}
    return {"approximate": run.sites.approximate, "uncertainty_m": run.sites.uncertainty_m}


def _suggestions(run: Run, proposal: Proposal) -> gpd.GeoDataFrame:
    rows, exact = proposal.rows, None if run.suggestions is None else _with_shared(run.suggestions.frame)
    ids = run.sites.frame["site_id"].to_numpy(object)
    whole: dict[str, list[int]] = {
        name: [getattr(row, name) for row in rows] for name in ("added", "only", "shared", "reach")
    }
    frame = pd.DataFrame(
        {
            "number": np.array([row.number for row in rows], np.int64),
            "place": [row.place[run.language] for row in rows],
            "what": [kind_text(row, run.language) for row in rows],
            "premises": np.array([bool(row.premises) for row in rows], bool),
            "street": [row.street or None for row in rows],
            "kind": [row.highway or None for row in rows],
            "region": [row.region or None for row in rows],
            "setting": [row.setting.name.lower() for row in rows],
            **{name: np.array(persons, np.int64) for name, persons in whole.items()},
            **{f"{name}_units": [] if exact is None else exact[name].to_numpy(np.int64) for name in whole},
            "nearest_site": _named(ids, np.array([row.site for row in rows], np.int32)),
            "cost_m": np.array([row.cost_m if row.site >= 0 else np.nan for row in rows], np.float64),
            "visited": [row.visited for row in rows],
            "gap_number": pd.array([row.gap + 1 if row.gap >= 0 else None for row in rows], "Int64"),
            **merit_columns(run),
        }
    )
    places = np.array([(row.lon, row.lat) for row in rows], np.float64).reshape(-1, 2)
    return _placed(frame, shapely.points(places))


def _with_shared(frame: pd.DataFrame) -> pd.DataFrame:
    """Suggestions with the people in reach whom another site or place of the plan reaches as well."""
    return frame.assign(shared=frame["reach"] - frame["only"])


def _regions(run: Run, regions: Regions, figures: Figures) -> gpd.GeoDataFrame:
    table, exact = figures.by_region, run.by_region
    counts = ("sites_count", "counted_sites_count", "people", *SETTING_COLUMNS, "covered", "uncovered")
    people, covered = (exact[name].to_numpy(np.int64) for name in ("people", "covered"))
    frame = pd.DataFrame(
        {
            **{name: _texts(table[name]) for name in ("region_id", "name", "parent")},
            **{name: table[name].to_numpy(np.int64) for name in (*counts, *CAUSE_COLUMNS[1:])},
            "covered_share": np.divide(covered, people, out=np.full(len(people), np.nan), where=people > 0),
            "people_units": people,
            "covered_units": covered,
            **road_columns(run, figures),
        }
    )
    shapes = regions.frame.geometry.to_numpy()
    return _placed(frame, [_multipolygon(shape) for shape in shapes])


def _multipolygon(shape: Any) -> Any:
    """Every polygon of a shape, as one."""
    parts = shapely.get_parts(shapely.get_parts(shape))
    return shapely.multipolygons(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _people(run: Run) -> pd.DataFrame:
    people, access = run.people, run.access
    ids = run.sites.frame["site_id"].to_numpy(object)
    regions = None if run.regions is None else run.regions.frame["region_id"].to_numpy(object)
    return pd.DataFrame(
        {
            "point_id": people.point_id,
            "persons": people.units / UNITS_PER_PERSON,
            "units": people.units,
            "setting": np.array(SETTING_COLUMNS, object)[people.setting],
            "cause": np.array(CAUSE_COLUMNS, object)[access.cause],
            "nearest_site": _named(ids, access.site),
            "cost_m": np.where(access.cost_mm < 0, np.nan, access.cost_mm / 1000),
            "straight_m": access.straight_m,
            "region_id": _named(regions, people.region),
        }
    )


def _named(names: Any, index: Indices) -> Any:
    """Names by index, nothing where it is -1."""
    texts = np.array([*_texts([] if names is None else names), None], object)
    return texts[index]


def _cells(xy: Floats, cell_degrees: tuple[float, float]) -> Any:
    """The cell of the grid around each point."""
    (lon, lat), (width, height) = xy.T, cell_degrees
    return shapely.box(lon - width / 2, lat - height / 2, lon + width / 2, lat + height / 2)


def _named_shapes(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    names = [printable(name) or None for name in frame["name"]]
    return _placed(pd.DataFrame({"name": np.array(names, object)}), frame.geometry.to_numpy())


def _streets(streets: Streets) -> gpd.GeoDataFrame:
    names = np.array([*map(printable, streets.names), None], object)
    passable = ((streets.flags & ROAD_FORWARD) > 0) + 2 * ((streets.flags & ROAD_BACKWARD) > 0).astype(np.int64)
    frame = pd.DataFrame(
        {
            "way_id": streets.way_id,
            "kind": np.array(STREET_KINDS, object)[streets.kind],
            "name": names[streets.name],
            "length_m": streets.length_mm / 1000,
            "walk": (streets.flags & WALK) > 0,
            "road": np.array(ROAD_CODES, object)[passable],
            "rough": (streets.flags & ROUGH) > 0,
        }
    )
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    lines = shapely.linestrings(streets.vertex_xy, indices=edge) if len(streets) else np.empty(0, object)
    return _placed(frame, lines)
