"""What a page carries, read back with plain Python: the oracle of the packed columns."""

from __future__ import annotations

import base64
import json
import re
import zlib

from catchment.outputs.packing import Column, laid_out
from catchment.outputs.payload import page_payload


def _numbers(data, at):
    """LEB128 numbers from a place on."""
    while True:
        value = shift = 0
        while True:
            byte = data[at]
            value |= (byte & 127) << shift
            at, shift = at + 1, shift + 7
            if byte < 128:
                break
        yield value


def column(data, descriptor):
    """The numbers that a descriptor names."""
    at, n, kind = descriptor["at"], descriptor["n"], descriptor["as"]
    if kind == "json":
        return json.loads(data[at : at + n])
    if kind == "bytes":
        return list(data[at : at + n])
    numbers, values = _numbers(data, at), []
    while len(values) < n:
        number = next(numbers)
        if kind == "counts":
            values.append(number)
        elif kind == "steps":
            values.append((values[-1] if values else 0) + ((number >> 1) ^ -(number & 1)))
        else:
            values += [number - 1] * next(numbers)
    return values


def _filled(node, data):
    if isinstance(node, dict):
        if set(node) == {"at", "n", "as"}:
            return column(data, node)
        return {name: _filled(child, data) for name, child in node.items()}
    return [_filled(child, data) for child in node] if isinstance(node, list) else node


def unfolded(text):
    return zlib.decompress(base64.b64decode(text), -15)


def page_data(run):
    """The payload of a run as the page sees it: columns as lists."""
    return _filled(*laid_out(page_payload(run)))


def data_of(html):
    """The payload that stands in a written page: columns as lists."""
    nodes = dict(re.findall(r'<script type="[\w/-]+" id="catchment-(data|columns)">([^<]*)</script>', html))
    return _filled(json.loads(nodes["data"]), unfolded(nodes["columns"]))


__all__ = ["Column", "column", "data_of", "page_data", "unfolded"]
