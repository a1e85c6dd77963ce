"""The first look at places: people around by head and by brute force, and the score by the laws of a share."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.geo.measure import distance_m
from catchment.siting.first_look import RINGS, first_look, people_around

amounts = st.floats(0, 1e9)


@settings(deadline=None)
@given(amounts, st.floats(0, 1), st.floats(0, 1e5), st.floats(100, 20_000))
def test_the_first_look_is_a_share_and_more_people_never_lower_it(people, share, junction, radius):
    units = np.array([people, 2 * people]) * 1024
    score = first_look(units, radius, np.full(2, share), np.full(2, junction))
    assert ((score >= 0) & (score <= 1)).all()
    assert score[1] >= score[0]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(0, 40), st.integers(0, 40), st.floats(50, 5000))
def test_people_around_are_those_of_the_circle_to_two_cells(seed, place_count, home_count, radius):
    random = np.random.default_rng(seed)
    xy, homes = 114 + random.uniform(0, 0.05, (place_count, 2)), 114 + random.uniform(0, 0.05, (home_count, 2))
    xy[:, 1] -= 86
    homes[:, 1] -= 86
    units = random.integers(0, 5000, home_count)
    found = people_around(xy, homes, units, radius)
    slack = 2 * radius / (RINGS + 0.5)
    for place, around in zip(xy, found, strict=True):
        away = distance_m(np.tile(place, (home_count, 1)), homes)
        assert units[away < radius - slack].sum() <= around <= units[away < radius + slack].sum()


def test_people_around_do_not_depend_on_any_order():
    random = np.random.default_rng(3)
    xy, homes, units = random.uniform(0, 0.02, (20, 2)), random.uniform(0, 0.02, (300, 2)), random.integers(0, 99, 300)
    order = random.permutation(300)
    found = people_around(xy, homes, units, 400)
    assert (people_around(xy[::-1], homes[order], units[order], 400)[::-1] == found).all()
