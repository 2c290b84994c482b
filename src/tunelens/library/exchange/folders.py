"""Genre, artist and album from the names of folders: ``Jazz/Nina Simone/Pastel Blues/01 - Sinnerman.mp3``."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.library.exchange.told import Song
from tunelens.library.feedback.reports import Fault
from tunelens.library.identity import path_to_text, text_to_path
from tunelens.library.schema import tracks

if TYPE_CHECKING:
    from tunelens.library.store import Library

SOURCE = "folders"
PATTERN = "{genre}/{artist}/{album}"
FIELDS = ("genre", "artist", "album", "title", "ignore")
OTHER_FOLDERS = "not in folders as the pattern says"
LONGEST_PATTERN = 200
MOST_PLACES = 4
_PLACE = re.compile(r"\{([^{}]*)\}")
_PAGE = 1000


def read(library: Library, folder: Path, pattern: str = PATTERN) -> Iterator[Song | Fault]:
    """Yield what the folders between `folder` and each track of the library say of it.

    Parameters
    ----------
    library : Library
        Its tracks below `folder` are looked at; no file is opened.
    folder : Path
        Where the pattern begins.
    pattern : str
        Names of folders from there down, with ``{genre}``, ``{artist}``, ``{album}``, ``{title}`` and
        ``{ignore}``; a last part with ``{title}`` is the name of the file without its suffix. Deeper folders
        than the pattern has are left aside.

    Raises
    ------
    ParameterError
        The pattern is none.
    NotFoundError
        No track of the library lies below `folder`.
    """
    parts = [_compiled(part, pattern) for part in _parts(pattern)]
    of_file = "{title}" in _parts(pattern)[-1]
    root = path_to_text(folder).rstrip("/") + "/"
    found = 0
    for path in _below(library, root):
        found += 1
        names = path.removeprefix(root).split("/")
        yield _song(path, names, parts, of_file)
    if not found:
        raise NotFoundError(
            f"no track of the library lies below {str(folder)!r}", hint="tunelens analyze FOLDER"
        )


def _parts(pattern: str) -> list[str]:
    parts = [part for part in pattern.strip("/").split("/") if part]
    if not parts or len(pattern) > LONGEST_PATTERN:
        raise ParameterError(f"the pattern is {pattern[:50]!r}; say {PATTERN!r} is needed")
    if any("{title}" in part for part in parts[:-1]):
        raise ParameterError("{title} can stand in the last part of a pattern alone")
    return parts


def _compiled(part: str, pattern: str) -> re.Pattern[str]:
    """Return a part of the pattern as an expression; each place holds at least one character."""
    texts, names = _PLACE.split(part)[::2], _PLACE.findall(part)
    unknown = [name for name in names if name not in FIELDS]
    if unknown or any(mark in text for text in texts for mark in "{}"):
        allowed = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise ParameterError(f"the pattern is {pattern!r}; {allowed} are allowed in it")
    if len(set(names) - {"ignore"}) + names.count("ignore") < len(names):
        raise ParameterError(f"the pattern is {pattern!r}; it names a field twice")
    if len(names) > MOST_PLACES:
        raise ParameterError(
            f"the pattern is {pattern!r}; at most {MOST_PLACES} places in one name are allowed"
        )
    if any(not between for between in texts[1:-1]):
        raise ParameterError(f"the pattern is {pattern!r}; something must stand between two places")
    groups = ["(?:.+?)" if name == "ignore" else f"(?P<{name}>.+?)" for name in names]
    joined = "".join(text for pair in zip(map(re.escape, texts), [*groups, ""], strict=True) for text in pair)
    return re.compile(joined, re.DOTALL)


def _below(library: Library, root: str) -> Iterator[str]:
    query = select(tracks.c.path).where(tracks.c.path.startswith(root, autoescape=True))
    query = query.order_by(tracks.c.path).limit(_PAGE)
    after = ""
    while True:
        with library.database.read() as connection:
            paths = list(connection.scalars(query.where(tracks.c.path > after)))
        if not paths:
            return
        yield from paths
        after = paths[-1]


def _song(path: str, names: list[str], parts: list[re.Pattern[str]], of_file: bool) -> Song | Fault:
    folders = names[:-1]
    if of_file:
        folders = [*folders[: len(parts) - 1], os.path.splitext(names[-1])[0]]  # noqa: PTH122 - a name alone
    if len(folders) < len(parts):
        return Fault(path, OTHER_FOLDERS)
    found = [part.fullmatch(name) for part, name in zip(parts, folders, strict=False)]
    if any(one is None for one in found):
        return Fault(path, OTHER_FOLDERS)
    said = {
        key: text.strip() for one in found if one for key, text in one.groupdict().items() if text.strip()
    }
    genre = said.pop("genre", "")
    return Song(path, os.fspath(text_to_path(path)), genres=(genre,) if genre else (), fields=said)
