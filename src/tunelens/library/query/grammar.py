"""From the text of a query to a tree of terms; `docs/search.md` has the whole grammar.

::

    either = every (("|" | "OR") every)*
    every  = one (["AND"] one)*
    one    = ("-" | "NOT") one | "(" either ")" | term ("|" term)*      the last without blanks
    term   = [field ":" ["="]] (word | '"' phrase '"')

Full-width ``：（）｜`` and ``“ ”`` mean the same as their ASCII kin: an input method writes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tunelens.base.errors import ParameterError, QueryError, UnknownNameError
from tunelens.library.query.names import ALIASES, COMPARABLE, FIELDS

LONGEST = 1000
MOST_TERMS = 50
DEEPEST = 20

_BLANK = re.compile(r"(?:\s|[–—](?!\S))*")  # a lone dash stands between artist and title
_FIELD = re.compile(r"(?P<name>[A-Za-z_]+)(?:[:：](?P<exact>=?)|(?=[<>=]))")
_PHRASE = re.compile(r'"(?P<straight>(?:[^"\\]|\\.)*)"|“(?P<curly>[^”]*)”', re.DOTALL)
_WORD = re.compile(r'(?:[^\s"“()（）|｜]|[(（][^\s"“()（）|｜]*[)）])+')
_END = re.compile(r"\s|[)）|｜]|$")
_ALTERNATIVE = re.compile(r"[|｜](?=[^\s()（）|｜-])")
_OR = re.compile(r"[|｜]|OR(?![^\s(（])")
_AND = re.compile(r"AND(?![^\s(（])")
_NOT = re.compile(r"-(?=\S)|NOT(?![^\s(（])")
_OPEN = re.compile(r"[(（]")
_CLOSE = re.compile(r"[)）]")


@dataclass(frozen=True)
class Term:
    """One condition.

    Parameters
    ----------
    field : str
        One of `FIELDS`, or "" for words.
    value : str
        What stands after the colon, without quotes.
    position : int
        Character of the query at which the value begins, from 0.
    quoted : bool
        Did it stand in quotes? Then its last word is whole.
    exact : bool
        Did ``=`` stand before it?
    query : str
        The query it stands in, for errors.
    """

    field: str
    value: str
    position: int = 0
    quoted: bool = False
    exact: bool = False
    query: str = ""

    def error(self, problem: str, hint: str | None = None) -> QueryError:
        """Return the error that points at the value."""
        return _at(self.query, self.position, problem, hint)


@dataclass(frozen=True)
class Every:
    """All of `parts`; without any, every track."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """One of `parts` or more."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Without:
    """Every track that `part` does not match."""

    part: Node


Node = Term | Every | Either | Without


def parse(text: str) -> Node:
    """Return the tree of a query.

    Raises
    ------
    QueryError
        It is none; the error knows the character.

    Examples
    --------
    >>> tree = parse('-mood:sad "blue moon"')
    >>> tree.parts[0].part.field, tree.parts[1].value
    ('mood', 'blue moon')
    >>> parse('gnre:jazz')
    Traceback (most recent call last):
        ...
    tunelens.base.errors.QueryError: unknown field 'gnre' at character 1
    """
    if len(text) > LONGEST:
        raise ParameterError(f"the query has {len(text)} characters; at most {LONGEST} are allowed")
    if "\0" in text:
        raise _at(text, text.index("\0"), "a NUL")
    return _Reader(text).whole()


def terms(node: Node) -> Iterator[Term]:
    """Yield the terms that a track can match because of, not those after ``-``."""
    if isinstance(node, Term):
        yield node
    elif not isinstance(node, Without):
        for part in node.parts:
            yield from terms(part)


def _at(text: str, position: int, problem: str, hint: str | None = None) -> QueryError:
    return QueryError(f"{problem} at character {position + 1}", hint=hint, query=text, position=position)


