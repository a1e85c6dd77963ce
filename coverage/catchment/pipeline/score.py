"""A choice that somebody saved, counted again from the project's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from catchment.access.tables import county_table
from catchment.errors import InputError, SettingsError
from catchment.geo.measure import distance_m
from catchment.model import Points, ScoredChoice
from catchment.pipeline.digest import digest_of
from catchment.pipeline.judged import judged
from catchment.pipeline.network import only
from catchment.pipeline.quotas import serve_the_public
from catchment.pipeline.read import read_inputs
from catchment.pipeline.stopwatch import Stopwatch
from catchment.pipeline.suggest import candidates_of
from catchment.siting.options import readings
from catchment.siting.score import score_choice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from catchment.config import Settings
    from catchment.model import Choice, Floats, Ints, Mask, Regions, Score, Sites, Standard
    from catchment.pipeline.judged import Judged
    from catchment.pipeline.read import Inputs

SAME_PLACE_M = 50.0
"""A candidate farther than this from where the file says it is [m] is another one."""

MOST_NAMES = 20


def score_project(
    choice: Choice,
    settings: Settings,
    *,
    cache: Path | None = None,
    progress: Callable[[str], None] | None = None,
) -> ScoredChoice:
    """
    Read and judge a project, and count whom a choice covers by a search from everybody to the nearest chosen place.

    Candidates are found by their number where the choice was made of the same data, else by longitude and latitude.

    Parameters
    ----------
    choice
        From ``read_choice``.
    settings
        The project.
    cache
        Folder for parsed streets; ``None`` parses afresh.
    progress
        Called with each stage's name as it begins.

    Raises
    ------
    InputError
        If the choice names sites or candidates that the project has not, or a file cannot be used.
    SettingsError
        If the project's standard has no such reading as the choice was made under.
    """
    watch = Stopwatch(progress)
    standard = _standard_of(choice, settings)
    if choice.add and not settings.siting.asked:
        # Candidates are numbered alike whatever the budget, but without any the road file's premises are not read.
        settings = settings.model_copy(update={"siting": settings.siting.model_copy(update={"budget": 1})})
    inputs = read_inputs(settings, cache=cache, watch=watch)
    digest = digest_of(inputs, settings)
    closed, opened = _toggled(choice, inputs.sites, settings)
    ground = judged(inputs, settings, watch)
    with watch.stage("score"):
        added_xy, serving = _added(choice, inputs, settings, ground, same_data=choice.data == digest)
        chosen = (ground.counted & ~closed) | opened
        score, off_road = _score(
            ground, settings, standard, chosen=chosen, added_xy=added_xy, serving=serving, regions=inputs.regions
        )
    by_region = _region_rows(inputs.regions, score)
    return ScoredChoice(
        choice=choice,
        standard=standard,
        score=score,
        by_region=by_region,
        by_county=county_table(by_region),
        digest=digest,
        off_road=off_road,
    )


def _standard_of(choice: Choice, settings: Settings) -> Standard:
    found = readings(settings.standard.standard())
    if choice.reading not in found:
        raise SettingsError("error.choice_reading", found=choice.reading, accepted=", ".join(found))
    return found[choice.reading]


def _toggled(choice: Choice, sites: Sites, settings: Settings) -> tuple[Mask, Mask]:
    """Which sites the choice closes and which it opens, shape (sites,) each."""
    ids = sites.frame["site_id"].astype(str)
    unknown = sorted({*choice.close, *choice.open} - set(ids))
    if unknown:
        raise _unknown(unknown, settings)
    return ids.isin(choice.close).to_numpy(), ids.isin(choice.open).to_numpy()


def _unknown(names: Sequence[str], settings: Settings) -> InputError:
    printed = ", ".join(repr(name)[1:-1] for name in names[:MOST_NAMES])
    return InputError("error.choice_unknown", file=settings.inputs.sites.name, count=len(names), names=printed)


def _added(
    choice: Choice, inputs: Inputs, settings: Settings, ground: Judged, *, same_data: bool
) -> tuple[Floats, Mask]:
    """
    Where the added places are, lon, lat [degrees], shape (a, 2), and which of them serve the public.

    A candidate stands exactly where it did, however the file rounds.
    """
    xy = np.array([(place.lon, place.lat) for place in choice.add], np.float64).reshape(-1, 2)
    number = np.array([place.candidate or 0 for place in choice.add], np.int64)
    numbered = np.array([place.candidate is not None for place in choice.add], bool)
    if not same_data or not numbered.any():
        return xy, np.ones(len(xy), bool)
    candidates, _ = candidates_of(inputs, settings, ground)
    known = numbered & (number >= 1) & (number <= len(candidates))
    found = xy.copy()
    found[known] = candidates.xy[number[known] - 1]
    known &= distance_m(found, xy) <= SAME_PLACE_M
    if (numbered & ~known).any():
        raise _unknown([f"#{each}" for each in number[numbered & ~known].tolist()], settings)
    serving = np.ones(len(xy), bool)
    if settings.siting.fill_targets:
        serving[known] = serve_the_public(candidates, settings)[number[known] - 1]
    return found, serving


def _score(
    ground: Judged,
    settings: Settings,
    standard: Standard,
    *,
    chosen: Mask,
    added_xy: Floats,
    serving: Mask,
    regions: Regions | None,
) -> tuple[Score, tuple[int, ...]]:
    """The count, and which of the added places no road lies near."""
    added = {mode: network.join(Points(added_xy)) for mode, network in ground.networks.items()}
    score = score_choice(
        ground.settled.people,
        standard,
        roads={mode: network.roads for mode, network in ground.networks.items()},
        homes={mode: network.people for mode, network in ground.networks.items()},
        before={mode: only(network.sites, ground.counted) for mode, network in ground.networks.items()},
        after={
            mode: only(network.sites, chosen).followed_by(only(added[mode], serving))
            for mode, network in ground.networks.items()
        },
        region_count=0 if regions is None else len(regions),
        count_gaps=settings.roads.count_gaps,
    )
    on_road = np.logical_or.reduce([places.snapped for places in added.values()])
    return score, tuple(np.flatnonzero(~on_road).tolist())


def _region_rows(regions: Regions | None, score: Score) -> pd.DataFrame:
    if regions is None:
        return pd.DataFrame()
    columns: dict[str, Ints] = dict(zip(("people", "before", "covered"), score.by_region.T, strict=True))
    names = pd.DataFrame(regions.frame[["region_id", "name", "parent"]]).reset_index(drop=True)
    return pd.concat([names, pd.DataFrame(columns)], axis=1)
