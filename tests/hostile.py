"""Reads hostile files, each in a process of its own, and says what became of each: ``python hostile.py FOLDER``."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from corpus.reading import READERS

from catchment.errors import CatchmentError


def outcome(reader: Any, path: str) -> str:
    """The word of the error, or how many rows were read; the name of an exception that nobody raised on purpose."""
    try:
        # An address that is no file stays a text, as a planner types it.
        asked: Any = Path(path) if path.startswith("./") else path
        return f"read {len(READERS[reader](asked).frame)}"
    except CatchmentError as problem:
        return problem.word
    except BaseException as problem:  # noqa: BLE001 - what it is, is the answer
        return f"{type(problem).__name__}: {problem}"[:200]


def measured(reader: str, path: str) -> dict[str, object]:
    """What became of a file, the seconds of processor and the most memory [MB] of the process that read it."""
    inlet, outlet = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(outlet, outcome(reader, path).encode())
        os._exit(0)
    os.close(outlet)
    _, status, usage = os.wait4(child, 0)
    with os.fdopen(inlet, "rb") as stream:
        said = stream.read().decode()
    used = {"seconds": usage.ru_utime + usage.ru_stime, "megabytes": usage.ru_maxrss / 1024}
    return {"path": path, "said": said or f"ended with {status}", **used}


if __name__ == "__main__":
    for reader, path in json.loads(Path(sys.argv[1], "asked.json").read_text(encoding="utf-8")):
        print(json.dumps(measured(reader, path)))
