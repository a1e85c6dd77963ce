"""One TOML file -> one frozen ``Settings``; an unknown key is an error that names the nearest key."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotation when the class is made
import re
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from catchment.errors import SettingsError
from catchment.geo.basemaps import basemap_of
from catchment.geo.datum import Datum  # noqa: TC001 - as above
from catchment.geo.grids import Grid  # noqa: TC001 - as above
from catchment.model import CriteriaWeights, Profile, Role, Rule, SiteType, Standard
from catchment.plan_file import plan_defaults, read_plan_file
from catchment.review import review_number
from catchment.toml_tables import STRICT, read_toml, settings_error

if TYPE_CHECKING:
    from collections.abc import Mapping

    from catchment.model import Basemap

Preset = Literal["common", "gb50180", "elderly", "brisk"]

AskedDatum = Literal["wgs84", "gcj02", "bd09", "auto"]
"""What coordinates are given in; ``auto`` lets the roads say it."""

LineField = Literal["grade", "rank", "name", "oneway", "level", "bridge", "tunnel"]
"""What a column of a layer of road lines may say."""

# Minutes and km/h of each preset. `common`: 4.8 km/h is customary, no national standard says it. `gb50180`: after
# GB 50180-2018, whose 15-minute circle walks 800-1,000 m; `elderly` and `brisk` are the range's two ends.
WALKING: Mapping[Preset, tuple[float, float]] = {
    "common": (15, 4.8),
    "gb50180": (15, 4.0),
    "elderly": (15, 3.6),
    "brisk": (15, 5.0),
}


class _Table(BaseModel):
    model_config = STRICT


class Inputs(_Table):
    """Files to read; paths are relative to the project file."""

    sites: Path
    roads: Path
    population: Path
    census: Path | None = None
    regions: Path | None = None
    urban: Path | None = None
    roads_area: Path | None = None
    premises: Path | None = None
    edits: Path | None = None
    targets: Path | None = None
    survey: Path | None = None
    """Site visits, filled in: places found not usable are not suggested again."""
    population_weights: Path | None = None
    groups: Path | None = None
    plan: Path | None = None
    """The plan of the network; what it says stands where the project says nothing itself."""

    def files(self) -> list[tuple[Role, Path]]:
        """The files that are given, by what they are for."""
        return [(role, path) for role in get_args(Role) if (path := getattr(self, role, None)) is not None]


class StandardSettings(_Table):
    """``[standard]``: what "covered" asks."""

    preset: Preset = "common"
    walk_minutes: float | None = Field(default=None, gt=0, le=24 * 60)
    walk_speed_kmh: float | None = Field(default=None, gt=0, le=12)
    road_km: float = Field(default=15, gt=0, le=200)
    town: Literal["walk", "road"] = "walk"

    def standard(self) -> Standard:
        """The standard these settings ask for."""
        minutes, speed = WALKING[self.preset]
        changed = self.walk_minutes is not None or self.walk_speed_kmh is not None or self.road_km != 15
        walk = Rule.walking(self.walk_minutes or minutes, self.walk_speed_kmh or speed)
        road = Rule.by_road(self.road_km)
        return Standard("custom" if changed else self.preset, walk, walk if self.town == "walk" else road, road)


class PopulationSettings(_Table):
    """``[population]``: what the cells of ``inputs.population`` hold."""

    kind: Literal["auto", "count", "per_km2", "per_ha"] = "auto"


class CensusSettings(_Table):
    """``[census]``: how people are calibrated to ``inputs.census``."""

    urban_and_rural: bool = False
    weights_only: bool = False


class SettlementSettings(_Table):
    """``[settlement]``: how the population grid tells city, town and country apart."""

    shaped_centres: bool = True
    wider_clusters: bool = False


class SiteSettings(_Table):
    """``[sites]``: what the ledger's coordinates are, and which sites count for the public."""

    datum: AskedDatum = "wgs84"
    datum_by_county: dict[str, Datum] = {}
    """Counties, as the ledger names them, whose rows have a datum of their own."""
    repair: bool = False
    """Use the texts that are proposed for cells which are no plain degrees; each is noted."""
    grid: Grid | None = None
    """What metres are whose zone is not written."""
    register_file: Path | None = Field(default=None, exclude=True, validation_alias="register")
    """``register``: the kept register of sites, whose ids the run takes; the record does not name it."""
    uncounted_types: tuple[str, ...] = (SiteType.ZONE, SiteType.COLLEGE, SiteType.TECH)
    counted_ids: tuple[str, ...] = ()
    counted_zones: tuple[str, ...] = ()
    """Rows of the targets whose parks count, since they run townships (代管)."""
    locate: bool = False
    """Rows without coordinates are placed by their names, roughly (近似), instead of being bad rows."""
    located: Path | None = None
    """Places that a planner has pointed at on the page of ``catchment locate``."""


