"""Genres that another program told, beside what nets heard: tags of a model of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from tunelens.base.batches import batched
from tunelens.library.fulltext import fold, tag_word, text_of
from tunelens.library.identity import escape
from tunelens.library.keep import FILLED_IN, likely_tags, next_revision
from tunelens.library.query import likely
from tunelens.library.rows import IMPORTED
from tunelens.library.schema import tags, texts, tracks

if TYPE_CHECKING:
    from tunelens.library.database import Database

MOST = 20
LONGEST = 100
BATCH = 500


def clean(genres: Sequence[str]) -> tuple[str, ...]:
    """Return genres as they are kept: each once, no longer than a genre is."""
    short = [escape(genre.replace("\0", " ")).strip()[:LONGEST] for genre in genres]
    by_word = {tag_word(genre): genre for genre in reversed(short) if tag_word(genre)}
    return tuple(reversed(by_word.values()))[:MOST]


def held(database: Database, source: str) -> dict[int, tuple[str, ...]]:
    """Return the genres that `source` told before, by track."""
    query = select(tags.c.track_id, tags.c.tag).where(tags.c.model == IMPORTED + source)
    found: dict[int, tuple[str, ...]] = {}
    with database.read() as connection:
        for row in connection.execute(query.order_by(tags.c.track_id, tags.c.rank)):
            found[row.track_id] = (*found.get(row.track_id, ()), row.tag)
    return found


def keep(database: Database, source: str, genres: Mapping[int, tuple[str, ...]]) -> None:
    """Keep the genres of tracks, in place of what `source` told of them before."""
    numbers = sorted(genres)
    for begin in range(0, len(numbers), BATCH):
        with database.write() as connection:
            for number in numbers[begin : begin + BATCH]:
                _keep_one(connection, IMPORTED + source, number, genres[number])


def _keep_one(connection: Connection, model: str, number: int, genres: tuple[str, ...]) -> None:
    if connection.scalar(select(tracks.c.id).where(tracks.c.id == number)) is None:
        return  # gone since
    connection.execute(delete(tags).where(tags.c.track_id == number, tags.c.model == model))
    same = {"track_id": number, "model": model, "group": "genre", "probability": 1.0}
    rows = [{**same, "tag": one, "word": tag_word(one), "rank": i} for i, one in enumerate(genres, 1)]
    connection.execute(insert(tags), rows)
    refresh(connection, number)


def fill(database: Database, fields: Mapping[int, Mapping[str, str]]) -> int:
    """Fill columns of tracks about which their files say nothing, and return how many tracks that were."""
    filled = 0
    for number, given in fields.items():
        with database.write() as connection:
            filled += _fill_one(connection, number, given)
    return filled


def missing(database: Database, number: int, given: Mapping[str, str]) -> dict[str, str]:
    """Return what of `given` the file of a track does not say."""
    with database.read() as connection:
        return _missing(connection, number, given)


def _missing(connection: Connection, number: int, given: Mapping[str, str]) -> dict[str, str]:
    row = connection.execute(
        select(*(tracks.c[name] for name in FILLED_IN)).where(tracks.c.id == number)
    ).first()
    return {} if row is None else {name: text for name, text in given.items() if row._mapping[name] is None}


def _fill_one(connection: Connection, number: int, given: Mapping[str, str]) -> bool:
    news = {name: escape(text) for name, text in _missing(connection, number, given).items()}
    if news:
        connection.execute(update(tracks).where(tracks.c.id == number).values(**news))
        refresh(connection, number)
    return bool(news)


def refresh_tags(connection: Connection, numbers: Sequence[int]) -> None:
    """Tell the same of many tracks whose tags alone have changed: one change, a few statements."""
    revision = next_revision(connection)
    for some in batched(numbers, BATCH):
        said: dict[int, list[str]] = {number: [] for number in some}
        query = select(tags.c.track_id, tags.c.tag).where(tags.c.track_id.in_(some), likely())
        for row in connection.execute(query.order_by(tags.c.track_id, tags.c.model, tags.c.rank)):
            said[row.track_id].append(row.tag)
        rows = [{"number": number, "said": fold(" ".join(own))} for number, own in said.items()]
        connection.execute(_TAGS_OF_ONE, rows)
        connection.execute(update(tracks).where(tracks.c.id.in_(some)).values(revision=revision))


_TAGS_OF_ONE = update(texts).where(texts.c.rowid == bindparam("number")).values(tags=bindparam("said"))


def refresh(connection: Connection, number: int) -> None:
    """Tell full text and everybody who remembers a revision that a track has changed."""
    connection.execute(update(tracks).where(tracks.c.id == number).values(revision=next_revision(connection)))
    row = connection.execute(select(tracks).where(tracks.c.id == number)).one()
    news = text_of(row._asdict(), likely_tags(connection, number))
    connection.execute(update(texts).where(texts.c.rowid == number).values(**news))
