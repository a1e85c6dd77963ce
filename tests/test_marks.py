"""Marks of joins and what-if edits: on the page, in the picture, and how many are left out."""

from dataclasses import replace

import numpy as np
import pytest
from pagedata import page_data

from catchment.network.streets import JOIN_KINDS
from catchment.outputs.marks import edit_marks, join_marks
from catchment.outputs.picture import write_picture


def with_joins(streets, xy, kinds):
    codes = np.array([JOIN_KINDS.index(kind) for kind in kinds], np.int8)
    return replace(streets, joins_xy=np.array(xy, np.float64).reshape(-1, 2), joins_kind=codes)


@pytest.fixture
def run(make_run):
    return make_run()


def test_a_run_without_joins_and_edits_shows_none(run):
    payload = page_data(replace(run, streets=with_joins(run.streets, [], [])))
    assert payload["joins"] == {"x": [], "y": []}
    assert payload["edits"] == {}


def test_the_page_holds_joins_and_edits_on_its_lattice(run):
    xy = [(114.00002, 28.0), (114.00001, 28.0), (114.5, 28.0), (114.6, 28.1), (114.6, 28.1)]
    streets = with_joins(run.streets, xy, ["end", "tee", "barrier", "link", "link"])
    payload = page_data(replace(run, streets=streets))
    assert payload["joins"] == {"x": [11400001, 11400002], "y": [2800000, 2800000]}
    assert payload["edits"] == {"barrier": {"x": [11450000], "y": [2800000]}, "link": {"x": [11460000], "y": [2810000]}}
    assert payload["texts"]["en"]["joins"] == "joins of road lines (2)"


def test_of_too_many_joins_those_nearest_to_people_are_drawn(run):
    xy = [(114.0 + step / 1000, 28.0) for step in range(10)]
    marks = join_marks(with_joins(run.streets, xy, ["crossing"] * 10), np.array([[114.009, 28.0]]), budget=2)
    assert marks.xy.tolist() == [[11400800, 2800000], [11400900, 2800000]]
    assert (marks.shown, marks.count) == (2, 10)


def test_joins_are_no_edits(run):
    assert edit_marks(with_joins(run.streets, [(114, 28)], ["end"])) == {}


def test_edits_stand_in_the_picture(run, tmp_path):
    middle = run.people.xy.mean(axis=0)
    for name, kinds in (("a", ["end"]), ("b", ["barrier"])):
        write_picture(replace(run, streets=with_joins(run.streets, [middle], kinds)), tmp_path / name)
    write_picture(replace(run, streets=with_joins(run.streets, [], [])), tmp_path / "none")
    assert (tmp_path / "a").read_bytes() == (tmp_path / "none").read_bytes()
    assert (tmp_path / "b").read_bytes() != (tmp_path / "none").read_bytes()
