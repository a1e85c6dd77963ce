"""The map page: folium as the shell, our own payload and script in it, one file that needs no network."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import folium
import xstatic.pkg.leaflet
from branca.element import Element

from catchment.outputs.first_paint import first_paint, title_element
from catchment.outputs.packing import folded, laid_out
from catchment.outputs.payload import page_payload, payload_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.model import Comparison, Run

_MAP_ID = "catchment"
_CSS_IMAGE = re.compile(r"^[^\n]*url\([^)]*\)[^\n]*\n", re.MULTILINE)
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S*\s*$")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


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
    figure.header.add_child(Verbatim(f"<style>{_leaflet_css()}</style>"), name="leaflet_css")
    figure.header.add_child(Verbatim(f"<style>{_asset('app.css')}</style>"), name="catchment_css")
    figure.header.add_child(Verbatim(f"<style>{_paper_css(paper)}</style>"), name="paper_css")
    figure.header.add_child(Verbatim(f"<script>{_leaflet_js()}</script>"), name="leaflet_js")
    figure.header.add_child(Verbatim(f"<script>{_asset('inflate.js')}</script>"), name="inflate_js")
    figure.html.add_child(Verbatim(first_paint(run, _asset("page.html"))), name="catchment_page")
    data, columns = laid_out(payload)
    nodes = (
        f'<script type="application/json" id="catchment-data">{payload_text(data)}</script>\n'
        f'<script type="text/plain" id="catchment-columns">{folded(columns)}</script>'
    )
    figure.html.add_child(Verbatim(nodes), name="catchment_data")
    figure.script.add_child(Verbatim(_asset("app.js")), name="catchment_js")
    return page


def write_map(run: Run, path: Path, *, paper: Paper = "A4", against: Comparison | None = None) -> None:
    """
    Write the page as one file that opens with no network.

    A content security policy lets nothing run but the scripts written here, and nothing load at all but the pictures of
    a base map that the settings name. The same run gives the same bytes. Options are those of ``coverage_map``.
    """
    html = coverage_map(run, paper=paper, against=against).get_root().render()
    policy = _policy(html, pictures=() if run.base is None else run.base.origins)
    policy = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    head, rest = _folded_scripts(html).split("<head>", 1)
    language = {"zh": "zh-CN", "en": "en"}[run.language]
    head = head.replace("<html>", f'<html lang="{language}">')
    # Folium forbids zooming the page on a telephone, which makes small print unreadable for some.
    rest = re.sub(r'(<meta name="viewport" content=")[^"]*"', r'\1width=device-width, initial-scale=1"', rest, count=1)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(f"{head}<head>\n{policy}{rest}")


def _paper_css(paper: Paper) -> str:
    """The sheet, and how large what is inside its margins is: a rule for pages cannot be chosen by a class."""
    width, height, margin, font = _SHEETS[paper]
    inner = f"--sheet-width: {width - 2 * margin}mm; --sheet-height: {height - 2 * margin}mm; --sheet-font: {font}px;"
    return f"@page {{ size: {paper} landscape; margin: {margin}mm; }}\n:root {{ {inner} }}"


def _folded_scripts(html: str) -> str:
    """The page with every script folded but the one that unfolds them, and the one that runs them in their order."""

    def fold(found: re.Match[str]) -> str:
        if found[1] == _asset("inflate.js"):
            return found[0]
        return f'<script type="text/x-folded">{folded(found[1].encode())}</script>'

    before, after = _SCRIPT.sub(fold, html).rsplit("</html>", 1)
    return f"{before}<script>{_asset('boot.js')}</script>\n</html>{after}"


def _policy(html: str, *, pictures: Sequence[str]) -> str:
    """The policy that lets in exactly the scripts and styles of this page, what boots them and pictures of a base."""
    scripts = " ".join(_hash(text) for text in [*_SCRIPT.findall(html), _asset("boot.js")])
    styles = " ".join(_hash(text) for text in _STYLE.findall(html))
    images = " ".join(["data:", *pictures])
    return (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; img-src {images}; base-uri 'none'; "
        "form-action 'none'"
    )


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@cache
def _asset(name: str) -> str:
    return files("catchment").joinpath("outputs", "assets", name).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def _leaflet_css() -> str:
    """Leaflet's style without its images, which belong to controls this page does not use."""
    return _CSS_IMAGE.sub("", _leaflet("leaflet.css"))


@cache
def _leaflet_js() -> str:
    return _SOURCE_MAP.sub("", _leaflet("leaflet.js"))


def _leaflet(name: str) -> str:
    text = Path(xstatic.pkg.leaflet.BASE_DIR, name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
