"""Styles that QGIS puts on the layers of the package by itself: the colours and marks of the map, as QML."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from catchment.model import UNITS_PER_PERSON, Cause
from catchment.network.streets import JOIN_KINDS, STREET_KINDS
from catchment.outputs.bands import bands_text
from catchment.outputs.colours import (
    ACCENT,
    BAND_COLOURS,
    BAND_STROKE,
    CLOSED_SITE,
    COVERED_COLOUR,
    DOUBT_STROKE,
    INK,
    PALE_SITE,
    REGION_COLOUR,
    SITE_STATES,
    SPLIT_COLOURS,
    STREET_LOOKS,
    WATER_COLOUR,
    site_kinds,
    site_shapes,
    site_size,
)
from catchment.outputs.drawing import rank_of
from catchment.outputs.payload import type_order, type_text
from catchment.outputs.style import DOUBTS, GAP_COLOURS, class_breaks, class_text, printable
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from catchment.model import Run
    from catchment.outputs.colours import SiteState
    from catchment.outputs.features import LayerName
    from catchment.words import Language

_HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MARKS = {"wedge": "triangle"}
_STATE_FILTERS = {
    "counted": '"counted" AND "status" = \'open\'',
    "uncounted": 'NOT "counted" AND "status" = \'open\'',
    "pending": "\"status\" IN ('planned', 'preparing')",
    "closed": "\"status\" = 'closed'",
}


@dataclass(frozen=True)
class Rule:
    """Features that look alike: what they are called, which they are, and how they look."""

    label: str
    filter: str
    """Expression of QGIS; empty for every feature."""
    properties: Mapping[str, str]
    """Of the symbol, as QGIS names them; lengths in millimetres of paper."""


@dataclass(frozen=True)
class Label:
    """A column written on features, in the middle of their marks."""

    column: str
    filter: str
    """Expression of QGIS."""
    colour: str
    """Of the letters, as QGIS writes it."""


def layer_style(run: Run, layer: LayerName) -> str:
    """The style of one layer as QML."""
    kind: Literal["marker", "line", "fill"] = "fill"
    rules: Iterable[Rule]
    labels: Sequence[Label] = ()
    match layer:
        case "sites":
            kind, rules = "marker", _site_rules(run)
        case "suggestions":
            kind, rules = "marker", list(_suggestion_rules(run.language))
            labels = [Label("number", rule.filter, rule.properties["outline_color"]) for rule in rules]
        case "regions" | "water":
            rules = [_ground_rule(layer, run.language)]
        case "people":
            kind, rules = "marker", _people_rules(run, "marker")
        case "uncovered":
            rules = _people_rules(run, "fill")
        case "areas":
            rules = _area_rules(run)
        case "split":
            rules = _split_rules(run)
        case "streets" | "waterways":
            kind, rules = "line", _street_rules(run.language) if layer == "streets" else [_river_rule(run.language)]
        case "joins":
            kind, rules = "marker", _join_rules(run.language)
    return qml(kind, list(rules), labels)


def qml(kind: Literal["marker", "line", "fill"], rules: Sequence[Rule], labels: Sequence[Label] = ()) -> str:
    """
    A rule-based style in the file format of QGIS 3.

    Parameters
    ----------
    kind
        What the symbols are.
    rules
        The first stands first in the legend.
    labels
        What is written on features; nothing by default.

    Examples
    --------
    >>> text = qml("line", [Rule("a < b", "", {"line_color": "0,0,0,255"})])
    >>> '<rule key="{rule-0}" symbol="0" label="a &lt; b" />' in text
    True
    """
    about = {"version": "3.28.0", "styleCategories": "Symbology"}
    if labels:
        about |= {"styleCategories": "Symbology|Labeling", "labelsEnabled": "1"}
    root = ET.Element("qgis", about)
    renderer = ET.SubElement(root, "renderer-v2", {"type": "RuleRenderer", "symbollevels": "0", "enableorderby": "0"})
    listed = ET.SubElement(renderer, "rules", {"key": "{rules}"})
    symbols = ET.SubElement(renderer, "symbols")
    for number, rule in enumerate(rules):
        about = {"key": f"{{rule-{number}}}", "symbol": str(number), "label": _plain(rule.label)}
        ET.SubElement(listed, "rule", about | ({"filter": _plain(rule.filter)} if rule.filter else {}))
        symbol = ET.SubElement(symbols, "symbol", {"type": kind, "name": str(number), "alpha": "1"})
        look = {"class": f"Simple{kind.title()}", "enabled": "1", "locked": "0", "pass": "0"}
        options = ET.SubElement(ET.SubElement(symbol, "layer", look), "Option", {"type": "Map"})
        for name, value in rule.properties.items():
            ET.SubElement(options, "Option", {"type": "QString", "name": name, "value": value})
    if labels:
        _add_labels(root, labels)
    ET.indent(root, " ")
    return _HEAD + ET.tostring(root, encoding="unicode") + "\n"


def _add_labels(root: ET.Element, labels: Sequence[Label]) -> None:
    """Labels that stand on the places themselves, every one of them, whatever they cover."""
    listed = ET.SubElement(ET.SubElement(root, "labeling", {"type": "rule-based"}), "rules", {"key": "{labels}"})
    for number, label in enumerate(labels):
        about = {"key": f"{{label-{number}}}", "filter": _plain(label.filter)}
        settings = ET.SubElement(ET.SubElement(listed, "rule", about), "settings")
        letters = {"fieldName": label.column, "isExpression": "0", "fontSize": "8", "fontSizeUnit": "Point"}
        ET.SubElement(settings, "text-style", {**letters, "textColor": label.colour, "fontWeight": "75"})
        # Over the point, in its middle.
        ET.SubElement(settings, "placement", {"placement": "1", "quadOffset": "4", "xOffset": "0", "yOffset": "0"})
        ET.SubElement(settings, "rendering", {"displayAll": "1", "drawLabels": "1", "obstacle": "0"})


def _plain(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_XML.sub("�", printable(text))


def _rgb(colour: str, opacity: int = 255) -> str:
    """
    A colour as QGIS writes it.

    Examples
    --------
    >>> _rgb("#1f4e79"), _rgb("#1f4e79", 60)
    ('31,78,121,255', '31,78,121,60')
    """
    return ",".join(str(int(colour[at : at + 2], 16)) for at in (1, 3, 5)) + f",{opacity}"


def _quoted(text: str) -> str:
    r"""
    Text as a literal of QGIS' expressions.

    Examples
    --------
    >>> print(_quoted("it's \\ so"))
    'it''s \\ so'
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def _site_rules(run: Run) -> Iterator[Rule]:
    """A rule per type and state that occur."""
    types = type_order(run)
    shapes = site_shapes(types)
    occurring = set(site_kinds(run))
    for kind in types:
        for state in reversed(SITE_STATES):
            if (kind, state) in occurring:
                of_type = f'"type" = {_quoted(kind)}' if kind else "coalesce(\"type\", '') = ''"
                mark = {
                    "name": "cross2" if state == "closed" else _MARKS.get(shapes[kind], shapes[kind]),
                    "angle": "180" if shapes[kind] == "wedge" and state != "closed" else "0",
                    "size": f"{site_size(kind) * 0.25:g}",
                    "size_unit": "MM",
                    **_site_colours(state),
                }
                label = type_text(kind, run.language) + _state_text(state, run.language)
                yield Rule(label, f"{of_type} AND {_STATE_FILTERS[state]}", mark)


