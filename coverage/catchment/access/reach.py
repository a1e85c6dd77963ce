"""Reach sets: everybody within a limit of each of many sources, as runs of people in network order."""

from __future__ import annotations

import math
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from catchment.access import _kernels_reach
from catchment.access.crowd import arcs_of, columns_of, crowd_of, ends_of, pointers, within
from catchment.errors import ReachMemoryError
from catchment.model import Places, ReachSets, Setting
from catchment.network.chains import chain_position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from catchment.model import Indices, Ints, Mask, Mode, People, RoadGraph, Standard

    _Block = tuple[Indices, Ints, Indices, Indices]

_BLOCK = 256  # sources searched at a time: what a thread takes, and by what batches grow


def network_order(graph: RoadGraph, people: Places) -> Indices:
    """
    People along the chains, chains in space: who is reached together stands together.

    Junctions are numbered in space, so chains go by their ends. People in one place go by gap, then by their own
    order; those without a road stand last.

    Parameters
    ----------
    graph
        The roads of one mode.
    people
        Places on that graph.

    Returns
    -------
    Index of the person at each place of the order, shape (n,).
    """
    chain, at = chain_position(graph, people)
    rank = np.append(_chain_rank(graph), len(graph.chain_mm))  # the last entry stands for "on no chain"
    return np.lexsort((people.gap_mm, at, rank[chain])).astype(np.int32)


def reach_sets(
    graph: RoadGraph,
    sources: Places,
    people: Places,
    *,
    limit_m: float,
    count_gaps: bool = True,
    threads: int = 1,
    memory_mb: float = math.inf,
) -> ReachSets:
    """
    Everybody whose cost to a source is within a limit, for every source, exact to the millimetre.

    The cost is that of ``nearest_sites``: travel is from the person to the source, and both gap legs count.

    Parameters
    ----------
    graph
        The roads of one mode.
    sources, people
        Places on that graph, from ``snap``. Unsnapped ones reach nothing.
    limit_m
        Inclusive [m].
    count_gaps
        Gap legs are part of the cost.
    threads
        The sources are shared out among so many; the result is the same.
    memory_mb
        The runs may take so much [10^6 bytes]; where they would not fit, ``reach_batches`` finds them in parts.

    Raises
    ------
    ReachMemoryError
        The runs take more than ``memory_mb``; it says after how many sources.
    """
    batches = reach_batches(
        graph, sources, people, limit_m=limit_m, count_gaps=count_gaps, threads=threads, memory_mb=memory_mb
    )
    source, reach = next(batches)
    if len(source) < len(sources):
        raise ReachMemoryError(
            "error.reach_memory", memory=memory_mb, done=len(source), sources=len(sources),
            need=math.ceil(memory_mb * len(sources) / max(len(source), 1)),
        )  # fmt: skip
    starts, stops = reach.source_ptr[:-1], reach.source_ptr[1:]
    by_source = np.argsort(source)
    ptr = pointers((stops - starts)[by_source])
    run = np.repeat(starts[by_source] - ptr[:-1], np.diff(ptr)) + np.arange(ptr[-1])
    return ReachSets(ptr, reach.start[run], reach.stop[run], reach.order)


def reach_batches(
    graph: RoadGraph,
    sources: Places,
    people: Places,
    *,
    limit_m: float,
    memory_mb: float,
    count_gaps: bool = True,
    threads: int = 1,
) -> Iterator[tuple[Indices, ReachSets]]:
    """
    The reach sets of many sources in batches of as many as a limit of memory has room for, neighbours together.

    Who sums up batch by batch (people in reach, cover counts) holds the runs of one batch only. All batches share one
    order of the people. The parameters are those of ``reach_sets``; what the search itself takes (the graph, and
    about 60 bytes a person) comes on top of ``memory_mb``.

    Yields
    ------
    The sources of a batch, shape (b,), and their reach sets in that order. Without sources one batch, an empty one.

    Raises
    ------
    ReachMemoryError
        The runs of a single block of 256 sources take more than ``memory_mb``.
    """
    order = network_order(graph, people)
    limit_mm = _whole_mm(limit_m)
    crowd, number = crowd_of(graph, people, order, count_gaps=count_gaps)
    crowd = replace(crowd, touch=within(crowd.touch, limit_mm))
    ends = ends_of(graph, sources, number, count_gaps=count_gaps)
    roads = (*arcs_of(graph, limit_mm), *columns_of(crowd))

    def block(share: Indices) -> _Block:
        mine = (column[share] for column in columns_of(ends))
        return (share, *_kernels_reach.reach_runs(*roads, *mine, limit_mm))  # type: ignore[call-arg]  # as many as it asks for

    # Neighbours one after another find their roads in the processor's memory: 50 instead of 85 us a source on foot.
    in_space = np.argsort(ends.junction[:, 0], kind="stable").astype(np.int32)
    shares = [in_space[first : first + _BLOCK] for first in range(0, max(len(sources), 1), _BLOCK)]
    held: list[_Block] = []
    size = 0
    for found in _side_by_side_in_turn(block, shares, threads):
        more = found[2].nbytes + found[3].nbytes
        if held and size + more > memory_mb * 1e6:
            yield _batch(held, order)
            held, size = [], 0
        if more > memory_mb * 1e6:
            raise ReachMemoryError(
                "error.reach_memory", memory=memory_mb, done=0, sources=len(found[0]), need=math.ceil(more / 1e6)
            )
        held.append(found)
        size += more
    yield _batch(held, order)


