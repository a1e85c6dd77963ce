"""The figures of a run as printed: whole persons that add up, the same on the page and in the workbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.model import UNITS_PER_PERSON, Cause, Setting
from catchment.outputs.patches import printed_patches
from catchment.outputs.proposal import printed_proposal
from catchment.outputs.style import CAUSES, DOUBTS, largest_remainder_table, whole
from catchment.rounding import largest_remainder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Ints, Run
    from catchment.outputs.patches import Patch
    from catchment.outputs.proposal import Proposal

CAUSE_COLUMNS = tuple(cause.name.lower() for cause in Cause)
"""Columns of ``Run.by_region`` that hold people by cause, in the order of ``Cause``; ``covered`` is the first."""

SETTING_COLUMNS = tuple(setting.name.lower() for setting in Setting)


@dataclass(frozen=True, eq=False)
class Figures:
    """Whole persons. Parts add up to their totals, along both sides of every table."""

    people: int
    covered: int
    by_cause: Mapping[Cause, int]
    """Uncovered people by cause."""
    by_setting: Ints
    """People by ``Setting`` and ``Cause``, shape (3, 6)."""
    setting_units: Ints
    """The same in 1/1024 persons, for shares, shape (3, 6)."""
    by_county: pd.DataFrame
    """``Run.by_county`` in whole persons."""
    by_region: pd.DataFrame
    """``Run.by_region`` in whole persons; the regions of a county add up to it."""
    by_site: pd.DataFrame
    """``Run.by_site`` in whole persons."""
    patches: list[Patch]
    """Gaps in their order; their people add up to the uncovered."""
    proposal: Proposal | None
    """The plan, if one was asked for; covered people and its gain add up to those covered with it."""

    @property
    def uncovered(self) -> int:
        """People not covered."""
        return self.people - self.covered

    @property
    def doubtful(self) -> int:
        """Uncovered people whose cause is a doubt about the data."""
        return sum(self.by_cause[cause] for cause in DOUBTS)


def printed_figures(run: Run) -> Figures:
    """The figures of a run as whole persons, rounded once, for every output."""
    totals = run.totals
    people, covered = whole(totals.people), whole(totals.covered)
    units = np.array([totals.uncovered_by_cause[cause] for cause in CAUSES], np.int64)
    by_cause = dict(zip(CAUSES, _column(units, people - covered).tolist(), strict=True))
    columns = np.array([covered if cause is Cause.COVERED else by_cause[cause] for cause in Cause], np.int64)
    setting_units = _people_by_setting_and_cause(run)
    rows = _column(setting_units.sum(axis=1), people)
    by_setting = largest_remainder_table(setting_units, rows, columns)
    by_county = _region_persons(run.by_county, columns, rows)
    return Figures(
        people=people,
        covered=covered,
        by_cause=by_cause,
        by_setting=by_setting,
        setting_units=setting_units,
        by_county=by_county,
        by_region=(
            _persons_within(by_county, run.by_region)
            if len(by_county)
            else _region_persons(run.by_region, columns, rows)
        ),
        by_site=_site_persons(run.by_site, covered),
        patches=printed_patches(run, people - covered),
        proposal=printed_proposal(run),
    )


def _column(units: Ints, total: int) -> Ints:
    """A column of units as whole persons that add up to a printed total."""
    return largest_remainder(units / UNITS_PER_PERSON, total)


def _people_by_setting_and_cause(run: Run) -> Ints:
    """Units of each pair of setting and cause, shape (3, 6)."""
    pair = run.people.setting.astype(np.int64) * len(Cause) + run.access.cause
    table = np.zeros(len(Setting) * len(Cause), np.int64)
    np.add.at(table, pair, run.people.units)
    return table.reshape(len(Setting), len(Cause))


def _region_persons(frame: pd.DataFrame, causes: Ints, settings: Ints) -> pd.DataFrame:
    """The regions' rows: people are rounded first, then the parts within them."""
    if not len(frame):
        return frame
    rows = _column(frame["people"].to_numpy(np.int64), int(causes.sum()))
    by_cause = largest_remainder_table(frame[list(CAUSE_COLUMNS)].to_numpy(np.int64), rows, causes)
    by_setting = largest_remainder_table(frame[list(SETTING_COLUMNS)].to_numpy(np.int64), rows, settings)
    persons = {name: by_cause[:, column] for column, name in enumerate(CAUSE_COLUMNS)}
    persons |= {name: by_setting[:, column] for column, name in enumerate(SETTING_COLUMNS)}
    return frame.assign(people=rows, uncovered=rows - persons["covered"], **persons)


def _persons_within(counties: pd.DataFrame, regions: pd.DataFrame) -> pd.DataFrame:
    """The regions' rows, those of each county rounded to what is printed of it."""
    parts = []
    for name, own in regions.groupby("parent", sort=False):
        county = counties[counties["region_id"] == name]
        causes, settings = (county[list(columns)].to_numpy(np.int64)[0] for columns in (CAUSE_COLUMNS, SETTING_COLUMNS))
        parts.append(_region_persons(own, causes, settings))
    return pd.concat(parts).loc[regions.index]


def _site_persons(frame: pd.DataFrame, covered: int) -> pd.DataFrame:
    """
    The sites' rows, made of their parts: who only it reaches, who others reach too, whom it does not reach.

    People in reach of several sites are in reach of each: that column has no sum. It is rounded row by row, and never
    printed below the part that it is the nearest site of.
    """
    if not len(frame):
        return frame
    units = {name: frame[name].to_numpy(np.int64) for name in ("catchment", "catchment_covered", "unique")}
    beyond = units["catchment"] - units["catchment_covered"]
    unique = _column(units["unique"], whole(int(units["unique"].sum())))
    inside = unique + _column(units["catchment_covered"] - units["unique"], covered - int(unique.sum()))
    catchment = inside + _column(beyond, whole(int(beyond.sum())))
    reach = np.maximum([whole(people) for people in frame["reach"].tolist()], inside)
    return frame.assign(reach=reach, catchment=catchment, catchment_covered=inside, unique=unique)
