"""City, town and country."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from scipy import ndimage

from catchment.demand.centres import filled, smoothed
from catchment.demand.points import demand_points
from catchment.demand.settlement import setting_by_areas, setting_by_codes, setting_by_grid, settlement_grid
from catchment.model import Population, Regions, Setting, UrbanAreas

FROM_MOLLWEIDE = Transformer.from_crs("ESRI:54009", "EPSG:4326", always_xy=True)
CITY, TOWN, RURAL = Setting.CITY, Setting.TOWN, Setting.RURAL


def settings_of(drawing, people_of, **options):
    """Settings of a drawing of 1-km cells, each letter so many people at the cell's centre."""
    rows = drawing.strip("\n").splitlines()
    cells = [(x, y, sign) for y, row in enumerate(rows) for x, sign in enumerate(row) if sign != " "]
    east, north = np.array([[8_000_500 + x * 1000, 3_500_500 - y * 1000] for x, y, _ in cells]).T
    xy = np.column_stack(FROM_MOLLWEIDE.transform(east, north))
    persons = np.array([float(people_of[sign]) for *_, sign in cells])
    people = demand_points(Population(xy, persons, np.arange(len(xy)), None))
    return setting_by_grid(xy, settlement_grid(people, **options)).tolist()


def test_a_cluster_of_50_000_is_city_and_of_5_000_town():
    drawing = """
aaaaa
aaaaa   bb

"""
    people = {"a": 5_000, "b": 2_500}
    assert settings_of(drawing, people) == [CITY] * 5 + [CITY] * 5 + [TOWN] * 2


def test_the_thresholds_are_inclusive():
    assert settings_of("aa", {"a": 25_000}) == [CITY, CITY]
    assert settings_of("aa", {"a": 24_999.5}) == [TOWN, TOWN]
    assert settings_of("aa", {"a": 2_500}) == [TOWN, TOWN]
    assert settings_of("aa", {"a": 2_499.5}) == [RURAL, RURAL]
    assert settings_of("ab", {"a": 1_500, "b": 3_500}) == [TOWN, TOWN]
    assert settings_of("ab", {"a": 1_499, "b": 3_501}) == [RURAL, RURAL]


def test_cells_that_share_only_a_corner_are_no_cluster():
    assert settings_of("a \n a", {"a": 3_000}) == [RURAL, RURAL]
    assert settings_of("aa", {"a": 3_000}) == [TOWN, TOWN]


def test_two_halves_of_a_city_that_share_only_a_corner_are_towns():
    assert settings_of("a \n a", {"a": 30_000}) == [TOWN, TOWN]
    assert settings_of("a \naa", {"a": 30_000}) == [CITY] * 3


def test_a_city_polygon_wins_over_a_town_polygon():
    frame = gpd.GeoDataFrame(
        {"setting": ["town", "city"]}, geometry=[shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)], crs=4326
    )
    places = np.array([[0.5, 0.5], [1.5, 0.5], [2.5, 0.5], [5.0, 0.5]])
    assert setting_by_areas(places, UrbanAreas(frame)).tolist() == [TOWN, CITY, CITY, RURAL]


def test_class_codes_of_regions_decide_and_where_there_is_none_nothing_is_said():
    frame = gpd.GeoDataFrame({"settlement": ["town", "", "city", "rural"]}, geometry=[shapely.Point()] * 4, crs=4326)
    region = np.array([2, 0, 1, -1, 3], np.int32)
    assert setting_by_codes(region, Regions(frame)).tolist() == [CITY, TOWN, -1, -1, RURAL]
    assert setting_by_codes(region, Regions(frame[["geometry"]])).tolist() == [-1] * 5


# --- the wider clusters ------------------------------------------------------------------------------------------

DIAGONAL = """
c
 c
  c
   c"""


def test_wider_clusters_join_at_corners_and_are_town_only_by_the_switch():
    assert settings_of(DIAGONAL, {"c": 1_250}) == [RURAL] * 4
    assert settings_of(DIAGONAL, {"c": 1_250}, wider_clusters=True) == [TOWN] * 4
    assert settings_of(DIAGONAL, {"c": 1_249.5}, wider_clusters=True) == [RURAL] * 4


def test_the_suburbs_of_a_city_are_town_in_the_wider_sense_from_300_people_on():
    assert settings_of("aab", {"a": 25_000, "b": 300}, wider_clusters=True) == [CITY, CITY, TOWN]
    assert settings_of("aab", {"a": 25_000, "b": 299.5}, wider_clusters=True) == [CITY, CITY, RURAL]
    assert settings_of("aab", {"a": 25_000, "b": 300}) == [CITY, CITY, RURAL]


# --- the shape of urban centres: # is in the centre --------------------------------------------------------------


def drawn(drawing):
    return np.array([[sign == "#" for sign in row] for row in drawing.split()])


def smooth(drawing, closed=None):
    cells = drawn(drawing)
    return smoothed(cells, np.zeros_like(cells) if closed is None else drawn(closed))


