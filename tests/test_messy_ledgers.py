"""From ten messy ledgers to a run: check, repair, datum, locate; the answer is that of the clean ledger."""

from __future__ import annotations

import openpyxl
import pytest
from old_book import old_book
from test_docs import ROOT, run_notebook

from catchment.apps.demo import write_messy_ledgers
from catchment.geo.measure import distance_m
from catchment.inputs.sites import diagnosed_sites


@pytest.fixture(scope="module")
def ledgers(tmp_path_factory):
    return write_messy_ledgers(ROOT / "data" / "demo" / "sites.xlsx", tmp_path_factory.mktemp("台账"))


def test_ten_messy_ledgers_give_the_run_of_the_clean_one(monkeypatch):
    with monkeypatch.context() as here:
        names = run_notebook("messy_ledger.ipynb", here)
    runs, pointed = names["runs"], names["pointed"]
    assert len(names["ledgers"]) == 10
    # As sent, only plain pairs of degrees are used; asked about is only the office that is on Baidu.
    assert len(names["as_sent"]) < len(names["repaired"]) < len(runs["clean"].sites)
    assert "is not clear (宜阳新区)" in names["asked"]
    assert runs["pointed"].totals.covered == runs["clean"].totals.covered
    assert (runs["pointed"].access.covered == runs["clean"].access.covered).all()
    assert sorted(runs["pointed"].sites.frame["name"]) == sorted(runs["clean"].sites.frame["name"])
    # Guesses change the answer of those only whose nearest site, in truth or as guessed, is one of them.
    guessed = set(pointed["name"])
    differs = runs["guessed"].access.covered != runs["clean"].access.covered
    for name in ("guessed", "clean"):
        at = runs[name].access.site
        near = runs[name].sites.frame["name"].isin(guessed).to_numpy()[at] & (at >= 0)
        differs &= ~near
    assert 0 < len(guessed) < 6
    assert not differs.any()


def test_an_old_workbook_and_a_new_one_are_the_same_ledger(ledgers, tmp_path):
    (tmp_path / "old.xls").write_bytes(old_book({"台账": _cells(ledgers[0])}))
    new, old = diagnosed_sites(ledgers[0]), diagnosed_sites(tmp_path / "old.xls")
    assert old.frame["name"].tolist() == new.frame["name"].tolist()
    assert (distance_m(old.xy, new.xy) == 0).all()


def _cells(path):
    return [list(row) for row in openpyxl.load_workbook(path).active.iter_rows(values_only=True)]
