"""A choice counted again: equal to the union of runs, from the file to the command line."""

import json
from dataclasses import asdict, replace

import numpy as np
import pytest
from choices import choice_of, covered_by
from hypothesis import given, settings
from hypothesis import strategies as st
from test_cli import catchment
from test_options import MODES, STANDARD, drawn_town

from catchment.apps.projects import read_project_near
from catchment.config import read_settings
from catchment.errors import InputError, SettingsError
from catchment.inputs.choice import read_choice, write_choice
from catchment.model import Addition, Setting
from catchment.outputs.scored import persons, score_lines
from catchment.outputs.style import whole
from catchment.pipeline.score import score_project
from catchment.siting.options import reach_options
from catchment.siting.score import score_choice


def test_the_count_of_random_choices_is_the_union_of_their_runs():
    people, candidates, world = drawn_town()
    options = reach_options(people, STANDARD, candidates, **world)
    places = {mode: world["sites"][mode].followed_by(world["places"][mode]) for mode in MODES}
    random = np.random.default_rng(5)
    for _ in range(40):
        chosen = random.random(len(options)) < random.random()
        for key, standard in options.readings.items():
            before, after = (
                {mode: replace(each, edge=np.where(mask, each.edge, -1)) for mode, each in places.items()}
                for mask in (options.open, chosen)
            )
            score = score_choice(
                people, standard, roads=world["roads"], homes=world["homes"], before=before, after=after, region_count=1
            )
            units = [union_units(options, people, key, mask) for mask in (options.open, chosen)]
            assert [score.people_units, score.before_units, score.covered_units] == [people.units.sum(), *units]
            assert score.by_region.tolist() == [[people.units.sum(), *units]]
            assert np.sum(list(score.by_setting.values()), axis=0).tolist() == score.by_region[0].tolist()


def union_units(options, people, key, mask):
    reached = {person for option in np.flatnonzero(mask) for person in options.reach[key].people(option).tolist()}
    return int(people.units[sorted(reached)].sum())


@pytest.fixture(scope="module")
def random_choice(village_run):
    """A mask over the options of the village with some sites closed and opened and candidates added."""
    options, random = village_run.options, np.random.default_rng(11)
    flipped = random.random(len(options)) < np.where(options.site >= 0, 0.3, 0.02)
    assert (flipped & options.open).any()
    assert (flipped & ~options.open & (options.site >= 0)).any()
    assert (flipped & (options.candidate >= 0)).any()
    return options.open ^ flipped


@pytest.mark.parametrize("reading", ["asked", "slow", "one_third"])
def test_a_saved_choice_is_counted_as_the_options_say(village_run, small_demo, random_choice, tmp_path, reading):
    choice = choice_of(village_run, random_choice, reading=reading)
    write_choice(choice, tmp_path / "choice.json")
    assert read_choice(tmp_path / "choice.json") == choice
    scored = score_project(choice, read_settings(small_demo))
    people, score = village_run.people, scored.score
    assert scored.agrees
    assert scored.same_data
    assert scored.standard == village_run.options.readings[reading]
    masks = [covered_by(village_run, reading, mask) for mask in (village_run.options.open, random_choice)]
    before, after = (np.where(mask, people.units, 0) for mask in masks)
    assert (score.before_units, score.covered_units) == (before.sum(), after.sum())
    regions = range(len(village_run.by_region))
    expected = [[units[people.region == region].sum() for units in (people.units, before, after)] for region in regions]
    assert score.by_region.tolist() == expected
    for setting in Setting:
        here = people.setting == setting
        assert score.by_setting[setting] == tuple(units[here].sum() for units in (people.units, before, after))


def test_candidates_of_other_data_are_found_by_their_place(village_run, small_demo, random_choice):
    choice = replace(choice_of(village_run, random_choice), data="of another run")
    scored = score_project(choice, read_settings(small_demo))
    assert not scored.same_data
    # The fixture's longitudes and latitudes are exact, so the places are the same ones.
    assert scored.agrees
    lines = score_lines(scored, "en")
    assert any("other data" in line for line in lines)


