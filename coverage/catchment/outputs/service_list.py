"""The list of service points (便民清单): a page with no map and no script, for everybody to read and print."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING, Any

from catchment.outputs.payload import type_order, type_text
from catchment.outputs.style import printable
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from catchment.model import Run
    from catchment.words import Language

_COLUMNS = ("list.name", "book.type", "book.address", "page.region", "page.services", "list.state")

_STYLE = """
body { max-width: 76rem; margin: 0 auto; padding: 1rem 1.2rem 3rem; color: #20262b; background: #fff;
  font: 16px/1.6 system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", Arial, sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.35; margin: .4rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .4rem; }
nav > ul > li { flex-basis: 100%; }
nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; padding: 0; list-style: none; }
a { display: inline-block; padding: .2rem 0; color: #1f4e79; }
.note { padding: .3rem .7rem; background: #3b444b; color: #fff; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
th, td { padding: .4rem .7rem .4rem 0; border-bottom: 1px solid #c9ced2; text-align: left; vertical-align: top;
  overflow-wrap: anywhere; }
th { font-weight: 650; }
thead th { color: #4a545c; }
th:nth-child(2) { width: 12%; }
th:nth-child(3) { width: 22%; }
th:nth-child(4) { width: 11%; }
th:nth-child(5) { width: 26%; }
th:nth-child(6) { width: 8%; }
footer { margin-top: 2rem; color: #4a545c; font-size: .9rem; }
@media (max-width: 700px) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  table, tbody, tr, td, tbody th { display: block; width: auto; }
  tr { padding: .5rem 0; border-bottom: 1px solid #c9ced2; }
  td, tbody th { padding: 0; border: 0; }
  td:empty { display: none; }
}
@media print {
  @page { size: A4; margin: 14mm 12mm; }
  body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.45; }
  nav { display: none; }
  thead { display: table-header-group; }
  tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""


@dataclass(frozen=True)
class ServicePoint:
    """A line of the list."""

    county: str
    """County, or region where regions have none; empty if neither is known."""
    name: str
    type: str
    """The code; ``type_text`` says it."""
    address: str
    region: str
    services: str
    status: str


def service_points(run: Run) -> list[ServicePoint]:
    """
    Every site of the ledger, by county and region in the order of the regions, then by type, then by name.

    A site outside all regions stands with the county and township that the ledger gives, after the others; one
    without a county last.
    """
    types = {kind: rank for rank, kind in enumerate(type_order(run))}
    rows: list[tuple[tuple[bool, bool, int], int, str, str, ServicePoint]] = []
    first: dict[str, tuple[bool, bool, int, str]] = {}
    for site, region in zip(run.sites.frame.to_dict("records"), run.site_region.tolist(), strict=True):
        point = _service_point(run, site, region)
        at = (region < 0, not point.county, region, point.county)
        first[point.county] = min(at, first.get(point.county, at))
        rows.append((at[:3], types[point.type], point.name, _text(site["site_id"]), point))
    rows.sort(key=lambda row: (first[row[-1].county], row[:-1]))
    return [row[-1] for row in rows]


def _service_point(run: Run, site: dict[Any, Any], region: int) -> ServicePoint:
    county, place = _whereabouts(run, site, region)
    return ServicePoint(
        county=county,
        name=_text(site["name"]),
        type=_text(site["type"]),
        address=_text(site["address"]),
        region="" if place == county else place,
        services=_text(site.get("services", "")),
        status=_text(site["status"]),
    )


def _whereabouts(run: Run, site: dict[Any, Any], region: int) -> tuple[str, str]:
    """The county of a site, and the region within it."""
    if run.regions is None or region < 0:
        return _text(site["county"]), _text(site["township"])
    row = run.regions.frame.iloc[region]
    return _text(row["parent"]) or _text(row["name"]), _text(row["name"])


def write_service_list(run: Run, path: Path) -> None:
    """Write the list in the language of the run. The same run gives the same bytes."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(service_list(run, run.language))


def service_list(run: Run, language: Language) -> str:
    """
    The list as HTML: a table for each county with a link to it, no script, nothing loaded.

    Every text of the run is escaped, so that it can only be read.
    """
    points = service_points(run)
    counties = [(county, list(own)) for county, own in groupby(points, key=lambda point: point.county)]
    title = say("list.title" if run.name else "list.title_bare", language, name=printable(run.name))
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    links = [_links(number, county, own, language) for number, (county, own) in enumerate(counties, 1)]
    tables = [_table(number, county, own, language) for number, (county, own) in enumerate(counties, 1)]
    synthetic = f'<p class="note">{escape(say("page.synthetic", language))}</p>' if run.synthetic else ""
    credit = next((source.attribution for source in run.sources if source.role == "sites"), "")
    notes = [say("list.note", language), *([printable(credit)] if credit else [])]
    count = say("list.count", language, count=len(points), date=run.date.isoformat())
    parts = [
        f'<!DOCTYPE html>\n<html lang="{ {"zh": "zh-CN", "en": "en"}[language] }">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>",
        f"<header>\n<h1>{escape(title)}</h1>\n<p>{escape(count)}</p>{synthetic}\n</header>",
        f'<nav aria-label="{escape(say("page.tab_regions", language))}">\n<ul>\n'
        + "\n".join(links)
        + "\n</ul>\n</nav>",
        "<main>\n" + "\n".join(tables) + "\n</main>",
        "<footer>\n" + "\n".join(f"<p>{escape(note)}</p>" for note in notes) + "\n</footer>\n</body>\n</html>\n",
    ]
    return "\n".join(parts)


def _links(number: int, county: str, points: Sequence[ServicePoint], language: Language) -> str:
    """A county, and below it its regions, each with how many points it has."""
    counts = Counter(point.region for point in points)
    regions = "".join(
        f'<li><a href="#{anchor}">{escape(region)} {counts[region]}</a></li>'
        for region, anchor in _anchors(number, points).items()
    )
    head = f'<a href="#r{number}">{escape(_heading(county, language))} {len(points)}</a>'
    return f"<li>{head}{f'<ul>{regions}</ul>' if regions else ''}</li>"


def _anchors(number: int, points: Sequence[ServicePoint]) -> dict[str, str]:
    """Where each region of a county begins, in their order."""
    regions = dict.fromkeys(point.region for point in points if point.region)
    return {region: f"r{number}-{place}" for place, region in enumerate(regions, 1)}


def _table(number: int, county: str, points: Sequence[ServicePoint], language: Language) -> str:
    heads = "".join(f'<th scope="col">{escape(say(word, language))}</th>' for word in _COLUMNS)
    waiting = _anchors(number, points)
    rows = "\n".join(_row(point, waiting.pop(point.region, ""), language) for point in points)
    return (
        f'<h2 id="r{number}">{escape(_heading(county, language))}</h2>\n'
        f'<table aria-labelledby="r{number}">\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>'
    )


def _row(point: ServicePoint, anchor: str, language: Language) -> str:
    state = say(f"status.{point.status}", language)
    cells = (type_text(point.type, language), point.address, point.region, point.services, state)
    begins = f' id="{anchor}"' if anchor else ""
    name = f'<th scope="row">{escape(point.name)}</th>'
    return f"<tr{begins}>{name}" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"


def _heading(county: str, language: Language) -> str:
    return county or say("page.no_parent", language)


def _text(value: object) -> str:
    return printable(value) if isinstance(value, str) else ""
