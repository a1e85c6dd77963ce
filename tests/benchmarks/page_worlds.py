"""Worlds for the page's benchmark, made of arrays: a street grid, a cell of people every 3 seconds of arc, sites."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

from catchment.config import Inputs as Files
from catchment.config import Settings
from catchment.model import Population, Premises, Regions, Sites, Source, UrbanAreas
from catchment.network.streets import ROAD_BACKWARD, ROAD_FORWARD, STREET_KINDS, WALK
from catchment.network.ways import Ways, split_ways
from catchment.pipeline.assess import assess
from catchment.pipeline.read import Inputs

CELL = 1 / 1200
"""Side of a cell [degrees]."""

BLOCK = 3
"""Cells from street to street in the city; four times as many in the country."""

WEST, SOUTH = 114.0, 27.5


def world_run(
    *,
    side: int,
    city_share: float,
    site_count: int,
    premises_count: int = 4000,
    region_shape: tuple[int, int] = (1, 1),
    seed: int = 1,
):
    """
    A run of the whole pipeline over an invented square: people in every cell, real searches, real reach.

    Parameters
    ----------
    side
        Cells on a side.
    city_share
        Share of the area that is city and walks, in the middle; the rest is country and goes by road.
    site_count, premises_count
        Sites, and premises that may become some; none means that nothing is suggested.
    region_shape
        Regions down and across.
    seed
        Of whatever is random.
    """
    random = np.random.default_rng(seed)
    settings = Settings(
        name="页面基准",
        date=dt.date(2024, 1, 1),
        inputs=Files(sites=Path("sites"), roads=Path("roads"), population=Path("population")),
        map={"synthetic": True},
        siting={"budget": 20 if premises_count else None},
    )
    half = np.sqrt(city_share) / 2
    inputs = Inputs(
        sites=_sites(random, side, half, site_count),
        streets=_streets(random, side, half),
        population=_population(random, side, half),
        regions=_regions(random, side, *region_shape),
        urban=_urban(side, half),
        census=None,
        sources=(Source("roads", "roads", f"{seed:064x}", dt.date(2024, 1, 1)),),
        roads_area=None,
        premises=_premises(random, side, half, premises_count) if premises_count else None,
        newest=dt.date(2024, 1, 1),
        findings=(),
    )
    return assess(inputs, settings, language="zh")


def _degrees(cells_xy):
    """Places in cells east and north of the corner as lon, lat."""
    return np.array([WEST, SOUTH]) + np.asarray(cells_xy, float) * CELL


def _population(random, side, half):
    """People fall away from the middle, with dense places here and there; no cell is empty."""
    row, column = np.divmod(np.arange(side * side), side)
    away = np.hypot(column / side - 0.5, row / side - 0.5)
    persons = (2 + 60 * np.exp(-((away / (0.12 + 0.3 * half)) ** 2))) * random.lognormal(0, 0.6, side * side)
    xy = _degrees(np.column_stack([column + 0.5, side - row - 0.5]))
    return Population(xy, persons, np.arange(side * side), (CELL, CELL), grid_width=side)


def _in_city(xy, side, half):
    return (np.abs(np.asarray(xy) / side - 0.5) <= half).all(axis=1)


def _streets(random, side, half):
    """A grid with shifted crossings, a tenth of its lesser streets missing, sparse outside the city."""
    count = side // BLOCK + 1
    down, across = np.divmod(np.arange(count * count), count)
    grid = np.column_stack([across, down])
    xy = grid * BLOCK + random.uniform(-0.8, 0.8, (len(grid), 2))
    ends, kinds = [], []
    for step, axis in ((1, 0), (count, 1)):
        start = np.flatnonzero(grid[:, axis] < count - 1)
        line = grid[start, 1 - axis]
        country = ~_in_city(grid[start] * BLOCK, side, half)
        kept = ~(country & (line % 4 > 0)) & ~((line % 8 > 0) & (random.random(len(start)) < 0.1))
        ends.append(np.column_stack([start, start + step])[kept])
        kinds.append(
            np.select([line % 32 == 0, line % 8 == 0], [_kind("primary"), _kind("tertiary")], _kind("residential"))[
                kept
            ]
        )
    refs, kind = np.concatenate(ends), np.concatenate(kinds).astype(np.int8)
    return split_ways(
        Ways(
            way_id=np.arange(len(refs)),
            node_ptr=np.arange(0, 2 * len(refs) + 1, 2),
            node_ref=refs.ravel(),
            node_xy=_degrees(xy[refs.ravel()]),
            flags=np.full(len(refs), WALK | ROAD_FORWARD | ROAD_BACKWARD, np.uint8),
            kind=kind,
            name=np.full(len(refs), -1, np.int32),
        ),
        bounds=(*_degrees((-2, -2)), *_degrees((side + 2, side + 2))),
    )


def _kind(name):
    return STREET_KINDS.index(name)


def _scattered(random, side, half, count):
    """Places, two of three in the city."""
    inner = random.uniform(0.5 - half, 0.5 + half, (count, 2))
    return np.where(random.random((count, 1)) < 2 / 3, inner, random.random((count, 2))) * side


def _sites(random, side, half, count):
    frame = {
        "site_id": [f"s{number:05d}" for number in range(count)],
        "name": [f"就业之家{number}" for number in range(count)],
        "type": ["county" if number % 10 == 0 else "village" for number in range(count)],
        "status": ["open"] * count,
        **{name: [""] * count for name in ("county", "township", "address", "services")},
    }
    places = shapely.points(_degrees(_scattered(random, side, half, count)))
    return Sites(gpd.GeoDataFrame(frame, geometry=places, crs="EPSG:4326"))


def _premises(random, side, half, count):
    frame = {
        "premises_id": [f"n{number:05d}" for number in range(count)],
        "name": [f"便民服务站{number}" for number in range(count)],
        "kind": ["premises.community_centre"] * count,
        "address": [""] * count,
        "source": ["table"] * count,
    }
    places = shapely.points(_degrees(_scattered(random, side, half, count)))
    return Premises(gpd.GeoDataFrame(frame, geometry=places, crs="EPSG:4326"))


def _regions(random, side, down, across):
    """Four-sided regions whose corners are shifted; neighbours share their sides."""
    x, y = np.meshgrid(np.linspace(0, side, across + 1), np.linspace(0, side, down + 1))
    corners = np.stack([x, y], axis=-1)
    inner = corners[1:-1, 1:-1]
    inner += random.uniform(-0.2, 0.2, inner.shape) * side / max(down, across)
    rings = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2).reshape(-1, 4, 2)
    number = np.arange(down * across)
    frame = {
        "region_id": [f"{each:06d}" for each in number],
        "name": [f"第{each}社区" for each in number],
        "parent": [f"第{each // 500}乡" if len(number) > 1000 else "" for each in number],
    }
    return Regions(gpd.GeoDataFrame(frame, geometry=shapely.polygons(_degrees(rings)), crs="EPSG:4326"))


def _urban(side, half):
    west, south = _degrees((side * (0.5 - half),) * 2)
    east, north = _degrees((side * (0.5 + half),) * 2)
    frame = {"setting": ["city"]}
    return UrbanAreas(gpd.GeoDataFrame(frame, geometry=[shapely.box(west, south, east, north)], crs="EPSG:4326"))
