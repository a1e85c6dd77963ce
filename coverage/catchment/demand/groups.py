"""People of key groups spread over the residents of their units."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from catchment.demand.controls import control_units, name_forms
from catchment.geo.divisions import containing_stem, division_stem
from catchment.model import UNITS_PER_PERSON, Census
from catchment.rounding import shared_out

if TYPE_CHECKING:
    from catchment.model import Indices, Ints, KeyGroups, Mask, People, Regions


class UnitRows(NamedTuple):
    """Where the rows of a table lie."""

    row_of_region: Indices
    """Row whose unit each region is or lies in, -1 without one, shape (regions,)."""
    region_of_row: Indices
    """Region that a smaller unit lies in, -1 for all others, shape (rows,)."""
    total: Mask
    """Rows that sum up other rows and are not counted, shape (rows,)."""

    @property
    def lost(self) -> Mask:
        """Rows that neither are nor lie in a region nor hold one, shape (rows,)."""
        rows = np.arange(len(self.total))
        return ~self.total & (self.region_of_row < 0) & ~np.isin(rows, self.row_of_region)


def group_rows(groups: KeyGroups, regions: Regions) -> UnitRows:
    """
    Which regions each row of a table of groups is about.

    A unit that is a region, or of which regions are parts, by code or by name; else a village within a region, by the
    code it begins with or by the township that its row names. A row over other rows of the table is their total.

    Parameters
    ----------
    groups
        From ``read_groups``.
    regions
        Counties, townships or villages.
    """
    frame = groups.frame
    code = [division_stem(unit_id) for unit_id in frame["unit_id"]]
    known = {stem for stem in code if stem}
    outer = {containing_stem(stem, known - {stem}) for stem in known}
    total = np.array([stem in outer if stem else False for stem in code], bool)
    row_of_region = control_units(regions, Census(_counted(groups, total)))
    rows = np.flatnonzero(~total)
    row_of_region = np.where(row_of_region >= 0, rows[row_of_region], -1)
    total |= _totals_by_name(groups, regions, row_of_region)
    row_of_region[np.append(total, False)[row_of_region]] = -1
    region_of_row = _regions_around(groups, regions)
    region_of_row[total | np.isin(np.arange(len(frame)), row_of_region)] = -1
    return UnitRows(row_of_region.astype(np.int32), region_of_row, total)


def _counted(groups: KeyGroups, total: Mask) -> pd.DataFrame:
    frame = groups.frame[~total]
    # A row that says its township only is about the township.
    name = np.where(frame["name"] == "", frame["township"], frame["name"])
    # A code that is none must not be taken for a name that is the same.
    unit_id = [text if division_stem(text) else f"row {row}" for row, text in enumerate(frame["unit_id"])]
    return pd.DataFrame({"unit_id": unit_id, "name": name})


def _totals_by_name(groups: KeyGroups, regions: Regions, row_of_region: Indices) -> Mask:
    """Rows named like the parent of regions of which others have rows of their own."""
    names, parents = regions.frame["name"].to_numpy(), regions.frame["parent"].to_numpy()
    total = np.zeros(len(groups), bool)
    coded = np.array([bool(division_stem(code)) for code in groups.frame["unit_id"]], bool)
    for row in np.unique(row_of_region[row_of_region >= 0]):
        if coded[row]:
            continue
        forms = set(name_forms(groups.frame["name"].iloc[row] or groups.frame["township"].iloc[row]))
        held = row_of_region == row
        itself = any(forms & set(name_forms(name)) for name in names[held])
        beside = np.isin(parents, parents[held]) & (row_of_region >= 0) & ~held
        total[row] = bool(not itself and beside.any() and (parents[held] != "").all())
    return total


def _regions_around(groups: KeyGroups, regions: Regions) -> Indices:
    """The region that the unit of each row lies in, by its code, else by its township, -1 without one."""
    stems = {stem: at for at, code in enumerate(regions.frame["region_id"]) if (stem := division_stem(code))}
    by_name: dict[str, list[int]] = {}
    for at, name in enumerate(regions.frame["name"]):
        for form in name_forms(name):
            by_name.setdefault(form, []).append(at)
    found = []
    for unit_id, township, county in groups.frame[["unit_id", "township", "county"]].itertuples(index=False):
        stem = division_stem(unit_id)
        around = containing_stem(stem, stems) if stem else ""
        named = next((by_name[form] for form in name_forms(township) if form in by_name), [])
        if len(named) > 1:
            own = set(name_forms(county))
            named = [at for at in named if own & set(name_forms(regions.frame["parent"].iloc[at]))]
        found.append(stems[around] if around else named[0] if len(named) == 1 else -1)
    return np.array(found, np.int32)


def spread_groups(groups: KeyGroups, rows: UnitRows, people: People) -> tuple[Ints, Ints]:
    """
    People of each group at each point: those of a unit in proportion to its residents, by largest remainder.

    Parameters
    ----------
    groups
        From ``read_groups``.
    rows
        From ``group_rows``.
    people
        Residents with their regions.

    Returns
    -------
    Units of 1/1024 person, shape (groups, points), and the persons of each group who could not be placed, because
    nobody knows where the unit is or nobody lives in it, shape (groups,).
    """
    persons = groups.frame[list(groups.groups)].to_numpy(np.int64)
    persons = np.where(rows.total[:, None], 0, persons)
    inner = np.zeros((len(rows.row_of_region), persons.shape[1]), np.int64)
    inside = rows.region_of_row >= 0
    np.add.at(inner, rows.region_of_row[inside], persons[inside])
    whole = np.where(np.isin(np.arange(len(groups)), rows.row_of_region)[:, None], persons, 0)

    region = people.region.astype(np.int64)
    of_row = np.append(rows.row_of_region, -1)[region].astype(np.int64)
    units = _shared(people.units, of_row, whole) + _shared(people.units, region, inner)
    placed = units.sum(axis=1) // UNITS_PER_PERSON
    return units, persons.sum(axis=0) - placed


def _shared(weight: Ints, group: Ints, persons: Ints) -> Ints:
    """Persons of each group of points and each kind, shared among the points by weight, shape (kinds, points)."""
    here = (group >= 0) & (weight > 0)
    lived_in = np.bincount(group[here], minlength=len(persons)) > 0
    units = np.zeros((persons.shape[1], len(weight)), np.int64)
    for kind in range(persons.shape[1]):
        total = np.where(lived_in, persons[:, kind], 0) * UNITS_PER_PERSON
        units[kind, here] = shared_out(weight[here].astype(np.float64), group[here], total)
    return units
