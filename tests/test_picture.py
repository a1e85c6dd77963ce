"""The picture: its pixels, the same bytes twice, letters this machine may not have, and data that is no markup."""

from __future__ import annotations

import dataclasses
import logging
import math

import matplotlib.image
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.model import Cause, Streets
from catchment.outputs.board import board, paragraph_height, put_paragraph, put_text
from catchment.outputs.colours import STREET_LOOKS
from catchment.outputs.columns import sources_text
from catchment.outputs.drawing import DrawnCells, streets_within
from catchment.outputs.lettering import drawable, lettering
from catchment.outputs.picture import PAPERS, write_picture
from catchment.outputs.raster import DOUBT, FIRST_GAP, View, cell_classes, scale_metres, stripes, view_of
from catchment.outputs.style import GAP_COLOURS

HOSTILE = ("$x^{2$ \\frac", "'; DROP TABLE sites; -- =1+1", "{% off </t> \ud800 \U0001f600")
LATIN = lettering(())


def pixels(path):
    """Red, green, blue of every pixel, 0 to 255."""
    return np.rint(matplotlib.image.imread(path)[..., :3] * 255).astype(int)


def colour(text):
    return np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)])


@pytest.mark.parametrize(("size", "shape"), [("16:9", (1440, 2560)), ("A3", (2339, 3307))])
def test_a_picture_has_the_size_of_its_paper_and_the_same_bytes_twice(make_run, tmp_path, size, shape):
    paths = [tmp_path / name for name in ("图 a.png", "b.png")]
    for path in paths:
        write_picture(make_run(), path, size=size)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert pixels(paths[0]).shape == (*shape, 3)
    # 420 mm across to a pixel, and a slide is 16 to 9.
    assert PAPERS["A3"].width_px == round(420 / 25.4 * 200)


def test_an_uncovered_cell_has_the_colour_of_its_class_at_its_place(make_run, tmp_path):
    write_picture(make_run(sites=no_sites(make_run())), tmp_path / "a.png")
    image = pixels(tmp_path / "a.png")
    # The grid is 4 by 2 cells; the map lies between the columns of figures and of the legend.
    found = {
        shade: np.argwhere((np.abs(image - colour(hue)) <= 1).all(axis=2)) for shade, hue in enumerate(GAP_COLOURS)
    }
    on_map = {shade: places[(places[:, 1] > 700) & (places[:, 1] < 2000)] for shade, places in found.items()}
    # 50.5 people in the second cell of the upper row are of the last class, 19.25 in the fourth of the one before.
    west, east = (np.median(on_map[shade], axis=0) for shade in (4, 3))
    assert len(on_map[4]) > 10_000
    assert len(on_map[3]) > 10_000
    # Two cells apart, in one row.
    cell = math.sqrt(len(on_map[4]) * math.cos(math.radians(28.01)))
    assert east[1] - west[1] == pytest.approx(2 * cell, rel=0.05)
    assert east[0] == pytest.approx(west[0], abs=0.05 * cell)
    assert not any(len(on_map[shade]) for shade in (0, 1, 2))


def no_sites(run):
    """The sites far away, so that no mark stands on a cell."""
    frame = run.sites.frame.copy()
    frame.geometry = frame.geometry.translate(xoff=1.0)
    return dataclasses.replace(run.sites, frame=frame)


def cells_of(column, row, units, cause, lattice=(0.0, 4.0, 1.0, 1.0)):
    count = len(column)
    fill = np.zeros(count, np.int64)
    arrays = (np.array(column), np.array(row), np.array(units) * 1024, fill.astype(np.int8))
    return DrawnCells(*arrays, np.array(cause, np.int8), fill, fill, fill, lattice, 1, np.arange(count))


def test_every_pixel_shows_the_cell_under_it():
    # Of four rows and columns the first holds 3 people too far away, covered people, nobody, people in doubt.
    cells = cells_of([0, 1, 3], [0, 0, 0], [3, 9, 1], [Cause.TOO_FAR, Cause.COVERED, Cause.NO_ROAD])
    drawn = cell_classes(cells, View(0.0, 0.0, 4.0, 4.0), [1, 2, 5, 10], (16, 16))
    assert drawn[0, ::4].tolist() == [FIRST_GAP + 2, 1, 0, DOUBT]
    assert (drawn[:4] == drawn[0]).all()
    assert not drawn[4:].any()


def test_what_lies_outside_the_grid_is_nobody():
    cells = cells_of([0], [0], [3], [Cause.TOO_FAR], lattice=(0.0, 1.0, 1.0, 1.0))
    drawn = cell_classes(cells, View(-1.0, -1.0, 2.0, 2.0), [1, 2, 5, 10], (12, 12))
    assert (drawn > 0).sum() == 16
    assert (drawn[4:8, 4:8] == FIRST_GAP + 2).all()


