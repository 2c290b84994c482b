"""`audit` on a small dataset in which every fault was planted: it finds all of them and nothing else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.sounds import encode, write
from tests.unit.audit.music import SR, song

from tunelens.audio import Clip, resample
from tunelens.base.errors import MissingDependencyError, ParameterError
from tunelens.base.settings import Settings
from tunelens.data.labels import Labels
from tunelens.data.read import read_dataset
from tunelens.data.splits import Fold, check_leaks
from tunelens.data.tracks import Tracks
from tunelens.evaluation.audit import AuditReport
from tunelens.evaluation.audit.duplicates import cluster_names, on_both_sides, same_rows
from tunelens.services import audit as service
from tunelens.services.audit import audit

N = 14


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Tracks:
    """14 good songs of two classes, the second half for testing, and one file per fault."""
    folder = tmp_path_factory.mktemp("planted")
    rows: list[tuple[str, str, str, str]] = []
    for seed in range(N):
        write(folder / f"song{seed}.wav", song(seed), SR)
        part = "train" if seed < N // 2 else "test"
        rows.append((f"song{seed}.wav", "爵士" if seed % 2 else "rock", f"artist {seed}", part))
    shutil.copy(folder / "song0.wav", folder / "copy.wav")
    y = song(1)[2 * SR :] * 0.3
    encode(folder / "变奏.opus", resample(Clip(y, SR), 48_000).y, 48_000)
    write(folder / "same-artist.wav", song(30), SR)
    write(folder / "silent.wav", np.zeros(5 * SR, np.float32), SR)
    write(folder / "clipped.wav", np.clip(9 * song(31), -1, 1), SR)
    write(folder / "short.wav", song(32, seconds=1.0), SR)
    (folder / "letter.wav").write_text("Dear listener, this is not music.")
    rows += [
        ("copy.wav", "rock", "someone", "test"),
        ("变奏.opus", "rock", "", "train"),
        ("same-artist.wav", "rock", "ARTIST  3 feat. X", "test"),
        ("silent.wav", "rock", "", "train"),
        ("clipped.wav", "爵士", "", "train"),
        ("short.wav", "爵士", "", "train"),
        ("letter.wav", "爵士", "", "train"),
    ]
    ids, labels, artists, split = (tuple(column) for column in zip(*rows, strict=True))
    paths = tuple(folder / name for name in ids)
    return Tracks("planted", Labels("single", labels), ids, paths, groups={"artist": artists}, split=split)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("home")
    return Settings(data_dir=folder / "data", cache_dir=folder / "cache", offline=True)


@pytest.fixture(scope="module")
def report(planted: Tracks, settings: Settings) -> AuditReport:
    return audit(planted, input="none", settings=settings, engine="inline")


def test_copies_are_found_and_nothing_else(report: AuditReport) -> None:
    exact, near = sorted(report.duplicates, key=lambda pair: pair.kind)
    assert (exact.a, exact.b, exact.kind, exact.across, exact.labels_differ) == (
        "song0.wav", "copy.wav", "exact", True, False,
    )  # fmt: skip
    assert (near.a, near.b, near.kind, near.across, near.labels_differ) == (
        "song1.wav", "变奏.opus", "near", False, True,
    )  # fmt: skip
    assert near.offset_s == pytest.approx(2.0, abs=0.06)


def test_leaks_are_found_and_nothing_else(report: AuditReport) -> None:
    assert {(leak.kind, leak.items) for leak in report.leaks} == {
        ("cluster", ("song0.wav", "copy.wav")),
        ("artist", ("song3.wav", "same-artist.wav")),
    }
    assert report.refuses
    assert "1 artist on two sides" in report.why and "1 cluster" in report.why


def test_faults_are_found_and_nothing_else(report: AuditReport) -> None:
    assert {(fault.item, fault.kind) for fault in report.faults} == {
        ("silent.wav", "silent"),
        ("clipped.wav", "clipped"),
        ("short.wav", "short"),
        ("letter.wav", "unreadable"),
    }


def test_the_rest_of_the_report(report: AuditReport, planted: Tracks) -> None:
    assert report.class_counts == {"爵士": 10, "rock": 11}
    assert report.imbalance == pytest.approx(1.1)
    assert report.input == "" and report.wrong_labels == ()
    told = report.to_dict()
    assert told["refuses"] and told["clusters"] == {
        "song0.wav": "same as song0.wav",
        "copy.wav": "same as song0.wav",
        "song1.wav": "same as song1.wav",
        "变奏.opus": "same as song1.wav",
    }
    assert [leak.by for leak in report.format_leaks if leak.tells] == []


def test_clusters_are_groups_that_a_split_is_held_to(report: AuditReport, planted: Tracks) -> None:
    grouped = report.grouped(planted)
    rows = np.arange(len(planted))
    copy = planted.ids.index("copy.wav")
    fold = Fold("0", rows[rows != copy], np.array([copy]))
    assert [(leak.kind, set(leak.items)) for leak in check_leaks(grouped, fold)] == [
        ("cluster", {"song0.wav", "copy.wav"})
    ]
    assert check_leaks(planted, fold) == []


def test_a_split_that_keeps_them_together_is_not_refused(planted: Tracks, settings: Settings) -> None:
    clean = replace(planted, split=("train",) * len(planted))
    assert not audit(clean, input="none", settings=settings, engine="inline").refuses
    without = audit(replace(planted, split=None), input="none", settings=settings, engine="inline")
    assert not without.refuses and len(without.duplicates) == 2


def test_what_was_heard_once_is_not_heard_again(
    planted: Tracks, settings: Settings, report: AuditReport, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Path] = []
    real = service.hear_sound
    monkeypatch.setattr(service, "hear_sound", lambda path, *rest: (heard.append(path), real(path, *rest))[1])
    again = audit(planted, input="none", settings=settings, engine="inline")
    assert again == report
    assert [path.name for path in heard] == ["letter.wav"]
    for place in settings.cache_dir.rglob("*.npz"):
        place.write_bytes(b"broken")
    assert audit(planted, input="none", settings=settings, engine="inline") == report


def test_workers_find_the_same(planted: Tracks, settings: Settings, report: AuditReport) -> None:
    assert audit(planted, input="none", settings=settings, jobs=1) == report


def test_wrong_labels_of_sound_are_judged_by_descriptors_where_no_net_is(
    settings: Settings, tmp_path: Path
) -> None:
    rng = np.random.default_rng(0)
    t = np.arange(2 * SR) / SR
    names, labels = [], []
    for i in range(20):
        tone = 0.3 * np.sin(2 * np.pi * rng.uniform(200, 300) * t)
        y = tone if i % 2 else 0.2 * rng.standard_normal(t.size)
        names.append(write(tmp_path / f"{i}.wav", y.astype(np.float32), SR).name)
        labels.append("tone" if i % 2 else "noise")
    labels[8] = "tone"
    tracks = Tracks("sounds", Labels("single", labels), tuple(names), tuple(tmp_path / n for n in names))
    found = audit(tracks, settings=settings, engine="inline")
    assert [(odd.item, odd.suggested) for odd in found.wrong_labels] == [("8.wav", "noise")]
    assert found.input == "descriptors"
    assert any("nets" in note for note in found.notes) and any("artists" in note for note in found.notes)


def test_two_stretches_of_one_file_are_one_recording(settings: Settings, tmp_path: Path) -> None:
    path = write(tmp_path / "mix.wav", song(40, seconds=12.0), SR)
    tracks = Tracks(
        "mix", Labels("single", ["a", "b"]), ("one", "two"), (path, path),
        split=("train", "test"), start_s=(0.0, 6.0), end_s=(6.0, 12.0),
    )  # fmt: skip
    (pair,) = audit(tracks, input="none", settings=settings, engine="inline").duplicates
    assert (pair.kind, pair.offset_s, pair.across) == ("excerpt", 6.0, True)


def test_a_table_is_audited_too() -> None:
    rng = np.random.default_rng(3)
    y = np.repeat(["a", "b"], 40)
    X = np.stack([rng.normal(size=80), np.full(80, 1.0), rng.normal(size=80)], axis=1)
    X[:, 0] += np.where(y == "a", 0, 1.0)
    X[70] = X[2]
    split = ("train",) * 40 + ("test",) * 40
    tracks = Tracks(
        "table", Labels("single", y.tolist()), tuple(map(str, range(80))), X=X,
        feature_names=("u", "v", "w"), split=split,
    )  # fmt: skip
    found = audit(tracks)
    assert [(pair.a, pair.b, pair.labels_differ, pair.across) for pair in found.duplicates] == [
        ("2", "70", True, True)
    ]
    assert [(fault.item, fault.kind) for fault in found.faults] == [("v", "constant")]
    assert [leak.kind for leak in found.leaks] == ["cluster"]
    with pytest.raises(ParameterError, match="table"):
        audit(tracks, input="embedding")


def test_wrong_inputs_are_named(planted: Tracks, settings: Settings) -> None:
    with pytest.raises(ParameterError, match="sequence"):
        audit(planted, input="logmel", settings=settings)
    with pytest.raises(MissingDependencyError, match="nets"):
        audit(planted, input="embedding", settings=settings)


def test_the_published_repetitions_of_gtzan_are_found(data_dir: Path) -> None:
    """Some of the exact repetitions that Sturm (2013, "The GTZAN dataset") lists, one under two labels."""
    tracks = read_dataset(f"gtzan_table:{data_dir / 'gtzan_features'}")
    assert tracks.X is not None and tracks.split is not None
    same = same_rows(tracks.X)
    pairs = {(tracks.ids[pair.a][:-3], tracks.ids[pair.b][:-3]) for pair in same}
    assert {
        ("hiphop.00039", "hiphop.00045"),
        ("hiphop.00076", "hiphop.00078"),
        ("metal.00040", "metal.00061"),
        ("metal.00058", "rock.00016"),
    } <= pairs
    families = cluster_names(tracks.ids, same)
    assert not list(on_both_sides(families, tracks.split)), "the fault-filtered split has them on one side"
