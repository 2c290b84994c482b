"""`tunelens explain` as a person runs it, on a bundle that was saved by the library."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import SR, Tunelens
from tunelens.audio import Clip
from tunelens.audio.write import write_wav
from tunelens.models.bundles import Bundle, Facts
from tunelens.models.inputs import parse_input
from tunelens.models.inputs.table import TableInput
from tunelens.models.material import Material
from tunelens.models.recipe import Recipe

T = np.arange(2 * SR) / SR


def sound(tone: bool, seed: int) -> Clip:
    hiss = np.random.default_rng(seed).normal(scale=0.03, size=T.size)
    return Clip((hiss + tone * 0.05 * np.sin(2 * np.pi * 1000 * T)).astype(np.float32), SR)


@pytest.fixture
def bundle(home: Path) -> Path:
    heard = parse_input("waveform")
    y = np.array(["hiss", "音"] * 8)
    X = np.array([heard.of_clip(sound(label == "音", i)) for i, label in enumerate(y)])
    fitted = Recipe("logistic").fit(Material(X, y, np.arange(16), "single", ("hiss", "音")))
    reference = {"X": X, "ids": np.arange(16).astype(str), "labels": y}
    return Bundle.save(home / "bundle", fitted, Facts("b", heard), reference=reference).folder


def test_a_picture_a_sound_and_what_mattered(tunelens: Tunelens, bundle: Path, home: Path) -> None:
    song = write_wav(sound(True, 99), home / "歌 [1].wav")
    shown = tunelens("explain", bundle, song, "-o", home / "why", "--segments", 2, "--bands", 4)
    assert shown.code == 0, shown.err
    assert "音: " in shown.out and "0.0-1.0 s" in shown.out and "Hz" in shown.out
    assert sorted(path.name for path in (home / "why").iterdir()) == [
        "歌 [1].explanation.png",
        "歌 [1].explanation.wav",
    ]
    again = tunelens("explain", bundle, song, "-o", home / "why", "--json")
    assert again.code == 2 and "exists" in again.objects[0]["error"]["message"]
    told = tunelens(
        "explain", bundle, song, "-o", home / "why", "--force", "--json", "--target", "hiss", "--segments", 2
    )
    [one] = told.objects
    assert told.code == 0 and one["ok"] and one["result"]["target"] == "hiss"
    assert len(one["result"]["attribution"]["segments"]) == 2


def test_which_columns_a_table_bundle_leans_on(tunelens: Tunelens, home: Path) -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 2))
    y = np.where(X[:, 0] > 0, "wild", "calm")
    facts = Facts("t", TableInput(("速度", "energy")))
    Bundle.save(
        home / "t", Recipe("logistic").fit(Material(X, y, np.arange(40), "single", ("calm", "wild"))), facts
    )
    rows = [f"{a},{b},{label}" for (a, b), label in zip(X.tolist(), y, strict=True)]
    (home / "rows.csv").write_text("\n".join(["速度,energy,mood", *rows]), "utf-8")
    told = tunelens("explain", home / "t", home / "rows.csv", "--label", "mood", "--json")
    assert told.code == 0, told.err
    assert told.objects[0]["result"]["importances"][0]["feature"] == "速度"
    assert "速度" in tunelens("explain", home / "t", home / "rows.csv", "--label", "mood").out


def test_rubbish_is_answered_truthfully(tunelens: Tunelens, bundle: Path, home: Path) -> None:
    (home / "broken.mp3").write_bytes(b"no sound at all")
    for words, code in (
        ((bundle, home / "broken.mp3"), 3),
        ((bundle, home / "absent.mp3"), 3),
        (("no-such-bundle", home / "broken.mp3"), 2),
    ):
        ran = tunelens("explain", *words)
        assert ran.code == code and "error:" in ran.err, ran.err
    assert not list(home.glob("*.explanation.*"))


def test_a_class_from_a_few_files_is_added_and_found(tunelens: Tunelens, bundle: Path, home: Path) -> None:
    def chirp(seed: int) -> Clip:
        rate = np.random.default_rng(seed).uniform(1500, 2500)
        return Clip((0.3 * np.sin(2 * np.pi * rate * T * T)).astype(np.float32), SR)

    for i in range(5):
        write_wav(chirp(i), home / "gym" / f"{i}.wav")
    (home / "gym" / "broken.wav").write_bytes(b"RIFF")
    ran = tunelens("models", "extend", bundle, "健身", home / "gym", "-o", home / "wider", "--json")
    assert ran.code == 1 and ran.objects[0]["result"]["classes"] == ["hiss", "音", "健身"]
    assert ran.objects[1]["path"].endswith("broken.wav")
    song = write_wav(chirp(77), home / "song.wav")
    said = tunelens("predict", home / "wider", song, "--json").objects[0]["result"]["probabilities"]
    assert max(said, key=said.get) == "健身"
    assert tunelens("models", "extend", bundle, "音", home / "gym", "-o", home / "x").code == 2
    assert tunelens("models", "verify", home / "wider").code == 0
