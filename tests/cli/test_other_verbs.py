"""Every other verb on real files, and every way to use them wrongly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import soundfile

from tests.cli.conftest import Tunelens

PICTURES = [
    "waveform",
    "spectrogram",
    "mel",
    "chroma",
    "mfcc",
    "pitch",
    "zcr",
    "centroid",
    "rolloff",
    "tempogram",
    "ssm",
]


def test_probe_tells_what_is_in_a_file(tunelens: Tunelens, music: Path) -> None:
    ran = tunelens("probe", "--json", music / "fast.wav", music / "letter.mp3")
    good, bad = ran.objects
    assert ran.code == 1
    assert (good["result"]["sr"], good["result"]["n_channels"]) == (22050, 1)
    assert bad["error"]["code"] == "decode"


@pytest.mark.parametrize("kind", PICTURES)
def test_plot_draws_every_kind(tunelens: Tunelens, music: Path, home: Path, kind: str) -> None:
    out = home / f"{kind}.png"
    ran = tunelens("plot", kind, music / "中文" / "两只老虎 🐯.wav", "--out", out)
    assert ran.code == 0, ran.err
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("suffix", ["svg", "html"])
def test_plot_writes_other_formats(tunelens: Tunelens, music: Path, home: Path, suffix: str) -> None:
    out = home / f"picture.{suffix}"
    assert tunelens("plot", "chroma", music / "fast.wav", "--begin", 1, "--end", 3, "-o", out).code == 0
    assert "<svg" in out.read_text("utf-8")


def test_convert_keeps_names_and_cuts(tunelens: Tunelens, music: Path, home: Path) -> None:
    ran = tunelens("convert", music, "--out", home / "wav", "--begin", 1, "--end", 3)
    assert ran.code == 1, "the letter fails, the rest does not"
    made = sorted((home / "wav").rglob("*.wav"))
    assert {path.stem for path in made} == {"fast", "slow", "两只老虎 🐯"}
    info = soundfile.info(made[0])
    assert (info.samplerate, info.channels, info.subtype, info.duration) == (16000, 1, "PCM_16", 2.0)


def test_doctor_is_well_without_models_and_says_how_to_get_them(tunelens: Tunelens) -> None:
    ran = tunelens("doctor", "--json")
    (told,) = ran.objects
    assert ran.code == 0
    assert told["result"]["ok"]
    missing = [check for check in told["result"]["checks"] if check["name"].startswith("model ")]
    assert missing and all("models pull" in check["detail"] for check in missing if check["ok"] is None)


def test_models_are_listed_and_explained(tunelens: Tunelens) -> None:
    listed = tunelens("models", "list", "--json")
    assert {"MSD_musicnn", "MTT_musicnn"} <= {o["path"] for o in listed.objects}
    assert "licence" in tunelens("models", "info", "MSD_musicnn", "--json").objects[0]["result"]


@pytest.mark.parametrize(
    "words",
    [("models", "pull"), ("demo", "--out", "d"), ("analyze", "music")],
    ids=["pull", "demo", "analyze"],
)
def test_offline_with_nothing_cached_says_what_to_fetch(
    tunelens: Tunelens, music: Path, words: tuple[str, ...]
) -> None:
    ran = tunelens(*words)
    assert ran.code == 4
    assert "TUNELENS_PACKAGES" in ran.err or "models pull" in ran.err


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("analyze",), 2, "Missing"),
        (("analyse", "x"), 2, "analyze"),
        (("analyze", "absent.mp3", "--no-models"), 3, "absent.mp3"),
        (("analyze", "x", "--models", "MSD_music"), 2, "MSD_musicnn"),
        (("analyze", "x", "--no-models", "--patches", "0"), 2, "--patches"),
        (("analyze", "x", "--no-models", "--patches", "²"), 2, "--patches"),
        (("analyze", "x", "--no-models", "--engine", "locl"), 2, "local"),
        (("plot", "spectogram", "x.wav"), 2, "spectrogram"),
        (("plot", "mel", "absent.wav"), 3, "absent.wav"),
        (("plot", "mel", "x.wav", "--begin", "5", "--end", "3"), 2, "--end"),
        (("list",), 3, "library"),
        (("export", "--format", "xls", "--out", "x.xls"), 3, "library"),
        (("models", "info", "musicn"), 2, "musicnn"),
        (("probe", "absent.wav"), 3, "absent.wav"),
        (("show", "1", "--library", "."), 3, "."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_mistakes_are_told_with_the_exit_code_of_their_kind(
    tunelens: Tunelens, words: tuple[str, ...], code: int, told: str
) -> None:
    ran = tunelens(*words)
    assert (ran.code, told in ran.err) == (code, True), f"{ran.code}\n{ran.out}{ran.err}"
    assert "Traceback" not in ran.err


def test_a_setting_that_makes_no_sense_is_told(tunelens: Tunelens) -> None:
    ran = tunelens("doctor", TUNELENS_JOBS="many")
    assert ran.code == 2
    assert "TUNELENS_JOBS" in ran.err


def test_a_closed_pipe_is_no_error(tunelens: Tunelens, music: Path, home: Path) -> None:
    tunelens("analyze", music, "--no-models")
    done = subprocess.run(
        f"{sys.executable} -m tunelens list --json | head -c 10",
        shell=True,
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr


def test_version_and_completion(tunelens: Tunelens) -> None:
    assert tunelens("--version").out.startswith("tunelens ")
    assert "complete" in tunelens("--show-completion", "bash", SHELL="/bin/bash").out.lower()