def test_the_budget_of_a_project_is_no_part_of_its_data(village_run, small_demo, random_choice):
    project = read_settings(small_demo, overrides={"siting": {"budget": 3}, "name": "other"})
    assert score_project(choice_of(village_run, random_choice), project).same_data


def test_another_standard_is_other_data(village_run, small_demo):
    project = read_settings(small_demo, overrides={"standard": {"road_km": 10}})
    nothing = choice_of(village_run, village_run.options.open)
    scored = score_project(nothing, project)
    assert not scored.same_data
    assert not scored.agrees
    assert scored.difference_units < 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"close": ("no such site",)}, "no such site"),
        ({"open": ("\x1b[31m",)}, "\\x1b[31m"),
        ({"add": (Addition(114.4, 27.8, 999_999),)}, "#999999"),
        ({"add": (Addition(0.0, 0.0, 1),)}, "#1"),
    ],
)
def test_what_the_project_has_not_is_named(village_run, small_demo, change, said):
    choice = replace(choice_of(village_run, village_run.options.open), **change)
    with pytest.raises(InputError) as problem:
        score_project(choice, read_settings(small_demo))
    for language in ("zh", "en"):
        assert said in problem.value.text(language)
        assert "\x1b" not in problem.value.text(language)


def test_an_added_place_without_a_road_serves_nobody_and_is_said(village_run, small_demo):
    choice = replace(choice_of(village_run, village_run.options.open), add=(Addition(0.0, 0.0),))
    scored = score_project(choice, read_settings(small_demo))
    assert scored.off_road == (0,)
    assert scored.score.gain_units == 0
    assert any("serve nobody" in line for line in score_lines(scored, "en"))


GOOD = {
    "schema": "catchment.choice/1",
    "run": "县",
    "date": "2023-12-07",
    "data": "d",
    "reading": "asked",
    "close": ["a"],
    "open": [],
    "add": [{"candidate": 12, "name": "馆", "lon": 114.4, "lat": 27.8}],
    "people_units": 10,
    "covered_units": 5,
    "a key of next year": 1,
}


def test_a_choice_file_keeps_its_words_and_passes_over_keys_it_does_not_know(tmp_path):
    path = tmp_path / "方案.json"
    path.write_text(json.dumps(GOOD), encoding="utf-8-sig")
    choice = read_choice(path)
    assert choice.add == (Addition(114.4, 27.8, 12, "馆"),)
    assert json.loads(json.dumps(asdict(choice))) == {key: GOOD[key] for key in GOOD if key in asdict(choice)}


