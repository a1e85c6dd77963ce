"""The PDF of the page: real ones by Chromium, and what is said of browsers that are not there or fail."""

import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from catchment.errors import BrowserError, OutputError
from catchment.outputs import pdf
from catchment.outputs.maps import write_map
from catchment.outputs.pdf import find_browser, write_pdf


def browser():
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if found is None:
        pytest.skip("no Chromium on the PATH: nothing is printed")
    return Path(found)


def tool(name):
    if shutil.which(name) is None:
        pytest.skip(f"no {name} on the PATH (poppler-utils)")
    return name


def said_by(name, path, *flags):
    command = [tool(name), *flags, str(path), *(["-"] if name == "pdftotext" else [])]
    return subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout


@pytest.fixture
def fake(tmp_path):
    """``fake(body)``: a program that runs these lines of Python with the browser's arguments in ``sys.argv``."""

    def made(body):
        if os.name != "posix":
            pytest.skip("a script is a program on Unix only")
        path = tmp_path / "假 浏览器"
        path.write_text(f"#!{sys.executable}\nimport os, sys, time, subprocess\n{body}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return path

    return made


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "覆盖 图.html"
    path.write_text("<p>page</p>", encoding="utf-8")
    return path


@pytest.mark.parametrize(("paper", "points"), [("A4", (841.9, 595.3)), ("A3", (1190.6, 841.9))])
def test_the_pdf_is_as_large_as_the_paper_and_says_what_the_page_says(make_run, tmp_path, paper, points):
    chromium, target = browser(), tmp_path / "目录 一" / "覆盖 图.pdf"
    target.parent.mkdir()
    write_map(make_run(), target.with_suffix(".html"), paper=paper)
    write_pdf(target.with_suffix(".html"), target, browser=chromium)
    facts = dict(line.split(":", 1) for line in said_by("pdfinfo", target).splitlines())
    width, height = (float(number) for number in facts["Page size"].split("pts")[0].split(" x "))
    assert (width, height) == pytest.approx(points, abs=1)
    assert int(facts["Pages"]) == 2
    first = said_by("pdftotext", target, "-l", "1")
    for text in (
        "演示县 服务圈覆盖图",
        "测算口径",
        "66.6%",
        "图例",
        "内部工作用图，未经地图审核，不得公开",
        "© OpenStreetMap",
    ):
        assert text in first.replace("\n", " ")
    rest = said_by("pdftotext", target, "-f", "2")
    assert "西区" in rest
    assert "打印" not in first + rest
    assert [file.name for file in target.parent.iterdir() if file.suffix not in (".html", ".pdf")] == []


def test_a_browser_that_hangs_is_ended_with_its_children(fake, page, tmp_path):
    mark = tmp_path / "alive"
    child = f"import time, pathlib\\nfor _ in range(50): time.sleep(0.2); pathlib.Path({str(mark)!r}).touch()"
    program = fake(f'subprocess.Popen([sys.executable, "-c", """{child}"""])\ntime.sleep(60)')
    began = time.monotonic()
    with pytest.raises(BrowserError, match="within 2 s") as caught:
        write_pdf(page, tmp_path / "a.pdf", browser=program, timeout_s=2)
    assert time.monotonic() - began < 20
    assert "2 秒" in caught.value.text("zh")
    mark.unlink(missing_ok=True)
    time.sleep(0.8)
    assert not mark.exists()
    assert not (tmp_path / "a.pdf").exists()


def test_a_browser_that_fails_is_quoted(fake, page, tmp_path):
    with pytest.raises(BrowserError, match=r"code 7.*no display") as caught:
        write_pdf(page, tmp_path / "a.pdf", browser=fake('sys.exit(print("no display", file=sys.stderr) or 7)'))
    assert caught.value.exit_code == 6


@pytest.mark.parametrize(
    "body", ["pass", 'open([a for a in sys.argv if "to-pdf=" in a][0].split("=")[1], "w").write("<html>")']
)
def test_a_browser_that_writes_no_pdf_leaves_the_old_one(fake, page, tmp_path, body):
    (tmp_path / "a.pdf").write_bytes(b"old")
    with pytest.raises(BrowserError, match="wrote no PDF"):
        write_pdf(page, tmp_path / "a.pdf", browser=fake(body))
    assert (tmp_path / "a.pdf").read_bytes() == b"old"


def test_a_browser_that_is_not_there_is_named(page, tmp_path):
    with pytest.raises(BrowserError, match="nowhere"):
        write_pdf(page, tmp_path / "a.pdf", browser=tmp_path / "nowhere")


def test_paths_and_flags_reach_the_browser_as_they_are(fake, page, tmp_path):
    log = tmp_path / "arguments"
    program = fake(
        f'open({str(log)!r}, "w").write("\\n".join(sys.argv[1:]))\n'
        'open([a for a in sys.argv if "to-pdf=" in a][0].split("=")[1], "wb").write(b"%PDF-1.4")'
    )
    write_pdf(page, tmp_path / "覆盖 图.pdf", browser=program)
    arguments = log.read_text().splitlines()
    assert arguments[-1] == page.as_uri()
    assert "--headless" in arguments
    profile = next(Path(text.split("=")[1]) for text in arguments if text.startswith("--user-data-dir="))
    assert not profile.parent.exists()
    assert (tmp_path / "覆盖 图.pdf").read_bytes() == b"%PDF-1.4"


def test_a_pdf_that_cannot_be_put_in_its_place_is_an_output_error(fake, page, tmp_path):
    program = fake('open([a for a in sys.argv if "to-pdf=" in a][0].split("=")[1], "wb").write(b"%PDF-1.4")')
    (tmp_path / "a.pdf" / "full").mkdir(parents=True)
    with pytest.raises(OutputError):
        write_pdf(page, tmp_path / "a.pdf", browser=program)


def test_without_any_browser_the_message_says_what_to_install(monkeypatch, page, tmp_path):
    monkeypatch.setattr(pdf, "_COMMANDS", ())
    monkeypatch.setattr(pdf, "_MACOS", ())
    for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        monkeypatch.delenv(folder, raising=False)
    with pytest.raises(BrowserError, match=r"Edge.*CATCHMENT_BROWSER.*Print"):
        write_pdf(page, tmp_path / "a.pdf")


def test_a_browser_of_windows_is_found_where_it_is_installed(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf, "_COMMANDS", ())
    edge = tmp_path / "Program Files (x86)" / "Microsoft" / "Edge" / "Application" / "msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.touch()
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path / "Program Files (x86)"))
    assert find_browser() == edge
