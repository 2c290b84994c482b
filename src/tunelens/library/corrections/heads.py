"""`Heads`: what was learned from corrections, and the tags that it gives to every track."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from tunelens.base.batches import batched
from tunelens.base.errors import DataError
from tunelens.library.corrections.correction import checked_vocabulary, group_of, model_of
from tunelens.library.corrections.told import tell
from tunelens.library.exchange.genres import refresh_tags
from tunelens.library.fulltext import tag_word
from tunelens.library.keep import now
from tunelens.library.schema import corrections, heads, tags, tracks

if TYPE_CHECKING:
    from tunelens.library.store import Library

BATCH = 2_000
_OF_ONE = delete(tags).where(tags.c.track_id == bindparam("number"), tags.c.model == bindparam("said_by"))
Labels = Mapping[int, Sequence[tuple[str, float]]]
"""Of each track its labels with their probabilities, the likeliest first."""


@dataclass(frozen=True)
class Kept:
    """What was learned in one vocabulary.

    Parameters
    ----------
    vocabulary : str
    document : Mapping
        How it was learned, JSON.
    model : bytes
        Its arrays, as `tunelens.models.bundles.files.pack_arrays` writes them.
    learned_at : str
        ISO 8601, UTC.
    """

    vocabulary: str
    document: Mapping[str, Any]
    model: bytes
    learned_at: str


class Heads:
    """What was learned in the vocabularies of a library; every change is one transaction."""

    def __init__(self, library: Library) -> None:
        self._database = library.database

    def get(self, vocabulary: str) -> Kept | None:
        """Return what was learned in a vocabulary; None where nothing was.

        Raises
        ------
        DataError
            It is damaged.
        """
        query = select(heads).where(heads.c.vocabulary == checked_vocabulary(vocabulary))
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _kept(row)

    def names(self) -> list[str]:
        """Return the vocabularies in which something was learned."""
        with self._database.read() as connection:
            return list(connection.scalars(select(heads.c.vocabulary).order_by(heads.c.vocabulary)))

    def put(self, vocabulary: str, document: Mapping[str, Any], model: bytes, labels: Labels) -> int:
        """Keep what was learned, and give tracks the labels that follow; return how many tracks changed.

        What people told of a track stands above what was learned.
        """
        name, moment = checked_vocabulary(vocabulary), now()
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        values = {"document": text, "model": model, "updated_at": moment}
        row = upsert(heads).values(vocabulary=name, created_at=moment, **values)
        with self._database.write() as connection:
            connection.execute(row.on_conflict_do_update(index_elements=["vocabulary"], set_=values))
            return _relabel(connection, name, labels)

    def add(self, vocabulary: str, labels: Labels) -> int:
        """Give tracks that came since what was learned the labels that follow from it; others stay."""
        name = checked_vocabulary(vocabulary)
        with self._database.write() as connection:
            if labels:
                connection.execute(_OF_ONE, [{"number": one, "said_by": model_of(name)} for one in labels])
            told = set(connection.scalars(_told_in(name))) & labels.keys()
            return _give(connection, name, labels, {}, told)


def _kept(row: Any) -> Kept:
    try:
        document = json.loads(row.document)
        return Kept(row.vocabulary, dict(document), bytes(row.model), row.updated_at)
    except (ValueError, TypeError, RecursionError) as error:
        raise DataError(
            f"what was learned of {row.vocabulary!r} is damaged",
            hint=f"tunelens label learn {row.vocabulary}",
        ) from error


def _relabel(connection: Connection, vocabulary: str, labels: Labels) -> int:
    own = tags.c.model == model_of(vocabulary)
    before: dict[int, set[str]] = {}
    for row in connection.execute(select(tags.c.track_id, tags.c.word).where(own)):
        before.setdefault(row.track_id, set()).add(row.word)
    connection.execute(delete(tags).where(own))
    return _give(connection, vocabulary, labels, before, set(connection.scalars(_told_in(vocabulary))))


def _give(
    connection: Connection, vocabulary: str, labels: Labels, before: Mapping[int, set[str]], told: set[int]
) -> int:
    """Write labels, but for tracks that people told of; return how many tracks have others than before."""
    after: dict[int, set[str]] = {}
    for rows in batched(_rows(connection, vocabulary, labels, told), BATCH):
        connection.execute(insert(tags), rows)
        for row in rows:
            after.setdefault(row["track_id"], set()).add(row["word"])
    for number in told:
        tell(connection, number)
    changed = {one for one in before.keys() | after.keys() if before.get(one) != after.get(one)} | told
    there = {number for some in batched(changed, 500) for number in connection.scalars(_here(some))}
    refresh_tags(connection, sorted(there))
    return len(there)


def _told_in(vocabulary: str) -> Any:
    here = corrections.c.track_id
    return select(here).where(corrections.c.vocabulary == vocabulary, here.is_not(None)).distinct()


def _here(numbers: Sequence[int]) -> Any:
    return select(tracks.c.id).where(tracks.c.id.in_(numbers))


def _rows(
    connection: Connection, vocabulary: str, labels: Labels, told: set[int]
) -> Iterator[dict[str, Any]]:
    """Yield rows of ``tags``; of tracks that have gone meanwhile, or of which people told, none."""
    same = {"model": model_of(vocabulary), "group": group_of(vocabulary)}
    for some in batched(labels, 500):
        for number in connection.scalars(_here(some)):
            for rank, (label, p) in enumerate(() if number in told else labels[number], 1):
                row = {"track_id": number, "tag": label, "word": tag_word(label), "rank": rank}
                yield {**same, **row, "probability": float(p)}
