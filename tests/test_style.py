"""How numbers and words look, and how parts add up."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from catchment.model import UNITS_PER_PERSON
from catchment.outputs.style import (
    class_breaks,
    distance_text,
    largest_remainder_table,
    printable,
    share_format,
    share_text,
    standard_line,
    title_text,
    whole,
)
from catchment.rounding import largest_remainder
from catchment.words import LANGUAGES, words_of

TABLES = hnp.arrays(np.int64, hnp.array_shapes(min_dims=2, max_dims=2, max_side=6), elements=st.integers(0, 9000))


@given(TABLES)
def test_a_rounded_table_adds_up_along_both_sides_and_stays_close(units):
    total = whole(int(units.sum()))
    rows = largest_remainder(units.sum(axis=1) / UNITS_PER_PERSON, total)
    columns = largest_remainder(units.sum(axis=0) / UNITS_PER_PERSON, total)

    table = largest_remainder_table(units, rows, columns)

    assert table.sum(axis=1).tolist() == rows.tolist()
    assert table.sum(axis=0).tolist() == columns.tolist()
    assert (np.abs(table - units / UNITS_PER_PERSON) < 2 + units.shape[0] + units.shape[1]).all()
    assert (table >= units // UNITS_PER_PERSON).all()


def test_a_table_of_whole_persons_is_left_as_it_is():
    persons = np.array([[3, 0], [2, 5]])
    table = largest_remainder_table(persons * UNITS_PER_PERSON, persons.sum(axis=1), persons.sum(axis=0))
    assert table.tolist() == persons.tolist()


@given(st.integers(0, 10**10), st.integers(1, 10**10))
def test_a_share_says_100_or_0_only_if_it_is_so(part, base):
    part = min(part, base)
    text = share_text(part, base)
    assert (text == "100%") == (part == base)
    assert (text == "0%") == (part == 0)
    assert not text.startswith(("100.", "0.0"))


@given(st.integers(1, 9999))
def test_a_share_in_between_is_the_number_rounded_half_up(part):
    text = share_text(part, 10_000)
    if text[0].isdigit():
        assert float(text[:-1]) == math.floor(part / 10 + 0.5) / 10


@pytest.mark.parametrize(("part", "shown"), [(9996, '">99.9%"'), (4, '"<0.1%"'), (10_000, "0%"), (5000, "0.0%")])
def test_a_spreadsheet_shows_a_share_as_the_page_does(part, shown):
    assert share_format(part, 10_000) == shown


def test_a_distance_that_was_not_found_says_how_far_was_searched():
    assert distance_text(math.nan, "en", beyond_m=2400) == "> 2.4 km"
    assert distance_text(994, "en") == "990 m"
    assert distance_text(996, "en") == "1 km"


@given(hnp.arrays(np.float64, st.integers(0, 50), elements=st.floats(1e-3, 1e5)))
def test_class_breaks_are_four_and_grow(persons):
    breaks = class_breaks(persons)
    assert len(breaks) == 4
    assert all(low < high for low, high in itertools.pairwise(breaks))


def test_text_that_no_file_can_hold_is_replaced_and_nothing_else():
    assert printable("优惠 {% off \U0001f600 \ud800\uffff") == "优惠 {% off \U0001f600 ��"


def test_the_standard_is_one_line_in_both_languages(make_run):
    run = make_run()
    assert standard_line(run.standard, "zh").startswith("测算口径：城区步行15分钟（4.8 km/h，1200米）；")
    assert standard_line(run.standard, "en").endswith("country 15 km by road")


def test_a_run_without_a_name_still_has_a_title(make_run):
    assert title_text(make_run(name=""), "zh") == "服务圈覆盖图（截至2024-05-01）"


@pytest.mark.parametrize("group", ["page", "book", "report"])
def test_every_word_of_the_outputs_is_there_in_both_languages(group):
    assert all(all(words_of(group, language).values()) for language in LANGUAGES)
