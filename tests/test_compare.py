"""Two runs compared: who gains, who loses, on a street map by head, as a law, and as the page prints it."""

import datetime as dt
import itertools
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from browsing import DESKTOP, PHONE, count_of, show_tab, tab_to, text_of, tool_of_ci
from hypothesis import given
from hypothesis import strategies as st
from pagedata import data_of
from streetmap import street_map
from test_cli import catchment
from test_judge import assess as assess_drawn

from catchment.access.compare import changes, compare_runs
from catchment.access.tables import county_table
from catchment.config import settings_of
from catchment.errors import InputError
from catchment.model import Cause, Change, Regions, Rule, Setting, Sites, Source, Standard
from catchment.outputs.compared import compare_columns, compared_rows, compared_total, comparison_lines, differences
from catchment.outputs.drawing import drawn_cells
from catchment.outputs.figures import printed_figures
from catchment.outputs.maps import coverage_map, write_map
from catchment.outputs.style import whole
from catchment.pipeline.digest import choices_of
from catchment.words import LANGUAGES, say

BOTH, GAINED, LOST, NEITHER = Change
STREET = "A--S----B---C--T---D"
WALK_500 = Rule.walking(7.5, 4.0)
STANDARD = Standard("custom", WALK_500, WALK_500, WALK_500)


def ledger(drawn, letters, *, closed="", moved="", types=None):
    """Sites at letters of a drawing, called by them; a moved one stands a hundred metres north."""
    places = [drawn.letters[letter] for letter in letters]
    points = [(lon, lat + 0.0009 * (letter in moved)) for letter, (lon, lat) in zip(letters, places, strict=True)]
    frame = {
        "site_id": list(letters),
        "name": [f"site {letter}" for letter in letters],
        "type": [(types or {}).get(letter, "township") for letter in letters],
        "status": ["closed" if letter in closed else "open" for letter in letters],
        "county": "",
        "township": "",
        "address": "",
    }
    return Sites(gpd.GeoDataFrame(frame, geometry=shapely.points(points), crs="EPSG:4326"))


@pytest.fixture
def drawn_run(make_run):
    """``drawn_run(sites, closed=..., standard=...)``: four people of the street judged by what counts."""

    def run(letters, *, closed="", moved="", types=None, standard=STANDARD, homes="ABCD", setting=Setting.CITY):
        serving = [letter for letter in letters if letter not in closed]
        people, access, _ = assess_drawn(STREET, "".join(serving), homes, setting, standard=standard)
        sites = ledger(street_map(STREET), letters, closed=closed, moved=moved, types=types)
        counted = np.array([letter in serving for letter in letters])
        return make_run(people=people, access=access, sites=sites, counted=counted, standard=standard, regions=None)

    return run


def found(comparison):
    """The change of each point of people, by its first letter."""
    return "".join(Change(code).name[0] for code in comparison.change)


def site_changes(comparison):
    return {site.site_id: "+".join(site.changes) for site in comparison.sites}


# --- by head: a hundred metres to each letter or dash, and 500 m on foot


def test_closing_a_site_loses_whom_only_it_reached(drawn_run):
    comparison = compare_runs(drawn_run("ST"), drawn_run("ST", closed="T"))
    # S reaches A and B, T reaches C and D.
    assert found(comparison) == "BBLL"
    assert comparison.units.tolist() == [2048, 0, 2048, 0]
    assert site_changes(comparison) == {"T": "closed+changed"}


def test_opening_a_site_gains_whom_no_other_reached(drawn_run):
    comparison = compare_runs(drawn_run("S"), drawn_run("ST"))
    assert found(comparison) == "BBGG"
    assert site_changes(comparison) == {"T": "opened"}
    (site,) = comparison.sites
    assert (site.xy_before, site.after, site.types) == (None, 1, ("", "township"))


