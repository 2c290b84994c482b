"""A small real dataset of every format, each with rows that must be dropped."""

from __future__ import annotations

import json
import plistlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from tests.sounds import sine, write
from tunelens.data.registry import ReadOptions

SR = 8000


@dataclass
class Example:
    """What to read, and what must come out.

    `labels` has one entry per row that must remain, `dropped` counts reasons.
    """

    source: str | Path
    labels: list[Any]
    dropped: dict[str, int] = field(default_factory=dict)
    options: ReadOptions = field(default_factory=ReadOptions)
    recognised: bool = True


def tone(path: Path, hz: float = 440.0, seconds: float = 0.05) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return write(path, sine(hz, SR, seconds), SR)


def table(path: Path, *rows: str, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("\n".join(rows).encode(encoding))
    return path


def empty(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def folder(root: Path) -> Example:
    tone(root / "爵士" / "一.wav")
    tone(root / "rock" / "a" / "1.wav")
    empty(root / "rock" / "none.wav")
    tone(root / "stray.wav")
    return Example(root, ["rock", "爵士"], {"empty file": 1, "in no class folder": 1})


def manifest(root: Path) -> Example:
    for name in ("a", "b", "c"):
        tone(root / "music" / f"{name}.wav")
    path = table(
        root / "list.csv", "path,genre,artist,split,year", "music/a.wav,rock,X,train,1999",
        "music/b.wav,,X,train,", "music/b.wav,jazz,Y,test,2001-01-01", "music/b.wav,jazz,Y,test,",
        "music/gone.wav,jazz,Y,test,", "music/c.wav,jazz,Y,somewhere,", "music/c.wav,jazz",
    )  # fmt: skip
    dropped = {"empty label": 1, "duplicate row": 1, "missing file": 1, "wrong number of cells": 1}
    # a column of splits is only taken unasked if it holds nothing else
    return Example(path, ["rock", "jazz"], dropped | {"unknown split": 1}, ReadOptions(split="split"))


def matrix(root: Path) -> Example:
    rows = [f"{60 + i},0.{i},0.5,{'ab'[i % 2]}" for i in range(12)]
    path = table(
        root / "t.csv", "tempo,danceability,energy,label", *rows, "fast,0.1,0.1,a", "90,,0.3,b", "90,1,1,"
    )
    return Example(path, [*"ab" * 6, "b"], {"unreadable number": 1, "empty label": 1})


def gtzan(root: Path) -> Example:
    for genre in ("blues", "jazz"):
        for number in range(3):
            tone(root / "genres" / genre / f"{genre}.0000{number}.au")
    (root / "genres" / "jazz" / "jazz.00054.au").write_bytes(b"no sound")
    tone(root / "genres" / "jazz" / "jazz.00000.wav")
    tone(root / "genres" / "jazz" / "other.wav")
    table(root / "train_filtered.txt", "blues/blues.00000.wav", "jazz/jazz.00000.wav", "jazz/jazz.00001.wav")
    table(root / "test_filtered.txt", "blues/blues.00001.wav")
    dropped = {"unreadable sound": 1, "the same track with another suffix": 1, "not named as in GTZAN": 1}
    return Example(root, ["blues"] * 3 + ["jazz"] * 3, dropped)


def gtzan_table(root: Path) -> Example:
    rows = [f"jazz.0000{i}.wav,661794,{i}.5,{i},jazz" for i in range(9)]
    path = table(
        root / "features_30_sec.csv",
        "filename,length,rms_mean,tempo,label",
        *rows,
        "jazz.00009.wav,1,x,2,jazz",
    )
    return Example(path, ["jazz"] * 9, {"unreadable number": 1})


def fma(root: Path) -> Example:
    table(
        root / "fma_metadata" / "tracks.csv",
        ",album,artist,artist,set,set,track,track,track",
        ",title,bio,name,split,subset,genre_top,genres,date_created", "track_id,,,,,,,,",
        '2,"A, one","two\nlines",AWOL,training,small,Hip-Hop,[21],2008-11-26 01:48:12',
        "5,B,,Other,validation,small,Rock,\"[12, 25]\",2008-11-26", "140,B,,Folk,test,medium,Folk,[17],",
        "7,C,,Gone,test,small,Rock,[12],", "9,C,,Unnamed,test,small,,[],",
    )  # fmt: skip
    genres = [
        "genre_id,#tracks,parent,title,top_level",
        "21,1,0,Hip-Hop,21",
        "12,1,0,Rock,12",
        "25,1,12,Punk,12",
    ]
    table(root / "fma_metadata" / "genres.csv", *genres)
    for number in (2, 5, 9):
        tone(root / "fma_small" / "000" / f"{number:06d}.mp3", seconds=0.3)
    return Example(root, ["Hip-Hop", "Rock"], {"missing file": 1, "empty label": 1})


def jamendo(root: Path) -> Example:
    head = "TRACK_ID\tARTIST_ID\tALBUM_ID\tPATH\tDURATION\tTAGS"
    rows = [
        "track_0000214\tartist_1\talbum_1\t14/214.mp3\t124.6\tgenre---punkrock\tgenre---rock",
        "track_0000215\tartist_2\talbum_2\t15/215.mp3\t151.4\tgenre---metal\tinstrument---drum",
        "track_0000216\tartist_2\talbum_2\t16/216.mp3\t234.9\tinstrument---drum",
        "track_0000217\tartist_2\talbum_2\t17/217.mp3\t234.9\tgenre---rock",
    ]
    path = table(
        root / "data" / "autotagging.tsv",
        head,
        *rows,
        "track_9\tartist_2\talbum_2\t1/9.mp3\t1\tgenre---x",
        "",
    )
    splits = root / "data" / "splits" / "split-0"
    table(splits / "autotagging-train.tsv", head, rows[0], rows[2], rows[3])
    table(splits / "autotagging-test.tsv", head, rows[1])
    tone(root / "audio" / "14" / "214.low.mp3", seconds=0.3)
    tone(root / "audio" / "15" / "215.mp3", seconds=0.3)
    dropped = {"empty label": 1, "missing file": 1, "outside of the official lists": 1}
    options = ReadOptions(label="genre", audio=root / "audio")
    return Example(path, [{"punkrock", "rock"}, {"metal"}], dropped, options)


def msd(root: Path) -> Example:
    path = table(
        root / "msd_genre_dataset.txt", "# MILLION SONG GENRE DATASET", "# made for teaching",
        "%genre,track_id,artist_name,title,loudness,tempo",
        *(f"jazz and blues,TRAAAAK128F93187{i}A,Chet,Song {i},-10.{i},{90 + i}" for i in range(9)),
        "pop,TRAAABB128F9318786,X,Y,loud,100",
    )  # fmt: skip
    return Example(path, ["jazz and blues"] * 9, {"unreadable number": 1})


def spotify_account(root: Path) -> Example:
    def play(artist: str, track: str, ms: int) -> dict[str, Any]:
        return {"endTime": "2024-01-01 10:00", "artistName": artist, "trackName": track, "msPlayed": ms}

    def item(artist: str, track: str) -> dict[str, Any]:
        return {"track": {"artistName": artist, "trackName": track, "albumName": "L"}, "episode": None}

    plays = [
        play("周杰伦", "晴天", 200_000),
        play("周杰伦", "晴天", 3_000),
        play("B", "two", 60_000),
        {"msPlayed": 1},
    ]
    table(root / "StreamingHistory0.json", json.dumps(plays))
    lists = [
        {"name": "gym", "items": [item("周杰伦", "晴天"), item("B", "two"), {"track": None, "episode": {}}]},
        {"name": "calm", "items": [item("周杰伦", "晴天 (feat. X)")]},
    ]
    table(root / "Playlist1.json", json.dumps({"playlists": lists}))
    table(root / "YourLibrary.json", json.dumps({"tracks": [{"artist": "C", "track": "three", "album": ""}]}))
    return Example(root, [{"gym", "calm"}, {"gym"}], {"no song": 2, "empty label": 1})


def apple_music(root: Path) -> Example:
    def song(number: int, name: str, **more: Any) -> dict[str, Any]:
        file = root / "Music" / "歌 手" / f"{name}.wav"
        place = {"Location": f"file://localhost{file.as_uri().removeprefix('file://')}"}
        return {
            "Track ID": number,
            "Name": name,
            "Artist": "歌 手",
            "Album": "A",
            "Year": 1999,
            **place,
            **more,
        }

    for name in ("one", "two", "three"):
        tone(root / "Music" / "歌 手" / f"{name}.wav")
    tracks = {
        "1": song(1, "one", Genre="Rock"), "2": song(2, "two", Genre="Mandopop"), "3": song(3, "three"),
        "4": song(4, "gone", Genre="Rock"), "5": {"Track ID": 5, "Name": "cloud", "Genre": "Rock"},
        "6": song(6, "pod", Podcast=True), "7": song(7, "radio", Location="http://example.org/a.mp3"),
    }  # fmt: skip
    path = root / "Library.xml"
    path.write_bytes(plistlib.dumps({"Tracks": tracks, "Playlists": []}))
    reasons = ("empty label", "missing file", "in the cloud, not a file", "no music", "a stream, not a file")
    return Example(path, ["Rock", "Mandopop"], dict.fromkeys(reasons, 1))


def mirdata(root: Path) -> Example:
    module: Any = ModuleType("mirdata")
    tracks = {
        name: SimpleNamespace(audio_path=str(root / f"{name}.wav"), genre="rock", artist="X", tempo=None)
        for name in ("a", "b", "gone")
    }
    tone(root / "a.wav")
    tone(root / "b.wav")
    module.list_datasets = lambda: ["toy"]
    module.initialize = lambda name, data_home: SimpleNamespace(
        name=name, data_home=data_home, load_tracks=lambda: tracks, _license_info="CC0"
    )
    sys.modules["mirdata"] = module  # whoever asks for the example puts things back
    return Example(f"toy:{root}", ["rock", "rock"], {"missing file": 1}, recognised=False)


def library(root: Path) -> Example:
    from tunelens import HearOptions, Library, analyze_many

    for name, hz in (("a", 440.0), ("b", 550.0), ("gone", 660.0)):
        tone(root / "music" / f"{name}.wav", hz, 0.6)
    path = root / "music.db"
    with Library.open(path) as opened:
        analyze_many([root / "music"], opened, jobs=1, engine="inline", options=HearOptions(models=()))
    (root / "music" / "gone.wav").unlink()
    return Example(path, [None, None], {"missing file": 1}, ReadOptions(label="duration_s"))


_ALL = (
    gtzan_table, gtzan, fma, jamendo, msd, spotify_account, apple_music, manifest, matrix, folder, mirdata,
    library,
)  # fmt: skip
EXAMPLES: dict[str, Callable[[Path], Example]] = {one.__name__: one for one in _ALL}
