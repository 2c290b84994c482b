"""`Library`: what was heard, kept in one file that may be killed at any moment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection, Row, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from tunelens.base.batches import batched
from tunelens.base.errors import NotFoundError, ParameterError, TunelensError, UnknownNameError
from tunelens.base.settings import Settings
from tunelens.base.version import __version__
from tunelens.library.analysis import Analysis
from tunelens.library.database import Database, open_database
from tunelens.library.fulltext import fold
from tunelens.library.identity import FileStamp, escape, path_to_text, text_to_path
from tunelens.library.keep import (
    names_of,
    next_revision,
    now,
    put,
    read_held,
    revision_of,
    undamaged,
    versions_of,
)
from tunelens.library.query import condition_in, likely
from tunelens.library.rows import predictions_of, restore
from tunelens.library.schema import analyses, failures, tags, texts, tracks, vectors
from tunelens.library.track import TagScore, Track
from tunelens.models.prediction import Prediction

LARGEST = 2**63 - 1  # whole number of SQLite
HIDDEN = {"versions", "revision"}  # columns of no use to a person
PAGE = 500  # below SQLite's oldest limit on bound values


@dataclass(frozen=True)
class Known:
    """What the library knows of a file before it is opened.

    Parameters
    ----------
    id : int
        Number of the track.
    path : Path
        Where it was.
    stamp : FileStamp
        Its size and time.
    sha256 : str
        Its content.
    versions : Mapping of str to str
        What it was heard with, see `Analysis.versions`.
    """

    id: int
    path: Path
    stamp: FileStamp
    sha256: str
    versions: Mapping[str, str]


@dataclass(frozen=True)
class Failure:
    """A file that could not be heard, and why.

    Parameters
    ----------
    path : Path
        The file.
    stamp : FileStamp or None
        Its size and time; None when even that could not be seen.
    code, message, hint : str
        As `TunelensError` has them.
    failed_at : str
        When, ISO 8601, UTC.
    program : str
        Version of Tunelens that failed.
    """

    path: Path
    stamp: FileStamp | None
    code: str
    message: str
    hint: str | None
    failed_at: str
    program: str

    def to_dict(self) -> dict[str, Any]:
        """Return the failure as an object with its error, as ``--json`` tells one."""
        told = {"code": self.code, "message": self.message, "hint": self.hint}
        return {
            "path": path_to_text(self.path),
            "size_bytes": self.stamp and self.stamp.size_bytes,
            "failed_at": self.failed_at,
            "program": self.program,
            "error": told,
        }


@dataclass(frozen=True, eq=False)
class Vectors:
    """One kind of vector of many tracks.

    Parameters
    ----------
    kind, version : str
        What they are, and of which version; versions are never mixed.
    ids : ndarray of int64, shape (n,)
        Tracks.
    matrix : ndarray of float32, shape (n, dim)
        Their vectors.
    names : tuple of str
        Name of each dimension, or empty.
    left_out : int
        Tracks whose vector is of another version.
    """

    kind: str
    version: str
    ids: NDArray[np.int64]
    matrix: NDArray[np.float32]
    names: tuple[str, ...]
    left_out: int


class Library:
    """The catalogue: tracks, tags, vectors and failures in one SQLite file.

    Every change is one transaction, so a process that is killed leaves whole tracks behind. Several
    processes may read and write at once.

    Examples
    --------
    >>> import tempfile
    >>> from tunelens import Library
    >>> folder = tempfile.TemporaryDirectory()
    >>> with Library.open(Path(folder.name) / "music.db") as library:
    ...     library.count(), library.count("tempo:90..110")
    (0, 0)
    >>> folder.cleanup()
    """

    def __init__(self, database: Database) -> None:
        self.database = database

    @classmethod
    def open(cls, path: str | Path | None = None, *, create: bool = True) -> Self:
        """Open a library file; None is the one in the user's data folder.

        Raises
        ------
        NotFoundError
            It does not exist and `create` is False.
        DataError
            It cannot be opened, is not a library, or was written by a newer Tunelens.
        """
        where = Path(path) if path is not None else Settings.from_env().library
        return cls(open_database(where, create=create))

    @property
    def path(self) -> Path:
        """The file."""
        return self.database.path

    def revision(self) -> int:
        """Return a number that grows whenever a track comes, changes, moves or goes."""
        with self.database.read() as connection:
            return revision_of(connection)

    def changes(self) -> str:
        """Return a text that is another one after every commit: of tracks, of lists, of feedback."""
        return self.database.changes()

    def close(self) -> None:
        """Let go of the file."""
        self.database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- writing: each method is one transaction ---------------------------------------------------

    def put(self, analysis: Analysis) -> int:
        """Keep `analysis` as the truth about its path and return the number of the track.

        Tags of models that this analysis did not ask are kept if the content is the same.
        """
        with self.database.write() as connection:
            return put(connection, analysis)

    def put_failure(self, path: Path, error: TunelensError, stamp: FileStamp | None = None) -> None:
        """Remember that `path` could not be heard; an older analysis of other content is removed."""
        name = path_to_text(path)
        values = {
            "size_bytes": stamp and stamp.size_bytes,
            "mtime_ns": stamp and stamp.mtime_ns,
            "code": error.code,
            "message": escape(error.message),
            "hint": error.hint and escape(error.hint),
            "failed_at": now(),
            "program": __version__,
        }
        with self.database.write() as connection:
            statement = insert(failures).values(path=name, **values)
            connection.execute(statement.on_conflict_do_update(index_elements=["path"], set_=values))
            if stamp is not None:
                same = (tracks.c.size_bytes == stamp.size_bytes) & (tracks.c.mtime_ns == stamp.mtime_ns)
                connection.execute(delete(tracks).where(tracks.c.path == name, ~same))

    def relocate(self, known: Known, path: Path, stamp: FileStamp) -> bool:
        """Tell that the file of `known` is at `path` now; False when another process knows better."""
        name = path_to_text(path)
        with self.database.write() as connection:
            if connection.scalar(select(tracks.c.id).where(tracks.c.path == name)) not in (None, known.id):
                return False
            values = {
                "size_bytes": stamp.size_bytes,
                "mtime_ns": stamp.mtime_ns,
                "revision": next_revision(connection),
            }
            same = (tracks.c.id == known.id) & (tracks.c.path == path_to_text(known.path))
            changed = connection.execute(update(tracks).where(same).values(path=name, **values))
            connection.execute(update(texts).where(texts.c.rowid == known.id).values(path=fold(name)))
            connection.execute(delete(failures).where(failures.c.path == name))
            return changed.rowcount == 1

    def remove(self, ref: int | str | Path) -> None:
        """Forget a track; the file itself is left alone. `ref` as in `get`."""
        number = self._resolve(ref)
        with self.database.write() as connection:
            connection.execute(delete(tracks).where(tracks.c.id == number))

    # -- what is known before a file is opened ------------------------------------------------------

    def known(self, paths: Iterable[Path]) -> dict[Path, Known]:
        """Return what is known of each of `paths`; unknown ones are left out."""
        names = {path_to_text(path): path for path in paths}
        return {names[row.path]: _known(row) for row in self._known_rows(tracks.c.path, names)}

    def known_sizes(self, sizes: Iterable[int]) -> dict[int, list[Known]]:
        """Return the tracks of each of these file sizes: what a moved file could be."""
        found: dict[int, list[Known]] = {}
        for row in self._known_rows(tracks.c.size_bytes, set(sizes)):
            found.setdefault(row.size_bytes, []).append(_known(row))
        return found

    def _known_rows(self, column: Any, values: Iterable[Any]) -> Iterator[Row[Any]]:
        fields = ("id", "path", "size_bytes", "mtime_ns", "sha256", "versions")
        query = select(*(tracks.c[name] for name in fields))
        with self.database.read() as connection:
            for some in batched(values, PAGE):
                yield from connection.execute(query.where(column.in_(some)))

    def failures(
        self, paths: Iterable[Path] | None = None, *, limit: int | None = None, offset: int = 0
    ) -> dict[Path, Failure]:
        """Return the failures among `paths`, or of all those by path, `limit` after the first `offset`."""
        with self.database.read() as connection:
            if paths is None:
                page = select(failures).order_by(failures.c.path).limit(limit).offset(min(offset, LARGEST))
                return _failures(connection.execute(page))
            batches = batched((path_to_text(path) for path in paths), PAGE)
            found = [
                connection.execute(select(failures).where(failures.c.path.in_(some))) for some in batches
            ]
            return {path: failure for rows in found for path, failure in _failures(rows).items()}

    def count_failures(self) -> int:
        """Return how many files could not be heard."""
        with self.database.read() as connection:
            return connection.scalar(select(func.count()).select_from(failures)) or 0

    # -- reading -------------------------------------------------------------------------------------

    def count(self, where: str = "") -> int:
        """Return how many tracks match a filter; see `tunelens.library.query`."""
        with self.database.read() as connection:
            counted = select(func.count()).select_from(tracks)
            return connection.scalar(counted.where(condition_in(connection, where))) or 0

    def tracks(self, where: str = "", *, limit: int | None = None, offset: int = 0) -> list[Track]:
        """Return the tracks that match a filter, by path.

        Raises
        ------
        ParameterError
            `where` is not a filter (the message names the character), or `limit` or `offset` is negative.
        """
        if offset < 0 or (limit is not None and limit < 0):
            raise ParameterError(f"limit is {limit} and offset {offset}; neither may be negative")
        page = select(tracks).order_by(tracks.c.path).offset(min(offset, LARGEST))
        page = page.limit(None if limit is None else min(limit, LARGEST))
        with self.database.read() as connection:
            rows = list(connection.execute(page.where(condition_in(connection, where))))
            return list(_with_tags(connection, rows))

    def iterate(self, where: str = "") -> Iterator[Track]:
        """Yield the tracks that match a filter by path, a page in memory at a time."""
        after: str | None = ""
        with self.database.read() as connection:
            while after is not None:
                page, after = _page_after(connection, where, after)
                yield from page

    def pages(self, where: str = "") -> Iterator[list[Track]]:
        """Yield pages of the tracks that match a filter by path; between two of them nothing is held."""
        after: str | None = ""
        while after is not None:
            with self.database.read() as connection:
                page, after = _page_after(connection, where, after)
            yield page

    def track(self, ref: int | str | Path) -> Track:
        """Return one track; `ref` as in `get`."""
        number = self._resolve(ref)
        with self.database.read() as connection:
            rows = list(connection.execute(select(tracks).where(tracks.c.id == number)))
            return next(_with_tags(connection, rows))

    def get(self, ref: int | str | Path) -> Analysis:
        """Return everything about one track.

        Parameters
        ----------
        ref : int, str or Path
            Its number, its path, the first digits (6 or more) of its SHA-256, or words that only one
            title or file name contains.

        Raises
        ------
        NotFoundError
            No such track.
        ParameterError
            More than one; the message names some.
        DataError
            It was heard by an older Tunelens, whose descriptors mean something else, or its row is damaged.
        """
        number = self._resolve(ref)
        with self.database.read() as connection, undamaged(number):
            held = read_held(connection, number)
            if held is None:
                raise NotFoundError(f"track {number} has gone")
            return restore(held.path, held.document, held.arrays, held.prints)

    def _resolve(self, ref: int | str | Path) -> int:
        text = str(ref)
        with self.database.read() as connection:
            for guess in _guesses(ref, text):
                found = list(connection.execute(select(tracks.c.id, tracks.c.path).where(guess).limit(6)))
                if len(found) > 1:
                    names = ", ".join(f"{row.id} {row.path}" for row in found[:5])
                    raise ParameterError(
                        f"{escape(text)!r} is more than one track: {names}", hint="give the number"
                    )
                if found:
                    return found[0].id
        raise NotFoundError(
            f"no track {escape(text)!r} in library {str(self.path)!r}",
            hint="tunelens list shows what is there",
        )

    def tracks_by_id(self, ids: Iterable[int]) -> list[Track]:
        """Return the tracks of these numbers in the order given; those that have gone are left out."""
        wanted = [int(number) for number in ids]
        with self.database.read() as connection:
            query = select(tracks)
            pages = (connection.execute(query.where(tracks.c.id.in_(some))) for some in batched(wanted, PAGE))
            rows = [row for page in pages for row in page]
            found = {track.id: track for track in _with_tags(connection, rows)}
        return [found[number] for number in wanted if number in found]

    def predictions(self, ids: Iterable[int]) -> dict[int, dict[str, Prediction]]:
        """Return what bundles said of the tracks of these numbers, by number and name of the bundle.

        Raises
        ------
        DataError
            A row is damaged.
        """
        query = select(analyses.c.track_id, analyses.c.document)
        found = {}
        with self.database.read() as connection:
            for some in batched(ids, PAGE):
                for row in connection.execute(query.where(analyses.c.track_id.in_(some))):
                    with undamaged(row.track_id):
                        found[row.track_id] = predictions_of(row.document)
        return found

    def kinds(self) -> dict[str, int]:
        """Return the kinds of vectors and how many tracks have each."""
        with self.database.read() as connection:
            rows = connection.execute(
                select(vectors.c.kind, func.count().label("n")).group_by(vectors.c.kind)
            )
            return {row.kind: row.n for row in rows}

    def vectors(self, kind: str, version: str | None = None) -> Vectors:
        """Return one kind of vector of all tracks, of one version (the most frequent by default).

        Raises
        ------
        UnknownNameError
            No track has such a vector.
        """
        kinds = self.kinds()
        if kind not in kinds:
            raise UnknownNameError.among("kind of vector", kind, kinds)
        with self.database.read() as connection:
            layout = _commonest_layout(connection, kind, version)
            if layout is None:
                raise UnknownNameError(f"no {kind!r} vector has version {version!r}")
            chosen = (vectors.c.kind == kind) & (vectors.c.layout == layout.layout)
            chosen &= (vectors.c.version == layout.version) & (vectors.c.n_rows == 1)
            rows = list(connection.execute(select(vectors.c.track_id, vectors.c.data).where(chosen)))
            names = names_of(connection, layout.layout)
        matrix = np.frombuffer(b"".join(row.data for row in rows), "<f4").reshape(len(rows), -1)
        ids = np.array([row.track_id for row in rows], np.int64)
        return Vectors(kind, layout.version, ids, matrix.astype(np.float32), names, kinds[kind] - len(rows))


def _page_after(connection: Connection, where: str, after: str) -> tuple[list[Track], str | None]:
    """Return the tracks behind a path, and the last of their paths; None where nothing can follow."""
    matching = select(tracks).where(condition_in(connection, where), tracks.c.path > after)
    rows = list(connection.execute(matching.order_by(tracks.c.path).limit(PAGE)))
    return list(_with_tags(connection, rows)), rows[-1].path if rows else None


def _commonest_layout(connection: Connection, kind: str, version: str | None) -> Any:
    query = select(vectors.c.layout, vectors.c.version).where(vectors.c.kind == kind)
    if version is not None:
        query = query.where(vectors.c.version == version)
    grouped = query.group_by(vectors.c.layout, vectors.c.version)
    return connection.execute(
        grouped.order_by(func.count().desc(), vectors.c.version.desc()).limit(1)
    ).first()


def _with_tags(connection: Connection, rows: list[Row[Any]]) -> Iterator[Track]:
    scores: dict[int, list[TagScore]] = {}
    query = select(tags, likely().label("likely")).order_by(tags.c.probability.desc())
    for some in batched((row.id for row in rows), PAGE):
        for row in connection.execute(query.where(tags.c.track_id.in_(some))):
            score = TagScore(row.model, row.tag, row.group, row.probability, bool(row.likely))
            scores.setdefault(row.track_id, []).append(score)
    for row in rows:
        fields = {name: value for name, value in row._mapping.items() if name not in HIDDEN}
        fields["path"] = text_to_path(row.path)
        yield Track(**fields, tags=tuple(scores.get(row.id, ())))


def _guesses(ref: int | str | Path, text: str) -> Iterator[Any]:
    """Yield the conditions under which `ref` could name a track, the surest first."""
    is_number = text.isascii() and text.isdecimal() and len(text) < 19
    if isinstance(ref, int) or is_number:
        yield tracks.c.id == max(-1, min(int(text), LARGEST))
    if isinstance(ref, int) or "\0" in text:
        return
    yield tracks.c.path.in_([path_to_text(text), escape(text)])  # as a shell gives it, or as JSON has it
    if len(text) >= 6 and set(text.lower()) <= set("0123456789abcdef"):
        yield tracks.c.sha256.startswith(text.lower())
    if isinstance(ref, str) and text.strip():
        yield tracks.c.title == text
    if isinstance(ref, str) and text.strip() and not is_number:  # 12 is never "Symphony 125"
        yield tracks.c.title.icontains(escape(text), autoescape=True) | tracks.c.path.icontains(
            escape(text), autoescape=True
        )


def _known(row: Row[Any]) -> Known:
    stamp = FileStamp(row.size_bytes, row.mtime_ns)
    return Known(row.id, text_to_path(row.path), stamp, row.sha256, versions_of(row.versions))


def _failures(rows: Iterable[Row[Any]]) -> dict[Path, Failure]:
    found = {}
    for row in rows:
        path = text_to_path(row.path)
        stamp = None if row.mtime_ns is None else FileStamp(row.size_bytes, row.mtime_ns)
        found[path] = Failure(path, stamp, row.code, row.message, row.hint, row.failed_at, row.program)
    return found