BROKEN = {
    "cut short": json.dumps(GOOD)[:-20],
    "nested a hundred thousand times": '{"a":' * 100_000,
    "half a letter": json.dumps({**GOOD, "close": ["\ud800"]}),
    "another schema": json.dumps({**GOOD, "schema": "catchment.choice/9"}),
    "no choice": '{"type": "FeatureCollection", "features": []}',
    "a table": "name,lon,lat\na,1,2\n",
    "nothing": "",
    "a share": json.dumps({**GOOD, "covered_units": 4.5}),
    "more covered than people": json.dumps({**GOOD, "covered_units": 11}),
    "less than nobody": json.dumps({**GOOD, "covered_units": -1}),
    "a number of five thousand digits": json.dumps(GOOD).replace(": 10,", f": {'1' * 5000},"),
    "no number": json.dumps({**GOOD, "add": [{"lon": float("nan"), "lat": 0}]}),
    "no place": json.dumps({**GOOD, "add": [{"lon": 200, "lat": 0}]}),
    "closed and opened": json.dumps({**GOOD, "open": ["a"]}),
    "unknown reading": json.dumps({**GOOD, "reading": "by car"}),
    "lists for texts": json.dumps({**GOOD, "close": [["a"]]}),
    "too big": json.dumps({**GOOD, "run": "x" * 5_000_000}),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_a_broken_choice_file_is_refused_with_its_name(tmp_path, text):
    path = tmp_path / "c.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as problem:
        read_choice(path)
    for language in ("zh", "en"):
        assert "c.json" in problem.value.text(language)
        assert len(problem.value.text(language)) < 1000


def test_a_reading_the_standard_has_not_is_refused(village_run, small_demo, monkeypatch):
    choice = choice_of(village_run, village_run.options.open, reading="slow")
    monkeypatch.setattr("catchment.pipeline.score.readings", lambda standard: {"asked": standard})
    with pytest.raises(SettingsError, match="slow"):
        score_project(choice, read_settings(small_demo))


def test_the_project_beside_the_choice_is_found_if_it_is_the_only_one(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "方案"
    folder.mkdir()
    with pytest.raises(SettingsError, match=r"catchment score c\.json"):
        read_project_near(folder / "c.json")
    project = '[inputs]\nsites = "a"\nroads = "b"\npopulation = "c"\n'
    (folder / "p.toml").write_text(project, encoding="utf-8-sig")
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    (tmp_path / "broken.toml").write_text("[", encoding="utf-8")
    assert read_project_near(folder / "c.json") == folder / "p.toml"
    (tmp_path / "q.toml").write_text(project, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"p\.toml, q\.toml"):
        read_project_near(folder / "c.json")


@st.composite
def counted_rows(draw):
    """People, and of them covered before and after."""
    people = draw(st.integers(0, 5000))
    return people, draw(st.integers(0, people)), draw(st.integers(0, people))


@given(st.lists(counted_rows(), min_size=1, max_size=12))
@settings(deadline=None, max_examples=300)
def test_printed_persons_add_up_and_no_row_covers_more_than_its_people(rows):
    units = np.array(rows, np.int64)
    printed = persons(units)
    assert printed.sum(axis=0).tolist() == [whole(int(total)) for total in units.sum(axis=0)]
    assert (printed[:, 1:] <= printed[:, :1]).all()
    assert (printed >= 0).all()


@pytest.fixture(scope="module")
def project_with_choice(village_run, small_demo, random_choice, tmp_path_factory):
    """A folder with a project and a saved choice."""
    folder = tmp_path_factory.mktemp("score")
    text = small_demo.read_text(encoding="utf-8")
    for file in small_demo.parent.iterdir():
        text = text.replace(f'"{file.name}"', json.dumps(file.as_posix()))
    (folder / "project.toml").write_text(text, encoding="utf-8")
    write_choice(choice_of(village_run, random_choice), folder / "choice.json")
    return folder


def test_the_command_finds_the_project_and_prints_that_it_agrees(project_with_choice):
    done = catchment("score", "choice.json", "--lang", "zh", cwd=project_with_choice)
    assert done.returncode == 0, done.stderr
    assert "复核一致" in done.stdout
    assert "城区" in done.stdout
    table = [line.split() for line in done.stdout.splitlines() if "→" in line]
    numbers = [[int(cell.replace(",", "")) for cell in row[1:5]] for row in table]
    total, by_setting, by_place = numbers[0], numbers[1:4], numbers[4:]
    assert np.sum(by_setting, axis=0).tolist() == total
    assert not by_place or np.sum(by_place, axis=0).tolist() == total


def test_as_json_the_units_are_exact_and_a_difference_is_said(project_with_choice, village_run):
    text = json.loads((project_with_choice / "choice.json").read_text(encoding="utf-8"))
    wrong = {**text, "covered_units": text["covered_units"] - 3}
    (project_with_choice / "wrong.json").write_text(json.dumps(wrong), encoding="utf-8")
    done = catchment("score", "wrong.json", "project.toml", "--json", cwd=project_with_choice)
    assert done.returncode == 0, done.stderr
    record = json.loads(done.stdout)
    assert record["covered_units"] == text["covered_units"]
    assert (record["agrees"], record["difference_units"], record["same_data"]) == (False, 3, True)
    assert record["before_units"] == village_run.totals.covered
    assert record["gain_units"] == record["covered_units"] - record["before_units"]
    assert sum(region["covered_units"] for region in record["regions"]) == record["covered_units"]
    spoken = catchment("score", "wrong.json", "--lang", "en", cwd=project_with_choice)
    assert "+3/1024" in spoken.stdout
