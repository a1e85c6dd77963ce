"""The page counts as Python does: random choices of sites, to 1/1024 person; files, addresses and tables likewise."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from choices import choice_of, covered_by
from test_cli import catchment

from catchment.apps.demo import write_demo
from catchment.config import read_settings, settings_of
from catchment.inputs.choice import read_choice
from catchment.model import UNITS_PER_PERSON, Setting
from catchment.outputs.maps import write_map
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.style import share_text, whole
from catchment.pipeline.assess import assess
from catchment.pipeline.judged import judged
from catchment.pipeline.read import read_inputs
from catchment.pipeline.score import _score
from catchment.pipeline.stopwatch import Stopwatch
from catchment.rounding import largest_remainder

if TYPE_CHECKING:
    from catchment.config import Settings
    from catchment.model import Run
    from catchment.pipeline.read import Inputs

CHOICES = 200
SEARCHED = 12


@dataclass(frozen=True, eq=False)
class World:
    """A project with its run and its page."""

    settings: Settings
    inputs: Inputs
    run: Run
    page: Path


def world_of(settings, folder):
    inputs = read_inputs(settings)
    run = assess(inputs, settings, language="zh")
    write_map(run, folder / "map.html")
    return World(settings, inputs, run, folder / "map.html")


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    folder = tmp_path_factory.mktemp("county")
    return world_of(read_settings(write_demo(folder / "inputs", size="county")), folder)


@pytest.fixture(scope="module")
def comoros(shared_data, tmp_path_factory):
    folder, data = tmp_path_factory.mktemp("comoros"), shared_data / "comoros"
    files = {
        "sites": data / "health_points.gpkg",
        "roads": data / "comoros.osm.pbf",
        "population": data / "population_worldpop_2020.tif",
    }
    content = {"inputs": {role: str(path) for role, path in files.items()}, "siting": {"budget": 10}}
    return world_of(settings_of(content, file="", folder=Path()), folder)


@pytest.fixture(scope="module", params=["county", "comoros"])
def world(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def village(village_run, small_demo, tmp_path_factory):
    settings, page = read_settings(small_demo), tmp_path_factory.mktemp("village") / "map.html"
    write_map(village_run, page)
    return World(settings, read_inputs(settings), village_run, page)


def random_choices(run, count, seed=1):
    """Masks over the options and a reading of each: sites closed and opened, candidates added, few or very many."""
    options, random = run.options, np.random.default_rng(seed)
    is_site, readings = options.site >= 0, list(options.readings)
    found = [(options.open, key) for key in readings]
    while len(found) < count:
        share = np.where(is_site, random.choice([0.02, 0.3, 0.9]), random.choice([0.0, 0.01, 0.2]))
        found.append((options.open ^ (random.random(len(options)) < share), readings[len(found) % len(readings)]))
    return found


def figures(run, covered):
    """Covered people in all, by region and by setting, as the page says them."""
    people = run.people
    units, inside = np.where(covered, people.units, 0), people.region >= 0
    region_count = 0 if run.regions is None else len(run.regions)
    by_region = np.zeros(region_count, np.int64)
    np.add.at(by_region, people.region[inside], units[inside])
    by_setting = [int(units[people.setting == kind].sum()) for kind in Setting]
    return {"covered": int(units.sum()), "regions": by_region.tolist(), "settings": by_setting}


def unions(run, choices):
    """Everybody whom a chosen option reaches, choice by choice: people of an option as bits, their union by `or`."""
    for key in run.options.readings:
        reach, count = run.options.reach[key], len(run.people)
        bits = np.zeros((len(run.options), (count + 7) // 8), np.uint8)
        for option in range(len(run.options)):
            reached = np.zeros(count, bool)
            reached[reach.people(option)] = True
            bits[option] = np.packbits(reached)
        for number, (mask, reading) in enumerate(choices):
            if reading == key:
                union = np.bitwise_or.reduce(bits[mask], axis=0, initial=0).astype(np.uint8)
                yield number, np.unpackbits(union, count=count).astype(bool)


def asked_of(page, choices):
    """What the page says of many choices, in one go."""
    given = [[np.flatnonzero(mask).tolist(), reading] for mask, reading in choices]
    return page.evaluate("given => given.map(one => window.catchment.evaluate(one[0], one[1]))", given)


def test_random_choices_cover_the_same_people_in_the_page_and_in_python(world, open_page):
    choices = random_choices(world.run, CHOICES)
    said = asked_of(open_page(world.page), choices)
    assert len({one["covered"] for one in said}) > CHOICES / 2
    expected = {number: figures(world.run, covered) for number, covered in unions(world.run, choices)}
    assert said == [expected[number] for number in range(CHOICES)]


def test_the_page_agrees_with_an_independent_search_from_the_people(world, open_page):
    run, choices = world.run, random_choices(world.run, SEARCHED, seed=2)
    ground, options = judged(world.inputs, world.settings, Stopwatch(None)), run.options
    for (mask, reading), said in zip(choices, asked_of(open_page(world.page), choices), strict=True):
        chosen = ground.counted.copy()
        chosen[options.site[options.site >= 0]] = mask[options.site >= 0]
        score, off_road = _score(
            ground,
            world.settings,
            options.readings[reading],
            chosen=chosen,
            added_xy=options.candidates.xy[options.candidate[mask & (options.candidate >= 0)]],
            regions=run.regions,
        )
        assert off_road == ()
        assert said["covered"] == score.covered_units
        assert said["regions"] == score.by_region[:, 2].tolist()
        assert said["settings"] == [score.by_setting[kind][2] for kind in Setting]


def test_the_plan_as_computed_covers_what_python_printed(world, open_page):
    run, plan = world.run, printed_proposal(world.run)
    page = open_page(world.page, "#suggestions")
    assert page.evaluate("window.catchment.choice().covered_units") == plan.after_units
    assert page.evaluate("window.catchment.choice().people_units") == run.totals.people
    rows = tables(page)["suggestions"]
    assert [number_of(row[1]) for row in rows] == [row.added for row in plan.rows]
    assert [number_of(row[2].split("/")[0]) for row in rows] == [row.only for row in plan.rows]
    if len(run.by_region):
        gains = page.evaluate("1") and gains_by_name(page, "compared_regions")
        printed = dict(zip(run.by_region["name"], plan.by_region.tolist(), strict=True))
        if not len(run.by_county):
            assert gains == {name: gain for name, gain in printed.items() if gain}
