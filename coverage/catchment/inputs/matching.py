"""Which site of the register each row of a ledger is: by county, type and name, then by place; never by row number."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from catchment.geo.measure import distance_m
from catchment.inputs.names import plain_name, plain_region
from catchment.model.register import MatchDoubt

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from catchment.model import Sites
    from catchment.model.register import Registered

SAME_PLACE_M = 50.0
"""Another name so near, of the same type and county, is the same site renamed [m]."""

STILL_M = 2.0
"""Rounding of coordinates moves nothing [m]."""

_RUNNING = re.compile(r"\d{0,5}")


@dataclass(frozen=True)
class Row:
    """A row of the ledger or a site of the register, as far as matching looks at it."""

    at: int
    """Its number in the ledger or the register."""
    id: str
    """Empty where the ledger has none, or a running number."""
    county: str
    type: str
    name: str
    """Plain, as the county is."""
    lon: float
    lat: float
    former: frozenset[str] = frozenset()
    open: bool = True


Pairs = list[tuple[Row, Row]]
"""A row of the ledger and the site of the register that it is."""


def rows_of_sites(sites: Sites) -> list[Row]:
    """The rows of a ledger, in the order of their content, so that no result depends on how they are sorted."""
    columns = (sites.frame[name] for name in ("site_id", "county", "type", "name", "status"))
    texts = zip(*columns, sites.xy.tolist(), strict=True)
    rows = [
        Row(at, own_id(site_id), plain_region(county), kind, plain_name(name, county=county), lon, lat)
        for at, (site_id, county, kind, name, _, (lon, lat)) in enumerate(texts)
    ]
    return sorted(rows, key=lambda row: (row.county, row.type, row.name, row.lon, row.lat, row.id))


def own_id(text: str) -> str:
    """
    An id, or nothing where it is a running number (序号): that is another site's next quarter.

    Examples
    --------
    >>> own_id("360902001000301"), own_id("17"), own_id("YZ-17")
    ('360902001000301', '', 'YZ-17')
    """
    return "" if _RUNNING.fullmatch(text) else text


def rows_of_register(register: Sequence[Registered]) -> list[Row]:
    """The sites of a register, in the order of their ids."""
    rows = []
    for at, one in enumerate(register):
        former = frozenset(plain_name(name, county=one.county) for name in one.former_names)
        name = plain_name(one.name, county=one.county)
        rows.append(Row(at, one.id, plain_region(one.county), one.type, name, one.lon, one.lat, former, one.open))
    return sorted(rows, key=lambda row: row.id)


def paired(rows: Sequence[Row], kept: Sequence[Row]) -> tuple[Pairs, list[MatchDoubt]]:
    """
    Which row of the ledger is which site of the register, and where it cannot be said.

    By county, type and name; then by county and name at the same place; then by county, type and a former name; then
    by county, type and place. What one step has found or doubted is out of the next ones.

    Parameters
    ----------
    rows, kept
        Of the ledger and of the register.

    Examples
    --------
    >>> row = Row(0, "", "袁州", "township", "秀江", 114.4, 27.8)
    >>> was = Row(0, "A7", "袁州", "township", "秀水", 114.4, 27.8)
    >>> found, _ = paired([row], [was])
    >>> found[0][1].id
    'A7'
    """
    pairs, doubts = _by_key(rows, kept)
    for linked, sure in (
        (_same_name, _near),
        (_former_name, _anything),
        (_same_place, _anything),
        (_same_id, _nothing),
    ):
        left, free = _left(rows, kept, pairs, doubts)
        found, unclear = _by_links(left, free, linked, sure)
        pairs, doubts = pairs + found, doubts + unclear
    return pairs, doubts


def _left(
    rows: Sequence[Row], kept: Sequence[Row], pairs: Pairs, doubts: Sequence[MatchDoubt]
) -> tuple[list[Row], list[Row]]:
    """Those that nothing has been found of yet."""
    done = {row.at for row, _ in pairs} | {doubt.site for doubt in doubts}
    taken = {one.id for _, one in pairs} | {known for doubt in doubts for known in doubt.ids}
    return [row for row in rows if row.at not in done], [one for one in kept if one.id not in taken]


def _by_key(rows: Sequence[Row], kept: Sequence[Row]) -> tuple[Pairs, list[MatchDoubt]]:
    """By county, type and name; among several by the spot, the id, the place; one left on either side is the other."""
    of_key: dict[tuple[str, str, str], tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, those in enumerate((rows, kept)):
        for row in those:
            of_key[row.county, row.type, row.name][side].append(row)
    pairs: Pairs = []
    doubts: list[MatchDoubt] = []
    for left, free in of_key.values():
        if not left or not free:
            continue
        found: Pairs = []
        for linked in (_anything, _still, _alike, _near, _anything):
            those, these = _left(left, free, found, ())
            found += _mutual(those, these, linked)
        pairs += found
        those, these = _left(left, free, found, ())
        if these:
            doubts += [MatchDoubt(row.at, tuple(one.id for one in these), "several") for row in those]
    return pairs, doubts


def _mutual(rows: Sequence[Row], kept: Sequence[Row], linked: Callable[[Row, Row], bool]) -> Pairs:
    """Rows and sites that are linked to each other and to no other."""
    links = [(row, one) for row in rows for one in kept if linked(row, one)]
    rows_count, kept_count = _uses(row.at for row, _ in links), _uses(one.at for _, one in links)
    return [(row, one) for row, one in links if rows_count[row.at] == kept_count[one.at] == 1]


def _uses(numbers: Iterable[int]) -> dict[int, int]:
    count: dict[int, int] = defaultdict(int)
    for number in numbers:
        count[number] += 1
    return count


def _by_links(
    rows: Sequence[Row],
    kept: Sequence[Row],
    linked: Callable[[Row, Row], bool],
    sure: Callable[[Row, Row], bool],
) -> tuple[Pairs, list[MatchDoubt]]:
    """Within each county: linked to each other alone, and sure, is a pair; any other link is a doubt."""
    of_county: dict[str, tuple[list[Row], list[Row]]] = defaultdict(lambda: ([], []))
    for side, those in enumerate((rows, kept)):
        for row in those:
            of_county[row.county][side].append(row)
    pairs: Pairs = []
    doubts: list[MatchDoubt] = []
    for left, free in of_county.values():
        found = [(row, one) for row, one in _mutual(left, free, linked) if sure(row, one)]
        clear = {row.at for row, _ in found}
        pairs += found
        for row in left:
            ids = tuple(one.id for one in free if row.at not in clear and linked(row, one))
            if ids:
                doubts.append(MatchDoubt(row.at, ids, "same_id" if linked is _same_id else "several"))
    return pairs, doubts


def within(row: Row, other: Row, limit_m: float) -> bool:
    """Whether two of them are no farther apart than a limit [m]."""
    # Degrees tell most of them apart at once: a metre is less than 9.1e-6 degrees of latitude.
    if abs(row.lat - other.lat) > limit_m * 9.1e-6:
        return False
    if abs(row.lon - other.lon) * math.cos(math.radians(row.lat)) > limit_m * 9.1e-6:
        return False
    return float(distance_m(np.array([[row.lon, row.lat]]), np.array([[other.lon, other.lat]]))[0]) <= limit_m


def _still(row: Row, one: Row) -> bool:
    return within(row, one, STILL_M)


def _near(row: Row, one: Row) -> bool:
    return within(row, one, SAME_PLACE_M)


def _alike(row: Row, one: Row) -> bool:
    return row.id == one.id


def _anything(row: Row, one: Row) -> bool:  # noqa: ARG001 - one of several rules
    return True


def _nothing(row: Row, one: Row) -> bool:  # noqa: ARG001 - as above
    return False


def _same_name(row: Row, one: Row) -> bool:
    return row.name == one.name


def _former_name(row: Row, one: Row) -> bool:
    return row.type == one.type and row.name in one.former


def _same_place(row: Row, one: Row) -> bool:
    """A closed site is no older name of what stands in its place now."""
    return row.type == one.type and one.open and _near(row, one)


def _same_id(row: Row, one: Row) -> bool:
    return row.id == one.id
