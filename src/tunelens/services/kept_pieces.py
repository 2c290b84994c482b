"""Pieces that take a while and can be made anew: pictures, waveforms, structures, by their content."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tunelens.base.errors import TunelensError
from tunelens.base.files import atomic_path
from tunelens.base.settings import Settings

MOST_BYTES = 1 << 29
MOST_PIECES = 20_000
_EVERY = 64
"""How many pieces are kept between two looks at what they take together."""


@dataclass(frozen=True)
class KeptPieces:
    """A folder of small files in the cache; the oldest go when they take too much room.

    Parameters
    ----------
    folder : Path
        Made when something is kept.

    Examples
    --------
    >>> import tempfile
    >>> pieces = KeptPieces(Path(tempfile.mkdtemp()))
    >>> pieces.get("a", 1), pieces.put(b"song", "a", 1), pieces.get("a", 1), pieces.get("a", 2)
    (None, b'song', b'song', None)
    """

    folder: Path

    @classmethod
    def of(cls, kind: str, settings: Settings) -> KeptPieces:
        """Return the pieces of one kind."""
        return cls(settings.cache_dir / kind)

    def get(self, *key: object) -> bytes | None:
        """Return what is kept under `key`; None where nothing is."""
        with suppress(OSError):
            return self._path(key).read_bytes()
        return None

    def put(self, content: bytes, *key: object) -> bytes:
        """Keep `content` and return it; where there is no room it is not kept."""
        path = self._path(key)
        with suppress(TunelensError, OSError):
            with atomic_path(path) as temporary:
                temporary.write_bytes(content)
            if int(path.name[:2], 16) < 256 // _EVERY:
                self._sweep()
        return content

    def _path(self, key: tuple[object, ...]) -> Path:
        text = json.dumps(key, ensure_ascii=True, default=str)
        return self.folder / hashlib.sha256(text.encode()).hexdigest()

    def _sweep(self) -> None:
        with os.scandir(self.folder) as names:
            seen = sorted((one.stat().st_mtime_ns, one.stat().st_size, one.path) for one in names)
        room, left = sum(size for _, size, _ in seen), len(seen)
        for _, size, path in seen:
            if room <= MOST_BYTES and left <= MOST_PIECES:
                return
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108 - a name of `scandir`
            room, left = room - size, left - 1
