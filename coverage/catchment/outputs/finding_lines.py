"""The data report of a ledger for the terminal and for programs: its findings by file, and its rows counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from catchment.inputs.row_counts import RowCounts
    from catchment.model import Finding, Repair
    from catchment.words import Language


def finding_line(finding: Finding, language: Language) -> str:
    """
    A line of the data report for the terminal: level, where, what.

    Examples
    --------
    >>> from catchment.model import Finding
    >>> finding_line(Finding("note", "finding.repeated_nodes", {"count": 3}, file="roads.pbf"), "en")
    'note: roads.pbf: 3 nodes stand twice in a row in their way; taken once.'
    """
    return _line(finding, finding.file, language)


def grouped_lines(findings: Sequence[Finding], files: Iterable[str], language: Language) -> Iterator[str]:
    """
    The findings of each file under its name.

    Parameters
    ----------
    findings
        In any order of files.
    files
        Names, those without a finding too; further files follow them.
    language
        Of the lines.

    Examples
    --------
    >>> from catchment.model import Finding
    >>> found = Finding("note", "finding.encoding_gb18030", file="b.csv")
    >>> list(grouped_lines([found], ["a.csv", "b.csv"], "en"))
    ['a.csv: nothing to say', 'b.csv:', '  note: The file was read as GB18030.']
    """
    of_file: dict[str, list[Finding]] = {name: [] for name in files}
    for finding in findings:
        of_file.setdefault(finding.file, []).append(finding)
    for name, own in of_file.items():
        yield say("checked.file" if own else "checked.file_clean", language, file=name or "-")
        yield from (f"  {_line(finding, '', language)}" for finding in own)


def _line(finding: Finding, file: str, language: Language) -> str:
    row = "" if finding.row is None else say("level.row", language, row=finding.row)
    where = ", ".join(part for part in (file, finding.sheet, row, finding.column) if part)
    text = say(finding.word, language, **finding.facts)
    return ": ".join(part for part in (say(f"level.{finding.level}", language), where, text) if part)


def counts_line(counts: RowCounts, language: Language) -> str:
    """
    How many rows are good, repaired, doubtful, bad.

    Examples
    --------
    >>> from catchment.inputs.row_counts import RowCounts
    >>> counts_line(RowCounts(good=7, repaired=1, doubtful=2, bad=3, repeated=0), "zh")
    '共 10 行：可用 7 行（其中按建议修正 1 行，有疑点 2 行），未采用 3 行，重复未计 0 行。'
    """
    facts = {"rows": counts.rows, "good": counts.good, "bad": counts.bad, "repeated": counts.repeated}
    return say("checked.counts", language, repaired=counts.repaired, doubtful=counts.doubtful, **facts)


def finding_record(finding: Finding, language: Language) -> dict[str, Any]:
    """
    A finding for programs.

    Examples
    --------
    >>> from catchment.model import Finding
    >>> finding_record(Finding("note", "finding.encoding_gb18030", file="b.csv"), "en")["finding"]
    'encoding_gb18030'
    """
    return {
        "level": finding.level,
        "finding": finding.word.removeprefix("finding."),
        "file": finding.file,
        "sheet": finding.sheet,
        "row": finding.row,
        "column": finding.column,
        "text": say(finding.word, language, **finding.facts),
    }


def repair_record(repair: Repair, language: Language) -> dict[str, Any]:
    """
    A repair for programs.

    Examples
    --------
    >>> from catchment.model import Repair
    >>> facts = {"cell": "C2", "found": "27.8", "proposed": "114.4"}
    >>> repair = Repair("a.csv", "", 2, "经度", "C2", "lon", "27.8", "114.4", "repair.swapped", facts)
    >>> record = repair_record(repair, "en")
    >>> record["cell"], record["proposed"], record["applied"]
    ('C2', '114.4', False)
    """
    where = {"file": repair.file, "sheet": repair.sheet, "row": repair.row, "column": repair.column}
    said = {"found": repair.found, "proposed": repair.proposed, "reason": say(repair.word, language, **repair.facts)}
    return {**where, "cell": repair.cell, **said, "applied": repair.applied}
