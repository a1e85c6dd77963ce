"""The project file: what it may say, and how a slip in it is answered."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from catchment.config import WALKING, StandardSettings, read_settings, settings_of
from catchment.errors import MissingInputError, SettingsError

if TYPE_CHECKING:
    from pathlib import Path

INPUTS = 'sites = "a.csv"\nroads = "b.osm.pbf"\npopulation = "c.tif"\n'
PROJECT = f"[inputs]\n{INPUTS}"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "项目.toml"
    path.write_bytes(text.encode(encoding))
    return path


def test_a_project_of_three_inputs_has_every_default(tmp_path):
    settings = read_settings(write(tmp_path, PROJECT))
    assert settings.standard.standard().city.limit_mm == 1_200_000
    assert settings.standard.standard().rural.limit_mm == 15_000_000
    assert settings.standard.standard().preset == "common"
    assert settings.inputs.regions is None
    assert (settings.out, settings.date, settings.language) == (None, None, None)


def test_relative_paths_start_where_the_project_file_lies_and_absolute_ones_stay(tmp_path):
    elsewhere = (tmp_path / "elsewhere.gpkg").as_posix()
    settings = read_settings(write(tmp_path, f'out = "结果"\n{PROJECT}regions = "{elsewhere}"\n'))
    assert settings.inputs.sites == tmp_path / "a.csv"
    assert settings.out == tmp_path / "结果"
    assert settings.inputs.regions is not None
    assert settings.inputs.regions.as_posix() == elsewhere


def test_a_byte_order_mark_does_no_harm(tmp_path):
    assert read_settings(write(tmp_path, f'name = "宜春"\n{PROJECT}', "utf-8-sig")).name == "宜春"


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        (PROJECT + 'site = "x"\n', "inputs.site", "inputs.sites"),
        (PROJECT + "[standard]\nwalk_minute = 15\n", "standard.walk_minute", "standard.walk_minutes"),
        (PROJECT + "[roads]\nrespect_one_way = true\n", "roads.respect_one_way", "roads.respect_oneway"),
        ("nmae = 'x'\n" + PROJECT, "nmae", "name"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(tmp_path, text, key, nearest):
    with pytest.raises(SettingsError) as raised:
        read_settings(write(tmp_path, text))
    assert raised.value.facts["key"] == key
    assert raised.value.facts["nearest"] == nearest
    assert nearest in raised.value.text("zh")


@pytest.mark.parametrize("path", [r"D:\data\sites.xlsx", r"C:\Users\站点.csv"])
def test_a_windows_path_in_double_quotes_is_answered_with_how_to_write_it(tmp_path, path):
    with pytest.raises(SettingsError) as raised:
        read_settings(write(tmp_path, f'[inputs]\nsites = "{path}"\n'))
    for language in ("zh", "en"):
        assert "'D:\\data\\sites.xlsx'" in raised.value.text(language)
        assert "2" in raised.value.text(language)


def test_a_windows_path_in_single_quotes_is_read(tmp_path):
    settings = read_settings(write(tmp_path, PROJECT.replace('"a.csv"', r"'D:\data\sites.xlsx'")))
    assert str(settings.inputs.sites).endswith(r"D:\data\sites.xlsx")


def test_a_file_in_another_encoding_is_refused_with_a_message(tmp_path):
    with pytest.raises(SettingsError):
        read_settings(write(tmp_path, f'name = "宜春"\n{PROJECT}', "gb18030"))


def test_a_missing_input_is_named_with_its_flag(tmp_path):
    with pytest.raises(SettingsError) as raised:
        read_settings(write(tmp_path, '[inputs]\nsites = "a.csv"\nroads = "b"\n'))
    assert raised.value.facts["key"] == "inputs.population"
    assert "--population" in raised.value.text("en")


def test_a_missing_project_file_is_named(tmp_path):
    with pytest.raises(MissingInputError, match=r"no\.toml"):
        read_settings(tmp_path / "no.toml")


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("walk_minutes = 0", "standard.walk_minutes"),
        ("walk_speed_kmh = 40", "standard.walk_speed_kmh"),
        ("road_km = inf", "standard.road_km"),
        ("road_km = nan", "standard.road_km"),
        ("road_km = 'far'", "standard.road_km"),
        ("preset = 'fast'", "standard.preset"),
        ("town = 'bus'", "standard.town"),
    ],
)
def test_a_value_that_cannot_be_meant_is_named_with_its_key(tmp_path, line, key):
    with pytest.raises(SettingsError) as raised:
        read_settings(write(tmp_path, f"{PROJECT}[standard]\n{line}\n"))
    assert raised.value.facts["key"] == key


def test_a_date_is_a_date(tmp_path):
    assert read_settings(write(tmp_path, f"date = 2024-06-30\n{PROJECT}")).date == dt.date(2024, 6, 30)


@pytest.mark.parametrize(("preset", "metres"), [("common", 1200), ("gb50180", 1000), ("elderly", 900), ("brisk", 1250)])
def test_the_presets_walk_as_far_as_their_sources_say(preset, metres):
    standard = StandardSettings(preset=preset).standard()
    assert standard.city.limit_mm == metres * 1000
    assert standard.preset == preset
    assert preset in WALKING


def test_a_changed_figure_makes_the_standard_a_custom_one():
    assert StandardSettings(walk_minutes=10).standard().preset == "custom"
    assert StandardSettings(walk_minutes=10).standard().city.limit_mm == 800_000
    assert StandardSettings(town="road").standard().town.limit_mm == 15_000_000


def test_settings_never_change(tmp_path):
    settings = settings_of({"inputs": {"sites": "a", "roads": "b", "population": "c"}}, file="x", folder=tmp_path)
    with pytest.raises(ValidationError):
        settings.name = "other"
