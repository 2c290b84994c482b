"""The whole way on sound: what is heard is told, what cannot be heard too, and a change does little anew."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
import soundfile
from tests.music import SR, performance

from tunelens.base.errors import DecodeError, ParameterError
from tunelens.base.settings import Settings
from tunelens.services.hits import HitsReport, hits
from tunelens.services.hits.stages.acquire import UnmatchedError

SONGS, OTHERS = 13, 9
SECONDS = 21.0
ABSENT = "没有录音"
LETTER = "信"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart in 中文, its songs (one is no music, one is not there), and a reference of slower songs."""
    folder = tmp_path_factory.mktemp("音乐")
    for name, first, n, bpm in (("songs", 0, SONGS, 128.0), ("others", 50, OTHERS, 84.0)):
        (folder / name).mkdir()
        for i in range(n):
            timbre = ("organ", "flute")[i % 2]
            y = performance(first + i, SECONDS, bpm=bpm + 2 * (i % 5), timbre=timbre)
            soundfile.write(folder / name / f"歌手{i % 6} - {name}之歌{i}.wav", y, SR)
    (folder / "songs" / f"写信人 - {LETTER}.mp3").write_text("Dear listener, this is not music.")
    with (folder / "热歌榜.csv").open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["排名", "歌名", "歌手", "使用量"])
        for i in range(SONGS):
            rows.writerow([i + 1, f"songs之歌{i}", f"歌手{i % 6}", 1000 + 37 * i])
        rows.writerows([[SONGS + 1, LETTER, "写信人", 5], [SONGS + 2, ABSENT, "无名", 3]])
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """No nets, and no settings of the machine."""
    home = tmp_path_factory.mktemp("home")
    return Settings(data_dir=home / "data", cache_dir=home / "cache", offline=True)


def run(folder: Path, settings: Settings, work: Path, **asked: object) -> HitsReport:
    usual = {"k": 2, "how": "first", "against": folder / "others", "language": "zh"}
    chart, songs = folder / "热歌榜.csv", folder / "songs"
    return hits(chart, audio=songs, work=work, jobs=1, settings=settings, **(usual | asked))


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def report(folder: Path, settings: Settings, work: Path) -> HitsReport:
    return run(folder, settings, work, skip="select")


def states(report: HitsReport) -> dict[str, str]:
    return {name: one.state for name, one in report.outcomes.items()}


def test_every_stage_has_a_result_or_a_reason(report: HitsReport) -> None:
    found = states(report)
    assert {name for name, state in found.items() if state == "done"} == {
        "acquire", "prepare", "describe", "cluster", "structure", "compare",
    }  # fmt: skip
    assert found["classify"] == "not done", "no net was there"
    assert found["select"] == "skipped"


@pytest.mark.slow
def test_clusters_by_features_that_were_chosen(
    report: HitsReport, folder: Path, settings: Settings, work: Path
) -> None:
    again = run(folder, settings, work, features="selected", skip="structure,compare")
    assert states(again)["select"] == "done" and states(report)["cluster"] == "done"
    chosen = again.outcomes["select"].result.names
    assert chosen and again.outcomes["cluster"].result.features == chosen
    assert again.tables["chosen"].column("chosen here").count(True) == len(chosen)


def test_the_chinese_page_of_sound_is_chinese(report: HitsReport) -> None:
    from tests.unit.hits.pages import english_left

    shown = report.save(report.work / "中文.html").read_text("utf-8")
    own_words = [one.error.message for one in report.failures if one.error]
    hints = [one.error.hint for one in report.failures if one.error and one.error.hint]
    assert english_left(shown, *own_words, *hints, "songs之歌", "others之歌", "others", "songs") == set()


def test_songs_stand_under_the_names_of_the_chart(report: HitsReport) -> None:
    songs = report.tables["songs"]
    titles, tempi = songs.column("title"), songs.column("tempo_bpm")
    assert set(titles) == {f"songs之歌{i}" for i in range(SONGS)}
    for title, bpm in zip(titles, tempi, strict=True):
        asked = 128 + 2 * (int(title.removeprefix("songs之歌")) % 5)
        assert min(abs(bpm * factor / asked - 1) for factor in (0.5, 1, 2)) < 0.04
    uses = dict(zip(titles, songs.column("use_count"), strict=True))
    assert uses["songs之歌3"] == 1000 + 37 * 3


