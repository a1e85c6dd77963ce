"""``python -m catchment``."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs


def main() -> None:
    """Run the command line."""
    cache = cache_folder()
    # numba reads this when it is first imported; compiled kernels must outlive a read-only installation.
    os.environ.setdefault("NUMBA_CACHE_DIR", str(cache / "numba"))
    from catchment.apps.cli import serve_command_line  # noqa: PLC0415 - after the cache folder is known

    serve_command_line(cache)


def cache_folder() -> Path:
    """Where parsed roads and compiled kernels are kept: the user's cache folder, else the machine's temporary one."""
    folder = platformdirs.user_cache_path("catchment", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.gettempdir(), "catchment")


if __name__ == "__main__":
    main()