def test_a_gap_too_small_for_a_pixel_is_still_seen():
    # 1,000 by 1,000 cells on 100 by 100 pixels: every cell is a tenth of a pixel.
    column, row = np.meshgrid(np.arange(1000), np.arange(1000))
    cause = np.full(column.size, Cause.COVERED)
    cause[345_678] = Cause.TOO_FAR
    cells = cells_of(column.ravel(), row.ravel(), np.full(column.size, 3), cause, lattice=(0.0, 1.0, 0.001, 0.001))
    drawn = cell_classes(cells, View(0.0, 0.0, 1.0, 1.0), [1, 2, 5, 10], (100, 100))
    # A block of 20 by 20 cells, so two by two pixels, holds row 345, column 678.
    assert np.argwhere(drawn == FIRST_GAP + 2).tolist() == [[34, 66], [34, 67], [35, 66], [35, 67]]
    assert (drawn > 0).all()


@settings(deadline=None)
@given(
    west=st.floats(-170, 170),
    south=st.floats(-70, 69),
    wide=st.floats(0, 5),
    high=st.floats(0, 1),
    aspect=st.floats(0.4, 3),
)
def test_a_view_shows_its_box_whole_and_true_to_scale(west, south, wide, high, aspect):
    view = view_of((west, south, west + wide, south + high), aspect)
    assert view.west <= west
    assert view.south <= south
    assert view.east >= west + wide
    assert view.north >= south + high
    shrink = math.cos(math.radians(south + high / 2))
    assert (view.east - view.west) * shrink / (view.north - view.south) == pytest.approx(aspect, rel=1e-6)


def test_a_degree_of_longitude_is_measured_in_the_middle_of_the_view():
    # cos 60 is a half; on the ellipsoid a little more.
    assert View(0.0, 59.0, 1.0, 61.0).metres_per_degree == pytest.approx(111_320 / 2, rel=0.003)


@given(st.floats(1, 1e7))
def test_a_scale_bar_is_round_and_at_least_two_fifths_of_its_room(longest):
    metres = scale_metres(longest)
    assert metres <= longest
    assert metres >= 0.399 * longest
    assert f"{metres:.0e}"[0] in "125"


def test_stripes_run_upwards_to_the_right():
    rows = ["".join(" /"[int(striped)] for striped in row) for row in stripes((4, 4), step=4)]
    assert rows == ["/   ", "   /", "  / ", " /  "]


def test_a_crowd_of_streets_never_hides_a_gap(make_run, tmp_path):
    # 5,000 main roads over the whole of the second cell of the upper row, which holds 50.5 people too far away.
    run, count = make_run(sites=no_sites(make_run())), 5000
    lat = np.repeat(np.linspace(28.0101, 28.0199, count), 2)
    crowd = dataclasses.replace(
        run.streets,
        start=np.zeros(count, np.int32),
        end=np.ones(count, np.int32),
        vertex_ptr=np.arange(0, 2 * count + 1, 2),
        vertex_xy=np.column_stack([np.tile([114.0101, 114.0199], count), lat]),
        vertex_mm=np.tile([0, 1_000_000], count),
        way_id=np.arange(count),
        first_segment=np.zeros(count, np.int32),
        flags=np.full(count, 7, np.uint8),
        kind=np.zeros(count, np.int8),
        name=np.full(count, -1, np.int32),
    )
    write_picture(dataclasses.replace(run, streets=crowd), tmp_path / "a.png")
    # The page multiplies the colour of the class by that of a main road.
    darkened = colour(GAP_COLOURS[4]) * colour(STREET_LOOKS["main"][0]) // 255
    near = (np.abs(pixels(tmp_path / "a.png") - darkened) <= 2).all(axis=2)
    assert near.sum() > 30_000


def test_only_streets_in_view_are_drawn(make_run):
    streets = make_run().streets
    # The path goes south at 114.02, the main road's first edge lies to the west of it.
    near = streets_within(streets, (114.019, 27.9, 114.021, 28.005))
    assert near.way_id.tolist() == [11]
    assert near.vertex_xy.tolist() == [[114.02, 28.01], [114.02, 28.0]]
    assert near.vertex_ptr.tolist() == [0, 2]
    assert near.bounds == (114.019, 28.0, 114.021, 28.005)
    assert len(streets_within(streets, streets.bounds)) == len(streets)


def test_names_with_marks_of_any_language_are_drawn_as_text(make_run, tmp_path):
    run = make_run(HOSTILE)
    table = run.by_region.assign(name=["$\\alpha$ {0}", "\ud800\x01<b>"])
    hostile = make_run(
        HOSTILE,
        name="$\\undefined{ %s \n</script>",
        review_number="$_$",
        by_region=table,
        by_site=run.by_site.assign(type=["$a_$", "b\x00", ""]),
    )
    write_picture(hostile, tmp_path / "a.png")
    assert pixels(tmp_path / "a.png").shape == (1440, 2560, 3)


