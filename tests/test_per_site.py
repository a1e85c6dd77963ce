"""Whom each site serves: by head on a street, and by closing it."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from streetmap import street_map

from catchment.access.judge import judge
from catchment.access.reach import reach_under_standard
from catchment.access.tables import site_table
from catchment.access.travel import straight_distance_m, travel
from catchment.model import People, Places, Rule, Setting, Sites, Standard
from catchment.network.graph import graph

WALK_500 = Rule.walking(7.5, 4.0)
STANDARD = Standard("custom", WALK_500, WALK_500, Rule.by_road(0.9))


def served(drawing, sites, letters, setting, *, counted=None):
    """The table of the sites in units, and who is covered; everybody is 1 unit, or 10, 100, ... by his letter."""
    drawn = street_map(drawing)
    people = People(
        xy=drawn.points(letters).xy,
        units=10 ** np.arange(len(letters)),
        point_id=np.arange(len(letters)),
        region=np.full(len(letters), -1, np.int32),
        setting=np.array(setting, np.int8) * np.ones(len(letters), np.int8),
    )
    counted = np.ones(len(sites), bool) if counted is None else np.array(counted)
    roads = {mode: graph(drawn.streets, mode) for mode in ("walk", "road")}
    points = drawn.points(sites)
    joined = {mode: only(drawn.places(each, sites), counted) for mode, each in roads.items()}
    homes = {mode: drawn.places(each, letters) for mode, each in roads.items()}
    access = judge(
        people,
        STANDARD,
        {mode: travel(each, joined[mode], homes[mode], cutoff_m=3000) for mode, each in roads.items()},
        straight_m=straight_distance_m(people.xy, points.xy[counted]),
        edge_m=np.full(len(people), 1e6),
    )
    frame = {"site_id": list(sites), "name": list(sites), "type": "village", "status": "open"}
    table = site_table(
        Sites(gpd.GeoDataFrame(frame, geometry=shapely.points(points.xy), crs="EPSG:4326")),
        people,
        access,
        standard=STANDARD,
        counted=counted,
        places=joined["walk"],
        region_name=[""] * len(sites),
        reach=reach_under_standard(people, STANDARD, roads, joined, homes),
    )
    return table.set_index("site_id"), int(people.units[access.covered].sum())


def only(places, kept):
    return Places(np.where(kept, places.edge, -1).astype(np.int32), places.offset_mm, places.gap_mm)


def test_whom_the_sites_of_a_street_serve():
    # A is 200 m from S; B is 400 m from S and 300 m from T; C is 500 m from T, D 900 m.
    table, covered = served("A-S---B--T----C---D", "ST", "ABCD", Setting.CITY)
    assert table["reach"].tolist() == [11, 110]
    assert table["catchment"].tolist() == [1, 1110]
    assert table["catchment_covered"].tolist() == [1, 110]
    assert table["unique"].tolist() == [1, 100]
    assert covered == 111


def test_the_rule_is_that_of_where_people_live():
    table, _ = served("A-S---B--T----C---D", "ST", "ABCD", [Setting.CITY, Setting.RURAL, Setting.TOWN, Setting.RURAL])
    assert table["reach"].tolist() == [11, 1110]


def test_a_site_that_does_not_count_serves_nobody():
    table, covered = served("A-S---B--T", "ST", "AB", Setting.CITY, counted=[False, True])
    assert table.loc["S", ["reach", "catchment", "catchment_covered", "unique"]].tolist() == [0, 0, 0, 0]
    assert covered == 10


DRAWING = """
S--+----U
   |    |
P--+--+-+--T
   |  |
Q--+--V  R..
"""


@given(
    sites=st.sets(st.sampled_from("SPQTUV"), min_size=1),
    setting=st.lists(st.sampled_from(list(Setting)), min_size=6, max_size=6),
    closed=st.integers(0, 5),
)
@settings(max_examples=100, deadline=None)
def test_closing_a_site_loses_exactly_its_unique_people(sites, setting, closed):
    sites = "".join(sorted(sites))
    closed %= len(sites)
    table, before = served(DRAWING, sites, "PQRSTU", setting)
    _, after = served(DRAWING, sites, "PQRSTU", setting, counted=np.arange(len(sites)) != closed)
    assert before - after == table["unique"].iloc[closed]


@given(
    sites=st.sets(st.sampled_from("SPQTUV"), min_size=1),
    setting=st.lists(st.sampled_from(list(Setting)), min_size=6, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_the_reach_of_a_site_is_whom_it_would_cover_alone(sites, setting):
    sites = "".join(sorted(sites))
    table, _ = served(DRAWING, sites, "PQRSTU", setting)
    for number, reach in enumerate(table["reach"]):
        _, alone = served(DRAWING, sites, "PQRSTU", setting, counted=np.arange(len(sites)) == number)
        assert reach == alone
    assert (table["unique"] <= table["catchment_covered"]).all()
    assert (table["catchment_covered"] <= table["reach"]).all()


@given(
    sites=st.sets(st.sampled_from("SPQTUV"), min_size=1),
    setting=st.lists(st.sampled_from(list(Setting)), min_size=6, max_size=6),
)
@settings(max_examples=60, deadline=None)
def test_catchments_share_out_whom_any_site_is_found_for_and_their_covered_are_the_covered(sites, setting):
    sites = "".join(sorted(sites))
    table, covered = served(DRAWING, sites, "PQRSTU", setting)
    found = set()
    for number in range(len(sites)):
        alone, _ = served(DRAWING, sites, "PQRSTU", setting, counted=np.arange(len(sites)) == number)
        found |= {person for person in range(6) if alone["catchment"].iloc[number] // 10**person % 10}
    # Everybody is another power of ten: a person left out, or shared by two, shows in his own digit.
    assert table["catchment"].sum() == sum(10**person for person in found)
    assert table["catchment_covered"].sum() == covered
