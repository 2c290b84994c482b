"""From a folder or a table to a bundle, from a bundle to answers: real processes, as a person would."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SR, Tunelens
from tunelens.audio import Clip
from tunelens.audio.write import write_wav

SONGS = 6


def sound(kind: str, seed: int, seconds: float = 2.0) -> Clip:
    """Noise or a tone: two classes that no model can confuse."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(SR * seconds)) / SR
    tone = np.sin(2 * np.pi * rng.uniform(200, 500) * t)
    y = rng.normal(size=t.size) if kind == "噪音" else tone + 0.001 * rng.normal(size=t.size)
    return Clip((0.2 * y).astype(np.float32), SR)


@pytest.fixture
def recordings(home: Path) -> Path:
    folder = home / "sounds"
    for kind in ("噪音", "tone"):
        for seed in range(SONGS):
            write_wav(sound(kind, seed), folder / kind / f"{seed}.wav")
    (folder / "tone" / "broken.wav").write_bytes(b"RIFF but not really")
    return folder


def table(path: Path, n: int) -> Path:
    rng = np.random.default_rng(0)
    rows = ["tempo,danceability,energy,mood"]
    for i in range(n):
        party, (a, b, c) = i % 2, rng.normal(size=3)
        energy = "" if i == 7 else f"{0.3 + 0.4 * party + 0.05 * c:.3f}"
        rows.append(
            f"{90 + 40 * party + 5 * a:.1f},{0.3 + 0.4 * party + 0.05 * b:.3f},{energy},{'安派'[party]}"
        )
    path.write_text("\n".join(rows) + "\n", "utf-8")
    return path


def likeliest(result: dict) -> str:
    return max(result["probabilities"], key=result["probabilities"].get)


def test_a_folder_becomes_a_bundle_that_answers(tunelens: Tunelens, recordings: Path, home: Path) -> None:
    bundle, song = home / "b", home / "新歌.wav"
    ran = tunelens("train", recordings, "--input", "mfcc", "--folds", "3", "--out", bundle, "-j", "1")
    assert ran.code == 1, ran.err  # one file is broken, and that is told
    assert "broken.wav" in ran.err
    assert "accuracy" in ran.out and "How far to believe it" in ran.out
    facts = json.loads((bundle / "manifest.json").read_text("utf-8"))
    assert (facts["n_train"], facts["input"]["name"]) == (2 * SONGS, "mfcc")
    assert facts["metrics"]["accuracy"]["value"] == 1
    assert any("1 files could not be heard" in note for note in facts["notes"])

    write_wav(sound("tone", 99, 7.0), song)
    (home / "letter.mp3").write_text("Dear listener")
    ran = tunelens("predict", bundle, song, home / "letter.mp3", home / "absent.wav", "--json", "-j", "1")
    assert ran.code == 1
    told = {Path(one["path"]).name: one for one in ran.objects}
    assert [told[name]["ok"] for name in (song.name, "letter.mp3", "absent.wav")] == [True, False, False]
    assert likeliest(told[song.name]["result"]) == "tone"
    assert set(told[song.name]["result"]["probabilities"]) == {"噪音", "tone"}
    assert (told["letter.mp3"]["error"]["code"], told["absent.wav"]["error"]["code"]) == (
        "decode",
        "not_found",
    )

    (bundle / "manifest.json").write_text(json.dumps(facts | {"format": 9}), "utf-8")
    for words, where in ((("predict", bundle, song), "err"), (("models", "verify", bundle), "out")):
        ran = tunelens(*words)
        assert (ran.code, "format 9" in getattr(ran, where)) == (4, True)


def test_a_table_becomes_a_bundle_that_answers(tunelens: Tunelens, home: Path) -> None:
    source = table(home / "songs.csv", 60)
    ran = tunelens("train", source, "--model", "logistic", "--label", "mood", "--name", "派对吗", "--json")
    assert ran.code == 0, ran.out + ran.err
    assert ran.objects[0]["result"]["manifest"]["metrics"]["accuracy"]["value"] > 0.9

    listed = {one["path"]: one["result"] for one in tunelens("models", "list", "--json").objects}
    assert (listed["派对吗"]["kind"], listed["派对吗"]["label"]) == ("bundle", "mood")
    assert "mood" in tunelens("models", "card", "派对吗").out
    assert tunelens("models", "verify", "派对吗", "--json").objects[0]["result"]["ok"]

    (home / "new.csv").write_text(
        "energy,tempo,danceability\n0.7,130,0.7\n0.3,fast,0.3\n0.3,90,0.3\n", "utf-8"
    )
    ran = tunelens("predict", "派对吗", home / "new.csv", "--json")
    assert ran.code == 1, ran.out + ran.err
    assert [likeliest(one["result"]) if one["ok"] else one["error"]["code"] for one in ran.objects] == [
        "派", "data", "安",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("train", "absent"), 3, "absent"),
        (("train", "songs.csv", "--label", "mood", "--model", "svn"), 2, "svm"),
        (("train", "songs.csv", "--label", "mood", "--coverage", "1.5"), 2, "coverage"),
        (("train", "songs.csv", "--label", "mood", "--protocol", "rnadom"), 2, "random"),
        (("train", "songs.csv", "--label", "mood", "--name", "../up"), 2, "name"),
        (("predict", "no-such", "songs.csv"), 2, "no-such"),
        (("predict", "./no-such", "songs.csv"), 3, "no-such"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_are_told(
    tunelens: Tunelens, home: Path, words: tuple[str, ...], code: int, told: str
) -> None:
    table(home / "songs.csv", 20)
    ran = tunelens(*words)
    assert (ran.code, told in ran.err) == (code, True), ran.err
    assert not list(home.glob("data/bundles/*"))
