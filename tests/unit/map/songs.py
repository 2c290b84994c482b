"""Collections to draw: two groups, titles in many scripts, sound that really plays, and a hostile one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from tests.sounds import sine, write

from tunelens.explore.collection import Collection

HOSTILE = (
    "</script><script>window.hacked = 1</script>",
    "<!--<script>",
    "]]><img src=x onerror='window.hacked=1'>\"'`${window.hacked=1}",
    "\u202eevil\u2066 👩‍👩‍👧 🎵",
    "NUL\x00 and \u2028 lines \n\r\t\x1b[2J",
    "{{ 7*7 }} {% raw %} &amp; &lt; \\u003c \\",
    "=HYPERLINK(\"http://evil.example\")",
    "x" * 200_000,
    "\udcff\ud800 lone",
    "夜曲",
)  # fmt: skip


def two_groups(n: int = 60, *, paths: tuple[Path | None, ...] = ()) -> Collection:
    """Return songs of two groups that lie apart: jazz is slow, pop is fast; a fifth has no genre."""
    rng = np.random.default_rng(4)
    is_pop = np.arange(n) % 2 == 1
    tempo = np.where(is_pop, 140.0, 80.0) + rng.normal(0, 6, n)
    X = np.column_stack([tempo, np.where(is_pop, 0.8, 0.2) + rng.normal(0, 0.05, n), rng.normal(0, 1, n)])
    X[3, 1] = np.nan
    genre = tuple("" if i % 5 == 4 else "pop" if is_pop[i] else "jazz" for i in range(n))
    years = np.array([np.nan if i % 7 == 6 else 1990.0 + i % 30 for i in range(n)])
    titles = ("Beyoncé ROCKS", "周杰倫的夜曲", "Sigur Rós", *(f"Song {i:03d}" for i in range(3, n)))
    artists = tuple(f"Artist {i % 9}" for i in range(n))
    return Collection(
        "两组歌", tuple(f"s{i}" for i in range(n)), X, ("tempo_bpm", "energy", "noise"), titles=titles[:n],
        artists=artists, paths=paths, years=years, facts={"genre": genre},
    )  # fmt: skip


def hostile(texts: tuple[str, ...] = HOSTILE) -> Collection:
    """Return songs whose titles, artists, ids, facts, features and paths all mean harm."""
    n = len(texts)
    rng = np.random.default_rng(0)
    ids = tuple(f"{text[:300]}{i}" for i, text in enumerate(texts))
    two = ("a", "b")
    genres = tuple(text[:50] for text in texts[: n // 2])
    facts = {"genre": (*genres, *genres, *two)[:n], "</title>": (two * n)[:n]}
    return Collection(
        texts[0],
        ids,
        rng.normal(size=(n, 2)),
        ("</script>", "b</style>"),
        titles=texts,
        artists=texts[::-1],
        facts=facts,
    )


def sounding(folder: Path) -> Collection:
    """Return six songs with files of two seconds, in a folder whose name must be encoded."""
    names = ("a b#1?.wav", "100%.wav", "夜曲.wav", "d.wav", "e.wav", "f.wav")
    place = folder / "my müsic & more"
    place.mkdir()
    paths = tuple(write(place / name, sine(220 * (i + 2), 22050, 2.0), 22050) for i, name in enumerate(names))
    X = np.array([[0.0, 0], [4, 0], [4, 3], [0, 3], [2, 1], [9, 9]])
    return Collection("sound", tuple("abcdef"), X, ("x", "y"), titles=names, paths=paths)
