"""Shapes, texts and findings as plain arrays, for what is kept of a parsed file."""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from catchment.model import Finding

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from catchment.model import Ints


def packed(shapes: NDArray[np.object_]) -> tuple[NDArray[np.uint8], Ints]:
    """
    Shapes as bytes end to end (WKB, exact to the last digit), and where each begins and the last one ends.

    Examples
    --------
    >>> content, begin = packed(np.array([shapely.Point(1, 2), shapely.Point(3, 4)]))
    >>> begin.tolist()
    [0, 21, 42]
    """
    texts = shapely.to_wkb(shapes).tolist()
    begin: Ints = np.cumsum([0, *map(len, texts)])
    return np.frombuffer(b"".join(texts), np.uint8), begin


def unpacked(content: NDArray[np.uint8], begin: Ints) -> NDArray[np.object_]:
    """
    The shapes that ``packed`` gave these for, shape (n,).

    Examples
    --------
    >>> unpacked(*packed(np.array([shapely.Point(1, 2), shapely.Point(3, 4)])))[1].wkt
    'POINT (3 4)'
    """
    whole, places = content.tobytes(), begin.tolist()
    texts = [whole[start:end] for start, end in pairwise(places)]
    return np.asarray(shapely.from_wkb(texts), object)


def coded(texts: Sequence[str]) -> tuple[Ints, list[str]]:
    """
    Texts as numbers of the different ones among them, in the order in which they come.

    Examples
    --------
    >>> codes, words = coded(["yes", "", "yes"])
    >>> codes.tolist(), words
    ([0, 1, 0], ['yes', ''])
    """
    codes, words = pd.factorize(np.asarray(texts, object))
    return codes.astype(np.int64), words.tolist()


def findings_kept(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """
    Findings as a JSON header holds them; their facts are numbers and texts.

    Examples
    --------
    >>> findings_kept([Finding("note", "finding.x", {"count": 2})])[0]["facts"]
    {'count': 2}
    """
    return [asdict(finding) for finding in findings]


def findings_of(kept: Sequence[Mapping[str, Any]]) -> list[Finding]:
    """
    The findings that ``findings_kept`` was given.

    Examples
    --------
    >>> findings_of([{"level": "note", "word": "finding.x", "facts": {"count": 2}}])[0].facts["count"]
    2
    """
    return [Finding(**each) for each in kept]
