"""Fixtures that every test may use."""

from __future__ import annotations

import datetime as dt
import math
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from browsing import Visits, running_browser
from hypothesis import settings as hypothesis_settings

from catchment.apps.demo import write_demo
from catchment.config import read_settings
from catchment.model import (
    UNITS_PER_PERSON,
    Access,
    Cause,
    Finding,
    Gaps,
    People,
    Percentiles,
    Regions,
    Rule,
    Run,
    ServiceAreas,
    Setting,
    Sites,
    Source,
    Standard,
    StreetParts,
    Streets,
    Totals,
)
from catchment.network.streets import STREET_KINDS
from catchment.pipeline.assess import assess
from catchment.pipeline.read import read_inputs

# Laws are about answers; how long a busy machine takes is no part of them.
hypothesis_settings.register_profile("catchment", deadline=None)
hypothesis_settings.load_profile("catchment")

# Runs made by hand hold what no reader lets in, half letters among them, which pyarrow refuses.
pd.set_option("mode.string_storage", "python")

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data, which is never part of this repository."""
    folder = Path(os.environ.get("CATCHMENT_SHARED_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"real data not found at {folder}: set CATCHMENT_SHARED_DATA to run this test")
    return folder


@pytest.fixture(scope="session")
def small_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project file of the demo at a tenth of its size: a county town, two towns, villages."""
    return write_demo(tmp_path_factory.mktemp("demo") / "inputs", size="village")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a window, for all tests that look at pages."""
    with running_browser() as found:
        yield found


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Visits]:
    """``open_page(path, fragment, width=..., language=...)``: a page that may write no message and ask for nothing."""
    visits = Visits(browser)
    yield visits
    visits.close()
    assert visits.problems == []


@pytest.fixture(scope="session")
def village_run(small_demo: Path) -> Run:
    """The small demo as assessed, with suggestions and options."""
    settings = read_settings(small_demo)
    return assess(read_inputs(settings), settings)


# A run made by hand, for the outputs. A 4 x 2 grid of people, in persons (the exact sum is 255.75, of them 170.25
# covered); W and E are the regions, the letter is the setting, * is covered:
#
#   W 100*   city   W 50.5  city, too far    E 30.25* town   E 19.25 town, too far
#   W 40*    rural  W 0.25  rural, edge      E 10.5   rural, no road   E 5 rural, cut off
_PERSONS = (100, 50.5, 30.25, 19.25, 40, 0.25, 10.5, 5)
_SETTINGS = (0, 0, 1, 1, 2, 2, 2, 2)
_CAUSES = (0, 5, 0, 5, 0, 4, 2, 3)
_REGIONS = (0, 0, 1, 1, 0, 0, 1, 1)
_NEAREST = (0, 0, 1, 1, 1, 0, -1, -1)


def hand_made_run(names: tuple[str, str, str] = ("县就业之家", "东村服务点", "园区驿站"), **changes: Any) -> Run:
    """A run whose figures can be checked by head; ``changes`` replace its fields."""
    units = (np.array(_PERSONS) * UNITS_PER_PERSON).astype(np.int64)
    setting, cause = np.array(_SETTINGS, np.int8), np.array(_CAUSES, np.int8)
    column, row = np.arange(8) % 4, np.arange(8) // 4
    people = People(
        xy=np.column_stack([114.005 + 0.01 * column, 28.015 - 0.01 * row]),
        units=units,
        point_id=np.arange(8),
        region=np.array(_REGIONS, np.int32),
        setting=setting,
        cell_degrees=(0.01, 0.01),
    )
    site = np.array(_NEAREST, np.int32)
    cost_mm = np.where(site < 0, -1, np.arange(8) * 1_000_000 + 400_000)
    access = Access(cause, site, np.full(8, -1, np.int32), cost_mm, np.full(8, -1), np.arange(8) * 900.0 + 300.0)
    run = Run(
        name="演示县",
        date=dt.date(2024, 5, 1),
        language="zh",
        standard=Standard("common", Rule.walking(15, 4.8), Rule.walking(15, 4.8), Rule.by_road(15)),
        settlement_rule="grid",
        synthetic=False,
        review_number="",
        sites=_hand_made_sites(names),
        counted=np.array([True, True, False]),
        site_region=np.array([0, 1, 1], np.int32),
        unsnapped=np.array([False, False, True]),
        regions=_hand_made_regions(),
        streets=_hand_made_streets(),
        people=people,
        access=access,
        totals=_hand_made_totals(units),
        by_region=_hand_made_region_table(units, setting, cause),
        by_site=_hand_made_site_table(names),
        gaps=_hand_made_gaps(units),
        dissolved={"walk": _hand_made_areas()},
        findings=(
            Finding("note", "finding.missing_nodes", {"count": 3}, "in/roads.osm.pbf"),
            Finding(
                "bad_row",
                "finding.site_off_road",
                {"site": "c", "name": names[2], "lon": 114.036, "lat": 28.004},
                *("台账.xlsx", "站点", 17, "C"),
            ),
        ),
        sources=(
            Source(
                "roads", "in/roads.osm.pbf", "ab" * 32, dt.date(2024, 4, 30), "© OpenStreetMap contributors", "ODbL 1.0"
            ),
            Source("population", r"D:\data\pop.tif", "cd" * 32, dt.date(2020, 1, 1), "WorldPop", "CC BY 4.0"),
        ),
    )
    return replace(run, **changes)


def _hand_made_sites(names: tuple[str, str, str]) -> Sites:
    places = shapely.points([[114.004, 28.016], [114.026, 28.014], [114.036, 28.004]])
    frame = {
        "site_id": ["a", "b", "c"],
        "name": list(names),
        "type": ["county", "village", "zone"],
        "status": ["open", "open", "planned"],
        "county": ["西区", "东区", "东区"],
        "township": ["", "", ""],
        "address": ["中心路1号", "", ""],
    }
    return Sites(gpd.GeoDataFrame(frame, geometry=places, crs="EPSG:4326"))


def _hand_made_regions() -> Regions:
    boxes = [shapely.box(114.0, 28.0, 114.02, 28.02), shapely.box(114.02, 28.0, 114.04, 28.02)]
    frame = {"region_id": ["1", "2"], "name": ["西区", "东区"], "parent": ["", ""]}
    return Regions(gpd.GeoDataFrame(frame, geometry=boxes, crs="EPSG:4326"))


def _hand_made_streets() -> Streets:
    """A main road of two edges from west to east, and a path down from its middle."""
    return Streets(
        node_id=np.array([1, 2, 3, 4]),
        start=np.array([0, 1, 1], np.int32),
        end=np.array([1, 2, 3], np.int32),
        vertex_ptr=np.array([0, 2, 4, 6]),
        vertex_xy=np.array(
            [[114.0, 28.01], [114.02, 28.01], [114.02, 28.01], [114.04, 28.012], [114.02, 28.01], [114.02, 28.0]]
        ),
        vertex_mm=np.array([0, 1_970_000, 0, 1_980_000, 0, 1_108_000]),
        way_id=np.array([10, 10, 11]),
        first_segment=np.array([0, 1, 0], np.int32),
        flags=np.full(3, 7, np.uint8),
        kind=np.array([STREET_KINDS.index("primary")] * 2 + [STREET_KINDS.index("path")], np.int8),
        name=np.full(3, -1, np.int32),
        bounds=(114.0, 28.0, 114.04, 28.02),
    )


def _hand_made_totals(units: NDArray[np.int64]) -> Totals:
    covered = int(units[[0, 2, 4]].sum())
    return Totals(
        people=int(units.sum()),
        covered=covered,
        uncovered_by_cause={
            Cause.NO_SITE: 0,
            Cause.NO_ROAD: int(units[6]),
            Cause.CUT_OFF: int(units[7]),
            Cause.EDGE_OF_DATA: int(units[5]),
            Cause.TOO_FAR: int(units[1] + units[3]),
        },
        by_setting={
            Setting.CITY: (int(units[:2].sum()), int(units[0])),
            Setting.TOWN: (int(units[2:4].sum()), int(units[2])),
            Setting.RURAL: (int(units[4:].sum()), int(units[4])),
        },
        covered_slow=int(units[[0, 4]].sum()),
        covered_brisk=covered,
        covered_towns_on_foot=covered,
        covered_towns_by_road=covered + int(units[3]),
        covered_by_all_sites=covered + int(units[7]),
        beyond_road={5000: int(units[5:].sum()), 10000: int(units[6:].sum()), 15000: int(units[6:].sum())},
        beyond_straight={5000: int(units[6:].sum()), 10000: 0, 15000: 0},
        percentiles=(
            Percentiles("walk", int(units[:4].sum()), 400.0, 2400.0, math.nan, math.nan, 2400.0),
            Percentiles("road", int(units.sum()), 1400.0, 5400.0, math.nan, math.nan, 30000.0),
        ),
        left_out=2048,
    )


def _hand_made_region_table(
    units: NDArray[np.int64], setting: NDArray[np.int8], cause: NDArray[np.int8]
) -> pd.DataFrame:
    region = np.array(_REGIONS)
    rows = []
    for number, name in enumerate(("西区", "东区")):
        here = region == number
        row = {"region_id": str(number + 1), "name": name, "parent": "", "sites_count": 1 + number}
        row |= {"counted_sites_count": 1, "people": units[here].sum()}
        row |= {kind.name.lower(): units[here & (setting == kind)].sum() for kind in Setting}
        row |= {kind.name.lower(): units[here & (cause == kind)].sum() for kind in Cause}
        rows.append(row | {"uncovered": units[here & (cause != 0)].sum()})
    return pd.DataFrame(rows)


def _hand_made_site_table(names: tuple[str, str, str]) -> pd.DataFrame:
    one = UNITS_PER_PERSON
    return pd.DataFrame(
        {
            "site_id": ["a", "b", "c"],
            "name": list(names),
            "type": ["county", "village", "zone"],
            "status": ["open", "open", "planned"],
            "region": ["西区", "东区", "东区"],
            "counted": [True, True, False],
            "gap_m": [12.4, 80.0, math.nan],
            "reach": [100 * one, int(170.25 * one), 0],
            "catchment": [int(150.75 * one), int(89.5 * one), 0],
            "catchment_covered": [100 * one, int(70.25 * one), 0],
            "unique": [100 * one, int(70.25 * one), 0],
        }
    )


def _hand_made_gaps(units: NDArray[np.int64]) -> Gaps:
    """Three patches of 50.5, 19.25 and 15.75 people: the rural cells 5, 6 and 7 touch."""
    patch = np.array([-1, 0, -1, 1, -1, 2, 2, 2], np.int32)
    causes = {"no_road": int(units[6]), "cut_off": int(units[7]), "edge_of_data": int(units[5])}
    frame = {
        "gap_id": [1, 2, 3],
        "people": [int(units[patch == number].sum()) for number in range(3)],
        "setting": [0, 1, 2],
        "cause": [5, 5, 2],
        "no_site": [0, 0, 0],
        **{name: [0, 0, people] for name, people in causes.items()},
        "too_far": [int(units[1]), int(units[3]), 0],
        "region": [0, 1, 1],
        "point": [1, 3, 6],
        "lon": [114.015, 114.035, 114.025],
        "lat": [28.015, 28.015, 28.005],
        "site": [0, 1, -1],
        "cost_mm": [1_400_000, 3_400_000, -1],
        "straight_m": [1200.0, 3000.0, 5700.0],
    }
    return Gaps(pd.DataFrame(frame), patch)


def _hand_made_areas() -> ServiceAreas:
    """Three nested boxes on foot, the widest with a hole."""
    boxes = [shapely.box(114.0, 28.01, 114.0 + width, 28.01 + width) for width in (0.002, 0.004, 0.006)]
    boxes[2] = boxes[2].difference(shapely.box(114.001, 28.0145, 114.002, 28.0155))
    few = np.zeros(0, np.int64)
    parts = StreetParts(np.zeros(4, np.int64), few.astype(np.int32), few, few)
    polygons = np.array([boxes], object)
    return ServiceAreas(
        "walk", (400_000, 800_000, 1_200_000), np.array([-1], np.int32), polygons, parts, 50.0, 5.0, 2.5
    )


@pytest.fixture(scope="session")
def make_run() -> Callable[..., Run]:
    """``make_run(names=..., **changes)``: the run made by hand, with other site names or other fields."""
    return hand_made_run