class RoadSettings(_Table):
    """``[roads]``: how roads are read and joined."""

    walk_max_gap_m: float = Field(default=500, gt=0, le=20_000)
    road_max_gap_m: float = Field(default=2000, gt=0, le=20_000)
    rough_tracks: bool = True
    respect_oneway: bool = False
    count_gaps: bool = True
    layer: str | None = None
    fields: dict[LineField, str] = {}
    tolerance_m: float = Field(default=1.0, gt=0, le=50)


def share(written: object) -> object:
    """
    A share as planners write it: 0.95, or as text ``95%``.

    Examples
    --------
    >>> share("95%"), share("97.5％"), share(0.95), share("0.95")
    (0.95, 0.975, 0.95, '0.95')
    """
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*[%％]\s*", written) if isinstance(written, str) else None
    return float(Fraction(match[1]) / 100) if match else written


Share = Annotated[float, BeforeValidator(share), Field(gt=0, le=1)]


class WeightSettings(_Table):
    """``[siting.weights]``: how much each criterion counts in the score of a candidate."""

    convenience: float = Field(default=CriteriaWeights.convenience, ge=0, allow_inf_nan=False)
    transport: float = Field(default=CriteriaWeights.transport, ge=0, allow_inf_nan=False)
    conspicuousness: float = Field(default=CriteriaWeights.conspicuousness, ge=0, allow_inf_nan=False)
    street_front: float = Field(default=CriteriaWeights.street_front, ge=0, allow_inf_nan=False)

    def weights(self) -> CriteriaWeights:
        """The weights these settings ask for."""
        return CriteriaWeights(**self.model_dump())


class QuotaSettings(_Table):
    """``[[siting.quota]]``: at least and at most so many new sites in a county or region, of a kind of premises."""

    name: str = ""
    county: str | None = None
    region: str | None = None
    kind: str | None = None
    least: int = Field(default=0, ge=0)
    most: int | None = Field(default=None, ge=0)


class FloorSettings(_Table):
    """``[[siting.floor]]``: so large a share of the people of a county or region is covered at least."""

    county: str | None = None
    region: str | None = None
    share: Share