def test_one_closed_and_one_opened_are_told_apart_where_the_total_is_the_same(drawn_run):
    comparison = compare_runs(drawn_run("S"), drawn_run("T"))
    assert found(comparison) == "LLGG"
    assert comparison.before_units == comparison.after_units
    assert site_changes(comparison) == {"S": "closed", "T": "opened"}


def test_a_shorter_limit_loses_and_gains_nobody(drawn_run):
    # S has A at 300 m and B at 500 m; the limit is 350 m.
    shorter = Rule.walking(5.25, 4.0)
    comparison = compare_runs(drawn_run("S"), drawn_run("S", standard=Standard("custom", shorter, shorter, shorter)))
    assert found(comparison) == "BLNN"
    assert (comparison.before.standard, comparison.after.standard.city) == (STANDARD, shorter)
    assert comparison.sites == ()


def test_a_site_that_moved_or_changed_its_type_is_named_with_how_far(drawn_run):
    comparison = compare_runs(drawn_run("ST"), drawn_run("ST", moved="S", types={"T": "county"}))
    assert site_changes(comparison) == {"S": "moved", "T": "changed"}
    assert comparison.sites[0].moved_m == pytest.approx(99.5, abs=0.5)
    assert comparison.sites[1].types == ("township", "county")


def test_a_site_that_does_not_count_is_listed_and_dropped_without_serving(drawn_run):
    assert site_changes(compare_runs(drawn_run("S"), drawn_run("ST", closed="T"))) == {"T": "listed"}
    assert site_changes(compare_runs(drawn_run("ST", closed="T"), drawn_run("S"))) == {"T": "dropped"}


def test_a_run_compared_with_itself_changes_nothing(drawn_run):
    comparison = compare_runs(drawn_run("S"), drawn_run("S"))
    assert found(comparison) == "BBNN"
    assert (comparison.sites, comparison.inputs, comparison.settings) == ((), (), ())
    assert "nothing" in list(comparison_lines(comparison, "en"))[1]


# --- what differs, and what may not


def source(role, checksum):
    return Source(role, f"in/{role}-{checksum}", checksum, None)


def test_files_and_settings_that_differ_are_said_in_words(make_run):
    before = make_run(sources=(source("sites", "a"), source("roads", "x")), choices={"roads": "1", "standard": "1"})
    after = make_run(sources=(source("sites", "b"), source("roads", "x"), source("edits", "c")), choices={"roads": "2"})
    comparison = compare_runs(before, after)
    assert (comparison.inputs, comparison.settings) == (("sites", "edits"), ("roads", "standard"))
    assert differences(comparison, "zh") == ["网点台账", "道路假设（封闭、新增）", "道路设置", "测算口径"]


def refused(before, after):
    with pytest.raises(InputError) as caught:
        compare_runs(before, after)
    return caught.value


@pytest.mark.parametrize("field", ["xy", "units", "region"])
def test_other_people_are_refused_with_the_file_that_differs(make_run, field):
    run, role = make_run(), "regions" if field == "region" else "population"
    values = getattr(run.people, field).copy()
    values[0] += 1
    other = replace(run, people=replace(run.people, **{field: values}), sources=(source(role, "b"),))
    problem = refused(replace(run, sources=(source(role, "a"),)), other)
    assert f"in/{role}-a" in problem.text("en")
    assert f"in/{role}-b" in problem.text("en")
    assert say(f"page.role_{role}", "zh") in problem.text("zh")
    assert problem.exit_code == 3


def test_people_calibrated_by_other_settings_are_refused_with_the_settings_to_look_at(make_run):
    run = make_run()
    other = replace(run, people=replace(run.people, units=run.people.units * 2))
    assert "[census]" in refused(run, other).text("zh")


def test_a_file_that_only_one_run_has_is_named_as_none(make_run):
    run = make_run()
    other = replace(
        run, people=replace(run.people, units=run.people.units * 2), sources=(*run.sources, source("census", "c"))
    )
    assert "（无）" in refused(run, other).text("zh")


