"""The conformance cases: street maps with answers worked out by hand, and whether they hold together themselves."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conformance.cases import read_cases
from conformance.engines import ENGINES, catchment_answers, catchment_parts_m, differences, installed

ROOT = Path(__file__).parents[1]
CASES = read_cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_comes_out_as_by_hand(case):
    assert differences(case, catchment_answers(case)) == [], case.why


@pytest.mark.parametrize("case", [case for case in CASES if case.parts_m], ids=lambda case: case.name)
def test_so_many_metres_of_street_are_within_the_limit(case):
    found = catchment_parts_m(case)
    assert {site: found[site] for site in case.parts_m} == case.parts_m, case.why


def test_the_answers_by_hand_agree_with_each_other():
    for case in CASES:
        expected = case.expected
        assert expected.nearest.keys() | expected.off == case.people.keys(), case.name
        assert expected.reach.keys() == case.sites.keys(), case.name
        for person, ranking in expected.nearest.items():
            assert list(ranking) == sorted(ranking, key=lambda entry: entry[::-1]), case.name
            assert len(ranking) <= 2
            for site, metres in ranking:
                assert (person in expected.reach[site]) == (metres <= case.limit_m), case.name
        assert not expected.off & expected.within


def test_every_case_has_a_name_and_a_reason_of_its_own():
    assert len({case.name for case in CASES}) == len(CASES) >= 60
    assert all(case.why for case in CASES)
    assert {case.topic for case in CASES} == {"paths", "edges", "places", "limits", "oneway", "modes"}


@pytest.mark.parametrize("engine", ["scipy", "osmnx", "pandana"])
def test_a_peer_gets_what_it_can_get_and_no_more(engine):
    """The adapters are honest: joined to a node of the drawing, a peer is right; in the middle of an edge it is not."""
    if not installed(engine):
        pytest.skip(f"{engine} is not installed")
    by_name = {case.name: case for case in CASES}
    on_nodes = by_name["distances run along the streets, not as the crow flies"]
    in_mid_edge = by_name["a site and a person on one edge are joined along it"]
    assert differences(on_nodes, ENGINES[engine](on_nodes)) == []
    assert differences(in_mid_edge, ENGINES[engine](in_mid_edge)) != []


def test_any_other_program_can_have_the_cases():
    command = [sys.executable, "-m", "tests.conformance", "--json"]
    printed = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
    assert [case["name"] for case in printed] == [case.name for case in CASES]
    assert all({"nodes", "ways", "sites", "people", "nearest_m", "reach"} <= case.keys() for case in printed)


def test_the_table_of_the_readme_counts_these_cases():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for topic, count in Counter(case.topic for case in CASES).items():
        ours, *_, of = re.search(rf"^\| {topic} \|(.*)\|$", readme, re.MULTILINE)[1].split("|")
        assert int(ours) == int(of) == count
