"""What a ledger says of a site beside name, type and place: village, area, staff, street front, way, batch, honours."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import numpy as np

from catchment.inputs.cells import is_missing, number_of, quoted, text_of, without_phones
from catchment.inputs.headers import normal
from catchment.inputs.particulars import area_m2, way_of_building, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from catchment.inputs.identity import Draft
    from catchment.model import Finding

_TEXTS = ("village", "batch", "honours")
_MOST_STAFF = 10_000
_PERSONS = re.compile(r"(?:约|共)?\s*(\d+)\s*(?:人|名|位)?")
_HAS_NONE = re.compile("无|未|没|不|暂无|none")
_FRONT, _NO_FRONT = ("临街", "沿街"), ("不临街", "不沿街", "非临街", "未临街")


def details(drafts: Sequence[Draft]) -> tuple[dict[str, object], list[Finding]]:
    """
    The further columns of ``Sites.frame`` by name, and a finding for every cell that is not understood.

    Parameters
    ----------
    drafts
        Usable rows, in the order of the frame.
    """
    findings: list[Finding] = []
    columns: dict[str, object] = {name: [_text(draft, name) for draft in drafts] for name in _TEXTS[:1]}
    for field, (column, meaning, word) in _MEANINGS.items():
        blank: object = float("nan") if column in ("area_m2", "staff") else ""
        values = []
        for draft in drafts:
            if field not in draft.part.columns.index:
                values.append(blank)
                continue
            text = text_of(draft.record.values.get(field)) if meaning is has_one else draft.record.text(field)
            value = meaning(text)
            values.append(blank if value is None else value)
            if value is None:
                # Where a number of persons is asked for, people write names: they stay at home.
                found = "" if field == "staff" else quoted(text)
                findings.append(draft.part.finding("warning", word, draft.record, field, found=found))
        columns[column] = np.array(values, np.float64) if blank != "" else values
    columns |= {name: [_text(draft, name) for draft in drafts] for name in _TEXTS[1:]}
    return columns, findings


def _text(draft: Draft, field: str) -> str:
    return without_phones(draft.record.text(field)) if field in draft.part.columns.index else ""


def staff_count(text: str) -> float | None:
    """
    Persons; NaN for a blank, ``None`` for what is no number of them. Names of persons are no number.

    Examples
    --------
    >>> staff_count("3人"), staff_count("2"), staff_count("张三"), staff_count("2.5")
    (3.0, 2.0, None, None)
    """
    if is_missing(text):
        return float("nan")
    match = _PERSONS.fullmatch(unicodedata.normalize("NFKC", text).strip())
    count = number_of(match[1]) if match else None
    return count if count is not None and count <= _MOST_STAFF else None


def street_front(text: str) -> str | None:
    """
    ``yes`` or ``no``; empty for a blank, ``None`` for anything else.

    Examples
    --------
    >>> street_front("临街"), street_front("不临街"), street_front("是"), street_front("?")
    ('yes', 'no', 'yes', None)
    """
    return "no" if text in _NO_FRONT else "yes" if text in _FRONT else yes_or_no(text)


def way_of_site(text: str) -> str | None:
    """
    The entry of the catalogue for a way of building; of 是否新建 only "yes" says which.

    Examples
    --------
    >>> way_of_site("置换"), way_of_site("是"), way_of_site("否"), way_of_site("租赁")
    ('way.exchange', 'way.new_building', '', None)
    """
    answer = yes_or_no(text)
    return {"yes": "way.new_building", "no": ""}[answer] if answer else way_of_building(text)


def has_one(text: str) -> str | None:
    """
    ``yes`` where a cell names something or says yes, ``no`` where it says there is none; empty for a blank.

    Of a hotline or a way to complain this is all that is kept: no number leaves the ledger.

    Examples
    --------
    >>> has_one("12333"), has_one("有"), has_one("无"), has_one("未公示"), has_one(""), has_one("待定")
    ('yes', 'yes', 'no', 'no', '', '')
    """
    if _HAS_NONE.match(normal(text)):
        return "no"
    return "" if is_missing(text) else yes_or_no(text) or "yes"


_MEANINGS: Mapping[str, tuple[str, Callable[[str], float | str | None], str]] = {
    "area": ("area_m2", area_m2, "finding.site_area_unread"),
    "staff": ("staff", staff_count, "finding.site_staff_unread"),
    "street_front": ("street_front", street_front, "finding.site_front_unknown"),
    "way": ("way", way_of_site, "finding.site_way_unknown"),
    "single_building": ("single_building", yes_or_no, "finding.site_single_unknown"),
    "hotline": ("hotline", has_one, ""),
    "complaint": ("complaint", has_one, ""),
    "notices": ("notices", has_one, ""),
    "service_ledger": ("service_ledger", has_one, ""),
}
"""Field of the ledger -> column, what a text means, and what is said if it means nothing."""
