"""
Ask a program all the cases: ``python -m tests.conformance --engine catchment|osmnx|scipy|pandana|all``.

Prints what it gets wrong and why, and how many cases of each topic it gets right; ``--markdown`` prints only the
summary. ``--json`` prints the cases themselves, for any other program.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter

from .cases import Case, read_cases
from .drawing import lon_lat
from .engines import ENGINES, differences, installed


def main() -> int:
    """Run as a command; 1 if ours has a case wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("--engine", choices=[*ENGINES, "all"], default="catchment")
    parser.add_argument("--markdown", action="store_true", help="only the summary, as a table")
    parser.add_argument("--json", action="store_true", help="the cases with their answers, in lon and lat")
    options = parser.parse_args()
    cases = read_cases()
    if options.json:
        json.dump([plain(case) for case in cases], sys.stdout, indent=1)
        return 0
    asked = list(ENGINES) if options.engine == "all" else [options.engine]
    for engine in asked:
        if not installed(engine):
            print(f"{engine} is not installed", file=sys.stderr)
    engines = [engine for engine in asked if installed(engine)]
    if not engines:
        return 0
    wrong = {engine: [_wrong(case, engine) for case in cases] for engine in engines}
    if not options.markdown:
        for engine in engines:
            _print_wrong(engine, cases, wrong[engine])
    _print_summary(cases, wrong)
    return int(any(wrong.get("catchment", [])))


def plain(case: Case) -> dict[str, object]:
    """A case in lon and lat, of plain types."""
    return {
        "topic": case.topic,
        "name": case.name,
        "why": case.why,
        "mode": case.mode,
        "respect_oneway": case.oneway,
        "rough_tracks": case.rough,
        "count_gaps": case.gaps,
        "max_gap_m": case.max_gap_m,
        "limit_m": case.limit_m,
        "nodes": {node: lon_lat(*at) for node, at in case.nodes.items()},
        "ways": [{"id": n + 1, "nodes": way.nodes, "tags": way.tags} for n, way in enumerate(case.ways)],
        "sites": {site: lon_lat(*at) for site, at in case.sites.items()},
        "people": {person: lon_lat(*at) for person, at in case.people.items()},
        "nearest_m": case.expected.nearest,
        "off": sorted(case.expected.off),
        "within": sorted(case.expected.within),
        "reach": {site: sorted(people) for site, people in case.expected.reach.items()},
        "parts_m": case.parts_m,
    }


def _wrong(case: Case, engine: str) -> list[str]:
    try:
        return differences(case, ENGINES[engine](case))
    except Exception as problem:  # noqa: BLE001 - a peer that fails has the case wrong, and the others go on
        return [f"{type(problem).__name__}: {problem}"]


def _print_wrong(engine: str, cases: list[Case], wrong: list[list[str]]) -> None:
    print(f"{engine}\n")
    for case, found in zip(cases, wrong, strict=True):
        if found:
            print(f"  {case.topic}: {case.name}\n    ({case.why})")
            print("".join(f"    {line}\n" for line in found))


def _print_summary(cases: list[Case], wrong: dict[str, list[list[str]]]) -> None:
    topics = Counter(case.topic for case in cases)
    print(f"| cases right | {' | '.join(wrong)} | of |")
    print("|---|" + "---|" * (len(wrong) + 1))
    for topic, count in topics.items():
        right = [sum(c.topic == topic and not w for c, w in zip(cases, found, strict=True)) for found in wrong.values()]
        print(f"| {topic} | {' | '.join(map(str, right))} | {count} |")
    totals = [sum(not w for w in found) for found in wrong.values()]
    print(f"| **all** | {' | '.join(f'**{total}**' for total in totals)} | **{len(cases)}** |")


if __name__ == "__main__":
    raise SystemExit(main())
