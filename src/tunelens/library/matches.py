"""Why a track is among what a query finds: the words, tags and lines of lyrics that match."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import case, func, select

from tunelens.library.fulltext import fold, has_words, tag_word
from tunelens.library.identity import escape, path_to_text
from tunelens.library.query import Term, parse, terms
from tunelens.library.query.names import TAGS, TEXTS
from tunelens.library.query.words import matching, phrase
from tunelens.library.schema import analyses
from tunelens.library.store import PAGE, Library
from tunelens.library.track import Track

_TOKEN = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Match:
    """What of a track matches a query: in which field, and what it says there."""

    field: str
    text: str


def matches(library: Library, query: str, tracks: Iterable[Track]) -> dict[int, tuple[Match, ...]]:
    """Return what of each of `tracks` the words and tags of a query match, by number of the track.

    Raises
    ------
    QueryError
        The query cannot be read.
    """
    asked = list(terms(parse(query)))
    sought = [term for term in asked if term.field in {"", *TEXTS, *TAGS}]
    found = {track.id: tuple(dict.fromkeys(_in(track, sought))) for track in tracks}
    words = [term for term in sought if term.field in {"", "lyrics"}]
    sung = _lyrics(library, list(found), words)
    return {number: said + _lines(sung.get(number), words) for number, said in found.items()}


def _in(track: Track, sought: list[Term]) -> Iterator[Match]:
    for term in sought:
        if term.field not in TAGS:
            written = _written(track).items()
            yield from (
                Match(name, text) for name, text in written if _wants(term, name) and _holds(text, term)
            )
        if term.field in {"", *TAGS}:
            yield from _tagged(track, term)


def _wants(term: Term, name: str) -> bool:
    return term.field in {"", name}


def _written(track: Track) -> Mapping[str, str]:
    said = {
        "title": track.title,
        "artist": track.artist,
        "album": track.album,
        "albumartist": track.album_artist,
        "path": path_to_text(track.path),
    }
    return {name: text for name, text in said.items() if text}


def _tagged(track: Track, term: Term) -> Iterator[Match]:
    word = f" {escape(tag_word(term.value))} "
    for tag in track.tags:
        of_group = term.field in {"", "tag", tag.group}
        same = _holds(tag.tag, term) if not term.field else word in f" {tag_word(tag.tag)} "
        if tag.likely and of_group and same:
            yield Match(tag.group, f"{tag.tag} {tag.probability:.2f}")
    if track.genre and term.field in {"", "genre"} and _holds(track.genre, term):
        yield Match("genre", track.genre)


def _lines(text: str | None, words: list[Term]) -> tuple[Match, ...]:
    """Return the first line of the lyrics that each word is in."""
    lines = (text or "").splitlines()
    hits = (next((line for line in lines if _holds(line, term)), None) for term in words)
    return tuple(dict.fromkeys(Match("lyrics", line) for line in hits if line))


def _holds(text: str, term: Term) -> bool:
    """Does full text find `term` in `text`?"""
    whole = term.quoted or bool(term.field in TAGS)
    sought = " ".join(_TOKEN.findall(fold(escape(term.value))))
    there = " ".join(_TOKEN.findall(fold(text)))
    return bool(sought) and f" {sought}{' ' if whole else ''}" in f" {there} "


def _lyrics(library: Library, numbers: list[int], words: list[Term]) -> dict[int, str]:
    """Return the lyrics of those of `numbers` in which a word is."""
    sung = [replace(term, field="lyrics") for term in words if has_words(term.value)]
    if not sung:
        return {}
    document = analyses.c.document
    text = case((func.json_valid(document) == 1, func.json_extract(document, "$.info.lyrics")))
    hits = matching(" OR ".join(map(phrase, sung)))
    query = select(analyses.c.track_id, text.label("text")).where(analyses.c.track_id.in_(hits))
    found: dict[int, str] = {}
    with library.database.read() as connection:
        for start in range(0, len(numbers), PAGE):
            some = analyses.c.track_id.in_(numbers[start : start + PAGE])
            found |= {row.track_id: row.text for row in connection.execute(query.where(some)) if row.text}
    return found
