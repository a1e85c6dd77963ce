"""The map in the middle of the picture: cells, streets, outlines, sites, names, scale and north."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from matplotlib.collections import PathCollection
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import withStroke

from catchment.model import UNITS_PER_PERSON, Cause
from catchment.outputs.board import (
    PIN_HEAD,
    board,
    box_of,
    mark_look,
    pin_look,
    pixels_of,
    put_axes,
    put_box,
    put_line,
    put_text,
)
from catchment.outputs.colours import (
    COVERED_COLOUR,
    DOUBT_GROUND,
    DOUBT_STROKE,
    INK,
    QUIET,
    REGION_COLOUR,
    SITE_STATES,
    STREET_LOOKS,
    WATER_COLOUR,
    site_kinds,
    site_shapes,
    site_size,
)
from catchment.outputs.drawing import DEGREE, drawn_cells, drawn_outlines, drawn_streets, opening_bounds, streets_within
from catchment.outputs.lettering import drawable
from catchment.outputs.marks import EDIT_LOOKS, edit_marks
from catchment.outputs.payload import type_order
from catchment.outputs.profile import outlines_shown, shown_cells
from catchment.outputs.raster import DOUBT, cell_classes, scale_metres, stripes, view_of
from catchment.outputs.style import DOUBTS, GAP_COLOURS, class_breaks, distance_text, printable
from catchment.outputs.water import drawn_water

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.text import Annotation
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

    from catchment.model import Floats, Run
    from catchment.outputs.board import Board
    from catchment.outputs.drawing import DrawnCells, DrawnStreets, Lines
    from catchment.outputs.proposal import Proposal
    from catchment.outputs.raster import View
    from catchment.outputs.water import DrawnWater
    from catchment.words import Language

GROUND = "#f6f6f2"
_LINES_PER_PATH = 50


@dataclass(frozen=True, eq=False)
class Ground:
    """What was drawn, for the legend."""

    breaks: list[float]
    cells: DrawnCells
    streets: DrawnStreets
    water: DrawnWater


def draw_ground(
    page: Board,
    run: Run,
    language: Language,
    *,
    proposal: Proposal | None,
    x: float,
    y: float,
    width: float,
    height: float,
) -> Ground:
    """Draw the map into a rectangle of the page, with the plan if there is one."""
    view = view_of(_bounds(run), width / height)
    axes = put_axes(page, x, y, width, height, fill=GROUND)
    axes.set_xlim(view.west, view.east)
    axes.set_ylim(view.south, view.north)
    cells = shown_cells(run, drawn_cells(run.people, run.access))
    gaps = ~np.isin(cells.cause, [Cause.COVERED, *DOUBTS])
    breaks = class_breaks(cells.units[gaps] / UNITS_PER_PERSON)
    box = (view.west, view.south, view.east, view.north)
    streets = drawn_streets(streets_within(run.streets, box), vertex_budget=250_000)
    water = drawn_water(run.water, bounds=box)
    shape = (round(axes.bbox.height), round(axes.bbox.width))
    # As on the map page, streets and water darken what they cross and never hide it.
    sheet = street_image(page, streets, water, view, shape)
    image = cell_image(page, cells, view, breaks, shape).astype(np.uint16) * sheet
    sides = (view.west, view.east, view.south, view.north)
    axes.imshow((image // 255).astype(np.uint8), extent=sides, interpolation="nearest", aspect="auto", resample=False)
    if cells.lattice is None:
        draw_points(page, axes, cells, breaks)
    if run.regions is not None and outlines_shown(run):
        for lines in drawn_outlines(run.regions.frame):
            _draw_lines(axes, lines, colour=REGION_COLOUR, width=0.7 * page.scale, zorder=4)
    _draw_edits(page, axes, run)
    boxes = _draw_sites(page, axes, run)
    _draw_names(page, axes, run, boxes)
    if proposal:
        draw_pins(page, axes, proposal)
    put_box(page, x, y, width, height, edge="#c9ced2")
    draw_scale(page, view, language, x=x, y=y, width=width, height=height)
    draw_north(page, x=x + width - 16, y=y + 10)
    return Ground(breaks, cells, streets, water)


def _bounds(run: Run) -> tuple[float, float, float, float]:
    """Where the people are, and the regions whole."""
    west, south, east, north = opening_bounds(run.streets, run.people.xy, run.sites.xy)
    if run.regions is None or not len(run.regions):
        return west, south, east, north
    sides = run.regions.frame.total_bounds.tolist()
    return min(west, sides[0]), min(south, sides[1]), max(east, sides[2]), max(north, sides[3])


# ---- people


def cell_image(
    page: Board, cells: DrawnCells, view: View, breaks: list[float], shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """The cells as an image: red, green and blue of every pixel."""
    colours = np.array([_rgb(colour) for colour in (GROUND, COVERED_COLOUR, DOUBT_GROUND, *GAP_COLOURS)], np.uint8)
    if cells.lattice is None:
        return np.broadcast_to(colours[0], (*shape, 3))
    classes = cell_classes(cells, view, breaks, shape)
    image: NDArray[np.uint8] = colours[classes]
    image[(classes == DOUBT) & stripes(shape, step=max(4, round(page.pixels(3.2))))] = _rgb(DOUBT_STROKE)
    return image


def draw_points(page: Board, axes: Axes, cells: DrawnCells, breaks: list[float]) -> None:
    """People who come as points: small discs, the covered below the doubtful below the gaps."""
    xy = np.column_stack([cells.column, cells.row]) / 1e6
    covered, doubt = cells.cause == Cause.COVERED, np.isin(cells.cause, DOUBTS)
    shade = np.searchsorted(breaks, cells.units / UNITS_PER_PERSON, side="right")
    looks = [(covered, COVERED_COLOUR, 0.0), (doubt, DOUBT_STROKE, 0.0)]
    looks += [(~covered & ~doubt & (shade == step), colour, step) for step, colour in enumerate(GAP_COLOURS)]
    for level, (chosen, colour, step) in enumerate(looks):
        size = ((3 + 0.8 * step) * page.scale) ** 2
        axes.scatter(xy[chosen, 0], xy[chosen, 1], s=size, c=colour, marker="o", linewidths=0, zorder=1 + level / 10)


def _rgb(colour: str) -> tuple[int, int, int]:
    """
    A colour as three bytes.

    Examples
    --------
    >>> _rgb("#1f4e79")
    (31, 78, 121)
    """
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return red, green, blue


# ---- streets and outlines


def street_image(
    page: Board, streets: DrawnStreets, water: DrawnWater, view: View, shape: tuple[int, int]
) -> NDArray[np.uint8]:
    """Water on white, and the streets on it, the more important over the others."""
    sheet = board(shape[1], shape[0], dpi=page.dpi, scale=page.scale, letters=page.letters)
    axes = put_axes(sheet, 0, 0, sheet.width, sheet.height, fill="white")
    axes.set_xlim(view.west, view.east)
    axes.set_ylim(view.south, view.north)
    _draw_water(page, axes, water)
    vertices = sum(len(lines.xy) for lines in streets.lines.values())
    thin = 1.0 if vertices < 20_000 else 0.7 if vertices < 120_000 else 0.5
    for level, (rank, (colour, width)) in enumerate(STREET_LOOKS.items()):
        if rank in streets.lines:
            _draw_lines(axes, streets.lines[rank], colour=colour, width=width * thin * page.scale, zorder=level)
    return pixels_of(sheet)


def _draw_water(page: Board, axes: Axes, water: DrawnWater) -> None:
    """Areas as one path, so that holes stay holes, and lines."""
    if len(water.areas.xy):
        codes = np.full(len(water.areas.xy), Path.LINETO, Path.code_type)
        codes[water.areas.ptr[:-1]] = Path.MOVETO
        whole = Path(water.areas.xy / DEGREE, codes)
        axes.add_patch(PathPatch(whole, facecolor=WATER_COLOUR, edgecolor="none", zorder=-2))
    _draw_lines(axes, water.lines, colour=WATER_COLOUR, width=1.1 * page.scale, zorder=-1)


def _draw_lines(axes: Axes, lines: Lines, *, colour: str, width: float, zorder: float) -> None:
    drawn = PathCollection(
        _paths(lines),
        facecolors="none",
        edgecolors=colour,
        linewidths=width,
        zorder=zorder,
        capstyle="round",
        joinstyle="round",
    )
    axes.add_collection(drawn, autolim=False)


def _paths(lines: Lines) -> list[Path]:
    """Many lines to a path: matplotlib takes longer to make a path than to draw it."""
    codes = np.full(len(lines.xy), Path.LINETO, Path.code_type)
    codes[lines.ptr[:-1]] = Path.MOVETO
    cuts = lines.ptr[_LINES_PER_PATH:-1:_LINES_PER_PATH]
    parts = zip(np.split(lines.xy / DEGREE, cuts), np.split(codes, cuts), strict=True)
    return [Path(xy, code) for xy, code in parts if len(xy)]


def _draw_edits(page: Board, axes: Axes, run: Run) -> None:
    """Crosses where what-if edits close streets, rings where they join links."""
    for kind, marks in edit_marks(run.streets).items():
        look: dict[str, Any] = EDIT_LOOKS[kind] | {"s": (5 * page.scale) ** 2, "linewidths": 1.2 * page.scale}
        lon, lat = (marks.xy / DEGREE).T
        axes.scatter(lon, lat, zorder=4.5, **look)


# ---- sites and names


def _draw_sites(page: Board, axes: Axes, run: Run) -> Floats:
    """Draw the sites, the counted above the others and the larger marks last. Returns their boxes on the page [px]."""
    types = type_order(run)
    shapes = site_shapes(types)
    own = site_kinds(run)
    crowd = 1.0 if len(run.sites) <= 80 else 0.8 if len(run.sites) <= 400 else 0.6
    xy = run.sites.xy
    for kind in sorted(types, key=lambda kind: (site_size(kind), kind)):
        for level, state in enumerate(SITE_STATES):
            chosen = [number for number, pair in enumerate(own) if pair == (kind, state)]
            if chosen:
                look: dict[str, Any] = mark_look(shapes[kind], state, size=site_size(kind) * 0.52 * crowd * page.scale)
                axes.scatter(xy[chosen, 0], xy[chosen, 1], zorder=6 + level / 10, **look)
    middle = axes.transData.transform(xy)
    half = np.array([site_size(kind) for kind, _ in own])[:, None] * page.pixels(0.26 * crowd)
    return np.hstack([middle - half, middle + half])


def draw_pins(page: Board, axes: Axes, proposal: Proposal) -> None:
    """The suggestions with their numbers, the first to build above the others."""
    height = 17.0 if len(proposal.rows) <= 40 else 13.0
    for row in reversed(proposal.rows):
        level = 8 - row.number / (len(proposal.rows) + 1)
        look = pin_look(premises=bool(row.premises), size=height * page.scale)
        axes.scatter([row.lon], [row.lat], zorder=level, **look)
        axes.annotate(
            str(row.number),
            (row.lon, row.lat),
            xytext=(0, PIN_HEAD * height * page.scale),
            textcoords="offset points",
            fontsize=(0.44 if row.number < 100 else 0.33) * height * page.scale,
            fontfamily=list(page.letters.families),
            fontweight="bold",
            color="#ffffff" if row.premises else INK,
            ha="center",
            va="center_baseline",
            zorder=level,
            annotation_clip=True,
        )


def _draw_names(page: Board, axes: Axes, run: Run, sites: Floats) -> None:
    """Names of regions, those with most people first, each where it covers no other name and, if it can, no site."""
    if run.regions is None or not len(run.by_region):
        return
    inner = shapely.get_coordinates(shapely.point_on_surface(run.regions.frame.geometry.to_numpy()))
    size = (8.0 if len(run.regions) <= 30 else 6.5) * page.scale
    taken = np.empty((0, 4))
    people = run.by_region["people"].to_numpy(np.int64)
    for region in np.lexsort([np.arange(len(people)), -people]).tolist():
        name = drawable(printable(run.by_region["name"].iloc[region]), page.letters.characters)
        if "□" in name:
            continue
        label = axes.annotate(
            name,
            inner[region],
            xytext=(0, 0),
            textcoords="offset points",
            fontsize=size,
            fontfamily=list(page.letters.families),
            color="#4a545c",
            ha="center",
            va="center",
            parse_math=False,
            zorder=5,
            annotation_clip=True,
            path_effects=[withStroke(linewidth=2 * page.scale, foreground="#ffffffd0")],
        )
        box = free_box(page, axes, label, sites, taken)
        if box is None:
            label.remove()
        else:
            taken = np.vstack([taken, box])


def free_box(page: Board, axes: Axes, label: Annotation, sites: Floats, taken: Floats) -> Floats | None:
    """Move a name to the first free of some places around its own. ``None`` if it covers other names everywhere."""
    offsets = [(0.0, shift * page.scale) for shift in (0.0, 10.0, -10.0, 17.0, -17.0)]
    fallback = None
    for offset in offsets:
        label.set_position(offset)
        bounds: Bbox = box_of(page, label)
        box = np.array([bounds.x0, bounds.y0, bounds.x1, bounds.y1])
        if _meets(box, taken) or not axes.bbox.containsx(bounds.x0) or not axes.bbox.containsx(bounds.x1):
            continue
        if not _meets(box, sites):
            return box
        fallback = fallback or (offset, box)
    if fallback is None:
        return None
    label.set_position(fallback[0])
    return fallback[1]


def _meets(box: Floats, others: Floats) -> bool:
    apart = (others[:, 0] > box[2]) | (others[:, 2] < box[0]) | (others[:, 1] > box[3]) | (others[:, 3] < box[1])
    return not apart.all()


# ---- scale and north


def draw_scale(page: Board, view: View, language: Language, *, x: float, y: float, width: float, height: float) -> None:
    """A bar of a round length, true in the middle of the map."""
    per_metre = width / ((view.east - view.west) * view.metres_per_degree)
    metres = scale_metres(0.22 * width / per_metre)
    long, base = metres * per_metre, y + height - 12
    put_box(page, x + 8, base - 16, long + 14, 23, fill="#ffffffcc")
    put_text(page, x + 15 + long / 2, base - 5, distance_text(metres, language), size=7.5, colour=QUIET, align="center")
    ends = [(x + 15, base - 3), (x + 15, base + 1), (x + 15 + long, base + 1), (x + 15 + long, base - 3)]
    put_line(page, ends, colour=QUIET, width=1)


def draw_north(page: Board, *, x: float, y: float) -> None:
    """An arrow to the north, its tip at a place."""
    put_box(page, x - 9, y - 4, 18, 33, fill="#ffffffcc")
    put_line(page, [(x, y), (x + 5, y + 15), (x, y + 12), (x - 5, y + 15)], colour=INK, closed=True)
    put_text(page, x, y + 25, "N", size=9, bold=True, align="center")
