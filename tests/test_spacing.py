"""Sites too near to each other: against every pair."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.siting.spacing import crowded_squares, near_pairs, pairs_across

PLACES = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), max_size=14)


@given(PLACES, st.sampled_from([0.0, 0.5, 1.0, 2.0, 5.0, 20.0]))
@settings(deadline=None)
def test_squares_and_pairs_together_are_all_pairs_that_are_too_near(places, spacing_m):
    xy = np.array(places, np.float64).reshape(-1, 2)
    near = [
        [one, other]
        for one, other in itertools.combinations(range(len(xy)), 2)
        if np.hypot(*(xy[one] - xy[other])) < spacing_m
    ]
    assert near_pairs(xy, spacing_m).tolist() == near
    inside = [list(pair) for square in crowded_squares(xy, spacing_m) for pair in itertools.combinations(square, 2)]
    assert sorted([*inside, *pairs_across(xy, spacing_m).tolist()]) == near
