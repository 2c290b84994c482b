"""Is a song known again from seconds of it, is a stranger called a stranger, what does it cost among many?

Real clips are put into a library; excerpts of them are recoded, drowned in noise and played too fast, and
as many excerpts of other clips are asked for that are not there. The peer is Chromaprint, compared at every
offset with every clip, with the threshold at which it raises no false alarm here. What many songs cost is
measured on a library of made-up ones: peaks of real clips, moved in pitch and tempo, four minutes each
(``TUNELENS_BENCH_SONGS``, 10,000 unless told).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from pathlib import Path
from time import perf_counter

import numpy as np
from sqlalchemy import insert

from bench import chromaprint
from bench.fingerprints import _cut, _through
from bench.harness import Row, Skip, data_dir, elapsed, interleaved
from tunelens.audio import Clip, decode, resample
from tunelens.features.fingerprint import BINS, HOP_S
from tunelens.features.frames import Frames
from tunelens.features.landmarks import LANDMARKS_VERSION, Peaks, peaks_of_clip
from tunelens.library.prints.index import LandmarkIndex, folder_of
from tunelens.library.prints.same import same
from tunelens.library.prints.sightings import LIKELY, Finder, Hit
from tunelens.library.schema import prints, tracks
from tunelens.library.store import Library
from tunelens.services.engines import ENGINES
from tunelens.services.identify import speeds

SR = 22_050
N_KNOWN, N_STRANGERS = 100, 100
N_QUERIES = 25
FLOORS = {"as it is": 0.99, "mp3": 0.99, "8 kHz": 0.99, "noise, 10 dB below": 0.98, "noise, as loud": 0.85}
SONG_S = 240.0
LIMIT_S = 1.0
Change = Callable[[Clip], Clip]


def run() -> Iterator[Row | Skip]:
    folder = data_dir()
    paths = sorted([*(folder / "emotify").glob("*.opus"), *(folder / "mer4q").glob("*.opus")])
    rng = np.random.default_rng(0)
    chosen = [paths[i] for i in rng.permutation(len(paths))[: N_KNOWN + N_STRANGERS]]
    clips = [decode(path, sr=SR, mono=True) for path in chosen]
    clips = [clip for clip in clips if clip.duration_s > 25]
    known, strangers = clips[:N_KNOWN], clips[N_KNOWN:]
    with library_of(map(peaks_of_clip, known)) as library:
        bench = _Bench(Finder(library), known, strangers, sorted((folder / "noise").glob("*.ogg")))
        yield from bench.recall()
        yield from bench.alarms()
    yield from _cost(sorted((folder / "songs").glob("*.mp3")))
    yield from _many(known, strangers, int(os.environ.get("TUNELENS_BENCH_SONGS", "10000")))


@dataclass
class _Bench:
    finder: Finder
    known: list[Clip]
    strangers: list[Clip]
    noises: list[Path]

    def recall(self) -> Iterator[Row | Skip]:
        """Yield how many excerpts are found, beside Chromaprint, for each change and length."""
        limit: dict[float, float] = {}
        try:
            theirs = [chromaprint.codes(clip) for clip in self.known]
            for length_s in (5.0, 8.0):
                others = (chromaprint.codes(_excerpt(clip, length_s)) for clip in self.strangers[:N_QUERIES])
                limit[length_s] = max(
                    chromaprint.agreement(one, query)[0] for query in others for one in theirs
                )
        except Skip as reason:
            yield reason
            theirs = []
        with tempfile.TemporaryDirectory() as folder:
            for name, change in self.changes(Path(folder)).items():
                for length_s in (5.0, 8.0):
                    yield self._recall(name, change, length_s, theirs, limit.get(length_s, 1.0))

    def _recall(
        self, name: str, change: Change, length_s: float, theirs: list[chromaprint.Codes], limit: float
    ) -> Row:
        ours, peer, sure = [], [], []
        for number, clip in enumerate(self.known[:N_QUERIES], 1):
            query = change(_excerpt(clip, length_s))
            best = self._best(query)
            ours.append(
                best is not None
                and best.id == number
                and abs(best.position_s - best.start_s * best.speed - START_S) < 0.2
            )
            sure.append(best.confidence if best is not None else 0.0)
            if theirs:
                peer.append(_theirs(theirs, chromaprint.codes(query), number, limit))
        found = float(np.mean(ours))
        return Row.more(
            f"{length_s:g} s found: {name}", found, float(np.mean(peer)) if peer else found,
            floor=FLOORS.get(name) if length_s == 8.0 else None,
            note=f"{len(ours)} excerpts; {sum(sure) / len(sure):.3f} sure on average; theirs is Chromaprint",
        )  # fmt: skip

    def _best(self, clip: Clip, most: float = 5.0) -> Hit | None:
        return next(iter(self.finder.hits(clip, speeds(most), LIKELY)), None)

    def changes(self, folder: Path) -> dict[str, Change]:
        """Return what is done to excerpts, by name."""
        crowd = [decode(path, sr=SR, mono=True).y for path in self.noises]
        rng = np.random.default_rng(1)
        return {
            "as it is": lambda clip: clip,
            "mp3": lambda clip: resample(_through(clip, folder / "a.mp3", 44_100), SR),
            "opus": lambda clip: resample(_through(clip, folder / "a.opus", 48_000), SR),
            "8 kHz": lambda clip: resample(resample(clip, 8000), SR),
            "noise, 10 dB below": lambda clip: _with(clip, rng.standard_normal(clip.n_samples), 10.0),
            "noise, as loud": lambda clip: _with(clip, rng.standard_normal(clip.n_samples), 0.0),
            "rain, steps, dogs, as loud": lambda clip: _with(clip, crowd[rng.integers(len(crowd))], 0.0),
            **{f"speed {change:+.1%}": partial(_faster, speed=1 + change) for change in (0.01, 0.025, -0.05)},
            **{
                f"tempo {change:+.0%}, same pitch": partial(_stretched, rate=1 + change)
                for change in (0.02, 0.05)
            },
        }

    def alarms(self) -> Iterator[Row]:
        """Yield how many excerpts of clips that are not there are taken for one that is."""
        known = [peaks_of_clip(clip) for clip in self.known]
        others = [clip for clip in self.strangers if not any(same(peaks_of_clip(clip), one) for one in known)]
        n_same = len(self.strangers) - len(others)
        rng = np.random.default_rng(2)
        changes: dict[str, Change] = {
            "as they are": lambda clip: clip,
            "in noise as loud": lambda clip: _with(clip, rng.standard_normal(clip.n_samples), 0.0),
        }
        for name, change in changes.items():
            best = [self._best(change(_excerpt(clip, 8.0))) for clip in others]
            n_found = sum(one is not None for one in best)
            yield Row(
                name=f"strangers taken for a song, {name}", ours=float(n_found), theirs=0.0, unit="clips",
                ratio=float(not n_found), floor=1.0,
                note=f"of {len(others)}, each at 11 speeds; {n_same} left out: recordings that are there",
            )  # fmt: skip


START_S = 11.3


def _excerpt(clip: Clip, length_s: float) -> Clip:
    return _cut(clip, START_S, START_S + length_s)


def _with(clip: Clip, noise: np.ndarray, below_db: float) -> Clip:
    noise = np.resize(noise, clip.n_samples).astype(np.float32)
    level = np.sqrt(np.mean(clip.y**2) / max(float(np.mean(noise**2)), 1e-12)) * 10 ** (-below_db / 20)
    return Clip(clip.y + level * noise, clip.sr)


def _faster(clip: Clip, speed: float) -> Clip:
    return Clip(resample(clip, round(clip.sr / speed)).y, clip.sr)


def _stretched(clip: Clip, rate: float) -> Clip:
    import librosa

    return Clip(librosa.effects.time_stretch(clip.y, rate=rate).astype(np.float32), clip.sr)


def _theirs(known: list[chromaprint.Codes], query: chromaprint.Codes, number: int, limit: float) -> bool:
    told = [chromaprint.agreement(one, query) for one in known]
    best = int(np.argmax([share for share, _ in told]))
    share, at_s = told[best]
    return best + 1 == number and share > limit and abs(at_s - START_S) < 0.3


def _cost(songs: list[Path]) -> Iterator[Row]:
    """Yield what prints add to hearing a song."""
    from tunelens.services import hear

    options = hear.HearOptions(models=(), bundles=())

    def bare() -> None:
        real = hear.Printer, hear.PeakFrames
        hear.Printer, hear.PeakFrames = _NoPrinter, _NoPeaks  # type: ignore[misc, assignment]
        try:
            hear.hear(songs[0], options)
        finally:
            hear.Printer, hear.PeakFrames = real  # type: ignore[misc]

    pair = interleaved(lambda: hear.hear(songs[0], options), bare, repeats=9)
    yield Row.at_most(
        "prints beside hearing a song without nets", pair.ours_s, 1.15 * pair.theirs_s,
        note=f"without: {pair.theirs_s:.3f} s; limit: 15 % more",
    )  # fmt: skip


class _NoPeaks(Frames):
    peaks = None


class _NoPrinter:
    def add(self, window: object, peaks: object) -> None:
        pass

    def finish(self) -> tuple[()]:
        return ()


def _many(known: list[Clip], others: list[Clip], n_songs: int) -> Iterator[Row]:
    """Yield what a library of many songs costs: building, room, looking up what is there and what is not."""
    peaks, material = ([peaks_of_clip(clip) for clip in clips] for clips in (known, others))
    half = len(peaks) // 2
    rng = np.random.default_rng(3)
    songs = (_song(material, rng) for _ in range(n_songs - half))
    with library_of(chain(peaks[:half], songs)) as library:
        built_s, peak_mb = _built(library.path)
        size = sum(path.stat().st_size for path in folder_of(library).rglob("*") if path.is_file())
        yield Row(
            name=f"build the index of {n_songs} songs", ours=built_s, note=f"{peak_mb:.0f} MB of memory"
        )
        yield Row.at_most(
            f"index of {n_songs} songs",
            size / n_songs / 1e3,
            30.0,
            unit="kB/song",
            note=f"{size / 1e9:.2f} GB",
        )
        stored = sum(path.stat().st_size for path in library.path.parent.glob("music.db*") if path.is_file())
        yield Row.at_most(f"prints of {n_songs} songs", stored / n_songs / 1e3, 15.0, unit="kB/song")
        opened_s = elapsed(lambda: Finder(library))
        yield Row.at_most(f"open the index of {n_songs} songs", opened_s, LIMIT_S)
        finder = Finder(library)
        noisy = [_with(_excerpt(clip, 8.0), rng.standard_normal(8 * SR), 5.0) for clip in known]
        yield from _looked_up(finder, noisy[:half], f"8 s in noise 5 dB below, among {n_songs}", 0.0)
        yield from _looked_up(finder, noisy[half:], f"8 s that are not there, among {n_songs}", 0.0)
        yield from _looked_up(finder, noisy[half:], f"the same at 11 speeds, among {n_songs}", 5.0)


def _looked_up(finder: Finder, queries: list[Clip], name: str, most: float) -> Iterator[Row]:
    found, times = [], []
    for query in queries:
        start = perf_counter()
        hits = finder.hits(query, speeds(most), LIKELY)
        times.append(perf_counter() - start)
        found.append(hits[0].id if hits else 0)
    right = sum(number == i for i, number in enumerate(found, 1))
    p95 = float(np.percentile(times, 95))
    told = f"found {sum(map(bool, found))}, right {right}, of {len(found)}"
    note = f"95 % take less; median {np.median(times):.3f} s; {told}"
    yield Row.at_most(name, p95, LIMIT_S, note=note) if not most else Row(name=name, ours=p95, note=note)


def _song(peaks: list[Peaks], rng: np.random.Generator) -> Peaks:
    """Four minutes of real peaks, each half minute moved in pitch and tempo: nobody has ever played it."""
    frames, bins, start = [], [], 0
    while start * HOP_S < SONG_S:
        one = peaks[rng.integers(len(peaks))]
        t = np.round(one.frames * rng.uniform(0.75, 1.3)).astype(np.int64) + start
        f = np.round(one.bins * rng.uniform(0.8, 1.2)).astype(np.int64)
        kept = (f >= BINS[0]) & (f < BINS[1])
        frames.append(t[kept])
        bins.append(f[kept])
        start = int(t[-1]) + 1
    return Peaks(np.concatenate(frames).astype(np.int32), np.concatenate(bins).astype(np.int16))


def _built(path: Path) -> tuple[float, float]:
    """Build the index in a process of its own; return its seconds and its peak memory, MB."""
    outcome = next(ENGINES["local"].map(build, [path]))
    if outcome.error is not None:
        raise outcome.error
    return outcome.result


def build(path: Path) -> tuple[float, float]:
    """Run in a worker."""
    import resource

    with Library.open(path) as library:
        seconds = elapsed(lambda: LandmarkIndex.of(library))
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@contextmanager
def library_of(found: Iterable[Peaks]) -> Iterator[Library]:
    """Give a library of tracks that have landmarks and nothing else, numbered from 1."""
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
        numbered = enumerate(found, 1)
        while some := list(islice(numbered, 1000)):
            with library.database.write() as connection:
                connection.execute(insert(tracks), [_track(number, peaks) for number, peaks in some])
                connection.execute(insert(prints), [_print(number, peaks) for number, peaks in some])
        yield library


def _track(number: int, peaks: Peaks) -> dict[str, object]:
    return {
        "id": number, "path": f"/music/{number}.mp3", "size_bytes": 1, "mtime_ns": 1,
        "sha256": f"{number:064x}", "analyzed_at": "2026-01-01T00:00:00+00:00", "versions": "{}",
        "revision": number, "duration_s": float(peaks.frames[-1] * HOP_S),
    }  # fmt: skip


def _print(number: int, peaks: Peaks) -> dict[str, object]:
    return {"track_id": number, "kind": "landmarks", "version": LANDMARKS_VERSION, "data": peaks.pack()}
