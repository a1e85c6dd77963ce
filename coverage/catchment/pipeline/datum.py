"""What the coordinates of a ledger are given in: stated and looked at, or told from the roads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from catchment.errors import InputError, SettingsError
from catchment.geo.datum import DATUM_NAMES, is_shifted
from catchment.geo.shapes import polygon_of
from catchment.inputs.headers import normal
from catchment.inputs.names import plain_region
from catchment.inputs.places import hinted_datum
from catchment.inputs.sites import from_datums, surveyed_places
from catchment.model import Finding, Premises, Sites
from catchment.network.datum_fit import SURE, datum_fit, datums_of, road_distances_mm, under_each_datum
from catchment.network.graph import graph
from catchment.pipeline.named import nearest_name
from catchment.words import Phrases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from catchment.config import AskedDatum
    from catchment.geo.datum import Datum
    from catchment.model import Floats, Mask, Regions, Streets
    from catchment.network.datum_fit import DatumFit

_Places = TypeVar("_Places", Sites, Premises)

MOST_SCORES = 15
"""Groups whose scores an error shows."""


@dataclass(frozen=True)
class AskedFor:
    """What a project says of the coordinates of a file."""

    datum: AskedDatum
    file: str
    """Its name, which may be a hint."""
    key: str
    """Where the project file says it, for messages."""
    by_county: Mapping[str, Datum]
    """Counties whose rows have a datum of their own."""


@dataclass(frozen=True, eq=False)
class DatumFits:
    """How well each datum fits a file and its counties."""

    whole: DatumFit
    groups: tuple[DatumFit, ...]
    """By county, in the order of their names; one group without a name where no county is stated."""

    def table(self) -> tuple[DatumFit, ...]:
        """The file, then its counties if there are several."""
        return (self.whole, *(self.groups if len(self.groups) > 1 else ()))


def in_wgs84(
    places: _Places, asked: AskedFor, *, streets: Streets, regions: Regions | None
) -> tuple[_Places, DatumFits | None]:
    """
    Sites or premises in WGS84, with what was found about their datum as notes and warnings.

    A stated datum is taken, and a warning says where the roads speak clearly against it. With ``auto`` each county
    of the file gets the datum that its sites' distances to roads show, if they show it clearly.

    Parameters
    ----------
    places
        As read.
    asked
        What the project says.
    streets
        Before any what-if edit.
    regions
        Counties or townships, for the second signal: whether sites lie where they say.

    Returns
    -------
    The places, and how well each datum fits; ``None`` where no map service shifts coordinates.

    Raises
    ------
    InputError
        If ``auto`` is asked for and some county has no clear verdict; it shows the scores.
    SettingsError
        If a county with a datum of its own is not in the file.
    """
    datums, findings, fits = _settled(places, asked, streets, regions)
    moved = from_datums(places, datums, file=asked.file)
    return replace(moved, findings=_unanswered(moved.findings, asked) + tuple(findings)), fits


def stated_in_wgs84(sites: Sites, asked: AskedFor) -> Sites:
    """
    Sites in WGS84 by what the project states, without a look at any road.

    Raises
    ------
    SettingsError
        If it states ``auto``, or a county that is not in the file.
    """
    if asked.datum == "auto":
        raise SettingsError("error.datum_needs_roads", file=asked.file)
    county = _counties(sites)
    _refuse_unknown(asked, county)
    given = {normal(name): datum for name, datum in asked.by_county.items()}
    return from_datums(sites, [given.get(normal(name), asked.datum) for name in county], file=asked.file)


def _unanswered(findings: tuple[Finding, ...], asked: AskedFor) -> tuple[Finding, ...]:
    """Without the suspicion that a header raises, where the project says the datum."""
    if asked.datum == "wgs84" and not asked.by_county:
        return findings
    return tuple(one for one in findings if one.word != "finding.other_datum")


def _settled(
    places: Sites | Premises, asked: AskedFor, streets: Streets, regions: Regions | None
) -> tuple[list[Datum], list[Finding], DatumFits | None]:
    """The datum of each place, what is to be said of it, and how well each fits."""
    county = _counties(places)
    _refuse_unknown(asked, county)
    given = {normal(name): datum for name, datum in asked.by_county.items()}
    if not is_shifted(places.xy).any():
        datum: Datum = "wgs84" if asked.datum == "auto" else asked.datum
        return [given.get(normal(name), datum) for name in county], [], None
    fits = datum_fits(places, streets, regions, file=asked.file)
    if asked.datum == "auto":
        of_group = _clear(fits, given, asked)
        findings = [*_judged(fits, asked.file), *_mixed(of_group, asked.file)]
    else:
        of_group = {group.group: given.get(normal(group.group), asked.datum) for group in fits.groups}
        findings = _doubts(fits, of_group, asked)
    return [of_group[name] for name in county], [*findings, *_hints(fits, of_group, asked.file)], fits


def _counties(places: Sites | Premises) -> list[str]:
    """The county each row states; of premises, the one that proposes them."""
    column = "county" if isinstance(places, Sites) else "proposed_by"
    if column not in places.frame:
        return [""] * len(places)
    return [text if isinstance(text, str) else "" for text in places.frame[column]]


def _refuse_unknown(asked: AskedFor, county: Sequence[str]) -> None:
    known = {normal(name) for name in county}
    for name in asked.by_county:
        if normal(name) not in known:
            nearest = nearest_name(name, list(county))
            raise SettingsError("error.datum_county", file=asked.file, found=name, nearest=nearest)


def datum_fits(places: Sites | Premises, streets: Streets, regions: Regions | None, *, file: str) -> DatumFits:
    """
    How well each datum fits the places of a file, and those of each of its counties.

    Parameters
    ----------
    places
        As read, not converted.
    streets
        All roads.
    regions
        Counties or townships; without them only the distances to roads are known.
    file
        Its name, which may be a hint.
    """
    xy, county = places.xy, np.array(_counties(places), object)
    road_mm = road_distances_mm(graph(streets, "walk"), xy)
    stated, inside = _where_stated(places, xy, regions)
    headers = (str(one.facts["columns"]) for one in places.findings if one.word == "finding.other_datum")
    hint = hinted_datum(" ".join((file, *headers)))

    surveyed = surveyed_places(places)

    def fit(name: str, every: Mask) -> DatumFit:
        # Metres of a survey grid say nothing of the datum of the degrees beside them.
        mine = every & ~surveyed if (every & ~surveyed).any() else every
        return datum_fit(name, road_mm[mine], stated[mine], inside[mine], hint=hint)

    groups = tuple(fit(name, county == name) for name in sorted(set(county)))
    return DatumFits(fit(file, np.ones(len(xy), bool)), groups)


def _where_stated(places: Sites | Premises, xy: Floats, regions: Regions | None) -> tuple[Mask, Mask]:
    """Whose county or township is a region, shape (n,), and which lie there under each datum, shape (n, 3)."""
    stated, inside = np.zeros(len(xy), bool), np.zeros((len(xy), 3), bool)
    if regions is None or not isinstance(places, Sites):
        return stated, inside
    names = [plain_region(str(name)) for name in regions.frame["name"]]
    parents = [plain_region(str(name)) for name in regions.frame["parent"]]
    shapes = regions.frame.geometry.to_numpy()
    under = np.column_stack([polygon_of(read, shapes) for read in under_each_datum(xy)])
    rows = zip(places.frame["county"], places.frame["township"], strict=True)
    for site, (county, township) in enumerate(rows):
        meant = _meant(plain_region(county), plain_region(township), names, parents)
        stated[site] = bool(meant)
        inside[site] = np.isin(under[site], list(meant))
    return stated, inside


def _meant(county: str, township: str, names: Sequence[str], parents: Sequence[str]) -> set[int]:
    """The regions a site says it is in: its township, else all of its county."""
    of_county = {at for at, pair in enumerate(zip(names, parents, strict=True)) if county and county in pair}
    of_township = {at for at, name in enumerate(names) if township and name == township}
    return (of_township & of_county if of_county else of_township) or of_county


def _clear(fits: DatumFits, given: Mapping[str, Datum], asked: AskedFor) -> dict[str, Datum]:
    """The datum of each group by name; those without a clear one are asked for."""
    told = zip(fits.groups, datums_of(fits.whole, fits.groups), strict=True)
    of_group = {group.group: given.get(normal(group.group), datum) for group, datum in told}
    clear = {name: datum for name, datum in of_group.items() if datum is not None}
    unclear = [group for group in fits.groups if group.group not in clear]
    if unclear:
        shown = (fits.whole, *unclear) if len(fits.groups) > 1 else (fits.whole,)
        likely = unclear[0].hint or fits.whole.best
        raise InputError(
            "error.datum_unclear",
            file=asked.file,
            scores=Phrases(tuple(("finding.datum_judged", scores(fit)) for fit in shown[:MOST_SCORES])),
            groups=", ".join(group.group or "-" for group in unclear[:MOST_SCORES]),
            key=asked.key,
            example=f"--datum {likely}" if asked.key == "sites.datum" else f'{asked.key} = "{likely}"',
        )
    return clear


def scores(fit: DatumFit) -> dict[str, str | int | float]:
    """What a sentence about a verdict says: group, sites, mean distances [m], sites inside, verdict, lead, limit."""
    (wgs84, gcj02, bd09), inside = fit.road_m, "/".join(map(str, fit.inside_count))
    return {
        "group": fit.group or "-",
        "count": fit.count,
        "judged": fit.judged_count,
        "wgs84": f"{wgs84:.1f}",
        "gcj02": f"{gcj02:.1f}",
        "bd09": f"{bd09:.1f}",
        "inside": f"{inside} ({fit.stated_count})",
        "best": DATUM_NAMES[fit.best],
        "lead": f"{fit.confidence:.1f}",
        "limit": SURE,
    }


def _judged(fits: DatumFits, file: str) -> list[Finding]:
    return [Finding("note", "finding.datum_judged", scores(fit), file=file) for fit in fits.table()]


def _mixed(of_group: Mapping[str, Datum], file: str) -> list[Finding]:
    """Which counties differ, where they do not all have one datum."""
    found = sorted(set(of_group.values()), key=list(DATUM_NAMES).index)
    if len(found) < 2:
        return []
    listed = [
        f"{DATUM_NAMES[datum]}: {', '.join(name or '-' for name, own in of_group.items() if own == datum)}"
        for datum in found
    ]
    return [Finding("warning", "finding.datum_mixed", {"datums": "; ".join(listed)}, file=file)]


def _doubts(fits: DatumFits, of_group: Mapping[str, Datum], asked: AskedFor) -> list[Finding]:
    """Where the roads clearly say another datum than the one that was stated: the whole file, else its counties."""
    one = set(of_group.values())
    if len(one) == 1 and fits.whole.behind_of(next(iter(one))) >= SURE:
        return [_doubt(fits.whole, next(iter(one)), asked)]
    doubted = [group for group in fits.groups if group.behind_of(of_group[group.group]) >= SURE]
    return [_doubt(group, of_group[group.group], asked) for group in doubted]


def _doubt(fit: DatumFit, stated: Datum, asked: AskedFor) -> Finding:
    behind = f"{fit.behind_of(stated):.1f}"
    facts = {**scores(fit), "stated": DATUM_NAMES[stated], "behind": behind, "key": asked.key}
    return Finding("warning", "finding.datum_doubted", facts, file=asked.file)


def _hints(fits: DatumFits, of_group: Mapping[str, Datum], file: str) -> list[Finding]:
    hint = fits.whole.hint
    if hint is None or hint in of_group.values():
        return []
    used = ", ".join(DATUM_NAMES[datum] for datum in DATUM_NAMES if datum in of_group.values())
    return [Finding("warning", "finding.datum_hint", {"hint": DATUM_NAMES[hint], "used": used}, file=file)]
