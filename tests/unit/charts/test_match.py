"""Which file is which song of a chart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from tests.chart_server import tone

from tunelens.audio.info import AudioInfo
from tunelens.base.errors import NotFoundError
from tunelens.charts.chart import Chart, Entry
from tunelens.charts.manifest import DONE, Item, write_manifest
from tunelens.charts.match import match_audio


def hows(chart: Chart, folder: Path) -> dict[str, tuple[str, str]]:
    return {pair.entry.music_id: (pair.path.name, pair.how) for pair in match_audio(chart, folder).pairs}


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"")


def test_each_way_to_tell(tmp_path: Path) -> None:
    touch(
        tmp_path,
        "x.mp3",
        "whatever [b].mp3",
        "sub/03. 周杰倫 - 晴天.flac",
        "Sunny - Ann.ogg",
        "Only Title.mp3",
    )
    songs = (
        Entry("a", "夜曲", "周杰伦"), Entry("b", "b"), Entry("c", "晴天", "周杰伦"),
        Entry("d", "Sunny", "ann, Bob"), Entry("e", "only title", "?"), Entry("f", "lost"),
    )  # fmt: skip
    write_manifest(tmp_path, [Item("a", "夜曲", file="x.mp3", status=DONE)])
    chart = Chart("hot", songs)
    assert hows(chart, tmp_path) == {
        "a": ("x.mp3", "manifest"), "b": ("whatever [b].mp3", "id"), "c": ("03. 周杰倫 - 晴天.flac", "name"),
        "d": ("Sunny - Ann.ogg", "name"), "e": ("Only Title.mp3", "title"),
    }  # fmt: skip
    found = match_audio(chart, tmp_path)
    assert [song.music_id for song in found.without_file] == ["f"] and found.without_entry == ()


def test_tags_tell_too(tmp_path: Path) -> None:
    with soundfile.SoundFile(tmp_path / "17.flac", "w", 16000, 1) as file:
        file.title, file.artist = "夜曲", "周杰伦"
        file.write(0.1 * np.ones(8000))
    assert hows(Chart("hot", (Entry("a", "夜曲", "周杰伦"),)), tmp_path) == {"a": ("17.flac", "tags")}


def test_no_file_is_opened_where_names_are_enough(tmp_path: Path) -> None:
    touch(tmp_path, "A - Song.mp3", "another.mp3")

    def hear_all(files: object) -> dict[Path, AudioInfo]:
        raise AssertionError("files are opened")

    found = match_audio(Chart("hot", (Entry("1", "Song", "A"),)), tmp_path, hear_all=hear_all)
    assert [pair.how for pair in found.pairs] == ["name"]


def test_titles_that_several_have_tell_nothing(tmp_path: Path) -> None:
    touch(tmp_path, "Intro.mp3", "Outro.mp3", "outro.flac")
    chart = Chart("hot", (Entry("a", "Intro", "A"), Entry("b", "Intro", "B"), Entry("c", "Outro", "C")))
    found = match_audio(chart, tmp_path)
    assert found.pairs == () and len(found.without_file) == 3 and len(found.without_entry) == 3


def test_a_file_is_one_song(tmp_path: Path) -> None:
    touch(tmp_path, "A - Song.mp3")
    chart = Chart("hot", (Entry("1", "Song", "A"), Entry("2", "Song", "A"), Entry("1", "Song", "A")))
    found = match_audio(chart, tmp_path)
    assert [pair.entry.music_id for pair in found.pairs] == ["1", "1"]
    assert [song.music_id for song in found.without_file] == ["2"]


def test_titles_of_signs_alone_do_not_meet(tmp_path: Path) -> None:
    touch(tmp_path, "!!!.mp3")
    assert match_audio(Chart("hot", (Entry("1", "???"),)), tmp_path).pairs == ()


def test_a_manifest_that_names_what_is_gone_is_no_harm(tmp_path: Path) -> None:
    write_manifest(tmp_path, [Item("1", "a", file="gone.mp3", status=DONE)])
    (tmp_path / "a.wav").write_bytes(tone())
    assert hows(Chart("hot", (Entry("1", "a"),)), tmp_path) == {"1": ("a.wav", "title")}


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="is no folder"):
        match_audio(Chart("hot", ()), tmp_path / "none")
