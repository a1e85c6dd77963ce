"""Parsed files kept on disk: plain arrays with a JSON header, never pickles."""

from __future__ import annotations

import json
import logging
import zipfile
from typing import TYPE_CHECKING, Any

import numpy as np

from catchment.files import atomic_output

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

log = logging.getLogger(__name__)


def kept_file(folder: Path, schema: str, sha256: str) -> Path:
    """
    Where what was parsed from a file with this checksum is kept; another schema is another file.

    Examples
    --------
    >>> from pathlib import Path
    >>> kept_file(Path(), "catchment.streets/1", "ab" * 32).name
    'streets-1-abababababababababababababababababababab.npz'
    """
    return folder / f"{schema.rpartition('.')[2].replace('/', '-')}-{sha256[:40]}.npz"


def write_kept(path: Path, header: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Keep a header and arrays. A cache that cannot be written costs time, not the run: it is said in the log."""
    text = np.frombuffer(json.dumps(header, ensure_ascii=False).encode(), np.uint8)
    try:
        with atomic_output(path) as draft, draft.open("wb") as stream:
            np.savez(stream, header=text, **arrays)  # type: ignore[arg-type]  # the arrays' names are ours
    except OSError as problem:
        log.warning("%s not cached in %s: %s", path.stem, path.parent, problem)


def read_kept(path: Path, names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
    """
    The header and the arrays kept before.

    Parameters
    ----------
    path
        From ``kept_file``.
    names
        Of the arrays.

    Returns
    -------
    ``None`` if there are none or the file is damaged (zip checksums tell).
    """
    if not path.is_file():
        return None
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as kept:
            return json.loads(kept["header"].tobytes()), {name: kept[name] for name in names}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        log.warning("damaged cache %s is read anew: %s", path.name, problem)
        return None
