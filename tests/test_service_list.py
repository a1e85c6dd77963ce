"""The list of service points: the ledger's rows in order, for everybody, as text that is only text."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from test_map import HOSTILE, LITERAL

from catchment.inputs.sites import read_sites
from catchment.model import Sites
from catchment.outputs.service_list import service_list, service_points, write_service_list


class Reader(HTMLParser):
    """Headings, rows of cells and attributes of a page."""

    def __init__(self, html):
        super().__init__()
        self.heads, self.rows, self.tags, self.attributes, self._into = [], [], set(), [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
        if tag == "h2":
            self.heads.append("")
        self._into = tag

    def handle_data(self, data):
        if self._into in ("th", "td"):
            self.rows[-1][-1] += data
        if self._into == "h2":
            self.heads[-1] += data

    def handle_endtag(self, _tag):
        self._into = None


def with_services(run, *services):
    return replace(run, sites=Sites(run.sites.frame.assign(services=list(services))))


def test_the_list_is_the_ledger_by_region_then_type(make_run):
    run = with_services(make_run(), "社保办理；求职登记", "", "招聘会")
    page = Reader(service_list(run, "zh"))
    assert page.heads == ["西区", "东区"]
    heads = ["名称", "类型", "地址", "区域", "服务事项", "开放状态"]
    assert page.rows == [
        heads,
        ["县就业之家", "县级", "中心路1号", "", "社保办理；求职登记", "已建成"],
        heads,
        ["园区驿站", "工业园区", "", "", "招聘会", "规划"],
        ["东村服务点", "村（社区）等", "", "", "", "已建成"],
    ]


def test_a_region_with_a_county_stands_in_its_section(make_run):
    run = make_run()
    regions = replace(run.regions, frame=run.regions.frame.assign(parent=["某县", "某县"]))
    points = service_points(replace(run, regions=regions))
    assert [(point.county, point.region, point.name) for point in points] == [
        ("某县", "西区", "县就业之家"),
        ("某县", "东区", "园区驿站"),
        ("某县", "东区", "东村服务点"),
    ]


def test_every_region_of_a_county_has_a_link_to_where_it_begins(make_run):
    run = make_run()
    regions = replace(run.regions, frame=run.regions.frame.assign(parent=["某县", "某县"]))
    html = service_list(replace(run, regions=regions), "zh")
    assert re.findall(r'href="#(.+?)">(.+?)<', html) == [
        ("r1", "某县 3"),
        ("r1-1", "西区 1"),
        ("r1-2", "东区 2"),
    ]
    assert re.findall(r'<tr id="(.+?)"><th scope="row">(.+?)<', html) == [("r1-1", "县就业之家"), ("r1-2", "园区驿站")]


def test_sites_outside_every_region_come_last_with_the_county_of_the_ledger(make_run):
    run = make_run(site_region=np.array([-1, 1, -1], np.int32))
    frame = run.sites.frame.assign(county=["外县", "", ""], township=["外镇", "", ""])
    points = service_points(replace(run, sites=Sites(frame)))
    assert [(point.county, point.region) for point in points] == [("东区", ""), ("外县", "外镇"), ("", "")]


def test_the_order_does_not_hang_on_the_order_of_the_ledger(make_run):
    run = with_services(make_run(), "a", "b", "c")
    turned = replace(run, sites=Sites(run.sites.frame.iloc[::-1]), site_region=run.site_region[::-1])
    assert service_points(turned) == service_points(run)


def test_hostile_text_in_the_list_is_only_text(make_run, tmp_path):
    run = with_services(make_run(HOSTILE, name=HOSTILE[1], language="en"), *HOSTILE)
    write_service_list(run, tmp_path / "list.html")
    page = Reader((tmp_path / "list.html").read_text(encoding="utf-8"))
    assert "script" not in page.tags
    assert "img" not in page.tags
    assert not [name for name, _ in page.attributes if name.startswith("on") or name == "src"]
    assert {row[0] for row in page.rows if row[0] != "Name"} == set(LITERAL)
    assert {row[4] for row in page.rows if row[0] != "Name"} == set(LITERAL)


def test_the_list_opens_with_its_style_and_a_silent_console(make_run, tmp_path, browser):
    write_service_list(make_run(), tmp_path / "便民 清单.html")
    page, messages = browser.new_page(), []
    page.on("console", lambda message: messages.append(message.text))
    page.goto((tmp_path / "便民 清单.html").absolute().as_uri())
    assert messages == []
    assert "演示县 便民清单" in page.text_content("h1")
    assert "共 3 个网点（截至2024-05-01）" in page.text_content("header")
    links = page.locator("a").evaluate_all("all => all.map(node => node.getAttribute('href'))")
    ids = page.locator("h2[id]").evaluate_all("all => all.map(node => node.id)")
    assert links == [f"#{name}" for name in ids] == ["#r1", "#r2"]
    page.close()


@pytest.mark.parametrize(("language", "tag"), [("zh", 'lang="zh-CN"'), ("en", 'lang="en"')])
def test_the_list_says_its_language_and_loads_nothing(make_run, language, tag):
    html = service_list(make_run(), language)
    assert tag in html
    assert "default-src 'none'" in html
    assert not re.search(r"https?://|<script|<img|url\(", html)


@pytest.mark.parametrize("header", ["服务事项", "服务项目（可办）", "service_items", "Services", "业务范围"])
def test_service_items_are_read_and_persons_are_not(tmp_path, header):
    table = f"名称,经度,纬度,{header},联系人,服务电话\n甲,114.4,27.8,求职登记 13900001234,张三,0795-1234567\n"
    (tmp_path / "a.csv").write_text(table, encoding="utf-8")
    sites = read_sites(tmp_path / "a.csv")
    (services,) = sites.frame["services"]
    assert services.startswith("求职登记")
    everything = sites.frame.drop(columns="geometry").to_csv()
    assert not [secret for secret in ("13900001234", "张三", "1234567") if secret in everything]


def test_a_ledger_without_service_items_has_none(tmp_path):
    (tmp_path / "a.csv").write_text("名称,经度,纬度\n甲,114.4,27.8\n", encoding="utf-8")
    assert read_sites(tmp_path / "a.csv").frame["services"].tolist() == [""]