def _side_by_side_in_turn(
    work: Callable[[Indices], _Block], shares: Sequence[Indices], threads: int
) -> Iterator[_Block]:
    """Results in the order of the shares; never more than a few of them wait to be taken."""
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        ahead = 4 * max(threads, 1)
        waiting = deque(pool.submit(work, share) for share in shares[:ahead])
        for share in [*shares[ahead:], *[None] * len(waiting)]:
            yield waiting.popleft().result()
            if share is not None:
                waiting.append(pool.submit(work, share))


def _batch(blocks: Sequence[_Block], order: Indices) -> tuple[Indices, ReachSets]:
    source, ptr, start, stop = zip(*blocks, strict=True)
    counts = np.concatenate([np.diff(each) for each in ptr])
    return np.concatenate(source), ReachSets(pointers(counts), np.concatenate(start), np.concatenate(stop), order)


def reach_under_standard(
    people: People,
    standard: Standard,
    roads: Mapping[Mode, RoadGraph],
    sources: Mapping[Mode, Places],
    places: Mapping[Mode, Places],
    *,
    kept: Mask | None = None,
    count_gaps: bool = True,
    threads: int = 1,
) -> ReachSets:
    """
    Everybody each source would cover: within the rule of the setting they live in.

    The order is that of the walkers of the city, then of the towns, then of the country, each in network order, so
    that one set of runs holds all modes.

    Parameters
    ----------
    people
        With their settings.
    standard
        The rule of each setting.
    roads, sources, places
        The graph of each mode, and the places of sources and of people on it.
    kept
        Only these people take part, such as those not covered yet; all by default.
    count_gaps
        Gap legs are part of the cost.
    threads
        As in ``reach_sets``.
    """
    found = reach_under_standards(
        people, [standard], roads, sources, places, kept=kept, count_gaps=count_gaps, threads=threads
    )
    return next(found)


def reach_under_standards(
    people: People,
    standards: Sequence[Standard],
    roads: Mapping[Mode, RoadGraph],
    sources: Mapping[Mode, Places],
    places: Mapping[Mode, Places],
    *,
    kept: Mask | None = None,
    count_gaps: bool = True,
    threads: int = 1,
) -> Iterator[ReachSets]:
    """
    ``reach_under_standard`` for one standard after another; where two ask the same of a setting it is searched once.

    The order depends on modes and settings, not on limits: standards of the same modes have the same.

    Parameters
    ----------
    people, roads, sources, places, kept, count_gaps, threads
        As in ``reach_under_standard``.
    standards
        Each is searched when its turn comes.

    Yields
    ------
    The reach sets of each standard.
    """
    searched: dict[tuple[Setting, Mode, int], ReachSets] = {}
    for standard in standards:
        parts = []
        for setting in Setting:
            rule = standard.rule(setting)
            key = (setting, rule.mode, rule.limit_mm)
            if key not in searched:
                here = people.setting == setting
                index = np.flatnonzero(here if kept is None else here & kept).astype(np.int32)
                reach = reach_sets(
                    roads[rule.mode],
                    sources[rule.mode],
                    places[rule.mode].some(index),
                    limit_m=rule.limit_mm / 1000,
                    count_gaps=count_gaps,
                    threads=threads,
                )
                searched[key] = ReachSets(reach.source_ptr, reach.start, reach.stop, index[reach.order])
            parts.append(searched[key])
        yield _side_by_side(parts)


