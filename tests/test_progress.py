"""A ledger against the plan's targets: which row a site counts for, and what is lacking and over."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from catchment.access.progress import progress, row_of_name, unit_rows
from catchment.inputs.targets import read_targets
from catchment.model import Regions, Sites

TABLE = """县区,市级,县级,工业园区,乡镇(街道),村(社区),合计
市本级,1,,,,,1
袁州区,,1,1,3,2,7
经开区,,,1,1,,2
合计,1,1,2,4,2,10"""


def targets_of(folder, text=TABLE):
    path = folder / "targets.csv"
    path.write_text(text, encoding="utf-8")
    return read_targets(path)


def ledger(*rows):
    """Sites of (type, status, county, township)."""
    columns = dict(zip(("type", "status", "county", "township"), map(list, zip(*rows, strict=True)), strict=True))
    names = [f"s{number}" for number in range(len(rows))]
    frame = {"site_id": names, "name": names, **columns}
    return Sites(gpd.GeoDataFrame(frame, geometry=shapely.points(np.zeros((len(rows), 2))), crs=4326))


def townships(*rows, **columns):
    """Regions of (code, name, parent), side by side."""
    frame = {field: [row[at] for row in rows] for at, field in enumerate(("region_id", "name", "parent"))}
    boxes = [shapely.box(at, 0, at + 1, 1) for at in range(len(rows))]
    return Regions(gpd.GeoDataFrame({**frame, **columns}, geometry=boxes, crs=4326))


FOUR = (("1", "甲街道", "袁州区"), ("2", "乙镇", "袁州区"), ("3", "丙镇", "袁州区"), ("4", "丁街道", "袁州区"))


def test_every_site_is_counted_once_by_row_type_and_status(tmp_path):
    sites = ledger(
        ("township", "open", "袁州区", "甲街道"),
        ("township", "planned", "宜春市袁州区", "乙镇"),
        ("village", "preparing", "袁州", ""),
        ("village", "closed", "袁州区", ""),
        ("zone", "open", "经开区", ""),
        ("city", "open", "袁州区", ""),
        ("clinic", "open", "袁州区", ""),
        ("village", "open", "外县", ""),
    )
    found = progress(sites, targets_of(tmp_path))
    assert found.site_row.tolist() == [1, 1, 1, 1, 2, 0, 1, -1]
    assert found.done.tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 1, 0], [0, 0, 1, 0, 0]]
    assert found.coming.tolist() == [[0] * 5, [0, 0, 0, 1, 1], [0] * 5]
    assert found.missing.tolist() == [[0] * 5, [0, 1, 1, 2, 2], [0, 0, 0, 1, 0]]
    assert found.lacking.tolist() == [[0] * 5, [0, 1, 1, 1, 1], [0, 0, 0, 1, 0]]
    assert found.uncounted.tolist() == [6, 7]


def test_what_is_beyond_the_target_is_over_and_never_lacking(tmp_path):
    found = progress(ledger(*[("county", "open", "经开区", "")] * 2), targets_of(tmp_path))
    assert found.over.tolist() == [[0] * 5, [0] * 5, [0, 2, 0, 0, 0]]
    assert found.lacking[2].tolist() == [0, 0, 1, 1, 0]


def test_a_township_run_by_a_zone_counts_for_the_zone_whatever_the_ledger_says(tmp_path):
    sites = ledger(
        ("township", "open", "袁州区", "丁街道"),
        ("village", "open", "袁州区", "丁街道"),
        ("county", "open", "袁州区", "丁街道"),
    )
    targets, regions = targets_of(tmp_path), townships(*FOUR)
    plain = progress(sites, targets, regions=regions)
    assert plain.site_row.tolist() == [1, 1, 1]
    # The county's own site stays the county's, though it stands in a township of the zone.
    assert progress(sites, targets, regions=regions, run_by={"经开区": ["丁街道"]}).site_row.tolist() == [2, 2, 1]
    assert progress(sites, targets, run_by={"经开区": ["丁街道"]}).site_row.tolist() == [2, 2, 1]
    assert progress(sites, targets, regions=regions, run_by={"经开区": ["4"]}).site_row.tolist() == [2, 2, 1]
    stated = townships(*FOUR, annex=["", "", "", "经开区"])
    assert progress(sites, targets, regions=stated).site_row.tolist() == [2, 2, 1]


def test_the_list_wins_over_the_column_and_the_column_over_the_county():
    regions = townships(*FOUR, annex=["经开区", "经开区", "", ""])
    row, stated = unit_rows(regions, ("袁州区", "经开区"), run_by={"袁州区": ["乙镇"]})
    assert (row.tolist(), stated.tolist()) == ([1, 0, 0, 0], [True, True, False, False])


def test_a_site_whose_county_says_nothing_counts_where_it_stands(tmp_path):
    sites = ledger(("village", "open", "", ""), ("village", "open", "", ""))
    found = progress(sites, targets_of(tmp_path), regions=townships(*FOUR), site_region=np.array([2, -1], np.int32))
    assert found.site_row.tolist() == [1, -1]


def test_townships_with_a_site_are_known_by_the_ledger_then_by_the_place(tmp_path):
    sites = ledger(
        ("township", "open", "袁州区", "甲街道"),
        ("township", "planned", "袁州区", ""),
        ("township", "closed", "", "丙镇"),
        ("village", "open", "", "丁街道"),
    )
    where = np.array([3, 1, 2, 3], np.int32)
    found = progress(sites, targets_of(tmp_path), regions=townships(*FOUR), site_region=where)
    assert found.has_township_site.tolist() == [True, True, False, False]
    assert found.is_township.all()


def test_a_layer_of_counties_has_no_townships(tmp_path):
    found = progress(
        ledger(("county", "open", "", "")), targets_of(tmp_path), regions=townships(("360902", "袁州区", ""))
    )
    assert (found.unit_row.tolist(), found.is_township.tolist()) == ([1], [False])


def test_a_name_that_fits_two_rows_fits_none():
    assert row_of_name("樟树经开区", ["樟树", "经开区"]) == -1
    assert row_of_name("樟树", ["樟树市", "樟树县"]) == -1
    assert row_of_name("Yuanzhou District", ["Yuanzhou", "Fengxin"]) == 0


def test_every_township_of_the_prefecture_has_the_row_of_the_annex(shared_data):
    annex = read_targets(shared_data / "yichun" / "targets.csv")
    import csv  # noqa: PLC0415 - only here

    with (shared_data / "yichun" / "townships.csv").open(encoding="utf-8-sig") as stream:
        units = [row for row in csv.DictReader(stream) if row["civil_affairs_unit"] == "Y"]
    zones = {}
    for unit in units:
        if unit["seed_row_basis"] == "inferred":
            zones.setdefault(unit["seed_annex_row"], []).append(unit["name"])
    rows = [(unit["township_code"], unit["name"], unit["county"]) for unit in units]
    row, _ = unit_rows(townships(*rows), annex.rows, run_by=zones)
    assert [annex.rows[at] for at in row] == [unit["seed_annex_row"] for unit in units]
    assert np.bincount(row, minlength=14).tolist() == [0, 1, 28, 19, 33, 11, 13, 23, 16, 13, 9, 17, 1, 2]


@pytest.mark.parametrize("shuffled", [[2, 0, 1], [1, 2, 0]])
def test_the_order_of_the_ledger_changes_nothing(tmp_path, shuffled):
    rows = [("township", "open", "袁州区", ""), ("village", "planned", "袁州区", ""), ("zone", "open", "经开区", "")]
    targets = targets_of(tmp_path)
    one, other = progress(ledger(*rows), targets), progress(ledger(*(rows[at] for at in shuffled)), targets)
    assert all((one.by_status[word] == other.by_status[word]).all() for word in one.by_status)
