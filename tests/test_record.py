"""``run.json``: gaps and service areas as recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from catchment.config import read_settings
from catchment.outputs.record import write_record

SETTINGS = read_settings(Path(__file__).parents[1] / "data" / "demo" / "demo.toml")


@pytest.fixture
def record_of(tmp_path):
    def record(run):
        write_record(run, tmp_path / "run.json", settings=SETTINGS, out=tmp_path, names={})
        return json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))

    return record


def test_the_record_counts_the_gaps_and_describes_the_first(make_run, record_of):
    record = record_of(make_run())
    assert record["gaps_count"] == 3
    assert record["gaps"] == [
        {"people": 50.5, "lon": 114.015, "lat": 28.015, "setting": "city", "cause": "too_far"},
        {"people": 19.25, "lon": 114.035, "lat": 28.015, "setting": "town", "cause": "too_far"},
        {"people": 15.75, "lon": 114.025, "lat": 28.005, "setting": "rural", "cause": "no_road"},
    ]
    assert sum(gap["people"] for gap in record["gaps"]) == record["people_uncovered"]


def test_the_record_lists_no_more_gaps_than_it_should(make_run, record_of, monkeypatch):
    monkeypatch.setattr("catchment.outputs.record.GAPS_RECORDED", 1)
    record = record_of(make_run())
    assert (record["gaps_count"], len(record["gaps"])) == (3, 1)


def test_the_record_has_the_lengths_of_the_drawn_areas(make_run, record_of):
    areas = record_of(make_run())["service_areas"]
    assert areas == {"walk": {"allowance_m": 50.0, "half_cell_m": 5.0, "tolerance_m": 2.5}}


def test_a_run_without_gaps_records_none(make_run, record_of):
    record = record_of(make_run(gaps=None, dissolved={}))
    assert (record["gaps_count"], record["gaps"], record["service_areas"]) == (0, [], {})
