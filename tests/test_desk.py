"""At an office's desk: open workbooks, a GBK console, Windows paths, spawned processes, a home that is read-only."""

from __future__ import annotations

import codecs
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from test_cli import catchment

from catchment.config import read_settings
from catchment.errors import OutputError, SettingsError
from catchment.files import run_folder
from catchment.words import catalogue

ROOT = Path(__file__).parents[1]


def write_results(target, text):
    with run_folder(target) as folder:
        (folder / "报告.xlsx").write_text(text, encoding="utf-8")
        (folder / "run.json").write_text(json.dumps({"outputs": {"report": "报告.xlsx"}}), encoding="utf-8")


def held_open(*paths):
    """What Windows does while a program holds a file: nothing that moves it or its folder is allowed."""
    replace = Path.replace

    def refusing(self, target):
        if self in paths:
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return replace(self, target)

    return refusing


def test_while_the_workbook_is_open_the_new_results_are_kept_beside_and_the_message_says_what_to_do(
    tmp_path, monkeypatch
):
    target = tmp_path / "就业 之家"
    write_results(target, "old")
    with monkeypatch.context() as windows:
        windows.setattr(Path, "replace", held_open(target))
        for number in (2, 3):
            with pytest.raises(OutputError) as raised:
                write_results(target, f"new {number}")
            kept = tmp_path / f"就业 之家 ({number})"
            assert (kept / "报告.xlsx").read_text(encoding="utf-8") == f"new {number}"
            assert str(kept) in raised.value.text("zh")
            assert "请关闭后重新运行" in raised.value.text("zh")
    assert raised.value.exit_code == 6
    assert (target / "报告.xlsx").read_text(encoding="utf-8") == "old"
    write_results(target, "newest")
    assert (target / "报告.xlsx").read_text(encoding="utf-8") == "newest"
    assert not list(tmp_path.glob(".*"))


def test_results_that_were_swapped_in_stand_though_an_old_file_cannot_be_moved(tmp_path, monkeypatch):
    target = tmp_path / "out"
    write_results(target, "old")
    (target / "笔记.docx").write_text("mine", encoding="utf-8")
    with monkeypatch.context() as windows:
        windows.setattr(Path, "replace", held_open(tmp_path / ".out.old" / "笔记.docx"))
        with pytest.raises(OutputError, match="open in another program") as raised:
            write_results(target, "new")
    assert raised.value.facts["kept"] == str(target)
    assert (target / "报告.xlsx").read_text(encoding="utf-8") == "new"
    # The next run brings what had to stay behind.
    write_results(target, "newest")
    assert (target / "笔记.docx").read_text(encoding="utf-8") == "mine"
    assert [entry.name for entry in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "cp437"])
def test_every_word_is_legible_on_an_office_console(encoding):
    from catchment.apps import cli  # noqa: PLC0415 - only this test needs it

    codecs.register_error("catchment", cli._nearest_characters)
    languages = ("en",) if encoding == "cp437" else ("zh", "en")
    for word, entry in catalogue().items():
        for language in languages:
            # A Chinese word within English is for Chinese machines; U+FFFD is shown as what it stands for.
            text = "".join(mark for mark in entry[language] if encoding != "cp437" or mark.isascii() or mark == "²")
            shown = text.encode(encoding, "catchment").decode(encoding)
            assert shown.count("?") == text.count("?") + text.count("�") * (encoding == "gbk"), word


def test_a_console_that_lacks_a_character_prints_the_nearest_one(small_demo, tmp_path):
    sites = tmp_path / "台账.csv"
    sites.write_text("名称,经度,纬度\n甲😀,114.40,27.80\n乙,x²,27.80\n", encoding="utf-8")
    flags = ["--roads", small_demo.parent / "streets.osm.pbf", "--population", small_demo.parent / "population.tif"]
    search = {"PYTHONPATH": str(ROOT / "coverage"), "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONIOENCODING": "gbk"}
    done = subprocess.run(
        [sys.executable, "-m", "catchment", "run", "--sites", sites, *flags, "--out", "结 果", "--lang", "zh"],
        cwd=tmp_path,
        env={**os.environ, **search},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode("gbk")
    said = done.stdout.decode("gbk")
    assert "坐标“x2”不是数字" in said
    assert "已写出 结 果/覆盖图.html" in said
    assert (tmp_path / "结 果" / "覆盖图.html").is_file()


def project(folder, sites, *, mark=b""):
    text = f'[inputs]\nsites = {sites}\nroads = "r.pbf"\npopulation = "p.tif"\n'
    (folder / "我的 项目.toml").write_bytes(mark + text.encode())
    return folder / "我的 项目.toml"


@pytest.mark.parametrize(
    "sites",
    [r'"D:\data\网点.xlsx"', r'"C:\Users\wang\sites.xlsx"', r'"D:\temp\new.csv"', r'"\\server\share\sites.xlsx"'],
    ids=["no escape", "half an escape", "tab and line end", "share"],
)
@pytest.mark.parametrize(("language", "cure"), [("zh", "单引号"), ("en", "single quotes")])
def test_a_windows_path_in_double_quotes_is_answered_with_its_cure(tmp_path, sites, language, cure):
    done = catchment("run", project(tmp_path, sites), "--lang", language, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert cure in done.stderr
    assert "Traceback" not in done.stderr


def test_a_byte_order_mark_is_no_matter_and_single_quotes_keep_backslashes(tmp_path):
    settings = read_settings(project(tmp_path, r"'D:\data\new\网点.xlsx'", mark=codecs.BOM_UTF8))
    assert str(settings.inputs.sites).endswith(r"D:\data\new\网点.xlsx")
    with pytest.raises(SettingsError) as raised:
        read_settings(project(tmp_path, '"a.csv"', mark=codecs.BOM_UTF16_LE))
    assert raised.value.word == "error.settings_not_toml"


SPAWNED = """
import multiprocessing, os, sys
import numpy as np
import catchment

def order(shift):
    from streetmap import street_map
    drawn = street_map("A--B")
    roads = catchment.graph(drawn.streets, "walk")
    return os.environ["NUMBA_CACHE_DIR"], int(roads.chain_mm.sum()) + shift

if __name__ == "__main__":
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for folder, length in pool.map(order, [0, 1]):
            print(folder, length)
"""


def test_spawned_processes_share_compiled_kernels_though_home_and_installation_are_read_only(tmp_path):
    package = tmp_path / "lib" / "catchment"
    shutil.copytree(ROOT / "coverage" / "catchment", package, ignore=shutil.ignore_patterns("__pycache__"))
    for folder in [package, *(entry for entry in package.rglob("*") if entry.is_dir())]:
        (folder / "__pycache__").write_text("in the way, as a read-only disk is", encoding="utf-8")
    (tmp_path / "脚本.py").write_text(SPAWNED, encoding="utf-8")
    (tmp_path / "temp").mkdir()
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": "/dev/null/cache", "LOCALAPPDATA": str(tmp_path / "脚本.py")}
    search = os.pathsep.join([str(package.parent), str(ROOT / "tests")])
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        [sys.executable, tmp_path / "脚本.py"],
        env={**environment, **nowhere, "TMPDIR": str(tmp_path / "temp"), "PYTHONPATH": search},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (folder, first), (same, second) = (line.rsplit(" ", 1) for line in done.stdout.splitlines())
    # A to B is 300 m.
    assert (folder, int(first), int(second)) == (same, 300_000, 300_001)
    assert Path(folder).is_relative_to(tmp_path / "temp")
    assert list(Path(folder).rglob("*.nbi"))
