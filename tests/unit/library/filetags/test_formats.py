"""Each format by its own convention, told by other programs than ours; nothing else in a tag changes."""

from __future__ import annotations

import os
import struct
import zlib
from pathlib import Path

import av
import mutagen
import numpy as np
import pytest
from mutagen import id3
from mutagen.apev2 import APEv2
from mutagen.flac import FLAC
from mutagen.mp4 import MP4
from tests.songs import id3 as id3_tag
from tests.sounds import encode
from tests.unit.library.filetags.conftest import SAID, decoded, put_tags, read_tags

from tunelens.base.errors import DataError
from tunelens.library.filetags import formats, sound
from tunelens.library.filetags.containers import KINDS, kind_of


def test_what_is_written_reads_back_and_the_sound_is_what_it_was(song: Path):
    before, other_tags = decoded(song), formats.read(song, kind_of(song)).others
    put_tags(song, SAID)
    assert read_tags(song) == SAID
    assert formats.read(song, kind_of(song)).others == other_tags
    np.testing.assert_array_equal(decoded(song), before)


def test_ffmpeg_finds_what_is_written(song: Path):
    put_tags(song, SAID)
    with av.open(str(song)) as file:
        tags = {key.lower(): value for key, value in (file.streams.audio[0].metadata | file.metadata).items()}
    assert tags["genre"].startswith("Jazz")  # of several values FFmpeg reads the first in most formats
    assert {tags[name] for name in ("bpm", "tbpm") if name in tags} == (
        set() if ".m4a" in song.name else {"128"}
    )
    assert "C#m" in {tags.get(name) for name in ("tkey", "initialkey")}
    assert tags["energy"] == "7"


def test_every_kind_is_covered(songs: Path):
    assert {kind_of(path) for path in songs.iterdir()} == set(KINDS)


def test_several_values_in_id3v24_have_a_nul_between_them(take):
    path = take("id3v24.mp3")
    put_tags(path, SAID)
    assert "Jazz\0民谣".encode() in path.read_bytes()
    tags = id3.ID3(path, translate=False)
    assert tags.version == (2, 4, 0)
    assert tags["TMOO"].text == ["happy"]
    assert tags["TXXX:ENERGY"].text == ["7"]


def test_id3v23_stays_id3v23_with_joined_values_and_frames_of_its_own(take):
    path = take("id3v23.mp3")
    put_tags(path, SAID | {"genre": ("Pop/Rock", "民谣")})
    tags = id3.ID3(path, translate=False)
    assert tags.version == (2, 3, 0)
    assert tags["TCON"].text == ["Pop/Rock; 民谣"]
    assert tags["TXXX:MOOD"].text == ["happy"]
    assert "TMOO" not in tags
    assert tags["TYER"].text == ["1999"]  # a frame that version 4 has not
    assert read_tags(path)["genre"] == ("Pop/Rock", "民谣")


def test_vorbis_repeats_a_field_per_value(take):
    path = take("song.flac")
    put_tags(path, SAID)
    assert [value for key, value in FLAC(path).tags if key == "GENRE"] == ["Jazz", "民谣"]


def test_mp4_has_a_data_atom_per_value_and_a_whole_number_of_beats(take):
    path = take("moov-first.m4a")
    put_tags(path, SAID)
    tags = MP4(path).tags
    assert tags["\xa9gen"] == ["Jazz", "民谣"]
    assert tags["tmpo"] == [128]
    assert bytes(tags["----:com.apple.iTunes:initialkey"][0]) == b"C#m"
    raw = path.read_bytes()
    atom = raw.index(b"\xa9gen")
    (size,) = struct.unpack(">I", raw[atom - 4 : atom])
    assert raw[atom : atom + size].count(b"data") == 2


def test_ape_has_a_nul_between_values(take):
    path = take("song.wv")
    put_tags(path, SAID)
    assert list(APEv2(path)["Genre"]) == ["Jazz", "民谣"]


@pytest.mark.parametrize(
    ("name", "fields"), [("song.flac", {"KEY": "Am", "energylevel": "3"}), ("song.wv", {"Key": "Am"})]
)
def test_a_field_under_another_usual_name_is_the_same_field(take, name, fields):
    path = take(name)
    file = mutagen.File(path)
    if file.tags is None:
        file.add_tags()
    file.tags.update({key: [value] for key, value in fields.items()})
    file.save()
    assert read_tags(path)["key"] == ("Am",)
    put_tags(path, {"key": ("C#m",), "energy": ("7",)})
    names = {key.upper() for key in mutagen.File(path).tags.keys()}  # noqa: SIM118
    assert "KEY" in names
    assert "INITIALKEY" not in names


