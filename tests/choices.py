"""What-if choices for tests: a hand-made run with options, and whom a choice covers by looking at every run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.model import Addition, Candidates, Choice, Options, ReachSets

if TYPE_CHECKING:
    from catchment.model import Mask, Reading, Run


def covered_by(run: Run, reading: Reading, chosen: Mask) -> Mask:
    """Whom the chosen options cover together, person by person."""
    reach = run.options.reach[reading]
    covered = np.zeros(len(run.people), bool)
    for option in np.flatnonzero(chosen):
        covered[reach.people(option)] = True
    return covered


def reach_of_runs(order, *runs):
    """Reach sets from a list of (start, stop) per source."""
    pairs = np.array([pair for mine in runs for pair in mine], np.int32).reshape(-1, 2)
    ptr = np.concatenate([[0], np.cumsum([len(mine) for mine in runs])])
    return ReachSets(ptr, pairs[:, 0], pairs[:, 1], order)


def with_hand_made_options(run: Run) -> Run:
    """
    The hand-made run of ``make_run`` with options to be checked by head.

    Site a reaches the first cell, b the third and the fifth (with a they are the covered), c is off the road. Two
    candidates, numbers 4 and 9: the one reaches the first two cells, the other the second, the fourth and the sixth.
    Slow walkers reach no town cell, and the second candidate only its rural one.
    """
    order = np.arange(8, dtype=np.int32)
    frame = pd.DataFrame(
        {
            "candidate_id": [4, 9],
            "label": ["candidate.premises", "candidate.street_stretch"],
            "name": ["文化站", ""],
            "premises": ["premises.library", ""],
            "street": ["中心路", "环路"],
            "kind": ["tertiary", "residential"],
            "way_id": [11, 12],
            "lon": [114.01, 114.03],
            "lat": [28.014, 28.012],
        }
    )
    options = Options(
        site=np.array([0, 1, -1, -1], np.int32),
        candidate=np.array([-1, -1, 0, 1], np.int32),
        candidates=Candidates(frame),
        open=np.array([True, True, False, False]),
        readings={"asked": run.standard, "slow": run.standard},
        reach={
            "asked": reach_of_runs(order, [(0, 1)], [(2, 3), (4, 5)], [(0, 2)], [(1, 2), (3, 4), (5, 6)]),
            "slow": reach_of_runs(order, [(0, 1)], [(4, 5)], [(0, 1)], [(5, 6)]),
        },
    )
    return replace(run, options=options, digest="0f" * 32)


def choice_of(run: Run, chosen: Mask, *, reading: Reading = "asked") -> Choice:
    """The choice that the page would save for a mask over the options, with what the runs say of it."""
    options, ids = run.options, run.sites.frame["site_id"].to_numpy()
    changed, is_site = chosen != options.open, options.site >= 0
    added = options.candidates.frame.iloc[options.candidate[chosen & ~is_site]]
    return Choice(
        schema="catchment.choice/1",
        run=run.name,
        date=run.date.isoformat(),
        data=run.digest,
        reading=reading,
        close=tuple(ids[options.site[changed & is_site & options.open]].tolist()),
        open=tuple(ids[options.site[changed & is_site & ~options.open]].tolist()),
        add=tuple(
            Addition(row["lon"], row["lat"], row["candidate_id"], row["name"]) for row in added.to_dict("records")
        ),
        people_units=run.totals.people,
        covered_units=int(run.people.units[covered_by(run, reading, chosen)].sum()),
    )
