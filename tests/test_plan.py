"""The plan of a network as data: the presets, what a project takes from a plan, and how slips are answered."""

from pathlib import Path

import pytest

from catchment.config import read_settings
from catchment.errors import InputError, MissingInputError, SettingsError
from catchment.inputs.plan import read_plan
from catchment.inputs.targets import read_targets

DATA = Path(__file__).parents[1] / "data"
YICHUN, ANOTHER = DATA / "yichun" / "plan.toml", DATA / "another-city" / "plan.toml"
INPUTS = '[inputs]\nsites = "a.csv"\nroads = "b.osm.pbf"\npopulation = "c.tif"\n'


def project(folder, plan, more=""):
    (folder / "plan.toml").write_text(plan, encoding="utf-8")
    path = folder / "p.toml"
    path.write_text(f'{INPUTS}plan = "plan.toml"\n{more}', encoding="utf-8")
    return path


def test_the_annex_is_shipped_as_given_and_read_exactly(shared_data):
    assert (DATA / "yichun" / "targets.csv").read_bytes() == (shared_data / "yichun" / "targets.csv").read_bytes()
    annex = read_targets(DATA / "yichun" / "targets.csv")
    assert (len(annex.rows), len(annex.types), annex.total, annex.findings) == (14, 7, 300, ())
    assert annex.counts.sum(axis=0).tolist() == [1, 11, 11, 5, 7, 193, 72]


def test_the_plan_of_yichun_holds_the_units_that_its_rows_are_made_of():
    plan = read_plan(YICHUN)
    assert (len(plan.units), sum(unit.civil for unit in plan.units), plan.findings) == (219, 186, ())
    held = {
        name: sum(unit.civil and unit.row == name for unit in plan.units) for name in ("袁州区", "经开区", "明月山")
    }
    assert held == {"袁州区": 28, "经开区": 1, "明月山": 2}
    inferred = [unit.name for unit in plan.units if unit.inferred and unit.civil]
    assert inferred == ["官园街道", "金园街道", "温汤镇", "洪江镇"]
    assert [(line.row, line.inferred) for line in plan.managed] == [
        ("经开区", True),
        ("宜阳新区", True),
        ("明月山", True),
    ]


def test_every_type_of_the_annex_has_services_a_department_and_a_basis():
    plan = read_plan(YICHUN)
    assert {kind.code for kind in plan.types} == set(read_targets(DATA / "yichun" / "targets.csv").types)
    assert all(kind.services and kind.department and kind.basis for kind in plan.types)
    assert {kind.code for kind in plan.types if not kind.public} == {"zone", "college", "tech"}
    assert {kind.code for kind in plan.types if kind.hotline} == {"city", "county"}
    assert (plan.type_of("zone").department, plan.type_of("college").department) == ("发改", "教体")


def test_what_is_of_no_source_says_so():
    plan = read_plan(YICHUN)
    bases = [plan.names.basis, plan.codes.basis, plan.village_basis, plan.evaluation_basis]
    assert all("待核" in basis for basis in [*bases, *(room.basis for room in plan.rooms)])
    assert plan.award_share == 0.2
    assert sum(item.weight for item in plan.evaluation) == 100


