"""
How good the choice of 200 sites for a prefecture is, and how soon that is proven, beside the figures demanded.

    python tests/benchmarks/siting_scale.py [FOLDER [SUBJECT ...]]

Makes the demo's prefecture (in FOLDER, which is kept, else in a temporary one), 2 million populated cells, and chooses
among street stretches, everybody judged by one rule. Reach sets, classes, plan and bound are timed together, by the
wall, with two threads and kernels compiled before; each subject runs in a process of its own, whose peak of memory
counts with all it read. Only the first subject has figures demanded of it; the others are printed to be known. Nothing
here is a test.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "coverage")]

from catchment.access.judge import covered_under  # noqa: E402 - found by the line above
from catchment.access.reach import reach_under_standard  # noqa: E402 - as above
from catchment.access.travel import travel  # noqa: E402 - as above
from catchment.apps.demo import write_demo  # noqa: E402 - as above
from catchment.caches import cache_folder  # noqa: E402 - as above
from catchment.config import read_settings  # noqa: E402 - as above
from catchment.model import UNITS_PER_PERSON, Candidates, Rule, Standard  # noqa: E402 - as above
from catchment.pipeline.judged import judged  # noqa: E402 - as above
from catchment.pipeline.network import only  # noqa: E402 - as above
from catchment.pipeline.read import read_inputs  # noqa: E402 - as above
from catchment.pipeline.stopwatch import Stopwatch  # noqa: E402 - as above
from catchment.siting.candidates import street_stretches  # noqa: E402 - as above
from catchment.siting.cover import problem_of_reach  # noqa: E402 - as above
from catchment.siting.solve import solve_cover  # noqa: E402 - as above

SECONDS, GIGABYTES, GAP = 180, 4.0, 0.02
THREADS = 2


@dataclass(frozen=True)
class Subject:
    """What is chosen, and for whom."""

    what: str
    rule: Rule
    candidates: int
    spacing_m: float
    """At which there are a few more candidates than that; the last are left out."""
    budget: int = 200
    existing: bool = True
    """Whether whom the sites of the ledger serve is left out."""


ON_FOOT = Rule.walking(15, 4.8)
SUBJECTS = {
    "asked": Subject("15 min on foot", ON_FOOT, 50_000, 200),
    "road": Subject("15 km by road", Rule.by_road(15), 5_000, 1000),
    "fresh": Subject("15 km by road, no site yet", Rule.by_road(15), 5_000, 1200, budget=20, existing=False),
    "dense": Subject("15 min on foot", ON_FOOT, 100_000, 95),
    "wide": Subject("30 min on foot", Rule.walking(30, 4.8), 50_000, 200),
}


def measured(inputs, subject):
    """What one subject takes, in this process."""
    settings = read_settings(inputs / "demo.toml")
    read = read_inputs(settings, cache=cache_folder() / "streets")
    ground, rule = judged(read, settings, Stopwatch()), subject.rule
    people, network, mode = ground.settled.people, ground.networks[rule.mode], rule.mode
    standard = Standard("custom", rule, rule, rule)
    covered = np.zeros(len(people), bool)
    if subject.existing:
        sites = only(network.sites, ground.counted)
        ways = travel(network.roads, sites, network.people, cutoff_m=rule.limit_mm / 1000 + 1)
        covered = covered_under(people, standard, {mode: ways})
    stretches = street_stretches(
        read.streets,
        people.xy[~covered],
        near_m=rule.limit_mm / 1000 + 1,
        spacing_m=subject.spacing_m,
        units=people.units[~covered],
    )
    candidates = Candidates(stretches.frame.iloc[: subject.candidates])
    places = network.join(candidates)
    del ground, read, stretches

    begun = time.perf_counter()
    reach = reach_under_standard(
        people, standard, {mode: network.roads}, {mode: places}, {mode: network.people},
        kept=~covered, threads=THREADS,
    )  # fmt: skip
    reached = time.perf_counter() - begun
    problem = problem_of_reach(reach, people.units[reach.order], _plane(candidates.xy))
    prepared = time.perf_counter() - begun
    within = []

    def watch(units, bound):
        if not within and bound - units <= GAP * units:
            within.append(time.perf_counter() - begun)

    plan = solve_cover(problem, subject.budget, time_limit_s=SECONDS - 15 - prepared, progress=watch)
    return {
        "candidates": len(candidates),
        "points": int((~covered).sum()),
        "people": int(people.units[~covered].sum()) / UNITS_PER_PERSON,
        "runs": len(reach.start),
        "entries": len(problem.site_class),
        "covered": plan.covered_units / UNITS_PER_PERSON,
        "bound": plan.bound_units / UNITS_PER_PERSON,
        "gap": plan.gap,
        "stopped": plan.stopped,
        "reach_s": reached,
        "prepared_s": prepared,
        "within_s": within[0] if within else None,
        "seconds": time.perf_counter() - begun,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
    }


def _plane(xy):
    """Kilometres, near enough for a search that asks which sites are neighbours."""
    return xy * 111.2 * [np.cos(np.radians(xy[:, 1].mean())), 1]


def show(name, subject, found):
    """A line of what was demanded, if anything was, and the figures."""
    gap, seconds, gigabytes = found["gap"], found["seconds"], found["peak_gb"]
    kept = gap <= GAP and seconds <= SECONDS and gigabytes <= GIGABYTES
    verdict = ("PASS" if kept else "FAIL") if name == "asked" else "    "
    print(f"{verdict}  {subject.what}, {found['candidates']:,} candidates, {subject.budget} sites", flush=True)
    print(
        f"      plan and bound {gap:.3%} apart ({GAP:.0%}) in {seconds:.0f} s ({SECONDS} s), {gigabytes:.2f} GB", end=""
    )
    print(f" ({GIGABYTES:.0f} GB): {found['covered']:,.1f} of at most {found['bound']:,.1f}; {found['stopped']}")
    within = "never" if found["within_s"] is None else f"after {found['within_s']:.0f} s"
    print(f"      {found['points']:,} points of {found['people']:,.0f} people, {found['runs']:,} runs,", end="")
    print(f" {found['entries']:,} entries; reach {found['reach_s']:.1f} s,", end="")
    print(f" with classes {found['prepared_s']:.1f} s; {GAP:.0%} {within}", flush=True)
    return kept or name != "asked"


def main(folder, names):
    inputs = folder / "inputs"
    if not (inputs / "demo.toml").is_file():
        write_demo(inputs, size="prefecture")
    missed = 0
    for name in names:
        measure = [sys.executable, __file__, str(folder), f"--measure={name}"]
        answer = subprocess.run(measure, check=True, capture_output=True, text=True).stdout
        missed += not show(name, SUBJECTS[name], json.loads(answer.splitlines()[-1]))
    return missed


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("subject", nargs="*", choices=[*SUBJECTS, []])
    parser.add_argument("--measure", choices=SUBJECTS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        print(json.dumps(measured(asked.folder / "inputs", SUBJECTS[asked.measure])))
    elif asked.folder:
        sys.exit(main(asked.folder, asked.subject or SUBJECTS))
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as made:
            sys.exit(main(Path(made), SUBJECTS))
