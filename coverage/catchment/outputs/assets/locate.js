// The page for placing rows without coordinates. Text of the data enters by textContent only.
(function () {
"use strict";

const data = JSON.parse(document.getElementById("locate-data").textContent);
const MOST_ROWS = 1500, MOST_FOUND = 6, CLOSE_ZOOM = 15;
// A guess rougher than this [m] cannot be accepted: an accepted place counts as exact.
const CLOSE_M = 2000;
const FILTERS = ["all", "open", "guessed", "rough", "several", "unknown", "done"];
const STREETS = [["path", "#d6d2c4", 0.7, 15], ["service", "#d3d3cd", 0.7, 13], ["local", "#c9c9c3", 1.1, 11], ["link", "#b9b9b1", 1.6, 0], ["main", "#a9a69a", 2.4, 0]];
const LABEL_ZOOM = { county: 7, town: 10, village: 12, quarter: 13, office: 14, house: 14, hamlet: 14 };
const HEADS = ["file", "sheet", "row", "name", "type", "county", "township", "lon", "lat", "how", "by"];
const KEPT = "catchment-locate-" + data.digest;

const state = { language: data.language, chosen: -1, filter: "all", query: "", places: {}, undo: [], shown: [], keeps: true, saved: true, next: true };

// ---------------------------------------------------------------- words and elements

function say(word, facts) {
  return data.words[state.language][word].replace(/\{(\w+)\}/g, function (_, name) { return facts && name in facts ? facts[name] : ""; });
}

function el(tag, look, text) {
  const node = document.createElement(tag);
  if (look) { node.className = look; }
  if (text !== undefined) { node.textContent = text; }
  return node;
}

function empty(node) { while (node.firstChild) { node.removeChild(node.firstChild); } return node; }

function byId(id) { return document.getElementById(id); }

function button(text, act, look) {
  const node = el("button", look || "", text);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

function metres(value) { return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ","); }

function placeText(spot) { return say("guess." + spot[1], { name: spot[0] }); }

function typeText(kind) { return data.types[state.language][kind] || kind; }

// ---------------------------------------------------------------- places

function stateOf(i) {
  if (state.places[i]) { return "done"; }
  const spots = data.rows[i].spots;
  if (spots.length === 1) { return sure(spots[0]) ? "guessed" : "rough"; }
  return spots.length ? "several" : "unknown";
}

function sure(spot) { return spot[4] <= CLOSE_M; }

function place(i, at, how) {
  if (i < 0) { return; }
  const before = state.places[i] || null;
  state.undo.push([i, before]);
  put(i, at && { lon: Math.round(at[0] * 1e6) / 1e6, lat: Math.round(at[1] * 1e6) / 1e6, how: how });
  const moved = before && at;
  if (at && !moved && state.next) { goOn(i); } else { choose(i, false); }
}

function put(i, at) {
  if (at) { state.places[i] = at; } else { delete state.places[i]; }
  keep();
  state.saved = false;
  drawPlaced();
  listRows();
}

function undo() {
  const last = state.undo.pop();
  if (!last) { return; }
  put(last[0], last[1]);
  choose(last[0], true);
}

// The next row in the list that has no place, else the row itself.
function goOn(i) {
  const order = visible(), at = order.indexOf(i);
  const next = order.slice(at + 1).concat(order.slice(0, at + 1)).find(function (row) { return !state.places[row]; });
  choose(next === undefined ? i : next, next !== undefined);
}

function keep() {
  const rows = {};
  Object.keys(state.places).forEach(function (i) { rows[data.rows[i].id] = state.places[i]; });
  try { window.localStorage.setItem(KEPT, JSON.stringify(rows)); } catch (_) { state.keeps = false; }
}

function recall() {
  data.rows.forEach(function (row, i) { if (row.placed) { state.places[i] = { lon: row.placed[0], lat: row.placed[1], how: "clicked" }; } });
  let kept = null;
  try { kept = JSON.parse(window.localStorage.getItem(KEPT) || "null"); } catch (_) { state.keeps = false; }
  if (!kept) { return; }
  state.places = {};
  data.rows.forEach(function (row, i) { if (Object.prototype.hasOwnProperty.call(kept, row.id)) { state.places[i] = kept[row.id]; } });
}

// ---------------------------------------------------------------- the file

// A spreadsheet takes what begins so for a formula.
function csvCell(text) {
  const safe = /^[=+\-@\t\r＝＋－＠]/.test(text) ? "'" + text : text;
  return /[",\r\n]/.test(safe) ? '"' + safe.replace(/"/g, '""') + '"' : safe;
}

function csvText() {
  const lines = [HEADS.join(",")];
  data.rows.forEach(function (row, i) {
    const at = state.places[i];
    if (!at) { return; }
    const words = ["file", "sheet", "row", "name", "type", "county", "township"].map(function (name) { return csvCell(row[name]); });
    lines.push(words.concat([at.lon.toFixed(6), at.lat.toFixed(6), at.how, ""]).join(","));
  });
  return "\ufeff" + lines.join("\r\n") + "\r\n";
}

function save() {
  const link = el("a");
  link.href = URL.createObjectURL(new Blob([csvText()], { type: "text/csv" }));
  link.download = "located.csv";
  link.click();
  window.setTimeout(function () { URL.revokeObjectURL(link.href); }, 1000);
  state.saved = true;
}

function csvRows(text) {
  const rows = [[""]];
  let inside = false;
  for (let i = text.charCodeAt(0) === 0xfeff ? 1 : 0; i < text.length; i++) {
    const letter = text[i], row = rows[rows.length - 1];
    if (inside) {
      if (letter !== '"') { row[row.length - 1] += letter; }
      else if (text[i + 1] === '"') { row[row.length - 1] += '"'; i++; }
      else { inside = false; }
    } else if (letter === '"') { inside = true; }
    else if (letter === ",") { row.push(""); }
    else if (letter === "\n") { rows.push([""]); }
    else if (letter !== "\r") { row[row.length - 1] += letter; }
  }
  return rows.filter(function (row) { return row.length > 1; });
}

function open(text) {
  const rows = csvRows(text), heads = rows.shift() || [];
  const column = function (name) { return heads.indexOf(name); };
  if (["name", "lon", "lat"].some(function (name) { return column(name) < 0; })) { tell(say("locate.unreadable"), true); return; }
  const free = {};
  data.rows.forEach(function (row, i) { const key = [row.name, row.county, row.township].join("\n"); (free[key] = free[key] || []).push(i); });
  let count = 0, left = 0;
  rows.forEach(function (cells) {
    const cell = function (name) { return (cells[column(name)] || "").replace(/^'(?=[=+\-@＝＋－＠])/, ""); };
    const found = free[[cell("name"), cell("county"), cell("township")].join("\n")] || [];
    const own = found.find(function (i) { return data.rows[i].sheet === cell("sheet") && data.rows[i].row === cell("row"); });
    const i = own === undefined && found.length === 1 ? found[0] : own, lon = parseFloat(cell("lon")), lat = parseFloat(cell("lat"));
    if (i === undefined || !isFinite(lon) || !isFinite(lat)) { left++; return; }
    state.undo.push([i, state.places[i] || null]);
    state.places[i] = { lon: lon, lat: lat, how: ["guess", "choice"].indexOf(cell("how")) < 0 ? "clicked" : cell("how") };
    count++;
  });
  keep(); drawPlaced(); listRows(); choose(state.chosen, false);
  tell(say("locate.opened", { count: count, left: left }), left > 0);
}

function tell(text, bad) { const line = byId("told"); line.textContent = text; line.className = bad ? "warn" : ""; }

// ---------------------------------------------------------------- the list

function matches(i) {
  const row = data.rows[i], now = stateOf(i);
  if (state.filter !== "all" && (state.filter === "open" ? now === "done" : now !== state.filter)) { return false; }
  if (!state.query) { return true; }
  return [row.name, row.county, row.township, row.address, typeText(row.type)].join(" ").toLowerCase().indexOf(state.query) >= 0;
}

function visible() { return data.rows.map(function (_, i) { return i; }).filter(matches); }

function listRows() {
  const list = byId("rows"), order = visible(), top = list.scrollTop;
  state.shown = order.slice(0, MOST_ROWS);
  empty(list);
  state.shown.forEach(function (i) { list.appendChild(rowItem(i)); });
  if (order.length !== state.shown.length) { list.appendChild(el("li", "note", say("locate.more", { count: order.length - state.shown.length }))); }
  if (!order.length) { list.appendChild(el("li", "note", say("locate.nothing"))); }
  list.scrollTop = top;
  markChosen(false);
  const done = Object.keys(state.places).length;
  byId("done").textContent = say("locate.done", { done: done, all: data.rows.length });
  byId("bar").style.width = 100 * done / Math.max(1, data.rows.length) + "%";
  byId("undo").disabled = !state.undo.length;
  byId("export").disabled = !done;
}

function rowItem(i) {
  const row = data.rows[i], now = stateOf(i), item = el("li");
  item.id = "row-" + i;
  item.setAttribute("role", "option");
  item.appendChild(el("b", "", row.name));
  item.appendChild(el("span", "state " + now, say("locate.state_" + now, { count: row.spots.length })));
  item.appendChild(el("small", "", [typeText(row.type), row.county + row.township, row.address].filter(Boolean).join(" · ")));
  item.addEventListener("click", function () { choose(i, true); });
  return item;
}

function markChosen(scroll) {
  const list = byId("rows"), before = list.querySelector("[aria-selected='true']"), item = byId("row-" + state.chosen);
  if (before) { before.removeAttribute("aria-selected"); }
  list.removeAttribute("aria-activedescendant");
  if (!item) { return; }
  item.setAttribute("aria-selected", "true");
  list.setAttribute("aria-activedescendant", item.id);
  if (scroll) { item.scrollIntoView({ block: "nearest" }); }
}

function choose(i, go) {
  state.chosen = i;
  markChosen(true);
  showCard();
  drawChosen();
  if (go && i >= 0) { lookAt(i); }
}

function step(by) {
  const at = state.shown.indexOf(state.chosen), next = state.shown[at < 0 ? 0 : Math.max(0, Math.min(state.shown.length - 1, at + by))];
  if (next !== undefined) { choose(next, true); }
}

function showCard() {
  const card = empty(byId("card")), row = data.rows[state.chosen], at = state.places[state.chosen];
  if (!row) { return; }
  card.appendChild(el("h2", "", row.name));
  const where = say("locate.row", { sheet: [row.file, row.sheet].filter(Boolean).join(" "), row: row.row });
  card.appendChild(el("p", "", [typeText(row.type), row.county + row.township, row.address].filter(Boolean).join(" · ")));
  card.appendChild(el("p", "", where + (row.found ? " · " + say("locate.written", { found: row.found }) : "")));
  if (at) {
    card.appendChild(el("p", "said", say("locate.placed_at", { lon: at.lon.toFixed(6), lat: at.lat.toFixed(6) })));
    const said = outside(row, at);
    if (said) { card.appendChild(el("p", "warn", say("locate.outside", { said: said }))); }
  } else { sayGuess(card, row); }
  card.appendChild(acts(row, at));
}

function sayGuess(card, row) {
  if (!row.spots.length) { card.appendChild(el("p", "said", say("locate.unknown"))); return; }
  if (row.spots.length === 1) {
    card.appendChild(el("p", "said", say(sure(row.spots[0]) ? "locate.guess" : "locate.rough", { place: placeText(row.spots[0]), metres: metres(row.spots[0][4]) })));
    return;
  }
  card.appendChild(el("p", "said", say("locate.several")));
  const list = el("div", "spots");
  row.spots.forEach(function (spot, number) {
    const line = button(say("locate.choice", { number: number + 1, place: placeText(spot) }), function () { accept(number); });
    line.disabled = !sure(spot);
    list.appendChild(line);
  });
  card.appendChild(list);
}

function acts(row, at) {
  const line = el("div", "acts");
  if (!at && row.spots.length === 1 && sure(row.spots[0])) { line.appendChild(button(say("locate.accept"), function () { accept(0); }, "main")); }
  line.appendChild(button(say("locate.centre"), atCentre, "centre"));
  if (at) { line.appendChild(button(say("locate.clear"), function () { place(state.chosen, null); })); }
  return line;
}

function accept(number) {
  const row = data.rows[state.chosen], spot = row && row.spots[number];
  if (spot && sure(spot)) { place(state.chosen, [spot[2], spot[3]], row.spots.length === 1 ? "guess" : "choice"); }
}

function atCentre() { const centre = map.getCenter(); place(state.chosen, [centre.lng, centre.lat], "clicked"); }

// The township or county that a row states, if a place is in none of its regions.
function outside(row, at) {
  if (!row.area.length || row.area.some(function (number) { return within(data.regions[number].rings, at.lon * 1e5, at.lat * 1e5); })) { return ""; }
  return row.township && row.area.length === 1 ? row.township : row.county || data.regions[row.area[0]].name;
}

// Even-odd: a point in a hole has crossed two rings.
function within(rings, x, y) {
  let inside = false, first = 0;
  rings.count.forEach(function (count) {
    for (let i = first, j = first + count - 1; i < first + count; j = i++) {
      if (rings.y[i] > y !== rings.y[j] > y && x < (rings.x[j] - rings.x[i]) * (y - rings.y[i]) / (rings.y[j] - rings.y[i]) + rings.x[i]) { inside = !inside; }
    }
    first += count;
  });
  return inside;
}

// ---------------------------------------------------------------- named places in the search

function showFound() {
  const box = empty(byId("found")), query = state.query;
  const found = query.length < 2 ? [] : data.regions.map(function (region) { return [region.name, "region", region.label[0], region.label[1]]; }).concat(data.places)
    .filter(function (spot) { return spot[0].toLowerCase().indexOf(query) >= 0; }).slice(0, MOST_FOUND);
  box.hidden = !found.length;
  if (found.length) { box.appendChild(el("small", "", say("locate.places"))); }
  found.forEach(function (spot) {
    const line = button("", function () { map.setView([spot[3], spot[2]], spot[1] === "region" ? 12 : CLOSE_ZOOM, { animate: false }); });
    line.appendChild(el("span", "", placeText(spot)));
    box.appendChild(line);
  });
}

// ---------------------------------------------------------------- the map

// docs/page-data.md has the form of columns.
function unpack(node, bytes) {
  if (node === null || typeof node !== "object") { return node; }
  if (typeof node.at !== "number" || !node.as) { Object.keys(node).forEach(function (name) { node[name] = unpack(node[name], bytes); }); return node; }
  const values = new Float64Array(node.n);
  for (let i = 0, at = node.at, last = 0; i < node.n; i++) {
    let byte = bytes[at++], value = byte & 127, shift = 128;
    while (byte > 127) { byte = bytes[at++]; value += (byte & 127) * shift; shift *= 128; }
    if (node.as === "steps") { last += value % 2 ? -(value + 1) / 2 : value / 2; value = last; }
    values[i] = value;
  }
  return values;
}

function mercator(lon, lat) {
  const sine = Math.sin(lat * Math.PI / 180);
  return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
}

// Lines by squares of a lattice, so that only what is in view is drawn; in units that suit 32-bit paths.
function pathOf(lines, origin) {
  const boxes = [];
  let at = 0;
  lines.count.forEach(function (count) {
    const xy = new Float32Array(2 * count);
    let west = Infinity, east = -Infinity, north = Infinity, south = -Infinity;
    for (let i = 0; i < count; i++, at++) {
      const place = mercator(lines.x[at] / 1e5, lines.y[at] / 1e5), x = place[0] - origin[0], y = place[1] - origin[1];
      xy[2 * i] = x; xy[2 * i + 1] = y;
      if (x < west) { west = x; } if (x > east) { east = x; } if (y < north) { north = y; } if (y > south) { south = y; }
    }
    boxes.push({ xy: xy, west: west, east: east, north: north, south: south });
  });
  return boxes;
}

function strokeLines(pen, lines, view) {
  pen.beginPath();
  lines.forEach(function (line) {
    if (line.east < view.west || line.west > view.east || line.south < view.north || line.north > view.south) { return; }
    for (let i = 0; i < line.xy.length; i += 2) {
      const x = (line.xy[i] - view.west) * view.scale, y = (line.xy[i + 1] - view.north) * view.scale;
      if (i) { pen.lineTo(x, y); } else { pen.moveTo(x, y); }
    }
  });
  pen.stroke();
}

const Ground = L.Layer.extend({
  onAdd: function (map) {
    this.canvas = el("canvas", "ground leaflet-zoom-hide");
    map.getPane("tilePane").appendChild(this.canvas);
    map.on("moveend resize", this.draw, this);
    this.draw();
  },
  draw: function () {
    const size = map.getSize(), pad = size.multiplyBy(0.25).round(), ratio = window.devicePixelRatio || 1, canvas = this.canvas;
    const topLeft = map.containerPointToLayerPoint([0, 0]).subtract(pad), whole = size.add(pad.multiplyBy(2));
    canvas.width = whole.x * ratio; canvas.height = whole.y * ratio;
    canvas.style.width = whole.x + "px"; canvas.style.height = whole.y + "px";
    L.DomUtil.setPosition(canvas, topLeft);
    const scale = 256 * Math.pow(2, map.getZoom()), corner = map.getPixelOrigin().add(topLeft);
    const view = { scale: scale, west: corner.x / scale - origin[0], north: corner.y / scale - origin[1] };
    view.east = view.west + whole.x / scale; view.south = view.north + whole.y / scale;
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.lineJoin = pen.lineCap = "round";
    drawGround(pen, view, map.getZoom());
  }
});

function drawGround(pen, view, zoom) {
  STREETS.forEach(function (look) {
    if (!streets[look[0]] || zoom < look[3]) { return; }
    pen.strokeStyle = look[1];
    pen.lineWidth = look[2] * Math.max(0.7, Math.min(3, Math.pow(1.35, zoom - 13)));
    strokeLines(pen, streets[look[0]], view);
  });
  pen.strokeStyle = "#6f7a83";
  pen.lineWidth = 1;
  outlines.forEach(function (lines) { strokeLines(pen, lines, view); });
  drawSites(pen, view);
  drawNames(pen, view, zoom);
}

function inView(lon, lat, view) {
  const place = mercator(lon, lat), x = (place[0] - origin[0] - view.west) * view.scale, y = (place[1] - origin[1] - view.north) * view.scale;
  return x < 0 || y < 0 || x > (view.east - view.west) * view.scale || y > (view.south - view.north) * view.scale ? null : [x, y];
}

function drawSites(pen, view) {
  pen.fillStyle = "#8d979e";
  data.sites.forEach(function (site) {
    const at = inView(site[1], site[2], view);
    if (!at) { return; }
    pen.beginPath(); pen.arc(at[0], at[1], 4, 0, 7); pen.fill();
  });
}

// Names that do not lie over another; the larger places come first.
function drawNames(pen, view, zoom) {
  const taken = [], family = window.getComputedStyle(document.body).fontFamily;
  function name(text, at, look) {
    pen.font = look.font + " " + family;
    const width = pen.measureText(text).width + 6, left = at[0] + (look.dot ? 6 : -width / 2), top = at[1] - 8;
    const box = [left, top, left + width, top + 16];
    if (taken.some(function (other) { return box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]; })) { return; }
    taken.push(box);
    if (look.dot) { pen.fillStyle = "#7c6a55"; pen.fillRect(at[0] - 3, at[1] - 3, 6, 6); }
    pen.lineWidth = 3; pen.strokeStyle = "rgba(255,255,255,.9)"; pen.fillStyle = look.colour; pen.textBaseline = "middle"; pen.textAlign = "left";
    pen.strokeText(text, left + 2, at[1]); pen.fillText(text, left + 2, at[1]);
  }
  if (zoom < 15) {
    data.regions.forEach(function (region) {
      const at = inView(region.label[0], region.label[1], view);
      if (at) { name(region.name, at, { font: "600 13px", colour: "#4c565e" }); }
    });
  }
  for (let i = 0; i < data.places.length && taken.length < 400; i++) {
    const spot = data.places[i], at = zoom >= LABEL_ZOOM[spot[1]] ? inView(spot[2], spot[3], view) : null;
    if (at) { name(spot[0], at, { font: spot[1] === "town" || spot[1] === "county" ? "600 13px" : "12px", colour: "#5a4a38", dot: true }); }
  }
}

function pinIcon() {
  const shape = "http://www.w3.org/2000/svg", svg = document.createElementNS(shape, "svg"), path = document.createElementNS(shape, "path");
  svg.setAttribute("width", "26"); svg.setAttribute("height", "34"); svg.setAttribute("viewBox", "0 0 26 34");
  path.setAttribute("d", "M13 33 C8 24 2 19 2 12 A11 11 0 0 1 24 12 C24 19 18 24 13 33 Z M13 7.5 A4.5 4.5 0 1 0 13 16.5 A4.5 4.5 0 1 0 13 7.5 Z");
  path.setAttribute("fill", "#2f6f4f"); path.setAttribute("fill-rule", "evenodd"); path.setAttribute("stroke", "#ffffff"); path.setAttribute("stroke-width", "1.5");
  svg.appendChild(path);
  return L.divIcon({ className: "pin", html: svg, iconSize: [26, 34], iconAnchor: [13, 33] });
}

const dots = {};
function drawPlaced() {
  Object.keys(dots).forEach(function (i) { if (!state.places[i]) { placedLayer.removeLayer(dots[i]); delete dots[i]; } });
  Object.keys(state.places).forEach(function (i) {
    const at = [state.places[i].lat, state.places[i].lon];
    if (dots[i]) { dots[i].setLatLng(at); return; }
    dots[i] = L.circleMarker(at, { radius: 6, color: "#ffffff", weight: 2, fillColor: "#2f6f4f", fillOpacity: 1, bubblingMouseEvents: false }).addTo(placedLayer);
    dots[i].on("click", function () { choose(Number(i), false); });
  });
}

function drawChosen() {
  chosenLayer.clearLayers();
  const i = state.chosen, row = data.rows[i], at = state.places[i];
  if (!row) { return; }
  if (at) {
    const pin = L.marker([at.lat, at.lon], { icon: pinIcon(), draggable: true, autoPan: true, keyboard: false }).addTo(chosenLayer);
    pin.on("dragend", function () { const to = pin.getLatLng(); place(i, [to.lng, to.lat], "clicked"); });
    return;
  }
  row.spots.forEach(function (spot, number) {
    const place = [spot[3], spot[2]], mark = el("span", "", row.spots.length > 1 ? String(number + 1) : "?");
    L.circle(place, { radius: spot[4], color: "#c5530b", weight: 1.5, dashArray: "5 5", fillOpacity: 0.05, interactive: false }).addTo(chosenLayer);
    L.marker(place, { icon: L.divIcon({ className: "spot", html: mark, iconSize: [22, 22] }), keyboard: false }).addTo(chosenLayer).on("click", function () { accept(number); });
  });
}

function lookAt(i) {
  const row = data.rows[i], at = state.places[i];
  if (at) { map.setView([at.lat, at.lon], Math.max(map.getZoom(), CLOSE_ZOOM), { animate: false }); return; }
  const box = L.latLngBounds([]);
  row.spots.forEach(function (spot) { box.extend(L.latLng(spot[3], spot[2]).toBounds(Math.max(800, 2 * spot[4]))); });
  if (!row.spots.length && row.box) { box.extend([row.box[1], row.box[0]]).extend([row.box[3], row.box[2]]); }
  if (box.isValid()) { map.fitBounds(box, { animate: false, maxZoom: 16 }); }
}

// ---------------------------------------------------------------- the frame

function buildTools() {
  const tools = empty(byId("tools"));
  const file = el("input"), undoing = button(say("locate.undo"), undo), saving = button(say("locate.export"), save, "main");
  undoing.id = "undo"; saving.id = "export";
  file.type = "file"; file.accept = ".csv,text/csv"; file.id = "file"; file.tabIndex = -1; file.setAttribute("aria-label", say("locate.open"));
  file.addEventListener("change", function () { if (file.files[0]) { file.files[0].text().then(open); } file.value = ""; });
  [undoing, button(say("locate.open"), function () { file.click(); }), file, saving].forEach(function (node) { tools.appendChild(node); });
  [["zh", "中文"], ["en", "English"]].forEach(function (each) {
    const speak = button(each[1], function () { state.language = each[0]; build(); }, "speak");
    speak.id = "speak-" + each[0];
    speak.setAttribute("aria-pressed", String(state.language === each[0]));
    tools.appendChild(speak);
  });
}

function buildFinding() {
  const box = empty(byId("finding")), search = el("input"), filter = el("select");
  search.type = "search"; search.id = "search"; search.value = state.query; search.placeholder = say("locate.search"); search.setAttribute("aria-label", say("locate.search"));
  search.addEventListener("input", function () { state.query = search.value.trim().toLowerCase(); listRows(); showFound(); });
  filter.id = "filter"; filter.setAttribute("aria-label", say("locate.show"));
  FILTERS.forEach(function (name) { const option = el("option", "", say("locate.show_" + name)); option.value = name; filter.appendChild(option); });
  filter.value = state.filter;
  filter.addEventListener("change", function () { state.filter = filter.value; listRows(); });
  box.appendChild(search); box.appendChild(filter);
}

function buildFoot() {
  const foot = empty(byId("foot")), label = el("label"), tick = el("input"), told = el("p");
  tick.type = "checkbox"; tick.id = "next"; tick.checked = state.next;
  tick.addEventListener("change", function () { state.next = tick.checked; });
  label.appendChild(tick); label.appendChild(el("span", "", say("locate.next")));
  told.id = "told"; told.setAttribute("role", "status");
  foot.appendChild(label);
  foot.appendChild(told);
  foot.appendChild(el("p", state.keeps ? "" : "warn", say(state.keeps ? "locate.kept" : "locate.not_kept")));
  foot.appendChild(el("p", "", say("locate.help")));
  foot.appendChild(el("p", "", say("locate.made_with", { source: data.source })));
}

function buildLegend() {
  const box = empty(legend);
  [["guess", "guessed_mark"], ["done", "placed_mark"], ["site", "site_mark"], ["place", "place_mark"]].forEach(function (each) {
    const line = el("span");
    line.appendChild(el("i", each[0])); line.appendChild(document.createTextNode(say("locate." + each[1])));
    box.appendChild(line);
  });
}

function build() {
  document.documentElement.lang = state.language === "zh" ? "zh-CN" : "en";
  document.title = byId("title").textContent = say("locate.title");
  byId("rows").setAttribute("aria-label", say("locate.rows"));
  byId("map").setAttribute("aria-label", say("locate.map"));
  buildTools(); buildFinding(); buildFoot(); buildLegend(); listRows(); showFound(); showCard();
}

function typing(node) { return /^(INPUT|SELECT|TEXTAREA)$/.test(node.tagName) && node.type !== "checkbox"; }

const KEYS = {
  ArrowDown: function () { step(1); }, ArrowUp: function () { step(-1); },
  PageDown: function () { step(8); }, PageUp: function () { step(-8); },
  Enter: function () { if (data.rows[state.chosen] && data.rows[state.chosen].spots.length === 1 && !state.places[state.chosen]) { accept(0); } },
  Delete: function () { if (state.places[state.chosen]) { place(state.chosen, null); } }
};

byId("rows").addEventListener("keydown", function (event) {
  if (event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) { return; }
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("keydown", function (event) {
  if (typing(event.target)) { return; }
  const key = event.key.toLowerCase();
  if ((event.ctrlKey || event.metaKey) && key === "z") { event.preventDefault(); undo(); }
  if (key === "c" && !event.ctrlKey && !event.metaKey && !event.altKey) { atCentre(); }
});

window.addEventListener("beforeunload", function (event) { if (!state.keeps && !state.saved) { event.preventDefault(); } });

const columns = window.catchmentInflate(window.catchmentBytes(byId("locate-columns")));
unpack(data.streets, columns);
unpack(data.regions, columns);
const origin = mercator((data.bounds[0] + data.bounds[2]) / 2, (data.bounds[1] + data.bounds[3]) / 2);
const streets = {}, outlines = data.regions.map(function (region) { return pathOf(region.rings, origin); });
Object.keys(data.streets).forEach(function (name) { streets[name] = pathOf(data.streets[name], origin); });

const map = L.map("map", { attributionControl: false, zoomControl: false, preferCanvas: true, zoomAnimation: false, fadeAnimation: false, maxZoom: 19, doubleClickZoom: false });
map.fitBounds([[data.bounds[1], data.bounds[0]], [data.bounds[3], data.bounds[2]]], { animate: false });
L.control.zoom({ position: "topright" }).addTo(map);
L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
const legendControl = L.control({ position: "bottomleft" }), legend = el("div", "legend");
legendControl.onAdd = function () { return legend; };
legendControl.addTo(map);
byId("map").appendChild(el("div", "cross"));
const placedLayer = L.layerGroup().addTo(map), chosenLayer = L.layerGroup().addTo(map);
new Ground().addTo(map);
map.on("click", function (event) { place(state.chosen, [event.latlng.lng, event.latlng.lat], "clicked"); });

window.catchmentLocate = { csv: csvText, open: open, map: map, choose: function (i) { choose(i, true); } };
recall();
build();
drawPlaced();
if (data.rows.length) { choose(Math.max(0, data.rows.findIndex(function (_, i) { return !state.places[i]; })), true); }
document.documentElement.dataset.ready = "1";
})();