def test_other_regions_are_refused(make_run):
    run = make_run()
    renamed = replace(run, regions=Regions(run.regions.frame.assign(region_id=["1", "3"])))
    assert refused(run, renamed).word == "error.compare_settings"


def test_people_of_another_setting_are_compared_and_counted(make_run):
    run = make_run()
    setting = run.people.setting.copy()
    setting[0] = Setting.RURAL
    comparison = compare_runs(replace(run, people=replace(run.people, setting=setting)), run)
    assert comparison.resettled_units == 100 * 1024
    assert comparison.by_setting[Setting.CITY].sum() == int(150.5 * 1024)


def test_a_comparison_of_another_run_is_no_part_of_a_page(make_run):
    run = make_run()
    covered = replace(run, access=with_covered(run, range(8)))
    with pytest.raises(InputError, match="compare_runs"):
        coverage_map(run, against=compare_runs(run, covered))


# --- laws


def with_covered(run, points):
    """Access of a run in which exactly these points are covered."""
    inside = np.isin(np.arange(len(run.people)), list(points))
    was = run.access.cause
    return replace(
        run.access, cause=np.where(inside, Cause.COVERED, np.where(was == 0, Cause.TOO_FAR, was)).astype(np.int8)
    )


def with_access(run, access):
    """The run with other people covered, its tables made anew."""
    people, region = run.people, np.array(run.people.region)
    units_of = lambda here: int(people.units[here].sum())  # noqa: E731 - two words long
    causes = {
        cause.name.lower(): [units_of((region == number) & (access.cause == cause)) for number in (0, 1)]
        for cause in Cause
    }
    uncovered = [units_of((region == number) & ~access.covered) for number in (0, 1)]
    by_cause = {cause: units_of(access.cause == cause) for cause in Cause if cause != Cause.COVERED}
    figures = replace(run.totals, covered=units_of(access.covered), uncovered_by_cause=by_cause)
    table = run.by_region.assign(**causes, uncovered=uncovered)
    return replace(run, access=access, totals=figures, by_region=table, gaps=None)


@given(st.sets(st.integers(0, 7)), st.sets(st.integers(0, 7)))
def test_gained_less_lost_is_after_less_before_in_every_region_and_setting(make_run, before, after):
    run = make_run()
    one, other = (replace(run, access=with_covered(run, points)) for points in (before, after))
    comparison, units = compare_runs(one, other), run.people.units
    groups = ((comparison.by_region, run.people.region), (comparison.by_setting, run.people.setting))
    for table, group in groups:
        for number, row in enumerate(table):
            here = group == number
            net = units[here & other.access.covered].sum() - units[here & one.access.covered].sum()
            assert row[GAINED] - row[LOST] == net
            assert row.sum() == units[here].sum()
        assert table.sum(axis=0).tolist() == comparison.units.tolist()


def by_counties(run):
    """The run with a county for each of its regions."""
    table = run.by_region.assign(parent=["甲县", "乙县"])
    return replace(run, by_region=table, by_county=county_table(table))


@pytest.mark.parametrize("counties", [False, True])
@given(before=st.sets(st.integers(0, 7)), after=st.sets(st.integers(0, 7)))
def test_printed_rows_add_up_along_both_sides_and_say_what_other_tables_say(make_run, counties, before, after):
    run = make_run()
    one, other = (with_access(run, with_covered(run, points)) for points in (before, after))
    other = by_counties(other) if counties else other
    comparison, figures = compare_runs(one, other), printed_figures(other)
    block = compare_columns(other, comparison, drawn_cells(other.people, other.access), figures)
    total, parts = block["total"], [block["settings"], block["regions"], *([block["counties"]] if counties else [])]
    assert (total["before"], total["after"]) == (whole(one.totals.covered), figures.covered)
    for rows in parts:
        for name in ("before", "after", "gained", "lost", "net"):
            assert sum(row[name] for row in rows) == total[name]
    for row in (total, *itertools.chain.from_iterable(parts)):
        assert row["before"] + row["gained"] - row["lost"] == row["after"]
        assert row["net"] == row["gained"] - row["lost"]
        assert min(row["before"], row["after"], row["gained"], row["lost"]) >= 0
    assert [row["after"] for row in block["regions"]] == figures.by_region["covered"].tolist()
    assert block["counties"] == (block["regions"] if counties else [])


