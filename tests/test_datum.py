"""GCJ-02 and BD-09: published vectors, laws of the way there and back, and real boundaries in two datums."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.config import read_settings
from catchment.errors import SettingsError
from catchment.geo.datum import bd09_from_gcj02, gcj02_from_bd09, gcj02_from_wgs84, to_wgs84, wgs84_from_gcj02
from catchment.geo.measure import distance_m
from catchment.inputs.sites import from_datum, read_sites

# WGS84, GCJ-02, BD-09; the first three are also in eviltransform's own tests.
VECTORS = np.array(
    [
        [121.5272106, 31.1774276, 121.5315418592, 31.1753039836, 121.5380156864, 31.1813286069],
        [113.912316, 22.543847, 113.9171764808, 22.5407961317, 113.9236847293, 22.5466674378],
        [116.377817, 39.911954, 116.3840472246, 39.9133454554, 116.3904547131, 39.9195755510],
        [114.382063, 27.803222, 114.3873785069, 27.8001171474, 114.3938502053, 27.8061599976],
        [115.780964, 28.194919, 115.7860049190, 28.1915840768, 115.7924337643, 28.1978402558],
        [114.364780, 28.524078, 114.3701396205, 28.5209559247, 114.3765485650, 28.5272474980],
        [113.886, 27.87, 113.8912557220, 27.8665219770, 113.8977053307, 27.8728106862],
        [116.145, 28.0, 116.1500564720, 27.9968500030, 116.1565018157, 28.0031566719],
        [105, 35, 105.0032862415, 34.9990986322, 105.0096668283, 35.0054036685],
    ]
)
WGS84, GCJ02, BD09 = VECTORS[:, :2], VECTORS[:, 2:4], VECTORS[:, 4:]

places = st.lists(st.tuples(st.floats(75, 134), st.floats(19, 53)), min_size=1, max_size=20).map(np.array)


def test_published_vectors_are_met_to_a_billionth_of_a_degree():
    np.testing.assert_allclose(gcj02_from_wgs84(WGS84), GCJ02, rtol=0, atol=1e-9)
    np.testing.assert_allclose(bd09_from_gcj02(gcj02_from_wgs84(WGS84)), BD09, rtol=0, atol=1e-9)


def test_the_way_back_meets_them_too():
    np.testing.assert_allclose(to_wgs84(GCJ02, "gcj02"), WGS84, rtol=0, atol=1e-9)
    np.testing.assert_allclose(to_wgs84(BD09, "bd09"), WGS84, rtol=0, atol=1e-9)
    assert to_wgs84(WGS84, "wgs84") is WGS84


@settings(deadline=None)
@given(places)
def test_there_and_back_is_nowhere_else(xy):
    np.testing.assert_allclose(wgs84_from_gcj02(gcj02_from_wgs84(xy)), xy, rtol=0, atol=1e-9)
    np.testing.assert_allclose(gcj02_from_bd09(bd09_from_gcj02(xy)), xy, rtol=0, atol=1e-9)


@settings(deadline=None)
@given(places)
def test_a_place_moves_by_less_than_720_metres_and_alone(xy):
    moved = gcj02_from_wgs84(xy)
    assert (distance_m(xy, moved) < 720).all()
    np.testing.assert_array_equal(moved[::-1], gcj02_from_wgs84(xy[::-1]))


def test_places_outside_china_stay():
    abroad = np.array([[2.35, 48.85], [114.0, -27.0], [139.7, 35.7]])
    np.testing.assert_array_equal(gcj02_from_wgs84(abroad), abroad)
    np.testing.assert_array_equal(wgs84_from_gcj02(abroad), abroad)


def test_real_boundaries_published_in_both_datums_agree(shared_data):
    def vertices(name):
        layer = json.loads((shared_data / "yichun" / name).read_text(encoding="utf-8"))
        rings = [ring for one in layer["features"] for polygon in _polygons(one["geometry"]) for ring in polygon]
        return np.array([vertex[:2] for ring in rings for vertex in ring])

    wgs84, gcj02 = vertices("counties_wgs84.geojson"), vertices("counties_gcj02.geojson")
    apart = distance_m(wgs84, gcj02)
    assert 577 < apart.min() < apart.max() < 648.5
    # Its publisher used the same formula and an exact inverse.
    assert distance_m(to_wgs84(gcj02, "gcj02"), wgs84).max() < 0.001


def _polygons(geometry):
    return geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]


def test_a_ledger_is_converted_as_a_whole_and_the_report_says_so(tmp_path):
    ledger = tmp_path / "网点.csv"
    rows = [f"{name},{lon},{lat}" for name, (lon, lat) in zip("abc", GCJ02[3:6], strict=True)]
    ledger.write_text("\n".join(["name,lon,lat", *rows]), encoding="utf-8")
    sites = read_sites(ledger)
    moved = from_datum(sites, "gcj02", file="网点.csv")
    order = [list("abc").index(name) for name in moved.frame["name"]]
    np.testing.assert_allclose(moved.xy, WGS84[3:6][order], rtol=0, atol=1e-9)
    assert [(note.word, dict(note.facts)) for note in moved.findings] == [
        ("finding.datum_converted", {"count": 3, "datum": "GCJ-02"})
    ]
    assert from_datum(sites, "wgs84") is sites
    assert not np.allclose(sites.xy, moved.xy)


def test_a_datum_nobody_knows_is_refused():
    files = {"sites": "a", "roads": "b", "population": "c"}
    assert read_settings(None, overrides={"inputs": files}).sites.datum == "wgs84"
    with pytest.raises(SettingsError, match="datum"):
        read_settings(None, overrides={"inputs": files, "sites": {"datum": "cgcs2000"}})
