"""
How long the street fronts of a city and of the demo's prefecture take, and in how much memory.

    python tests/benchmarks/fronts.py [FOLDER OF REAL DATA] [FOLDER OF THE DEMO'S PREFECTURE]

Prints PASS or FAIL for each figure demanded; nothing here is a test. Times are those of the processor, kernels compiled
before (everything runs on one core), so that other programs on the machine do not count; the city's hold everything
from the road file to the table of fronts. Four cities are Las Palmas beside itself three times, a degree apart: more
buildings than the 50,000 of a prefecture. Memory is the peak of a process of its own, with what it imports and reads.
The prefecture is written into its folder if that holds none (else into a temporary one); its buildings are read afresh,
into a cache and from it, and ``catchment suggest`` looks at nothing but premises with a front, twice.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "coverage")]

from blocks import block, fronts_of  # noqa: E402 - found by the line above

from catchment.apps.demo import write_demo  # noqa: E402 - as above
from catchment.config import read_settings  # noqa: E402 - as above
from catchment.files import open_input  # noqa: E402 - as above
from catchment.inputs.barred import read_barred_ways  # noqa: E402 - as above
from catchment.inputs.buildings import read_buildings  # noqa: E402 - as above
from catchment.model import BarredWays, Buildings  # noqa: E402 - as above
from catchment.network.osm import read_osm  # noqa: E402 - as above
from catchment.pipeline.assess import assess  # noqa: E402 - as above
from catchment.pipeline.read import read_inputs  # noqa: E402 - as above
from catchment.pipeline.stopwatch import Stopwatch  # noqa: E402 - as above
from catchment.siting.fronts import street_fronts  # noqa: E402 - as above

OFTEN = 4


def show(passed, what):
    print(f"{'PASS' if passed else 'FAIL'}  {what}", flush=True)


def beside_itself(buildings, streets, barred, count):
    """A city so many times, each a degree farther east."""
    copies = range(count)
    frame = pd.concat([buildings.frame.assign(geometry=buildings.frame.translate(n)) for n in copies])
    ways = pd.concat(
        [
            barred.frame.assign(geometry=barred.frame.translate(n), way_id=barred.frame["way_id"] + n * 10**12)
            for n in copies
        ]
    )
    vertices = len(streets.vertex_xy)
    wide = replace(
        streets,
        start=np.tile(streets.start, count),
        end=np.tile(streets.end, count),
        vertex_ptr=np.concatenate([[0], *(streets.vertex_ptr[1:] + n * vertices for n in copies)]),
        vertex_xy=np.concatenate([streets.vertex_xy + np.array([n, 0]) for n in copies]),
        vertex_mm=np.tile(streets.vertex_mm, count),
        way_id=np.concatenate([streets.way_id + n * 10**12 for n in copies]),
        first_segment=np.tile(streets.first_segment, count),
        flags=np.tile(streets.flags, count),
        kind=np.tile(streets.kind, count),
        name=np.tile(streets.name, count),
    )
    return Buildings(frame.reset_index(drop=True)), wide, BarredWays(ways.reset_index(drop=True))


def read_all(path, cache=None):
    file = open_input(path, "osm.pbf")
    return read_buildings(path, cache=cache), read_osm(path, cache=cache), read_barred_ways(file, cache=cache)


def measure(path, count):
    fronts_of(block("AA\n\n--"))  # compiles
    begun = time.process_time()
    buildings, streets, barred = read_all(path)
    read = time.process_time() - begun
    if count > 1:
        buildings, streets, barred = beside_itself(buildings, streets, barred, count)
    begun, began = time.process_time(), time.perf_counter()
    fronts = street_fronts(buildings, streets, barred)
    return {
        "buildings": len(buildings),
        "fronts": len(fronts),
        "metres": round(float(fronts.frame["frontage_m"].sum())),
        "named": int((fronts.frame["street"] != "").sum()),
        "read": read,
        "seconds": time.process_time() - begun,
        "wall": time.perf_counter() - began,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "reasons": Counter(fronts.reason).most_common(),
    }


def measured(path, count):
    """In a process of its own."""
    command = [sys.executable, __file__, "measure", str(path), str(count)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(said.splitlines()[-1])


def figures_of(found):
    counts = f"{found['buildings']} buildings, {found['fronts']} fronts ({found['named']} on named streets)"
    times = f"fronts in {found['seconds']:.1f} s ({found['wall']:.1f} s by the clock)"
    return f"{counts}, read in {found['read']:.1f} s, {times}, {found['peak_mb']:.0f} MB"


def cities(folder):
    path = folder / "las_palmas" / "las_palmas.osm.pbf"
    one, four = measured(path, 1), measured(path, OFTEN)
    show(one["read"] + one["seconds"] <= 20, f"Las Palmas: {figures_of(one)} (20 s)")
    print(f"      {one['reasons']}")
    passed = four["seconds"] <= 60 and four["peak_mb"] <= 3000 and four["fronts"] == OFTEN * one["fronts"]
    show(passed, f"four cities: {figures_of(four)} (60 s, 3000 MB)")


def prefecture(folder):
    project = folder / "demo.toml"
    if not project.is_file():
        write_demo(folder, size="prefecture")
    path = folder / "streets.osm.pbf"
    found = measured(path, 1)
    passed = found["seconds"] <= 60 and found["peak_mb"] <= 3000 and found["buildings"] >= 50_000
    show(passed, f"prefecture: {figures_of(found)} (60 s, 3000 MB)")
    print(f"      {found['reasons']}")
    with tempfile.TemporaryDirectory() as cache:
        for state in ("cold", "warm"):
            begun = time.process_time()
            file, kept = open_input(path, "osm.pbf"), Path(cache)
            count = len(read_buildings(path, cache=kept)), len(read_barred_ways(file, cache=kept))
            print(f"      cache {state}: {count} buildings and barred ways in {time.process_time() - begun:.1f} s")
        suggested(project, Path(cache))


def suggested(project, cache):
    """A whole ``suggest`` among premises with a front, its stages first without and then with a cache."""
    text = project.read_text(encoding="utf-8")
    strict = project.with_name("fronts.toml")
    strict.write_text(text.replace("[siting]\n", "[siting]\nmust_be_street_front = true\n"), encoding="utf-8")
    for state in ("cold", "warm"):
        watch = Stopwatch()
        begun = time.process_time()
        settings = read_settings(strict)
        run = assess(read_inputs(settings, cache=cache, watch=watch), settings, watch=watch)
        whole = time.process_time() - begun
        stages = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in watch.seconds.items())
        print(f"      suggest, cache {state}: {len(run.suggestions)} places, {whole:.1f} s; by the clock: {stages}")


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["measure"]:
        print(json.dumps(measure(Path(arguments[1]), int(arguments[2]))))
        return
    cities(Path(arguments[0] if arguments else os.environ["CATCHMENT_SHARED_DATA"]))
    if len(arguments) > 1:
        prefecture(Path(arguments[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        prefecture(Path(folder))


if __name__ == "__main__":
    main()
