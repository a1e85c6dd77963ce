"""A ledger against a plan: what is late, what has no site, names, codes, the checklist of sites, and services."""

import datetime as dt
import json

import geopandas as gpd
import numpy as np
import pytest
import shapely
from streetmap import street_map

from catchment.access.fit import residents_of_sites, site_fits
from catchment.access.milestones import counts_by_batch, milestone_states
from catchment.access.names import name_checks
from catchment.access.progress import progress
from catchment.access.reach import reach_under_standard
from catchment.access.services import Offer, offers, service_cover
from catchment.access.tables import counted_sites
from catchment.access.units import unit_checks, units_at_hand, units_of_sites, village_proposals
from catchment.inputs.details import has_one
from catchment.inputs.sites import read_sites
from catchment.inputs.targets import read_targets
from catchment.model import (
    UNITS_PER_PERSON,
    CodeRules,
    Milestone,
    NameRules,
    People,
    Plan,
    PlanType,
    PlanUnit,
    Regions,
    Room,
    Rule,
    Setting,
    Sites,
    Standard,
)
from catchment.network.graph import graph
from catchment.outputs.figures import printed_figures
from catchment.outputs.payload import page_payload
from catchment.outputs.plan import plan_lines, plan_record
from catchment.outputs.sheets import sheets

UNITS = (
    PlanUnit("990101001", "甲街道", "示例区", "示例区"),
    PlanUnit("990101002", "乙镇", "示例区", "新区", inferred=True, other_names=("乙乡",)),
    PlanUnit("990102001", "丙镇", "外县"),
    PlanUnit("990101003", "丙镇", "示例区"),
)


def ledger(*rows, **more):
    """Sites of (id, name, type, status, county, township)."""
    fields = ("site_id", "name", "type", "status", "county", "township")
    columns = dict(zip(fields, map(list, zip(*rows, strict=True)), strict=True))
    return Sites(gpd.GeoDataFrame({**columns, **more}, geometry=shapely.points(np.zeros((len(rows), 2))), crs=4326))


def site(name, kind="township", status="open", county="示例区", *, township="", code="S-00000000"):
    return code, name, kind, status, county, township


# ---- dates and batches


def against(tmp_path, sites):
    (tmp_path / "t.csv").write_text("县区,县级,乡镇(街道)\n示例区,1,3\n新区,,2\n", encoding="utf-8")
    return progress(sites, read_targets(tmp_path / "t.csv"))


def test_a_milestone_is_late_once_its_day_has_come_and_shares_are_rounded_up(tmp_path):
    sites = ledger(site("a"), site("b", county="新区"), site("c", status="planned"), site("d", "county", "closed"))
    found = against(tmp_path, sites)
    half = Milestone("半数", dt.date(2024, 3, 31), 0.5, types=("township",))
    all_of_zone = Milestone("新区", dt.date(2024, 4, 1), rows=("新区",))
    first, second = milestone_states(found, [half, all_of_zone], date=dt.date(2024, 3, 31))
    assert (first.due, second.due) == (True, False)
    assert (first.asked.tolist(), first.open.tolist(), first.missing) == ([[0, 2], [0, 1]], [[0, 1], [0, 1]], 1)
    assert (second.asked.tolist(), second.missing) == ([[0, 0], [0, 2]], 1)


def test_more_open_sites_in_one_row_do_not_make_up_for_another(tmp_path):
    found = against(tmp_path, ledger(*[site(name) for name in "abcdef"]))
    (state,) = milestone_states(found, [Milestone("m", dt.date(2024, 1, 1))], date=dt.date(2024, 1, 1))
    assert (state.open.tolist(), state.missing) == ([[0, 3], [0, 0]], 3)


def test_batches_are_counted_as_the_ledger_words_them(tmp_path):
    sites = ledger(
        site("a"), site("b"), site("c"), site("d", status="closed"), batch=["第一批", "", "第一批", "第二批"]
    )
    counts = counts_by_batch(against(tmp_path, sites), sites)
    assert {batch: count.tolist() for batch, count in counts.items()} == {
        "第一批": [[0, 2], [0, 0]],
        "": [[0, 1], [0, 0]],
    }


# ---- units


