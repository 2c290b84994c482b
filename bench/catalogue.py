"""A large library as a whole: what searching it, similar tracks, opening and keeping it cost, and its size.

Made-up tracks, as many as TUNELENS_BENCH_TRACKS says, 10,000 by default. `bench.search` says how; beyond
100,000 titles and tags come again. The vectors, each another, are those that ``similar`` reads: 40
directions in which songs differ, and noise. Documents and the vectors that only ``show`` reads are left
out; a row says what a track takes that was really analysed. TUNELENS_BENCH_FOLDER names a folder in which
the library stays.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from bench.harness import ROOT, Row, timed
from bench.search import fill

N_TRACKS = int(os.environ.get("TUNELENS_BENCH_TRACKS", "10000"))
FOLDER = os.environ.get("TUNELENS_BENCH_FOLDER")
N_QUERIES, N_SEEDS, N_STARTS = 200, 60, 5
SEARCH_LIMIT_S, SIMILAR_LIMIT_S, START_LIMIT_S = 1.0, 1.0, 2.0
DIFFERENT = 100_000
PAGE, N_DIRECTIONS, SR = 5_000, 40, 22050
MB = 1e6


def run() -> Iterator[Row]:
    """Make the library, then ask it as a person would."""
    with _folder() as folder:
        path = folder / "music.db"
        if not path.exists():
            yield _timed("making the rows", lambda: make(path, N_TRACKS))
        yield from _sizes(path, folder)
        yield from _start(path, folder)
        yield from _search(path)
        yield from _similar(path, folder)
        yield from _upkeep(path, folder)


@contextmanager
def _folder() -> Iterator[Path]:
    if FOLDER:
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        yield Path(FOLDER)
        return
    with TemporaryDirectory() as folder:
        yield Path(folder)


def make(path: Path, n: int) -> None:
    """Write a library of `n` made-up tracks; it has its name only when it is whole."""
    from sqlalchemy import update

    from tunelens.library.schema import meta
    from tunelens.library.store import Library

    part = path.with_suffix(".part")
    with Library.open(part) as library:
        fill(library, min(n, DIFFERENT))
        for first in range(DIFFERENT, n, DIFFERENT):
            _repeat(library, first, min(DIFFERENT, n - first))
        _fill_vectors(library, n)
        with library.database.write() as connection:
            connection.execute(update(meta).where(meta.c.key == "revision").values(value=str(n)))
    part.replace(path)


def _repeat(library: Any, shift: int, n: int) -> None:
    """Write the first `n` tracks once more, as other files with other numbers."""
    from sqlalchemy import String, cast, insert, select

    from tunelens.library.schema import tags, texts, tracks

    new = {
        "id": tracks.c.id + shift,
        "path": tracks.c.path + f" {shift}",
        "sha256": cast(shift, String) + tracks.c.sha256,
        "revision": tracks.c.revision + shift,
    }
    with library.database.write() as connection:
        for table, key in ((tracks, tracks.c.id), (tags, tags.c.track_id), (texts, texts.c.rowid)):
            own = {key.name: key + shift} | (new if table is tracks else {})
            values = [own.get(column.name, column) for column in table.columns]
            rows = select(*values).where(key.between(1, n))
            connection.execute(insert(table).from_select([column.name for column in table.columns], rows))


def _fill_vectors(library: Any, n: int) -> None:
    from sqlalchemy import insert

    from tunelens.features.descriptors import DESCRIPTORS_VERSION
    from tunelens.library.neighbours.measures import NET_DIM, NETS
    from tunelens.library.rows import POOLED, NamedArray
    from tunelens.library.schema import layouts, vectors

    names = _descriptor_names()
    layout = NamedArray(POOLED, "", names, np.zeros(0, np.float32)).layout
    with library.database.write() as connection:
        connection.execute(insert(layouts).values(id=layout, names=json.dumps(names)))
    kinds = [(POOLED, str(DESCRIPTORS_VERSION), layout, len(names))]
    kinds += [(kind, version, "", NET_DIM) for kind, version in NETS.items()]
    rng = np.random.default_rng(1)
    ways = [rng.standard_normal((N_DIRECTIONS, dim)).astype(np.float32) for *_, dim in kinds]
    for first in range(1, n + 1, PAGE):
        numbers = range(first, min(first + PAGE, n + 1))
        songs = rng.standard_normal((len(numbers), N_DIRECTIONS)).astype(np.float32)
        with library.database.write() as connection:
            for kind, way in zip(kinds, ways, strict=True):
                noise = rng.standard_normal((len(numbers), way.shape[1]), np.float32)
                connection.execute(insert(vectors), list(_rows(numbers, kind, songs @ way + noise)))


def _rows(numbers: range, kind: tuple[str, str, str, int], matrix: Any) -> Iterator[dict[str, Any]]:
    name, version, layout, dim = kind
    same = {"kind": name, "version": version, "layout": layout, "n_rows": 1, "dim": dim}
    for number, vector in zip(numbers, matrix, strict=True):
        yield {"track_id": number, "data": vector.astype("<f4").tobytes(), **same}


def _descriptor_names() -> tuple[str, ...]:
    from tunelens.audio import Clip
    from tunelens.features.descriptors import describe_clip

    noise = np.random.default_rng(0).standard_normal(4 * SR).astype(np.float32)
    return describe_clip(Clip(0.1 * noise, SR)).pooled.names


def _sizes(path: Path, folder: Path) -> Iterator[Row]:
    size = path.stat().st_size
    note = f"{N_TRACKS:,} tracks, {size / N_TRACKS:,.0f} bytes each; {_largest(path)}"
    yield Row(name="size on disk", ours=size / MB, unit="MB", note=note)
    yield Row(
        name="size of a track that was really analysed",
        ours=_analysed_bytes(folder) / 1e3,
        unit="KB",
        note="descriptors, prints and document of a song of a minute, without nets",
    )


def _largest(path: Path) -> str:
    """Name the largest parts of a file, where this SQLite counts them."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(path)) as raw:
        try:
            rows = raw.execute(
                "SELECT name, sum(pgsize) AS n FROM dbstat GROUP BY name ORDER BY n DESC LIMIT 5"
            )
            return ", ".join(f"{name} {n / MB:,.0f} MB" for name, n in rows)
        except sqlite3.OperationalError:
            return "this SQLite does not say of what"


