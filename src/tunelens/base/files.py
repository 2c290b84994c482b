"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tunelens.base.errors import DataError, NoRoomError, ParameterError


def check_writable(path: Path, *, force: bool = False) -> Path:
    """Return `path` if it may be written, else `ParameterError`: overwriting asks for `force`."""
    if os.path.isdir(path):  # noqa: PTH112 - never raises
        raise ParameterError(f"{str(path)!r} is a folder; a file name is needed")
    if os.path.exists(path) and not force:  # noqa: PTH110 - never raises
        raise ParameterError(f"{str(path)!r} exists", hint="use --force, or name another file")
    return path


@contextmanager
def atomic_path(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path` that replaces it when the block ends without an error.

    The suffix is kept, so that writers which choose a format by the name still do.

    Raises
    ------
    NoRoomError
        The disk is full.
    DataError
        The place cannot be written: no permission, no such name.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=path.suffix)
        os.close(handle)
        temporary = Path(name)
        try:
            yield temporary
            _give_usual_mode(temporary)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise unwritten(path, error) from error


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def unwritten(path: Path, error: OSError) -> DataError:
    """Return what is told of a file that the system would not let be written.

    Examples
    --------
    >>> unwritten(Path("a.db"), OSError(errno.ENOSPC, "No space left on device")).code
    'no_room'
    """
    message = f"{str(path)!r} cannot be written: {error.strerror or error}"
    if error.errno in _FULL:
        return NoRoomError(message, hint="make room and try again; everything finished before is kept")
    return DataError(message)


@contextmanager
def lock(path: Path, busy: DataError) -> Iterator[None]:
    """Hold the lock of a file, which is made; the system lets go of it however the process ends.

    Parameters
    ----------
    path : Path
        The file.
    busy : DataError
        Raised where another process, or another place in this one, holds it.

    Raises
    ------
    DataError
        `busy`, or the file cannot be written.
    """
    try:
        file = path.open("ab")
    except OSError as error:
        raise unwritten(path, error) from error
    with file:
        try:
            _lock(file)
        except OSError as error:
            raise busy from error
        yield


if sys.platform == "win32":

    def _lock(file: BinaryIO) -> None:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(file: BinaryIO) -> None:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _give_usual_mode(path: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
