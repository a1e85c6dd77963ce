"""
The cases: a street map, sites, people and a limit, with the answers worked out by hand.

``cases/*.toml`` has one file for each topic. A case reads:

``map``
    A drawing (``drawing.py`` has the alphabet); its letters are places.
``places``
    More letters, [m east, m north] of the drawing's first character.
``ways``
    More ways: letters are nodes, ``east,north`` is a bend, ``key=value`` an OSM tag (``highway=residential`` unless
    said). Ways are numbered as they stand, those of the drawing first.
``sites``, ``people``
    Letters. The sites' rows come in this order; their ids are the letters.
``mode``, ``oneway``, ``rough``, ``gaps``
    ``walk`` or ``road``; whether directions count (no), rough tracks are roads (yes), gap legs are counted (yes).
    The maximum gap is 500 m on foot and 2,000 m by road.
``limit``
    Inclusive [m].
``answer``
    For each person the two nearest sites with their distances [m], ``none``, or ``off`` where no street is near.
``reach``
    For each site the people within the limit.
``parts``
    For some sites the metres of street within the limit.
``why``
    How the answers are worked out.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .drawing import Way, read_drawing

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_GAP_M = {"walk": 500.0, "road": 2000.0}

Place = tuple[float, float]
Ranking = tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Case:
    """One street map and what is asked about it; places are m east and m north."""

    topic: str
    name: str
    why: str
    mode: str
    oneway: bool
    rough: bool
    gaps: bool
    limit_m: float
    nodes: Mapping[int, Place]
    ways: tuple[Way, ...]
    sites: Mapping[str, Place]
    people: Mapping[str, Place]
    expected: Answers
    parts_m: Mapping[str, float]

    @property
    def max_gap_m(self) -> float:
        """Who is farther from every street is not joined to any."""
        return MAX_GAP_M[self.mode]


@dataclass(frozen=True)
class Answers:
    """What is expected of a program, or what it says."""

    nearest: Mapping[str, Ranking]
    """The two nearest sites of every person who is joined to a street, with their distances [m]."""
    off: frozenset[str]
    """People with no street near."""
    reach: Mapping[str, frozenset[str]]
    """People within the limit of each site."""

    @property
    def within(self) -> frozenset[str]:
        """People within the limit of any site."""
        return frozenset().union(*self.reach.values())


def read_cases() -> list[Case]:
    """All cases, by topic and as they stand in their file."""
    files = sorted((Path(__file__).parent / "cases").glob("*.toml"))
    return [_case(file.stem, row) for file in files for row in tomllib.loads(file.read_text(encoding="utf-8"))["case"]]


def _case(topic: str, row: Mapping[str, Any]) -> Case:
    drawing = read_drawing(row.get("map", ""))
    places = {letter: drawing.nodes[node] for letter, node in drawing.letters.items()}
    places |= {letter: (float(east), float(north)) for letter, (east, north) in row.get("places", {}).items()}
    nodes, ways = _with_more_ways(drawing.nodes, drawing.letters, places, row.get("ways", []))
    answer = row["answer"]
    return Case(
        topic=topic,
        name=row["name"],
        why=row["why"],
        mode=row.get("mode", "walk"),
        oneway=row.get("oneway", False),
        rough=row.get("rough", True),
        gaps=row.get("gaps", True),
        limit_m=float(row["limit"]),
        nodes=nodes,
        ways=(*drawing.ways, *ways),
        sites={letter: places[letter] for letter in row["sites"]},
        people={letter: places[letter] for letter in row["people"]},
        expected=Answers(
            nearest={person: _ranking(text) for person, text in answer.items() if text != "off"},
            off=frozenset(person for person, text in answer.items() if text == "off"),
            reach={site: frozenset(people) for site, people in row.get("reach", {}).items()},
        ),
        parts_m={site: float(metres) for site, metres in row.get("parts", {}).items()},
    )


def _with_more_ways(
    nodes: Mapping[int, Place], letters: Mapping[str, int], places: Mapping[str, Place], texts: list[str]
) -> tuple[dict[int, Place], list[Way]]:
    nodes, letters, ways = dict(nodes), dict(letters), []
    for text in texts:
        string, tags = [], {"highway": "residential"}
        for word in text.split():
            if "=" in word:
                key, value = word.split("=")
                tags[key] = value
                continue
            node = letters.get(word, len(nodes) + 1)
            if "," in word:
                east, north = word.split(",")
                nodes[node] = (float(east), float(north))
            else:
                letters[word] = node
                nodes[node] = places[word]
            string.append(node)
        ways.append(Way(tuple(string), tags))
    return nodes, ways


def _ranking(text: str) -> Ranking:
    if text == "none":
        return ()
    pairs = (entry.split() for entry in text.split(","))
    return tuple((site, float(metres)) for site, metres in pairs)
