"""`cross_validate`: answers for rows that the model never saw, fold by fold, kept as they come."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.files import atomic_path
from tunelens.base.progress import Progress, Silent
from tunelens.base.version import __version__
from tunelens.data.labels import Task

if TYPE_CHECKING:
    from tunelens.data.splits import Fold
    from tunelens.models.material import Material
    from tunelens.models.recipe import Recipe

Array = NDArray[Any]
VERSION = 1
MOST_CACHED_BYTES = 1 << 28


@dataclass(frozen=True, eq=False)
class OutOfFold:
    """What a recipe said of rows that it had not learned from; every array has one entry per answer.

    Parameters
    ----------
    y_true : ndarray
        As `Material.y`.
    proba : ndarray, shape (m, k) or (m,)
        Probabilities of `classes`; for continuous labels what was predicted.
    rows : ndarray of int
        Rows of the material; a row stands once per seed.
    fold_of, seed_of : ndarray of int
        Number of the fold, and the seed.
    groups : ndarray of int
        As `Material.groups`.
    classes : tuple of str
    task : {"single", "multi", "continuous"}
    train_seconds : tuple of float
        Of each fold that was fitted.
    predict_seconds_per_clip : float
        Median over folds; making the numbers of a clip is not counted.
    chosen_params : tuple of Mapping
        What tuning chose in each fold.
    n_cached : int
        Folds that were not fitted again.
    """

    y_true: Array
    proba: Array
    rows: NDArray[np.intp]
    fold_of: NDArray[np.intp]
    seed_of: NDArray[np.intp]
    groups: NDArray[np.intp]
    classes: tuple[str, ...]
    task: Task
    train_seconds: tuple[float, ...] = ()
    predict_seconds_per_clip: float = 0.0
    chosen_params: tuple[Mapping[str, Any], ...] = field(default=())
    n_cached: int = 0

    @property
    def pred(self) -> Array:
        """What was said: classes, tags as 0 and 1, or numbers."""
        if self.task == "continuous":
            return self.proba
        if self.task == "multi":
            return (self.proba >= 0.5).astype(np.int8)
        return np.array(self.classes)[self.proba.argmax(axis=1)]


def cross_validate(
    material: Material,
    folds: Sequence[Fold],
    recipe: Recipe,
    *,
    seeds: Sequence[int] = (0,),
    progress: Progress | None = None,
    cache_dir: Path | None = None,
    data_id: str = "",
) -> OutOfFold:
    """Fit `recipe` on the training rows of each fold, and let it answer for the test rows.

    Parameters
    ----------
    material : Material
    folds : sequence of Fold
        Rows to choose by are not used.
    recipe : Recipe
    seeds : sequence of int
        Of fitting; every fold is fitted with each.
    cache_dir : Path, optional
        Where each fold is kept as soon as it is done, so that a run that was killed goes on where it
        stopped. What is kept is used only for the same numbers, labels, rows, recipe, seed and code.
    data_id : str
        `Tracks.data_id`, if there is one.

    Raises
    ------
    DataError
        There is no fold, a row is on both sides, or training rows cannot be learned from.

    Examples
    --------
    >>> from tunelens.data.splits import Fold
    >>> from tunelens.models.material import Material
    >>> from tunelens.models.recipe import Recipe
    >>> X = np.arange(8.0)[:, None]
    >>> rows = Material(X, np.repeat(["慢", "快"], 4), np.arange(8), "single", ("快", "慢"))
    >>> even, odd = np.arange(0, 8, 2), np.arange(1, 8, 2)
    >>> found = cross_validate(rows, [Fold("0", even, odd), Fold("1", odd, even)], Recipe("logistic"))
    >>> found.proba.shape, found.rows.tolist()
    ((8, 2), [0, 1, 2, 3, 4, 5, 6, 7])
    """
    _check(folds, seeds)
    cache = _Cache(cache_dir, [data_id, digest(material), recipe.key]) if cache_dir is not None else None
    progress = progress or Silent()
    progress.start(len(folds) * len(seeds), "folds")
    try:
        done = [
            _one(material, fold, number, recipe, seed, cache=cache, progress=progress)
            for seed in seeds
            for number, fold in enumerate(folds)
        ]
    finally:
        progress.finish()
    return _together(material, done)


def _check(folds: Sequence[Fold], seeds: Sequence[int]) -> None:
    if not folds or not seeds:
        raise DataError("there is no fold or no seed to judge by")
    for fold in folds:
        if len(fold.test) == 0 or len(fold.train) == 0:
            raise DataError(f"fold {fold.name!r} has no row to learn from, or none to be judged on")
        if np.intersect1d(fold.train, fold.test).size:
            raise DataError(f"fold {fold.name!r} has rows both to learn from and to be judged on")


@dataclass(frozen=True, eq=False)
class _Done:
    said: Array
    rows: NDArray[np.intp]
    fold: int
    seed: int
    train_s: float
    predict_s: float
    params: Mapping[str, Any]
    cached: bool = False


def _one(
    material: Material,
    fold: Fold,
    number: int,
    recipe: Recipe,
    seed: int,
    *,
    cache: _Cache | None,
    progress: Progress,
) -> _Done:
    known = cache.get(fold, number, seed) if cache else None
    done = known or _fitted(material, fold, number, recipe, seed)
    if cache and known is None:
        cache.put(fold, done)
    progress.advance(f"{recipe.model}, fold {fold.name}, seed {seed}")
    return done


def _fitted(material: Material, fold: Fold, number: int, recipe: Recipe, seed: int) -> _Done:
    fitted = recipe.fit(material.take(fold.train), seed=seed)
    start = time.perf_counter()
    X = material.X[fold.test]
    said = fitted.predict(X) if material.task == "continuous" else fitted.predict_proba(X)
    seconds = (time.perf_counter() - start) / len(X)
    rows = np.asarray(fold.test, np.intp)
    return _Done(np.asarray(said, np.float64), rows, number, seed, fitted.seconds, seconds, fitted.params)


def _together(material: Material, done: Sequence[_Done]) -> OutOfFold:
    rows = np.concatenate([one.rows for one in done])
    fold_of = np.concatenate([np.full(len(one.rows), one.fold, np.intp) for one in done])
    seed_of = np.concatenate([np.full(len(one.rows), one.seed, np.intp) for one in done])
    order = np.lexsort((fold_of, rows, seed_of))
    at = rows[order]
    return OutOfFold(
        material.y[at],
        np.concatenate([one.said for one in done])[order],
        at,
        fold_of[order],
        seed_of[order],
        material.groups[at],
        material.classes,
        material.task,
        tuple(one.train_s for one in done),
        float(np.median([one.predict_s for one in done])),
        tuple(one.params for one in done),
        sum(one.cached for one in done),
    )


def joined(parts: Sequence[OutOfFold]) -> OutOfFold:
    """Return answers of several seeds, each with folds of its own, as one."""

    def column(name: str) -> Array:
        return np.concatenate([getattr(one, name) for one in parts])

    first = parts[0]
    return OutOfFold(
        y_true=column("y_true"),
        proba=column("proba"),
        rows=column("rows"),
        fold_of=column("fold_of"),
        seed_of=column("seed_of"),
        groups=column("groups"),
        classes=first.classes,
        task=first.task,
        train_seconds=tuple(seconds for one in parts for seconds in one.train_seconds),
        predict_seconds_per_clip=float(np.median([one.predict_seconds_per_clip for one in parts])),
        chosen_params=tuple(params for one in parts for params in one.chosen_params),
        n_cached=sum(one.n_cached for one in parts),
    )


def digest(material: Material) -> str:
    """Return a hex digest of everything that a recipe sees of `material`."""
    found = hashlib.sha256(json.dumps([material.task, material.classes]).encode())
    for part in (material.X, material.y, material.groups, material.X_augmented):
        if part is not None:
            found.update(f"{part.dtype.str}{part.shape}".encode())
            found.update(np.ascontiguousarray(part).tobytes())
    return found.hexdigest()


@lru_cache(maxsize=1)
def _code() -> str:
    """Return a digest of the code that fits, and of the libraries: nothing older is believed."""
    import sklearn

    found = hashlib.sha256(f"{VERSION} {__version__} {sklearn.__version__} {np.__version__}".encode())
    package = Path(__file__).resolve().parent.parent
    for path in sorted([*package.glob("models/**/*.py"), *package.glob("data/*.py")]):
        found.update(path.read_bytes())
    return found.hexdigest()


@dataclass(frozen=True)
class _Cache:
    """Folds that are done, under ``folds/``; a damaged one is done again."""

    folder: Path
    what: Sequence[str]

    def _place(self, fold: Fold, seed: int) -> Path:
        found = hashlib.sha256(json.dumps([*self.what, _code(), seed]).encode())
        for rows in (fold.train, fold.test):
            found.update(np.asarray(rows, np.int64).tobytes() + b"|")
        key = found.hexdigest()
        return self.folder / "folds" / key[:2] / f"{key}.npz"

    def get(self, fold: Fold, number: int, seed: int) -> _Done | None:
        """Return what is known of a fold."""
        place = self._place(fold, seed)
        try:
            if place.stat().st_size > MOST_CACHED_BYTES:
                return None
            with place.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
                said, seconds = file["said"], file["seconds"]
                params = json.loads(str(file["params"]))
        except Exception:  # noqa: BLE001 - whatever is wrong with a cached file, it is only a cache
            return None
        if len(said) != len(fold.test) or seconds.shape != (2,):
            return None
        rows = np.asarray(fold.test, np.intp)
        return _Done(said, rows, number, seed, float(seconds[0]), float(seconds[1]), params, cached=True)

    def put(self, fold: Fold, done: _Done) -> None:
        """Keep a fold."""
        place = self._place(fold, done.seed)
        params = json.dumps(dict(done.params), default=str)
        with atomic_path(place) as temporary:
            np.savez(temporary, said=done.said, seconds=[done.train_s, done.predict_s], params=params)
