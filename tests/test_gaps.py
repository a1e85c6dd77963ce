"""Gaps: by head on drawn grids, against a flood fill on random ones."""

from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from catchment.access.gaps import find_gaps, lattice_m
from catchment.model import Access, Cause, People, Setting

LETTERS = "CTR"
"""City, town and country."""


def world(drawing, *, width=None, grid=True, **changes):
    """
    People of a drawn grid, a row per line: a letter is an uncovered person of that setting, ``*`` a covered one.

    A digit before a letter makes it so many people. Cells are 100 m, the first one at the equator.
    """
    entries = []
    for row, line in enumerate(drawing.strip("\n").splitlines()):
        column, many = 0, 1
        for sign in line:
            if sign.isdigit():
                many = int(sign)
                continue
            if sign in LETTERS + "*":
                entries.append((row, column, many, sign))
            column, many = column + 1, 1
    row, column, many, sign = zip(*entries, strict=True)
    covered = np.array(sign) == "*"
    setting = np.array([max(LETTERS.find(letter), 0) for letter in sign], np.int8)
    width = width or max(column) + 1
    return made(
        np.array(row), np.array(column), np.array(many) * 1024, setting, covered, width=width, grid=grid, **changes
    )


def made(row, column, units, setting, covered, *, width, grid=True, region=None, cause=None):
    count = len(row)
    people = People(
        xy=np.column_stack([column * 0.0009 + 0.00045, 0.00045 - row * 0.0009]),
        units=units,
        point_id=row * width + column,
        region=np.full(count, -1, np.int32) if region is None else np.array(region, np.int32),
        setting=setting,
        grid_width=width if grid else None,
    )
    cause = np.where(covered, Cause.COVERED, Cause.TOO_FAR) if cause is None else np.array(cause)
    access = Access(
        cause=cause.astype(np.int8),
        site=np.arange(count, dtype=np.int32) % 7,
        second_site=np.full(count, -1, np.int32),
        cost_mm=np.arange(count) * 1000,
        second_cost_mm=np.full(count, -1),
        straight_m=np.arange(count) * 0.5,
    )
    return people, access


def patches(drawing, **options):
    """Rank of the gap of each point, as a string; a dot is no gap."""
    gaps = find_gaps(*world(drawing, **options))
    return "".join("." if patch < 0 else str(patch + 1) for patch in gaps.patch)


def test_cells_that_touch_at_a_corner_are_one_gap():
    drawing = """
C..
.C.
..C
"""
    assert patches(drawing) == "111"


def test_cells_one_apart_are_two_gaps():
    assert patches("3C.C") == "12"


def test_two_settings_are_two_gaps():
    assert patches("3CT2RR") == "1322"


def test_a_covered_cell_parts_a_gap():
    assert patches("C*2C") == "2.1"


def test_the_last_cell_of_a_row_does_not_touch_the_first_of_the_next():
    drawing = """
..C
2C..
"""
    assert patches(drawing) == "21"
    drawing = """
..C
...
2C..
"""
    assert patches(drawing) == "21"


def test_of_equal_gaps_the_first_cell_ranks_first():
    assert patches("C.C.2C") == "231"


def test_points_of_a_table_are_joined_over_a_fixed_lattice():
    drawing = """
CC..C
..C..
"""
    assert patches(drawing, grid=False) == "1121"


VILLAGES = """
C....C
......
......
......
......
C..............C
"""


def test_neighbouring_villages_are_one_gap_and_far_ones_another():
    # 500 m apart they lie in cells that touch; the last one is over 1 km from any, with a cell between. The median
    # village is 500 m from the next one, so the table is one of villages; on a lattice of houses each is alone.
    people, access = world(VILLAGES, grid=False)
    assert lattice_m(people) == 500
    gaps = find_gaps(people, access)
    assert (gaps.patch.tolist(), gaps.lattice_m) == ([0, 0, 0, 1], 500)
    assert find_gaps(people, access, width_m=100).patch.tolist() == [0, 1, 2, 3]


def test_a_grid_is_its_own_lattice_however_far_apart_its_people_live():
    gaps = find_gaps(*world(VILLAGES))
    assert (gaps.patch.tolist(), gaps.lattice_m) == ([0, 1, 2, 3], None)


def test_which_lattice_a_table_takes_depends_on_everybody_in_it():
    # The two who are not covered are 400 m apart, but most of the table are houses 100 m from the next.
    people, access = world("C***C", grid=False)
    assert lattice_m(people) == 100
    assert find_gaps(people, access).patch.tolist() == [0, -1, -1, -1, 1]


def test_empty_houses_and_second_entries_are_nobodys_neighbours():
    assert lattice_m(world("C0C0C0C0C0CC", grid=False)[0]) == 500
    people, _ = world("C....CC", grid=False)
    assert lattice_m(replace(people, xy=people.xy[[0, 1, 1]])) == 500
    assert lattice_m(world("C", grid=False)[0]) == 100


