"""One checksum over what figures depend on, by which two people know that they speak of the same data."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from catchment.model import Setting

if TYPE_CHECKING:
    from catchment.config import Settings
    from catchment.model import Rule
    from catchment.pipeline.read import Inputs

FORM = "catchment.data/1"
"""Part of the checksum; the number goes up when the same data would give other figures or other candidates."""


def digest_of(inputs: Inputs, settings: Settings) -> str:
    """
    A sha256, in hexadecimal, over the checksums of the inputs and the settings that change figures or candidates.

    Names, dates, languages, paths and how many sites are to be suggested are no part of it.
    """
    said = {
        "form": FORM,
        # Site visits change the plan, not whom the places serve; what a plan of the network changes is in the settings.
        "inputs": sorted(
            [source.role, source.sha256] for source in inputs.sources if source.role not in ("survey", "plan")
        ),
        **_choices(settings),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def choices_of(settings: Settings) -> dict[str, str]:
    """The settings that are part of the digest, each as text, so that two runs can say in what they differ."""
    return {key: json.dumps(value, sort_keys=True) for key, value in _choices(settings).items()}


def _choices(settings: Settings) -> dict[str, Any]:
    standard = settings.standard.standard()
    return {
        "standard": [_rule(standard.rule(setting)) for setting in Setting],
        "census": settings.census.model_dump(mode="json"),
        "settlement": settings.settlement.model_dump(mode="json"),
        # Other projects keep their digest.
        **({"population": settings.population.kind} if settings.population.kind != "auto" else {}),
        "datum": settings.sites.datum,
        "uncounted_types": sorted(set(settings.sites.uncounted_types)),
        "counted_ids": sorted(set(settings.sites.counted_ids)),
        "roads": settings.roads.model_dump(mode="json"),
        "premises_datum": settings.siting.premises_datum,
        **({"datum_by_county": dict(settings.sites.datum_by_county)} if settings.sites.datum_by_county else {}),
        # Candidates stand elsewhere too; other projects keep their digest.
        **(
            {"targets": settings.targets.model_dump(mode="json", exclude={"year"})}
            if settings.siting.fill_targets
            else {}
        ),
        **({"counted_zones": sorted(settings.sites.counted_zones)} if settings.sites.counted_zones else {}),
        **({"locate": True} if settings.sites.locate else {}),
        **({"repair": True, "grid": settings.sites.grid} if settings.sites.repair else {}),
        **({"must_be_street_front": True} if settings.siting.must_be_street_front else {}),
    }


def _rule(rule: Rule) -> list[Any]:
    minutes = None if rule.minutes is None else str(rule.minutes)
    return [rule.mode, rule.limit_mm, minutes]