def test_frames_that_mutagen_would_join_stay_two(take):
    # the metal song of shared/data has this tag: two texts of one's own without a description
    path = take("bare.mp3")
    frame = (
        b"TXXX" + struct.pack(">IH", 6, 0) + b"\0\0TDAT" + b"TXXX" + struct.pack(">IH", 9, 0) + b"\0\0comment"
    )
    path.write_bytes(b"ID3\4\0\0\0\0\0" + bytes([len(frame)]) + frame + path.read_bytes())
    put_tags(path, SAID)
    assert frame in path.read_bytes()


def test_id3v1_keeps_letters_of_an_unknown_encoding_and_follows_with_its_genre(take):
    path = take("id3v24.mp3")
    old = b"TAG" + "两只老虎".encode("gbk").ljust(30, b"\0") + bytes(94) + b"\x0d"
    assert len(old) == 128
    path.write_bytes(path.read_bytes() + old)
    put_tags(path, SAID)
    assert path.read_bytes()[-128:] == old[:127] + bytes([8])  # Jazz
    with path.open("rb") as file:
        assert sound.ranges_of(file, "mp3")[0][1] == path.stat().st_size - 128
    put_tags(path, {"genre": ("民谣",)})
    assert path.read_bytes()[-128:] == old[:127] + b"\xff"  # it has no number for that


def test_what_only_id3v1_says_is_copied_into_the_newer_tag_that_would_hide_it(take):
    path = take("bare.mp3")
    path.write_bytes(path.read_bytes() + b"TAG" + b"Two Tigers".ljust(30, b"\0") + bytes(94) + b"\x0d")
    put_tags(path, {"bpm": ("128",)})
    tags = id3.ID3(path, load_v1=False)
    assert tags["TIT2"].text == ["Two Tigers"]
    assert read_tags(path)["genre"] == ("Pop",)


def test_apev2_in_an_mp3_does_not_come_to_contradict(take):
    path = take("id3v24.mp3")
    ape = APEv2()
    ape["Genre"], ape["Title"] = "Noise", "老虎"
    ape.save(path)
    old = b"TAG" + bytes(124) + b"\xff"
    path.write_bytes(path.read_bytes() + old)
    assert read_tags(path)["genre"] == ("Noise",)
    put_tags(path, SAID)
    after = APEv2(path)
    assert list(after["Genre"]) == ["Jazz", "民谣"]
    assert str(after["Title"]) == "老虎"
    assert "BPM" not in after
    assert path.read_bytes()[-128:-1] == old[:-1]


def test_an_mp3_with_apev2_alone_keeps_to_it_because_id3_would_hide_it(take):
    path = take("bare.mp3")
    ape = APEv2()
    ape["Title"] = "老虎" * 20
    ape.save(path)
    path.write_bytes(path.read_bytes() + b"TAG" + "老虎".encode("gbk").ljust(125, b"\0"))
    put_tags(path, SAID)
    assert (read_tags(path), str(APEv2(path)["Title"])) == (SAID, "老虎" * 20)
    assert path.read_bytes()[:3] != b"ID3"
    assert path.read_bytes()[-128:-1] == b"TAG" + "老虎".encode("gbk").ljust(124, b"\0")


def test_id3_alone_in_a_flac_is_not_hidden_by_comments(take):
    path = take("song.flac")
    path.write_bytes(id3_tag(4) + path.read_bytes())
    with pytest.raises(DataError, match="its only tag is ID3"):
        formats.read(path, "flac")


def test_an_index_of_fragments_that_would_be_wrong_is_refused(tmp_path: Path):
    path = encode(tmp_path / "fragments.m4a", np.zeros(44100, np.float32), 44100, movflags="empty_moov")
    assert b"mfra" in path.read_bytes()
    with pytest.raises(DataError, match="cut into fragments"):
        formats.read(path, "mp4")


def _mp3_with(tag: bytes, flags: int = 0, version: int = 4) -> bytes:
    size = bytes(len(tag) >> shift & 127 for shift in (21, 14, 7, 0))
    return b"ID3" + bytes([version, 0, flags]) + size + tag


