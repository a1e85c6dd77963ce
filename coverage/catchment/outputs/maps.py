"""The map page: folium as the shell, our own payload and script in it, one file that needs no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import folium
from branca.element import Element

from catchment.outputs.first_paint import first_paint, title_element
from catchment.outputs.packing import folded, laid_out
from catchment.outputs.payload import page_payload, payload_text
from catchment.outputs.standalone import asset, folded_scripts, leaflet_css, leaflet_js, policy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from catchment.model import Comparison, Run

_MAP_ID = "catchment"


class Verbatim(Element):
    """Text that goes into the page as it is. Folium's own elements are compiled as templates; this one never is."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def render(self, **_kwargs: object) -> str:
        """The text."""
        return self.text


Paper = Literal["A4", "A3"]
"""What the page is printed on, across."""

_SHEETS: Mapping[Paper, tuple[int, int, int, float]] = {"A4": (297, 210, 8, 10.5), "A3": (420, 297, 10, 14)}
"""Width, height and margin [mm], and how large text is [px]."""


def coverage_map(run: Run, *, paper: Paper = "A4", against: Comparison | None = None) -> folium.Map:
    """
    The page as a folium map, which a notebook shows as it is.

    No text of the run reaches folium: it stands in one JSON node, which the page's own script reads, and escaped in
    the headline.

    Parameters
    ----------
    run
        The run.
    paper
        What the page is printed on.
    against
        What ``compare_runs`` says of the run and one before: who gains and who loses is shown as well.

    Raises
    ------
    InputError
        If ``against`` compares another run.
    """
    payload = {**page_payload(run, against=against), "paper": paper}
    west, south, east, north = payload["bounds"]
    page = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        tiles=None,
        zoom_control=False,
        attribution_control=False,
        font_size="13px",
    )
    page.default_js, page.default_css = [], []
    # Folium names its variables after a random number; the same run must give the same bytes.
    page._id = _MAP_ID  # noqa: SLF001 - folium offers no other way
    figure: Any = page.get_root()
    figure.header.add_child(Verbatim(title_element(run)), name="catchment_title")
    figure.header.add_child(Verbatim(f"<style>{leaflet_css()}</style>"), name="leaflet_css")
    figure.header.add_child(Verbatim(f"<style>{asset('app.css')}</style>"), name="catchment_css")
    figure.header.add_child(Verbatim(f"<style>{_paper_css(paper)}</style>"), name="paper_css")
    figure.header.add_child(Verbatim(f"<script>{leaflet_js()}</script>"), name="leaflet_js")
    figure.header.add_child(Verbatim(f"<script>{asset('inflate.js')}</script>"), name="inflate_js")
    figure.html.add_child(Verbatim(first_paint(run, asset("page.html"))), name="catchment_page")
    data, columns = laid_out(payload)
    nodes = (
        f'<script type="application/json" id="catchment-data">{payload_text(data)}</script>\n'
        f'<script type="text/plain" id="catchment-columns">{folded(columns)}</script>'
    )
    figure.html.add_child(Verbatim(nodes), name="catchment_data")
    figure.script.add_child(Verbatim(asset("app.js")), name="catchment_js")
    return page


def write_map(run: Run, path: Path, *, paper: Paper = "A4", against: Comparison | None = None) -> None:
    """
    Write the page as one file that opens with no network.

    A content security policy lets nothing run but the scripts written here, and nothing load at all but the pictures of
    a base map that the settings name. The same run gives the same bytes. Options are those of ``coverage_map``.
    """
    html = coverage_map(run, paper=paper, against=against).get_root().render()
    rules = policy(html, pictures=() if run.base is None else run.base.origins)
    fence = f'<meta http-equiv="Content-Security-Policy" content="{rules}">'
    head, rest = folded_scripts(html).split("<head>", 1)
    language = {"zh": "zh-CN", "en": "en"}[run.language]
    head = head.replace("<html>", f'<html lang="{language}">')
    # Folium forbids zooming the page on a telephone, which makes small print unreadable for some.
    rest = re.sub(r'(<meta name="viewport" content=")[^"]*"', r'\1width=device-width, initial-scale=1"', rest, count=1)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f"{head}<head>\n{fence}{rest}")


def _paper_css(paper: Paper) -> str:
    """The sheet, and how large what is inside its margins is: a rule for pages cannot be chosen by a class."""
    width, height, margin, font = _SHEETS[paper]
    inner = f"--sheet-width: {width - 2 * margin}mm; --sheet-height: {height - 2 * margin}mm; --sheet-font: {font}px;"
    return f"@page {{ size: {paper} landscape; margin: {margin}mm; }}\n:root {{ {inner} }}"
