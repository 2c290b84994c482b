"""`Corrections`: what people said of labels, kept; the tags of a track follow at once."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, select

from tunelens.base.batches import batched
from tunelens.base.errors import ParameterError
from tunelens.library.corrections.correction import (
    Correction,
    checked_label,
    checked_listener,
    checked_vocabulary,
    model_of,
)
from tunelens.library.corrections.told import tell
from tunelens.library.exchange.genres import refresh, refresh_tags
from tunelens.library.fulltext import tag_word
from tunelens.library.identity import path_to_text
from tunelens.library.keep import put_heard_tags
from tunelens.library.schema import corrections, heads, tags

if TYPE_CHECKING:
    from tunelens.library.store import Library
    from tunelens.library.track import Track

MOST_AT_ONCE = 100
BATCH = 500


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary in which somebody told labels.

    Parameters
    ----------
    name : str
    labels : Mapping of str to int
        Tracks for which each label was said to hold, the most frequent first.
    n_tracks : int
        Tracks of which something was said.
    learned_at : str or None
        When it was learned from last, ISO 8601, UTC.
    """

    name: str
    labels: Mapping[str, int]
    n_tracks: int
    learned_at: str | None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {**vars(self), "labels": dict(self.labels)}


class Corrections:
    """The corrections of a library; every change is one transaction.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from tunelens import Library
    >>> with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "music.db") as library:
    ...     Corrections(library).all(), Corrections(library).vocabularies()
    ([], [])
    """

    def __init__(self, library: Library) -> None:
        self._database = library.database

    def put(
        self, track: Track, vocabulary: str, said: Mapping[str, bool], *, listener: str = ""
    ) -> list[Correction]:
        """Keep what a person says of labels of a track, in place of what the same person said of them before.

        Parameters
        ----------
        track : Track
        vocabulary : str
        said : Mapping of str to bool
            Labels, and whether each holds.
        listener : str
            Who says it; "" is the owner of the library.

        Raises
        ------
        ParameterError
            There is no label, one of them is none, or they are too many.
        """
        name, who, moment = checked_vocabulary(vocabulary), checked_listener(listener), int(time.time())
        if not 0 < len(said) <= MOST_AT_ONCE:
            raise ParameterError(f"{len(said)} labels are said of a track; 1 to {MOST_AT_ONCE} are allowed")
        about = Correction(
            name,
            "",
            False,
            moment,
            who,
            track.id,
            path_to_text(track.path),
            track.sha256,
            track.title,
            track.artist,
        )
        new = [replace(about, label=checked_label(one), holds=holds) for one, holds in said.items()]
        by_word = {one.word: one for one in new}
        with self._database.write() as connection:
            same = (corrections.c.listener == who) & (corrections.c.vocabulary == name)
            here = same & (corrections.c.track_id == track.id) & corrections.c.word.in_(list(by_word))
            connection.execute(delete(corrections).where(here))
            connection.execute(insert(corrections), [_row(one) for one in by_word.values()])
            _retell(connection, track.id)
            return _found(connection, select(corrections).where(here).order_by(corrections.c.id))

    def all(
        self,
        *,
        vocabulary: str | None = None,
        track_id: int | None = None,
        listener: str | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Correction]:
        """Return corrections that are so, the latest first."""
        query = _filtered(select(corrections), vocabulary, track_id, listener)
        ordered = query.order_by(corrections.c.at.desc(), corrections.c.id.desc())
        with self._database.read() as connection:
            return _found(connection, ordered.limit(limit).offset(offset))

    def count(
        self, *, vocabulary: str | None = None, track_id: int | None = None, listener: str | None = None
    ) -> int:
        """Return how many corrections are so."""
        counted = select(func.count()).select_from(corrections)
        with self._database.read() as connection:
            return connection.scalar(_filtered(counted, vocabulary, track_id, listener)) or 0

    def vocabularies(self) -> list[Vocabulary]:
        """Return the vocabularies in which somebody told labels, or that were learned, by name."""
        here = corrections.c.track_id
        labels = select(
            corrections.c.vocabulary, func.max(corrections.c.label).label("label"),
            func.count(here.distinct()).label("n"),
        ).where(corrections.c.holds == 1).group_by(corrections.c.vocabulary, corrections.c.word)  # fmt: skip
        whole = select(corrections.c.vocabulary, func.count(here.distinct())).group_by(
            corrections.c.vocabulary
        )
        with self._database.read() as connection:
            told = _pairs(connection, whole)
            learned = _pairs(connection, select(heads.c.vocabulary, heads.c.updated_at))
            held: dict[str, dict[str, int]] = {}
            for row in connection.execute(labels.order_by(func.count(here.distinct()).desc(), "label")):
                held.setdefault(row.vocabulary, {})[row.label] = row.n
        names = sorted(told.keys() | learned.keys())
        return [Vocabulary(one, held.get(one, {}), told.get(one, 0), learned.get(one)) for one in names]

    def told(self, vocabulary: str) -> dict[int, dict[str, bool]]:
        """Return by track what was said of it in a vocabulary, the last word of all listeners.

        Labels that differ in case or hyphens alone are one; it is called as it was called last.
        """
        query = select(corrections).where(
            corrections.c.vocabulary == checked_vocabulary(vocabulary), corrections.c.track_id.is_not(None)
        )
        names: dict[str, str] = {}
        found: dict[int, dict[str, bool]] = {}
        with self._database.read() as connection:
            for row in connection.execute(query.order_by(corrections.c.at, corrections.c.id)):
                names[row.word] = row.label
                found.setdefault(row.track_id, {})[row.word] = bool(row.holds)
        return {track: {names[word]: holds for word, holds in said.items()} for track, said in found.items()}

    def remove(self, ids: Iterable[int]) -> list[Correction]:
        """Take corrections back by number and return those that were there.

        With the last of a vocabulary goes what was learned from it.
        """
        gone: list[Correction] = []
        with self._database.write() as connection:
            for some in batched(ids, BATCH):
                chosen = corrections.c.id.in_(some)
                gone += _found(connection, select(corrections).where(chosen))
                connection.execute(delete(corrections).where(chosen))
            _untell(connection, gone)
            for name in {one.vocabulary for one in gone}:
                _unlearn(connection, name)
        return gone

    def forget(self, vocabulary: str) -> int:
        """Take back everything that was told and learned in a vocabulary; return how many corrections."""
        name = checked_vocabulary(vocabulary)
        gone = self.remove([one.id for one in self.all(vocabulary=name) if one.id is not None])
        with self._database.write() as connection:
            _unlearn(connection, name)
        return len(gone)


