"""
The map page in a real browser, beside the figures it must reach.

    python tests/benchmarks/page.py [--keep FOLDER] [--times 5]

Makes runs of a million cells and a thousand sites with real searches over invented streets (``page_worlds``), writes
their pages, and opens each several times in Chromium: the least counts, for other programs share the machine. FOLDER
keeps the runs for the next time. Prints PASS or FAIL of every figure; the exit code is the number missed. Pieces of
the script are timed inside the page, which for that hands them out (``handing_out``); nothing else of it is changed.
Violations found by axe are counted where the variable CATCHMENT_AXE names its script. Nothing here is a test.
"""

from __future__ import annotations

import argparse
import os
import pickle
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from browsing import DESKTOP, TABS, running_browser, show_tab
from conftest import hand_made_run
from page_worlds import world_run

from catchment.outputs import maps

WORLDS = {
    "walk": {"side": 1000, "city_share": 1.0, "site_count": 1000, "region_shape": (10, 10)},
    "both": {"side": 1000, "city_share": 0.25, "site_count": 1000, "region_shape": (10, 10)},
    "polygons": {
        "side": 300,
        "city_share": 0.25,
        "site_count": 100,
        "premises_count": 0,
        "region_shape": (250, 200),
    },
}
"""A million cells in a city that walks; a city in a country that drives; 50,000 regions."""

HANDED_OUT = """window.timed = { choose: choose, refresh: refresh, markOptions: markOptions, toggleOption: toggleOption,
  peopleReached: peopleReached, coverCounts: coverCounts, choice: function () { return choice; },
  what: function () { return what; }, ground: function () { return ground; } };
"""

ANSWERED = """
new MutationObserver(function (_, observer) {
  const root = document.documentElement, readout = document.getElementById('readout');
  if (!window.readyAt && root && root.dataset.ready) { window.readyAt = performance.now(); }
  if (readout && readout.textContent) { window.answeredAt = performance.now(); observer.disconnect(); }
}).observe(document, { attributes: true, childList: true, subtree: true });
const painted = new MessageChannel();
window.afterPaint = function (act) { painted.port1.onmessage = act; painted.port2.postMessage(0); };
"""
"""Runs before the page: notes when it was ready and when it first answered the pointer [ms]. What is asked for after
the paint from within a frame comes when that frame has been painted."""

TOGGLES = """() => {
  const t = window.timed, choice = t.choice(), what = t.what(), times = [];
  for (let option = 0; option < choice.options.length; option++) {
    const opening = !what.open[option], begun = performance.now();
    for (let i = 0; i < %(often)d; i++) {
      t.toggleOption(choice, what.reading, option, opening === (i %% 2 === 0), what.count, what.after);
    }
    times.push((performance.now() - begun) / %(often)d);
  }
  return times;
}"""
"""Milliseconds to open or close each option, and as often to take it back."""

RANKING = """() => {
  const t = window.timed, choice = t.choice(), what = t.what(), times = [];
  for (let i = 0; i < 7; i++) {
    const begun = performance.now();
    t.peopleReached(choice, what.reading, what.count, 0);
    times.push(performance.now() - begun);
  }
  return times;
}"""
"""Milliseconds to find what every option would add now."""

REDRAWN = """option => new Promise(done => {
  requestAnimationFrame(() => {
    const begun = performance.now(), opening = !window.timed.what().open[option];
    window.timed.choose([option], () => opening);
    const worked = performance.now() - begun;
    window.afterPaint(() => done([worked, performance.now() - begun]));
  });
})"""
"""Milliseconds of the script, and until it has been painted, when somebody ticks an option."""

missed = 0


def show(what, value, unit, *, most=None):
    """Print a figure and whether it keeps to what is demanded."""
    global missed  # noqa: PLW0603 - one count for the whole script
    kept = most is None or value <= most
    missed += not kept
    verdict = "" if most is None else f"at most {most:<8g} {'PASS' if kept else 'FAIL'}"
    print(f"{what:<68} {value:>10.3f} {unit:<4} {verdict}", flush=True)


def kept_world(name, folder):
    """A world as a run, from the folder if it is there."""
    path = folder / f"{name}.pkl"
    if path.is_file():
        return pickle.loads(path.read_bytes())  # noqa: S301 - written here
    begun = time.perf_counter()
    run = world_run(**WORLDS[name])
    show(f"{name}: made", time.perf_counter() - begun, "s")
    path.write_bytes(pickle.dumps(run))
    return run


