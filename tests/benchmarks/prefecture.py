"""
A prefecture from the command line to a page one can work with, beside the figures it must reach.

    python tests/benchmarks/prefecture.py [FOLDER]

Makes the demo's prefecture (in FOLDER, which is kept, else in a temporary one), runs it in a fresh process with kernels
compiled and streets cached, and opens its page in Chromium. Prints seconds, memory, sizes and PASS or FAIL; the exit
code is the number of figures missed. Nothing here is a test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import osmium
import rasterio

from catchment.inputs.sites import read_sites

READY = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now()))))"
"""Milliseconds from the beginning of the navigation to when the page has been painted and answers."""

ZOOMED = """new Promise(done => {
  const map = window[document.querySelector('.folium-map').id], begun = performance.now();
  map.setZoom(map.getZoom() + %d, { animate: false });
  requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - begun)));
})"""
"""Milliseconds to draw the map anew at another zoom."""

missed = 0


def show(what, value, unit, *, most=None, least=None):
    """Print a figure and whether it keeps to what is demanded."""
    global missed  # noqa: PLW0603 - one count for the whole script
    kept = (most is None or value <= most) and (least is None or value >= least)
    missed += not kept
    demanded = "" if most is None else f"at most {most:g}"
    demanded = demanded if least is None else f"at least {least:,}"
    verdict = "" if not demanded else "PASS" if kept else "FAIL"
    number = f"{value:,}" if isinstance(value, int) else f"{value:.2f}"
    print(f"{what:<52} {number:>12} {unit:<4} {demanded:<20} {verdict}", flush=True)


def command(*arguments):
    """Seconds, processor seconds and peak gigabytes of a fresh process."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", *map(str, arguments)], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{arguments} ended with {process.returncode}")
    return time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss / 1e6


def sizes(inputs):
    """What the prefecture holds, counted in its files."""
    roads, premises = np.zeros(0, np.int64), 0
    nodes = []
    for thing in osmium.FileProcessor(inputs / "streets.osm.pbf"):
        if thing.is_way() and "highway" in thing.tags:
            nodes.extend(node.ref for node in thing.nodes)
        premises += thing.is_node() and bool({"amenity", "shop", "office"} & {tag.k for tag in thing.tags})
    roads = np.unique(np.array(nodes))
    with rasterio.open(inputs / "population.tif") as raster:
        populated = int((raster.read(1) > 0).sum())
    show("nodes on roads", len(roads), "", least=1_000_000)
    show("populated cells", populated, "", least=2_000_000)
    show("sites", len(read_sites(inputs / "sites.xlsx")), "", least=299)
    show("premises", premises, "", least=50_000)


def run(inputs, out):
    """The measured run, and what it wrote."""
    seconds, busy, gigabytes = command("catchment", "run", inputs / "demo.toml", "--out", out, "--lang", "en")
    for line in (out / "run.log").read_text(encoding="utf-8").splitlines():
        if line.endswith(" s"):
            print(f"    {line}")
    show("catchment run, streets cached, all outputs", seconds, "s", most=60)
    show("processor time of both cores, whatever else they did", busy, "s")
    show("peak memory", gigabytes, "GB", most=6)
    for path in sorted(out.glob("*.*")):
        if path.name not in ("run.log", "run.json"):
            most = 12 if path.suffix == ".html" else None
            show(path.name, path.stat().st_size / 1e6, "MB", most=most)


class Browser:
    """Chromium spoken to through a pipe of its own: no port is opened."""

    def __init__(self, asking, answers):
        self._asking, self._answers, self._number, self._rest = asking, answers, 0, b""

    def ask(self, method, session=None, **parameters):
        """Send one command and wait for its answer."""
        self._number += 1
        asked = {"id": self._number, "method": method, "params": parameters}
        if session:
            asked["sessionId"] = session
        os.write(self._asking, json.dumps(asked).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                self._rest += os.read(self._answers, 1 << 16)
            message, self._rest = self._rest.split(b"\0", 1)
            said = json.loads(message)
            if said.get("id") == self._number:
                return said["result"]

    def value(self, session, script):
        """What a script comes to on the page, promises awaited."""
        answer = self.ask("Runtime.evaluate", session, expression=script, awaitPromise=True, returnByValue=True)
        return answer["result"]["value"]


@contextmanager
def browser(profile):
    """A headless Chromium that ends with the block."""
    name = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if name is None:
        raise SystemExit("no Chromium on the PATH: the page is not measured")
    read_by_it, asking = os.pipe()
    answers, written_by_it = os.pipe()

    def take_pipes():
        # Chromium reads commands from descriptor 3 and answers on 4.
        its_reading, its_writing = os.dup(read_by_it), os.dup(written_by_it)
        os.dup2(its_reading, 3)
        os.dup2(its_writing, 4)

    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run"
    process = subprocess.Popen(
        [name, *flags.split(), "--remote-debugging-pipe", "--window-size=1360,860", f"--user-data-dir={profile}"],
        close_fds=False,
        preexec_fn=take_pipes,  # noqa: PLW1509 - this script has no threads
        stderr=subprocess.DEVNULL,
    )
    try:
        yield Browser(asking, answers)
    finally:
        process.terminate()
        process.wait()


def page(path, profile):
    """From opening the file to a painted page that answers, and how long it takes to zoom."""
    with browser(profile) as chromium:
        target = chromium.ask("Target.createTarget", url="about:blank")["targetId"]
        session = chromium.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        begun = time.perf_counter()
        chromium.ask("Page.navigate", session, url=path.absolute().as_uri())
        while not chromium.value(session, "document.querySelector(\"html[data-ready='1']\") !== null"):
            time.sleep(0.02)
        inside = chromium.value(session, READY) / 1000
        show("page from file:// to answering, by its own clock", inside, "s", most=3)
        show("the same by ours", time.perf_counter() - begun, "s", most=3)
        for step in (1, 2, -3):
            seconds = chromium.value(session, ZOOMED % step) / 1000
            show(f"zoom by {step}, drawn", seconds, "s")


def main(folder):
    inputs, out = folder / "inputs", folder / "out"
    if not (inputs / "demo.toml").is_file():
        seconds, _, gigabytes = command("catchment.apps.demo", inputs, "prefecture")
        show("the demo generated", seconds, "s")
        show("peak memory", gigabytes, "GB")
    sizes(inputs)
    command("catchment", "demo", "--size", "village", "--out", folder / "village")  # compiles the kernels
    command("catchment", "check", inputs / "demo.toml")  # caches the streets
    run(inputs, out)
    page(out / "map.html", folder / "profile")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
            main(Path(own))
    sys.exit(missed)
