"""Putting a changed copy in the place of a file: whole or not at all, whatever happens in between."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tunelens.base.errors import DataError, NotFoundError
from tunelens.library.identity import path_to_text
from tunelens.library.store import LARGEST

PREFIX = ".tunelens-"
LONGEST_SUFFIX = 8
CHUNK = 1 << 20


@dataclass(frozen=True)
class Target:
    """A file that may be replaced.

    Parameters
    ----------
    path : Path
        The file itself, links followed.
    status : os.stat_result
        As it was when it was looked at.
    """

    path: Path
    status: os.stat_result

    def is_unchanged(self) -> bool:
        """Is it still the file that was looked at?"""
        try:
            now = self.path.stat()
        except OSError:
            return False
        then = self.status
        return (now.st_ino, now.st_size, now.st_mtime_ns) == (then.st_ino, then.st_size, then.st_mtime_ns)


def target_of(path: Path) -> Target:
    """Look at a file that is to be replaced; a symbolic link stays, and what it points to is replaced.

    Raises
    ------
    NotFoundError
        It has gone.
    DataError
        It is no ordinary file, is write-protected, has an impossible time of change, or another name too
        (a hard link), which would keep the old content.
    """
    real = Path(os.path.realpath(path))
    try:
        status = real.stat()
    except FileNotFoundError as error:
        raise NotFoundError(f"{str(path)!r} has gone", hint="tunelens analyze finds where it went") from error
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error
    if not stat.S_ISREG(status.st_mode):
        raise DataError(f"{str(path)!r} is no ordinary file")
    if not status.st_mode & 0o222 or not os.access(real, os.W_OK):
        raise DataError(
            f"{str(path)!r} is write-protected", hint="change its permissions if it may be written"
        )
    if not -LARGEST <= status.st_mtime_ns <= LARGEST:
        raise DataError(f"{str(path)!r} has a time of change that cannot be noted", hint="touch it")
    if status.st_nlink > 1:
        raise DataError(
            f"{str(path)!r} is one of {status.st_nlink} hard links to one file, of which only this one "
            "would be changed",
            hint="copy it over itself if it may be a file of its own",
        )
    return Target(real, status)


@contextmanager
def beside(target: Target, mark: str) -> Iterator[Path]:
    """Give an empty file in the folder of `target`; nothing of it is left when the block ends.

    It has the suffix of `target`, by which FFmpeg guesses, and a name that no scan takes up.

    Raises
    ------
    DataError
        The folder cannot be written, or the disk is full.
    """
    try:
        suffix = target.path.suffix[:LONGEST_SUFFIX]
        handle, name = tempfile.mkstemp(suffix, f"{PREFIX}{mark}-", target.path.parent)
        os.close(handle)
        try:
            yield Path(name)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise DataError(
            f"{str(target.path)!r} cannot be replaced: {error.strerror or error}",
            hint="the file is as it was; is there room, and may you write to its folder?",
        ) from error


def sweep(folder: Path, mark: str) -> None:
    """Remove what a killed process of the same library has left in a folder."""
    with contextlib.suppress(OSError):
        for path in folder.glob(f"{PREFIX}{mark}-*"):
            path.unlink(missing_ok=True)


def mark_of(library: Path) -> str:
    """Return what the temporary files of a library have in their names."""
    return hashlib.sha256(path_to_text(os.path.realpath(library)).encode()).hexdigest()[:8]


def copy(source: Path, to: Path) -> str:
    """Copy the bytes of a file and return their SHA-256, hex."""
    digest = hashlib.sha256()
    with source.open("rb") as file, to.open("wb") as out:
        while part := file.read(CHUNK):
            digest.update(part)
            out.write(part)
    return digest.hexdigest()


def dress(temporary: Path, target: Target, mtime_ns: int | None) -> None:
    """Give `temporary` owner, permissions, extended attributes and, unless None, this time of change."""
    for owner in (-1, target.status.st_uid):  # only root may give files away; a group of one's own anybody
        with contextlib.suppress(OSError):
            os.chown(temporary, owner, target.status.st_gid)
    shutil.copystat(target.path, temporary)
    if mtime_ns is None:
        os.utime(temporary)
    else:
        os.utime(temporary, ns=(target.status.st_atime_ns, mtime_ns))
    _sync(temporary)


def swap(temporary: Path, target: Target) -> None:
    """Put `temporary` in the place of `target`; after a power cut the file is the old or the new one."""
    temporary.replace(target.path)
    with contextlib.suppress(OSError):  # Windows and some network shares do not sync folders
        _sync(target.path.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
