"""A ledger by itself: what is odd about it, and what goes back to the offices that sent it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from catchment.config import RoadSettings
from catchment.errors import InputError, SettingsError
from catchment.files import open_input
from catchment.inputs.ledgers import KINDS, TABLES, ledger_files
from catchment.inputs.regions import read_regions
from catchment.inputs.sites import diagnosed_sites
from catchment.inputs.whereabouts import with_whereabouts
from catchment.model import Finding
from catchment.outputs.annotated import write_annotated
from catchment.outputs.clean_ledger import write_clean_ledger
from catchment.outputs.office_book import is_untouched
from catchment.pipeline.datum import AskedFor, in_wgs84, stated_in_wgs84
from catchment.pipeline.read import read_roads
from catchment.words import Phrases, say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from catchment.config import AskedDatum
    from catchment.geo.grids import Grid
    from catchment.model import Sites
    from catchment.pipeline.datum import DatumFits
    from catchment.words import Language


@dataclass(frozen=True, eq=False)
class CheckedLedger:
    """A ledger that was looked at, with everything that is odd about it."""

    files: tuple[Path, ...]
    """What it consists of."""
    sites: Sites
    """Its usable rows, findings and repairs."""
    further: tuple[Finding, ...] = ()
    """What is odd about the regions it was held against."""
    datum_fits: DatumFits | None = None
    """How well each datum fits it; ``None`` if no roads were given, or where no map service shifts coordinates."""

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All of them."""
        return (*self.sites.findings, *self.further)


@dataclass(frozen=True)
class WrittenCheck:
    """What was written about a ledger."""

    paths: tuple[Path, ...]
    unwritten: tuple[Finding, ...] = field(default=())
    """Files of which no annotated copy was made, and why."""


def check_ledger(
    path: Path,
    *,
    repair: bool = False,
    grid: Grid | None = None,
    datum: AskedDatum | None = None,
    regions: Path | None = None,
    roads: Path | None = None,
    cache: Path | None = None,
) -> CheckedLedger:
    """
    Read a ledger and look at everything that can be looked at without a project.

    A ledger without a usable row is no error: its findings say what is wrong.

    Parameters
    ----------
    path
        A file, a folder of tables, or a pattern.
    repair, grid
        As ``read_sites``.
    datum
        What its coordinates are, to bring them to WGS84; without it they stay as found.
    regions
        Counties or townships that the sites are held against.
    roads
        Roads, which tell how well each datum fits.
    cache
        Folder for parsed streets.

    Raises
    ------
    MissingInputError, InputError
        If no file can be read, or ``auto`` is asked for and the datum is not clear.
    SettingsError
        If ``auto`` is asked for without roads.
    """
    files = ledger_files(path)
    sites = diagnosed_sites(path, repair=repair, grid=grid)
    areas = read_regions(regions) if regions else None
    fits = None
    if len(sites):
        asked = AskedFor(datum or "wgs84", path.name, "sites.datum", {})
        if roads is not None:
            streets, _ = read_roads(roads, RoadSettings(), cache=cache)
            sites, fits = in_wgs84(sites, asked, streets=streets, regions=areas)
        else:
            sites = stated_in_wgs84(sites, asked)
        sites = with_whereabouts(sites, areas) if areas else sites
    return CheckedLedger(files, sites, areas.findings if areas else (), fits)


def write_checked(checked: CheckedLedger, out: Path, *, language: Language) -> WrittenCheck:
    """
    Write an annotated copy of each table, and one clean ledger if any row is usable.

    Nothing is written over that a person may have written: a file of these names in the folder is replaced only if
    it is an earlier result that no other program has saved since.

    Parameters
    ----------
    checked
        The ledger.
    out
        Folder of the results, made if it is not there; not one in which a file of the ledger lies.
    language
        Of file names, notes and headers.

    Raises
    ------
    SettingsError
        If ``out`` is the folder of the ledger, a file in it would be lost, or two files of the ledger have one name.
    OutputError
        If a file cannot be written.
    """
    targets = {file: out / name for file, name in annotated_names(checked.files, language).items()}
    clean = out / f"{say('file.ledger', language)}.xlsx"
    _refuse_losses(checked.files, out, [*targets.values(), clean])
    written: list[Path] = []
    unwritten: list[Finding] = []
    skipped = {one.file for one in checked.sites.findings if one.word == "finding.file_skipped"}
    for file, target in targets.items():
        if file.name in skipped:
            continue
        problem = _write_one(checked.sites, file, target, language)
        if problem:
            unwritten.append(problem)
        else:
            written.append(target)
    if len(checked.sites):
        write_clean_ledger(checked.sites, clean, language=language)
        written.append(clean)
    return WrittenCheck(tuple(written), tuple(unwritten))


def _write_one(sites: Sites, file: Path, target: Path, language: Language) -> Finding | None:
    """Write the annotated copy of one file; else the finding that says why there is none."""
    findings = [finding for finding in sites.findings if finding.file == file.name]
    repairs = [repair for repair in sites.repairs if repair.file == file.name]
    try:
        source = open_input(file, *KINDS)
        if source.kind not in TABLES:
            return _not_annotated(file, Phrases((("checked.map_file", {}),)))
        write_annotated(source, findings, repairs, target, language=language)
    except InputError as problem:
        return _not_annotated(file, Phrases(((problem.word, problem.facts),)))
    return None


def _not_annotated(file: Path, reason: Phrases) -> Finding:
    return Finding("warning", "finding.not_annotated", {"reason": reason}, file.name)


def annotated_names(files: Sequence[Path], language: Language) -> Mapping[Path, str]:
    """
    What the annotated copies are called: by the name of the file, with its ending where two would be alike.

    Raises
    ------
    SettingsError
        If two files of different folders have the same name.

    Examples
    --------
    >>> from pathlib import Path
    >>> list(annotated_names([Path("a.csv"), Path("b.xls"), Path("B.xlsx")], "en").values())
    ['a_checked.xlsx', 'b.xls_checked.xlsx', 'B.xlsx_checked.xlsx']
    """
    stems = Counter(file.stem.casefold() for file in files)
    whole = Counter(file.name.casefold() for file in files)
    alike = next((file.name for file in files if whole[file.name.casefold()] > 1), None)
    if alike:
        raise SettingsError("error.check_same_names", file=alike)
    suffix = say("file.checked", language)
    bases = {file: file.stem if stems[file.stem.casefold()] == 1 else file.name for file in files}
    return {file: f"{base}_{suffix}.xlsx" for file, base in bases.items()}


def _refuse_losses(files: Sequence[Path], out: Path, targets: Sequence[Path]) -> None:
    if out.resolve() in {file.parent.resolve() for file in files}:
        raise SettingsError("error.check_out_is_ledger", folder=str(out))
    if out.exists() and not out.is_dir():
        raise SettingsError("error.output_is_file", folder=str(out))
    for target in targets:
        if target.exists() and not is_untouched(target):
            raise SettingsError("error.check_exists", file=str(target))
