"""The map of others that the page may be laid on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Basemap:
    """Pictures of a tile server. The page asks for them only when its reader switches them on."""

    templates: tuple[str, ...]
    """Addresses with ``{z}``, ``{x}`` and ``{y}``, the lowest layer first."""
    datum: Literal["wgs84", "gcj02"] = "wgs84"
    """Of the pictures: on a map in GCJ-02 the page shifts whatever it draws."""
    attribution: str = ""
    max_zoom: int = 19
    """The closest zoom that the server has."""

    @property
    def origins(self) -> tuple[str, ...]:
        """
        What is asked: scheme, host and port, each once.

        Examples
        --------
        >>> Basemap(("https://a.example:8443/{z}/{x}/{y}.png", "https://a.example:8443/l/{z}/{x}/{y}.png")).origins
        ('https://a.example:8443',)
        """
        parts = [urlsplit(template) for template in self.templates]
        return tuple(dict.fromkeys(f"{part.scheme}://{part.netloc}" for part in parts))
