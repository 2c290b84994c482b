"""Parts: where they begin, and which of them are the same (A B A C)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.features.grid import Float32, Float64
from tunelens.features.structure.checkerboard import KERNEL_S, novelty
from tunelens.features.structure.similarity import Ssm
from tunelens.features.structure.turns import turns
from tunelens.features.timeline import Floats

SAME = 0.5
OVERLAP = 0.7


@dataclass(frozen=True)
class Segment:
    """A part of a recording.

    Parameters
    ----------
    start_s, end_s : float
        Where it lies, seconds.
    label : str
        "A", "B" ...; parts of one label are alike.
    """

    start_s: float
    end_s: float
    label: str

    @property
    def duration_s(self) -> float:
        """Length, seconds."""
        return self.end_s - self.start_s

    def to_dict(self) -> dict[str, Any]:
        """Return the segment as a JSON object."""
        return {"start_s": round(self.start_s, 3), "end_s": round(self.end_s, 3), "label": self.label}


@dataclass(frozen=True, eq=False)
class Structure:
    """How a recording is built.

    Parameters
    ----------
    segments : tuple of Segment
        In order of time; together they are the whole.
    boundaries_s : ndarray of float64, shape (n_segments - 1,)
        Where one part ends and the next begins, seconds; the two ends are none.
    novelty : ndarray of float64, shape (n,)
        How much is new at the begin of each column, see `novelty`.
    ssm : Ssm
        What they were read off.
    """

    segments: tuple[Segment, ...]
    boundaries_s: Floats
    novelty: Float64
    ssm: Ssm

    @property
    def form(self) -> str:
        """The labels in order, "A B A C"."""
        return " ".join(segment.label for segment in self.segments)

    @property
    def repeats(self) -> dict[str, tuple[Segment, ...]]:
        """The segments of each label that sounds more than once."""
        groups: dict[str, list[Segment]] = {}
        for segment in self.segments:
            groups.setdefault(segment.label, []).append(segment)
        return {label: tuple(found) for label, found in groups.items() if len(found) > 1}

    def to_dict(self) -> dict[str, Any]:
        """Return segments, boundaries, form and the novelty curve as a JSON object; not the matrix."""
        edges_s = self.ssm.edges_s
        return {
            "form": self.form,
            "segments": [segment.to_dict() for segment in self.segments],
            "boundaries_s": np.round(self.boundaries_s, 3).tolist(),
            "repeats": {
                label: [one.to_dict() for one in segments] for label, segments in self.repeats.items()
            },
            "novelty": {
                "times_s": np.round(edges_s[:-1], 3).tolist(),
                "values": np.round(self.novelty, 4).tolist(),
            },
        }


def find_structure(ssm: Ssm, *, kernel_s: float = KERNEL_S) -> Structure:
    """Cut a recording into parts and tell which are the same.

    Boundaries are where structure features change (Serra et al. 2014) and the sound is novel (Foote 2000),
    see `turns`. Parts are compared by the diagonals of their blocks (see `stripe`) and joined as long as they
    are alike on average (agglomeration with average linkage).

    Parameters
    ----------
    ssm : Ssm
    kernel_s : float
        See `novelty`.

    Examples
    --------
    >>> same = np.repeat([0, 1, 0, 2], 20)
    >>> blocks = np.where(same[:, None] == same, 1.0, -0.3)
    >>> found = find_structure(Ssm(blocks, np.arange(81.0)))
    >>> found.form, found.boundaries_s.tolist()
    ('A B A C', [20.0, 40.0, 60.0])
    """
    cuts = turns(ssm, kernel_s)
    edges = np.concatenate([[0], cuts, [ssm.n]])
    labels = _labels(ssm.similarity, edges)
    times = pairwise(ssm.edges_s[edges].tolist())
    segments = tuple(Segment(a, b, label) for (a, b), label in zip(times, labels, strict=True))
    return Structure(segments, ssm.edges_s[cuts], novelty(ssm, kernel_s), ssm)


def _labels(likeness: Float32, edges: NDArray[np.intp]) -> list[str]:
    """Name the parts in order of their first appearance."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    n = len(edges) - 1
    if n == 1:
        return ["A"]
    parts = [slice(a, b) for a, b in pairwise(edges)]
    apart = np.zeros((n, n))
    for i, j in combinations(range(n), 2):
        apart[i, j] = apart[j, i] = 1 - stripe(likeness[parts[i], parts[j]])
    groups = fcluster(linkage(squareform(apart), "average"), 1 - SAME, "distance").tolist()
    order = {group: letters(number) for number, group in enumerate(dict.fromkeys(groups))}
    return [order[group] for group in groups]


def stripe(block: Float32) -> float:
    """Return how alike two parts are when they run side by side, in the best of all positions.

    The mean along a diagonal of their block; at least `OVERLAP` of the shorter part must be on it, and what
    is missing counts as nothing alike.

    Examples
    --------
    >>> stripe(np.eye(4, 6, k=1))
    1.0
    """
    shorter = min(block.shape)
    best = -1.0
    for offset in range(1 - block.shape[0], block.shape[1]):
        side_by_side = np.diagonal(block, offset)
        if len(side_by_side) >= OVERLAP * shorter:
            best = max(best, float(side_by_side.sum()) / shorter)
    return best


def letters(number: int) -> str:
    """Return "A" for 0, "Z" for 25, "AA" for 26.

    Examples
    --------
    >>> letters(0), letters(25), letters(26), letters(703)
    ('A', 'Z', 'AA', 'AAB')
    """
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("A") + rest) + text
    return text
