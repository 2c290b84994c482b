"""`decode`: a file, or an excerpt of it, as one `Clip`; `stream`: the same block by block."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tunelens.audio.clip import Clip, Samples
from tunelens.audio.decoders import DECODERS
from tunelens.audio.resample import resample
from tunelens.audio.source import Source
from tunelens.base.errors import DecodeError

__all__ = ["DECODERS", "decode", "mix_down", "stream"]

MOST_CLIP_BYTES = 4 * 2**30
_BLOCK_S = 10.0


def decode(
    path: str | os.PathLike[str],
    *,
    sr: int | None = None,
    mono: bool = False,
    offset_s: float = 0.0,
    duration_s: float | None = None,
) -> Clip:
    """Decode a file, or an excerpt of it.

    The content decides what the file is, never its name. A file that breaks off gives the part before.

    Parameters
    ----------
    path : path-like
        Any audio file, or a video with a sound track.
    sr : int, optional
        Resample to this rate, Hz (soxr, HQ); None keeps the file's own.
    mono : bool
        Mix the channels to their mean.
    offset_s : float
        Begin here, seconds; what comes before is not decoded where the format allows.
    duration_s : float, optional
        Decode no more than this, seconds.

    Returns
    -------
    Clip
        float32, shape (n_samples,) for one channel, else (n_channels, n_samples), contiguous.

    Raises
    ------
    NotFoundError
        There is no such file.
    DecodeError
        No decoder understands it, its samples are not finite, or they would not fit into 4 GiB.
    EmptyAudioError
        There is no sample in the excerpt.

    Examples
    --------
    >>> import tempfile
    >>> from tunelens.audio import Clip, write_wav
    >>> path = Path(tempfile.mkdtemp()) / "a.wav"
    >>> _ = write_wav(Clip(np.zeros((2, 8000), np.float32), sr=8000), path)
    >>> decode(path, offset_s=0.25, mono=True).duration_s
    0.75
    """
    with Source(Path(path)) as source:
        parts, size = [], 0
        for y in source.blocks(_BLOCK_S, offset_s, duration_s):
            parts.append(mix_down(y) if mono else y)
            size += parts[-1].nbytes
            if size > MOST_CLIP_BYTES:
                raise _too_long(source.path)
    y = np.ascontiguousarray(np.concatenate(parts, axis=-1))
    clip = Clip(_squeezed(y), source.facts.sr, start_s=offset_s, source=os.fspath(path))
    return clip if sr is None else resample(clip, sr)


def stream(
    path: str | os.PathLike[str],
    *,
    block_s: float = 10.0,
    offset_s: float = 0.0,
    duration_s: float | None = None,
) -> Iterator[Clip]:
    """Decode a file block by block, in memory bounded by one block.

    Parameters
    ----------
    path : path-like
        Any audio file, or a video with a sound track.
    block_s : float
        Length of a block, seconds; the last one is shorter, and so may be others.
    offset_s, duration_s : float
        The excerpt, as for `decode`.

    Yields
    ------
    Clip
        At the file's own rate, all channels, `start_s` set.

    Raises
    ------
    AudioError, NotFoundError
        As `decode`, when the iteration comes to it.
    """
    with Source(Path(path)) as source:
        sr = source.facts.sr
        for y in source.blocks(block_s, offset_s, duration_s):
            start_s = (source.position - y.shape[1]) / sr
            yield Clip(_squeezed(np.ascontiguousarray(y)), sr, start_s=start_s, source=os.fspath(path))


def mix_down(y: Samples) -> Samples:
    """Return the mean of the channels of `y`, shape (n_channels, n), as (n,)."""
    if y.shape[0] == 1:
        return y[0]
    return np.full(y.shape[0], 1.0 / y.shape[0], np.float32) @ y


def _squeezed(y: Samples) -> Samples:
    return y[0] if y.ndim == 2 and y.shape[0] == 1 else y


def _too_long(path: Path) -> DecodeError:
    return DecodeError(
        f"{str(path)!r} needs more than {MOST_CLIP_BYTES // 2**30} GiB as one clip",
        hint="decode an excerpt (offset_s, duration_s), mix to mono, or stream it block by block",
    )