UNITS = st.lists(st.tuples(*[st.integers(0, 5000)] * 4), min_size=1, max_size=8)


@given(UNITS)
def test_rounded_gains_and_losses_stay_within_two_persons_of_the_exact_ones(units):
    table = np.array(units, np.int64)
    gained, lost = (whole(int(table[:, change].sum())) for change in (GAINED, LOST))
    people = -(-table.sum(axis=1) // 1024) + 1
    after = -(-(table[:, BOTH] + table[:, GAINED]) // 1024)
    rows = compared_rows(table, people=people, after=after, gained=gained, lost=lost)
    assert (int(rows.gained.sum()), int(rows.lost.sum())) == (gained, lost)
    assert (np.abs(rows.gained - table[:, GAINED] / 1024) < 2).all()
    assert (np.abs(rows.lost - table[:, LOST] / 1024) < 2).all()


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=20))
def test_the_other_way_round_gains_are_losses(pairs):
    before, after = np.array(pairs, bool).reshape(-1, 2).T
    swapped = np.array([BOTH, LOST, GAINED, NEITHER], np.int8)
    assert changes(after, before).tolist() == swapped[changes(before, after)].tolist()


# --- the page

# Of the run made by hand (conftest has its people) cells 0, 2 and 4 are covered, before were 1, 2 and 6: 100 and 40
# people gain, 50.5 and 10.5 lose, 30.25 are covered in both.
HAND_GAINED, HAND_LOST, HAND_BOTH = 140, 61, 30.25


@pytest.fixture(scope="module")
def hand_made(make_run):
    """The run made by hand, and its comparison with one of other sites in which others were covered."""
    after = make_run()
    rows = after.sites.frame.iloc[[0, 2]].reset_index(drop=True)
    named = rows.assign(site_id=["a", "z"], name=["县就业之家", "旧街服务点"], status="open")
    # The first stood 0.002 degrees east of where it stands, which is 197 m there.
    was = named.set_geometry(shapely.points([[114.006, 28.016], [114.036, 28.004]]), crs="EPSG:4326")
    before = replace(
        with_access(after, with_covered(after, (1, 2, 6))),
        sites=Sites(was),
        counted=np.array([True, True]),
        date=dt.date(2023, 5, 1),
        standard=Standard("custom", Rule.walking(10, 4.8), Rule.walking(10, 4.8), Rule.by_road(15)),
    )
    return after, compare_runs(before, after)


@pytest.fixture(scope="module")
def page_file(hand_made, tmp_path_factory):
    after, comparison = hand_made
    path = tmp_path_factory.mktemp("compared") / "map.html"
    write_map(after, path, against=comparison)
    return path


def test_the_figures_of_the_run_made_by_hand_are_those_worked_out(hand_made):
    _, comparison = hand_made
    total = compared_total(comparison)
    assert comparison.units.tolist() == [int(people * 1024) for people in (HAND_BOTH, 140, 61, 24.5)]
    # 91.25 before and 170.25 after are 91 and 170 as printed.
    assert [int(values[0]) for values in (total.before, total.after, total.gained, total.lost)] == [91, 170, 140, 61]
    assert site_changes(comparison) == {"a": "moved", "b": "opened", "c": "listed", "z": "closed"}


