"""Where the music turns to something else: by what it is like elsewhere, and by how it sounds.

Serra, Mueller, Grosche & Arcos 2014, "Unsupervised music structure annotation by time series structure
features and segment similarity": with each moment goes a row that says at which lags it is repeated; where
such rows change, a repeat begins or ends.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tunelens.features.grid import Float32, Float64
from tunelens.features.structure.checkerboard import KERNEL_S, novelty
from tunelens.features.structure.repeats import along_diagonals
from tunelens.features.structure.similarity import Ssm

NEAREST = 0.04
LEAST_S = 4.0
PROMINENCE = 0.4
_COARSE_S, _FINE_S, _ALONG = 1.0, 0.5, 2.5
_ALIKE = 1e-3
_REACH_S = 2.0
_FAR_S, _LONG_S = 8.0, 6.0
_LEAST_LIKENESS = 0.35


def turns(ssm: Ssm, kernel_s: float = KERNEL_S) -> NDArray[np.intp]:
    """Return the columns with which parts begin, the first column left out.

    Peaks of the sum of two curves that each reach 1: how structure features change, and how novel the sound
    is (Foote 2000). Each is then moved to where structure features, smoothed less, change most within 2
    seconds. Noise, in which nothing is like anything else for long (see `has_likeness`), turns nowhere.
    """
    from scipy.signal import find_peaks

    if not has_likeness(ssm):
        return np.zeros(0, np.intp)
    sound = novelty(ssm, kernel_s)
    lags = repeated_at(ssm.similarity)
    both = _to_one(lag_changes(lags, _COARSE_S / ssm.step_s)) + _to_one(np.maximum(sound, 0))
    apart = max(1, round(LEAST_S / ssm.step_s))
    peaks = find_peaks(both, distance=apart, prominence=PROMINENCE)[0]
    fine = lag_changes(lags, _FINE_S / ssm.step_s)
    moved = np.unique([_highest_near(fine, at, round(_REACH_S / ssm.step_s)) for at in peaks.tolist()])
    inside = (moved >= apart / 2) & (moved <= ssm.n - apart / 2)
    return moved[inside].astype(np.intp)


def has_likeness(ssm: Ssm) -> bool:
    """Is anything like something else that is far away: 0.35 or more for 6 seconds, 8 seconds apart?

    A quarter of a short recording stands for far. One pair of moments in a thousand must be so; of white
    noise the best are 0.2 to 0.3, of music 0.45 to 1.
    """
    alike = along_diagonals(ssm.similarity, max(1, min(round(_LONG_S / ssm.step_s), ssm.n // 8)))
    far = max(1, min(round(_FAR_S / ssm.step_s), ssm.n // 4))
    apart = alike[np.triu_indices(ssm.n, far)]
    return len(apart) > 0 and float(np.quantile(apart, 0.999)) >= _LEAST_LIKENESS


def repeated_at(likeness: Float32) -> Float32:
    """Return which columns are among the nearest of each other, by lag: 1 in row i, column l for i and i + l.

    Lags go round, as the paper has it. Nearest are 4 % of the columns, and all that are as near as they.

    Examples
    --------
    >>> same = np.array([0, 1, 0, 1])
    >>> repeated_at(np.float32(same[:, None] == same)).tolist()[0]
    [1.0, 0.0, 1.0, 0.0]
    """
    n = len(likeness)
    nearest = max(1, round(NEAREST * n))
    least = np.partition(likeness, n - nearest, axis=1)[:, n - nearest, None] - _ALIKE
    among = likeness >= least
    rows, columns = np.nonzero(among & among.T)
    lags = np.zeros((n, n), np.float32)
    lags[rows, (columns - rows) % n] = 1
    return lags


def lag_changes(lags: Float32, width: float) -> Float64:
    """Return how far each row lies from the one before, (n,), the first being 0.

    Before, rows are smoothed over `width` columns, and over more of them along time.
    """
    from scipy.ndimage import gaussian_filter

    smooth = gaussian_filter(lags, (_ALONG * width, width), mode=("nearest", "wrap"))
    return np.concatenate([[0.0], np.linalg.norm(np.diff(smooth, axis=0), axis=1)])


def _to_one(curve: Float64) -> Float64:
    top = float(curve.max())
    return curve / top if top > 0 else curve


def _highest_near(curve: Float64, at: int, reach: int) -> int:
    first = max(0, at - reach)
    return first + int(np.argmax(curve[first : at + reach + 1]))
