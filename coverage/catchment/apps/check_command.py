"""``catchment check``: what is odd about a project or a ledger, and the workbooks that go back to the offices."""

from __future__ import annotations

import json
from pathlib import Path  # noqa: TC003 - typer reads the annotations of a command when it is declared
from typing import TYPE_CHECKING, Any, Literal

import typer

from catchment.apps.flags import flags
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from catchment.pipeline.check import CheckedLedger, WrittenCheck
    from catchment.words import Language

NOTHING_USABLE = 3
"""Exit code of a ledger without a usable row."""


def add_check(app: typer.Typer, language: Language, cache: Path) -> None:
    """
    Declare the command.

    Parameters
    ----------
    app
        The commands so far.
    language
        Of help and messages.
    cache
        Folder for parsed roads.
    """
    option, fact = flags(language)

    @app.command(help=say("cli.check", language))
    def check(
        source: Path = typer.Argument(help=say("cli.check_source", language), show_default=False),
        repair: bool = fact("repair", "--repair"),
        out: Path | None = option("check_out", "--out"),
        regions: Path | None = option("check_regions", "--regions"),
        roads: Path | None = option("check_roads", "--roads"),
        datum: Literal["wgs84", "gcj02", "bd09", "auto"] | None = option("datum", "--datum"),
        grid: Literal["EPSG:4546", "EPSG:4547", "EPSG:4548", "EPSG:32649", "EPSG:32650", "EPSG:3857"] | None = option(
            "grid", "--grid"
        ),
        lang: str | None = option("lang", "--lang"),
        as_json: bool = fact("json", "--json"),
    ) -> None:
        from catchment.apps.waiting import progress  # noqa: PLC0415 - heavy; --help answers at once

        sites = {"repair": repair or None, "datum": datum, "grid": grid}
        files = {"regions": regions, "roads": roads}
        spoken = next((known for known in LANGUAGES if known == lang), language)
        extra: dict[str, int] = {}
        with progress(spoken):
            if source.suffix.lower() == ".toml":
                checked, extra, spoken = _project(source, sites, files, language, lang, cache)
            else:
                checked = _ledger(source, sites, files, cache)
            written = _written(checked, out, spoken)
        lines = _record(checked, extra, written, spoken) if as_json else _report(checked, extra, written, spoken)
        for line in lines:
            typer.echo(line)
        if not len(checked.sites):
            raise typer.Exit(NOTHING_USABLE)


def _ledger(source: Path, sites: dict[str, Any], files: dict[str, Path | None], cache: Path) -> CheckedLedger:
    from catchment.pipeline.check import check_ledger  # noqa: PLC0415 - as above

    return check_ledger(source, **{**sites, **files, "repair": bool(sites["repair"])}, cache=cache / "streets")


def _project(
    source: Path,
    sites: dict[str, Any],
    files: dict[str, Path | None],
    language: Language,
    lang: str | None,
    cache: Path,
) -> tuple[CheckedLedger, dict[str, int], Language]:
    """What a project reads, how much of it there is, and its language."""
    from catchment.config import read_settings  # noqa: PLC0415 - as above
    from catchment.inputs.ledgers import ledger_files  # noqa: PLC0415 - as above
    from catchment.pipeline.check import CheckedLedger  # noqa: PLC0415 - as above
    from catchment.pipeline.read import read_inputs  # noqa: PLC0415 - as above

    overrides: dict[str, Any] = {
        "sites": {key: value for key, value in sites.items() if value},
        "inputs": {role: path.absolute() for role, path in files.items() if path},
    }
    settings = read_settings(source, overrides={**overrides, **({"language": lang} if lang else {})})
    inputs = read_inputs(settings, cache=cache / "streets")
    own = set(map(id, inputs.sites.findings))
    further = tuple(finding for finding in inputs.findings if id(finding) not in own)
    files_of_ledger, fits = ledger_files(settings.inputs.sites), inputs.datum_fits
    checked = CheckedLedger(files_of_ledger, inputs.sites, further, in_wgs84=True, datum_fits=fits)
    extra = {"edges": len(inputs.streets), "people": round(inputs.population.persons.sum())}
    return checked, extra, settings.language or language


def _written(checked: CheckedLedger, out: Path | None, language: Language) -> WrittenCheck:
    from catchment.pipeline.check import WrittenCheck, write_checked  # noqa: PLC0415 - as above

    return WrittenCheck(()) if out is None else write_checked(checked, out, language=language)


def _report(checked: CheckedLedger, extra: dict[str, int], written: WrittenCheck, language: Language) -> list[str]:
    """The findings by file, the scores of each datum, what was written, and the rows counted."""
    from catchment.inputs.row_counts import row_counts  # noqa: PLC0415 - as above
    from catchment.outputs.datums import datum_lines  # noqa: PLC0415 - as above
    from catchment.outputs.finding_lines import counts_line, grouped_lines  # noqa: PLC0415 - as above

    findings = (*checked.findings, *written.unwritten)
    lines = list(grouped_lines(findings, [file.name for file in checked.files], language))
    lines += datum_lines(checked.datum_fits.table(), language) if checked.datum_fits else []
    lines += [say("cli.written", language, file=path.as_posix()) for path in written.paths]
    if extra:
        bad = sum(finding.level == "bad_row" for finding in findings)
        facts = {"sites": len(checked.sites), "bad": bad, "findings": len(findings), **extra}
        return [*lines, say("cli.check_done", language, **facts)]
    return [*lines, counts_line(row_counts(checked.sites), language)]


def _record(checked: CheckedLedger, extra: dict[str, int], written: WrittenCheck, language: Language) -> list[str]:
    from dataclasses import asdict  # noqa: PLC0415 - as above

    from catchment.inputs.row_counts import row_counts  # noqa: PLC0415 - as above
    from catchment.outputs.finding_lines import finding_record, repair_record  # noqa: PLC0415 - as above

    counts = row_counts(checked.sites)
    record = {
        "schema": "catchment.check/1",
        "files": [file.name for file in checked.files],
        "rows": {"all": counts.rows, **asdict(counts)},
        **extra,
        "findings": [finding_record(one, language) for one in (*checked.findings, *written.unwritten)],
        "repairs": [repair_record(repair, language) for repair in checked.sites.repairs],
        "datums": [_fit(fit) for fit in (checked.datum_fits.table() if checked.datum_fits else ())],
        "outputs": [path.as_posix() for path in written.paths],
    }
    return [json.dumps(record, ensure_ascii=False)]


def _fit(fit: Any) -> dict[str, Any]:
    """How well each datum fits a file or county; distances to roads and sites inside in the order of the datums."""
    named = {"group": fit.group, "sites": fit.count, "judged": fit.judged_count, "best": fit.best, "sure": fit.sure}
    return {**named, "road_m": [round(metres, 1) for metres in fit.road_m], "inside": list(fit.inside_count)}
