"""The kept register: two quarters by head, laws of registering, the file, the command, a run."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catchment.apps.cli import serve_command_line
from catchment.config import read_settings
from catchment.errors import InputError
from catchment.geo.datum import gcj02_from_wgs84
from catchment.inputs.kinds import type_of
from catchment.inputs.register import matched, registered, with_register_ids
from catchment.inputs.register_file import read_register, write_register
from catchment.model import Sites, SiteType
from catchment.model.register import Registered
from catchment.pipeline.read import read_inputs

# 100 m north, and 100 m east at 28 degrees.
NORTH, EAST = 100 / 110_850, 100 / 98_370


def sites_of(*rows):
    """Rows of (site_id, county, type, name, lon, lat) and perhaps a status."""
    rows = [(*row, "open")[:7] for row in rows]
    names = ("site_id", "county", "type", "name", "lon", "lat", "status")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    places = gpd.points_from_xy(columns.pop("lon"), columns.pop("lat"), crs="EPSG:4326")
    return Sites(gpd.GeoDataFrame(columns, geometry=places))


def quarter_after(sites, register=()):
    return registered(matched(sites, register), sites, register)


FIRST = (
    ("1", "袁州区", "township", "秀江街道就业之家", 114.38, 27.80),
    ("2", "袁州区", "township", "灵泉街道就业之家", 114.40, 27.80),
    ("3", "袁州区", "township", "官园街道就业之家", 114.42, 27.80),
    ("4", "袁州区", "township", "凤凰街道就业之家", 114.44, 27.80),
    ("5", "袁州区", "township", "金园街道就业之家", 114.46, 27.80),
    ("6", "袁州区", "township", "下浦街道就业之家", 114.48, 27.80),
    ("360902113000301", "袁州区", "township", "彬江镇就业之家", 114.20, 27.80),
    ("8", "樟树市", "township", "秀江街道就业之家", 115.50, 28.00),
)


def test_two_quarters_with_each_kind_of_change():
    register = quarter_after(sites_of(*FIRST))
    ids = {(one.county, one.name[:2]): one.id for one in register}
    assert ids["袁州区", "彬江"] == "360902113000301"
    shifted = gcj02_from_wgs84(np.array([[114.46, 27.80]]))[0].tolist()
    second = sites_of(
        # Another row number, another spelling, the same place to a metre: the same.
        ("7", "袁州区", "township", "袁州区秀江街道办事处“5+2就业之家”", 114.38 + EAST / 100, 27.80),
        # Another name at the same place: renamed.
        ("1", "袁州区", "township", "灵泉零工驿站", 114.40, 27.80),
        # The same name, 2 km away: moved.
        ("2", "袁州区", "township", "官园街道就业之家", 114.42, 27.80 + 20 * NORTH),
        # The same name, 150 m away: corrected.
        ("3", "袁州区", "township", "凤凰街道就业之家", 114.44, 27.80 + 1.5 * NORTH),
        # The same name, as far away as one datum from another: corrected.
        ("4", "袁州区", "township", "金园街道就业之家", *shifted),
        # Now of the type of its county, at the same place.
        ("5", "袁州区", "county", "下浦街道就业之家", 114.48, 27.80),
        # 彬江镇 is missing: closed. 秀江街道 of 樟树 is another one than that of 袁州.
        ("6", "樟树", "township", "秀江街道就业之家", 115.50, 28.00),
        ("8", "樟树", "township", "大桥街道就业之家", 115.60, 28.00),
    )
    found = matched(second, register)
    kinds = {match.id: match.kinds for match in found.matches}
    new = next(match.id for match in found.matches if match.kinds == ("new",))
    assert new not in {one.id for one in register}
    assert kinds == {
        ids["袁州区", "秀江"]: ("same",),
        ids["袁州区", "灵泉"]: ("renamed",),
        ids["袁州区", "官园"]: ("moved",),
        ids["袁州区", "凤凰"]: ("corrected",),
        ids["袁州区", "金园"]: ("corrected",),
        ids["袁州区", "下浦"]: ("retyped",),
        ids["袁州区", "彬江"]: ("closed",),
        ids["樟树市", "秀江"]: ("same",),
        new: ("new",),
    }
    assert found.doubts == ()
    after = {one.id: one for one in registered(found, second, register)}
    assert after[ids["袁州区", "灵泉"]].former_names == ("灵泉街道就业之家",)
    assert not after["360902113000301"].open
    # The third quarter: it opens again, and the old name of another one is used once more.
    third = sites_of(
        ("1", "袁州区", "township", "彬江镇就业之家", 114.20, 27.80),
        ("2", "袁州区", "township", "灵泉街道就业之家", 114.41, 27.80),
    )
    kinds = {match.id: match.kinds for match in matched(third, tuple(after.values())).matches}
    assert kinds["360902113000301"] == ("reopened",)
    assert kinds[ids["袁州区", "灵泉"]] == ("renamed", "moved")


def test_a_row_the_ledger_itself_calls_closed_is_closed():
    register = quarter_after(sites_of(FIRST[0]))
    assert matched(sites_of((*FIRST[0], "closed")), register).matches[0].kinds == ("closed",)


def test_the_ledger_of_one_county_leaves_the_others_alone():
    register = quarter_after(sites_of(*FIRST))
    only = sites_of(*FIRST[:6])
    kinds = {match.before.name[:2] + match.before.county: match.kinds for match in matched(only, register).matches}
    assert (kinds["秀江樟树市"], kinds["彬江袁州区"]) == (("same",), ("closed",))
    assert {one.county: one.open for one in quarter_after(only, register)}["樟树市"]


def test_a_running_number_is_no_id_even_where_it_was_taken_for_one():
    register = (Registered("2", "袁州区", "township", "灵泉街道就业之家", 114.40, 27.80),)
    found = matched(sites_of(("2", "袁州区", "township", "秀江街道就业之家", 114.38, 27.80)), register)
    assert [match.kinds for match in found.matches] == [("closed",), ("new",)]
    assert found.doubts == ()


def test_what_fits_several_is_asked_and_neither_closed_nor_changed():
    register = (
        Registered("A", "袁州区", "village", "幸福社区", 114.38, 27.80),
        Registered("B", "袁州区", "village", "和平社区", 114.38, 27.80 + 0.2 * NORTH),
    )
    # Between the two, and called neither.
    ledger = sites_of(("1", "袁州区", "village", "团结社区", 114.38, 27.80 + 0.1 * NORTH))
    found = matched(ledger, register)
    assert [(doubt.site, doubt.ids, doubt.reason) for doubt in found.doubts] == [(0, ("A", "B"), "several")]
    assert found.matches == ()
    assert registered(found, ledger, register) == register
    # The name among the former names of one of them is the answer.
    answered = (
        Registered("A", "袁州区", "village", "幸福社区", 114.38, 27.80, former_names=("团结社区",)),
        register[1],
    )
    assert [match.kinds for match in matched(ledger, answered).matches] == [("renamed", "corrected"), ("closed",)]


def test_the_id_of_a_missing_site_under_another_name_elsewhere_is_asked():
    register = quarter_after(sites_of(FIRST[6]))
    found = matched(sites_of(("360902113000301", "袁州区", "township", "温汤镇就业之家", 114.1, 27.7)), register)
    assert [(doubt.ids, doubt.reason) for doubt in found.doubts] == [(("360902113000301",), "same_id")]


def test_of_two_of_one_name_each_stays_where_it_is():
    twins = (("1", "", "village", "新村", 114.38, 27.80), ("2", "", "village", "新村", 114.38, 27.81))
    register = quarter_after(sites_of(*twins))
    at = {one.lat: one.id for one in register}
    found = matched(sites_of(*twins[::-1]), register)
    assert {match.kinds for match in found.matches} == {("same",)}
    # One of them moves: the other is where it was, so it is the one that is left.
    moved = sites_of(twins[0], ("2", "", "village", "新村", 114.50, 27.81))
    assert {match.id: match.kinds for match in matched(moved, register).matches} == {
        at[27.80]: ("same",),
        at[27.81]: ("moved",),
    }
    # Two rows that nothing tells apart are not registered.
    same = sites_of(twins[0], ("2", *twins[0][1:]))
    assert [doubt.reason for doubt in matched(same, ()).doubts] == ["repeated", "repeated"]


rows = st.tuples(
    st.sampled_from(["甲县", "乙县"]),
    st.sampled_from(["township", "village"]),
    st.sampled_from(["东", "西", "南", "北", "“东”社区"]),
    st.sampled_from([114.0, 114.0001, 114.0004, 114.01]),
    st.sampled_from(["open", "closed"]),
)
ledgers = st.lists(st.tuples(rows, st.sampled_from(["", "C-1", "C-2", "C-3"])), max_size=7)


def drawn(ledger):
    used, listed = set(), []
    for number, ((county, kind, name, lon, status), code) in enumerate(ledger):
        own = code if code and code not in used else str(number + 1)
        used.add(own)
        listed.append((own, county, kind, name, lon, 28.0, status))
    return listed


@settings(max_examples=60)
@given(ledgers, ledgers)
def test_registering_twice_changes_nothing(first, second):
    register = quarter_after(sites_of(*drawn(first)))
    sites = sites_of(*drawn(second))
    once = quarter_after(sites, register)
    assert quarter_after(sites, once) == once
    ids = [one.id for one in once]
    assert len(set(ids)) == len(ids)
    assert {one.id for one in register} <= set(ids)


@settings(max_examples=50)
@given(ledgers, ledgers, st.randoms())
def test_the_order_of_rows_leaves_no_trace(first, second, random):
    register = quarter_after(sites_of(*drawn(first)))
    listed = drawn(second)
    shuffled = list(listed)
    random.shuffle(shuffled)
    one, other = (quarter_after(sites_of(*these), register) for these in (listed, shuffled))
    assert one == other
    # Each row is matched or doubted once, and each site of the register told once.
    found = matched(sites_of(*listed), register)
    at = [match.site for match in found.matches if match.site >= 0] + [doubt.site for doubt in found.doubts]
    assert sorted(at) == list(range(len(listed)))
    known = with_register_ids(sites_of(*listed), found).frame["site_id"].tolist()
    assert known == sorted(set(known))


def test_the_file_gives_back_what_was_written(tmp_path):
    register = (
        Registered("A,1", "袁州区", "township", '=1+1 "甲"', 114.3820631, 27.8032221, former_names=("旧", "更旧")),
        Registered("B", "", "none", "-乙", 114.5, 27.9, open=False),
        Registered("C", "", "社区卫生服务中心", "＝丙", -1.5, 0.0),
    )
    write_register(register, tmp_path / "网点编码库.csv")
    assert read_register(tmp_path / "网点编码库.csv") == register
    raw = (tmp_path / "网点编码库.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert ",'=1" not in raw.decode("utf-8-sig") or "\"'=1+1" in raw.decode("utf-8-sig")
    for kind in SiteType:
        write_register([Registered("A", "", kind, "甲", 1.0, 2.0)], tmp_path / "one.csv")
        assert type_of(kind) == kind
        assert read_register(tmp_path / "one.csv")[0].type == kind


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("3.60902E+14,,镇,甲,,114,28,在用", "3.60902E+14"),
        (",,镇,甲,,114,28,在用", "网点编码"),
        ("A,,镇,甲,,114,x,在用", "纬度"),
        ("A,,镇,甲,,114,28,?", "状态"),
        ("A,,镇,甲,,114,28,在用\nA,,镇,乙,,114,28,在用", "more than once"),
    ],
)
def test_a_register_that_cannot_be_meant_is_refused_with_row_and_column(tmp_path, line, said):
    path = tmp_path / "网点编码库.csv"
    path.write_text(f"网点编码,区县,类型,名称,曾用名,经度,纬度,状态\n{line}\n", encoding="utf-8-sig")
    with pytest.raises(InputError, match=said.replace("+", r"\+").replace("?", r"\?")):
        read_register(path)
    path.write_text("名称,经度\n甲,1\n", encoding="utf-8-sig")
    with pytest.raises(InputError, match="网点编码"):
        read_register(path)


def test_a_run_takes_the_ids_of_the_register_and_says_what_changed(small_demo, tmp_path):
    before = read_inputs(read_settings(small_demo)).sites
    path = tmp_path / "网点编码库.csv"
    entries = registered(matched(before, ()), before, ())
    first = entries[0]
    own = [Registered("Z-1", *[getattr(first, name) for name in ("county", "type", "name", "lon", "lat")])]
    write_register([*own, *entries[2:]], path)
    overrides = {"sites": {"datum": "gcj02", "register": str(path)}}
    after = read_inputs(read_settings(small_demo, overrides=overrides)).sites
    ids = after.frame["site_id"].tolist()
    assert ids == sorted(ids)
    assert after.frame.set_index("site_id")["name"]["Z-1"] == first.name
    changes = next(one for one in after.findings if one.word == "finding.register_changes")
    assert changes.facts["new"] == 1
    path.unlink()
    with pytest.raises(InputError, match="register"):
        read_inputs(read_settings(small_demo, overrides=overrides))


def ledger_file(path, *rows):
    lines = ["序号,区县,类型,名称,经度,纬度", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_command_shows_and_writes_only_on_request(tmp_path, monkeypatch, capsys):
    ledger, register = tmp_path / "网点.csv", tmp_path / "网点编码库.csv"

    def said(*arguments):
        monkeypatch.setattr("sys.argv", ["catchment", "register", str(ledger), "--register", str(register), *arguments])
        try:
            serve_command_line(tmp_path / "cache")
        except SystemExit as end:
            assert end.code in (0, None)  # noqa: PT017 - every command ends so
        return capsys.readouterr().out

    former = (1, "袁州区", "乡镇", "秀江街道就业之家", 114.38, 27.80)
    ledger_file(ledger, former, (2, "袁州区", "乡镇", "彬江镇", 114.2, 27.8))
    assert "2 new" in said("--lang", "en")
    assert not register.exists()
    assert "新增 2" in said("--lang", "zh", "--write")
    known = {one.name: one.id for one in read_register(register)}
    moved = (1, "袁州区", "乡镇", "彬江镇就业之家", 114.2, 27.9)
    ledger_file(ledger, moved, (2, "袁州区", "乡镇", "灵泉", 114.38, 27.8))
    text = said("--lang", "en", "--write")
    assert f"renamed: {known['秀江街道就业之家']} 灵泉 (was 秀江街道就业之家)" in text
    # A tenth of a degree of latitude.
    assert f"moved: {known['彬江镇']} 彬江镇就业之家 (by 1108" in text
    assert "2 same, 0 new" in said("--lang", "en", "--write")
