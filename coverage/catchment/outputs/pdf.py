"""A page as PDF, printed by Edge, Chrome or Chromium of this machine."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from catchment.errors import BrowserError
from catchment.files import atomic_output

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMANDS = (
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("chrome", "microsoft-edge", "microsoft-edge-stable", "msedge"),
)
_WINDOWS = (
    Path("Microsoft", "Edge", "Application", "msedge.exe"),
    Path("Google", "Chrome", "Application", "chrome.exe"),
    Path("Chromium", "Application", "chrome.exe"),
)
_MACOS = (
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
)
_FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars"),
    # Both names of one switch: old and new browsers.
    *("--no-pdf-header-footer", "--print-to-pdf-no-header"),
    # No address is found and no proxy asked: the page needs none, and nothing else shall call out.
    *("--host-resolver-rules=MAP * ~NOTFOUND", "--no-proxy-server"),
    # The page has drawn itself long before; time of the page, which runs as fast as it can.
    "--virtual-time-budget=10000",
)
_LAST_LINES = 300
"""Characters of what a browser that failed had to say."""


def find_browser() -> Path:
    """
    The browser to print with: the first on the search path, else where Windows and macOS keep them.

    Raises
    ------
    BrowserError
        If there is none.
    """
    found = (shutil.which(command) for command in _COMMANDS)
    places = (Path(path) for path in found if path)
    for path in (*places, *_usual_places()):
        if path.is_file():
            return path
    raise BrowserError("error.no_browser")


def _usual_places() -> Iterator[Path]:
    for folder in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"):
        if root := os.environ.get(folder):
            yield from (Path(root) / program for program in _WINDOWS)
    yield from _MACOS


def write_pdf(page: Path, path: Path, *, browser: Path | None = None, timeout_s: float = 180) -> None:
    """
    Print a page of ``write_map`` into a PDF, on the paper that the page asks for.

    The browser gets a profile of its own that is dropped afterwards, calls no network, and is ended with all its
    processes if it takes too long.

    Parameters
    ----------
    page
        The page, a local file.
    path
        Where to write.
    browser
        The program; by default ``find_browser`` looks for one.
    timeout_s
        How long it may take [s].

    Raises
    ------
    BrowserError
        If there is no browser, it cannot be started, takes too long, fails, or writes no PDF.
    OutputError
        If the file cannot be written.
    """
    browser = browser or find_browser()
    with tempfile.TemporaryDirectory(prefix="catchment-", ignore_cleanup_errors=True) as folder:
        made = Path(folder, "page.pdf")
        command = [str(browser), *_FLAGS, *_as_root(), f"--user-data-dir={Path(folder, 'profile')}"]
        _run(browser, [*command, f"--print-to-pdf={made}", page.absolute().as_uri()], folder, timeout_s)
        if not made.is_file() or not made.read_bytes().startswith(b"%PDF-"):
            raise BrowserError("error.browser_no_pdf", browser=str(browser))
        with atomic_output(path) as draft:
            shutil.copyfile(made, draft)


def _as_root() -> tuple[str, ...]:
    """Chrome refuses to be run by the administrator of a Unix system with its sandbox on."""
    return ("--no-sandbox",) if getattr(os, "geteuid", lambda: 1)() == 0 else ()


def _run(browser: Path, command: list[str], folder: str, timeout_s: float) -> None:
    """Run the browser to its end. What it says goes to a file: at a pipe a child that lives on keeps us waiting."""
    said = Path(folder, "said.txt")
    with said.open("wb") as stream:
        try:
            process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell; the program is the planner's choice
                command, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, start_new_session=os.name == "posix"
            )
        except OSError as problem:
            raise BrowserError("error.browser_start", browser=str(browser), reason=str(problem)) from problem
        try:
            code = process.wait(timeout_s)
        except subprocess.TimeoutExpired as problem:
            raise BrowserError("error.browser_slow", browser=str(browser), seconds=f"{timeout_s:g}") from problem
        finally:
            _end(process)
    if code:
        text = said.read_text(encoding="utf-8", errors="replace").strip()[-_LAST_LINES:]
        raise BrowserError("error.browser_failed", browser=str(browser), code=code, reason=text or "-")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the browser and the processes it started, if any are left."""
    try:
        if os.name == "posix":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()
