"""The corpus of broken inputs: each fault is found where it is, no good row is lost, no contact gets out."""

from __future__ import annotations

import math
import re
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from corpus.cases import LANDLINE, PERSON, PHONE
from corpus.make import CASES, write_case
from corpus.reading import count_of, frame_of, read, read_repaired

import catchment.inputs
from catchment.errors import CatchmentError
from catchment.words import LANGUAGES, catalogue, say

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
        digits = re.sub(r"[-\s.—]", "", unicodedata.normalize("NFKC", text))
        assert PERSON not in text
        assert PHONE not in digits
        assert LANDLINE not in digits


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
        assert [one.word for one in mended.findings].count("finding.repaired") == case.kept_repaired - case.kept
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


_NOT_SEEDED = {
    # What is too large, which a small file is not: test_files.py, test_hostile.py and the readers' own tests.
    "error.file_too_big", "error.grid_too_big", "error.too_many_ledgers", "error.workbook_too_big",
    # What only an argument or another file brings about.
    "error.field_unknown", "error.layer_missing", "error.no_overlap", "error.population_no_ground",
    "finding.datum_converted", "finding.grid_density", "error.sites_unplaced",
    "finding.place_ambiguous", "finding.place_unknown", "finding.placed_conflict", "finding.placed_shared",
    "finding.placed_unmatched", "finding.site_approximate", "finding.sites_placed",
    "error.folder_ambiguous", "error.folder_lacks",
    # What another program does to a file, and what a library says of it.
    "error.locked", "finding.reader_says",
    # Of planes of grids, beside test_people_sources.py and test_read_population.py.
    "finding.grid_mollweide", "finding.grid_nowhere",
    # Said of a site beside others of its kind, see "one digit wrong".
    "repair.one_digit", "finding.repaired",
}  # fmt: skip


def test_every_word_of_the_readers_is_seeded_somewhere_in_the_corpus():
    # Forms and plans are no ledgers or layers: test_forms.py, test_plan.py.
    readers = Path(catchment.inputs.__file__).parent.glob("*.py")
    ours = [path for path in readers if not path.stem.startswith(("form", "plan", "evaluation"))]
    sources = [path.read_text(encoding="utf-8") for path in ours]
    words = {word for text in sources for word in re.findall(r'"((?:finding|error|repair)\.\w+)"', text)}
    seeded = {said.word for case in CASES for said in case.says} | {case.refused for case in CASES}
    seeded |= {word for case in CASES for word, _ in case.proposed.values()}
    assert (words & catalogue().keys()) - seeded == _NOT_SEEDED


def test_the_corpus_has_at_least_two_hundred_cases_and_each_its_own_name():
    names = [(case.reader, case.name) for case in CASES]
    assert len(CASES) >= 200
    assert len(set(names)) == len(names)
