"""`plot`: one file, one picture."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tunelens.audio import probe, stream
from tunelens.base.files import check_writable
from tunelens.plots import PLOTS
from tunelens.plots.display import check_suffix


def plot(
    path: str | os.PathLike[str],
    kind: str,
    out: str | os.PathLike[str],
    *,
    offset_s: float = 0.0,
    duration_s: float | None = None,
    force: bool = False,
    title: str | None = None,
) -> Path:
    """Draw a file, or an excerpt of it; memory stays bounded whatever its length.

    Parameters
    ----------
    path : path-like
        Any audio file, or a video with a sound track.
    kind : str
        One of `PLOTS`; "tags" hears the file with the default net first.
    out : path-like
        Where to: ``.png``, ``.svg`` or ``.html``.
    offset_s, duration_s : float
        The excerpt, seconds; by default all of it.
    force : bool
        Overwrite `out`.
    title : str, optional
        Title of the picture; by default what the file says of itself, else its name.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    UnknownNameError
        There is no such kind.
    ParameterError
        The suffix is not one of those, `out` exists, or the excerpt is not possible.
    NotFoundError, DecodeError, EmptyAudioError
        The file cannot be heard.

    Examples
    --------
    >>> plot("song.mp3", "spectogram", "song.png")
    Traceback (most recent call last):
        ...
    tunelens.base.errors.UnknownNameError: unknown plot 'spectogram'
    >>> plot("song.mp3", "mel", "song.bmp")
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: 'song.bmp' ends in '.bmp'; .png, .svg, .html are allowed
    """
    display: Any = PLOTS[kind]
    target = check_writable(check_suffix(Path(out)), force=force)
    name = name_of(Path(path)) if title is None else title
    sound = stream(path, offset_s=offset_s, duration_s=duration_s)
    return display.from_clip(sound, title=name).save(target, force=force)


def name_of(path: Path) -> str:
    """Return artist and title as the file says, else its name."""
    info = probe(path)
    if not info.title:
        return path.name
    return f"{info.artist} - {info.title}" if info.artist else info.title
