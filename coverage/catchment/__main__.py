"""``python -m catchment``."""

from __future__ import annotations

import os
import sys

from catchment.caches import cache_folder


def main() -> None:
    """Run the command line."""
    _speak_utf8_to_the_system()
    from catchment.apps.cli import serve_command_line  # noqa: PLC0415 - nothing is imported twice if Python begins again

    serve_command_line(cache_folder())


def _speak_utf8_to_the_system() -> None:
    """
    Begin again in Python's UTF-8 mode where the locale has another encoding; Windows never has.

    GDAL takes paths as UTF-8, so a path with Chinese would name no file. What is printed keeps its encoding.
    """
    if sys.getfilesystemencoding() == "utf-8":
        return
    if sys.stdout.encoding not in ("ascii", "ANSI_X3.4-1968", "US-ASCII"):
        os.environ.setdefault("PYTHONIOENCODING", sys.stdout.encoding)
    arguments = [sys.executable, "-X", "utf8", "-m", "catchment", *sys.argv[1:]]
    os.execv(sys.executable, arguments)  # noqa: S606 - this very program


if __name__ == "__main__":
    main()
