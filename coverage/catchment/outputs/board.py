"""A page to draw on: texts, boxes, lines and marks at places counted from its upper left corner."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.path import Path as Outline
from matplotlib.text import Text

from catchment.outputs.colours import ACCENT, CLOSED_SITE, INK, PALE_SITE
from catchment.outputs.lettering import drawable

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.transforms import Bbox
    from numpy.typing import NDArray

    from catchment.outputs.colours import Shape, SiteState
    from catchment.outputs.lettering import Lettering

Align = Literal["left", "center", "right"]

_MARKERS: dict[Shape, str] = {
    "circle": "o",
    "star": "*",
    "square": "s",
    "pentagon": "p",
    "diamond": "D",
    "hexagon": "h",
    "triangle": "^",
    "wedge": "v",
}
# Marks of one nominal size look alike: a star is thin, a diamond stands on its corner.
_EVENING = {"star": 1.45, "diamond": 0.8, "square": 0.9, "circle": 1.0, "pentagon": 1.1}


@dataclass(frozen=True, eq=False)
class Board:
    """A page whose lengths are counted in units of ``scale`` points."""

    figure: Figure
    canvas: FigureCanvasAgg
    width: float
    height: float
    scale: float
    dpi: int
    letters: Lettering

    def pixels(self, length: float) -> float:
        """A length in pixels."""
        return length * self.scale / 72 * self.dpi


def board(width_px: int, height_px: int, *, dpi: int, scale: float, letters: Lettering) -> Board:
    """An empty white page."""
    figure = Figure(figsize=(width_px / dpi, height_px / dpi), dpi=dpi, facecolor="white")
    canvas = FigureCanvasAgg(figure)
    unit = dpi / 72 * scale
    return Board(figure, canvas, width_px / unit, height_px / unit, scale, dpi, letters)


def write_board(page: Board, path: Path | IO[bytes]) -> None:
    """Write the page as PNG, with nothing in it but its pixels."""
    page.canvas.print_png(path, metadata={"Software": None})  # type: ignore[no-untyped-call]  # as in box_of


def pixels_of(page: Board) -> NDArray[np.uint8]:
    """Red, green and blue of every pixel of the page, shape (rows, columns, 3)."""
    page.canvas.draw()  # type: ignore[no-untyped-call]  # as in box_of
    return np.asarray(page.canvas.buffer_rgba())[..., :3]  # type: ignore[no-untyped-call]  # as in box_of


def put_axes(page: Board, x: float, y: float, width: float, height: float, *, fill: str) -> Axes:
    """A rectangle with coordinates of its own and nothing around it, below whatever else is on the page."""
    sides = (x / page.width, 1 - (y + height) / page.height, width / page.width, height / page.height)
    page.figure.add_artist(Rectangle(sides[:2], *sides[2:], facecolor=fill, edgecolor="none", zorder=-1))
    axes = page.figure.add_axes(sides)
    axes.set_axis_off()
    axes.margins(0)
    return axes


def put_text(
    page: Board,
    x: float,
    y: float,
    text: str,
    *,
    size: float = 9,
    bold: bool = False,
    colour: str = INK,
    align: Align = "left",
    width: float | None = None,
    smallest: float = 0.8,
) -> float:
    """
    Write one line on the base line ``y``; what is wider than ``width`` is set smaller, then cut.

    A figure is never cut: it is written with ``smallest=0``.

    Returns
    -------
    How wide it is.
    """
    label = _text(page, drawable(text, page.letters.characters), size=size, bold=bold, colour=colour, align=align)
    label.set_position((x / page.width, 1 - y / page.height))
    page.figure.add_artist(label)
    taken = _width(page, label)
    if width is not None and taken > width:
        label.set_fontsize(size * page.scale * max(0.98 * width / taken, smallest))
        if smallest:
            _cut(page, label, width)
        taken = _width(page, label)
    return taken


def put_paragraph(
    page: Board, x: float, y: float, text: str, *, width: float, size: float = 7, colour: str = INK, lines: int = 4
) -> float:
    """Write a text in lines no wider than ``width``, at most so many. Returns the base line of the next line."""
    broken = _lines(page, text, size=size, width=width)
    if len(broken) > lines:
        broken = [*broken[: lines - 1], "".join(broken[lines - 1 :])]
    for line in broken:
        put_text(page, x, y, line.strip(), size=size, colour=colour, width=width)
        y += size * 1.4
    return y


def paragraph_height(page: Board, text: str, *, width: float, size: float = 7) -> float:
    """How high a paragraph would be if it had all the lines it needs."""
    return len(_lines(page, text, size=size, width=width)) * size * 1.4


def _lines(page: Board, text: str, *, size: float, width: float) -> list[str]:
    """A text broken between words, or after any Chinese character unless a sign follows that may not begin a line."""
    pieces = re.findall(r"[\u2e80-\uffef][，。；：、）」》～]*|[^\s\u2e80-\uffef]+\s*|\s+", text)
    widths = {word: _width_of(page, word, size=size) for word in {piece.rstrip() for piece in pieces}}
    blank = _width_of(page, "x x", size=size) - _width_of(page, "xx", size=size)
    lines, taken = [""], 0.0
    for piece in pieces:
        word = piece.rstrip()
        if lines[-1] and taken + widths[word] > width:
            lines.append("")
            taken = 0.0
        lines[-1] += piece
        taken += widths[word] + blank * (len(piece) - len(word))
    return lines


def _width_of(page: Board, text: str, *, size: float) -> float:
    return _width(page, _text(page, drawable(text, page.letters.characters), size=size))


def _text(page: Board, text: str, *, size: float, bold: bool = False, colour: str = INK, align: Align = "left") -> Text:
    label = Text(
        text=text,
        fontsize=size * page.scale,
        fontfamily=list(page.letters.families),
        fontweight="bold" if bold else "normal",
        color=colour,
        horizontalalignment=align,
        verticalalignment="baseline",
        # A dollar sign in a name is a dollar sign.
        parse_math=False,
        usetex=False,
        transform=page.figure.transFigure,
    )
    label.set_figure(page.figure)
    return label


def _width(page: Board, label: Text) -> float:
    return float(box_of(page, label).width) / page.pixels(1)


def box_of(page: Board, label: Text) -> Bbox:
    """Where a text stands [pixels]."""
    renderer = page.canvas.get_renderer()  # type: ignore[no-untyped-call]  # matplotlib says no types here
    return label.get_window_extent(renderer)


def _cut(page: Board, label: Text, width: float) -> None:
    """Cut a text so that it fits, with a mark that it goes on."""
    whole = label.get_text()
    if _width(page, label) <= width:
        return
    fits, most = 0, len(whole) - 1
    while fits < most:
        middle = (fits + most + 1) // 2
        label.set_text(whole[:middle].rstrip() + "…")
        if _width(page, label) <= width:
            fits = middle
        else:
            most = middle - 1
    label.set_text(whole[:fits].rstrip() + "…")


def put_box(
    page: Board,
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    edge: str = "none",
    hatched: str = "",
    line: float = 0.6,
) -> None:
    """A rectangle; ``hatched`` is the colour of stripes on it."""
    corner, size = (x / page.width, 1 - (y + height) / page.height), (width / page.width, height / page.height)
    box = Rectangle(corner, *size, facecolor=fill, edgecolor=edge, linewidth=line * page.scale)
    _add(page, box)
    step, start = 3.0, x - height
    while hatched and start < x + width:
        ends = [(start, y + height), (start + height, y)]
        stripe = _line(page, ends, colour=hatched, width=0.7)
        stripe.set_clip_path(box)
        start += step


def put_line(
    page: Board, xy: Sequence[tuple[float, float]], *, colour: str = INK, width: float = 0.6, closed: bool = False
) -> None:
    """A line through places, or a filled shape if it is closed."""
    if closed:
        places = [(x / page.width, 1 - y / page.height) for x, y in xy]
        _add(page, Polygon(places, closed=True, facecolor=colour, edgecolor="none"))
        return
    _line(page, xy, colour=colour, width=width)


def _line(page: Board, xy: Sequence[tuple[float, float]], *, colour: str, width: float) -> Line2D:
    across, up = [x / page.width for x, _ in xy], [1 - y / page.height for _, y in xy]
    line = Line2D(across, up, color=colour, linewidth=width * page.scale, solid_capstyle="butt")
    _add(page, line)
    return line


def put_mark(page: Board, x: float, y: float, shape: Shape, state: SiteState, *, size: float) -> None:
    """The mark of a site, its middle at a place."""
    look: dict[str, Any] = mark_look(shape, state, size=size * page.scale)
    mark = Line2D(
        [x / page.width],
        [1 - y / page.height],
        linestyle="none",
        marker=look["marker"],
        markersize=look["s"] ** 0.5,
        markerfacecolor=look["facecolors"],
        markeredgecolor=look.get("edgecolors", look["facecolors"]),
        markeredgewidth=look["linewidths"],
    )
    _add(page, mark)


def mark_look(shape: Shape, state: SiteState, *, size: float) -> dict[str, str | float]:
    """
    How a site is drawn, as arguments of matplotlib's ``scatter``.

    Parameters
    ----------
    shape, state
        Of the site.
    size
        Width [points].

    Examples
    --------
    >>> mark_look("square", "pending", size=10)["facecolors"], mark_look("square", "closed", size=10)["marker"]
    ('#ffffff', 'x')
    """
    if state == "closed":
        return {"marker": "x", "s": (0.7 * size) ** 2, "facecolors": CLOSED_SITE, "linewidths": size * 0.16}
    fill, edge, line = {
        "counted": (ACCENT, "#ffffff", 0.08),
        "uncounted": (PALE_SITE, "#ffffff", 0.08),
        "pending": ("#ffffff", ACCENT, 0.13),
    }[state]
    width = size * _EVENING.get(shape, 1.0)
    look: dict[str, str | float] = {"marker": _MARKERS[shape], "s": width**2, "facecolors": fill}
    return look | {"edgecolors": edge, "linewidths": size * line}


def put_pin(page: Board, x: float, y: float, *, premises: bool, size: float) -> None:
    """The pin of a suggestion, its tip at a place."""
    look = pin_look(premises=premises, size=size * page.scale)
    mark = Line2D(
        [x / page.width],
        [1 - y / page.height],
        linestyle="none",
        marker=look["marker"],
        markersize=look["s"] ** 0.5,
        markerfacecolor=look["facecolors"],
        markeredgecolor=look["edgecolors"],
        markeredgewidth=look["linewidths"],
    )
    _add(page, mark)


PIN_HEAD = 0.65
"""How far the middle of a pin's head is above its tip, as a part of its height."""


