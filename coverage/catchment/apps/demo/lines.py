"""What is drawn: many lines in flat arrays. Lines that have a vertex in common, to the last bit, meet there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from catchment.model import Floats, Ints, Mask

    Tags = Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Lines:
    """Streets, buildings or anything that becomes an OSM way."""

    xy: Floats
    """Vertices of all lines, one line after the other [m], shape (v, 2)."""
    ptr: Ints
    """Line w has the vertices ``ptr[w]:ptr[w + 1]``, shape (w + 1,)."""
    tag: Ints
    """Index into ``tags``, shape (w,)."""
    tags: tuple[Tags, ...]

    def __len__(self) -> int:
        return len(self.tag)

    def moved(self, by: Floats) -> Lines:
        """The same lines elsewhere [m]."""
        return Lines(self.xy + by, self.ptr, self.tag, self.tags)


def alike(xy: Floats, tags: Sequence[Tags], tag: Ints | int = 0) -> Lines:
    """
    Lines of one number of vertices.

    Parameters
    ----------
    xy
        Vertices [m], shape (w, k, 2).
    tags
        Tags to choose from.
    tag
        Which of them each line has, shape (w,), or one for all.

    Examples
    --------
    >>> two = alike(np.zeros((2, 3, 2)), [{"highway": "path"}])
    >>> two.ptr.tolist(), two.tag.tolist()
    ([0, 3, 6], [0, 0])
    """
    count, size = xy.shape[:2]
    number = np.broadcast_to(np.asarray(tag, np.int64), count)
    return Lines(xy.reshape(-1, 2), np.arange(count + 1) * size, number, tuple(tags))


def single(xy: Floats, tags: Tags) -> Lines:
    """One line, vertices of shape (n, 2)."""
    return alike(xy[None], [tags])


def joined(parts: Iterable[Lines]) -> Lines:
    """
    All lines of all parts, in order.

    Examples
    --------
    >>> both = joined([single(np.zeros((2, 2)), {"a": "1"}), single(np.ones((3, 2)), {"b": "2"})])
    >>> both.ptr.tolist(), [dict(both.tags[tag]) for tag in both.tag]
    ([0, 2, 5], [{'a': '1'}, {'b': '2'}])
    """
    kept = [part for part in parts if len(part)]
    vertices = np.cumsum([0, *(len(part.xy) for part in kept)])
    tags = np.cumsum([0, *(len(part.tags) for part in kept)])
    return Lines(
        xy=np.concatenate([np.empty((0, 2)), *(part.xy for part in kept)]),
        ptr=np.concatenate([[0], *(part.ptr[1:] + first for part, first in zip(kept, vertices, strict=False))]),
        tag=np.concatenate(
            [np.empty(0, np.int64), *(part.tag + first for part, first in zip(kept, tags, strict=False))]
        ),
        tags=tuple(tag for part in kept for tag in part.tags),
    )


def chosen(lines: Lines, keep: Mask) -> Lines:
    """Some of the lines, shape (w,)."""
    sizes = np.diff(lines.ptr)
    kept = np.repeat(keep, sizes)
    return Lines(lines.xy[kept], np.concatenate([[0], np.cumsum(sizes[keep])]), lines.tag[keep], lines.tags)


@dataclass(frozen=True, eq=False)
class Marks:
    """Points with tags: bus stops, public premises."""

    xy: Floats
    """[m], shape (n, 2)."""
    tags: tuple[Tags, ...]

    def __len__(self) -> int:
        return len(self.tags)

    def moved(self, by: Floats) -> Marks:
        """The same points elsewhere [m]."""
        return Marks(self.xy + by, self.tags)


def joined_marks(parts: Iterable[Marks]) -> Marks:
    """All points of all parts, in order."""
    kept = list(parts)
    return Marks(np.vstack([part.xy for part in kept]), tuple(tag for part in kept for tag in part.tags))


@dataclass(frozen=True, eq=False)
class Houses:
    """Buildings with four corners, and who lives in them."""

    corners: Floats
    """Counter-clockwise or clockwise [m], shape (n, 4, 2)."""
    place: Ints
    """Index of the settlement, shape (n,)."""
    weight: Floats
    """Share of the settlement's people, not yet normalised, shape (n,)."""

    @property
    def middle(self) -> Floats:
        """[m], shape (n, 2)."""
        middle: Floats = (self.corners[:, 0] + self.corners[:, 1] + self.corners[:, 2] + self.corners[:, 3]) / 4
        return middle


def joined_houses(parts: Iterable[Houses]) -> Houses:
    """All buildings of all parts, in order."""
    kept = list(parts)
    return Houses(
        np.concatenate([part.corners for part in kept]),
        np.concatenate([part.place for part in kept]),
        np.concatenate([part.weight for part in kept]),
    )