def _analysed_bytes(folder: Path) -> float:
    """Hear a few made-up songs of a minute; return what each adds to a library."""
    import soundfile

    from tunelens.library.store import Library
    from tunelens.services.analyze import analyze_many
    from tunelens.services.hear import HearOptions

    with TemporaryDirectory(dir=folder) as room, Library.open(Path(room) / "music.db") as library:
        rng = np.random.default_rng(2)
        for number in range(8):
            y = 0.3 * np.sin(np.arange(60 * SR) * rng.uniform(0.02, 0.2)) * (np.arange(60 * SR) % 9000 < 3000)
            soundfile.write(Path(room) / f"{number}.flac", y + 0.01 * rng.standard_normal(y.size), SR)
        empty = _vacuumed(library)
        analyze_many([room], library, engine="inline", options=HearOptions(models=()))
        return (_vacuumed(library) - empty) / 8


def _vacuumed(library: Any) -> int:
    from tunelens.library.upkeep.compact import vacuum

    return vacuum(library).after_bytes


def _start(path: Path, folder: Path) -> Iterator[Row]:
    from tunelens.library.store import Library

    empty = folder / "empty.db"
    Library.open(empty).close()
    ours, theirs = (
        _p(50, [_process("list", "-n", "1", "-l", file) for _ in range(N_STARTS)]) for file in (path, empty)
    )
    note = f"`tunelens list -n 1` as a process, processor time, median; on an empty library {theirs:.2f} s"
    yield Row.at_most("start-up", ours, START_LIMIT_S, note=note)
    yield _timed("opening the library", lambda: Library.open(path).close())


