"""Scans of real files: what is heard, skipped, moved, failed, and what is said about it."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tunelens.base.errors import (
    AudioError,
    DecodeError,
    EmptyAudioError,
    LateError,
    MissingDependencyError,
    NotFoundError,
    UnknownNameError,
    WorkerError,
)
from tunelens.library.identity import FileStamp
from tunelens.library.store import Library
from tunelens.services import analyze as service
from tunelens.services.analyze import ScanReport, analyze, analyze_many
from tunelens.services.engines import attempt
from tunelens.services.hear import HearOptions, hear

SR = 22050
PLAIN = HearOptions(models=())


def tone(path: Path, hz: float = 440.0, seconds: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    y = 0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * SR)) / SR)
    with path.open("wb") as file:
        soundfile.write(file, y.astype(np.float32), SR, format="WAV")
    return path


@pytest.fixture
def library(tmp_path, home):
    with Library.open(tmp_path / "music.db") as library:
        yield library


@pytest.fixture
def music(tmp_path):
    for number in range(3):
        tone(tmp_path / "music" / f"{number}.wav", 300 + 100 * number)
    return tmp_path / "music"


def scan(library, *paths, **options) -> ScanReport:
    report = analyze_many(paths, library, **({"engine": "inline", "options": PLAIN} | options))
    done = len(report.analyzed) + len(report.skipped) + len(report.moved) + len(report.failed)
    assert report.n_files == done or report.interrupted
    return report


def names(paths) -> list[str]:
    return sorted(path.name for path in paths)


def test_a_second_scan_hears_nothing(library, music):
    assert names(scan(library, music).analyzed) == ["0.wav", "1.wav", "2.wav"]
    again = scan(library, music)
    assert (names(again.skipped), again.analyzed) == (["0.wav", "1.wav", "2.wav"], ())
    assert library.count() == 3


def test_the_number_of_workers_does_not_change_a_digit(library, music, tmp_path):
    scan(library, music, engine="local", jobs=1)
    with Library.open(tmp_path / "other.db") as other:
        assert names(scan(other, music, engine="local", jobs=2).analyzed) == ["0.wav", "1.wav", "2.wav"]
        for one, two in zip(library.tracks(), other.tracks(), strict=True):
            assert library.get(one.id).to_dict() == other.get(two.id).to_dict()


def test_the_folder_scan_hears_what_analyze_hears(library, music):
    scan(library, music, engine="local", jobs=1)
    kept, heard = library.get(music / "0.wav"), analyze(music / "0.wav", PLAIN)
    assert (kept.path, kept.info, kept.content_sha256) == (heard.path, heard.info, heard.content_sha256)
    there, here = kept.descriptors, heard.descriptors
    assert (there.key.tonic, there.tempo.bpm) == (here.key.tonic, here.tempo.bpm)
    assert there.loudness_lufs == pytest.approx(here.loudness_lufs, abs=1e-3)
    # several BLAS threads add up in another order than the one of a worker
    np.testing.assert_allclose(there.pooled.values, here.pooled.values, rtol=1e-2, atol=1e-4)


def test_new_and_changed_files_are_heard(library, music):
    scan(library, music)
    tone(music / "1.wav", 999)
    tone(music / "new.wav", 777)
    report = scan(library, music)
    assert names(report.analyzed) == ["1.wav", "new.wav"]
    assert names(report.skipped) == ["0.wav", "2.wav"]


def test_a_touched_file_is_recognised_by_its_content_once(library, music, monkeypatch):
    scan(library, music)
    os.utime(music / "0.wav", ns=(1, 1))
    assert len(scan(library, music).skipped) == 3
    monkeypatch.setattr(
        "tunelens.services.plan.sha256_of", lambda _: pytest.fail("it need not be read again")
    )
    assert len(scan(library, music).skipped) == 3


def test_a_moved_file_is_recognised_and_keeps_its_number(library, music):
    scan(library, music)
    number = library.track(music / "0.wav").id
    (music / "albums").mkdir()
    (music / "0.wav").rename(music / "albums" / "中文.wav")
    report = scan(library, music)
    assert (names(report.moved), names(report.skipped), report.analyzed) == (
        ["中文.wav"],
        ["1.wav", "2.wav"],
        (),
    )
    assert library.track(number).path == music / "albums" / "中文.wav"
    assert library.get(number).path == music / "albums" / "中文.wav"
    assert library.count() == 3
    assert len(scan(library, music).skipped) == 3


def test_a_copy_is_a_track_of_its_own(library, music):
    scan(library, music)
    shutil.copy(music / "0.wav", music / "copy.wav")
    assert names(scan(library, music).analyzed) == ["copy.wav"]
    assert library.count() == 4


def test_outdated_tracks_are_heard_again(library, music, monkeypatch):
    scan(library, music)
    monkeypatch.setattr("tunelens.services.hear.DESCRIPTORS_VERSION", 2)
    monkeypatch.setattr("tunelens.features.descriptors.DESCRIPTORS_VERSION", 2)
    assert len(scan(library, music).analyzed) == 3
    assert len(scan(library, music).skipped) == 3


def test_force_hears_everything_again(library, music):
    scan(library, music)
    assert len(scan(library, music, force=True).analyzed) == 3
    assert library.count() == 3


def test_a_file_that_cannot_be_heard_costs_only_itself(library, music):
    (music / "text.mp3").write_text("no music " * 100, encoding="utf-8")
    (music / "empty.mp3").touch()
    report = scan(library, music, music / "nowhere.mp3")
    assert len(report.analyzed) == 3
    kinds = {path.name: type(error) for path, error in report.failed}
    assert kinds == {"text.mp3": DecodeError, "empty.mp3": EmptyAudioError, "nowhere.mp3": NotFoundError}
    assert "3 failed" in report.summary()


def test_broken_files_are_tried_again_only_with_a_reason(library, music, monkeypatch):
    broken = music / "text.mp3"
    broken.write_text("no music " * 100, encoding="utf-8")
    heard: list[Path] = []
    monkeypatch.setattr(service, "hear", lambda path, options: heard.append(path) or hear(path, options))
    first = scan(library, music)
    heard.clear()
    again = scan(library, music)
    assert heard == []
    assert [(path, type(error), error.message, error.hint) for path, error in again.failed] == [
        (path, type(error), error.message, error.hint) for path, error in first.failed
    ], "a known failure is still told"
    scan(library, music, retry=True)
    assert names(heard) == ["text.mp3"]
    heard.clear()
    tone(broken)
    assert names(scan(library, music).analyzed) == ["text.mp3"]
    assert library.failures() == {}


@pytest.mark.parametrize(
    ("error", "program", "tried"),
    [
        (DecodeError, None, []),
        (LateError, None, []),
        (WorkerError, None, ["0.wav"]),
        (AudioError, None, ["0.wav"]),
        (DecodeError, "0.0.1", ["0.wav"]),
    ],
)
def test_only_what_would_fail_again_is_not_tried_again(library, music, monkeypatch, error, program, tried):
    path = music / "0.wav"
    with monkeypatch.context() as patch:
        if program:
            patch.setattr("tunelens.services.analyze.__version__", program)
            patch.setattr("tunelens.library.store.__version__", program)
        library.put_failure(path, error("'0.wav' failed"), FileStamp.of(path))
    report = scan(library, path)
    assert names(report.analyzed) == tried
    assert len(report.failed) == 1 - len(tried)


def test_another_song_of_the_same_size_is_no_moved_file(library, music):
    scan(library, music)
    number = library.track(music / "0.wav").id
    size = (music / "0.wav").stat().st_size
    (music / "0.wav").unlink()
    assert tone(music / "new.wav", 777).stat().st_size == size
    report = scan(library, music)
    assert (names(report.analyzed), report.moved) == (["new.wav"], ())
    assert library.track(music / "new.wav").id != number


def test_each_file_counts_once_however_it_is_named(library, music, monkeypatch):
    monkeypatch.chdir(music)
    report = scan(library, music, music / "0.wav", "0.wav", music / ".." / "music" / "1.wav")
    assert report.n_files == 3
    assert library.count() == 3


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file system that takes any byte")
def test_names_of_any_bytes_go_through_workers(library, tmp_path):
    folder = tmp_path / "music"
    files = [
        tone(folder / os.fsdecode(name), 300 + n)
        for n, name in enumerate([b"caf\xe9.wav", "音.wav".encode()])
    ]
    report = scan(library, folder, engine="local", jobs=2)
    assert set(report.analyzed) == set(files)
    assert len(scan(library, folder).skipped) == 2


def test_progress_is_told_of_every_file_that_is_heard(library, music):
    told = []

    class Listener:
        def start(self, total, what):
            told.append((total, what))

        def advance(self, item, ok=True):
            told.append((Path(item).name, ok))

        def finish(self):
            told.append("finish")

    (music / "text.mp3").write_text("no music", encoding="utf-8")
    scan(library, music, progress=Listener())
    assert told[0] == (4, "tracks")
    assert sorted(told[1:-1]) == [("0.wav", True), ("1.wav", True), ("2.wav", True), ("text.mp3", False)]
    assert told[-1] == "finish"


def test_ctrl_c_keeps_what_is_finished_and_tells(library, music, monkeypatch):
    heard = []

    def impatient(path, options):
        if heard:
            raise KeyboardInterrupt
        heard.append(path)
        return hear(path, options)

    monkeypatch.setattr(service, "hear", impatient)
    report = scan(library, music)
    assert (report.interrupted, len(report.analyzed), report.n_left) == (True, 1, 2)
    assert "interrupted with 2 left" in report.summary()
    assert library.count() == 1
    monkeypatch.undo()
    rest = scan(library, music)
    assert (len(rest.analyzed), len(rest.skipped)) == (2, 1)


def test_another_process_that_was_quicker_is_believed(library, music, monkeypatch):
    def together(path, options):
        other = music / "2.wav"
        library.put(hear(other, options))
        return hear(path, options)

    monkeypatch.setattr(service, "hear", together)
    report = scan(library, music / "0.wav", music / "2.wav")
    assert (names(report.analyzed), names(report.skipped)) == (["0.wav"], ["2.wav"])


def test_a_file_that_changes_while_it_is_heard_is_not_believed(music, monkeypatch):
    path = music / "0.wav"

    def slow(*args, **options):
        tone(path, 1234)
        os.utime(path, ns=(5, 5))
        return listen(*args, **options)

    from tunelens.services import hear as module

    listen = module.listen
    monkeypatch.setattr(module, "listen", slow)
    outcome = attempt(lambda item: hear(item, PLAIN), path)
    assert outcome.error.code == "data"
    assert "changed while it was heard" in outcome.error.message


def test_the_longest_recording_is_a_setting(tmp_path):
    path = tone(tmp_path / "long.wav", seconds=5.0)
    options = HearOptions(models=(), settings=replace(PLAIN.settings, max_duration_s=2.0))
    analysis = analyze(path, options)
    assert analysis.duration_s == pytest.approx(2.0)
    assert any("only the first 2 s" in warning for warning in analysis.warnings)


def test_missing_nets_and_unknown_names_are_told_before_any_file_is_touched(library, music, home):
    nets = HearOptions(models=("MSD_musicnn",))
    with pytest.raises(MissingDependencyError) as caught:
        scan(library, music / "nowhere", options=nets)
    assert "models pull" in caught.value.hint
    assert library.count() == 0
    with pytest.raises(UnknownNameError, match="MSD_musicn"):
        scan(library, music, options=HearOptions(models=("MSD_musicn",)))
    with pytest.raises(UnknownNameError, match="engine"):
        scan(library, music, engine="cloud")
    assert library.count() == 0


def test_a_folder_without_music_is_told(library, tmp_path):
    (tmp_path / "empty").mkdir()
    report = scan(library, tmp_path / "empty")
    assert [type(error) for _, error in report.failed] == [NotFoundError]
    assert report.summary().startswith("1 file: 0 analysed, 0 up to date, 1 failed")
