"""Snapping: two million points beside shapely's tree, and a sample of them held against shapely in a local plane."""

from __future__ import annotations

import numpy as np
import shapely
from engine_world import Ground, Row, best, nodes_of, say
from scipy.sparse.csgraph import connected_components

from catchment.geo.measure import radii_of_curvature_m
from catchment.model import Points
from catchment.network.graph import graph
from catchment.network.osm import read_osm
from catchment.network.snap import snap

MAX_GAP_M = 500
ISLET_MM = 500_000


def snapping(ground: Ground) -> None:
    """Two million points, three quarters of them at streets."""
    roads = graph(read_osm(ground.roads), "walk")
    random = np.random.default_rng(4)
    vertices = roads.streets.vertex_xy
    spread = np.repeat([0.0005, 0.02], [1_500_000, 500_000])[:, None]
    xy = vertices[random.choice(len(vertices), 2_000_000)] + random.normal(0, 1, (2_000_000, 2)) * spread
    snap(roads, Points(xy[:9]), max_gap_m=MAX_GAP_M)
    found, spent = best(lambda: snap(roads, Points(xy), max_gap_m=MAX_GAP_M), 2)
    sample = random.choice(len(xy), 20_000, replace=False)
    nodes = nodes_of(roads)
    tree = shapely.STRtree(shapely.linestrings(np.stack([nodes.xy[nodes.start], nodes.xy[nodes.end]], axis=1)))
    # Its nearest is in degrees, so only its time is taken; what is nearest is settled in metres below.
    within = MAX_GAP_M / 111_000 / np.cos(np.radians(np.abs(xy[:, 1]).max()))
    dots = shapely.points(xy[sample])
    _, theirs = best(lambda: tree.query_nearest(dots, max_distance=within, all_matches=False), 1)
    compared, off_mm, none_lost = _held_against(nodes, tree, xy[sample], found.gap_mm[sample])
    note = (
        f"{1 - found.snapped.mean():.0%} rejected; {compared:,} of {len(sample):,} gaps compared in metres, "
        f"off by at most {off_mm:.2f} mm"
    )
    peer = f"shapely STRtree (sample of {len(sample):,}, scaled)"
    work, theirs = "2,000,000 points to their nearest edge", theirs * len(xy) / len(sample)
    say(Row(work, spent, peer, theirs, most_s=2, least_ratio=25, same=none_lost and off_mm <= 2, note=note))


def _held_against(nodes, tree, xy, gap_mm):
    """
    How many gaps were compared, the most that one is off [mm], and whether the rejected ones have no street near.

    Left aside is whose nearest street is on an islet, which our rule may pass over.
    """
    hit = gap_mm >= 0
    # A street nearer than ours would lie in this box too.
    reach_m = np.where(hit, gap_mm / 1000, MAX_GAP_M) + 1
    meridian, transverse = radii_of_curvature_m(np.radians(xy[:, 1]))
    metres = np.radians(1) * np.column_stack([transverse * np.cos(np.radians(xy[:, 1])), meridian])
    low, high = xy - reach_m[:, None] / metres, xy + reach_m[:, None] / metres
    point, segment = tree.query(shapely.box(low[:, 0], low[:, 1], high[:, 0], high[:, 1]))
    ends = np.stack([nodes.xy[nodes.start[segment]], nodes.xy[nodes.end[segment]]], axis=1)
    lines = shapely.linestrings((ends - xy[point, None]) * metres[point, None])
    away_mm = shapely.distance(lines, shapely.Point(0, 0)) * 1000

    nearest = np.full((2, len(xy)), np.inf)  # of streets that are on no islet, of those on one
    islet = _on_islet(nodes)[segment].astype(np.int64)
    np.minimum.at(nearest, (islet, point), away_mm)
    compared = hit & (nearest[0] <= nearest[1])
    rejected_rightly = nearest.min(axis=0)[~hit] >= MAX_GAP_M * 1000 - 2
    unseen = hit & ~np.isfinite(nearest.min(axis=0))
    off = np.abs(nearest[0, compared] - gap_mm[compared])
    return int(compared.sum()), float(off.max()), bool(rejected_rightly.all() and not unseen.any())


def _on_islet(nodes):
    """Segments of components shorter than 500 m in all."""
    _, component = connected_components(nodes.matrix(), directed=False)
    return np.bincount(component[nodes.start], nodes.mm)[component[nodes.start]] < ISLET_MM
