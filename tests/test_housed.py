"""The front of premises that are known as a point: that of the building around or beside them, counted by head."""

from __future__ import annotations

import math

import numpy as np
import pytest
from blocks import block, buildings_of, on_earth, streets_of
from front_blocks import KINDS

from catchment.model import Premises, Scene
from catchment.pipeline.scene import on_the_street
from catchment.siting.housed import BESIDE_M, fronts_of_premises, house_of


def spot(drawn, letter, east_m=0.0, north_m=0.0):
    """A place so far from the middle of a building, lon, lat."""
    middle = drawn.buildings[letter].centroid
    return on_earth(np.array([[middle.x + east_m, middle.y + north_m]]))


def front(drawn, xy, *, outlines=True):
    streets, barred = streets_of(drawn)
    return fronts_of_premises(xy, streets, buildings_of(drawn) if outlines else None, barred)[0].iloc[0]


def test_premises_in_a_building_have_its_front():
    drawn = KINDS["along"]
    row = front(drawn, spot(drawn, "A"))
    assert (round(row["frontage_m"], 2), round(row["setback_m"], 2)) == (8.0, 3.0)
    assert (row["street"], row["kind"], row["compass"]) == ("High Street", "residential", "compass.n")
    assert (row["corner"], row["reason"]) == (0, "")


def test_premises_at_a_corner_have_the_longest_front_and_the_corner():
    drawn = KINDS["corner"]
    row = front(drawn, spot(drawn, "B"))
    assert (row["street"], round(row["frontage_m"], 2), row["corner"]) == ("North Street", 6.0, 1)


def test_premises_behind_another_building_have_no_front_and_the_reason():
    drawn = KINDS["behind"]
    rows = [front(drawn, spot(drawn, letter)) for letter in drawn.buildings]
    assert [row["reason"] for row in rows].count("front.hidden") == 1
    hidden = next(row for row in rows if row["reason"])
    assert (hidden["frontage_m"], hidden["edge"], hidden["street"]) == (0, -1, "")
    assert math.isnan(hidden["setback_m"])


def test_a_mark_just_outside_a_wall_is_in_the_building():
    drawn = KINDS["along"]
    west, _, east, _ = drawn.buildings["A"].bounds
    half = (east - west) / 2
    inside, outside = spot(drawn, "A", half + BESIDE_M - 0.1), spot(drawn, "A", half + BESIDE_M + 0.1)
    assert house_of(np.concatenate([inside, outside]), buildings_of(drawn)).tolist() == [0, -1]


def test_premises_in_no_building_have_the_setback_of_their_point_alone():
    drawn = KINDS["along"]
    row = front(drawn, spot(drawn, "A"), outlines=False)
    _, south, _, north = drawn.buildings["A"].bounds
    assert row["setback_m"] == pytest.approx(3.0 + (north - south) / 2, abs=0.01)
    assert math.isnan(row["frontage_m"])
    assert math.isnan(row["corner"])
    assert row["reason"] == ""


def test_what_else_there_is_far_away_changes_nothing():
    drawn = KINDS["along"]
    near, far = spot(drawn, "A"), on_earth(np.array([[9000.0, 9000.0]]))
    streets, barred = streets_of(drawn)
    both, _ = fronts_of_premises(np.concatenate([far, near]), streets, buildings_of(drawn), barred)
    assert both.iloc[1].equals(front(drawn, near).rename(1))
    assert both.iloc[0]["reason"] == "front.too_far"


def test_no_premises_have_no_fronts():
    drawn = KINDS["along"]
    streets, barred = streets_of(drawn)
    assert len(fronts_of_premises(np.empty((0, 2)), streets, buildings_of(drawn), barred)[0]) == 0


def premises_at(xy):
    gpd = pytest.importorskip("geopandas")
    names = [f"P{number}" for number in range(len(xy))]
    frame = gpd.GeoDataFrame(
        {"premises_id": names, "name": names, "kind": "premises.library", "address": "", "source": "osm"},
        geometry=gpd.points_from_xy(*xy.T),
        crs="EPSG:4326",
    )
    return Premises(frame)


def test_premises_without_a_front_are_left_out_counted_and_named():
    drawn = block(
        """
        BBBB
        ....
        AAAA
        .
        ----------
        """
    )
    streets, barred = streets_of(drawn)
    scene = Scene(None, buildings_of(drawn), barred)
    both = premises_at(np.concatenate([spot(drawn, "A"), spot(drawn, "B")]))
    kept, findings = on_the_street(both, streets, scene, file="p.csv")
    assert kept.frame["name"].tolist() == ["P0"]
    (finding,) = findings
    assert (finding.facts["count"], finding.facts["names"], finding.file) == (1, "P1", "p.csv")
    assert finding.facts["reason"].said("zh") == "不临街：与道路之间隔着其他建筑"
