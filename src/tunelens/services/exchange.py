"""Moving in from other programs: beets, servers with the Subsonic API, names of folders."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tunelens.base.errors import ParameterError
from tunelens.library.exchange import beets, folders, subsonic
from tunelens.library.exchange.moving import move_in
from tunelens.library.exchange.told import MoveReport
from tunelens.library.store import Library


def from_beets(
    library: Library, path: Path, *, directory: Path | None = None, listener: str = "", dry_run: bool = False
) -> MoveReport:
    """Take genres, ratings, plays and skips from a library of beets.

    Parameters
    ----------
    library : Library
        Where they go.
    path : Path
        beets' ``library.db`` or ``config.yaml``.
    directory : Path or None
        beets' music folder, where the configuration does not say it.
    listener : str
        Whose ratings and plays they are; "" is the owner of the library.
    dry_run : bool
        Keep nothing, only tell.

    Raises
    ------
    NotFoundError, DataError
        There is no such file, or it is no library of beets.
    """
    told = beets.read(path, directory=directory, listener=listener)
    return move_in(library, beets.SOURCE, told, dry_run=dry_run)


def from_subsonic(
    library: Library, paths: Iterable[Path], *, listener: str = "", dry_run: bool = False
) -> MoveReport:
    """Take genres, likes, ratings, plays and playlists from saved responses of the Subsonic API.

    Raises
    ------
    ParameterError, NotFoundError, DataError
        No file is given or there, or it is no response.
    """
    given = list(paths)
    if not given:
        raise ParameterError("no file is given")
    return move_in(library, subsonic.SOURCE, subsonic.read(given, listener=listener), dry_run=dry_run)


def from_folders(
    library: Library, folder: Path, *, pattern: str = folders.PATTERN, dry_run: bool = False
) -> MoveReport:
    """Take genre, artist and album from the folders between `folder` and the tracks.

    Raises
    ------
    ParameterError
        The pattern is none.
    NotFoundError
        No track lies below `folder`.
    """
    told = folders.read(library, folder, pattern)
    return move_in(library, folders.SOURCE, told, dry_run=dry_run)
