"""``catchment locate``: the page on which a planner points at where rows without coordinates lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import typer

from catchment.apps.flags import flags
from catchment.errors import SettingsError
from catchment.words import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from catchment.model.locate import Guess
    from catchment.words import Language


def add_locate(app: typer.Typer, language: Language, cache: Path) -> None:
    """
    Add the command.

    Parameters
    ----------
    app
        The commands.
    language
        Of help and messages.
    cache
        Folder for parsed roads.
    """
    option, _ = flags(language)

    @app.command(help=say("cli.locate", language))
    def locate(
        source: Path = typer.Argument(help=say("cli.locate_from", language), show_default=False),
        roads: Path | None = option("roads", "--roads"),
        regions: Path | None = option("regions", "--regions"),
        located: Path | None = option("located", "--located"),
        datum: str | None = option("datum", "--datum"),
        out: Path = typer.Option(Path("locate.html"), "--out", help=say("cli.locate_out", language)),
        lang: str | None = option("lang", "--lang"),
    ) -> None:
        from catchment.pipeline.locate_page import write_locate  # noqa: PLC0415 - so that --help answers at once

        given = {"roads": roads, "regions": regions, "located": located, "datum": datum, "language": lang}
        asked = _asked(source, {key: value for key, value in given.items() if value}, language)
        found = write_locate(asked.pop("ledger"), out, **asked, cache=cache / "streets")
        for line in _said(found, out, asked["language"]):
            typer.echo(line)


def _asked(source: Path, given: dict[str, Any], language: Language) -> dict[str, Any]:
    """What a project file or the flags say; flags win."""
    from catchment.config import SiteSettings, read_settings  # noqa: PLC0415 - see above

    if source.suffix.lower() != ".toml":
        if "roads" not in given:
            raise SettingsError("error.settings_missing", file=source.name, key="roads", flag="roads")
        # Checked as the project file's would be.
        datum = cast("Any", given.get("datum", "wgs84"))
        if datum not in SiteSettings.model_fields["datum"].annotation.__args__:  # type: ignore[union-attr]  # a Literal
            raise SettingsError(
                "error.settings_bad_value",
                file=source.name,
                key="datum",
                found=repr(datum),
                reason="wgs84, gcj02, bd09",
            )
        return {"ledger": source, "language": language, **given}
    settings = read_settings(source)
    owed = settings.sources.get("roads")
    return {
        "ledger": settings.inputs.sites,
        "roads": settings.inputs.roads,
        "regions": settings.inputs.regions,
        "located": settings.sites.located,
        "datum": settings.sites.datum,
        "road_settings": settings.roads,
        "attribution": owed.attribution if owed else "",
        "language": settings.language or language,
        **given,
    }


def _said(found: Sequence[Guess], out: Path, language: Language) -> Iterator[str]:
    if not found:
        yield say("cli.locate_none", language)
        return
    counts = [len(guess.spots) for guess in found]
    yield say(
        "cli.locate_done",
        language,
        rows=len(found),
        guessed=counts.count(1),
        ambiguous=sum(count > 1 for count in counts),
        unknown=counts.count(0),
    )
    yield say("cli.written", language, file=out.as_posix())
