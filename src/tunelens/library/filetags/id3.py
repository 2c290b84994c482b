"""ID3v2.3 and 2.4: in front of mp3, in a chunk of wav and aiff; with the ID3v1 and APEv2 beside it."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.library.filetags import apev2
from tunelens.library.filetags.id3frames import HEADER, Frame, Tag, build, key_of, read_tag
from tunelens.library.filetags.riffinfo import info_genre
from tunelens.library.filetags.splice import splice
from tunelens.library.filetags.structure import before_id3v1, id3_place
from tunelens.library.filetags.view import SEVERAL, Values, View, cleaned, found, places

NEW = 4
"""Version of the tag that a file without one gets."""

JOINED_BY = "; "
"""Between the values of ID3v2.3, which has no sign for that: its "/" is meant for people, and is part of
genres such as "Pop/Rock"."""

_NO_GENRE = 255


def _names(version: int) -> dict[str, tuple[str, ...]]:
    mood = ("TMOO", "TXXX:MOOD") if version == 4 else ("TXXX:MOOD", "TMOO")
    energy = ("TXXX:ENERGY", "TXXX:ENERGYLEVEL")
    return {"genre": ("TCON",), "mood": mood, "bpm": ("TBPM",), "key": ("TKEY",), "energy": energy}


def _is_ours(key: str, version: int) -> bool:
    return any(key.upper() in names for names in _names(version).values())


def read(path: Path, kind: str) -> View:
    """Read the tags of an mp3, wav or aiff."""
    if kind == "mp3" and (alone := _apev2_alone(path)):
        return alone
    tag = _tag(path, kind)
    readable = _mutagen(b"".join(frame.raw for frame in tag.frames), tag)
    values = {field: _values(readable, names, tag.version) for field, names in _names(tag.version).items()}
    others: tuple[Any, ...] = tuple(frame.raw for frame in _others(tag))
    if kind == "mp3" and (second := apev2.read_if_any(path)):
        values = {field: values[field] or second.values[field] for field in values}
        others += second.others
    if kind == "wav" and not values["genre"]:
        with path.open("rb") as file:
            values["genre"] = info_genre(file)
    return View(values, others, f"ID3v2.{tag.version}")


def _apev2_alone(path: Path) -> View | None:
    """Return what APEv2 in an mp3 says where there is no ID3v2: a new one would hide it from players."""
    with path.open("rb") as file:
        return None if id3_place(file, "mp3") else apev2.read_if_any(path)


def _others(tag: Tag) -> Iterator[Frame]:
    return (frame for frame in tag.frames if not _is_ours(key_of(frame, tag.version), tag.version))


def _tag(path: Path, kind: str) -> Tag:
    """Return the tag of a file as it stands, or what a new one begins with."""
    with path.open("rb") as file:
        place = id3_place(file, kind)
        tag = None if place is None else read_tag(file, place[0])
        if tag is None:
            return _from_id3v1(file) if kind == "mp3" else Tag(NEW, 0, (), 0)
    if tag.version not in (3, 4):
        raise DataError(
            f"{str(path)!r}: its tag is ID3v2.{tag.version}, which is not written any more",
            hint="convert it to ID3v2.3 or 2.4 with a tag editor first",
        )
    return tag


def _from_id3v1(file: BinaryIO) -> Tag:
    """Return a tag that says what the ID3v1 tag says: readers of the newer one do not look at it."""
    file.seek(before_id3v1(file))
    old = file.read(128)
    if not old[:125].isascii():
        raise DataError(
            "its only tag is ID3v1 with letters of an unknown encoding, which a newer tag would hide",
            hint="convert it to ID3v2 with a tag editor that knows the encoding",
        )
    id3, made = require("mutagen.id3"), io.BytesIO()
    frames = (id3.ParseID3v1(old) or {}) if old else {}
    _filled(frames.values()).save(made, padding=lambda _: 0)
    tag = read_tag(made, 0)
    return Tag(NEW, 0, tag.frames if tag else (), 0)


def _filled(frames: Any) -> Any:
    tags = require("mutagen.id3").ID3()
    for frame in frames:
        tags.add(frame)
    return tags


def _mutagen(body: bytes, tag: Tag) -> Any:
    """Read frames with mutagen; those of version 3 stay what they are."""
    whole = io.BytesIO(build(Tag(tag.version, tag.flags, (), 0), [body]))
    return require("mutagen.id3").ID3(whole, translate=False, load_v1=False)


def _values(tags: Any, names: tuple[str, ...], version: int) -> tuple[str, ...]:
    for key in found(tags, names):
        frame = tags[key]
        texts = frame.genres if key == "TCON" else list(getattr(frame, "text", []))
        if version == 3:
            texts = [part for text in texts for part in str(text).split(";")]
        if values := cleaned(texts):
            return values
    return ()


def write(path: Path, kind: str, values: Values) -> None:
    """Write `values` into the file itself; every other frame stays as it is, byte for byte."""
    if kind == "mp3" and _apev2_alone(path):
        with id3v1_kept(path, values.get("genre")):
            apev2.write(path, values)
        return
    tag = _tag(path, kind)
    names = _names(tag.version)
    keys = [key_of(frame, tag.version) for frame in tag.frames]
    ours = {key: field for field in values for key in places(keys, names[field])}
    kept = [frame.raw for frame, key in zip(tag.frames, keys, strict=True) if key not in ours]
    made = [_frame(key, field, values[field], tag.version) for key, field in ours.items()]
    data = build(tag, [*kept, *_rendered(made, tag.version)])
    if kind != "mp3":
        _put_chunk(path, kind, data)
        return
    with id3v1_kept(path, values.get("genre")):
        with path.open("r+b") as file:
            splice(file, 0, tag.size, data)
        apev2.follow(path, values)


def _frame(key: str, field: str, texts: tuple[str, ...], version: int) -> Any:
    id3 = require("mutagen.id3")
    if version == 3 and field in SEVERAL:
        texts = (JOINED_BY.join(texts),)
    encoding = 3 if version == 4 else 1 if not "".join((key, *texts)).isascii() else 0
    name, _, description = key.partition(":")
    if name == "TXXX":
        return id3.TXXX(encoding=encoding, desc=description, text=list(texts))
    return getattr(id3, name)(encoding=encoding, text=list(texts))


def _rendered(frames: list[Any], version: int) -> list[bytes]:
    made = io.BytesIO()
    _filled(frames).save(made, v2_version=version, v23_sep=None, padding=lambda _: 0)
    return [made.getvalue()[HEADER:]]


def _put_chunk(path: Path, kind: str, data: bytes) -> None:
    """Put a tag into its chunk, or into a new one at the end."""
    size_of = struct.Struct("<I" if kind == "wav" else ">I")
    data += bytes(len(data) % 2)
    with path.open("r+b") as file:
        size = _even(file, size_of)
        place = id3_place(file, kind)
        start, end = (place[0] - 8, place[1]) if place else (size, size)
        name = b"id3 " if kind == "wav" else b"ID3 "
        splice(file, start, end, name + size_of.pack(len(data)) + data)
        total = file.seek(0, 2) - 8
        if total > 0xFFFFFFFF:
            raise DataError("it would have more than 4 GiB, which its format cannot hold")
        file.seek(4)
        file.write(size_of.pack(total))


def _even(file: BinaryIO, size_of: struct.Struct) -> int:
    """Return the size of a wav or aiff after padding it to whole words, where it ends as its header says."""
    size = file.seek(0, 2)
    file.seek(4)
    (told,) = size_of.unpack(file.read(4))
    if told + 8 not in (size - 1, size, size + 1):
        raise DataError(
            f"its header tells of {told + 8} bytes, and it has {size}",
            hint="tunelens convert writes it anew",
        )
    file.seek(size)
    return size + file.write(bytes(size % 2))


@contextmanager
def id3v1_kept(path: Path, genre: tuple[str, ...] | None) -> Iterator[None]:
    """Take the ID3v1 tag away while others are written, and put it back as it was but for the genre.

    Its texts are of an encoding that nobody knows (GBK, Shift-JIS, Latin-1), so nothing here touches them.
    """
    with path.open("r+b") as file:
        start = before_id3v1(file)
        file.seek(start)
        tag = file.read(128)
        file.truncate(start)
    yield
    if tag and genre:
        tag = tag[:127] + bytes([_number_of(genre)])
    with path.open("ab") as file:
        file.write(tag)


def _number_of(genres: tuple[str, ...]) -> int:
    known = {name.casefold(): number for number, name in enumerate(require("mutagen.id3").TCON.GENRES)}
    return next((known[one.casefold()] for one in genres if one.casefold() in known), _NO_GENRE)
