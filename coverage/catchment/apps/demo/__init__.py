"""The demo: an invented small town, 澄川, with a river and villages, written as real input files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catchment.apps.demo.drawing import drawing
from catchment.apps.demo.junctions import join
from catchment.apps.demo.ledger import ledger_rows
from catchment.apps.demo.people import population
from catchment.apps.demo.writers import write_ledger, write_population, write_streets, write_townships
from catchment.files import atomic_output

if TYPE_CHECKING:
    from pathlib import Path

_PROJECT = """\
name = "澄川市就业之家（演示）"
date = 2023-12-07

[inputs]
sites = "sites.xlsx"
roads = "streets.osm.pbf"
population = "population.tif"
regions = "townships.geojson"

[map]
synthetic = true

[sources.roads]
attribution = "catchment demo, generated"

[sources.population]
attribution = "catchment demo, generated"
"""


def write_demo(folder: Path, *, seed: int = 5) -> Path:
    """
    Write the demo's inputs: streets, people, ledger, townships and a project file.

    The same seed gives the same bytes on any machine.

    Parameters
    ----------
    folder
        Where to write; made if it is not there.
    seed
        Draws the streets and lanes; the places of the atlas stay.

    Returns
    -------
    Path
        The project file, ``demo.toml``.
    """
    drawn = drawing(seed)
    write_streets(folder / "streets.osm.pbf", join(drawn.lines))
    write_population(folder / "population.tif", population(drawn))
    write_ledger(folder / "sites.xlsx", ledger_rows(drawn.lines))
    write_townships(folder / "townships.geojson")
    with atomic_output(folder / "demo.toml") as draft:
        draft.write_bytes(_PROJECT.encode())
    return folder / "demo.toml"
