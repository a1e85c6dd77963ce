"""What a planner would close and build: lines that are barriers or links."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from catchment.files import open_input
from catchment.inputs.cells import quoted
from catchment.inputs.headers import EDIT_COLUMNS, Wanted, normal
from catchment.inputs.layers import read_layers
from catchment.inputs.lines import KINDS, line_flaws
from catchment.inputs.records import no_good_row
from catchment.model import RoadEdits

if TYPE_CHECKING:
    from pathlib import Path

    from shapely import LineString

    from catchment.model import Finding

WANTED = Wanted(EDIT_COLUMNS, needs=(), holds=(), shape="LineString")

_WORDS = {
    "barrier": ("barrier", "barriers", "closed", "closure", "封闭", "封路", "封堵", "关闭", "阻断", "障碍", "断路"),
    "link": ("link", "links", "new", "added", "新增", "新建", "连接", "打通", "增加", "新路", "新增道路", "新建道路"),
}


def read_edits(path: str | Path) -> RoadEdits:
    """
    Read barriers and links: lines whose column ``kind`` (类型), or else the name of their layer, says which.

    Raises
    ------
    MissingInputError
        If there is no such file.
    InputError
        If it is of another kind, is damaged, has no coordinate reference system or no usable line.
    """
    file = open_input(path, *KINDS)
    parts, findings = read_layers(file, WANTED)
    findings += [finding for part in parts for finding in part.findings]
    found: dict[str, list[LineString]] = {"barrier": [], "link": []}
    bad: list[Finding] = []
    for part in parts:
        for record, flaw in zip(part.records, line_flaws(part), strict=True):
            text = record.text("kind") or part.sheet or file.path.stem
            kind = edit_of(text)
            if flaw is not None:
                bad.append(flaw)
            elif not kind:
                bad.append(part.finding("bad_row", "finding.edit_unknown", record, "kind", found=quoted(text)))
            else:
                found[kind].extend(shapely.get_parts(record.geometry))
    if not any(found.values()):
        raise no_good_row(file.path.name, bad)
    return RoadEdits(tuple(found["barrier"]), tuple(found["link"]), (*findings, *bad))


def edit_of(text: str) -> str:
    """
    ``barrier`` or ``link``; empty if the word means neither.

    Examples
    --------
    >>> edit_of("封闭"), edit_of("新增"), edit_of("Link"), edit_of("?")
    ('barrier', 'link', 'link', '')
    """
    word = normal(text)
    return next((kind for kind, words in _WORDS.items() if word in words), "")
