"""What full text ought to say of every track, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from tunelens.library.fulltext import text_of
from tunelens.library.query import likely
from tunelens.library.schema import tags, tracks

PAGE = 1000

Texts = dict[int, dict[str, str]]


def pages(connection: Connection) -> Iterator[Texts]:
    """Yield the columns of ``texts`` as they follow from tracks and their tags, by number of the track."""
    query = select(tracks).order_by(tracks.c.id).limit(PAGE)
    after = -1
    while rows := connection.execute(query.where(tracks.c.id > after)).all():
        yield _texts(connection, rows)
        after = rows[-1].id


def _texts(connection: Connection, rows: Sequence[Row[Any]]) -> Texts:
    words: dict[int, list[str]] = {}
    inside = tags.c.track_id.between(rows[0].id, rows[-1].id)
    query = select(tags.c.track_id, tags.c.tag).where(inside, likely())
    for row in connection.execute(query.order_by(tags.c.track_id, tags.c.model, tags.c.rank)):
        words.setdefault(row.track_id, []).append(row.tag)
    return {row.id: text_of(row._asdict(), words.get(row.id, ())) for row in rows}
