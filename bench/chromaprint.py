"""Chromaprint as a peer: the system's library by ctypes, and how two of its fingerprints align best."""

from __future__ import annotations

import ctypes
from ctypes.util import find_library
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.harness import Skip
from tunelens.audio import Clip, resample

SR = 11_025
STEP_S = 1365 / SR
ALGORITHM = 1  # what AcoustID uses
Codes = NDArray[np.uint32]


@lru_cache
def library() -> Any:
    """Load it, or say why not."""
    name = find_library("chromaprint")
    if name is None:
        raise Skip("Chromaprint is not here (Debian: apt install libchromaprint1)")
    found = ctypes.CDLL(name)
    found.chromaprint_new.restype = ctypes.c_void_p
    found.chromaprint_get_version.restype = ctypes.c_char_p
    return found


def codes(clip: Clip) -> Codes:
    """Return 32 bits for every eighth of a second."""
    lib = library()
    sound = (np.clip(resample(clip.mono(), SR).y, -1, 1) * 32767).astype(np.int16)
    context = ctypes.c_void_p(lib.chromaprint_new(ALGORITHM))
    try:
        lib.chromaprint_start(context, SR, 1)
        lib.chromaprint_feed(context, sound.ctypes.data_as(ctypes.c_void_p), ctypes.c_int(sound.size))
        lib.chromaprint_finish(context)
        data, size = ctypes.POINTER(ctypes.c_uint32)(), ctypes.c_int()
        lib.chromaprint_get_raw_fingerprint(context, ctypes.byref(data), ctypes.byref(size))
        found = np.array([data[i] for i in range(size.value)], np.uint32)
        lib.chromaprint_dealloc(data)
    finally:
        lib.chromaprint_free(context)
    return found


def agreement(known: Codes, query: Codes) -> tuple[float, float]:
    """Return the largest share of equal bits of `query` within `known`, over all offsets, and where, s."""
    n = known.size - query.size + 1
    if n < 1 or not query.size:
        return 0.0, 0.0
    windows = np.lib.stride_tricks.sliding_window_view(known, query.size)
    differing = np.unpackbits((windows ^ query).view(np.uint8), axis=1).sum(axis=1)
    best = int(differing.argmin())
    return 1 - differing[best] / (32 * query.size), best * STEP_S
