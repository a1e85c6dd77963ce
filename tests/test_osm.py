"""Road files: formats, damage, oddities and the cache."""

import bz2
import gzip

import numpy as np
import osmium
import pytest

from catchment.errors import InputError, MissingInputError
from catchment.network.osm import read_osm

XML = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6" generator="by hand">
 <bounds minlat="-1" minlon="-1" maxlat="1" maxlon="1"/>
 <node id="1" lat="0" lon="0"/><node id="2" lat="0" lon="0.001"/><node id="3" lat="0" lon="0.002"/>
 <node id="4" lat="0.001" lon="0.001"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><nd ref="3"/><tag k="highway" v="residential"/><tag k="name" v="正街"/></way>
 <way id="11"><nd ref="2"/><nd ref="4"/><tag k="highway" v="footway"/></way>
 <way id="12"><nd ref="1"/><nd ref="4"/><tag k="highway" v="construction"/></way>
 <way id="13"><nd ref="1"/><nd ref="4"/><tag k="highway" v="motorway"/></way>
 <way id="14"><nd ref="3"/><nd ref="99"/><tag k="highway" v="path"/></way>
 <way id="15"><nd ref="1"/><nd ref="4"/><tag k="building" v="yes"/></way>
</osm>
"""


@pytest.fixture
def road_file(tmp_path):
    path = tmp_path / "路网 roads.osm"
    path.write_text(XML, encoding="utf-8")
    return path


def test_streets_of_a_file_written_by_hand(road_file):
    streets = read_osm(road_file)
    assert streets.way_id.tolist() == [10, 10, 11]
    assert streets.names == ("正街",)
    assert streets.bounds == (-1, -1, 1, 1)
    assert streets.oddities == {
        "closed_ways": 1,
        "not_streets": 1,
        "short_ways": 0,
        "missing_nodes": 1,
        "repeated_nodes": 0,
    }
    # 0.001 degrees on the equator are 111.3195 m.
    assert streets.length_mm.tolist()[:2] == [111_319, 111_319]


@pytest.mark.parametrize("name", ["roads.osm.gz", "roads.osm.bz2", "roads.osm.pbf"])
def test_every_format_gives_the_same_streets(road_file, tmp_path, name):
    other = tmp_path / name
    if name.endswith("gz"):
        other.write_bytes(gzip.compress(XML.encode()))
    elif name.endswith("bz2"):
        other.write_bytes(bz2.compress(XML.encode()))
    else:
        with osmium.SimpleWriter(str(other)) as writer:
            for entity in osmium.FileProcessor(str(road_file)):
                writer.add(entity)
    plain, packed = read_osm(road_file), read_osm(other)
    for field in ("node_id", "start", "end", "vertex_xy", "vertex_mm", "way_id", "flags", "kind", "name"):
        np.testing.assert_array_equal(getattr(packed, field), getattr(plain, field))


def test_the_cache_gives_the_same_streets_and_is_told_apart_by_content(road_file, tmp_path):
    cache = tmp_path / "cache"
    first, again = read_osm(road_file, cache=cache), read_osm(road_file, cache=cache)
    np.testing.assert_array_equal(first.vertex_xy, again.vertex_xy)
    assert (first.names, first.bounds, first.oddities) == (again.names, again.bounds, again.oddities)
    road_file.write_text(XML.replace("residential", "service"), encoding="utf-8")
    assert read_osm(road_file, cache=cache).kind[0] != first.kind[0]


def test_a_damaged_cache_is_read_anew(road_file, tmp_path, caplog):
    cache = tmp_path / "cache"
    whole = read_osm(road_file, cache=cache)
    kept = next(cache.iterdir())
    kept.write_bytes(kept.read_bytes()[:-200])
    np.testing.assert_array_equal(read_osm(road_file, cache=cache).way_id, whole.way_id)
    assert "damaged cache" in caplog.text


def test_negative_ids_of_an_unsaved_edit_are_read(road_file):
    road_file.write_text(XML.replace('id="4"', 'id="-4"').replace('ref="4"', 'ref="-4"'), encoding="utf-8")
    streets = read_osm(road_file)
    assert streets.oddities["missing_nodes"] == 1
    assert streets.way_id.tolist() == [10, 10, 11]


def test_a_missing_file_is_said():
    with pytest.raises(MissingInputError, match=r"nowhere\.osm\.pbf"):
        read_osm("nowhere.osm.pbf")


def test_a_file_without_streets_is_refused(road_file):
    road_file.write_text(XML.replace("highway", "railway"), encoding="utf-8")
    with pytest.raises(InputError, match="no street"):
        read_osm(road_file)


def test_a_file_that_is_no_road_file_is_refused(tmp_path):
    table = tmp_path / "roads.osm.pbf"
    table.write_text("name,lon,lat\n", encoding="utf-8")
    with pytest.raises(InputError, match="osm"):
        read_osm(table)


def test_a_gzip_cut_in_half_is_refused(tmp_path):
    cut = tmp_path / "cut.osm.gz"
    packed = gzip.compress(XML.encode())
    cut.write_bytes(packed[: len(packed) // 2])
    with pytest.raises(InputError, match=r"cut\.osm\.gz"):
        read_osm(cut)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_pbf_cut_short_is_refused(shared_data, tmp_path, share):
    whole = (shared_data / "liechtenstein" / "liechtenstein_2013.osm.pbf").read_bytes()
    cut = tmp_path / "cut.osm.pbf"
    cut.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(InputError, match=r"cut\.osm\.pbf"):
        read_osm(cut)


def test_a_mutated_pbf_never_crashes(shared_data, tmp_path):
    whole = np.frombuffer((shared_data / "monaco" / "monaco.osm.gz").read_bytes(), np.uint8)
    random = np.random.default_rng(1)
    for trial in range(20):
        bytes_ = whole.copy()
        bytes_[random.integers(20, len(whole), 5)] ^= random.integers(1, 255, 5).astype(np.uint8)
        broken = tmp_path / f"{trial}.osm.gz"
        broken.write_bytes(bytes_.tobytes())
        try:
            assert len(read_osm(broken)) > 0
        except InputError:
            continue  # said with its name, as the tests above hold