def _pairs(connection: Connection, query: Select[Any]) -> dict[str, Any]:
    return {row[0]: row[1] for row in connection.execute(query)}


def _filtered(
    query: Select[Any], vocabulary: str | None, track_id: int | None, listener: str | None
) -> Select[Any]:
    if vocabulary is not None:
        query = query.where(corrections.c.vocabulary == checked_vocabulary(vocabulary))
    if track_id is not None:
        query = query.where(corrections.c.track_id == track_id)
    return query if listener is None else query.where(corrections.c.listener == listener)


def _retell(connection: Connection, number: int) -> None:
    tell(connection, number)
    refresh(connection, number)


def _untell(connection: Connection, gone: Sequence[Correction]) -> None:
    """Give tracks back the tags that were denied, and take those that were only told."""
    for number in {one.track_id for one in gone if one.track_id is not None}:
        for vocabulary in {one.vocabulary for one in gone if one.track_id == number}:
            mine = tags.c.track_id == number, tags.c.model == model_of(vocabulary)
            connection.execute(delete(tags).where(*mine))
        put_heard_tags(connection, number)
        _retell(connection, number)


def _unlearn(connection: Connection, vocabulary: str) -> None:
    """Forget what was learned in a vocabulary of which nothing is told any more."""
    if connection.scalar(select(corrections.c.id).where(corrections.c.vocabulary == vocabulary).limit(1)):
        return
    connection.execute(delete(heads).where(heads.c.vocabulary == vocabulary))
    learned = tags.c.model == model_of(vocabulary)
    numbers = connection.scalars(select(tags.c.track_id).where(learned).distinct()).all()
    connection.execute(delete(tags).where(learned))
    refresh_tags(connection, numbers)


def _row(one: Correction) -> dict[str, Any]:
    fields = {name: value for name, value in vars(one).items() if name != "id"}
    return {**fields, "holds": int(one.holds), "word": tag_word(one.label)}


def _found(connection: Connection, query: Select[Any]) -> list[Correction]:
    return list(map(_correction, connection.execute(query)))


def _correction(row: Row[Any]) -> Correction:
    fields = {name: value for name, value in row._mapping.items() if name != "word"}
    return Correction(**{**fields, "holds": bool(row.holds)})
