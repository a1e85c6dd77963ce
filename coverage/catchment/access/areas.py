"""Service areas, a drawing: what a site reaches, as exactly cut streets and as a polygon with true holes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.access import _kernels_outline, _kernels_parts
from catchment.access.parts import merged_parts, parts_by_nearest_site, parts_by_site
from catchment.geo.measure import radii_of_curvature_m
from catchment.model import ServiceAreas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from catchment.model import Floats, Ints, Located, Places, RoadGraph, StreetParts, Streets

_TOLERANCE_CELLS = 0.3
"""How far an outline may lie from what half a cell allows."""

_DIAGONAL_CELLS = 0.21
"""The contour on a grid is off by up to half the diagonal of a cell, 0.7071 cells, and 1/1024 for rounding: this much
more than half a cell. The corners of the outline get what is left of the tolerance."""


@dataclass(frozen=True)
class _Pen:
    """How areas are drawn [m]."""

    limits_mm: tuple[int, ...]
    allowance_m: float
    cell_m: float
    count_gaps: bool


def service_areas(
    graph: RoadGraph,
    points: Located,
    places: Places,
    *,
    limits_m: Sequence[float],
    allowance_m: float,
    cell_m: float,
    count_gaps: bool = True,
) -> ServiceAreas:
    """
    What each site reaches within each limit, whatever the others reach. Travel is towards the site.

    The polygon holds everything within the allowance of a reached street part or of the site's own gap leg, up to
    half a cell and a tolerance; its holes are true. It is one piece, the site lies in it, and the polygon of a wider
    limit holds that of a narrower one. A site whose gap is longer than the limit gets the area around the part of
    its gap leg within the limit; a site that is not snapped has no area and is left out.

    Parameters
    ----------
    graph
        The roads of one mode.
    points
        The sites.
    places
        The same sites on that graph, from ``snap``.
    limits_m
        At least one, inclusive [m].
    allowance_m
        How far the polygon reaches beyond the streets [m].
    cell_m
        Width of the grid's cells [m]; at most half the allowance is used, so that the drawing hangs together.
    count_gaps
        The site's gap leg is part of the distance; else it is drawn whole.
    """
    pen = _pen(limits_m, allowance_m, cell_m, count_gaps=count_gaps)
    parts = parts_by_site(graph, places, limits_mm=pen.limits_mm, count_gaps=count_gaps)
    return _drawn(graph, points, places, parts, pen)


def split_areas(
    graph: RoadGraph,
    points: Located,
    places: Places,
    *,
    limits_m: Sequence[float],
    allowance_m: float,
    cell_m: float,
    count_gaps: bool = True,
) -> ServiceAreas:
    """
    What the sites reach together, split by the nearest site; parameters and result are those of ``service_areas``.

    The streets are shared out exactly, cut where two sites cost the same. The polygons of neighbours overlap there
    by the allowance, which leaves no hole between them. Of a site nearer to another by road than its own gap, only
    the gap leg is drawn.
    """
    pen = _pen(limits_m, allowance_m, cell_m, count_gaps=count_gaps)
    parts = parts_by_nearest_site(graph, places, limits_mm=pen.limits_mm, count_gaps=count_gaps)
    return _drawn(graph, points, places, parts, pen)


def dissolved_areas(areas: ServiceAreas) -> ServiceAreas:
    """
    The areas of all sites as one: streets reached by any, once each, and the union of the polygons.

    The one area has ``site`` -1 and may consist of several pieces; without any area there is none.
    """
    if not len(areas.site):
        return areas
    # GEOS works outside Python's lock, and the widest band takes half of the time.
    with ThreadPoolExecutor() as threads:
        bands = list(threads.map(shapely.union_all, areas.polygons.T))
    polygons = np.empty((1, len(bands)), object)
    polygons[0] = bands
    return replace(
        areas,
        site=np.array([-1], np.int32),
        polygons=polygons,
        parts=merged_parts(areas.parts, len(bands)),
    )


def _pen(limits_m: Sequence[float], allowance_m: float, cell_m: float, *, count_gaps: bool) -> _Pen:
    limits_mm = tuple(sorted({round(limit * 1000) for limit in limits_m}))
    return _Pen(limits_mm, float(allowance_m), min(float(cell_m), allowance_m / 2), count_gaps)


def _drawn(graph: RoadGraph, points: Located, places: Places, parts: StreetParts, pen: _Pen) -> ServiceAreas:
    """The areas of all snapped sites around the parts that are theirs."""
    site = np.flatnonzero(places.snapped).astype(np.int32)
    xy, foot, band_count = points.xy, _feet(graph, places), len(pen.limits_mm)
    outlines = [
        _outline(
            graph.streets,
            xy[one],
            _legs(foot[one] - xy[one], int(places.gap_mm[one]), pen),
            parts.of_lists(one * band_count, (one + 1) * band_count),
            pen,
        )
        for one in site.tolist()
    ]
    kept = np.repeat(places.snapped, band_count)
    return ServiceAreas(
        mode=graph.mode,
        limits_mm=pen.limits_mm,
        site=site,
        polygons=_polygons(outlines).reshape(len(site), band_count),
        # Lists of sites off the road are empty: only their pointers go.
        parts=replace(parts, ptr=np.append(parts.ptr[:-1][kept], parts.ptr[-1])),
        allowance_m=pen.allowance_m,
        half_cell_m=pen.cell_m / 2,
        tolerance_m=_TOLERANCE_CELLS * pen.cell_m,
    )


def _feet(graph: RoadGraph, places: Places) -> Floats:
    """Where each site joins its edge, lon, lat; of no meaning off the road."""
    streets = graph.streets
    edge = np.maximum(places.edge, 0)
    if not len(streets):
        return np.zeros((len(places), 2))
    both_ends, _ = _kernels_parts.vertices_of_parts(
        streets.vertex_ptr, streets.vertex_xy, streets.vertex_mm, edge, places.offset_mm, places.offset_mm
    )
    feet: Floats = both_ends[::2]
    return feet


def _outline(
    streets: Streets, site_xy: Floats, legs: Floats, parts: StreetParts, pen: _Pen
) -> tuple[Floats, Ints, Ints]:
    """The rings of one site's bands, lon, lat: drawn in the plane that touches the ellipsoid at the site."""
    xy, line_ptr = _kernels_parts.vertices_of_parts(
        streets.vertex_ptr, streets.vertex_xy, streets.vertex_mm, parts.edge, parts.from_mm, parts.to_mm
    )
    cells_per_degree = _metres_per_degree(site_xy) / pen.cell_m
    corners, ring_end, band_end = _kernels_outline.outlines(
        (xy - site_xy) * cells_per_degree,
        line_ptr,
        parts.ptr,
        legs * np.tile(cells_per_degree, 2),
        pen.allowance_m / pen.cell_m,
        _TOLERANCE_CELLS - _DIAGONAL_CELLS,
    )
    return corners / cells_per_degree + site_xy, ring_end, band_end


