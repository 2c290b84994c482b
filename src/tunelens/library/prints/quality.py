"""Which of several files of one recording is the best, by rules that can be told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tunelens.library.track import Track

WORTH = {"opus": 2.0, "vorbis": 1.4, "aac": 1.4, "wmapro": 1.3, "wmav2": 0.9, "wmav1": 0.8, "mp2": 0.6}
"""What a bit is worth beside one of MP3: listening tests hold Opus at 96 kbit/s equal to MP3 at about 192."""

LOSSLESS = ("pcm", "flac", "alac", "ape", "wavpack", "tta", "mlp", "truehd", "dsd", "float", "double")
ENOUGH = 0.95
"""Files whose lengths, or bit rates, differ by less are equal in that."""

_TAGS = ("title", "artist", "album", "album_artist", "year", "genre")


class Rule(NamedTuple):
    """One rule: what it asks of a track (more is better), and what to say where it decides."""

    name: str
    says: str


RULES = (
    Rule("lossless", "the kept file is lossless"),
    Rule("bit_rate", "the kept file has more bits for the sound, counted as its codec uses them"),
    Rule("sample_rate", "the kept file has a higher sample rate"),
    Rule("channels", "the kept file has more channels"),
    Rule("length", "the kept file holds more of the recording"),
    Rule("tags", "of the kept file more tags are filled"),
    Rule("known_longer", "all else is equal, and the kept file came into the library first"),
)
"""The first rule that tells two files apart decides; what lacks a part of the recording is never the best."""

IS_WHOLE = "the kept file is whole, and this one lacks a part"


def best(tracks: Sequence[Track]) -> Track:
    """Return the best file of one recording; whatever the order they are given in, the same."""
    longest = max(track.duration_s for track in tracks)
    whole = [track for track in tracks if track.duration_s >= ENOUGH * longest]
    chosen = min(whole, key=lambda track: track.id)
    for track in sorted(whole, key=lambda track: track.id):
        if decides(track, chosen) is not None:
            chosen = track
    return chosen


def says_why(keep: Track, other: Track) -> str:
    """Say why `keep`, which `best` chose, is better; what other rules are for lacks a part."""
    rule = decides(keep, other)
    return rule.says if rule else IS_WHOLE


def decides(better: Track, worse: Track) -> Rule | None:
    """Return the rule by which one file is better than another; None where it is not."""
    for rule, a, b in zip(RULES, _merits(better), _merits(worse), strict=True):
        low, high = sorted((a, b))
        if low < high * (ENOUGH if rule.name in {"bit_rate", "length"} else 1.0):
            return rule if a > b else None
    return None


def _merits(track: Track) -> tuple[float, ...]:
    lossless = is_lossless(track.codec)
    return (
        float(lossless),
        0.0 if lossless else worth_of_bits(track),
        float(track.sr or 0),
        float(track.n_channels or 0),
        track.duration_s,
        float(sum(bool(getattr(track, name)) for name in _TAGS)),
        1.0 / track.id,
    )


def is_lossless(codec: str | None) -> bool:
    """Return whether a codec keeps every sample.

    Examples
    --------
    >>> is_lossless("pcm_s16le"), is_lossless("flac"), is_lossless("mp3"), is_lossless(None)
    (True, True, False, False)
    """
    return (codec or "").startswith(LOSSLESS)


def worth_of_bits(track: Track) -> float:
    """Return the bit rate that MP3 would need to sound as good, kbit/s; from size and length if not told."""
    told = track.bit_rate or 8 * track.size_bytes / max(track.duration_s, 1e-3)
    return told / 1000 * WORTH.get(track.codec or "", 1.0)