def test_what_could_not_be_heard_is_told_and_counts(report: HitsReport) -> None:
    by_item = {one.item: one for one in report.failures if one.item}
    absent = next(one for item, one in by_item.items() if ABSENT in item)
    letter = next(one for item, one in by_item.items() if LETTER in item)
    assert isinstance(absent.error, UnmatchedError) and absent.why == "没有找到这首歌的文件。"
    assert isinstance(letter.error, DecodeError)
    assert report.exit_code == 1
    shown = report.save(report.work / "页.html").read_text("utf-8")
    assert ABSENT in shown and LETTER in shown
    assert shown.count("data:audio/") >= 2


def test_the_faster_songs_are_found_to_be_faster(report: HitsReport) -> None:
    made = report.outcomes["compare"].result.contrast
    tempo = next(one for one in made.effects if one.feature == "tempo_bpm")
    assert made.n_a == SONGS and made.n_b == OTHERS
    assert tempo.mean_a > tempo.mean_b
    assert made.groups_b == 6, "artists of the reference are told by the names of files"


@pytest.mark.parametrize(
    ("asked", "anew"),
    [
        ({"skip": "select"}, set()),
        ({"language": "en"}, {"describe", "cluster"}),
        ({"k": 3}, {"cluster"}),
    ],
)
def test_a_change_does_anew_only_what_depends_on_it(
    report: HitsReport, folder: Path, settings: Settings, work: Path, asked: dict, anew: set[str]
) -> None:
    assert report.exit_code == 1
    again = run(folder, settings, work, **({"skip": "select,structure,compare"} | asked))
    assert {name for name, state in states(again).items() if state == "done"} == anew


def test_a_changed_recording_is_heard_again_and_the_others_are_not(
    report: HitsReport, folder: Path, settings: Settings, work: Path
) -> None:
    asked = {"skip": "select,cluster,structure,compare"}
    before = {one.out: one.kept for one in report.outcomes["prepare"].result.chart}
    changed = folder / "songs" / "歌手0 - songs之歌0.wav"
    soundfile.write(changed, performance(99, SECONDS, bpm=70.0), SR)
    again = run(folder, settings, work, **asked)
    assert states(again)["prepare"] == "done"
    fresh = [one.source.name for one in again.outcomes["prepare"].result.chart if not one.kept]
    assert fresh == [changed.name] and len(before) == SONGS


def test_what_was_taken_away_from_the_work_folder_is_made_again(
    report: HitsReport, folder: Path, settings: Settings, work: Path
) -> None:
    next((work / "excerpts").rglob("*.wav")).unlink()
    again = run(folder, settings, work, skip="select,cluster,structure,compare")
    assert states(again)["prepare"] == "done"
    assert all(one.out.is_file() for one in again.outcomes["prepare"].result.chart)
    assert states(report)["prepare"] == "done"


def test_a_relative_work_folder_is_as_good_and_one_among_the_songs_is_refused(
    folder: Path, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    report = run(folder, settings, Path("work"), against=None, skip="select,cluster,structure,compare")
    assert len(report.tables["songs"]) == SONGS
    with pytest.raises(ParameterError, match="folder of songs"):
        run(folder, settings, folder / "songs" / "work")


def test_a_reference_without_sound_costs_the_comparison_alone(
    folder: Path, settings: Settings, work: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    report = run(folder, settings, work, against=tmp_path / "empty", language="en", skip="select,structure")
    assert states(report)["cluster"] == "done"
    assert report.outcomes["compare"].result.contrast is None
    assert any("empty" in one.item for one in report.failures)
    assert report.exit_code == 1


def test_a_table_as_reference_of_sound_is_refused_with_the_reason(
    folder: Path, settings: Settings, work: Path, tmp_path: Path
) -> None:
    table = tmp_path / "old.csv"
    rows = (f"t{i},a{i},{90 + i},0.{i}" for i in range(10, 30))
    table.write_text("\n".join(["title,artist,tempo,energy", *rows]))
    report = run(folder, settings, work, against=table, language="en", skip="select,structure")
    compared = report.outcomes["compare"].result
    assert compared.contrast is None
    assert "two programs" in compared.undone["contrast"]
