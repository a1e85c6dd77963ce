"""The page for everyone: by keyboard alone, read out, on a small telephone, on an old browser, without motion."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from browsing import (
    DESKTOP,
    PHONE,
    SMALL_PHONE,
    TABS,
    chosen_rows,
    count_of,
    show_tab,
    tab_to,
    text_of,
    tool_of_ci,
)
from plans import with_suggestions

from catchment.outputs.maps import write_map

SIZES = {"desktop": DESKTOP, "phone": PHONE, "small phone": SMALL_PHONE}
LONG = "明月山温泉风景名胜区管理委员会就业和社会保障服务便民中心第二服务点"


@pytest.fixture(scope="module")
def page_file(make_run, tmp_path_factory):
    """A page with every tab, gaps, areas, regions, doubts, two suggestions and a name too long for a line."""
    path = tmp_path_factory.mktemp("everyone") / "map.html"
    write_map(with_suggestions(make_run(("县就业之家", LONG, "园区驿站"), synthetic=True), 2, premises=[LONG]), path)
    return path


@pytest.fixture(params=["zh", "en"])
def language(request):
    return request.param


@pytest.fixture(params=SIZES)
def sized(request, open_page, page_file, language):
    """The page in each language at each size; without motion, for nobody measures what is fading in."""
    width, height = SIZES[request.param]
    return open_page(page_file, width=width, height=height, language=language, calm=True)


# --- what programs say


@pytest.mark.parametrize(
    "script",
    sorted(
        entry.name for entry in files("catchment").joinpath("outputs", "assets").iterdir() if entry.name.endswith(".js")
    ),
)
def test_a_script_of_the_page_parses_as_es2019(browser, script):
    parser = tool_of_ci("CATCHMENT_ACORN", "acorn")
    text = files("catchment").joinpath("outputs", "assets", script).read_text(encoding="utf-8")
    page = browser.new_page()
    page.add_script_tag(content=parser)
    page.evaluate("text => { acorn.parse(text, { ecmaVersion: 2019 }); }", text)
    with pytest.raises(Exception, match="Unexpected token"):
        page.evaluate("() => { acorn.parse('a?.b', { ecmaVersion: 2019 }); }")
    page.close()


def violations(page):
    """What axe finds wrong: the rule and the elements."""
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


def test_axe_finds_nothing_wrong_on_any_tab_nor_with_legend_search_and_card_open(sized):
    sized.evaluate(tool_of_ci("CATCHMENT_AXE", "axe-core"))
    for tab in TABS:
        assert show_tab(sized, tab)
        assert (tab, violations(sized)) == (tab, [])
    sized.evaluate("document.querySelector('.legend').open = true")
    sized.fill("#search input", "区")
    assert violations(sized) == []
    sized.press("#search input", "Escape")
    show_tab(sized, "gaps")
    sized.locator("#sheet tr[data-kind=gap]").first.click()
    assert sized.locator(".card").is_visible()
    assert violations(sized) == []


# --- what is read out


def test_the_page_has_its_landmarks_and_speaks_the_language_it_says(open_page, page_file):
    page = open_page(page_file)
    assert [count_of(page, f"body > {part}") for part in ("header", "main", "footer")] == [1, 1, 1]
    assert count_of(page, "h1") == 1
    assert page.get_by_role("region", name="地图").count() == 1
    assert page.get_by_role("search").count() == 1
    assert page.get_attribute("html", "lang") == "zh-CN"
    page.click("#speak-en")
    assert page.get_attribute("html", "lang") == "en"
    assert page.get_by_role("region", name="Map").count() == 1
    assert page.get_by_role("button", name="Zoom in").count() == 1


def test_every_table_has_a_caption_a_head_and_names_its_rows(open_page, page_file):
    page = open_page(page_file, language="en")
    tables = 0
    for tab in TABS:
        show_tab(page, tab)
        tables += count_of(page, "#sheet table")
        assert all(page.locator("#sheet caption").all_text_contents())
        assert count_of(page, "#sheet table") == count_of(page, "#sheet table > caption")
        assert count_of(page, "#sheet tbody tr") == count_of(page, "#sheet tbody tr > th[scope=row]:first-child")
        assert count_of(page, "#sheet thead th:not([scope=col])") == 0
    assert tables >= 8


def test_a_tab_says_which_it_is_and_names_its_panel(open_page, page_file):
    page = open_page(page_file)
    for tab in TABS:
        show_tab(page, tab)
        assert page.locator("#tabs [aria-selected=true]").evaluate_all("all => all.map(one => one.id)") == [
            f"tab-{tab}"
        ]
        assert page.get_attribute("#sheet", "aria-labelledby") == f"tab-{tab}"
        assert page.locator("#tabs [tabindex='0']").count() == 1


# --- by keyboard alone


def test_a_gap_is_chosen_by_keyboard_and_its_card_is_closed_again(open_page, page_file):
    page = open_page(page_file, language="en")
    tab_to(page, "[role=tab]")
    page.keyboard.press("ArrowRight")
    tab_to(page, "#sheet tr")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert chosen_rows(page) == [("gap", "1")]
    assert count_of(page, "#sheet tr[aria-current=true]") == 1
    assert page.locator(".card").is_visible()
    page.keyboard.press("Escape")
    page.locator(".card").wait_for(state="detached")
    assert chosen_rows(page) == []
    assert page.evaluate("document.activeElement.dataset.index") == "1"


def test_a_site_is_chosen_by_keyboard(open_page, page_file):
    page = open_page(page_file)
    tab_to(page, "[role=tab]")
    for _ in range(TABS.index("sites")):
        page.keyboard.press("ArrowRight")
    tab_to(page, "#sheet tr")
    page.keyboard.press("End")
    page.keyboard.press("Space")
    assert chosen_rows(page) == [("site", page.evaluate("document.activeElement.dataset.index"))]
    assert page.locator(".card h2").is_visible()


def test_a_suggestion_is_chosen_by_keyboard(open_page, page_file):
    page = open_page(page_file)
    tab_to(page, "[role=tab]")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    tab_to(page, "#sheet tr")
    page.keyboard.press("Enter")
    assert chosen_rows(page) == [("suggestion", "0")]


def test_the_first_and_the_last_tab_are_one_key_away(open_page, page_file):
    page = open_page(page_file)
    tab_to(page, "[role=tab]")
    for key, tab in (("End", "sources"), ("ArrowRight", "overview"), ("ArrowLeft", "sources"), ("Home", "overview")):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.id") == f"tab-{tab}"
        assert page.get_attribute(f"#tab-{tab}", "aria-selected") == "true"


def test_a_layer_is_switched_by_keyboard(open_page, page_file):
    page = open_page(page_file)
    assert count_of(page, ".pin") == 2
    page.locator(".legend label", has_text="选址建议").locator("input").evaluate("tick => { tick.id = 'wanted'; }")
    tab_to(page, "#wanted")
    page.keyboard.press("Space")
    assert count_of(page, ".pin") == 0


def test_the_language_is_changed_by_keyboard_and_the_focus_stays(open_page, page_file):
    page = open_page(page_file)
    tab_to(page, "#speak-en")
    page.keyboard.press("Enter")
    assert text_of(page, "#standard").startswith("Standard: city 15 min on foot")
    assert page.evaluate("document.activeElement.id") == "speak-en"


def test_a_name_is_found_and_chosen_by_keyboard(open_page, page_file):
    page = open_page(page_file)
    tab_to(page, "#search input")
    page.keyboard.insert_text("东")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert chosen_rows(page) == [("region", "1")]


def test_a_telephone_that_folds_its_panel_keeps_the_focus_in_view(open_page, page_file):
    page = open_page(page_file, "#gaps", width=PHONE[0], height=PHONE[1])
    tab_to(page, "#grip")
    page.keyboard.press("Enter")
    tab_to(page, "#sheet tr")
    page.keyboard.press("Enter")
    assert page.locator(".card").is_visible()
    assert page.evaluate("document.activeElement.id") == "grip"


def test_whatever_has_the_focus_shows_it(open_page, page_file):
    page = open_page(page_file)
    look = """() => {
        const node = document.activeElement, style = getComputedStyle(node), box = node.getBoundingClientRect();
        const ringed = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
        const across = box.width > 0 && box.right > 0 && box.left < innerWidth;
        return [node.outerHTML.slice(0, 80), ringed && across && box.bottom > 0 && box.top < innerHeight];
    }"""
    for tab in TABS:
        show_tab(page, tab)
        page.evaluate("document.activeElement.blur()")
        stops = []
        for _ in range(120):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            stops.append(page.evaluate(look))
        assert [stop for stop, seen in stops if not seen] == []
        assert 15 < len(stops) < 120


# --- sizes


def test_whatever_can_be_pressed_is_24_px_high_and_wide(sized):
    # A tick inside its label is pressed by the label.
    boxes = """nodes => nodes.filter(node => node.getClientRects().length).map(node => {
        const box = (node.closest("label") || node).getBoundingClientRect();
        return [node.outerHTML.slice(0, 80), box.width, box.height];
    })"""
    sized.evaluate("document.querySelector('.legend').open = true")
    seen = 0
    for tab in TABS:
        show_tab(sized, tab)
        found = sized.locator("button, input, select, textarea, a, summary, [role=button], tr[tabindex]").evaluate_all(
            boxes
        )
        assert [box for box in found if min(box[1:]) < 24] == []
        seen += len(found)
    assert seen > 50


@pytest.mark.parametrize("width", [SMALL_PHONE[0], PHONE[0]])
def test_a_telephone_never_scrolls_sideways(open_page, page_file, language, width):
    page = open_page(page_file, width=width, height=740, language=language)
    wide = """() => [document.documentElement, ...document.querySelectorAll("header, main, main *, footer")]
        .filter(node => node.clientWidth && node.scrollWidth > node.clientWidth && !node.matches(".unseen, svg *"))
        .map(node => node.outerHTML.slice(0, 100))"""
    assert page.evaluate(wide) == []
    for tab in TABS:
        show_tab(page, tab)
        assert (tab, page.evaluate(wide)) == (tab, [])
        assert page.evaluate("document.documentElement.scrollWidth") == width


# --- motion


def test_nothing_moves_for_a_reader_who_asked_for_that(open_page, page_file):
    where = "JSON.stringify(window[document.querySelector('.folium-map').id].getCenter())"
    after = {}
    for calm in (False, True):
        page = open_page(page_file, calm=calm)
        page.focus(".folium-map")
        before = page.evaluate(where)
        page.keyboard.press("ArrowRight")
        soon = page.evaluate(where)
        page.wait_for_timeout(500)
        after[calm] = (before, soon, page.evaluate(where))
    before, soon, late = (json.loads(text)["lng"] for text in after[True])
    assert before < soon == late
    lasting = page.locator("*").evaluate_all(
        "nodes => nodes.filter(node => parseFloat(getComputedStyle(node).transitionDuration) > 0).length"
    )
    assert lasting == 0
