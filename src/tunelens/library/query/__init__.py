"""The query language of the library: ``genre:jazz tempo:90..110 -mood:sad key:Am "words in title"``.

One grammar for ``--where``, ``tunelens search``, Python and saved queries; `docs/search.md` has all of it.
A text is parsed to a tree of `Term` and that is compiled to SQLAlchemy expressions with bound values; words
go to full text as quoted phrases. No part of the text ever becomes SQL or syntax of full text.

A track without the value never matches a term, so that ``-`` gives exactly the other tracks.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, func, literal, not_, or_, true

from tunelens.library.fulltext import tag_word
from tunelens.library.query.fields import meaning
from tunelens.library.query.grammar import (
    LONGEST,
    MOST_TERMS,
    Either,
    Every,
    Node,
    Term,
    Without,
    parse,
    terms,
)
from tunelens.library.query.lists import with_lists
from tunelens.library.query.names import FIELDS
from tunelens.library.query.tagged import likely
from tunelens.library.query.words import is_text, match_of, together
from tunelens.library.schema import LIKELY, TOP, tracks

__all__ = [
    "FIELDS", "LIKELY", "LONGEST", "MOST_TERMS", "TOP", "Either", "Every", "Node", "Term", "Without",
    "compiled", "condition", "condition_in", "likely", "match_of", "parse", "split", "tag_word", "terms",
    "with_lists",
]  # fmt: skip


def condition(text: str) -> ColumnElement[bool]:
    """Return the query `text` as a condition on ``tracks``; an empty text is true of every track.

    Which playlists there are only a library can say: `condition_in` asks it.

    Raises
    ------
    QueryError
        The text is not a query; the error knows the character.
    """
    return compiled(parse(text))


def condition_in(connection: Connection, text: str) -> ColumnElement[bool]:
    """Return the query `text` as a condition on ``tracks`` of the library of `connection`.

    Raises
    ------
    QueryError
        The text is not a query, or names a playlist that is not there or is a query itself.
    """
    return compiled(with_lists(connection, parse(text)))


def compiled(node: Node) -> ColumnElement[bool]:
    """Return a parsed query as a condition on ``tracks``.

    Raises
    ------
    QueryError
        A value is not one of its field.
    """
    if isinstance(node, Term):
        return meaning(node)
    if isinstance(node, Without):
        return not_(func.coalesce(compiled(node.part), literal(False)))
    if isinstance(node, Either) and not is_text(node):
        return or_(*(compiled(part) for part in node.parts))
    words, others = split(node)
    found = [tracks.c.id.in_(together(words))] if words else []  # one look into full text, not one a word
    return and_(true(), *found, *(compiled(part) for part in others))


def split(node: Node) -> tuple[list[Node], list[Node]]:
    """Return what must hold for `node` to hold: what full text answers, and what it does not."""
    parts = node.parts if isinstance(node, Every) else (node,)
    return [part for part in parts if is_text(part)], [part for part in parts if not is_text(part)]
