"""
A gap analysis to copy: who is not covered, where and why, as a table for each gap and for each region.

    python gap_analysis.py [PROJECT.toml] [FOLDER]

Only public names of catchment are used. The numbers are those of ``catchment run``: people are counted in 1/1024.
"""

import sys
from pathlib import Path

import pandas as pd

import catchment as ct

PERSONS = 1024
HERE = Path(__file__).parent


def gap_table(run: ct.Run) -> pd.DataFrame:
    """A row per gap, those with most people first: people, where, why, how far the nearest site is."""
    gaps = run.gaps.frame
    return pd.DataFrame(
        {
            "gap": gaps["gap_id"],
            "people": (gaps["people"] / PERSONS).round(1),
            "lon": gaps["lon"].round(6),
            "lat": gaps["lat"].round(6),
            "cause": [ct.Cause(cause).name.lower() for cause in gaps["cause"]],
            "nearest_site": [run.sites.frame["name"].iloc[site] if site >= 0 else "" for site in gaps["site"]],
            "km": (gaps["cost_mm"] / 1e6).where(gaps["cost_mm"] >= 0).round(2),
        }
    )


def region_table(run: ct.Run) -> pd.DataFrame:
    """A row per region, those with most uncovered people first; doubts about the data apart."""
    regions = run.by_region
    doubts = regions[["no_road", "cut_off", "edge_of_data"]].sum(axis=1)
    table = pd.DataFrame(
        {
            "region": regions["name"],
            "people": (regions["people"] / PERSONS).round(1),
            "covered": (regions["covered"] / PERSONS).round(1),
            "uncovered": (regions["uncovered"] / PERSONS).round(1),
            "of_these_in_doubt": (doubts / PERSONS).round(1),
        }
    )
    return table.sort_values("uncovered", ascending=False, ignore_index=True)


def main(project: Path, folder: Path) -> None:
    """Run the project without suggestions and write both tables."""
    settings = ct.read_settings(project, overrides={"siting": {"budget": None}})
    run = ct.assess(ct.read_inputs(settings), settings, language="en")
    folder.mkdir(parents=True, exist_ok=True)
    gap_table(run).to_csv(folder / "gaps.csv", index=False, encoding="utf-8-sig")
    region_table(run).to_csv(folder / "regions.csv", index=False, encoding="utf-8-sig")
    print(f"{run.totals.uncovered / PERSONS:,.0f} of {run.totals.people / PERSONS:,.0f} people are not covered")
    print(gap_table(run).head(10).to_string(index=False))


if __name__ == "__main__":
    given = [Path(argument) for argument in sys.argv[1:3]]
    defaults = [HERE.parent / "data" / "demo" / "demo.toml", Path("gap-analysis")]
    main(*(given + defaults[len(given) :]))
