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
    parent's; of a name, 市, 县 or 区 at its end may be missing, and one that could mean two units means none.

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
    by_name = _by_name(enumerate(names))
    uncoded_by_name = _by_name((row, names[row]) for row in plain_ids.values())
    found = []
    for own_id, own_name, parent in regions.frame[["region_id", "name", "parent"]].itertuples(index=False):
        codes = [stem for code in (own_id, parent) if (stem := division_stem(code))]
        outer = next(filter(None, (containing_stem(stem, stems) for stem in codes)), "")
        named = uncoded_by_name if codes else by_name
        rows = (
            stems.get(outer),
            plain_ids.get(own_id),
            plain_ids.get(parent),
            _named(own_name, named),
            _named(parent, named),
        )
        found.append(next((row for row in rows if row is not None), -1))
    return np.array(found, np.int32)


def name_forms(name: str) -> tuple[str, ...]:
    """
    A name of a unit as tables write it: without spaces, then without 市, 县 or 区 at the end of three or more.

    Examples
    --------
    >>> name_forms(" 樟 树 市"), name_forms("樟树"), name_forms("沙县"), name_forms("")
    (('樟树市', '樟树'), ('樟树',), ('沙县',), ())
    """
    plain = re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).lower()
    return tuple(dict.fromkeys(form for form in (plain, re.sub(r"(?<=..)[市县区]$", "", plain)) if form))


def _by_name(units: Iterable[tuple[int, str]]) -> dict[str, int]:
    """Row of each form of a name that is one unit's own name, or that one unit alone has."""
    forms = [(form, row, rank) for row, name in units for rank, form in enumerate(name_forms(name))]
    whole = Counter(form for form, _, rank in forms if rank == 0)
    either = Counter(form for form, *_ in forms)
    return {form: row for form, row, rank in forms if either[form] == 1 or (rank == 0 and whole[form] == 1)}


def _named(name: str, by_name: dict[str, int]) -> int | None:
    return next((by_name[form] for form in name_forms(name) if form in by_name), None)
