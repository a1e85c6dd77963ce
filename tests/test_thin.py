"""Thinning candidates to a spacing: against brute force, and its laws."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import KDTree

from catchment.siting.thin import thinned


def brute_force(xy_m, score, spacing_m):
    """Look at every place from the best on, and compare it with all that are kept."""
    kept = []
    order = sorted(range(len(score)), key=lambda place: (math.isnan(score[place]), -np.nan_to_num(score[place]), place))
    for place in order:
        if all(((xy_m[place] - xy_m[other]) ** 2).sum() > spacing_m**2 for other in kept):
            kept.append(place)
    return kept


@st.composite
def crowds(draw):
    # On a lattice, so that many stand at one spot, at equal distances and exactly at the spacing.
    lattice = st.integers(-6, 6)
    places = draw(st.lists(st.tuples(lattice, lattice), min_size=0, max_size=40))
    scores = draw(
        st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0, math.nan]), min_size=len(places), max_size=len(places))
    )
    step = draw(st.sampled_from([1.0, 10.0, 33.3]))
    return (
        np.array(places, np.float64).reshape(-1, 2) * step,
        np.array(scores),
        step * draw(st.sampled_from([0, 1, 2, 5])),
    )


@settings(deadline=None, max_examples=300)
@given(crowds())
def test_what_is_kept_is_what_brute_force_keeps(crowd):
    assert thinned(*crowd).tolist() == brute_force(*crowd)


@settings(deadline=None)
@given(crowds())
def test_no_two_kept_crowd_and_whatever_is_dropped_has_a_better_one_kept_within_the_spacing(crowd):
    xy_m, score, spacing_m = crowd
    kept = thinned(xy_m, score, spacing_m)
    away = ((xy_m[:, None] - xy_m[None, kept]) ** 2).sum(axis=2)
    near = away <= spacing_m**2
    assert (near[kept].sum(axis=1) == 1).all()
    value = np.nan_to_num(score, nan=-1.0)
    rank = np.empty(len(score))
    rank[np.lexsort((np.arange(len(score)), -value))] = np.arange(len(score))
    dropped = np.setdiff1d(np.arange(len(score)), kept)
    assert (near[dropped] & (rank[kept] < rank[dropped][:, None])).any(axis=1).all()


def test_of_equals_the_earlier_one_stays_and_exactly_the_spacing_crowds():
    row = np.array([[0.0, 0.0], [100.0, 0.0], [200.1, 0.0]])
    assert thinned(row, np.ones(3), 100.0).tolist() == [0, 2]
    assert thinned(row, np.ones(3), 99.9).tolist() == [0, 1, 2]


def test_nothing_is_thinned_to_nothing():
    assert thinned(np.empty((0, 2)), np.empty(0), 50.0).tolist() == []


@pytest.mark.parametrize("spread_m", [200_000, 4_000])
def test_fifty_thousand_places_are_apart_and_leave_no_room(spread_m):
    random = np.random.default_rng(1)
    xy_m, score = random.uniform(0, spread_m, (50_000, 2)), random.random(50_000)
    kept = thinned(xy_m, score, 100.0)
    tree = KDTree(xy_m[kept])
    assert not tree.query_pairs(100.0)
    assert tree.query(xy_m)[0].max() <= 100
