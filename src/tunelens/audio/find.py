"""`find_audio`: the audio files in folders."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tunelens.base.errors import AudioError, NotFoundError, TunelensError

_SUFFIXES = """
    aac ac3 aif aifc aiff alac amr ape asf au avi caf dsf flac flv m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpc
    mpeg mpg oga ogg ogv opus rf64 snd spx tta w64 wav wave webm wma wmv wv
"""
AUDIO_SUFFIXES = frozenset(f".{suffix}" for suffix in _SUFFIXES.split())


@dataclass(frozen=True)
class Unfound:
    """A path that could not be looked at, and why."""

    path: Path
    error: TunelensError


def find_audio(paths: Iterable[str | os.PathLike[str]]) -> Iterator[Path | Unfound]:
    """Yield the audio files among `paths` and in the folders among them, each once, in a stable order.

    A file that is named is always given, whatever its suffix: its content decides later. In folders the
    suffix decides (`AUDIO_SUFFIXES`), names that begin with a dot are left out, links are followed and loops
    are not.

    Parameters
    ----------
    paths : iterable of path-like
        Files and folders.

    Yields
    ------
    Path or Unfound
        A file, or what could not be looked at with the error that says why.
    """
    seen: set[Path] = set()
    entered: set[tuple[int, int]] = set()
    for given in map(Path, paths):
        for found in _in_folder(given, entered) if _is_folder(given) else [_named(given)]:
            key = found.path if isinstance(found, Unfound) else found
            if key not in seen:
                seen.add(key)
                yield found


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - never raises: a name may be too long, a folder closed


def _named(path: Path) -> Path | Unfound:
    if os.path.lexists(path):
        return path
    return Unfound(path, NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling"))


def _in_folder(folder: Path, entered: set[tuple[int, int]]) -> Iterator[Path | Unfound]:
    """Walk a folder that was named: that nothing is in it is worth an error, and an empty success is not."""
    if _identity(folder) in entered:
        return
    found = _walk(folder, entered)
    first = next(found, None)
    if first is None:
        yield Unfound(folder, NotFoundError(f"folder {str(folder)!r} holds no audio files"))
        return
    yield first
    yield from found


def _identity(folder: Path) -> tuple[int, int]:
    status = folder.stat()
    return status.st_dev, status.st_ino


def _walk(folder: Path, entered: set[tuple[int, int]]) -> Iterator[Path | Unfound]:
    try:
        if (identity := _identity(folder)) in entered:
            return
        entered.add(identity)
        children = sorted(os.scandir(folder), key=lambda entry: os.fsencode(entry.name))
    except OSError as error:
        yield Unfound(folder, AudioError(f"folder {str(folder)!r} cannot be read: {error.strerror}"))
        return
    for child in children:
        yield from _child(Path(child.path), entered)


def _child(path: Path, entered: set[tuple[int, int]]) -> Iterator[Path | Unfound]:
    if path.name.startswith("."):
        return
    if _is_folder(path):
        yield from _walk(path, entered)
    elif path.suffix.lower() in AUDIO_SUFFIXES and os.path.lexists(path):
        yield path