def test_a_cell_joins_the_centre_to_which_five_of_its_eight_neighbours_belong():
    # The inner corner has 3 neighbours above, 1 beside and 1 below left: 5. Those next to it then have 3 + 1 = 4.
    after = smooth("##### ##... ##... ##...")
    assert (after == drawn("##### ###.. ##... ##...")).all()


def test_smoothing_goes_on_until_no_cell_joins():
    # The head of a bay two cells wide: 3 below and 2 beside are 5. The row above has 3 beside and then 2 below: 5.
    # At the mouth it is 2 beside and 2 below: 4.
    assert (smooth("##..## ##..## ##..## ######") == drawn("##..## ###### ###### ######")).all()
    # Four wide: only the corners join; beside them it is 3 below and 1 at the side.
    assert (smooth("#....# #....# #....# ######") == drawn("#....# #....# ##..## ######")).all()


def test_the_cells_of_another_centre_neither_join_nor_count():
    # The inner corner would join; with the other centre's cell there it cannot.
    assert (smooth("### #.. #..") == drawn("### ##. #..")).all()
    assert (smooth("### #.. #..", closed="... .#. ...") == drawn("### #.. #..")).all()


def test_a_hole_of_fourteen_square_kilometres_is_filled_and_one_of_fifteen_is_not():
    fourteen = drawn("######### #.......# #.......# #########")
    fifteen = drawn("####### #.....# #.....# #.....# #######")
    assert ((~fourteen).sum(), (~fifteen).sum()) == (14, 15)
    assert filled(fourteen).all()
    assert (filled(fifteen) == fifteen).all()


def test_a_bay_is_no_hole_and_a_corner_does_not_open_one():
    assert (filled(drawn("### #.. ###")) == drawn("### #.. ###")).all()
    assert (filled(drawn("##. #.# ###")) == drawn("##. ### ###")).all()


CENTRE_WITH_A_HOLE = """
aaaaaaaaa
aoooooooa
aoooooooa
aaaaaaaaa"""


def test_people_in_a_hole_of_the_city_live_in_the_city():
    # 22 cells of 2,500 people are 55,000.
    people = {"a": 2_500, "o": 10}
    assert settings_of(CENTRE_WITH_A_HOLE, people) == [CITY] * 36
    plain = settings_of(CENTRE_WITH_A_HOLE, people, shaped_centres=False)
    assert (plain.count(CITY), plain.count(RURAL)) == (22, 14)


@pytest.mark.parametrize(
    ("width", "rural_count"),
    [
        # Four by four: the corners join, 12 are left, and 12 are filled.
        (4, 0),
        # Four by five: the corners join, 16 are left; the others have at most 4 neighbours in the centre.
        (5, 16),
    ],
)
def test_edges_are_smoothed_before_holes_are_filled(width, rural_count):
    full, ring = "a" * (width + 2), "a" + "o" * width + "a"
    found = settings_of("\n".join([full, *[ring] * 4, full]), {"a": 2_500, "o": 10})
    assert found.count(RURAL) == rural_count
    assert found.count(CITY) == 6 * (width + 2) - rural_count


def test_towns_are_neither_smoothed_nor_filled():
    # Eight cells of 1,500 people are 12,000: a town around a rural cell.
    assert settings_of("aaa\naoa\naaa", {"a": 1_500, "o": 10}) == [TOWN] * 4 + [RURAL] + [TOWN] * 4


MASKS = st.lists(st.lists(st.booleans(), min_size=8, max_size=8), min_size=8, max_size=8)


def one_cluster(cells):
    label, _ = ndimage.label(np.array(cells))
    return label == 1


@settings(deadline=None)
@given(MASKS)
def test_holes_are_those_of_the_outline_of_the_cells(cells):
    centre = one_cluster(cells)
    expected = centre.copy()
    if centre.any():
        outline = shapely.union_all([shapely.box(x, y, x + 1, y + 1) for y, x in zip(*np.nonzero(centre), strict=True)])
        holes = [shapely.Polygon(ring) for ring in outline.interiors]
        for y, x in np.ndindex(8, 8):
            expected[y, x] |= any(h.area < 15 and h.contains(shapely.Point(x + 0.5, y + 0.5)) for h in holes)
    assert (filled(centre) == expected).all()


@settings(deadline=None)
@given(MASKS, st.randoms())
def test_the_order_in_which_cells_join_is_no_matter(cells, random):
    centre = one_cluster(cells)
    expected = centre.copy()
    around = [(y, x) for y, x in np.ndindex(3, 3) if (y, x) != (1, 1)]
    joined = True
    while joined:
        joined = False
        places = list(np.ndindex(8, 8))
        random.shuffle(places)
        for y, x in places:
            padded = np.pad(expected, 1)
            if not expected[y, x] and sum(padded[y + down, x + right] for down, right in around) >= 5:
                expected[y, x] = joined = True
    assert (smoothed(centre, np.zeros_like(centre)) == expected).all()
