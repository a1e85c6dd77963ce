"""``catchment template``: an empty ledger to send out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from catchment.errors import SettingsError
from catchment.words import LANGUAGES, say

if TYPE_CHECKING:
    from catchment.words import Language


def add_template(app: typer.Typer, language: Language, cache: Path) -> None:
    """
    Declare the command.

    Parameters
    ----------
    app
        The commands so far.
    language
        Of help and messages.
    cache
        Not used.
    """

    @app.command(help=say("cli.template", language))
    def template(
        file: Path | None = typer.Argument(None, help=say("cli.template_file", language), show_default=False),
        lang: str | None = typer.Option(None, "--lang", help=say("cli.lang", language)),
    ) -> None:
        from catchment.outputs.template import write_template  # noqa: PLC0415 - heavy; --help answers at once

        spoken = next((known for known in LANGUAGES if known == lang), language)
        target = file or Path(f"{say('file.template', spoken)}.xlsx")
        if target.suffix.lower() != ".xlsx":
            raise SettingsError("error.template_suffix", file=str(target))
        if target.exists():
            raise SettingsError("error.project_exists", file=str(target))
        write_template(target, language=spoken)
        typer.echo(say("cli.written", spoken, file=target.as_posix()))
