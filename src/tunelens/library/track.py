"""`Track`: one row of the library, as lists, filters and exports see it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.library.identity import escape, path_to_text

GROUPS = ("genre", "mood", "instrument", "voice", "era", "other")


@dataclass(frozen=True)
class TagScore:
    """One tag that a model hears in a track.

    Parameters
    ----------
    model, tag, group : str
        Who says it, what, and what sort of tag it is (one of `GROUPS`).
    probability : float
        0 to 1, as the model gives it: not calibrated.
    likely : bool
        Does it count for filters and lists? See `tunelens.library.query`.
    """

    model: str
    tag: str
    group: str
    probability: float
    likely: bool

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {
            "model": self.model,
            "tag": self.tag,
            "group": self.group,
            "probability": round(self.probability, 4),
            "likely": self.likely,
        }


@dataclass(frozen=True)
class Track:
    """One analysed file, without its arrays; `Library.get` gives those too.

    Parameters
    ----------
    id : int
        Number in this library; never used twice.
    path : Path
        Where the file was when it was last seen.
    sha256 : str
        SHA-256 of its content, hex.
    size_bytes, mtime_ns : int
        Size and time of the last change.
    analyzed_at : str
        When, ISO 8601, UTC.
    title, artist, album, genre : str or None
        What the file says of itself.
    year : int or None
        The same.
    container, codec : str or None
        How the sound is stored.
    sr, n_channels, bit_rate : int or None
        Hz, count, bits per second.
    duration_s : float
        Length heard, seconds.
    tempo_bpm, tempo_confidence : float or None
        Beats per minute; 0 to 1.
    tonic, mode : str or None
        Key, say "A" and "minor".
    key_confidence : float or None
        0 to 1.
    loudness_lufs, loudness_range_lu : float or None
        ITU-R BS.1770 and EBU 3342; None for silence.
    danceability, energy : float or None
        0 to 1.
    dynamic_complexity_db : float or None
        dB.
    album_artist, recording_mbid : str or None
        What the file says of itself; the second is MusicBrainz's identifier of the recording.
    added_at : str or None
        When it was first heard, ISO 8601, UTC.
    valence, arousal : float or None
        0 to 1: how probable the shipped bundles hold it to be positive, and active; None where they were not
        asked, and of what is no music.
    tags : tuple of TagScore
        Most probable first; tags under 1 % are left out.
    """

    id: int
    path: Path
    sha256: str
    size_bytes: int
    mtime_ns: int
    analyzed_at: str
    title: str | None
    artist: str | None
    album: str | None
    year: int | None
    genre: str | None
    container: str | None
    codec: str | None
    sr: int | None
    n_channels: int | None
    bit_rate: int | None
    duration_s: float
    tempo_bpm: float | None
    tempo_confidence: float | None
    tonic: str | None
    mode: str | None
    key_confidence: float | None
    loudness_lufs: float | None
    loudness_range_lu: float | None
    danceability: float | None
    energy: float | None
    dynamic_complexity_db: float | None
    album_artist: str | None = None
    recording_mbid: str | None = None
    added_at: str | None = None
    valence: float | None = None
    arousal: float | None = None
    tags: tuple[TagScore, ...] = ()

    @property
    def key(self) -> str | None:
        """Key as text, say "A minor"; None when it is not known."""
        return f"{self.tonic} {self.mode}" if self.tonic and self.mode else None

    @property
    def name(self) -> str:
        """What to call it: artist and title, or the name of the file."""
        if not self.title:
            return escape(self.path.name)
        return f"{self.artist} - {self.title}" if self.artist else self.title

    def likely_tags(self, group: str) -> tuple[str, ...]:
        """Return the tags of `group` that count, most probable first, each once."""
        return tuple(dict.fromkeys(tag.tag for tag in self.tags if tag.likely and tag.group == group))

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them; `path` as `path_to_text` writes it."""
        plain = {name: value for name, value in vars(self).items() if name not in {"path", "tags"}}
        return {
            **plain,
            "path": path_to_text(self.path),
            "key": self.key,
            "tags": [tag.to_dict() for tag in self.tags],
        }
