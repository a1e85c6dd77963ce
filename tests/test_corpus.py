"""The corpus of broken inputs: each fault is found where it is, no good row is lost, no contact gets out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from corpus.cases import PERSON, PHONE
from corpus.make import CASES, write_case
from corpus.reading import count_of, frame_of, read, read_repaired

from catchment.errors import CatchmentError
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from corpus.cases import Case

    from catchment.model import Finding, Repair


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Where the cases are written, each when its test runs."""
    return tmp_path_factory.mktemp("语料 corpus")


def refuse_leaks(texts: Iterable[str]) -> None:
    for text in texts:
        assert PERSON not in text
        assert PHONE not in text.replace(" ", "").replace("-", "")


def said(findings: Iterable[Finding]) -> list[tuple[str, str, int | None, str]]:
    return sorted(
        ((one.word, one.sheet, one.row, str(one.facts.get("cell", ""))) for one in findings),
        key=repr,
    )


def sentences(findings: Iterable[Finding]) -> list[str]:
    """What is said of a file, in both languages; a placeholder without a value is an error of ``say``."""
    return [say(one.word, language, **one.facts) for one in findings for language in LANGUAGES]


def refuse_anonymous(findings: Iterable[Finding], case: Case) -> None:
    """Each line of the report names its file, and a bad row its row."""
    for one in findings:
        assert one.file
        assert one.file == case.file or "." not in case.file
        assert one.level != "bad_row" or one.row is not None or one.word == "finding.lines_bad_more"


def reads_as_expected(case: Case, path: Any) -> None:
    result = read(case, path)
    findings = result.findings
    assert said(findings) == case.expected
    assert count_of(result) == case.kept
    refuse_anonymous(findings, case)
    for column, values in case.holds.items():
        assert tuple(sorted(frame_of(result)[column], key=str)) == values
    refuse_leaks([*sentences(findings), repr(result), *(repr(one) for one in findings)])
    refuse_leaks([frame_of(result).to_csv(), repr(getattr(result, "origins", ""))])
    proposals = [one for one in getattr(result, "repairs", ()) if one.word != "repair.one_digit"]
    proposes_as_expected(case, proposals)
    if case.kept_repaired is not None:
        mended = read_repaired(case, path)
        assert count_of(mended) == case.kept_repaired
        refuse_leaks([frame_of(mended).to_csv(), *sentences(mended.findings)])


def proposes_as_expected(case: Case, repairs: Iterable[Repair]) -> None:
    found = {cell: one for one in repairs for cell in one.cell.split(", ")}
    cells = {cell: mend for cells, mend in case.proposed.items() for cell in cells.split(", ")}
    assert {cell: one.word for cell, one in found.items()} == {cell: word for cell, (word, _) in cells.items()}
    for cell, one in found.items():
        refuse_leaks([repr(one), *(say(one.word, language, **one.facts) for language in LANGUAGES)])
        assert one.file == case.file
        number = cells[cell][1]
        assert math.isnan(number) or math.isclose(float(one.proposed), number, abs_tol=1e-6)


def refused_as_expected(case: Case, path: Any) -> None:
    with pytest.raises(CatchmentError) as refusal:
        read(case, path)
    assert refusal.value.word == case.refused
    assert refusal.value.exit_code in (2, 3)
    texts = [refusal.value.text(language) for language in LANGUAGES]
    # Chinese and English are two texts, and both name the file; of a folder, that in it.
    assert len(set(texts)) == 2
    assert "." not in case.file or all(case.file in text for text in texts)
    refuse_leaks([*texts, repr(refusal.value.facts)])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.reader}: {case.name}")
def test_what_is_wrong_with_a_file_is_said_and_nothing_else(case, folder):
    path = write_case(case, folder / str(CASES.index(case)))
    if case.refused:
        refused_as_expected(case, path)
    else:
        reads_as_expected(case, path)


def test_the_corpus_has_at_least_two_hundred_cases_and_each_its_own_name():
    names = [(case.reader, case.name) for case in CASES]
    assert len(CASES) >= 200
    assert len(set(names)) == len(names)
