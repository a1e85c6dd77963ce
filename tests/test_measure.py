"""Lengths on the ellipsoid, against PROJ's exact geodesics."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from catchment.geo.measure import distance_m, distance_to_edge_m

GEOD = Geod(ellps="WGS84")
LON, LAT = st.floats(-179, 179), st.floats(-80, 80)


@given(LON, LAT, st.floats(0, 360), st.floats(0.01, 2_000))
def test_a_street_segment_is_measured_to_a_micrometre(lon, lat, azimuth, length):
    east, north, _ = GEOD.fwd(lon, lat, azimuth, length)
    measured = distance_m(np.array([[lon, lat]]), np.array([[east, north]]))[0]
    exact = GEOD.inv(lon, lat, east, north)[2]
    assert abs(measured - exact) < 1e-6


@given(LON, LAT, st.floats(0, 360), st.floats(2_000, 40_000))
def test_a_service_radius_is_measured_to_a_millimetre(lon, lat, azimuth, length):
    east, north, _ = GEOD.fwd(lon, lat, azimuth, length)
    measured = distance_m(np.array([[lon, lat]]), np.array([[east, north]]))[0]
    assert abs(measured - length) < 1e-3


def test_no_distance_is_zero_not_nan():
    here = np.array([[114.4, 27.8]])
    assert distance_m(here, here)[0] == 0


def test_outside_the_data_the_edge_is_at_a_negative_distance():
    inside, outside = distance_to_edge_m(np.array([[0.5, 0.5], [1.5, 0.5]]), (0.0, 0.0, 1.0, 1.0))
    assert inside > 50_000
    assert outside < -50_000
