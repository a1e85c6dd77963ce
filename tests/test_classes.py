"""Reach sets in batches, and summed over their sources, each against sets written out one by one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_nearest import streets_of

from catchment.access.classes import classes_in_reach, cover_counts, people_classes
from catchment.access.reach import people_in_reach, reach_batches, reach_sets
from catchment.errors import ReachMemoryError
from catchment.model import Places, Points, ReachSets
from catchment.network.graph import graph
from catchment.network.snap import snap


@st.composite
def reaches(draw):
    """Any reach sets of up to eight sources over up to fifteen places."""
    places = draw(st.integers(1, 15))
    reached = draw(st.lists(st.lists(st.booleans(), min_size=places, max_size=places), max_size=8))
    return from_rows(np.array(reached, bool).reshape(-1, places))


def from_rows(rows):
    """Reach sets of a table of truth, a row for each source."""
    steps = np.diff(np.pad(rows.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    (source, start), (_, stop) = np.nonzero(steps == 1), np.nonzero(steps == -1)
    ptr = np.searchsorted(source, np.arange(len(rows) + 1))
    return ReachSets(ptr, start.astype(np.int32), stop.astype(np.int32), np.arange(rows.shape[1], dtype=np.int32))


def rows_of(reach):
    rows = np.zeros((len(reach), len(reach.order)), bool)
    for source in range(len(reach)):
        for run in range(reach.source_ptr[source], reach.source_ptr[source + 1]):
            rows[source, reach.start[run] : reach.stop[run]] = True
    return rows


@given(reach=reaches())
@settings(deadline=None)
def test_everybody_counts_the_sources_that_reach_him(reach):
    assert cover_counts(reach).tolist() == rows_of(reach).sum(axis=0).tolist()


@given(reach=reaches(), data=st.data())
@settings(max_examples=200, deadline=None)
def test_a_class_is_all_who_are_reached_by_the_same_sources(reach, data):
    rows = rows_of(reach)
    units = np.array(data.draw(st.lists(st.integers(0, 9), min_size=rows.shape[1], max_size=rows.shape[1])))
    classes = people_classes(reach, units)
    place_class = np.repeat(classes.stretch_class, np.diff(classes.stretch_ptr))
    alike: dict[tuple[bool, ...], list[int]] = {}
    for place, column in enumerate(rows.T.tolist()):
        if any(column):
            alike.setdefault(tuple(column), []).append(place)
    expected = np.full(rows.shape[1], -1)
    for number, places in enumerate(alike.values()):
        expected[places] = number
    assert place_class.tolist() == expected.tolist()
    assert classes.units.tolist() == [units[places].sum() for places in alike.values()]


@given(reach=reaches())
@settings(deadline=None)
def test_the_classes_of_a_source_hold_exactly_the_people_it_reaches(reach):
    units = 2 ** np.arange(len(reach.order))
    classes = people_classes(reach, units)
    by_class = [int(classes.units[classes_in_reach(reach, classes, source)].sum()) for source in range(len(reach))]
    assert by_class == people_in_reach(reach, units).tolist()


@given(reach=reaches(), data=st.data())
@settings(deadline=None)
def test_the_order_of_the_sources_changes_no_class(reach, data):
    rows = rows_of(reach)
    other = from_rows(rows[data.draw(st.permutations(range(len(rows))))])
    units = np.ones(rows.shape[1], np.int64)
    one, two = people_classes(reach, units), people_classes(other, units)
    for field in ("stretch_ptr", "stretch_class", "units"):
        assert getattr(one, field).tobytes() == getattr(two, field).tobytes()


def town(source_count):
    """A small town with many sources at a few places, so that there are several blocks of them."""
    random = np.random.default_rng(1)
    edges = [(a, b, 1) for a, b in random.integers(0, 40, (90, 2)).tolist()]
    roads = graph(streets_of(40, edges, random), "walk")
    sources, people = (
        snap(roads, Points(random.uniform(0, 0.02, (count, 2))), max_gap_m=400) for count in (source_count, 300)
    )
    return roads, sources, people


@pytest.mark.parametrize("threads", [1, 3])
def test_batches_hold_the_reach_sets_within_their_limit(threads):
    roads, sources, people = town(2000)
    whole = reach_sets(roads, sources, people, limit_m=900)
    batches = list(
        reach_batches(roads, sources, people, limit_m=900, memory_mb=whole.start.nbytes / 1e6, threads=threads)
    )
    assert len(batches) > 1
    seen = np.concatenate([source for source, _ in batches])
    assert sorted(seen.tolist()) == list(range(2000))
    for some, reach in batches:
        assert reach.start.nbytes + reach.stop.nbytes <= whole.start.nbytes
        for number, source in enumerate(some.tolist()):
            assert reach.people(number).tolist() == whole.people(source).tolist()
    assert sum(cover_counts(reach) for _, reach in batches).tolist() == cover_counts(whole).tolist()


def test_more_memory_than_allowed_is_refused_with_the_need():
    roads, sources, people = town(2000)
    with pytest.raises(ReachMemoryError, match="room for 0 of 256 sources"):
        reach_sets(roads, sources, people, limit_m=900, memory_mb=0.001)
    allowed = reach_sets(roads, sources, people, limit_m=900).start.nbytes / 1e6
    with pytest.raises(ReachMemoryError, match="of 2000 sources"):
        reach_sets(roads, sources, people, limit_m=900, memory_mb=allowed)


def test_without_sources_there_is_one_empty_batch_and_no_class():
    roads, sources, people = town(3)
    none = Places(sources.edge[:0], sources.offset_mm[:0], sources.gap_mm[:0])
    ((some, reach),) = reach_batches(roads, none, people, limit_m=900, memory_mb=1)
    assert len(some) == len(reach) == 0
    assert set(people_classes(reach, np.ones(300, np.int64)).stretch_class.tolist()) == {-1}


def test_a_limit_beyond_500_km_reaches_what_a_shorter_one_reaches():
    roads, sources, people = town(50)
    near, far = (reach_sets(roads, sources, people, limit_m=limit) for limit in (100_000, 2_000_000))
    for field in ("source_ptr", "start", "stop", "order"):
        assert getattr(near, field).tobytes() == getattr(far, field).tobytes()
