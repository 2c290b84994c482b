"""Runs of clustering whose clusters are known."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tunelens.library.clusterings.run import Model, Run, Told


def run_of(name: str, numbers: Sequence[int], names: Sequence[str] = ()) -> Run:
    """Return a run with a cluster at 0, 1, 2, ... of one feature for each of `numbers`."""
    called = names or [f"cluster {number}" for number in numbers]
    told = tuple(
        Told(number, {"en": one, "zh": f"类{number}"}, (), (), 0.5)
        for number, one in zip(numbers, called, strict=True)
    )
    anchors = np.arange(len(numbers), dtype=np.float64)[:, None]
    model = Model(anchors, np.array(numbers), np.full(len(numbers), np.inf))
    prepared = {"features": ["energy"], "fill": [0.0], "mean": [0.0], "scale": [1.0]}
    return Run(name, "kmeans", 0, "library", "energy", prepared, told, model, {"versions": {}})
