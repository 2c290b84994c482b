"""Vorbis comments: flac, and vorbis, opus, flac and speex in ogg."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.library.filetags.containers import end_of_id3v2
from tunelens.library.filetags.oggpages import packets
from tunelens.library.filetags.structure import flac_blocks
from tunelens.library.filetags.view import Values, View, cleaned, found, places

NAMES = {
    "genre": ("GENRE",),
    "mood": ("MOOD",),
    "bpm": ("BPM", "TEMPO"),
    "key": ("INITIALKEY", "KEY"),
    "energy": ("ENERGY", "ENERGYLEVEL"),
}
FORMAT = "Vorbis comment"
_OGG = {
    b"\x01vorbis": ("mutagen.oggvorbis", "OggVorbis"),
    b"OpusHead": ("mutagen.oggopus", "OggOpus"),
    b"\x7fFLAC": ("mutagen.oggflac", "OggFLAC"),
    b"Speex   ": ("mutagen.oggspeex", "OggSpeex"),
}
_BEFORE = {b"\x03vor": 7, b"Opus": 8, b"\x81the": 7}


def read(path: Path, kind: str) -> View:
    """Read the comments of a flac or ogg."""
    others = _others(path, kind)
    tags = _load(path, kind).tags or {}
    keys = {key for key in tags.keys()}  # noqa: C416, SIM118
    values = {field: _values(tags, found(keys, names)) for field, names in NAMES.items()}
    if kind == "flac" and not keys:
        _refuse_to_hide_id3(path)
    return View(values, others, FORMAT)


def _refuse_to_hide_id3(path: Path) -> None:
    with path.open("rb") as file:
        if end_of_id3v2(file):
            raise DataError(
                f"{str(path)!r}: its only tag is ID3, which players do not read beside Vorbis comments",
                hint="convert it to Vorbis comments with a tag editor first",
            )


def _values(tags: Any, keys: list[str]) -> tuple[str, ...]:
    return cleaned(tags[keys[0]]) if keys else ()


def write(path: Path, kind: str, values: Values) -> None:
    """Write `values` as one comment each into the file itself."""
    file = _load(path, kind)
    if file.tags is None:
        file.add_tags()
    keys = set(file.tags.keys())
    for field, texts in values.items():
        for key in places(keys, NAMES[field]):
            file.tags[key.upper()] = list(texts)
    file.save(path)


def _load(path: Path, kind: str) -> Any:
    if kind == "flac":
        return require("mutagen.flac").FLAC(path)
    module, name = _ogg_class(path)
    return getattr(require(module), name)(path)


def _ogg_class(path: Path) -> tuple[str, str]:
    """Return the class for the first stream of sound: a film has a picture beside it."""
    with path.open("rb") as file:
        for packet in packets(file):
            if packet.index > 0:
                break
            for magic, where in _OGG.items():
                if packet.data.startswith(magic):
                    return where
    raise DataError("none of its streams is Vorbis, Opus, FLAC or Speex")


def _others(path: Path, kind: str) -> tuple[bytes, ...]:
    """Return the other comments as bytes: mutagen would repair what is not UTF-8, and so change it."""
    with path.open("rb") as file:
        blocks = list(_flac_comments(file) if kind == "flac" else _ogg_comments(file))
    ours = tuple(f"{name}=".encode() for names in NAMES.values() for name in names)
    return tuple(
        part for block in blocks for part in _comments(block) if not part[:20].upper().startswith(ours)
    )


def _flac_comments(file: BinaryIO) -> Iterator[bytes]:
    for part in flac_blocks(file):
        if part.name == b"\x04":
            file.seek(part.content)
            yield file.read(part.end - part.content)


def _ogg_comments(file: BinaryIO) -> Iterator[bytes]:
    for packet in packets(file):
        if packet.is_comment:
            by_flac = 4 if packet.data[0] & 0x7F == 4 else 0
            yield packet.data[_BEFORE.get(packet.data[:4], by_flac) :]
        if packet.index > 64:
            return


def _comments(block: bytes) -> list[bytes]:
    """Return the comments of a block, without the name of the encoder before them."""
    try:
        parts, at = [], 0
        (size,) = struct.unpack_from("<I", block, at)
        at += 4 + size
        (n,) = struct.unpack_from("<I", block, at)
        at += 4
        for _ in range(n):
            (size,) = struct.unpack_from("<I", block, at)
            parts.append(block[at + 4 : at + 4 + size])
            at += 4 + size
    except struct.error as error:
        raise DataError("its Vorbis comment breaks off") from error
    return parts
