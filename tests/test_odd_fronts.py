"""Bad buildings, streets without names and classes, odd rows of premises: from the command line, each listed."""

from __future__ import annotations

import json
import re
import shutil

import numpy as np
import osmium
import pytest
from test_cli import catchment

HALF = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1], [-1, -1]])
BOW_TIE = HALF[[0, 2, 1, 3, 0]]
NEW = 10**9  # no element of the demo has so high a number
SMALL, LARGE = 1e-4, 1e-3  # some 10 and 100 m
PREMISES = "名称,类型,经度,纬度\n甲,飞船库,{lon},{lat}\n乙,图书馆,,\n丙,图书馆,north,{lat}\n"


def spoilt(source, target):
    """The road file with bad buildings round its job centres, without names and with every third street unclassed."""
    offices = [node.location for node in osmium.FileProcessor(str(source), osmium.osm.NODE) if "office" in node.tags]
    xy = np.array([(place.lon, place.lat) for place in offices])
    shapes = [
        xy[0] + SMALL * BOW_TIE,
        xy[1] + SMALL * HALF,
        xy[1] + SMALL * (HALF + 0.5),  # on the one before
        xy[2] + SMALL * HALF[:3],  # open
        *(place + LARGE * HALF for place in xy),  # across streets
    ]
    node, way, refs = NEW, NEW, []
    with osmium.SimpleWriter(str(target)) as writer:
        for entity in osmium.FileProcessor(str(source), osmium.osm.NODE):
            writer.add(entity)
        for shape in shapes:
            corners = [osmium.osm.mutable.Node(id=node + n, location=tuple(at)) for n, at in enumerate(shape[:4])]
            for corner in corners:
                writer.add_node(corner)
            node += len(corners)
            ring = [corner.id for corner in corners]
            refs.append([*ring, ring[0]] if len(shape) > 4 else ring)
        for entity in osmium.FileProcessor(str(source), osmium.osm.WAY):
            tags = {key: value for key, value in dict(entity.tags).items() if key != "name"}
            if entity.id % 3 == 0 and tags.get("highway") == "residential":
                tags["highway"] = "road"
            writer.add_way(entity.replace(tags=tags))
        missing = [NEW, NEW + 1, node + 9, NEW]
        for ring in [*refs, missing]:
            writer.add_way(osmium.osm.mutable.Way(id=way, nodes=ring, tags={"building": "yes"}))
            way += 1
    return xy


@pytest.fixture(scope="module")
def report(small_demo, tmp_path_factory):
    """What was found, by its word, and what was said on the terminal."""
    folder = tmp_path_factory.mktemp("odd fronts") / "in"
    shutil.copytree(small_demo.parent, folder)
    xy = spoilt(small_demo.parent / "streets.osm.pbf", folder / "streets.osm.pbf.new.osm.pbf")
    (folder / "streets.osm.pbf.new.osm.pbf").replace(folder / "streets.osm.pbf")
    (folder / "p.csv").write_text(PREMISES.format(lon=xy[0][0], lat=xy[0][1]), encoding="utf-8")
    done = catchment("suggest", folder / "demo.toml", "--premises", folder / "p.csv", "--budget", 2, "--json",
                     "--lang", "en", "--out", "out", cwd=folder)  # fmt: skip
    assert done.returncode == 0, done.stderr
    record = json.loads((folder / "out" / "run.json").read_text(encoding="utf-8"))
    texts = {}
    for finding in record["findings"]:
        texts.setdefault(finding["finding"], []).append((finding["file"], finding["text"]))
    return texts, done, record


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("buildings_repaired", r"^1 outlines.*: w1000000000\.$"),
        ("buildings_broken", r"^2 outlines.*: w1000000003, w10000000\d\d\.$"),
        ("buildings_overlap", r"^\d{3} buildings stand on others"),
        ("buildings_across", r"^\d+ buildings stand across a street: .*w10000000\d\d"),
        ("fronts_nameless", r"^\d+ ways that buildings look onto have no name"),
        ("fronts_classless", r"^\d+ ways that buildings look onto have no known class"),
    ],
)
def test_bad_buildings_and_unknown_streets_are_counted_and_listed(report, word, said):
    ((file, text),) = report[0][word]
    assert file == "streets.osm.pbf"
    assert re.search(said, text), text


def test_odd_rows_of_premises_are_listed_and_the_others_kept(report):
    texts, done, record = report
    assert [file for file, _ in texts["coordinate_missing"]].count("p.csv") == 1
    assert [text for file, text in texts["coordinate_text"] if file == "p.csv"]
    assert "飞船库" in texts["premises_other_types"][0][1]
    assert "Traceback" not in done.stderr
    assert record["suggestions"]["sites"]
