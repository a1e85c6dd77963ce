"""The page counts as Python does: random choices of sites, to 1/1024 person; files, addresses and tables likewise."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
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
from catchment.outputs.candidates_page import plan_options
from catchment.outputs.maps import write_map
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.style import share_text, whole
from catchment.pipeline.assess import assess
from catchment.pipeline.judged import judged
from catchment.pipeline.read import read_inputs
from catchment.pipeline.score import _score
from catchment.pipeline.stopwatch import Stopwatch
from catchment.rounding import largest_remainder
from catchment.words import say

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
    ground, options = judged(world.inputs, world.settings, Stopwatch()), run.options
    for (mask, reading), said in zip(choices, asked_of(open_page(world.page), choices), strict=True):
        chosen = ground.counted.copy()
        chosen[options.site[options.site >= 0]] = mask[options.site >= 0]
        added_xy = options.candidates.xy[options.candidate[mask & (options.candidate >= 0)]]
        score, off_road = _score(
            ground,
            world.settings,
            options.readings[reading],
            chosen=chosen,
            added_xy=added_xy,
            serving=np.ones(len(added_xy), bool),
            regions=run.regions,
        )
        assert off_road == ()
        assert said["covered"] == score.covered_units
        assert said["regions"] == score.by_region[:, 2].tolist()
        assert said["settings"] == [score.by_setting[kind][2] for kind in Setting]


# --- as printed ---------------------------------------------------------------------------------------------------

ROWS = """caption => [...document.querySelectorAll('#sheet table')].filter(
  table => table.caption && table.caption.textContent === caption).map(
  table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => {
    const copy = cell.cloneNode(true);
    copy.querySelectorAll('small').forEach(node => node.remove());
    return copy.textContent;
  })))[0]"""


def rows_of(page, word):
    """The cells of a table, found by its caption; what stands small in a cell is left out."""
    return page.evaluate(ROWS, say(word, "zh"))


def number_of(text):
    return int(text.replace(",", "").replace("−", "-").replace("+", ""))


def signed_persons(units, total):
    """Gains and losses as whole persons that add up to a total: each kind by largest remainder among itself."""
    gains, losses = np.maximum(units, 0), np.maximum(-units, 0)
    if not losses.any():
        return largest_remainder(gains / UNITS_PER_PERSON, total)
    up = max(whole(int(gains.sum())), total) if gains.any() else 0
    return largest_remainder(gains / UNITS_PER_PERSON, up) - largest_remainder(losses / UNITS_PER_PERSON, up - total)


def address_of(run, mask, reading):
    """The state of a page in which the plan is changed to a choice."""
    plan = run.options.open.copy()
    plan[plan_options(run)] = True
    flipped = ".".join(map(str, np.flatnonzero(mask != plan).tolist()))
    return f"#suggestions&r={reading}&v=plan&x={flipped}&d={run.digest[:8]}"


@pytest.fixture(scope="module")
def changed(village):
    """Two sites closed, one opened, the plan's first place and two other candidates added; under a shorter limit."""
    options, plan = village.run.options, plan_options(village.run)
    mask, candidates = options.open.copy(), np.flatnonzero(options.candidate >= 0)
    mask[np.flatnonzero(options.open)[:2]] = False
    mask[np.flatnonzero(~options.open & (options.site >= 0))[0]] = True
    mask[[plan[0], *np.setdiff1d(candidates, plan)[[5, 40]]]] = True
    return mask, "two_thirds"


def test_the_plan_as_computed_is_printed_as_in_python(world, open_page):
    run, plan = world.run, printed_proposal(world.run)
    page = open_page(world.page, "#suggestions")
    said = page.evaluate("window.catchment.choice()")
    assert (said["people_units"], said["covered_units"]) == (run.totals.people, plan.after_units)
    rows = rows_of(page, "page.tab_suggestions")[: len(plan.rows)]
    assert [(number_of(row[1]), number_of(row[2])) for row in rows] == [(row.added, row.only) for row in plan.rows]
    assert sum(row.added for row in plan.rows) == plan.gain


