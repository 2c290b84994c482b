"""How much is new at each moment: a checkerboard along the diagonal of a self-similarity matrix."""

from __future__ import annotations

import numpy as np

from tunelens.base.errors import ParameterError
from tunelens.features.grid import Float64
from tunelens.features.structure.similarity import Ssm
from tunelens.features.timeline import Floats

KERNEL_S = 32.0


def checkerboard(half: int) -> Float64:
    """Return a kernel of 2 `half` rows: 1 where two columns lie on one side of the middle, else -1.

    It fades by a Gaussian of which the standard deviation is half of `half`; its absolute values sum to 1.

    Examples
    --------
    >>> checkerboard(1).tolist()
    [[0.25, -0.25], [-0.25, 0.25]]
    """
    at = np.arange(-half, half) + 0.5
    bell = np.sign(at) * np.exp(-2 * (at / half) ** 2)
    kernel = np.outer(bell, bell)
    return kernel / np.abs(kernel).sum()


def novelty(ssm: Ssm, kernel_s: float = KERNEL_S) -> Float64:
    """Return how much the sound changes where each column begins.

    Foote 2000, "Automatic audio segmentation using a measure of audio novelty": the matrix weighted by a
    checkerboard along its diagonal: high where the sound before is unlike the sound after, and each is even
    in itself. Beyond both ends there is nothing: zeros.

    Parameters
    ----------
    ssm : Ssm
    kernel_s : float
        What is looked at around each moment, seconds; as many columns before it as after it.

    Returns
    -------
    ndarray of float64, shape (n,)
        From -1 to 1; above 0 where the sound changes; the value of column i belongs to ``edges_s[i]``.

    Raises
    ------
    ParameterError
        `kernel_s` is not above 0.

    Examples
    --------
    >>> blocks = np.kron(np.eye(2), np.ones((2, 2)))
    >>> novelty(Ssm(blocks, np.arange(5.0)), kernel_s=2).tolist()
    [0.25, 0.0, 0.5, 0.0]
    """
    if not 0 < kernel_s < np.inf:
        raise ParameterError(f"kernel_s is {kernel_s}; more than 0 s is needed")
    half = int(np.clip(round(kernel_s / ssm.step_s / 2), 1, max(1, ssm.n // 2)))
    kernel, likeness = checkerboard(half), ssm.similarity
    total = np.zeros(ssm.n)
    for lag in range(-2 * half + 1, 2 * half):
        total += _along(np.diagonal(likeness, lag), np.diagonal(kernel, lag), half, ssm.n)
    return total


def _along(values: Floats, weights: Float64, half: int, n: int) -> Float64:
    """Return what one diagonal adds; the kernel begins `half` columns before the one it is centred on."""
    if not len(values):
        return np.zeros(n)
    full = np.correlate(values.astype(np.float64), weights, "full")
    at = np.arange(n) - half + len(weights) - 1
    inside = (at >= 0) & (at < len(full))
    return np.where(inside, full[np.clip(at, 0, len(full) - 1)], 0.0)
