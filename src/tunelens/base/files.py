"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tunelens.base.errors import DataError, ParameterError


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
    DataError
        The place cannot be written: no permission, no room, no such name.
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
        raise DataError(f"{str(path)!r} cannot be written: {error.strerror or error}") from error


def _give_usual_mode(path: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    path.chmod(0o666 & ~mask)
