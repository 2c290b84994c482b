"""Where the sound of a row lies: as written, below a folder, or there by its name."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tunelens.audio.find import find_audio
from tunelens.base.errors import NotFoundError
from tunelens.data.readers.harvest import MISSING_FILE, Harvest, Row

SEVERAL = "several files of that name"


class AudioIndex:
    """Finds files by what a source calls them.

    Parameters
    ----------
    base : Path
        Folder to which names are relative.
    audio : Path, optional
        Folder that is searched, subfolders too, where the name alone does not lead to a file.

    Raises
    ------
    NotFoundError
        `audio` is no folder.
    """

    def __init__(self, base: Path, audio: Path | None = None) -> None:
        if audio is not None and not os.path.isdir(audio):  # noqa: PTH112 - never raises
            raise NotFoundError(f"audio folder {str(audio)!r} does not exist", hint="check the spelling")
        self._folders = [folder for folder in (audio, base) if folder is not None]
        self._audio = audio
        self._names: dict[str, list[Path]] | None = None

    def find(self, name: str) -> tuple[Path | None, str]:
        """Return the file, or None and the reason.

        ``name`` may be a path, a file name, or a file name without its suffix.
        """
        if not name.strip():
            return None, MISSING_FILE
        for spelled in dict.fromkeys((name.strip(), name.strip().replace("\\", "/"))):
            for folder in self._folders:
                if os.path.isfile(folder / spelled):  # noqa: PTH113 - never raises, whatever the name
                    return folder / spelled, ""
        return self._searched(name)

    def _searched(self, name: str) -> tuple[Path | None, str]:
        last = name.strip().replace("\\", "/").rpartition("/")[2].casefold()
        found = self._known().get(last, [])
        if len(found) == 1:
            return found[0], ""
        return None, SEVERAL if found else MISSING_FILE

    def _known(self) -> dict[str, list[Path]]:
        if self._names is None:
            self._names = {}
            for path in self.files():
                for key in {path.name.casefold(), path.stem.casefold()}:
                    self._names.setdefault(key, []).append(path)
        return self._names

    def files(self) -> list[Path]:
        """Return all sound below the audio folder."""
        found = find_audio([self._audio]) if self._audio is not None else iter(())
        return [path for path in found if isinstance(path, Path)]


def file_id(path: Path, base: Path) -> str:
    """Return what to call `path` in a dataset at `base`: relative, with "/"; absolute if elsewhere."""
    absolute, root = os.path.abspath(path), os.path.abspath(base)  # noqa: PTH100 - links stay as they are
    inside = absolute.startswith(root.rstrip(os.sep) + os.sep)
    return (os.path.relpath(absolute, root) if inside else absolute).replace(os.sep, "/")


def is_empty(path: Path) -> bool:
    """Has the file no bytes?"""
    try:
        return path.stat().st_size == 0
    except OSError:
        return False


def keep_file(harvest: Harvest, row: Row) -> None:
    """Keep a row of sound, unless its file has no bytes."""
    if row.path is not None and is_empty(row.path):
        harvest.drop(row.item, "empty file")
    else:
        harvest.keep(row)


def common_base(paths: Sequence[Path], default: Path) -> Path:
    """Return the folder that holds all of `paths`."""
    try:
        return Path(os.path.commonpath([path.parent for path in paths]))
    except ValueError:  # none, or on several drives
        return default
