"""What a player shows of one track: its waveform, its tags over time, its beats, its parts."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from tunelens.audio import stream
from tunelens.base.settings import Settings
from tunelens.library.analysis import Analysis
from tunelens.models.tagging import Tagging
from tunelens.models.taxonomy import group_of
from tunelens.plots.waveform import Watched
from tunelens.services.kept_pieces import KeptPieces
from tunelens.services.structure import structure

Float32 = NDArray[np.float32]
MOST_POINTS = 4000
LONGEST_PARTS_S = 1200.0
N_TAGS = 12
VERSION = 1


@dataclass(frozen=True, eq=False)
class Waveform:
    """The extremes of a recording, column by column.

    Parameters
    ----------
    low, high, rms : ndarray of float32, shape (n,)
        Smallest and largest sample of any channel, and root mean square; full scale is 1.
    duration_s : float
        What was heard, seconds; columns are equally long but the last.
    peak : float
        Largest absolute sample.
    """

    low: Float32
    high: Float32
    rms: Float32
    duration_s: float
    peak: float

    def to_dict(self) -> dict[str, Any]:
        """Return the columns as JSON knows them, rounded to what an eye can see."""
        rows = {name: np.round(getattr(self, name), 4).tolist() for name in ("low", "high", "rms")}
        return {"points": len(self.low), "duration_s": self.duration_s, "peak": round(self.peak, 5), **rows}


def waveform(path: Path, points: int, *, sha256: str = "", settings: Settings | None = None) -> Waveform:
    """Return the waveform of a file in at most `points` columns.

    The file is decoded once, in bounded memory; what was found is kept by `sha256`, the content.

    Raises
    ------
    AudioError, NotFoundError
        It cannot be heard.
    """
    settings = settings or Settings.from_env()
    kept = KeptPieces.of("waveforms", settings)
    held = kept.get(VERSION, sha256) if sha256 else None
    whole = _unpacked(held) if held else None
    if whole is None:
        whole = _watched(path, settings)
        if sha256:
            kept.put(_packed(whole), VERSION, sha256)
    return _coarser(whole, points)


def _watched(path: Path, settings: Settings) -> Waveform:
    watched = Watched(stream(path, duration_s=settings.max_duration_s), 2 * MOST_POINTS)
    for _ in watched:
        pass
    low, high = watched.low.columns()[0], watched.high.columns()[0]
    rms = np.sqrt(watched.square.columns()[0])
    duration_s = watched.clips.n_samples / watched.clips.sr
    finite = [np.nan_to_num(one).astype(np.float32) for one in (low, high, rms)]
    peak = float(max(-finite[0].min(), finite[1].max()))
    return Waveform(finite[0], finite[1], finite[2], duration_s, peak)


def _packed(whole: Waveform) -> bytes:
    held = io.BytesIO()
    np.savez(held, **{**vars(whole), "duration_s": whole.duration_s, "peak": whole.peak})
    return held.getvalue()


def _unpacked(content: bytes) -> Waveform | None:
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as held:
            rows = [held[name].astype(np.float32) for name in ("low", "high", "rms")]
            return Waveform(rows[0], rows[1], rows[2], float(held["duration_s"]), float(held["peak"]))
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        return None  # cut off: it is made anew


def _coarser(whole: Waveform, points: int) -> Waveform:
    """Merge neighbouring columns until there are at most `points`."""
    n = len(whole.low)
    if n <= points:
        return whole
    starts = np.unique(np.linspace(0, n, points, endpoint=False).astype(np.intp))
    lengths = np.diff(np.append(starts, n))
    square = np.add.reduceat(whole.rms.astype(np.float64) ** 2, starts) / lengths
    return replace(
        whole,
        low=np.minimum.reduceat(whole.low, starts),
        high=np.maximum.reduceat(whole.high, starts),
        rms=np.sqrt(square).astype(np.float32),
    )


def timeline(analysis: Analysis, n_tags: int = N_TAGS) -> dict[str, Any]:
    """Return what each net heard when, for the tags that are strongest anywhere.

    Returns
    -------
    dict
        ``nets``: of each its name, ``patch_s``, ``times_s`` (n,), and ``tags`` with ``group``, ``mean`` and
        ``scores`` (n,), the strongest of each group first.
    """
    return {"nets": [_over_time(one, n_tags) for one in analysis.taggings], "duration_s": analysis.duration_s}


def _over_time(one: Tagging, n_tags: int) -> dict[str, Any]:
    mean, peak = one.scores.mean(axis=0), one.scores.max(axis=0)
    strongest = np.argsort(-(mean + 0.25 * peak), kind="stable")[:n_tags]
    tags = [
        {
            "tag": one.tags[k],
            "group": group_of(one.tags[k]),
            "mean": round(float(mean[k]), 4),
            "scores": np.round(one.scores[:, k].astype(np.float64), 4).tolist(),
        }
        for k in strongest
    ]
    times_s = np.round(one.times_s.astype(np.float64), 3).tolist()
    return {"model": one.model, "patch_s": one.patch_s, "times_s": times_s, "tags": tags}


def beats(analysis: Analysis) -> dict[str, Any]:
    """Return beats, tempo and key, each with how sure it is."""
    told = analysis.descriptors.to_dict()
    return {name: told[name] for name in ("beats_s", "tempo", "key", "duration_s")}


def parts(path: Path, of: str, *, sha256: str = "", settings: Settings | None = None) -> dict[str, Any]:
    """Return the parts of a recording, and which come again, as `tunelens.services.structure` finds them.

    Of longer recordings the first 20 minutes are looked at; what was found is kept by `sha256`.

    Raises
    ------
    UnknownNameError
        There is no such way to compare.
    AudioError, NotFoundError, MissingDependencyError
        It cannot be heard.
    """
    settings = settings or Settings.from_env()
    kept = KeptPieces.of("parts", settings)
    held = kept.get(VERSION, of, sha256) if sha256 else None
    if held is not None:
        found = _parsed(held)
        if found is not None:
            return found
    bounded = replace(settings, max_duration_s=min(settings.max_duration_s, LONGEST_PARTS_S))
    found = structure(path, of, settings=bounded).to_dict()
    del found["out"]
    if sha256:
        kept.put(json.dumps(found).encode(), VERSION, of, sha256)
    return found


def _parsed(content: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
