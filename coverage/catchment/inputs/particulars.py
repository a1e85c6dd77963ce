"""What a planner's table says of premises beside name, type and place: area, ownership, way of building, honours."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import pandas as pd

from catchment.inputs.cells import is_missing, persons_of, quoted, without_phones
from catchment.inputs.headers import normal

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.inputs.identity import Draft
    from catchment.model import Finding

BLANK: Mapping[str, object] = {
    "type": "",
    "area_m2": float("nan"),
    "ownership": "",
    "way": "",
    "honours": "",
    "single_building": "",
    "proposed_by": "",
    "township": "",
}
"""The columns, and what stands in them where nothing is known."""

_WAYS: tuple[tuple[str, str], ...] = (
    ("way.upgrade", "提升|改造|升级|提质|upgrade|refurbish"),
    ("way.exchange", "置换|调剂|exchange|swap"),
    ("way.joint", "联营|联建|共建|共用|共享|合作|joint|shared"),
    ("way.merge", "打通|整合|合并|merge|adjoining|throughwall|knockthrough"),
    ("way.new_building", "新建|新设|newbuild|newconstruction|new"),
)
"""What the plan calls ways of building; the last one it wants in no case."""

_YES, _NO = (
    ("是", "有", "单体", "独栋", "yes", "y", "true", "1", "√"),
    ("否", "不是", "非单体", "no", "n", "false", "0", "×"),
)

_SQUARE_METRES = re.compile(
    r"(?:约|共|≈|~)?\s*([\d.,]+)\s*(?:余|多|左右)?\s*(?:m2|m\^2|平方米|平方|平米|平|sqm)?(?:左右)?"
)


def particulars(drafts: Sequence[Draft]) -> tuple[pd.DataFrame, list[Finding]]:
    """
    The columns of ``BLANK`` for rows of a planner's table, and a finding for every cell that is not understood.

    ``type`` is the table's own word. ``proposed_by`` is the county that proposes the premises, else the county they lie
    in; ``township`` is where the table says they are. Telephone numbers are left behind.

    Parameters
    ----------
    drafts
        Usable rows; their records have the fields of ``PREMISES_COLUMNS``.
    """
    rows, findings = [], []
    for draft in drafts:
        row: dict[str, object] = {"type": without_phones(draft.record.text("type"))}
        for field, meaning in (("area", area_m2), ("way", way_of_building), ("single_building", yes_or_no)):
            text = draft.record.text(field)
            value = meaning(text)
            column = "area_m2" if field == "area" else field
            row[column] = BLANK[column] if value is None else value
            if value is None:
                odd = draft.part.finding("warning", _UNREAD[field], draft.record, field, found=quoted(text))
                findings.append(odd)
        for field in ("ownership", "honours", "proposed_by"):
            text = draft.record.text(field)
            row[field] = without_phones(text)
            if row[field] != text:
                findings.append(draft.part.finding("warning", "finding.phone_removed", draft.record, field))
        row["proposed_by"] = row["proposed_by"] or draft.county
        row["township"] = draft.township
        rows.append(row)
    return pd.DataFrame(rows, columns=list(BLANK)), findings


_HONOURED = re.compile("(高质量|充分)就业|(quality|full)employment")
_NOT_YET = re.compile("未|不是|^非|拟|争创|创建中|申报中|撤销|取消|not|pending|revoked")


def is_honoured(text: str) -> bool:
    """
    Whether honours (原荣誉) name a community or village of high-quality or full employment: those the plan prefers.

    社区(村)从历年高质量/充分就业社区(村)中择优. A title that is only aimed at, or was taken away, is none.

    Examples
    --------
    >>> is_honoured("省级高质量充分就业社区"), is_honoured("充分就业村（2021年）"), is_honoured("文明社区")
    (True, True, False)
    >>> is_honoured("拟申报充分就业社区"), is_honoured("")
    (False, False)
    """
    titles = re.split("[,，、;；]", text)
    return any(_HONOURED.search(plain) and not _NOT_YET.search(plain) for plain in map(normal, titles))


_UNREAD = {
    "area": "finding.premises_area_unread",
    "way": "finding.premises_way_unknown",
    "single_building": "finding.premises_single_unknown",
}


def area_m2(text: str) -> float | None:
    """
    Square metres; NaN for a blank, ``None`` for what is no area above 0.

    Examples
    --------
    >>> area_m2("120㎡"), area_m2("约1,200平方米"), area_m2("100-120"), area_m2("0.5亩")
    (120.0, 1200.0, None, None)
    """
    if is_missing(text):
        return float("nan")
    match = _SQUARE_METRES.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    area = persons_of(match[1]) if match else None
    return area if area and area > 0 else None


def way_of_building(text: str) -> str | None:
    """
    The entry of the catalogue for a way of building (提升、置换、联营、打通); empty for a blank, ``None`` if unknown.

    Of several in one cell the first of that list.

    Examples
    --------
    >>> way_of_building("改造提升"), way_of_building("置换"), way_of_building(""), way_of_building("租赁")
    ('way.upgrade', 'way.exchange', '', None)
    """
    if is_missing(text):
        return ""
    plain = normal(text)
    return next((way for way, words in _WAYS if re.search(words, plain)), None)


def yes_or_no(text: str) -> str | None:
    """
    ``yes`` or ``no``; empty for a blank, ``None`` for anything else.

    Examples
    --------
    >>> yes_or_no("是"), yes_or_no("否"), yes_or_no(" "), yes_or_no("两栋")
    ('yes', 'no', '', None)
    """
    if is_missing(text):
        return ""
    plain = normal(text)
    return "yes" if plain in _YES else "no" if plain in _NO else None
