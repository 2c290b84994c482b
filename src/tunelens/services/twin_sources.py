"""Where songs come from of which two clips are taken: folders, a library, datasets, tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tunelens.audio.find import Unfound, find_audio
from tunelens.base.errors import DataError, NotFoundError, TunelensError
from tunelens.data.read import read_dataset
from tunelens.data.readers.numbers import number
from tunelens.data.readers.table import Table, looks_like_table, open_table
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Dropped, Tracks
from tunelens.explore.selection import Twins

LIBRARY = "library"
SONG_COLUMNS = ("song", "song_id", "歌曲")
ARTIST_COLUMNS = ("artist", "creator", "歌手", "艺人", "作者")
NOT_TWO = "not two rows of the song"
FAULTY = "row that cannot be read"


@dataclass(frozen=True)
class Song:
    """A recording of which two clips are taken.

    Parameters
    ----------
    path : Path
        The file.
    title, artist : str
        "" where unknown.
    start_s, end_s : float or None
        The stretch of the file that counts; None for its begin or end.
    """

    path: Path
    title: str = ""
    artist: str = ""
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True)
class Songs:
    """The songs of a source, what could not be looked at, and what a person should know."""

    name: str
    songs: tuple[Song, ...]
    failures: tuple[tuple[Path, TunelensError], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class TwinTable:
    """Twins of a table of numbers, and the rows that were left out."""

    twins: Twins
    dropped: tuple[Dropped, ...]
    notes: tuple[str, ...]


def songs_of(
    source: str,
    library: Path | None = None,
    options: ReadOptions | None = None,
    audio: Path | None = None,
) -> Songs:
    """Return the songs of a folder, file, library or dataset, or of a chart whose sound lies in `audio`.

    Raises
    ------
    NotFoundError
        There is no such source.
    DataError
        It holds no sound.
    """
    if audio is not None:
        return _of_chart(source, audio)
    if not os.path.lexists(source) and source.partition(":")[0] == LIBRARY:
        return _of_library(source.partition(":")[2], library)
    path = Path(source).expanduser()
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        return _of_files(source, path)
    try:
        return _of_tracks(read_dataset(source, options=options))
    except NotFoundError:
        raise
    except DataError:
        if looks_like_table(path) or not os.path.isfile(path):  # noqa: PTH113 - never raises
            raise
        return _of_files(source, path)


def _of_chart(source: str, audio: Path) -> Songs:
    from tunelens.charts.read import read_chart
    from tunelens.services.charts import files_of

    chart = read_chart(source)
    matched = files_of(chart, audio)
    if not matched.pairs:
        raise DataError(
            f"none of the {len(chart.entries)} songs of {chart.name} has a file in {str(audio)!r}",
            hint="tunelens chart download gets them",
        )
    songs = tuple(Song(pair.path, pair.entry.title, pair.entry.creator) for pair in matched.pairs)
    without = len(matched.without_file)
    notes = (f"{without} songs of the chart have no file",) if without else ()
    return Songs(chart.name, songs, notes=notes)


def _of_library(query: str, file: Path | None) -> Songs:
    from tunelens.library.store import Library

    with Library.open(file, create=False) as library:
        tracks = list(library.iterate(query))
    songs = tuple(Song(track.path, track.title or "", track.artist or "") for track in tracks)
    if not songs:
        raise DataError(f"no track of the library matches {query!r}", hint="say library for all tracks")
    return Songs(f"{LIBRARY}:{query}" if query else LIBRARY, songs)


def _of_files(name: str, path: Path) -> Songs:
    found = list(find_audio([path]))
    failures = tuple((one.path, one.error) for one in found if isinstance(one, Unfound))
    songs = tuple(Song(one) for one in found if isinstance(one, Path))
    if not songs:
        raise failures[0][1]
    return Songs(name, songs, failures)


def _of_tracks(tracks: Tracks) -> Songs:
    if tracks.paths is None:
        raise DataError(
            f"{tracks.name} has no sound, and no column 'song' with two rows for every song",
            hint="name files in a column 'path', or both clips of a song in a column 'song'",
        )
    artists = tracks.groups.get("artist", ("",) * len(tracks))
    starts = tracks.start_s or (None,) * len(tracks)
    ends = tracks.end_s or (None,) * len(tracks)
    rows = zip(tracks.paths, tracks.ids, artists, starts, ends, strict=True)
    songs = tuple(Song(path, "", artist, start, end) for path, _, artist, start, end in rows)
    reasons = tuple(f"left out {n}: {reason}" for reason, n in tracks.report.reasons().items())
    return Songs(tracks.name, songs, notes=reasons)


def numbers_of_twins(source: str) -> TwinTable | None:
    """Return the twins of a table with a column ``song`` and numbers; None where `source` is no such table.

    Raises
    ------
    DataError
        No song has two rows, or no column holds numbers.
    """
    path = Path(source).expanduser()
    if not looks_like_table(path):
        return None
    table = open_table(path)
    at = _column(table, SONG_COLUMNS)
    if at is None or any(name.casefold() in {"path", "file", "filename"} for name in table.columns):
        return None
    return _TwinRows(table, at).read()


def _column(table: Table, names: tuple[str, ...]) -> int | None:
    folded = [name.strip().casefold() for name in table.columns]
    return next((folded.index(name) for name in names if name in folded), None)


class _TwinRows:
    """Rows of a table, two for each song."""

    def __init__(self, table: Table, song: int) -> None:
        self.table, self.song = table, song
        self.artist = _column(table, ARTIST_COLUMNS)
        self.dropped: list[Dropped] = []

    def read(self) -> TwinTable:
        rows = list(self._good())
        columns = [i for i in range(len(self.table.columns)) if i not in {self.song, self.artist}]
        comma = self.table.decimal_comma
        numeric = [i for i in columns if all(number(row[i], comma) is not None for row in rows)]
        pairs = self._pairs(rows)
        if not pairs or not numeric:
            what = "column of numbers" if pairs else "song with two rows"
            raise DataError(
                f"{str(self.table.path)!r} has no {what}", hint="give every song two rows, one for each clip"
            )

        def clips(which: int) -> np.ndarray:
            cells = [[number(pair[which][i], comma) for i in numeric] for pair in pairs.values()]
            return np.array(cells, np.float64)

        names = tuple(self.table.columns[i] for i in numeric)
        artists = () if self.artist is None else tuple(one[0][self.artist] for one in pairs.values())
        twins = Twins(clips(0), clips(1), names, tuple(pairs), artists)
        ignored = [self.table.columns[i] for i in columns if i not in numeric]
        notes = [f"columns that hold no numbers: {', '.join(ignored)}"] if ignored else []
        return TwinTable(twins, tuple(self.dropped), tuple(notes))

    def _good(self) -> Iterator[tuple[str, ...]]:
        for line in self.table.lines():
            if line.fault or not line.cells[self.song].strip():
                self.dropped.append(Dropped(f"line {line.number}", line.fault or FAULTY))
            else:
                yield line.cells

    def _pairs(self, rows: list[tuple[str, ...]]) -> dict[str, list[tuple[str, ...]]]:
        by_song: dict[str, list[tuple[str, ...]]] = {}
        for row in rows:
            by_song.setdefault(row[self.song], []).append(row)
        self.dropped += [Dropped(song, NOT_TWO) for song, both in by_song.items() if len(both) != 2]
        return {song: both for song, both in by_song.items() if len(both) == 2}
