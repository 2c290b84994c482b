"""Two clips of every song from all kinds of sources, and the report on features chosen by them."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.sounds import write

from tunelens.audio import decode
from tunelens.base.errors import (
    DataError,
    LateError,
    MissingDependencyError,
    NotFoundError,
    ParameterError,
    UnknownNameError,
)
from tunelens.base.settings import Settings
from tunelens.explore.selection import Genetic, KeptSelection, SelectOptions, Twins
from tunelens.features.waveform import waveform_statistics
from tunelens.library.store import Library
from tunelens.models.inputs import INPUTS
from tunelens.services import twins as of_twins
from tunelens.services.analyze import analyze_many
from tunelens.services.collections import collect
from tunelens.services.findings import check_findings
from tunelens.services.hear import HearOptions
from tunelens.services.selection import SelectionOptions, SelectionReport, select_features
from tunelens.services.selection_report import save_selection_report
from tunelens.services.twins import Paired, TwinWaveform, positions, twins_of

SR = 8000
QUICK = SelectionOptions(search=SelectOptions(Genetic(12, 6), draws=20), n_splits=2, n_seeds=2)


def song(path: Path, seed: int, seconds: float = 12.0) -> Path:
    """Write noise of a colour that is this song's own."""
    rng = np.random.default_rng(seed)
    y = rng.laplace(size=round(SR * seconds))
    y = np.convolve(y, rng.normal(size=6), mode="same")
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, (0.2 * y / np.abs(y).max()).astype(np.float32), SR)


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("music")
    for i in range(10):
        song(folder / f"歌 {i}.wav", i)
    return folder


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(cache_dir=tmp_path / "cache", data_dir=tmp_path / "data")


@pytest.fixture(scope="module")
def report(music: Path, tmp_path_factory: pytest.TempPathFactory) -> SelectionReport:
    settings = Settings(cache_dir=tmp_path_factory.mktemp("cache"))
    return select_features(str(music), options=QUICK, engine="inline", settings=settings)


# -- clips --------------------------------------------------------------------------------------------


@given(st.floats(1, 20_000), st.floats(1, 60))
def test_clips_of_a_song_never_overlap_and_lie_within_it(duration_s: float, clip_s: float) -> None:
    (a, b), (c, d) = positions(duration_s, clip_s)
    assert -0.001 <= a < b <= c + 0.001 < d <= duration_s + 0.002
    assert b - a == pytest.approx(min(clip_s, duration_s / 2), abs=0.002) == d - c
    assert a + d == pytest.approx(duration_s, abs=0.003)


def test_numbers_are_those_of_the_input_and_of_the_sound_itself(music: Path) -> None:
    path = music / "歌 3.wav"
    ours = TwinWaveform().of_file(path, 2.0, 9.0)
    assert np.array_equal(ours, INPUTS["waveform"].of_file(path, 2.0, 9.0))
    clip = decode(path, sr=22050, mono=True, offset_s=2.0, duration_s=7.0)
    assert np.allclose(ours, list(waveform_statistics(clip).values()), rtol=1e-3, atol=1e-5)


def test_clips_are_taken_where_it_is_said(music: Path, settings: Settings) -> None:
    found = twins_of(str(music), engine="inline", settings=settings, clip_s=4.0)
    i = found.twins.songs.index("歌 3")
    assert found.clips[i] == ((1.0, 5.0), (7.0, 11.0))
    assert np.array_equal(found.twins.a[i], TwinWaveform().of_file(music / "歌 3.wav", 1.0, 5.0))
    assert np.array_equal(found.twins.b[i], TwinWaveform().of_file(music / "歌 3.wav", 7.0, 11.0))
    assert (found.n_short, found.said_notes()) == (0, ())
    halves = twins_of(str(music), engine="inline", settings=settings)
    assert halves.clips[i] == ((0.0, 6.0), (6.0, 12.0))
    assert halves.said_notes() == ("10 songs are shorter than 30 s: their halves are the clips",)