def test_a_unit_has_the_sites_that_name_it_or_stand_in_it_in_its_county():
    sites = ledger(
        site("1", township="甲街道"),
        site("2", township="乙乡", status="planned"),
        site("3", township="丙镇", county="外县"),
        site("4", kind="village", township="甲街道"),
        site("5", county=""),
    )
    of_site = units_of_sites(sites, UNITS, ["", "", "", "", "990101003"])
    assert of_site.tolist() == [0, 1, 2, 0, 3]
    checks = unit_checks(sites, UNITS, of_site, run_by={"另一区": ["甲街道"]})
    assert [(check.state, check.row) for check in checks] == [
        ("open", "另一区"),
        ("coming", "新区"),
        ("open", "外县"),
        ("open", "示例区"),
    ]


def test_a_township_of_two_counties_is_nobodys_where_the_county_is_not_known():
    assert units_of_sites(ledger(site("1", township="丙镇", county="")), UNITS, [""]).tolist() == [-1]


def test_only_units_of_the_counties_at_hand_are_asked_for():
    assert {unit.county for unit in units_at_hand(UNITS, ["示例"])} == {"示例区"}
    assert len(units_at_hand(UNITS, ["别处"])) == len(UNITS)


def test_villages_of_many_people_without_a_site_are_proposed_by_uncovered_people(make_run):
    run = make_run()
    names = {"region_id": ["990101001001", "990101001002"], "name": ["东村", "西村"], "parent": ["甲街道"] * 2}
    regions = Regions(run.regions.frame.assign(**names))
    nobody = {"site_region": np.full(3, -1, np.int32)}
    ask = (regions, run.people, run.access, run.sites)
    # 190.75 people live in the first, all but 50.75 covered; 65 in the second, all but 34.75.
    first, second = village_proposals(*ask, **nobody, least_people=65)
    assert (first.name, first.people, first.uncovered) == ("东村", 195_328, 51_968)
    assert (second.name, second.uncovered) == ("西村", 35_584)
    assert [one.name for one in village_proposals(*ask, **nobody, least_people=66)] == ["东村"]
    # The second site is a village's.
    assert village_proposals(*ask, site_region=np.array([-1, 0, -1], np.int32), least_people=66) == ()


# ---- names and codes

RULES = Plan(
    "x",
    units=UNITS,
    names=NameRules("就业之家", {"county": "{county}就业之家", "township": "{county}{township}就业之家"}),
    codes=CodeRules(12, {"county": "2", "township": "3", "village": "4"}, 2),
)


def checked(*rows, plan=RULES, **more):
    sites = ledger(*rows, **more)
    return {
        check.site: check for check in name_checks(sites, plan, units_of_sites(sites, plan.units, [""] * len(sites)))
    }


def test_a_site_named_and_numbered_by_the_rules_is_not_listed():
    good = site("示例区甲街道“就业之家”", township="甲街道", code="990101001000301")
    village = site("甲街道东村就业之家", "village", township="甲街道", code="990101001012499")
    county = site("示例区就业之家", "county", code="990101000000201")
    assert checked(good, village, county) == {}


def test_names_are_proposed_where_all_they_ask_is_known():
    found = checked(
        site("乙镇就业之家", township="乙镇", code="990101002000301"),
        site("示例区乙镇服务点", township="乙镇", code="990101002000302"),
        site("驿站", "village", code="990101001000401"),
        site("丁镇就业之家", township="丁镇", code="990101001000303"),
    )
    assert (found[0].words, found[0].name) == (("coded.pattern",), "示例区乙镇就业之家")
    assert (found[1].words, found[1].name) == (("coded.ending",), "示例区乙镇就业之家")
    assert (found[2].words, found[2].name) == (("coded.ending",), "驿站就业之家")
    assert "coded.unit_unknown" in found[3].words


def test_codes_say_what_is_wrong_with_them_and_get_the_first_free_one():
    name = "示例区甲街道就业之家"
    found = checked(
        site(name, township="甲街道"),
        site("示例区乙镇就业之家", township="乙镇", code="990101001000301"),
        site("示例区丙镇就业之家", township="丙镇", code="999999001000301"),
        site("示例区就业之家", "county", code="990101000000401"),
        site("a就业之家", "village", township="甲街道", code="12"),
        site("b就业之家", "village", township="甲街道"),
    )
    assert [found[number].words for number in range(6)] == [
        ("coded.code_missing",),
        ("coded.code_unit",),
        ("coded.code_prefix",),
        ("coded.code_type",),
        ("coded.code_form",),
        ("coded.code_missing",),
    ]
    # 990101001000301 is taken by another site, wrongly.
    assert [found[number].code for number in range(6)] == [
        "990101001000302",
        "990101002000301",
        "990101003000301",
        "990101000000201",
        "990101001000401",
        "990101001000402",
    ]


