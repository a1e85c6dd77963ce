"""
How long two million cells of a population grid take to be read, calibrated to a census and told apart by setting.

    python tests/benchmarks/people.py [FOLDER OF REAL DATA]

The grid is made here: three seconds of arc, two million populated cells in the regions, villages, towns and a city.
Regions are the ten real counties of Yichun where the folder has them, else ten boxes of many corners. Prints PASS or
FAIL against 6 s; times are those of the processor (all of it runs on one core), so that other programs on the machine
do not count. Nothing here is a test.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
import shapely
from scipy.ndimage import gaussian_filter

from catchment.config import settings_of
from catchment.geo.shapes import polygon_of
from catchment.inputs.census import read_census
from catchment.inputs.regions import read_regions
from catchment.model import Census, Regions
from catchment.pipeline.people import settle
from catchment.pipeline.population import people_of_project

CELLS, SECONDS = 2_000_000, 6.0
WEST, SOUTH, EAST, NORTH, SIDE = 113.88, 27.54, 116.16, 29.12, 3 / 3600


def write_grid(path: Path, regions: Regions) -> None:
    """Two million populated cells in the regions, their density from fields of three widths, five million people."""
    columns, rows = round((EAST - WEST) / SIDE), round((NORTH - SOUTH) / SIDE)
    random = np.random.default_rng(1)
    field = sum(
        weight * gaussian_filter(random.standard_normal((rows, columns)).astype(np.float32), width) * width
        for width, weight in ((3, 1.0), (30, 1.5), (150, 1.0))
    )
    values = np.exp(1.8 * field, dtype=np.float32)
    row, column = np.divmod(np.arange(rows * columns), columns)
    centres = np.column_stack([WEST + (column + 0.5) * SIDE, NORTH - (row + 0.5) * SIDE])
    values[(polygon_of(centres, regions.frame.geometry.to_numpy()) < 0).reshape(rows, columns)] = 0
    values[values < np.partition(values, -CELLS, axis=None)[-CELLS]] = -99999
    values[values > 0] *= 5.3e6 / values[values > 0].sum()
    profile = {"driver": "GTiff", "width": columns, "height": rows, "count": 1, "dtype": "float32", "crs": "EPSG:4326"}
    profile |= {"nodata": -99999, "compress": "deflate", "tiled": True, "blockxsize": 512, "blockysize": 512}
    with rasterio.open(path, "w", transform=rasterio.Affine(SIDE, 0, WEST, 0, -SIDE, NORTH), **profile) as grid:
        grid.write(values, 1)


def world(folder: Path) -> tuple[Regions, Census]:
    """The counties of Yichun and their census, or ten boxes of 2,000 corners with half a million people each."""
    if (folder / "yichun").is_dir():
        yichun = folder / "yichun"
        return read_regions(yichun / "counties_wgs84.geojson"), read_census(yichun / "census_2020_counties.csv")
    edges = np.linspace(WEST, EAST, 11)
    boxes = [shapely.segmentize(shapely.box(edges[n], SOUTH, edges[n + 1], NORTH), 0.002) for n in range(10)]
    names = [f"{n}县" for n in range(10)]
    frame = gpd.GeoDataFrame({"region_id": names, "name": names, "parent": ""}, geometry=boxes, crs=4326)
    census = {"unit_id": names, "name": names, "people": 500_000, "urban": -1, "rural": -1, "city": -1}
    return Regions(frame), Census(pd.DataFrame(census))


def main() -> None:
    """Time the whole once after a small warm-up."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("CATCHMENT_SHARED_DATA", "."))
    regions, census = world(folder)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch, "people.tif")
        write_grid(path, regions)
        files = {"sites": "s", "roads": "r", "population": str(path), "census": "c.csv", "regions": "r.geojson"}
        settings = settings_of({"inputs": files}, file="", folder=Path(scratch))
        spent = []
        for _ in range(2):
            begun, wall = time.process_time(), time.perf_counter()
            population, findings = people_of_project(settings, regions, census)
            read = time.process_time()
            inputs = SimpleNamespace(population=population, regions=regions, census=census, urban=None)
            settled = settle(inputs, settings)  # type: ignore[arg-type]  # what it needs of the inputs
            spent.append((read - begun, time.process_time() - read, time.perf_counter() - wall))
    reading, settling, wall = spent[-1]
    people = settled.people
    total = reading + settling
    print(
        f"{len(population.persons):,} cells read, {len(people):,} in {len(regions)} regions, {len(findings)} findings"
    )
    print(f"people after calibration: {people.units.sum() / 1024:,.0f}")
    print(f"read and looked at {reading:.2f} s, calibrated and settled {settling:.2f} s (by the clock {wall:.2f} s)")
    print(f"{'PASS' if total <= SECONDS else 'FAIL'}: {total:.2f} s of {SECONDS:.0f} s")


if __name__ == "__main__":
    main()