def _process(*words: object) -> float:
    """Return the processor seconds of a run of the command."""
    command = [sys.executable, "-m", "tunelens", *map(str, words)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _search(path: Path) -> Iterator[Row]:
    from tunelens.library.search import search
    from tunelens.library.store import Library

    with Library.open(path) as library:
        asked = {text: timed(lambda text=text: search(library, text)) for text in queries(N_QUERIES)}
    slowest = max(asked, key=lambda text: asked[text])
    note = f"{len(asked)} different queries, first page and count, processor time; "
    note += f"p50 {_p(50, asked.values()):.3f} s; slowest {asked[slowest]:.2f} s: {slowest}"
    yield Row.at_most("search, p95", _p(95, asked.values()), SEARCH_LIMIT_S, note=note)


def queries(n: int) -> list[str]:
    """Return queries as people write them: words, Chinese, tags, numbers, and some of each."""
    rng = np.random.default_rng(3)
    genres, moods = ("jazz", "rock", "hip-hop", "classical"), ("calm", "happy", "dark")
    forms: tuple[Callable[[], str], ...] = (
        lambda: f"word{min(int(rng.zipf(1.3)), 20_000)}",
        lambda: f'"{"".join(rng.choice(list("春风秋月花雪夜"), 2))}"',
        lambda: f"genre:{rng.choice(genres)} tempo:{(low := int(rng.integers(70, 150)))}..{low + 10}",
        lambda: (
            f"mood:{rng.choice(moods)} -genre:{rng.choice(genres)} year:>={int(rng.integers(1960, 2020))}"
        ),
        lambda: f"key:{rng.choice(['Am', 'C', '8B', 'F# minor'])} energy:<0.{int(rng.integers(1, 9))}",
        lambda: f"artist:artist{int(rng.integers(N_TRACKS))} word{int(rng.integers(1, 99))}",
    )
    made = (forms[number % len(forms)]() for number in range(10 * n))
    return list(dict.fromkeys(made))[:n]


def _similar(path: Path, folder: Path) -> Iterator[Row]:
    from tunelens.base.settings import Settings
    from tunelens.library.store import Library
    from tunelens.services.similar import similar

    settings = Settings(cache_dir=folder / "cache")
    seeds = np.random.default_rng(4).integers(1, N_TRACKS + 1, N_SEEDS).tolist()
    with Library.open(path) as library:
        first = _seconds(lambda: similar(1, library, settings=settings))
        yield Row(name="similar, the first time", ours=first, note="reads every vector and keeps the places")
        times = [timed(lambda seed=seed: similar(seed, library, settings=settings)) for seed in seeds]
    note = f"{N_SEEDS} seeds, 20 neighbours with reasons, processor time with opening what is kept; "
    note += f"p50 {_p(50, times):.3f} s"
    yield Row.at_most("similar, p95", _p(95, times), SIMILAR_LIMIT_S, note=note)
    kept = sum(file.stat().st_size for file in settings.cache_dir.rglob("*") if file.is_file())
    yield Row(name="what similar keeps", ours=kept / MB, unit="MB")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield Row(name="peak memory of all this", ours=peak, unit="MB", note="the process of the bench")


def _upkeep(path: Path, folder: Path) -> Iterator[Row]:
    from tunelens.services import upkeep

    yield _timed("library stats", lambda: upkeep.stats(path))
    yield _timed("library check --quick", lambda: upkeep.check(path, quick=True))
    yield _timed(
        "library backup", lambda: upkeep.back_up(path, folder / "copy.db", force=True), "copied and proved"
    )


def _timed(name: str, work: Callable[[], object], note: str = "") -> Row:
    return Row(name=name, ours=_seconds(work), note=note)


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def _p(share: float, seconds: Any) -> float:
    return float(np.percentile(list(seconds), share))