class SitingSettings(_Table):
    """``[siting]``: how many new sites to suggest, and how long to look for them; without a budget none are."""

    budget: int | None = Field(default=None, ge=0, le=1000)
    time_limit_s: float = Field(default=60, gt=0, le=86_400)
    """When the search ends, if neither proof nor its number of rounds has ended it."""
    seed: int = Field(default=0, ge=0, lt=2**63)
    premises_datum: AskedDatum | None = None
    """What the coordinates of ``inputs.premises`` are; by default the ledger's."""
    swap: tuple[str, ...] = ()
    """Counter-proposals: ``3=41`` or ``3=114.39,27.81`` (WGS84), a candidate or a place instead of the third site."""
    robust: int | None = Field(default=None, ge=1, le=1000)
    """In how many scenarios the plan is made again; by default in none."""
    fill_targets: bool = False
    """Suggest what ``inputs.targets`` lacks, instead of ``budget`` sites."""
    prefer_honoured: bool = True
    """Where targets are filled, village sites go into honoured communities of ``inputs.premises`` first."""
    cover: Share | None = None
    """Suggest the fewest sites that cover so large a share of all people, instead of ``budget`` sites."""
    spacing_m: float = Field(default=0, ge=0, le=100_000)
    """New sites stand at least so far from one another, and from counted sites [m]."""
    spacing_existing_m: float | None = Field(default=None, ge=0, le=100_000)
    """How far from counted sites [m]; by default as from one another."""
    must: tuple[int | str, ...] = ()
    """Candidates of every plan: numbers as printed, places ``lon,lat`` (WGS84) or names of premises."""
    never: tuple[int | str, ...] = ()
    """Candidates of no plan."""
    one_per_unit: bool = False
    """At least one site, counted or new, in each region that has candidates."""
    quota: tuple[QuotaSettings, ...] = ()
    floor: Share | tuple[FloorSettings, ...] | None = None
    """One share is for every county, or for every region where the regions are of one county."""
    exclusive: tuple[tuple[int | str, ...], ...] = ()
    """Lists of candidates of which at most one is chosen."""
    cost: dict[str, Annotated[int, Field(ge=0)]] = {}
    """What a site costs by kind of premises, in any unit; ``street`` is a stretch, ``default`` what is not named."""
    most_cost: int | None = Field(default=None, ge=0)
    """All new sites together cost no more."""
    weights: WeightSettings = WeightSettings()
    must_be_street_front: bool = False
    """Premises without a front on a street are no candidates."""
    explain: tuple[int, ...] = ()
    """Candidates, by their numbers, of which everything is to be said."""

    @property
    def rule_keys(self) -> tuple[str, ...]:
        """The rules that are given."""
        keys = ("spacing_m", "spacing_existing_m", "must", "never", "one_per_unit", "quota", "floor", "exclusive")
        given = [key for key in keys if getattr(self, key)]
        return (*given, *(["most_cost"] if self.most_cost is not None else []))

    @property
    def asked(self) -> bool:
        """Whether sites are to be suggested at all."""
        return self.budget is not None or self.fill_targets or self.cover is not None


class TargetSettings(_Table):
    """``[targets]``: how the plan's table of targets is read."""

    rows: dict[str, tuple[str, ...]] = {}
    """Townships, by name or code, that a row of the table runs (代管) though they lie in another county."""
    managed: dict[str, tuple[str, ...]] = {}
    """The same, of a plan for more than the table: rows that are not in it are passed over."""
    year: str | None = None
    """Which of the further tables of the plan is meant; by default its own."""


class Credit(_Table):
    """``[sources.<role>]``: whom a source is owed to, printed on every output."""

    attribution: str = ""
    licence: str = ""


class MapSettings(_Table):
    """``[map]``: what the map page says of itself."""

    review_number: str = ""
    synthetic: bool = False
    base: str = "none"
    """``none``, ``osm``, ``tianditu`` or the address of a tile server."""
    base_key: str = Field(default="", exclude=True)
    """Tianditu's; the page has it, the record of the run does not."""
    base_datum: Literal["wgs84", "gcj02"] = "wgs84"
    base_attribution: str = ""

    def basemap(self) -> Basemap | None:
        """The base map these settings ask for."""
        return basemap_of(self.base, key=self.base_key, datum=self.base_datum, attribution=self.base_attribution)

    profile: Profile = "internal"


class Settings(_Table):
    """A whole project."""

    name: str = ""
    out: Path | None = None
    date: dt.date | None = None
    language: Literal["zh", "en"] | None = None
    inputs: Inputs
    standard: StandardSettings = StandardSettings()
    population: PopulationSettings = PopulationSettings()
    census: CensusSettings = CensusSettings()
    settlement: SettlementSettings = SettlementSettings()
    sites: SiteSettings = SiteSettings()
    roads: RoadSettings = RoadSettings()
    siting: SitingSettings = SitingSettings()
    targets: TargetSettings = TargetSettings()
    map: MapSettings = MapSettings()
    sources: dict[Role, Credit] = {}


