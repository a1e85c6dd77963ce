"""Pages in a real browser: a Chromium of this machine, driven by Playwright, with nowhere to go on the network."""

from __future__ import annotations

import os
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)
TABS = ("overview", "gaps", "suggestions", "regions", "sites", "data", "sources")
DESKTOP, PHONE, SMALL_PHONE = (1360, 860), (390, 844), (360, 740)


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The browser of this machine; the test is skipped where there is none, or no Playwright to drive it."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser on the PATH (looked for {', '.join(BROWSERS)}): pages are not opened")
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pages are not opened")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=list(FLAGS))
        yield browser
        browser.close()


class Visits:
    """Opens pages, each in a browser context of its own, and writes down whatever a quiet page would not do."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []

    def __call__(
        self,
        path: Path,
        fragment: str = "",
        *,
        width: int = DESKTOP[0],
        height: int = DESKTOP[1],
        language: str | None = None,
        calm: bool = False,
    ) -> Page:
        """
        The page of a file once it answers.

        Parameters
        ----------
        path
            An HTML file written by ``write_map``.
        fragment
            What follows in the address, ``#gaps`` say.
        width, height
            Of the window [px]; up to 700 px wide it is a telephone that is touched.
        language
            Of the page; by default the one of its run.
        calm
            Whether the reader asked the system for reduced motion.
        """
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=width <= 700,
            reduced_motion="reduce" if calm else "no-preference",
        )
        self.contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("console", lambda message: self.problems.append(f"console {message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("request", lambda request: self._note(request.url, path))
        page.goto(path.absolute().as_uri() + fragment)
        page.locator("html[data-ready='1']").wait_for(state="attached")
        if language:
            page.click(f"#speak-{language}")
        return page

    def _note(self, address: str, path: Path) -> None:
        parts = urlsplit(address)
        own = parts.scheme == "file" and Path(unquote(parts.path)) == path.absolute()
        # An image inside the page itself asks nobody.
        if not own and parts.scheme != "data":
            self.problems.append(f"request: {address[:200]}")

    def close(self) -> None:
        """Close every page opened here."""
        for context in self.contexts:
            context.close()


def text_of(page: Page, selector: str = "body") -> str:
    """What stands in an element, hidden or not; scripts and styles are no text."""
    bare = "copy => { copy.querySelectorAll('script, style').forEach(node => node.remove()); return copy.textContent; }"
    return page.locator(selector).evaluate(f"node => ({bare})(node.cloneNode(true))")


def strange_nodes(page: Page) -> list[str]:
    """Elements and attributes that this page never makes, and that text from data would need to do harm."""
    harm = "node.matches('img, iframe, object, embed, base, link, form')"
    acts = "[...node.attributes].some(each => each.name.startsWith('on') || /^\\s*javascript:/i.test(each.value))"
    code = f"nodes => nodes.filter(node => {harm} || {acts}).map(node => node.outerHTML)"
    return page.locator("body *").evaluate_all(code)


def count_of(page: Page, selector: str) -> int:
    """How many elements fit."""
    return page.locator(selector).count()


def look_for(page: Page, text: str) -> None:
    """Type into the search of the page."""
    page.fill("#search input", text)


def chosen_rows(page: Page) -> list[tuple[str, str]]:
    """Kind and index of the rows that are marked as chosen."""
    marked = "rows => rows.map(row => [row.dataset.kind, row.dataset.index])"
    return [tuple(row) for row in page.locator("#sheet tr.chosen").evaluate_all(marked)]


def show_tab(page: Page, tab: str) -> bool:
    """Open a tab, on a telephone the panel first; whether the page has it."""
    if page.locator("#grip").is_visible() and page.get_attribute("#grip", "aria-expanded") == "false":
        page.click("#grip")
    if not page.locator(f"#tab-{tab}").count():
        return False
    page.click(f"#tab-{tab}")
    return True


def tool_of_ci(variable: str, name: str) -> str:
    """The source of a script from npm that an environment variable names; the test is skipped where it does not."""
    path = os.environ.get(variable)
    if not path:
        pytest.skip(f"{name} is not here: set {variable} to its script, as .ci/run does")
    return Path(path).read_text(encoding="utf-8")


def tab_to(page: Page, selector: str, *, most: int = 120) -> None:
    """Press Tab until what has the focus fits; fails where it is never reached."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"{selector} cannot be reached by keyboard")