def _metres_per_degree(xy: Floats) -> Floats:
    """Of longitude and latitude at a place [m], shape (2,)."""
    latitude = np.radians(xy[1:])
    meridian, transverse = radii_of_curvature_m(latitude)
    metres: Floats = np.radians(1) * np.concatenate([transverse * np.cos(latitude), meridian])
    return metres


def _legs(foot: Floats, gap_mm: int, pen: _Pen) -> Floats:
    """The part of the gap leg within each limit, from the site at (0, 0) to its foot; shape (bands, 4)."""
    share = np.ones(len(pen.limits_mm))
    if pen.count_gaps and gap_mm > 0:
        share = np.minimum(np.array(pen.limits_mm) / gap_mm, 1.0)
    legs = np.zeros((len(share), 4))
    legs[:, 2:] = share[:, None] * foot
    return legs


def _polygons(outlines: list[tuple[Floats, Ints, Ints]]) -> NDArray[np.object_]:
    """The polygons of all bands of all sites; the first ring of each is its shell."""
    if not outlines:
        return np.empty(0, object)
    corners = np.concatenate([corner for corner, _, _ in outlines])
    ring_ptr = _joined([ring_end for _, ring_end, _ in outlines])
    band_ptr = _joined([band_end for _, _, band_end in outlines])
    polygons: NDArray[np.object_] = shapely.from_ragged_array(
        shapely.GeometryType.POLYGON, corners, (ring_ptr, band_ptr)
    )
    return polygons


def _joined(ends: list[Ints]) -> Ints:
    """Ends within each site's own list as pointers into all lists joined."""
    before = np.cumsum([0] + [int(end[-1]) for end in ends[:-1]])
    return np.concatenate([np.zeros(1, np.int64), *(end + shift for end, shift in zip(ends, before, strict=True))])
