"""What a row means by its coordinates where they are no plain degrees: the place, and what each cell should say."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from catchment.geo.grids import Grid, grid_of_zone, lonlat_of_grid
from catchment.inputs.cells import is_missing, text_of
from catchment.inputs.notations import Written, degrees_text, plain_text, written
from catchment.inputs.places import looks_swapped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catchment.model import RepairWord

Question = Literal["finding.ask_grid", "finding.ask_mercator"]
"""Entry of the catalogue for numbers that may mean two places, so that the planner must say."""

# Longitudes and latitudes of China [degrees]; a number outside both, times a million, is looked for there.
_EAST, _NORTH = (73.0, 136.0), (17.0, 54.0)
_MILLION = 1_000_000
_NORTHING_M = (1_900_000, 6_000_000)
_EASTING_M = (100_000, 900_000)
_MERCATOR_M = (8_100_000, 15_200_000)
# Where metres without a zone are of the meridian 114 for this program's first users; elsewhere they ask.
_HOME_EASTING_M, _HOME_NORTHING_M, _HOME_EPSG = (488_000, 712_000), (3_048_000, 3_223_000), 4547
_AT_AXIS = (
    re.compile(r"(?<=[\d.°度分秒'\"])\s*(?=(?:北纬|东经|[NE]\s*\d))", re.IGNORECASE),
    re.compile(r"(?<=[\d.°度分秒'\"][EN])\s*(?=\d)", re.IGNORECASE),
)
_WRAPPED = re.compile(r"(?:point)?\s*[(\[](.*)[)\]]|(.*)", re.IGNORECASE)


@dataclass(frozen=True)
class Meaning:
    """The place that is meant, and why the cells do not say it plainly."""

    lon: float
    lat: float
    """Degrees."""
    words: tuple[RepairWord | Literal[""], RepairWord | Literal[""]]
    """Entry of the catalogue for the longitude's cell and the latitude's; empty where a cell is plain."""
    epsg: int = 0
    """Of the grid, where they are metres."""
    step: float = 0.0
    """What the last digit is worth [degrees]; 0 if unknown."""


def meaning(lon: object, lat: object, *, grid: Grid | None = None) -> Meaning | Question | None:
    """
    What the cells of longitude and latitude mean; the question that must be asked, or ``None`` if they mean nothing.

    The numbers decide, never the names of the columns: surveyors call the northing X.

    Parameters
    ----------
    lon, lat
        Cells.
    grid
        What metres without a zone are.

    Examples
    --------
    >>> meaning("114°23′15″", 27.8).words, meaning("114°23′15″", 27.8).lon
    (('repair.minutes', ''), 114.3875)
    >>> meaning(27.8, 114.4).lon, meaning(27.8, 114.4).words
    (114.4, ('repair.swapped', 'repair.swapped'))
    >>> meaning(114387379, 27800117).lat
    27.800117
    >>> meaning(3098000, 500000).epsg, meaning(3098000, 250000), meaning("东门", 27.8)
    (4547, 'finding.ask_grid', None)
    """
    both = _parted(lon) if is_missing(lat) or text_of(lon) == text_of(lat) else None
    if is_missing(lon) and not is_missing(lat):
        both = _parted(lat)
    first, second = both or (written(lon), written(lat))
    if first is None or second is None or not (math.isfinite(first.value) and math.isfinite(second.value)):
        return None
    found = _placed(first, second, grid)
    if isinstance(found, Meaning) and both:
        return replace(found, words=("repair.pair", "repair.pair"))
    return found


def pair_meaning(value: object, *, grid: Grid | None = None) -> Meaning | Question | None:
    """
    What one cell with both coordinates means, in either order.

    Examples
    --------
    >>> pair_meaning("北纬27°48′，东经114°23′15″").lat, pair_meaning("[114.387, 27.8]").lon
    (27.8, 114.387)
    """
    both = _parted(value)
    found = _placed(*both, grid) if both else None
    if not isinstance(found, Meaning):
        return found
    word: RepairWord = next((word for word in found.words if word and word != "repair.swapped"), "repair.pair")
    return replace(found, words=(word, word))


def _parted(value: object) -> tuple[Written, Written] | None:
    """The two coordinates in one cell, as they stand."""
    for halves in _halves(plain_text(text_of(value))):
        first, second = (written(half) for half in halves)
        if first is not None and second is not None:
            return first, second
    return None


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """The ways to cut a text in two, the surest first: at a mark, at N or E, in the middle of its blanks."""
    match = _WRAPPED.fullmatch(text.replace("\n", " "))
    inner = ((match[1] or match[2] or "") if match else text).strip()
    for mark in ";、|/,":
        pieces = [piece.strip() for piece in inner.split(mark)]
        if len(pieces) == 2 and all(pieces):
            yield pieces[0], pieces[1]
    for axis in _AT_AXIS:
        pieces = axis.split(inner)
        if len(pieces) == 2:
            yield pieces[0], pieces[1]
    words = inner.split()
    if len(words) > 1 and len(words) % 2 == 0:
        yield " ".join(words[: len(words) // 2]), " ".join(words[len(words) // 2 :])


def _placed(first: Written, second: Written, grid: Grid | None) -> Meaning | Question | None:
    if first.value == 0 or second.value == 0:
        return None
    metres = _metres(first.value, second.value)
    if metres:
        return _of_grid(*metres, grid)
    lon, lat = _whole_degrees(first), _whole_degrees(second)
    if looks_swapped(lon.value, lat.value) or (first.axis, second.axis) == ("lat", "lon"):
        lon, lat = lat, lon
        lon, lat = replace(lon, word="repair.swapped", axis=""), replace(lat, word="repair.swapped", axis="")
    if not (abs(lon.value) <= 180 and abs(lat.value) <= 90) or lon.axis == "lat" or lat.axis == "lon":
        return None
    return Meaning(lon.value, lat.value, (lon.word, lat.word), step=min(lon.step, lat.step))


def _whole_degrees(one: Written) -> Written:
    """Degrees from millionths of them, where they would lie in China."""
    value = one.value / _MILLION
    if _within(value, _EAST) or _within(value, _NORTH):
        return Written(value, "repair.millionths", one.axis, one.step / _MILLION)
    return one


def _metres(first: float, second: float) -> tuple[float, float] | None:
    """Easting and northing, whichever comes first; ``None`` if the numbers are no metres."""
    for east, north in ((first, second), (second, first)):
        zoned = grid_of_zone(east) is not None
        if _within(north, _NORTHING_M) and (zoned or _within(east, _EASTING_M) or _within(east, _MERCATOR_M)):
            return east, north
    return None


def _of_grid(east: float, north: float, grid: Grid | None) -> Meaning | Question | None:
    epsg = int(grid.removeprefix("EPSG:")) if grid else None
    if _within(east, _MERCATOR_M):
        if epsg != 3857:
            return "finding.ask_mercator"
    elif zoned := grid_of_zone(east):
        epsg = zoned
    elif epsg in (None, 3857):
        if not (_within(east, _HOME_EASTING_M) and _within(north, _HOME_NORTHING_M)):
            return "finding.ask_grid"
        epsg = _HOME_EPSG
    lon, lat = lonlat_of_grid(east, north, epsg or 0)
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return None
    # A metre of the grid is a hundred-thousandth of a degree.
    return Meaning(lon, lat, ("repair.grid", "repair.grid"), epsg or 0, 1e-5)


def _within(value: float, limits: Sequence[float]) -> bool:
    return limits[0] <= value <= limits[1]


def proposed_texts(meant: Meaning) -> tuple[str, str]:
    """
    What the cells of longitude and latitude should say.

    Examples
    --------
    >>> proposed_texts(Meaning(114.3875, 27.8, ("repair.pair", "repair.pair")))
    ('114.3875', '27.8')
    """
    return degrees_text(meant.lon), degrees_text(meant.lat)
