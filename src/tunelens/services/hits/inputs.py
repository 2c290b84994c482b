"""What files look like now: names, sizes and times, so that a kept result is known to be of them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from tunelens.library.identity import path_to_text


def look_of(path: str | Path) -> str:
    """Return what tells that a file, or anything in a folder, has changed; "" for what is not there.

    Examples
    --------
    >>> look_of("no such file")
    ''
    """
    if not os.path.lexists(path):
        return ""
    digest = sha256()
    for line in _lines(Path(path)):
        digest.update(line.encode())
    return digest.hexdigest()


def looks_of(sources: Sequence[str]) -> list[str]:
    """Return the look of each source; what stands before the first colon may say of which kind it is."""
    return [look_of(source) or look_of(source.partition(":")[2]) for source in sources]


def _lines(path: Path) -> Iterator[str]:
    if not path.is_dir():
        yield _line(path, "")
        return
    for folder, folders, files in os.walk(path):
        folders.sort()
        for name in sorted(files):
            file = Path(folder, name)
            yield _line(file, path_to_text(file.relative_to(path)))


def _line(path: Path, name: str) -> str:
    try:
        seen = path.stat()
    except OSError:
        return f"{name}\0gone\n"
    return f"{name}\0{seen.st_size}\0{seen.st_mtime_ns}\n"
