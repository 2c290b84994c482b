"""Dynamic complexity: how much the loudness moves."""

from __future__ import annotations

import numpy as np

from tunelens.features.grid import Float64

_OFFSET_DB, _GATE_DB = -0.691, -70.0
_FORGETTING = 0.9
_SEGMENTS = 2


def dynamic_complexity_db(powers: Float64) -> float | None:
    """Return the mean absolute deviation of the loudness from its global level, dB.

    Streich 2007, "Music complexity: a multi-faceted description of audio content", section on dynamics: the
    loudness of every 200 ms against the global level, which is a mean that weights a moment of L dB by
    ``0.9 ** -L``, so that loud moments count more (Vickers 2001, "Automatic long-term loudness and dynamics
    matching"). The loudness here is K-weighted (ITU-R BS.1770); moments below -70 LUFS are left out.

    Parameters
    ----------
    powers : ndarray of float64, shape (n,)
        K-weighted power of every 100 ms.

    Returns
    -------
    float or None
        0 for a steady sound, about 2 for dense rock, above 6 for an orchestra; None for silence.

    Examples
    --------
    >>> dynamic_complexity_db(np.full(20, 0.1))
    0.0
    """
    pairs = powers[: len(powers) // _SEGMENTS * _SEGMENTS].reshape(-1, _SEGMENTS).mean(axis=1)
    levels = _OFFSET_DB + 10 * np.log10(np.maximum(pairs if len(pairs) else powers, 1e-12))
    levels = levels[levels > _GATE_DB]
    if not len(levels):
        return None
    weights = _FORGETTING ** -(levels - levels.max())
    return float(np.abs(levels - weights @ levels / weights.sum()).mean())
