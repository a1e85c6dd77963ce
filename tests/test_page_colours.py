"""What colours say: nothing that the colour-blind would miss, and nothing about what is not known."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from plans import with_suggestions

from catchment.outputs.colours import ACCENT, BAND_COLOURS
from catchment.outputs.maps import write_map
from catchment.outputs.style import GAP_COLOURS

# Complete loss of one kind of cone, on linear RGB: Machado, Oliveira and Fernandes (2009), "A physiologically-based
# model for simulation of color vision deficiency", doi:10.1109/TVCG.2009.113, severity 1.0 of the authors' table.
VISION = {
    "ordinary": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
# sRGB to XYZ under D65 (IEC 61966-2-1), and the white of it.
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
JUST_NOTICEABLE = 2.3  # CIE76; Mahy, Van Eycken and Oosterlinck (1994), Color Research & Application 19(2)


def rgb(colour):
    """A colour of a style sheet, ``#1f4e79`` or ``rgb(31, 78, 121)``, from 0 to 1."""
    if colour.startswith("#"):
        return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.array([int(part) for part in re.findall(r"\d+", colour)[:3]]) / 255


def lab(colour, vision="ordinary"):
    """A colour in CIE L*a*b* as somebody of this vision sees it."""
    values = rgb(colour)
    linear = np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.array(VISION[vision]) @ linear, 0, 1) / TO_XYZ.sum(axis=1)
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def apart(one, other, vision):
    """How far two colours are apart: the CIE76 distance in L*a*b*."""
    return float(np.linalg.norm(lab(one, vision) - lab(other, vision)))


def test_white_black_and_red_are_where_cie_has_them():
    assert lab("#ffffff") == pytest.approx([100, 0, 0], abs=0.02)
    assert lab("#000000") == pytest.approx([0, 0, 0], abs=0.02)
    assert lab("rgb(255, 0, 0)") == pytest.approx([53.2, 80.1, 67.2], abs=0.1)


@pytest.mark.parametrize("vision", VISION)
def test_greys_stay_greys_for_everybody(vision):
    assert np.abs(lab("#808080", vision) - lab("#808080")).max() < 0.1


@pytest.mark.parametrize("vision", VISION)
def test_classes_of_the_gap_are_told_apart_and_grow_darker(vision):
    for one, other in itertools.combinations(GAP_COLOURS, 2):
        assert apart(one, other, vision) > 5 * JUST_NOTICEABLE
    light = [lab(colour, vision)[0] for colour in GAP_COLOURS]
    # In print, and to whoever sees no colour at all, the steps of lightness alone must do.
    assert min(-np.diff(light)) > 3 * JUST_NOTICEABLE


@pytest.mark.parametrize("vision", VISION)
def test_bands_of_service_areas_are_told_apart(vision):
    for one, other in itertools.pairwise(BAND_COLOURS):
        assert apart(one, other, vision) > JUST_NOTICEABLE


@pytest.mark.parametrize("vision", VISION)
def test_what_is_covered_never_looks_like_a_gap(vision):
    for colour in GAP_COLOURS:
        for served in (ACCENT, *BAND_COLOURS):
            assert apart(colour, served, vision) > 5 * JUST_NOTICEABLE


# --- as the browser shows them

BACKGROUND = "node => getComputedStyle(node).backgroundColor"


def test_before_and_after_are_told_apart_and_so_is_what_is_left(make_run, tmp_path, open_page):
    # With one place some are left over.
    write_map(with_suggestions(make_run(), 1), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    gap = page.locator("#headline .bar").first.evaluate(BACKGROUND)
    parts = (".proposal .covered", ".proposal .gain", ".proposal .bar")
    before, gain, left = (page.locator(part).evaluate(BACKGROUND) for part in parts)
    assert page.locator("#headline .bar .covered").first.evaluate(BACKGROUND) == before
    for one, other in itertools.combinations((before, gain, left, gap), 2):
        for vision in VISION:
            assert apart(one, other, vision) > 10 * JUST_NOTICEABLE


def painted(page, lon, lat):
    """The colours of the ground around a place, 15 px each way: shape (n, 4), red, green, blue and alpha."""
    code = """([lon, lat]) => {
        const map = window[document.querySelector(".folium-map").id], ground = document.querySelector("canvas.ground");
        const ratio = ground.width / parseFloat(ground.style.width);
        const at = map.latLngToLayerPoint([lat, lon]).subtract(L.DomUtil.getPosition(ground)).multiplyBy(ratio);
        return [...ground.getContext("2d").getImageData(at.x - 15, at.y - 15, 31, 31).data];
    }"""
    return np.unique(np.reshape(page.evaluate(code, [lon, lat]), (-1, 4)), axis=0)


# Centres of cells of the run made by hand.
COVERED, TOO_FAR, NO_ROAD, CUT_OFF, EDGE = (
    (114.005, 28.015), (114.015, 28.015), (114.025, 28.005), (114.035, 28.005), (114.015, 28.005)
)  # fmt: skip
NOBODY = (114.055, 28.015)


@pytest.fixture
def bare_ground(make_run, tmp_path, open_page):
    """The map with nothing on it but people."""
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html")
    for name in ("streets", "region outlines", "numbers of the first", "min on foot"):
        page.locator(".legend label", has_text=name).click()
    return page


def test_a_gap_has_a_colour_of_the_ramp(bare_ground):
    colours = painted(bare_ground, *TOO_FAR)
    assert [tuple(colour) for colour in colours[:, :3].tolist()] in [
        [tuple((rgb(colour) * 255).round().astype(int).tolist())] for colour in GAP_COLOURS
    ]


@pytest.mark.parametrize("place", [NO_ROAD, CUT_OFF, EDGE], ids=["no road", "cut off", "edge of data"])
def test_what_the_data_cannot_tell_is_grey_and_hatched_and_never_coloured(bare_ground, place):
    colours = painted(bare_ground, *place)
    # A single colour would be a class; a hatch has several, all of them greys.
    assert len(colours) > 1
    for red, green, blue, alpha in colours.tolist():
        assert alpha == 255
        assert np.hypot(*lab(f"rgb({red}, {green}, {blue})")[1:]) < 3


def test_where_nobody_lives_nothing_is_painted(bare_ground):
    assert painted(bare_ground, *NOBODY)[:, 3].tolist() == [0]


def test_who_is_covered_is_pale_and_not_of_the_gaps_hue(bare_ground):
    (colour,) = painted(bare_ground, *COVERED)[:, :3].tolist()
    light, _, yellow = lab(f"rgb{tuple(colour)}")
    assert light > 90
    assert yellow < 0


def test_a_figure_that_is_missing_is_a_dash_and_no_nought(make_run, tmp_path, open_page):
    write_map(make_run(language="en"), tmp_path / "map.html")
    page = open_page(tmp_path / "map.html", "#gaps")
    # From the third gap no road leads anywhere: its distance is not known.
    assert page.locator("#sheet tr[data-index='2'] td").all_text_contents()[:2] == ["16", "—"]
    page.click("#tab-sites")
    # The station in the park does not count: it has no figures, which is not none.
    assert page.locator("#sheet tr[data-index='2'] td").all_text_contents() == ["—", "—", "—"]
