"""Every part of the audit on data whose faults were planted: all of them are found, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.sounds import encode, write
from tests.unit.audit.music import SR, song

from tunelens.data.labels import Labels
from tunelens.evaluation.audit import one_spelling
from tunelens.evaluation.audit.columns import column_faults
from tunelens.evaluation.audit.duplicates import (
    Same,
    Stretch,
    close_rows,
    cluster_names,
    clusters,
    on_both_sides,
    same_files,
    same_rows,
)
from tunelens.evaluation.audit.findings import FormatLeak
from tunelens.evaluation.audit.folds import balanced, grouped_folds
from tunelens.evaluation.audit.formats import JOINTLY, format_leaks
from tunelens.evaluation.audit.sound import SoundFacts, hear_sound
from tunelens.evaluation.audit.wrong_labels import doubts, suspects


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Beyoncé", "BEYONCE"),
        ("Rihanna feat. Jay-Z", "rihanna"),
        ("Rihanna (ft. Drake)", "Rihanna [Featuring Drake]"),
        ("Ｓ．Ｈ．Ｅ", "S.H.E"),
        ("周杰倫 feat. 費玉清", "周杰倫"),
        ("The Beatles", "Beatles"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("AC/DC", "ac dc"),
        ("Sigur Rós", "Sigur Ro\u0301s"),
        ("ABBA ", " abba"),
    ],
)
def test_one_artist_has_one_spelling(one: str, other: str) -> None:
    assert one_spelling(one) == one_spelling(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("がくと", "かくと"),
        ("The The", "Who"),
        ("Feat", ""),
        ("!!!", ""),
        ("周杰倫", "周杰"),
        ("Defeat", "De"),
        ("Й", "И"),
    ],
)
def test_other_artists_keep_other_spellings(one: str, other: str) -> None:
    assert one_spelling(one) != one_spelling(other)


def test_unknown_artists_are_nobody() -> None:
    assert one_spelling("") == one_spelling("  ") == ""


def test_copies_of_bytes_and_stretches_of_one_file() -> None:
    rows = [Stretch("x", 0, None), Stretch("y", 0, None), Stretch("x", 0, None), Stretch("x", 30, 60)]
    rows += [Stretch(None, 0, None), Stretch(None, 0, None)]
    assert same_files(rows) == [Same(0, 2, "exact", 0, 1.0), Same(0, 3, "excerpt", 30, 1.0)]


def test_families_join_through_others_and_are_groups() -> None:
    pairs = [Same(3, 1, "near", 0.0, 1.0), Same(3, 4, "near", 0.0, 1.0)]
    assert clusters(5, pairs) == [0, 1, 2, 1, 1]
    assert cluster_names(("a", "b", "c", "d", "e"), pairs) == ("", "same as b", "", "same as b", "same as b")


def test_only_groups_on_two_sides_leak() -> None:
    groups = ["x", "x", "y", "y", "", "", "z", "z"]
    split = ["train", "test", "train", "train", "train", "test", "train", ""]
    assert list(on_both_sides(groups, split)) == [("x", [0, 1])]


def test_rows_of_a_table_that_repeat(rng: np.random.Generator) -> None:
    X = rng.normal(size=(30, 4))
    X[7, 2] = np.nan
    X[20], X[25] = X[3], X[7]
    assert [(s.a, s.b) for s in same_rows(X)] == [(3, 20), (7, 25)]
    assert [(s.a, s.b) for s in same_rows(np.array([[0.0], [-0.0]]))] == [(0, 1)]


def test_close_vectors_are_similar_and_known_copies_are_not_told_twice(rng: np.random.Generator) -> None:
    X = rng.normal(size=(1500, 50))
    X[1400] = X[5] + 0.02 * rng.normal(size=50)
    X[8] = X[9]
    X[11] = np.nan
    assert [(s.a, s.b) for s in close_rows(X, [Same(8, 9, "exact", 0.0, 1.0)])] == [(5, 1400)]
    assert close_rows(np.full((5, 3), np.nan), []) == []


def test_folds_never_split_a_group(rng: np.random.Generator) -> None:
    groups = rng.integers(0, 20, 200)
    y = rng.choice(["a", "b", "c"], 200)
    seen = np.zeros(200, int)
    for train, test in grouped_folds(y, groups, 0):
        assert not set(groups[train]) & set(groups[test])
        seen[test] += 1
    assert (seen == 1).all()
    assert list(grouped_folds(y, np.zeros(200, int), 0)) == []


def test_balanced_accuracy_is_that_of_scikit_learn(rng: np.random.Generator) -> None:
    from sklearn.metrics import balanced_accuracy_score

    y = rng.choice(["a", "b", "c"], 300, p=[0.7, 0.2, 0.1])
    told = np.where(rng.random(300) < 0.6, y, rng.choice(["a", "b", "c"], 300))
    hits = (told == y).astype(float)
    score, low, high = balanced(hits[:, None], y[:, None], np.arange(300), 0)
    assert score == pytest.approx(balanced_accuracy_score(y, told))
    assert low < score < high
    assert balanced(hits[:, None], y[:, None], np.arange(300), 0) == (score, low, high)


def clouds(rng: np.random.Generator, n: int = 60) -> tuple[np.ndarray, list[str]]:
    """Three classes that lie apart."""
    names = ["爵士", "rock", "pop"]
    X = np.concatenate(
        [
            rng.normal(4 * k, 0.7, size=(n, 6)) * np.eye(6)[k] + rng.normal(size=(n, 6)) * 0.5
            for k in (1, 2, 3)
        ]
    )
    return X, [name for name in names for _ in range(n)]


def test_planted_wrong_labels_are_found_and_no_others(rng: np.random.Generator) -> None:
    X, y = clouds(rng)
    truth = dict.fromkeys((3, 70, 100, 150, 171))
    for row in truth:
        truth[row] = y[row]
        y[row] = "pop" if y[row] != "pop" else "rock"
    found = suspects(X, Labels("single", y), np.arange(180), tuple(map(str, range(180))))
    assert {int(odd.item): odd.suggested for odd in found} == truth
    assert [odd.margin for odd in found] == sorted((odd.margin for odd in found), reverse=True)


def test_planted_wrong_tags_are_found(rng: np.random.Generator) -> None:
    X, y = clouds(rng)
    tags = [{name, "sound"} for name in y]
    tags[5] = {"sound"}
    tags[130] = {"pop", "rock", "sound"}
    found = suspects(X, Labels("multi", tags), np.arange(180), tuple(map(str, range(180))))
    assert {(odd.item, odd.given, odd.suggested) for odd in found} == {
        ("5", "not 爵士", "爵士"),
        ("130", "rock", "not rock"),
    }


def test_planted_wrong_numbers_are_found(rng: np.random.Generator) -> None:
    X = rng.normal(size=(200, 5))
    y = X @ [1, 2, 0, 0, -1] + 0.1 * rng.normal(size=200)
    y[17] += 9
    y[81] -= 9
    found = suspects(X, Labels("continuous", y.tolist()), np.arange(200), tuple(map(str, range(200))))
    assert {odd.item for odd in found} == {"17", "81"}


def test_a_constant_column_beside_a_wide_table_is_no_trouble(rng: np.random.Generator) -> None:
    X, y = clouds(rng)
    copies = np.tile(X, 25) + 0.1 * rng.normal(size=(180, 150))
    wide = np.concatenate([copies, np.full((180, 1), 3.0), np.full((180, 1), np.nan)], axis=1)
    assert suspects(wide, Labels("single", y), np.arange(180), tuple(map(str, range(180)))) == []


def test_too_few_to_judge_is_no_finding(rng: np.random.Generator) -> None:
    X = rng.normal(size=(6, 2))
    for labels in (["a"] * 6, ["a", "b"] * 3, list("abcdef")):
        assert suspects(X, Labels("single", labels), np.arange(6), tuple("123456")) == []
    assert (
        suspects(np.full((3, 2), np.nan), Labels("single", ["a", "b", "c"]), np.arange(3), ("1", "2", "3"))
        == []
    )
    assert doubts(np.full((4, 2), np.nan), np.zeros(4, int)) == []


def test_confident_joint_by_hand() -> None:
    # mean of class 0 among its own: 0.7, of class 1: 0.6; row 3 reaches 0.7 for class 0 and carries 1
    proba = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.8, 0.2], [0.1, 0.9], [0.3, 0.7]])
    assert doubts(proba, np.array([0, 0, 0, 1, 1, 1])) == [(2, 1, 0.2), (3, 0, 0.6)]


def test_the_property_that_tells_the_label_is_named_and_no_other(rng: np.random.Generator) -> None:
    y = rng.choice(["a", "b"], 200)
    columns = {
        "bit rate": np.where(y == "a", 128e3, 320e3) + rng.normal(0, 5e3, 200),
        "loudness": rng.normal(-14, 3, 200),
        "channels": np.full(200, 2.0),
    }
    found = {leak.by: leak for leak in format_leaks(columns, Labels("single", y.tolist()), np.arange(200))}
    assert [name for name, leak in found.items() if leak.tells] == ["bit rate", JOINTLY]
    assert not found["channels"].varies
    assert found["bit rate"].score > 0.97
    assert found["loudness"].low < 0.5 < found["loudness"].high + 0.05


def test_groups_are_not_mistaken_for_labels(rng: np.random.Generator) -> None:
    """Each artist has one label and one loudness: told from the artist's other songs, it would look known."""
    artist = np.repeat(np.arange(40), 10)
    y = rng.choice(["a", "b"], 40)[artist]
    loudness = rng.normal(-14, 3, 40)[artist] + 0.01 * rng.normal(size=400)
    labels = Labels("single", y.tolist())
    (honest,) = format_leaks({"loudness": loudness}, labels, artist)
    (naive,) = format_leaks({"loudness": loudness}, labels, np.arange(400))
    assert naive.score > 0.75
    assert not honest.tells


