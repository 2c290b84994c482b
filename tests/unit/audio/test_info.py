"""`probe`: header and tags of files whose making is known."""

from __future__ import annotations

import json
from pathlib import Path

import mutagen
import numpy as np
import pytest
from tests.sounds import encode, sine, write

from tunelens.audio import AudioInfo, probe

SR = 48_000
TAGS = {"title": "两只老虎 🎵", "artist": "Ünïcödé", "album": "A", "genre": "Rock"}


@pytest.mark.parametrize(
    ("name", "container", "codec"),
    [
        ("a.wav", "wav", "pcm_16"),
        ("a.flac", "flac", "pcm_16"),
        ("a.mp3", "mp3", "mp3"),
        ("a.ogg", "ogg", "vorbis"),
        ("a.opus", "ogg", "opus"),
        ("a.m4a", "m4a", "aac"),
        ("a.wma", "asf", "wmav2"),
        ("a.webm", "webm", "opus"),
    ],
)
def test_what_is_in_a_file(tmp_path: Path, name: str, container: str, codec: str) -> None:
    y = np.stack([sine(440.0, SR, 2.0)] * 2)
    path = (write if codec in ("pcm_16", "mp3", "vorbis") else encode)(tmp_path / name, y, SR)
    info = probe(path)
    assert (info.container, info.codec, info.sr, info.n_channels) == (container, codec, SR, 2)
    assert info.duration_s == pytest.approx(2.0, abs=0.1)
    assert info.size_bytes == path.stat().st_size
    assert info.bit_depth == (16 if codec == "pcm_16" else None)
    assert info.bit_rate > 0
    assert not info.has_video
    assert AudioInfo.from_dict(json.loads(json.dumps(info.to_dict()))) == info


@pytest.mark.parametrize("name", ["a.mp3", "a.flac", "a.ogg", "a.m4a", "a.opus"])
def test_tags(tmp_path: Path, name: str) -> None:
    y = sine(440.0, SR, 1.0)
    path = (encode if name in ("a.m4a", "a.opus") else write)(tmp_path / name, y, SR)
    file = mutagen.File(path, easy=True)
    if file.tags is None:
        file.add_tags()
    for key, value in (TAGS | {"date": "1999-12-31", "tracknumber": "3/12"}).items():
        file[key] = value
    file.save()
    info = probe(path)
    assert {key: getattr(info, key) for key in TAGS} == TAGS
    assert (info.year, info.track_number) == (1999, 3)


def test_tags_of_wav_asf_and_matroska(tmp_path: Path) -> None:
    from mutagen.id3 import TIT2, TPE1

    path = write(tmp_path / "a.wav", sine(440.0, SR, 1.0), SR)
    file = mutagen.File(path)
    file.add_tags()
    file.tags.add(TIT2(text=["T"]))
    file.tags.add(TPE1(text=["A"]))
    file.save()
    assert (probe(path).title, probe(path).artist) == ("T", "A")
    wma = mutagen.File(encode(tmp_path / "a.wma", sine(440.0, SR, 1.0), SR))
    wma["Title"], wma["Author"] = "T", "A"
    wma.save()
    assert (probe(tmp_path / "a.wma").title, probe(tmp_path / "a.wma").artist) == ("T", "A")


def test_damaged_tags_cost_the_tags_only(tmp_path: Path, rng: np.random.Generator) -> None:
    path = write(tmp_path / "a.mp3", sine(440.0, SR, 1.0), SR)
    sound = path.read_bytes()
    for version in (2, 3, 4):
        body = b"TIT2\x00\x00\x7f\xff\x00\x00" + rng.bytes(118)
        path.write_bytes(b"ID3" + bytes([version, 0, 0, 0, 0, 1, 0]) + body + sound)
        assert probe(path).duration_s == pytest.approx(1.0, abs=0.1)


def test_long_and_dirty_tags_are_tamed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", sine(440.0, SR, 1.0), SR)
    file = mutagen.File(path)
    file["title"], file["artist"], file["date"] = "x" * 100_000, " a\n\tb\x01 ", "soon"
    file.save()
    info = probe(path)
    assert len(info.title) == 300
    assert info.artist.startswith("a b")
    assert info.year is None


def test_tags_in_no_encoding_become_valid_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.flac", sine(440.0, SR, 1.0), SR)
    file = mutagen.File(path)
    file["title"] = "caf_XYZ"
    file.save()
    path.write_bytes(path.read_bytes().replace(b"caf_XYZ", b"caf\xe9\xffYZ"))
    assert probe(path).title == "caf\ufffd\ufffdYZ"
