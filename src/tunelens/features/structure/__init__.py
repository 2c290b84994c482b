"""How a recording is built: what is like what, where parts begin, what comes again, and its hook."""

from __future__ import annotations

from tunelens.features.structure.checkerboard import novelty
from tunelens.features.structure.hook import HOOK_VERSION, Hook, find_hook
from tunelens.features.structure.segments import Segment, Structure, find_structure
from tunelens.features.structure.sequences import KINDS, Sequence, sequence, sequence_of, smoothed
from tunelens.features.structure.similarity import METRICS, Ssm, self_similarity

__all__ = [
    "HOOK_VERSION",
    "KINDS",
    "METRICS",
    "Hook",
    "Segment",
    "Sequence",
    "Ssm",
    "Structure",
    "find_hook",
    "find_structure",
    "novelty",
    "self_similarity",
    "sequence",
    "sequence_of",
    "smoothed",
]
