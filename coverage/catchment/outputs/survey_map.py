"""The small map on the card of a place to be visited: streets, sites near, people not covered."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.patheffects import withStroke

from catchment.geo.measure import distance_m
from catchment.model import UNITS_PER_PERSON, Cause
from catchment.outputs.board import board, mark_look, put_axes, put_box, write_board
from catchment.outputs.colours import ACCENT, QUIET, SITE_STATES, site_kinds, site_shapes, site_size
from catchment.outputs.drawing import drawn_cells, drawn_streets, streets_within
from catchment.outputs.ground import (
    GROUND,
    cell_image,
    draw_north,
    draw_pins,
    draw_points,
    draw_scale,
    free_box,
    street_image,
)
from catchment.outputs.lettering import drawable
from catchment.outputs.payload import type_order
from catchment.outputs.raster import View, view_of
from catchment.outputs.style import DOUBTS, class_breaks, printable
from catchment.outputs.water import drawn_water

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from catchment.model import Floats, Ints, Mask, Run, Streets
    from catchment.outputs.board import Board
    from catchment.outputs.lettering import Lettering
    from catchment.outputs.proposal import Proposal, Suggested
    from catchment.words import Language

WIDTH_MM, HEIGHT_MM = 179.0, 76.0
"""On the card."""

WALK_M = 600.0
"""From the place to the upper edge of its map, where people walk."""

ROAD_M = (1200.0, 2700.0)
"""The same at least and at most where they go by road: the nearest site is shown if it is no farther."""

_DPI = 150
_SCALE = 0.9
_NAMES = 14
"""So many streets and sites are named at most."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """What the maps of all cards share."""

    run: Run
    proposal: Proposal
    breaks: list[float]
    letters: Lettering
    language: Language
    types: list[str]
    kinds: list[tuple[str, Any]]


def surroundings(run: Run, proposal: Proposal, letters: Lettering) -> Surroundings:
    """
    What the maps of all cards share: classes of people as on the other maps, kinds of site, fonts.

    Parameters
    ----------
    run, proposal
        The run and its plan.
    letters
        Fonts; without a Chinese one the maps speak English.
    """
    gap = ~np.isin(run.access.cause, [Cause.COVERED, *DOUBTS])
    breaks = class_breaks(run.people.units[gap] / UNITS_PER_PERSON)
    language: Language = run.language if letters.chinese else "en"
    return Surroundings(run, proposal, breaks, letters, language, type_order(run), site_kinds(run))


def half_height_m(cost_m: float, *, on_foot: bool) -> float:
    """
    How far the map of a place reaches above and below it [m].

    Parameters
    ----------
    cost_m
        From the place to the nearest counted site [m], -1 if there is none within the search.
    on_foot
        Whether people walk there by the standard of where it stands.

    Examples
    --------
    >>> half_height_m(900, on_foot=True), half_height_m(2000, on_foot=False), half_height_m(-1, on_foot=False)
    (600.0, 2200.0, 1800.0)
    """
    if on_foot:
        return WALK_M
    least, most = ROAD_M
    return min(max(1.1 * cost_m, least), most) if cost_m >= 0 else (least * most) ** 0.5


def card_map(row: Suggested, shared: Surroundings) -> bytes:
    """
    The map of a place as PNG; the same run gives the same bytes on the same machine.

    Parameters
    ----------
    row
        The place.
    shared
        From ``surroundings``.
    """
    run, aspect = shared.run, WIDTH_MM / HEIGHT_MM
    pixels = (round(WIDTH_MM / 25.4 * _DPI), round(HEIGHT_MM / 25.4 * _DPI))
    page = board(*pixels, dpi=_DPI, scale=_SCALE, letters=shared.letters)
    view = _view(row, half_height_m(row.cost_m, on_foot=run.standard.rule(row.setting).mode == "walk"), aspect)
    axes = put_axes(page, 0, 0, page.width, page.height, fill=GROUND)
    axes.set_xlim(view.west, view.east)
    axes.set_ylim(view.south, view.north)
    box = (view.west, view.south, view.east, view.north)
    streets = streets_within(run.streets, box)
    _draw_people(page, axes, view, streets, shared)
    taken = _draw_sites(page, axes, shared, _inside(run.sites.xy, view))
    pins = tuple(each for each in shared.proposal.rows if _inside(np.array([[each.lon, each.lat]]), view)[0])
    axes.scatter([row.lon], [row.lat], s=(26 * _SCALE) ** 2, c="none", edgecolors=ACCENT, linewidths=1.6, zorder=7)
    draw_pins(page, axes, replace(shared.proposal, rows=(row, *(each for each in pins if each != row))))
    middle = axes.transData.transform([[row.lon, row.lat]])
    taken = np.vstack([taken, np.hstack([middle - page.pixels(9), middle + page.pixels(20)])])
    _name(page, axes, _labels(run, view, streets), taken)
    put_box(page, 0.3, 0.3, page.width - 0.6, page.height - 0.6, edge="#c9ced2")
    draw_scale(page, view, shared.language, x=0, y=0, width=page.width, height=page.height)
    draw_north(page, x=page.width - 16, y=10)
    stream = io.BytesIO()
    write_board(page, stream)
    return stream.getvalue()


def _view(row: Suggested, half_m: float, aspect: float) -> View:
    """So many metres above and below the place, and as much to its sides as the frame is wider than high."""
    degree_m = float(distance_m(np.array([[row.lon, row.lat]]), np.array([[row.lon, row.lat + 0.01]]))[0] * 100)
    half = half_m / degree_m
    return view_of((row.lon, row.lat - half, row.lon, row.lat + half), aspect, margin=0)


def _inside(xy: Floats, view: View) -> Mask:
    lon, lat = xy.T
    inside: Mask = (lon >= view.west) & (lon <= view.east) & (lat >= view.south) & (lat <= view.north)
    return inside


def _draw_people(page: Board, axes: Axes, view: View, streets: Streets, shared: Surroundings) -> None:
    """Cells of people, and on them water and streets, which darken what they cross."""
    run, box = shared.run, (view.west, view.south, view.east, view.north)
    cells = drawn_cells(run.people, run.access, order=_around(run, view).astype(np.int32))
    shape = (round(axes.bbox.height), round(axes.bbox.width))
    thick = replace(page, scale=2.2 * page.scale)
    sheet = street_image(thick, drawn_streets(streets), drawn_water(run.water, bounds=box), view, shape)
    # Twice as dark as on the map of everything: here people look for a street.
    darker = sheet.astype(np.uint16) * sheet // 255
    image = cell_image(page, cells, view, shared.breaks, shape) * darker
    sides = (view.west, view.east, view.south, view.north)
    axes.imshow((image // 255).astype(np.uint8), extent=sides, interpolation="nearest", aspect="auto", resample=False)
    if cells.lattice is None:
        draw_points(page, axes, cells, shared.breaks)


def _around(run: Run, view: View) -> Ints:
    """People in the view or on its edge."""
    width, height = run.people.cell_degrees or (0.0, 0.0)
    wider = View(view.west - width, view.south - height, view.east + width, view.north + height)
    return np.flatnonzero(_inside(run.people.xy, wider))


def _draw_sites(page: Board, axes: Axes, shared: Surroundings, near: Mask) -> Floats:
    """The sites in the view, the counted ones above the others. Returns their boxes on the page [px], shape (n, 4)."""
    shapes, xy, boxes = site_shapes(shared.types), shared.run.sites.xy, [np.empty((0, 4))]
    for site in np.flatnonzero(near).tolist():
        kind, state = shared.kinds[site]
        size = site_size(kind) * 0.8
        look: dict[str, Any] = mark_look(shapes[kind], state, size=size * page.scale)
        axes.scatter(xy[site, 0], xy[site, 1], zorder=6 + SITE_STATES.index(state) / 10, **look)
        middle = axes.transData.transform(xy[[site]])
        boxes.append(np.hstack([middle - page.pixels(size / 2), middle + page.pixels(size / 2)]))
    return np.vstack(boxes)


# ---- names


def _labels(run: Run, view: View, streets: Streets) -> list[tuple[str, tuple[float, float], bool]]:
    """Names and where they belong, and whether of a site: the sites nearest the middle, then the longest streets."""
    middle = np.array([[(view.west + view.east) / 2, (view.south + view.north) / 2]])
    near = np.flatnonzero(_inside(run.sites.xy, view) & run.counted)
    away_m = distance_m(np.repeat(middle, len(near), axis=0), run.sites.xy[near])
    names, xy = run.sites.frame["name"].tolist(), run.sites.xy
    order = near[np.lexsort([near, away_m])].tolist()
    sites = [(str(names[site]), (float(xy[site, 0]), float(xy[site, 1])), True) for site in order]
    return [*sites[: _NAMES // 2], *_street_labels(streets, view)][:_NAMES]


def _street_labels(streets: Streets, view: View) -> Iterable[tuple[str, tuple[float, float], bool]]:
    """Each named street in the view at the middle of its longest piece there, the longest piece first."""
    named = np.flatnonzero(streets.name >= 0)
    # A name at the edge would be cut.
    rim = 0.06 * (view.north - view.south)
    frame = shapely.box(view.west + rim, view.south + rim, view.east - rim, view.north - rim)
    longest: dict[str, tuple[float, tuple[float, float]]] = {}
    for edge in named.tolist():
        line = shapely.LineString(streets.vertex_xy[streets.vertex_ptr[edge] : streets.vertex_ptr[edge + 1]])
        part = line.intersection(frame)
        name = streets.names[streets.name[edge]]
        if part.length > longest.get(name, (0.0, ()))[0]:
            place = shapely.line_interpolate_point(
                max(shapely.get_parts(part), key=lambda each: each.length), 0.5, normalized=True
            )
            longest[name] = (part.length, (place.x, place.y))
    ordered = sorted(longest.items(), key=lambda item: (-item[1][0], item[0]))
    return [(name, place, False) for name, (_, place) in ordered]


def _name(page: Board, axes: Axes, labels: Iterable[tuple[str, tuple[float, float], bool]], taken: Floats) -> None:
    """Write names where they cover no other name and no site; those without room are left out."""
    for text, place, of_site in labels:
        shown = drawable(printable(text), page.letters.characters)
        if "□" in shown or not shown.strip():
            continue
        label = axes.annotate(
            shown if len(shown) <= 24 else shown[:23] + "…",
            place,
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=8 * page.scale,
            fontfamily=list(page.letters.families),
            color=ACCENT if of_site else QUIET,
            ha="center",
            va="center",
            parse_math=False,
            zorder=6.9,
            annotation_clip=True,
            path_effects=[withStroke(linewidth=2 * page.scale, foreground="#ffffffd0")],
        )
        box = free_box(page, axes, label, np.empty((0, 4)), taken)
        if box is None:
            label.remove()
        else:
            taken = np.vstack([taken, box])
