"""Why other people are covered: shares by head, by law, and on two quarters and two dates of real roads."""

import datetime as dt
import hashlib
import json
from dataclasses import replace
from itertools import permutations

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from typer.testing import CliRunner

from catchment.access.ledgers import ledger_changes, same_sites
from catchment.access.shares import shared_change
from catchment.apps.cli import command_line
from catchment.config import read_settings, settings_of
from catchment.errors import InputError, MissingInputError
from catchment.model import UNITS_PER_PERSON, Attribution, ChangeCause, ComparedRun, Rule, Sites, Standard
from catchment.outputs.causes import cause_lines, cause_record, cause_sheets, printed_causes
from catchment.outputs.record import write_record
from catchment.outputs.style import whole
from catchment.pipeline.assess import assess
from catchment.pipeline.causes import attribute_change, read_side
from catchment.pipeline.read import read_inputs
from catchment.pipeline.runs import read_run

OPENED, CLOSED, MOVED, CORRECTED, NETWORK, POPULATION, STANDARD = ChangeCause

mixtures = st.integers(1, 4).flatmap(
    lambda causes: hnp.arrays(
        np.int64, st.tuples(st.just(2**causes), st.integers(1, 4)), elements=st.integers(0, 10**9)
    )
)


# --- shares


def by_every_order(values):
    """The oracle: what each cause changes, averaged over every order, as exact fractions times the orders."""
    causes = len(values).bit_length() - 1
    total = np.zeros((values.shape[1], causes), object)
    orders = list(permutations(range(causes)))
    for order in orders:
        came = 0
        for cause in order:
            total[:, cause] += values[came | 1 << cause] - values[came]
            came |= 1 << cause
    return total, len(orders)


@hypothesis_settings(max_examples=40)
@given(mixtures)
def test_shares_sum_exactly_and_are_within_a_unit_of_the_mean_over_every_order(values):
    shares = shared_change(values)
    assert (shares.sum(axis=1) == values[-1] - values[0]).all()
    total, orders = by_every_order(values)
    assert (np.abs(shares * orders - total) < orders).all()


def test_a_cause_that_changes_nothing_has_nothing_and_one_alone_has_all():
    # Bit 0 adds 7 whatever else came; bit 1 adds nothing.
    assert shared_change(np.array([[3], [10], [3], [10]])).tolist() == [[7, 0]]
    assert shared_change(np.array([[3, 5]])).tolist() == [[], []]


# --- ledgers, by head


def ledger(*rows):
    """Sites of (id, name, longitude, address, status)."""
    ids, names, lons, addresses, statuses = map(list, zip(*rows, strict=True))
    frame = {
        "site_id": ids,
        "name": names,
        "type": "village",
        "status": statuses,
        "county": "甲县",
        "address": addresses,
    }
    return Sites(gpd.GeoDataFrame(frame, geometry=shapely.points(lons, 28.0), crs="EPSG:4326"))


def causes(before, after, **options):
    counted = [np.array([(sites.frame["status"] == "open").to_numpy(bool)] * 2) for sites in (before, after)]
    found = ledger_changes(before, after, counted_before=counted[0], counted_after=counted[1], **options)
    return [[None if code < 0 else ChangeCause(code).name for code in side] for side in (found.before, found.after)]


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ((114.0, "一路1号", "open"), (114.0, "一路1号", "open"), None),
        ((114.0, "一路1号", "planned"), (114.0, "一路1号", "open"), "OPENED"),
        ((114.0, "一路1号", "open"), (114.0, "一路1号", "closed"), "CLOSED"),
        ((114.0, "一路1号", "open"), (114.1, "二路2号", "open"), "MOVED"),
        ((114.0, "一路1号", "open"), (114.1, "一路1号", "open"), "CORRECTED"),
        ((114.0, "", "open"), (114.1, "", "open"), "MOVED"),
        ((114.0, "", "open"), (114.000001, "", "open"), "CORRECTED"),
        ((114.0, "一路1号", "planned"), (114.1, "二路2号", "planned"), None),
    ],
)
def test_what_became_of_a_site(old, new, cause):
    assert causes(ledger(("a", "甲", *old)), ledger(("a", "甲", *new))) == [[cause], [cause]]


def test_without_an_address_another_datum_is_a_correction():
    before, after = (ledger(("a", "甲", lon, "", "open")) for lon in (114.0, 114.005))
    assert causes(before, after, other_datum=True) == [["CORRECTED"], ["CORRECTED"]]