def pin_look(*, premises: bool, size: float) -> dict[str, Any]:
    """
    How a suggestion is drawn, as arguments of matplotlib's ``scatter``: dark for premises, hollow for a street.

    Parameters
    ----------
    premises
        It is premises, not a stretch of street to look for premises on.
    size
        Height of the pin [points].

    Examples
    --------
    >>> pin_look(premises=False, size=10)["facecolors"]
    '#ffffff'
    """
    fill, edge, line = (INK, "#ffffff", 0.045) if premises else ("#ffffff", INK, 0.075)
    # matplotlib draws an outline so that its farthest coordinate, here the top, is half the size.
    return {"marker": _PIN, "s": (2 * size) ** 2, "facecolors": fill, "edgecolors": edge, "linewidths": size * line}


def _pin() -> Outline:
    """A drop that stands on its tip, one high: three quarters of a circle, its ends drawn together below."""
    angle = np.radians(np.linspace(-35, 215, 41))
    head = np.column_stack([0.35 * np.cos(angle), PIN_HEAD + 0.35 * np.sin(angle)])
    return Outline(np.vstack([[0.0, 0.0], head, [0.0, 0.0]]), closed=True)


_PIN = _pin()


def _add(page: Board, artist: Artist) -> None:
    artist.set_transform(page.figure.transFigure)
    page.figure.add_artist(artist)
