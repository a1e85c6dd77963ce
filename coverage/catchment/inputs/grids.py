"""A population grid: GeoTIFF with persons per cell, read window by window."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.errors import InputError
from catchment.geo.measure import cell_areas_ha
from catchment.geo.planes import MOLLWEIDE, WGS84, ground_per_unit, transformed
from catchment.inputs.cells import quoted
from catchment.inputs.units import hint_of
from catchment.model import Finding, GridPlane, Population

if TYPE_CHECKING:
    from collections.abc import Iterator

    from catchment.files import InputFile
    from catchment.model import Floats, Ints

    Bounds = tuple[float, float, float, float]

MOST_PERSONS = 1e8
"""More people in one place than any city has: a fill value that the file does not declare."""

_CELLS_AT_ONCE = 4_000_000
_MOST_CELLS = 20_000_000_000


def read_grid(file: InputFile, *, bounds: Bounds | None = None) -> Population:
    """
    The populated cells of band 1, each at its centre, with the numbers of the file, whatever their unit.

    Cells without data are left out; nothing is resampled, so that the total is that of the file. ``point_id`` is
    row * width + column of the whole grid, whatever part of it is read.

    Parameters
    ----------
    file
        A GeoTIFF in any coordinate reference system.
    bounds
        West, south, east, north [degrees]: only cells whose centre is in it, its sides included.

    Raises
    ------
    InputError
        If the file is damaged, has no coordinate reference system, lies elsewhere than ``bounds``, has cells that
        cannot be counts of people, or holds nobody.
    """
    import rasterio  # noqa: PLC0415 - heavy, and not needed for a table of people
    from rasterio.errors import NotGeoreferencedWarning, RasterioError  # noqa: PLC0415

    name = file.path.name
    try:
        # The driver is pinned and no file beside the grid is looked at.
        with (
            rasterio.Env(GDAL_DISABLE_READDIR_ON_OPEN="EMPTY_DIR"),
            warnings.catch_warnings(action="error", category=NotGeoreferencedWarning),
            rasterio.open(file.path.resolve(), driver="GTiff") as grid,
        ):
            return _population(grid, name, bounds)
    except NotGeoreferencedWarning as problem:
        # It would be read as if its cells were a degree each.
        raise InputError("error.crs_missing", file=name, layer="-") from problem
    except (RasterioError, OSError, RuntimeError, ValueError) as problem:
        if isinstance(problem, InputError):
            raise
        raise InputError("error.unreadable", file=name, reason=quoted(problem)) from problem


def _population(grid: Any, name: str, bounds: Bounds | None) -> Population:
    crs, crs_findings = _crs_of(grid, name)
    if np.dtype(grid.dtypes[0]).kind not in "iuf":
        raise InputError("error.unreadable", file=name, reason=str(grid.dtypes[0]))
    window = _window(grid, crs, name, bounds)
    values, cells = _populated(grid, name, window)
    xy = _centres(grid, crs, cells)
    inside = np.isfinite(xy).all(axis=1) & (np.abs(xy) <= (180, 90)).all(axis=1)
    nowhere_count = int((~inside).sum())
    if bounds is not None:
        west, south, east, north = bounds
        lon, lat = xy.T
        inside &= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    if not inside.any():
        raise InputError("error.nobody", file=name)
    if not inside.all():
        xy, values, cells = xy[inside], values[inside], cells[inside]
    turned = grid.transform
    return Population(
        xy,
        values,
        cells,
        _cell_degrees(grid, crs),
        (*crs_findings, *_findings(grid, name, nowhere_count)),
        grid_width=grid.width,
        unit_hint=hint_of(" ".join(filter(None, (grid.units[0], grid.descriptions[0]))), name),
        cell_ha=_cell_ha(grid, crs, xy),
        plane=GridPlane(crs, (turned.a, turned.b, turned.c, turned.d, turned.e, turned.f)),
    )


def _crs_of(grid: Any, name: str) -> tuple[str, tuple[Finding, ...]]:
    """
    The grid's coordinate reference system; what is called EPSG:54009, as GHS-POP is, is ESRI's Mollweide.

    EPSG has no such code, so that such a file may come without a system, or with a local one that only has a name.
    """
    crs = grid.crs
    if crs and crs.to_epsg() == 4326:
        return WGS84, ()
    if crs and (crs.is_geographic or crs.is_projected):
        return str(crs.to_wkt()), ()
    said = f"{crs.to_wkt() if crs else ''} {name}".lower()
    if "mollweide" in said or "54009" in said:
        return MOLLWEIDE, (Finding("note", "finding.grid_mollweide", file=name),)
    if crs:
        raise InputError("error.crs_unknown", file=name, found=quoted(crs.to_wkt()))
    raise InputError("error.crs_missing", file=name, layer="-")


def _cell_ha(grid: Any, crs: str, xy: Floats) -> Floats:
    """Ground that each cell covers [ha]."""
    turned = grid.transform
    if grid.crs and grid.crs.is_geographic and turned.b == turned.d == 0:
        lat, row = np.unique(xy[:, 1], return_inverse=True)
        return cell_areas_ha((abs(turned.a), abs(turned.e)), lat)[row]
    square_units = abs(turned.a * turned.e - turned.b * turned.d)
    return float(square_units) * ground_per_unit(crs, xy) / 10_000


def _window(grid: Any, crs: str, name: str, bounds: Bounds | None) -> tuple[int, int, int, int]:
    """First row, row after the last, first column, column after the last of what must be read."""
    if bounds is None:
        window = (0, grid.height, 0, grid.width)
    else:
        columns, rows = _mapped(~grid.transform, *_edge(bounds, WGS84, crs).T)
        # A cell more on each side: whether a centre is inside is decided in degrees.
        top, left = (max(int(np.floor(axis.min())) - 1, 0) for axis in (rows, columns))
        bottom = min(int(np.ceil(rows.max())) + 1, grid.height)
        right = min(int(np.ceil(columns.max())) + 1, grid.width)
        if top >= bottom or left >= right:
            extent = _edge(tuple(grid.bounds), crs, WGS84)
            box = (*extent.min(axis=0), *extent.max(axis=0))
            raise InputError("error.no_overlap", file=name, extent=box_text(box), bounds=box_text(bounds))
        window = (top, bottom, left, right)
    top, bottom, left, right = window
    if (bottom - top) * (right - left) > _MOST_CELLS:
        raise InputError("error.grid_too_big", file=name, rows=bottom - top, columns=right - left)
    return window


def _edge(box: Bounds, crs: str, to_crs: str) -> Floats:
    """Points along the sides of a box, in another coordinate reference system; those it cannot hold are left out."""
    west, south, east, north = box
    t = np.linspace(0, 1, 22)
    x = np.concatenate([west + (east - west) * t, np.full(22, east), east - (east - west) * t, np.full(22, west)])
    y = np.concatenate(
        [np.full(22, south), south + (north - south) * t, np.full(22, north), north - (north - south) * t]
    )
    edge = transformed(np.column_stack([x, y]), crs, to_crs)
    edge = edge[np.isfinite(edge).all(axis=1)]
    return edge if len(edge) else np.array([[np.nan, np.nan]])


def _mapped(transform: Any, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    # Written out: how affine multiplies arrays differs between its versions.
    return transform.a * x + transform.b * y + transform.c, transform.d * x + transform.e * y + transform.f


def _populated(grid: Any, name: str, window: tuple[int, int, int, int]) -> tuple[Floats, Ints]:
    """Values and cell numbers of the cells with people in a window, row by row."""
    values: list[Floats] = []
    cells: list[Ints] = []
    bad_count, example = 0, ""
    for first, left, block in _blocks(grid, window):
        counts = np.ma.getdata(block).astype(np.float64) * grid.scales[0] + grid.offsets[0]
        known = ~np.ma.getmaskarray(block) & ~np.isnan(counts)
        bad = known & ((counts < 0) | (counts > MOST_PERSONS))
        if bad.any():
            row, column = np.argwhere(bad)[0]
            example = example or f"{counts[row, column]:g} ({first + row + 1}, {left + column + 1})"
            bad_count += int(bad.sum())
        rows, columns = np.nonzero(known & (counts > 0) & ~bad)
        values.append(counts[rows, columns])
        cells.append((rows + first) * np.int64(grid.width) + columns + left)
    if bad_count:
        raise InputError("error.grid_bad_cells", file=name, count=bad_count, example=example)
    if not sum(map(len, values)):
        raise InputError("error.nobody", file=name)
    return np.concatenate(values), np.concatenate(cells)


def _blocks(grid: Any, window: tuple[int, int, int, int]) -> Iterator[tuple[int, int, Any]]:
    """Windows of whole rows of blocks, few enough cells at once for any machine; masked where there is no data."""
    from rasterio.windows import Window  # noqa: PLC0415 - as above

    top, bottom, left, right = window
    most_rows = max(_CELLS_AT_ONCE // (right - left), 1)
    block_rows = int(grid.block_shapes[0][0])
    step = most_rows - most_rows % block_rows or most_rows
    first = top
    while first < bottom:
        # End where a row of blocks ends, so that no block is unpacked twice.
        last = min(first + step - first % min(block_rows, step), bottom)
        yield first, left, grid.read(1, window=Window(left, first, right - left, last - first), masked=True)
        first = last


def _centres(grid: Any, crs: str, cells: Ints) -> Floats:
    """lon, lat of the centres of cells [degrees], shape (n, 2)."""
    row, column = np.divmod(cells, grid.width)
    xy = np.column_stack(_mapped(grid.transform, column + 0.5, row + 0.5))
    return xy if crs == WGS84 else transformed(xy, crs, WGS84)


def _cell_degrees(grid: Any, crs: str) -> tuple[float, float]:
    """Width and height of a cell [degrees]; of a projected grid, of the cell in its middle."""
    turned = grid.transform
    if grid.crs and grid.crs.is_geographic and turned.b == turned.d == 0:
        return abs(turned.a), abs(turned.e)
    column = grid.width / 2 + np.array([-0.5, 0.5, 0, 0])
    row = grid.height / 2 + np.array([0, 0, -0.5, 0.5])
    sides = np.column_stack(_mapped(turned, column, row))
    west, east, north, south = transformed(sides, crs, WGS84)
    return float(abs(east[0] - west[0])), float(abs(north[1] - south[1]))


def _findings(grid: Any, name: str, nowhere_count: int) -> tuple[Finding, ...]:
    findings = []
    if grid.count > 1:
        findings.append(Finding("warning", "finding.grid_bands", {"count": grid.count}, name))
    if nowhere_count:
        findings.append(Finding("warning", "finding.grid_nowhere", {"count": nowhere_count}, name))
    return tuple(findings)


def box_text(box: Bounds) -> str:
    """
    A lon/lat box for a message: west to east, south to north.

    Examples
    --------
    >>> box_text((113.9, 27.5, 116.1, 29.1))
    '113.9000–116.1000, 27.5000–29.1000'
    """
    west, south, east, north = box
    return f"{west:.4f}–{east:.4f}, {south:.4f}–{north:.4f}"
