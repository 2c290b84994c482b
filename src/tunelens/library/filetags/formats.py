"""Reading and writing tags of any kind of file that `containers` knows."""

from __future__ import annotations

from pathlib import Path

from tunelens.base.extras import require
from tunelens.library.filetags import apev2, id3, mp4, vorbis
from tunelens.library.filetags.sound import ranges_of
from tunelens.library.filetags.view import Values, View, told

WHOLE_BPM = ("mp3", "wav", "aiff", "mp4")
"""Kinds whose tempo is a whole number: the ID3 frame TBPM and the MP4 atom tmpo."""


def read(path: Path, kind: str) -> View:
    """Read the tags of a file.

    Raises
    ------
    DataError
        They are broken, of a version that cannot be written, or larger than anything that music has.
    MissingDependencyError
        mutagen is not installed.
    """
    require("mutagen")
    with told(path):
        with path.open("rb") as file:
            ranges_of(file, kind)  # what is too large for mutagen is refused before it
        if kind in ("flac", "ogg"):
            return vorbis.read(path, kind)
        if kind == "mp4":
            return mp4.read(path)
        return apev2.read(path) if kind == "ape" else id3.read(path, kind)


def write(path: Path, kind: str, values: Values) -> None:
    """Write `values` into the file itself: give it a copy, and look at the copy before it is used.

    Raises
    ------
    DataError
        It cannot be done.
    """
    require("mutagen")
    with told(path):
        if kind in ("flac", "ogg"):
            vorbis.write(path, kind, values)
        elif kind == "mp4":
            mp4.write(path, values)
        elif kind == "ape":
            with id3.id3v1_kept(path, values.get("genre")):
                apev2.write(path, values)
        else:
            id3.write(path, kind, values)
