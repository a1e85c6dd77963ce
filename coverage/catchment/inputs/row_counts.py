"""How many rows of a ledger can be used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catchment.model import Finding, Sites


@dataclass(frozen=True)
class RowCounts:
    """Rows of a ledger that were meant as sites."""

    good: int
    """Used."""
    repaired: int
    """Of the good, read as proposed."""
    doubtful: int
    """Of the good, with a warning."""
    bad: int
    """Not used."""
    repeated: int
    """The same as another row, and left out."""

    @property
    def rows(self) -> int:
        """All of them."""
        return self.good + self.bad + self.repeated


def row_counts(sites: Sites) -> RowCounts:
    """
    How many rows of a ledger are good, repaired, doubtful, bad and repeated.

    Examples
    --------
    >>> import geopandas as gpd
    >>> from catchment.model import Finding, Sites
    >>> bad = Finding("bad_row", "finding.coordinate_missing", {"cell": "C3"}, "a.csv", row=3)
    >>> row_counts(Sites(gpd.GeoDataFrame(geometry=gpd.points_from_xy([114.4], [27.8])), (bad,)))
    RowCounts(good=1, repaired=0, doubtful=0, bad=1, repeated=0)
    """
    bad = {_row(finding) for finding in sites.findings if finding.level == "bad_row"}
    again = {_row(finding) for finding in sites.findings if finding.word == "finding.site_repeated"}
    warned = {_row(one) for one in sites.findings if one.level == "warning" and one.row is not None} - bad - again
    repaired = {(one.file, one.sheet, one.row) for one in sites.repairs if one.applied} - again
    return RowCounts(len(sites), len(repaired), len(warned), len(bad), len(again))


def _row(finding: Finding) -> tuple[str, str, int | None]:
    return finding.file, finding.sheet, finding.row
