"""
How long the street fronts of a city take, and how much memory those of four cities do.

    python tests/benchmarks/fronts.py [FOLDER OF REAL DATA]

Prints PASS or FAIL for each figure demanded; nothing here is a test. Times are those of the processor, kernels compiled
before (everything runs on one core), so that other programs on the machine do not count; the city's hold everything
from the road file to the table of fronts. Four cities are Las Palmas beside itself three times, a degree apart: more
buildings than the 50,000 of a prefecture. Memory is the peak of a process of its own, with what it imports and reads.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "coverage")]

from blocks import block, fronts_of  # noqa: E402 - found by the line above

from catchment.files import open_input  # noqa: E402 - as above
from catchment.inputs.barred import read_barred_ways  # noqa: E402 - as above
from catchment.inputs.buildings import read_buildings  # noqa: E402 - as above
from catchment.model import BarredWays, Buildings  # noqa: E402 - as above
from catchment.network.osm import read_osm  # noqa: E402 - as above
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


def measure(folder, count):
    path = folder / "las_palmas" / "las_palmas.osm.pbf"
    fronts_of(block("AA\n\n--"))  # compiles
    begun = time.process_time()
    buildings, streets, barred = read_buildings(path), read_osm(path), read_barred_ways(open_input(path, "osm.pbf"))
    read = time.process_time() - begun
    if count > 1:
        buildings, streets, barred = beside_itself(buildings, streets, barred, count)
    begun = time.process_time()
    fronts = street_fronts(buildings, streets, barred)
    seconds = time.process_time() - begun
    return {
        "buildings": len(buildings),
        "fronts": len(fronts),
        "metres": round(float(fronts.frame["frontage_m"].sum())),
        "named": int((fronts.frame["street"] != "").sum()),
        "read": read,
        "seconds": seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        "reasons": Counter(fronts.reason).most_common(),
    }


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ["CATCHMENT_SHARED_DATA"])
    if len(sys.argv) > 2:
        print(json.dumps(measure(folder, int(sys.argv[2]))))
        return
    command = [sys.executable, __file__, str(folder)]
    one, four = (
        json.loads(
            subprocess.run([*command, str(n)], check=True, capture_output=True, text=True).stdout.splitlines()[-1]
        )
        for n in (1, OFTEN)
    )
    whole = one["read"] + one["seconds"]
    counts = f"{one['buildings']} buildings, {one['fronts']} fronts ({one['named']} on named streets)"
    times = f"read in {one['read']:.1f} s, fronts in {one['seconds']:.1f} s, {one['peak_mb']:.0f} MB"
    show(whole <= 20, f"Las Palmas: {counts}, {times} (20 s)")
    print(f"      {one['reasons']}")
    passed = four["seconds"] <= 60 and four["peak_mb"] <= 3000 and four["fronts"] == OFTEN * one["fronts"]
    figures = f"{four['fronts']} fronts in {four['seconds']:.1f} s (60 s), {four['peak_mb']:.0f} MB (3000 MB)"
    show(passed, f"four cities: {four['buildings']} buildings, {figures}")


if __name__ == "__main__":
    main()