@given(st.floats(-60, 60), st.floats(-180, 180), st.floats(0, 2 * np.pi), st.sampled_from([(49, 1), (330, 2)]))
def test_on_the_lattice_near_neighbours_are_joined_anywhere_and_far_ones_are_not(lat, lon, bearing, case):
    metres, count = case
    people, access = world("CC", grid=False)
    north, east = np.cos(bearing) * metres / 111_000, np.sin(bearing) * metres / 111_000 / np.cos(np.radians(lat))
    moved = replace(people, xy=np.array([[lon, lat], [lon + east, lat + north]]))
    assert len(find_gaps(moved, access, width_m=100)) == count


def test_a_gap_says_how_many_where_and_why():
    drawing = """
2C3C4C
"""
    causes = [Cause.CUT_OFF, Cause.CUT_OFF, Cause.TOO_FAR]
    people, access = world(drawing, region=[1, 0, 1], cause=causes)
    row = find_gaps(people, access).frame.iloc[0]
    assert (row["gap_id"], row["people"], row["setting"]) == (1, 9 * 1024, Setting.CITY)
    assert (row["cause"], row["cut_off"], row["too_far"], row["no_site"]) == (Cause.CUT_OFF, 5 * 1024, 4 * 1024, 0)
    assert row["region"] == 1
    assert (row["point"], row["site"], row["cost_mm"], row["straight_m"]) == (2, 2, 2000, 1.0)
    assert (row["lon"], row["lat"]) == tuple(people.xy[2])


def test_where_everybody_is_covered_there_is_no_gap():
    gaps = find_gaps(*world("**"))
    assert (len(gaps), gaps.patch.tolist()) == (0, [-1, -1])


def test_a_cell_where_nobody_lives_is_part_of_no_gap():
    assert patches("C0CC") == "1.2"


GRIDS = hnp.arrays(np.int8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(-2, 2))


def _flood(codes):
    """Patch of each cell by flood fill, -1 outside, in the order they are met."""
    patch = np.full(codes.shape, -1)
    for corner in np.ndindex(codes.shape):
        if codes[corner] < 0 or patch[corner] >= 0:
            continue
        waiting, patch[corner] = [corner], patch.max() + 1
        while waiting:
            row, column = waiting.pop()
            for near in np.ndindex(3, 3):
                r, c = row + near[0] - 1, column + near[1] - 1
                inside = 0 <= r < codes.shape[0] and 0 <= c < codes.shape[1]
                if inside and codes[r, c] == codes[corner] and patch[r, c] < 0:
                    patch[r, c] = patch[corner]
                    waiting.append((r, c))
    return patch


@given(GRIDS, st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=150, deadline=None)
def test_gaps_are_those_of_a_flood_fill_and_hold_all_the_uncovered(codes, seed, grid):
    random = np.random.default_rng(seed)
    row, column = np.nonzero(codes >= -1)
    code = codes[row, column]
    units = random.integers(1, 5000, len(row))
    people, access = made(
        row, column, units, np.maximum(code, 0).astype(np.int8), code < 0, width=codes.shape[1], grid=grid
    )
    causes = random.integers(1, 6, len(row))
    access = replace(access, cause=np.where(access.covered, Cause.COVERED, causes).astype(np.int8))
    gaps = find_gaps(people, access, width_m=100)
    assert gaps.frame["people"].sum() == units[~access.covered].sum()
    for cause in set(Cause) - {Cause.COVERED}:
        of_cause = units * (access.cause == cause)
        by_rank = [of_cause[gaps.patch == rank].sum() for rank in range(len(gaps))]
        assert gaps.frame[cause.name.lower()].tolist() == by_rank
    flooded = _flood(codes)[row, column]
    expected = sorted(
        (-units[flooded == patch].sum(), np.flatnonzero(flooded == patch).tolist()) for patch in set(flooded) - {-1}
    )
    assert [set(people.setting[gaps.patch == rank]) for rank in range(len(gaps))] == [
        {k} for k in gaps.frame["setting"]
    ]
    ours = [(-total, np.flatnonzero(gaps.patch == rank).tolist()) for rank, total in enumerate(gaps.frame["people"])]
    assert ours == expected


@given(GRIDS, st.integers(0, 2**32 - 1), st.booleans())
@settings(max_examples=50, deadline=None)
def test_the_order_of_the_rows_changes_no_gap(codes, seed, grid):
    random = np.random.default_rng(seed)
    row, column = np.nonzero(codes >= -1)
    code, turn = codes[row, column], random.permutation(len(row))
    units = random.integers(1, 3, len(row))
    setting = np.maximum(code, 0).astype(np.int8)
    there = find_gaps(*made(row, column, units, setting, code < 0, width=codes.shape[1], grid=grid))
    arrays = (array[turn] for array in (row, column, units, setting, code < 0))
    again = find_gaps(*made(*arrays, width=codes.shape[1], grid=grid))
    np.testing.assert_array_equal(again.patch, there.patch[turn])
    facts = ["people", "setting", "too_far", "lon", "lat"]
    np.testing.assert_array_equal(again.frame[facts], there.frame[facts])
