"""Tags: which count for a track, and how a word finds them.

The words that tags are made of are few, so those that match are found first, by jumps through the index,
and the tracks by those.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Any

from sqlalchemy import CTE, ColumnElement, CompoundSelect, Select, literal, select

from tunelens.library.identity import escape
from tunelens.library.query.grammar import Term
from tunelens.library.query.words import having
from tunelens.library.schema import LIKELY_TAG, tags


def tag_word(text: str) -> str:
    """Return a tag as it is compared: lower case, hyphens as spaces.

    Examples
    --------
    >>> tag_word("Hip-Hop")
    'hip hop'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[-_/]", " ", folded).split())


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
    hits = select(tags.c.track_id).where(tags.c.word.in_(_words(word, term.exact)), likely())
    if term.field != "tag":
        hits = hits.where(tags.c.group == term.field)
    return hits.union(having(replace(term, quoted=True))) if term.field == "genre" else hits


def _words(word: str, exact: bool) -> Select[Any]:
    """Return the words in use that hold `word`."""
    known = _KNOWN.c.word
    if exact:
        return select(known).where(known == word)
    return select(known).where((literal(" ") + known + " ").contains(f" {word} ", autoescape=True))


def _known() -> CTE:
    """Return the words in use: a recursion that jumps from each to the next in the index."""
    usable = select(tags.c.word).where(likely()).order_by(tags.c.word).limit(1)
    known = select(usable.subquery().c.word).cte("known", recursive=True)
    later = usable.where(tags.c.word > known.c.word).scalar_subquery()
    return known.union_all(select(later).where(known.c.word.is_not(None)))


_KNOWN = _known()