def _suggestion_rules(language: Language) -> Iterator[Rule]:
    """Discs for the numbers: dark for premises, hollow for streets to look for premises on."""
    for premises, fill, line in ((True, INK, "#ffffff"), (False, "#ffffff", INK)):
        look = {"name": "circle", "size": "4.6", "size_unit": "MM", "color": _rgb(fill), "outline_color": _rgb(line)}
        look |= {"outline_width": "0.4", "outline_width_unit": "MM"}
        label = say("proposal.filled" if premises else "proposal.hollow", language)
        yield Rule(label, '"premises"' if premises else 'NOT "premises"', look)


def _site_colours(state: SiteState) -> dict[str, str]:
    fill, stroke, width = {
        "counted": (ACCENT, "#ffffff", "0.3"),
        "uncounted": (PALE_SITE, "#ffffff", "0.3"),
        "pending": ("#ffffff", ACCENT, "0.5"),
        "closed": (CLOSED_SITE, CLOSED_SITE, "0.6"),
    }[state]
    return {"color": _rgb(fill), "outline_color": _rgb(stroke), "outline_width": width, "outline_width_unit": "MM"}


def _state_text(state: SiteState, language: Language) -> str:
    if state == "counted":
        return ""
    words = {"uncounted": "page.uncounted", "pending": "package.pending", "closed": "status.closed"}
    return say("package.state", language, state=say(words[state], language))


