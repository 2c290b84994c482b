"""Judge a recipe on a dataset: the honest way first, the flattering one beside it where that is asked for."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.card import Card, Shown
from tunelens.base.errors import ParameterError, TunelensError
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.evaluation.crossval import OutOfFold, cross_validate, joined
from tunelens.evaluation.curves import LearningCurve, Reliability, class_curves, learning_curve, reliability
from tunelens.evaluation.intervals import Interval, bootstrap
from tunelens.evaluation.metrics import ClassRow, confusion, metrics_for, per_class
from tunelens.services.vectors import Read, material

if TYPE_CHECKING:
    from tunelens.data.splits import Fold
    from tunelens.data.tracks import Tracks
    from tunelens.evaluation.curves import Curve
    from tunelens.models.recipe import Recipe

RANDOM = "random"
N_BOOTSTRAP = 500
MOST_ERRORS = 20


@dataclass(frozen=True)
class EvaluateOptions:
    """How to judge.

    Parameters
    ----------
    input : str, optional
        What models are given, as for `train`.
    protocol, group : str, optional
        See docs/splits.md; the most honest that the data allows if left out.
    n_folds : int
    seeds : tuple of int
        Each draws folds and fits anew; figures are means over seeds.
    beside_random : bool
        Judge by random folds too, and tell the difference.
    learning : bool
        Judge with parts of the training rows too.
    clusters : bool
        Look for copies of one recording and keep them together; False looks for the same bytes only.
    """

    input: str | None = None
    protocol: str | None = None
    group: str | None = None
    n_folds: int = 5
    seeds: tuple[int, ...] = (0,)
    beside_random: bool = False
    learning: bool = False
    clusters: bool = True


@dataclass(frozen=True, eq=False)
class Judged:
    """What one protocol says.

    Parameters
    ----------
    protocol, group, why : str
        How rows were kept apart, and why so.
    inflated : bool
        Do the figures flatter?
    n_folds : int
        Folds of each seed.
    n_test : int
        Rows that were judged.
    n_leaks : int
        Groups that stood on both sides, over the folds of the first seed.
    drawn : str
        What intervals draw whole: ``artist``, ``artist+cluster``, ...; ``row`` where no group is known.
    figures : Mapping of str to Interval
    by_seed : Mapping of str to tuple of float
        Each figure for each seed.
    oof : OutOfFold
    """

    protocol: str
    group: str
    why: str
    inflated: bool
    n_folds: int
    n_test: int
    n_leaks: int
    drawn: str
    figures: Mapping[str, Interval]
    by_seed: Mapping[str, tuple[float, ...]]
    oof: OutOfFold

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        names = ("protocol", "group", "why", "inflated", "n_folds", "n_test", "n_leaks", "drawn")
        return {
            **{name: getattr(self, name) for name in names},
            "figures": {name: one.to_dict() for name, one in self.figures.items()},
            "by_seed": {name: list(map(known, values)) for name, values in self.by_seed.items()},
            "train_seconds": sum(self.oof.train_seconds),
            "predict_seconds_per_clip": self.oof.predict_seconds_per_clip,
            "folds_from_cache": self.oof.n_cached,
        }


@dataclass(frozen=True)
class Mistake:
    """A row of which the model was sure, and wrong.

    Parameters
    ----------
    item : str
        Its id.
    true, said : str
        For tags, the one that was judged; for numbers, the values.
    confidence : float
        Probability of what was said; for numbers, the error.
    path : Path or None
        The file, and `start_s`, `end_s` of the excerpt.
    """

    item: str
    true: str
    said: str
    confidence: float
    path: Path | None = None
    start_s: float | None = None
    end_s: float | None = None


@dataclass(frozen=True, eq=False)
class Evaluation(Shown):
    """How good a recipe is on a dataset.

    Parameters
    ----------
    dataset, data_id, label, task, input, recipe : str
    classes : tuple of str
    n_rows : int
    honest : Judged
        The protocol that was asked for, or the most honest one.
    random : Judged or None
        The same by random folds.
    per_class : tuple of ClassRow
        Of the honest protocol; () for numbers.
    mistakes : tuple of Mistake
        The surest first.
    learning : LearningCurve or None
    failures : tuple of (Path, TunelensError)
    warnings : tuple of str
    seconds : float
    """

    dataset: str
    data_id: str
    label: str
    task: str
    input: str
    recipe: str
    classes: tuple[str, ...]
    n_rows: int
    honest: Judged
    random: Judged | None = None
    per_class: tuple[ClassRow, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    learning: LearningCurve | None = None
    failures: tuple[tuple[Path, TunelensError], ...] = ()
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def inflation(self) -> dict[str, float]:
        """How much each figure gains by random folds."""
        if self.random is None:
            return {}
        return {
            name: self.random.figures[name].value - one.value for name, one in self.honest.figures.items()
        }

    @property
    def confusion(self) -> NDArray[np.intp] | None:
        """Truth by row and answers by column, for single labels."""
        oof = self.honest.oof
        return confusion(oof.y_true, oof.proba, oof.classes) if self.task == "single" else None

    @property
    def reliability(self) -> Reliability | None:
        """Confidence against truth."""
        oof = self.honest.oof
        return reliability(oof.y_true, oof.proba, oof.classes) if self.task != "continuous" else None

    def curves(self) -> tuple[tuple[Curve, ...], tuple[Curve, ...]]:
        """Return ROC and precision-recall curves of the classes."""
        oof = self.honest.oof
        return class_curves(oof.y_true, oof.proba, oof.classes) if oof.classes else ((), ())

    def _card(self) -> Card:
        from tunelens.services.evaluation_report import card_of

        return card_of(self)

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        names = ("dataset", "data_id", "label", "task", "input", "recipe", "n_rows", "seconds")
        table, bins = self.confusion, self.reliability
        return {
            **{name: getattr(self, name) for name in names},
            "classes": list(self.classes),
            "warnings": list(self.warnings),
            "honest": self.honest.to_dict(),
            "random": self.random.to_dict() if self.random else None,
            "inflation": {name: known(value) for name, value in self.inflation.items()},
            "per_class": [_known(asdict(row)) for row in self.per_class],
            "confusion": None if table is None else table.tolist(),
            "reliability": bins.to_dict() if bins else None,
            "mistakes": [
                asdict(one) | {"path": str(one.path) if one.path else None} for one in self.mistakes
            ],
            "learning": self.learning.to_dict() if self.learning else None,
            "failed": [{"path": str(path), "error": error.to_dict()} for path, error in self.failures],
        }


def known(value: float) -> float | None:
    """Return `value` for JSON, which has no NaN."""
    return None if math.isnan(value) else value


def _known(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: known(one) if isinstance(one, float) else one for name, one in row.items()}


def evaluate(
    dataset: str | Path | Tracks,
    recipe: Recipe | str = "logistic",
    *,
    options: EvaluateOptions | None = None,
    test_on: str | Path | Tracks | None = None,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Evaluation:
    """Judge a recipe, on rows of which it has seen neither them nor their artist.

    Folds that are done are kept in the cache: a run that was killed goes on where it stopped.

    Parameters
    ----------
    dataset : str, Path or Tracks
    recipe : Recipe or str
        How to train, or a model alone, say ``svm:C=10``.
    options : EvaluateOptions, optional
    test_on : str, Path or Tracks, optional
        Learn from all of `dataset`, and be judged on this one.
    jobs, engine
        Workers that hear the files, and what runs them.

    Raises
    ------
    DataError
        The data cannot be split so, or cannot be learned from.
    ParameterError
        Options do not fit together.

    Examples
    --------
    >>> from tunelens.data.labels import Labels
    >>> from tunelens.data.tracks import Tracks
    >>> X = np.random.default_rng(0).normal(size=(60, 2))
    >>> X[1::2] += 3
    >>> ids = tuple(map(str, range(60)))
    >>> toy = Tracks("toy", Labels("single", ["静", "wild"] * 30), ids, X=X, feature_names=("a", "b"))
    >>> found = evaluate(toy)
    >>> found.honest.protocol, found.honest.figures["accuracy"].value > 0.9
    ('stratified', True)
    """
    started = time.monotonic()
    work = Work.of(
        dataset, options or EvaluateOptions(), settings, test_on, jobs=jobs, engine=engine, progress=progress
    )
    made = work.recipe(recipe)
    read = work.hear(made, jobs, engine, progress)
    honest = work.judge(made, read, progress)
    beside = work.judge(made, read, progress, protocol=RANDOM) if work.options.beside_random else None
    tracks, oof = work.tracks.take(read.rows), honest.oof
    return Evaluation(
        tracks.name, tracks.data_id, tracks.labels.name, oof.task, work.input(made), made.key, oof.classes,
        len(tracks), honest, beside,
        per_class=per_class(oof.y_true, oof.proba, oof.classes) if oof.classes else (),
        mistakes=mistakes(tracks, oof),
        learning=work.learn(made, read, progress) if work.options.learning else None,
        failures=tuple(read.failures),
        warnings=tuple(work.warnings(honest)),
        seconds=time.monotonic() - started,
    )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Work:
    """A dataset, and how it will be judged; `evaluate` and `compare` share it."""

    tracks: Tracks
    options: EvaluateOptions
    settings: Settings
    protocol: str
    group: str | None
    why: str
    transfer: Sequence[Fold] = field(default=())
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        dataset: str | Path | Tracks,
        options: EvaluateOptions,
        settings: Settings | None,
        test_on: str | Path | Tracks | None = None,
        *,
        jobs: int | None = None,
        engine: str = "local",
        progress: Progress | None = None,
    ) -> Work:
        """Read the data, find what is one recording, and choose the protocol."""
        from tunelens.data.splits import PROTOCOLS, honest_protocol, known_group, transfer_folds
        from tunelens.services.clusters import clustered

        settings = settings or Settings.from_env()
        if not options.seeds:
            raise ParameterError("there is no seed; give at least one")
        if options.protocol is not None:
            PROTOCOLS[options.protocol]
        tracks = _tracks(dataset)
        folds: list[Fold] = []
        if test_on is not None:
            if options.protocol is not None or options.beside_random:
                raise ParameterError("another dataset to be judged on leaves no protocol to choose")
            tracks, folds = transfer_folds(tracks, _tracks(test_on))
        known = clustered(
            tracks, near=options.clusters, settings=settings, jobs=jobs, engine=engine, progress=progress
        )
        protocol, _, why = honest_protocol(known.tracks)
        if options.protocol is not None:
            protocol, why = options.protocol, "asked for"
        if folds:
            protocol, why = "transfer", "learned from the first dataset, judged on the second"
        group = known_group(known.tracks, options.group)
        return cls(known.tracks, options, settings, protocol, group, why, folds, known.notes)

    @staticmethod
    def recipe(recipe: Recipe | str) -> Recipe:
        """Return a recipe of what may be the name of a model."""
        from tunelens.models.recipe import Recipe

        return Recipe(recipe) if isinstance(recipe, str) else recipe

    def input(self, recipe: Recipe) -> str:
        """Return what the model is given."""
        from tunelens.services.train import TrainOptions, input_of

        return input_of(self.tracks, recipe, TrainOptions(self.options.input))

    def hear(self, recipe: Recipe, jobs: int | None, engine: str, progress: Progress | None) -> Read:
        """Turn the dataset into numbers."""
        return material(
            self.tracks, self.input(recipe), augment=recipe.augment, copies=recipe.copies, group=self.group,
            seed=self.options.seeds[0], jobs=jobs, engine=engine, settings=self.settings, progress=progress,
        )  # fmt: skip

    def folds(self, tracks: Tracks, rows: NDArray[np.intp], protocol: str, seed: int) -> list[Fold]:
        """Return folds over the rows that could be read."""
        from tunelens.data.splits import PROTOCOLS, Fold

        if protocol == "transfer":
            place = np.full(len(self.tracks), -1)
            place[rows] = np.arange(len(rows))
            train, test = (place[part][place[part] >= 0] for part in
                           (self.transfer[0].train, self.transfer[0].test))  # fmt: skip
            return [Fold("transfer", train, test)]
        n_folds = self.options.n_folds
        return PROTOCOLS[protocol].folds(tracks, n_folds=n_folds, seed=seed, group=self.group)

    def judge(
        self, recipe: Recipe, read: Read, progress: Progress | None, *, protocol: str | None = None
    ) -> Judged:
        """Return what one protocol says of `recipe`."""
        from tunelens.data.splits import PROTOCOLS, check_leaks

        protocol = protocol or self.protocol
        tracks = self.tracks.take(read.rows)
        drawn = {seed: self.folds(tracks, read.rows, protocol, seed) for seed in self.options.seeds}
        oof = joined(
            [
                cross_validate(
                    read.material, folds, recipe, seeds=(seed,), progress=progress,
                    cache_dir=self.settings.cache_dir, data_id=tracks.data_id,
                )
                for seed, folds in drawn.items()
            ]
        )  # fmt: skip
        folds = drawn[self.options.seeds[0]]
        leaks = sum(len(check_leaks(tracks, fold)) for fold in folds)
        grouped = protocol == "grouped"
        unknown = tracks.is_audio or leaks > 0 or self.protocol == "gtzan_filtered"
        flatters = protocol != "transfer" and PROTOCOLS[protocol].inflated and (unknown or bool(self.group))
        return Judged(
            protocol, (self.group or "") if grouped else "",
            self.why if protocol == self.protocol else "artists and copies may stand on both sides",
            flatters or leaks > 0, len(folds), len(np.unique(oof.rows)), leaks,
            self.group or "row", figures(oof), by_seed(oof), oof,
        )  # fmt: skip

    def learn(self, recipe: Recipe, read: Read, progress: Progress | None) -> LearningCurve:
        """Return what more examples bring."""
        tracks, seed = self.tracks.take(read.rows), self.options.seeds[0]
        return learning_curve(
            read.material, self.folds(tracks, read.rows, self.protocol, seed), recipe, seed=seed,
            progress=progress, cache_dir=self.settings.cache_dir, data_id=tracks.data_id,
        )  # fmt: skip

    def warnings(self, judged: Judged) -> list[str]:
        """Return what makes the figures worth less."""
        from tunelens.data.splits import COPIES, caveats

        found = []
        if judged.n_leaks:
            found.append(f"{judged.n_leaks} groups stand on both sides of the split: figures are inflated.")
        if self.group in (None, COPIES):
            found.append(
                "No artist is known: intervals draw single rows, and are too narrow if artists repeat."
            )
        found += [*caveats(self.tracks, judged.protocol, self.group), *self._lost(), *self.notes]
        rare = [name for name, count in self.tracks.labels.counts().items() if count < 10]
        if rare:
            shown = ", ".join(rare[:8]) + (", ..." if len(rare) > 8 else "")
            found.append(f"Fewer than 10 examples: {shown}; what is said of them rests on little.")
        return found

    def _lost(self) -> list[str]:
        from tunelens.data.splits import UNSHARED

        lost = self.tracks.report.reasons().get(UNSHARED, 0) if self.transfer else 0
        return [f"{lost} rows were left out: {UNSHARED}."] if lost else []


def _tracks(dataset: str | Path | Tracks) -> Tracks:
    from tunelens.data.read import read_dataset
    from tunelens.data.tracks import Tracks

    return dataset if isinstance(dataset, Tracks) else read_dataset(dataset)


def figures(oof: OutOfFold) -> dict[str, Interval]:
    """Return every figure of the task, with its interval; seeds are averaged."""
    given = (oof.y_true, oof.proba, oof.groups, oof.classes)
    return {
        metric.name: bootstrap(metric, *given, parts=oof.seed_of, n=N_BOOTSTRAP)
        for metric in metrics_for(oof.task, oof.classes)
    }


def by_seed(oof: OutOfFold) -> dict[str, tuple[float, ...]]:
    """Return every figure for each seed."""
    at = [np.flatnonzero(oof.seed_of == seed) for seed in np.unique(oof.seed_of)]
    return {
        metric.name: tuple(metric.score(oof.y_true[rows], oof.proba[rows], oof.classes) for rows in at)
        for metric in metrics_for(oof.task, oof.classes)
    }


def mistakes(tracks: Tracks, oof: OutOfFold, most: int = MOST_ERRORS) -> tuple[Mistake, ...]:
    """Return the answers of the first seed that were wrong with the most confidence."""
    first = np.flatnonzero(oof.seed_of == oof.seed_of[0])
    finders = {"single": _wrong_classes, "multi": _wrong_tags, "continuous": _wrong_numbers}
    found = sorted(finders[oof.task](oof, first), key=lambda one: -one[3])
    return tuple(_mistake(tracks, *one) for one in found[:most])


_Wrong = tuple[int, str, str, float]


def _wrong_classes(oof: OutOfFold, rows: NDArray[np.intp]) -> list[_Wrong]:
    said = oof.pred
    return [
        (int(oof.rows[i]), str(oof.y_true[i]), str(said[i]), float(oof.proba[i].max()))
        for i in rows
        if said[i] != oof.y_true[i]
    ]


def _wrong_tags(oof: OutOfFold, rows: NDArray[np.intp]) -> list[_Wrong]:
    wrong = np.argwhere(oof.pred[rows] != oof.y_true[rows])
    found = []
    for i, k in ((rows[a], b) for a, b in wrong):
        name, p = oof.classes[k], float(oof.proba[i, k])
        true, said = (f"not {name}", name) if p >= 0.5 else (name, f"not {name}")
        found.append((int(oof.rows[i]), true, said, max(p, 1 - p)))
    return found


def _wrong_numbers(oof: OutOfFold, rows: NDArray[np.intp]) -> list[_Wrong]:
    pairs = [(int(oof.rows[i]), float(oof.y_true[i]), float(oof.proba[i])) for i in rows]
    return [(row, f"{true:.4g}", f"{said:.4g}", abs(true - said)) for row, true, said in pairs]


def _mistake(tracks: Tracks, row: int, true: str, said: str, confidence: float) -> Mistake:
    return Mistake(
        tracks.ids[row], true, said, confidence,
        tracks.paths[row] if tracks.paths else None,
        tracks.start_s[row] if tracks.start_s else None,
        tracks.end_s[row] if tracks.end_s else None,
    )  # fmt: skip
