"""Is the right track found for a song that another source names, and what does reading a long history cost?

Names are those of real charts: two tables of the research data that name the same recording by the same
identifier of Spotify, each in its own spelling.
"""

from __future__ import annotations

import csv
import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.harness import Row, Skip, data_dir

LIBRARY = ("hit_or_flop_2010s.csv", "spotify_top_charts_19.csv", "spotify_top_charts_20.csv")
LISTENS = ("tiktok_trending.csv", "spotify_top_charts_21.csv", "moods.csv")
TITLES = ("track_name", "track", "name")
ARTISTS = ("artist_names", "artist_name", "artist")
IDS = ("uri", "track_id", "id")
LENGTHS = ("duration_ms", "duration", "length")
SAME_S = 5.0
N_TRACKS, N_LISTENS = 100_000, 100_000
Song = dict[str, Any]


def run() -> Iterator[Row | Skip]:
    folder = data_dir() / "hits"
    with tempfile.TemporaryDirectory() as place:
        yield from _matching(folder, Path(place))
        yield from _reading(Path(place))


def songs_of(path: Path) -> Iterator[Song]:
    """Yield identifier, names and length of every row of a chart."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            found = [
                next((row[name] for name in names if row.get(name)), "")
                for names in (IDS, TITLES, ARTISTS, LENGTHS)
            ]
            number, title, artist, length = found
            if number and title and artist:
                seconds = float(length) / 1000 if length.replace(".", "").isdigit() else None
                yield {
                    "id": number.rpartition(":")[2],
                    "title": title,
                    "artist": artist,
                    "duration_s": seconds,
                }


def fill(library: Any, songs: list[Song]) -> None:
    """Put tracks of these names into a library, without sound."""
    from sqlalchemy import insert

    from tunelens.library.schema import tracks

    fixed = {"size_bytes": 1, "mtime_ns": 1, "analyzed_at": "", "versions": "{}"}
    rows = [
        {
            **fixed,
            "path": f"/music/{i}.mp3",
            "sha256": song["id"],
            **{k: song[k] for k in ("title", "artist", "duration_s")},
        }
        for i, song in enumerate(songs)
    ]
    with library.database.write() as connection:
        connection.execute(insert(tracks), rows)


def _matching(folder: Path, place: Path) -> Iterator[Row]:
    from tunelens.library.matching import Matcher
    from tunelens.library.store import Library

    here = {song["id"]: song for name in LIBRARY for song in songs_of(folder / name)}
    heard = {song["id"]: song for name in LISTENS for song in songs_of(folder / name)}
    shared = sorted(here.keys() & heard.keys())
    with Library.open(place / "charts.db") as library:
        fill(library, list(here.values()))
        known = list(here.values())
        find = Matcher(library).find

        def found(song: Song, **more: Any) -> Song | None:
            number = find(title=song["title"], artist=song["artist"], **more).id
            return None if number is None else known[number - 1]

        told = [(heard[key], found(heard[key], duration_s=heard[key]["duration_s"])) for key in shared]
        right = sum(one is not None and _same(song, one) for song, one in told)
        wrong = sum(one is not None and not _same(song, one) for song, one in told)
        note = f"{len(shared)} recordings that two sources name, in a library of {len(known)}"
        yield Row.more(
            "found: the same recording", right / len(told), 1.0, unit="share", floor=0.9, note=note
        )
        yield Row(name="taken for another recording", ours=wrong / len(told), unit="share", note=note)
        rng = random.Random(0)
        artists = rng.sample([song["artist"] for song in heard.values()], len(heard))
        mixed = [
            {**song, "artist": other}
            for song, other in zip(heard.values(), artists, strict=True)
            if song["artist"] != other
        ]
        alarms = sum(found(song) is not None for song in mixed)
        note = f"{len(mixed)} titles, each with the artist of another song"
        yield Row(name="found: a song that is not there", ours=alarms / len(mixed), unit="share", note=note)


def _same(song: Song, other: Song) -> bool:
    lengths = (song["duration_s"], other["duration_s"])
    near = None not in lengths and abs(lengths[0] - lengths[1]) <= SAME_S
    return song["id"] == other["id"] or near


def _reading(place: Path) -> Iterator[Row]:
    from tunelens.library.feedback import Feedback
    from tunelens.library.feedback.importing import import_feedback
    from tunelens.library.store import Library

    songs = [
        {"id": str(i), "title": f"Song number {i}", "artist": f"Artist {i % 5000}", "duration_s": 200.0}
        for i in range(N_TRACKS)
    ]
    history = place / "listens.jsonl"
    with history.open("w", encoding="utf-8") as file:
        for i in range(N_LISTENS):
            song = songs[i * 7919 % (2 * N_TRACKS) % N_TRACKS]
            names = {"artist_name": song["artist"].upper(), "track_name": f"{song['title']} (feat. Bob)"}
            file.write(json.dumps({"listened_at": 1_500_000_000 + 60 * i, "track_metadata": names}) + "\n")
    with Library.open(place / "large.db") as library:
        fill(library, songs)
        note = f"{N_LISTENS} listens, {N_TRACKS} tracks"
        yield Row(name="read a history", ours=_seconds(lambda: import_feedback(library, history)), note=note)
        yield Row(name="read it again", ours=_seconds(lambda: import_feedback(library, history)), note=note)
        feedback = Feedback(library)
        yield Row(name="scores of all tracks", ours=_seconds(feedback.scores), note=note)
        yield Row(name="interactions", ours=_seconds(feedback.interactions), note=note)


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
