"""`download`: the sound of a chart, as files named after their songs, with a manifest."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tunelens.audio.find import AUDIO_SUFFIXES
from tunelens.audio.info import AudioInfo, probe
from tunelens.base.errors import (
    AudioError,
    DataError,
    LateError,
    ParameterError,
    TunelensError,
    WorkerError,
)
from tunelens.base.extras import require
from tunelens.base.progress import Progress, Silent
from tunelens.charts.chart import Chart, Entry
from tunelens.charts.manifest import DONE, Item, Journal, plain_cell, read_manifest, write_manifest
from tunelens.charts.names import folded, song_stem, unused
from tunelens.charts.web.limits import WebLimits

if TYPE_CHECKING:
    from tunelens.charts.web.fetcher import Fetcher

Hear = Callable[[Path], AudioInfo]
AUDIO_TYPES = ("audio/", "video/", "application/octet-stream", "binary/octet-stream", "application/ogg")
NO_ADDRESS = "no address of audio"
_PART = ".tunelens-"
_SUFFIX_OF = {
    "mov": ".m4a", "mp4": ".m4a", "matroska": ".mka", "webm": ".webm", "mpegts": ".mp4", "asf": ".wma",
}  # fmt: skip
_SPOKEN = (b"<!doctype", b"<html", b"<?xml", b"{", b"[")


@dataclass(frozen=True)
class DownloadLimits:
    """Bounds of fetching files.

    Parameters
    ----------
    web : WebLimits
        Of every file: `body_bytes` is the largest, `answer_s` the longest time one may take.
    total_bytes : int
        No further file is begun once so much has come.

    Raises
    ------
    ParameterError
        `total_bytes` is not positive.
    """

    web: WebLimits = field(
        default_factory=lambda: WebLimits(body_bytes=200 << 20, answer_s=600.0, total_s=12 * 3600.0)
    )
    total_bytes: int = 50 << 30

    def __post_init__(self) -> None:
        if self.total_bytes < 1:
            raise ParameterError(f"total_bytes is {self.total_bytes}; at least 1 is needed")


@dataclass(frozen=True)
class Downloaded:
    """What `download` did.

    Parameters
    ----------
    folder : Path
        Where the files are.
    manifest : Path
        The table that tells which file is which song.
    items : tuple of Item
        One for every song of the chart, in its order.
    n_kept : int
        How many of them were there already.
    errors : tuple of (str, TunelensError)
        Names of the songs that are not there, and why.
    """

    folder: Path
    manifest: Path
    items: tuple[Item, ...]
    n_kept: int
    errors: tuple[tuple[str, TunelensError], ...]

    @property
    def n_done(self) -> int:
        """How many songs have a file."""
        return sum(item.is_done for item in self.items)

    def to_dict(self) -> dict[str, Any]:
        """Return the outcome as a JSON object."""
        return {
            "folder": str(self.folder), "manifest": str(self.manifest), "n_songs": len(self.items),
            "n_done": self.n_done, "n_kept": self.n_kept, "n_failed": len(self.errors),
            "items": [item.to_dict() for item in self.items],
        }  # fmt: skip


def download(
    chart: Chart,
    folder: Path,
    *,
    limits: DownloadLimits | None = None,
    allow_private: bool = False,
    hear: Hear = probe,
    progress: Progress | None = None,
) -> Downloaded:
    """Fetch the sound of every song of a chart that names an address.

    Files are called ``creator - title [id].suffix``, with the suffix of what they hold. A song that is there
    already, with the size and hash that ``manifest.csv`` tells, is not fetched again. A song that fails stops
    nothing. One run at a time may write into a folder.

    Parameters
    ----------
    chart : Chart
        Of several entries with one id the first counts.
    folder : Path
        Made if need be.
    limits : DownloadLimits, optional
        Bounds.
    allow_private : bool
        May addresses be asked that are not of the public internet?
    hear : callable
        Says what is in a file that came, or raises a `TunelensError`. `tunelens.services.charts.get_audio`
        hears in a process apart, so that a file which crashes a decoder costs itself alone.
    progress : Progress, optional
        Told of every song.

    Raises
    ------
    DataError
        No song has an address, or the folder cannot be written.
    MissingDependencyError
        httpx is not installed.
    """
    require("httpx")
    from tunelens.charts.web.fetcher import Fetcher

    limits, watch = limits or DownloadLimits(), progress or Silent()
    songs = chart.unique().entries
    if not any(entry.audio_url for entry in songs):
        raise DataError(
            f"{chart.name!r}: not one of {len(songs)} songs has an address of audio",
            hint="say which column holds it: --field audio_url=COLUMN",
        )
    _make(folder)
    with Fetcher(limits.web, allow_private=allow_private) as fetcher:
        desk = _Desk(folder, limits, fetcher, hear)
        watch.start(len(songs), "songs")
        try:
            for entry in songs:
                watch.advance(entry.name, desk.take(entry).is_done)
        finally:
            watch.finish()
            manifest = desk.close()
    return Downloaded(folder, manifest, tuple(desk.items.values()), desk.n_kept, tuple(desk.errors))


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for left in folder.glob(f"{_PART}*.part"):  # of a run that was killed
            left.unlink(missing_ok=True)
    except OSError as error:
        raise DataError(f"{str(folder)!r} cannot be written: {error.strerror or error}") from error


class _Desk:
    """Takes one song after the other and keeps account of them."""

    def __init__(self, folder: Path, limits: DownloadLimits, fetcher: Fetcher, hear: Hear) -> None:
        self.items: dict[str, Item] = {}
        self.errors: list[tuple[str, TunelensError]] = []
        self.n_kept = 0
        self._folder = folder
        self._limits = limits
        self._fetcher = fetcher
        self._hear = hear
        self._known = read_manifest(folder)
        self._journal = Journal(folder)
        self._taken = {folded(path.name) for path in folder.iterdir()}
        self._bytes = 0

    def take(self, entry: Entry) -> Item:
        """Return what became of one song."""
        known = self._known.get(plain_cell(entry.music_id))
        if known is not None and known.is_done and self._is_there(known):
            self.n_kept += 1
            item = Item.of(entry, **_found(known))
        else:
            item = self._fetched(entry)
        self.items[entry.music_id] = item
        return item

    def _is_there(self, item: Item) -> bool:
        path = self._folder / item.file
        try:
            return path.stat().st_size == item.size_bytes and _sha256(path) == item.sha256
        except OSError:
            return False

    def _fetched(self, entry: Entry) -> Item:
        try:
            item = self._fetch(entry)
        except OSError as error:
            raise DataError(f"{str(self._folder)!r} cannot be written: {error.strerror or error}") from error
        except TunelensError as error:
            self.errors.append((entry.name, error))
            item = Item.of(entry, reason=error.message[:500], url=_told(entry.audio_url))
        self._journal.add(item)
        return item

    def _fetch(self, entry: Entry) -> Item:
        from tunelens.charts.web.fetcher import Question

        if not entry.audio_url:
            raise DataError(NO_ADDRESS, hint="the chart does not say where this song is")
        if self._bytes >= self._limits.total_bytes:
            raise DataError(f"more than {self._limits.total_bytes} bytes in all")
        part = self._folder / f"{_PART}{os.getpid()}.part"
        try:
            with part.open("w+b") as sink:
                answer = self._fetcher.fetch(
                    Question(
                        entry.audio_url, headers={"Accept": "audio/*, */*;q=0.5"}, content_types=AUDIO_TYPES
                    ),
                    sink,
                )
            self._bytes += answer.size_bytes
            return self._keep(entry, part, _heard(part, entry, self._hear))
        finally:
            part.unlink(missing_ok=True)

    def _keep(self, entry: Entry, part: Path, info: AudioInfo) -> Item:
        stem = song_stem(entry.creator, entry.title, entry.music_id)
        name = unused(stem, _suffix(info, entry.audio_url), self._taken)
        item = Item.of(
            entry, file=name, status=DONE, size_bytes=info.size_bytes, sha256=_sha256(part),
            duration_s=info.duration_s, url=_told(entry.audio_url),
        )  # fmt: skip
        part.replace(self._folder / name)
        self._taken.add(folded(name))
        return item

    def close(self) -> Path:
        """Write the manifest: the songs of this chart, and after them those that were there before."""
        told = {item.music_id for item in self.items.values()}
        rest = {name: item for name, item in self._known.items() if name not in told}
        path = write_manifest(self._folder, [*self.items.values(), *rest.values()])
        self._journal.clear()
        return path


def _found(item: Item) -> dict[str, Any]:
    names = ("file", "status", "size_bytes", "sha256", "duration_s", "url")
    return {name: getattr(item, name) for name in names}


def _heard(part: Path, entry: Entry, hear: Hear) -> AudioInfo:
    """Return what is in a file that came, once a moment of it has been decoded."""
    try:
        return hear(part)
    except WorkerError as error:
        what = "crashes the decoder" if not isinstance(error, LateError) else "keeps the decoder too long"
        raise DataError(f"{_told(entry.audio_url)}: what came {what}") from error
    except AudioError as error:
        with part.open("rb") as file:
            head = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        what = "text instead of audio" if head.startswith(_SPOKEN) else "no audio that can be decoded"
        raise DataError(f"{_told(entry.audio_url)}: {what} came") from error


def _suffix(info: AudioInfo, url: str) -> str:
    told = PurePosixPath(urlsplit(url).path).suffix.lower()
    plain = f".{info.container}"
    if info.codec == "opus" and info.container == "ogg":
        return ".opus"
    if plain not in AUDIO_SUFFIXES or plain in {".mov", ".mp4"}:
        plain = _SUFFIX_OF.get(info.container, told if told in AUDIO_SUFFIXES else ".mka")
    return ".mp4" if info.has_video and plain == ".m4a" else plain


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _told(url: str) -> str:
    from tunelens.charts.web.fetcher import told

    return told(url)