@contextmanager
def handing_out():
    """Pages written inside hand pieces of their script to whoever times them."""
    asset = maps._asset
    end = 'document.addEventListener("DOMContentLoaded", load);'
    maps._asset = lambda name: asset(name).replace(end, HANDED_OUT + end) if name == "app.js" else asset(name)
    yield
    maps._asset = asset


def written(run, folder, name, *, most_mb=None):
    """The page of a run, timed pieces handed out; its size is that of the page as everybody gets it."""
    path = folder / f"{name}.html"
    begun = time.perf_counter()
    maps.write_map(run, path)
    show(f"{name}: written", time.perf_counter() - begun, "s")
    show(f"{name}: page", path.stat().st_size / 1e6, "MB", most=most_mb)
    with handing_out():
        maps.write_map(run, path)
    return path


@contextmanager
def opened(browser, path, fragment=""):
    """A page that has answered the pointer: it is moved over the map from the moment the file is opened."""
    context = browser.new_context(viewport={"width": DESKTOP[0], "height": DESKTOP[1]})
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.add_init_script(ANSWERED)
    page.goto(path.absolute().as_uri() + fragment, wait_until="commit")
    for step in range(2000):
        page.mouse.move(800 + step % 40, 430 + step % 30)
        if page.evaluate("window.answeredAt || 0"):
            break
        page.wait_for_timeout(10)
    yield page
    context.close()


def openings(browser, path, name, times, *, most_s):
    """The least time from opening the file to an answer."""
    ready, answered = [], []
    for _ in range(times):
        with opened(browser, path) as page:
            ready.append(page.evaluate("window.readyAt"))
            answered.append(page.evaluate("window.answeredAt"))
    show(f"{name}: opened and ready", min(ready) / 1000, "s")
    show(f"{name}: opened, painted and answering the pointer", min(answered) / 1000, "s", most=most_s)


def middle(values):
    """The median."""
    return sorted(values)[len(values) // 2]


def choosing(browser, path, name, times, *, toggle_ms, rank_ms, often):
    """A toggle, what follows from it, and ranking anew: medians of many, and of these the least."""
    toggles, worst, ranks, scripts, frames = [], [], [], [], []
    for _ in range(times):
        with opened(browser, path, "#suggestions") as page:
            spent = page.evaluate(TOGGLES % {"often": often})
            toggles.append(middle(spent))
            worst.append(max(spent))
            ranks.append(middle(page.evaluate(RANKING)))
            options = range(0, len(spent), max(1, len(spent) // 15))
            drawn = [page.evaluate(REDRAWN, option) for option in options]
            scripts.append(middle([each[0] for each in drawn]))
            frames.append(middle([each[1] for each in drawn]))
    show(f"{name}: a toggle, totals, median of {len(spent)} options", min(toggles), "ms", most=toggle_ms)
    show(f"{name}: the same, the slowest option", min(worst), "ms")
    show(f"{name}: what each of {len(spent)} options would add", min(ranks), "ms", most=rank_ms)
    show(f"{name}: a tick, script alone", min(scripts), "ms")
    show(f"{name}: a tick, everything filled, drawn and painted", min(frames), "ms", most=60)


def violations(browser, path):
    """What axe finds wrong on any tab."""
    script = os.environ.get("CATCHMENT_AXE")
    if not script:
        print("axe is not here: set CATCHMENT_AXE to its script")
        return
    with opened(browser, path) as page:
        page.evaluate(Path(script).read_text(encoding="utf-8"))
        found = 0
        for tab in TABS:
            if show_tab(page, tab):
                found += page.evaluate("async () => (await axe.run(document)).violations.length")
        show("violations found by axe, all tabs", found, "", most=0)


def main(folder, times):
    with running_browser() as browser:
        empty = written(hand_made_run(), folder, "empty", most_mb=0.2)
        violations(browser, empty)
        walk = written(kept_world("walk", folder), folder, "walk", most_mb=6)
        openings(browser, walk, "walk", times, most_s=1.5)
        choosing(browser, walk, "walk", times, toggle_ms=1, rank_ms=50, often=100)
        both = written(kept_world("both", folder), folder, "both", most_mb=10)
        openings(browser, both, "both", times, most_s=1.5)
        choosing(browser, both, "both", times, toggle_ms=10, rank_ms=200, often=10)
        polygons = written(kept_world("polygons", folder), folder, "polygons")
        openings(browser, polygons, "polygons", times, most_s=2.5)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    reader.add_argument("--keep", type=Path)
    reader.add_argument("--times", type=int, default=5)
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as own:
        main(given.keep or Path(own), given.times)
    sys.exit(missed)