class _Reader:
    """Reads a query from left to right; each method takes one rule of the grammar."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = _BLANK.match(text).end()  # type: ignore[union-attr]
        self.n_terms = 0

    def whole(self) -> Node:
        if self.position == len(self.text):
            return Every(())
        tree = self._either(0)
        if self.position < len(self.text):
            raise self._error('a ")" without its "("', 'words with brackets go in quotes: "(live)"')
        return tree

    def _either(self, depth: int) -> Node:
        parts = [self._every(depth)]
        while self._take(_OR):
            parts.append(self._every(depth))
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _every(self, depth: int) -> Node:
        parts = [self._one(depth)]
        while self._take(_AND) or not self._stands(_OR, _CLOSE):
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _one(self, depth: int) -> Node:
        if depth > DEEPEST:
            raise self._error(f"brackets and minus signs more than {DEEPEST} deep")
        if self._stands(_OR, _AND, _CLOSE):
            raise self._error("something is missing", 'words such as OR go in quotes: "OR"')
        if self._take(_NOT):
            return Without(self._one(depth + 1))
        return self._group(depth) if self._stands(_OPEN) else self._alternatives()

    def _group(self, depth: int) -> Node:
        start = self.position
        self._take(_OPEN)
        inner = self._either(depth + 1)
        if not self._take(_CLOSE):
            raise _at(self.text, start, 'a "(" without its ")"', 'words with brackets go in quotes: "(live)"')
        return inner

    def _alternatives(self) -> Node:
        parts = [self._term("")]
        while match := _ALTERNATIVE.match(self.text, self.position):
            self.position = match.end()
            parts.append(self._term(parts[-1].field))
        self._skip_blank()
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _term(self, field: str) -> Term:
        self.n_terms += 1
        if self.n_terms > MOST_TERMS:
            raise self._error(f"more than {MOST_TERMS} terms")
        exact = False
        if (match := _FIELD.match(self.text, self.position)) and self._is_field(match):
            field, exact = self._field(match["name"]), bool(match["exact"])
            self.position = match.end()
        return self._value(field, exact)

    def _is_field(self, match: re.Match[str]) -> bool:
        """Is it a field for sure? Without a colon only what can be compared is: ``year>=2000``."""
        return match["exact"] is not None or match["name"].lower() in COMPARABLE

    def _field(self, name: str) -> str:
        found = ALIASES.get(name.lower(), name.lower())
        if found not in FIELDS:
            near = UnknownNameError.among("field", found, FIELDS).hint
            raise self._error(f"unknown field {name!r}", f"{near}; words go in quotes")
        return found

    def _value(self, field: str, exact: bool) -> Term:
        start = self.position
        match = _PHRASE.match(self.text, start)
        if match is None:
            return self._word(field, exact)
        start += 1
        value = match["curly"] if match["straight"] is None else _unescaped(match["straight"])
        if not value.strip():
            raise _at(self.text, start, "an empty value")
        self._end_at(match.end())
        return Term(field, value, start, quoted=True, exact=exact, query=self.text)

    def _word(self, field: str, exact: bool) -> Term:
        start = self.position
        match = _WORD.match(self.text, start)
        if match is None and self.text[start : start + 1] in {'"', "“"}:
            raise self._quote(start)
        if match is None:
            raise self._error("a value is missing", "write field:value, or several as genre:jazz|blues")
        if match[0] == "-":
            raise self._error("a lone minus", "write it right before what is not wanted, or leave it out")
        self._end_at(match.end())
        return Term(field, match[0], start, exact=exact, query=self.text)

    def _end_at(self, end: int) -> None:
        if not _END.match(self.text, end):
            raise self._quote(end)
        self.position = end

    def _quote(self, position: int) -> QueryError:
        problem = "a quote or bracket that does not enclose a whole value"
        return _at(self.text, position, problem, 'write field:"two words"')

    def _stands(self, *patterns: re.Pattern[str]) -> bool:
        """Does one of these stand here, or the end of the query?"""
        ended = self.position == len(self.text)
        return ended or any(pattern.match(self.text, self.position) for pattern in patterns)

    def _take(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.position)
        if match:
            self.position = match.end()
            self._skip_blank()
        return match is not None

    def _skip_blank(self) -> None:
        match = _BLANK.match(self.text, self.position)
        self.position = match.end() if match else self.position

    def _error(self, problem: str, hint: str | None = None) -> QueryError:
        return _at(self.text, self.position, problem, hint)


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
