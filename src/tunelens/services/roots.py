"""`Roots`: the folders that callers of a server may name files in; nothing outside is opened."""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tunelens.audio.find import AUDIO_SUFFIXES
from tunelens.base.errors import NotFoundError, ParameterError
from tunelens.data.readers.table import SUFFIXES
from tunelens.library.identity import path_to_text, text_to_path

LONGEST_PATH = 4096
TABLES = frozenset((*SUFFIXES, ".npy", ".npz", ".json"))
FILES = {"audio": AUDIO_SUFFIXES, "tables": TABLES, "any": TABLES | set(AUDIO_SUFFIXES)}
"""Which files are told to who looks into a folder."""


@dataclass(frozen=True)
class Entry:
    """What one name in a folder is.

    Parameters
    ----------
    path : Path
        Where.
    is_folder : bool
        A folder, or else a file.
    size_bytes : int
        Size of a file; 0 for a folder.
    """

    path: Path
    is_folder: bool
    size_bytes: int

    def to_dict(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        text = path_to_text(self.path)
        return {
            "path": text,
            "name": text.rpartition("/")[2] or text,
            "is_folder": self.is_folder,
            "size_bytes": self.size_bytes,
        }


class Roots:
    """Folders, and whether a path lies in one of them - by its name and where its links lead.

    Parameters
    ----------
    folders : iterable of Path
        The folders; none means that nothing may be named by path.
    whole_library : bool
        May tracks of the library be read wherever they lie? Whoever filled the library has named them.

    Raises
    ------
    ParameterError
        One of them is no folder.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.wav").write_bytes(b"")
    >>> Roots([folder]).resolve("a.wav") == folder / "a.wav"
    True
    >>> Roots([folder]).resolve("../../etc/passwd")
    Traceback (most recent call last):
        ...
    tunelens.base.errors.NotFoundError: '../../etc/passwd' is not in the folders of this server
    """

    def __init__(self, folders: Iterable[Path] = (), *, whole_library: bool = False) -> None:
        self.whole_library = whole_library
        self.folders = tuple(dict.fromkeys(Path(os.path.abspath(one)) for one in folders))  # noqa: PTH100
        for folder in self.folders:
            if not folder.is_dir():
                raise ParameterError(f"root {str(folder)!r} is no folder")
        self._real = tuple(Path(os.path.realpath(one)) for one in self.folders)

    def __bool__(self) -> bool:
        return bool(self.folders)

    def resolve(self, text: str) -> Path:
        """Return the file or folder that `text` names.

        Parameters
        ----------
        text : str
            An absolute path, or one from a root, as `path_to_text` writes it.

        Raises
        ------
        NotFoundError
            It is not there, not inside, or neither file nor folder; the message is the same.
        """
        for path in self._candidates(text):
            if self.holds(path):
                return path
        raise _not_here(text)

    def _candidates(self, text: str) -> Iterator[Path]:
        if not text or len(text) > LONGEST_PATH or "\0" in text:
            return
        given = text_to_path(text)
        for path in [given] if given.is_absolute() else [root / given for root in self.folders]:
            yield Path(os.path.normpath(path))

    def holds(self, path: Path) -> bool:
        """Tell whether `path` is a file or folder that lies inside, links followed.

        The name is compared first: what is outside by its name is not even looked at.
        """
        if not _within(path, (*self.folders, *self._real)):
            return False
        try:
            real = Path(os.path.realpath(path, strict=True))
            return _within(real, self._real) and _is_plain(real.stat())
        except (OSError, ValueError):
            return False

    def of_track(self, path: Path) -> Path:
        """Return the file of a track of the library.

        Raises
        ------
        NotFoundError
            It may not be read here, or has gone.
        """
        if self.holds(path) or (self.whole_library and path.is_file()):
            return path
        raise _not_here(path_to_text(path))

    def open(self, path: Path) -> BinaryIO:
        """Open a file that `holds` has let in, and no other, also where links are changed meanwhile.

        Raises
        ------
        NotFoundError
            It is not inside, or no file.
        """
        with suppress(OSError, ValueError):
            real = Path(os.path.realpath(path, strict=True))
            for root in self._real:
                if _within(real, (root,)):
                    return _open_beneath(root, real.relative_to(root))
        raise _not_here(str(path))

    def open_track(self, path: Path) -> BinaryIO:
        """Open a file that `of_track` has let in; errors as in `open`."""
        if self.holds(path) or not self.whole_library:
            return self.open(path)
        try:
            return os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb")
        except OSError:
            raise _not_here(path_to_text(path)) from None

    def browse(self, text: str = "", files: str = "audio") -> tuple[Entry, ...]:
        """Return what is in a folder: folders first, then files; without a name the roots themselves.

        Parameters
        ----------
        text : str
            A folder; the roots if left out.
        files : str
            A name in `FILES`: which files are told.

        Raises
        ------
        NotFoundError
            It is not there, not inside, or no folder.
        """
        if not text:
            return tuple(Entry(root, True, 0) for root in self.folders)
        folder = self.resolve(text)
        try:
            with os.scandir(folder) as names:
                told = FILES[files]
                found = [entry for one in names if (entry := self._entry(Path(one.path), told))]
        except OSError:
            raise _not_here(text) from None
        return tuple(sorted(found, key=lambda one: (not one.is_folder, path_to_text(one.path).casefold())))

    def _entry(self, path: Path, suffixes: Collection[str]) -> Entry | None:
        if path.name.startswith(".") or not self.holds(path):
            return None
        try:
            seen = path.stat()
        except OSError:
            return None
        if stat.S_ISDIR(seen.st_mode):
            return Entry(path, True, 0)
        return Entry(path, False, seen.st_size) if path.suffix.lower() in suffixes else None


def _within(path: Path, folders: Iterable[Path]) -> bool:
    return any(path.is_relative_to(folder) for folder in folders)


def _is_plain(seen: os.stat_result) -> bool:
    """A device would never end, a pipe would never begin."""
    return stat.S_ISREG(seen.st_mode) or stat.S_ISDIR(seen.st_mode)


def _open_beneath(root: Path, inside: Path) -> BinaryIO:
    """Open step by step from the root, each step refusing links, so that no race leads outside."""
    if os.open not in os.supports_dir_fd:
        return (root / inside).open("rb")
    steps = [os.open(root, os.O_RDONLY | os.O_DIRECTORY)]
    try:
        for name in inside.parts[:-1]:
            steps.append(os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=steps[-1]))
        quick = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK  # a pipe would wait for its writer
        number = os.open(inside.name, quick, dir_fd=steps[-1])
    finally:
        for step in steps:
            os.close(step)
    if stat.S_ISREG(os.fstat(number).st_mode):
        return os.fdopen(number, "rb")
    os.close(number)
    raise OSError


def _not_here(text: str) -> NotFoundError:
    return NotFoundError(
        f"{text[:200]!r} is not in the folders of this server",
        hint="tunelens serve --root FOLDER lets callers name what is in it",
    )
