"""Searching a library of made-up tracks: CPU seconds of ordinary queries and counts, and size on disk.

A query runs on one core, so that CPU seconds are what a person waits, whatever else the machine does. Titles
and lyrics follow Zipf's law over 20,000 words, a fifth of the titles is Chinese; each track has 12 tags, 4 of
which count. The number of tracks is 100,000 unless TUNELENS_BENCH_TRACKS says another.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.harness import Row

N_TRACKS = int(os.environ.get("TUNELENS_BENCH_TRACKS", "100000"))
N_WORDS = 20_000
REPEATS = 5
LIKELY_TAGS = 4
LIMIT_S = 0.5
PAGE = 5_000
COUNTED = ("genre", "key", "year", "artist")
GENRES = (
    "rock",
    "pop",
    "jazz",
    "blues",
    "folk",
    "electronic",
    "hip hop",
    "metal",
    "punk rock",
    "soul",
    "classical",
)
MOODS = ("happy", "sad", "calm", "dark", "party")
KEYS = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

QUERIES = {
    "one rare word": ("word9999", ""),
    "a frequent word": ("word3", ""),
    "the beginning of a word": ("word1", ""),
    "a Chinese word": ("春风", ""),
    "two words of which one is not wanted": ("word3 -word5", ""),
    "genre": ("genre:jazz", ""),
    "genre, tempo and key": ("genre:jazz tempo:90..110 key:Am", ""),
    "a mood not wanted, low energy, by year": ("-mood:happy energy:<0.2", "-year"),
    "one of two genres, a word": ("(genre:jazz | genre:blues) word7", ""),
    "numbers alone": ("tempo:120..125 year:>=2000 energy:<0.4", ""),
    "all, at random": ("", "random"),
    "all, newest first": ("", "-added"),
    "without genre": ("missing:genre", ""),
}


def run() -> Iterator[Row]:
    """Make the library once and ask it."""
    from tunelens.library.facets import facets
    from tunelens.library.search import search
    from tunelens.library.store import Library

    with TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
        start = time.process_time()
        fill(library, N_TRACKS)
        note = f"{N_TRACKS:,} tracks"
        yield Row(name="making the library", ours=time.process_time() - start, note=note)
        yield Row(name="size on disk", ours=library.path.stat().st_size / 2**20, unit="MB", note=note)
        for name, (text, sort) in QUERIES.items():
            seconds, page = timed(lambda text=text, sort=sort: search(library, text, sort=sort))
            yield Row.at_most(name, seconds, LIMIT_S, note=f"`{text}` finds {page.total:,}")
        for name in COUNTED:
            seconds, (facet,) = timed(lambda name=name: facets(library, "energy:<0.5", [name]))
            yield Row.at_most(f"counts by {name}", seconds, LIMIT_S, note=f"{facet.n_values:,} values")


def timed(ask: Callable[[], Any], repeats: int = REPEATS) -> tuple[float, Any]:
    """Return the median time of the processor that an answer takes, seconds, and the answer."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        answer = ask()
        times.append(time.process_time() - start)
    return median(times), answer


def fill(library: Any, n: int, seed: int = 0) -> None:
    """Write `n` made-up tracks into the tables that searches read."""
    import numpy as np
    from sqlalchemy import insert

    from tunelens.library.schema import tags, texts, tracks

    rng = np.random.default_rng(seed)
    for first in range(1, n + 1, PAGE):
        numbers = range(first, min(first + PAGE, n + 1))
        rows = [_track(rng, number) for number in numbers]
        labels = {number: list(_tags(rng, number)) for number in numbers}
        with library.database.write() as connection:
            connection.execute(insert(tracks), rows)
            connection.execute(insert(tags), [tag for some in labels.values() for tag in some])
            connection.execute(insert(texts), [_texts(rng, row, labels[row["id"]]) for row in rows])


def _words(rng: Any, n: int) -> str:
    return " ".join(f"word{min(int(rank), N_WORDS)}" for rank in rng.zipf(1.3, n))


def _track(rng: Any, number: int) -> dict[str, Any]:
    chinese = rng.random() < 0.2
    title = "".join(rng.choice(list("春风秋月花雪夜海天爱心梦人生路"), 4)) if chinese else _words(rng, 3)
    artist = f"artist{int(rng.integers(n_artists(number)))}"
    return {
        "id": number,
        "path": f"/music/{artist}/album{number // 12}/{number:07d} {title}.flac",
        "size_bytes": number,
        "mtime_ns": number,
        "sha256": f"{number:064x}",
        "analyzed_at": "2026-01-01T00:00:00+00:00",
        "added_at": f"20{10 + number % 15}-0{1 + number % 9}-01T00:00:00+00:00",
        "versions": "{}",
        "title": title,
        "artist": artist,
        "album": f"album{number // 12}",
        "year": int(rng.integers(1950, 2026)),
        "genre": None,
        "codec": "flac",
        "duration_s": float(rng.normal(230, 50)),
        "tempo_bpm": float(rng.normal(118, 25)),
        "tonic": str(rng.choice(KEYS)),
        "mode": "minor" if rng.random() < 0.4 else "major",
        "loudness_lufs": float(rng.normal(-11, 4)),
        "danceability": float(rng.random()),
        "energy": float(rng.random()),
        "revision": number,
    }


def n_artists(number: int) -> int:
    """Return how many artists have made the first `number` tracks."""
    return 10 + number // 15


def _tags(rng: Any, number: int) -> Iterator[dict[str, Any]]:
    chosen = rng.choice(len(GENRES) + len(MOODS), 12, replace=False)
    for rank, index in enumerate(chosen, 1):
        word = (GENRES + MOODS)[index]
        group = "genre" if index < len(GENRES) else "mood"
        likely = {"probability": 0.5 if rank == 4 else 0.02 + 0.1 / rank, "rank": rank}
        yield {"track_id": number, "model": "net", "tag": word, "group": group, "word": word, **likely}


def _texts(rng: Any, row: dict[str, Any], labels: list[dict[str, Any]]) -> dict[str, Any]:
    from tunelens.library.fulltext import text_of

    said = text_of({**row, "album_artist": None}, (label["tag"] for label in labels[:LIKELY_TAGS]))
    return {"rowid": row["id"], **said, "lyrics": _words(rng, 150) if rng.random() < 0.2 else ""}
