"""The two doors: what may be read, and that old results are whole until the new ones are."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import tracemalloc
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest

from catchment.errors import InputError, MissingInputError, OutputError, SettingsError
from catchment.files import atomic_output, kind_of, open_input, run_folder
from catchment.inputs.population import read_population
from catchment.inputs.sites import read_sites

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

OGR_VRT = '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/vsicurl/http://127.0.0.1:9/x</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
GDAL_VRT = '<VRTDataset rasterXSize="1" rasterYSize="1"><VRTRasterBand dataType="Float32" band="1"/></VRTDataset>'


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"PK\x03\x04..", "xlsx"),
        (b"SQLite format 3\x00", "gpkg"),
        (b"\x00\x00\x27\x0a" + bytes(28), "shp"),
        (b"II*\x00", "geotiff"),
        (b"MM\x00+", "geotiff"),
        (b"\x1f\x8b\x08", "osm.gz"),
        (b"BZh9", "osm.bz2"),
        (b"\x00\x00\x00\x0d\x0a\x09OSMHeader\x18", "osm.pbf"),
        (b"<?xml version='1.0'?><osm version='0.6'>", "osm"),
        (b'\xef\xbb\xbf {"type"', "geojson"),
        ("名称,经度".encode("gb18030"), "csv"),
        ("名称,经度".encode("utf-16"), "csv"),
        (GDAL_VRT.encode(), None),
        ("名称,经度".encode("utf-16-le"), "csv"),
        ("名称\t经度".encode("utf-16-be"), "csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "xls"),
        (bytes(range(256)) * 16, None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_first_bytes_are_whatever_its_name(tmp_path, head, kind):
    path = tmp_path / "sites.geojson"
    path.write_bytes(head)
    assert kind_of(path) == kind


@pytest.mark.parametrize("name", ["sites.geojson", "sites.csv", "sites.gpkg", "sites.xlsx"])
def test_a_virtual_layer_in_disguise_is_refused(tmp_path, name):
    (tmp_path / name).write_text(OGR_VRT, encoding="utf-8")
    with pytest.raises(InputError):
        read_sites(tmp_path / name)


def test_a_virtual_grid_in_disguise_is_refused(tmp_path):
    (tmp_path / "pop.tif").write_text(GDAL_VRT, encoding="utf-8")
    with pytest.raises(InputError):
        read_population(tmp_path / "pop.tif")


@pytest.mark.parametrize(
    "address",
    [
        "/vsicurl/http://127.0.0.1:9/sites.csv",
        "/vsizip/a.zip/b.csv",
        "http://127.0.0.1:9/sites.geojson",
        "file:///etc/hostname",
        "\\\\server\\share\\sites.csv",
        "//server/share/sites.csv",
    ],
)
def test_only_local_files_are_read(address):
    with pytest.raises(InputError, match="only local files"):
        open_input(address, "csv", "geojson")


def test_a_file_that_another_program_holds_is_answered_with_what_to_do(tmp_path, monkeypatch):
    path = tmp_path / "台账.csv"
    path.write_text("x", encoding="utf-8")

    def held(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("catchment.files.kind_of", held)
    with pytest.raises(InputError, match="Close it in Excel"):
        open_input(path, "csv")


def test_a_folder_and_a_missing_file_are_no_input(tmp_path):
    for path in (tmp_path, tmp_path / "no.csv"):
        with pytest.raises(MissingInputError):
            open_input(path, "csv")


def test_the_kinds_that_were_asked_for_are_named(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a,b", encoding="utf-8")
    with pytest.raises(InputError, match="geotiff"):
        open_input(path, "geotiff")


def workbook_with_sheet(folder: Path, sheet: str, *, member: str = "xl/worksheets/sheet1.xml") -> Path:
    """A workbook of one good row, its sheet replaced."""
    book = openpyxl.Workbook()
    for row in (["name", "lon", "lat"], ["A", 1.5, 2.5]):
        book.active.append(row)
    book.save(folder / "good.xlsx")
    path = folder / "book.xlsx"
    with zipfile.ZipFile(folder / "good.xlsx") as good, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bad:
        for item in good.namelist():
            body = good.read(item).replace(b"xl/worksheets/sheet1.xml", member.encode())
            if item == "xl/worksheets/sheet1.xml":
                bad.writestr(member, sheet or body)
            else:
                bad.writestr(item, body)
    return path


def sheet_of(cells: str, extra: str = "") -> str:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}">{extra}<sheetData>{cells}</sheetData></worksheet>'


CORNERS = {
    "two cells": sheet_of(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    ),
    "another order of attributes": sheet_of("<row><c s=\"1\"\n t='n' r='XFD1048576'><v>1</v></c></row>"),
    "a row without cells": sheet_of('<row r="1"><c r="A1"/></row><row spans="1:2" r="99999999999"/>'),
    "a prefix": '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
    '<x:row r="1"><x:c r="XFD1048576"/></x:row></x:sheetData></x:worksheet>',
    "a tag that never ends": sheet_of(f'<row><c s="{" " * 3_000_000}" r="XFD1048576"/></row>'),
    "entities": '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + sheet_of('<row r="1"><c r="A1"/></row>'),
    "utf-16": sheet_of('<row r="1"><c r="XFD1048576"/></row>').encode("utf-16"),
    "a bomb": sheet_of(" " * 60_000_000),
}


def refused_fast(read: Callable[[], object]) -> None:
    tracemalloc.start()
    # Of the processor, for the machine may be busy with other things.
    started = time.process_time()
    try:
        with pytest.raises(InputError):
            read()
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert time.process_time() - started < 1
    assert peak < 50_000_000


@pytest.mark.parametrize("sheet", CORNERS.values(), ids=CORNERS)
@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/elsewhere.dat"])
def test_an_absurd_workbook_is_refused_fast_and_with_little_memory(tmp_path, sheet, member):
    path = workbook_with_sheet(tmp_path, sheet, member=member)
    refused_fast(lambda: open_input(path, "xlsx"))


def test_a_sheet_that_lies_about_its_dimensions_is_read_as_it_is(tmp_path):
    cells = (
        '<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>lon</t></is></c>'
        '<c r="C1" t="inlineStr"><is><t>lat</t></is></c></row>'
        '<row r="5"><c r="A5" t="inlineStr"><is><t>A</t></is></c><c r="B5"><v>x</v></c><c r="C5"><v>2</v></c></row>'
        '<row r="6"><c r="A6" t="inlineStr"><is><t>B</t></is></c><c r="B6"><v>1</v></c><c r="C6"><v>2</v></c></row>'
    ).replace("<v>x</v>", "<v>999</v>")
    started = time.perf_counter()
    sites = read_sites(workbook_with_sheet(tmp_path, sheet_of(cells, '<dimension ref="A1:XFD1048576"/>')))
    assert time.perf_counter() - started < 1
    assert sites.frame["name"].tolist() == ["B"]
    assert [one.facts["cell"] for one in sites.findings if one.level == "bad_row"] == ["B5"]


def test_merged_ranges_over_the_whole_sheet_do_no_harm(tmp_path):
    body = sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="10000"><c r="A10000"><v>1</v></c></row>')
    many = '<mergeCell ref="A1:XFD1048576"/>' * 1000
    path = workbook_with_sheet(tmp_path, body.replace("</sheetData>", f"</sheetData><mergeCells>{many}</mergeCells>"))
    refused_fast(lambda: read_sites(path))


def test_a_zip_that_is_no_workbook_is_named(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(InputError, match="zip"):
        open_input(path, "xlsx")


def test_a_checksum_is_that_of_the_bytes(tmp_path):
    path = tmp_path / "a.csv"
    path.write_bytes(b"abc")
    # The test vector of FIPS 180-2.
    assert open_input(path, "csv").sha256() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "报告 1.txt"
    path.write_text("old", encoding="utf-8")

    def write_half():
        with atomic_output(path) as draft:
            draft.write_text("ne", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert [(entry.name, entry.read_text(encoding="utf-8")) for entry in tmp_path.iterdir()] == [("报告 1.txt", "old")]


KILLED = """
import os, pathlib, signal, sys
from catchment.files import atomic_output, run_folder
target = pathlib.Path(sys.argv[2])
with (atomic_output if sys.argv[1] == "file" else run_folder)(target) as draft:
    if sys.argv[1] == "file":
        draft.write_text("half")
    else:
        (draft / "run.json").write_text("half")
    os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
