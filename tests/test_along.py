"""What there is to find along a stretch of street, counted by head: a square of a drawing is 2 m."""

from __future__ import annotations

import numpy as np
from blocks import block, buildings_of, on_earth, streets_of

from catchment.siting.along import ALONG_M, fronts_along
from catchment.siting.criteria import ALONG_HALF_M, street_front

DRAWN = block(
    """
                 CCC
    AAAA    BBB  CCC|
    AAAA    BBB  CCC|
    AAAA            |
                    |
    ----------------+----
    """
)


def along(xy, *, way=1, street="High Street", outlines=True):
    streets, barred = streets_of(DRAWN)
    names = [street] * len(xy)
    buildings = buildings_of(DRAWN) if outlines else None
    return fronts_along(xy, np.full(len(xy), way), names, streets=streets, buildings=buildings, barred=barred)


def at(*east_m):
    return on_earth(np.array([[east, -11.0] for east in east_m]))


def test_fronts_on_the_street_of_a_stretch_are_counted_with_their_metres():
    row = along(at(20.0)).iloc[0]
    # A 8 m, 3 m back; B and C 6 m each, 5 m back; what looks onto North Street is left out.
    assert (row["along_count"], round(row["along_m"], 2)) == (3, 20.0)
    assert round(row["setback_m"], 2) == (8 * 3 + 6 * 5 + 6 * 5) / 20


def test_fronts_beyond_the_reach_do_not_count_and_without_buildings_nothing_is_known():
    # The middles of the fronts of A, B and C are 12, 27 and 37 m east.
    found = along(at(26.5 + ALONG_M, 36.5 + ALONG_M, 39.0 + ALONG_M, 5000.0))
    np.testing.assert_array_equal(found["along_count"], [2, 1, 0, np.nan])
    assert along(at(20.0), outlines=False).isna().all(axis=None)
    assert len(along(np.empty((0, 2)))) == 0


def test_buildings_near_without_a_front_on_the_street_are_known_to_be_none():
    row = along(at(20.0), way=77, street="").iloc[0]
    assert row["along_count"] == 0
    assert row["along_m"] == 0
    assert street_front(np.array([row["along_m"]]), np.array([row["setback_m"]]), half_m=ALONG_HALF_M).tolist() == [0]


def test_a_side_half_full_of_fronts_counts_half():
    assert street_front(np.array([100.0]), np.array([0.0]), half_m=ALONG_HALF_M).tolist() == [0.5]
