"""Tags: which count for a track, and how a word finds them.

The words that tags are made of are few, so those that match are found first, by jumps through the index,
and the tracks by those.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, literal, select, true

from tunelens.library.corrections.correction import YOURS
from tunelens.library.fulltext import tag_word
from tunelens.library.identity import escape
from tunelens.library.query.grammar import Term
from tunelens.library.query.words import having
from tunelens.library.schema import LIKELY_TAG, tags


def likely() -> ColumnElement[bool]:
    """Return the condition under which a row of ``tags`` counts as a tag of its track."""
    return LIKELY_TAG


def having_tag(term: Term) -> Select[Any] | CompoundSelect[Any]:
    """Return the numbers of the tracks that a term finds by a likely tag, or by the file's own genre.

    Raises
    ------
    QueryError
        The value is no tag.
    """
    word = escape(tag_word(term.value))
    if not word:
        raise term.error(f"{term.field} is {term.value!r}; a tag is needed,")
    same = tags.c.word == word if term.exact else tags.c.word.in_(_words_with(word))
    hits = select(tags.c.track_id).where(same, likely())
    hits = hits.where(sort_of_tag(term.field))
    return hits.union(having(replace(term, value=word, quoted=True))) if term.field == "genre" else hits


def sort_of_tag(field: str) -> ColumnElement[bool]:
    """Return the condition under which a row of ``tags`` is of a field: ``label`` is what people told."""
    if field == "label":
        return tags.c.model.startswith(YOURS)
    return true() if field == "tag" else tags.c.group == field


def _words_with(word: str) -> Select[Any]:
    """Return the words in use that hold `word`."""
    known = _KNOWN.c.word
    return select(known).where((literal(" ") + known + " ").contains(f" {word} ", autoescape=True))


def _known() -> CTE:
    """Return the words in use: a recursion that jumps from each to the next in the index."""
    usable = select(tags.c.word).where(likely()).order_by(tags.c.word).limit(1)
    known = select(usable.subquery().c.word).cte("known", recursive=True)
    later = usable.where(tags.c.word > known.c.word).scalar_subquery()
    return known.union_all(select(later).where(known.c.word.is_not(None)))


_KNOWN = _known()