def test_a_site_whose_id_is_made_of_its_place_is_known_again_by_county_type_and_name():
    before = ledger(("x1", "甲", 114.0, "", "open"), ("x2", "乙", 114.1, "", "open"), ("x3", "丙", 114.2, "", "open"))
    after = ledger(("y1", "甲", 114.01, "", "open"), ("y2", "丙", 114.2, "", "open"), ("y3", "丙", 114.3, "", "open"))
    # Two are called 丙 after: nobody can say which is which.
    assert same_sites(before, after) == [(0, 0)]
    assert causes(before, after) == [["MOVED", "CLOSED", "CLOSED"], ["MOVED", "OPENED", "OPENED"]]


def test_a_ledger_in_which_nothing_has_come_is_the_one_before():
    before = ledger(("a", "甲", 114.0, "", "open"), ("b", "乙", 114.1, "", "open"))
    after = ledger(("b", "乙", 114.1, "", "open"), ("c", "丙", 114.2, "", "open"))
    counted = np.ones((2, 2), bool)
    found = ledger_changes(before, after, counted_before=counted, counted_after=counted)
    rows = ["a", "b before", "b", "c"]
    kept = {key: [row for row, here in zip(rows, found.kept(came), strict=True) if here] for key, came in CAME.items()}
    assert kept == {"none": ["a", "b"], "opened": ["a", "b", "c"], "all": ["b", "c"]}


CAME = {"none": [], "opened": [OPENED], "all": [OPENED, CLOSED]}


# --- two quarters of the demo


def edited(project, folder, edit):
    """A copy of a project whose ledger is edited: ``edit(rows)``, a row being a dictionary of cells by column."""
    folder.mkdir()
    for path in project.parent.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    book = openpyxl.load_workbook(folder / "sites.xlsx")
    sheet = book.active
    rows = {sheet.cell(row, 2).value: row for row in range(3, sheet.max_row + 1)}
    for code, column, value in edit:
        sheet.cell(rows[code], column).value = value
    book.save(folder / "sites.xlsx")
    return folder / project.name


QUARTER = (
    ("360902103000311", 10, "已建成"),
    ("360902007000404", 10, "已关闭"),
    ("360902010000309", 7, "经开区金园街道新址1号"),
    ("360902010000309", 8, 114.401),
    ("360902007000308", 8, 114.381),
)
"""Opened, closed, moved (another address and longitude), corrected (another longitude)."""


@pytest.fixture(scope="module")
def quarters(small_demo, tmp_path_factory):
    folder = tmp_path_factory.mktemp("quarters")
    return small_demo, edited(small_demo, folder / "second", QUARTER)


@pytest.fixture(scope="module")
def quarter_change(quarters):
    return attribute_change(*(read_side(read_settings(path)) for path in quarters))


def test_the_sites_of_the_second_quarter_are_told_apart(quarter_change):
    assert quarter_change.causes == (OPENED, CLOSED, MOVED, CORRECTED)
    assert [(cause, site) for cause, site, _ in quarter_change.sites] == [
        (OPENED, "360902103000311"),
        (CLOSED, "360902007000404"),
        (MOVED, "360902010000309"),
        (CORRECTED, "360902007000308"),
    ]
    opened, closed, *_ = quarter_change.change.sum(axis=0)
    assert opened > 0 > closed


def test_shares_of_the_quarter_sum_to_what_two_runs_say_by_region(quarters, quarter_change):
    for at, path in enumerate(quarters):
        settings = read_settings(path, overrides={"siting": {"budget": None}})
        run = assess(read_inputs(settings), settings)
        assert quarter_change.covered[:, at].tolist() == run.by_region["covered"].tolist()
        assert quarter_change.people[:, at].tolist() == run.by_region["people"].tolist()
    net = quarter_change.covered[:, 1] - quarter_change.covered[:, 0]
    assert (quarter_change.change.sum(axis=1) == net).all()


def test_every_cause_at_once_sums_exactly(small_demo, quarters, tmp_path):
    """People, standard and network differ too: seven causes, 128 mixtures."""
    third = edited(quarters[1], tmp_path / "third", ())
    text = third.read_text(encoding="utf-8")
    third.write_text(f"{text}\n[standard]\nwalk_speed_kmh = 4.0\n[roads]\nwalk_max_gap_m = 300\n", encoding="utf-8")
    before = read_side(read_settings(small_demo))
    after = read_side(read_settings(third, overrides={"settlement": {"wider_clusters": True}}))
    found = attribute_change(before, after)
    assert found.causes == tuple(ChangeCause)
    assert found.evaluated == 128
    assert (found.change.sum(axis=1) == found.covered[:, 1] - found.covered[:, 0]).all()
    settings = after.settings
    assert found.covered[:, 1].sum() == assess(read_inputs(settings), settings).totals.covered


