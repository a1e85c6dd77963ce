"""A county as it goes into the files, and several counties side by side."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from catchment.apps.demo.ledger import Site, sites
from catchment.apps.demo.lines import Lines, Marks, joined, joined_marks
from catchment.apps.demo.listed import Listed, listed
from catchment.apps.demo.people import NO_DATA, population
from catchment.apps.demo.premises import building_lines, bus_stops, premises, schools
from catchment.apps.demo.sheet import sheet
from catchment.apps.demo.townships import outlines
from catchment.geo.shapes import polygon_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from catchment.apps.demo.atlas import World
    from catchment.apps.demo.frame import Frame
    from catchment.model import Floats, Ints


@dataclass(frozen=True, eq=False)
class County:
    """What the files hold; metres are those of the frame."""

    frame: Frame
    worlds: tuple[World, ...]
    lines: Lines
    """Streets, water, buildings."""
    marks: Marks
    """Public premises and bus stops."""
    persons: Floats
    """Of each cell, shape (rows, columns)."""
    outlines: tuple[shapely.Polygon, ...]
    """Of the townships of all worlds, in order."""
    sites: tuple[Site, ...]
    sites_lonlat: Floats
    """WGS84, NaN where the ledger has no place, shape (sites, 2)."""
    listed: tuple[Listed, ...]
    """The planner's own premises."""
    listed_lonlat: Floats
    """WGS84, shape (listed, 2)."""


def county(world: World, seed: int, *, offset_m: tuple[float, float] = (0.0, 0.0)) -> County:
    """
    Draw one county.

    Parameters
    ----------
    world
        What lies where.
    seed
        Draws the rest.
    offset_m
        Where its origin lies on a larger map.
    """
    offset = np.array(offset_m)
    drawn = sheet(world, seed)
    townships = outlines(drawn, offset)

    def township_of(xy: Floats) -> Ints:
        # A point at the rim may lie outside all of them after smoothing: the first will do.
        return np.maximum(polygon_of(world.frame.degrees(xy + offset), townships), 0).astype(np.int64)

    rows, own = sites(drawn, township_of), listed(drawn, township_of)
    at = np.array([(np.nan, np.nan) if row.at is None else row.at for row in rows])
    return County(
        frame=world.frame,
        worlds=(world,),
        lines=joined([drawn.streets, building_lines(drawn)]).moved(offset),
        # Schools come last, so that nothing else has another number where there are some.
        marks=joined_marks(
            [premises(drawn, township_of(drawn.village_xy), seed), bus_stops(drawn), schools(drawn)]
        ).moved(offset),
        persons=population(drawn, shapely.union_all(townships), offset, seed),
        outlines=tuple(townships),
        sites=tuple(rows),
        sites_lonlat=world.frame.degrees(at + offset),
        listed=tuple(own),
        listed_lonlat=world.frame.degrees(np.array([row.at for row in own]).reshape(-1, 2) + offset),
    )


def joined_counties(worlds: Sequence[World], seed: int, *, columns: int) -> County:
    """
    Counties of one size side by side, row by row from the south-west; their roads meet at the common edges.

    Parameters
    ----------
    worlds
        One for each place.
    seed
        Draws each of them differently.
    columns
        How many stand in a row.
    """
    one, rows = worlds[0].frame, -(-len(worlds) // columns)
    west, south, east, north = one.box_m
    whole = replace(one, east=one.east + (columns - 1) * one.columns, north=one.north + (rows - 1) * one.rows)
    persons = np.full((whole.rows, whole.columns), NO_DATA)
    parts = []
    for number, world in enumerate(worlds):
        row, column = divmod(number, columns)
        part = county(world, seed + number, offset_m=(column * (east - west), row * (north - south)))
        top, left = (rows - 1 - row) * one.rows, column * one.columns
        persons[top : top + one.rows, left : left + one.columns] = part.persons
        parts.append(part)
    return County(
        frame=whole,
        worlds=tuple(worlds),
        lines=joined([part.lines for part in parts]),
        marks=joined_marks([part.marks for part in parts]),
        persons=persons,
        outlines=tuple(outline for part in parts for outline in part.outlines),
        sites=tuple(site for part in parts for site in part.sites),
        sites_lonlat=np.vstack([part.sites_lonlat for part in parts]),
        listed=tuple(row for part in parts for row in part.listed),
        listed_lonlat=np.vstack([part.listed_lonlat for part in parts]),
    )
