"""Words in full text: a term as an expression of FTS5, in which nothing that a person types is syntax."""

from __future__ import annotations

from sqlalchemy import ColumnClause, Select, literal_column, select

from tunelens.library.fulltext import fold, has_words
from tunelens.library.identity import escape
from tunelens.library.query.grammar import Either, Every, Node, Term, Without
from tunelens.library.query.names import TEXTS
from tunelens.library.schema import texts

TABLE: ColumnClause[str] = literal_column("texts")


def is_text(node: Node) -> bool:
    """Can full text alone answer it?"""
    if isinstance(node, Term):
        return node.field in {"", *TEXTS} and not node.exact and has_words(node.value)
    return not isinstance(node, Without) and bool(node.parts) and all(map(is_text, node.parts))


def match_of(node: Node, columns: str = "") -> str | None:
    """Return what full text knows of a node as an expression of FTS5; None where it knows nothing.

    Of a node that `is_text` that is everything; of others it is what relevance goes by. With `columns`,
    words without a field are sought in those alone.
    """
    if isinstance(node, Term):
        return phrase(node, columns) if node.field in {"", *TEXTS} and has_words(node.value) else None
    if isinstance(node, Without):
        return None
    parts = [part for part in (match_of(part, columns) for part in node.parts) if part]
    joint = " OR " if isinstance(node, Either) else " AND "
    return f"({joint.join(parts)})" if parts else None


def phrase(term: Term, columns: str = "") -> str:
    """Return the words of a term in a row; the last may be the beginning of one, unless it stood in quotes.

    Examples
    --------
    >>> phrase(Term("", "Röyk"))
    '"royk" *'
    >>> phrase(Term("title", 'say "NOT" *', quoted=True))
    '{title} : "say ""not"" *"'
    """
    within = f"{{{term.field or columns}}} : " if term.field or columns else ""
    words = fold(escape(term.value)).replace('"', '""')
    return f'{within}"{words}"{"" if term.quoted or term.exact else " *"}'


def matching(expression: str) -> Select[tuple[int]]:
    """Return the numbers of the tracks whose texts match an expression of FTS5."""
    return select(texts.c.rowid).where(TABLE.match(expression))


def having(term: Term) -> Select[tuple[int]]:
    """Return the numbers of the tracks whose texts match a term; exactly, if it says so."""
    found = matching(phrase(term))
    return found.where(texts.c[term.field] == fold(escape(term.value))) if term.exact else found


def together(nodes: list[Node]) -> Select[tuple[int]]:
    """Return the numbers of the tracks that match all of these nodes, each of which `is_text`."""
    expression = match_of(Every(tuple(nodes)))
    assert expression is not None
    return matching(expression)
