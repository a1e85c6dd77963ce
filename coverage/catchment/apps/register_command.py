"""``catchment register``: what changed since last quarter, and the register that keeps the ids."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations of a command when it is declared
from typing import TYPE_CHECKING

import typer

from catchment.apps.flags import flags
from catchment.errors import SettingsError
from catchment.words import say

if TYPE_CHECKING:
    from catchment.model import Sites
    from catchment.words import Language


def add_register(app: typer.Typer, language: Language, cache: Path) -> None:
    """
    Declare the command.

    Parameters
    ----------
    app
        Of all commands.
    language
        Of help and messages.
    cache
        Folder for parsed roads.
    """
    option, _ = flags(language)

    @app.command(help=say("cli.register", language))
    def register(
        ledger: Path = typer.Argument(help=say("cli.register_ledger", language), show_default=False),
        file: Path | None = option("register_file", "--register"),
        datum: str | None = option("datum", "--datum"),
        write: bool = typer.Option(False, "--write", help=say("cli.register_write", language)),
        lang: str | None = option("lang", "--lang"),
    ) -> None:
        spoken: Language = "zh" if lang == "zh" else "en" if lang == "en" else language
        sites, kept = _read(ledger, datum, cache)
        kept = file or kept
        if kept is None:
            raise SettingsError("error.register_which")
        _show(sites, kept, spoken, write=write)


def _read(ledger: Path, datum: str | None, cache: Path) -> tuple[Sites, Path | None]:
    """The sites of a project or of a ledger by itself, and the register that the project names."""
    from catchment.config import SiteSettings, read_settings  # noqa: PLC0415 - heavy; --help answers at once
    from catchment.pipeline.datum import AskedFor  # noqa: PLC0415 - as above
    from catchment.pipeline.read import read_roads  # noqa: PLC0415 - as above
    from catchment.pipeline.register import sites_of_ledger, sites_of_project  # noqa: PLC0415 - as above

    if ledger.suffix.lower() == ".toml":
        settings = read_settings(ledger, overrides={"sites": {"datum": datum}} if datum else {})
        roads = settings.inputs.roads
        streets = lambda: read_roads(roads, settings.roads, cache=cache / "streets")[0]  # noqa: E731 - read if needed
        return sites_of_project(settings, streets), settings.sites.register_file
    stated = datum or "wgs84"
    if stated not in ("wgs84", "gcj02", "bd09", "auto"):
        raise SettingsError("error.register_datum", found=stated)
    asked = AskedFor(SiteSettings.model_validate({"datum": stated}).datum, ledger.name, "--datum", {})
    return sites_of_ledger(ledger, asked), None


def _show(sites: Sites, file: Path, language: Language, *, write: bool) -> None:
    """Print what changed; write the register only if that is asked for."""
    from catchment.inputs.register import matched, registered  # noqa: PLC0415 - as above
    from catchment.inputs.register_file import read_register, write_register  # noqa: PLC0415 - as above
    from catchment.outputs.register_lines import register_lines  # noqa: PLC0415 - as above

    kept = read_register(file) if file.exists() else ()
    matching = matched(sites, kept)
    for line in register_lines(matching, sites, language):
        typer.echo(line)
    if write:
        write_register(registered(matching, sites, kept), file)
        typer.echo(say("cli.written", language, file=file.as_posix()))
    else:
        typer.echo(say("cli.register_unwritten", language))
