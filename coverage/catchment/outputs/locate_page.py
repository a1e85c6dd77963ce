"""The page on which a planner points at where rows without coordinates lie: one file that needs no network."""

from __future__ import annotations

import hashlib
import html
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from catchment.inputs.cells import quoted
from catchment.model import SiteType
from catchment.outputs.drawing import drawn_outlines, drawn_streets
from catchment.outputs.packing import folded, laid_out
from catchment.outputs.payload import payload_text
from catchment.outputs.standalone import asset, folded_scripts, leaflet_css, leaflet_js, policy
from catchment.outputs.style import printable
from catchment.words import LANGUAGES, say, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from catchment.model import Regions, Streets
    from catchment.model.locate import Gazetteer, Guess, Ledger
    from catchment.words import Language

MOST_PLACES = 20_000
"""Named places that the page knows; a prefecture has some ten thousand."""

_COLUMNS = ("site_id", "name", "type", "county", "township", "address", "file", "sheet", "row")


@dataclass(frozen=True, eq=False)
class LocateTask:
    """What there is to be placed, and what helps to find it."""

    ledger: Ledger
    """Its sites in WGS84."""
    guesses: Sequence[Guess]
    """One for each row without coordinates."""
    placed: Mapping[int, tuple[float, float]]
    """Rows that have been placed before, lon, lat [degrees]."""
    gazetteer: Gazetteer
    streets: Streets
    regions: Regions | None = None
    attribution: str = ""
    """Whom roads and places are owed to."""


def write_locate_page(task: LocateTask, path: Path, *, language: Language) -> None:
    """
    Write the page. The same task gives the same bytes.

    A content security policy lets nothing run but the scripts written here, and nothing load at all. No column but
    those named below goes into the page: no names or numbers of persons.

    Parameters
    ----------
    task
        What to place.
    path
        The page.
    language
        In which it opens.
    """
    data, columns = laid_out(locate_payload(task, language=language))
    title = html.escape(say("locate.title", language))
    page = "\n".join(
        [
            "<!DOCTYPE html>",
            f'<html lang="{ {"zh": "zh-CN", "en": "en"}[language] }">',
            '<head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title>",
            f"<style>{leaflet_css()}</style>",
            f"<style>{asset('locate.css')}</style>",
            f"<script>{leaflet_js()}</script>",
            f"<script>{asset('inflate.js')}</script>",
            "</head><body>",
            f"<noscript><p>{html.escape(say('locate.no_script', language))}</p></noscript>",
            asset("locate.html"),
            f'<script type="application/json" id="locate-data">{payload_text(data)}</script>',
            f'<script type="text/plain" id="locate-columns">{folded(columns)}</script>',
            f"<script>{asset('locate.js')}</script>",
            "</body></html>",
        ]
    )
    fence = f'<meta http-equiv="Content-Security-Policy" content="{policy(page, pictures=())}">'
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(folded_scripts(page).replace("<head>", f"<head>{fence}", 1))


def locate_payload(task: LocateTask, *, language: Language) -> dict[str, Any]:
    """Everything the page shows, in both languages, as plain lists, texts, numbers and columns of numbers."""
    rows = _rows(task)
    said = "|".join(f"{row['id']}:{row['file']}:{row['sheet']}:{row['row']}" for row in rows)
    streets = drawn_streets(task.streets, vertex_budget=300_000)
    return {
        "schema": "catchment.locate/1",
        "language": language,
        "words": {key: _words(key) for key in LANGUAGES},
        "types": {key: _types(rows, key) for key in LANGUAGES},
        "source": printable(task.attribution) or "—",
        "digest": hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()[:24],
        "rows": rows,
        "sites": _sites(task),
        "places": _places(task),
        "regions": _regions(task),
        "bounds": _bounds(task),
        "streets": {name: lines.packed() for name, lines in streets.lines.items()},
    }


def _words(language: Language) -> dict[str, str]:
    groups = {"locate": words_of("locate", language), "guess": words_of("guess", language)}
    return {f"{group}.{key}": text for group, words in groups.items() for key, text in words.items()}


def _types(rows: Sequence[Mapping[str, Any]], language: Language) -> dict[str, str]:
    known = {*map(str, SiteType), "none"}
    return {kind: say(f"type.{kind}", language) for kind in sorted({row["type"] for row in rows} & known)}


def _rows(task: LocateTask) -> list[dict[str, Any]]:
    frame = task.ledger.unplaced
    listed = zip(*(frame[column].tolist() for column in _COLUMNS), strict=True)
    rows = []
    for number, (texts, guess) in enumerate(zip(listed, task.guesses, strict=True)):
        row = dict(zip(("id", *_COLUMNS[1:]), (printable(text) for text in texts), strict=True))
        spots = [
            [printable(spot.name), spot.kind, round(spot.lon, 6), round(spot.lat, 6), round(spot.uncertainty_m)]
            for spot in guess.spots
        ]
        placed = task.placed.get(number)
        found = task.ledger.problems[number].facts.get("found", "")
        about = {"spots": spots, "box": guess.box, "area": guess.regions, "found": printable(quoted(found))}
        rows.append({**row, **about, "placed": placed and [round(side, 6) for side in placed]})
    return rows


def _sites(task: LocateTask) -> list[list[Any]]:
    sites = task.ledger.sites
    places = np.round(sites.xy, 6).tolist() if len(sites) else []
    return [[printable(name), *place] for name, place in zip(sites.frame["name"], places, strict=True)]


def _places(task: LocateTask) -> list[list[Any]]:
    """Named places as they are drawn: the larger first, where there are too many for a page."""
    order = ("county", "town", "village", "quarter", "office", "house", "hamlet")
    frame = task.gazetteer.frame.drop_duplicates("place_id")
    rank = frame["kind"].map({kind: number for number, kind in enumerate(order)})
    kept = frame.assign(rank=rank).sort_values(["rank", "place_id"], kind="stable").head(MOST_PLACES)
    columns = (kept[name].tolist() for name in ("name", "kind", "lon", "lat"))
    return [
        [printable(name), kind, round(lon, 6), round(lat, 6)] for name, kind, lon, lat in zip(*columns, strict=True)
    ]


def _regions(task: LocateTask) -> list[dict[str, Any]]:
    if task.regions is None:
        return []
    frame = task.regions.frame
    inner = np.round(shapely.get_coordinates(shapely.point_on_surface(frame.geometry.to_numpy())), 5).tolist()
    rings = drawn_outlines(frame)
    return [
        {"name": printable(name), "label": label, "rings": lines.packed()}
        for name, label, lines in zip(frame["name"], inner, rings, strict=True)
    ]


def _bounds(task: LocateTask) -> list[float]:
    """Where the map opens: the regions, else the streets."""
    sides = task.streets.bounds if task.regions is None else task.regions.frame.total_bounds.tolist()
    return [round(float(side), 6) for side in sides]
