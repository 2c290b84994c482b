"""Words of a track as full text holds them: any script, without case and accents.

SQLite's tokenizer takes a run of Chinese or Japanese for one word. Here every such character becomes a word
of its own, so that any part of a title is a phrase of neighbouring words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.sqlite import insert

from tunelens.library.identity import escape
from tunelens.library.schema import texts

_FROM = {name: name for name in ("title", "artist", "album", "path")}
_FROM |= {"albumartist": "album_artist"}

# Written without spaces between words: kana, Han, Hangul (with particles), Thai, Lao, Burmese, Khmer
_UNSPACED = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])"
)
_VOICED = {"\u3099", "\u309a"}  # the marks that make か to が: other sounds, no accents
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_LATIN = {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
_KATAKANA = {chr(katakana): chr(katakana - 0x60) for katakana in range(0x30A1, 0x30F7)}


class _Letters(dict[int, str]):
    """What each letter is folded to; Han characters are asked for singly: a part must fold as the whole."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        self[code] = _simplifier().convert(char) if _HAN.match(char) else char
        return self[code]


@cache
def _simplifier() -> Any:
    from opencc import OpenCC

    return OpenCC("t2s")


_LETTERS = _Letters(str.maketrans(_LATIN | _KATAKANA))


def fold(text: str) -> str:
    """Return `text` as it is stored and sought.

    Wide and narrow forms, case, accents, the two kinds of kana, and traditional and simplified Chinese are
    made one; characters of scripts without spaces stand alone.

    Examples
    --------
    >>> fold("Beyoncé, Sigur Rós, MØ")
    'beyonce, sigur ros, mo'
    >>> fold("周杰倫 Live"), fold("ｶﾀｶﾅ") == fold("かたかな")
    ('周 杰 伦 live', True)
    """
    wide = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    spaced = _UNSPACED.sub(r" \1 ", unicodedata.normalize("NFC", wide))
    split = unicodedata.normalize("NFD", spaced)
    bare = "".join(char for char in split if char in _VOICED or not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def has_words(text: str) -> bool:
    """Is there anything in `text` that full text knows: a letter or a digit?"""
    return any(unicodedata.category(char)[0] in "LN" for char in fold(text))


def put_text(connection: Connection, number: int, row: Mapping[str, Any], tags: Iterable[str]) -> None:
    """Keep the words of track `number`: its columns and, if there are any, its ``lyrics`` in `row`."""
    connection.execute(delete(texts).where(texts.c.rowid == number))
    lyrics = fold(escape(row.get("lyrics") or ""))
    connection.execute(insert(texts).values(rowid=number, **text_of(row, tags), lyrics=lyrics))


def text_of(row: Mapping[str, Any], tags: Iterable[str]) -> dict[str, str]:
    """Return the columns of ``texts`` that follow from others: all but the lyrics."""
    said = {name: fold(row[column] or "") for name, column in _FROM.items()}
    return said | {"genre": fold(tag_word(row["genre"] or "")), "tags": fold(" ".join(tags))}


def tag_word(text: str) -> str:
    """Return a tag as it is compared: lower case, hyphens as spaces.

    Examples
    --------
    >>> tag_word("Hip-Hop")
    'hip hop'
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[-_/]", " ", folded).split())
