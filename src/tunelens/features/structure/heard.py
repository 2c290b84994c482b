"""What the search for a hook needs of a recording, from one pass over it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunelens.features.frames import Frames
from tunelens.features.grid import Float32, Float64, Grid
from tunelens.features.rhythm import novelty
from tunelens.features.structure.sequences import Sequence, sequence_of
from tunelens.features.timeline import Counted, Floats, Fold, Sound, clips_of, pieces, step_for

LIMIT = 2000
FINEST_S = 0.35
SMOOTH_S = 1.0
_MARGIN = 4
_FLOOR = 1e-10


@dataclass(frozen=True, eq=False)
class Heard:
    """A recording as the search for a hook sees it.

    Parameters
    ----------
    columns : Sequence
        Timbre and harmony, smoothed and standardised.
    level : ndarray of float64, shape (n,)
        Root mean square in each column.
    onsets : ndarray of float32, shape (t,)
        How much is new in each frame, see `tunelens.features.rhythm.novelty`.
    fps : float
        Frames a second of `onsets`.
    """

    columns: Sequence
    level: Float64
    onsets: Float32
    fps: float

    @property
    def start_s(self) -> float:
        """Where the recording begins, seconds."""
        return float(self.columns.edges_s[0])

    @property
    def end_s(self) -> float:
        """Where it ends, seconds."""
        return float(self.columns.edges_s[-1])

    @property
    def duration_s(self) -> float:
        """Its length, seconds."""
        return self.end_s - self.start_s

    def level_db(self, length: int) -> Float64:
        """Return the level of every stretch of `length` columns, dB, by the column that it begins with."""
        total = np.concatenate([[0.0], np.cumsum(self.level**2)])
        return 10 * np.log10(np.maximum((total[length:] - total[:-length]) / length, _FLOOR))


def hear(sound: Sound) -> Heard:
    """Go once over a recording of any length; memory grows by 170 bytes a second for the onsets.

    Raises
    ------
    EmptyAudioError
        `sound` holds no samples.
    """
    clips = Counted(clips_of(sound))
    step = step_for(clips.sr)
    grid = Grid(clips.sr, step.n_fft, step.hop_length)
    fold = Fold(LIMIT, step=max(1, round(FINEST_S * grid.sr / grid.hop_length)))
    onsets: list[Float32] = []
    for piece in pieces(clips, grid, _MARGIN):
        fold.add(_rows(piece.frames)[:, piece.kept])
        onsets.append(novelty(piece.frames.mel)[piece.kept])
    edges_s = clips.start_s + np.append(fold.edges()[:-1] * (grid.hop_length / grid.sr), 0.0)
    edges_s[-1] = clips.start_s + clips.n_samples / clips.sr
    rows = fold.columns()
    columns = sequence_of(rows[:-1], edges_s, "both", smooth_s=SMOOTH_S)
    return Heard(
        columns, np.sqrt(rows[-1].astype(np.float64)), np.concatenate(onsets), grid.sr / grid.hop_length
    )


def _rows(frames: Frames) -> Floats:
    return np.concatenate([frames.mfcc[1:13], frames.chroma, frames.rms[None] ** 2])
