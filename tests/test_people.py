"""People in units of 1/1024."""

import math

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from catchment.demand.points import demand_points
from catchment.model import Population, Regions
from catchment.rounding import largest_remainder

PERSONS = st.lists(st.floats(0.0001, 5000), min_size=1, max_size=200)


@given(PERSONS)
def test_units_add_up_to_the_rounded_total_and_stay_within_one_of_their_value(persons):
    units = largest_remainder(np.array(persons) * 1024)
    assert units.sum() == math.floor(math.fsum(np.array(persons) * 1024) + 0.5)
    assert (abs(units - np.array(persons) * 1024) < 1 + 1e-6).all()


@given(PERSONS, st.randoms())
def test_the_total_does_not_depend_on_the_order(persons, random):
    shuffled = persons[:]
    random.shuffle(shuffled)
    assert largest_remainder(np.array(persons)).sum() == largest_remainder(np.array(shuffled)).sum()


def test_ties_go_to_the_earlier_point():
    assert largest_remainder([0.25, 0.25, 0.25, 0.25]).tolist() == [1, 0, 0, 0]


def test_people_outside_every_region_are_left_out_and_counted():
    frame = gpd.GeoDataFrame(
        {"region_id": ["1", "2"], "name": ["a", "b"], "parent": ["", ""]},
        geometry=[shapely.box(0, 0, 1, 1), shapely.box(1, 0, 2, 1)],
        crs=4326,
    )
    xy = np.array([[0.5, 0.5], [1.0, 0.5], [1.5, 0.5], [7.0, 0.5]])
    people = demand_points(Population(xy, np.array([1.0, 2.0, 3.0, 4.0]), np.arange(4), None), Regions(frame))
    assert people.region.tolist() == [0, 0, 1]
    assert people.units.tolist() == [1024, 2048, 3072]
    assert people.left_out_units == 4 * 1024
