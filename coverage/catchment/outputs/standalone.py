"""What makes a page one file that needs no network: scripts and styles inside it, folded, under a strict policy."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import xstatic.pkg.leaflet

from catchment.outputs.packing import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

_CSS_IMAGE = re.compile(r"^[^\n]*url\([^)]*\)[^\n]*\n", re.MULTILINE)
_SOURCE_MAP = re.compile(r"\n?//# sourceMappingURL=\S*\s*$")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def folded_scripts(html: str) -> str:
    """The page with every script folded but the one that unfolds them, and the one that runs them in their order."""

    def fold(found: re.Match[str]) -> str:
        if found[1] == asset("inflate.js"):
            return found[0]
        return f'<script type="text/x-folded">{folded(found[1].encode())}</script>'

    before, after = _SCRIPT.sub(fold, html).rsplit("</html>", 1)
    return f"{before}<script>{asset('boot.js')}</script>\n</html>{after}"


def policy(html: str, *, pictures: Sequence[str]) -> str:
    """The policy that lets in exactly the scripts and styles of this page, what boots them and pictures of a base."""
    scripts = " ".join(_hash(text) for text in [*_SCRIPT.findall(html), asset("boot.js")])
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
def asset(name: str) -> str:
    """A text of ours that goes into pages."""
    return files("catchment").joinpath("outputs", "assets", name).read_text(encoding="utf-8").replace("\r\n", "\n")


@cache
def leaflet_css() -> str:
    """Leaflet's style without its images, which belong to controls this page does not use."""
    return _CSS_IMAGE.sub("", _leaflet("leaflet.css"))


@cache
def leaflet_js() -> str:
    """Leaflet itself."""
    return _SOURCE_MAP.sub("", _leaflet("leaflet.js"))


def _leaflet(name: str) -> str:
    text = Path(xstatic.pkg.leaflet.BASE_DIR, name).read_text(encoding="utf-8")
    return text.replace("\r\n", "\n")
