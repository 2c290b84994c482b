"""Words of a track as full text holds them: any script, without case and accents.

SQLite's tokenizer takes a run of Chinese or Japanese for one word. Here every such character becomes a word
of its own, so that any part of a title is a phrase of neighbouring words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete
from sqlalchemy.dialects.sqlite import insert

from tunelens.library.schema import texts

# kana, Han and Hangul syllables are written without spaces between words
_UNSPACED = re.compile(
    "([\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff])"
)


def fold(text: str) -> str:
    """Return `text` as it is stored and sought.

    Examples
    --------
    >>> fold("Beyoncé")
    'beyonce'
    >>> fold("周杰伦 Live")
    '周 杰 伦 live'
    """
    wide = unicodedata.normalize("NFKC", text).casefold()
    spaced = _UNSPACED.sub(r" \1 ", wide)
    bare = (char for char in unicodedata.normalize("NFD", spaced) if not unicodedata.combining(char))
    return " ".join(unicodedata.normalize("NFC", "".join(bare)).split())


def put_text(connection: Connection, number: int, row: Mapping[str, Any], tags: Iterable[str]) -> None:
    """Keep the words of track `number`, whose columns are `row`."""
    connection.execute(delete(texts).where(texts.c.rowid == number))
    connection.execute(insert(texts).values(rowid=number, **text_of(row, tags), lyrics=""))


def text_of(row: Mapping[str, Any], tags: Iterable[str]) -> dict[str, str]:
    """Return the columns of ``texts`` that follow from others: all but the lyrics."""
    said = {name: fold(row[name] or "") for name in ("title", "artist", "album", "path")}
    return said | {"tags": fold(" ".join(tags))}
