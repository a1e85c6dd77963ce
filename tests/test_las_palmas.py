"""The best twenty public premises of a real city: each looks onto a street with a name, as an independent look says."""

from __future__ import annotations

import pytest
import shapely
from las_palmas import AROUND_M, best_premises, las_palmas, to_metres, way_to_street


@pytest.fixture(scope="module")
def city(shared_data):
    return las_palmas(shared_data)


@pytest.fixture(scope="module")
def best(city):
    return best_premises(city, 20)


def test_the_best_premises_are_in_buildings_on_streets_with_names(best):
    assert (best["house"] >= 0).all()
    assert (best["front_street"] != "").all()
    assert (best["known"] == 1).all()
    assert (best["frontage_m"] >= 1).all()
    assert (best["setback_m"] <= 30).all()
    assert best["score"].is_monotonic_decreasing


def test_the_front_alone_says_what_the_criteria_were_told(best):
    assert best["first_street"].tolist() == best["front_street"].tolist()
    assert best["first_frontage_m"].tolist() == best["frontage_m"].tolist()


def test_a_post_office_on_nameless_paving_has_the_name_of_the_avenue_that_it_lies_along(best):
    office = best[best["name"] == "Oficina de Correos"]
    assert office[["front_street", "front_kind"]].to_numpy().tolist() == [["Avenida José Mesa y López", "pedestrian"]]


def test_nothing_stands_between_a_front_and_its_street(city, best):
    shapes = city.scene.buildings.frame.geometry.to_numpy()
    tree = shapely.STRtree(shapes)
    for _, row in best.iterrows():
        middle = row["first_lon"], row["first_lat"]
        way = way_to_street(city, row)
        assert row["first_setback_m"] - 0.02 <= way.length <= AROUND_M
        near = tree.query(shapely.Point(middle), predicate="dwithin", distance=AROUND_M / 100_000)
        standing = to_metres(shapes[near], middle)
        # A centimetre of the way may run in a wall that it begins or ends at.
        assert shapely.length(shapely.intersection(standing, way)).max() <= 0.01, row["name"]
