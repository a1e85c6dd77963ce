"""What if, in the page: the script's own engine, run by node, against the definitions and against Python."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from importlib.resources import files

import numpy as np
import pytest

from catchment.outputs.style import share_text, whole
from catchment.rounding import largest_remainder

ENGINE = re.compile(r"// -+ what if: the engine\n(.*?)// -+ what if: the choice", re.DOTALL)


@pytest.fixture(scope="module")
def answer():
    """Runs the engine of the page and gives back what a piece of script returns for some input."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the PATH: the script of the page is not run")
    source = files("catchment").joinpath("outputs", "assets", "app.js").read_text(encoding="utf-8")
    engine = ENGINE.search(source)[1]

    def run(body, **given):
        read = "const given = JSON.parse(require('fs').readFileSync(0, 'utf-8'));"
        script = f"'use strict';{engine}{read}console.log(JSON.stringify((function () {{ {body} }})()));"
        done = subprocess.run(
            [node, "-e", script], input=json.dumps(given), capture_output=True, text=True, check=True, timeout=60
        )
        return json.loads(done.stdout)

    return run


def world(seed, stretches=60, options=9):
    """Stretches of people and options that reach some of them, as a matrix and as the runs of the page."""
    rng = np.random.default_rng(seed)
    reached = np.repeat(rng.random((options, stretches // 3)) < 0.3, 3, axis=1)
    ptr, first, last = [0], [], []
    for row in reached:
        edge = np.flatnonzero(np.diff(row.astype(int), prepend=0, append=0))
        first += edge[::2].tolist()
        last += edge[1::2].tolist()
        ptr.append(len(first))
    units = rng.integers(0, 2**40, stretches)
    region, setting = rng.integers(-1, 3, stretches), rng.integers(0, 3, stretches)
    choice = {
        "n": stretches,
        "units": units.tolist(),
        "region": region.tolist(),
        "setting": setting.tolist(),
        "readings": [{"key": "asked", "ptr": ptr, "first": first, "last": last}],
    }
    return choice, reached, units, region, setting


def tally(units, covered, region, setting):
    return {
        "covered": int(units[covered].sum()),
        "regions": [int(units[covered & (region == place)].sum()) for place in range(-1, 3)],
        "settings": [int(units[covered & (setting == kind)].sum()) for kind in range(3)],
    }


PLAIN = """
const plain = function (t) {
  return { covered: t.covered, regions: Array.from(t.regions), settings: Array.from(t.settings) };
};
const choice = given.choice;
"""


@pytest.mark.parametrize("seed", range(5))
def test_covered_is_whoever_any_open_option_reaches(answer, seed):
    choice, reached, units, region, setting = world(seed)
    chosen = np.random.default_rng(seed).random(len(reached)) < 0.5
    found = answer(
        PLAIN + "return plain(tallyOf(choice, coverCounts(choice, 0, given.open), 3));",
        choice=choice,
        open=chosen.astype(int).tolist(),
    )
    assert found == tally(units, reached[chosen].any(axis=0), region, setting)


@pytest.mark.parametrize("seed", range(5))
def test_ticking_options_one_by_one_equals_counting_afresh(answer, seed):
    choice, reached, units, region, setting = world(seed)
    rng = np.random.default_rng(seed)
    toggled = rng.integers(0, len(reached), 40)
    found = answer(
        PLAIN
        + """
        const open = new Uint8Array(given.options), count = coverCounts(choice, 0, open), t = tallyOf(choice, count, 3);
        given.toggled.forEach(function (o) {
          open[o] = 1 - open[o];
          toggleOption(choice, 0, o, open[o] === 1, count, t);
        });
        return { tally: plain(t), count: Array.from(count) };
        """,
        choice=choice,
        options=len(reached),
        toggled=toggled.tolist(),
    )
    chosen = np.bincount(toggled, minlength=len(reached)) % 2 == 1
    assert found["count"] == reached[chosen].sum(axis=0).tolist()
    assert found["tally"] == tally(units, reached[chosen].any(axis=0), region, setting)


def test_gains_and_unique_people_are_those_of_one_more_and_one_less(answer):
    choice, reached, units, _, _ = world(11)
    chosen = np.arange(len(reached)) % 2 == 0
    found = answer(
        """
        const count = coverCounts(given.choice, 0, given.open);
        return [0, 1, null].map(function (times) { return Array.from(peopleReached(given.choice, 0, count, times)); });
        """,
        choice=choice,
        open=chosen.astype(int).tolist(),
    )
    covered = reached[chosen].any(axis=0)
    once = reached[chosen].sum(axis=0) == 1
    assert found[0] == [int(units[row & ~covered].sum()) for row in reached]
    assert found[1] == [int(units[row & once].sum()) for row in reached]
    assert found[2] == [int(units[row].sum()) for row in reached]


def test_places_of_a_plan_add_to_those_before_them(answer):
    choice, reached, units, _, _ = world(3)
    order = [4, 0, 7]
    chosen = np.isin(np.arange(len(reached)), [1, *order])
    found = answer(
        "return addedInOrder(given.choice, 0, coverCounts(given.choice, 0, given.open), given.order);",
        choice=choice,
        open=chosen.astype(int).tolist(),
        order=order,
    )
    covered, expected = reached[1].copy(), []
    for option in order:
        expected.append(int(units[reached[option] & ~covered].sum()))
        covered |= reached[option]
    assert found == expected


def test_shares_and_whole_persons_are_printed_as_in_python(answer):
    rng = np.random.default_rng(5)
    bases = [int(base) for base in rng.integers(1, 2**43, 400)] + [1000, 2000, 3, 1, 0, 10_000, 10_000, 2000]
    parts = [int(rng.integers(0, base + 1)) for base in bases[:400]] + [1, 1, 1, 1, 0, 9996, 4, 1999]
    found = answer(
        """
        return given.parts.map(function (part, i) { return [shareText(part, given.bases[i]), wholePersons(part)]; });
        """,
        parts=parts,
        bases=bases,
    )
    assert found == [[share_text(part, base), whole(part)] for part, base in zip(parts, bases, strict=True)]


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_parts_are_rounded_as_in_python(answer, size):
    rng = np.random.default_rng(size)
    cases = []
    for _ in range(60):
        units = (rng.integers(0, 2**24, size) * rng.integers(0, 2, size) // rng.choice([1, 256, 512])).astype(np.int64)
        total = whole(int(units.sum())) + int(rng.integers(-1, 2))
        cases.append((units, max(total, 0)))
    found = answer(
        "return given.cases.map(function (one) { return largestRemainder(one[0], one[1]); });",
        cases=[(units.tolist(), total) for units, total in cases],
    )
    assert found == [largest_remainder(units / 1024, total).tolist() for units, total in cases]


def test_printed_gains_and_losses_add_up_and_stay_within_one_person(answer):
    rng = np.random.default_rng(9)
    cases = [rng.integers(-(2**22), 2**22, 12) * rng.integers(0, 2, 12) for _ in range(80)]
    cases += [np.abs(cases[0]), -np.abs(cases[0]), cases[0] * 0]
    before = rng.integers(2**30, 2**31, len(cases))
    totals = [whole(int(start + units.sum())) - whole(int(start)) for units, start in zip(cases, before, strict=True)]
    found = answer(
        "return given.cases.map(function (one, i) { return signedRemainder(one, given.totals[i]); });",
        cases=[units.tolist() for units in cases],
        totals=totals,
    )
    assert [sum(row) for row in found] == totals
    assert all((np.abs(np.array(row) - units / 1024) < 1.001).all() for row, units in zip(found, cases, strict=True))
