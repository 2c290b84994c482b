"""`evaluate` and `compare` as a person would: real processes, tables and a little sound."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SR, Tunelens
from tunelens.audio import Clip
from tunelens.audio.write import write_wav

GENRES = ("爵士", "rock")


def table(path: Path, seed: int = 0, n: int = 48) -> Path:
    """Write songs of artists of two songs each; energy tells the genre of nine in ten."""
    rng = np.random.default_rng(seed)
    lines = ["energy,tempo,artist,year,genre"]
    for i in range(n):
        kind = i // 2 % 2
        energy = 2.6 * kind + rng.normal()
        lines.append(f"{energy:.3f},{rng.normal():.3f},艺人 {seed}-{i // 2},{2000 + i // 4},{GENRES[kind]}")
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture
def songs(home: Path) -> Path:
    return table(home / "songs.csv")


def test_a_model_is_judged_honestly_and_the_flattering_way_beside_it(tunelens: Tunelens, songs: Path) -> None:
    words = ("evaluate", songs, "--label", "genre", "--folds", "3", "--beside-random")
    ran = tunelens(*words, "--out", "报告.html")
    assert ran.code == 0, ran.err
    assert ran.out.index("grouped, 95 %") < ran.out.index("random (inflated)")
    assert "intervals draw whole groups (artist)" in ran.out
    assert "爵士" in ran.out and "ms a clip" in ran.out
    assert "爵士" in (songs.parent / "报告.html").read_text("utf-8")
    assert "(" in next(line for line in ran.out.splitlines() if line.startswith("accuracy"))

    told = tunelens(*words, "--json").objects
    assert len(told) == 1
    result = told[0]["result"]
    assert (result["honest"]["drawn"], result["honest"]["folds_from_cache"]) == ("artist", 3)
    assert 0.75 < result["honest"]["figures"]["accuracy"]["value"] < 1
    assert result["random"]["inflated"]


def test_numbers_of_the_future_and_another_dataset(tunelens: Tunelens, songs: Path, home: Path) -> None:
    words = ("--read", "time=year", "--protocol", "time", "--model", "ridge")
    ran = tunelens("evaluate", songs, "--label", "energy", "--kind", "continuous", *words, "--json")
    assert ran.code == 0, ran.out
    honest = ran.objects[0]["result"]["honest"]
    assert (honest["protocol"], honest["n_folds"], honest["n_test"]) == ("time", 1, 8)
    assert set(honest["figures"]) == {"r2", "mae", "rmse", "pearson", "spearman"}

    other = table(home / "other.csv", seed=5, n=20)
    ran = tunelens("evaluate", songs, "--label", "genre", "--test-on", other, "--json")
    honest = ran.objects[0]["result"]["honest"]
    assert (honest["protocol"], honest["n_test"], ran.code) == ("transfer", 20, 0)


def test_models_are_compared_and_what_fails_is_told(tunelens: Tunelens, songs: Path, home: Path) -> None:
    words = ("compare", songs, "--label", "genre", "--folds", "2", "--models", "tree,logistic,linear")
    ran = tunelens(*words, "--out", "c.md")
    assert ran.code == 1
    lines = {line.split()[0]: line for line in ran.out.splitlines() if line}
    assert "the best" in lines["logistic"] and "failed" in lines["linear"] and " to " in lines["tree"]
    assert "cannot learn single" in ran.err
    assert "cannot learn single" in (home / "c.md").read_text("utf-8")

    ran = tunelens(*words, "--json")
    assert [len(ran.objects), ran.code] == [1, 1]
    rows = ran.objects[0]["result"]["rows"]
    assert [row["model"] for row in rows] == ["logistic", "tree", "linear"]
    assert rows[1]["behind_best"]["low"] <= rows[1]["behind_best"]["value"] <= rows[1]["behind_best"]["high"]
    assert [row["judged"]["folds_from_cache"] for row in rows[:2]] == [2, 2]


def test_sequences_and_vectors_of_the_same_sounds_are_compared(tunelens: Tunelens, home: Path) -> None:
    rng = np.random.default_rng(3)
    t = np.arange(SR) / SR
    for number in range(8):
        y = np.sin(2 * np.pi * 300 * t) if number % 2 else rng.normal(size=t.size)
        noisy = y + 0.05 * rng.normal(size=t.size)
        write_wav(
            Clip((0.2 * noisy).astype(np.float32), SR),
            home / "d" / ("tone" if number % 2 else "噪音") / f"{number}.wav",
        )
    (home / "d" / "tone" / "broken.wav").write_bytes(b"RIFF no")
    pytest.importorskip("hmmlearn")
    common = ("--folds", "2", "-j", "1", "--no-clusters")
    ran = tunelens("compare", home / "d", "--models", "hmm,hmm:n_components=1", *common, "--json")
    result = ran.objects[0]["result"]
    assert (len(ran.objects), ran.code) == (1, 1)
    assert [Path(one["path"]).name for one in result["failed"]] == ["broken.wav"]
    assert {row["input"] for row in result["rows"]} == {"mfcc_frames"}
    assert result["rows"][0]["judged"]["figures"]["accuracy"]["value"] == 1

    ran = tunelens("evaluate", home / "d", "--input", "mfcc", *common, "--out", "r.html")
    assert (ran.code, "broken.wav" in ran.err) == (1, True)
    assert "single rows" in ran.out and "mind:" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("evaluate", "absent"), 3, "absent"),
        (("evaluate", "songs.csv", "--label", "genre", "--protocol", "rnadom"), 2, "random"),
        (("evaluate", "songs.csv", "--label", "genre", "--out", "r.pdf"), 2, ".html"),
        (("evaluate", "songs.csv", "--label", "genre", "--out", "old.md"), 2, "exists"),
        (("compare", "songs.csv", "--label", "genre", "--models", "svn"), 2, "svm"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_are_told(tunelens: Tunelens, songs: Path, words: tuple, code: int, told: str) -> None:
    (songs.parent / "old.md").write_text("mine")
    ran = tunelens(*words)
    assert (ran.code, told in ran.err) == (code, True), ran.err