def people_in_reach(reach: ReachSets, units_in_order: Ints) -> Ints:
    """
    People in reach of each source [1/1024 person], shape (s,).

    Parameters
    ----------
    reach
        From ``reach_sets``.
    units_in_order
        People at each place of the order, ``units[reach.order]``, shape (n,).

    Examples
    --------
    The first source reaches the first and the third of three people, the second nobody.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 2, 2]), np.array([0, 2]), np.array([1, 3]), np.arange(3))
    >>> people_in_reach(reach, np.array([10, 20, 40])).tolist()
    [50, 0]
    """
    before = pointers(units_in_order)
    so_far = pointers(before[reach.stop] - before[reach.start])
    return so_far[reach.source_ptr[1:]] - so_far[reach.source_ptr[:-1]]


def some_sources(reach: ReachSets, sources: Indices) -> ReachSets:
    """
    The runs of some sources alone, in that order; one may come twice.

    Examples
    --------
    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 3]), np.array([4, 0, 2]), np.array([5, 1, 3]), np.arange(5))
    >>> some = some_sources(reach, np.array([1, 1]))
    >>> some.source_ptr.tolist(), some.start.tolist()
    ([0, 2, 4], [0, 2, 0, 2])
    """
    count = np.diff(reach.source_ptr)[sources]
    ptr = pointers(count)
    run = np.repeat(reach.source_ptr[sources] - ptr[:-1], count) + np.arange(ptr[-1])
    return ReachSets(ptr, reach.start[run], reach.stop[run], reach.order)


def some_people(reach: ReachSets, kept: Mask) -> ReachSets:
    """
    Reach sets of some people alone: the others leave the order.

    Parameters
    ----------
    reach
        From ``reach_sets``.
    kept
        Who stays, by places of the order, shape (n,).

    Examples
    --------
    Of five people the second and the last leave.

    >>> from catchment.model import ReachSets
    >>> reach = ReachSets(np.array([0, 1, 2]), np.array([0, 4]), np.array([3, 5]), np.arange(5))
    >>> some = some_people(reach, np.array([True, False, True, True, False]))
    >>> some.source_ptr.tolist(), some.start.tolist(), some.stop.tolist(), some.order.tolist()
    ([0, 1, 1], [0], [2], [0, 2, 3])
    """
    before = pointers(kept.astype(np.int64))
    start, stop = before[reach.start], before[reach.stop]
    left = stop > start
    ptr = pointers(left.astype(np.int64))[reach.source_ptr]
    return ReachSets(ptr, start[left].astype(np.int32), stop[left].astype(np.int32), reach.order[kept])


def _whole_mm(limit_m: float) -> int:
    # Down to a whole millimetre, but not for the last bit of a product; no road is longer than a million kilometres.
    return math.floor(round(min(limit_m, 1e9) * 1000, 3))


def _chain_rank(graph: RoadGraph) -> Ints:
    """Place of each chain in network order."""
    near, far = np.minimum(graph.chain_start, graph.chain_end), np.maximum(graph.chain_start, graph.chain_end)
    rank = np.empty(len(near), np.int64)
    rank[np.lexsort((far, near))] = np.arange(len(near))
    return rank


def _side_by_side(parts: Sequence[ReachSets]) -> ReachSets:
    """The runs of several orders as runs of all of them, one order after the other."""
    offset = pointers(np.array([len(part.order) for part in parts]))[:-1]
    source = [np.repeat(np.arange(len(part)), np.diff(part.source_ptr)) for part in parts]
    start = [part.start + before for part, before in zip(parts, offset, strict=True)]
    stop = [part.stop + before for part, before in zip(parts, offset, strict=True)]
    order = np.concatenate([part.order for part in parts])
    return _by_source(np.concatenate(source), np.concatenate(start), np.concatenate(stop), len(parts[0]), order)


def _by_source(source: Ints, start: Ints, stop: Ints, source_count: int, order: Indices) -> ReachSets:
    """Runs of sources in any order, those of one source ascending."""
    by_source = np.argsort(source, kind="stable")
    return ReachSets(
        source_ptr=pointers(np.bincount(source, minlength=source_count)),
        start=start[by_source].astype(np.int32),
        stop=stop[by_source].astype(np.int32),
        order=order,
    )