def test_another_city_is_another_file(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(f"{INPUTS}plan = '{ANOTHER}'\n", encoding="utf-8")
    settings = read_settings(path)
    standard = settings.standard.standard()
    assert (standard.city.limit_mm, standard.rural.limit_mm) == (1_000_000, 5_000_000)
    assert read_targets(settings.inputs.targets).total == 10
    assert settings.targets.managed == {"示例新区": ("示例三街道",)}


def test_a_later_year_has_a_table_of_its_own(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(f"{INPUTS}plan = '{ANOTHER}'\n[targets]\nyear = '2025'\n", encoding="utf-8")
    assert read_targets(read_settings(path).inputs.targets).total == 13
    path.write_text(f"{INPUTS}plan = '{ANOTHER}'\n[targets]\nyear = '2031'\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"2031.*2025"):
        read_settings(path)


def test_what_the_project_says_itself_wins_key_by_key(tmp_path):
    plan = (
        'name = "x"\n[standard]\nwalk_minutes = 10\nroad_km = 5\n[targets]\ntable = "t.csv"\n'
        '[[targets.managed]]\nrow = "甲区"\nunits = ["一镇", "二镇"]\ncounts = true\n[types.zone]\npublic = false\n'
    )
    settings = read_settings(project(tmp_path, plan))
    assert (settings.standard.walk_minutes, settings.standard.road_km) == (10, 5)
    assert settings.inputs.targets == tmp_path / "t.csv"
    assert (settings.sites.uncounted_types, settings.sites.counted_zones) == (("zone",), ("甲区",))
    more = '[standard]\nroad_km = 8\n[sites]\nuncounted_types = []\n[targets.rows]\n"乙区" = ["二镇"]\n'
    own = read_settings(project(tmp_path, plan, more))
    assert (own.standard.walk_minutes, own.standard.road_km) == (10, 8)
    assert own.sites.uncounted_types == ()
    assert (own.targets.managed, own.targets.rows) == ({"甲区": ("一镇",)}, {"乙区": ("二镇",)})


@pytest.mark.parametrize(
    ("text", "key", "nearest"),
    [
        ("nmae = 'y'", "nmae", "name"),
        ("[types.county]\nservice = ['a']", "types.county.service", "types.services"),
        ("[[room]]\ntype = 'county'\narea = 3", "room.0.area", "room.area_m2"),
        ("[standard]\nroad_kn = 3", "standard.road_kn", "standard.road_km"),
        ("[[targets.managed]]\nrow = 'a'\nunits = ['b']\ninfered = true", "targets.managed.0.infered", "inferred"),
    ],
)
def test_an_unknown_key_of_a_plan_is_answered_with_its_file_and_the_nearest(tmp_path, text, key, nearest):
    with pytest.raises(SettingsError) as raised:
        read_settings(project(tmp_path, f"name = 'x'\n{text}\n"))
    said = raised.value.text("en")
    assert all(part in said for part in ("plan.toml", key, nearest)), said


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[names]\npatterns = { county = '{street}' }", "{street}"),
        ("[names]\npatterns = { county = '{' }", "{"),
        ("[codes]\ntype_digits = { county = '2', village = '2' }", "2, 2"),
        ("[codes]\ntype_digits = { county = '12' }", "12"),
        ("[[milestone]]\nname = 'm'\ndate = 2024-03-31\nshare = 1.5", "1.5"),
        ("[[milestone]]\nname = 'm'\ndate = 'soon'", "soon"),
        ("[standard]\nroad_km = -1", "-1"),
        ("asked = ['a garden']", "a garden"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_with_what_was_found(tmp_path, text, found):
    with pytest.raises(SettingsError) as raised:
        read_settings(project(tmp_path, f"name = 'x'\n{text}\n"))
    assert "plan.toml" in raised.value.text("zh")
    assert found in raised.value.text("en")


def test_a_plan_that_is_not_there_is_named(tmp_path):
    path = tmp_path / "p.toml"
    path.write_text(f'{INPUTS}plan = "计划.toml"\n', encoding="utf-8")
    with pytest.raises(MissingInputError, match=r"计划\.toml"):
        read_settings(path)


def test_units_are_read_by_their_columns_and_odd_codes_are_said_with_their_cells(tmp_path):
    rows = "说明,,,\n区划代码,名称,任务行,依据\n990101001,甲镇,甲区,推定\n12,乙镇,甲区,\n"
    (tmp_path / "units.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "plan.toml").write_text('name = "x"\n[targets]\nunits = "units.csv"\n', encoding="utf-8")
    plan = read_plan(tmp_path / "plan.toml")
    assert [(unit.code, unit.name, unit.row, unit.inferred) for unit in plan.units] == [
        ("990101001", "甲镇", "甲区", True)
    ]
    (odd,) = plan.findings
    assert (odd.word, odd.facts["cell"], odd.row) == ("finding.plan_unit_code", "A4", 4)


@pytest.mark.parametrize(
    ("rows", "said"),
    [("代码,名称\n990101001,甲\n990101001,乙\n", "A2, A3"), ("甲,乙\n1,2\n", "units.csv")],
)
def test_units_of_one_code_or_without_columns_are_refused(tmp_path, rows, said):
    (tmp_path / "units.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "plan.toml").write_text('name = "x"\n[targets]\nunits = "units.csv"\n', encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_plan(tmp_path / "plan.toml")
