"""The middle of each town, by head."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.demand.settlement import grid_cell
from catchment.demand.town_centres import town_centres
from catchment.model import People, Setting

CITY, TOWN, RURAL = Setting.CITY, Setting.TOWN, Setting.RURAL


def people_at(rows):
    """Rows of (kilometres east, kilometres north, persons, setting), near the equator."""
    east, north, persons, setting = np.array(rows, np.float64).reshape(-1, 4).T
    # A cell of the Mollweide grid is 0.0100 degrees wide and 0.0081 high there; its middle is meant.
    xy = np.column_stack([(east + 0.5) * 0.009983, (north + 0.5) * 0.008085])
    count = len(xy)
    return People(
        xy,
        (persons * 1024).astype(np.int64),
        np.arange(count),
        np.full(count, -1, np.int32),
        setting.astype(np.int8),
    )


def test_the_rows_of_the_drawing_lie_in_cells_side_by_side():
    cell = grid_cell(people_at([(0, 0, 1, 0), (1, 0, 1, 0), (0, 1, 1, 0)]).xy)
    assert (cell - cell[0]).tolist() == [0, 1, 40_000]


def test_each_town_has_one_centre_in_its_fullest_square_kilometre():
    people = people_at([
        (0, 0, 900, CITY), (1, 0, 600, CITY), (1, 0, 700, CITY), (1, 1, 800, TOWN),  # one town of three cells
        (5, 5, 10, TOWN),
        (8, 8, 5000, RURAL),
        (6, 6, 20, TOWN),  # at the corner of the cell before: a town of its own
    ])  # fmt: skip
    # The cell of 1,300 people beats those of 900 and 800; in it the point of 700.
    assert town_centres(people).tolist() == [2, 4, 6]


def test_of_equals_the_first_point_is_the_centre_and_without_towns_there_is_none():
    assert town_centres(people_at([(0, 0, 5, TOWN), (0, 0, 5, TOWN)])).tolist() == [0]
    assert town_centres(people_at([(0, 0, 5, RURAL)])).tolist() == []
    assert town_centres(people_at([])).tolist() == []


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 5), st.integers(0, 5), st.integers(0, 9), st.sampled_from([0, 1, 2])), max_size=30
    )
)
def test_a_centre_is_urban_and_no_point_of_its_cell_has_more_people(rows):
    people = people_at(rows)
    centres = town_centres(people)
    cell = grid_cell(people.xy)
    assert (people.setting[centres] != RURAL).all()
    for centre in centres:
        here = (cell == cell[centre]) & (people.setting != RURAL)
        assert people.units[centre] == people.units[here].max()
    assert bool(len(centres)) == bool(((people.setting != RURAL) & (people.units > 0)).any())
