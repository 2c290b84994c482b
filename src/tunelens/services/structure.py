"""`structure`: the parts of one recording, of which come again, and the picture of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.audio import stream
from tunelens.audio.decoders import open_file
from tunelens.base.errors import ParameterError, TunelensError, UnknownNameError
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
    smoothed,
)
from tunelens.library.identity import path_to_text
from tunelens.models.registry import BACKBONES
from tunelens.plots.display import Display, check_suffix
from tunelens.plots.notes import PianoRollDisplay
from tunelens.plots.parts import StructureDisplay
from tunelens.plots.waveform import Watched, WaveformDisplay
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
    ParameterError
        `out` exists, or the file is MIDI and `of` is not "midi".
    MissingDependencyError
        The net is not here, or no library that reads MIDI.
    NotFoundError, DecodeError, EmptyAudioError, DataError
        The file cannot be heard or read.
    """
    if of not in WAYS:
        raise UnknownNameError.among("way to compare", of, WAYS)
    if of != MIDI and _is_midi(Path(path)):
        raise ParameterError(
            f"{os.fspath(path)!r} holds notes and no sound", hint="compare by notes: --of midi"
        )
    target = None if out is None else check_writable(check_suffix(Path(out)), force=force)
    heard = _HEARD[of](Path(path), _Request(of, model, settings or Settings.from_env()))
    found = find_structure(self_similarity(heard.columns, _METRIC.get(of, "cosine")))
    if target is not None:
        name = _title(Path(path), of) if title is None else title
        StructureDisplay(structure=found, above=heard.above(), title=name).save(target, force=force)
    return StructureReport(Path(path), of, found, target)


def _is_midi(path: Path) -> bool:
    try:
        with os.fdopen(open_file(path), "rb") as file:
            return file.read(4) == b"MThd"
    except (OSError, TunelensError):
        return False  # hearing it says why it cannot be opened


def _title(path: Path, of: str) -> str:
    return path.name if of == MIDI else name_of(path)


@dataclass(frozen=True)
class _Request:
    of: str
    model: str
    settings: Settings


@dataclass(frozen=True, eq=False)
class _Heard:
    """What is compared, and what is drawn over it once somebody wants a picture."""

    columns: Sequence
    above: Callable[[], Display]


def _of_sound(path: Path, wanted: _Request) -> _Heard:
    watched = Watched(stream(path, duration_s=wanted.settings.max_duration_s))
    return _Heard(sequence(watched, wanted.of), partial(WaveformDisplay.of_watched, watched))


def _of_net(path: Path, wanted: _Request) -> _Heard:
    """Have a net hear at most `MOST_PATCHES` evenly spaced patches."""
    ear = BACKBONES[wanted.model].listener(MOST_PATCHES, wanted.settings)
    watched = Watched(stream(path, duration_s=wanted.settings.max_duration_s))
    for clip in watched:
        ear.add(clip)
    tagging = ear.finish()
    layers = ear.over_time()
    name = next((layer for layer in layers if layer != "scores"), "scores")
    begins = tagging.times_s.astype(np.float64)
    edges_s = np.append(begins, begins[-1] + tagging.patch_s)
    columns = sequence_of(layers[name].T, edges_s, EMBEDDING)
    return _Heard(columns, partial(WaveformDisplay.of_watched, watched))


def _of_notes(path: Path, wanted: _Request) -> _Heard:
    from tunelens.symbolic.pianoroll import piano_roll

    del wanted
    roll = piano_roll(path)
    rows = np.arange(len(roll.values) + 1) - 0.5
    shown = partial(PianoRollDisplay, values=roll.values, edges_s=roll.edges_s, row_edges=rows)
    return _Heard(smoothed(Sequence(roll.values, roll.edges_s, MIDI)), shown)


_HEARD = {**dict.fromkeys(KINDS, _of_sound), EMBEDDING: _of_net, MIDI: _of_notes}
_METRIC = {MIDI: "euclidean"}