def test_one_name_for_two_sites_is_said_of_both_and_closed_sites_are_passed_over():
    rows = [site("a就业之家", "village"), site("“a”就业之家", "village"), site("x", "village", "closed")]
    found = checked(*rows, plan=Plan("x", names=NameRules("就业之家")))
    assert {number: check.words for number, check in found.items()} == dict.fromkeys((0, 1), ("coded.name_shared",))


# ---- the checklist


def test_a_site_is_held_against_the_line_for_its_people():
    plan = Plan(
        "x",
        types=(PlanType("county", hotline=True), PlanType("township")),
        rooms=(Room("township", area_m2=60, staff=2), Room("township", 1000, 100, 3, people_per_staff=400)),
        asked=("street_front", "notices"),
    )
    sites = ledger(
        site("a"), site("b"), site("c", "county"), site("d", status="closed"),
        area_m2=[80.0, 80.0, np.nan, 1.0], staff=[2.0, 3.0, 1.0, 1.0], street_front=["yes", "no", "", ""],
        notices=["yes", "", "", ""], way=["way.upgrade", "way.new_building", "", ""], hotline=["", "", "yes", ""],
        complaint=["", "", "no", ""],
    )  # fmt: skip
    catchment = np.array([500, 1500, 0, 0]) * UNITS_PER_PERSON
    residents = np.array([999, 1000, 0, 0]) * UNITS_PER_PERSON
    small, large, county = site_fits(sites, plan, catchment=catchment, residents=residents)
    assert (small.missing(), small.unknown()) == ((), ())
    assert (small.per_staff, small.per_100m2) == (250.0, 625.0)
    assert (large.missing(), large.unknown()) == (("area", "load", "street_front", "way"), ("notices",))
    assert (county.missing(), county.unknown()) == (("complaint",), ("street_front", "notices", "way"))


def test_a_townships_site_is_for_its_township_and_a_countys_for_the_county(make_run):
    run = make_run()
    sites = ledger(site("a"), site("b", "county"), site("c", "village"), site("d"))
    region = np.array([1, 1, 1, -1], np.int32)
    people = residents_of_sites(
        sites, np.full(4, 7), regions=run.regions, by_region=np.array([100, 20]), site_region=region
    )
    assert people.tolist() == [20, 120, 7, 7]


def test_of_a_hotline_only_that_there_is_one_leaves_the_ledger(tmp_path):
    heads = "名称,类型,经度,纬度,统一服务热线,投诉举报方式,公示,服务台账,联系电话"
    row = "甲,县级,114.4,27.8,0795-3271234,12345,无,有,13900001234"
    (tmp_path / "s.csv").write_text(f"{heads}\n{row}\n", encoding="utf-8")
    (row,) = read_sites(tmp_path / "s.csv").frame.to_dict("records")
    assert [row[key] for key in ("hotline", "complaint", "notices", "service_ledger")] == ["yes", "yes", "no", "yes"]
    assert "3271234" not in str(row)
    assert "12345" not in str(row)
    assert has_one("不公示") == "no"


def test_parks_that_run_townships_count():
    sites = ledger(site("a", "zone", county="新区管委会"), site("b", "zone"), site("c", "zone", "planned", "新区"))
    assert counted_sites(sites, counted_zones=("新区",)).tolist() == [True, False, False]


# ---- services

WALK_500 = Rule.walking(7.5, 4.0)
STANDARD = Standard("custom", WALK_500, WALK_500, Rule.by_road(0.9))


def served(offered, counted=(True, True)):
    """Two sites on a street, 200 m from A, 400 m and 300 m from B, 500 m from C, 900 m from D."""
    drawn = street_map("A-S---B--T----C---D")
    setting = np.array([0, 0, 2, 2], np.int8)
    people = People(drawn.points("ABCD").xy, 10 ** np.arange(4), np.arange(4), np.zeros(4, np.int32), setting)
    roads = {mode: graph(drawn.streets, mode) for mode in ("walk", "road")}
    places = [{mode: drawn.places(each, letters) for mode, each in roads.items()} for letters in ("ST", "ABCD")]
    reach = reach_under_standard(people, STANDARD, roads, *places)
    found = [Offer(name, np.array(sites), np.zeros(2, bool)) for name, sites in offered.items()]
    groups = {"青年": np.array([0, 5, 5, 5])}
    return service_cover(found, people, reach, counted=np.array(counted), groups=groups)


