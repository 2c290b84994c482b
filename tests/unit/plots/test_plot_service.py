"""`plot`: a file in, a picture out, or an error that says what is allowed."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tunelens.audio import Clip, write_wav
from tunelens.base.errors import DecodeError, NotFoundError, ParameterError, UnknownNameError
from tunelens.plots import PLOTS
from tunelens.services.plot import name_of, plot

SR = 22050


@pytest.fixture
def song(tmp_path: Path) -> Path:
    t = np.arange(SR * 6) / SR
    y = np.where(t < 3, np.sin(2 * np.pi * 440 * t), 0.2 * np.sin(2 * np.pi * 880 * t))
    return write_wav(Clip((0.5 * y).astype(np.float32), SR), tmp_path / "两只老虎.wav")


@pytest.mark.parametrize("kind", [name for name in PLOTS if name != "tags"])
def test_every_kind_is_written_and_is_a_picture(song: Path, tmp_path: Path, kind: str) -> None:
    out = plot(song, kind, tmp_path / f"{kind}.png")
    with Image.open(out) as picture:
        assert picture.size[0] >= 900
        assert len(picture.convert("L").getcolors(256) or ()) > 20


def test_two_runs_give_the_same_picture(song: Path, tmp_path: Path) -> None:
    one, two = (plot(song, "mel", tmp_path / name).read_bytes() for name in ("1.png", "2.png"))
    assert one == two


def test_an_excerpt_is_another_picture(song: Path, tmp_path: Path) -> None:
    whole = plot(song, "waveform", tmp_path / "1.png").read_bytes()
    part = plot(song, "waveform", tmp_path / "2.png", offset_s=3, duration_s=2).read_bytes()
    assert whole != part


def test_an_unknown_kind_names_its_neighbours(song: Path, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        plot(song, "spectogram", tmp_path / "a.png")
    assert "spectrogram" in (caught.value.hint or "")


def test_an_unknown_suffix_lists_what_is_allowed(song: Path, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=r"'\.jpg'; \.png, \.svg, \.html"):
        plot(song, "mel", tmp_path / "a.jpg")


def test_what_exists_is_kept_without_force(song: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.png"
    out.write_bytes(b"mine")
    with pytest.raises(ParameterError, match="exists"):
        plot(song, "mel", out)
    assert out.read_bytes() == b"mine"
    plot(song, "mel", out, force=True)
    assert out.read_bytes().startswith(b"\x89PNG")


def test_what_is_no_audio_leaves_no_file(tmp_path: Path) -> None:
    text = tmp_path / "a.mp3"
    text.write_text("no music")
    with pytest.raises(DecodeError):
        plot(text, "mel", tmp_path / "a.png")
    with pytest.raises(NotFoundError):
        plot(tmp_path / "none.mp3", "mel", tmp_path / "a.png")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp3"]


def test_a_name_that_is_not_unicode_is_drawn(song: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    try:
        odd.write_bytes(song.read_bytes())
    except OSError:
        pytest.skip("this file system takes Unicode names only")
    assert plot(odd, "waveform", tmp_path / "a.html").stat().st_size > 1000


def test_the_title_is_what_the_file_says(data_dir: Path, song: Path) -> None:
    assert name_of(song) == song.name
    assert name_of(data_dir / "clips" / "Kevin_MacLeod_-_Vibe_Ace.ogg") == "Kevin MacLeod - Vibe Ace"


def test_real_music_is_drawn(data_dir: Path, tmp_path: Path) -> None:
    for kind in ("chroma", "tempogram", "ssm"):
        out = plot(data_dir / "songs" / "jazz_music.mp3", kind, tmp_path / f"{kind}.svg", duration_s=20)
        assert out.stat().st_size > 10_000
