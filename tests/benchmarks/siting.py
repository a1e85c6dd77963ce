"""
How good the choice of sites is, and how fast its proof, on published instances, beside spopt on one it can take.

    python tests/benchmarks/siting.py [FOLDER OF REAL DATA]

Prints PASS or FAIL for each figure demanded; nothing here is a test. Times are of the wall, of one process on one core,
kernels compiled before. spopt comes with the bench extra and models the same instance with PuLP and CBC; both sides
begin with places and people, and each runs in a process of its own, whose peak of memory is read at its end: all
of it, with what both import, and with CBC's own.
"""

from __future__ import annotations

import importlib.util
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "coverage")]

from instances import city_best, city_problem, sjc_optima, sjc_problem  # noqa: E402 - found by the line above

from catchment.model import UNITS_PER_PERSON  # noqa: E402 - as above
from catchment.siting.cover import units_covered  # noqa: E402 - as above
from catchment.siting.solve import solve_cover  # noqa: E402 - as above

BESIDE = ("SJC402", 200, 40)


def solved(problem, budget, time_limit_s):
    begun = time.perf_counter()
    plan = solve_cover(problem, budget, time_limit_s=time_limit_s)
    return plan, time.perf_counter() - begun


def show(passed, what):
    print(f"{'PASS' if passed else 'FAIL'}  {what}", flush=True)


def optima(folder):
    solved(sjc_problem(folder, "SJC324", 150), 20, 60)  # compiles
    for name, radius, budget, people in sjc_optima(folder):
        plan, seconds = solved(sjc_problem(folder, name, radius), budget, 60)
        passed = plan.status == "optimal" and plan.covered_units == people * UNITS_PER_PERSON and seconds <= 5
        figure = f"{plan.covered_units / UNITS_PER_PERSON:.0f} of {people}, {plan.status}"
        show(passed, f"{name} {radius} m p={budget}: {figure} in {seconds:.2f} s (5 s)")


def cities(folder):
    for name, radius, people, sites in city_best(folder):
        problem = city_problem(folder, name, radius)
        best = units_covered(problem, sites)
        plan, seconds = solved(problem, len(sites), 20)
        share, above = plan.covered_units / best, plan.bound_units / best - 1
        passed = best == people * UNITS_PER_PERSON and share >= 0.995 and 0 <= above <= 0.01 and seconds <= 21
        figure = f"{share:.3%} of the best known (99.5 %), bound {above:.3%} above it (0 to 1 %)"
        show(passed, f"{name} {radius} m p={len(sites)}: {figure}, {plan.status} in {seconds:.1f} s (20 s)")
    plan, seconds = solved(city_problem(folder, "NewYork", 400), 50, 60)
    people = plan.covered_units / UNITS_PER_PERSON
    passed = people == 1_153_640 and plan.status == "optimal" and seconds <= 60
    show(passed, f"NewYork 400 m p=50: {people:.0f} of 1153640, {plan.status} in {seconds:.1f} s (60 s)")


def beside_spopt(folder):
    if importlib.util.find_spec("spopt") is None:
        print("spopt is not installed: pip install 'catchment[bench]'")
        return
    command = [sys.executable, __file__, str(folder)]
    ours, theirs = (
        json.loads(subprocess.run([*command, side], check=True, capture_output=True, text=True).stdout.splitlines()[-1])
        for side in ("ours", "spopt")
    )
    name, radius, budget = BESIDE
    show(ours["people"] == theirs["people"], f"{name} {radius} m p={budget}: ours {ours}, spopt {theirs}")
    ratios = [theirs[key] / ours[key] for key in ("seconds", "peak_mb")]
    print(f"      spopt takes {ratios[0]:.1f} times our time and {ratios[1]:.1f} times our memory")


def one_side(folder, side):
    name, radius, budget = BESIDE
    if side == "ours":
        solved(sjc_problem(folder, "SJC324", 150), 20, 60)  # compiles
    else:
        import pulp  # noqa: PLC0415 - only where it is installed
        from spopt.locate import MCLP  # noqa: PLC0415 - as above
    begun = time.perf_counter()
    if side == "ours":
        people = solve_cover(sjc_problem(folder, name, radius), budget).covered_units / UNITS_PER_PERSON
    else:
        xy = np.loadtxt(folder / f"{name}.txt", skiprows=1)
        demand = np.loadtxt(folder / f"demand-{name}.dat", dtype=np.int64)
        apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
        model = MCLP.from_cost_matrix(apart, demand, radius, p_facilities=budget)
        people = model.solve(pulp.PULP_CBC_CMD(msg=False, gapRel=0)).problem.objective.value()
    seconds = time.perf_counter() - begun
    print(json.dumps({"people": round(people), "seconds": round(seconds, 3), "peak_mb": round(peak_mb())}))


def peak_mb():
    """Of this process, and of those it ran: CBC is one."""
    own, others = (resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return (own + others) / 1000


def main():
    default = os.environ.get("CATCHMENT_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data"
    if len(sys.argv) > 2:
        one_side(Path(sys.argv[1]), sys.argv[2])
        return
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else default) / "siting"
    optima(folder / "mclp_sjc")
    beside_spopt(folder / "mclp_sjc")
    cities(folder / "mclp_cities")


if __name__ == "__main__":
    main()