def test_without_a_chinese_font_the_picture_speaks_english_and_says_what_to_install(make_run, tmp_path, caplog):
    assert not LATIN.chinese
    with caplog.at_level(logging.WARNING):
        write_picture(make_run(), tmp_path / "zh.png", letters=LATIN)
    assert "思源黑体" in caplog.text
    write_picture(make_run(language="en"), tmp_path / "en.png", letters=LATIN)
    assert (tmp_path / "zh.png").read_bytes() == (tmp_path / "en.png").read_bytes()


def test_what_no_font_can_draw_is_a_box():
    assert drawable("\ud800a", LATIN.characters) == "□a"
    assert drawable("Internal (内部工作用图) map", LATIN.characters) == "Internal map"
    assert drawable("a\nb", LATIN.characters) == "a b"


def test_a_synthetic_run_has_a_dark_band_that_says_so(make_run, tmp_path):
    write_picture(make_run(), tmp_path / "real.png")
    write_picture(make_run(synthetic=True), tmp_path / "made.png")
    band = colour("#3d454c")
    dark = [(pixels(tmp_path / name) == band).all(axis=2).sum(axis=1).max() for name in ("real.png", "made.png")]
    assert dark[0] == 0
    assert dark[1] == 2560


@pytest.mark.skipif(not lettering().chinese, reason="no Chinese font on this machine")
def test_the_words_of_the_picture_differ_by_language(make_run, tmp_path):
    for language in ("zh", "en"):
        write_picture(make_run(language=language), tmp_path / f"{language}.png")
    assert (tmp_path / "zh.png").read_bytes() != (tmp_path / "en.png").read_bytes()


def test_a_long_title_is_cut_to_its_room_and_a_figure_never():
    page = board(960, 540, dpi=72, scale=1, letters=LATIN)
    assert put_text(page, 10, 50, "long " * 200, size=20, width=300) <= 300
    assert put_text(page, 10, 90, "1,234,567,890", size=20, width=40, smallest=0) <= 42
    assert [text.get_text()[-1] for text in page.figure.texts + list(page.figure.findobj(match=_is_figure))][-1] == "0"


def _is_figure(artist):
    return getattr(artist, "get_text", lambda: "")() == "1,234,567,890"


def test_a_paragraph_is_as_high_as_was_said_and_breaks_between_words():
    page = board(960, 540, dpi=72, scale=1, letters=LATIN)
    text = "one two three four five six seven eight nine ten"
    high = paragraph_height(page, text, width=60, size=7)
    assert put_paragraph(page, 0, 20, text, width=60, size=7, lines=20) == pytest.approx(20 + high)
    drawn = [artist.get_text() for artist in page.figure.findobj(match=lambda artist: hasattr(artist, "get_text"))]
    assert " ".join(line for line in drawn if line) == text


def test_a_credit_that_two_files_share_is_given_once(make_run):
    run = make_run()
    shared = make_run(
        sources=tuple(dataclasses.replace(source, attribution="A", licence="B") for source in run.sources)
    )
    assert sources_text(shared, "en") == "Roads, Population: A (B); drawn with catchment"
    assert sources_text(run, "en").count("OpenStreetMap") == 1


@pytest.mark.parametrize("kind", ["points", "nobody is uncovered", "no regions", "no streets", "all in doubt"])
def test_runs_of_every_kind_are_drawn(make_run, tmp_path, kind):
    run = make_run()
    everyone = len(run.people)
    covered = dataclasses.replace(run.access, cause=np.full(everyone, Cause.COVERED, np.int8))
    doubt = dataclasses.replace(run.access, cause=np.full(everyone, Cause.NO_ROAD, np.int8))
    changes = {
        "points": {"people": dataclasses.replace(run.people, cell_degrees=None)},
        "nobody is uncovered": {"access": covered},
        "no regions": {"regions": None, "by_region": run.by_region.iloc[:0]},
        "no streets": {"streets": empty_streets()},
        "all in doubt": {"access": doubt},
    }
    write_picture(make_run(**changes[kind]), tmp_path / "a.png")
    assert (tmp_path / "a.png").stat().st_size > 50_000


def empty_streets():
    none, whole = np.empty(0, np.int32), np.empty(0, np.int64)
    return Streets(
        node_id=whole, start=none, end=none, vertex_ptr=np.zeros(1, np.int64), vertex_xy=np.empty((0, 2)),
        vertex_mm=whole, way_id=whole, first_segment=none, flags=np.empty(0, np.uint8), kind=np.empty(0, np.int8),
        name=none,
    )  # fmt: skip
