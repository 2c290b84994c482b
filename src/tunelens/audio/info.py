"""`probe`: what is in this file."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tunelens.audio.decoders import DECODERS
from tunelens.audio.lyrics import lyrics_of
from tunelens.audio.source import Source
from tunelens.base.errors import AudioError, EmptyAudioError

_TAG_READER = "pyav"
_PLAIN_NAMES = {
    "track": "tracknumber",
    "wm/year": "date",
    "albumartist": "album_artist",
    "album artist": "album_artist",
    "wm/albumartist": "album_artist",
    "musicbrainz_trackid": "recording_mbid",
    "musicbrainz track id": "recording_mbid",
    "musicbrainz/track id": "recording_mbid",
}
_WORDS = ("title", "artist", "album", "genre", "album_artist", "recording_mbid")
_LONGEST_TAG = 300


@dataclass(frozen=True)
class AudioInfo:
    """What the header and the tags of a file say.

    Parameters
    ----------
    path : Path
        The file.
    size_bytes : int
        Its size.
    container, codec : str
        Lower case names, such as ``"ogg"`` and ``"vorbis"``.
    sr : int
        Sample rate, Hz.
    n_channels : int
        Channels.
    duration_s : float or None
        Length that the header promises, seconds; `listen` tells the real one.
    bit_depth : int or None
        Bits per sample of uncompressed and lossless sound.
    bit_rate : int or None
        Bits per second.
    has_video : bool
        A moving picture is there too.
    decoder : str
        Name of the decoder that reads it.
    title, artist, album, genre : str or None
        From the tags.
    year, track_number : int or None
        From the tags.
    album_artist, recording_mbid : str or None
        From the tags; the second is MusicBrainz's identifier of the recording.
    lyrics : str or None
        What is sung, from the tags or a text file beside it, see `tunelens.audio.lyrics`.
    """

    path: Path
    size_bytes: int
    container: str
    codec: str
    sr: int
    n_channels: int
    duration_s: float | None
    bit_depth: int | None
    bit_rate: int | None
    has_video: bool
    decoder: str
    title: str | None = None
    artist: str | None = None
    album: str | None = None
    genre: str | None = None
    year: int | None = None
    track_number: int | None = None
    album_artist: str | None = None
    recording_mbid: str | None = None
    lyrics: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON-safe values."""
        plain = {item.name: getattr(self, item.name) for item in fields(self)}
        return plain | {"path": str(self.path)}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> AudioInfo:
        """Build from what `to_dict` returned."""
        return cls(**(values | {"path": Path(values["path"])}))


def probe(path: str | os.PathLike[str]) -> AudioInfo:
    """Say what is in a file. A moment of it is decoded, so that a header alone does not pass for sound.

    Parameters
    ----------
    path : path-like
        Any audio file, or a video with a sound track.

    Raises
    ------
    NotFoundError
        There is no such file.
    DecodeError
        No decoder understands it.
    EmptyAudioError
        It holds no samples.

    Examples
    --------
    >>> import tempfile
    >>> import numpy as np
    >>> from tunelens.audio import Clip, write_wav
    >>> path = Path(tempfile.mkdtemp()) / "a.wav"
    >>> _ = write_wav(Clip(np.zeros((2, 8000), np.float32), sr=8000), path)
    >>> info = probe(path)
    >>> info.codec, info.n_channels, info.duration_s, info.bit_depth
    ('pcm_16', 2, 1.0, 16)
    """
    with Source(Path(path)) as source:
        if source.read(4096).shape[1] == 0:
            raise EmptyAudioError(f"{str(path)!r} holds no samples")
        return info_of(source)


def info_of(source: Source) -> AudioInfo:
    """Describe a file that is open already."""
    facts, tags = source.facts, _tags(source)
    return AudioInfo(
        path=source.path,
        size_bytes=source.path.stat().st_size,
        container=facts.container,
        codec=facts.codec,
        sr=facts.sr,
        n_channels=facts.n_channels,
        duration_s=facts.duration_s,
        bit_depth=facts.bit_depth,
        bit_rate=facts.bit_rate,
        has_video=facts.has_video,
        decoder=source.decoder,
        **_credits(tags),
        lyrics=lyrics_of(source.path, tags),
    )


def _tags(source: Source) -> dict[str, str]:
    """Tags under plain names. FFmpeg knows more than libsndfile: ID3 in wav and aiff, genres by number."""
    if source.decoder == _TAG_READER:
        return _plain(source.tags)
    try:
        reader = DECODERS[_TAG_READER].open(source.path)
    except AudioError:
        return source.tags
    reader.close()
    return source.tags | _plain(reader.tags)


def _plain(tags: dict[str, str]) -> dict[str, str]:
    return {_PLAIN_NAMES.get(name, name): value for name, value in tags.items()}


def _credits(tags: dict[str, str]) -> dict[str, Any]:
    words = {name: _text(tags.get(name)) for name in _WORDS}
    return words | {
        "year": _number(r"\b(\d{4})\b", tags.get("date")),
        "track_number": _number(r"^(\d{1,4})", tags.get("tracknumber")),
    }


def _text(value: str | None) -> str | None:
    cleaned = " ".join((value or "").replace("\0", " ").split())
    return cleaned[:_LONGEST_TAG] or None


def _number(pattern: str, value: str | None) -> int | None:
    found = re.search(pattern, (value or "").strip())
    return int(found[1]) if found else None
