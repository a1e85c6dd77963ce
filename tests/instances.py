"""Readers of published instances of the maximal covering problem; people count 1024 units each."""

from __future__ import annotations

import csv

import numpy as np

from catchment.model import UNITS_PER_PERSON
from catchment.siting.cover import problem_of_pairs

EARTH_M = 6_378_100.0


def sjc_problem(folder, name, radius):
    """An instance of Lorena's, on a plane: every place is a site, and serves what lies within the radius."""
    xy = np.loadtxt(folder / f"{name}.txt", skiprows=1)
    demand = np.loadtxt(folder / f"demand-{name}.dat", dtype=np.int64)
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    site, place = np.nonzero(apart <= radius)
    return problem_of_pairs(site, place, demand * UNITS_PER_PERSON, xy)


def sjc_optima(folder):
    """Proven optima: name, radius, number of sites, people."""
    with (folder / "optima.csv").open(encoding="utf-8", newline="") as file:
        return [(row["instance"], *(int(row[key]) for key in ("radius", "p", "value"))) for row in csv.DictReader(file)]


def city_problem(folder, name, radius_m):
    """An instance of AILS-MCLP: every place is a site, and serves what lies within the radius on a sphere."""
    head, _, rest = (folder / f"{name}.txt").read_text(encoding="utf-8").partition("NODE_COORD_SECTION")
    places, _, people = rest.partition("DEMAND_SECTION")
    lat_lon = np.array(places.split(), np.float64).reshape(-1, 2)
    demand = np.array(people.replace("EOF", " ").split(), np.int64)
    assert f"DIMENSION : {len(demand)}" in head
    latitude, longitude = np.radians(lat_lon).T
    site, place = [], []
    for number in range(len(demand)):
        cosine = np.sin(latitude[number]) * np.sin(latitude)
        cosine += np.cos(latitude[number]) * np.cos(latitude) * np.cos(longitude - longitude[number])
        apart = EARTH_M * np.arccos(np.minimum(cosine, 1))
        apart[number] = 0
        near = np.flatnonzero(apart <= radius_m)
        site.append(np.full(len(near), number))
        place.append(near)
    return problem_of_pairs(np.concatenate(site), np.concatenate(place), demand * UNITS_PER_PERSON, lat_lon[:, ::-1])


def city_best(folder):
    """Best plans known: name, radius [m], people, sites."""
    found = []
    for path in sorted(folder.glob("*_*_*.txt")):
        name, count, radius = path.stem.split("_")
        people, _, sites = path.read_text(encoding="utf-8").partition("\n")
        plan = [int(site) for site in sites.split(":")[1].split()]
        assert len(plan) == int(count)
        found.append((name, int(radius), int(people.split(":")[1]), plan))
    return found
