"""Whole runs on a layer of road lines, and with what-if edits."""

import json
import re
import shutil

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from catchment.apps.cli import serve_command_line
from catchment.config import read_settings
from catchment.errors import InputError
from catchment.inputs.edits import read_edits
from catchment.network.osm import read_osm
from catchment.network.streets import STREET_KINDS
from catchment.outputs.record import file_names
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs
from catchment.pipeline.run import run_project


@pytest.fixture
def project(small_demo, tmp_path):
    """The demo's inputs in a folder of their own."""
    shutil.copytree(small_demo.parent, tmp_path / "inputs")
    return tmp_path / "inputs" / small_demo.name


def edges_as_lines(streets):
    edge = np.repeat(np.arange(len(streets)), np.diff(streets.vertex_ptr))
    kinds = np.array(STREET_KINDS, object)[streets.kind]
    shapes = shapely.linestrings(streets.vertex_xy, indices=edge)
    # What crosses another street without meeting it passes over it.
    pairs = shapely.STRtree(shapes).query(shapes, predicate="crosses")
    bridge = np.where(np.isin(np.arange(len(streets)), pairs), "是", "否")
    return gpd.GeoDataFrame({"道路类型": kinds, "桥梁": bridge}, geometry=shapes, crs=4326)


def assessed(project, **inputs):
    settings = read_settings(project, overrides={"inputs": inputs})
    return assess(read_inputs(settings), settings)


def edits_file(path, shapes, kinds):
    gpd.GeoDataFrame({"类型": kinds}, geometry=shapes, crs=4326).to_file(path)
    return path


def test_the_same_roads_as_lines_give_the_same_coverage(project, tmp_path):
    settings = read_settings(project)
    edges_as_lines(read_osm(settings.inputs.roads)).to_crs(4547).to_file(tmp_path / "路网.gpkg")
    by_osm, by_lines = assessed(project), assessed(project, roads=tmp_path / "路网.gpkg")
    assert by_lines.totals.people == by_osm.totals.people
    assert by_lines.totals.covered / by_osm.totals.covered == pytest.approx(1, abs=0.001)
    # Lines have no premises: streets alone are suggested.
    assert len(by_lines.suggestions) > 0
    assert (by_lines.suggestions.frame["premises"] == "").all()


def test_what_was_joined_stands_in_the_package_and_the_report(project, tmp_path):
    settings = read_settings(project)
    lines = edges_as_lines(read_osm(settings.inputs.roads))
    # Every street ends 0.4 m before the next begins.
    cut = shapely.line_interpolate_point(lines.geometry.to_numpy(), -4e-6)
    lines.geometry = [
        shapely.LineString([*shape.coords[:-1], end]) for shape, end in zip(lines.geometry, cut, strict=True)
    ]
    lines.rename(columns={"道路类型": "类型"}).to_file(tmp_path / "roads.shp", encoding="UTF-8")
    settings = read_settings(project, overrides={"inputs": {"roads": tmp_path / "roads.shp"}, "language": "en"})
    run, _ = run_project(settings, out=tmp_path / "out", language="en")
    words = {finding.word for finding in run.findings}
    assert "finding.lines_joined_end" in words
    package = tmp_path / "out" / file_names("en")["package"]
    joins = pyogrio.read_dataframe(package, layer="joins")
    assert len(joins) == len(run.streets.joins_xy)
    assert set(joins["join"]) <= {"end", "tee", "crossing"}
    record = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert record["settings"]["roads"]["tolerance_m"] == 1.0


def test_a_link_never_lowers_and_a_barrier_never_raises_the_coverage_of_a_run(project, tmp_path):
    former = assessed(project)
    west, south, east, north = former.streets.bounds
    middle = (south + north) / 2
    across = shapely.LineString([(west, middle), (east, middle)])
    down = [shapely.LineString([(lon, south), (lon, north)]) for lon in np.linspace(west, east, 12)[1:-1]]
    closed = assessed(project, edits=edits_file(tmp_path / "封闭.gpkg", [across], ["封闭"]))
    built = assessed(project, edits=edits_file(tmp_path / "新增.gpkg", down, ["新增"] * 10))
    assert closed.totals.covered < former.totals.covered < built.totals.covered
    for run in (closed, built):
        assert [source.role for source in run.sources].count("edits") == 1
        assert "finding.edits_made" in {finding.word for finding in run.findings}
    assert not (closed.access.covered & ~former.access.covered).any()
    assert not (former.access.covered & ~built.access.covered).any()


def test_edits_are_told_by_a_column_or_by_the_name_of_their_layer(tmp_path):
    line = shapely.LineString([(114, 28), (114, 28.01)])
    both = edits_file(tmp_path / "a.geojson", [line] * 3, ["封闭", "link", "绿化"])
    edits = read_edits(both)
    assert (len(edits.barriers), len(edits.links)) == (1, 1)
    assert [(finding.word, finding.row) for finding in edits.findings] == [("finding.edit_unknown", 3)]
    path = tmp_path / "a.gpkg"
    for layer in ("封闭", "新增"):
        gpd.GeoDataFrame({"名称": ["甲"]}, geometry=[line], crs=4490).to_file(path, layer=layer)
    edits = read_edits(path)
    assert (len(edits.barriers), len(edits.links)) == (1, 1)


def test_a_file_without_an_edit_is_refused(tmp_path):
    line = shapely.LineString([(114, 28), (114, 28.01)])
    with pytest.raises(InputError, match="neither a barrier nor a link"):
        read_edits(edits_file(tmp_path / "a.gpkg", [line], ["绿化"]))


def test_check_says_what_was_joined(project, tmp_path, capsys, monkeypatch):
    lines = edges_as_lines(read_osm(read_settings(project).inputs.roads))
    cut = shapely.line_interpolate_point(lines.geometry.to_numpy(), -4e-6)
    lines.geometry = [
        shapely.LineString([*shape.coords[:-1], end]) for shape, end in zip(lines.geometry, cut, strict=True)
    ]
    lines.to_file(project.parent / "roads.gpkg")
    text = project.read_text(encoding="utf-8")
    project.write_text(re.sub(r'^roads = ".*"', 'roads = "roads.gpkg"', text, flags=re.MULTILINE), encoding="utf-8")
    monkeypatch.setattr("sys.argv", ["catchment", "check", str(project), "--lang", "en"])
    with pytest.raises(SystemExit) as ended:
        serve_command_line(tmp_path / "cache")
    assert not ended.value.code
    assert re.search(
        r"^roads\.gpkg:\n(  .*\n)*?  note: \d+ gaps between ends of roads, within the tolerance, were closed",
        capsys.readouterr().out,
        re.MULTILINE,
    )
