"""JSON of strangers: one document, one value a line, or a zip of both; bounded in size, and never the end."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase
from pathlib import Path
from typing import IO, Any

from tunelens.base.errors import DataError, NotFoundError
from tunelens.library.feedback.reports import Fault

MOST_BYTES = 2 << 30
MOST_DOCUMENT_BYTES = 128 << 20
MOST_LINE_BYTES = 1 << 20
MOST_MEMBERS = 20_000
TOO_LONG = f"a line of more than {MOST_LINE_BYTES >> 20} MiB"
NO_JSON = "no JSON object"
TOO_LARGE = f"beyond the first {MOST_BYTES >> 30} GiB"
BROKEN_ZIP = "the archive is damaged from here on"


def check_file(path: Path, most_bytes: int = MOST_BYTES) -> None:
    """Raise what is wrong with a file before it is opened."""
    if not os.path.lexists(path):
        raise NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling")
    if not path.is_file():
        raise DataError(f"{str(path)!r} is no file")
    if (size := path.stat().st_size) > most_bytes:
        raise DataError(f"{str(path)!r} has {size} bytes; at most {most_bytes} are read")


def is_zip(path: Path) -> bool:
    """Does it begin as a zip archive does?"""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def load_document(path: Path) -> Any:
    """Read one JSON document; `DataError` where it is none, or too large or deep."""
    check_file(path, MOST_DOCUMENT_BYTES)
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise DataError(f"{str(path)!r} is no JSON that can be read: {str(error)[:200]}") from error


def json_lines(file: IO[bytes] | BufferedIOBase, name: str) -> Iterator[dict[str, Any] | Fault]:
    """Yield the object of every line; a line that is none is a fault."""
    read = number = 0
    while line := file.readline(MOST_LINE_BYTES + 1):
        number += 1
        read += len(line)
        where = f"{name}:{number}"
        if read > MOST_BYTES:
            yield Fault(where, TOO_LARGE)
            return
        if len(line) > MOST_LINE_BYTES:
            yield Fault(where, TOO_LONG)
            read += _skip_line(file, line)
        elif line.strip():
            yield parsed(line, where)


def _skip_line(file: IO[bytes] | BufferedIOBase, line: bytes) -> int:
    skipped = 0
    while line and not line.endswith(b"\n") and skipped <= MOST_BYTES:
        line = file.readline(MOST_LINE_BYTES)
        skipped += len(line)
    return skipped


def parsed(text: bytes, where: str) -> dict[str, Any] | Fault:
    """Return the object in `text`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Fault(where, NO_JSON)
    return value if isinstance(value, dict) else Fault(where, NO_JSON)


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """Open an archive; `DataError` where it is none, or has too many members."""
    try:
        with zipfile.ZipFile(path) as archive:
            if len(archive.infolist()) > MOST_MEMBERS:
                raise DataError(f"{str(path)!r} has more than {MOST_MEMBERS} files in it")
            yield archive
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise DataError(f"{str(path)!r} is no zip archive that can be read: {error}") from error


def zip_lines(archive: zipfile.ZipFile, member: str) -> Iterator[dict[str, Any] | Fault]:
    """Yield the object of every line of a member; damage ends it with a fault."""
    try:
        with archive.open(member) as file:
            yield from json_lines(file, member)
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, OSError):
        yield Fault(member, BROKEN_ZIP)


def text_of(value: Any) -> str:
    """Return a text without halves of characters; "" where it is none."""
    return value.encode("utf-8", "replace").decode("utf-8").strip() if isinstance(value, str) else ""


def dict_of(value: Any) -> dict[str, Any]:
    """Return an object; an empty one where it is none."""
    return value if isinstance(value, dict) else {}
