"""Files that mean harm are refused within a second and 300 MB, and nobody is called."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHS = f'<!DOCTYPE x [<!ENTITY l0 "lol">{LAUGHS}]>'
FOREIGN = '<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>'
SHEET = "xl/worksheets/sheet1.xml"
SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def workbook(**members: str | bytes) -> bytes:
    """A workbook of one good row with members replaced or added; ``/`` in their names is ``__``, ``.`` is ``_D_``."""
    good, bad = io.BytesIO(), io.BytesIO()
    book = openpyxl.Workbook()
    for row in (["名称", "经度", "纬度"], ["甲", 114.382063, 27.803222]):
        book.active.append(row)
    book.save(good)
    changed = {name.replace("__", "/").replace("_D_", "."): body for name, body in members.items()}
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, changed.pop(name, source.read(name)))
        for name, body in changed.items():
            target.writestr(name, body)
    return bad.getvalue()


def sheet(cells: str, before: str = "") -> str:
    return f"<?xml version='1.0'?>{before}<worksheet {SPACE}><sheetData>{cells}</sheetData></worksheet>"


def strings(before: str, text: str) -> str:
    return f"<?xml version='1.0'?>{before}<sst {SPACE} count='1'><si><t>{text}</t></si></sst>"


def osm(before: str, name: str) -> bytes:
    way = f'<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="service"/><tag k="name" v="{name}"/></way>'
    nodes = "".join(f'<node id="{n}" lon="114.{n}" lat="27.8"/>' for n in (1, 2))
    return f"<?xml version='1.0'?>{before}<osm version='0.6'>{nodes}{way}</osm>".encode()


def in_sheet(cells: str, before: str = "") -> bytes:
    return workbook(xl__worksheets__sheet1_D_xml=sheet(cells, before))


def files(port: int) -> dict[str, tuple[str, bytes, str]]:
    """Name -> reader, content and what is said of it."""
    far = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    source = f"/vsicurl/http://127.0.0.1:{port}/x.geojson"
    layer = f'<OGRVRTLayer name="x"><SrcDataSource>{source}</SrcDataSource></OGRVRTLayer>'
    vector = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>".encode()
    raster = (
        '<VRTDataset rasterXSize="9" rasterYSize="9"><VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        f"<SourceFilename>{source}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>"
    ).encode()
    linked = {"type": "link", "properties": {"href": f"http://127.0.0.1:{port}/"}}
    region = {"type": "Feature", "properties": {"name": "甲"}, "geometry": None}
    link = json.dumps({"type": "FeatureCollection", "features": [region], "crs": linked})
    book = f"<?xml version='1.0'?>{LAUGHS}<x>&l9;</x>"
    table = "名称,经度,纬度".encode()
    big, damaged, kind = "error.workbook_too_big", "error.unreadable", "error.wrong_kind"
    text = '<row r="1"><c r="A1" t="inlineStr"><is><t>&l9;</t></is></c></row>'
    return {
        "far.xlsx": ("sites", in_sheet(far), big),
        "bomb.xlsx": ("sites", workbook(xl__worksheets__sheet1_D_xml=b" " * 100_000_000), big),
        "bomb beside.xlsx": ("sites", workbook(xl__media__image_D_png=bytes(100_000_000)), big),
        "laughs.xlsx": ("sites", in_sheet(text, LAUGHS), damaged),
        "laughs in texts.xlsx": ("sites", workbook(xl__sharedStrings_D_xml=strings(LAUGHS, "&l9;")), damaged),
        "laughs in the book.xlsx": ("sites", workbook(xl__workbook_D_xml=book), damaged),
        "foreign.xlsx": ("sites", in_sheet(text, FOREIGN), damaged),
        "deep.xlsx": ("sites", in_sheet("<row>" * 50_000), "error.empty_file"),
        "climbing.xlsx": ("sites", workbook(**{"..__..__evil_D_txt": b"x"}), "read 1"),
        "laughs.osm": ("roads", osm(LAUGHS, "&l9;"), damaged),
        "laughs.osm.gz": ("roads", gzip.compress(osm(LAUGHS, "&l9;")), damaged),
        "foreign.osm": ("roads", osm(FOREIGN, "&l9;"), damaged),
        "vrt.geojson": ("sites", vector, kind),
        "vrt.gpkg": ("regions", vector, kind),
        "vrt.shp": ("regions", vector, kind),
        "vrt.csv": ("sites", vector, kind),
        "vrt.tif": ("population", raster, kind),
        "link.geojson": ("regions", link.encode(), "error.crs_unknown"),
        "deep.geojson": ("regions", b'{"features":' + b"[" * 2_000_000, damaged),
        "deep.json": ("choice", b'{"add":' + b"[" * 2_000_000, damaged),
        "deep.toml": ("settings", b"name = " + b"[" * 20_000, "error.settings_not_toml"),
        "a long cell.csv": ("sites", table + b'\n"' + b"x" * 1_000_000, "error.no_good_row"),
        "many columns.csv": ("sites", table + b",x" * 50_000 + b"\n", "error.empty_file"),
    }


ADDRESSES = (
    "http://127.0.0.1:{port}/sites.csv",
    "/vsicurl/http://127.0.0.1:{port}/sites.csv",
    "/vsizip/a.zip/sites.csv",
    "/vsimem/sites.geojson",
    "file:///etc/hostname",
    "//server/share/sites.csv",
    "\\\\server\\share\\sites.csv",
    "ftp://127.0.0.1:{port}/x.xlsx",
)


@pytest.mark.skipif(not hasattr(os, "wait4"), reason="Windows has no fork, and memory is measured another way")
def test_hostile_files_are_refused_within_a_second_and_300_megabytes(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        cases = files(port)
        addresses = [address.format(port=port) for address in ADDRESSES]
        asked = [(reader, f"./{name}") for name, (reader, _, _) in cases.items()]
        asked += [("sites", address) for address in addresses]
        for name, (_, content, _) in cases.items():
            (tmp_path / name).write_bytes(content)
        (tmp_path / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
        before = {entry.name for entry in tmp_path.parent.iterdir()}
        found = answers(tmp_path)
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()
    expected = {f"./{name}": word for name, (_, _, word) in cases.items()}
    expected |= dict.fromkeys(addresses, "error.not_local")
    assert {path: answer["said"] for path, answer in found.items() if answer["said"] != expected[path]} == {}
    assert {path: answer for path, answer in found.items() if answer["seconds"] > 1 or answer["megabytes"] > 300} == {}
    # What the members of a zip are called means nothing.
    assert {entry.name for entry in tmp_path.parent.iterdir()} == before
    assert {entry.name for entry in tmp_path.iterdir()} == {*cases, "asked.json"}


def answers(folder: Path) -> dict[str, dict[str, object]]:
    """What a process says that reads the files and keeps to the same code."""
    here = Path(__file__).parent
    paths = os.pathsep.join((str(here.parent / "coverage"), str(here)))
    done = subprocess.run(
        [sys.executable, str(here / "hostile.py"), str(folder)],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=folder,
        capture_output=True,
        check=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    lines = map(json.loads, done.stdout.splitlines())
    return {line["path"]: line for line in lines}
