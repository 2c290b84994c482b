"""`tunelens similar` as a person at a terminal sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.cli.conftest import pulse
from tunelens import HearOptions, Library, analyze_many
from tunelens.audio.write import write_wav


@pytest.fixture
def heard(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three songs, heard; the library is the default one."""
    monkeypatch.chdir(home)
    for name, bpm, hz in (("fast", 120, 440), ("slow", 80, 330), ("两只老虎 🐯", 100, 262)):
        write_wav(pulse(bpm, hz, 4.0), home / "music" / f"{name}.wav")
    with Library.open() as library:
        analyze_many(["music"], library, jobs=1, engine="inline", options=HearOptions(models=()))
    return home / "music"


def test_neighbours_and_why(tunelens, heard):
    ran = tunelens("similar", heard / "fast.wav")
    assert ran.code == 0, ran.err
    assert "两只老虎" in ran.out and "slow.wav" in ran.out and "fast.wav" not in ran.out
    assert "2 neighbours among 3 tracks, every one compared" in ran.err


def test_one_object_per_neighbour_also_of_a_file_that_is_not_in_the_library(tunelens, heard):
    other = heard.parent / "外 面.wav"
    write_wav(pulse(80, 330, 4.05), other)
    ran = tunelens("similar", other, "--json", "--weight", "rhythm=2")
    assert ran.code == 0 and ran.err == "" and len(ran.objects) == 3
    assert all(line["ok"] and -1 <= line["result"]["similarity"] <= 1 for line in ran.objects)
    assert set(ran.objects[0]["result"]) == {"similarity", "seed", "reasons", "track"}
    assert ran.objects[0]["path"].endswith("slow.wav") and ran.objects[0]["result"]["similarity"] > 0.95
    with Library.open() as library:
        assert library.count() == 3


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["no such song"], 3, "no track 'no such song'"),
        (["music"], 2, "more than one track"),
        (["1", "--where", "gnre:x"], 2, "gnre"),
        (["1", "--weight", "tempo=1"], 2, "tempo"),
        (["1", "--weight", "rhythm"], 2, "rhythm"),
        (["1", "--tempo", "80"], 2, "80 %"),
        (["1", "-n", "0"], 2, "0 neighbours"),
        (["1", "--combine", "sum"], 2, "sum"),
        (["1", "--years", "1"], 2, "no seed has a year"),
        (["1", "--library", "gone.db"], 3, "gone.db"),
    ],
)
def test_mistakes_are_told(heard, words, code, message):
    from tunelens.cli.app import app

    ran = CliRunner().invoke(app, ["similar", *words])
    assert ran.exit_code == code and message in ran.stderr, ran.output
    assert ran.stdout == ""
