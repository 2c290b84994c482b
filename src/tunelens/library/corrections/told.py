"""What people told of one track, brought into its ``tags``; each function works within a transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, delete, insert, not_, or_, select, update

from tunelens.library.corrections.correction import YOURS, group_of, model_of
from tunelens.library.rows import IMPORTED
from tunelens.library.schema import corrections, tags

_OF_OTHERS = and_(not_(tags.c.model.startswith(YOURS)), not_(tags.c.model.startswith(IMPORTED)))


def adopt(connection: Connection, number: int, path: str, sha256: str) -> int:
    """Give a track the corrections that waited for its file or its content; return how many."""
    same = or_(corrections.c.path == path, corrections.c.sha256 == sha256)
    waiting = update(corrections).where(corrections.c.track_id.is_(None), same)
    known = (
        select(corrections.c.word, corrections.c.vocabulary, corrections.c.listener)
        .where(corrections.c.track_id == number)
        .exists()
    )
    if connection.scalar(select(known)):
        return 0
    return connection.execute(waiting.values(track_id=number)).rowcount


def tell(connection: Connection, number: int) -> None:
    """Make the tags of a track say what people told: what holds is one, what does not is none.

    What nets and bundles heard and people deny is left out of ``tags``; the analysis still has it.
    """
    for vocabulary, said in latest(connection, number).items():
        model = model_of(vocabulary)
        connection.execute(delete(tags).where(tags.c.track_id == number, tags.c.model == model))
        rows = [_row(number, vocabulary, label, word) for word, (label, holds) in said.items() if holds]
        if rows:
            connection.execute(insert(tags), [{**row, "rank": i} for i, row in enumerate(rows, 1)])
        denied = [word for word, (_, holds) in said.items() if not holds]
        mine = tags.c.track_id == number, tags.c.word.in_(denied)
        connection.execute(delete(tags).where(*mine, _OF_OTHERS))


def _row(number: int, vocabulary: str, label: str, word: str) -> dict[str, Any]:
    return {
        "track_id": number,
        "model": model_of(vocabulary),
        "tag": label,
        "group": group_of(vocabulary),
        "word": word,
        "probability": 1.0,
    }


def latest(connection: Connection, number: int) -> dict[str, dict[str, tuple[str, bool]]]:
    """Return what was said last of a track: by vocabulary and word, the label and whether it holds."""
    query = select(corrections).where(corrections.c.track_id == number)
    found: dict[str, dict[str, tuple[str, bool]]] = {}
    for row in connection.execute(query.order_by(corrections.c.at, corrections.c.id)):
        found.setdefault(row.vocabulary, {})[row.word] = row.label, bool(row.holds)
    return found
