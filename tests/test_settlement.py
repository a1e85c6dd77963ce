"""City, town and country."""

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from catchment.demand.points import demand_points
from catchment.demand.settlement import setting_by_areas, setting_by_grid, settlement_grid
from catchment.model import Population, Setting, UrbanAreas

FROM_MOLLWEIDE = Transformer.from_crs("ESRI:54009", "EPSG:4326", always_xy=True)
CITY, TOWN, RURAL = Setting.CITY, Setting.TOWN, Setting.RURAL


def settings_of(drawing, people_of):
    """Settings of a drawing of 1-km cells, each letter so many people at the cell's centre."""
    rows = drawing.strip("\n").splitlines()
    cells = [(x, y, sign) for y, row in enumerate(rows) for x, sign in enumerate(row) if sign != " "]
    east, north = np.array([[8_000_500 + x * 1000, 3_500_500 - y * 1000] for x, y, _ in cells]).T
    xy = np.column_stack(FROM_MOLLWEIDE.transform(east, north))
    persons = np.array([float(people_of[sign]) for *_, sign in cells])
    people = demand_points(Population(xy, persons, np.arange(len(xy)), None))
    return setting_by_grid(xy, settlement_grid(people)).tolist()


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


def test_a_city_polygon_wins_over_a_town_polygon():
    frame = gpd.GeoDataFrame(
        {"setting": ["town", "city"]}, geometry=[shapely.box(0, 0, 2, 1), shapely.box(1, 0, 3, 1)], crs=4326
    )
    places = np.array([[0.5, 0.5], [1.5, 0.5], [2.5, 0.5], [5.0, 0.5]])
    assert setting_by_areas(places, UrbanAreas(frame)).tolist() == [TOWN, CITY, CITY, RURAL]
