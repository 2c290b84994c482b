"""The playlists and clusters that a query names: one library alone can say which it has."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection, select

from tunelens.base.errors import UnknownNameError
from tunelens.library.identity import escape
from tunelens.library.query.clusters import named_cluster
from tunelens.library.query.grammar import Either, Every, Node, Term, Without
from tunelens.library.schema import playlists


def with_lists(connection: Connection, node: Node) -> Node:
    """Return a query with its playlists and clusters named as they are kept.

    Raises
    ------
    QueryError
        One is not there, or a playlist is a query itself.
    """
    if isinstance(node, Without):
        return Without(with_lists(connection, node.part))
    if isinstance(node, Every | Either):
        return type(node)(tuple(with_lists(connection, part) for part in node.parts))
    named = {"playlist": _named, "cluster": named_cluster}.get(node.field)
    return node if named is None else named(connection, node)


def _named(connection: Connection, term: Term) -> Node:
    rows = connection.execute(select(playlists.c.name, playlists.c.kind))
    kinds = {row.name: row.kind for row in rows}
    value = escape(term.value)
    names = [value] if value in kinds else [name for name in kinds if name.casefold() == value.casefold()]
    if not names:
        hint = UnknownNameError.among("playlist", value.lower(), (name.lower() for name in kinds)).hint
        raise term.error(f"there is no playlist {term.value!r}", hint)
    if any(kinds[name] == "smart" for name in names):
        raise term.error(f"{term.value!r} is a smart playlist", "write its query in brackets instead")
    return Either(tuple(replace(term, value=name) for name in names))
