"""From a dataset to what a model learns from: every clip as numbers, computed once and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tunelens.audio import decode
from tunelens.audio.decoders import open_file
from tunelens.base.errors import AudioError, DataError, MissingDependencyError, ParameterError, TunelensError
from tunelens.base.files import atomic_path
from tunelens.base.progress import Progress, Silent
from tunelens.base.settings import Settings
from tunelens.models.inputs import Input, parse_input
from tunelens.models.registry import BACKBONES
from tunelens.services.engines import ENGINES, Engine, n_workers

if TYPE_CHECKING:
    from tunelens.data.tracks import Tracks
    from tunelens.models.material import Material

Array = NDArray[Any]
TABLE = "table"
DEFAULT_INPUT = "embedding"
LONGEST_AUGMENTED_S = 600.0
MOST_CACHED_BYTES = 1 << 28


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a file; None for its begin or end.

    Parameters
    ----------
    path : Path
        The file.
    start_s, end_s : float or None
        The stretch, seconds.
    copy : int
        0 for the sound as it is, from 1 for copies that are changed at random.
    """

    path: Path
    start_s: float | None = None
    end_s: float | None = None
    copy: int = 0


class Read(NamedTuple):
    """What `material` returns.

    Parameters
    ----------
    material : Material
        Numbers and labels of the rows that could be read.
    rows : ndarray of int
        Which rows of the dataset they are.
    failures : list of (Path, TunelensError)
        The others, and why.
    """

    material: Material
    rows: NDArray[np.intp]
    failures: list[tuple[Path, TunelensError]]


def material(
    tracks: Tracks,
    input: str | None = None,
    *,
    augment: str = "",
    copies: int = 0,
    group: str | None = None,
    seed: int = 0,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
    keep_failed: bool = False,
) -> Read:
    """Turn a dataset into numbers.

    Parameters
    ----------
    tracks : Tracks
        The dataset.
    input : str, optional
        As `parse_input` takes it; ``table`` for the dataset's own columns. If left out: its own columns
        where it has some, else ``embedding``.
    augment, copies : str, int
        Chain of augmentations and how many changed copies of each clip to make; see docs/splits.md.
    group : str, optional
        Rows of one group stay together in inner folds; `known_group` if left out.
    seed : int
        Of the copies.
    jobs, engine : int, str
        Workers, and what runs them.
    keep_failed : bool
        Keep rows that could not be read, as NaN.

    Returns
    -------
    Read
        ``material, rows, failures``; a broken file is a failure and never the end.

    Raises
    ------
    DataError
        Not one row could be read.
    ParameterError
        The dataset has no sound, or no columns, for this input.
    MissingDependencyError
        A net is not here; no file has been touched.
    """
    name = input or (TABLE if tracks.X is not None else DEFAULT_INPUT)
    if name.strip() == TABLE:
        return _of_table(tracks, group, copies)
    if tracks.paths is None:
        raise ParameterError(
            f"{tracks.name} has no sound files, so the input {name!r} cannot be made",
            hint="use --input table",
        )
    heard = parse_input(name)
    wanted = [item for row in range(len(tracks)) for item in _items(tracks, row, copies)]
    found = vectors(
        wanted,
        heard,
        augment=augment,
        seed=seed,
        jobs=jobs,
        engine=engine,
        settings=settings,
        progress=progress,
    )
    return _assembled(tracks, found, copies, group, keep_failed)


def _of_table(tracks: Tracks, group: str | None, copies: int) -> Read:
    if tracks.X is None:
        raise ParameterError(
            f"{tracks.name} has no columns of numbers, so the input 'table' cannot be used",
            hint=f"use another --input, say {DEFAULT_INPUT}",
        )
    if copies:
        raise ParameterError(f"{tracks.name} is a table; only sound can be augmented")
    return Read(_material(tracks, tracks.X, None, group), np.arange(len(tracks)), [])


def _items(tracks: Tracks, row: int, copies: int) -> list[Excerpt]:
    assert tracks.paths is not None
    start = None if tracks.start_s is None else tracks.start_s[row]
    end = None if tracks.end_s is None else tracks.end_s[row]
    return [Excerpt(tracks.paths[row], start, end, copy) for copy in range(copies + 1)]


def _assembled(
    tracks: Tracks, found: list[Array | TunelensError], copies: int, group: str | None, keep_failed: bool
) -> Read:
    assert tracks.paths is not None
    step = copies + 1
    per_row = [found[i : i + step] for i in range(0, len(found), step)]
    errors = [next((one for one in row if isinstance(one, TunelensError)), None) for row in per_row]
    good = [row for row, error in enumerate(errors) if error is None]
    failures = [(tracks.paths[i], error) for i, error in enumerate(errors) if error is not None]
    if not good:
        raise DataError(
            f"none of the {len(tracks)} files of {tracks.name} could be heard",
            hint=f"the first: {failures[0][1].message}" if failures else "the dataset is empty",
        )
    blank = np.full_like(per_row[good[0]][0], np.nan)
    kept = list(range(len(tracks))) if keep_failed else good
    stacked = np.array([per_row[i] if errors[i] is None else [blank] * step for i in kept])
    X, changed = stacked[:, 0], stacked[:, 1:] if copies else None
    return Read(_material(tracks.take(kept), X, changed, group), np.array(kept, np.intp), failures)


