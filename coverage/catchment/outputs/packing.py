"""Long lists of numbers as the page carries them: columns of bytes one after another, folded once."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from catchment.model import Ints


@dataclass(frozen=True, eq=False)
class Column:
    """Whole numbers that stand in a payload as one column; docs/page-data.md says what each way of writing means."""

    kind: Literal["bytes", "counts", "steps", "runs"]
    values: NDArray[np.integer[Any]]
    """Shape (n,): below 256 as ``bytes``, not negative as ``counts``, -1 or more as ``runs``."""

    def packed(self) -> bytes:
        """
        The numbers as bytes.

        Examples
        --------
        >>> list(Column("counts", np.array([5, 300])).packed())
        [5, 172, 2]
        >>> list(Column("steps", np.array([10, 12, 9])).packed())
        [20, 4, 5]
        >>> list(Column("runs", np.array([7, 7, 7, -1])).packed())
        [8, 3, 0, 1]
        """
        if self.kind == "bytes":
            return self.values.astype(np.uint8).tobytes()
        if self.kind == "counts":
            return _leb128(self.values.astype(np.int64))
        if self.kind == "steps":
            return _leb128(_zigzag(self.values.astype(np.int64)))
        return _leb128(_runs(self.values.astype(np.int64)))

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True, eq=False)
class Written:
    """A part of a payload that stands among the columns as JSON, since much of it is said again and again."""

    tree: Any

    def packed(self) -> bytes:
        """Its text in UTF-8."""
        return json.dumps(self.tree, ensure_ascii=False, separators=(",", ":")).encode()


def laid_out(tree: Any) -> tuple[Any, bytes]:
    """
    The same tree with a descriptor in the place of each column or written part, and the bytes of all.

    Examples
    --------
    >>> count, code = Column("counts", np.array([5, 300])), Column("bytes", np.array([7]))
    >>> node, data = laid_out({"a": "name", "b": [count, code]})
    >>> node
    {'a': 'name', 'b': [{'at': 0, 'n': 2, 'as': 'counts'}, {'at': 3, 'n': 1, 'as': 'bytes'}]}
    >>> list(data)
    [5, 172, 2, 7]
    """
    columns = bytearray()

    def described(node: Any) -> Any:
        if isinstance(node, dict):
            return {name: described(child) for name, child in node.items()}
        if isinstance(node, list):
            return [described(child) for child in node]
        if not isinstance(node, (Column, Written)):
            return node
        packed = node.packed()
        count, kind = (len(node), node.kind) if isinstance(node, Column) else (len(packed), "json")
        descriptor = {"at": len(columns), "n": count, "as": kind}
        columns.extend(packed)
        return descriptor

    return described(tree), bytes(columns)


def folded(data: bytes) -> str:
    """
    Bytes as text that a page may hold: base64 of a raw deflate stream.

    Examples
    --------
    >>> zlib.decompress(base64.b64decode(folded(b"abc")), -15)
    b'abc'
    """
    deflate = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return base64.b64encode(deflate.compress(data) + deflate.flush()).decode("ascii")


def _leb128(values: Ints) -> bytes:
    """Seven bits a byte, lowest first; the high bit says that more follow."""
    rest = values.astype(np.uint64)
    # Bytes each takes: one, and one more for every limit it reaches; 64 bits take ten.
    size = np.ones(len(rest), np.int64)
    for place in range(1, 10):
        size += rest >= np.uint64(1 << 7 * place)
    at = np.cumsum(size) - size
    packed = np.zeros(int(size.sum()), np.uint8)
    for place in range(int(size.max(initial=0))):
        long = size > place
        more = (size[long] > place + 1).astype(np.uint8) << 7
        packed[at[long] + place] = ((rest[long] >> np.uint64(7 * place)) & np.uint64(127)).astype(np.uint8) | more
    return packed.tobytes()


def _zigzag(values: Ints) -> Ints:
    """Each less the one before, with 0, -1, 1, -2, 2 as 0, 1, 2, 3, 4."""
    step = values.copy()
    step[1:] -= values[:-1]
    zigzag: Ints = np.where(step < 0, -2 * step - 1, 2 * step)
    return zigzag


def _runs(values: Ints) -> Ints:
    """Pairs of value + 1 and how often it comes, shape (2 r,)."""
    first = np.flatnonzero(np.diff(values, prepend=values[:1] - 1))
    often = np.diff(first, append=len(values))
    pairs: Ints = np.column_stack([values[first] + 1, often]).ravel()
    return pairs
