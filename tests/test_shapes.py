"""Points in polygons."""

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.geo.shapes import polygon_of


@given(st.lists(st.tuples(*[st.integers(-3, 3)] * 4), max_size=6), st.lists(st.tuples(*[st.integers(-7, 7)] * 2)))
@settings(deadline=None)
def test_a_point_lies_in_the_first_polygon_that_it_meets(boxes, halves):
    """On whole and half numbers, so that points often lie on a side or a corner."""
    polygons = [shapely.box(min(a, c), min(b, d), max(a, c) + 1, max(b, d) + 1) for a, b, c, d in boxes]
    xy = np.array(halves, np.float64).reshape(-1, 2) / 2
    meets = [[polygon.intersects(shapely.Point(place)) for polygon in polygons] for place in xy]
    assert polygon_of(xy, polygons).tolist() == [row.index(True) if True in row else -1 for row in meets]


def test_a_region_without_a_shape_holds_nobody():
    assert polygon_of(np.zeros((1, 2)), [shapely.Polygon(), shapely.box(-1, -1, 1, 1)]).tolist() == [1]
