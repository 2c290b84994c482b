"""Playlist files: which suffix is which format, read within bounds, written whole."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.base.files import atomic_path, check_writable
from tunelens.library.identity import path_to_text
from tunelens.library.playlists import jspf, m3u, xspf
from tunelens.library.playlists.entry import Listing

MOST_BYTES = 32 * 2**20
WRITERS: dict[str, Callable[[Listing, str | None], bytes]] = {
    ".m3u8": m3u.write,
    ".xspf": xspf.write,
    ".jspf": jspf.write,
}
SUFFIXES = (*WRITERS, ".m3u")
"""What can be read; M3U is written as M3U8 alone, whose text is known to be UTF-8."""


def write_file(listing: Listing, path: Path, *, absolute: bool = False, force: bool = False) -> Path:
    """Write `listing`; the suffix says in which format.

    Parameters
    ----------
    path : Path
        The file to make: ``.m3u8``, ``.xspf`` or ``.jspf``.
    absolute : bool
        Write whole locations instead of relative ones.
    force : bool
        Overwrite `path` if it exists.

    Raises
    ------
    ParameterError
        Another suffix, or the file exists.
    DataError
        It cannot be written.
    """
    check_writable(check_suffix(path), force=force)
    writer = WRITERS[path.suffix.lower()]
    data = writer(listing, None if absolute else path_to_text(path.absolute().parent))
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)
    return path


def check_suffix(path: Path) -> Path:
    """Return `path` if a playlist can be written by that name, else raise `ParameterError`."""
    if path.suffix.lower() not in WRITERS:
        raise ParameterError(f"{path.name!r} ends in {path.suffix!r}; {', '.join(WRITERS)} are written")
    return path


def read_file(path: Path, *, encoding: str | None = None) -> Listing:
    """Read a playlist file; the files it names are not touched.

    Parameters
    ----------
    path : Path
        ``.m3u``, ``.m3u8``, ``.xspf`` or ``.jspf``.
    encoding : str, optional
        Of the text of an M3U.

    Raises
    ------
    NotFoundError
        There is no such file.
    ParameterError
        Another suffix, or an unknown encoding.
    DataError
        It is larger than 32 MiB, broken, or something else.
    """
    _check_readable(path)
    return read_content(_content(path), path, encoding=encoding)


def read_content(data: bytes, path: Path, *, encoding: str | None = None) -> Listing:
    """Read what a playlist file holds; no file is touched.

    Parameters
    ----------
    data : bytes
        The content.
    path : Path
        Where the file lies, or would lie: its suffix is its format, and relative entries begin in its folder.
    encoding : str, optional
        Of the text of an M3U.

    Raises
    ------
    ParameterError, DataError
        As in `read_file`.
    """
    suffix = _check_readable(path)
    if len(data) > MOST_BYTES:
        raise DataError(f"{str(path)!r} is larger than {MOST_BYTES // 2**20} MiB, so it is no playlist")
    folder = path_to_text(path.absolute().parent)
    try:
        if suffix in (".m3u", ".m3u8"):
            return m3u.read(data, folder, encoding)
        return (xspf if suffix == ".xspf" else jspf).read(data, folder)
    except DataError as error:
        raise DataError(
            f"{str(path)!r} is no {suffix[1:].upper()}: {error.message}", hint=error.hint
        ) from error


def _check_readable(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise ParameterError(f"{path.name!r} ends in {path.suffix!r}; {', '.join(SUFFIXES)} are read")
    return suffix


def _content(path: Path) -> bytes:
    if not os.path.lexists(path):
        raise NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling")
    if not path.is_file():
        raise DataError(f"{str(path)!r} is not a file")
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error
