// The page: reads the payload, draws the map, fills the panel. Every text enters by textContent.
(function () {
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const ACCENT = "#1f4e79", INK = "#20262b";
const SHOWN_FINDINGS = 400;
const NUMBERED_GAPS = 20, FOUND = 8;
// Widest first: each narrower band is laid on the one before.
const OWN_COLOUR = "#3f8f87";
const BAND_COLOURS = ["#e0efed", "#cbe4e1", "#b0d5d1"];

let data, map, words, texts, cells, ground, selected = null;
const state = { language: "zh", tab: "overview", hidden: { "area=road": true, joins: true }, sort: {}, find: "", unfolded: {} };
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

function mercatorX(lon) { return lon / 360 + 0.5; }

function mercatorY(lat) {
  const sine = Math.sin(Math.max(Math.min(lat, 85.05), -85.05) * Math.PI / 180);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

// Lines in mercator units, with the box of each for culling.
function unpackLines(packed) {
  const count = packed.count, total = packed.x.length;
  const x = new Float64Array(total), y = new Float64Array(total);
  for (let i = 0; i < total; i++) { x[i] = mercatorX(packed.x[i] / 1e5); y[i] = mercatorY(packed.y[i] / 1e5); }
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
  for (let i = 0; i < x.length; i++) { x[i] = mercatorX(packed.x[i] / 1e5); y[i] = mercatorY(packed.y[i] / 1e5); }
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
    if (lattice) {
      west[i] = mercatorX(lattice[0] + columns[i] * lattice[2]); east[i] = mercatorX(lattice[0] + (columns[i] + 1) * lattice[2]);
    } else {
      west[i] = east[i] = mercatorX(columns[i] / 1e6); north[i] = south[i] = mercatorY(rows[i] / 1e6);
    }
    cause[i] = packed.state[i] / 3; setting[i] = packed.state[i] % 3;
    shade[i] = shadeOf(units[i] / data.figures.units.per_person);
  }
  if (lattice) { placeRows(lattice, rows, north, south); }
  const doubtful = packed.causes.map(function (name) { return ["no_road", "cut_off", "edge_of_data"].indexOf(name) >= 0; });
  return { n: n, column: columns, row: rows, west: west, east: east, north: north, south: south, cause: cause, setting: setting, patch: packed.patch,
    shade: shade, look: new Uint8Array(n), near: lattice ? bucketIndex(columns, rows) : null, doubtful: doubtful, lattice: lattice, exact: Boolean(packed.people.units),
    units: units, site: packed.site, cost: packed.cost_m, straight: packed.straight_m, breaks: packed.breaks, causes: packed.causes, settings: packed.settings };
}

// The logarithm once for each row of the lattice, not for each cell.
function placeRows(lattice, rows, north, south) {
  const edge = [];
  const edgeOf = function (row) { return edge[row] === undefined ? edge[row] = mercatorY(lattice[1] - row * lattice[3]) : edge[row]; };
  for (let i = 0; i < rows.length; i++) { north[i] = edgeOf(rows[i]); south[i] = edgeOf(rows[i] + 1); }
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

// The pieces of the index, as pairs of first and last, that a view shows; a square more on each side for a shifted base.
function squaresIn(view) {
  const near = cells.near, lattice = cells.lattice, pieces = [];
  const lat = function (y) { return (2 * Math.atan(Math.exp((0.5 - y) * 2 * Math.PI)) - Math.PI / 2) * 180 / Math.PI; };
  const columnAt = function (x) { return Math.floor(((x - 0.5) * 360 - lattice[0]) / lattice[2] / SQUARE); };
  const rowAt = function (y) { return Math.floor((lattice[1] - lat(y)) / lattice[3] / SQUARE); };
  const left = Math.max(columnAt(view.west) - 1, 0), right = Math.min(columnAt(view.east) + 1, near.across - 1);
  const bottom = Math.min(rowAt(view.south) + 1, near.down - 1);
  for (let row = Math.max(rowAt(view.north) - 1, 0); row <= bottom; row++) {
    if (left <= right) { pieces.push([near.start[row * near.across + left], near.start[row * near.across + right + 1]]); }
  }
  return pieces;
}

// What a cell looks like: one byte each, so that another choice of sites changes nothing but these.
const LOOKS = { covered: 0, doubt: 1, gap: 2 };

function lookOf(i) { return cells.cause[i] === 0 ? "covered" : cells.doubtful[cells.cause[i]] ? "doubt" : "gap"; }

function lookAgain() { for (let i = 0; i < cells.n; i++) { cells.look[i] = LOOKS[lookOf(i)]; } }

function looks(name) {
  const look = cells.look, code = LOOKS[name];
  return function (i) { return look[i] === code; };
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
    paint(context, { scale: scale, x: origin.x, y: origin.y, width: width, height: height, zoom: this._zoom, ratio: ratio,
      west: origin.x / scale, east: (origin.x + width) / scale, north: origin.y / scale, south: (origin.y + height) / scale });
  }
});

function paint(context, view) {
  if (!state.hidden.covered) { paintCells(context, view, looks("covered"), "#e2eaf1"); }
  if (Object.keys(areas).some(areaShown)) { overlay(context, view, "multiply", 1, paintAreas); }
  if (!state.hidden.streets) { paintStreets(context, view); }
  if (!state.hidden.doubt) { paintCells(context, view, looks("doubt"), hatch(context, view)); }
  if (!state.hidden.gap) { layCells(context, view, "multiply", 1, paintGaps); }
  if (selected && selected.kind === "site") { layCells(context, view, "source-over", 0.34, paintCatchment); }
  if (!state.hidden.regions) { paintRegions(context, view); }
  if (!state.hidden.joins) { paintMarks(context, view, joins, "join"); }
  if (!state.hidden.edits) { Object.keys(edits).forEach(function (kind) { paintMarks(context, view, edits[kind], kind); }); }
  if (!state.hidden.gaps) { paintGapNumbers(context, view); }
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

// Bands are opaque among themselves and tint the map as a whole, but never the gap; a hole is a ring like any other.
function paintAreas(context, view) {
  ["road", "walk"].forEach(function (mode) {
    if (!areas[mode] || !areaShown(mode)) { return; }
    areas[mode].slice().reverse().forEach(function (lines, i) {
      context.fillStyle = BAND_COLOURS[Math.min(i, BAND_COLOURS.length - 1)];
      context.beginPath();
      traceLines(context, view, lines, true);
      context.fill("evenodd");
    });
  });
  if (state.hidden.gap) { return; }
  context.globalCompositeOperation = "destination-out";
  paintCells(context, view, looks("gap"), INK);
  context.globalCompositeOperation = "source-over";
}

// Numbers of the first gaps; one that would stand on another waits for a closer look.
function paintGapNumbers(context, view) {
  const most = fitted === null || view.zoom > fitted + 0.9 ? NUMBERED_GAPS : NUMBERED_GAPS / 2, taken = [];
  context.font = "600 10.5px " + getComputedStyle(document.body).fontFamily;
  context.textAlign = "center";
  context.textBaseline = "middle";
  data.gaps.rows.slice(0, NUMBERED_GAPS).forEach(function (gap, i) {
    const chosen = isSelected("gap", i), x = mercatorX(gap.xy[0]) * view.scale - view.x, y = mercatorY(gap.xy[1]) * view.scale - view.y;
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
function overlay(context, view, blend, strength, act) {
  const sheet = document.createElement("canvas"), own = sheet.getContext("2d");
  sheet.width = context.canvas.width;
  sheet.height = context.canvas.height;
  own.setTransform(view.ratio, 0, 0, view.ratio, 0, 0);
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
  if (cells.lattice && cells.lattice[2] / 360 * view.scale * view.ratio < 1.5) { paintDistantGaps(context, view); return; }
  paintCells(context, view, looks("gap"), data.colours);
}

// Cells smaller than a pixel: each block of the screen shows the mean of the uncovered cells in it.
function paintDistantGaps(context, view) {
  const side = 2, across = Math.ceil(view.width / side) + 1, down = Math.ceil(view.height / side) + 1;
  const sum = new Float64Array(across * down), count = new Uint32Array(across * down), gap = LOOKS.gap;
  eachNear(view, function (i) {
    if (cells.look[i] !== gap) { return; }
    const x = Math.floor((cells.west[i] * view.scale - view.x) / side), y = Math.floor((cells.north[i] * view.scale - view.y) / side);
    if (x < 0 || y < 0 || x >= across || y >= down) { return; }
    sum[y * across + x] += cells.units[i];
    count[y * across + x] += 1;
  });
  const sheet = pixelSheet(across, down), colours = data.colours.map(pixelOf);
  for (let block = 0; block < sum.length; block++) {
    if (count[block]) { sheet.pixels[block] = colours[shadeOf(sum[block] / count[block] / data.figures.units.per_person)]; }
  }
  sheet.lay(context, side * view.ratio);
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

// Cells that are wanted, in one fill or in a colour for each shade. Edges are put on whole device pixels, so that
// neighbouring cells neither overlap nor gape.
function paintCells(context, view, wanted, fill) {
  if (!cells.lattice) { paintDots(context, view, wanted, fill); return; }
  if (cells.lattice[2] / 360 * view.scale * view.ratio < 8) { paintPixels(context, view, wanted, fill); return; }
  if (Array.isArray(fill)) {
    fill.forEach(function (colour, shade) { paintCells(context, view, function (i) { return cells.shade[i] === shade && wanted(i); }, colour); });
    return;
  }
  const ratio = view.ratio, least = 1 / ratio;
  context.fillStyle = fill;
  eachNear(view, function (i) {
    if (!wanted(i)) { return; }
    const left = Math.round((cells.west[i] * view.scale - view.x) * ratio) / ratio, top = Math.round((cells.north[i] * view.scale - view.y) * ratio) / ratio;
    const right = Math.round((cells.east[i] * view.scale - view.x) * ratio) / ratio, bottom = Math.round((cells.south[i] * view.scale - view.y) * ratio) / ratio;
    context.fillRect(left, top, Math.max(right - left, least), Math.max(bottom - top, least));
  });
}

function paintDots(context, view, wanted, fill) {
  for (let i = 0; i < cells.n; i++) {
    if (!wanted(i) || cells.east[i] < view.west || cells.west[i] > view.east || cells.south[i] < view.north || cells.north[i] > view.south) { continue; }
    context.fillStyle = Array.isArray(fill) ? fill[cells.shade[i]] : fill;
    context.beginPath();
    context.arc(cells.west[i] * view.scale - view.x, cells.north[i] * view.scale - view.y, dotRadius(i), 0, 2 * Math.PI);
    context.fill();
  }
}

// Many small cells: their pixels are written one by one and laid on the map at once; a pattern takes their place after.
function paintPixels(context, view, wanted, fill) {
  const width = context.canvas.width, height = context.canvas.height, sheet = pixelSheet(width, height), pixels = sheet.pixels;
  const scale = view.scale * view.ratio, x = view.x * view.ratio, y = view.y * view.ratio;
  const shades = Array.isArray(fill) ? fill.map(pixelOf) : null, colour = pixelOf(typeof fill === "string" ? fill : INK);
  const cell = cells.near.cell, west = cells.west, east = cells.east, north = cells.north, south = cells.south;
  const tiny = cells.n > 0 && Math.max(east[0] - west[0], south[0] - north[0]) * scale < 0.9;
  squaresIn(view).forEach(function (piece) {
    for (let k = piece[0]; k < piece[1]; k++) {
      const i = cell[k];
      if (!wanted(i)) { continue; }
      const left = Math.round(west[i] * scale - x), top = Math.round(north[i] * scale - y), own = shades ? shades[cells.shade[i]] : colour;
      if (tiny) {
        if (left >= 0 && top >= 0 && left < width && top < height) { pixels[top * width + left] = own; }
        continue;
      }
      const right = Math.min(Math.max(Math.round(east[i] * scale - x), left + 1), width), bottom = Math.min(Math.max(Math.round(south[i] * scale - y), top + 1), height);
      for (let row = Math.max(top, 0); row < bottom; row++) {
        for (let at = row * width + Math.max(left, 0); at < row * width + right; at++) { pixels[at] = own; }
      }
    }
  });
  sheet.lay(context, 1, typeof fill === "string" || shades ? null : fill);
}

// A colour as the four bytes of a pixel, in the order of the machine.
function pixelOf(colour) {
  const part = function (at) { return parseInt(colour.slice(at, at + 2), 16); };
  return new Uint32Array(new Uint8ClampedArray([part(1), part(3), part(5), 255]).buffer)[0];
}

// Empty pixels to write, and how they are laid on a canvas, each so many pixels wide. One sheet serves again and again.
let lastSheet = null;

function pixelSheet(width, height) {
  if (lastSheet && lastSheet.canvas.width === width && lastSheet.canvas.height === height) {
    lastSheet.pixels.fill(0);
    return lastSheet;
  }
  const canvas = document.createElement("canvas"), own = canvas.getContext("2d"), image = own.createImageData(width, height);
  canvas.width = width;
  canvas.height = height;
  lastSheet = { canvas: canvas, pixels: new Uint32Array(image.data.buffer), lay: function (context, side, pattern) {
    own.putImageData(image, 0, 0);
    if (pattern) {
      own.globalCompositeOperation = "source-in";
      own.fillStyle = pattern;
      own.fillRect(0, 0, width, height);
      own.globalCompositeOperation = "source-over";
    }
    context.save();
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.imageSmoothingEnabled = false;
    context.drawImage(canvas, 0, 0, width * side, height * side);
    context.restore();
  } };
  return lastSheet;
}

function dotRadius(i) { return 3 + 1.1 * cells.shade[i]; }

function hatch(context, view) {
  const side = cells.lattice ? cells.lattice[2] / 360 * view.scale : 8;
  if (side < 1.5) { return "#b1b4b7"; }
  const tile = document.createElement("canvas"), step = Math.round(5 * view.ratio);
  tile.width = tile.height = step;
  const pen = tile.getContext("2d");
  pen.fillStyle = "#eaebeb";
  pen.fillRect(0, 0, step, step);
  pen.strokeStyle = "#8b8f93";
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
    if (closed) { context.closePath(); }
    drawn += 1;
    if (piece && drawn % 3000 === 0) { piece(); }
  }
}

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
    const x = mercatorX(region.label[0]) * view.scale - view.x, y = mercatorY(region.label[1]) * view.scale - view.y;
    const half = context.measureText(region.name).width / 2 + 4, box = outlines[i].extent;
    const room = (box[1] - box[0]) * view.scale > half * 1.6 || isSelected("region", i);
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
  const covered = looks("covered"), chosen = selected.index;
  paintCells(context, view, function (i) { return cells.site[i] === chosen && covered(i); }, ACCENT);
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
  const scale = 256 * Math.pow(2, map.getZoom()), x = mercatorX(latlng.lng), y = mercatorY(latlng.lat);
  let best = -1, least = 10;
  for (let i = 0; i < cells.n; i++) {
    const away = Math.sqrt(Math.pow(cells.west[i] - x, 2) + Math.pow(cells.north[i] - y, 2)) * scale;
    if (away < least) { least = away; best = i; }
  }
  return best;
}

function regionAt(latlng) {
  const x = mercatorX(latlng.lng), y = mercatorY(latlng.lat);
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

function siteCard(site, own) {
  const kind = [texts.types[site.type], say("status." + site.status), site.region].filter(Boolean).join(" · ");
  const card = el("div", "card", el("h3", "", site.name), el("p", "", kind));
  if (site.address) { card.appendChild(el("p", "", site.address)); }
  if (!site.counted) { card.appendChild(el("p", "", say("page.uncounted"))); }
  if (site.unsnapped) { card.appendChild(el("p", "gap", say("page.unsnapped"))); }
  card.appendChild(pairs([
    [say("page.reach"), site.counted ? number(site.reach) : null],
    [say("page.catchment"), site.counted ? number(site.catchment) : null],
    [say("page.catchment_covered"), site.counted ? number(site.covered) : null],
    [say("page.unique"), site.counted ? number(site.unique) : null],
    [say("page.own_area"), own ? texts.own.names[own.mode] : null],
    [say("page.gap"), site.gap_m === null ? null : say("page.metres", { number: number(site.gap_m) })]
  ]));
  return card;
}

function cellPeople(i) {
  const people = { people: persons(cells.units[i]) };
  return cells.exact ? say("page.cell_people", people) : say("page.cell_about", people);
}

function cellCard(i, latlng) {
  const site = data.sites[cells.site[i]], region = regionAt(latlng);
  const cause = say("cause." + cells.causes[cells.cause[i]]);
  return el("div", "card",
    el("h3", "", cellPeople(i)),
    pairs([
      [say("page.state"), cause, cells.cause[i] && !cells.doubtful[cells.cause[i]] ? "gap" : ""],
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
    el("h3", "", gapName(index)),
    pairs([
      [say("page.uncovered"), say("page.people", { people: number(gap.people) }), gap.doubtful ? "" : "gap"],
      [say("page.cause"), say("cause." + gap.cause)],
      [say("page.setting"), say("setting." + gap.setting)],
      [say("page.nearest"), site ? site.name : null],
      [say("page.distance"), gapDistance(gap)],
      [say("page.straight"), gap.straight_m < 0 ? null : distance(gap.straight_m)],
      [say("page.region"), gap.region || null]
    ]));
}

function siteDistance(row) { return row.cost_m < 0 ? say("page.not_reached") : distance(row.cost_m); }

function suggestionCard(index) {
  const row = data.proposal.rows[index], site = data.sites[row.site], place = texts.proposal.places[index];
  return el("div", "card",
    el("h3", "", say("proposal.numbered", { number: index + 1 })),
    el("p", "", el("strong", "", place), el("br", ""), [texts.proposal.kinds[index]].filter(function (kind) { return kind !== place; }).concat(row.street !== place ? [row.street] : []).filter(Boolean).join(" · ")),
    pairs([
      [say("proposal.added"), say("page.people", { people: number(row.added) })],
      [say("page.unique"), number(row.only)],
      [say("page.reach"), number(row.reach)],
      [say("proposal.nearest"), site ? site.name : null],
      [say("page.distance"), siteDistance(row)],
      [say("proposal.gap"), row.gap < 0 ? null : gapName(row.gap)],
      [say("page.setting"), say("setting." + row.setting)],
      [say("page.region"), row.region || null]
    ]));
}

function cellLine(i) {
  const far = !cells.cost || cells.cost[i] < 0 ? "" : " · " + say("page.distance") + " " + distance(cells.cost[i]);
  return el("span", "", el("b", "", cellPeople(i)),
    " · " + say("setting." + cells.settings[cells.setting[i]]) + " · " + say("cause." + cells.causes[cells.cause[i]]) + far);
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
  const corner = function (x, y) { return L.CRS.EPSG3857.pointToLatLng(L.point(x * 256, y * 256), 0); };
  for (let i = 0; i < cells.n; i++) {
    if (cells.patch[i] === index) { bounds.extend(corner(cells.west[i], cells.north[i])).extend(corner(cells.east[i], cells.south[i])); }
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
      ring.push(L.CRS.EPSG3857.pointToLatLng(L.point(lines.x[i] * 256, lines.y[i] * 256), 0));
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

const TAB_OF_KIND = { site: "sites", region: "regions", gap: "gaps", suggestion: "suggestions" };

function select(kind, index, how) {
  const before = selected;
  selected = kind === null ? null : { kind: kind, index: index };
  mark(before, false);
  if (how.from === "map" && kind && !(narrow() && byId("panel").dataset.sheet === "peek")) { showTab(TAB_OF_KIND[kind]); }
  mark(selected, true);
  if (kind === "site") { openSite(index, how); }
  if (kind === "gap") { openGap(index, how); }
  if (kind === "suggestion") { openSuggestion(index, how); }
  if (kind === "region" && how.from === "table") { map.fitBounds(outlines[index].bounds, { padding: [20, 20] }); }
  ground.draw();
}

function mark(choice, on) {
  if (!choice) { return; }
  const row = rowOf(choice.kind, choice.index);
  if (row) {
    row.classList.toggle("chosen", on);
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

// columns: {key, head, value(row), show(row)}; the first is text, the others numbers.
function table(name, columns, rows, kind) {
  const node = el("table", kind ? "long" : ""), head = el("tr", ""), body = el("tbody", "");
  columns.forEach(function (column) {
    const cell = el("th", column.text ? "text" : "");
    cell.scope = "col";
    if (kind) {
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
  columns.forEach(function (column) { line.appendChild(el("td", column.text ? "text" : "", column.show(row))); });
  if (kind) {
    line.tabIndex = 0;
    line.dataset.kind = kind;
    line.dataset.index = row.index;
    if (isSelected(kind, row.index)) { line.classList.add("chosen"); }
    const choose = function () { select(kind, row.index, { from: "table" }); };
    line.addEventListener("click", choose);
    line.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(); }
    });
    ["mouseenter", "focus"].forEach(function (name) { line.addEventListener(name, function () { hot(kind, row.index, true); }); });
    ["mouseleave", "blur"].forEach(function (name) { line.addEventListener(name, function () { hot(kind, row.index, false); }); });
  }
  return line;
}

function column(key, head, value, show, text) {
  return { key: key, head: head, value: value, show: show || function (row) { return number(value(row)); }, text: Boolean(text) };
}

function field(name) { return function (row) { return row[name]; }; }

// ---------------------------------------------------------------- the panel

function fillHead() {
  document.title = texts.title;
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  byId("title").textContent = texts.title;
  byId("standard").textContent = texts.standard;
  const note = byId("synthetic");
  note.hidden = !data.synthetic;
  note.textContent = data.synthetic ? say("page.synthetic") : "";
  const tools = empty(byId("tools"));
  [["zh", "中文"], ["en", "EN"]].forEach(function (entry) {
    const choice = button("", entry[1], function () { speak(entry[0]); });
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
  const bar = el("div", "bar"), covered = el("i", "covered"), rest = el("i", "gap"), doubt = el("i", "doubt");
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
  if (f.doubtful) { missing.appendChild(el("span", "quiet", say("page.doubtful") + " ", el("b", "", number(f.doubtful)))); }
  box.appendChild(missing);
  box.appendChild(el("div", "readings",
    reading(say("page.towns", { rule: texts.towns_on_foot }), f.towns_on_foot, f.towns_asked === "walk"),
    reading(say("page.towns", { rule: texts.towns_by_road }), f.towns_by_road, f.towns_asked === "road")));
  if (data.proposal) { box.appendChild(proposalHead(f)); }
}

// Now, what the plan adds and what it leaves, as parts of one bar; below it how good the plan is.
function proposalHead(f) {
  const plan = data.proposal, count = plan.rows.length;
  if (!count) { return el("div", "proposal", el("p", "proof", say("proposal.nothing"))); }
  const bar = el("div", "bar"), covered = el("i", "covered"), gain = el("i", "gain");
  covered.style.width = 100 * f.fraction + "%";
  gain.style.width = 100 * plan.fraction + "%";
  bar.appendChild(covered);
  bar.appendChild(gain);
  bar.title = number(f.covered) + " → " + say("page.people", { people: number(plan.after) });
  return el("div", "proposal", el("p", "", el("b", "", texts.proposal.headline), el("span", "quiet", say("proposal.count", { count: number(count) }))), bar,
    el("p", "proof", texts.proposal.proof));
}

const TABS = ["overview", "gaps", "suggestions", "regions", "sites", "data", "sources"];

function hasTab(tab) {
  if (tab === "suggestions") { return data.proposal !== null; }
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
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) { return; }
      const all = Array.prototype.slice.call(tabs.children), next = all[(all.indexOf(choice) + step + all.length) % all.length];
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
  // A frame of a notebook has no address of its own to keep the tab in.
  try { window.history.replaceState(null, "", "#" + tab); } catch (error) { void error; }
  fillTabs();
  fillSheet();
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
  const fill = { overview: fillOverview, gaps: fillGaps, suggestions: fillSuggestions, regions: fillRegions, sites: fillSites, data: fillData, sources: fillSources };
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
  ], f.settings));
  box.appendChild(el("h2", "", say("page.by_cause")));
  const causes = f.causes.filter(field("people")).map(function (row) { return Object.assign({ look: row.doubtful ? "doubt" : "" }, row); });
  causes.push({ cause: null, people: f.uncovered, look: "total" });
  box.appendChild(table("causes", [
    column("name", say("page.cause"), field("cause"), function (row) {
      return row.cause ? say("cause." + row.cause) + (row.doubtful ? say("page.doubt_mark") : "") : say("page.total");
    }),
    column("people", say("page.uncovered"), field("people"))
  ], causes));
  box.appendChild(el("h2", "", say("page.tab_sites")));
  const counts = el("div", "counts");
  [[number(f.site_count), "page.sites_all"], [number(f.counted_count), "page.sites_counted"], [f.all_sites.share, "page.if_all_count"]].forEach(function (entry) {
    counts.appendChild(el("span", "quiet", el("b", "", entry[0]), say(entry[1])));
  });
  box.appendChild(counts);
  fillDistances(box, f);
  const notes = el("div", "notes", el("h2", "", say("page.notes")));
  texts.notes.concat([texts.range, say("page.doubt_note"), say("page.rounding")]).forEach(function (text) { notes.appendChild(el("p", "", text)); });
  if (f.left_out) { notes.appendChild(el("p", "", say("page.left_out", { people: number(f.left_out) }))); }
  drawingNotes().forEach(function (text) { notes.appendChild(el("p", "", text)); });
  box.appendChild(notes);
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
  body.appendChild(gapSum("total", say("page.total"), data.figures.uncovered));
  box.appendChild(el("div", "notes", el("p", "", say("page.gaps_note"))));
}

function gapSum(look, text, people) { return el("tr", look, el("td", "", text), el("td", "", number(people)), el("td", ""), el("td", "")); }

function gapPlace(gap) {
  const about = [say("setting." + gap.setting), say("cause." + gap.cause)];
  return el("span", "name", el("b", "rank", String(gap.index + 1)), el("span", "", gap.region || about[0], el("small", "", (gap.region ? about : about.slice(1)).join(" · "))));
}

function fillSuggestions(box) {
  if (!suggestions().length) { box.appendChild(el("p", "quiet", say("proposal.nothing"))); return; }
  const rows = suggestions().map(function (row, index) { return Object.assign({ index: index }, row); });
  const far = function (row) { return row.cost_m < 0 ? Infinity : row.cost_m; };
  if (!state.sort.suggestions) { state.sort.suggestions = { key: "name", up: true }; }
  box.appendChild(table("suggestions", [
    column("name", "#", field("index"), suggestedPlace),
    column("added", say("proposal.added"), field("added")),
    column("only", say("page.unique"), field("only"), function (row) {
      return el("span", "fit", number(row.only), el("small", "", say("proposal.of_reach", { people: number(row.reach) })));
    }),
    column("far", say("proposal.nearest"), far, function (row) {
      const site = data.sites[row.site];
      return el("span", "", row.cost_m < 0 ? "—" : distance(row.cost_m), el("small", "", site ? site.name : ""));
    })
  ], rows, "suggestion"));
  const gain = data.proposal.gain, sum = el("tr", "total", el("td", "", say("page.total")), el("td", "", number(gain)));
  sum.appendChild(el("td", ""));
  sum.appendChild(el("td", ""));
  box.querySelector("tbody").appendChild(sum);
  fillProposalRegions(box);
  box.appendChild(el("div", "notes", el("p", "", say("proposal.note")), el("p", "", texts.proposal.bound)));
}

function suggestedPlace(row) {
  const place = texts.proposal.places[row.index], about = [texts.proposal.kinds[row.index], row.region];
  return el("span", "name", pinSymbol(row.index + 1, row.premises, 24),
    el("span", "", place, el("small", "", about.filter(function (text) { return text && text !== place; }).join(" · "))));
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
  ];
  box.appendChild(table("regions", columns, rows, "region"));
  groupByCounty(columns, box.querySelector("tbody"));
  const f = data.figures, total = el("tr", "total");
  ["total", "people", "share", "uncovered", "sites"].forEach(function (name) {
    const text = { total: say("page.total"), people: number(f.people), share: f.share, uncovered: number(f.uncovered), sites: regionSites() }[name];
    total.appendChild(el("td", "", text));
  });
  box.querySelector("tbody").appendChild(total);
}

// Counties in the order asked for, each with its regions in that order, folded away until somebody asks for them.
function groupByCounty(columns, body) {
  sorted("regions", columns, data.counties).forEach(function (county) {
    const own = Array.prototype.filter.call(body.children, function (row) { return row.dataset.kind && data.regions[row.dataset.index].parent === county.name; });
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
  const about = [texts.types[site.type], site.region].concat(site.status === "open" ? [] : [say("status." + site.status)], site.unsnapped ? [say("page.unsnapped_short")] : []);
  return el("span", "name", siteSymbol(site.type, site.status, site.counted, 13),
    el("span", "", site.name, el("small", "", about.filter(Boolean).join(" · "))));
}

const LEVELS = ["bad_row", "warning", "note"];

function fillData(box) {
  const counts = el("div", "counts");
  LEVELS.forEach(function (level) {
    counts.appendChild(el("span", "quiet", el("b", "", number(countOf(level))), say("level." + level)));
  });
  box.appendChild(counts);
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

function countOf(level) { return data.findings.filter(function (finding) { return finding.level === level; }).length; }

function fillSources(box) {
  data.sources.forEach(function (source) {
    box.appendChild(el("div", "source", el("b", "", say("page.role_" + source.role)), " · " + source.file + " · " + source.date,
      el("small", "", [source.attribution, source.licence].filter(Boolean).join(" · ")), el("code", "", "sha256 " + source.sha256)));
  });
  const notes = el("div", "notes", el("h2", "", say("page.notes")));
  [texts.standard].concat(texts.notes, [say("page.made_with")]).forEach(function (text) { notes.appendChild(el("p", "", text)); });
  box.appendChild(notes);
}

function fillFoot() {
  const names = data.sources.map(field("attribution")).filter(function (name, i, all) { return name && all.indexOf(name) === i; });
  const foot = empty(byId("foot"));
  foot.appendChild(el("b", "", texts.review));
  foot.appendChild(el("span", "", names.join(" · ")));
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
    if (key.indexOf("type=") === 0) { showSites(); } else if (key === "suggestions") { showPins(); } else { ground.draw(); }
  });
  return el("label", "", tick, el("span", "icon", mark), el("span", "", text), count === undefined ? null : el("span", "count", number(count)));
}

function fillLegend() {
  const body = el("div", "body"), f = data.figures;
  empty(legendBox).appendChild(el("summary", "", say("page.legend")));
  legendBox.appendChild(body);
  if (f.uncovered > f.doubtful || !f.uncovered) {
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
  if (data.figures.causes.some(function (row) { return row.doubtful && data.figures.units[row.cause]; })) { body.appendChild(layerSwitch("doubt", el("i", "swatch doubt"), say("page.doubtful_layer"))); }
  body.appendChild(layerSwitch("covered", el("i", "swatch covered"), say("page.covered")));
  body.appendChild(layerSwitch("streets", el("i", "swatch street"), say("page.streets")));
  if (data.gaps.rows.length) {
    body.appendChild(layerSwitch("gaps", el("b", "badge", "1"), say("page.gaps_layer", { count: Math.min(NUMBERED_GAPS, data.gaps.rows.length) })));
  }
  legendSuggestions(body);
  if (data.regions.length) { body.appendChild(layerSwitch("regions", el("i", "swatch region"), say("page.region_lines"))); }
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
  [notes[0]].concat(Object.keys(ownAreas).length ? [say("page.own_hint")] : [], texts.own.left_out).forEach(function (note) { body.appendChild(el("small", "", note)); });
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

// ---------------------------------------------------------------- start

let streets = {}, joins = {}, edits = {}, areas = {}, ownAreas = {}, outlines = [], siteShapes = {}, fitted = null;

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
  map.closePopup();
  readout(null);
}

function fold(open) {
  byId("panel").dataset.sheet = open ? "open" : "peek";
  byId("grip").setAttribute("aria-expanded", String(open));
}

function unpackOutlines() {
  outlines = data.regions.map(function (region) {
    const lines = unpackLines(region.rings), extent = [Infinity, -Infinity, Infinity, -Infinity];
    for (let line = 0; line < lines.length; line++) {
      extent[0] = Math.min(extent[0], lines.box[4 * line]); extent[1] = Math.max(extent[1], lines.box[4 * line + 1]);
      extent[2] = Math.min(extent[2], lines.box[4 * line + 2]); extent[3] = Math.max(extent[3], lines.box[4 * line + 3]);
    }
    const corner = function (x, y) { return L.CRS.EPSG3857.pointToLatLng(L.point(x * 256, y * 256), 0); };
    lines.extent = extent;
    lines.bounds = L.latLngBounds(corner(extent[0], extent[2]), corner(extent[1], extent[3]));
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
}

function start() {
  map = window[document.querySelector(".folium-map").id];
  map.options.zoomSnap = 0.25;
  map.options.minZoom = 3;
  map.setMaxZoom(19);
  state.language = data.language;
  const asked = window.location.hash.slice(1);
  if (TABS.indexOf(asked) >= 0 && hasTab(asked)) { state.tab = asked; }
  words = data.words[data.language];
  texts = data.texts[data.language];
  cells = unpackCells(data.cells);
  lookAgain();
  Object.keys(data.streets.ranks).forEach(function (rank) { streets[rank] = unpackLines(data.streets.ranks[rank]); });
  joins = unpackMarks(data.joins);
  Object.keys(data.edits).forEach(function (kind) { edits[kind] = unpackMarks(data.edits[kind]); });
  ["walk", "road"].forEach(function (mode) { if (data.areas[mode]) { areas[mode] = data.areas[mode].map(unpackLines); } });
  unpackOutlines();
  unpackOwnAreas();
  siteShapes = shapesOfTypes();
  state.hidden.gaps = suggestions().length > 0 && state.tab !== "gaps";
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

// On paper the map has another size: show the same part of it, and go back afterwards.
function listenToPrint() {
  let before = null;
  window.matchMedia("print").addListener(function (paper) {
    if (paper.matches) {
      before = { center: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds(), legend: legendBox.open };
    }
    legendBox.open = paper.matches || before.legend;
    map.invalidateSize({ animate: false, pan: false });
    const beside = { paddingBottomRight: [legendBox.offsetWidth, 0], animate: false };
    if (paper.matches) { map.fitBounds(before.bounds, beside); } else { map.setView(before.center, before.zoom, { animate: false }); }
    ground.draw();
  });
}

document.addEventListener("DOMContentLoaded", load);
})();
