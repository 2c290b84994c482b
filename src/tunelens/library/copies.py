"""Whole copies of a library: made while others write, proved before they count, and brought back.

A copy is one file that needs no other beside it. Its SHA-256 lies beside it as ``sha256sum`` writes it,
because SQLite notices damage of its own structure alone, not a changed digit of a number.
"""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tunelens.base.errors import DataError, NotFoundError, ParameterError
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.progress import Progress
from tunelens.library.faults import DAMAGED, told
from tunelens.library.identity import path_to_text, sha256_of

STEP_PAGES = 2048
PATIENCE_S = 60.0
MOST_PROBLEMS = 100


@dataclass(frozen=True)
class Copy:
    """A copy that was proved.

    Parameters
    ----------
    path : Path
        The file.
    size_bytes : int
        Its size.
    sha256 : str
        Its content, hex; also in ``<path>.sha256``.
    """

    path: Path
    size_bytes: int
    sha256: str

    def to_dict(self) -> dict[str, str | int]:
        """Return the facts as a JSON object."""
        return {"backup": path_to_text(self.path), "size_bytes": self.size_bytes, "sha256": self.sha256}


def back_up(path: Path, to: Path, *, force: bool = False, progress: Progress | None = None) -> Copy:
    """Copy the library at `path` to `to` as it stands after its last commit, whoever writes meanwhile.

    Raises
    ------
    ParameterError
        `to` exists, or is the library itself.
    DataError
        The library is damaged, or there is no room. What was at `to` before is still there.
    """
    check_writable(to, force=force)
    if (to.exists() and not to.is_file()) or to.resolve() == path.resolve():
        raise ParameterError(f"{str(to)!r} cannot be the backup of {str(path)!r}", hint="name another file")
    with atomic_path(to) as temporary:
        copy_pages(path, temporary, progress)
        _settle(temporary)
        if problems := problems_of(temporary):
            raise DataError(f"{str(path)!r} is damaged, and was not copied: {problems[0]}", hint=DAMAGED)
        sync(temporary)
        digest = sha256_of(temporary)
        _digest_path(to).unlink(missing_ok=True)
    sync(to.parent)
    with atomic_path(_digest_path(to)) as temporary:
        temporary.write_text(f"{digest}  {to.name}\n", encoding="utf-8", errors="surrogateescape")
    return Copy(to, to.stat().st_size, digest)


def keep(path: Path, what: str) -> Path:
    """Copy the library at `path`, sound or not, beside it under a free name; return where."""
    kept = name_for(path, what)
    with atomic_path(kept) as temporary:
        copy_pages(path, temporary)
        sync(temporary)
    return kept


def name_for(path: Path, what: str) -> Path:
    """Return a free name beside the library at `path`: ``music.<what>-20261231T235959Z.db``."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    suffix = path.suffix if path.suffix != path.name else ""
    names = (path.with_name(f"{path.stem}.{what}-{moment}{more}{suffix}") for more in _more())
    return next(name for name in names if not name.exists())


def _more() -> Iterator[str]:
    yield ""
    for number in range(2, 1000):
        yield f"-{number}"


def prove(backup: Path) -> None:
    """Raise unless `backup` is sound, and is what was written where its SHA-256 lies beside it.

    Raises
    ------
    NotFoundError
        There is no such file.
    DataError
        It is damaged, or not an SQLite file.
    """
    if not backup.is_file():
        raise NotFoundError(f"there is no backup at {str(backup)!r}", hint="check the spelling")
    try:
        written = _digest_path(backup).read_text("utf-8", "replace").split() or [""]
    except FileNotFoundError:
        written = []
    if written and written[0].lstrip("\\") != sha256_of(backup):
        raise DataError(
            f"the backup {str(backup)!r} is not what was written: its .sha256 file has another sum",
            hint="use another backup; to try this one all the same, move the .sha256 file away",
        )
    if problems := problems_of(backup):
        raise DataError(f"the backup {str(backup)!r} is damaged: {problems[0]}", hint="use another backup")


def problems_of(path: Path) -> tuple[str, ...]:
    """Return what SQLite finds wrong with the structure of a file; nothing where all is well."""
    try:
        with closing(_reader(path)) as connection:
            rows = connection.execute(f"PRAGMA integrity_check({MOST_PROBLEMS})").fetchall()
    except sqlite3.DatabaseError as error:
        return (str(error),)
    return tuple(line for (text,) in rows if text != "ok" for line in str(text).splitlines())


def copy_pages(source: Path, to: Path, progress: Progress | None = None) -> None:
    """Copy every page of `source` into `to` as one transaction of `to`; the content is not looked at.

    Raises
    ------
    DataError
        Either cannot be opened, is held by another process, or there is no room.
    """
    with told(source), closing(_reader(source)) as old, told(to), closing(sqlite3.connect(to)) as new:
        if not to.stat().st_size:  # nothing is there that a journal would bring back
            new.execute("PRAGMA journal_mode = OFF")
        old.execute("BEGIN")  # without a snapshot, every commit of a scan would start the copy anew
        old.execute("SELECT count(*) FROM sqlite_master").fetchone()
        with _drawn(progress) as step:
            old.backup(new, pages=STEP_PAGES, progress=step, sleep=0.05)


def _settle(path: Path) -> None:
    """Leave a copy in the mode in which a library is opened, so that a look into it changes no byte of it."""
    with told(path), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")


def reader(path: Path, *, frozen: bool) -> sqlite3.Connection:
    """Open `path` to read it; `frozen` where nothing may be written beside it.

    A log that a writer has left there is read all the same, where SQLite can. Where it may write, the last to
    close puts the log in order; one that opened for reading alone would leave an empty one behind.
    """
    path = followed(path)
    log = Path(f"{path}-wal")
    alone = not (log.exists() and log.stat().st_size > 0)
    mode = f"ro{'&immutable=1' if alone else ''}" if frozen else "rw"
    address = f"{path.absolute().as_uri()}?mode={mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE_S)


def is_frozen(path: Path) -> bool:
    """Is it on a read-only disk, or another person's? To read in WAL mode, SQLite writes beside the file."""
    path = followed(path)
    return not (os.access(path, os.W_OK) and os.access(path.absolute().parent, os.W_OK))


def followed(path: Path) -> Path:
    """Return the file that `path` leads to: SQLite keeps its log beside that, and not beside a link."""
    return Path(os.path.realpath(path)) if os.path.islink(path) else path  # noqa: PTH114 - never raises


def _reader(path: Path) -> sqlite3.Connection:
    return reader(path, frozen=is_frozen(path))


@contextmanager
def _drawn(progress: Progress | None) -> Iterator[Callable[[int, int, int], None]]:
    """Give the callback of a copy; it gives up on a file that another process holds too long."""
    drawn, moved = False, time.monotonic()

    def step(status: int, _remaining: int, total: int) -> None:
        nonlocal drawn, moved
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            if time.monotonic() - moved > PATIENCE_S:
                raise sqlite3.OperationalError("database is locked")
            return
        moved = time.monotonic()
        if progress and not drawn:
            progress.start(-(-total // STEP_PAGES), "copied")
            drawn = True
        if progress:
            progress.advance("")

    try:
        yield step
    finally:
        if progress and drawn:
            progress.finish()


def _digest_path(path: Path) -> Path:
    return Path(f"{path}.sha256")


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk; some systems cannot for folders."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        if not path.is_dir():
            raise
    finally:
        os.close(handle)
