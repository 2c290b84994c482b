"""What is particular to each reader of datasets."""

from __future__ import annotations

import json
import plistlib
from pathlib import Path

import numpy as np
import pytest
from tests.datasets import EXAMPLES, table, tone

from tunelens.base.errors import (
    DataError,
    MissingDependencyError,
    NotFoundError,
    ParameterError,
    UnknownNameError,
)
from tunelens.base.extras import require
from tunelens.data.read import read_dataset
from tunelens.data.registry import ReadOptions


def test_folders_of_splits_and_subclasses(tmp_path: Path) -> None:
    for name in ("train/a/1", "train/b/1", "val/a/2", "测试/b/3"):
        tone(tmp_path / "s" / f"{name}.wav")
    tracks = read_dataset(tmp_path / "s")
    assert dict(zip(tracks.ids, tracks.split or (), strict=True))["测试/b/3.wav"] == "test"
    assert tracks.labels.counts() == {"a": 2, "b": 2}
    for name in ("rock/indie/1", "rock/2", "jazz/X/Live/3"):
        tone(tmp_path / "h" / f"{name}.wav")
    paths = read_dataset(tmp_path / "h", options=ReadOptions(kind="hierarchical"))
    assert set(paths.labels.values) == {("rock", "indie"), ("rock",), ("jazz", "X", "Live")}
    groups = read_dataset(tmp_path / "h", options=ReadOptions(group=("artist", "album")))
    assert dict(zip(groups.ids, groups.groups["artist"], strict=True))["jazz/X/Live/3.wav"] == "X"
    with pytest.raises(ParameterError, match="name 3 levels"):
        read_dataset(tmp_path / "h", options=ReadOptions(group=("a", "b", "c")))


def test_what_a_folder_holds_besides_sound_is_noted(tmp_path: Path) -> None:
    tone(tmp_path / "a" / "1.wav")
    table(tmp_path / "a" / "song.mp5", "x")
    assert any("1 .mp5" in note for note in read_dataset(tmp_path).report.notes)