def test_a_run_against_itself_has_no_cause(small_demo):
    side = read_side(read_settings(small_demo))
    found = attribute_change(side, side)
    assert (found.causes, found.evaluated, found.change.shape[1]) == ((), 1, 0)
    assert "do not differ" in list(cause_lines(found, "en"))[1]
    assert (printed_causes(found)["net"] == 0).all()


def test_runs_of_different_regions_or_places_are_refused(small_demo):
    before = read_side(read_settings(small_demo))
    regions = before.inputs.regions
    fewer = replace(regions, frame=regions.frame.iloc[1:])
    with pytest.raises(InputError, match=f"different regions.*{regions.frame['region_id'].iloc[0]}"):
        attribute_change(before, replace(before, inputs=replace(before.inputs, regions=fewer)))
    bare = replace(before, inputs=replace(before.inputs, regions=None))
    elsewhere = replace(bare, people=replace(bare.people, xy=bare.people.xy + 5.0))
    with pytest.raises(InputError, match="different places"):
        attribute_change(bare, elsewhere)


# --- as printed


def attribution(change, covered):
    """An attribution of hand-made figures: regions by causes, in 1/1024 person."""
    walk = Rule.walking(15, 4.8)
    run = ComparedRun("", dt.date(2024, 5, 1), Standard("common", walk, walk, Rule.by_road(15)))
    change, covered = np.array(change, np.int64), np.array(covered, np.int64)
    names = [f"r{number}" for number in range(len(change))]
    return Attribution(
        before=run,
        after=run,
        causes=tuple(ChangeCause)[: change.shape[1]],
        regions=pd.DataFrame({"region_id": names, "name": names, "parent": ""}),
        people=covered + 10_000,
        covered=covered,
        change=change,
        sites=(),
        evaluated=2 ** change.shape[1],
    )


@hypothesis_settings(max_examples=40)
@given(
    hnp.arrays(np.int64, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.integers(-5000, 5000)),
    st.lists(st.integers(0, 3000), min_size=6, max_size=6),
)
def test_printed_causes_add_up_along_both_sides_and_nobody_is_fewer_than_nobody(change, room):
    net = change.sum(axis=1)
    before = np.maximum(-net, 0) + np.array(room[: len(change)])
    # Where fewer people are covered in all than rounding moves, no whole persons can meet all of it.
    before[0] += 20 * UNITS_PER_PERSON
    found = attribution(change, np.column_stack([before, before + net]))
    rows = printed_causes(found)
    names = [cause.name.lower() for cause in found.causes]
    assert (rows[names].sum(axis=1) == rows["net"]).all()
    assert (rows["before"] + rows["net"] == rows["after"]).all()
    assert rows["before"].sum() == whole(int(before.sum()))
    assert rows["after"].sum() == whole(int((before + net).sum()))
    assert (rows[["before", "after"]] >= 0).all(axis=None)
    assert (np.abs(rows[names].to_numpy() - change / UNITS_PER_PERSON) < 2).all()


def test_what_a_cause_does_not_change_is_printed_as_nothing():
    found = attribution([[1536, 0], [0, 512]], [[0, 1536], [0, 512]])
    rows = printed_causes(found)
    assert rows[["opened", "closed"]].to_numpy().tolist() in ([[2, 0], [0, 0]], [[1, 0], [0, 1]])


def test_counties_are_their_regions_summed():
    found = attribution([[1024, -2048], [3072, 0], [0, 1024]], [[4096, 3072], [0, 3072], [0, 1024]])
    found = replace(found, regions=found.regions.assign(parent=["甲县", "乙县", "甲县"]))
    _, counties, _ = cause_sheets(found, "en")
    rows = [[getattr(cell, "value", cell) for cell in line.cells[1:]] for line in counties.lines[counties.above + 1 :]]
    assert rows == [["甲县", 4, 4, 0, 1, -1], ["乙县", 0, 3, 3, 3, 0], ["", 4, 7, 3, 4, -1]]


# --- the command


@pytest.fixture
def folders(quarters, village_run, tmp_path):
    """Two folders of results: of the demo, and of its second quarter, whose ledger has been changed since."""
    made = []
    for number, path in enumerate(quarters):
        settings = read_settings(path)
        out = tmp_path / f"q{number}"
        out.mkdir()
        sources = read_side(settings).inputs.sources
        if number:
            sources = tuple(
                replace(source, sha256="0" * 64) if source.role == "sites" else source for source in sources
            )
        write_record(replace(village_run, sources=sources), out / "run.json", settings=settings, out=out, names={})
        made.append(out)
    return made