"""


def kill_while_writing(what: str, target: Path) -> None:
    finished = subprocess.run([sys.executable, "-c", KILLED, what, str(target)], check=False)
    assert finished.returncode != 0


def test_a_process_killed_in_mid_write_leaves_the_old_file_whole(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text("old", encoding="utf-8")
    kill_while_writing("file", path)
    assert path.read_text(encoding="utf-8") == "old"


def finished_run(target: Path, text: str = "old", **files: str) -> None:
    with run_folder(target) as folder:
        for name, body in files.items():
            (folder / name).write_text(body, encoding="utf-8")
        (folder / "a.html").write_text(text, encoding="utf-8")
        record = {"outputs": {"map": "a.html", **{name: name for name in files}}}
        (folder / "run.json").write_text(json.dumps(record), encoding="utf-8")


def test_a_run_killed_in_mid_write_leaves_the_old_results_whole_and_the_next_run_works(tmp_path):
    target = tmp_path / "结果"
    finished_run(target)
    kill_while_writing("folder", target)
    assert (target / "a.html").read_text(encoding="utf-8") == "old"
    finished_run(target, "new")
    assert (target / "a.html").read_text(encoding="utf-8") == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["结果"]


def test_a_run_that_fails_leaves_the_old_results_and_nothing_beside_them(tmp_path):
    target = tmp_path / "out"
    finished_run(target)

    def fail():
        with run_folder(target) as folder:
            (folder / "run.json").write_text("half", encoding="utf-8")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert (target / "a.html").read_text(encoding="utf-8") == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_results_moved_aside_by_a_run_killed_in_mid_swap_come_back(tmp_path):
    target = tmp_path / "out"
    finished_run(target)
    target.rename(tmp_path / ".out.old")
    finished_run(target, "new")
    assert (target / "a.html").read_text(encoding="utf-8") == "new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


def test_what_the_planner_put_into_the_folder_is_carried_over_and_old_results_are_not(tmp_path):
    target = tmp_path / "out"
    finished_run(target, gone="x")
    (target / "笔记.txt").write_text("mine", encoding="utf-8")
    (target / "照片").mkdir()
    (target / "照片" / "1.jpg").write_text("mine too", encoding="utf-8")
    finished_run(target, "new")
    assert {entry.name for entry in target.iterdir()} == {"a.html", "run.json", "笔记.txt", "照片"}
    assert (target / "照片" / "1.jpg").read_text(encoding="utf-8") == "mine too"


@pytest.mark.parametrize("record", ["{", "[]", '{"outputs": 3}', '{"outputs": {"a": {}}}', "\x00"])
def test_a_record_that_is_not_ours_costs_no_file(tmp_path, record):
    target = tmp_path / "out"
    target.mkdir()
    (target / "run.json").write_text(record, encoding="utf-8")
    (target / "mine.txt").write_text("mine", encoding="utf-8")
    finished_run(target)
    assert (target / "mine.txt").read_text(encoding="utf-8") == "mine"


def test_a_folder_with_foreign_files_and_a_file_are_refused(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    for target in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(SettingsError), run_folder(target):
            pass
    assert [entry.name for entry in tmp_path.iterdir()] == ["mine.txt"]


def test_a_folder_below_a_file_cannot_be_written_and_the_message_says_so(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"), run_folder(tmp_path / "mine.txt" / "out"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="a folder's rights are other on Windows")
def test_no_reader_prints_what_gdal_has_to_say(tmp_path):
    (tmp_path / "pop.tif").write_bytes(b"II*\x00" + b"\x00" * 100)
    code = (
        "import sys\nfrom catchment.errors import InputError\nfrom catchment.inputs.population import read_population\n"
        "try:\n    read_population(sys.argv[1])\nexcept InputError:\n    pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "pop.tif")], capture_output=True, text=True, check=True
    )
    assert done.stdout + done.stderr == ""
