"""Writing sound: WAV, whole or not at all; FLAC, in memory."""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.base.errors import ParameterError
from tunelens.base.files import atomic_path, check_writable

SUBTYPES = ("PCM_16", "PCM_24", "PCM_32", "PCM_U8", "FLOAT", "DOUBLE")


def flac(clip: Clip) -> bytes:
    """Return `clip` as a FLAC file of 16 bits; samples beyond full scale are limited to it.

    Raises
    ------
    EmptyAudioError
        The clip holds no samples.
    ParameterError
        FLAC has no such rate or number of channels.
    """
    import soundfile

    held = io.BytesIO()
    try:
        y = np.clip(clip.require_samples().y, -1.0, 1.0)
        soundfile.write(held, y.T, clip.sr, subtype="PCM_16", format="FLAC")
    except soundfile.LibsndfileError as error:
        raise ParameterError(f"{clip.n_channels} channels at {clip.sr} Hz: {error}") from error
    return held.getvalue()


def write_wav(
    clip: Clip, path: str | os.PathLike[str], *, subtype: str = "PCM_16", force: bool = False
) -> Path:
    """Write `clip` as WAV; samples beyond full scale are limited to it in the PCM subtypes.

    Parameters
    ----------
    clip : Clip
        At least one sample.
    path : path-like
        The file; its folder is made when it is absent.
    subtype : str
        One of `SUBTYPES`.
    force : bool
        Overwrite.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ParameterError
        The file exists and `force` is not set, or the subtype is unknown.
    DataError
        The place cannot be written.
    EmptyAudioError
        The clip holds no samples.
    """
    import soundfile

    if subtype not in SUBTYPES:
        raise ParameterError(f"subtype is {subtype!r}; allowed: {', '.join(SUBTYPES)}")
    clip.require_samples()
    y = clip.y if subtype in ("FLOAT", "DOUBLE") else np.clip(clip.y, -1.0, 1.0)
    target = check_writable(Path(path), force=force)
    held = io.BytesIO()  # libsndfile cannot tell that a disk is full
    try:
        soundfile.write(held, y.T, clip.sr, subtype=subtype, format="WAV")
    except soundfile.LibsndfileError as error:
        raise ParameterError(f"{str(target)!r} cannot be written: {error}") from error
    with atomic_path(target) as temporary:
        temporary.write_bytes(held.getbuffer())
    return target
