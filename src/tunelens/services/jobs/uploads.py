"""`Uploads`: what callers send, kept for a day under names of our own, bounded in size and number."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

from tunelens.audio.find import AUDIO_SUFFIXES
from tunelens.base.errors import BusyError, DataError, NotFoundError, TooLargeError
from tunelens.base.files import atomic_path, unwritten
from tunelens.library.identity import escape

ID = re.compile("[0-9a-f]{32}")
PART, GONE = ".part-", ".gone-"
ABOUT, CONTENT = "upload.json", "content"
LONGEST_NAME = 255
MOST_ABOUT_BYTES = 64 * 1024


@dataclass(frozen=True)
class UploadLimits:
    """How much is taken.

    Parameters
    ----------
    max_bytes : int
        Size of one upload.
    max_number : int
        Uploads that are kept at a time.
    max_total_bytes : int
        Size of all of them.
    keep_s : float
        How long one is kept, seconds.
    """

    max_bytes: int = 256 * 2**20
    max_number: int = 500
    max_total_bytes: int = 16 * 2**30
    keep_s: float = 86_400.0


@dataclass(frozen=True)
class Upload:
    """A file that a caller has sent.

    Parameters
    ----------
    id : str
        32 hexadecimal digits.
    name : str
        What the caller calls it; shown, and never used as a path.
    size_bytes : int
        Its size.
    sha256 : str
        Its content.
    created_at : float
        When it came, seconds since 1970.
    duration_s : float or None
        How long it sounds, where it was looked at as sound.
    """

    id: str
    name: str
    size_bytes: int
    sha256: str
    created_at: float
    duration_s: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the upload as a JSON object."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Self:
        """Build from what `to_dict` returned."""
        return cls(**values)


class Uploads:
    """The folder of uploads.

    Parameters
    ----------
    folder : Path
        Where they lie; made when the first comes.
    limits : UploadLimits
        How much is taken.
    """

    def __init__(self, folder: Path, limits: UploadLimits | None = None) -> None:
        self.folder = folder
        self.limits = limits or UploadLimits()

    def receive(self, name: str) -> Receiving:
        """Begin to take a file.

        Raises
        ------
        BusyError
            There are too many already.
        NoRoomError, DataError
            Nothing can be written.
        """
        self.expire()
        sizes = [_size(one) for one in self._folders((ID.pattern, PART))]
        if len(sizes) >= self.limits.max_number or sum(sizes) >= self.limits.max_total_bytes:
            raise BusyError(
                f"{len(sizes)} uploads are kept already; {self.limits.max_number} and "
                f"{self.limits.max_total_bytes / 2**30:g} GiB are allowed",
                hint="delete some, or wait until they have expired",
            )
        return Receiving(self.folder, name, self.limits.max_bytes)

    def get(self, id: str) -> Upload:
        """Return what is known of an upload.

        Raises
        ------
        NotFoundError
            There is none of this id, or it has expired.
        """
        try:
            if ID.fullmatch(id):
                with (self.folder / id / ABOUT).open(encoding="utf-8") as file:
                    return Upload.from_dict(json.loads(file.read(MOST_ABOUT_BYTES)))
        except (OSError, ValueError, TypeError):
            pass
        raise NotFoundError(
            f"there is no upload {id[:40]!r}", hint="uploads are kept for a day; send it again"
        )

    def path(self, id: str) -> Path:
        """Return where the content of an upload lies; raises as `get`."""
        return self.folder / self.get(id).id / CONTENT

    @property
    def kept(self) -> Path:
        """The folder of uploads that became tracks of the library."""
        return self.folder.parent / "kept"

    def keep(self, id: str) -> Path:
        """Copy an upload to where it stays for good, named by its content, and return the place.

        Raises
        ------
        NotFoundError
            There is none of this id, or it has expired.
        NoRoomError, DataError
            The copy cannot be written.
        """
        upload = self.get(id)
        suffix = Path(upload.name).suffix.lower()
        place = self.kept / f"{upload.sha256}{suffix if suffix in AUDIO_SUFFIXES else ''}"
        if not place.exists():
            with atomic_path(place) as path:
                shutil.copyfile(self.path(id), path)
        return place

    def delete(self, id: str) -> None:
        """Forget an upload; raises as `get`."""
        _remove(self.folder / self.get(id).id)

    def list(self) -> tuple[Upload, ...]:
        """Return what is kept, the newest first; what cannot be read is left out."""
        found = []
        for one in self._folders((ID.pattern,)):
            try:
                found.append(self.get(one.name))
            except NotFoundError:
                continue
        return tuple(sorted(found, key=lambda one: -one.created_at))

    def expire(self) -> None:
        """Remove what is older than `keep_s`, and what was never finished."""
        oldest = time.time() - self.limits.keep_s
        for one in self._folders((ID.pattern, PART, GONE)):
            try:
                if one.stat().st_mtime < oldest:
                    _remove(one)
            except FileNotFoundError:
                continue

    def clear_parts(self) -> None:
        """Remove what a process that was killed has left half received."""
        for one in self._folders((PART, GONE)):
            shutil.rmtree(one, ignore_errors=True)

    def _folders(self, patterns: Iterable[str]) -> Iterator[Path]:
        wanted = re.compile("|".join(patterns))
        try:
            names = sorted(os.listdir(self.folder))  # noqa: PTH208 - names alone
        except FileNotFoundError:
            return
        for name in names:
            if wanted.match(name):
                yield self.folder / name


def _remove(folder: Path) -> None:
    """Take it away at once, then file by file: nobody sees half of an upload."""
    gone = folder.with_name(f"{GONE}{secrets.token_hex(8)}")
    try:
        folder.rename(gone)
    except FileNotFoundError:
        return
    shutil.rmtree(gone, ignore_errors=True)


def _size(folder: Path) -> int:
    try:
        return (folder / CONTENT).stat().st_size
    except OSError:
        return 0


class Receiving:
    """An upload that is on its way: `write` what comes, then `finish`; or `drop` it.

    Parameters
    ----------
    folder : Path
        Where uploads lie.
    name : str
        What the caller calls it.
    max_bytes : int
        Largest size.
    """

    def __init__(self, folder: Path, name: str, max_bytes: int) -> None:
        self.id = secrets.token_hex(16)
        self.name, self._max_bytes = escape(name)[:LONGEST_NAME], max_bytes
        self._place, self._part = folder / self.id, folder / f"{PART}{self.id}"
        self._digest, self._size = hashlib.sha256(), 0
        try:
            self._part.mkdir(parents=True)
            self._file = (self._part / CONTENT).open("wb")
        except OSError as error:
            raise unwritten(self._part, error) from error

    @property
    def path(self) -> Path:
        """Where the content lies until it is finished."""
        return self._part / CONTENT

    def write(self, data: bytes) -> None:
        """Add to it.

        Raises
        ------
        TooLargeError
            That is more than is taken.
        NoRoomError, DataError
            It cannot be written.
        """
        self._size += len(data)
        if self._size > self._max_bytes:
            raise TooLargeError(
                f"the upload is larger than {self._max_bytes} bytes",
                hint="send less, or put it into a folder that the server may read (--root)",
            )
        try:
            self._file.write(data)
        except OSError as error:
            raise unwritten(self._part, error) from error
        self._digest.update(data)

    def end(self) -> None:
        """Put everything on disk; no more is written."""
        try:
            self._file.close()
        except OSError as error:
            raise unwritten(self._part, error) from error
        if not self._size:
            raise DataError("the upload is empty", hint="send a file in the field 'file'")

    def finish(self, duration_s: float | None = None) -> Upload:
        """Keep it, and return it; from now on it has its id."""
        upload = Upload(
            self.id, self.name, self._size, self._digest.hexdigest(), round(time.time(), 3), duration_s
        )
        try:
            (self._part / ABOUT).write_text(json.dumps(upload.to_dict()), encoding="utf-8")
            self._part.rename(self._place)
        except OSError as error:
            raise unwritten(self._part, error) from error
        return upload

    def drop(self) -> None:
        """Forget it, whatever has come; nothing happens once it is finished."""
        with suppress(OSError):  # what was still to be written is not wanted
            self._file.close()
        shutil.rmtree(self._part, ignore_errors=True)
