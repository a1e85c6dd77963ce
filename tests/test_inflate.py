"""The plain inflate of the page, run by node: it unfolds what zlib folded, and refuses what is damaged."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import zlib
from importlib.resources import files

import numpy as np
import pytest

SCRIPT = files("catchment").joinpath("outputs", "assets", "inflate.js")
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


def inflated(streams):
    """What the page makes of raw deflate streams; a text where it refuses one."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on the PATH: the page's inflate is not run alone")
    asked = json.dumps([base64.b64encode(stream).decode() for stream in streams])
    done = subprocess.run([node, "-e", ASK, str(SCRIPT)], input=asked, capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


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
