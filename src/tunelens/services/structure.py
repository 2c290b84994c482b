"""`structure`: the parts of one recording, of which come again, and the picture of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.audio import stream
from tunelens.base.errors import UnknownNameError
from tunelens.base.files import check_writable
from tunelens.base.settings import Settings
from tunelens.features.structure import (
    KINDS,
    Sequence,
    Structure,
    find_structure,
    self_similarity,
    sequence,
    sequence_of,
)
from tunelens.library.identity import path_to_text
from tunelens.plots.display import check_suffix
from tunelens.services.plot import name_of

EMBEDDING, MIDI = "embedding", "midi"
WAYS = (*KINDS, EMBEDDING, MIDI)
DEFAULT_MODEL = "MSD_musicnn"
MOST_PATCHES = 600


@dataclass(frozen=True, eq=False)
class StructureReport:
    """How one recording is built.

    Parameters
    ----------
    path : Path
        The file.
    of : str
        What it was compared by, one of `WAYS`.
    structure : Structure
        Parts, boundaries, novelty, matrix.
    out : Path or None
        The picture, if one was asked for.
    """

    path: Path
    of: str
    structure: Structure
    out: Path | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object, without the matrix."""
        return {
            "of": self.of,
            "metric": self.structure.ssm.metric,
            "out": None if self.out is None else path_to_text(self.out),
            **self.structure.to_dict(),
        }


def structure(
    path: str | os.PathLike[str],
    of: str = "both",
    *,
    out: str | os.PathLike[str] | None = None,
    model: str = DEFAULT_MODEL,
    title: str | None = None,
    force: bool = False,
    settings: Settings | None = None,
) -> StructureReport:
    """Cut a recording into parts, and name those that are alike with one letter.

    Parameters
    ----------
    path : path-like
        Any audio file; a MIDI file where `of` is "midi".
    of : {"chroma", "mfcc", "both", "embedding", "midi"}
        What moments are compared by: harmony, timbre, both, what a net hears (every 3 s), or the notes of a
        MIDI file (Euclidean distance).
    out : path-like, optional
        Picture: ``.png``, ``.svg`` or ``.html``.
    model : str
        The net, one of `BACKBONES`.
    title : str, optional
        Title of the picture; by default what the file says of itself, else its name.
    force : bool
        Overwrite `out`.

    Raises
    ------
    UnknownNameError
        There is no such way to compare, or no such net.
    MissingDependencyError
        The net is not here, or no library that reads MIDI.
    NotFoundError, DecodeError, EmptyAudioError, DataError
        The file cannot be heard or read.
    """
    if of not in WAYS:
        raise UnknownNameError.among("way to compare", of, WAYS)
    target = None if out is None else check_writable(check_suffix(Path(out)), force=force)
    del title, target
    return StructureReport(Path(path), of, find_structure(_matrix(Path(path), of)))


def _matrix(path, of):
    return self_similarity(sequence(stream(path), of))
