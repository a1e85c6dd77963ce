"""Base maps under the page: what settings may ask for, who is asked for what, and where things are drawn on them."""

from __future__ import annotations

import base64
import functools
import hashlib
import http.server
import json
import re
import shutil
import struct
import subprocess
import threading
import zlib
from urllib.parse import unquote

import geopandas as gpd
import numpy as np
import pytest
import shapely

from catchment.config import settings_of
from catchment.errors import SettingsError
from catchment.geo.basemaps import basemap_of
from catchment.geo.datum import gcj02_from_wgs84, wgs84_from_gcj02
from catchment.model import Basemap, Water
from catchment.outputs.maps import coverage_map, write_map
from catchment.outputs.record import headline

INPUTS = {"sites": "a.csv", "roads": "b.osm.pbf", "population": "c.tif"}
SITE = (114.026, 28.014)
"""The village's site of the run made by hand, whose mark is 12 pixels wide."""
POND = (114.002, 28.012, 114.008, 28.018)

# ---- settings


def test_a_page_has_no_base_map_unless_it_is_asked_for(tmp_path):
    assert settings_of({"inputs": INPUTS}, file="p.toml", folder=tmp_path).map.basemap() is None


def test_tianditu_is_streets_and_names_of_one_host_with_the_key():
    base = basemap_of("tianditu", key="0123abcd")
    assert base.origins == ("https://t0.tianditu.gov.cn",)
    assert [re.search("LAYER=([a-z]+)", template)[1] for template in base.templates] == ["vec", "cva"]
    for template in base.templates:
        assert template.endswith("&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=0123abcd")


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"base": "tianditu"}, "error.base_key"),
        ({"base": "tianditu", "base_key": "a;b"}, "error.base_key"),
        ({"base": "osm", "base_datum": "gcj02"}, "error.base_datum"),
        ({"base": "https://a.example/{z}/{x}/{y}.png", "base_datum": "bd09"}, "error.settings_bad_value"),
        ({"base": "OSM"}, "error.base_address"),
        ({"base": ""}, "error.base_address"),
        ({"base": "ftp://a.example/{z}/{x}/{y}.png"}, "error.base_address"),
        ({"base": "file:///tiles/{z}/{x}/{y}.png"}, "error.base_address"),
        ({"base": "https://a.example/{z}/{x}.png"}, "error.base_address"),
        ({"base": "https://a.example/{z}/{x}/{y}/{y}.png"}, "error.base_address"),
        ({"base": "https://{s}.example/{z}/{x}/{y}.png"}, "error.base_address"),
        ({"base": "https://*.example/{z}/{x}/{y}.png"}, "error.base_address"),
        ({"base": "https://user@a.example/{z}/{x}/{y}.png"}, "error.base_address"),
        ({"base": "https://a.example;script-src */{z}/{x}/{y}.png"}, "error.base_address"),
        ({"base": "https://a.example/{z}/{x}/{y}.png' 'unsafe-inline"}, "error.base_address"),
        ({"base": 'https://a.example/{z}/{x}/{y}.png"><script>'}, "error.base_address"),
        ({"base": "https://a.example/{z}/{x}/{y}.png\n"}, None),
        ({"base": "https://地图.example/{z}/{x}/{y}.png"}, "error.base_address"),
        ({"base": "{% off %}https://a.example/{z}/{x}/{y}.png"}, "error.base_address"),
    ],
)
def test_a_base_map_that_cannot_be_meant_is_refused(tmp_path, table, word):
    if word is None:  # blanks around a value mean nothing
        assert settings_of({"inputs": INPUTS, "map": table}, file="p.toml", folder=tmp_path).map.basemap()
        return
    with pytest.raises(SettingsError) as raised:
        settings_of({"inputs": INPUTS, "map": table}, file="p.toml", folder=tmp_path)
    assert raised.value.word == word
    assert raised.value.text("zh")


def test_the_record_of_a_run_does_not_hold_the_key(tmp_path):
    table = {"base": "tianditu", "base_key": "0123abcd"}
    settings = settings_of({"inputs": INPUTS, "map": table}, file="p.toml", folder=tmp_path)
    assert "0123abcd" not in settings.model_dump_json()
    assert settings.map.basemap().templates[0].endswith("tk=0123abcd")


# ---- the page


def png(colour):
    """A square of 256 pixels as PNG."""
    rows = zlib.compress((b"\0" + bytes(colour) * 256) * 256)
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 256, 256, 8, 2, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


class Tiles(http.server.BaseHTTPRequestHandler):
    """A stand-in for a tile server, which remembers what it was asked."""

    def __init__(self, asked, *args):
        self.asked = asked
        super().__init__(*args)

    def do_GET(self):
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(png((250, 240, 220)))

    def log_message(self, *_args):
        pass


@pytest.fixture
def server():
    """Address of the stand-in, and the list of what it is asked."""
    asked = []
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Tiles, asked)) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}", asked
        running.shutdown()


