"""What the report embeds per track: a small spectrogram, a tag timeline, a few seconds of sound."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tunelens.audio import decode, stream
from tunelens.library.track import Track
from tunelens.models import Tagging
from tunelens.plots.spectral import SpectrogramDisplay

LOW_HZ, HIGH_HZ = 40.0, 16000.0
MOST_PICTURE_BYTES = 40_000
SNIPPET_S = 12.0
_SNIPPET_SR = 24000
_ROWS, _COLUMNS = 144, 800
_TIMELINE_COLUMNS = 240
_TIMELINE_TAGS = 6
_QUALITIES = (70, 50, 30, 10)


@dataclass(frozen=True)
class TagTimeline:
    """Tags over time as a picture: one row of it per tag, from the top.

    Parameters
    ----------
    model : str
        Who heard them.
    tags : tuple of str
        From the most probable down.
    picture : str
        Data address of a PNG.
    """

    model: str
    tags: tuple[str, ...]
    picture: str


def why_not(track: Track) -> str:
    """Return why the file of `track` gives no picture, or "" when it should."""
    try:
        size = track.path.stat().st_size
    except OSError:
        return "the file is no longer where it was analysed"
    return "" if size == track.size_bytes else "the file has changed since it was analysed"


def spectrogram(path: Path, duration_s: float) -> str:
    """Return the data address of a WebP of at most 40 kB: 40 Hz to 16 kHz, 80 dB up to the loudest.

    Raises
    ------
    TunelensError
        The file cannot be heard.
    """
    shown = SpectrogramDisplay.from_clip(
        stream(path, duration_s=duration_s), max_rows=2 * _ROWS, max_columns=_COLUMNS
    )
    low, high = shown.limits()
    hz = np.geomspace(HIGH_HZ, LOW_HZ, _ROWS)
    rows = np.searchsorted(shown.row_edges, hz, side="right") - 1
    values = shown.values[np.clip(rows, 0, len(shown.values) - 1)]
    values[hz > shown.row_edges[-1]] = low
    for quality in _QUALITIES:
        picture = _encoded((values - low) / (high - low), "webp", quality=quality, method=4)
        if len(picture) <= MOST_PICTURE_BYTES:
            break
    return _address(picture, "image/webp")


def tag_timeline(tagging: Tagging, duration_s: float) -> TagTimeline:
    """Draw the most probable tags of `tagging` over a whole track, each moment by its nearest patch.

    Brightness is the square root of the probability: most are small.
    """
    best = np.argsort(-tagging.mean, kind="stable")[:_TIMELINE_TAGS]
    moments = (np.arange(_TIMELINE_COLUMNS) + 0.5) * duration_s / _TIMELINE_COLUMNS
    middles = tagging.times_s + tagging.patch_s / 2
    nearest = np.abs(moments[:, None] - middles[None]).argmin(axis=1)
    picture = _encoded(np.sqrt(tagging.scores[nearest][:, best].T), "png")
    return TagTimeline(tagging.model, tuple(tagging.tags[i] for i in best), _address(picture, "image/png"))


def snippet(path: Path, duration_s: float, *, seconds: float = SNIPPET_S) -> str:
    """Return the data address of an MP3 of `seconds` from the middle of a file, one channel.

    "" where the system's own libsndfile is too old to write MP3.

    Raises
    ------
    TunelensError
        The file cannot be heard.
    """
    import soundfile

    begin_s = max(0.0, (duration_s - seconds) / 2)
    clip = decode(path, sr=_SNIPPET_SR, mono=True, offset_s=begin_s, duration_s=seconds)
    held = io.BytesIO()
    if "MP3" not in soundfile.available_formats():
        return ""
    soundfile.write(held, _faded(clip.y, clip.sr), clip.sr, format="MP3", compression_level=0.75)
    return _address(held.getvalue(), "audio/mpeg")


def _faded(y: NDArray[np.float32], sr: int) -> NDArray[np.float32]:
    """Fade the ends over a quarter of a second, and keep the peak below full scale."""
    ramp = np.minimum(1.0, np.arange(len(y)) / (sr / 4)).astype(np.float32)
    quiet = y * ramp * ramp[::-1]
    return quiet / max(1.0, float(np.abs(quiet).max()) / 0.97)


def _encoded(values: NDArray[np.floating], kind: str, **options: int) -> bytes:
    """Colour a matrix of 0 to 1, first row at the top."""
    from matplotlib.image import imsave

    held = io.BytesIO()
    imsave(held, np.clip(values, 0, 1), vmin=0, vmax=1, cmap="magma", format=kind, pil_kwargs=options)
    return held.getvalue()


def _address(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