def _frame(name: bytes, content: bytes, flags: int = 0) -> bytes:
    return name + bytes(len(content) >> s & 127 for s in (21, 14, 7, 0)) + struct.pack(">H", flags) + content


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        (_mp3_with(b"TT2\0\0\4\0old", version=2), "ID3v2.2"),
        (_mp3_with(_frame(b"TIT2", b"\0hm") + b"junk" + bytes(20)), "broken"),
        (_mp3_with(_frame(b"TCON", struct.pack(">I", 9) + zlib.compress(bytes(10**8), 9), 8)), "compressed"),
        (_mp3_with(_frame(b"TXXX", b"\0") * 2500), "more than 2000"),
        (b"ID3\4\0\0\x7f\x7f\x7f\x7f", "breaks off"),
        (b"ID3\4\0\0\0\0\x7f\x7f" + b"TIT2", "breaks off"),
    ],
)
def test_broken_and_hostile_tags_are_refused(take, tag: bytes, words: str):
    path = take("bare.mp3")
    sound_of_it = path.read_bytes() if "breaks" not in words else b""
    path.write_bytes(tag + sound_of_it)
    with pytest.raises(DataError, match=words):
        formats.read(path, "mp3")


def test_a_tag_of_256_mib_is_refused_without_reading_it(take):
    path = take("bare.mp3")
    path.write_bytes(b"ID3\4\0\0\x7f\x7f\x7f\x7f")
    os.truncate(path, 300 << 20)  # takes no room on the disk
    with pytest.raises(DataError, match="more than 128 MiB"):
        formats.read(path, "mp3")


def test_more_blocks_than_any_song_has_are_not_counted_to_the_end(take):
    path = take("song.flac")
    path.write_bytes(b"fLaC" + b"\1\0\0\0" * 20_000 + path.read_bytes()[4:])
    with pytest.raises(DataError, match="10000 parts"):
        formats.read(path, "flac")


def test_id3v1_in_an_unknown_encoding_alone_is_refused(take):
    path = take("bare.mp3")
    path.write_bytes(path.read_bytes() + b"TAG" + "两只老虎".encode("gbk").ljust(125, b"\0"))
    with pytest.raises(DataError, match="unknown encoding"):
        formats.read(path, "mp3")


def test_unsynchronised_tags_of_version_3_are_read_and_written(take):
    path = take("bare.mp3")
    content = b"\0\xff\0\xe0 is a sign"  # FF E0 would look like sound
    frame = b"TIT2" + struct.pack(">IH", len(content) - 1, 0) + content
    path.write_bytes(_mp3_with(frame, flags=0x80, version=3) + path.read_bytes())
    put_tags(path, SAID)
    assert id3.ID3(path)["TIT2"].text == ["ÿà is a sign"]


def test_a_tag_in_a_chunk_before_the_sound_of_a_wav_moves_it(take):
    path = take("song.wav")
    raw, tag = path.read_bytes(), id3_tag(3)
    chunk = b"id3 " + struct.pack("<I", len(tag)) + tag + bytes(len(tag) % 2)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(raw) - 8 + len(chunk)) + b"WAVE" + chunk + raw[12:])
    before = decoded(path)
    put_tags(path, SAID | {"genre": ("x" * 5000,)})
    np.testing.assert_array_equal(decoded(path), before)
    assert struct.unpack("<I", path.read_bytes()[4:8])[0] == path.stat().st_size - 8
    assert formats.read(path, "wav").format == "ID3v2.3"


def test_the_genre_in_the_info_list_of_a_wav_counts_as_one(take):
    path = take("song.wav")
    raw = path.read_bytes()
    body = b"INFO" + b"INAM\3\0\0\0hm\0\0" + b"IGNR\5\0\0\0Rock\0\0"
    raw += b"LIST" + struct.pack("<I", len(body)) + body
    path.write_bytes(raw[:4] + struct.pack("<I", len(raw) - 8) + raw[8:])
    assert read_tags(path)["genre"] == ("Rock",)
    put_tags(path, SAID)
    assert read_tags(path) == SAID


@pytest.mark.parametrize("name", ["letter.mp3", "empty.flac", "film.mkv"])
def test_what_is_no_song_is_told(tmp_path: Path, name: str):
    path = tmp_path / name
    path.write_bytes(b"" if "empty" in name else b"Dear listener, this is not music.")
    with pytest.raises(DataError, match="none of them"):
        kind_of(path)


def test_a_wav_that_promises_more_than_it_has_is_refused(take):
    path = take("song.wav")
    raw = path.read_bytes()
    path.write_bytes(raw[:4] + b"\xff\xff\xff\xff" + raw[8:])
    with pytest.raises(DataError, match="header tells"):
        put_tags(path, SAID)
