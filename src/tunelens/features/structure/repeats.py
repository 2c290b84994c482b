"""How often each stretch of a recording comes again, and where: paths beside the diagonal.

Müller, Jiang & Grosche 2013, "A robust fitness measure for capturing repetitions in music recordings with
applications to audio thumbnailing" - here for all stretches of one length at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.features.grid import Float32, Float64

KEPT = 0.2
PENALTY = -2.0
_NEVER = np.float32(-1e9)
SCORE, CELLS, COVERED, TIMES, BEGAN = range(5)


def enhanced(values: Float32, width: int = 1, kept: float = KEPT) -> Float32:
    """Return a matrix in which what comes again stands out as stripes.

    It is averaged over `width` columns along its diagonals; the share `kept` that is most alike is brought to
    0 to 1, all else to `PENALTY`, and the diagonal to 1.

    Examples
    --------
    >>> enhanced(np.float32([[1.0, 0.1], [0.1, 1.0]]), kept=0.5).tolist()
    [[1.0, -2.0], [-2.0, 1.0]]
    """
    smooth = along_diagonals(values, width)
    floor = np.quantile(smooth, 1 - kept)
    span = max(float(smooth.max() - floor), 1e-9)
    out = np.where(smooth > floor, (smooth - floor) / span, PENALTY).astype(np.float32)
    np.fill_diagonal(out, 1.0)
    return out


def along_diagonals(values: Float32, width: int) -> Float32:
    """Average over `width` columns along each diagonal, over those that are there at the ends.

    Examples
    --------
    >>> along_diagonals(np.eye(3, k=1, dtype=np.float32), 3)[1].tolist()
    [0.0, 0.0, 1.0]
    """
    n, half = len(values), max(0, min(width, len(values)) // 2)
    total, count = np.zeros((n, n), np.float32), np.zeros((n, n), np.float32)
    for shift in range(-half, half + 1):
        here = slice(max(0, -shift), n - max(0, shift))
        there = slice(max(0, shift), n - max(0, -shift))
        total[here, here] += values[there, there]
        count[here, here] += 1
    return total / count


@dataclass(frozen=True, eq=False)
class Fitness:
    """How well each stretch of one length tells the whole, by the column that it begins with.

    Parameters
    ----------
    fitness : ndarray of float64, shape (n_starts,)
        Harmonic mean of `score` and `coverage`, 0 to 1; 0 where nothing comes again.
    score : ndarray of float64, shape (n_starts,)
        How exact the repeats are, 0 to 1.
    coverage : ndarray of float64, shape (n_starts,)
        Share of the recording that is a repeat of the stretch, itself left out.
    times : ndarray of int, shape (n_starts,)
        How often it sounds, itself counted.
    """

    fitness: Float64
    score: Float64
    coverage: Float64
    times: np.ndarray


def fitness(stripes: Float32, length: int) -> Fitness:
    """Return the fitness of every stretch of `length` columns.

    Of each stretch the repeats are found that do not overlap and together score highest, at between half
    and double the tempo; memory grows with the number of columns times `length`.

    Parameters
    ----------
    stripes : ndarray of float32, shape (n, n)
        As `enhanced` makes it.
    length : int
        Columns, 1 to n.
    """
    n = len(stripes)
    windows = n - length + 1
    rows = sliding_window_view(stripes, length, axis=1)
    idle = np.zeros((5, windows), np.float32)
    one_before = np.full((5, windows, length), _NEVER, np.float32)
    two_before = one_before.copy()
    for row in range(n):
        idle = _finished(idle, one_before[:, :, -1], row)
        now = _one_row(idle, one_before, two_before, rows[row], row)
        one_before, two_before = now, one_before
    total = _finished(idle, one_before[:, :, -1], n)
    return _normalised(total, length, n)


def _finished(idle: Float32, ends: Float32, row: int) -> Float32:
    """Return the better of having been idle, and of a path that came to its end in the row before."""
    done = ends.copy()
    done[COVERED] += row - ends[BEGAN]
    done[TIMES] += 1
    return np.where(ends[SCORE] > idle[SCORE], done, idle)


def _one_row(idle: Float32, one: Float32, two: Float32, likeness: Float32, row: int) -> Float32:
    """Go one column of the recording on in every stretch: by (1, 1), (2, 1) or (1, 2) columns."""
    now = np.empty_like(one)
    now[:, :, 0] = idle
    now[BEGAN, :, 0] = row
    now[:, :, 1:] = np.where(one[SCORE, :, :-1] >= two[SCORE, :, :-1], one[:, :, :-1], two[:, :, :-1])
    np.copyto(now[:, :, 2:], one[:, :, :-2], where=one[SCORE, :, :-2] > now[SCORE, :, 2:])
    now[SCORE] += likeness
    now[CELLS] += 1
    return now


def _normalised(total: Float32, length: int, n: int) -> Fitness:
    """Take away what each stretch has of itself, as the paper does."""
    cells = np.maximum(total[CELLS].astype(np.float64), 1)
    score = np.clip((total[SCORE] - length) / cells, 0, 1)
    coverage = np.clip((total[COVERED] - length) / n, 0, 1)
    both = np.where(score + coverage > 0, 2 * score * coverage / np.maximum(score + coverage, 1e-12), 0)
    return Fitness(both, score, coverage, total[TIMES].astype(int))


def occurrences(stripes: Float32, start: int, length: int) -> tuple[tuple[int, int], ...]:
    """Return where the stretch that begins at `start` sounds: (begin, end) columns, in order, itself too.

    They are those whose number `fitness` gives.
    """
    n = len(stripes)
    part = stripes[:, start : start + length]
    score = np.full((n + 2, length), _NEVER, np.float64)
    began = np.zeros((n + 2, length), np.int64)
    idle, taken = np.zeros(n + 1), np.full(n + 1, -1)
    for row in range(n):
        here, one, two = row + 2, row + 1, row
        score[here, 0], began[here, 0] = idle[row] + part[row, 0], row
        better = score[one, :-1] >= score[two, :-1]
        score[here, 1:] = np.where(better, score[one, :-1], score[two, :-1])
        began[here, 1:] = np.where(better, began[one, :-1], began[two, :-1])
        quick = score[one, :-2] > score[here, 2:]
        score[here, 2:][quick] = score[one, :-2][quick]
        began[here, 2:][quick] = began[one, :-2][quick]
        score[here, 1:] += part[row, 1:]
        ends = score[here, -1] > idle[row]
        idle[row + 1] = score[here, -1] if ends else idle[row]
        taken[row + 1] = began[here, -1] if ends else -1
    return _traced(taken)


def _traced(taken: np.ndarray) -> tuple[tuple[int, int], ...]:
    found, row = [], len(taken) - 1
    while row > 0:
        if taken[row] >= 0:
            found.append((int(taken[row]), row))
            row = int(taken[row])
        else:
            row -= 1
    return tuple(reversed(found))
