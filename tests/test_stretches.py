"""The choice block of the page: read back with plain Python it gives the figures of the run, to the last unit."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pagedata import page_data

from catchment.model import Candidates, Options, People, ReachSets
from catchment.outputs.cell_columns import people_codes, people_least
from catchment.outputs.drawing import drawn_cells
from catchment.outputs.stretches import people_order, stretches_of

CANDIDATE = {
    "candidate_id": [7],
    "label": ["candidate.street_stretch"],
    "name": [""],
    "premises": [""],
    "street": ["中心路"],
    "kind": ["primary"],
    "way_id": [10],
    "lon": [114.034],
    "lat": [28.015],
}


def reach_of(lists, order):
    """Reach sets from lists of (start, stop)."""
    runs = np.array([pair for pairs in lists for pair in pairs], np.int32).reshape(-1, 2)
    ptr = np.cumsum([0, *map(len, lists)])
    return ReachSets(ptr, runs[:, 0], runs[:, 1], np.array(order, np.int32))


def hand_made_options(run, asked, *, order=None, **readings):
    """The three sites of the run made by hand, of which two count, and a candidate."""
    order = np.argsort(run.people.setting, kind="stable") if order is None else order
    reach = {key: reach_of(lists, order) for key, lists in {"asked": asked, **readings}.items()}
    return Options(
        site=np.array([0, 1, 2, -1], np.int32),
        candidate=np.array([-1, -1, -1, 0], np.int32),
        candidates=Candidates(pd.DataFrame(CANDIDATE)),
        open=np.array([True, True, False, False]),
        readings=dict.fromkeys(reach, run.standard),
        reach=reach,
    )


# The order is that of the people. The county's site reaches the cells 0 and 4, the village's 2, the planned one 2 and
# 3, the candidate 3 alone.
ASKED = [[(0, 1), (4, 5)], [(2, 3)], [(2, 4)], [(3, 4)]]


@pytest.fixture
def run(make_run):
    run = make_run(digest="ab12")
    return replace(run, options=hand_made_options(run, ASKED, slow=[[(0, 1)], [], [(2, 4)], []]))


def held(choice, reading, is_open):
    """The stretches that a run of any open option holds."""
    found, at = set(), 0
    for option, count in zip(is_open, reading["runs"], strict=True):
        place = 0
        for first, length in zip(reading["first"][at : at + count], reading["length"][at : at + count], strict=True):
            place += first
            found |= set(range(place, place + length)) if option else set()
            place += length
        at += count
    assert all(stretch < len(choice["stretches"]["units"]) for stretch in found)
    return found


def test_a_stretch_ends_where_a_run_a_region_or_a_setting_does(run):
    stretches = page_data(run)["choice"]["stretches"]
    # Every cell but the last two differs from the next; 6 and 7 are of one region, setting and fate.
    assert stretches["units"] == [unit * 256 for unit in (400, 202, 121, 77, 160, 1, 62)]
    assert stretches["region"] == [0, 0, 1, 1, 0, 0, 1]
    assert stretches["setting"] == [0, 0, 1, 1, 2, 2, 2]
    assert stretches["cells"] == [1, 1, 1, 1, 1, 1, 2]


def test_the_open_options_give_the_figures_of_the_run(run):
    choice = page_data(run)["choice"]
    is_open = [option["open"] for option in choice["options"]]
    found = held(choice, choice["readings"][0], is_open)
    units = choice["stretches"]["units"]
    assert sum(units) == run.totals.people
    assert sum(units[stretch] for stretch in found) == run.totals.covered
    for region, row in enumerate(run.by_region.to_dict("records")):
        here = [stretch for stretch in found if choice["stretches"]["region"][stretch] == region]
        assert sum(units[stretch] for stretch in here) == row["covered"]


def test_options_are_sites_and_candidates_by_their_rows(run):
    page = page_data(run)
    assert page["choice"]["options"] == [
        {"kind": "site", "index": 0, "open": True},
        {"kind": "site", "index": 1, "open": True},
        {"kind": "site", "index": 2, "open": False},
        {"kind": "candidate", "index": 0, "open": False},
    ]
    assert page["choice"]["data"] == "ab12"
    assert [reading["key"] for reading in page["choice"]["readings"]] == ["asked", "slow"]
    assert page["choice"]["readings"][1]["runs"] == [1, 0, 1, 0]
    assert page["candidates"] == [
        {
            "id": 7, "premises": False, "street": "中心路", "region": "东区", "setting": "town", "site": 1,
            "cost_m": 3400, "xy": [114.034, 28.015], "merit": None,
        }
    ]  # fmt: skip
    assert page["texts"]["zh"]["candidates"] == {"places": ["中心路"], "kinds": ["寻址路段：需核实可用场所"]}


def test_a_run_without_options_has_no_choice_and_its_cells_go_by_setting(make_run):
    setting = np.array([2, 0, 1, 0, 2, 0, 0, 1], np.int8)
    page = page_data(make_run(people=replace(make_run().people, setting=setting)))
    assert (page["choice"], page["candidates"]) == (None, [])
    assert [state % 3 for state in page["cells"]["state"]] == sorted(setting)


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_choice_covers_the_union_of_its_runs(make_run, data):
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    n, run = 60, make_run()
    setting = np.sort(rng.integers(0, 3, n)).astype(np.int8)
    order = np.concatenate([rng.permutation(np.flatnonzero(setting == kind)) for kind in range(3)])
    people = People(
        xy=rng.uniform(28, 29, (n, 2)), units=rng.integers(0, 5000, n), point_id=np.arange(n),
        region=rng.integers(-1, 3, n).astype(np.int32), setting=setting,
    )  # fmt: skip
    lists = [
        [tuple(pair) for pair in np.sort(rng.choice(n + 1, 2 * rng.integers(0, 5), replace=False)).reshape(-1, 2)]
        for _ in range(8)
    ]
    made = hand_made_options(run, lists[:4], order=order, slow=lists[4:])
    stretches = stretches_of(made, people)
    assert stretches.units.sum() == people.units.sum()
    is_open = rng.integers(0, 2, 4).astype(bool)
    for reach in made.reach.values():
        covered = np.zeros(n, bool)
        for option in np.flatnonzero(is_open):
            covered[reach.people(option)] = True
        for region in range(-1, 3):
            found = np.zeros(len(stretches), bool)
            for option in np.flatnonzero(is_open):
                for run_ in range(reach.source_ptr[option], reach.source_ptr[option + 1]):
                    found[stretches.of_place[reach.start[run_]] : stretches.of_place[reach.stop[run_]]] = True
            here = stretches.units[found & (stretches.region == region)].sum()
            assert here == people.units[covered & (people.region == region)].sum()


def test_cells_stand_in_the_order_of_the_people_and_blocks_where_their_largest_stands(run):
    order = people_order(run)[::-1]
    cells = drawn_cells(run.people, run.access, order=order)
    assert cells.point.tolist() == order.tolist()
    same = replace(run.people, setting=np.zeros(8, np.int8))
    access = replace(run.access, cause=np.zeros(8, np.int8))
    blocks = drawn_cells(same, access, order=order, cell_budget=7)
    # Two blocks of four cells; the largest of them are the cells 2 and 0.
    assert blocks.point.tolist() == [2, 0]
    assert blocks.units.tolist() == [65 * 1024, 190.75 * 1024]


@given(st.lists(st.integers(0, 2**33), min_size=1, max_size=50))
def test_people_as_one_byte_are_within_three_percent(units):
    units = np.array(units)
    least = people_least(units)
    codes = people_codes(units, least)
    assert codes.min() >= 0
    assert codes.max() <= 255
    assert ((codes == 0) == (units == 0)).all()
    read = least * 1.06 ** (codes - 1.0)
    many = units >= least
    assert (np.abs(read[many] / units[many] - 1) <= 0.03).all()
