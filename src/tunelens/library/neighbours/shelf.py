"""Files that can be made anew from the library at any time, kept so that the next run starts at once.

They lie in the cache folder, in a folder for each library. A manifest names them with size and checksum and
is written last: what it does not name does not count, and what does not fit its checksum is not used.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.files import atomic_path
from tunelens.base.settings import Settings
from tunelens.library.identity import path_to_text

FORMAT = 1
_LONGEST_MANIFEST = 1 << 20
_CHUNK = 1 << 24
_YOUNG_S = 3600.0
_NOT_OURS = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""What a manifest raises that we did not write."""
_NAME = re.compile(r"[a-z]+-[0-9a-f]{16}-[a-z]+")


@dataclass(frozen=True)
class Kept:
    """What lay on a shelf, undamaged.

    Parameters
    ----------
    facts : Mapping of str to Any
        What was noted with the files.
    paths : Mapping of str to Path
        The files.
    """

    facts: Mapping[str, Any]
    paths: Mapping[str, Path]


@dataclass(frozen=True)
class Shelf:
    """A folder of files that belong to one library.

    Parameters
    ----------
    folder : Path
        The folder; made when something is kept.
    """

    folder: Path

    @classmethod
    def of(cls, library: Path, settings: Settings | None = None) -> Shelf:
        """Return the shelf of the library file `library`."""
        key = hashlib.sha256(path_to_text(library).encode()).hexdigest()[:24]
        return cls((settings or Settings.from_env()).cache_dir / "neighbours" / key)

    def load(self, name: str) -> Kept | None:
        """Return what is kept under `name`; None when it is absent or damaged."""
        try:
            manifest = self._manifest(name)
            paths = {what: self._checked(one) for what, one in manifest["files"].items()}
            return Kept(manifest["facts"], paths) if manifest["format"] == FORMAT else None
        except _NOT_OURS:
            return None

    def keep(self, name: str, facts: Mapping[str, Any], files: Mapping[str, Callable[[Path], None]]) -> None:
        """Write files and then the manifest that makes them count.

        Parameters
        ----------
        name : str
            Lower-case letters.
        facts : Mapping of str to Any
            Noted with them; JSON.
        files : Mapping of str to callable
            What writes each file to the path that it is given.

        Raises
        ------
        DataError
            The folder cannot be written, or the disk is full; what was kept before still is.
        """
        token, before = secrets.token_hex(8), self._named(name)
        described = {what: self._write(f"{name}-{token}-{what}", write) for what, write in files.items()}
        manifest = {"format": FORMAT, "facts": dict(facts), "files": described}
        with atomic_path(self.folder / f"{name}.json") as temporary:
            temporary.write_text(json.dumps(manifest), "utf-8")
        self._sweep(name, before)

    def _manifest(self, name: str) -> dict[str, Any]:
        path = self.folder / f"{name}.json"
        if path.stat().st_size > _LONGEST_MANIFEST:
            raise ValueError(name)
        return json.loads(path.read_text("utf-8"))

    def _checked(self, described: Mapping[str, Any]) -> Path:
        if not _NAME.fullmatch(described["name"]):
            raise ValueError(described["name"])
        path = self.folder / described["name"]
        if path.stat().st_size != described["size_bytes"] or checksum(path) != described["crc32"]:
            raise ValueError(f"{path.name} is damaged")
        return path

    def _write(self, name: str, write: Callable[[Path], None]) -> dict[str, Any]:
        with atomic_path(self.folder / name) as temporary:
            write(temporary)
            return {"name": name, "size_bytes": temporary.stat().st_size, "crc32": checksum(temporary)}

    def _named(self, name: str) -> set[str]:
        try:
            return {described["name"] for described in self._manifest(name)["files"].values()}
        except _NOT_OURS:
            return set()

    def _sweep(self, name: str, before: set[str]) -> None:
        """Remove what the last manifest named, and what somebody left who was stopped while writing.

        Files that are young and in no manifest may be another process's, which is about to name them.
        """
        now = self._named(name)
        for path in self.folder.glob(f"{name}-*"):
            with suppress(OSError):  # gone already, or mapped by another process where that forbids it
                is_old = path.name in before or time.time() - path.stat().st_mtime > _YOUNG_S
                if _NAME.fullmatch(path.name) and is_old and path.name not in now:
                    path.unlink()


def checksum(path: Path) -> int:
    """Return the CRC-32 of a file."""
    value = 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            value = zlib.crc32(chunk, value)
    return value
