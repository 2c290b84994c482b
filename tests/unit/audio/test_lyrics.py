"""Lyrics in tags and beside the file, in the encodings and sizes that strangers send."""

from __future__ import annotations

import os

import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC
from mutagen.id3 import ID3, USLT

from tunelens.audio import probe
from tunelens.audio.lyrics import LONGEST, MOST_BYTES, lyrics_of

SUNG = "窗外的麻雀\n在电线杆上多嘴"


@pytest.fixture
def song(tmp_path):
    path = tmp_path / "歌.flac"
    with path.open("wb") as file:
        soundfile.write(file, np.zeros(8000, np.float32), 8000, format="FLAC")
    return path


@pytest.mark.parametrize("name", ["LYRICS", "UNSYNCEDLYRICS", "SYNCEDLYRICS"])
def test_vorbis_comments(song, name):
    tags = FLAC(song)
    tags[name] = "[00:01.00]窗外的麻雀\n[00:02.00]在电线杆上多嘴"
    tags.save()
    assert probe(song).lyrics == SUNG


def test_id3(tmp_path):
    path = tmp_path / "a.mp3"
    soundfile.write(path, np.zeros(8000, np.float32), 8000, format="MP3")
    tags = ID3()
    tags.add(USLT(3, "zho", "", SUNG))
    tags.save(path)
    assert probe(path).lyrics == SUNG


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SUNG, "utf-8"),
        (SUNG, "utf-8-sig"),
        (SUNG, "utf-16"),
        (SUNG, "gb18030"),
        ("あの日あの時あの場所で\n君に会えなかったら", "cp932"),
        ("Où est passé\nl'été déjà", "latin-1"),
    ],
)
@pytest.mark.parametrize("suffix", [".lrc", ".LRC", ".txt"])
def test_files_beside_it(song, text, encoding, suffix):
    lines = [f"[00:0{n}.12]{line}" for n, line in enumerate(text.splitlines())]
    song.with_suffix(suffix).write_bytes("\r\n".join(["[ti:x]", *lines, "[00:09.00]"]).encode(encoding))
    assert probe(song).lyrics == text


def test_tags_come_before_files_and_lrc_before_txt(song):
    song.with_suffix(".txt").write_text("text")
    song.with_suffix(".lrc").write_text("[00:01.00]karaoke")
    assert lyrics_of(song, {"lyrics-eng": "tag"}) == "tag"
    assert lyrics_of(song, {"lyrics": " "}) == "karaoke"
    assert lyrics_of(song, {"lyricist": "Ann"}) == "karaoke"


@pytest.mark.parametrize("content", [b"", b"\x00\x01binary", b"a" * (MOST_BYTES + 1), b"[00:01.00]\n"])
def test_what_is_no_lyrics_is_left_alone(song, content):
    song.with_suffix(".lrc").write_bytes(content)
    assert probe(song).lyrics is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_or_folder_beside_it_does_not_hang(song):
    os.mkfifo(song.with_suffix(".lrc"))
    song.with_suffix(".txt").mkdir()
    assert probe(song).lyrics is None


def test_they_are_cut(song):
    song.with_suffix(".txt").write_text("la " * 80_000)
    assert len(probe(song).lyrics) == LONGEST


def test_without_any(song):
    assert probe(song).lyrics is None
