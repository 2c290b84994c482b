"""Two clips of every song of a source, as numbers: what features are chosen on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.audio import probe, stream
from tunelens.base.errors import DataError, TunelensError
from tunelens.base.language import say
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Dropped
from tunelens.explore.selection import Twins
from tunelens.features.waveform import WAVEFORM_NAMES, WaveformSums
from tunelens.models.inputs import Input, parse_input
from tunelens.models.inputs.heard import Float32, HeardInput, windows_of
from tunelens.services.engines import ENGINES, n_workers
from tunelens.services.twin_sources import Song, Songs, numbers_of_twins, songs_of
from tunelens.services.vectors import Excerpt, vectors

CLIP_S = 15.0
LEAST_SONG_S = 5.0
"""A shorter song has no two halves that tell anything."""
COPY = "the same sound as a song before"
PROMISED = 0.9
"""Share of a clip that must be there."""
WAVEFORM = "waveform"
Stretch = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Paired:
    """Twins, and how they came about.

    Parameters
    ----------
    name : str
        Of the source.
    twins : Twins
        Numbers of both clips of every song that could be heard.
    clips : tuple of ((float, float), (float, float))
        Where the clips of each song begin and end, seconds; empty where a table gave the numbers.
    dropped : tuple of Dropped
        Songs that were left out, and why.
    failures : tuple of (Path, TunelensError)
        Files that could not be heard.
    notes : tuple of str
        What a person should know.
    input, version : str
        What was measured, and by which version.
    clip_s : float
        Length that a clip was to have, seconds.
    """

    name: str
    twins: Twins
    clips: tuple[tuple[Stretch, Stretch], ...] = ()
    dropped: tuple[Dropped, ...] = ()
    failures: tuple[tuple[Path, TunelensError], ...] = ()
    notes: tuple[str, ...] = ()
    input: str = WAVEFORM
    version: str = ""
    clip_s: float = CLIP_S

    @property
    def n_short(self) -> int:
        """Songs that are too short for two whole clips, of which the halves were taken."""
        return sum(first[1] - first[0] < self.clip_s - 0.01 for first, _ in self.clips)

    def said_notes(self) -> tuple[str, ...]:
        """Return what a person should know, in the language of now."""
        if not self.n_short:
            return self.notes
        s = 2 * self.clip_s
        return (
            *self.notes,
            say("{n} songs are shorter than {s:g} s: their halves are the clips", n=self.n_short, s=s),
        )

    def reasons(self) -> dict[str, int]:
        """Return how many songs each reason left out, most first."""
        return dict(Counter(one.reason for one in self.dropped).most_common())

    def to_dict(self) -> dict[str, Any]:
        """Return how the twins came about as a JSON object, without their numbers."""
        return {
            "name": self.name,
            "input": self.input,
            "n_songs": len(self.twins),
            "n_artists": len({artist for artist in self.twins.artists if artist}),
            "n_features": len(self.twins.names),
            "dropped": [[one.item, one.reason] for one in self.dropped],
            "failures": [[str(path), error.to_dict()] for path, error in self.failures],
            "notes": list(self.said_notes()),
        }


def positions(duration_s: float, clip_s: float = CLIP_S) -> tuple[Stretch, Stretch]:
    """Return where the two clips of a song begin and end, seconds.

    They lie in the middle of its first and of its second half and never overlap; a song of less than two
    clips is cut into its halves.

    Examples
    --------
    >>> positions(200.0), positions(30.0), positions(20.0)
    (((42.5, 57.5), (142.5, 157.5)), ((0.0, 15.0), (15.0, 30.0)), ((0.0, 10.0), (10.0, 20.0)))
    """
    length = min(clip_s, duration_s / 2)
    starts = (duration_s / 4 - length / 2, 3 * duration_s / 4 - length / 2)
    first, second = ((round(start, 3), round(start + length, 3)) for start in starts)
    return first, second


@dataclass(frozen=True)
class TwinWaveform(HeardInput):
    """The input `waveform` without all else that hearing tells: the same numbers, much sooner."""

    name: str = WAVEFORM
    summary: str = "42 statistics of the samples"
    groups: tuple[str, ...] = (WAVEFORM,)

    def of_file(
        self,
        path: Path,
        start_s: float | None = None,
        end_s: float | None = None,
        settings: Settings | None = None,
    ) -> Float32:
        """Return the numbers of an excerpt.

        Raises
        ------
        DataError
            The file ends before the excerpt does: it promised to be longer.
        """
        sums, heard_s = None, 0.0
        for window in windows_of(path, start_s, end_s, settings):
            part = WaveformSums.of(window.clip.y)
            sums, heard_s = part if sums is None else sums + part, heard_s + window.clip.duration_s
        if sums is None or (end_s is not None and heard_s < PROMISED * (end_s - (start_s or 0.0))):
            raise DataError(f"{str(path)!r} ends before its length promises")
        values = sums.statistics()
        return np.array([values[name] for name in WAVEFORM_NAMES], np.float32)


def twins_of(
    source: str,
    *,
    input: str = WAVEFORM,
    clip_s: float = CLIP_S,
    library: Path | None = None,
    options: ReadOptions | None = None,
    audio: Path | None = None,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Paired:
    """Take two clips of every song of a source and measure them; the cache keeps what was measured.

    Parameters
    ----------
    source : str
        A folder or file of sound; ``library`` or ``library:QUERY``; a dataset as `read_dataset` takes it; or
        a table of numbers with a column ``song`` that has two rows for every song.
    input : str
        What is measured, as `parse_input` takes it.
    clip_s : float
        Length of a clip, seconds.
    library : Path, optional
        For ``library``: its file.
    options : ReadOptions, optional
        For a dataset: its columns.
    audio : Path, optional
        A folder with the sound of the songs of `source`, which then is a chart as `read_chart` takes it.
    jobs, engine : int, str
        Workers, and what runs them.

    Raises
    ------
    DataError
        Not one song could be heard, or two rows of a song in a table cannot be told.
    NotFoundError
        There is no such source.
    MissingDependencyError
        A net is not here; no file has been touched.
    """
    settings, progress = settings or Settings.from_env(), progress or Silent()
    table = numbers_of_twins(source) if audio is None else None
    if table is not None:
        return Paired(str(source), table.twins, dropped=table.dropped, notes=table.notes, input="table")
    heard = TwinWaveform() if input.strip() == WAVEFORM else parse_input(input)
    found = songs_of(source, library, options, audio)
    lengths = _lengths(found.songs, jobs, engine, settings, progress)
    plan = _Plan(found, clip_s)
    for song in found.songs:
        plan.add(song, lengths[song])
    numbers = vectors(plan.items, heard, jobs=jobs, engine=engine, settings=settings, progress=progress)
    return plan.paired(numbers, heard)


class _Plan:
    """Which clips are to be heard, and what became of each song."""

    def __init__(self, found: Songs, clip_s: float) -> None:
        self.found, self.clip_s = found, clip_s
        self.songs: list[Song] = []
        self.clips: list[tuple[Stretch, Stretch]] = []
        self.dropped: list[Dropped] = []
        self.failures = list(found.failures)

    def add(self, song: Song, facts: Facts | TunelensError) -> None:
        """Plan the clips of a song, or keep why it has none."""
        if isinstance(facts, TunelensError):
            self.failures.append((song.path, facts))
            return
        begin = song.start_s or 0.0
        length = (facts.duration_s if song.end_s is None else song.end_s) - begin
        if length < LEAST_SONG_S:
            self.dropped.append(Dropped(str(song.path), f"shorter than {LEAST_SONG_S:g} s"))
            return
        first, second = positions(length, self.clip_s)
        self.songs.append(replace(song, title=song.title or facts.title, artist=song.artist or facts.artist))
        self.clips.append(((begin + first[0], begin + first[1]), (begin + second[0], begin + second[1])))

    @property
    def items(self) -> list[Excerpt]:
        """All clips, the two of a song one after the other."""
        pairs = zip(self.songs, self.clips, strict=True)
        return [Excerpt(song.path, *stretch) for song, both in pairs for stretch in both]

    def paired(self, numbers: Sequence[Float32 | TunelensError], heard: Input) -> Paired:
        """Keep the songs of which both clips were heard."""
        good = []
        for i, song in enumerate(self.songs):
            error = next((one for one in numbers[2 * i : 2 * i + 2] if isinstance(one, TunelensError)), None)
            if error is None:
                good.append(i)
            else:
                self.failures.append((song.path, error))
        good = self._once(good, numbers)
        self._check(len(good))
        a, b = (np.array([numbers[2 * i + k] for i in good], np.float64) for k in (0, 1))
        songs = [self.songs[i] for i in good]
        twins = Twins(a, b, heard.names, tuple(map(_title, songs)), tuple(song.artist for song in songs))
        clips = tuple(self.clips[i] for i in good)
        return Paired(
            self.found.name, twins, clips, tuple(self.dropped), tuple(self.failures),
            self.found.notes,
            heard.name,
            heard.version,
            self.clip_s,
        )  # fmt: skip

    def _once(self, good: Sequence[int], numbers: Sequence[Any]) -> list[int]:
        """Leave out songs that are there twice: their clips would have two twins."""
        first: dict[bytes, int] = {}
        for i in good:
            same = first.setdefault(numbers[2 * i].tobytes() + numbers[2 * i + 1].tobytes(), i)
            if same != i:
                self.dropped.append(Dropped(str(self.songs[i].path), COPY))
        return list(first.values())

    def _check(self, n_good: int) -> None:
        if not n_good:
            first = [error.message for _, error in self.failures] + [one.reason for one in self.dropped]
            raise DataError(
                f"none of the {len(self.found.songs)} songs of {self.found.name} gave two clips",
                hint=f"the first: {first[0]}" if first else "there are no songs",
            )


def _title(song: Song) -> str:
    return song.title or song.path.stem


@dataclass(frozen=True)
class Facts:
    """What a file says of itself, its length measured where the header does not tell it."""

    duration_s: float
    title: str = ""
    artist: str = ""


def facts_of(path: Path) -> Facts:
    """Return length, title and artist of a file. Worker processes run this function."""
    info = probe(path)
    duration_s = info.duration_s
    if duration_s is None:
        duration_s = sum(block.duration_s for block in stream(path))
    return Facts(duration_s, info.title or "", info.artist or "")


def _lengths(
    songs: Iterable[Song], jobs: int | None, engine: str, settings: Settings, progress: Progress
) -> dict[Song, Facts | TunelensError]:
    """Look into the header of every file."""
    paths = list(dict.fromkeys(song.path for song in songs))
    workers = max(1, min(n_workers(jobs, settings), len(paths)))
    work = ENGINES[engine].map(facts_of, paths, jobs=workers, timeout_s=settings.file_timeout_s)
    found: dict[Path, Facts | TunelensError] = {}
    progress.start(len(paths), "headers")
    try:
        with closing(work) as outcomes:
            for outcome in outcomes:
                found[outcome.item] = outcome.result if outcome.error is None else outcome.error
                progress.advance(str(outcome.item), ok=outcome.error is None)
    finally:
        progress.finish()
    return {song: found[song.path] for song in songs}