def _material(tracks: Tracks, X: Array, changed: Array | None, group: str | None) -> Material:
    from tunelens.data.splits import known_group
    from tunelens.models.material import Material

    group = group or known_group(tracks)
    labels = tracks.labels
    return Material(X, labels.y(), tracks.group_ids(group), labels.task, labels.classes, changed)


def vectors(
    items: Sequence[Excerpt],
    input: Input,
    *,
    augment: str = "",
    seed: int = 0,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> list[Array | TunelensError]:
    """Return the numbers of each excerpt, or why there are none, in the order of `items`.

    What was computed once is read from the cache, which knows a file by its content.

    Raises
    ------
    MissingDependencyError
        A net is not here; no file has been touched.
    """
    settings, progress = settings or Settings.from_env(), progress or Silent()
    require_nets(input, settings)
    run = _Run(input, augment, seed, settings, progress)
    progress.start(len(set(items)), "clips")
    try:
        run.look_up(items)
        run.compute(ENGINES[engine], n_workers(jobs, settings))
    finally:
        progress.finish()
    return [run.found[item] for item in items]


def require_nets(input: Input, settings: Settings) -> None:
    """Raise `MissingDependencyError` unless every net that `input` hears with is here."""
    missing = [name for name in input.nets if not BACKBONES[name].available(settings)]
    if missing:
        raise MissingDependencyError(
            f"the input {input.name!r} needs the nets {', '.join(missing)}, which are not here yet",
            hint=f"run: tunelens models pull {' '.join(missing)}; the input descriptors needs none",
        )


@dataclass
class _Run:
    """One pass over excerpts: what is known already, and what must be computed."""

    input: Input
    augment: str
    seed: int
    settings: Settings
    progress: Progress
    found: dict[Excerpt, Array | TunelensError] = field(default_factory=dict)
    places: dict[Excerpt, Path] = field(default_factory=dict)

    def look_up(self, items: Iterable[Excerpt]) -> None:
        """Read what the cache has; remember the place of what it has not."""
        contents: dict[Path, str | TunelensError] = {}
        for item in dict.fromkeys(items):
            if item.path not in contents:
                contents[item.path] = content_of(item.path)
            content = contents[item.path]
            if isinstance(content, TunelensError):
                self._keep(item, content)
                continue
            place = self._place(content, item)
            known = _cached(place, len(self.input.names))
            if known is None:
                self.places[item] = place
            else:
                self._keep(item, known)

    def _place(self, content: str, item: Excerpt) -> Path:
        changed = [self.augment, item.copy, self.seed] if item.copy else []
        what = [content, item.start_s, item.end_s, self.input.name, self.input.version, *changed]
        key = hashlib.sha256(json.dumps(what).encode()).hexdigest()
        return self.settings.cache_dir / "inputs" / key[:2] / f"{key}.npy"

    def _keep(self, item: Excerpt, result: Array | TunelensError) -> None:
        self.found[item] = result
        self.progress.advance(str(item.path), ok=not isinstance(result, TunelensError))

    def compute(self, engine: Engine, jobs: int) -> None:
        """Compute what is missing and keep each result as it comes."""
        if not self.places:
            return
        work = engine.map(
            partial(
                numbers_of, input=self.input, augment=self.augment, seed=self.seed, settings=self.settings
            ),
            list(self.places),
            jobs=min(jobs, len(self.places)),
            timeout_s=self.settings.file_timeout_s,
        )
        with closing(work) as outcomes:
            for outcome in outcomes:
                if outcome.error is None:
                    _store(self.places[outcome.item], outcome.result)
                self._keep(outcome.item, outcome.result if outcome.error is None else outcome.error)


def numbers_of(item: Excerpt, *, input: Input, augment: str, seed: int, settings: Settings) -> Array:
    """Return the numbers of one excerpt. Worker processes run this function."""
    if not item.copy:
        return input.of_file(item.path, item.start_s, item.end_s, settings)
    from tunelens.data.augment import parse_augmentations

    begin = item.start_s or 0.0
    length = LONGEST_AUGMENTED_S if item.end_s is None else min(item.end_s - begin, LONGEST_AUGMENTED_S)
    clip = decode(item.path, offset_s=begin, duration_s=length)
    content = content_of(item.path)
    digest = hashlib.sha256(json.dumps([seed, item.copy, str(content)]).encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
    return input.of_clip(parse_augmentations(augment).apply(clip, rng), settings)


def content_of(path: Path) -> str | TunelensError:
    """Return the SHA-256 of a file, or why it cannot be read."""
    try:
        with os.fdopen(open_file(path), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except TunelensError as error:
        return error
    except OSError as error:
        return AudioError(f"{str(path)!r} cannot be read: {error.strerror or error}")


def _cached(place: Path, width: int) -> Array | None:
    """Return what the cache has; what is damaged there is computed anew."""
    try:
        if place.stat().st_size > MOST_CACHED_BYTES:
            return None
        array = np.load(place, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    fits = isinstance(array, np.ndarray) and array.dtype == np.float32 and array.shape[-1:] == (width,)
    return array if fits else None


def _store(place: Path, array: Array) -> None:
    with atomic_path(place) as temporary:
        np.save(temporary, array, allow_pickle=False)