def test_tags_and_numbers_can_be_told_by_the_format_too(rng: np.random.Generator) -> None:
    loudness = rng.normal(-14, 3, 150)
    tags = [{"loud"} if x > -14 else {"soft"} for x in loudness]
    (leak,) = format_leaks({"loudness": loudness}, Labels("multi", tags), np.arange(150))
    assert leak.chance == 0.5 and leak.score > 0.95
    (leak,) = format_leaks(
        {"loudness": loudness}, Labels("continuous", (2 * loudness).tolist()), np.arange(150)
    )
    assert leak.chance == 0.0 and leak.score > 0.9
    few = Labels("single", ["a", "b"])
    assert format_leaks({"loudness": loudness[:2]}, few, np.arange(2)) == []


def test_columns_that_tell_nothing_or_all(rng: np.random.Generator) -> None:
    y = np.repeat(["a", "b", "c"], 40)
    X = np.stack([rng.normal(size=120), np.full(120, 7.0), np.full(120, np.nan), np.arange(120.0)], axis=1)
    found = column_faults(
        X, ("tempo", "version", "gap", "index"), Labels("single", y.tolist()), np.arange(120)
    )
    assert [(fault.item, fault.kind) for fault in found] == [
        ("version", "constant"),
        ("gap", "empty"),
        ("index", "revealing"),
    ]


