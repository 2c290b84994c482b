"""What follows from the rest of a library is made from it anew."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, func, insert, select, update

from tunelens.library.schema import METADATA, meta, texts, tracks
from tunelens.library.store import Library
from tunelens.library.upkeep.checks import Check, is_stray, stale_texts


def repair(library: Library, checks: Sequence[Check]) -> tuple[str, ...]:
    """Rebuild what `checks` found repairable, in one transaction; return the names.

    Raises
    ------
    DataError
        There is no room, or it cannot be rebuilt; nothing has changed.
    """
    wanted = wanted_of(checks)
    with library.database.write() as connection:
        for name in wanted:
            REPAIRS[name](connection)
    return wanted


def wanted_of(checks: Sequence[Check]) -> tuple[str, ...]:
    """Return what should be rebuilt, in order; nothing where pages are damaged, for writing spreads that."""
    wrong = {check.name: check for check in checks if check.ok is False}
    if "structure" in wrong and not wrong["structure"].repairable:
        return ()
    return tuple(name for name in REPAIRS if name in wrong and wrong[name].repairable)


def _reindex(connection: Connection) -> None:
    connection.exec_driver_sql("REINDEX")


def _drop_orphans(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
        for key in table.foreign_keys:
            lost = key.parent.is_not(None) & key.parent.not_in(select(key.column))
            whole = key.ondelete == "CASCADE"
            connection.execute(
                table.delete().where(lost) if whole else table.update().where(lost).values({key.parent: None})
            )


def _count_anew(connection: Connection) -> None:
    newest = connection.scalar(select(func.max(tracks.c.revision))) or 0
    row = {"key": "revision", "value": str(newest + 1)}
    connection.execute(insert(meta).prefix_with("OR REPLACE").values(row))


def _index_words(connection: Connection) -> None:
    """Build the index of words from the texts, which also hold the lyrics that are nowhere else."""
    connection.exec_driver_sql("INSERT INTO texts (texts) VALUES ('rebuild')")


def _say_anew(connection: Connection) -> None:
    connection.execute(texts.delete().where(is_stray()))
    for page in stale_texts(connection):
        for number, said in page.items():
            changed = connection.execute(update(texts).where(texts.c.rowid == number).values(**said))
            if not changed.rowcount:
                connection.execute(insert(texts).values(rowid=number, lyrics="", **said))


REPAIRS: dict[str, Callable[[Connection], None]] = {
    "structure": _reindex,
    "references": _drop_orphans,
    "counter": _count_anew,
    "index of words": _index_words,
    "full text": _say_anew,
}
"""What is rebuilt and how, in the order in which one leans on the other."""