def read_settings(path: str | Path | None, *, overrides: Mapping[str, Any] | None = None) -> Settings:
    """
    Read a project file. Its relative paths are taken from where it lies.

    Parameters
    ----------
    path
        The project file; ``None`` if the overrides say everything.
    overrides
        Settings that win over the file's, as nested tables; their paths are taken from the working folder.

    Raises
    ------
    MissingInputError
        If there is no such file.
    SettingsError
        If it is not TOML, has an unknown key, lacks one or has a value that cannot be meant.
    """
    project = None if path is None else Path(path)
    content = {} if project is None else read_toml(project)
    content.setdefault("inputs", {})
    for key, value in (overrides or {}).items():
        content[key] = {**content.get(key, {}), **value} if isinstance(value, dict) else value
    if project is None:
        return settings_of(content, file="catchment run", folder=Path())
    return settings_of(content, file=project.name, folder=project.parent)


def settings_of(content: Mapping[str, Any], *, file: str, folder: Path) -> Settings:
    """
    Settings from a parsed table.

    Parameters
    ----------
    content
        What TOML gives.
    file
        Named in messages.
    folder
        Relative paths of ``[inputs]`` and ``out`` start here.

    Raises
    ------
    SettingsError
        As ``read_settings``.
    """
    content = _with_plan(content, folder)
    try:
        settings = Settings.model_validate(content)
    except ValidationError as problem:
        raise settings_error(problem, file, Settings) from problem
    settings = settings.model_copy(update={"map": _reviewed(settings.map, file)})
    if not any(settings.siting.weights.model_dump().values()):
        raise SettingsError("error.settings_weights", file=file)
    _refuse_two_goals(settings.siting, file)
    _refuse_rules_beside_targets(settings.siting, file)
    for role, written in settings.inputs.files():
        if not str(written).isprintable():
            # "D:\temp\new.csv" in double quotes is valid TOML: a tab and a line end.
            raise SettingsError("error.settings_escaped", file=file, key=f"inputs.{role}", found=repr(str(written)))
    settings.map.basemap()
    inputs = {role: folder / path for role, path in settings.inputs.files()}
    own = {key: (path := getattr(settings.sites, key)) and folder / path for key in ("located", "register_file")}
    found = {"inputs": Inputs(**inputs), "sites": settings.sites.model_copy(update=own)}
    return settings.model_copy(update={**found, "out": settings.out and folder / settings.out})


def _with_plan(content: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """What the plan says of standard, types and targets, where the project says nothing itself."""
    inputs = content.get("inputs")
    written = inputs.get("plan") if isinstance(inputs, dict) else None
    if not isinstance(written, (str, Path)):
        return content
    path = folder / written
    plan = read_plan_file(path)
    try:
        StandardSettings.model_validate(plan.standard)
    except ValidationError as problem:
        raise settings_error(problem, path.name, StandardSettings, above="standard") from problem
    own = _table(content, "targets")
    year, rows = own.get("year"), own.get("rows")
    if (year is not None and not isinstance(year, str)) or not isinstance(rows, dict | None):
        return content  # what is wrong with them is said when the project is looked at as a whole
    said = plan_defaults(plan, Path(written).parent, file=path.name, year=year, rows=rows)
    merged = {key: {**table, **_table(content, key)} for key, table in said.items()}
    return {**content, **{key: table for key, table in merged.items() if isinstance(content.get(key, {}), dict)}}


def _table(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    table = content.get(key)
    return table if isinstance(table, dict) else {}


def _refuse_two_goals(siting: SitingSettings, file: str) -> None:
    other = "fill_targets" if siting.fill_targets else "budget" if siting.budget is not None else ""
    if siting.cover is not None and other:
        raise SettingsError("error.settings_two_goals", file=file, other=other, flag=other.replace("_", "-"))


def _refuse_rules_beside_targets(siting: SitingSettings, file: str) -> None:
    """What the targets ask for is the whole plan: a rule that takes a place from one row gives it to none."""
    if siting.fill_targets and siting.rule_keys:
        raise SettingsError("error.settings_rules_and_targets", file=file, keys=", ".join(siting.rule_keys))


def _reviewed(settings: MapSettings, file: str) -> MapSettings:
    """The review number in one spelling; what the public is to see is refused without one."""
    if not settings.review_number:
        if settings.profile == "public":
            raise SettingsError("error.review_missing", file=file)
        return settings
    number = review_number(settings.review_number)
    if number is None:
        raise SettingsError("error.review_form", file=file, found=settings.review_number)
    return settings.model_copy(update={"review_number": number})
