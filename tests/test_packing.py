"""Columns: what was packed is read back, by a decoder that knows only the written form."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pagedata import Column, column, unfolded

from catchment.outputs.packing import folded, laid_out

ALLOWED = {
    "bytes": st.integers(0, 255),
    "counts": st.integers(0, 2**53),
    "steps": st.integers(-(2**52), 2**52),
    "runs": st.integers(-1, 2**40) | st.sampled_from([-1, 0, 7]),
}


@pytest.mark.parametrize("kind", ALLOWED)
@settings(deadline=None)
@given(data=st.data())
def test_what_was_packed_is_read_back(kind, data):
    values = data.draw(st.lists(ALLOWED[kind], max_size=40))
    packed = Column(kind, np.array(values, np.int64)).packed()
    assert column(packed, {"at": 0, "n": len(values), "as": kind}) == values


@settings(deadline=None)
@given(st.lists(st.lists(st.integers(0, 2**34), max_size=5), max_size=6))
def test_columns_stand_one_after_another_in_the_order_of_the_tree(lists):
    node, data = laid_out({"lists": [Column("counts", np.array(values, np.int64)) for values in lists]})
    assert [column(data, descriptor) for descriptor in node["lists"]] == lists
    assert sum(len(Column("counts", np.array(values, np.int64)).packed()) for values in lists) == len(data)


def test_a_number_takes_seven_bits_a_byte():
    assert Column("counts", np.array([0, 127, 128, 2**14, 2**32])).packed() == bytes(
        [0, 127, 128, 1, 128, 128, 1, 128, 128, 128, 128, 16]
    )


def test_a_long_stretch_of_one_number_is_one_pair():
    assert len(Column("runs", np.full(1_000_000, -1)).packed()) == 4


def test_what_is_folded_unfolds():
    data = bytes(range(256)) * 50
    assert unfolded(folded(data)) == data
    assert len(folded(data)) < 1000
