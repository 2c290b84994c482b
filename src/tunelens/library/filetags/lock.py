"""One process at a time writes tags for one library."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tunelens.base.errors import DataError


@contextmanager
def only_one(library: Path) -> Iterator[None]:
    """Hold the lock of `library`, a file beside it; the system lets go of it when the process ends.

    A library that is named by a link has the lock of what the link points to.

    Raises
    ------
    DataError
        Another process holds it, or its folder cannot be written.
    """
    path = Path(f"{os.path.realpath(library)}.tag-lock")
    try:
        file = path.open("ab")
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error
    with file:
        try:
            _lock(file)
        except OSError as error:
            raise DataError(
                f"another process is writing tags for {str(library)!r}", hint="wait until it is done"
            ) from error
        yield


if sys.platform == "win32":

    def _lock(file: BinaryIO) -> None:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:

    def _lock(file: BinaryIO) -> None:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
