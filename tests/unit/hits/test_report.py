"""The page tells all, in both languages, loads nothing, runs nothing that a title smuggles in."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests.browser import open_page
from tests.unit.hits.conftest import FORMULA, HOSTILE, N
from tests.unit.hits.pages import Page, english_left

from tunelens.base.errors import ParameterError
from tunelens.base.language import language
from tunelens.charts.hits.claims import HOLDS
from tunelens.explore.collection import Collection
from tunelens.explore.contrast import contrast
from tunelens.plots.display import Display
from tunelens.services.hits import HitsReport, hits
from tunelens.services.hits.chapters.findings import _claims, _difference
from tunelens.services.hits.names import parameter_name, parameter_value, stage_name
from tunelens.services.hits.options import STAGES
from tunelens.services.hits.render import MOST_PICTURE_BYTES, MOST_SOUND_BYTES
from tunelens.services.hits.stages import WAY
from tunelens.services.hits.stages.compare import TOO_FEW


@pytest.fixture(scope="session")
def page(report: HitsReport, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return report.save(tmp_path_factory.mktemp("page") / "报告.html")


def test_the_page_is_well_formed_and_loads_nothing(page: Path) -> None:
    seen = Page(page.read_text("utf-8"))
    assert seen.open == []
    assert len(seen.ids) == len(set(seen.ids))
    outside = [one for one in seen.references if not one.startswith(("data:", "#"))]
    assert outside in ([], ["%E6%8A%A5%E5%91%8A.map.html"])
    assert (page.parent / "报告.map.html").is_file()
    inner = {one.removeprefix("#") for one in seen.references if one.startswith("#")}
    assert inner <= set(seen.ids)
    assert all(known.get("alt") for tag, known in seen.elements if tag == "img")


def test_hostile_titles_are_shown_and_not_run(page: Path) -> None:
    text = page.read_text("utf-8")
    assert "<script>alert" not in text and "<img src=http" not in text
    shown = "".join(part for _, part in Page(text).shown)
    assert HOSTILE in shown and FORMULA in shown


def test_pictures_are_there_before_anyone_scrolls_so_that_they_are_printed(page: Path) -> None:
    assert "<img" in page.read_text(encoding="utf-8") and "lazy" not in page.read_text(encoding="utf-8")


def test_the_page_is_bounded_and_says_how_large_it_is(page: Path) -> None:
    text = page.read_text("utf-8")
    assert len(text) < MOST_PICTURE_BYTES + MOST_SOUND_BYTES + 2_000_000
    assert re.search(r"\d\.\d MB", text)


def test_no_english_word_is_left_on_the_chinese_page(report: HitsReport, page: Path) -> None:
    if report.options.language != "zh":
        pytest.skip("the English page is English")
    text = page.read_text("utf-8")
    assert english_left(text, HOSTILE, FORMULA, str(report.work)) == set()
    assert {"Key", "findings", "of"} <= english_left(f"<p>Key findings of {HOSTILE}</p>", HOSTILE), (
        "it can fail"
    )


def test_the_methods_state_every_parameter_of_every_stage(report: HitsReport) -> None:
    with language(report.options.language):
        stated = {(row[0], row[1]): row[2] for row in report.tables["parameters"].rows}
        asked = {
            (stage_name(stage.name), parameter_name(name)): parameter_value(name, value)
            for stage in WAY if report.outcomes[stage.name].result is not None
            for name, value in stage.parameters(report.options).items()
        }  # fmt: skip
    assert stated == asked and len(asked) > 15


def test_every_parameter_of_every_stage_has_a_name(report: HitsReport) -> None:
    for stage in WAY:
        assert all(parameter_name(name) for name in stage.parameters(report.options)), stage.name


def test_the_command_of_the_page_repeats_the_run(report: HitsReport, tmp_path: Path) -> None:
    import shlex

    from typer.testing import CliRunner

    from tunelens.cli.app import app

    command = next(code for section in report.sections for code in section.codes)
    words = shlex.split(command)
    assert words[:2] == ["tunelens", "hits"]
    done = CliRunner().invoke(app, [*words[1:], "--out", str(tmp_path / "again.json"), "--json"])
    assert done.exit_code == 0, done.output
    again = json.loads((tmp_path / "again.json").read_text("utf-8"))
    assert {one["state"] for one in again["stages"]} <= {"kept", "skipped", "not done"}
    assert again["tables"]["effects"] == json.loads(json.dumps(report.to_dict()["tables"]["effects"]))


def test_planted_differences_are_found_and_nothing_else(report: HitsReport) -> None:
    made = report.outcomes["compare"].result.contrast
    assert [one.feature for one in made.shown] == ["tempo_bpm"]
    assert made.shown[0].difference.delta > 0.9


def test_python_gives_frames_pictures_and_findings(report: HitsReport) -> None:
    frame = report.tables["songs"].to_frame()
    assert len(frame) == N and {"title", "artist", "tempo_bpm"} <= set(frame.columns)
    assert all(isinstance(one, Display) for one in report.displays.values())
    assert {"map", "effects"} <= set(report.displays)
    assert report.displays["effects"]._repr_png_().startswith(b"\x89PNG")
    assert {one.kind for one in report.findings} == {"differs", "sure", "unknown"}
    assert set(report.outcomes) == set(STAGES)
    assert report._repr_html_().startswith("<iframe") and "<script>alert" not in report._repr_html_()


def test_what_was_not_done_is_said_and_only_failures_count(report: HitsReport) -> None:
    states = {name: one.state for name, one in report.outcomes.items()}
    assert states["prepare"] == "not done" and states["select"] == states["structure"] == "skipped"
    told = {one.stage for one in report.failures}
    assert {"prepare", "select", "structure"} <= told
    assert report.exit_code == 0


def test_markdown_and_json_tell_the_same(report: HitsReport, tmp_path: Path) -> None:
    markdown = report.save(tmp_path / "报告.md").read_text("utf-8")
    assert all(one.title in markdown for one in report.sections)
    assert "<script>" not in markdown
    held = json.loads(report.save(tmp_path / "报告.json").read_text("utf-8"))
    assert len(held["tables"]["songs"]["rows"]) == N
    assert [one["text"] for one in held["findings"]] == [one.text for one in report.findings]


def test_a_page_of_somebody_else_is_not_overwritten(report: HitsReport, tmp_path: Path) -> None:
    target = tmp_path / "page.html"
    target.write_text("mine")
    with pytest.raises(ParameterError, match="exists"):
        report.save(target)
    assert report.save(target, force=True) == target
    assert report.save(target) == target, "what we wrote ourselves may be written again"
    with pytest.raises(ParameterError, match="pdf"):
        report.save(tmp_path / "page.pdf")


def test_the_page_works_in_a_real_browser(page: Path, browser: Any) -> None:
    for width, scheme in ((1280, "light"), (360, "dark")):
        with open_page(browser, page, size=(width, 800), color_scheme=scheme) as opened:
            here = opened.page
            wide = here.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{width} px: {wide} px too wide"
            rows = here.locator("#chart-t1 tbody tr:visible")
            here.fill("input[type=search]", HOSTILE[:20])
            assert rows.count() == 1
            here.fill("input[type=search]", "")
            here.locator("#chart-t1 thead th button").nth(2).click()
            assert here.locator("#chart-t1 th[aria-sort=ascending]").count() == 1
            assert rows.count() == N
            assert opened.errors == []
            assert [url for url in opened.requests if not url.startswith(("file:", "data:"))] == []


def test_a_song_of_which_nothing_is_known_costs_nothing(tmp_path: Path) -> None:
    chart = tmp_path / "榜.csv"
    chart.write_text("歌名,歌手\n夜曲,周杰伦\n晴天,周杰伦\n", encoding="utf-8")
    report = hits(chart, work=tmp_path / "work")
    states = {name: one.state for name, one in report.outcomes.items()}
    assert states.pop("acquire") == "done"
    assert set(states.values()) == {"not done"}
    assert report.exit_code == 0
    assert "夜曲" in report.save(tmp_path / "r.html").read_text("utf-8")


def test_too_few_songs_for_clusters_are_told(tmp_path: Path) -> None:
    chart = tmp_path / "few.csv"
    chart.write_text(
        "title,artist,tempo,energy,popularity\n"
        + "\n".join(f"t{i},a{i},{90 + i},0.{i},{10 * i}" for i in range(1, 6))
    )
    report = hits(chart, work=tmp_path / "work")
    assert report.outcomes["cluster"].state == "not done"
    assert "5 songs" in report.outcomes["cluster"].reason
    assert report.outcomes["compare"].state == "done"
    compared = report.outcomes["compare"].result
    assert (compared.undone["model"], compared.failed) == (TOO_FEW, ())  # nothing failed
    assert report.exit_code == 0
    assert "columns of the table" in [row[2] for row in report.tables["parameters"].rows]


def test_years_and_numbers_are_read(report: HitsReport) -> None:
    chart = report.outcomes["describe"].result.chart
    assert set(np.unique(chart.years)) == {2019.0, 2020.0, 2021.0}
    assert set(chart.features) == {"danceability", "energy", "tempo_bpm", "valence"}


def test_a_mean_that_says_otherwise_than_most_songs_is_told_as_it_is() -> None:
    found = contrast(*skewed_sides(), n_boot=200)
    (one,) = found.effects
    assert one.difference.delta > 0 > one.mean_a - one.mean_b
    assert "more often higher than in the reference, though the means are" in _difference(one)


def skewed_sides() -> tuple[Collection, Collection]:
    """Songs of which most are higher on the first side, and the mean is lower."""
    rng = np.random.default_rng(0)
    a, b = rng.normal(1, 0.1, 100), rng.normal(0, 0.1, 100)
    b[:10] += 50
    ids = tuple(map(str, range(100)))
    return tuple(Collection(n, ids, x[:, None], ("energy",)) for n, x in (("a", a), ("b", b)))  # type: ignore[return-value]


def test_claims_about_the_start_of_excerpts_are_no_findings() -> None:
    held = SimpleNamespace(verdict=HOLDS, share=0.6, sentence=lambda: "level is lowest at the start")
    compared = SimpleNamespace(claims=(held,))
    for whole, n in ((True, 1), (False, 0)):
        results = SimpleNamespace(compared=compared, structured=SimpleNamespace(is_of_whole_songs=whole))
        assert len([*_claims(results)]) == n  # type: ignore[arg-type]