def test_what_was_measured_is_not_measured_again(
    music: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = twins_of(str(music), engine="inline", settings=settings)
    monkeypatch.setattr(of_twins, "windows_of", None)
    again = twins_of(str(music), engine="inline", settings=settings)
    assert np.array_equal(first.twins.a, again.twins.a)


def test_bad_files_cost_themselves_and_are_told_of(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "music"
    for name, seed in (("good", 0), ("better", 1), ("copy of good", 0)):
        song(folder / f"{name}.wav", seed)
    song(folder / "short.wav", 2, 4.9)
    (folder / "letter.mp3").write_text("Dear listener, this is not music.")
    whole = song(folder / "breaks off.wav", 3).read_bytes()
    (folder / "breaks off.wav").write_bytes(whole[: len(whole) // 3])
    found = twins_of(str(folder), settings=settings, jobs=1)
    assert set(found.twins.songs) <= {"good", "better", "copy of good", "breaks off"}
    assert found.reasons()["shorter than 5 s"] >= 1
    assert found.reasons()["the same sound as a song before"] == 1
    assert folder / "letter.mp3" in {path for path, _ in found.failures}
    assert len(found.twins) + len(found.dropped) + len(found.failures) == 6


def test_a_file_that_promises_more_than_it_holds_is_a_failure(music: Path) -> None:
    with pytest.raises(DataError, match="ends before"):
        TwinWaveform().of_file(music / "歌 1.wav", 6.0, 20.0)


def test_a_worker_that_is_late_costs_its_song(
    music: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = LateError("too slow")

    def slow(path: Path) -> of_twins.Facts:
        if path.name == "歌 4.wav":
            raise late
        return facts_of(path)

    facts_of = of_twins.facts_of
    monkeypatch.setattr(of_twins, "facts_of", slow)
    found = twins_of(str(music), engine="inline", settings=settings)
    assert [(path.name, error) for path, error in found.failures] == [("歌 4.wav", late)]
    assert len(found.twins) == 9


# -- sources ------------------------------------------------------------------------------------------


def test_songs_of_a_library_and_of_a_query(music: Path, settings: Settings) -> None:
    path = settings.data_dir / "library.db"
    with Library.open(path) as library:
        files = [music / f"歌 {i}.wav" for i in range(3)]
        analyze_many(files, library, jobs=1, engine="inline", options=HearOptions(models=()))
        loudest = max(library.tracks(), key=lambda track: track.energy).path.stem
    found = twins_of("library", library=path, engine="inline", settings=settings)
    assert found.twins.songs == ("歌 0", "歌 1", "歌 2")
    one = twins_of(f'library:"{loudest}"', library=path, engine="inline", settings=settings)
    assert one.twins.songs == (loudest,)
    with pytest.raises(DataError, match="no track"):
        twins_of("library:year:1900", library=path, engine="inline", settings=settings)


def test_a_dataset_tells_artists_and_excerpts(music: Path, settings: Settings) -> None:
    lines = [f"歌 {i}.wav,艺人 {i // 2},rock,1,11" for i in range(4)]
    table = music / "songs.csv"
    table.write_text("path,artist,genre,start,end\n" + "\n".join(lines), encoding="utf-8")
    found = twins_of(str(table), engine="inline", settings=settings)
    assert found.twins.artists == ("艺人 0", "艺人 0", "艺人 1", "艺人 1")
    assert found.clips[0] == ((1.0, 6.0), (6.0, 11.0))
    assert np.array_equal(found.twins.b[0], TwinWaveform().of_file(music / "歌 0.wav", 6.0, 11.0))


def test_the_sound_of_a_chart(music: Path, tmp_path: Path, settings: Settings) -> None:
    chart = tmp_path / "榜.csv"
    lines = ["title,creator,rank", "歌 2,艺人甲,1", "没有,乙,2", "歌 5,丙,3"]
    chart.write_text("\n".join(lines), encoding="utf-8")
    found = twins_of(str(chart), audio=music, engine="inline", settings=settings)
    assert (found.twins.songs, found.twins.artists) == (("歌 2", "歌 5"), ("艺人甲", "丙"))
    assert found.notes == ("1 songs of the chart have no file",)
    (tmp_path / "empty").mkdir()
    with pytest.raises((DataError, NotFoundError)):
        twins_of(str(chart), audio=tmp_path / "empty", settings=settings)


def test_a_table_with_two_rows_a_song_needs_no_sound(tmp_path: Path) -> None:
    table = tmp_path / "numbers.csv"
    rows = [
        "歌曲,artist,tempo,energy,note",
        "甲,X,120,0.5,a",
        "乙,Y,90,0.2,b",
        "甲,X,121,,c",
        "乙,Y,91,0.3,d",
    ]
    table.write_text("\n".join([*rows, "丙,Z,80,0.1,e", ",Z,1,2,f"]), encoding="utf-8")
    found = twins_of(str(table))
    assert found.twins.songs == ("甲", "乙")
    assert found.twins.artists == ("X", "Y")
    assert found.twins.names == ("tempo", "energy")
    assert found.twins.a.tolist() == [[120, 0.5], [90, 0.2]]
    assert found.twins.b[1].tolist() == [91, 0.3]
    assert np.isnan(found.twins.b[0, 1])
    assert found.reasons() == {"row that cannot be read": 1, "not two rows of the song": 1}
    assert found.notes == ("columns that hold no numbers: note",)


@pytest.mark.parametrize("text", ["song,x\na,1\nb,2\n", "song,x\na,u\na,v\n", "song\na\na\n"])
def test_a_table_without_pairs_or_numbers_is_refused(tmp_path: Path, text: str) -> None:
    table = tmp_path / "numbers.csv"
    table.write_text(text, encoding="utf-8")
    with pytest.raises(DataError):
        twins_of(str(table))


def test_sources_that_are_none(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty").mkdir()
    for source, error in ((tmp_path / "none", NotFoundError), (tmp_path / "empty", NotFoundError)):
        with pytest.raises(error):
            twins_of(str(source), settings=settings)
    (tmp_path / "letter.mp3").write_text("no music")
    with pytest.raises(DataError, match="none of the 1 songs"):
        twins_of(str(tmp_path / "letter.mp3"), settings=settings, engine="inline")
    table = tmp_path / "features.csv"
    table.write_text("tempo,energy,label\n" + "120,0.1,a\n90,0.2,b\n" * 4, encoding="utf-8")
    with pytest.raises(DataError, match="no column 'song'"):
        twins_of(str(table), settings=settings)


# -- the report ---------------------------------------------------------------------------------------


def test_all_methods_stand_beside_each_other(report: SelectionReport) -> None:
    assert [one.method for one in report.selections] == ["ga", "greedy", "random", "literature", "all"]
    assert report.chosen.lost == min(one.lost for one in report.over_seeds)
    assert [one.seed for one in report.over_seeds] == [0, 1]
    assert report.chosen.lost <= min(one.lost for one in report.selections[2:])
    names = [table.name for table in report.tables()]
    assert len(names) == 3
    often = report.tables()[2]
    assert len(often) == 42
    assert sum(often.column("in the literature")) == 18
    assert sum(often.column("chosen")) == len(report.chosen.names)
    assert set(report.displays()) == {"generations", "chosen", "compared"}
    json.dumps(report.to_dict(), allow_nan=False)


def test_few_songs_are_not_held_out_and_that_is_said() -> None:
    rng = np.random.default_rng(0)
    a, b = (rng.normal(size=(5, 4)) for _ in "ab")
    paired = Paired("five", Twins(a, b, tuple("stuv"), tuple("12345")))
    found = select_features(paired, options=QUICK)
    assert found.compared is None
    assert found.notes == ("5 songs are too few to hold some out; 8 are needed",)
    assert [one.method for one in found.selections] == ["ga", "greedy", "random", "all"]
    assert "compared" not in found.displays()


def test_without_splits_nothing_is_promised(report: SelectionReport) -> None:
    options = SelectionOptions(("greedy",), n_splits=0)
    found = select_features(report.paired, options=options)
    assert "not known" in found.notes[-1]
    assert found.displays() == {}
    assert not found.over_seeds


def test_the_same_seed_tells_the_same(report: SelectionReport) -> None:
    again = select_features(report.paired, options=QUICK)
    assert again.to_dict() == report.to_dict()


def test_without_deap_no_file_is_touched(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "deap", None)
    monkeypatch.delitem(sys.modules, "deap.base", raising=False)
    with pytest.raises(MissingDependencyError, match="deap") as refused:
        select_features("/no/such/folder")
    assert refused.value.hint == "pip install 'tunelens[explore]'"
    with pytest.raises(NotFoundError):
        select_features("/no/such/folder", options=SelectionOptions(("greedy",)))


@pytest.mark.parametrize(
    "wrong", [{"methods": ()}, {"held_out": 1.5}, {"n_splits": 1}, {"n_seeds": 0}, {"n_splits": -2}]
)
def test_wrong_wishes_are_refused(wrong: dict) -> None:
    with pytest.raises(ParameterError):
        SelectionOptions(**wrong)
    with pytest.raises(UnknownNameError):
        SelectionOptions(("genetics",))


def test_a_kept_selection_chooses_the_columns_of_a_collection(
    report: SelectionReport, music: Path, tmp_path: Path
) -> None:
    path = report.keep(tmp_path / "chosen.json")
    kept = KeptSelection.load(path)
    assert kept.features == report.chosen.names
    assert kept.how["held_out"]["song"]["value"] == pytest.approx(report.compared.of("ga").held_out.mean())
    with Library.open(tmp_path / "library.db") as library:
        analyze_many([music / "歌 1.wav"], library, jobs=1, engine="inline", options=HearOptions(models=()))
    found = collect("library", features=str(path), library=tmp_path / "library.db")
    assert found.features == report.chosen.names
    both = collect("library", features=f"tempo,{path}", library=tmp_path / "library.db")
    assert both.features == ("tempo_bpm", *report.chosen.names)


@pytest.mark.parametrize("suffix", [".html", ".md", ".json", ".csv", ".png", ".svg"])
def test_reports_of_every_kind(report: SelectionReport, tmp_path: Path, suffix: str) -> None:
    path = save_selection_report(report, tmp_path / f"报告{suffix}", lang="zh")
    assert path.stat().st_size > 500
    if suffix in {".html", ".md"}:
        text = path.read_text("utf-8")
        assert "遗传算法" in text and "留出" in text
        assert "genetic algorithm" not in text
        assert suffix == ".md" or text.count("data:image/svg+xml;base64,") == 3
        assert "http" not in text.replace("http://www.w3.org", "")
    with pytest.raises(ParameterError, match="exists"):
        save_selection_report(report, path)


def test_words_of_strangers_stay_words(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    names = ("<script>alert(1)</script>", "=cmd()", "a|b", "{x}")
    a, b = (rng.normal(size=(12, 4)) for _ in "ab")
    paired = Paired("<b>x</b>", Twins(a, b, names, tuple(map(str, range(12)))))
    found = select_features(paired, options=QUICK)
    page = save_selection_report(found, tmp_path / "a.html").read_text("utf-8")
    assert "<script>" not in page and "<b>x" not in page
    assert "&lt;script&gt;" in page
    text = save_selection_report(found, tmp_path / "a.md").read_text("utf-8")
    assert "a\\|b" in text and "<script>" not in text


@pytest.mark.parametrize("name", ["a.pdf", "a"])
def test_reports_that_cannot_be_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ParameterError, match="allowed"):
        check_findings(tmp_path / name)
    with pytest.raises(UnknownNameError):
        check_findings(tmp_path / "a.html", lang="xx")


def test_real_songs_are_told_apart_by_some_of_the_features(data_dir: Path, settings: Settings) -> None:
    table = settings.data_dir / "few.csv"
    table.parent.mkdir(parents=True)
    lines = (data_dir / "emotify.csv").read_text("utf-8").splitlines()
    table.write_text("\n".join([lines[0], *lines[1:241:10]]), encoding="utf-8")
    from tunelens.data.registry import ReadOptions

    read = ReadOptions(label="genre", audio=data_dir)
    found = select_features(f"manifest:{table}", read=read, options=QUICK, jobs=1, settings=settings)
    assert len(found.paired.twins) == 24
    assert not found.paired.failures
    lost = {one.method: one.lost for one in found.selections}
    assert lost["ga"] < lost["all"]
    assert lost["greedy"] < lost["random"] <= lost["all"]
