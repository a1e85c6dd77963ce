"""A handful of broken inputs through the command line: exit codes, both languages, no traceback, no contact."""

from __future__ import annotations

import shutil
import sys

import pytest
from corpus.cases import PERSON, PHONE
from corpus.make import CASES, write_case

from catchment.apps.cli import serve_command_line
from catchment.words import LANGUAGES

BY_NAME = {(case.reader, case.name): case for case in CASES}
REFUSED = (
    "a person above an unknown header",
    "half a workbook",
    "text in no known encoding",
    "all rows exchanged",
    "a PDF",
)


@pytest.fixture
def catchment(monkeypatch, capsys, tmp_path):
    """``catchment(*arguments)``: the exit code and what was printed."""

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["catchment", *map(str, arguments)])
        monkeypatch.chdir(tmp_path)
        with pytest.raises(SystemExit) as end:
            serve_command_line(tmp_path / "cache")
        printed = "".join(capsys.readouterr())
        assert PERSON not in printed
        assert PHONE not in printed
        assert "Traceback" not in printed
        return int(end.value.code or 0), printed

    return run


def project(folder, demo, ledger):
    """The project of the small demo with another ledger."""
    for entry in demo.parent.iterdir():
        if entry.name != "sites.xlsx":
            shutil.copy(entry, folder / entry.name)
    path = folder / demo.name
    path.write_text(path.read_text(encoding="utf-8").replace("sites.xlsx", ledger), encoding="utf-8")
    return path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", REFUSED)
def test_a_ledger_that_is_refused_ends_with_3_and_names_the_file(*, catchment, small_demo, tmp_path, name, language):
    case = BY_NAME["sites", name]
    write_case(case, tmp_path)
    code, printed = catchment("check", project(tmp_path, small_demo, case.file), "--lang", language)
    assert code == 3
    assert case.file in printed


@pytest.mark.parametrize("name", ["a key nobody knows", "no TOML", "an odd value"])
def test_a_project_file_that_cannot_be_meant_ends_with_2(catchment, tmp_path, name):
    path = write_case(BY_NAME["settings", name], tmp_path)
    assert catchment("check", path)[0] == 2


def test_a_ledger_with_bad_rows_ends_with_0_and_lists_each_with_its_cell(catchment, small_demo, tmp_path):
    case = BY_NAME["sites", "a telephone number, xlsx"]
    write_case(case, tmp_path)
    code, printed = catchment("check", project(tmp_path, small_demo, case.file), "--lang", "en")
    (cell,) = (said.cell for said in case.says if said.cell)
    assert code == 0
    assert f"{cell}: “***” is no longitude or latitude" in printed


def test_a_missing_and_a_remote_ledger_end_with_3(catchment, small_demo, tmp_path):
    for ledger in ("no such file.xlsx", "http://127.0.0.1:9/sites.xlsx"):
        assert catchment("check", project(tmp_path, small_demo, ledger))[0] == 3
