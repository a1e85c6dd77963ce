"""Where parsed roads and compiled kernels are kept between runs: a folder the user may write, and nobody else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import platformdirs


def cache_folder() -> Path:
    """
    The user's cache folder; where his home is read-only, one of his own among the machine's temporary files.

    Compiled kernels are run as they are found, so a folder that another user may have made is not taken.
    """
    folder = platformdirs.user_cache_path("catchment", appauthor=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return _own_temporary_folder()


def _own_temporary_folder() -> Path:
    user = os.getuid() if hasattr(os, "getuid") else None  # Windows gives each user temporary files of his own
    folder = Path(tempfile.gettempdir(), "catchment" if user is None else f"catchment-{user}")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="catchment-"))
    mine = user is None or (found.st_uid == user and not found.st_mode & 0o022)
    return folder if mine and not folder.is_symlink() else Path(tempfile.mkdtemp(prefix="catchment-"))


def keep_kernels() -> None:
    """
    Tell numba, before it is first imported, where compiled kernels are kept, unless the user has told it.

    It would put them beside the source or into the home, and refuses to start where it may write neither. Processes
    that are spawned later inherit the choice.
    """
    if "NUMBA_CACHE_DIR" not in os.environ:
        os.environ["NUMBA_CACHE_DIR"] = str(cache_folder() / "numba")
