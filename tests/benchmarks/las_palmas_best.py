"""
The twenty public premises of Las Palmas that the four criteria put first, to be looked at on a map.

    python tests/benchmarks/las_palmas_best.py [FOLDER OF REAL DATA] [PICTURE.png]

Prints a table of them and writes a picture: of each its building, what stands around, the streets with their names, and
the way from the middle of its longest front to the street. Nothing here is a test: ``tests/test_las_palmas.py`` is.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import shapely
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS.parent / "coverage")]

from las_palmas import AROUND_M, best_premises, las_palmas, street_of, to_metres, way_to_street  # noqa: E402 - above

COUNT, COLUMNS = 20, 5
HEAD = f"{'':>2} {'score':>6} {'front':>7} {'back':>6}  {'street':<32} {'class':<12} name"


def draw(city, row, axes):
    """One of them, its front in the middle."""
    middle = row["first_lon"], row["first_lat"]
    by = AROUND_M / 111_320 / np.array([np.cos(np.radians(middle[1])), 1.0])
    window = shapely.box(*(np.array(middle) - by), *(np.array(middle) + by))
    shapes = city.scene.buildings.frame.geometry.to_numpy()
    for number in shapely.STRtree(shapes).query(window):
        colour = "#c0392b" if number == row["house"] else "#b8b8b8"
        for part in shapely.get_parts(to_metres(shapes[number], middle)):
            axes.fill(*shapely.get_coordinates(part.exterior).T, facecolor=colour, edgecolor="#555555", linewidth=0.4)
    named = set()
    ends = city.streets.vertex_xy[city.streets.vertex_ptr[:-1]]
    for edge in np.flatnonzero((np.abs(ends - middle) < 4 * by).all(axis=1)):
        line = shapely.clip_by_rect(to_metres(street_of(city, edge), middle), *(-AROUND_M,) * 2, *(AROUND_M,) * 2)
        name = city.streets.name[edge]
        for part in shapely.get_parts(line):
            axes.plot(*shapely.get_coordinates(part).T, color="#2471a3" if name >= 0 else "#82b1d1", linewidth=1)
            if name >= 0 and name not in named and part.length > 15:
                named.add(name)
                where = part.interpolate(0.5, normalized=True)
                axes.text(where.x, where.y, city.streets.names[name], fontsize=4.5, color="#1a5276")
    axes.plot(*shapely.get_coordinates(way_to_street(city, row)).T, color="black", linewidth=1.6)
    x, y = shapely.get_coordinates(to_metres(shapely.Point(row["lon"], row["lat"]), middle))[0]
    axes.plot(x, y, "o", color="gold", markeredgecolor="black", markersize=4)
    title = f"{row['place']}  {row['name'][:34]}\n{row['first_street'] or '-'}: {row['first_frontage_m']:.0f} m"
    axes.set_title(f"{title}, {row['first_setback_m']:.1f} m back", fontsize=6)
    axes.set(xlim=(-AROUND_M, AROUND_M), ylim=(-AROUND_M, AROUND_M), aspect="equal", xticks=[], yticks=[])


def main():
    arguments = sys.argv[1:]
    folder = Path(arguments[0] if arguments else os.environ["CATCHMENT_SHARED_DATA"])
    city = las_palmas(folder)
    best = best_premises(city, COUNT)
    print(HEAD)
    for row in best.to_dict("records"):
        figures = f"{row['place']:>2} {row['score']:6.3f} {row['frontage_m']:5.1f} m {row['setback_m']:4.1f} m"
        print(f"{figures}  {row['front_street'] or '-':<32} {row['front_kind']:<12} {row['name']}")
    figure = Figure(figsize=(3 * COLUMNS, 3.2 * COUNT / COLUMNS), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (_, row) in zip(figure.subplots(COUNT // COLUMNS, COLUMNS).ravel(), best.iterrows(), strict=True):
        draw(city, row, axes)
    picture = Path(arguments[1] if len(arguments) > 1 else "las_palmas_best.png")
    figure.savefig(picture, dpi=130)
    print(picture)


if __name__ == "__main__":
    main()
