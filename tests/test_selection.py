"""The choice inside the bound: against every choice there is."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from catchment.siting.selection import Cells, best_in_cells, most_valuable


@st.composite
def cells(draw, *, rows=False):
    count = draw(st.integers(1, 7))
    cell = np.array(draw(st.lists(st.integers(0, 2), min_size=count, max_size=count)))
    size = np.bincount(cell, minlength=3)
    must = np.array(draw(st.lists(st.sampled_from([False, False, False, True]), min_size=count, max_size=count)))
    sure = np.bincount(cell[must], minlength=3)
    least = np.array([draw(st.integers(0, number)) for number in size])
    most = np.array([draw(st.integers(max(low, fixed), 8)) for low, fixed in zip(least, sure, strict=True)])
    budget = draw(st.integers(int(np.maximum(least, sure).sum()), count + 1))
    row_count = draw(st.integers(1, 3)) if rows else 0
    factors = draw(st.lists(st.integers(-2, 5), min_size=row_count * count, max_size=row_count * count))
    row_most = draw(st.lists(st.integers(-4, 12), min_size=row_count, max_size=row_count))
    matrix = csr_array(np.array(factors, np.int64).reshape(row_count, count))
    value = np.array(draw(st.lists(st.integers(0, 9), min_size=count, max_size=count)), np.float64)
    return Cells(cell, least, most, must, budget, matrix, np.array(row_most, np.int64)), value


def choices_of(cells):
    """Every choice that keeps to the cells, as masks."""
    for mask in itertools.product((False, True), repeat=len(cells.cell)):
        chosen = np.array(mask)
        count = np.bincount(cells.cell[chosen], minlength=len(cells.least))
        if (
            chosen.sum() <= cells.budget
            and (count >= cells.least).all()
            and (count <= cells.most).all()
            and chosen[cells.must].all()
            and (cells.rows @ chosen <= cells.row_most).all()
        ):
            yield chosen


@given(cells())
@settings(max_examples=300, deadline=None)
def test_no_choice_is_worth_more_and_moving_a_site_costs_what_it_says(world):
    kept, value = world
    best = best_in_cells(kept, value)
    choices = list(choices_of(kept))
    inside = np.isin(np.arange(len(value)), best.sites)
    assert any((inside == choice).all() for choice in choices)
    assert best.worth == value[best.sites].sum() == max(value[choice].sum() for choice in choices)
    for site in range(len(value)):
        others = [value[choice].sum() for choice in choices if choice[site] != inside[site]]
        assert best.loss[site] == best.worth - max(others, default=-np.inf)


@given(cells(rows=True), st.integers(1, 30))
@settings(max_examples=200, deadline=None)
def test_with_rows_no_choice_that_keeps_them_is_worth_more_at_any_prices(world, calls):
    kept, value = world
    best = None
    for _ in range(calls):
        best = best_in_cells(kept, value, best)
    inside = np.isin(np.arange(len(value)), best.sites)
    for choice in choices_of(kept):
        assert value[choice].sum() <= best.worth
        moved = choice != inside
        assert (value[choice].sum() <= best.worth - best.loss[moved]).all()


def test_the_price_of_money_comes_to_that_of_the_knapsack():
    # Worth 3000, 2000 and 1000 for each unit of money, 10 units each, of which there are 15: 30,000 and half of 20,000.
    kept = Cells(
        np.zeros(3, int),
        np.zeros(1, int),
        np.full(1, 3),
        np.zeros(3, bool),
        3,
        csr_array([[10, 10, 10]]),
        np.array([15]),
    )
    worth, best = [], None
    for _ in range(80):
        best = best_in_cells(kept, np.array([30_000.0, 20_000.0, 10_000.0]), best)
        worth.append(best.worth)
    assert 40_000 <= min(worth) <= 40_040


@given(st.lists(st.integers(0, 9), min_size=2, max_size=8), st.data())
@settings(deadline=None)
def test_one_cell_without_limits_is_the_largest_values(values, data):
    budget = data.draw(st.integers(1, len(values) - 1))
    value, count = np.array(values, np.float64), len(values)
    one = Cells(
        np.zeros(count, int),
        np.zeros(1, int),
        np.full(1, count),
        np.zeros(count, bool),
        budget,
        csr_array((0, count)),
        np.zeros(0),
    )
    assert best_in_cells(one, value).worth == most_valuable(value, budget).worth
