"""What is handed out to each county: its own residents, its own sites, and the form that comes back."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import pytest
from forms import fill

from catchment.config import read_settings
from catchment.errors import SettingsError
from catchment.inputs.evaluation_rules import example_rules
from catchment.inputs.forms import read_form
from catchment.pipeline.evaluation import collect, row_facts
from catchment.pipeline.pack import pack_project, safe_name

RULES = example_rules()


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("streets")


@pytest.fixture(scope="module")
def pack(small_demo, cache, tmp_path_factory):
    """The small demo packed, its folder and what was said."""
    out = tmp_path_factory.mktemp("pack") / "分发"
    return out, pack_project(read_settings(small_demo), RULES, out=out, language="zh", cache=cache)


def test_every_row_of_the_annex_gets_map_workbook_cards_and_form(pack):
    out, packed = pack
    names = {folder.name: sorted(file.name for file in folder.iterdir()) for folder in out.iterdir() if folder.is_dir()}
    assert set(names) == {"袁州区", "经开区", "宜阳新区", "明月山"} == {row.name for row in packed.rows}
    assert names["明月山"] == sorted(["报告.xlsx", "网点卡.docx", "自评表-明月山.xlsx", "覆盖图.html"])


def test_what_was_filled_in_is_never_replaced_and_what_was_not_is(small_demo, cache, pack, tmp_path):
    first, _ = pack
    settings, out = read_settings(small_demo), tmp_path / "again"
    about = {"language": "zh", "cache": cache, "only_forms": True}
    pack_project(settings, RULES, out=out, **about)
    before = {file.relative_to(out): file.read_bytes() for file in out.rglob("*.xlsx")}
    # The same project gives the same bytes, alone or with the rest, and an unchanged pack may be replaced.
    assert all((first / name).read_bytes() == content for name, content in before.items())
    fill(out / "袁州区" / "自评表-袁州区.xlsx", {"O5": 5})
    with pytest.raises(SettingsError, match="自评表-袁州区"):
        pack_project(settings, RULES, out=out, **about)


def test_the_forms_of_a_pack_come_back_to_their_project(small_demo, cache, pack, tmp_path):
    out, _ = pack
    folder = tmp_path / "收回"
    folder.mkdir()
    for form in out.rglob("自评表-*.xlsx"):
        (folder / form.name).write_bytes(form.read_bytes())
    settings = read_settings(small_demo)
    found, _ = collect(folder, RULES, out=tmp_path / "out", language="zh", settings=settings, cache=cache)
    assert found.complete
    other = settings.model_copy(update={"standard": settings.standard.model_copy(update={"road_km": 5.0})})
    with pytest.raises(Exception, match=r"另一次测算|another run"):
        collect(folder, RULES, out=tmp_path / "out", language="zh", settings=other, cache=cache)


def test_rows_share_out_the_residents_and_the_covered_of_the_whole_run(village_run):
    facts = row_facts(village_run)
    assert sum(row.people for row in facts) == round(village_run.totals.people / 1024)
    assert sum(row.covered for row in facts) == round(village_run.totals.covered / 1024)
    assert sum(len(row.sites) for row in facts) == (village_run.progress.site_row >= 0).sum()


def test_the_page_of_a_row_has_its_residents_alone_and_no_site_of_others_that_serves_nobody_there(pack):
    out, _ = pack
    form = read_form(out / "明月山" / "自评表-明月山.xlsx")
    text = (out / "明月山" / "覆盖图.html").read_text(encoding="utf-8")
    data = json.loads(text.split('id="catchment-data">', 1)[1].split("</script>", 1)[0])
    assert data["figures"]["people"] == form.facts.people
    assert data["figures"]["covered"] == form.facts.covered
    assert {region["name"] for region in data["regions"]} == {"温汤镇", "洪江镇"} & {
        region["name"] for region in data["regions"]
    }
    assert {site.site_id for site in form.facts.sites} <= {site["id"] for site in data["sites"]}


def test_folders_may_be_zipped_without_the_hour_and_whoever_hands_in_no_form_gets_none(small_demo, cache, tmp_path):
    rules = replace(RULES, without_form=("经开区",))
    about = {"language": "en", "cache": cache, "only_forms": True, "zipped": True}
    pack_project(read_settings(small_demo), rules, out=tmp_path / "a", **about)
    inside = {}
    for path in (tmp_path / "a").glob("*.zip"):
        with zipfile.ZipFile(path) as book:
            inside[path.name] = book.namelist()
            assert all(member.date_time == (1980, 1, 1, 0, 0, 0) for member in book.infolist())
    rows = ("袁州区", "宜阳新区", "明月山")
    assert inside == {"经开区.zip": []} | {f"{row}.zip": [f"{row}/self-assessment-{row}.xlsx"] for row in rows}


@pytest.mark.parametrize("name", ["con.txt", "a<b>", "x" * 300, "..", "樟树 ", "\ud800", "LPT1"])
def test_names_are_such_that_windows_takes_them(name):
    safe = safe_name(name)
    assert 0 < len(safe) <= 61
    assert safe == safe.strip(". ")
    assert not set(safe) & set('<>:"/\\|?*\ud800')
    assert safe.split(".")[0].upper() not in ("CON", "LPT1")
    assert safe_name(safe) == safe
