"""The page in `maps/` that a visitor may open."""

from pathlib import Path

from browsing import show_tab

EXAMPLE = Path(__file__).parents[1] / "maps" / "example.html"


def test_the_example_page_is_small_enough_to_pass_around():
    assert EXAMPLE.stat().st_size <= 3_000_000


def test_the_example_page_opens_with_no_network_and_answers_what_if(open_page):
    page = open_page(EXAMPLE)
    headline = page.locator("#headline").inner_text()
    assert "covered" in headline
    show_tab(page, "suggestions")
    page.locator("#sheet tr[data-kind='suggestion'] input[type=checkbox]").first.click()
    page.locator("html[data-ready='1']").wait_for(state="attached")
    assert page.locator("#headline").inner_text() != headline