def test_tables_of_a_choice_add_up_and_are_rounded_as_in_python(world, open_page):
    run, options = world.run, world.run.options
    for mask, reading in random_choices(run, 12, seed=3)[-4:]:
        page = open_page(world.page, address_of(run, mask, reading))
        now, then = (figures(run, covered_by(run, reading, each)) for each in (options.open, mask))
        everybody = figures(run, np.ones(len(run.people), bool))
        gain = whole(then["covered"]) - whole(now["covered"])
        by_setting = signed_persons(np.subtract(then["settings"], now["settings"]), gain)
        rows = rows_of(page, "page.by_setting")
        shares = [
            [share_text(before, base), share_text(after, base), change]
            for before, after, base, change in zip(
                now["settings"], then["settings"], everybody["settings"], by_setting.tolist(), strict=True
            )
            if base
        ]
        assert [[row[1], row[2], number_of(row[3])] for row in rows[:-1]] == shares
        assert number_of(rows[-1][3]) == gain == by_setting.sum()
        if len(run.by_region) and not len(run.by_county):
            by_region = signed_persons(np.subtract(then["regions"], now["regions"]), gain)
            printed = {row[0]: number_of(row[3]) for row in rows_of(page, "proposal.by_region")}
            assert printed.pop(say("page.total", "zh")) == gain == by_region.sum()
            assert printed == {
                name: change for name, change in zip(run.by_region["name"], by_region.tolist(), strict=True) if change
            }


# --- as a file and in the address ---------------------------------------------------------------------------------


def test_the_address_restores_the_choice(village, changed, open_page):
    run, (mask, reading) = village.run, changed
    page = open_page(village.page, address_of(run, mask, reading))
    said = page.evaluate("window.catchment.choice()")
    expected = asdict(choice_of(run, mask, reading=reading))
    for name in ("reading", "people_units", "covered_units", "data"):
        assert said[name] == expected[name]
    for name in ("close", "open"):
        assert said[name] == list(expected[name])
    assert {one["candidate"] for one in said["add"]} == {one["candidate"] for one in expected["add"]}
    first = page.locator("#sheet tr[data-kind=candidate] input").first
    first.click()
    page.wait_for_timeout(400)  # browsers let a page write its address only so often
    again = open_page(village.page, page.evaluate("location.hash"))
    assert again.evaluate("window.catchment.choice()") == page.evaluate("window.catchment.choice()")
    assert again.evaluate("window.catchment.choice().covered_units") != said["covered_units"]


def test_a_saved_choice_is_read_back_and_scored_alike(village, small_demo, changed, open_page, tmp_path):
    run, (mask, reading) = village.run, changed
    page = open_page(village.page, address_of(run, mask, reading))
    with page.expect_download() as saved:
        page.get_by_text(say("whatif.save", run.language), exact=True).click()
    saved.value.save_as(tmp_path / "choice.json")
    other = open_page(village.page, "#suggestions")
    other.locator("#sheet input[type=file]").set_input_files(tmp_path / "choice.json")
    other.get_by_text(say("whatif.loaded", run.language, count=6), exact=True).wait_for()
    assert other.evaluate("window.catchment.choice()") == page.evaluate("window.catchment.choice()")
    choice = read_choice(tmp_path / "choice.json")
    assert choice.covered_units == run.people.units[covered_by(run, reading, mask)].sum()
    done = catchment("score", "choice.json", small_demo, "--json", cwd=tmp_path)
    record = json.loads(done.stdout)
    assert (record["agrees"], record["same_data"], record["off_road"]) == (True, True, [])
    said = asked_of(other, [(mask, reading)])[0]
    assert said["covered"] == record["covered_units"]
    assert said["regions"] == [region["covered_units"] for region in record["regions"]]
    assert said["settings"] == [record["by_setting"][kind.name.lower()]["covered_units"] for kind in Setting]


# --- what is drawn ------------------------------------------------------------------------------------------------

MAP = "window[document.querySelector('.folium-map').id]"
PICTURE = "document.querySelector('canvas.ground').toDataURL()"


@pytest.mark.parametrize("steps", [-4, -1, 0, 3], ids=["far", "less far", "whole", "near"])
def test_the_map_after_a_tick_is_the_one_drawn_afresh(county, open_page, steps):
    page = open_page(county.page, "#suggestions")
    first = county.run.suggestions.frame.iloc[0]
    place = f"[{first['lat']}, {first['lon']}], {MAP}.getZoom() + {steps}"
    page.evaluate(f"{MAP}.setView({place}, {{ animate: false }}) && null")
    seen = [page.evaluate(PICTURE)]
    for row in (0, 1, 0):
        page.locator("#sheet tr[data-kind=suggestion] input").nth(row).click()
        seen.append(page.evaluate(PICTURE))
        # Whenever the map has moved, everything is drawn.
        page.evaluate(f"{MAP}.fire('moveend')")
        assert page.evaluate(PICTURE) == seen[-1]
    assert len(set(seen)) > 1
