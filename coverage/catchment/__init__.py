"""
Who lives within reach of a public-service point, who does not, where and why.

The names below are the API, in the order of the pipeline. They are imported when first used, so that
``import catchment`` and ``catchment --help`` cost nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from catchment.access.approximate import sure_enough
    from catchment.access.areas import dissolved_areas, service_areas, split_areas
    from catchment.access.classes import classes_in_reach, cover_counts, people_classes
    from catchment.access.compare import compare_runs
    from catchment.access.detour import learned_detours
    from catchment.access.evaluation import award_places, evaluation
    from catchment.access.fit import residents_of_sites, site_fits
    from catchment.access.gaps import find_gaps, lattice_m
    from catchment.access.groups import group_cover
    from catchment.access.judge import judge
    from catchment.access.milestones import counts_by_batch, milestone_states
    from catchment.access.names import name_checks
    from catchment.access.nearest import nearest_sites
    from catchment.access.parts import reached_lines
    from catchment.access.progress import progress, unit_rows
    from catchment.access.reach import (
        network_order,
        people_in_reach,
        reach_batches,
        reach_sets,
        reach_under_standard,
        reach_under_standards,
    )
    from catchment.access.road_supply import road_classes, road_supply, street_lengths
    from catchment.access.roads_missing import roads_missing
    from catchment.access.services import offers, service_cover
    from catchment.access.shares import shared_change
    from catchment.access.tables import counted_sites, county_table, region_table, site_table
    from catchment.access.totals import totals
    from catchment.access.travel import straight_distance_m, travel
    from catchment.access.units import unit_checks, units_of_sites, village_proposals
    from catchment.config import Settings, read_settings
    from catchment.demand.border import cut_cells
    from catchment.demand.calibrate import calibrate, control_checks, county_control, separable, urban_rural_control
    from catchment.demand.controls import control_units
    from catchment.demand.groups import group_rows, spread_groups
    from catchment.demand.points import demand_points, people_of, with_settlement
    from catchment.demand.settlement import setting_by_areas, setting_by_codes, setting_by_grid, settlement_grid
    from catchment.demand.spread import spread_people
    from catchment.demand.town_centres import town_centres
    from catchment.inputs.census import read_census
    from catchment.inputs.choice import read_choice, write_choice
    from catchment.inputs.edits import read_edits
    from catchment.inputs.evaluation_rules import example_rules, read_evaluation_rules
    from catchment.inputs.form_folder import read_forms
    from catchment.inputs.forms import read_form
    from catchment.inputs.gazetteer import read_gazetteer
    from catchment.inputs.groups import read_groups
    from catchment.inputs.guess import guesses
    from catchment.inputs.lines import read_lines
    from catchment.inputs.placing import placed_sites
    from catchment.inputs.plan import read_plan
    from catchment.inputs.population import read_people, read_population
    from catchment.inputs.premises import joined_premises, read_premises
    from catchment.inputs.regions import read_regions
    from catchment.inputs.register import matched, registered, with_register_ids
    from catchment.inputs.register_file import read_register, write_register
    from catchment.inputs.sites import diagnosed_sites, from_datum, from_datums, read_sites
    from catchment.inputs.stops import read_stops
    from catchment.inputs.survey import read_survey
    from catchment.inputs.targets import read_targets
    from catchment.inputs.unplaced import read_ledger, read_placed
    from catchment.inputs.urban import read_urban
    from catchment.inputs.whereabouts import site_region_findings
    from catchment.model import (
        Access,
        Addition,
        Attribution,
        Candidates,
        Cause,
        Census,
        ChangeCause,
        Choice,
        Comparison,
        ControlCheck,
        CoverCurve,
        CoverPlan,
        Criteria,
        CriteriaWeights,
        Detour,
        EditedStreets,
        Filling,
        Gaps,
        GroupCover,
        KeyGroups,
        Nearest,
        Options,
        Passing,
        People,
        PeopleAreas,
        Places,
        Points,
        Population,
        Premises,
        Progress,
        ReachSets,
        Regions,
        Repair,
        RoadClass,
        RoadEdits,
        RoadGraph,
        RoadLines,
        RoadsMissing,
        Rule,
        Run,
        Score,
        ScoredChoice,
        ServiceAreas,
        Setting,
        Sites,
        Standard,
        Stops,
        StreetParts,
        Streets,
        Suggestions,
        Survey,
        Targets,
        Totals,
        Unfilled,
        Visit,
    )
    from catchment.network.datum_fit import DatumFit, datum_fit, datums_of, road_distances_mm
    from catchment.network.edits import carried, edit_streets, snap_edited
    from catchment.network.graph import graph
    from catchment.network.lines import join_lines
    from catchment.network.osm import read_osm
    from catchment.network.osmnx import from_osmnx, to_osmnx
    from catchment.network.passing import passing_people
    from catchment.network.snap import snap
    from catchment.network.ways import Ways, split_ways
    from catchment.outputs.form import write_form
    from catchment.outputs.maps import coverage_map, write_map
    from catchment.outputs.package import write_package
    from catchment.outputs.pdf import write_pdf
    from catchment.outputs.picture import write_picture
    from catchment.outputs.profile import published
    from catchment.outputs.service_list import service_points, write_service_list
    from catchment.outputs.survey import write_survey
    from catchment.pipeline.assess import assess
    from catchment.pipeline.compare import compare_by_cause
    from catchment.pipeline.evaluation import collect, row_facts
    from catchment.pipeline.locate_page import write_locate
    from catchment.pipeline.pack import pack_project
    from catchment.pipeline.read import read_inputs
    from catchment.pipeline.run import run_comparison, run_map, run_project
    from catchment.pipeline.score import score_project
    from catchment.siting.candidates import Search, candidate_places, street_stretches
    from catchment.siting.cover import CoverProblem, problem_of_pairs, problem_of_reach, units_covered
    from catchment.siting.curve import cover_curve
    from catchment.siting.options import reach_options, readings, shown_candidates
    from catchment.siting.quotas import Quotas, filling, quotas
    from catchment.siting.score import score_choice
    from catchment.siting.solve import solve_cover
    from catchment.siting.suggest import suggest
    from catchment.siting.surroundings import people_within
    from catchment.siting.thin import thinned

__version__ = "0.1.0"

_HOMES = {
    "catchment.config": ("read_settings", "Settings"),
    "catchment.inputs.sites": ("read_sites", "diagnosed_sites", "from_datum", "from_datums"),
    "catchment.inputs.whereabouts": ("site_region_findings",),
    "catchment.inputs.unplaced": ("read_ledger", "read_placed"),
    "catchment.inputs.gazetteer": ("read_gazetteer",),
    "catchment.inputs.guess": ("guesses",),
    "catchment.inputs.placing": ("placed_sites",),
    "catchment.pipeline.locate_page": ("write_locate",),
    "catchment.inputs.regions": ("read_regions",),
    "catchment.inputs.urban": ("read_urban",),
    "catchment.inputs.targets": ("read_targets",),
    "catchment.inputs.plan": ("read_plan",),
    "catchment.inputs.population": ("read_population", "read_people"),
    "catchment.inputs.groups": ("read_groups",),
    "catchment.inputs.census": ("read_census",),
    "catchment.inputs.premises": ("read_premises", "joined_premises"),
    "catchment.network.osm": ("read_osm",),
    "catchment.network.osmnx": ("from_osmnx", "to_osmnx"),
    "catchment.inputs.lines": ("read_lines",),
    "catchment.network.lines": ("join_lines",),
    "catchment.inputs.edits": ("read_edits",),
    "catchment.network.edits": ("edit_streets", "carried", "snap_edited"),
    "catchment.network.ways": ("Ways", "split_ways"),
    "catchment.network.graph": ("graph",),
    "catchment.network.snap": ("snap",),
    "catchment.demand.controls": ("control_units",),
    "catchment.demand.calibrate": (
        "calibrate",
        "county_control",
        "separable",
        "urban_rural_control",
        "control_checks",
    ),
    "catchment.demand.spread": ("spread_people",),
    "catchment.demand.border": ("cut_cells",),
    "catchment.demand.groups": ("group_rows", "spread_groups"),
    "catchment.demand.points": ("demand_points", "people_of", "with_settlement"),
    "catchment.demand.settlement": ("settlement_grid", "setting_by_grid", "setting_by_areas", "setting_by_codes"),
    "catchment.access.nearest": ("nearest_sites",),
    "catchment.access.travel": ("travel", "straight_distance_m"),
    "catchment.access.approximate": ("sure_enough",),
    "catchment.access.areas": ("service_areas", "split_areas", "dissolved_areas"),
    "catchment.access.parts": ("reached_lines",),
    "catchment.access.progress": ("progress", "unit_rows"),
    "catchment.access.milestones": ("counts_by_batch", "milestone_states"),
    "catchment.access.units": ("unit_checks", "units_of_sites", "village_proposals"),
    "catchment.access.names": ("name_checks",),
    "catchment.access.fit": ("residents_of_sites", "site_fits"),
    "catchment.access.services": ("offers", "service_cover"),
    "catchment.access.judge": ("judge",),
    "catchment.access.groups": ("group_cover",),
    "catchment.access.road_supply": ("street_lengths", "road_supply", "road_classes"),
    "catchment.access.detour": ("learned_detours",),
    "catchment.access.roads_missing": ("roads_missing",),
    "catchment.access.totals": ("totals",),
    "catchment.access.reach": (
        "network_order",
        "reach_sets",
        "reach_batches",
        "reach_under_standard",
        "reach_under_standards",
        "people_in_reach",
    ),
    "catchment.access.classes": ("cover_counts", "people_classes", "classes_in_reach"),
    "catchment.access.compare": ("compare_runs",),
    "catchment.access.shares": ("shared_change",),
    "catchment.pipeline.compare": ("compare_by_cause",),
    "catchment.access.gaps": ("find_gaps", "lattice_m"),
    "catchment.access.tables": ("counted_sites", "county_table", "region_table", "site_table"),
    "catchment.siting.candidates": ("Search", "candidate_places", "street_stretches"),
    "catchment.siting.cover": ("CoverProblem", "problem_of_pairs", "problem_of_reach", "units_covered"),
    "catchment.siting.solve": ("solve_cover",),
    "catchment.siting.curve": ("cover_curve",),
    "catchment.siting.suggest": ("suggest",),
    "catchment.siting.options": ("readings", "shown_candidates", "reach_options"),
    "catchment.siting.score": ("score_choice",),
    "catchment.siting.quotas": ("Quotas", "quotas", "filling"),
    "catchment.inputs.stops": ("read_stops",),
    "catchment.inputs.survey": ("read_survey",),
    "catchment.network.passing": ("passing_people",),
    "catchment.demand.town_centres": ("town_centres",),
    "catchment.inputs.register": ("matched", "registered", "with_register_ids"),
    "catchment.inputs.register_file": ("read_register", "write_register"),
    "catchment.network.datum_fit": ("DatumFit", "datum_fit", "datums_of", "road_distances_mm"),
    "catchment.siting.surroundings": ("people_within",),
    "catchment.siting.thin": ("thinned",),
    "catchment.inputs.choice": ("read_choice", "write_choice"),
    "catchment.pipeline.read": ("read_inputs",),
    "catchment.pipeline.assess": ("assess",),
    "catchment.pipeline.run": ("run_project", "run_map", "run_comparison"),
    "catchment.pipeline.score": ("score_project",),
    "catchment.pipeline.verify": ("verify_run",),
    # The yearly evaluation.
    "catchment.access.evaluation": ("award_places", "evaluation"),
    "catchment.inputs.evaluation_rules": ("example_rules", "read_evaluation_rules"),
    "catchment.inputs.forms": ("read_form",),
    "catchment.inputs.form_folder": ("read_forms",),
    "catchment.outputs.form": ("write_form",),
    "catchment.pipeline.evaluation": ("collect", "row_facts"),
    "catchment.pipeline.pack": ("pack_project",),
    "catchment.outputs.maps": ("coverage_map", "write_map"),
    "catchment.outputs.pdf": ("write_pdf",),
    "catchment.outputs.profile": ("published",),
    "catchment.outputs.service_list": ("service_points", "write_service_list"),
    "catchment.outputs.report": ("write_report",),
    "catchment.outputs.survey": ("write_survey",),
    "catchment.outputs.package": ("write_package",),
    "catchment.outputs.picture": ("write_picture",),
    "catchment.model": (
        "Access",
        "Addition",
        "Attribution",
        "Candidates",
        "Cause",
        "Census",
        "ChangeCause",
        "Choice",
        "Comparison",
        "ControlCheck",
        "CoverCurve",
        "CoverPlan",
        "Criteria",
        "CriteriaWeights",
        "Detour",
        "EditedStreets",
        "Filling",
        "Gaps",
        "GroupCover",
        "KeyGroups",
        "Nearest",
        "Options",
        "Passing",
        "People",
        "PeopleAreas",
        "Places",
        "Points",
        "Population",
        "Premises",
        "Progress",
        "ReachSets",
        "Regions",
        "Repair",
        "RoadEdits",
        "RoadClass",
        "RoadGraph",
        "RoadLines",
        "RoadsMissing",
        "Rule",
        "Run",
        "Score",
        "ScoredChoice",
        "ServiceAreas",
        "Setting",
        "Sites",
        "Standard",
        "Stops",
        "StreetParts",
        "Streets",
        "Suggestions",
        "Survey",
        "Targets",
        "Totals",
        "Unfilled",
        "Visit",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [  # noqa: PLE0604 - the table above is the list
    *_HOME_OF
]


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'catchment' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME_OF])
