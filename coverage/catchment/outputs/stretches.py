"""What may be ticked, as the page takes it: people as stretches of one order, and each option's runs of stretches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.access.crowd import pointers
from catchment.outputs.packing import Column

if TYPE_CHECKING:
    from catchment.model import Codes, Indices, Ints, Options, People, ReachSets, Run
    from catchment.outputs.drawing import DrawnCells


@dataclass(frozen=True, eq=False)
class Stretches:
    """
    Pieces of the order of people within which nothing changes for any choice.

    No run of any option begins or ends inside one, and its people are of one region and one setting.
    """

    ptr: Ints
    """Stretch s is the places ``ptr[s]:ptr[s + 1]`` of the order, shape (s + 1,)."""
    of_place: Ints
    """Stretch of each place of the order, and the number of stretches after the last, shape (n + 1,)."""
    units: Ints
    """People [1/1024 person], shape (s,)."""
    region: Indices
    """Index of the region, -1 outside all, shape (s,)."""
    setting: Codes

    def __len__(self) -> int:
        return len(self.units)


def people_order(run: Run) -> Indices:
    """
    Everybody in the order of the page: by setting, then along the roads that the setting is judged by.

    Where nothing may be ticked, in their own order within the setting.
    """
    if run.options is not None:
        return run.options.reach["asked"].order
    return np.argsort(run.people.setting, kind="stable").astype(np.int32)


def stretches_of(options: Options, people: People) -> Stretches:
    """The coarsest stretches that serve every option under every reading."""
    order = options.reach["asked"].order
    region, setting = people.region[order], people.setting[order]
    cut = np.ones(len(order) + 1, np.bool_)
    cut[1:-1] = (np.diff(region) != 0) | (np.diff(setting) != 0)
    for reach in options.reach.values():
        cut[reach.start] = cut[reach.stop] = True
    ptr = np.flatnonzero(cut)
    return Stretches(
        ptr=ptr,
        of_place=np.cumsum(cut) - 1,
        units=np.diff(pointers(people.units[order])[ptr]),
        region=region[ptr[:-1]],
        setting=setting[ptr[:-1]],
    )


def choice_columns(run: Run, cells: DrawnCells) -> dict[str, Any] | None:
    """
    The block ``choice`` of the payload; ``None`` where nothing may be ticked.

    Parameters
    ----------
    run
        The run.
    cells
        What is drawn, in the order of ``people_order``.
    """
    options = run.options
    if options is None:
        return None
    stretches = stretches_of(options, run.people)
    place = np.empty(len(run.people), np.int64)
    place[people_order(run)] = np.arange(len(place))
    drawn = np.bincount(stretches.of_place[place[cells.point]], minlength=len(stretches))
    return {
        "stretches": {
            "cells": Column("counts", drawn),
            "units": Column("counts", stretches.units),
            "region": Column("runs", stretches.region),
            "setting": Column("runs", stretches.setting),
        },
        "options": [
            {"kind": "site" if site >= 0 else "candidate", "index": max(site, candidate), "open": counts}
            for site, candidate, counts in zip(
                options.site.tolist(), options.candidate.tolist(), options.open.tolist(), strict=True
            )
        ],
        "readings": [{"key": key, **_runs(reach, stretches)} for key, reach in options.reach.items()],
        "data": run.digest,
    }


def _runs(reach: ReachSets, stretches: Stretches) -> dict[str, Column]:
    """How many runs each option has; each run as its gap from the one before and its length, in stretches."""
    first, last = stretches.of_place[reach.start], stretches.of_place[reach.stop]
    before = np.concatenate([np.zeros(min(1, len(last)), np.int64), last[:-1]])
    begins = reach.source_ptr[:-1][np.diff(reach.source_ptr) > 0]
    before[begins] = 0
    return {
        "runs": Column("counts", np.diff(reach.source_ptr)),
        "first": Column("counts", first - before),
        "length": Column("counts", last - first),
    }