def test_whoever_has_one_site_that_offers_it_in_reach_can_get_it_done():
    by_s, by_t, nowhere = served({"a": [True, False], "b": [False, True], "c": [False, False]})
    assert (by_s.covered, by_t.covered, nowhere.covered) == (11, 1110, 0)
    assert by_t.by_setting == {Setting.CITY: (11, 10), Setting.RURAL: (1100, 1100)}
    assert by_t.by_group == {"青年": (15, 15)}
    (both,) = served({"a": [True, True]})
    assert (both.covered, both.sites_count) == (1111, 2)


def test_a_site_that_does_not_count_serves_nobody():
    (only,) = served({"a": [True, True]}, counted=(True, False))
    assert (only.covered, only.sites_count, only.counted_count) == (11, 2, 1)


def test_the_ledger_wins_over_the_type_and_what_it_offers_beyond_the_plan_is_listed():
    plan = Plan("x", types=(PlanType("township", services=("就业援助", "岗位推荐")),))
    sites = ledger(
        site("a"), site("b"), site("c"), site("d", status="planned"),
        services=["", "就业 援助窗口、法律咨询", "法律咨询；社保", ""],
    )  # fmt: skip
    found = {offer.name: (offer.sites.tolist(), int(offer.stated.sum())) for offer in offers(sites, plan)}
    assert found["就业援助"] == ([True, True, False, False], 1)
    assert found["岗位推荐"] == ([True, False, False, False], 0)
    assert found["法律咨询"] == ([False, True, True, False], 2)
    assert "社保" in found


# ---- a whole run


def test_the_demo_shows_every_part_of_its_plan(village_run):
    held = village_run.planned
    assert [state.milestone.name for state in held.milestones] == ["县级网点建成", "九成乡镇（街道）建成", "全面实施"]
    assert [check.unit.name for check in held.units if check.state == "none"] == ["秀江街道"]
    assert held.names
    assert len(held.fit) == len(village_run.sites)
    assert any(fit.missing() for fit in held.fit)
    best = max(held.services, key=lambda one: one.covered)
    assert 0 < best.covered <= village_run.totals.covered
    assert all(one.people == village_run.totals.people for one in held.services)


def test_what_every_counted_site_offers_covers_whom_the_run_covers(village_run):
    held = village_run.planned
    offered = {kind.code for kind in held.plan.types if "就业援助" in kind.services}
    here = village_run.counted & village_run.sites.frame["type"].isin(offered).to_numpy()
    by_them = village_run.access.covered & np.isin(village_run.access.site, np.flatnonzero(here))
    (aid,) = [one for one in held.services if one.name == "就业援助"]
    # Whoever is nearest to such a site has it in reach; others may too.
    assert int(village_run.people.units[by_them].sum()) <= aid.covered


@pytest.mark.parametrize("language", ["zh", "en"])
def test_terminal_record_workbook_and_page_have_the_plan(village_run, language):
    run = village_run.__class__(**{**vars(village_run), "language": language})
    lines = list(plan_lines(run))
    assert len(lines) >= 6
    record = plan_record(run)
    json.dumps(record, allow_nan=False)
    assert record["milestones"][0]["asked_count"] == 2
    names = [sheet.name for sheet in sheets(run, printed_figures(run))]
    wanted = ["计划与节点", "乡镇村网点", "命名编码", "网点体检", "分事项覆盖"]
    if language == "zh":
        assert [name for name in names if name in wanted] == wanted
    page = page_payload(run)
    assert [row["name"] for row in page["plan"]["services"]] == [one.name for one in run.planned.services]
    assert len(page["plan"]["fit"]) == len(run.sites)
    assert len(page["texts"]["zh"]["plan"]) == 3


def test_the_public_sees_nothing_of_the_plan(village_run):
    run = village_run.__class__(**{**vars(village_run), "profile": "public"})
    assert list(plan_lines(run)) == []
    assert plan_record(run) is None
    assert page_payload(run)["plan"] is None