def test_the_command_compares_folders_of_results_and_says_which_file_has_changed(folders, tmp_path):
    arguments = ["compare", *map(str, folders), "--lang", "en", "--json", "--out", str(tmp_path / "c")]
    said = CliRunner().invoke(command_line("en", tmp_path / "cache"), arguments)
    assert said.stderr == (
        "Mind: the file for “Ledger of sites” of the run after is another than when it was made;"
        " figures are by the file as it is now.\n"
    )
    record = json.loads(said.stdout)
    assert record["inputs_changed"] == [{"run": "after", "role": "sites"}]
    by_cause = record["people_change"]["by_cause"]
    assert list(by_cause) == ["opened", "closed", "moved", "corrected"]
    assert sum(by_cause.values()) == record["people_change"]["net"]
    assert record["after"]["people_covered"] - record["before"]["people_covered"] == record["people_change"]["net"]
    for cause, people in by_cause.items():
        assert sum(region["by_cause"][cause] for region in record["regions"]) == people
    written = {path.name: path for path in (tmp_path / "c").iterdir()}
    assert set(written) == {"compare.json", "changes.xlsx", "comparison.html"}
    book = openpyxl.load_workbook(written["changes.xlsx"], data_only=True)
    assert book.sheetnames == ["Causes by region", "Sites that changed"]
    total = [cell.value for cell in book["Causes by region"][book["Causes by region"].max_row]]
    assert total[2] + sum(total[5:]) == total[3] == total[2] + total[4]


def test_a_folder_that_holds_no_run_is_refused(tmp_path):
    with pytest.raises(MissingInputError):
        read_run(tmp_path)
    for text in ("{}", '{"schema": "catchment.run/1"}', '{"schema": "catchment.run/1", "settings": 3, "inputs": []}'):
        (tmp_path / "run.json").write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="no record of a run"):
            read_run(tmp_path)
    public = {"schema": "catchment.run/1", "settings": {"inputs": {}}, "inputs": []}
    (tmp_path / "run.json").write_text(json.dumps(public), encoding="utf-8")
    with pytest.raises(InputError, match="public"):
        read_run(tmp_path)


# --- Liechtenstein at two dates


def test_liechtenstein_at_two_dates_is_covered_by_its_roads_and_its_sites(shared_data, tmp_path):
    folder = shared_data / "liechtenstein"
    lon, lat = np.meshgrid(np.arange(9.48, 9.60, 0.002), np.arange(47.06, 47.26, 0.002))
    points = pd.DataFrame({"lon": lon.ravel(), "lat": lat.ravel(), "人口": 10})
    points.to_csv(tmp_path / "people.csv", index=False)
    rows = ["name,type,address,lon,lat", "Vaduz,county,A,9.5209,47.1410", "Schaan,township,B,9.5095,47.1650"]
    (tmp_path / "before.csv").write_text("\n".join([*rows, "Balzers,village,C,9.5,47.068"]), encoding="utf-8")
    (tmp_path / "after.csv").write_text("\n".join([*rows, "Triesenberg,village,D,9.5430,47.1180"]), encoding="utf-8")
    sides = [
        read_side(
            settings_of(
                {"inputs": {"sites": f"{when}.csv", "roads": str(roads), "population": "people.csv"},
                 "standard": {"road_km": 5}},
                file="",
                folder=tmp_path,
            )
        )
        for when, roads in (
            ("before", folder / "liechtenstein_2013.osm.pbf"),
            ("after", folder / "liechtenstein_recent.osm.pbf"),
        )
    ]  # fmt: skip
    found = attribute_change(*sides)
    assert found.causes == (OPENED, CLOSED, NETWORK)
    assert found.evaluated == 8
    opened, closed, network = found.change[0].tolist()
    assert opened > 0 > closed
    assert network != 0
    assert opened + closed + network == found.covered[0, 1] - found.covered[0, 0]
    digest = hashlib.sha256((folder / "liechtenstein_recent.osm.pbf").read_bytes()).hexdigest()
    assert digest in {source.sha256 for source in sides[1].inputs.sources}
    assert cause_record(found, changed_inputs=())["regions"] == []
    assert [sheet.name for sheet in cause_sheets(found, "en")] == ["Causes by region", "Sites that changed"]