@pytest.mark.parametrize("cut_hz", [5000.0, 11_000.0, 16_000.0])
def test_the_cutoff_of_filtered_noise_is_the_filters(
    tmp_path: Path, rng: np.random.Generator, cut_hz: float
) -> None:
    spectrum = np.fft.rfft(0.2 * rng.standard_normal(44_100 * 4))
    spectrum[round(cut_hz * 4) :] = 0.0
    low = np.fft.irfft(spectrum).astype(np.float32)
    facts, _ = hear_sound(write(tmp_path / "a.wav", low, 44_100), None, None, 3600.0)
    assert facts.cutoff_hz == pytest.approx(cut_hz, rel=0.02)


def test_music_that_fades_out_has_no_cutoff(tmp_path: Path) -> None:
    facts, _ = hear_sound(write(tmp_path / "a.wav", song(3, sr=44_100), 44_100), None, None, 3600.0)
    pink = np.cumsum(np.random.default_rng(0).standard_normal(44_100 * 3)) * 1e-4
    smooth, _ = hear_sound(write(tmp_path / "b.wav", pink.astype(np.float32), 44_100), None, None, 3600.0)
    assert smooth.cutoff_hz == 22_050.0
    assert facts.sr == 44_100


def test_facts_are_those_of_the_file(tmp_path: Path) -> None:
    y = song(4, sr=48_000)
    facts, found = hear_sound(encode(tmp_path / "a.opus", np.stack([y, y]), 48_000), 1.0, 4.0, 3600.0)
    assert (facts.sr, facts.n_channels, facts.codec) == (48_000, 2, "opus")
    assert facts.duration_s == pytest.approx(3.0, abs=0.01)
    assert -40 < facts.loudness_lufs < -5
    assert len(found) > 100
    assert SoundFacts.from_dict(facts.to_dict()) == facts


def test_a_long_file_has_one_timeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offsets count on across the windows in which a file is heard."""
    from tunelens.audio import Clip
    from tunelens.evaluation.audit import sound
    from tunelens.features.fingerprint import compare, fingerprint

    listen = sound.listen
    monkeypatch.setattr(sound, "listen", lambda path, **how: listen(path, window_s=3.0, **how))
    y = song(5, seconds=20.0)
    _, whole = hear_sound(write(tmp_path / "a.wav", y, SR), None, None, 3600.0)
    match = compare(whole, fingerprint(Clip(y[12 * SR : 18 * SR], SR)))
    assert match.is_same
    assert match.offset_s == pytest.approx(12.0, abs=0.05)


def test_a_doubt_needs_to_be_as_sure_as_is_usual_and_surer_than_of_the_label() -> None:
    usual = [[0.9, 0.1]] * 2
    assert doubts(np.array([*usual, [0.6, 0.4], [0.1, 0.9]]), np.array([0, 0, 1, 1])) == []
    likelier_as_given = [[0.95, 0.05]] * 9 + [[0.6, 0.4]] + [[0.7, 0.3]] * 2
    assert doubts(np.array(likelier_as_given), np.array([0] * 10 + [1] * 2)) == []


@pytest.mark.parametrize(("low", "varies", "tells"), [(0.56, True, 1), (0.54, True, 0), (0.9, False, 0)])
def test_a_property_tells_the_label_only_if_all_of_its_interval_does(
    low: float, varies: bool, tells: int
) -> None:
    assert FormatLeak("bandwidth", 0.9, low, 1.0, 0.5, varies).tells == bool(tells)