def test_a_page_carries_one_byte_per_cell_and_none_without_a_comparison(page_file, hand_made, tmp_path):
    payload = data_of(page_file.read_text(encoding="utf-8"))
    # Cells stand in the order of settings, which is their own here but for row 1: 0 1 | 2 3 | 4 5 6 7.
    assert payload["compare"]["state"] == [GAINED, LOST, BOTH, NEITHER, GAINED, NEITHER, LOST, NEITHER]
    write_map(hand_made[0], tmp_path / "plain.html")
    assert data_of((tmp_path / "plain.html").read_text(encoding="utf-8"))["compare"] is None


def test_what_the_public_sees_of_a_comparison_names_no_file(hand_made):
    after, comparison = hand_made
    public = replace(after, profile="public", review_number="赣S（2023）012号", options=None)
    html = coverage_map(public, against=comparison).get_root().render()
    assert "roads.osm.pbf" not in html
    assert data_of(html)["compare"]["total"]["gained"] == HAND_GAINED


def rows_of(page, caption):
    """A table of the sheet by its caption: the texts of its cells, row by row."""
    node = page.locator("#sheet table").filter(has=page.locator("caption", has_text=caption))
    return [row.locator("th, td").all_text_contents() for row in node.locator("tbody tr").all()]


def test_the_page_says_the_same_numbers_as_python(open_page, page_file):
    page = open_page(page_file, "#compare", language="en")
    assert "35.7% → 66.6%, 79 more people" in text_of(page, "#headline")
    assert "140 people gain, 61 lose" in text_of(page, "#headline")
    assert rows_of(page, "By where people live") == [
        ["city", "5133.6%", "10066.4%", "+100", "−51", "+49"],
        ["town", "3061.1%", "3061.1%", "0", "0", "0"],
        ["rural", "1018.8%", "4071.7%", "+40", "−10", "+30"],
        ["Total", "9135.7%", "17066.6%", "+140", "−61", "+79"],
    ]
    assert [row[0] for row in rows_of(page, "By region")] == ["西区", "东区", "Total"]
    assert rows_of(page, "By region")[-1][3:] == ["+140", "−61", "+79"]
    assert {row[1] for row in rows_of(page, "Sites that differ")} == {
        "moved 200 m",
        "opened",
        "new to the ledger, not counted",
        "closed",
    }
    assert "10 min on foot" in text_of(page, "#sheet .runs")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_opens_on_the_comparison_and_keeps_another_view_in_the_address(open_page, page_file, language):
    page = open_page(page_file, language=language)
    pressed = "#views button[aria-pressed=true]"
    assert text_of(page, pressed) == say("compare.view", language)
    legend = page.locator(".legend label").all_text_contents()
    assert say("compare.gained_layer", language) in legend
    page.locator("#views button").first.click()
    assert text_of(page, pressed) == say("whatif.view_now", language)
    assert say("compare.gained_layer", language) not in page.locator(".legend label").all_text_contents()
    page.wait_for_timeout(400)
    assert page.evaluate("location.hash") == "#overview&v=now"
    again = open_page(page_file, "#overview&v=now", language=language)
    assert text_of(again, pressed) == say("whatif.view_now", language)


def colours_at(page, *places):
    """The colours of the ground around each place, 4 px each way; the canvas is read only once."""
    code = """places => {
        const map = window[document.querySelector(".folium-map").id], ground = document.querySelector("canvas.ground");
        const ratio = ground.width / parseFloat(ground.style.width), corner = L.DomUtil.getPosition(ground);
        const all = ground.getContext("2d").getImageData(0, 0, ground.width, ground.height).data;
        return places.map(([lon, lat]) => {
            const at = map.latLngToLayerPoint([lat, lon]).subtract(corner).multiplyBy(ratio).round(), found = [];
            for (let y = at.y - 4; y <= at.y + 4; y++) for (let x = at.x - 4; x <= at.x + 4; x++) {
                const from = 4 * (y * ground.width + x);
                found.push([...all.slice(from, from + 3)]);
            }
            return found;
        });
    }"""
    return [{tuple(pixel) for pixel in pixels} for pixels in page.evaluate(code, places)]