def probed(path, script):
    """What a script of the test finds on the page; the policy lets it in by its hash."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        pytest.skip("no Chromium on the PATH: the page is not opened")
    ready = 'if (document.documentElement.dataset.ready !== "1") { return; } clearInterval(waiting);'
    run = f"var waiting = setInterval(function () {{ {ready} {script} }}, 20);"
    digest = base64.b64encode(hashlib.sha256(run.encode()).digest()).decode()
    html = path.read_text(encoding="utf-8").replace("script-src ", f"script-src 'sha256-{digest}' ", 1)
    path.write_text(html.replace("</body>", f"<script>{run}</script></body>"), encoding="utf-8")
    flags = "--headless --no-sandbox --disable-gpu --disable-background-networking --no-first-run --dump-dom"
    more = "--virtual-time-budget=6000 --window-size=1200,800 --enable-logging=stderr --v=0"
    hosts = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    profile = f"--user-data-dir={path.parent / 'profile'}"
    command = [browser, *flags.split(), *more.split(), hosts, profile, path.absolute().as_uri()]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    console = [line for line in done.stderr.decode(errors="replace").splitlines() if "CONSOLE" in line]
    found = re.search('data-probe="([^"]*)"', done.stdout.decode())
    return json.loads(unquote(found[1])), console


MAP = 'var map = window[document.querySelector(".folium-map").id];'
TELL = "document.body.dataset.probe = encodeURIComponent(JSON.stringify(found));"
SWITCH = """Array.prototype.filter.call(document.querySelectorAll(".legend label"), function (label) {
    return label.textContent === "base map"; })[0].querySelector("input").click();"""
# Where the tiles, the village's mark and the pond are on the screen, and which place the mark's pixel is said to be.
LOOK = """var box = map.getContainer().getBoundingClientRect(), found = { tiles: [], asks: "", foot: "" };
    document.querySelectorAll("img.leaflet-tile").forEach(function (tile) {
      var at = tile.getBoundingClientRect();
      found.tiles.push([new URL(tile.src).pathname, at.left - box.left, at.top - box.top, at.width]); });
    var mark = Array.prototype.filter.call(document.querySelectorAll(".site"), function (icon) {
      return icon.offsetWidth === 12; })[0].getBoundingClientRect();
    found.mark = [mark.left + 6 - box.left, mark.top + 6 - box.top];
    var place = map.containerPointToLatLng(found.mark);
    found.place = [place.lng, place.lat];
    var canvas = document.querySelector("canvas.ground"), at = canvas.getBoundingClientRect();
    var pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
    var sides = [Infinity, Infinity, -Infinity, -Infinity];
    for (var i = 0; i < canvas.width * canvas.height; i++) {
      if (pixels[4 * i] !== 195 || pixels[4 * i + 1] !== 211 || pixels[4 * i + 2] !== 219) { continue; }
      var x = i % canvas.width, y = (i - x) / canvas.width;
      sides = [Math.min(sides[0], x), Math.min(sides[1], y), Math.max(sides[2], x + 1), Math.max(sides[3], y + 1)];
    }
    found.pond = [sides[0] + at.left - box.left, sides[1] + at.top - box.top,
      sides[2] + at.left - box.left, sides[3] + at.top - box.top];
    found.asks = document.querySelector(".legend").textContent;
    found.foot = document.querySelector("#foot").textContent;"""


def run_on(make_run, base):
    frame = gpd.GeoDataFrame({"name": ["塘"]}, geometry=[shapely.multipolygons([shapely.box(*POND)])], crs="EPSG:4326")
    return make_run(language="en", base=base, water=Water(frame, frame.iloc[:0]), dissolved={}, gaps=None)


def tile_place(lonlat, zoom):
    """Column and row of a place among the tiles of a zoom, as everybody numbers them."""
    lon, lat = lonlat
    sine = np.sin(np.radians(lat))
    return (lon / 360 + 0.5) * 2**zoom, (0.5 - np.log((1 + sine) / (1 - sine)) / (4 * np.pi)) * 2**zoom


def on_screen(found, lonlat):
    """The pixel at which the tiles show a place of their datum."""
    name, left, top, width = found["tiles"][0]
    zoom, column, row = map(int, re.findall(r"\d+", name))
    x, y = tile_place(lonlat, zoom)
    return left + (x - column) * width, top + (y - row) * width


@pytest.mark.parametrize("datum", ["wgs84", "gcj02"])
def test_what_is_drawn_lies_where_the_datum_of_the_tiles_has_it(make_run, tmp_path, server, datum):
    address, asked = server
    base = Basemap((address + "/tiles/{z}/{x}/{y}.png",), datum=datum, attribution="某图 <b>")
    write_map(run_on(make_run, base), tmp_path / "map.html")
    found, console = probed(tmp_path / "map.html", f"{MAP}{SWITCH} setTimeout(function () {{ {LOOK}{TELL} }}, 2000);")
    assert console == []
    shift = gcj02_from_wgs84 if datum == "gcj02" else np.asarray
    # A mark stands on a whole pixel.
    assert found["mark"] == pytest.approx(on_screen(found, shift(np.array([SITE]))[0]), abs=1)
    corners = shift(np.array([[POND[0], POND[3]], [POND[2], POND[1]]]))
    assert found["pond"] == pytest.approx([*on_screen(found, corners[0]), *on_screen(found, corners[1])], abs=1.5)
    # At this zoom a pixel is 2 to 5 metres and GCJ-02 some 500 m away, yet a click answers in WGS84.
    assert found["place"] == pytest.approx(SITE, abs=5e-5)
    assert {name for name, *_ in found["tiles"]} <= set(asked)
    zoom = int(asked[0].split("/")[2])
    column, row = (int(place) for place in tile_place(shift(np.array([SITE]))[0], zoom))
    assert f"/tiles/{zoom}/{column}/{row}.png" in asked
    assert f"asks {address.removeprefix('http://')} for pictures" in found["asks"]
    assert "某图 <b>" in found["foot"]


def test_nobody_is_asked_for_anything_until_the_base_map_is_switched_on(make_run, tmp_path, server):
    address, asked = server
    write_map(run_on(make_run, Basemap((address + "/{z}/{x}/{y}.png",), attribution="某图")), tmp_path / "map.html")
    found, console = probed(tmp_path / "map.html", f"{MAP} setTimeout(function () {{ {LOOK}{TELL} }}, 2000);")
    assert (console, asked, found["tiles"]) == ([], [], [])
    assert "某图" not in found["foot"]


def test_a_page_without_a_base_map_has_no_switch_and_may_ask_nobody(make_run, tmp_path):
    write_map(run_on(make_run, None), tmp_path / "map.html")
    html = (tmp_path / "map.html").read_text(encoding="utf-8")
    assert "img-src data:; " in html
    found, _ = probed(tmp_path / "map.html", f"{MAP} setTimeout(function () {{ {LOOK}{TELL} }}, 500);")
    assert "base map" not in found["asks"]
    assert "water" in found["asks"]


def test_the_policy_lets_in_the_pictures_of_that_server_and_no_other(make_run, tmp_path, server):
    address, asked = server
    write_map(run_on(make_run, Basemap((address + "/{z}/{x}/{y}.png",))), tmp_path / "map.html")
    assert f"img-src data: {address}; " in (tmp_path / "map.html").read_text(encoding="utf-8")
    other = address.replace("127.0.0.1", "localhost")
    look = f"""var found = [], picture = new Image();
        picture.onerror = function () {{ found.push("refused"); {TELL} }};
        picture.onload = function () {{ found.push("loaded"); {TELL} }};
        picture.src = "{other}/0/0/0.png";"""
    found, console = probed(tmp_path / "map.html", look)
    assert found == ["refused"]
    assert asked == []
    assert "Content Security Policy" in console[0]


def test_the_datum_of_the_page_is_that_of_the_program_to_a_billionth_of_a_degree(make_run, tmp_path):
    write_map(run_on(make_run, Basemap(("http://127.0.0.1:9/{z}/{x}/{y}.png",), datum="gcj02")), tmp_path / "map.html")
    random = np.random.default_rng(5)
    inside = random.uniform((73, 4), (135, 54), (500, 2))
    outside = np.vstack(
        [random.uniform((-170, -80), (70, 80), (200, 2)), random.uniform((139, -80), (170, 80), (50, 2))]
    )
    places = np.vstack([inside, outside])
    look = f"""{MAP} var plain = L.Projection.SphericalMercator, own = map.options.crs.projection;
        var found = {json.dumps(places.tolist())}.map(function (place) {{
          var there = plain.unproject(own.project(L.latLng(place[1], place[0])));
          var back = own.unproject(plain.project(L.latLng(place[1], place[0])));
          return [there.lng, there.lat, back.lng, back.lat]; }}); {TELL}"""
    found, _ = probed(tmp_path / "map.html", look)
    there, back = np.split(np.array(found), 2, axis=1)
    np.testing.assert_allclose(there, gcj02_from_wgs84(places), rtol=0, atol=1e-9)
    np.testing.assert_allclose(back, wgs84_from_gcj02(places), rtol=0, atol=1e-9)
    np.testing.assert_allclose(there[500:], places[500:], rtol=0, atol=1e-9)


def test_a_notebook_gets_the_same_base_map(make_run):
    page = coverage_map(run_on(make_run, basemap_of("osm")))
    assert "tile.openstreetmap.org" in page.get_root().render()


def test_figures_do_not_depend_on_the_base_map(make_run):
    assert headline(run_on(make_run, basemap_of("osm")), {}) == headline(run_on(make_run, None), {})
