"""Is a library sound? What follows from the rest can be rebuilt; what does not is told, track by track."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, select
from sqlalchemy.exc import DatabaseError

from tunelens.base.errors import DataError
from tunelens.base.progress import Progress, Silent
from tunelens.features.descriptors import DESCRIPTORS_VERSION
from tunelens.library.copies import MOST_PROBLEMS
from tunelens.library.faults import DAMAGED
from tunelens.library.filetags.journal import OPEN
from tunelens.library.identity import text_to_path
from tunelens.library.keep import read_held, undamaged
from tunelens.library.prints.store import is_readable as print_is_readable
from tunelens.library.retext import pages
from tunelens.library.rows import restore
from tunelens.library.schema import analyses, journal, layouts, meta, prints, texts, tracks, vectors
from tunelens.library.store import Library

FIXABLE = "tunelens library check --repair"
HEAR_AGAIN = "tunelens analyze --force FILE hears them again"
SHOWN = 5
_AT_ONCE = 1000
_INDEX_ONLY = re.compile(r"missing from index|# of entries in index|non-unique entry|differ from index")


@dataclass(frozen=True)
class Check:
    """One thing that was looked at.

    Parameters
    ----------
    name : str
        What.
    ok : bool or None
        Is it sound? None: it is, but a person may want to know.
    detail : str
        What was found.
    hint : str or None
        What to do.
    repairable : bool
        Can it be made from the rest of the library?
    """

    name: str
    ok: bool | None
    detail: str
    hint: str | None = None
    repairable: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return asdict(self)


def examine(library: Library, *, quick: bool = False, progress: Progress | None = None) -> tuple[Check, ...]:
    """Look at everything; `quick` leaves out what reads every index and every track."""
    structure = _tried(library, "structure", _structure_quick if quick else _structure)
    looks: dict[str, _Look] = {"references": _references, "arrays": _arrays, "counter": _counter}
    looks |= {"tracks": _tracks_quick if quick else _tracks_read_by(progress or Silent())}
    looks |= {} if quick else {"prints": _prints, "full text": _texts}
    looks |= {"files": _files, "tags written": _journal}
    found = [_tried(library, name, look) for name, look in looks.items()]
    return structure, *found, *(() if quick else (_index_of_texts(library),))


_UNWRITTEN = (ValueError, TypeError, LookupError, AttributeError, RecursionError)
"""What content raises that nobody here has written."""
_Look = Callable[[Connection], Check]


def _tried(library: Library, name: str, look: _Look) -> Check:
    try:
        with library.database.read() as connection:
            return look(connection)
    except DataError as error:
        return Check(name, False, error.message, error.hint)
    except _UNWRITTEN as error:
        return Check(name, False, f"{type(error).__name__}: {error}", DAMAGED)


def _structure(connection: Connection) -> Check:
    return _structure_by(connection, "integrity_check")


def _structure_quick(connection: Connection) -> Check:
    return _structure_by(connection, "quick_check")


def _structure_by(connection: Connection, pragma: str) -> Check:
    rows = connection.exec_driver_sql(f"PRAGMA {pragma}({MOST_PROBLEMS})").scalars().all()
    problems = [line for text in rows if text != "ok" for line in str(text).splitlines()]
    if not problems:
        return Check("structure", True, "all pages are sound")
    fixable = all(_INDEX_ONLY.search(line) for line in problems)
    detail = f"{len(problems)} problems; {problems[0]}"
    return Check("structure", False, detail, FIXABLE if fixable else DAMAGED, repairable=fixable)


def _references(connection: Connection) -> Check:
    rows = connection.exec_driver_sql("PRAGMA foreign_key_check")
    lost = Counter(str(row[0]) for row in rows)
    if not lost:
        return Check("references", True, "every row belongs to a track or list that is there")
    found = ", ".join(f"{n} in {table}" for table, n in lost.items())
    return Check("references", False, f"rows of tracks that are not there: {found}", FIXABLE, repairable=True)


def _arrays(connection: Connection) -> Check:
    size = func.length(vectors.c.data) != 4 * vectors.c.n_rows * vectors.c.dim
    nameless = (vectors.c.layout != "") & vectors.c.layout.not_in(select(layouts.c.id))
    ids = connection.scalars(select(vectors.c.track_id).where(size | nameless).distinct()).all()
    return _of_tracks("arrays", ids, "every vector has its length and names", "damaged vectors")


def _counter(connection: Connection) -> Check:
    held = connection.scalar(select(meta.c.value).where(meta.c.key == "revision")) or ""
    newest = connection.scalar(select(func.max(tracks.c.revision))) or 0
    if held.isdecimal() and int(held) >= newest:
        return Check("counter", True, f"{held} changes counted")
    return Check("counter", False, f"{held!r} changes counted, but a track is of {newest}", FIXABLE, True)


def _tracks_quick(connection: Connection) -> Check:
    whole = exists().where(analyses.c.track_id == tracks.c.id, func.json_valid(analyses.c.document) == 1)
    ids = connection.scalars(select(tracks.c.id).where(~whole)).all()
    return _of_tracks("tracks", ids, "every track has its analysis", "without a readable analysis")


def _tracks_read_by(progress: Progress) -> _Look:
    def look(connection: Connection) -> Check:
        ids = connection.scalars(select(tracks.c.id).order_by(tracks.c.id)).all()
        progress.start(len(ids), "tracks")
        bad = []
        for number in ids:
            readable = is_readable(connection, number)
            bad += [] if readable else [number]
            progress.advance(str(number), readable)
        progress.finish()
        return _of_tracks("tracks", bad, f"the analyses of {len(ids)} tracks can be read", "cannot be read")

    return look


def _prints(connection: Connection) -> Check:
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(prints))
    bad = sorted({row.track_id for row in rows if not print_is_readable(row)})
    return _of_tracks("prints", bad, "every recording can be known again", "damaged prints")


def is_readable(connection: Connection, number: int) -> bool:
    """Can everything that was heard of a track be read?"""
    try:
        with undamaged(number):
            connection.execute(select(tracks).where(tracks.c.id == number)).all()
            held = read_held(connection, number)
            if held is None:
                return False
            if held.versions.get("descriptors") == str(DESCRIPTORS_VERSION):  # an older one is no damage
                restore(held.path, held.document, held.arrays)
            else:
                json.loads(held.document)
    except (DataError, DatabaseError):
        return False
    return True


def _of_tracks(name: str, ids: Sequence[int], fine: str, wrong: str) -> Check:
    if not ids:
        return Check(name, True, fine)
    return Check(name, False, f"{len(ids)} tracks {wrong}: {_some(ids)}", HEAR_AGAIN)


def _some(values: Sequence[Any]) -> str:
    shown = ", ".join(str(value) for value in values[:SHOWN])
    return shown + (", ..." if len(values) > SHOWN else "")


def _texts(connection: Connection) -> Check:
    stale = sum(len(page) for page in stale_texts(connection))
    strays = connection.scalar(select(func.count()).select_from(texts).where(is_stray())) or 0
    if not stale and not strays:
        return Check("full text", True, "says what the tracks say")
    return Check(
        "full text", False, f"{stale} tracks are missing or out of date, {strays} have gone", FIXABLE, True
    )


def _index_of_texts(library: Library) -> Check:
    """Let SQLite compare its index of words with the texts; it wants the right to write, but does not."""
    name = "index of words"
    if library.database.read_only:
        return Check(name, None, "not looked at where nothing may be written")
    try:
        with library.database.write() as connection:
            connection.exec_driver_sql("INSERT INTO texts (texts) VALUES ('integrity-check')")
    except DataError as error:
        return Check(name, False, error.message, FIXABLE, repairable=True)
    return Check(name, True, "fits the texts")


def is_stray() -> ColumnElement[bool]:
    """Return the condition under which a text is of a track that has gone."""
    return texts.c.rowid.not_in(select(tracks.c.id))


def stale_texts(connection: Connection) -> Iterator[dict[int, dict[str, str]]]:
    """Yield the texts that are not what they ought to be, as they ought to be, a page at a time."""
    for page in pages(connection):
        inside = texts.c.rowid.between(min(page), max(page))
        have = {row.rowid: row._asdict() for row in connection.execute(select(texts).where(inside))}
        yield {number: said for number, said in page.items() if not _says(have.get(number), said)}


def _says(have: dict[str, Any] | None, ought: dict[str, str]) -> bool:
    """Is every text the same? Of tags the order does not matter."""
    if have is None:
        return False
    return all(
        sorted((have[name] or "").split()) == sorted(said.split()) if name == "tags" else have[name] == said
        for name, said in ought.items()
    )


def _files(connection: Connection) -> Check:
    found: Counter[bool] = Counter()
    shown: list[str] = []
    for path in connection.scalars(select(tracks.c.path).order_by(tracks.c.path)):
        there = os.path.lexists(text_to_path(path))
        found[there] += 1
        shown += [] if there or len(shown) > SHOWN else [path]
    if not found[False]:
        return Check("files", True, f"all {found[True]} are there")
    hint = "is a disk not mounted? files that moved are recognised by tunelens analyze FOLDER"
    detail = f"{found[False]} of {found.total()} have gone: {_some(shown)}"
    return Check("files", None, detail, hint)


def _journal(connection: Connection) -> Check:
    query = select(func.count()).select_from(journal).where(journal.c.state.in_(OPEN))
    n = connection.scalar(query) or 0
    if not n:
        return Check("tags written", True, "no change of a file was cut short")
    hint = "the next tunelens tag finds out what became of them"
    return Check("tags written", None, f"changes of {n} files were cut short", hint)