def test_gained_is_blue_lost_is_orange_and_neither_is_grey(open_page, page_file):
    page = open_page(page_file, language="en")
    for name in ("streets", "region outlines", "numbers of the first", "min on foot", "sites that differ"):
        page.locator(".legend label", has_text=name).first.click()
    (gained,), lost, (neither,) = colours_at(page, (114.008, 28.0135), (114.015, 28.015), (114.035, 28.015))
    assert gained == (0x5B, 0x9B, 0xD5)
    assert (0xF2, 0x8E, 0x1C) in lost
    assert max(neither) - min(neither) < 12


def test_regions_and_sites_are_chosen_by_keyboard(open_page, page_file):
    page = open_page(page_file, language="en")
    tab_to(page, "[role=tab]")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") == "tab-compare"
    tab_to(page, "#sheet tr[data-kind=region]")
    page.keyboard.press("Enter")
    assert count_of(page, "#sheet tr[data-kind=region][aria-current=true]") == 1
    tab_to(page, "#sheet tr[data-kind=change]")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert "旧街服务点" in text_of(page, ".card")
    page.keyboard.press("Escape")
    page.locator(".card").wait_for(state="detached")


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_wrong_with_the_comparison(open_page, page_file, size, language):
    page = open_page(page_file, width=size[0], height=size[1], language=language, calm=True)
    page.evaluate(tool_of_ci("CATCHMENT_AXE", "axe-core"))
    show_tab(page, "compare")
    page.evaluate("document.querySelector('.legend').open = true")
    found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")["violations"]
    assert [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]] == []


def test_the_comparison_never_scrolls_a_telephone_sideways(open_page, page_file):
    for language in LANGUAGES:
        page = open_page(page_file, width=360, height=740, language=language)
        show_tab(page, "compare")
        wide = """() => [document.documentElement, ...document.querySelectorAll("main, main *")]
            .filter(node => node.clientWidth && node.scrollWidth > node.clientWidth && !node.matches(".unseen, svg *"))
            .map(node => node.outerHTML.slice(0, 100))"""
        assert page.evaluate(wide) == []


# --- from the command line


def test_map_against_another_project_writes_one_page_and_prints_who_gains(small_demo, tmp_path):
    text = small_demo.read_text(encoding="utf-8")
    shorter = small_demo.with_name("shorter.toml")
    shorter.write_text(text.replace("[siting]", "[standard]\nwalk_minutes = 10\n\n[siting]"), encoding="utf-8")
    done = catchment("map", small_demo, "--against", shorter, "--lang", "en", "--out", "page.html", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    payload = data_of((tmp_path / "page.html").read_text(encoding="utf-8"))
    total = payload["compare"]["total"]
    assert f"{total['gained']:,} people gain, 0 lose" in done.stdout
    assert "standard" in done.stdout
    assert payload["texts"]["en"]["compare"]["differs"] == ["standard"]
    assert total["gained"] > 0
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_every_setting_in_which_runs_may_differ_has_a_name():
    files = {"sites": "a.csv", "roads": "b.pbf", "population": "c.tif"}
    plain = {"inputs": files}
    asked = {
        "inputs": files,
        "population": {"kind": "per_ha"},
        "sites": {
            "repair": True,
            "grid": "EPSG:4548",
            "locate": True,
            "counted_zones": ["经开区"],
            "datum_by_county": {"甲县": "bd09"},
        },
        "targets": {"managed": {"经开区": ["金园街道"]}},
        "siting": {"fill_targets": True, "must_be_street_front": True},
    }
    keys = {key for content in (plain, asked) for key in choices_of(settings_of(content, file="", folder=Path()))}
    assert {"targets", "managed", "counted_zones", "repair", "must_be_street_front"} <= keys
    for key in keys:
        for language in LANGUAGES:
            assert say(f"compare.choice_{key}", language)
