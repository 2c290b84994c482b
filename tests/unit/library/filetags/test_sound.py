"""The hash of the sound: no tag changes it, every other byte does."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.library.filetags.conftest import SAID, put_tags

from tunelens.base.errors import DataError
from tunelens.library.filetags import sound
from tunelens.library.filetags.containers import kind_of


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return sound.sound_sha256(file, kind_of(path))


def test_tags_change_neither_the_bytes_nor_the_packets_of_the_sound(song: Path):
    before = _hash(song), sound.packets_sha256(song, kind_of(song))
    put_tags(song, SAID)
    assert (_hash(song), sound.packets_sha256(song, kind_of(song))) == before
    put_tags(song, dict.fromkeys(SAID, ("1",)))
    assert (_hash(song), sound.packets_sha256(song, kind_of(song))) == before


def test_one_bit_of_the_sound_changes_both(song: Path):
    before = _hash(song), sound.packets_sha256(song, kind_of(song))
    raw = bytearray(song.read_bytes())
    raw[len(raw) // 2] ^= 1
    song.write_bytes(raw)
    assert _hash(song) != before[0]
    if song.suffix not in (".ogg", ".opus", ".oga", ".wv"):  # FFmpeg leaves out pages of a wrong checksum
        assert sound.packets_sha256(song, kind_of(song)) != before[1]


@pytest.mark.parametrize(
    ("name", "cut"), [("song.flac", 30), ("moov-first.m4a", 60), ("song.ogg", -1), ("bare.mp3", 0)]
)
def test_files_that_break_off_are_told_or_measured_never_looped_over(take, name: str, cut: int):
    path = take(name)
    path.write_bytes(path.read_bytes()[: cut or 100])
    with path.open("rb") as file:
        try:
            assert len(sound.sound_sha256(file, kind_of(path))) == 64
        except DataError as error:
            assert str(error)
