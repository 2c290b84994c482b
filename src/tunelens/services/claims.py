"""Claims about songs, put to the test on their sound: each song is followed from start to end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.listen import listen
from tunelens.base.errors import DataError, TunelensError
from tunelens.base.language import say
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.charts.hits.claims import CLAIMS, FEATURES, N_PARTS, Courses, Tested, claims_table, weigh
from tunelens.explore.collection import Collection
from tunelens.features.frames import Frames
from tunelens.features.registry import FEATURES as KNOWN
from tunelens.plots.display import Display
from tunelens.services.engines import ENGINES, n_workers
from tunelens.services.findings import ShownFindings

Floats = NDArray[np.float64]
SHORTEST_S = 10.0
LONGEST_S = 900.0
"""Of longer recordings the first quarter of an hour counts; a mix is no song with a start and an end."""
HOOK_S = 15.0
_SILENT = 1e-3
_LEVEL = "rms"


@dataclass(frozen=True, eq=False)
class Course:
    """One song: means of its features in equal parts, in its hook and outside of it."""

    parts: Floats
    hook: Floats
    rest: Floats


@dataclass(frozen=True, eq=False)
class Followed:
    """Songs that were followed, and those that could not be.

    Parameters
    ----------
    courses : Courses
    failed : tuple of (Path, TunelensError)
    """

    courses: Courses
    failed: tuple[tuple[Path, TunelensError], ...] = ()


@dataclass(frozen=True)
class ClaimsReport(ShownFindings):
    """What became of claims.

    Parameters
    ----------
    title : str
    tested : tuple of Tested
    notes : tuple of str
    failed : tuple of (Path, TunelensError)
    """

    title: str
    tested: tuple[Tested, ...]
    notes: tuple[str, ...] = ()
    failed: tuple[tuple[Path, TunelensError], ...] = ()

    def summary(self) -> str:
        """Return what is to be said first, in the language of now."""
        said = [f"{one.sentence()}: {say(one.verdict)}" for one in self.tested]
        return "; ".join(said)

    def tables(self) -> tuple[Table, ...]:
        """Return the claims as a table."""
        return (claims_table(self.tested),)

    def displays(self) -> Mapping[str, Display]:
        """Return no picture."""
        return {}

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "title": self.title,
            "claims": [one.to_dict() for one in self.tested],
            "notes": list(self.notes),
            "failed": [{"path": str(path), "error": error.to_dict()} for path, error in self.failed],
        }


def claims_report(
    hot: Followed,
    others: Followed | None = None,
    claims: Sequence[str] = CLAIMS,
    *,
    correction: str = "holm",
    level: float = 0.05,
    seed: int = 0,
) -> ClaimsReport:
    """Put claims to the test; parameters and errors as `weigh` has them."""
    other = None if others is None else others.courses
    tested = weigh(hot.courses, other, claims, correction=correction, level=level, seed=seed)
    failed = (*hot.failed, *(() if others is None else others.failed))
    left = len(claims) - len(tested)
    notes = (say("{n} claims have too few songs, or nothing to compare with, and were left out", n=left),)
    return ClaimsReport(hot.courses.name, tested, notes if left else (), failed)


def follow(
    songs: Collection,
    *,
    jobs: int | None = None,
    settings: Settings | None = None,
    engine: str = "local",
    progress: Progress | None = None,
) -> Followed:
    """Follow the features of songs from start to end, in worker processes.

    Parameters
    ----------
    songs : Collection
        Songs without a file are left out.
    jobs : int, optional
        Worker processes; 0 means one per core; None takes the setting.
    settings : Settings, optional
    engine : str
        A name in `ENGINES`.
    progress : Progress, optional

    Raises
    ------
    DataError
        No song has a file.
    """
    settings = settings or Settings.from_env()
    rows = {path: row for row, path in enumerate(songs.paths) if path is not None}
    if not rows:
        raise DataError(f"no song of {songs.name} has a file", hint="claims are about sound")
    progress = progress or Silent()
    progress.start(len(rows), "songs")
    found: dict[int, Course] = {}
    failed: list[tuple[Path, TunelensError]] = []
    work = ENGINES[engine].map(course_of, list(rows), jobs=min(n_workers(jobs, settings), len(rows)),
                               timeout_s=settings.file_timeout_s)  # fmt: skip
    try:
        with closing(work) as outcomes:
            for one in outcomes:
                if one.error is None:
                    found[rows[one.item]] = one.result
                else:
                    failed.append((one.item, one.error))
                progress.advance(str(one.item), ok=one.error is None)
    finally:
        progress.finish()
    return Followed(_together(songs, found), tuple(failed))


def _together(songs: Collection, found: Mapping[int, Course]) -> Courses:
    order = sorted(found)
    some = [found[row] for row in order]
    shape = (len(some), len(FEATURES))
    return Courses(
        songs.name,
        tuple(songs.ids[row] for row in order),
        tuple(songs.artists[row] for row in order),
        np.array([one.parts for one in some]).reshape(*shape, N_PARTS),
        np.array([one.hook for one in some]).reshape(shape),
        np.array([one.rest for one in some]).reshape(shape),
    )


def course_of(path: Path) -> Course:
    """Follow one song.

    Frames that are 60 dB below the loudest have no spectrum worth the name and do not count; of the level
    they do, in dB.

    Raises
    ------
    NotFoundError, AudioError
        It cannot be heard.
    DataError
        It is shorter than 10 s, or silent.
    """
    clips = [window.clip for window in listen(path, max_duration_s=LONGEST_S)]
    length = clips[-1].start_s + clips[-1].duration_s - clips[0].start_s
    if length < SHORTEST_S:
        raise DataError(f"{str(path)!r} has {length:.1f} s; {SHORTEST_S:g} s are needed to have parts")
    values, times = _frames(clips)
    level = values[FEATURES.index(_LEVEL)]
    if level.max() <= 1e-6:
        raise DataError(f"{str(path)!r} is silent")
    heard = level > _SILENT * level.max()
    part = np.minimum((times / length * N_PARTS).astype(np.intp), N_PARTS - 1)
    parts = np.stack([_means(values, heard, part == k) for k in range(N_PARTS)], axis=1)
    hook = _hook(clips, times, length)
    nothing = np.full(len(FEATURES), np.nan)
    if hook is None:
        return Course(parts, nothing, nothing)
    return Course(parts, _means(values, heard, hook), _means(values, heard, ~hook))


def _frames(clips: Sequence[Clip]) -> tuple[Floats, Floats]:
    """Return features by frame, shape (len(FEATURES), t), and the time of each frame from the start."""
    found, times = [], []
    for i, clip in enumerate(clips):
        frames = Frames(clip)
        values = np.stack(
            [np.asarray(KNOWN[name].compute(frames), np.float64).reshape(-1) for name in FEATURES]
        )
        # the last frame of a window stands where the first of the next one stands
        kept = values if i == len(clips) - 1 else values[:, :-1]
        found.append(kept)
        start = clip.start_s - clips[0].start_s
        times.append(start + np.arange(kept.shape[1]) * frames.grid.hop_length / clip.sr)
    return np.concatenate(found, axis=1), np.concatenate(times)


def _means(values: Floats, heard: NDArray[np.bool_], where: NDArray[np.bool_]) -> Floats:
    """Return the mean of each feature over some frames; NaN where none is heard."""
    found = np.full(len(values), np.nan)
    both = heard & where
    if both.any():
        found = values[:, both].mean(axis=1)
    at = FEATURES.index(_LEVEL)
    if where.any():
        found[at] = 20 * np.log10(max(float(values[at, where].mean()), 1e-6))
    return found


def _hook(clips: Sequence[Clip], times: Floats, length: float) -> NDArray[np.bool_] | None:
    from tunelens.features.structure import find_hook

    if length < 2 * HOOK_S:
        return None
    hook = find_hook(iter(clips), HOOK_S)
    start = clips[0].start_s
    found = (times >= hook.start_s - start) & (times < hook.end_s - start)
    return found if found.any() and not found.all() else None
