"""The filter language of ``--where``: ``genre:jazz tempo:90..110 -mood:sad key:Am "words in title"``.

Terms are joined by *and*; ``-`` before a term means *not*. A text is parsed to `Term` objects and those are
compiled to SQLAlchemy expressions with bound values; no part of the text ever becomes SQL.

=============================================== =====================================================
``words``, ``"two words"``                      in title, artist, album or path
``title: artist: album: path: codec: mode:``    contains
``genre: mood: instrument: voice: era: tag:``   a likely tag, whole words; ``genre:`` also the file's own
``tempo: year: duration: loudness: energy:``    ``120``, ``90..110``, ``90..``, ``<0.4``, ``>=2000``; a
``danceability: id:``                           duration may be ``3:30``
``key:``                                        ``Am``, ``"C# minor"``, ``Db``, ``8A``; ``C`` is C major
=============================================== =====================================================

A tag is likely when its probability is at least `LIKELY` or it is among the `TOP` of its model. A single
number means "rounds to it": ``tempo:120`` is 119.5 to 120.5. A track without the value never matches the
term, so that ``-`` gives exactly the other tracks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, not_, or_, select, true

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.library.identity import escape
from tunelens.library.schema import tags, tracks

LIKELY = 0.25
TOP = 3
LONGEST = 1000
MOST_TERMS = 50

TEXTS = {name: tracks.c[name] for name in ("title", "artist", "album", "path", "codec", "mode")}
WORDS_IN = ("title", "artist", "album", "path")
TAG_FIELDS = ("genre", "mood", "instrument", "voice", "era", "tag")
NUMBERS = {
    "tempo": tracks.c.tempo_bpm,
    "year": tracks.c.year,
    "duration": tracks.c.duration_s,
    "loudness": tracks.c.loudness_lufs,
    "energy": tracks.c.energy,
    "danceability": tracks.c.danceability,
    "id": tracks.c.id,
}
FIELDS = (*TEXTS, *TAG_FIELDS, *NUMBERS, "key")

_TERM = re.compile(
    r'(?P<minus>-?+)(?:(?P<field>[A-Za-z_]+):)?+(?:"(?P<phrase>(?:[^"\\]|\\.)*)"|(?P<word>[^\s"]+))(?=\s|$)',
    re.DOTALL,
)
_DURATION = r"\d+:[0-5]\d(?::[0-5]\d)?"
_NUMBER = rf"{_DURATION}|[+-]?(?:\d{{1,15}}\.?\d{{0,15}}|\.\d{{1,15}})"
_RANGE = re.compile(rf"(?P<low>{_NUMBER})?\.\.(?P<high>{_NUMBER})?", re.ASCII)
_COMPARED = re.compile(rf"(?P<sign><=|>=|<|>|=)?(?P<number>{_NUMBER})", re.ASCII)
_KEY = re.compile(r"([a-g])([#♯b♭]?)\s*(m|min|minor|maj|major|)", re.IGNORECASE)
_CAMELOT = re.compile(r"(1[0-2]|[1-9])([ab])", re.IGNORECASE)

_NATURAL = {"c": 0, "d": 2, "e": 4, "f": 5, "g": 7, "a": 9, "b": 11}
_SPELLINGS = (
    ("C", "B#"), ("C#", "Db"), ("D",), ("D#", "Eb"), ("E", "Fb"), ("F", "E#"),
    ("F#", "Gb"), ("G",), ("G#", "Ab"), ("A",), ("A#", "Bb"), ("B", "Cb"),
)  # fmt: skip


@dataclass(frozen=True)
class Term:
    """One condition.

    Parameters
    ----------
    field : str
        One of `FIELDS`, or "" for words.
    value : str
        What stands after the colon, without quotes.
    negated : bool
        Did ``-`` stand before it?
    position : int
        Character of the text at which the value begins, from 0.
    """

    field: str
    value: str
    negated: bool = False
    position: int = 0


def parse(text: str) -> tuple[Term, ...]:
    """Split a filter into its terms.

    Raises
    ------
    ParameterError
        The text is not a filter; the message names the character.

    Examples
    --------
    >>> [(term.field, term.value, term.negated) for term in parse('genre:jazz -mood:sad "blue moon"')]
    [('genre', 'jazz', False), ('mood', 'sad', True), ('', 'blue moon', False)]
    >>> parse('gnre:jazz')
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: unknown field 'gnre' at character 1
    """
    if len(text) > LONGEST:
        raise ParameterError(f"the filter has {len(text)} characters; at most {LONGEST} are allowed")
    if "\0" in text:
        raise _at(text.index("\0"), "a NUL")
    terms: list[Term] = []
    position = _skip_space(text, 0)
    while position < len(text):
        match = _TERM.match(text, position)
        if match is None:
            raise _unreadable(text, position)
        terms.append(_term(match))
        position = _skip_space(text, match.end())
    if len(terms) > MOST_TERMS:
        raise ParameterError(f"the filter has {len(terms)} terms; at most {MOST_TERMS} are allowed")
    return tuple(terms)


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _term(match: re.Match[str]) -> Term:
    field = (match["field"] or "").lower()
    if field and field not in FIELDS:
        hint = UnknownNameError.among("field", field, FIELDS).hint
        raise _at(match.start("field"), f"unknown field {match['field']!r}", f"{hint}; words go in quotes")
    kind = "phrase" if match["word"] is None else "word"
    value = match[kind] if kind == "word" else re.sub(r"\\(.)", r"\1", match[kind], flags=re.DOTALL)
    if not value.strip():
        raise _at(match.start(kind), "an empty value")
    return Term(field, value, negated=bool(match["minus"]), position=match.start(kind))


def _unreadable(text: str, position: int) -> ParameterError:
    quote = text.find('"', position)
    if quote >= 0:
        return _at(quote, "a quote that does not enclose a whole value", 'write field:"two words"')
    return _at(position, "a value is missing", "write field:value")


def _at(position: int, problem: str, hint: str | None = None) -> ParameterError:
    return ParameterError(f"{problem} at character {position + 1}", hint=hint)


def condition(text: str) -> ColumnElement[bool]:
    """Return the filter `text` as a condition on ``tracks``; an empty text is true of every track.

    Raises
    ------
    ParameterError
        The text is not a filter; the message names the character.
    """
    return and_(true(), *(_compiled(term) for term in parse(text)))


def _compiled(term: Term) -> ColumnElement[bool]:
    found = func.coalesce(_meant(term), literal(False))
    return not_(found) if term.negated else found


def _meant(term: Term) -> ColumnElement[bool]:
    if term.field in NUMBERS:
        return _number(NUMBERS[term.field], term)
    if term.field == "key":
        return _key(term)
    if term.field in TAG_FIELDS:
        return _tag(term)
    columns = [TEXTS[name] for name in ([term.field] if term.field else WORDS_IN)]
    return or_(*(_contains(column, term.value) for column in columns))


def _contains(column: ColumnElement[Any], value: str) -> ColumnElement[bool]:
    return func.coalesce(column.icontains(escape(value), autoescape=True), literal(False))


def _number(column: ColumnElement[Any], term: Term) -> ColumnElement[bool]:
    if match := _RANGE.fullmatch(term.value):
        ends = [column >= _value(match["low"])] if match["low"] else []
        ends += [column <= _value(match["high"])] if match["high"] else []
        if ends:
            return and_(*ends)
    elif match := _COMPARED.fullmatch(term.value):
        return _compared(column, match["sign"] or "", match["number"])
    problem = f"{term.field} is {term.value!r}; a number, 1..2, <2 or >=2 is needed,"
    raise _at(term.position, problem)


def _compared(column: ColumnElement[Any], sign: str, number: str) -> ColumnElement[bool]:
    value = _value(number)
    if sign == "":
        half = 0.5 * 10.0 ** -len(number.partition(".")[2])
        return and_(column >= value - half, column < value + half)
    operators = {"<": column < value, "<=": column <= value, ">": column > value, ">=": column >= value}
    return operators.get(sign, column == value)


def _value(number: str) -> float:
    value = 0.0
    for part in number.split(":"):
        value = value * 60 + float(part)
    return value


def _key(term: Term) -> ColumnElement[bool]:
    if match := _CAMELOT.fullmatch(term.value):
        minor = match[2].lower() == "a"
        pitch = (9 if minor else 0) + 7 * (int(match[1]) - 8)
    elif match := _KEY.fullmatch(term.value):
        minor = match[3].lower() in {"m", "min", "minor"} and match[3] != "M"
        pitch = _NATURAL[match[1].lower()] + {"#": 1, "♯": 1, "b": -1, "♭": -1}.get(match[2].lower(), 0)
    else:
        raise _at(term.position, f"key is {term.value!r}; Am, C#, Bb minor or 8A is needed,")
    mode = "minor" if minor else "major"
    return and_(tracks.c.tonic.in_(_SPELLINGS[pitch % 12]), tracks.c.mode == mode)


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
    return or_(tags.c.probability >= LIKELY, tags.c.rank <= TOP)


def _tag(term: Term) -> ColumnElement[bool]:
    word = escape(tag_word(term.value))
    if not word:
        raise _at(term.position, f"{term.field} is {term.value!r}; a tag is needed,")
    same = (literal(" ") + tags.c.word + " ").contains(f" {word} ", autoescape=True)
    hits = select(tags.c.track_id).where(same, likely())
    if term.field != "tag":
        hits = hits.where(tags.c.group == term.field)
    found = tracks.c.id.in_(hits)
    return or_(found, _contains(tracks.c.genre, term.value)) if term.field == "genre" else found
