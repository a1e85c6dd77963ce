"""Which control unit of a census each region belongs to."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.divisions import containing_stem, division_stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from catchment.model import Census, Indices, Regions


def control_units(regions: Regions, census: Census) -> Indices:
    """
    Row of the census that each region is or lies in, -1 for a region without one, shape (regions,).

    Official codes decide where region and unit both have one: that of the region itself (a township's begins with its
    county's), else that of its parent. Without, an id or a name that is the same, the region's own before its
    parent's; of a name, 市, 县 or 区 at its end may be missing, and a name that two units share means none.

    Parameters
    ----------
    regions
        Counties, townships or villages.
    census
        The control totals.
    """
    ids = census.frame["unit_id"].tolist()
    stems = {stem: row for row, unit_id in enumerate(ids) if (stem := division_stem(unit_id))}
    plain_ids = {unit_id: row for row, unit_id in enumerate(ids) if not division_stem(unit_id)}
    names = census.frame["name"].tolist()
    by_name = _unique_names(enumerate(names))
    uncoded_by_name = _unique_names((row, names[row]) for row in plain_ids.values())
    found = []
    for own_id, own_name, parent in regions.frame[["region_id", "name", "parent"]].itertuples(index=False):
        codes = [stem for code in (own_id, parent) if (stem := division_stem(code))]
        outer = next(filter(None, (containing_stem(stem, stems) for stem in codes)), "")
        named = uncoded_by_name if codes else by_name
        rows = (
            stems.get(outer),
            plain_ids.get(own_id),
            plain_ids.get(parent),
            named.get(unit_name(own_name)),
            named.get(unit_name(parent)),
        )
        found.append(next((row for row in rows if row is not None), -1))
    return np.array(found, np.int32)


def unit_name(name: str) -> str:
    """
    A name of a unit as ledgers agree on it: without spaces and without 市, 县 or 区 at the end of three or more.

    Examples
    --------
    >>> unit_name("樟树市"), unit_name(" 宜 丰 县 "), unit_name("沙县")
    ('樟树', '宜丰', '沙县')
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).lower()
    return re.sub(r"(?<=..)[市县区]$", "", plain)


def _unique_names(units: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Row of each name that one unit alone has."""
    rows = [(unit_name(name), row) for row, name in units]
    count = Counter(name for name, _ in rows)
    return {name: row for name, row in rows if name and count[name] == 1}
