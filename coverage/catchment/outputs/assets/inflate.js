// Unfolds raw deflate (RFC 1951): for the scripts of the page, and for its data where the browser cannot.
(function () {
"use strict";

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTH_EXTRA = [], LENGTH = [], AWAY_EXTRA = [], AWAY = [];
for (let code = 0, length = 3, away = 1; code < 30; code++) {
  LENGTH_EXTRA.push(code < 8 || code === 28 ? 0 : (code >> 2) - 1);
  LENGTH.push(code === 28 ? 258 : length);
  length += 1 << LENGTH_EXTRA[code];
  AWAY_EXTRA.push(code < 4 ? 0 : (code >> 1) - 1);
  AWAY.push(away);
  away += 1 << AWAY_EXTRA[code];
}

// For every pattern of so many bits as they come in: the symbol it begins with, and how many bits that takes.
function codeTable(sizes) {
  const count = new Uint16Array(16), next = new Uint16Array(16);
  let bits = 1;
  sizes.forEach(function (size) { count[size]++; if (size > bits) { bits = size; } });
  for (let size = 1, code = 0; size < 16; size++) { next[size] = code; code = code + count[size] << 1; }
  const entries = new Uint16Array(1 << bits);
  sizes.forEach(function (size, symbol) {
    if (!size) { return; }
    let code = next[size]++, turned = 0;
    for (let bit = 0; bit < size; bit++) { turned = turned << 1 | code & 1; code >>= 1; }
    for (let at = turned; at < entries.length; at += 1 << size) { entries[at] = symbol << 4 | size; }
  });
  return { bits: bits, entries: entries };
}

function repeated(size, times) { return new Array(times).fill(size); }

const FIXED = [codeTable(repeated(8, 144).concat(repeated(9, 112), repeated(7, 24), repeated(8, 8))), codeTable(repeated(5, 30))];

window.catchmentInflate = function (source) {
  let at = 0, hold = 0, held = 0, out = new Uint8Array(4 * source.length + 64), end = 0;

  function take(count) {
    while (held < count) { hold |= source[at++] << held; held += 8; }
    const value = hold & (1 << count) - 1;
    hold >>>= count; held -= count;
    return value;
  }

  function symbol(table) {
    while (held < table.bits) { hold |= source[at++] << held; held += 8; }
    const entry = table.entries[hold & (1 << table.bits) - 1], size = entry & 15;
    // Two bytes may be looked at beyond the last.
    if (!size || at > source.length + 2) { throw new Error("damaged data"); }
    hold >>>= size; held -= size;
    return entry >> 4;
  }

  function room(count) {
    if (end + count <= out.length) { return; }
    const larger = new Uint8Array(2 * out.length + count);
    larger.set(out.subarray(0, end));
    out = larger;
  }

  function stored() {
    at -= held >> 3; hold = held = 0;
    const count = source[at] | source[at + 1] << 8;
    at += 4;
    if (at + count > source.length) { throw new Error("damaged data"); }
    room(count);
    out.set(source.subarray(at, at + count), end);
    at += count; end += count;
  }

  function ownTables() {
    const symbols = take(5) + 257, aways = take(5) + 1, few = take(4) + 4, first = repeated(0, 19), sizes = [];
    for (let i = 0; i < few; i++) { first[ORDER[i]] = take(3); }
    const table = codeTable(first);
    while (sizes.length < symbols + aways) {
      const size = symbol(table);
      if (size < 16) { sizes.push(size); continue; }
      const last = size === 16 ? sizes[sizes.length - 1] : 0;
      for (let times = size === 16 ? 3 + take(2) : size === 17 ? 3 + take(3) : 11 + take(7); times; times--) { sizes.push(last); }
    }
    return [codeTable(sizes.slice(0, symbols)), codeTable(sizes.slice(symbols))];
  }

  function coded(tables) {
    for (let found = symbol(tables[0]); found !== 256; found = symbol(tables[0])) {
      room(258);
      if (found < 256) { out[end++] = found; continue; }
      const length = LENGTH[found - 257] + take(LENGTH_EXTRA[found - 257]), code = symbol(tables[1]);
      const away = AWAY[code] + take(AWAY_EXTRA[code]);
      if (away > end) { throw new Error("damaged data"); }
      for (let i = 0; i < length; i++, end++) { out[end] = out[end - away]; }
    }
  }

  for (let last = 0; !last;) {
    last = take(1);
    const kind = take(2);
    if (kind === 0) { stored(); } else if (kind < 3) { coded(kind === 1 ? FIXED : ownTables()); } else { throw new Error("damaged data"); }
  }
  return out.subarray(0, end);
};

window.catchmentBytes = function (node) {
  const text = window.atob(node.textContent), bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) { bytes[i] = text.charCodeAt(i); }
  return bytes;
};
})();