def _people_rules(run: Run, kind: Literal["marker", "fill"]) -> Iterator[Rule]:
    """Gaps in service by class of people, doubts apart, and, among points, the covered."""
    uncovered = ~run.access.covered
    doubtful = [cause.name.lower() for cause in DOUBTS]
    gap = uncovered.copy()
    for cause in DOUBTS:
        gap &= run.access.cause != cause
    breaks = class_breaks(run.people.units[gap] / UNITS_PER_PERSON)
    doubts = ", ".join(map(_quoted, doubtful))
    is_gap = f"\"cause\" NOT IN ('{Cause.COVERED.name.lower()}', {doubts})"
    limits = [None, *breaks, None]
    for shade in reversed(range(len(GAP_COLOURS))):
        low, high = limits[shade], limits[shade + 1]
        parts = [is_gap, *([f'"persons" >= {low}'] if low else []), *([f'"persons" < {high}'] if high else [])]
        yield Rule(class_text(breaks, shade), " AND ".join(parts), _dot(kind, GAP_COLOURS[shade], 1.2 + 0.3 * shade))
    doubt = {"style": "b_diagonal"} if kind == "fill" else {}
    look = _dot(kind, DOUBT_STROKE, 1.2) | doubt
    yield Rule(say("page.doubtful_layer", run.language), f'"cause" IN ({doubts})', look)
    if kind == "marker":
        covered = _dot(kind, COVERED_COLOUR, 0.9)
        yield Rule(say("page.covered", run.language), f'"cause" = {_quoted(Cause.COVERED.name.lower())}', covered)


def _dot(kind: Literal["marker", "fill"], colour: str, size_mm: float) -> dict[str, str]:
    look = {"color": _rgb(colour), "outline_style": "no"}
    return look if kind == "fill" else {"name": "circle", "size": f"{size_mm:g}", "size_unit": "MM", **look}


def _area_rules(run: Run) -> Iterator[Rule]:
    """A rule per mode and band, the widest palest; those by road have a broken outline."""
    for mode, areas in run.areas.items():
        last = len(areas.limits_mm) - 1
        for band in range(len(areas.limits_mm)) if len(areas) else ():
            look = {
                "color": _rgb(BAND_COLOURS[max(len(BAND_COLOURS) - 1 - last + band, 0)], 110),
                "outline_color": _rgb(BAND_STROKE),
                "outline_style": "solid" if mode == "walk" else "dash",
                "outline_width": "0.26" if band == last else "0.1",
            }
            label = bands_text(areas, run, run.language, bands=[band])
            yield Rule(label, f'"mode" = {_quoted(mode)} AND "band" = {band + 1}', look)


def _split_rules(run: Run) -> Iterator[Rule]:
    """Neighbours differ in colour; by road there is only an outline, so that both modes can be read at once."""
    for mode, areas in run.split.items():
        if not len(areas):
            continue
        name = bands_text(areas, run, run.language)
        if mode == "road":
            look = {"style": "no", "outline_color": _rgb(BAND_STROKE), "outline_style": "dash", "outline_width": "0.3"}
            yield Rule(name, f'"mode" = {_quoted(mode)}', look)
            continue
        for number, colour in enumerate(SPLIT_COLOURS):
            look = {"color": _rgb(colour, 130), "outline_color": _rgb(colour), "outline_width": "0.2"}
            of_colour = f'"colour" % {len(SPLIT_COLOURS)} = {number}'
            yield Rule(f"{name} ({number + 1})", f'"mode" = {_quoted(mode)} AND {of_colour}', look)


def _ground_rule(layer: Literal["regions", "water"], language: Language) -> Rule:
    if layer == "water":
        return Rule(say("page.water", language), "", {"color": _rgb(WATER_COLOUR), "outline_style": "no"})
    outline = {"style": "no", "outline_color": _rgb(REGION_COLOUR), "outline_width": "0.3"}
    return Rule(say("page.region_lines", language), "", outline)


def _river_rule(language: Language) -> Rule:
    look = {"line_color": _rgb(WATER_COLOUR), "line_width": "0.4", "line_width_unit": "MM", "capstyle": "round"}
    return Rule(say("package.waterways_title", language), "", look)


def _street_rules(language: Language) -> Iterator[Rule]:
    """Streets by rank, wider and darker the more they carry."""
    for rank, (colour, points) in reversed(STREET_LOOKS.items()):
        kinds = ", ".join(_quoted(kind) for kind in STREET_KINDS if rank_of(kind) == rank)
        width = f"{points * 0.4:g}"
        look = {"line_color": _rgb(colour), "line_width": width, "line_width_unit": "MM", "capstyle": "round"}
        yield Rule(say(f"page.rank_{rank}", language), f'"kind" IN ({kinds})', look)


def _join_rules(language: Language) -> Iterator[Rule]:
    """Where roads were joined: rings that cover nothing, gaps that were closed first."""
    for kind in JOIN_KINDS:
        ring = {"name": "circle", "color": "0,0,0,0", "size": "1.6", "size_unit": "MM"}
        look = ring | {"outline_color": _rgb(DOUBT_STROKE), "outline_width": "0.25", "outline_width_unit": "MM"}
        yield Rule(say(f"package.join_{kind}", language), f'"join" = {_quoted(kind)}', look)
