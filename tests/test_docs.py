"""What the documents claim is run."""

import importlib
import json
import re
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
import pytest

import catchment
from catchment.config import read_settings
from catchment.words import say

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def run_notebook(name, monkeypatch):
    """The names that a notebook leaves behind."""
    monkeypatch.chdir(ROOT / "notebooks")
    notebook = json.loads(Path(name).read_text(encoding="utf-8"))
    names = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            exec("".join(cell["source"]), names)  # noqa: S102 - a notebook is code to run
    return names


def test_the_first_notebook_runs(monkeypatch):
    names = run_notebook("first_map.ipynb", monkeypatch)
    run, access = names["run"], names["access"]
    # The steps of the notebook cover whom the pipeline covers.
    assert (access.covered == run.access.covered).all()


def test_the_notebook_on_siting_tells_its_story_in_ten_cells(monkeypatch):
    names = run_notebook("siting.ipynb", monkeypatch)
    plt.close("all")
    assert len(json.loads(Path("siting.ipynb").read_text(encoding="utf-8"))["cells"]) == 10
    assert len(names["plan"]) == 10
    assert names["proof"].status == "optimal"
    assert names["answer"].rank == 1


def test_the_notebook_on_gaps_accounts_for_everybody(monkeypatch):
    names = run_notebook("gaps.ipynb", monkeypatch)
    plt.close("all")
    assert names["gaps"]["people"].sum() == names["run"].totals.uncovered


def test_the_notebook_on_your_graph_agrees_with_networkx(monkeypatch):
    names = run_notebook("osmnx_graph.ipynb", monkeypatch)
    assert len(names["apart"]) > 100
    assert max(names["apart"]) < 0.002


def test_the_notebook_on_another_city_asks_for_less_and_covers_fewer(monkeypatch):
    shares = run_notebook("another_city.ipynb", monkeypatch)["shares"]
    assert shares[5] < shares[15]


def test_the_script_to_copy_writes_tables_that_add_up(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "notebooks"))
    script = importlib.import_module("gap_analysis")
    script.main(ROOT / "data" / "demo" / "demo.toml", tmp_path)
    gaps, regions = (pd.read_csv(tmp_path / f"{name}.csv", encoding="utf-8-sig") for name in ("gaps", "regions"))
    assert regions["uncovered"].is_monotonic_decreasing
    # Each row is rounded to a tenth of a person.
    assert gaps["people"].sum() == pytest.approx(regions["uncovered"].sum(), abs=0.05 * (len(gaps) + len(regions)))


def test_notebooks_use_public_names_only():
    for path in (ROOT / "notebooks").iterdir():
        assert not re.search(r"(from|import) catchment\.|from catchment import _", path.read_text(encoding="utf-8")), (
            path
        )


def test_every_public_name_can_be_imported():
    assert all(getattr(catchment, name) for name in catchment.__all__)
    with pytest.raises(AttributeError, match="nothing_like_it"):
        catchment.nothing_like_it  # noqa: B018 - looking it up is the test


def test_the_python_example_of_the_readme_runs(monkeypatch):
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    monkeypatch.chdir(ROOT / "data" / "demo")
    exec(code.replace("catchment.toml", "demo.toml"), {})  # noqa: S102 - the example as written


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_setting_of_the_commented_project_file_exists(tmp_path, language):
    text = say("project.template", language)
    lines = [re.sub(r"^# (?=(\w+|\[[\w.]+\])( =|$| +#))", "", line) for line in text.splitlines()]
    project = tmp_path / "catchment.toml"
    project.write_text("\n".join(lines), encoding="utf-8")
    (tmp_path / "plan.toml").write_text('name = "x"', encoding="utf-8")
    settings = read_settings(project)
    assert settings.inputs.regions is not None
    assert settings.roads.respect_oneway is False
    assert settings.sources["population"].licence == "CC BY 4.0"


def test_the_files_and_links_of_the_readme_exist():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for command in ("run", "suggest", "check", "init", "demo"):
        assert f"catchment {command}" in README
