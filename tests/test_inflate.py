"""How the page unfolds its data, run by node: a plain inflate against zlib, and columns against what was packed."""

from __future__ import annotations

import base64
import json
import re
import shutil
import subprocess
import zlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from catchment.outputs.packing import Column, laid_out

SCRIPT = Path(str(files("catchment"))) / "outputs" / "assets" / "inflate.js"
ASK = """
const window = globalThis;
eval(require("fs").readFileSync(process.argv[1], "utf8"));
const found = JSON.parse(require("fs").readFileSync(0, "utf8")).map(function (text) {
  try { return Buffer.from(window.catchmentInflate(Uint8Array.from(Buffer.from(text, "base64")))).toString("base64"); }
  catch (error) { return error.message; }
});
process.stdout.write(JSON.stringify(found));
"""


def deflated(data, level=9, strategy=zlib.Z_DEFAULT_STRATEGY):
    folder = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    return folder.compress(data) + folder.flush()


def run_by_node(script, asked, *arguments):
    """What a script answers, both as JSON."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the PATH: parts of the page are not run alone")
    command = [node, "-e", script, *arguments]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


def inflated(streams):
    """What the page makes of raw deflate streams; a text where it refuses one."""
    return run_by_node(ASK, [base64.b64encode(stream).decode() for stream in streams], str(SCRIPT))


def samples():
    rng = np.random.default_rng(1)
    noise = rng.integers(0, 256, 200_000, dtype=np.uint8).tobytes()
    few = rng.integers(0, 4, 200_000, dtype=np.uint8).tobytes()
    text = SCRIPT.read_bytes() * 3
    return [b"", b"a", b"abc" * 100_000, bytes(range(256)), noise, few, text, noise[:70_000] + text + bytes(300_000)]


@pytest.mark.parametrize(
    "way",
    [
        {"level": 0},  # stored blocks
        {"level": 9, "strategy": zlib.Z_FIXED},
        {"level": 9, "strategy": zlib.Z_HUFFMAN_ONLY},
        {"level": 1},
        {"level": 9},
    ],
)
def test_what_zlib_folds_is_unfolded(way):
    found = inflated([deflated(data, **way) for data in samples()])
    assert [base64.b64decode(text) == data for text, data in zip(found, samples(), strict=True)] == [True] * 8


def test_a_damaged_stream_is_refused():
    whole = deflated(SCRIPT.read_bytes())
    # A block of no known kind; a copy from before the beginning.
    reserved, far = b"\x07", b"\x03\x02"
    assert set(inflated([whole[:-40], whole[: len(whole) // 2], reserved, b"", far])) == {"damaged data"}


def test_the_page_reads_columns_as_they_were_packed():
    rng = np.random.default_rng(2)
    values = {
        "bytes": rng.integers(0, 256, 500),
        "counts": np.concatenate([[0, 127, 128, 2**31, 2**32 + 1, 2**53 - 1], rng.integers(0, 2**40, 500)]),
        "steps": np.concatenate([[-(2**31), 2**31 - 1, -1, 0], rng.integers(-(2**31), 2**31, 500)]),
        "runs": np.repeat(rng.integers(-1, 9, 80), rng.integers(1, 300, 80)),
    }
    empty = {f"no {kind}": Column(kind, np.zeros(0, np.int64)) for kind in values}
    node, data = laid_out({kind: Column(kind, numbers) for kind, numbers in values.items()} | empty)
    app = SCRIPT.with_name("app.js").read_text(encoding="utf-8")
    reader = re.search(r"function unpackColumn\(.*?\n}\n", app, re.DOTALL)[0]
    tree = re.search(r"function unpackColumns\(.*?\n}\n", app, re.DOTALL)[0]
    answer = """const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
        const found = unpackColumns(asked[0], Uint8Array.from(Buffer.from(asked[1], "base64")));
        Object.keys(found).forEach(function (kind) {
          found[kind] = [found[kind].constructor.name, Array.from(found[kind])];
        });
        process.stdout.write(JSON.stringify(found));"""
    found = run_by_node(reader + tree + answer, [node, base64.b64encode(data).decode()])
    types = {"bytes": "Uint8Array", "counts": "Float64Array", "steps": "Int32Array", "runs": "Int32Array"}
    for kind, numbers in values.items():
        assert found[kind] == [types[kind], numbers.tolist()]
        assert found[f"no {kind}"] == [types[kind], []]
