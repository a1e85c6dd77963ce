"""
The public premises of a real city, scored by the four criteria, and what stands around the best of them.

No population grid of Las Palmas is at hand: its 443,141 people (GHS-UCDB) stand in the buildings of the road file that
people may live in, by their floor space, two storeys where nobody has counted them. That is a stand-in, no census.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from catchment.files import open_input
from catchment.geo.plane import tangent_plane_m
from catchment.inputs.barred import read_barred_ways
from catchment.inputs.buildings import read_buildings
from catchment.inputs.premises import read_premises, without_houses
from catchment.inputs.stops import read_stops
from catchment.model import UNITS_PER_PERSON, CriteriaWeights, People, Points, Scene, Setting
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.snap import snap
from catchment.pipeline.criteria import criteria_of, measured, places_by_merit
from catchment.pipeline.network import Network
from catchment.siting.candidates import EXISTING_PREMISES, Search, candidate_places
from catchment.siting.fronts import street_fronts
from catchment.siting.housed import house_of

if TYPE_CHECKING:
    from pathlib import Path

    from catchment.model import Buildings, Candidates, Floats, Streets

RESIDENTS = 443_141
HOMES = ("yes", "residential", "apartments", "house", "detached", "terrace", "semidetached_house")
AROUND_M = 70.0


@dataclass(frozen=True)
class City:
    streets: Streets
    scene: Scene
    candidates: Candidates
    table: pd.DataFrame
    """A row per candidate: its columns, what ``measured`` gives and the criteria, the best first."""


def las_palmas(folder: Path) -> City:
    path = folder / "las_palmas" / "las_palmas.osm.pbf"
    streets, buildings = read_osm(path), read_buildings(path)
    scene = Scene(read_stops(path), buildings, read_barred_ways(open_input(path, "osm.pbf")))
    people = residents(buildings)
    search = Search(people.xy, near_m=400, spacing_m=400)
    candidates = candidate_places(without_houses(read_premises(path)), streets, [search], sites_xy=np.empty((0, 2)))
    ground = SimpleNamespace(
        networks={mode: _network(streets, mode, people) for mode in ("walk", "road")},
        settled=SimpleNamespace(people=people),
    )
    table, _ = measured(candidates, streets, scene, ground, count_gaps=True)
    criteria = criteria_of(table, candidates, streets, CriteriaWeights()).frame
    place = places_by_merit(["tier.public"] * len(criteria), criteria["known"].to_numpy(), criteria["score"].to_numpy())
    whole = pd.concat([candidates.frame, table, criteria], axis=1).assign(place=place)
    return City(streets, scene, candidates, whole.sort_values("place", ignore_index=True))


def residents(buildings: Buildings) -> People:
    """The stand-in, a point in each building."""
    frame = buildings.frame[buildings.frame["kind"].isin(HOMES)]
    shapes = frame.geometry.to_numpy()
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes))
    floors = frame["levels"].fillna(2).clip(lower=1).to_numpy() * shapely.area(shapes) * np.cos(np.radians(xy[:, 1]))
    units = np.floor(RESIDENTS * UNITS_PER_PERSON * floors / floors.sum()).astype(np.int64)
    count = len(xy)
    setting = np.full(count, Setting.CITY, np.int8)
    return People(xy, units, np.arange(count), np.full(count, -1, np.int32), setting)


def _network(streets: Streets, mode: str, people: People) -> Network:
    roads = graph(streets, mode)
    join = partial(snap, roads, max_gap_m=500)
    return Network(roads, join(Points(np.empty((0, 2)))), join(people), join)


def best_premises(city: City, count: int) -> pd.DataFrame:
    """The best premises that a building is known of, each with its front and what stands around, in metres."""
    table = city.table[city.table["label"] == EXISTING_PREMISES].head(count).reset_index(drop=True)
    xy = table[["lon", "lat"]].to_numpy()
    buildings, house = city.scene.buildings, house_of(xy, city.scene.buildings)
    near = np.unique(shapely.STRtree(buildings.frame.geometry.to_numpy()).query(_squares(xy))[1])
    some = type(buildings)(buildings.frame.iloc[near].reset_index(drop=True))
    fronts = street_fronts(some, city.streets, city.scene.barred).frame.drop_duplicates("building")
    front = fronts.set_index("building").reindex(np.searchsorted(near, house)).add_prefix("first_")
    return pd.concat([table, front.reset_index(drop=True)], axis=1).assign(house=house)


def _squares(xy: Floats) -> np.ndarray:
    """Squares around places, wide enough for all that may stand before them."""
    by = 2 * AROUND_M / 111_320 / np.array([np.cos(np.radians(xy[0, 1])), 1.0])
    return shapely.box(*(xy - by).T, *(xy + by).T)


def to_metres(shape: shapely.Geometry | np.ndarray, middle: tuple[float, float]) -> shapely.Geometry | np.ndarray:
    """Shapes in lon, lat as metres east and north of a place."""
    return shapely.transform(shape, lambda xy: tangent_plane_m(xy, middle))


def street_of(city: City, edge: int) -> shapely.LineString:
    """An edge in lon, lat."""
    start, end = city.streets.vertex_ptr[edge : edge + 2]
    return shapely.LineString(city.streets.vertex_xy[start:end])


def way_to_street(city: City, row: pd.Series) -> shapely.LineString:
    """From the middle of a front straight to its edge, in metres from that middle."""
    middle = row["first_lon"], row["first_lat"]
    return shapely.shortest_line(shapely.Point(0, 0), to_metres(street_of(city, int(row["first_edge"])), middle))
