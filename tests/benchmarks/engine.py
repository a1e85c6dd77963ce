"""
The engine beside its peers: the same work in one run, the answers compared, PASS or FAIL of every figure we promise.

    python tests/benchmarks/engine.py [--data FOLDER OF REAL DATA] [--demo FOLDER] [--roads porto|fourteen]
                                      [--markdown] [SUBJECT ...]

Needs ``pip install '.[bench]'``. Every subject of ``engine_subjects`` runs on two road files, in a fresh process each,
for its peak memory; readers have a process each as well. A peer too slow for the whole work does a sample of it, and
its time is scaled: the row says so. Sources and targets are nodes of the roads for us and for the peers alike; rows of
"people" are our own, with the way from the door to the street counted. DEMO keeps the generated prefecture for the
next time. The exit code is the number of figures missed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import engine_subjects
from engine_world import Row, grounds


def figures(subject, ground, folders):
    """The rows of one subject on one road file, and its peak memory [GB]."""
    call = [sys.executable, __file__, "--here", "--roads", ground, *map(str, folders), subject]
    process = subprocess.Popen(call, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if line.startswith('{"work"'):
            yield Row(**json.loads(line))
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    note = f"peak of the process, peers included: {used.ru_maxrss / 1e6:.2f} GB; load {os.getloadavg()[0]:.1f}"
    yield Row(f"{subject}: all of it", 0, same=process.returncode == 0, note=note)


def printed(row):
    verdict = "PASS" if row.kept else "FAIL"
    peer = f"{row.peer} {row.peer_s:.3f} s, {row.ratio:.1f} times ours" if row.peer else ""
    wanted = [f"at most {row.most_s:g} s"] * bool(row.most_s) + [f"at least {row.least_ratio:g} times"] * bool(
        row.least_ratio
    )
    demanded = f"({', '.join(wanted)}) {verdict}" if wanted or not row.kept else ""
    return f"{row.ground:<11}{row.work:<58} {row.ours_s:9.4f} s  {peer:<44} {demanded} {row.note}"


def in_markdown(row):
    peer = f"{row.peer} {row.peer_s:.2f} ({row.ratio:.0f} times)" if row.peer else ""
    ours = f"{row.ours_s:.3f}" if row.ours_s else ""
    missed = "" if row.kept else "MISSED "
    return f"| {row.ground} | {row.work} | {ours} | {peer} | {missed}{row.note} |"


def work_of(subjects, roads):
    """Every subject on every road file, but once those that bring their own."""
    for subject in subjects:
        for ground in [engine_subjects.ONCE[subject]] if subject in engine_subjects.ONCE else roads:
            yield subject, ground


def main():
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    reader.add_argument("subjects", nargs="*", default=list(engine_subjects.SUBJECTS))
    default = os.environ.get("CATCHMENT_SHARED_DATA", Path(__file__).parents[3] / "shared" / "data")
    reader.add_argument("--data", type=Path, default=default)
    reader.add_argument("--demo", type=Path, default=None)
    reader.add_argument("--roads", action="append", choices=["porto", "fourteen"], default=None)
    reader.add_argument("--markdown", action="store_true")
    reader.add_argument("--here", action="store_true", help="work in this process, printing figures as JSON")
    given = reader.parse_args()
    given.roads = given.roads or ["porto", "fourteen"]
    known = grounds(Path(given.data), given.demo)
    folders = [*("--data", given.data), *(("--demo", given.demo) if given.demo else ())]
    if given.here:
        for subject in given.subjects:
            for ground in given.roads:
                engine_subjects.SUBJECTS[subject](known[ground])
        return 0
    missed = 0
    if given.markdown:
        print("| roads | work | ours [s] | peer [s] | |\n|---|---|---|---|---|")
    for subject, ground in work_of(given.subjects, given.roads):
        name = "prefecture" if subject in engine_subjects.ONCE else known[ground].name
        for row in figures(subject, ground, folders):
            missed += not row.kept
            shown = replace(row, ground=name)
            print(in_markdown(shown) if given.markdown else printed(shown), flush=True)
    return missed


if __name__ == "__main__":
    sys.exit(main())
