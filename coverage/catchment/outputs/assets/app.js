// The page: reads the payload, draws the map, fills the panel. Every text enters by textContent.
(function () {
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const ACCENT = "#1f4e79", INK = "#20262b";
const SHOWN_FINDINGS = 400;
const NUMBERED_GAPS = 20, FOUND = 8;
const WATER_COLOUR = "#c3d3db";
const LANG = { zh: "zh-CN", en: "en" };
// Widest first: each narrower band is laid on the one before.
const OWN_COLOUR = "#3f8f87";
const BAND_COLOURS = ["#e0efed", "#cbe4e1", "#b0d5d1"];

let data, map, words, texts, cells, ground, selected = null;
const state = { language: "zh", tab: "overview", hidden: { "area=road": true, joins: true, base: true }, sort: {}, find: "", unfolded: {} };
const siteMarkers = [], pins = [];

// ---------------------------------------------------------------- words and small pieces

function say(word, facts) {
  const text = words[word];
  if (text === undefined) { return word; }
  return text.replace(/\{(\w+)\}/g, function (mark, name) { return facts && name in facts ? String(facts[name]) : mark; });
}

function el(tag, name) {
  const node = document.createElement(tag);
  if (name) { node.className = name; }
  for (let i = 2; i < arguments.length; i++) {
    const child = arguments[i];
    if (child === null || child === undefined || child === "") { continue; }
    node.appendChild(typeof child === "object" ? child : document.createTextNode(String(child)));
  }
  return node;
}

function svg(tag, attributes) {
  const node = document.createElementNS(SVG, tag);
  Object.keys(attributes).forEach(function (name) { node.setAttribute(name, attributes[name]); });
  return node;
}

function button(name, text, act) {
  const node = el("button", name, text);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

// What only repeats to the eye what stands beside it in words.
function decoration(node) { node.setAttribute("aria-hidden", "true"); return node; }

// Who works by keyboard stands where he stood, though the page has been made anew under him.
function keepingFocus(act) {
  const id = document.activeElement ? document.activeElement.id : "";
  act();
  if (id && byId(id) && byId(id) !== document.activeElement) { byId(id).focus(); }
}

function empty(node) { while (node.firstChild) { node.removeChild(node.firstChild); } return node; }

function byId(id) { return document.getElementById(id); }

function number(value) { return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ","); }

function persons(units) {
  const people = units / data.figures.units.per_person;
  if (people >= 9.95) { return number(Math.round(people)); }
  return people < 0.05 ? "<0.1" : String(Math.round(people * 10) / 10);
}

function distance(metres) {
  if (metres < 995) { return say("page.metres", { number: Math.round(metres / 10) * 10 }); }
  return say("page.kilometres", { number: (metres / 1000).toFixed(1).replace(/\.0$/, "") });
}

function isPublic() { return data.profile === "public"; }

const DOUBTS = ["no_road", "cut_off", "edge_of_data"];

// For the public all doubts about the data are one.
function causeText(name) { return say(isPublic() && DOUBTS.indexOf(name) >= 0 ? "page.not_judged" : "cause." + name); }

function narrow() { return window.matchMedia("(max-width: 700px)").matches; }

// ---------------------------------------------------------------- unpacking

// docs/page-data.md has the form of columns. Counts may exceed 2^31; the others do not.
function unpackColumn(bytes, packed) {
  if (packed.as === "bytes") { return bytes.slice(packed.at, packed.at + packed.n); }
  const n = packed.n, values = packed.as === "counts" ? new Float64Array(n) : new Int32Array(n);
  let at = packed.at;
  function next() {
    let byte = bytes[at++], value = byte & 127, shift = 128;
    while (byte > 127) { byte = bytes[at++]; value += (byte & 127) * shift; shift *= 128; }
    return value;
  }
  if (packed.as === "counts") { for (let i = 0; i < n; i++) { values[i] = next(); } }
  else if (packed.as === "steps") {
    for (let i = 0, last = 0; i < n; i++) {
      const step = next();
      last += step % 2 ? -(step + 1) / 2 : step / 2;
      values[i] = last;
    }
  } else {
    for (let i = 0; i < n;) {
      const value = next() - 1, end = i + next();
      values.fill(value, i, end);
      i = end;
    }
  }
  return values;
}

// The same tree with each column unpacked where its descriptor stands.
function unpackColumns(node, bytes) {
  if (node === null || typeof node !== "object") { return node; }
  if (typeof node.at === "number" && node.as) { return unpackColumn(bytes, node); }
  Object.keys(node).forEach(function (name) { node[name] = unpackColumns(node[name], bytes); });
  return node;
}

// WGS84 -> x, y on the map, the world being one wide: where the datum of the base map has the place.
function mercator(lon, lat) {
  const place = shifted ? gcj02(lon, lat) : [lon, lat];
  const sine = Math.sin(Math.max(Math.min(place[1], 85.05), -85.05) * Math.PI / 180);
  return [place[0] / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

function latLngAt(x, y) { return map.options.crs.pointToLatLng(L.point(x * 256, y * 256), 0); }

// Lines in units of the map, with the box of each for culling.
function unpackLines(packed) {
  const count = packed.count, total = packed.x.length;
  const x = new Float64Array(total), y = new Float64Array(total);
  for (let i = 0; i < total; i++) {
    const place = mercator(packed.x[i] / 1e5, packed.y[i] / 1e5);
    x[i] = place[0]; y[i] = place[1];
  }
  const start = new Int32Array(count.length + 1), box = new Float64Array(count.length * 4);
  for (let line = 0; line < count.length; line++) {
    const from = start[line], to = from + count[line];
    let west = Infinity, east = -Infinity, north = Infinity, south = -Infinity;
    for (let i = from; i < to; i++) {
      if (x[i] < west) { west = x[i]; }
      if (x[i] > east) { east = x[i]; }
      if (y[i] < north) { north = y[i]; }
      if (y[i] > south) { south = y[i]; }
    }
    start[line + 1] = to;
    box.set([west, east, north, south], 4 * line);
  }
  return { x: x, y: y, start: start, box: box, length: count.length };
}

function unpackMarks(packed) {
  const x = new Float64Array(packed.x.length), y = new Float64Array(packed.x.length);
  for (let i = 0; i < x.length; i++) {
    const place = mercator(packed.x[i] / 1e5, packed.y[i] / 1e5);
    x[i] = place[0]; y[i] = place[1];
  }
  return { x: x, y: y };
}

// Exact people [1/1024 person], or for many cells what their codes stand for.
function unpackPeople(packed) {
  if (packed.units) { return packed.units; }
  const meant = new Float64Array(256), units = new Float64Array(packed.code.length);
  for (let code = 1; code < 256; code++) { meant[code] = packed.least * Math.pow(packed.ratio, code - 1); }
  for (let i = 0; i < units.length; i++) { units[i] = meant[packed.code[i]]; }
  return units;
}

function unpackCells(packed) {
  const n = packed.column.length, lattice = packed.lattice, columns = packed.column, rows = packed.row, units = unpackPeople(packed.people);
  const west = new Float64Array(n), east = new Float64Array(n), north = new Float64Array(n), south = new Float64Array(n);
  const cause = new Uint8Array(n), setting = new Uint8Array(n), shade = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    if (!lattice) {
      const place = mercator(columns[i] / 1e6, rows[i] / 1e6);
      west[i] = east[i] = place[0]; north[i] = south[i] = place[1];
    }
    cause[i] = packed.state[i] / 3; setting[i] = packed.state[i] % 3;
    shade[i] = shadeOf(units[i] / data.figures.units.per_person);
  }
  if (lattice) { placeCells(lattice, columns, rows, [west, east, north, south]); }
  const doubtful = packed.causes.map(function (name) { return DOUBTS.indexOf(name) >= 0; });
  return { n: n, column: columns, row: rows, west: west, east: east, north: north, south: south, cause: cause, setting: setting, patch: packed.patch,
    shade: shade, look: new Uint8Array(n), seen: new Uint8Array(LOOK_NAMES.length), near: lattice ? bucketIndex(columns, rows) : null, doubtful: doubtful, lattice: lattice, exact: Boolean(packed.people.units),
    units: units, site: packed.site, cost: packed.cost_m, straight: packed.straight_m, breaks: packed.breaks, causes: packed.causes, settings: packed.settings };
}

// The edges of cells: of whole columns and rows, each found once, unless the datum of the base map bends the lattice.
function placeCells(lattice, columns, rows, sides) {
  const x = [], y = [];
  const lon = function (column) { return lattice[0] + column * lattice[2]; }, lat = function (row) { return lattice[1] - row * lattice[3]; };
  const across = function (column) { return x[column] === undefined ? x[column] = mercator(lon(column), 0)[0] : x[column]; };
  const down = function (row) { return y[row] === undefined ? y[row] = mercator(0, lat(row))[1] : y[row]; };
  for (let i = 0; i < rows.length; i++) {
    const column = columns[i], row = rows[i];
    if (shifted) {
      const first = mercator(lon(column), lat(row)), last = mercator(lon(column + 1), lat(row + 1));
      sides[0][i] = first[0]; sides[1][i] = last[0]; sides[2][i] = first[1]; sides[3][i] = last[1];
    } else { sides[0][i] = across(column); sides[1][i] = across(column + 1); sides[2][i] = down(row); sides[3][i] = down(row + 1); }
  }
}

// Cells by squares of so many columns and rows, the squares of a row one after another: what lies near is found at once.
const SQUARE = 32;

function bucketIndex(columns, rows) {
  let across = 1, down = 1;
  for (let i = 0; i < columns.length; i++) {
    across = Math.max(across, (columns[i] >> 5) + 1);
    down = Math.max(down, (rows[i] >> 5) + 1);
  }
  const start = new Int32Array(across * down + 1), cell = new Int32Array(columns.length);
  const square = function (i) { return (rows[i] >> 5) * across + (columns[i] >> 5); };
  for (let i = 0; i < columns.length; i++) { start[square(i) + 1]++; }
  for (let s = 0; s < across * down; s++) { start[s + 1] += start[s]; }
  const next = start.slice();
  for (let i = 0; i < columns.length; i++) { cell[next[square(i)]++] = i; }
  return { across: across, down: down, start: start, cell: cell };
}

// The pieces of the index, as pairs of first and last, that a view shows, with a square more on each side.
function squaresIn(view) {
  const near = cells.near, lattice = cells.lattice, pieces = [];
  const first = latLngAt(view.west, view.north), last = latLngAt(view.east, view.south);
  const columnAt = function (lng) { return Math.floor((lng - lattice[0]) / lattice[2] / SQUARE); };
  const rowAt = function (lat) { return Math.floor((lattice[1] - lat) / lattice[3] / SQUARE); };
  const left = Math.max(columnAt(first.lng) - 1, 0), right = Math.min(columnAt(last.lng) + 1, near.across - 1);
  const bottom = Math.min(rowAt(last.lat) + 1, near.down - 1);
  for (let row = Math.max(rowAt(first.lat) - 1, 0); row <= bottom; row++) {
    if (left <= right) { pieces.push([near.start[row * near.across + left], near.start[row * near.across + right + 1]]); }
  }
  return pieces;
}

// What a cell looks like: one byte each, so that another choice of sites changes nothing but these.
const LOOKS = { covered: 0, doubt: 1, gap: 2, gained: 3, lost: 4 }, LOOK_NAMES = Object.keys(LOOKS);

function lookOf(i) { return LOOK_NAMES[cells.look[i]]; }

// After a tick only whom the ticked options reach may look otherwise. `seen` says which looks there may be at all.
function lookAgain(ticked) {
  const look = cells.look, uncovered = Uint8Array.from(cells.doubtful, function (doubtful) { return doubtful ? LOOKS.doubt : LOOKS.gap; });
  const compared = viewShown() === "compare";
  if (what && ticked && !compared) {
    const r = choice.readings[what.reading];
    ticked.forEach(function (option) {
      for (let k = r.ptr[option]; k < r.ptr[option + 1]; k++) { lookByChoice(look, uncovered, r.first[k], r.last[k]); }
    });
    return;
  }
  cells.seen.fill(0);
  if (compared) { lookByComparison(look, uncovered); return; }
  if (what) { lookByChoice(look, uncovered, 0, choice.n); return; }
  for (let i = 0; i < cells.n; i++) { cells.seen[look[i] = cells.cause[i] === 0 ? LOOKS.covered : uncovered[cells.cause[i]]] = 1; }
}

// Whole stretches at a time, of some that follow one another: now, or against the present state also gained and lost.
function lookByChoice(look, uncovered, from, to) {
  for (let s = from; s < to; s++) {
    const first = choice.cellStart[s], last = choice.cellStart[s + 1];
    const before = what.nowCount[s] > 0, after = what.view === "now" ? before : what.count[s] > 0;
    const served = after ? before ? LOOKS.covered : LOOKS.gained : LOOKS.lost;
    for (let i = first; i < last; i++) { cells.seen[look[i] = before || after ? served : uncovered[cells.cause[i]]] = 1; }
  }
}

// ---------------------------------------------------------------- the base map of others, and its datum

// geo/datum.py has the same shift; the ellipsoid is Krasovsky's.
let shifted = false;

function waves(t, amplitude, turns, other, others) {
  return (amplitude * Math.sin(turns * Math.PI * t) + other * Math.sin(others * Math.PI * t)) * 2 / 3;
}

function gcj02(lon, lat) {
  if (!(lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271)) { return [lon, lat]; }
  const x = lon - 105, y = lat - 35, root = Math.sqrt(Math.abs(x)), both = waves(x, 20, 6, 20, 2);
  const northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    + waves(y, 20, 1, 40, 1 / 3) + waves(y, 160, 1 / 12, 320, 1 / 30);
  const eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    + waves(x, 20, 1, 40, 1 / 3) + waves(x, 150, 1 / 12, 300, 1 / 30);
  const latitude = lat * Math.PI / 180, sine = Math.sin(latitude), squared = 0.00669342162296594323;
  const shrink = 1 - squared * sine * sine;
  const meridianM = 6378245 * (1 - squared) / (shrink * Math.sqrt(shrink)), parallelM = 6378245 / Math.sqrt(shrink) * Math.cos(latitude);
  return [lon + eastM / parallelM * 180 / Math.PI, lat + northM / meridianM * 180 / Math.PI];
}

// Three steps of a fixed point, from metres to below a micrometre.
function fromGcj02(lon, lat) {
  const first = gcj02(lon, lat);
  let x = 2 * lon - first[0], y = 2 * lat - first[1];
  for (let i = 0; i < 3; i++) {
    const again = gcj02(x, y);
    x -= again[0] - lon;
    y -= again[1] - lat;
  }
  return [x, y];
}

// On a base in GCJ-02 Leaflet draws every place shifted, and turns what is clicked back: coordinates stay WGS84.
function shiftMap() {
  const plain = L.Projection.SphericalMercator;
  const projection = L.Util.extend({}, plain, {
    project: function (latlng) {
      const place = gcj02(latlng.lng, latlng.lat);
      return plain.project(L.latLng(place[1], place[0]));
    },
    unproject: function (point) {
      const there = plain.unproject(point), place = fromGcj02(there.lng, there.lat);
      return L.latLng(place[1], place[0]);
    }
  });
  shifted = true;
  map.options.crs = L.Util.extend({}, L.CRS.EPSG3857, { code: "GCJ-02", projection: projection });
  map.setView(map.getCenter(), map.getZoom(), { reset: true, animate: false });
}

let baseTiles = null;
function showBase() {
  if (!data.base) { return; }
  if (!baseTiles) {
    baseTiles = L.layerGroup(data.base.templates.map(function (template) {
      // A server may ask which page its tiles are for.
      return L.tileLayer(template, { maxZoom: 19, maxNativeZoom: data.base.max_zoom, referrerPolicy: "strict-origin-when-cross-origin" });
    }));
  }
  if (state.hidden.base) { baseTiles.remove(); } else { baseTiles.addTo(map); }
  map.getContainer().classList.toggle("over-base", !state.hidden.base);
  fillFoot();
}

function legendBase(body) {
  if (!data.base) { return; }
  body.appendChild(layerSwitch("base", el("i", "swatch base"), say("page.base")));
  body.appendChild(el("small", "beside", say("page.base_asks", { host: data.base.hosts.join(say("page.comma")) })));
}

// ---------------------------------------------------------------- the ground: one canvas for streets, people and regions

const Ground = L.Layer.extend({
  onAdd: function (owner) {
    this._canvas = el("canvas", "ground" + (owner.options.zoomAnimation && L.Browser.any3d ? " leaflet-zoom-animated" : ""));
    this.getPane().appendChild(this._canvas);
    this.draw();
  },
  onRemove: function () { this._canvas.parentNode.removeChild(this._canvas); },
  getEvents: function () {
    return { moveend: this.draw, viewreset: this.draw, resize: this.draw, zoomanim: this._follow };
  },
  // While Leaflet animates a zoom, the drawn canvas is stretched to where it will be.
  _follow: function (event) {
    const scale = this._map.getZoomScale(event.zoom, this._zoom);
    const half = this._map.getSize().divideBy(2);
    const origin = this._map.project(event.center, event.zoom).subtract(half)
      .add(L.DomUtil.getPosition(this._map.getPane("mapPane"))).round();
    L.DomUtil.setTransform(this._canvas, this._map.project(this._corner, event.zoom).subtract(origin), scale);
  },
  draw: function () {
    this._kept = {};
    this.drawAgain();
  },
  // After a tick: what it cannot change is kept, unless the map has moved meanwhile.
  drawAgain: function () {
    const size = this._map.getSize(), ratio = Math.min(window.devicePixelRatio || 1, 3);
    const margin = size.multiplyBy(0.2).round();
    const topLeft = this._map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
    const width = size.x + 2 * margin.x, height = size.y + 2 * margin.y, canvas = this._canvas;
    this._zoom = this._map.getZoom();
    this._corner = this._map.layerPointToLatLng(topLeft);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
      canvas.style.width = width + "px"; canvas.style.height = height + "px";
    }
    L.DomUtil.setPosition(canvas, topLeft);
    const context = canvas.getContext("2d"), origin = this._map.getPixelOrigin().add(topLeft);
    const scale = 256 * Math.pow(2, this._zoom);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const place = [scale, origin.x, origin.y, width, height, ratio].join();
    if (this._kept.place !== place) { this._kept = { place: place }; }
    paint(context, { scale: scale, x: origin.x, y: origin.y, width: width, height: height, zoom: this._zoom, ratio: ratio, kept: this._kept,
      west: origin.x / scale, east: (origin.x + width) / scale, north: origin.y / scale, south: (origin.y + height) / scale });
  }
});

function paint(context, view) {
  if (!state.hidden.covered) { paintCells(context, view, cells.look, LOOKS.covered, "#e2eaf1"); }
  if (!state.hidden.water && water.areas.length + water.lines.length) { paintKept(context, view, "water", paintWater); }
  if (Object.keys(areas).some(areaShown)) { overlay(context, view, "multiply", 1, paintAreas); }
  if (!state.hidden.streets) { paintKept(context, view, "streets", paintStreets); }
  if (!state.hidden.doubt) { paintCells(context, view, cells.look, LOOKS.doubt, hatch(context, view)); }
  if (!state.hidden.gap) { layCells(context, view, "multiply", 1, paintGaps); }
  if (viewShown() !== "now") { layCells(context, view, "multiply", 1, paintChange); }
  if (selected && selected.kind === "site") { layCells(context, view, "source-over", 0.34, paintCatchment); }
  if (selectedOption() >= 0) { layCells(context, view, "source-over", 0.34, paintReach); }
  paintKept(context, view, "borders", paintBorders);
  if (!state.hidden.gaps) { paintGapNumbers(context, view); }
  if (!state.hidden.candidates) { paintCandidates(context, view); }
  if (viewShown() === "compare" && !state.hidden.changed) { paintSiteChanges(context, view); }
}

// What no tick can change is drawn once for each view, on a sheet that is laid on the map again. Where nothing can be
// ticked, or the screen has too many pixels to keep, it is drawn in its place.
const KEPT_PIXELS = 6000000;

function paintKept(context, view, name, act) {
  if (!what || context.canvas.width * context.canvas.height > KEPT_PIXELS) { act(context, view); return; }
  if (!view.kept[name]) {
    view.kept[name] = emptySheet(context, view);
    act(view.kept[name].getContext("2d"), view);
  }
  context.drawImage(view.kept[name], 0, 0, view.width, view.height);
}

// A clear canvas of the size of another, with the same units.
function emptySheet(context, view) {
  const sheet = document.createElement("canvas");
  sheet.width = context.canvas.width;
  sheet.height = context.canvas.height;
  sheet.getContext("2d").setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  return sheet;
}

function paintBorders(context, view) {
  if (!state.hidden.regions) { paintRegions(context, view); }
  if (!state.hidden.joins) { paintMarks(context, view, joins, "join"); }
  if (!state.hidden.edits) { Object.keys(edits).forEach(function (kind) { paintMarks(context, view, edits[kind], kind); }); }
}

// Radius, colour and width of the line; a closed street is a cross.
const MARK_STYLES = { join: [1.7, "#8a6d3b", 1], barrier: [3.5, INK, 1.8], link: [3.5, INK, 1.4] };

// Each on a white one a little wider, so that it shows on any ground.
function paintMarks(context, view, marks, kind) {
  const style = MARK_STYLES[kind], r = style[0];
  context.beginPath();
  for (let i = 0; i < marks.x.length; i++) {
    const x = marks.x[i] * view.scale - view.x, y = marks.y[i] * view.scale - view.y;
    if (x < -r || y < -r || x > view.width + r || y > view.height + r) { continue; }
    if (kind === "barrier") { context.moveTo(x - r, y - r); context.lineTo(x + r, y + r); context.moveTo(x - r, y + r); context.lineTo(x + r, y - r); }
    else { context.moveTo(x + r, y); context.arc(x, y, r, 0, 2 * Math.PI); }
  }
  context.strokeStyle = "#ffffff";
  context.lineWidth = style[2] + (kind === "join" ? 1 : 2);
  context.stroke();
  context.strokeStyle = style[1];
  context.lineWidth = style[2];
  context.stroke();
}

function areaShown(mode) { return !state.hidden["area=" + mode]; }

// Bands tint the map as a whole, but never the gap.
function paintAreas(context, view) {
  paintKept(context, view, "areas", paintBands);
  if (state.hidden.gap) { return; }
  context.globalCompositeOperation = "destination-out";
  paintGaps(context, view);
  context.globalCompositeOperation = "source-over";
}

// Bands are opaque among themselves; a hole is a ring like any other.
function paintBands(context, view) {
  ["road", "walk"].forEach(function (mode) {
    if (!areas[mode] || !areaShown(mode)) { return; }
    areas[mode].slice().reverse().forEach(function (lines, i) {
      context.fillStyle = BAND_COLOURS[Math.min(i, BAND_COLOURS.length - 1)];
      context.beginPath();
      traceLines(context, view, lines, true);
      context.fill("evenodd");
    });
  });
}

// Numbers of the first gaps; one that would stand on another waits for a closer look.
function paintGapNumbers(context, view) {
  const most = fitted === null || view.zoom > fitted + 0.9 ? NUMBERED_GAPS : NUMBERED_GAPS / 2, taken = [];
  context.font = "600 10.5px " + getComputedStyle(document.body).fontFamily;
  context.textAlign = "center";
  context.textBaseline = "middle";
  data.gaps.rows.slice(0, NUMBERED_GAPS).forEach(function (gap, i) {
    const chosen = isSelected("gap", i), place = mercator(gap.xy[0], gap.xy[1]);
    const x = place[0] * view.scale - view.x, y = place[1] * view.scale - view.y;
    const clash = taken.some(function (other) { return Math.abs(other[0] - x) < 20 && Math.abs(other[1] - y) < 17; });
    if (!chosen && (i >= most || clash)) { return; }
    taken.push([x, y]);
    context.beginPath();
    context.arc(x, y, 8, 0, 2 * Math.PI);
    context.fillStyle = chosen ? INK : "rgba(255,255,255,.92)";
    context.fill();
    context.lineWidth = 1;
    context.strokeStyle = "#5b666f";
    context.stroke();
    context.fillStyle = chosen ? "#ffffff" : INK;
    context.fillText(String(i + 1), x, y + 0.5);
  });
  context.textBaseline = "alphabetic";
}

// Cells share a sheet of their own that is laid on the map as a whole, so that they never darken one another.
let overlaySheet = null;

function overlay(context, view, blend, strength, act) {
  const last = overlaySheet && overlaySheet.width === context.canvas.width && overlaySheet.height === context.canvas.height;
  const sheet = overlaySheet = last ? overlaySheet : emptySheet(context, view), own = sheet.getContext("2d");
  own.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
  own.clearRect(0, 0, view.width, view.height);
  act(own, view);
  context.globalCompositeOperation = blend;
  context.globalAlpha = strength;
  context.drawImage(sheet, 0, 0, view.width, view.height);
  context.globalAlpha = 1;
  context.globalCompositeOperation = "source-over";
}

// Cells of a lattice never lie on one another: they need no sheet.
function layCells(context, view, blend, strength, act) {
  if (!cells.lattice) { overlay(context, view, blend, strength, act); return; }
  context.save();
  context.globalCompositeOperation = blend;
  context.globalAlpha = strength;
  act(context, view);
  context.restore();
}

function paintGaps(context, view) {
  if (viewShown() === "compare") { paintCells(context, view, cells.look, LOOKS.gap, NEITHER_COLOUR); return; }
  if (cells.lattice && cells.lattice[2] / 360 * view.scale * view.ratio < 1.5) { paintDistantGaps(context, view); return; }
  paintCells(context, view, cells.look, LOOKS.gap, data.colours);
}

// Cells smaller than a pixel: each block of the screen shows the mean of the uncovered cells in it.
function paintDistantGaps(context, view) {
  const side = 2, blocks = view.kept.blocks || (view.kept.blocks = emptyBlocks(view, side));
  countBlocks(blocks);
  blocks.sheet.lay(context, side * view.ratio);
}

// What most cells are: the pixels of one colour are kept for each view, and only those that a tick changes are written.
function paintKeptPoints(context, view, wanted, colour) {
  const width = context.canvas.width, height = context.canvas.height, shown = pointsOf(view, width, height), name = "points" + wanted;
  const kept = view.kept[name] || (view.kept[name] = { sheet: newSheet(width, height), count: new Uint16Array(width * height), then: new Uint8Array(cells.n) });
  const look = cells.look, then = kept.then, count = kept.count, pixels = kept.sheet.pixels, cell = shown.cell, at = shown.at, own = pixelOf(colour);
  let least = pixels.length, most = -1;
  for (let k = 0; k < cell.length; k++) {
    const i = cell[k], now = look[i] === wanted ? 1 : 0;
    if (now === then[i]) { continue; }
    const pixel = at[k];
    then[i] = now;
    count[pixel] += now ? 1 : -1;
    pixels[pixel] = count[pixel] ? own : 0;
    if (pixel < least) { least = pixel; }
    if (pixel > most) { most = pixel; }
  }
  kept.sheet.write(least, most);
  kept.sheet.layAll(context);
}

function pointsOf(view, width, height) {
  return view.kept.points || (view.kept.points = cellsOnPixels(view, view.ratio, width, height));
}

function emptyBlocks(view, side) {
  const across = Math.ceil(view.width / side) + 1, down = Math.ceil(view.height / side) + 1;
  return { sheet: newSheet(across, down), shown: cellsOnPixels(view, 1 / side, across, down), sum: new Float64Array(across * down), count: new Uint32Array(across * down),
    then: new Uint8Array(cells.n).fill(LOOKS.covered), colours: data.colours.map(pixelOf), least: across * down, most: -1 };
}

// Counts in and out the cells that look otherwise than when the blocks were last counted.
function countBlocks(blocks) {
  const look = cells.look, then = blocks.then, units = cells.units, gap = LOOKS.gap, cell = blocks.shown.cell, at = blocks.shown.at;
  for (let k = 0; k < cell.length; k++) {
    const i = cell[k], now = look[i], before = then[i];
    if (now === before) { continue; }
    then[i] = now;
    if (now !== gap && before !== gap) { continue; }
    blocks.sum[at[k]] += now === gap ? units[i] : -units[i];
    blocks.count[at[k]] += now === gap ? 1 : -1;
    colourBlock(blocks, at[k]);
  }
  blocks.sheet.rows(blocks.least, blocks.most);
}

function colourBlock(blocks, block) {
  const many = blocks.count[block];
  blocks.sheet.pixels[block] = many ? blocks.colours[shadeOf(blocks.sum[block] / many / data.figures.units.per_person)] : 0;
  if (block < blocks.least) { blocks.least = block; }
  if (block > blocks.most) { blocks.most = block; }
}

// The cells whose corner is on the screen, and the pixel each falls on.
function cellsOnPixels(view, ratio, across, down) {
  const west = cells.west, north = cells.north, scale = view.scale * ratio, x = view.x * ratio, y = view.y * ratio, onPixel = ratio < 1 ? Math.floor : Math.round;
  const cell = new Int32Array(cells.n), at = new Int32Array(cells.n);
  let n = 0;
  for (let i = 0; i < cells.n; i++) {
    const left = onPixel(west[i] * scale - x), top = onPixel(north[i] * scale - y);
    if (left < 0 || top < 0 || left >= across || top >= down) { continue; }
    cell[n] = i;
    at[n++] = top * across + left;
  }
  return { cell: cell.subarray(0, n), at: at.subarray(0, n) };
}

function shadeOf(people) {
  let shade = 0;
  while (shade < data.cells.breaks.length && people >= data.cells.breaks[shade]) { shade++; }
  return shade;
}

function eachNear(view, act) {
  squaresIn(view).forEach(function (piece) {
    for (let k = piece[0]; k < piece[1]; k++) { act(cells.near.cell[k]); }
  });
}

// Cells of which a list of bytes says the same, in one fill or in a colour for each shade. Edges are put on whole device
// pixels, so that neighbouring cells neither overlap nor gape.
function paintCells(context, view, bytes, wanted, fill) {
  if (!cells.lattice) { paintDots(context, view, bytes, wanted, fill); return; }
  const side = cells.lattice[2] / 360 * view.scale * view.ratio;
  if (side < 8) { paintPixels(context, view, bytes, wanted, fill, side < 0.9); return; }
  (Array.isArray(fill) ? fill : [fill]).forEach(function (colour, shade) { paintSquares(context, view, bytes, wanted, colour, Array.isArray(fill) ? shade : -1); });
}

// Those of one shade, or of any.
function paintSquares(context, view, bytes, wanted, colour, shade) {
  const ratio = view.ratio, least = 1 / ratio;
  context.fillStyle = colour;
  eachNear(view, function (i) {
    if (bytes[i] !== wanted || shade >= 0 && cells.shade[i] !== shade) { return; }
    const left = Math.round((cells.west[i] * view.scale - view.x) * ratio) / ratio, top = Math.round((cells.north[i] * view.scale - view.y) * ratio) / ratio;
    const right = Math.round((cells.east[i] * view.scale - view.x) * ratio) / ratio, bottom = Math.round((cells.south[i] * view.scale - view.y) * ratio) / ratio;
    context.fillRect(left, top, Math.max(right - left, least), Math.max(bottom - top, least));
  });
}

function paintDots(context, view, bytes, wanted, fill) {
  for (let i = 0; i < cells.n; i++) {
    if (bytes[i] !== wanted || cells.east[i] < view.west || cells.west[i] > view.east || cells.south[i] < view.north || cells.north[i] > view.south) { continue; }
    context.fillStyle = Array.isArray(fill) ? fill[cells.shade[i]] : fill;
    context.beginPath();
    context.arc(cells.west[i] * view.scale - view.x, cells.north[i] * view.scale - view.y, dotRadius(i), 0, 2 * Math.PI);
    context.fill();
  }
}

// Many small cells: their pixels are written one by one and laid on the map at once; a pattern takes their place after.
function paintPixels(context, view, bytes, wanted, fill, tiny) {
  if (bytes === cells.look && !cells.seen[wanted]) { return; }
  if (tiny && bytes === cells.look && wanted === LOOKS.covered && context.canvas.width * context.canvas.height <= KEPT_PIXELS) { paintKeptPoints(context, view, wanted, fill); return; }
  const sheet = pixelSheet(context.canvas.width, context.canvas.height), plain = pixelOf(typeof fill === "string" ? fill : INK);
  // One colour, or one for each shade.
  const colours = Array.isArray(fill) ? fill.map(pixelOf) : data.colours.concat("").map(function () { return plain; });
  (tiny ? writePoints : writeBoxes)(view, sheet, bytes, wanted, colours);
  sheet.lay(context, 1, typeof fill === "string" || Array.isArray(fill) ? null : fill);
}

// Cells of one pixel each.
function writePoints(view, sheet, bytes, wanted, colours) {
  const shown = pointsOf(view, sheet.canvas.width, sheet.canvas.height);
  const cell = shown.cell, at = shown.at, pixels = sheet.pixels, shade = cells.shade;
  let least = pixels.length, most = -1;
  for (let k = 0; k < cell.length; k++) {
    if (bytes[cell[k]] !== wanted) { continue; }
    const pixel = at[k];
    pixels[pixel] = colours[shade[cell[k]]];
    if (pixel < least) { least = pixel; }
    if (pixel > most) { most = pixel; }
  }
  sheet.rows(least, most);
}

function writeBoxes(view, sheet, bytes, wanted, colours) {
  const width = sheet.canvas.width, height = sheet.canvas.height, pixels = sheet.pixels, shade = cells.shade;
  const scale = view.scale * view.ratio, x = view.x * view.ratio, y = view.y * view.ratio;
  const cell = cells.near.cell, west = cells.west, east = cells.east, north = cells.north, south = cells.south;
  let least = pixels.length, most = -1;
  squaresIn(view).forEach(function (piece) {
    for (let k = piece[0]; k < piece[1]; k++) {
      const i = cell[k];
      if (bytes[i] !== wanted) { continue; }
      const left = Math.max(Math.round(west[i] * scale - x), 0), top = Math.max(Math.round(north[i] * scale - y), 0), own = colours[shade[i]];
      const right = Math.min(Math.max(Math.round(east[i] * scale - x), left + 1), width), bottom = Math.min(Math.max(Math.round(south[i] * scale - y), top + 1), height);
      if (left >= right || top >= bottom) { continue; }
      least = Math.min(least, top * width);
      most = Math.max(most, bottom * width - 1);
      for (let row = top; row < bottom; row++) {
        for (let at = row * width + left; at < row * width + right; at++) { pixels[at] = own; }
      }
    }
  });
  sheet.rows(least, most);
}

// A colour as the four bytes of a pixel, in the order of the machine.
function pixelOf(colour) {
  const part = function (at) { return parseInt(colour.slice(at, at + 2), 16); };
  return new Uint32Array(new Uint8ClampedArray([part(1), part(3), part(5), 255]).buffer)[0];
}

// One sheet of pixels as large as the canvas serves all kinds of cells, one after another.
let lastSheet = null;

function pixelSheet(width, height) {
  if (lastSheet && lastSheet.canvas.width === width && lastSheet.canvas.height === height) { lastSheet.empty(); } else { lastSheet = newSheet(width, height); }
  return lastSheet;
}

// Empty pixels to write, and how they are laid on a canvas, each so many pixels wide: only the rows that were written,
// from the first pixel to the last.
function newSheet(width, height) {
  const canvas = document.createElement("canvas"), own = canvas.getContext("2d"), image = own.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  let top = 0, count = 0;
  canvas.width = width;
  canvas.height = height;
  return {
    canvas: canvas, pixels: pixels,
    empty: function () { pixels.fill(0, top * width, (top + count) * width); },
    rows: function (least, most) {
      top = most < 0 ? 0 : Math.floor(least / width);
      count = most < 0 ? 0 : Math.floor(most / width) + 1 - top;
    },
    // Kept sheets are written where they change, and laid whole.
    write: function (least, most) {
      if (most < 0) { return; }
      const first = Math.floor(least / width);
      own.putImageData(image, 0, 0, 0, first, width, Math.floor(most / width) + 1 - first);
    },
    layAll: function (context) {
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.drawImage(canvas, 0, 0);
      context.restore();
    },
    lay: function (context, side, pattern) {
      if (!count) { return; }
      own.putImageData(image, 0, 0, 0, top, width, count);
      if (pattern) {
        own.globalCompositeOperation = "source-in";
        own.fillStyle = pattern;
        own.fillRect(0, top, width, count);
        own.globalCompositeOperation = "source-over";
      }
      context.save();
      context.setTransform(1, 0, 0, 1, 0, 0);
      context.imageSmoothingEnabled = false;
      context.drawImage(canvas, 0, top, width, count, 0, top * side, width * side, count * side);
      context.restore();
    }
  };
}

function dotRadius(i) { return 3 + 1.1 * cells.shade[i]; }

function hatch(context, view, back, line, far) {
  const side = cells.lattice ? cells.lattice[2] / 360 * view.scale : 8;
  if (side < 1.5) { return far || "#b1b4b7"; }
  const tile = document.createElement("canvas"), step = Math.round(5 * view.ratio);
  tile.width = tile.height = step;
  const pen = tile.getContext("2d");
  pen.fillStyle = back || "#eaebeb";
  pen.fillRect(0, 0, step, step);
  pen.strokeStyle = line || "#8b8f93";
  pen.lineWidth = view.ratio * 1.1;
  pen.beginPath();
  [-1, 0, 1].forEach(function (turn) { pen.moveTo(turn * step - 1, step + 1); pen.lineTo((turn + 1) * step + 1, -1); });
  pen.stroke();
  return context.createPattern(tile, "repeat");
}

// Colour, widths at zoom 9 and 16, first zoom shown.
const STREET_STYLES = {
  path: ["#e3dfd6", 0.5, 1.2, 12.5],
  service: ["#e2e2dd", 0.4, 1.6, 11.5],
  local: ["#d8d8d2", 0.5, 3, 10],
  link: ["#cdcdc6", 0.8, 4, 0],
  main: ["#bdbdb5", 1.1, 5.5, 0]
};

function paintStreets(context, view) {
  const blend = Math.max(0, Math.min(1, (view.zoom - 9) / 7));
  const whole = fitted === null ? 99 : fitted + 1.5;
  context.lineCap = context.lineJoin = "round";
  Object.keys(STREET_STYLES).forEach(function (rank) {
    const lines = streets[rank], style = STREET_STYLES[rank];
    if (!lines || view.zoom < Math.min(style[3], whole)) { return; }
    context.strokeStyle = style[0];
    context.lineWidth = style[1] + (style[2] - style[1]) * blend;
    paintLines(context, view, lines, false);
  });
}

// Outer rings turn one way and holes the other: areas that lie on one another are filled all the same.
function paintWater(context, view) {
  context.fillStyle = context.strokeStyle = WATER_COLOUR;
  context.beginPath();
  traceLines(context, view, water.areas, true);
  context.fill();
  context.lineCap = context.lineJoin = "round";
  context.lineWidth = Math.max(0.8, Math.min(4, (view.zoom - 8) * 0.5));
  paintLines(context, view, water.lines, false);
}

function paintLines(context, view, lines, closed) {
  context.beginPath();
  traceLines(context, view, lines, closed, function () { context.stroke(); context.beginPath(); });
  context.stroke();
}

// Long paths are handed over piece by piece where the caller takes them so.
function traceLines(context, view, lines, closed, piece) {
  let drawn = 0;
  for (let line = 0; line < lines.length; line++) {
    const b = 4 * line;
    if (lines.box[b + 1] < view.west || lines.box[b] > view.east || lines.box[b + 3] < view.north || lines.box[b + 2] > view.south) { continue; }
    const last = lines.start[line + 1] - 1;
    let px = lines.x[lines.start[line]] * view.scale - view.x, py = lines.y[lines.start[line]] * view.scale - view.y;
    context.moveTo(px, py);
    for (let i = lines.start[line] + 1; i <= last; i++) {
      const x = lines.x[i] * view.scale - view.x, y = lines.y[i] * view.scale - view.y;
      if (i < last && Math.abs(x - px) + Math.abs(y - py) < 1) { continue; }
      context.lineTo(x, y);
      px = x; py = y;
    }
    // Not closePath: on long paths it takes the longer, the more rings there are.
    if (closed) { context.lineTo(lines.x[lines.start[line]] * view.scale - view.x, lines.y[lines.start[line]] * view.scale - view.y); }
    drawn += 1;
    if (piece && drawn % 3000 === 0) { piece(); }
  }
}

// No name has room in less [px]; to measure thousands of them takes long.
const LEAST_LABEL = 12;

function paintRegions(context, view) {
  context.lineJoin = "round";
  data.regions.forEach(function (region, i) {
    const chosen = isSelected("region", i);
    context.strokeStyle = chosen ? ACCENT : "#87929b";
    context.lineWidth = chosen ? 2.2 : 0.8;
    paintLines(context, view, outlines[i], true);
  });
  context.font = "12px " + getComputedStyle(document.body).fontFamily;
  context.textAlign = "center";
  context.lineWidth = 3;
  const taken = [];
  data.regions.forEach(function (region, i) {
    const place = mercator(region.label[0], region.label[1]), x = place[0] * view.scale - view.x, y = place[1] * view.scale - view.y;
    const box = outlines[i].extent, width = (box[1] - box[0]) * view.scale;
    if (width < LEAST_LABEL && !isSelected("region", i)) { return; }
    const half = context.measureText(region.name).width / 2 + 4, room = width > half * 1.6 || isSelected("region", i);
    const clash = taken.some(function (other) { return Math.abs(other[0] - x) < other[2] + half && Math.abs(other[1] - y) < 15; });
    if (!room || clash) { return; }
    taken.push([x, y, half]);
    context.strokeStyle = "rgba(246,246,243,.9)";
    context.strokeText(region.name, x, y);
    context.fillStyle = isSelected("region", i) ? ACCENT : "#4a545c";
    context.fillText(region.name, x, y);
  });
}

// The people whom the chosen site serves; those it is nearest to but does not reach keep the colour of the gap.
function paintCatchment(context, view) {
  const own = new Uint8Array(cells.n), chosen = selected.index;
  for (let i = 0; i < cells.n; i++) { own[i] = cells.site[i] === chosen && cells.look[i] === LOOKS.covered ? 1 : 0; }
  paintCells(context, view, own, 1, ACCENT);
}

// ---------------------------------------------------------------- finding what lies under the pointer

function cellAt(latlng) {
  return cells.lattice ? gridCellAt(latlng) : pointAt(latlng);
}

function gridCellAt(latlng) {
  const lattice = cells.lattice;
  const column = Math.floor((latlng.lng - lattice[0]) / lattice[2]), row = Math.floor((lattice[1] - latlng.lat) / lattice[3]);
  const near = cells.near, square = (row >> 5) * near.across + (column >> 5);
  if (column < 0 || row < 0 || column >> 5 >= near.across || row >> 5 >= near.down) { return -1; }
  let best = -1;
  // A merged block may hold several causes: the one with the most people speaks.
  for (let k = near.start[square]; k < near.start[square + 1]; k++) {
    const i = near.cell[k];
    if (cells.column[i] === column && cells.row[i] === row && (best < 0 || cells.units[i] > cells.units[best])) { best = i; }
  }
  return best;
}

function pointAt(latlng) {
  const scale = 256 * Math.pow(2, map.getZoom()), place = mercator(latlng.lng, latlng.lat), x = place[0], y = place[1];
  let best = -1, least = 10;
  for (let i = 0; i < cells.n; i++) {
    const away = Math.sqrt(Math.pow(cells.west[i] - x, 2) + Math.pow(cells.north[i] - y, 2)) * scale;
    if (away < least) { least = away; best = i; }
  }
  return best;
}

function regionAt(latlng) {
  const place = mercator(latlng.lng, latlng.lat), x = place[0], y = place[1];
  for (let r = 0; r < outlines.length; r++) {
    const lines = outlines[r];
    let inside = false;
    for (let line = 0; line < lines.length; line++) {
      for (let i = lines.start[line], j = lines.start[line + 1] - 1; i < lines.start[line + 1]; j = i++) {
        if ((lines.y[i] > y) !== (lines.y[j] > y) && x < (lines.x[j] - lines.x[i]) * (y - lines.y[i]) / (lines.y[j] - lines.y[i]) + lines.x[i]) { inside = !inside; }
      }
    }
    if (inside) { return r; }
  }
  return -1;
}

// ---------------------------------------------------------------- sites

const PLAN_SHAPES = { city: "star", county: "square", zone: "pentagon", college: "diamond", tech: "wedge", township: "circle", village: "triangle" };
const PLAN_SIZES = { city: 22, county: 17, zone: 14, college: 14, tech: 14, township: 13, village: 12 };
const SHAPES = ["circle", "square", "triangle", "diamond", "pentagon", "star", "wedge", "hexagon"];

function shapesOfTypes() {
  const shapes = {};
  let others = SHAPES.slice();
  data.types.forEach(function (kind) {
    if (!Object.prototype.hasOwnProperty.call(PLAN_SHAPES, kind)) { return; }
    shapes["=" + kind] = PLAN_SHAPES[kind];
    others = others.filter(function (shape) { return shape !== PLAN_SHAPES[kind]; });
  });
  if (!others.length) { others = SHAPES; }
  let next = 0;
  data.types.forEach(function (kind) {
    if (!shapes["=" + kind]) { shapes["=" + kind] = others[next++ % others.length]; }
  });
  return shapes;
}

function polygon(corners, turn, inner) {
  const points = [];
  const steps = inner ? 2 * corners : corners;
  for (let i = 0; i < steps; i++) {
    const angle = (turn + 360 * i / steps) * Math.PI / 180, radius = inner && i % 2 ? inner : 1;
    points.push((Math.sin(angle) * radius).toFixed(3) + "," + (-Math.cos(angle) * radius).toFixed(3));
  }
  return points.join(" ");
}

const OUTLINES = {
  star: polygon(5, 0, 0.45), square: polygon(4, 45), pentagon: polygon(5, 0), diamond: polygon(4, 0), hexagon: polygon(6, 30),
  triangle: polygon(3, 0), wedge: polygon(3, 180)
};

function siteSymbol(kind, status, counted, size) {
  const shape = siteShapes["=" + kind], pending = status === "planned" || status === "preparing", closed = status === "closed";
  const node = svg("svg", { width: size, height: size, viewBox: "-1.25 -1.25 2.5 2.5", "aria-hidden": "true" });
  if (closed) {
    node.appendChild(svg("path", { d: "M-.7-.7 .7 .7M-.7 .7 .7-.7", stroke: "#6f7a83", "stroke-width": 0.3, fill: "none" }));
    return node;
  }
  const fill = pending ? "#ffffff" : counted ? ACCENT : "#a3b5c4";
  const stroke = pending ? ACCENT : "#ffffff";
  const look = { fill: fill, stroke: stroke, "stroke-width": pending ? 0.3 : 0.2, "stroke-linejoin": "round" };
  node.appendChild(shape === "circle" ? svg("circle", Object.assign({ r: 0.95 }, look)) : svg("polygon", Object.assign({ points: OUTLINES[shape] }, look)));
  return node;
}

function siteSize(kind) { return Object.prototype.hasOwnProperty.call(PLAN_SIZES, kind) ? PLAN_SIZES[kind] : 14; }

function addSites() {
  data.sites.forEach(function (site, i) {
    const size = siteSize(site.type);
    const holder = el("div", "", siteSymbol(site.type, site.status, site.counted, size));
    const icon = L.divIcon({ html: holder, className: "site", iconSize: [size, size] });
    // Markers stay out of the tab order: the table of sites reaches every one of them by keyboard.
    const marker = L.marker([site.xy[1], site.xy[0]], { icon: icon, keyboard: false, riseOnHover: true, zIndexOffset: size * 20 - (site.counted ? 0 : 200) });
    marker.on("click", function () { select("site", i, { from: "map" }); });
    marker.on("mouseover", function () { hot("site", i, true); readout(siteLine(site)); });
    marker.on("mouseout", function () { hot("site", i, false); readout(null); });
    siteMarkers.push(marker);
  });
  showSites();
}

function showSites() {
  siteMarkers.forEach(function (marker, i) {
    const shown = !state.hidden["type=" + data.sites[i].type];
    if (shown && !map.hasLayer(marker)) { marker.addTo(map); }
    if (!shown && map.hasLayer(marker)) { marker.remove(); }
  });
}

// A pin with its number in the order to build; hollow where a place is only to be looked for.
function pinSymbol(number, premises, height) {
  const node = svg("svg", { width: height * 0.76, height: height, viewBox: "-9.5 -9.5 19 25", "aria-hidden": "true" });
  node.appendChild(svg("path", { d: "M0 14.5C-2.2 9.6-8.4 6.3-8.4-.2A8.4 8.4 0 1 1 8.4-.2C8.4 6.3 2.2 9.6 0 14.5Z",
    fill: premises ? INK : "#ffffff", stroke: premises ? "#ffffff" : INK, "stroke-width": premises ? 1.1 : 1.7, "stroke-linejoin": "round" }));
  const text = svg("text", { y: number > 99 ? 2.7 : 3.6, "text-anchor": "middle", "font-size": number > 99 ? 7.6 : 10, "font-weight": 650, fill: premises ? "#ffffff" : INK });
  text.textContent = number;
  node.appendChild(text);
  return node;
}

const PIN_HEIGHT = 28;

function addPins() {
  suggestions().forEach(function (row, i) {
    const icon = L.divIcon({ html: el("div", "", pinSymbol(i + 1, row.premises, PIN_HEIGHT)), className: "site pin", iconSize: [PIN_HEIGHT * 0.76, PIN_HEIGHT], iconAnchor: [PIN_HEIGHT * 0.38, PIN_HEIGHT * 0.96] });
    // The first to build stand above the others, and all of them above the sites.
    const marker = L.marker([row.xy[1], row.xy[0]], { icon: icon, keyboard: false, riseOnHover: true, zIndexOffset: 20000 - i * 20 });
    marker.on("click", function () { select("suggestion", i, { from: "map" }); });
    marker.on("mouseover", function () { hot("suggestion", i, true); readout(el("span", "", el("b", "", texts.proposal.places[i]), " · " + texts.proposal.kinds[i])); });
    marker.on("mouseout", function () { hot("suggestion", i, false); readout(null); });
    pins.push(marker);
  });
  showPins();
}

function showPins() {
  pins.forEach(function (marker) {
    if (state.hidden.suggestions) { marker.remove(); } else { marker.addTo(map); }
  });
}

function suggestions() { return data.proposal ? data.proposal.rows : []; }

function markerOf(kind, index) { return { site: siteMarkers, suggestion: pins }[kind][index].getElement(); }

function siteLine(site) {
  return el("span", "", el("b", "", site.name), " · " + texts.types[site.type] + " · " + say("status." + site.status));
}

// ---------------------------------------------------------------- cards

function pairs(rows) {
  const list = el("dl", "");
  rows.forEach(function (row) {
    if (row[1] === null) { return; }
    list.appendChild(el("dt", "", row[0]));
    list.appendChild(el("dd", row[2] || "", row[1]));
  });
  return list;
}

// A place that is only guessed: a badge, how far off it may be and for what it counts.
function approximateNote(site) {
  const road = say(site.by_road ? "page.approximate_road" : "page.approximate_no_road");
  const note = el("p", "guessed", el("b", "", say("page.approximate_short")));
  note.appendChild(document.createTextNode(say("page.approximate", { metres: number(site.approximate_m), road: road })));
  return note;
}

function siteCard(site, own) {
  const kind = [texts.types[site.type], say("status." + site.status), site.region].filter(Boolean).join(" · ");
  const card = el("div", "card", el("h2", "", site.name), el("p", "", kind));
  if (site.address) { card.appendChild(el("p", "", site.address)); }
  if (site.services) { card.appendChild(el("p", "", say("page.services") + say("page.colon") + site.services)); }
  if (!site.counted) { card.appendChild(el("p", "", say("page.uncounted"))); }
  if (site.unsnapped) { card.appendChild(el("p", "gap", say("page.unsnapped"))); }
  if (site.approximate_m) { card.appendChild(approximateNote(site)); }
  card.appendChild(pairs([
    [say("page.reach"), site.counted ? number(site.reach) : null],
    [say("page.catchment"), site.counted ? number(site.catchment) : null],
    [say("page.catchment_covered"), site.counted ? number(site.covered) : null],
    [say("page.unique"), site.counted ? number(site.unique) : null],
    [say("page.own_area"), own ? texts.own.names[own.mode] : null],
    [say("page.gap"), site.gap_m === null ? null : say("page.metres", { number: number(site.gap_m) })]
  ]));
  const fit = fitNote(site);
  if (fit) { card.appendChild(fit); }
  const choosing = optionPart(optionOfSite[data.sites.indexOf(site)], site.name);
  if (choosing) { card.appendChild(choosing); }
  return card;
}

function cellPeople(i) {
  const people = { people: persons(cells.units[i]) };
  return cells.exact ? say("page.cell_people", people) : say("page.cell_about", people);
}

function cellCard(i, latlng) {
  const site = data.sites[cells.site[i]], region = regionAt(latlng);
  const cause = causeText(cells.causes[cells.cause[i]]);
  return el("div", "card",
    el("h2", "", cellPeople(i)),
    pairs([
      [say("page.state"), cause, cells.cause[i] && !cells.doubtful[cells.cause[i]] ? "gap" : ""],
      [say("whatif.with_choice"), what && what.view === "plan" ? say("whatif.look_" + lookOf(i)) : null],
      [say("compare.state"), data.compare ? changeText(i) : null],
      [say("page.setting"), say("setting." + cells.settings[cells.setting[i]])],
      [say("page.nearest"), site ? site.name : null],
      [say("page.distance"), !cells.cost ? null : cells.cost[i] < 0 ? say("page.not_reached") : distance(cells.cost[i])],
      [say("page.straight"), !cells.straight || cells.straight[i] < 0 ? null : distance(cells.straight[i])],
      [say("page.region"), region < 0 ? null : data.regions[region].name],
      [say("page.gap_of_cell"), cells.patch[i] < 0 ? null : gapName(cells.patch[i]) + " · " + say("page.people", { people: number(data.gaps.rows[cells.patch[i]].people) })]
    ]));
}

function gapName(index) { return say("page.gap_numbered", { number: index + 1 }); }

function gapDistance(gap) {
  if (gap.cost_m >= 0) { return distance(gap.cost_m); }
  return gap.beyond_m >= 0 ? say("page.beyond", { distance: distance(gap.beyond_m) }) : "—";
}

function gapCard(index) {
  const gap = data.gaps.rows[index], site = data.sites[gap.site];
  return el("div", "card",
    el("h2", "", gapName(index)),
    pairs([
      [say("page.uncovered"), say("page.people", { people: number(gap.people) }), gap.doubtful ? "" : "gap"],
      [say("page.cause"), causeText(gap.cause)],
      [say("page.setting"), say("setting." + gap.setting)],
      [say("page.nearest"), site ? site.name : null],
      [say("page.distance"), gapDistance(gap)],
      [say("page.straight"), gap.straight_m < 0 ? null : distance(gap.straight_m)],
      [say("page.region"), gap.region || null]
    ]));
}

function siteDistance(row) { return row.cost_m < 0 ? say("page.not_reached") : distance(row.cost_m); }

// ---------------------------------------------------------------- the four criteria of a place

const CRITERIA = ["convenience", "transport", "conspicuousness", "street_front"];
const MERIT = ["number", "place", "score", "known"].concat(CRITERIA, ["frontage", "setback", "stop_m", "near", "walk", "passing", "corner", "compass", "stop", "stop_kind", "tier", "township", "honours", "fronts", "fronts_m"]);

function shareCell(share) {
  if (share === null) { return el("span", "quiet", say("merit.unknown")); }
  const bar = el("i", ""), track = el("span", "merit-bar", bar);
  bar.style.width = 100 * share + "%";
  track.setAttribute("aria-hidden", "true");
  return el("span", "merit", track, share.toFixed(2));
}

// Premises of the planner's list, then other premises, then streets; the last where nothing is known.
const TIERS = ["own", "public", "street", ""];

function tierOf(row) { return row.merit ? row.merit[MERIT.indexOf("tier")] : ""; }

// Of a street the tier says all; of premises also their kind.
function whatItIs(row, kind) {
  const tier = tierOf(row);
  return [tier ? say("tier." + tier) : "", tier === "street" ? "" : kind, row.region];
}

// What is not known is left out; of the criteria it is said.
function meritPart(values) {
  if (!values) { return null; }
  const merit = {};
  MERIT.forEach(function (name, i) { merit[name] = values[i]; });
  function known(name) { return merit[name] === null ? null : number(merit[name]); }
  const basis = el("details", "", el("summary", "", say("merit.details")), pairs([
    [say("merit.candidate"), String(merit.number)],
    [say("merit.frontage_m"), known("frontage")],
    [say("merit.setback_m"), known("setback")],
    [say("merit.side"), merit.compass ? say("compass." + merit.compass) : null],
    [say("merit.corner"), merit.corner === null ? null : say(merit.corner ? "merit.yes" : "merit.no")],
    [say("merit.along"), merit.fronts === null ? null : say("merit.along_counts", { count: number(merit.fronts), metres: number(merit.fronts_m) })],
    [say("merit.stop"), merit.stop_kind ? (merit.stop || say("stop." + merit.stop_kind)) + " · " + distance(merit.stop_m) : null],
    [say("merit.near"), known("near")],
    [say("merit.walk"), known("walk")],
    [say("merit.passing"), known("passing")]
  ]));
  // The card grows: the map moves until it is in view.
  basis.addEventListener("toggle", function () { if (opened) { opened.update(); } });
  return el("div", "merits", pairs([
    [say("merit.tier"), say("tier." + merit.tier)],
    [say("merit.township"), merit.township || null],
    [say("merit.honours"), merit.honours || null],
    [say("merit.score"), shareCell(merit.score)],
    [say("merit.place"), merit.score === null ? null : say("merit.of_all", { place: number(merit.place), known: Math.round(100 * merit.known) })]
  ].concat(CRITERIA.map(function (name) { return [say("merit." + name), shareCell(merit[name])]; }))),
  basis);
}

function suggestionCard(index) {
  const row = data.proposal.rows[index], site = data.sites[row.site], place = texts.proposal.places[index];
  return el("div", "card",
    el("h2", "", say("proposal.numbered", { number: index + 1 })),
    el("p", "", el("strong", "", place), el("br", ""), [texts.proposal.kinds[index]].filter(function (kind) { return kind !== place; }).concat(row.street !== place ? [row.street] : []).filter(Boolean).join(" · ")),
    pairs([
      [say("proposal.added"), say("page.people", { people: number(row.added) })],
      [say("page.unique"), number(row.only)],
      [say("proposal.shared"), number(row.shared)],
      [say("page.reach"), number(row.reach)],
      [say("proposal.nearest"), site ? site.name : null],
      [say("page.distance"), siteDistance(row)],
      [say("proposal.gap"), row.gap < 0 ? null : gapName(row.gap)],
      [say("page.setting"), say("setting." + row.setting)],
      [say("page.region"), row.region || null]
    ]), meritPart(row.merit), optionPart(row.option, place));
}

function cellLine(i) {
  const far = !cells.cost || cells.cost[i] < 0 ? "" : " · " + say("page.distance") + " " + distance(cells.cost[i]);
  return el("span", "", el("b", "", cellPeople(i)),
    " · " + say("setting." + cells.settings[cells.setting[i]]) + " · " + causeText(cells.causes[cells.cause[i]]) + far,
    what && what.view === "plan" ? " · " + say("whatif.with_choice") + " " + say("whatif.look_" + lookOf(i)) : null,
    viewShown() === "compare" ? " · " + say("compare.state") + say("page.colon") + changeText(i) : null);
}

function readout(content) {
  const box = empty(byId("readout"));
  if (content) { box.appendChild(content); }
}

// ---------------------------------------------------------------- choosing: rows and map are one

function isSelected(kind, index) { return selected !== null && selected.kind === kind && selected.index === index; }

function rowOf(kind, index) { return document.querySelector('#sheet tr[data-kind="' + kind + '"][data-index="' + index + '"]'); }

function hot(kind, index, on) {
  const row = rowOf(kind, index);
  if (row) { row.classList.toggle("hot", on); }
  if (kind === "site" || kind === "suggestion") {
    const icon = markerOf(kind, index);
    if (icon) { icon.classList.toggle("hot", on); }
    glowSite(on ? index : selected && selected.kind === "site" ? selected.index : -1);
  }
  if (kind === "region") { glow(on ? index : -1); }
  if (kind === "candidate") { glowCandidate(on ? index : -1); }
  if (kind === "change") { glowChange(on ? index : -1); }
  if (kind === "gap") { glowGap(on ? index : selected && selected.kind === "gap" ? selected.index : -1); }
}

// The outline of a gap's cells: every side that no other cell of it shares, sides in line as one.
let gapGlow = null;
function glowGap(index) {
  if (gapGlow) { gapGlow.remove(); gapGlow = null; }
  if (index < 0) { return; }
  const look = { interactive: false, color: INK, weight: 1.8, fill: false };
  gapGlow = (cells.lattice ? L.polyline(gapSides(index), look) : L.rectangle(gapBounds(index).pad(0.1), look)).addTo(map);
}

function gapSides(index) {
  const own = new Set(), lattice = cells.lattice, sides = [];
  const key = function (column, row) { return row * 16777216 + column; };
  for (let i = 0; i < cells.n; i++) { if (cells.patch[i] === index) { own.add(key(cells.column[i], cells.row[i])); } }
  const corner = function (column, row) { return [lattice[1] - row * lattice[3], lattice[0] + column * lattice[2]]; };
  // Each kind of side: where the neighbour is, which way the side runs on, and its first corner.
  [[0, -1, 1, 0, 0, 0], [0, 1, 1, 0, 0, 1], [-1, 0, 0, 1, 0, 0], [1, 0, 0, 1, 1, 0]].forEach(function (way) {
    const bare = function (column, row) { return own.has(key(column, row)) && !own.has(key(column + way[0], row + way[1])); };
    own.forEach(function (place) {
      const row = Math.floor(place / 16777216), column = place - row * 16777216;
      if (!bare(column, row) || bare(column - way[2], row - way[3])) { return; }
      let length = 1;
      while (bare(column + length * way[2], row + length * way[3])) { length++; }
      const x = column + way[4], y = row + way[5];
      sides.push([corner(x, y), corner(x + length * way[2], y + length * way[3])]);
    });
  });
  return sides;
}

function gapBounds(index) {
  const place = data.gaps.rows[index].xy, bounds = L.latLngBounds([[place[1], place[0]], [place[1], place[0]]]);
  for (let i = 0; i < cells.n; i++) {
    if (cells.patch[i] === index) { bounds.extend(latLngAt(cells.west[i], cells.north[i])).extend(latLngAt(cells.east[i], cells.south[i])); }
  }
  return bounds;
}

let glowing = null;
function glow(index) {
  if (glowing) { glowing.remove(); glowing = null; }
  if (index < 0) { return; }
  const lines = outlines[index], rings = ringsOf(lines, 0, lines.length).map(function (ring) { return [ring]; });
  glowing = L.polygon(rings, { interactive: false, color: ACCENT, weight: 2, fill: false }).addTo(map);
}

function ringsOf(lines, first, last) {
  const rings = [];
  for (let line = first; line < last; line++) {
    const ring = [];
    for (let i = lines.start[line]; i < lines.start[line + 1]; i++) {
      ring.push(latLngAt(lines.x[i], lines.y[i]));
    }
    rings.push(ring);
  }
  return rings;
}

// What one site reaches: its bands from the widest, each laid on the one before, holes by the even-odd rule.
let siteGlow = null;
function glowSite(index) {
  if (siteGlow) { siteGlow.remove(); siteGlow = null; }
  const own = ownAreas[index];
  if (!own) { return; }
  siteGlow = L.layerGroup(own.bands.slice().reverse().map(function (band, i) {
    return L.polygon(ringsOf(own.lines, band[0], band[1]), { interactive: false, className: "own", color: OWN_COLOUR, weight: i ? 0.6 : 1.6, fillColor: OWN_COLOUR, fillOpacity: 0.1 });
  })).addTo(map);
}

function unpackOwnAreas() {
  Object.keys(data.own).forEach(function (mode) {
    const packed = data.own[mode], lines = unpackLines(packed.lines);
    let ring = 0;
    packed.sites.forEach(function (site, i) {
      const bands = Array.from(packed.rings.slice(i * packed.bands, (i + 1) * packed.bands), function (count) { ring += count; return [ring - count, ring]; });
      ownAreas[site] = { mode: mode, lines: lines, bands: bands };
    });
  });
}

const TAB_OF_KIND = { site: "sites", region: "regions", gap: "gaps", suggestion: "suggestions", candidate: "suggestions", change: "compare" };

function select(kind, index, how) {
  const before = selected;
  selected = kind === null ? null : { kind: kind, index: index };
  mark(before, false);
  if (how.from === "map" && kind && !(narrow() && byId("panel").dataset.sheet === "peek")) { showTab(TAB_OF_KIND[kind]); }
  mark(selected, true);
  if (kind === "site") { openSite(index, how); }
  if (kind === "gap") { openGap(index, how); }
  if (kind === "suggestion") { openSuggestion(index, how); }
  if (kind === "candidate") { openCandidate(index, how); }
  if (kind === "change") { openChange(index, how); }
  if (kind === "region" && how.from === "table") { map.fitBounds(outlines[index].bounds, { padding: [20, 20] }); }
  ground.draw();
}

function mark(choice, on) {
  if (!choice) { return; }
  const row = rowOf(choice.kind, choice.index);
  if (row) {
    row.classList.toggle("chosen", on);
    if (on) { row.setAttribute("aria-current", "true"); } else { row.removeAttribute("aria-current"); }
    if (on && row.hidden) { unfoldCounty(data.regions[choice.index].parent, true); }
    if (on) { row.scrollIntoView({ block: "nearest" }); }
  }
  const icon = choice.kind === "site" || choice.kind === "suggestion" ? markerOf(choice.kind, choice.index) : null;
  if (icon) { icon.classList.toggle("chosen", on); }
  if (choice.kind === "gap") { glowGap(on ? choice.index : -1); }
  if (choice.kind === "site") { glowSite(on ? choice.index : -1); }
}

function openGap(index, how) {
  const place = data.gaps.rows[index].xy;
  if (how.from === "table") {
    if (narrow()) { fold(false); }
    map.fitBounds(gapBounds(index), { paddingTopLeft: [30, 30], paddingBottomRight: roomBeside(), maxZoom: Math.max(fitted, 14), animate: false });
  }
  popup(how.place || [place[1], place[0]], how.card || gapCard(index), how.place ? 0 : 9);
}

function openSite(index, how) {
  const site = data.sites[index], place = [site.xy[1], site.xy[0]];
  if (how.from === "table") {
    if (narrow()) { fold(false); }
    map.setView(place, Math.max(map.getZoom(), Math.min(fitted + 2, 15)), { animate: false });
  }
  popup(place, siteCard(site, ownAreas[index]), siteSize(site.type) / 2);
}

function openSuggestion(index, how) {
  const row = data.proposal.rows[index], place = [row.xy[1], row.xy[0]];
  if (how.from === "table") {
    if (narrow()) { fold(false); }
    map.setView(place, Math.max(map.getZoom(), Math.min(fitted + 2, 15)), { animate: false });
  }
  popup(place, suggestionCard(index), PIN_HEIGHT * 0.92);
}

let opened = null;
function popup(place, content, lift) {
  opened = null;
  const box = L.popup({ maxWidth: 300, minWidth: 190, offset: [0, 4 - (lift || 0)], autoPanPadding: [24, 24] }).setLatLng(place).setContent(content);
  box.openOn(map);
  box.getElement().querySelector(".leaflet-popup-close-button").setAttribute("aria-label", say("page.close"));
  opened = box;
}

function listenToMap() {
  const outline = L.rectangle([[0, 0], [0, 0]], { interactive: false, color: INK, weight: 1.4, fill: false });
  let waiting = null;
  map.on("mousemove", function (event) {
    if (event.originalEvent.target !== map.getContainer()) { return; }
    if (waiting === null) { window.requestAnimationFrame(function () { point(waiting.latlng); waiting = null; }); }
    waiting = event;
  });
  map.on("mouseout", function () { outline.remove(); readout(null); });
  map.on("popupclose", function (event) {
    if (event.popup === opened && selected && selected.kind !== "region") { select(null, -1, { from: "map" }); }
  });
  map.on("click", function (event) {
    if (openCandidateAt(event.latlng)) { return; }
    const i = cellAt(event.latlng), region = regionAt(event.latlng);
    if (region >= 0 && state.tab === "regions") { select("region", region, { from: "map" }); }
    if (i < 0) { return; }
    if (cells.patch[i] >= 0 && state.tab !== "regions") { select("gap", cells.patch[i], { from: "map", place: event.latlng, card: cellCard(i, event.latlng) }); return; }
    popup(event.latlng, cellCard(i, event.latlng), 0);
  });
  function point(latlng) {
    const i = cellAt(latlng);
    readout(i < 0 ? null : cellLine(i));
    if (i < 0 || !cells.lattice) { outline.remove(); return; }
    const lattice = cells.lattice, west = lattice[0] + cells.column[i] * lattice[2], north = lattice[1] - cells.row[i] * lattice[3];
    outline.setBounds([[north - lattice[3], west], [north, west + lattice[2]]]).addTo(map);
  }
}

// ---------------------------------------------------------------- tables

// What each table is called for those who do not see what it stands under.
const CAPTIONS = { settings: "page.by_setting", groups: "page.groups", group_regions: "page.groups_by_region", causes: "page.by_cause", percentiles: "page.distances", beyond: "page.beyond_head", gaps: "page.tab_gaps",
  suggestions: "page.tab_suggestions", proposal_regions: "proposal.by_region", compared_settings: "page.by_setting", compared_regions: "proposal.by_region",
  candidates: "whatif.others", curve: "proposal.curve", regions: "page.tab_regions", sites: "page.tab_sites",
  plan_services: "plan.sheet_services", plan_rows: "plan.page_targets", roads: "roads.title", changed_settings: "page.by_setting", changed_regions: "compare.by_region", changed_sites: "compare.sites" };

// columns: {key, head, value(row), show(row)}; the first is text, the others numbers. Ranked rows keep their order.
function table(name, columns, rows, kind, ranked) {
  const node = el("table", kind ? "long" : ""), head = el("tr", ""), body = el("tbody", "");
  columns.forEach(function (column) {
    const cell = el("th", column.text ? "text" : "");
    cell.scope = "col";
    if (kind && !ranked) {
      const sort = state.sort[name] || {};
      if (sort.key === column.key) { cell.setAttribute("aria-sort", sort.up ? "ascending" : "descending"); }
      cell.appendChild(button("", column.head, function () {
        const now = state.sort[name] || {};
        state.sort[name] = { key: column.key, up: now.key === column.key ? !now.up : column === columns[0] };
        fillSheet();
        const again = document.querySelector('#sheet th[aria-sort] button');
        if (again) { again.focus(); }
      }));
    } else { cell.textContent = column.head; }
    head.appendChild(cell);
  });
  node.appendChild(el("caption", "unseen", say(CAPTIONS[name])));
  node.appendChild(el("thead", "", head));
  sorted(name, columns, rows).forEach(function (row) { body.appendChild(tableRow(columns, row, kind)); });
  node.appendChild(body);
  return node;
}

function sorted(name, columns, rows) {
  const sort = state.sort[name];
  const column = sort && columns.filter(function (entry) { return entry.key === sort.key; })[0];
  if (!column) { return rows; }
  const way = sort.up ? 1 : -1;
  return rows.slice().sort(function (a, b) {
    const x = column.value(a), y = column.value(b);
    return way * (typeof x === "string" ? x.localeCompare(y, state.language === "zh" ? "zh-CN" : "en") : x - y);
  });
}

function tableRow(columns, row, kind) {
  const line = el("tr", row.look || "");
  columns.forEach(function (column, i) {
    const cell = el(i ? "td" : "th", column.text ? "text" : "", column.show(row));
    if (!i) { cell.scope = "row"; }
    line.appendChild(cell);
  });
  if (kind) {
    line.tabIndex = 0;
    line.dataset.kind = kind;
    line.dataset.index = row.index;
    if (isSelected(kind, row.index)) { line.classList.add("chosen"); line.setAttribute("aria-current", "true"); }
    const choose = function () { select(kind, row.index, { from: "table" }); };
    line.addEventListener("click", choose);
    line.addEventListener("keydown", function (event) {
      // A button or a tick inside the row answers for itself.
      if (event.target !== line) { return; }
      if (event.key === "Enter" || event.key === " ") { choose(); } else if (!goToRow(line, event.key)) { return; }
      event.preventDefault();
    });
    ["mouseenter", "focus"].forEach(function (name) { line.addEventListener(name, function () { hot(kind, row.index, true); }); });
    ["mouseleave", "blur"].forEach(function (name) { line.addEventListener(name, function () { hot(kind, row.index, false); }); });
  }
  return line;
}

// By the arrow keys, Home and End through the rows that can be chosen and are not folded away.
function goToRow(line, key) {
  const rows = Array.prototype.slice.call(line.parentNode.querySelectorAll("tr[data-kind]:not([hidden])")), at = rows.indexOf(line);
  const next = { ArrowDown: rows[at + 1], ArrowUp: rows[at - 1], Home: rows[0], End: rows[rows.length - 1] }[key];
  if (next) { next.focus(); }
  return Boolean(next);
}

function column(key, head, value, show, text) {
  return { key: key, head: head, value: value, show: show || function (row) { return number(value(row)); }, text: Boolean(text) };
}

function field(name) { return function (row) { return row[name]; }; }

// ---------------------------------------------------------------- the panel

function fillHead() {
  document.title = texts.title;
  document.documentElement.lang = LANG[state.language];
  byId("title").textContent = texts.title;
  byId("standard").textContent = texts.standard;
  const note = byId("synthetic");
  note.hidden = !data.synthetic;
  note.textContent = data.synthetic ? say("page.synthetic") : "";
  const tools = empty(byId("tools"));
  [["zh", "中文"], ["en", "EN"]].forEach(function (entry) {
    const choice = button("", entry[1], function () { keepingFocus(function () { speak(entry[0]); }); });
    choice.id = "speak-" + entry[0];
    choice.lang = LANG[entry[0]];
    choice.setAttribute("aria-pressed", String(state.language === entry[0]));
    tools.appendChild(choice);
  });
  tools.appendChild(button("print", say("page.print"), function () { window.print(); }));
}

function reading(label, value, used) {
  return el("div", used ? "used" : "", el("b", "", value.share), el("small", "", label + (used ? say("page.used") : "")));
}

function fillHeadline() {
  const f = data.figures, box = empty(byId("headline"));
  const range = say("page.range", { low: f.slow.share, high: f.brisk.share });
  const bar = decoration(el("div", "bar")), covered = el("i", "covered"), rest = el("i", "gap"), doubt = el("i", "doubt");
  covered.style.width = 100 * f.fraction + "%";
  doubt.style.width = 100 * f.doubtful_fraction + "%";
  rest.style.flex = "1";
  [covered, rest, doubt].forEach(function (part) { bar.appendChild(part); });
  const share = el("div", "share", el("b", "", f.share), el("span", "", say("page.share") + range));
  share.title = texts.range;
  box.appendChild(share);
  box.appendChild(el("p", "of", el("strong", "", number(f.covered)), " / " + say("page.people", { people: number(f.people) })));
  box.appendChild(bar);
  const missing = el("div", "missing", el("span", "", say("page.uncovered") + " ", el("b", "", number(f.uncovered))));
  if (f.doubtful) { missing.appendChild(el("span", "quiet", say(isPublic() ? "page.of_these_not_judged" : "page.doubtful") + " ", el("b", "", number(f.doubtful)))); }
  box.appendChild(missing);
  box.appendChild(el("div", "readings",
    reading(say("page.towns", { rule: texts.towns_on_foot }), f.towns_on_foot, f.towns_asked === "walk"),
    reading(say("page.towns", { rule: texts.towns_by_road }), f.towns_by_road, f.towns_asked === "road")));
  if (data.compare) { box.appendChild(changeHead()); }
  if (choice) { box.appendChild(choiceHead()); } else if (data.proposal) { box.appendChild(proposalHead(f)); }
}

// Now, what the plan adds and what it leaves, as parts of one bar; below it how good the plan is.
function proposalHead(f) {
  const plan = data.proposal, count = plan.rows.length;
  if (!count) { return el("div", "proposal", el("p", "proof", say("proposal.nothing"))); }
  const bar = decoration(el("div", "bar")), covered = el("i", "covered"), gain = el("i", "gain");
  covered.style.width = 100 * f.fraction + "%";
  gain.style.width = 100 * plan.fraction + "%";
  bar.appendChild(covered);
  bar.appendChild(gain);
  bar.title = number(f.covered) + " → " + say("page.people", { people: number(plan.after) });
  return el("div", "proposal", el("p", "", el("b", "", texts.proposal.headline), el("span", "quiet", say("proposal.count", { count: number(count) }))), bar,
    el("p", "proof", texts.proposal.proof));
}

const TABS = ["overview", "compare", "gaps", "suggestions", "regions", "sites", "data", "sources"];

function hasTab(tab) {
  if (tab === "data") { return !isPublic(); }
  if (tab === "compare") { return data.compare !== null; }
  if (tab === "suggestions") { return data.proposal !== null || choice !== null; }
  return tab === "regions" ? data.regions.length > 0 : tab !== "gaps" || data.gaps.rows.length > 0;
}

function fillTabs() {
  const tabs = empty(byId("tabs"));
  TABS.forEach(function (tab) {
    if (!hasTab(tab)) { return; }
    const choice = button("", say("page.tab_" + tab), function () { showTab(tab); });
    choice.id = "tab-" + tab;
    choice.setAttribute("role", "tab");
    choice.setAttribute("aria-controls", "sheet");
    choice.setAttribute("aria-selected", String(state.tab === tab));
    choice.tabIndex = state.tab === tab ? 0 : -1;
    choice.addEventListener("keydown", function (event) {
      const all = Array.prototype.slice.call(tabs.children), at = all.indexOf(choice), last = all.length - 1;
      const next = { ArrowRight: all[at + 1] || all[0], ArrowLeft: all[at - 1] || all[last], Home: all[0], End: all[last] }[event.key];
      if (!next) { return; }
      event.preventDefault();
      next.click();
      byId(next.id).focus();
    });
    tabs.appendChild(choice);
  });
  byId("sheet").setAttribute("aria-labelledby", "tab-" + state.tab);
}

function showTab(tab) {
  if (state.tab === tab) { return; }
  state.tab = tab;
  keepAddress();
  keepingFocus(function () { fillTabs(); fillSheet(); });
  byId("sheet").scrollTop = 0;
  chooseNumbers();
}

// Gaps and suggestions are both numbered: the tab says which numbers are meant.
function chooseNumbers() {
  if (!suggestions().length || state.tab !== "gaps" && state.tab !== "suggestions") { return; }
  state.hidden.gaps = state.tab === "suggestions";
  fillLegend();
  ground.draw();
}

function fillSheet() {
  const fill = { overview: fillOverview, compare: fillChanges, gaps: fillGaps, suggestions: fillSuggestions, regions: fillRegions, sites: fillSites, data: fillData, sources: fillSources };
  fill[state.tab](empty(byId("sheet")));
}

function fillOverview(box) {
  const f = data.figures;
  box.appendChild(el("h2", "", say("page.by_setting")));
  box.appendChild(table("settings", [
    column("name", say("page.setting"), field("setting"), function (row) { return say("setting." + row.setting); }),
    column("people", say("page.residents"), field("people")),
    column("covered", say("page.covered"), field("covered")),
    column("share", say("page.covered_share"), field("share"), field("share"))
  ].concat(settingColumns()), f.settings));
  if (choice) { box.appendChild(live("p", "quiet", readingNote)); }
  fillGroups(box);
  box.appendChild(el("h2", "", say("page.by_cause")));
  const causes = causeRows(f).map(function (row) { return Object.assign({ look: row.doubtful ? "doubt" : "" }, row); });
  causes.push({ cause: null, people: f.uncovered, look: "total" });
  box.appendChild(table("causes", [
    column("name", say("page.cause"), field("cause"), function (row) {
      return row.cause ? causeText(row.cause) + (row.doubtful && !isPublic() ? say("page.doubt_mark") : "") : say("page.total");
    }),
    column("people", say("page.uncovered"), field("people"))
  ], causes));
  fillPlan(box);
  box.appendChild(el("h2", "", say("page.tab_sites")));
  const counts = el("div", "counts");
  [[number(f.site_count), "page.sites_all"], [number(f.counted_count), "page.sites_counted"], [f.all_sites.share, "page.if_all_count"]].forEach(function (entry) {
    counts.appendChild(el("span", "quiet", el("b", "", entry[0]), say(entry[1])));
  });
  box.appendChild(counts);
  fillDistances(box, f);
  const notes = el("div", "notes", el("h2", "", say("page.notes")));
  texts.notes.concat([texts.range, say(isPublic() ? "page.not_judged_note" : "page.doubt_note"), say("page.rounding")]).forEach(function (text) { notes.appendChild(el("p", "", text)); });
  if (f.left_out) { notes.appendChild(el("p", "", say("page.left_out", { people: number(f.left_out) }))); }
  drawingNotes().forEach(function (text) { notes.appendChild(el("p", "", text)); });
  box.appendChild(notes);
}

// Key groups as the run counted them: what is ticked and unticked on the page does not change them.
function fillGroups(box) {
  if (!data.groups.length) { return; }
  const settings = data.figures.settings.map(field("setting"));
  box.appendChild(el("h2", "", say("page.groups")));
  box.appendChild(table("groups", [
    column("name", say("page.groups"), field("name"), field("name")),
    column("people", say("page.residents_of_group"), field("people")),
    column("covered", say("page.covered"), field("covered")),
    column("share", say("page.covered_share"), field("share"), field("share"))
  ].concat(settings.map(function (setting) {
    const share = function (row) { return row.settings[setting] || "—"; };
    return column(setting, say("setting." + setting), share, share);
  })), data.groups));
  box.appendChild(el("p", "quiet", say("page.groups_note")));
}

// The plan of the network: what people can get done within the standard, and how far the targets are met.
function fillPlan(box) {
  if (!data.plan) { return; }
  fillServices(box, data.plan.services);
  if (!data.plan.rows.length) { return; }
  box.appendChild(el("h2", "", say("plan.page_targets")));
  box.appendChild(table("plan_rows", [column("name", say("plan.row"), field("name"), field("name"))].concat(["target", "done", "coming", "missing", "over"].map(function (key) {
    return column(key, say("plan.short_" + key), field(key));
  })), data.plan.rows));
  texts.plan.forEach(function (text) { box.appendChild(el("p", "quiet", text)); });
}

function fillServices(box, services) {
  if (!services.length) { return; }
  const shares = function (of, key, head) {
    const share = function (row) { return row[of][key] || "—"; };
    return column(of + key, head, share, share);
  };
  box.appendChild(el("h2", "", say("plan.sheet_services")));
  box.appendChild(table("plan_services", [
    column("name", say("plan.service"), field("name"), function (row) { return el("span", "", row.name, el("small", "", say("plan.offered", { count: number(row.sites) }))); }),
    column("covered", say("page.covered"), field("covered")),
    column("share", say("page.covered_share"), field("share"), field("share"))
  ].concat(data.figures.settings.map(function (row) { return shares("settings", row.setting, say("setting." + row.setting)); }),
    data.groups.map(function (group) { return shares("groups", group.name, group.name); })), services));
  box.appendChild(el("p", "quiet", say("plan.services_note")));
}

// What of the plan's checklist a site lacks.
function fitNote(site) {
  const fit = data.plan && data.plan.fit[data.sites.indexOf(site)];
  if (!fit) { return null; }
  const lacking = fit.lacking.map(function (key) { return say("fit." + key); }).join(say("plan.comma"));
  return el("p", "", [lacking ? say("plan.card_lacking", { items: lacking }) : "", fit.not_said ? say("plan.card_unsaid", { count: fit.not_said }) : ""].filter(Boolean).join(" ") || say("plan.card_met"));
}

function fillGroupsByRegion(box) {
  if (!data.groups.length) { return; }
  const rows = data.regions.map(function (region, i) { return { name: region.name, of: data.groups.map(function (group) { return group.regions[i]; }) }; });
  const lived = rows.filter(function (row) { return row.of.some(field("share")); });
  box.appendChild(el("h2", "", say("page.groups_by_region")));
  box.appendChild(table("group_regions", [column("name", say("page.region"), field("name"), field("name"))].concat(data.groups.map(function (group, i) {
    return column("group" + i, group.name, field("name"), function (row) { return row.of[i].share ? el("span", "", row.of[i].share, el("small", "", " " + number(row.of[i].people))) : "—"; });
  })), lived));
}

function causeRows(f) {
  const rows = f.causes.filter(field("people"));
  if (!isPublic()) { return rows; }
  const sure = rows.filter(function (row) { return !row.doubtful; });
  return f.doubtful ? sure.concat({ cause: DOUBTS[0], people: f.doubtful, doubtful: true }) : sure;
}

function drawingNotes() {
  const lines = [say("page.simplified", { metres: number(data.streets.simplified_m) })];
  if (data.streets.left_out.length) {
    const kinds = data.streets.left_out.map(function (rank) { return say("page.rank_" + rank); });
    lines.push(say("page.streets_left_out", { kinds: kinds.join(say("page.comma")) }));
  }
  if (texts.cells) { lines.push(texts.cells); }
  return lines.concat(areaNotes());
}

function areaNotes() {
  const modes = Object.keys(areas);
  return modes.length ? [say("page.areas_note")].concat(modes.map(function (mode) { return texts.areas[mode].lengths; }), texts.own.simplified, texts.own.left_out) : [];
}

function fillDistances(box, f) {
  if (f.percentiles.length) {
    box.appendChild(el("h2", "", say("page.distances")));
    const columns = [column("mode", say("page.share_within"), field("mode"), function (row) {
      return el("span", "", say("page.mode_" + row.mode), el("small", "", say("page.people", { people: number(row.people) })));
    })];
    ["50%", "90%", "95%", say("page.farthest")].forEach(function (head, i) {
      columns.push(column(head, head, field("mode"), function (row) { return row.texts[state.language][i]; }));
    });
    box.appendChild(table("percentiles", columns, f.percentiles));
  }
  if (!f.beyond.length) { return; }
  box.appendChild(el("h2", "", say("page.beyond_head")));
  const both = function (way) {
    return function (row) { return el("span", "", number(row[way].people), el("small", "", row[way].share)); };
  };
  box.appendChild(table("beyond", [
    column("metres", say("page.farther_than"), field("metres"), function (row) { return distance(row.metres); }),
    column("road", say("page.by_road"), field("metres"), both("road")),
    column("straight", say("page.in_straight_line"), field("metres"), both("straight"))
  ], f.beyond));
}

function fillGaps(box) {
  const gaps = data.gaps, rows = gaps.rows.map(function (gap, index) { return Object.assign({ index: index, look: gap.doubtful ? "doubt" : "" }, gap); });
  const far = function (row) { return row.cost_m >= 0 ? row.cost_m : row.beyond_m >= 0 ? row.beyond_m : Infinity; };
  if (!state.sort.gaps) { state.sort.gaps = { key: "name", up: true }; }
  box.appendChild(table("gaps", [
    column("name", "#", field("index"), gapPlace),
    column("people", say("page.uncovered"), field("people")),
    column("far", say("page.distance"), far, function (row) {
      const site = data.sites[row.site];
      return el("span", "", gapDistance(row), el("small", "", site ? site.name : ""));
    }),
    column("straight", say("page.straight"), field("straight_m"), function (row) { return row.straight_m < 0 ? "—" : distance(row.straight_m); })
  ], rows, "gap"));
  const body = box.querySelector("tbody");
  if (gaps.more) { body.appendChild(gapSum("doubt", say("page.gaps_more", { count: number(gaps.more) }), gaps.more_people)); }
  if (gaps.unlisted_people) { body.appendChild(gapSum("doubt", say("page.not_judged"), gaps.unlisted_people)); }
  body.appendChild(gapSum("total", say("page.total"), data.figures.uncovered));
  box.appendChild(el("div", "notes", el("p", "", say("page.gaps_note"))));
}

function gapSum(look, text, people) { return sumRow(look, [text, number(people), "", ""]); }

function sumRow(look, shown) {
  const line = el("tr", look);
  shown.forEach(function (text, i) { line.appendChild(el(i ? "td" : "th", "", text)); });
  line.firstChild.scope = "row";
  return line;
}

function gapPlace(gap) {
  const about = [say("setting." + gap.setting), causeText(gap.cause)];
  return el("span", "name", el("b", "rank", String(gap.index + 1)), el("span", "", gap.region || about[0], el("small", "", (gap.region ? about : about.slice(1)).join(" · "))));
}

function fillSuggestions(box) {
  if (choice) { box.appendChild(choiceControls()); }
  if (!suggestions().length) {
    if (data.proposal) { planNotes([say("proposal.nothing")]).forEach(function (text) { box.appendChild(el("p", "quiet", text)); }); }
    if (choice) { fillOthers(box); fillCompared(box); }
    return;
  }
  const rows = suggestions().map(function (row, index) { return Object.assign({ index: index }, row); });
  const far = function (row) { return row.cost_m < 0 ? Infinity : row.cost_m; };
  if (!state.sort.suggestions) { state.sort.suggestions = { key: "name", up: true }; }
  box.appendChild(table("suggestions", [
    column("name", "#", field("index"), suggestedPlace),
    column("added", say("proposal.added"), choice ? liveField("added") : field("added"), choice && addedCell),
    column("only", say("page.unique"), choice ? liveField("only") : field("only"), choice ? onlyCell : function (row) {
      return el("span", "fit", number(row.only), ofReach(row.reach, row.shared));
    }),
    column("far", say("proposal.nearest"), far, function (row) {
      const site = data.sites[row.site];
      return el("span", "", row.cost_m < 0 ? "—" : distance(row.cost_m), el("small", "", site ? site.name : ""));
    })
  ], rows, "suggestion"));
  box.querySelector("table").classList.toggle("places", choice !== null);
  const gain = choice ? liveText(function () { return number(planSum()); }) : number(data.proposal.gain);
  box.querySelector("tbody").appendChild(sumRow("total", [say("page.total"), gain, "", ""]));
  fillCurve(box);
  if (choice) { fillOthers(box); fillCompared(box); } else { fillProposalRegions(box); }
  box.appendChild(el("div", "notes", el("p", "", say("proposal.note")), choice ? el("p", "", say("whatif.others_note")) : null, el("p", "", texts.proposal.bound)));
}

// People in reach, and how many of them another site or place of the plan reaches as well; -1 if that is not asked.
function ofReach(reach, shared) {
  return el("span", "", el("small", "", say("proposal.of_reach", { people: number(reach) })),
    shared < 0 ? null : el("small", "", say("proposal.of_shared", { people: number(shared) })));
}

// Why there is nothing to suggest, or that the search was cut short.
function planNotes(otherwise) { return texts.proposal.notes.length ? texts.proposal.notes : otherwise; }

function suggestedPlace(row) {
  const place = texts.proposal.places[row.index], about = whatItIs(row, texts.proposal.kinds[row.index]);
  return el("span", "name", choice ? tick(row.option, place) : null, pinSymbol(row.index + 1, row.premises, 24),
    el("span", "", place, el("small", "", about.filter(function (text) { return text && text !== place; }).join(" · "))));
}

// ---- the curve: people covered by number of new sites, by the plan in its order and at most by any

const CURVE = { width: 420, height: 232, left: 66, right: 12, top: 10, bottom: 36 };

function fillCurve(box) {
  const curve = data.proposal.curve;
  box.appendChild(el("h2", "", say("proposal.curve")));
  box.appendChild(curveDrawing(curve));
  box.appendChild(el("p", "curve-key",
    el("span", "", curveSwatch("plan"), say("proposal.curve_plan")),
    el("span", "", curveSwatch("band"), say("proposal.curve_bound")),
    curve.own.length ? el("span", "", curveSwatch("own"), say("proposal.curve_own")) : null));
  planNotes([]).concat(texts.proposal.curve).forEach(function (text) { box.appendChild(el("p", "quiet", text)); });
  box.appendChild(el("details", "curve-table", el("summary", "", say("proposal.curve_table")), curveTable(curve)));
}

// The drawing is for eyes; the table below it says the same.
function curveDrawing(curve) {
  const last = curve.covered.length - 1, low = curve.covered[0], high = Math.max(curve.bound[last], low + 1);
  const x = function (count) { return CURVE.left + (CURVE.width - CURVE.left - CURVE.right) * count / Math.max(last, 1); };
  const y = function (people) { return CURVE.height - CURVE.bottom - (CURVE.height - CURVE.top - CURVE.bottom) * (people - low) / (high - low); };
  const line = function (values) { return values.map(function (people, count) { return x(count).toFixed(1) + "," + y(people).toFixed(1); }); };
  const node = svg("svg", { viewBox: "0 0 " + CURVE.width + " " + CURVE.height, "class": "curve", "aria-hidden": "true" });
  const write = function (at, text, anchor) {
    const label = svg("text", { x: at[0], y: at[1], "text-anchor": anchor });
    label.textContent = text;
    node.appendChild(label);
  };
  roundSteps(low, high, 4).forEach(function (people) {
    node.appendChild(svg("path", { "class": "grid", d: "M" + CURVE.left + " " + y(people) + "H" + (CURVE.width - CURVE.right) }));
    write([CURVE.left - 6, y(people) + 4], number(people), "end");
  });
  roundSteps(0, last, 6).filter(function (count) { return count % 1 === 0; }).forEach(function (count) {
    write([x(count), CURVE.height - CURVE.bottom + 15], String(count), "middle");
  });
  write([x(last), CURVE.height - 4], say("proposal.curve_sites"), "end");
  const bound = line(curve.bound);
  node.appendChild(svg("path", { "class": "band", d: "M" + line(curve.covered).concat(bound.slice().reverse()).join("L") + "Z" }));
  node.appendChild(svg("path", { "class": "bound", d: "M" + bound.join("L") }));
  node.appendChild(svg("path", { "class": "plan", d: "M" + line(curve.covered).join("L") }));
  curve.own.forEach(function (plan) { node.appendChild(svg("circle", { "class": "own", cx: x(plan.sites), cy: y(plan.covered), r: 3.5 })); });
  if (curve.knee) {
    const foot = x(curve.knee), head = y(curve.covered[curve.knee]);
    node.appendChild(svg("path", { "class": "knee", d: "M" + foot + " " + head + "V" + (CURVE.height - CURVE.bottom) }));
    node.appendChild(svg("circle", { "class": "knee-dot", cx: foot, cy: head, r: 4 }));
  }
  return node;
}

// Round numbers within a range, at most so many.
function roundSteps(low, high, most) {
  const least = (high - low) / most, ten = Math.pow(10, Math.floor(Math.log10(Math.max(least, 1e-9))));
  const step = [1, 2, 5, 10].map(function (factor) { return factor * ten; }).filter(function (width) { return width >= least; })[0];
  const steps = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) { steps.push(Math.round(at * 1e6) / 1e6); }
  return steps;
}

function curveSwatch(look) {
  const node = svg("svg", { viewBox: "0 0 20 12", "class": "curve", "aria-hidden": "true" });
  node.appendChild(look === "plan" ? svg("path", { "class": "plan", d: "M1 6H19" })
    : look === "band" ? svg("path", { "class": "band bound", d: "M1 2H19V11H1Z" })
      : svg("circle", { "class": "own", cx: 10, cy: 6, r: 3.5 }));
  return node;
}

function curveTable(curve) {
  const own = {};
  curve.own.forEach(function (plan) { own[plan.sites] = plan.covered; });
  const rows = curve.covered.map(function (covered, count) {
    return { sites: count, covered: covered, share: curve.shares[count], bound: curve.bound[count], own: own[count] };
  });
  return table("curve", [
    column("sites", say("proposal.curve_sites"), field("sites"), field("sites")),
    column("covered", say("page.covered"), field("covered"), function (row) { return el("span", "", number(row.covered), el("small", "", row.share)); }),
    column("bound", say("proposal.curve_bound"), field("bound")),
    column("own", say("proposal.curve_own"), field("own"), function (row) { return row.own === undefined ? "" : number(row.own); })
  ], rows);
}

// Regions where the plan adds somebody: now, with it, and by how many people.
function fillProposalRegions(box) {
  const f = data.figures, plan = data.proposal;
  const rows = plan.regions.map(function (row, i) { return { name: data.regions[i].name, now: data.regions[i].share, then: row.share, added: row.added }; }).filter(field("added"));
  if (!rows.length) { return; }
  rows.sort(function (a, b) { return b.added - a.added; });
  rows.push({ name: say("page.total"), now: f.share, then: plan.share, added: plan.gain, look: "total" });
  box.appendChild(el("h2", "", say("proposal.by_region")));
  box.appendChild(table("proposal_regions", [
    column("name", say("page.region"), field("name"), field("name")),
    column("now", say("proposal.now"), field("now"), field("now")),
    column("then", say("proposal.planned"), field("then"), field("then")),
    column("added", say("proposal.increase"), field("added"))
  ], rows));
}

function fillRegions(box) {
  const rows = data.regions.map(function (region, index) { return Object.assign({ index: index }, region); });
  if (!state.sort.regions) { state.sort.regions = { key: "uncovered", up: false }; }
  const columns = [
    column("name", say("page.region"), field("name"), function (row) { return el("span", "", row.name, el("small", "", data.counties.length ? "" : row.parent)); }),
    column("people", say("page.residents"), field("people")),
    column("share", say("page.covered_share"), field("fraction"), field("share")),
    column("uncovered", say("page.uncovered"), field("uncovered")),
    column("sites", say("page.sites_short"), field("counted"), function (row) { return row.counted + " / " + row.sites; })
  ].concat(comparedColumns());
  if (choice) { box.appendChild(live("p", "quiet", readingNote)); }
  box.appendChild(table("regions", columns, rows, "region"));
  box.querySelector("table").classList.toggle("compared", choice !== null);
  groupByCounty("regions", columns, data.counties, box.querySelector("tbody"));
  const f = data.figures, total = [say("page.total"), number(f.people), f.share, number(f.uncovered), regionSites()];
  box.querySelector("tbody").appendChild(sumRow("total", choice ? total.concat([comparedCell(comparedTotal)]) : total));
  fillGroupsByRegion(box);
}

// Counties in the order asked for, each with its regions in that order, folded away until somebody asks for them.
function groupByCounty(table, columns, counties, body) {
  const rowsOf = new Map();
  Array.from(body.children).forEach(function (row) {
    const parent = row.dataset.kind ? data.regions[row.dataset.index].parent : null;
    if (!rowsOf.has(parent)) { rowsOf.set(parent, []); }
    rowsOf.get(parent).push(row);
  });
  sorted(table, columns, counties).forEach(function (county) {
    const own = rowsOf.get(county.name) || [];
    const name = county.name || say("page.no_parent");
    const knob = button("fold", name, function () { unfoldCounty(county.name, !state.unfolded[county.name]); });
    knob.setAttribute("aria-label", say("page.county_unfold", { name: name }));
    knob.appendChild(el("small", "", String(own.length)));
    const head = tableRow(columns.map(function (entry, i) { return i ? entry : Object.assign({}, entry, { show: function () { return knob; } }); }), county);
    head.className = "county";
    head.dataset.county = county.name;
    body.appendChild(head);
    own.forEach(function (row) { row.classList.add("part"); body.appendChild(row); });
    unfoldCounty(county.name, Boolean(state.unfolded[county.name]));
  });
}

function unfoldCounty(name, open) {
  state.unfolded[name] = open;
  document.querySelectorAll("#sheet tr.county").forEach(function (head) {
    if (head.dataset.county !== name) { return; }
    head.querySelector("button").setAttribute("aria-expanded", String(open));
    for (let row = head.nextSibling; row && row.classList.contains("part"); row = row.nextSibling) { row.hidden = !open; }
  });
}

function regionSites() {
  let counted = 0, all = 0;
  data.regions.forEach(function (region) { counted += region.counted; all += region.sites; });
  return counted + " / " + all;
}

function fillSites(box) {
  const find = el("input", "find");
  find.type = "search";
  find.value = state.find;
  find.placeholder = say("page.find_site");
  find.setAttribute("aria-label", say("page.find_site"));
  const holder = el("div", "");
  find.addEventListener("input", function () { state.find = find.value; fillSiteTable(holder); });
  box.appendChild(find);
  box.appendChild(holder);
  fillSiteTable(holder);
  box.appendChild(el("div", "notes", el("p", "", say("page.reach_note"))));
}

function fillSiteTable(holder) {
  const wanted = state.find.trim().toLowerCase();
  const rows = data.sites.map(function (site, index) { return Object.assign({ index: index }, site); }).filter(function (site) {
    return !wanted || [site.name, site.region, site.address, texts.types[site.type]].join("\n").toLowerCase().indexOf(wanted) >= 0;
  });
  if (!state.sort.sites) { state.sort.sites = { key: "covered", up: false }; }
  const people = function (name) { return function (row) { return row.counted ? row[name] : -1; }; };
  const shown = function (name) { return function (row) { return row.counted ? number(row[name]) : "—"; }; };
  empty(holder).appendChild(table("sites", [
    column("name", say("page.site"), field("name"), siteName),
    column("reach", say("page.reach"), people("reach"), shown("reach")),
    column("covered", say("page.serves"), people("covered"), shown("covered")),
    column("unique", say("page.unique"), people("unique"), shown("unique"))
  ], rows, "site"));
}

function siteName(site) {
  const about = [texts.types[site.type], site.region].concat(site.status === "open" ? [] : [say("status." + site.status)], site.unsnapped ? [say("page.unsnapped_short")] : [], site.approximate_m ? [say("page.approximate_short")] : []);
  const option = choice ? optionOfSite[site.index] : -1;
  return el("span", "name", option >= 0 ? tick(option, site.name) : null, siteSymbol(site.type, site.status, site.counted, 13),
    el("span", "", site.name, el("small", "", about.filter(Boolean).join(" · "))));
}

const LEVELS = ["bad_row", "warning", "note"];

function fillData(box) {
  const counts = el("div", "counts");
  LEVELS.forEach(function (level) {
    counts.appendChild(el("span", "quiet", el("b", "", number(countOf(level))), say("level." + level)));
  });
  box.appendChild(counts);
  fillRoads(box);
  if (!data.findings.length) { box.appendChild(el("p", "quiet", say("report.nothing"))); }
  let shown = 0;
  LEVELS.forEach(function (level) {
    data.findings.forEach(function (finding) {
      if (finding.level !== level || shown >= SHOWN_FINDINGS) { return; }
      shown += 1;
      const place = finding.place.map(function (part, i) { return part && i === 2 ? say("level.row", { row: part }) : part; }).filter(Boolean);
      box.appendChild(el("div", "finding", el("small", "", [say("level." + level)].concat(place).join(" · ")), finding[state.language]));
    });
  });
  if (data.findings.length > shown) { box.appendChild(el("p", "quiet", say("report.more", { count: number(data.findings.length - shown) }))); }
}

// Regions with people in doubt or too few roads, and what that would come to if the roads were there.
function fillRoads(box) {
  if (!data.roads.length) { return; }
  const rows = data.roads.map(function (row, index) { return Object.assign({ index: index }, row); }).filter(function (row) { return row.doubt || row["class"] !== "enough"; });
  box.appendChild(el("h2", "", say("roads.title")));
  if (rows.length) {
    if (!state.sort.roads) { state.sort.roads = { key: "doubt", up: false }; }
    box.appendChild(table("roads", [
      column("name", say("page.region"), field("name"), function (row) { return el("span", "", row.name, el("small", "", say("roads.class_" + row["class"]))); }),
      column("density", say("roads.short_density"), field("density"), field("density")),
      column("near", say("roads.short_near"), field("near_fraction"), field("near")),
      column("doubt", say("roads.short_doubt"), field("doubt")),
      column("likely", say("roads.short_likely"), field("likely"))
    ], rows, "region"));
  }
  texts.roads.found.forEach(function (text) { box.appendChild(el("p", "quiet", text)); });
  const method = el("details", "notes", el("summary", "", say("roads.method")));
  texts.roads.method.forEach(function (text) { method.appendChild(el("p", "", text)); });
  box.appendChild(method);
  box.appendChild(el("h2", "", say("page.tab_data")));
}

function countOf(level) { return data.findings.filter(function (finding) { return finding.level === level; }).length; }

function fillSources(box) {
  data.sources.forEach(function (source) {
    box.appendChild(el("div", "source", el("b", "", say("page.role_" + source.role)), [""].concat([source.file, source.date].filter(Boolean)).join(" · "),
      el("small", "", [source.attribution, source.licence].filter(Boolean).join(" · ")), source.sha256 ? el("code", "", "sha256 " + source.sha256) : null));
  });
  const notes = el("div", "notes", el("h2", "", say("page.notes")));
  [texts.standard].concat(texts.notes, [say("page.made_with")]).forEach(function (text) { notes.appendChild(el("p", "", text)); });
  box.appendChild(notes);
}

function fillFoot() {
  const base = data.base && !state.hidden.base ? [data.base.attribution] : [];
  const names = data.sources.map(field("attribution")).concat(base).filter(function (name, i, all) { return name && all.indexOf(name) === i; });
  const foot = empty(byId("foot"));
  foot.appendChild(el("b", "", texts.review));
  foot.appendChild(el("span", "", names.join(" · ")));
  if (isPublic()) { return; }
  foot.appendChild(button("", say("page.checks", { count: number(countOf("bad_row") + countOf("warning")) }), function () {
    if (narrow()) { fold(true); }
    showTab("data");
  }));
}

// ---------------------------------------------------------------- search

function fillSearch() {
  const box = empty(byId("search")), find = el("input", "find"), list = el("div", "found");
  find.type = "search";
  find.placeholder = say(suggestions().length ? "proposal.search" : "page.search");
  find.setAttribute("aria-label", find.placeholder);
  find.setAttribute("aria-controls", "found");
  list.id = "found";
  list.setAttribute("aria-live", "polite");
  box.appendChild(find);
  box.appendChild(list);
  const close = function () { find.value = ""; empty(list); };
  const move = function (step) {
    const all = Array.prototype.slice.call(list.querySelectorAll("button")), next = all.indexOf(document.activeElement) + step;
    (all[next] || find).focus();
  };
  find.addEventListener("input", function () { fillFound(list, find.value, close); });
  box.onkeydown = function (event) {
    const first = list.querySelector("button");
    if (event.key === "Escape") { close(); find.focus(); }
    else if (event.key === "Enter" && event.target === find && first) { first.click(); }
    else if (event.key === "ArrowDown") { move(1); }
    else if (event.key === "ArrowUp" && event.target !== find) { move(-1); }
    else { return; }
    event.preventDefault();
  };
}

// Names that begin with what was asked come before those that only hold it.
function fillFound(list, text, close) {
  const wanted = text.trim().toLowerCase(), found = [[], []];
  empty(list);
  if (!wanted) { return; }
  const look = function (kind, i, name, about) {
    const at = name.toLowerCase().indexOf(wanted);
    if (at >= 0) { found[at ? 1 : 0].push([kind, i, name, about]); }
  };
  data.regions.forEach(function (region, i) { look("region", i, region.name, say("page.region")); });
  suggestions().forEach(function (row, i) { look("suggestion", i, texts.proposal.places[i], say("proposal.numbered", { number: i + 1 })); });
  data.sites.forEach(function (site, i) { look("site", i, site.name, [texts.types[site.type], site.region].filter(Boolean).join(" · ")); });
  const all = found[0].concat(found[1]);
  all.slice(0, FOUND).forEach(function (hit) {
    const choice = button("", hit[2], function () { close(); goTo(hit[0], hit[1]); });
    choice.appendChild(el("small", "", hit[3]));
    list.appendChild(choice);
  });
  if (!all.length) { list.appendChild(el("p", "quiet", say("page.search_nothing"))); }
}

function goTo(kind, index) {
  state.find = "";
  showTab(TAB_OF_KIND[kind]);
  fillSheet();
  if (narrow()) { fold(false); }
  select(kind, index, { from: "table" });
}

// ---------------------------------------------------------------- legend and controls

let legendBox, scaleBar;

function control(position, node) {
  const Box = L.Control.extend({ onAdd: function () {
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
    return node;
  } });
  return new Box({ position: position }).addTo(map);
}

function addControls() {
  if (choice || data.compare) {
    const views = viewSwitch();
    views.id = "views";
    control("topleft", views);
  }
  const box = el("div", "readout");
  box.id = "readout";
  box.setAttribute("aria-live", "off");
  control("topleft", box);
  const north = el("div", "north");
  const arrow = svg("svg", { width: 12, height: 18, viewBox: "0 0 12 18", "aria-hidden": "true" });
  arrow.appendChild(svg("path", { d: "M6 0 12 18 6 14 0 18Z", fill: "#5b666f" }));
  north.appendChild(arrow);
  north.appendChild(document.createTextNode("N"));
  control("topright", north);
  L.control.zoom({ position: "topright" }).addTo(map);
  scaleBar = L.control.scale({ imperial: false, position: narrow() ? "topleft" : "bottomleft", maxWidth: narrow() ? 90 : 140 }).addTo(map);
  legendBox = el("details", "legend");
  legendBox.open = window.innerWidth > 1000;
  control(narrow() ? "topleft" : "bottomright", legendBox);
}

function layerSwitch(key, mark, text, count) {
  const tick = el("input", "");
  tick.type = "checkbox";
  tick.checked = !state.hidden[key];
  tick.addEventListener("change", function () {
    state.hidden[key] = !tick.checked;
    if (key.indexOf("type=") === 0) { showSites(); } else if (key === "suggestions") { showPins(); } else if (key === "base") { showBase(); } else { ground.draw(); }
  });
  return el("label", "", tick, el("span", "icon", mark), el("span", "", text), count === undefined ? null : el("span", "count", number(count)));
}

function fillLegend() {
  const body = el("div", "body"), f = data.figures;
  empty(legendBox).appendChild(el("summary", "", el("h2", "", say("page.legend"))));
  legendBox.appendChild(body);
  if (viewShown() !== "compare" && (f.uncovered > f.doubtful || !f.uncovered)) {
    const side = data.cells.merged, ramp_of = !cells.lattice ? "points" : side > 1 ? "merged" : "cells";
    body.appendChild(el("h3", "", say("page.ramp_" + ramp_of, { side: side })));
    const ramp = el("div", "ramp");
    data.colours.forEach(function (colour) {
      const patch = svg("svg", { viewBox: "0 0 10 10", preserveAspectRatio: "none", "aria-hidden": "true" });
      patch.appendChild(svg("rect", { width: 10, height: 10, fill: colour }));
      ramp.appendChild(patch);
    });
    // Under the line between two classes.
    cells.breaks.forEach(function (limit) { ramp.appendChild(el("span", "", number(limit))); });
    body.appendChild(ramp);
  }
  if (!isPublic() && data.figures.causes.some(function (row) { return row.doubtful && data.figures.units[row.cause]; })) {
    body.appendChild(layerSwitch("doubt", el("i", "swatch doubt"), say("page.doubtful_layer")));
  }
  body.appendChild(layerSwitch("covered", el("i", "swatch covered"), say("page.covered")));
  body.appendChild(layerSwitch("streets", el("i", "swatch street"), say("page.streets")));
  if (water.areas.length + water.lines.length) { body.appendChild(layerSwitch("water", el("i", "swatch water"), say("page.water"))); }
  if (data.gaps.rows.length) {
    body.appendChild(layerSwitch("gaps", el("b", "badge", "1"), say("page.gaps_layer", { count: Math.min(NUMBERED_GAPS, data.gaps.rows.length) })));
  }
  legendChoice(body);
  legendChanges(body);
  legendSuggestions(body);
  legendBase(body);
  if (data.regions.length && !isPublic()) { body.appendChild(layerSwitch("regions", el("i", "swatch region"), say("page.region_lines"))); }
  legendRoads(body);
  legendAreas(body);
  body.appendChild(el("h3", "", say("page.tab_sites")));
  data.types.forEach(function (kind) {
    const own = data.sites.filter(function (site) { return site.type === kind; });
    const counted = own.some(field("counted"));
    body.appendChild(layerSwitch("type=" + kind, siteSymbol(kind, "open", counted, Math.min(siteSize(kind), 17)), texts.types[kind], own.length));
  });
  legendStates(body);
}

function roadMark(kind) {
  const mark = svg("svg", { width: 16, height: 11, viewBox: "0 0 16 11", "aria-hidden": "true" });
  const style = MARK_STYLES[kind], line = { fill: "none", stroke: style[1], "stroke-width": style[2] };
  if (kind === "barrier") { mark.appendChild(svg("path", Object.assign({ d: "M4.5 2 11.5 9M4.5 9 11.5 2" }, line))); }
  else { mark.appendChild(svg("circle", Object.assign({ cx: 8, cy: 5.5, r: style[0] }, line))); }
  return mark;
}

function legendRoads(body) {
  const kinds = Object.keys(edits);
  if (kinds.length) { body.appendChild(layerSwitch("edits", roadMark(kinds[0]), say("page.edits_layer"))); }
  if (joins.x.length) { body.appendChild(layerSwitch("joins", roadMark("join"), texts.joins)); }
}

function legendSuggestions(body) {
  const rows = suggestions();
  if (!rows.length) { return; }
  body.appendChild(layerSwitch("suggestions", pinSymbol(1, rows[0].premises, 20), say("page.tab_suggestions") + say("proposal.layer", { count: number(rows.length) })));
  [[true, "proposal.filled"], [false, "proposal.hollow"]].forEach(function (look) {
    if (rows.some(function (row) { return row.premises === look[0]; })) { body.appendChild(el("small", "beside", say(look[1]))); }
  });
}

function legendAreas(body) {
  const modes = Object.keys(areas);
  if (!modes.length) { return; }
  const notes = areaNotes();
  body.appendChild(el("h3", "", say("page.areas")));
  modes.forEach(function (mode) {
    const mark = svg("svg", { width: 18, height: 11, viewBox: "0 0 18 11", "aria-hidden": "true" });
    BAND_COLOURS.slice().reverse().forEach(function (colour, i) { mark.appendChild(svg("rect", { x: 6 * i, width: 6, height: 11, fill: colour })); });
    const line = layerSwitch("area=" + mode, mark, texts.areas[mode].name);
    line.title = notes.join("\n");
    body.appendChild(line);
  });
  [notes[0]].concat(Object.keys(ownAreas).length ? [say("page.own_hint")] : [], texts.own.left_out).forEach(function (note) { body.appendChild(el("small", note === say("page.own_hint") ? "screen" : "", note)); });
}

function legendStates(body) {
  const kind = data.types[data.types.length - 1];
  const has = function (test) { return data.sites.some(test); };
  const rows = [];
  if (has(function (site) { return site.status === "planned" || site.status === "preparing"; })) { rows.push([siteSymbol(kind, "planned", true, 13), "page.outline_only"]); }
  if (has(function (site) { return !site.counted && site.status === "open"; })) { rows.push([siteSymbol(kind, "open", false, 13), "page.pale"]); }
  if (has(function (site) { return site.status === "closed"; })) { rows.push([siteSymbol(kind, "closed", false, 13), "page.crossed"]); }
  if (rows.length) { body.appendChild(el("h3", "", say("page.marks"))); }
  rows.forEach(function (row) { body.appendChild(el("div", "row", el("span", "icon", row[0]), el("span", "", say(row[1])))); });
}

// ---------------------------------------------------------------- what if: the engine
// Pure functions over typed arrays. People are whole numbers of 1/1024 person below 2^53, so every sum is exact.

const PER_PERSON = 1024;

// How many of the open options reach each stretch: runs open and close, and their balance is summed up once.
function coverCounts(choice, reading, open) {
  const r = choice.readings[reading], change = new Int32Array(choice.n + 1);
  for (let o = 0; o < open.length; o++) {
    if (!open[o]) { continue; }
    for (let k = r.ptr[o]; k < r.ptr[o + 1]; k++) { change[r.first[k]] += 1; change[r.last[k]] -= 1; }
  }
  const count = new Int32Array(choice.n);
  for (let s = 0, sum = 0; s < choice.n; s++) { sum += change[s]; count[s] = sum; }
  return count;
}

// People of the stretches that at least one open option reaches; regions one place up, those outside all at 0.
function tallyOf(choice, count, regionCount) {
  const regions = new Float64Array(regionCount + 1), settings = new Float64Array(3), region = choice.region, setting = choice.setting;
  let covered = 0;
  for (let s = 0; s < choice.n; s++) {
    if (count[s] <= 0) { continue; }
    const units = choice.units[s];
    covered += units;
    regions[region[s] + 1] += units;
    settings[setting[s]] += units;
  }
  return { covered: covered, regions: regions, settings: settings };
}

function addStretch(choice, tally, s, way) {
  const units = way * choice.units[s];
  tally.covered += units;
  tally.regions[choice.region[s] + 1] += units;
  tally.settings[choice.setting[s]] += units;
}

// Opens or closes one option in counts and tally, walking over its own stretches only.
function toggleOption(choice, reading, option, opening, count, tally) {
  const r = choice.readings[reading], way = opening ? 1 : -1, bare = opening ? 0 : 1;
  for (let k = r.ptr[option]; k < r.ptr[option + 1]; k++) {
    for (let s = r.first[k], last = r.last[k]; s < last; s++) {
      if (count[s] === bare) { addStretch(choice, tally, s, way); }
      count[s] += way;
    }
  }
}

// For every option the people of the stretches that are reached so many times: 0 says what a closed one would add,
// 1 what only an open one reaches; null counts everybody in reach.
function peopleReached(choice, reading, count, times) {
  const before = new Float64Array(choice.n + 1), r = choice.readings[reading];
  for (let s = 0, sum = 0; s < choice.n; s++) {
    if (times === null || count[s] === times) { sum += choice.units[s]; }
    before[s + 1] = sum;
  }
  const people = new Float64Array(r.ptr.length - 1);
  for (let o = 0; o < people.length; o++) {
    let sum = 0;
    for (let k = r.ptr[o]; k < r.ptr[o + 1]; k++) { sum += before[r.last[k]] - before[r.first[k]]; }
    people[o] = sum;
  }
  return people;
}

// People of one option's own stretches that are reached so many times.
function peopleOf(choice, reading, option, count, times) {
  const r = choice.readings[reading];
  let sum = 0;
  for (let k = r.ptr[option]; k < r.ptr[option + 1]; k++) {
    for (let s = r.first[k], last = r.last[k]; s < last; s++) { if (count[s] === times) { sum += choice.units[s]; } }
  }
  return sum;
}

// People that each of some open options adds to the other open ones and those before it, when they are built in this
// order: they are taken away from the last to the first, and what only one reaches when its turn comes, it adds.
function addedInOrder(choice, reading, count, order) {
  const left = count.slice(), nothing = { covered: 0, regions: new Float64Array(0), settings: new Float64Array(0) };
  return order.slice().reverse().map(function (option) {
    const sum = peopleOf(choice, reading, option, left, 1);
    toggleOption(choice, reading, option, false, left, nothing);
    return sum;
  }).reverse();
}

// ---- as printed: the rules of the tables in Python

// Units as whole persons, halves up. Division by a power of two is exact.
function wholePersons(units) { return Math.floor(units / PER_PERSON + 0.5); }

// A share is 100% or 0% only if it is so exactly. Its digits come by long division, which stays below 2^53.
function shareText(part, base) {
  if (base === 0) { return "—"; }
  if (part === 0 || part === base) { return part ? "100%" : "0%"; }
  const permille = roundedPermille(part, base);
  if (permille === 0) { return "<0.1%"; }
  if (permille === 1000) { return ">99.9%"; }
  return Math.floor(permille / 10) + "." + permille % 10 + "%";
}

function roundedPermille(part, base) {
  let digits = 0, rest = part;
  for (let i = 0; i < 3; i++) {
    rest *= 10;
    const digit = Math.floor(rest / base);
    digits = 10 * digits + digit;
    rest -= digit * base;
  }
  return digits + (2 * rest >= base ? 1 : 0);
}

// Whole persons that add up to a total: all are rounded down, what is missing goes to the largest remainders, ties to
// the earlier one.
function largestRemainder(units, total) {
  const exact = Array.from(units, function (value) { return value / PER_PERSON; }), whole = exact.map(Math.floor);
  const missing = total - whole.reduce(function (sum, value) { return sum + value; }, 0);
  const ranked = function (sign) {
    return whole.map(function (value, i) { return i; }).sort(function (a, b) {
      return sign * ((whole[a] - exact[a]) - (whole[b] - exact[b])) || a - b;
    });
  };
  if (missing > 0) {
    const each = Math.floor(missing / whole.length), order = ranked(1);
    for (let i = 0; i < whole.length; i++) { whole[i] += each; }
    for (let i = 0; i < missing % whole.length; i++) { whole[order[i]] += 1; }
  } else if (missing < 0) {
    ranked(-1).filter(function (i) { return whole[i] > 0; }).slice(0, -missing).forEach(function (i) { whole[i] -= 1; });
  }
  return whole;
}

// Gains and losses as whole persons that add up to a total: each kind is rounded among itself.
function signedRemainder(units, total) {
  const gains = Array.from(units, function (value) { return Math.max(value, 0); });
  const losses = Array.from(units, function (value) { return Math.max(-value, 0); });
  const sum = function (values) { return values.reduce(function (all, value) { return all + value; }, 0); };
  const any = sum(losses) > 0;
  const up = any ? Math.max(wholePersons(sum(gains)), total) : total;
  const added = largestRemainder(gains, sum(gains) > 0 || !any ? up : 0);
  const lost = any ? largestRemainder(losses, (sum(gains) > 0 ? up : 0) - total) : losses;
  return added.map(function (value, i) { return value - lost[i]; });
}

// ---------------------------------------------------------------- what if: the choice a reader has made

// `choice` is what may be chosen; `what` is what was: open options, a reading, and what follows from them.
let choice = null, what = null, stretchOfCell = null;
let optionOfSite = [], optionOfCandidate = [], planOptions = [];

const NEAR_CLICK_M = 100, SAME_PLACE_M = 30, DOTS_FROM_ZOOM = 13, OTHERS_SHOWN = 10, MANY_CHANGES = 12;
const CHOICE_SCHEMA = "catchment.choice/1", CHOICE_FILE_LIMIT = 2000000;

// The seam to the packed payload: typed arrays of stretches, options and runs, or null.
function unpackChoice() {
  const packed = data.choice;
  if (!packed) { return null; }
  const stretches = packed.stretches, n = stretches.units.length, cellStart = new Int32Array(n + 1);
  for (let s = 0; s < n; s++) { cellStart[s + 1] = cellStart[s] + stretches.cells[s]; }
  return { n: n, units: Float64Array.from(stretches.units), region: Int32Array.from(stretches.region),
    setting: Uint8Array.from(stretches.setting), cellStart: cellStart, options: packed.options, readings: packed.readings.map(unpackReading) };
}

function unpackReading(packed) {
  const ptr = new Int32Array(packed.runs.length + 1), first = new Int32Array(packed.first.length), last = new Int32Array(packed.first.length);
  for (let option = 0, k = 0; option < packed.runs.length; option++) {
    ptr[option + 1] = ptr[option] + packed.runs[option];
    for (let end = 0; k < ptr[option + 1]; k++) { first[k] = end + packed.first[k]; end = last[k] = first[k] + packed.length[k]; }
  }
  return { key: packed.key, ptr: ptr, first: first, last: last };
}

function candidates() { return data.candidates || []; }

function startChoice() {
  choice = unpackChoice();
  if (!choice) { return; }
  stretchOfCell = new Int32Array(cells.n);
  for (let s = 0; s < choice.n; s++) { stretchOfCell.fill(s, choice.cellStart[s], choice.cellStart[s + 1]); }
  optionOfSite = data.sites.map(function () { return -1; });
  optionOfCandidate = candidates().map(function () { return -1; });
  choice.options.forEach(function (option, o) { (option.kind === "site" ? optionOfSite : optionOfCandidate)[option.index] = o; });
  planOptions = suggestions().map(field("option"));
  what = { reading: 0, open: planState(), extra: [], view: "now", shown: OTHERS_SHOWN, note: null };
  recount();
  // The run's own figures follow from the same runs; where they do not, nothing of this is shown.
  if (what.before.covered !== data.figures.units.covered) {
    console.error("what-if is left out: " + what.before.covered + " units covered, the run says " + data.figures.units.covered);
    choice = what = null;
    return;
  }
  restoreChoice();
}

function computedState() { return Uint8Array.from(choice.options, function (option) { return option.open ? 1 : 0; }); }

function planState() {
  const open = computedState();
  planOptions.forEach(function (option) { open[option] = 1; });
  return open;
}

function regionCount() { return data.regions.length; }

function recount() {
  const now = coverCounts(choice, what.reading, computedState());
  what.nowCount = now;
  what.before = tallyOf(choice, now, regionCount());
  what.count = coverCounts(choice, what.reading, what.open);
  what.after = tallyOf(choice, what.count, regionCount());
  what.known = {};
}

// What follows from the state and costs more than a glance is found once for each state.
function known(name, find) {
  if (!(name in what.known)) { what.known[name] = find(); }
  return what.known[name];
}

function gainOf(option) { return known("gains", function () { return peopleReached(choice, what.reading, what.count, 0); })[option]; }

function onlyOf(option) { return known("only" + option, function () { return peopleOf(choice, what.reading, option, what.count, 1); }); }

// Whoever is in reach is so whatever is open: found once for each reading.
function reachOf(option) {
  const reading = choice.readings[what.reading];
  if (!reading.reach) { reading.reach = peopleReached(choice, what.reading, what.count, null); }
  return reading.reach[option];
}

function isCandidate(option) { return choice.options[option].kind === "candidate"; }

// Candidates that are adopted, in the order to build them: the plan's own, then others as they were ticked.
function adopted() { return planOptions.filter(function (option) { return what.open[option]; }).concat(what.extra); }

function setOpen(option, opening) {
  if (Boolean(what.open[option]) === opening) { return; }
  what.open[option] = opening ? 1 : 0;
  if (isCandidate(option) && planOptions.indexOf(option) < 0) {
    what.extra = what.extra.filter(function (other) { return other !== option; }).concat(opening ? [option] : []);
  }
}

// Opens and closes options, and lets everything on the page follow.
function choose(options, opening) {
  const others = options.filter(function (option) { return Boolean(what.open[option]) !== opening(option); });
  if (!others.length) { return; }
  others.forEach(function (option) {
    if (others.length <= MANY_CHANGES) { toggleOption(choice, what.reading, option, opening(option), what.count, what.after); }
    setOpen(option, opening(option));
  });
  if (others.length > MANY_CHANGES) { recount(); }
  what.known = {};
  what.note = null;
  followChoice("plan", others.length > MANY_CHANGES || what.view !== "plan" ? null : others);
}

function readBy(key) {
  const reading = choice.readings.map(field("key")).indexOf(key);
  if (reading < 0 || reading === what.reading) { return; }
  what.reading = reading;
  recount();
  followChoice(what.view);
}

function backToPlan() {
  what.open = planState();
  what.extra = [];
  what.reading = 0;
  what.note = null;
  recount();
  followChoice(what.view);
  byId("tab-" + state.tab).focus();
}

function showView(view) { followChoice(view); }

// Which options were ticked need only be said where nothing else has changed.
function followChoice(view, ticked) {
  const turned = viewShown() !== view;
  if (what) { what.view = view; } else { state.view = view; }
  lookAgain(turned ? null : ticked);
  if (turned) { fillLegend(); }
  ground.drawAgain();
  markOptions();
  refresh();
  // Browsers let a page write its address only so often.
  window.clearTimeout(state.address);
  state.address = window.setTimeout(keepAddress, 200);
}

function isChanged() {
  const plan = known("plan", planState);
  return what.reading !== 0 || what.open.some(function (value, option) { return value !== plan[option]; });
}

// ---- what the map shows of it

const GAINED = "#5b9bd5", LOST = "#f28e1c", LOST_LINES = "#5a2d00";

function paintChange(context, view) {
  if (!state.hidden.gained) { paintCells(context, view, cells.look, LOOKS.gained, GAINED); }
  if (!state.hidden.lost) { paintCells(context, view, cells.look, LOOKS.lost, hatch(context, view, LOST, LOST_LINES, LOST)); }
}

// The people whom one option reaches.
function paintReach(context, view) {
  const option = selectedOption(), r = choice.readings[what.reading], own = new Uint8Array(cells.n);
  for (let k = r.ptr[option]; k < r.ptr[option + 1]; k++) { own.fill(1, choice.cellStart[r.first[k]], choice.cellStart[r.last[k]]); }
  paintCells(context, view, own, 1, ACCENT);
}

function selectedOption() {
  if (!choice || !selected) { return -1; }
  if (selected.kind === "suggestion") { return planOptions[selected.index]; }
  return selected.kind === "candidate" ? optionOfCandidate[selected.index] : -1;
}

// Candidates outside the plan: hollow, and only near by; filled wherever one is adopted.
function paintCandidates(context, view) {
  if (!choice) { return; }
  candidates().forEach(function (candidate, i) {
    const option = optionOfCandidate[i], taken = option >= 0 && what.open[option], chosen = isSelected("candidate", i);
    if (option < 0 || planOptions.indexOf(option) >= 0 || !taken && !chosen && view.zoom < DOTS_FROM_ZOOM) { return; }
    const place = mercator(candidate.xy[0], candidate.xy[1]), x = place[0] * view.scale - view.x, y = place[1] * view.scale - view.y;
    context.beginPath();
    context.arc(x, y, chosen ? 7 : taken ? 5.5 : 4, 0, 2 * Math.PI);
    context.fillStyle = taken ? INK : "#ffffff";
    context.fill();
    context.strokeStyle = taken ? "#ffffff" : INK;
    context.lineWidth = 1.5;
    context.stroke();
  });
}

// Markers of places that the choice leaves out are pale.
function markOptions() {
  if (!choice) { return; }
  const fade = function (marker, option) {
    const icon = marker && marker.getElement();
    if (icon && option >= 0) { icon.classList.toggle("off", what.view === "plan" && !what.open[option]); }
  };
  planOptions.forEach(function (option, i) { fade(pins[i], option); });
  siteMarkers.forEach(function (marker, i) {
    const option = optionOfSite[i];
    fade(marker, option >= 0 && choice.options[option].open ? option : -1);
    const icon = marker.getElement();
    if (icon && option >= 0) { icon.classList.toggle("opened", what.view === "plan" && what.open[option] && !choice.options[option].open); }
  });
}

function candidateNear(latlng) {
  let best = -1, least = NEAR_CLICK_M;
  candidates().forEach(function (candidate, i) {
    if (optionOfCandidate[i] < 0 || Math.abs(candidate.xy[1] - latlng.lat) > 0.002) { return; }
    const away = map.distance(latlng, [candidate.xy[1], candidate.xy[0]]);
    if (away <= least) { least = away; best = i; }
  });
  return best;
}

// Opens the card of the candidate at a place, if there is one near. Seen from afar, gaps and regions come first.
function openCandidateAt(latlng) {
  const afar = map.getZoom() < DOTS_FROM_ZOOM && (state.tab === "gaps" || state.tab === "regions");
  const index = choice && !afar ? candidateNear(latlng) : -1;
  if (index < 0) { return false; }
  const place = planOptions.indexOf(optionOfCandidate[index]);
  if (place >= 0) { select("suggestion", place, { from: "map" }); } else { select("candidate", index, { from: "map", cell: cellAt(latlng) }); }
  return true;
}

let candidateGlow = null;
function glowCandidate(index) {
  if (candidateGlow) { candidateGlow.remove(); candidateGlow = null; }
  if (index < 0) { return; }
  const place = candidates()[index].xy;
  candidateGlow = L.circleMarker([place[1], place[0]], { interactive: false, radius: 9, color: INK, weight: 2, fill: false }).addTo(map);
}

function openCandidate(index, how) {
  const candidate = candidates()[index], place = [candidate.xy[1], candidate.xy[0]];
  if (how.from === "table") {
    if (narrow()) { fold(false); }
    map.setView(place, Math.max(map.getZoom(), Math.min(fitted + 2, 15)), { animate: false });
  }
  popup(place, candidateCard(index, how.cell === undefined ? -1 : how.cell), 6);
}

function viewSwitch() {
  const box = el("div", "views");
  box.setAttribute("role", "group");
  lives.push({ node: box, fill: function () {
    empty(box).setAttribute("aria-label", say("whatif.views"));
    viewsShown().forEach(function (view) {
      const knob = button("", say(view === "compare" ? "compare.view" : "whatif.view_" + view), function () { showView(view); });
      knob.dataset.focus = "view-" + view;
      knob.setAttribute("aria-pressed", String(viewShown() === view));
      box.appendChild(knob);
    });
  } });
  return box;
}

function legendChoice(body) {
  if (!choice) { return; }
  if (what.view === "plan") {
    body.appendChild(layerSwitch("gained", el("i", "swatch gained"), say("whatif.gained")));
    body.appendChild(layerSwitch("lost", el("i", "swatch lost"), say("whatif.lost")));
  }
  if (optionOfCandidate.length > planOptions.length) { body.appendChild(layerSwitch("candidates", el("i", "candidate"), say("whatif.candidates_layer"))); }
}

// ---- what follows on the page

// Pieces of the page that are filled again whenever the choice changes.
let lives = [];

function live(tag, name, fill) {
  const node = el(tag, name);
  lives.push({ node: node, fill: function () { fill(empty(node)); } });
  fill(node);
  return node;
}

function liveText(text) { return live("span", "", function (node) { node.textContent = text(); }); }

function refresh() {
  const focus = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.focus : undefined;
  lives = lives.filter(function (piece) { return document.documentElement.contains(piece.node); });
  lives.slice().forEach(function (piece) { piece.fill(); });
  if (focus === undefined || document.activeElement.dataset.focus === focus) { return; }
  const again = Array.prototype.filter.call(document.querySelectorAll("[data-focus]"), function (node) { return node.dataset.focus === focus; })[0];
  if (again) { again.focus({ preventScroll: true }); }
}

function tick(option, name) {
  const box = el("label", "tick"), input = el("input", "");
  input.type = "checkbox";
  input.dataset.focus = "tick-" + option;
  input.setAttribute("aria-label", say(isCandidate(option) ? "whatif.tick_candidate" : "whatif.tick_site", { name: name }));
  input.addEventListener("change", function () { const opening = input.checked; choose([option], function () { return opening; }); });
  ["click", "keydown"].forEach(function (kind) { box.addEventListener(kind, function (event) { event.stopPropagation(); }); });
  box.appendChild(input);
  lives.push({ node: input, fill: function () { input.checked = Boolean(what.open[option]); } });
  input.checked = Boolean(what.open[option]);
  return box;
}

// In a card: the tick with its words, and what opening or closing would change now.
function optionPart(option, name) {
  if (!choice || option === undefined || option < 0) { return null; }
  return el("div", "option", live("div", "", function (node) {
    const open = what.open[option];
    node.appendChild(pairs([
      [say(open ? "whatif.only_now" : "whatif.gain_now"), say("page.people", { people: number(wholePersons(open ? onlyOf(option) : gainOf(option))) })],
      [say("whatif.reach_now"), number(wholePersons(reachOf(option)))]
    ]));
  }), optionTick(option, name));
}

function optionTick(option, name) {
  const box = tick(option, name);
  box.className = "tick words";
  box.appendChild(document.createTextNode(say(isCandidate(option) ? "whatif.adopt" : "whatif.open_here")));
  box.firstChild.dataset.focus = "card-" + option;
  return box;
}

function candidateCard(index, cell) {
  const row = candidates()[index], site = data.sites[row.site], place = texts.candidates.places[index], kind = texts.candidates.kinds[index];
  const about = [kind, row.street].filter(function (text) { return text && text !== place; }).join(" · ");
  return el("div", "card", el("h2", "", place), about ? el("p", "", about) : null,
    pairs([
      [say("proposal.nearest"), site ? site.name : null],
      [say("page.distance"), siteDistance(row)],
      [say("page.setting"), say("setting." + row.setting)],
      [say("page.region"), row.region || null],
      [say("whatif.people_here"), cell < 0 ? null : cellPeople(cell) + " · " + say("whatif.look_" + lookOf(cell))]
    ]), meritPart(row.merit), optionPart(optionOfCandidate[index], place));
}

function tallyOfAll() {
  if (!choice.all) { choice.all = tallyOf(choice, new Uint8Array(choice.n).fill(1), regionCount()); }
  return choice.all;
}

function gainText(persons) {
  return say(persons > 0 ? "whatif.more" : persons < 0 ? "whatif.fewer" : "whatif.same", { people: number(Math.abs(persons)) });
}

function gainPersons() { return wholePersons(what.after.covered) - wholePersons(what.before.covered); }

function signed(persons) { return (persons > 0 ? "+" : persons < 0 ? "−" : "") + number(Math.abs(persons)); }

// The line under the headline: now, with the choice, the gain; whether this is still the computed plan, and the way back.
function choiceHead() {
  const box = live("div", "proposal choice", fillChoiceHead);
  box.setAttribute("aria-live", "polite");
  return box;
}

function fillChoiceHead(box) {
  const all = tallyOfAll().covered || 1, changed = isChanged(), after = what.after.covered, both = Math.min(what.before.covered, after);
  const line = el("p", "", el("b", "", say(planOptions.length && !changed ? "whatif.if_adopted" : "whatif.if_chosen", {
    now: comparedTotal().now, then: comparedTotal().then, gain: gainText(gainPersons()) })), el("span", "quiet", countsText()));
  const bar = el("div", "bar"), covered = el("i", "covered"), rest = el("i", after < what.before.covered ? "lost" : "gain");
  covered.style.width = 100 * both / all + "%";
  rest.style.width = 100 * Math.abs(after - what.before.covered) / all + "%";
  bar.appendChild(covered);
  bar.appendChild(rest);
  bar.title = number(wholePersons(what.before.covered)) + " → " + say("page.people", { people: number(wholePersons(after)) });
  box.appendChild(line);
  box.appendChild(bar);
  if (changed) {
    const back = button("back", say("whatif.back"), backToPlan);
    back.dataset.focus = "back";
    const reading = what.reading ? say("whatif.by_reading", { reading: readingText(choice.readings[what.reading].key) }) : "";
    box.appendChild(el("p", "changed", el("span", "", say("whatif.changed") + reading), back));
  } else if (data.proposal) { box.appendChild(el("p", "proof", suggestions().length ? texts.proposal.proof : say("proposal.nothing"))); }
}

function countsText() {
  const start = computedState(), counts = { add: adopted().length, open: 0, close: 0 };
  optionOfSite.forEach(function (option) {
    if (option >= 0 && what.open[option] !== start[option]) { counts[start[option] ? "close" : "open"] += 1; }
  });
  return ["add", "open", "close"].filter(function (name) { return counts[name]; }).map(function (name) {
    return say("whatif.count_" + name, { count: number(counts[name]) });
  }).join(say("page.comma"));
}

function readingText(key) { return texts.readings && texts.readings[key] || key; }

// Reading, size of the plan, and the choice as a file.
function choiceControls() {
  const box = el("div", "choosing"), slider = planOptions.length ? planSlider() : null, reading = choice.readings.length > 1 ? readingControl() : null;
  [reading, slider, fileControls()].forEach(function (part) { if (part) { box.appendChild(part); } });
  return box;
}

function readingControl() {
  const box = el("label", "reading", el("span", "", say("whatif.reading"))), list = el("select", "");
  list.dataset.focus = "reading";
  choice.readings.forEach(function (reading) {
    const entry = el("option", "", readingText(reading.key));
    entry.value = reading.key;
    list.appendChild(entry);
  });
  list.addEventListener("change", function () { readBy(list.value); });
  box.appendChild(list);
  const fill = function () { list.value = choice.readings[what.reading].key; };
  lives.push({ node: list, fill: fill });
  fill();
  return box;
}

function planSlider() {
  const box = el("label", "size", el("span", "", say("whatif.size"))), input = el("input", ""), out = el("output", "");
  input.type = "range";
  input.min = 0;
  input.max = planOptions.length;
  input.step = 1;
  input.dataset.focus = "size";
  input.addEventListener("input", function () {
    const size = Number(input.value);
    choose(planOptions, function (option) { return planOptions.indexOf(option) < size; });
  });
  const fill = function () {
    const count = planOptions.filter(function (option) { return what.open[option]; }).length;
    input.value = count;
    out.textContent = count + " / " + planOptions.length;
    input.setAttribute("aria-valuetext", say("whatif.size_text", { count: count, all: planOptions.length }));
  };
  box.appendChild(input);
  box.appendChild(out);
  lives.push({ node: input, fill: fill });
  fill();
  return box;
}

// ---- tables

// What each row of the plan adds, only it reaches, and has in reach, as printed; those not adopted tell what they would add.
function planPersons() {
  return known("persons", function () {
    const order = adopted(), units = addedInOrder(choice, what.reading, what.count, order);
    const without = what.after.covered - units.reduce(function (sum, value) { return sum + value; }, 0);
    const only = order.map(onlyOf), inAll = only.reduce(function (sum, value) { return sum + value; }, 0);
    const added = largestRemainder(units, wholePersons(what.after.covered) - wholePersons(without)), alone = largestRemainder(only, wholePersons(inAll));
    const rows = {};
    order.forEach(function (option, i) {
      rows[option] = { added: added[i], only: Math.min(alone[i], added[i]), reach: Math.max(wholePersons(reachOf(option)), added[i]), taken: true };
    });
    return rows;
  });
}

function personsOf(option) {
  const gain = wholePersons(gainOf(option));
  return planPersons()[option] || { added: gain, only: 0, reach: Math.max(wholePersons(reachOf(option)), gain), taken: false };
}

function liveField(name) { return function (row) { return personsOf(row.option)[name]; }; }

function addedCell(row) {
  return live("span", "", function (node) {
    const own = personsOf(row.option);
    node.className = own.taken ? "" : "quiet";
    node.textContent = own.taken ? number(own.added) : signed(own.added);
  });
}

function onlyCell(row) {
  return live("span", "fit", function (node) {
    const own = personsOf(row.option);
    node.appendChild(document.createTextNode(own.taken ? number(own.only) : "—"));
    node.appendChild(ofReach(own.reach, own.taken ? own.reach - own.only : -1));
  });
}

function planSum() {
  const rows = planPersons();
  return planOptions.reduce(function (sum, option) { return sum + (rows[option] ? rows[option].added : 0); }, 0);
}

// Candidates outside the plan: those adopted, then the others by tier, of each by the people they would add now.
function fillOthers(box) {
  const others = optionOfCandidate.map(function (option, index) { return { option: option, index: index }; }).filter(function (row) {
    return row.option >= 0 && planOptions.indexOf(row.option) < 0;
  });
  if (!others.length) { return; }
  box.appendChild(el("h2", "", say("whatif.others")));
  box.appendChild(live("div", "", function (node) {
    const tierRank = function (row) { return TIERS.indexOf(tierOf(candidates()[row.index])); };
    const rank = function (row) { return what.open[row.option] ? Infinity : gainOf(row.option); };
    const rows = others.slice().sort(function (a, b) {
      const x = rank(a), y = rank(b), tier = x === Infinity || y === Infinity ? 0 : tierRank(a) - tierRank(b);
      return tier || (x === y ? a.index - b.index : y > x ? 1 : -1);
    }).slice(0, Math.max(what.shown, what.extra.length)).map(function (row) { return Object.assign({}, candidates()[row.index], row); });
    node.appendChild(othersTable(rows)).classList.add("places");
    if (others.length <= rows.length) { return; }
    const more = button("more", say("whatif.show_more", { count: number(others.length - rows.length) }), function () { what.shown += 5 * OTHERS_SHOWN; refresh(); });
    more.dataset.focus = "more";
    node.appendChild(more);
  }));
}

function othersTable(rows) {
  return table("candidates", [
    column("name", say("proposal.place"), field("index"), candidatePlace),
    column("added", say("proposal.added"), field("option"), addedCell),
    column("only", say("page.unique"), field("option"), onlyCell),
    column("far", say("proposal.nearest"), field("cost_m"), function (row) {
      const site = data.sites[row.site];
      return el("span", "", row.cost_m < 0 ? "—" : distance(row.cost_m), el("small", "", site ? site.name : ""));
    })
  ], rows, "candidate", true);
}

function candidatePlace(row) {
  const place = texts.candidates.places[row.index], about = whatItIs(row, texts.candidates.kinds[row.index]);
  return el("span", "name", tick(row.option, place), el("span", "", place,
    el("small", "", about.filter(function (text) { return text && text !== place; }).join(" · "))));
}

// Now, with the choice, and the gain: of regions, of counties as the sums of theirs, of settings.
function regionPersons() {
  return known("regions", function () {
    const units = data.regions.map(function (region, i) { return what.after.regions[i + 1] - what.before.regions[i + 1]; });
    return signedRemainder(units, data.regions.length ? gainPersons() : 0);
  });
}

function comparedRegion(i) { return compared(what.before.regions[i + 1], what.after.regions[i + 1], tallyOfAll().regions[i + 1], regionPersons()[i]); }

function comparedCounty(name) {
  const sums = [0, 0, 0, 0];
  data.regions.forEach(function (region, i) {
    if (region.parent !== name) { return; }
    [what.before.regions[i + 1], what.after.regions[i + 1], tallyOfAll().regions[i + 1], regionPersons()[i]].forEach(function (value, k) { sums[k] += value; });
  });
  return compared(sums[0], sums[1], sums[2], sums[3]);
}

function comparedTotal() { return compared(what.before.covered, what.after.covered, tallyOfAll().covered, gainPersons()); }

function compared(before, after, all, gain) { return { now: shareText(before, all), then: shareText(after, all), fraction: all ? after / all : 0, gain: gain }; }

function comparedRow(row) {
  return row.index === undefined ? comparedCounty(row.name) : comparedRegion(row.index);
}

function readingNote(node) {
  node.textContent = what.reading ? say("whatif.reading_note", { reading: readingText(choice.readings[what.reading].key) }) : "";
}

function comparedColumns() {
  if (!choice) { return []; }
  return [column("then", say("whatif.then"), function (row) { return comparedRow(row).fraction; }, function (row) {
    return comparedCell(function () { return comparedRow(row); });
  })];
}

function comparedCell(find) {
  return live("span", "", function (node) {
    const row = find();
    node.appendChild(document.createTextNode(row.then));
    node.appendChild(el("small", "", signed(row.gain)));
  });
}

function comparedSetting(i) {
  const gains = known("settings", function () {
    return signedRemainder(what.after.settings.map(function (value, k) { return value - what.before.settings[k]; }), gainPersons());
  });
  return compared(what.before.settings[i], what.after.settings[i], tallyOfAll().settings[i], gains[i]);
}

function settingColumns() {
  if (!choice) { return []; }
  const find = function (row) { return comparedSetting(cells.settings.indexOf(row.setting)); };
  return [column("then", say("whatif.then"), function (row) { return find(row).fraction; }, function (row) { return comparedCell(function () { return find(row); }); })];
}

function fillCompared(box) {
  box.appendChild(live("div", "", function (node) {
    const settings = cells.settings.map(function (setting, i) {
      return Object.assign({ name: say("setting." + setting) }, comparedSetting(i));
    }).filter(function (row, i) { return tallyOfAll().settings[i]; });
    node.appendChild(el("h2", "", say("page.by_setting")));
    node.appendChild(comparedTable("compared_settings", say("page.setting"), settings));
    const groups = data.counties.length ? data.counties.map(function (county) { return Object.assign({ name: county.name || say("page.no_parent") }, comparedCounty(county.name)); })
      : data.regions.map(function (region, i) { return Object.assign({ name: region.name }, comparedRegion(i)); });
    const rows = groups.filter(field("gain")).sort(function (a, b) { return Math.abs(b.gain) - Math.abs(a.gain); });
    if (!rows.length) { return; }
    node.appendChild(el("h2", "", say("proposal.by_region")));
    node.appendChild(comparedTable("compared_regions", say("page.region"), rows));
  }));
}

function comparedTable(name, head, rows) {
  const total = Object.assign({ name: say("page.total"), look: "total" }, comparedTotal());
  return table(name, [
    column("name", head, field("name"), field("name")),
    column("now", say("proposal.now"), field("now"), field("now")),
    column("then", say("whatif.with_choice"), field("then"), field("then")),
    column("gain", say("whatif.gain"), field("gain"), function (row) { return signed(row.gain); })
  ], rows.concat([total]));
}

// ---- the choice as a file, and in the address

function savedChoice() {
  const start = computedState(), saved = { schema: CHOICE_SCHEMA, run: texts.name, date: texts.date, data: data.choice.data,
    reading: choice.readings[what.reading].key, close: [], open: [], add: [], people_units: tallyOfAll().covered, covered_units: what.after.covered };
  optionOfSite.forEach(function (option, i) {
    if (option >= 0 && what.open[option] !== start[option]) { (start[option] ? saved.close : saved.open).push(data.sites[i].id); }
  });
  saved.add = adopted().map(function (option) {
    const index = choice.options[option].index, candidate = candidates()[index];
    return { candidate: candidate.id, name: texts.candidates.places[index], lon: candidate.xy[0], lat: candidate.xy[1] };
  });
  return saved;
}

function saveChoice() {
  const text = JSON.stringify(savedChoice(), null, 1) + "\n", link = el("a", "");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = say("whatif.file_name", { name: texts.name }).replace(/[\\/:*?"<>|\u0000-\u001f]/g, "_") + ".json";
  document.body.appendChild(link);
  link.click();
  link.remove();
  window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
}

function fileControls() {
  const input = el("input", ""), box = el("div", "files", button("", say("whatif.save"), saveChoice));
  input.type = "file";
  input.accept = ".json,application/json";
  input.hidden = true;
  input.addEventListener("change", function () {
    if (input.files.length) { readChoiceFile(input.files[0]); }
    input.value = "";
  });
  box.appendChild(button("", say("whatif.load"), function () { input.click(); }));
  box.appendChild(input);
  const note = live("p", "quiet", function (node) { node.textContent = what.note ? what.note.map(function (part) { return say(part[0], part[1]); }).join(" ") : ""; });
  note.setAttribute("role", "status");
  box.appendChild(note);
  return box;
}

function listenToChoices() {
  if (!choice) { return; }
  window.addEventListener("hashchange", function () {
    const tab = addressParts().tab;
    Object.assign(what, { open: planState(), extra: [], reading: 0, note: null });
    restoreChoice();
    restoreView();
    if (TABS.indexOf(tab) >= 0 && hasTab(tab)) { showTab(tab); }
    followChoice(what.view);
  });
  document.addEventListener("dragover", function (event) { event.preventDefault(); });
  document.addEventListener("drop", function (event) {
    event.preventDefault();
    if (event.dataTransfer.files.length) { readChoiceFile(event.dataTransfer.files[0]); }
  });
}

function readChoiceFile(file) {
  const reader = new FileReader();
  reader.addEventListener("load", function () { loadChoice(String(reader.result)); });
  reader.addEventListener("error", function () { tellOfFile([["whatif.unreadable"]]); });
  if (file.size > CHOICE_FILE_LIMIT) { tellOfFile([["whatif.unreadable"]]); } else { reader.readAsText(file, "utf-8"); }
}

function tellOfFile(note) {
  what.note = note;
  showTab("suggestions");
  refresh();
}

// A file of these data names candidates by number; one of other data can only name places.
function loadChoice(text) {
  const saved = parsedChoice(text);
  if (!saved) { tellOfFile([["whatif.unreadable"]]); return; }
  const same = saved.data === data.choice.data, missing = [], reading = choice.readings.map(field("key")).indexOf(saved.reading);
  what.open = computedState();
  what.extra = [];
  [["close", false], ["open", true]].forEach(function (part) {
    saved[part[0]].forEach(function (id) {
      const option = optionOfSite[data.sites.map(field("id")).indexOf(id)];
      if (option >= 0) { setOpen(option, part[1]); } else { missing.push(id); }
    });
  });
  saved.add.forEach(function (entry) {
    const index = same ? candidates().map(field("id")).indexOf(entry.candidate) : candidateAt(entry);
    if (optionOfCandidate[index] >= 0) { setOpen(optionOfCandidate[index], true); } else { missing.push(entry.name || entry.candidate); }
  });
  if (reading >= 0) { what.reading = reading; }
  recount();
  what.note = [["whatif.loaded", { count: number(saved.close.length + saved.open.length + saved.add.length - missing.length) }]];
  if (!same) { what.note.push(["whatif.other_data"]); }
  if (missing.length) { what.note.push(["whatif.missing", { count: number(missing.length), names: missing.slice(0, 5).join(say("page.comma")) }]); }
  if (reading < 0) { what.note.push(["whatif.other_reading"]); }
  if (same && !missing.length && reading >= 0 && saved.covered_units !== what.after.covered) { what.note.push(["whatif.other_count"]); }
  showTab("suggestions");
  followChoice("plan");
}

function parsedChoice(text) {
  let saved = null;
  try { saved = JSON.parse(text); } catch (error) { return null; }
  const all = function (list, test) { return Array.isArray(list) && list.every(test); };
  const isText = function (value) { return typeof value === "string"; };
  const isPlace = function (entry) { return entry && typeof entry === "object" && Number.isFinite(entry.lon) && Number.isFinite(entry.lat); };
  const whole = saved && saved.schema === CHOICE_SCHEMA && all(saved.close, isText) && all(saved.open, isText) && all(saved.add, isPlace);
  return whole ? saved : null;
}

function candidateAt(entry) {
  let best = -1, least = SAME_PLACE_M;
  candidates().forEach(function (candidate, i) {
    const away = map.distance([entry.lat, entry.lon], [candidate.xy[1], candidate.xy[0]]);
    if (away <= least) { least = away; best = i; }
  });
  return best;
}

// The tab, and what differs from the plan: options by number, which hold for these data only.
function address() {
  const parts = ["#" + state.tab];
  if (viewShown() !== firstView()) { parts.push("v=" + viewShown()); }
  if (choice) {
    const plan = known("plan", planState), extra = what.extra, flipped = [];
    what.open.forEach(function (value, option) { if (value !== plan[option] && extra.indexOf(option) < 0) { flipped.push(option); } });
    if (what.reading) { parts.push("r=" + choice.readings[what.reading].key); }
    if (flipped.length + extra.length) { parts.push("x=" + flipped.concat(extra).join("."), "d=" + data.choice.data.slice(0, 8)); }
  }
  return parts.join("&");
}

function keepAddress() {
  // A frame of a notebook has no address of its own to keep the state in.
  try { window.history.replaceState(null, "", address()); } catch (error) { void error; }
}

function addressParts() {
  const parts = {};
  window.location.hash.slice(1).split("&").forEach(function (part, i) {
    const at = part.indexOf("=");
    if (i === 0) { parts.tab = part; } else if (at > 0) { parts[part.slice(0, at)] = part.slice(at + 1); }
  });
  return parts;
}

function restoreChoice() {
  const parts = addressParts(), reading = choice.readings.map(field("key")).indexOf(parts.r);
  if (reading >= 0) { what.reading = reading; }
  if (parts.x && parts.d !== data.choice.data.slice(0, 8)) { what.note = [["whatif.other_address"]]; }
  else if (parts.x) {
    parts.x.split(".").map(Number).forEach(function (option) { if (choice.options[option]) { setOpen(option, !what.open[option]); } });
  }
  recount();
}

// For other programs and for tests: people covered by any options under any reading, and the choice as it is saved.
function listenToOthers() {
  if (!choice) { return; }
  window.catchment = {
    evaluate: function (openOptions, key) {
      const open = new Uint8Array(choice.options.length), reading = choice.readings.map(field("key")).indexOf(key);
      openOptions.forEach(function (option) { open[option] = 1; });
      const tally = tallyOf(choice, coverCounts(choice, reading, open), regionCount());
      return { covered: tally.covered, regions: Array.from(tally.regions).slice(1), settings: Array.from(tally.settings) };
    },
    choice: savedChoice
  };
}

// ---------------------------------------------------------------- two runs compared: who gains, who loses

const CHANGES = ["both", "gained", "lost", "neither"], NEITHER = 3;
// Who is covered neither before nor after is grey here: the colours of the gap would be taken for losses.
const NEITHER_COLOUR = "#b9bec3", OPENED_COLOUR = "#1f5fa8", CLOSED_COLOUR = "#9c4a00";

// What the map shows: the run, what has been chosen, or what changes against the run before.
function viewsShown() { return ["now"].concat(choice ? ["plan"] : [], data.compare ? ["compare"] : []); }

function firstView() { return data.compare ? "compare" : "now"; }

function viewShown() { return what ? what.view : state.view || "now"; }

function restoreView() {
  const asked = addressParts().v, view = viewsShown().indexOf(asked) >= 0 ? asked : firstView();
  if (what) { what.view = view; } else { state.view = view; }
}

function lookByComparison(look, uncovered) {
  const change = data.compare.state, looks = [LOOKS.covered, LOOKS.gained, LOOKS.lost];
  for (let i = 0; i < cells.n; i++) { cells.seen[look[i] = change[i] < NEITHER ? looks[change[i]] : uncovered[cells.cause[i]]] = 1; }
}

function changeText(i) { return say("compare.look_" + CHANGES[data.compare.state[i]]); }

// ---- sites that differ, on the map

function placeOf(site) { return site.after || site.before; }

function happened(site, change) { return site.changes.indexOf(change) >= 0; }

// A ring where a site is opened, a cross where one is closed, a dashed line from where a moved one stood.
function paintSiteChanges(context, view) {
  const at = function (xy) {
    const place = mercator(xy[0], xy[1]);
    return [place[0] * view.scale - view.x, place[1] * view.scale - view.y];
  };
  data.compare.sites.forEach(function (site) {
    const place = at(placeOf(site));
    if (happened(site, "moved")) { paintMove(context, at(site.before), place); }
    if (happened(site, "opened")) { strokeTwice(context, OPENED_COLOUR, function () { context.arc(place[0], place[1], 12, 0, 2 * Math.PI); }); }
    if (happened(site, "closed")) {
      strokeTwice(context, CLOSED_COLOUR, function () {
        [[-7, -7, 7, 7], [-7, 7, 7, -7]].forEach(function (line) { context.moveTo(place[0] + line[0], place[1] + line[1]); context.lineTo(place[0] + line[2], place[1] + line[3]); });
      });
    }
  });
}

function paintMove(context, from, to) {
  context.setLineDash([5, 3]);
  strokeTwice(context, INK, function () { context.moveTo(from[0], from[1]); context.lineTo(to[0], to[1]); });
  context.setLineDash([]);
}

// On a white one a little wider, so that it shows on any ground.
function strokeTwice(context, colour, trace) {
  [["#ffffff", 6], [colour, 2.6]].forEach(function (look) {
    context.beginPath();
    trace();
    context.strokeStyle = look[0];
    context.lineWidth = look[1];
    context.stroke();
  });
}

function changeMark(change) {
  const mark = svg("svg", { width: 16, height: 16, viewBox: "-8 -8 16 16", "aria-hidden": "true" }), line = { fill: "none", "stroke-width": 2.2 };
  const shape = { opened: ["circle", { r: 6, stroke: OPENED_COLOUR }], closed: ["path", { d: "M-5-5 5 5M-5 5 5-5", stroke: CLOSED_COLOUR }],
    moved: ["path", { d: "M-7 4 7-4", stroke: INK, "stroke-dasharray": "4 2" }] }[change];
  if (shape) { mark.appendChild(svg(shape[0], Object.assign(shape[1], line))); }
  return mark;
}

const MARKED_CHANGES = ["opened", "closed", "moved"];

function legendChanges(body) {
  if (viewShown() !== "compare") { return; }
  body.appendChild(layerSwitch("gained", el("i", "swatch gained"), say("compare.gained_layer")));
  body.appendChild(layerSwitch("lost", el("i", "swatch lost"), say("compare.lost_layer")));
  body.appendChild(layerSwitch("gap", el("i", "swatch neither"), say("compare.look_neither")));
  const kinds = MARKED_CHANGES.filter(function (kind) { return data.compare.sites.some(function (site) { return happened(site, kind); }); });
  if (!kinds.length) { return; }
  body.appendChild(layerSwitch("changed", changeMark(kinds[0]), say("compare.sites_layer"), data.compare.sites.length));
  body.appendChild(el("small", "beside", kinds.map(function (kind) { return say("compare.mark_" + kind); }).join(say("page.comma"))));
}

let changeGlow = null;
function glowChange(index) {
  if (changeGlow) { changeGlow.remove(); changeGlow = null; }
  if (index < 0) { return; }
  const place = placeOf(data.compare.sites[index]);
  changeGlow = L.circleMarker([place[1], place[0]], { interactive: false, radius: 17, color: INK, weight: 2, fill: false }).addTo(map);
}

function openChange(index, how) {
  const site = data.compare.sites[index], xy = placeOf(site), place = [xy[1], xy[0]];
  if (how.from === "table") {
    if (narrow()) { fold(false); }
    map.setView(place, Math.max(map.getZoom(), Math.min(fitted + 2, 15)), { animate: false });
  }
  popup(place, changeCard(site), 12);
}

function changeCard(site) {
  const now = data.sites[site.site];
  return el("div", "card", el("h2", "", site.name), el("p", "", changeNames(site)), pairs([
    [say("compare.before"), site.before ? typeAndStatus(site, 0) : null],
    [say("compare.after"), site.after ? typeAndStatus(site, 1) : null],
    [say("page.reach"), now && now.counted ? number(now.reach) : null],
    [say("page.unique"), now && now.counted ? number(now.unique) : null]
  ]));
}

function typeAndStatus(site, side) { return texts.types[site.types[side]] + " · " + say("status." + site.statuses[side]); }

function changeNames(site) {
  return site.changes.map(function (change) { return say("compare.site_" + change, { distance: distance(site.moved_m) }); }).join(say("page.comma"));
}

// ---- the line under the headline, and the tab

function changeHead() {
  const total = data.compare.total, both = Math.min(total.fraction_before, total.fraction_after);
  const way = total.net > 0 ? "more" : total.net < 0 ? "fewer" : "same";
  const bar = decoration(el("div", "bar")), covered = el("i", "covered"), rest = el("i", total.net < 0 ? "lost" : "gain");
  covered.style.width = 100 * both + "%";
  rest.style.width = 100 * Math.abs(total.fraction_after - total.fraction_before) + "%";
  bar.appendChild(covered);
  bar.appendChild(rest);
  return el("div", "proposal changes",
    el("p", "", el("b", "", say("compare.headline", { before: total.share_before, after: total.share_after, net: say("compare.net_" + way, { people: number(Math.abs(total.net)) }) })),
      el("span", "quiet", say("compare.balance", { gained: number(total.gained), lost: number(total.lost) }))), bar);
}

function fillChanges(box) {
  const found = data.compare, own = texts.compare, total = Object.assign({ look: "total" }, found.total);
  box.appendChild(el("p", "", say("compare.differs") + say("page.colon"), el("strong", "", own.differs.join(say("page.comma")) || say("compare.nothing_differs"))));
  box.appendChild(el("h2", "", say("page.by_setting")));
  box.appendChild(table("changed_settings", changeColumns(say("page.setting"), function (row) { return row.look ? say("page.total") : say("setting." + row.setting); }),
    found.settings.concat([total])));
  fillChangedRegions(box, total);
  fillChangedSites(box);
  box.appendChild(el("h2", "", say("compare.runs")));
  box.appendChild(comparedRuns(own));
  box.appendChild(el("div", "notes", el("h2", "", say("page.notes")), el("p", "", say("compare.note")), el("p", "", own.resettled)));
  box.querySelectorAll("table").forEach(function (node) { node.classList.add("changes"); });
}

// What the two are called, and by which standard each judged where that differs.
function comparedRuns(own) {
  const same = own.standards[0] === own.standards[1], list = el("dl", "runs");
  ["compare.before", "compare.after"].forEach(function (word, i) {
    list.appendChild(el("dt", "", say(word)));
    list.appendChild(el("dd", "", own.titles[i], same ? null : el("small", "", own.standards[i])));
  });
  return list;
}

function changeColumns(head, name) {
  const side = function (people, share) {
    return function (row) { return el("span", "", el("span", "persons", number(row[people])), el("small", "", row[share])); };
  };
  return [
    column("name", head, name, name),
    column("before", say("compare.before"), field("before"), side("before", "share_before")),
    column("after", say("compare.after"), field("after"), side("after", "share_after")),
    column("gained", say("compare.gained"), field("gained"), function (row) { return signed(row.gained); }),
    column("lost", say("compare.lost"), field("lost"), function (row) { return signed(-row.lost); }),
    column("net", say("compare.net"), field("net"), function (row) { return signed(row.net); })
  ];
}

function fillChangedRegions(box, total) {
  if (!data.regions.length) { return; }
  if (!state.sort.changed_regions) { state.sort.changed_regions = { key: "net", up: false }; }
  const columns = changeColumns(say("page.region"), field("name"));
  const rows = data.compare.regions.map(function (row, index) { return Object.assign({ index: index, name: data.regions[index].name }, row); });
  const counties = data.compare.counties.map(function (row, i) { return Object.assign({ name: data.counties[i].name }, row); });
  box.appendChild(el("h2", "", say("compare.by_region")));
  const node = table("changed_regions", columns, rows, "region"), body = node.querySelector("tbody");
  box.appendChild(node);
  groupByCounty("changed_regions", columns, counties, body);
  const line = tableRow(columns, Object.assign({ name: say("page.total") }, total));
  body.appendChild(line);
}

function fillChangedSites(box) {
  const rows = data.compare.sites.map(function (site, index) { return Object.assign({ index: index }, site); });
  box.appendChild(el("h2", "", say("compare.sites")));
  if (!rows.length) { box.appendChild(el("p", "quiet", say("compare.no_sites"))); return; }
  box.appendChild(table("changed_sites", [
    column("name", say("page.site"), field("name"), function (site) {
      return el("span", "name", changeMark(site.changes[0]), el("span", "", site.name, el("small", "", changedKinds(site))));
    }),
    column("change", say("compare.change"), changeNames, changeNames)
  ], rows, "change", true));
}

function changedKinds(site) {
  const sides = [site.before && typeAndStatus(site, 0), site.after && typeAndStatus(site, 1)].filter(Boolean);
  return sides.filter(function (text, i) { return sides.indexOf(text) === i; }).join(" → ");
}

// ---------------------------------------------------------------- print: the sheet with the map, then the tables

const NORTH_ROOM = 58; // pixels

// On paper the map has another size: it shows the whole, or the part that the reader has chosen, and goes back afterwards.
function listenToPrint() {
  let before = null;
  window.addEventListener("beforeprint", putTablesOnPaper);
  window.addEventListener("afterprint", function () {
    [byId("facts"), byId("paper")].forEach(function (node) { node.parentNode.removeChild(node); });
  });
  window.matchMedia("print").addListener(function (paper) {
    if (paper.matches === Boolean(before)) { return; }
    if (paper.matches) {
      before = { center: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds(), legend: legendBox.open, snap: map.options.zoomSnap };
      const whole = Math.abs(before.zoom - fitted) < 0.01 && before.center.distanceTo(fittedAt) < 1;
      legendBox.open = true;
      map.options.zoomSnap = 0;
      map.invalidateSize({ animate: false, pan: false });
      // The legend stands below the arrow to the north, at the size at which all of it does.
      legendBox.style.zoom = Math.min(1, (map.getSize().y - NORTH_ROOM) / legendBox.offsetHeight);
      const b = data.bounds, shown = whole ? L.latLngBounds([[b[1], b[0]], [b[3], b[2]]]) : before.bounds;
      map.fitBounds(shown, { paddingTopLeft: [8, 8], paddingBottomRight: [legendBox.getBoundingClientRect().width + 16, 8], animate: false });
    } else {
      legendBox.open = before.legend;
      legendBox.style.zoom = "";
      map.options.zoomSnap = before.snap;
      map.invalidateSize({ animate: false, pan: false });
      map.setView(before.center, before.zoom, { animate: false });
      before = null;
    }
    ground.draw();
  });
}

// The overview beside the map, whatever tab is open; the long tables, notes and sources stand on sheets of their own,
// after the body, which is one sheet.
function putTablesOnPaper() {
  const facts = el("div", ""), sheets = el("section", "");
  facts.id = "facts";
  sheets.id = "paper";
  fillOverview(facts);
  const notes = facts.querySelector(".notes");
  facts.removeChild(notes);
  facts.querySelector(".counts").previousSibling.remove();
  facts.querySelector(".counts").remove();
  // A heading and what it is the heading of stay together.
  facts.querySelectorAll("h2").forEach(function (head) { facts.appendChild(el("div", "", head, facts.querySelector("h2 + table"))); });
  byId("panel").appendChild(facts);
  sheets.appendChild(el("p", "running", el("b", "", texts.title), " ", texts.standard, el("br", ""), el("b", "", texts.review)));
  if (data.synthetic) { sheets.appendChild(el("p", "running", say("page.synthetic"))); }
  [["compare", fillChanges], ["suggestions", fillSuggestions], ["regions", fillRegions], ["sources", fillSources]].forEach(function (part) {
    if (!hasTab(part[0])) { return; }
    const box = el("div", part[0], el("h2", "", say("page.tab_" + part[0])));
    part[1](box);
    sheets.appendChild(box);
  });
  const box = sheets.lastChild, doubled = box.querySelector(".notes");
  box.replaceChild(notes, doubled);
  // Chromium repeats a table's head on each sheet, but not the buttons in it.
  sheets.querySelectorAll("thead button").forEach(function (knob) { knob.parentNode.textContent = knob.textContent; });
  document.documentElement.appendChild(sheets);
}

// ---------------------------------------------------------------- start

let streets = {}, water = {}, joins = {}, edits = {}, areas = {}, ownAreas = {}, outlines = [], siteShapes = {}, fitted = null, fittedAt = null;

function speak(language) {
  state.language = language;
  words = data.words[language];
  texts = data.texts[language];
  fillHead();
  fillHeadline();
  fillSearch();
  fillTabs();
  fillSheet();
  fillLegend();
  fillFoot();
  byId("grip").setAttribute("aria-label", say("page.unfold"));
  nameControls();
  map.closePopup();
  readout(null);
  refresh();
}

// ---------------------------------------------------------------- for everyone: names, the Escape key, a calm map

function nameControls() {
  const box = map.getContainer();
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", say("page.map_keys"));
  [["in", "page.zoom_in"], ["out", "page.zoom_out"]].forEach(function (way) {
    const knob = box.querySelector(".leaflet-control-zoom-" + way[0]);
    knob.title = say(way[1]);
    knob.setAttribute("aria-label", say(way[1]));
  });
}

// A card is read out as it opens, and Escape closes it from anywhere.
function listenToKeys() {
  const cards = map.getPane("popupPane");
  cards.setAttribute("aria-live", "polite");
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape" || event.defaultPrevented) { return; }
    const row = selected && cards.contains(document.activeElement) ? rowOf(selected.kind, selected.index) : null;
    map.closePopup();
    if (row) { row.focus(); }
  });
}

// Whoever asked the system for less motion gets none: the style sheet stops what is animated there, this the rest.
function calmMap() {
  if (!window.matchMedia("(prefers-reduced-motion: reduce)").matches) { return; }
  const pan = map.panBy;
  map.options.inertia = false;
  map.panBy = function (offset, options) { return pan.call(map, offset, Object.assign({}, options, { animate: false })); };
}

function fold(open) {
  byId("panel").dataset.sheet = open ? "open" : "peek";
  byId("grip").setAttribute("aria-expanded", String(open));
  if (!open && narrow() && byId("panel").contains(document.activeElement)) { byId("grip").focus({ preventScroll: true }); }
}

function unpackOutlines() {
  outlines = data.regions.map(function (region) {
    const lines = unpackLines(region.rings), extent = [Infinity, -Infinity, Infinity, -Infinity];
    for (let line = 0; line < lines.length; line++) {
      extent[0] = Math.min(extent[0], lines.box[4 * line]); extent[1] = Math.max(extent[1], lines.box[4 * line + 1]);
      extent[2] = Math.min(extent[2], lines.box[4 * line + 2]); extent[3] = Math.max(extent[3], lines.box[4 * line + 3]);
    }
    // Without an outline a region is known by its box alone.
    if (!lines.length) {
      const least = mercator(region.box[0], region.box[3]), most = mercator(region.box[2], region.box[1]);
      extent.splice(0, 4, least[0], most[0], least[1], most[1]);
    }
    lines.extent = extent;
    lines.bounds = L.latLngBounds(latLngAt(extent[0], extent[2]), latLngAt(extent[1], extent[3]));
    return lines;
  });
}

// What the legend, or the panel of a telephone, covers of the map.
function roomBeside() {
  return [20 + (map.getSize().x > 760 ? legendBox.offsetWidth : 36), 20 + (narrow() ? byId("panel").offsetHeight : 0)];
}

function fitAll() {
  const b = data.bounds;
  map.fitBounds([[b[1], b[0]], [b[3], b[2]]], { paddingTopLeft: [20, 20], paddingBottomRight: roomBeside(), animate: false, maxZoom: 16 });
  fitted = map.getZoom();
  fittedAt = map.getCenter();
}

function start() {
  map = window[document.querySelector(".folium-map").id];
  map.options.zoomSnap = 0.25;
  map.options.minZoom = 3;
  map.setMaxZoom(19);
  if (data.base && data.base.datum === "gcj02") { shiftMap(); }
  calmMap();
  state.language = data.language;
  const asked = addressParts().tab;
  words = data.words[data.language];
  texts = data.texts[data.language];
  cells = unpackCells(data.cells);
  startChoice();
  restoreView();
  lookAgain();
  if (TABS.indexOf(asked) >= 0 && hasTab(asked)) { state.tab = asked; }
  Object.keys(data.streets.ranks).forEach(function (rank) { streets[rank] = unpackLines(data.streets.ranks[rank]); });
  Object.keys(data.water).forEach(function (kind) { water[kind] = unpackLines(data.water[kind]); });
  joins = unpackMarks(data.joins);
  Object.keys(data.edits).forEach(function (kind) { edits[kind] = unpackMarks(data.edits[kind]); });
  ["walk", "road"].forEach(function (mode) { if (data.areas[mode]) { areas[mode] = data.areas[mode].map(unpackLines); } });
  unpackOutlines();
  unpackOwnAreas();
  siteShapes = shapesOfTypes();
  state.hidden.doubt = isPublic();
  state.hidden.gaps = suggestions().length > 0 && state.tab !== "gaps";
  // Pins of what might be built would stand on what has changed.
  state.hidden.suggestions = data.compare !== null;
  addControls();
  speak(data.language);
  fold(false);
  byId("grip").addEventListener("click", function () { fold(byId("panel").dataset.sheet !== "open"); });
  map.invalidateSize({ animate: false, pan: false });
  fitAll();
  ground = new Ground().addTo(map);
  addSites();
  addPins();
  listenToMap();
  listenToPrint();
  listenToKeys();
  markOptions();
  refresh();
  listenToChoices();
  listenToOthers();
  document.addEventListener("mousedown", function (event) { if (!byId("search").contains(event.target)) { empty(byId("found")); } });
  document.documentElement.dataset.ready = "1";
}

// The stream of columns, by the browser's own inflate where it has one.
function unfold(bytes) {
  let stream = null;
  try { stream = new DecompressionStream("deflate-raw"); } catch (error) { return Promise.resolve(window.catchmentInflate(bytes)); }
  return new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer().then(function (buffer) { return new Uint8Array(buffer); });
}

function load() {
  const tree = JSON.parse(byId("catchment-data").textContent);
  unfold(window.catchmentBytes(byId("catchment-columns"))).then(function (bytes) {
    data = unpackColumns(tree, bytes);
    start();
  });
}

document.addEventListener("DOMContentLoaded", load);
})();