def test_an_empty_and_a_flat_folder(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds no rows"):
        read_dataset(tmp_path)
    tone(tmp_path / "1.wav")
    with pytest.raises(DataError, match="1 in no class folder"):
        read_dataset(tmp_path)


def test_lists_of_splits(tmp_path: Path) -> None:
    for name in ("a/1", "a/2", "b/3"):
        tone(tmp_path / "m" / f"{name}.wav")
    table(tmp_path / "lists" / "train.txt", "a\\1.mp3", "b/3")
    table(tmp_path / "lists" / "test.txt", "2")
    options = ReadOptions(split_lists=tmp_path / "lists")
    assert read_dataset(tmp_path / "m", options=options).split == ("train", "test", "train")
    table(tmp_path / "lists" / "valid.txt", "3")
    with pytest.raises(DataError, match="'3' is in the lists"):
        read_dataset(tmp_path / "m", options=options)
    with pytest.raises(NotFoundError, match="no lists"):
        read_dataset(tmp_path / "m", options=ReadOptions(split_lists=tmp_path / "m"))


def test_gtzan_keeps_a_jazz_54_that_can_be_heard(tmp_path: Path) -> None:
    tone(tmp_path / "jazz" / "jazz.00054.wav")
    tone(tmp_path / "rock" / "rock.00001.wav")
    tracks = read_dataset(tmp_path)
    assert tracks.report.dropped == () and tracks.split is None
    assert any("fault-filtered" in note for note in tracks.report.notes)
    EXAMPLES["gtzan"](tmp_path / "broken")
    broken = read_dataset(tmp_path / "broken")
    assert "unreadable sound" in broken.report.reasons()
    assert broken.split == ("train", "test", "", "train", "train", "")
    assert any("2 rows are in no list" in note for note in broken.report.notes)


def test_parts_of_gtzan_tracks_stay_together(tmp_path: Path) -> None:
    rows = [f"jazz.0000{i}.{part}.wav,{i}.5,jazz" for i in range(3) for part in range(4)]
    tracks = read_dataset(table(tmp_path / "features_3_sec.csv", "filename,rms,label", *rows))
    assert len(set(tracks.group_ids("cluster").tolist())) == 3


def test_fma_labels(tmp_path: Path) -> None:
    EXAMPLES["fma"](tmp_path)
    tracks = read_dataset(tmp_path / "fma_small")
    assert (tracks.ids, tracks.split) == (("000/000002.mp3", "000/000005.mp3"), ("train", "valid"))
    assert tracks.groups["artist"] == ("AWOL", "Other") and tracks.groups["album"] == ("A, one", "B")
    assert any("1 tracks of tracks.csv are outside of fma_small" in note for note in tracks.report.notes)
    many = read_dataset(tmp_path, options=ReadOptions(label="genres"))
    assert many.labels.values == (frozenset({"Hip-Hop"}), frozenset({"Rock", "Punk"}))
    paths = read_dataset(tmp_path, options=ReadOptions(kind="hierarchical"))
    assert paths.labels.values == (("Hip-Hop",), ("Rock", "Punk"))
    with pytest.raises(ParameterError, match="genre_top, genres"):
        read_dataset(tmp_path, options=ReadOptions(label="mood"))
    medium = read_dataset(tmp_path, options=ReadOptions(audio=tmp_path / "fma_small"))
    assert medium.data_id == tracks.data_id


def test_a_folder_beside_fma_is_not_fma(tmp_path: Path) -> None:
    EXAMPLES["fma"](tmp_path)
    tone(tmp_path / "mine" / "rock" / "a.wav")
    assert read_dataset(tmp_path / "mine").labels.values == ("rock",)


@pytest.mark.parametrize(
    "head", ["a,b", ",set,track\n,genre_top\ntrack_id,x,y", ",set,track\n,split,genre_top\ntrack_id"]
)
def test_strange_tracks_of_fma(tmp_path: Path, head: str) -> None:
    EXAMPLES["fma"](tmp_path)
    table(tmp_path / "fma_metadata" / "tracks.csv", head, "2,x,y")
    with pytest.raises(DataError):
        read_dataset(tmp_path, reader="fma")


def test_genres_that_go_in_circles_end(tmp_path: Path) -> None:
    EXAMPLES["fma"](tmp_path)
    table(tmp_path / "fma_metadata" / "genres.csv", "genre_id,parent,title", "21,12,Hip-Hop", "12,21,Rock")
    with pytest.raises(DataError, match="empty label"):
        read_dataset(tmp_path, options=ReadOptions(kind="hierarchical"))


def test_one_list_of_jamendo_brings_the_others(tmp_path: Path) -> None:
    options = EXAMPLES["jamendo"](tmp_path).options
    whole = read_dataset(tmp_path / "data" / "autotagging.tsv", options=options)
    assert whole.split == ("train", "test") and whole.groups["artist"] == ("artist_1", "artist_2")
    part = tmp_path / "data" / "splits" / "split-0" / "autotagging-train.tsv"
    assert read_dataset(part, options=options).split == ("train", "test")
    every = read_dataset(part, options=ReadOptions(audio=options.audio))
    assert every.labels.values[1] == {"genre---metal", "instrument---drum"}
    with pytest.raises(NotFoundError, match="split-3"):
        read_dataset(
            whole.report and tmp_path / "data" / "autotagging.tsv", options=ReadOptions(split="split-3")
        )


def test_a_list_of_million_song_genres_needs_previews(tmp_path: Path) -> None:
    ids = [f"TRAAAAK128F931878{i}" for i in range(3)]
    rows = [f"{ids[0]}\tRock\tPop", f"{ids[1]}\tJazz", f"{ids[2]}\tJazz"]
    path = table(tmp_path / "msd_tagtraum_cd2.cls", "# genres", *rows)
    for one in ids[:2]:
        tone(tmp_path / "previews" / one[2] / f"{one}.mp3", seconds=0.3)
    with pytest.raises(DataError, match="nothing to hear"):
        read_dataset(path)
    tracks = read_dataset(path, options=ReadOptions(audio=tmp_path / "previews"))
    assert (tracks.ids, tracks.labels.values) == (tuple(ids[:2]), ("Rock", "Jazz"))
    assert tracks.report.reasons() == {"missing file": 1}
    both = read_dataset(path, options=ReadOptions(audio=tmp_path / "previews", kind="multi"))
    assert both.labels.values[0] == {"Rock", "Pop"}


def test_the_million_song_table(tmp_path: Path) -> None:
    tracks = read_dataset(EXAMPLES["msd"](tmp_path).source)
    assert (tracks.feature_names, tracks.labels.name) == (("loudness", "tempo"), "%genre")
    assert set(tracks.groups["artist"]) == {"Chet"} and tracks.ids[0].startswith("TRAAAAK")


def test_an_account_beside_music(tmp_path: Path) -> None:
    EXAMPLES["spotify_account"](tmp_path / "export")
    tone(tmp_path / "music" / "01 周杰伦 - 晴天.wav")
    two = tone(tmp_path / "music" / "x.ogg", seconds=0.3)
    import mutagen.oggvorbis

    tags = mutagen.oggvorbis.OggVorbis(two)
    tags["artist"], tags["title"] = "b", "TWO"
    tags.save()
    tracks = read_dataset(tmp_path / "export", options=ReadOptions(audio=tmp_path / "music"))
    assert tracks.ids == ("01 周杰伦 - 晴天.wav", "x.ogg") and tracks.X is None
    assert tracks.labels.values == (frozenset({"gym", "calm"}), frozenset({"gym"}))
    assert tracks.report.reasons() == {"no song": 2, "missing file": 1}


def test_an_account_as_numbers(tmp_path: Path) -> None:
    EXAMPLES["spotify_account"](tmp_path)
    tracks = read_dataset(tmp_path)
    assert tracks.feature_names == ("plays", "hours", "skipped")
    np.testing.assert_allclose(tracks.X, [[1, 203 / 3600, 0.5], [1, 60 / 3600, 0]])
    assert any("describe the listener" in note for note in tracks.report.notes)
    plays = read_dataset(tmp_path, options=ReadOptions(label="plays"))
    assert plays.labels.values == (1.0, 1.0, 0.0) and plays.feature_names == ("skipped",)
    (tmp_path / "StreamingHistory0.json").unlink()
    with pytest.raises(DataError, match="no streaming history"):
        read_dataset(tmp_path)


@pytest.mark.parametrize(
    "document",
    ["[" * 100_000, "{", '{"playlists": 3}', "[]", "null",
     '{"playlists": [{"name": 1, "items": [3, {"track": "x"}]}]}',
     '{"playlists": [{"name": "\\ud800", "items": [{"track": {"artistName": "\\ud800"}}]}]}'],
)  # fmt: skip
def test_strange_json(tmp_path: Path, document: str) -> None:
    table(tmp_path / "Playlist1.json", document)
    with pytest.raises(DataError):
        read_dataset(tmp_path, reader="spotify_account")


def test_extended_history(tmp_path: Path) -> None:
    play = {
        "master_metadata_album_artist_name": "A", "master_metadata_track_name": "t", "ms_played": 40_000,
        "master_metadata_album_album_name": "L",
    }  # fmt: skip
    table(tmp_path / "Streaming_History_Audio_2024_0.json", json.dumps([play, play]))
    tracks = read_dataset(tmp_path, options=ReadOptions(label="plays"))
    assert (tracks.labels.values, tracks.groups["album"]) == ((2.0,), ("L",))


def test_a_library_of_another_computer(tmp_path: Path) -> None:
    tone(tmp_path / "copy" / "X" / "Live" / "晴 天.wav")
    tone(tmp_path / "copy" / "Y" / "Live" / "晴 天.wav")
    places = [
        "file:///Users/u/Music/X/Live/%E6%99%B4%20%E5%A4%A9.wav",
        "file://localhost/C:/Music/Y/Live/晴 天.wav",
    ]
    tracks = {
        str(i): {"Track ID": i, "Name": "n", "Genre": "Pop", "Rating": 20 * i, "Location": place}
        for i, place in enumerate(places, 1)
    }
    lists = [{"Name": "Library", "Master": True, "Playlist Items": [{"Track ID": 1}]},
             {"Name": "运动", "Playlist Items": [{"Track ID": 2}, {"Track ID": "x"}, 3]}]  # fmt: skip
    path = tmp_path / "Library.xml"
    path.write_bytes(plistlib.dumps({"Tracks": tracks, "Playlists": lists}))
    with pytest.raises(DataError, match="2 missing file") as caught:
        read_dataset(path)
    assert "audio=" in (caught.value.hint or "")
    options = ReadOptions(audio=tmp_path / "copy")
    assert read_dataset(path, options=options).ids == ("X/Live/晴 天.wav", "Y/Live/晴 天.wav")
    rated = read_dataset(path, options=ReadOptions(audio=tmp_path / "copy", label="rating"))
    assert rated.labels.values == (20.0, 40.0)
    listed = read_dataset(path, options=ReadOptions(audio=tmp_path / "copy", label="playlist"))
    assert listed.labels.values == (frozenset({"运动"}),)


def test_a_location_that_is_no_address(tmp_path: Path) -> None:
    song = {"Track ID": 1, "Genre": "Pop", "Location": "file://[localhost/a.wav"}
    (tmp_path / "Library.xml").write_bytes(plistlib.dumps({"Tracks": {"1": song}}))
    with pytest.raises(DataError, match="a stream, not a file"):
        read_dataset(tmp_path / "Library.xml")


@pytest.mark.parametrize(
    "text",
    ['<!DOCTYPE a [<!ENTITY x "aa"><!ENTITY y "&x;&x;">]><plist><dict><key>&y;</key><dict/></dict></plist>',
     "<plist><array/></plist>", "<plist>",
     "<plist><dict><key>Tracks</key><integer>x</integer></dict></plist>",
     "<plist><dict><key>Tracks</key><date>x</date></dict></plist>", "<plist><dict><dict/></dict></plist>"],
)  # fmt: skip
def test_strange_property_lists(tmp_path: Path, text: str) -> None:
    path = table(tmp_path / "Library.xml", '<?xml version="1.0"?>', text)
    with pytest.raises(DataError):
        read_dataset(path)


def test_filters_and_labels_of_a_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = EXAMPLES["library"](tmp_path).source
    one = read_dataset(f"library:{path}?path:music/a", options=ReadOptions(label="duration_s"))
    assert (one.ids, one.labels.kind) == (("a.wav",), "continuous")
    assert one.labels.values == pytest.approx((0.6,), abs=0.01)
    monkeypatch.setenv("TUNELENS_DATA_DIR", str(tmp_path))
    Path(path).rename(tmp_path / "library.db")
    path = tmp_path / "library.db"
    assert read_dataset("library:path:music/a", options=ReadOptions(label="duration_s")).ids == ("a.wav",)
    with pytest.raises(DataError, match="2 empty label, 1 missing file"):
        read_dataset(path)
    with pytest.raises(DataError, match="holds no rows"):
        read_dataset(f"library:{path}?title:nothing", options=ReadOptions(label="duration_s"))
    with pytest.raises(DataError, match="empty label"):
        read_dataset(path, options=ReadOptions(label="heard:mood"))


def test_mirdata_must_be_installed_and_know_the_name(tmp_path: Path) -> None:
    try:
        require("mirdata")
    except MissingDependencyError as error:
        assert "tunelens[mirdata]" in (error.hint or "")
        with pytest.raises(MissingDependencyError):
            read_dataset(f"mirdata:gtzan_genre:{tmp_path}")
    else:
        with pytest.raises(UnknownNameError, match="gtzan_gnre"):
            read_dataset(f"mirdata:gtzan_gnre:{tmp_path}")


@pytest.mark.parametrize(
    "options",
    [{"kind": "some"}, {"separator": ""}, {"level": 0}, {"min_per_class": 0}],
    ids=lambda one: next(iter(one)),
)
def test_options_are_checked(options: dict[str, object]) -> None:
    with pytest.raises(ParameterError, match=next(iter(options))):
        ReadOptions(**options)  # type: ignore[arg-type]


def test_a_folder_that_may_not_be_entered_and_a_file_that_is_gone(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="does not exist"):
        read_dataset(tmp_path / "gone.csv")
    with pytest.raises(DataError, match="cannot be read"):
        read_dataset(tmp_path / "gone.csv", reader="manifest")
    with pytest.raises(NotFoundError, match="audio folder"):
        path = table(tmp_path / "l.csv", "path,label", "a.wav,b")
        read_dataset(path, options=ReadOptions(audio=tmp_path / "gone"))
