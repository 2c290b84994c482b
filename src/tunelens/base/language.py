"""Words in the language of who reads: English is the key, ``languages/<code>/*.toml`` have the others."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

from tunelens.base.errors import UnknownNameError

LANGUAGES = ("en", "zh")
_FOLDER = Path(__file__).parent / "languages"
_current: ContextVar[str] = ContextVar("language", default="en")


def say(text: str, **values: object) -> str:
    """Return `text` in the language of now, with `values` in the places that it names.

    Examples
    --------
    >>> with language("zh"):
    ...     say("{n} songs", n=3)
    '3 首歌曲'
    >>> say("{n} songs", n=3)
    '3 songs'
    """
    said = words(_current.get()).get(text, text)
    return said.format(**values) if values else said


def word(text: str) -> str:
    """Return `text`: it is written here and said elsewhere, and its translation must not be forgotten."""
    return text


@contextmanager
def language(code: str) -> Iterator[None]:
    """Speak another language within a block, in this thread alone.

    Raises
    ------
    UnknownNameError
        `code` is none of `LANGUAGES`.
    """
    if code not in LANGUAGES:
        raise UnknownNameError.among("language", code, LANGUAGES)
    token = _current.set(code)
    try:
        yield
    finally:
        _current.reset(token)


def current_language() -> str:
    """Return the code of the language of now."""
    return _current.get()


@lru_cache
def words(code: str) -> Mapping[str, str]:
    """Return what English texts are called in a language; empty for English."""
    found: dict[str, str] = {}
    for path in sorted((_FOLDER / code).glob("*.toml")):
        found |= tomllib.loads(path.read_text(encoding="utf-8"))
    return found
