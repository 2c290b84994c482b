"""What readers of charts and collections noted, in the language of now: they write it in English."""

from __future__ import annotations

import re
from functools import cache

from tunelens.base.feature_words import column_name
from tunelens.base.language import say, word

_NOTES = (
    word("columns: {columns}"),
    word("a duration without a unit is taken in {unit}"),
    word("{n} rows have no id; one is made of title and creator"),
    word("{n} cells of mis-encoded text are repaired ({example})"),
    word("{n} cells are cut to {most} characters"),
    word("nothing is in {column}, taken as {field}"),
    word("{n} rows are left out; the first {most} are named"),
    word("{n} cells of {column} are no {field}; they stay in more"),
    word("{n} ids occur more than once ({m} rows repeat an earlier id); all rows are kept"),
    word("the year {year} is the one that the name of {name} tells"),
    word("{n} rows were of songs that stood more than once and are counted once"),
    word("1 song stood more than once and is counted once"),
    word("{n} files could not be heard"),
    word("{n} file could not be heard"),
    word("the nets are not here (tunelens models pull): no tags, genre or mood were heard"),
)
"""Texts of `tunelens.charts` and `tunelens.services.collections`, which know no language."""
_PAIR = re.compile(r"(\w+)(?= = ')")
_CALLED = {
    "title": word("title"),
    "creator": word("artist"),
    "date": word("date"),
    "music_id": word("id of the song"),
    "audio_url": word("address of the sound"),
}
_PLACE = re.compile(r"\\\{(\w+)\\\}")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((text, re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(text)))) for text in _NOTES)


def note(text: str) -> str:
    """Return a note in the language of now; one that is not known stays as it is.

    Examples
    --------
    >>> from tunelens.base.language import language
    >>> with language("zh"):
    ...     note("3 rows have no id; one is made of title and creator")
    '3 行没有编号，用歌名和歌手代替'
    """
    for template, pattern in _patterns():
        if found := pattern.fullmatch(text):
            return say(template, **{name: _named(name, value) for name, value in found.groupdict().items()})
    return text


def _named(place: str, value: str) -> str:
    """Return what stands in a note, with the fields of a chart called by their names."""
    if place == "field":
        return _field(value)
    return _PAIR.sub(lambda found: _field(found[1]), value) if place == "columns" else value


def _field(name: str) -> str:
    return column_name(_CALLED.get(name, name))
