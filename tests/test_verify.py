"""A run made again from its record alone: the same bytes, or what differs is named."""

from __future__ import annotations

import json
import shutil

import pytest

from catchment.config import read_settings
from catchment.errors import InputError
from catchment.pipeline.run import run_project
from catchment.pipeline.verify import CheckedFile, Verified, verify_run


def files_of(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != "run.log"}


@pytest.fixture(scope="module")
def results(small_demo, tmp_path_factory):
    """A folder of results, without a plan."""
    out = tmp_path_factory.mktemp("verify") / "结果 out"
    run_project(read_settings(small_demo, overrides={"siting": {"budget": None}}), out=out, language="zh")
    return out


def test_a_run_is_made_again_from_its_record_alone_and_what_was_changed_is_named(results):
    copy = results.parent / "copy"
    shutil.copytree(results, copy)
    (copy / "覆盖图.png").unlink()
    (copy / "报告.docx").write_bytes((copy / "报告.docx").read_bytes() + b" ")
    record = json.loads((copy / "run.json").read_text(encoding="utf-8"))
    record["people_covered"] += 1
    (copy / "run.json").write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    before = files_of(copy)
    found = verify_run(copy)
    assert files_of(copy) == before
    assert {file.name for file in found.files} == {*files_of(results), "run.log"}
    states = {file.name: (file.state, file.differing) for file in found.files if file.state != "same"}
    assert states == {
        "覆盖图.png": ("missing", ()),
        "报告.docx": ("differs", ()),
        "run.json": ("differs", ("people_covered",)),
        "run.log": ("not_compared", ()),
    }


def test_a_run_is_the_same_if_every_file_but_the_log_is():
    same, log, other = CheckedFile("a", "same"), CheckedFile("run.log", "not_compared"), CheckedFile("b", "differs")
    assert Verified((same, log), {}, "en").is_same
    assert not Verified((same, log, other), {}, "en").is_same


def test_a_run_of_other_inputs_is_not_verified_and_they_are_named(results):
    copy = results.parent / "other"
    copy.mkdir()
    record = json.loads((results / "run.json").read_text(encoding="utf-8"))
    record["inputs"][0]["sha256"] = "0" * 64
    (copy / "run.json").write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(InputError, match=r"sites: sites\.xlsx"):
        verify_run(copy)
