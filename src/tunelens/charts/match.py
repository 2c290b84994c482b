"""`match_audio`: which file of a folder is which song of a chart."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tunelens.audio.find import find_audio
from tunelens.audio.info import AudioInfo, probe
from tunelens.base.errors import NotFoundError, TunelensError
from tunelens.charts.chart import Chart, Entry
from tunelens.charts.manifest import plain_cell, read_manifest
from tunelens.data.readers.song_names import song_key

HearAll = Callable[[Sequence[Path]], Mapping[Path, AudioInfo]]
_NUMBER = re.compile(r"^\d{1,3}[\s.\-_]+")
_MARK = re.compile(r"\s*\[([^\[\]]*)\](?: \(\d+\))?$")
_ALSO = re.compile(r"\s*(?:[,;、，&/+×]|\bfeat\b\.?|\bft\b\.?|\bx\b)\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Pair:
    """A song and its file; `how` it was told: manifest, id, name, tags or title."""

    entry: Entry
    path: Path
    how: str

    def to_dict(self) -> dict[str, Any]:
        """Return the pair as a JSON object."""
        return {
            "music_id": self.entry.music_id,
            "name": self.entry.name,
            "path": str(self.path),
            "how": self.how,
        }


@dataclass(frozen=True)
class Matched:
    """What `match_audio` found.

    Parameters
    ----------
    pairs : tuple of Pair
        Songs with files, in the order of the chart.
    without_file : tuple of Entry
        Songs of which no file was found.
    without_entry : tuple of Path
        Audio files that are no song of the chart.
    """

    pairs: tuple[Pair, ...]
    without_file: tuple[Entry, ...]
    without_entry: tuple[Path, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as a JSON object."""
        return {
            "pairs": [pair.to_dict() for pair in self.pairs],
            "without_file": [entry.to_dict() for entry in self.without_file],
            "without_entry": [str(path) for path in self.without_entry],
        }


def match_audio(chart: Chart, folder: Path, *, hear_all: HearAll | None = None) -> Matched:
    """Find the files of the songs of a chart.

    Told, in this order: by the manifest of the folder (`tunelens.charts.download`); by the id in brackets at
    the end of a name; by creator and title in a name (``creator - title``, either way round); by the tags; by
    the title alone where one song and one file have it. Case, width, guests, remasters and punctuation do not
    count (`song_key`), neither do traditional and simplified characters.

    Parameters
    ----------
    chart : Chart
        Entries with one id share their file.
    folder : Path
        Searched with the folders in it.
    hear_all : callable, optional
        Returns what is in files, without those that cannot be heard; by default each is opened here.
        `tunelens.services.charts.files_of` opens them in processes apart.

    Raises
    ------
    NotFoundError
        There is no such folder.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> for name in ("01 周杰倫 - 夜曲.mp3", "other.mp3"):
    ...     _ = (folder / name).write_bytes(b"")
    >>> found = match_audio(Chart("hot", (Entry("1", "夜曲", "周杰伦"), Entry("2", "Sunny"))), folder)
    >>> [pair.path.name for pair in found.pairs], [song.title for song in found.without_file]
    (['01 周杰倫 - 夜曲.mp3'], ['Sunny'])
    """
    if not folder.is_dir():
        raise NotFoundError(f"{str(folder)!r} is no folder", hint="check the spelling")
    files = [path for path in find_audio([folder]) if isinstance(path, Path)]
    songs = chart.unique().entries
    found: dict[str, Pair] = {}
    free = set(files)
    for how, look in _ways(folder, files, songs, hear_all or _hear_all):
        for entry in songs:
            path = None if entry.music_id in found else look(entry)
            if path in free:
                found[entry.music_id] = Pair(entry, path, how)
                free.discard(path)
        if not free or len(found) == len(songs):
            break
    return _matched(chart, files, found)


def _matched(chart: Chart, files: Sequence[Path], found: Mapping[str, Pair]) -> Matched:
    used = {pair.path for pair in found.values()}
    pairs = [
        Pair(entry, found[entry.music_id].path, found[entry.music_id].how)
        for entry in chart
        if entry.music_id in found
    ]
    lost = tuple(entry for entry in chart if entry.music_id not in found)
    return Matched(tuple(pairs), lost, tuple(path for path in files if path not in used))


Look = Callable[[Entry], Path | None]


def _ways(
    folder: Path, files: Sequence[Path], songs: Sequence[Entry], hear_all: HearAll
) -> Iterator[tuple[str, Look]]:
    """Yield ways to find a file, the surest first; files are opened only when names were not enough."""
    kept = {name: folder / item.file for name, item in read_manifest(folder).items() if item.file}
    yield "manifest", lambda entry: kept.get(plain_cell(entry.music_id))
    marks = {mark[1]: path for path in files if (mark := _MARK.search(path.stem))}
    yield "id", lambda entry: marks.get(entry.music_id)
    yield "name", _by_keys({key: path for path in files for key in _keys_of_name(path)})
    heard = hear_all(files)
    yield "tags", _by_keys({key: path for path in files if (key := _key_of_tags(heard.get(path)))})
    yield "title", _by_title(files, songs)


def _by_keys(files: Mapping[str, Path]) -> Look:
    def look(entry: Entry) -> Path | None:
        first = _ALSO.split(entry.creator, maxsplit=1)[0]
        keys = (_key(creator, entry.title) for creator in (entry.creator, first) if creator and entry.title)
        return next((files[key] for key in keys if key in files), None)

    return look


def _by_title(files: Sequence[Path], songs: Sequence[Entry]) -> Look:
    told = Counter(_key("", entry.title) for entry in songs)
    keys = [(key, path) for path in files if (key := _key("", _plain(path))) != _key("", "")]
    n = Counter(key for key, _ in keys)
    alone = {key: path for key, path in keys if n[key] == 1 and told[key] == 1}
    return lambda entry: alone.get(_key("", entry.title))


def _plain(path: Path) -> str:
    return _NUMBER.sub("", _MARK.sub("", path.stem))


def _keys_of_name(path: Path) -> list[str]:
    first, dash, second = _plain(path).partition(" - ")
    return [_key(second, first), _key(first, second)] if dash and first and second else []


def _hear_all(files: Sequence[Path]) -> dict[Path, AudioInfo]:
    found = {}
    for path in files:
        with suppress(TunelensError):
            found[path] = probe(path)
    return found


def _key_of_tags(info: AudioInfo | None) -> str | None:
    return _key(info.artist, info.title) if info and info.artist and info.title else None


def _key(creator: str, title: str) -> str:
    key = song_key(creator, title)
    return key if key.isascii() else _simplified(key)


@cache
def _converter() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


def _simplified(text: str) -> str:
    return _converter().convert(text)
