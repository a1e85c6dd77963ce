"""``catchment pack``: a folder per row of the annex, to hand out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from catchment.apps.collect_command import rules_of, spoken_language
from catchment.apps.flags import flags
from catchment.words import say

if TYPE_CHECKING:
    from catchment.words import Language


def add_pack(app: typer.Typer, language: Language, cache: Path) -> None:
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
    option, fact = flags(language)

    @app.command(help=say("cli.pack", language))
    def pack(
        project: Path = typer.Argument(help=say("cli.project_file", language), show_default=False),
        out: Path = typer.Option(Path("maps", "pack"), "--out", help=say("cli.out", language)),
        rules: Path | None = option("collect_rules", "--rules"),
        zipped: bool = fact("pack_zip", "--zip"),
        only_forms: bool = fact("pack_forms", "--only-forms"),
        lang: str | None = option("lang", "--lang"),
    ) -> None:
        from catchment.config import read_settings  # noqa: PLC0415 - see above
        from catchment.pipeline.pack import pack_project  # noqa: PLC0415 - see above

        spoken = spoken_language(lang, language)
        settings = read_settings(project)
        packed = pack_project(
            settings,
            rules_of(rules, settings),
            out=out,
            language=spoken,
            cache=cache / "streets",
            zipped=zipped,
            only_forms=only_forms,
        )
        for row in packed.rows:
            size = f"{row.size_bytes / 1_000_000:.1f}"
            typer.echo(say("cli.pack_row", spoken, row=row.name, files=row.file_count, size=size))
        if packed.alone:
            names = say("form.between", spoken).join(packed.alone[:20])
            typer.echo(say("cli.pack_alone", spoken, count=len(packed.alone), names=names))
        typer.echo(say("cli.written", spoken, file=out.as_posix()))
