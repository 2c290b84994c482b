"""`hit_model`: does sound foretell hits? Learned from the past, judged on the latest year."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.progress import Progress, Silent
from tunelens.base.table import Table
from tunelens.charts.hits.baselines import BASE, Past, called
from tunelens.charts.hits.findings import confounded, foretells, made_even, verdict
from tunelens.charts.hits.split import Split, artist_folds, split_in_time
from tunelens.charts.hits.targets import CLASSES, YES, Target, read_target
from tunelens.data.splits import Fold
from tunelens.evaluation.comparison import Difference, compare_pairs
from tunelens.evaluation.crossval import OutOfFold, cross_validate
from tunelens.evaluation.intervals import Interval, bootstrap
from tunelens.evaluation.metrics import METRICS, Metric
from tunelens.explain.importance import Importance, importances
from tunelens.explore.collection import Collection
from tunelens.explore.sides import artist_groups
from tunelens.models.material import Material
from tunelens.models.recipe import Fitted, Recipe
from tunelens.models.trust import Trust
from tunelens.models.trust.calibration import calibration_error

Floats = NDArray[np.float64]
Array = NDArray[Any]
MODELS = {"single": ("logistic", "boosting"), "continuous": ("ridge", "boosting")}
"""Recipes that are fitted unless others are named."""
N_DRAWS = 500
MOST_FEATURES = 400
REPEATS = 5


def _brier(truth: Array, proba: Array) -> float:
    return float(((proba[:, -1] - np.asarray(truth)[:, -1]) ** 2).mean())


def _calibration(truth: Array, proba: Array) -> float:
    return calibration_error(proba[:, -1], np.asarray(truth)[:, -1])


_SINGLE = frozenset({"single"})
FIGURES: Mapping[str, tuple[Metric, ...]] = {
    "single": (
        METRICS["roc_auc"],
        Metric("brier", "squared error of the probability", _SINGLE, "proba", _brier, False),  # type: ignore[arg-type]
        Metric("calibration", "calibration error", _SINGLE, "proba", _calibration, False),  # type: ignore[arg-type]
    ),
    "continuous": (METRICS["rmse"], METRICS["r2"], METRICS["spearman"]),
}
"""What models are judged by. Brier and calibration are those of the probability of a hit."""
_LOSS = {"single": 1, "continuous": 0}
_ORDER = {"single": 0, "continuous": 2}


@dataclass(frozen=True, eq=False)
class Judged:
    """A model or a baseline, and how it fared on songs that were not learned from.

    Parameters
    ----------
    name : str
    figures : Mapping of str to Interval
        By name of the figure; intervals draw artists.
    answers : OutOfFold
        What it said, of which songs.
    """

    name: str
    figures: Mapping[str, Interval]
    answers: OutOfFold


@dataclass(frozen=True, eq=False)
class HitModel:
    """What sound tells of hits.

    Parameters
    ----------
    songs : str
        Name of the collection.
    target : str
    kind : {"single", "continuous"}
    split : Split
        How the past was kept from what is judged.
    n_train, n_test : int
        Songs; of folds every song is in both numbers.
    rate_train, rate_test : float
        Share of hits, or mean.
    models, baselines : tuple of Judged
    best : str
        The model that did best on the past alone, which the verdict is about.
    gains : Mapping of str to Difference
        Error of each baseline less that of the best model (Brier, or root mean squared error): above 0 the
        model is better.
    importances : tuple of Importance
        Of the best model on what was judged, most first; see `importances`.
    calibration : tuple of float
        Calibration error of the best model before and after it was calibrated on the past; empty for numbers.
    verdict : str
        In plain words.
    predicts : bool
        Did sound tell more than the base rate and that of the last year, beyond chance?
    warnings : tuple of str
    """

    songs: str
    target: str
    kind: Literal["single", "continuous"]
    split: Split
    n_train: int
    n_test: int
    rate_train: float
    rate_test: float
    models: tuple[Judged, ...]
    baselines: tuple[Judged, ...]
    best: str
    gains: Mapping[str, Difference]
    importances: tuple[Importance, ...]
    calibration: tuple[float, ...]
    verdict: str
    predicts: bool
    warnings: tuple[str, ...] = ()

    def to_table(self) -> Table:
        """Return models and baselines with their figures."""
        names = [metric.name for metric in FIGURES[self.kind]]
        columns = ("model", *(part for name in names for part in (name, f"{name} low", f"{name} high")))
        rows = []
        for one in (*self.models, *self.baselines):
            cells = [(f.value, f.low, f.high) for f in (one.figures[name] for name in names)]
            known = [None if math.isnan(value) else value for part in cells for value in part]
            rows.append((say(called(one.name, self.kind)), *known))
        return Table(say("Models and baselines: {target}", target=feature_name(self.target)), columns,
                     tuple(rows), self.method())  # fmt: skip

    def importance_table(self) -> Table:
        """Return what each feature is worth to the best model."""
        rows = tuple((feature_name(one.feature), one.drop, one.low, one.high) for one in self.importances)
        text = word(
            "How much the figure of {model} falls when one feature is shuffled, on songs that were not "
            "learned from; features that say the same share what they are worth."
        )
        note = say(text, model=self.best)
        return Table(say("Importance of features"), ("name", "drop", "low", "high"), rows, note)

    def method(self) -> str:
        """Return how it was judged, in the language of now."""
        split = self.split.why[:1].upper() + self.split.why[1:]
        if self.split.kind == "time":
            told = say("{split}. {n} songs learned from, {m} judged on; intervals draw artists.",
                       split=split, n=self.n_train, m=self.n_test)  # fmt: skip
        else:
            told = say("{split}. Each of {n} songs is judged by a model that has learned from no song of its "
                       "artist, in {k} parts; intervals draw artists.",
                       split=split, n=self.n_test, k=len(self.split.folds))  # fmt: skip
        if self.kind == "continuous":
            return told
        return told + say(" ") + say("Probabilities are calibrated on songs that were learned from alone.")

    def to_dict(self) -> dict[str, Any]:
        """Return all but single answers as a JSON object."""
        return {
            "songs": self.songs, "target": self.target, "kind": self.kind,
            "split": {"kind": self.split.kind, "years": self.split.years, "why": self.split.why},
            "n_train": self.n_train, "n_test": self.n_test,
            "rate_train": self.rate_train, "rate_test": self.rate_test,
            "models": {one.name: _plain(one.figures) for one in self.models},
            "baselines": {one.name: _plain(one.figures) for one in self.baselines},
            "best": self.best, "gains": {name: one.to_dict() for name, one in self.gains.items()},
            "importances": [vars(one) for one in self.importances], "calibration": list(self.calibration),
            "verdict": self.verdict, "predicts": self.predicts, "warnings": list(self.warnings),
        }  # fmt: skip


def _plain(figures: Mapping[str, Interval]) -> dict[str, Any]:
    return {name: one.to_dict() for name, one in figures.items()}


def hit_model(
    songs: Collection,
    target: str = "target",
    *,
    models: Sequence[str] | None = None,
    n_draws: int = N_DRAWS,
    seed: int = 0,
    progress: Progress | None = None,
) -> HitModel:
    """Foretell hits, or popularity, from the sound of songs, and say plainly whether that can be done.

    Models learn from the years before the latest and are judged on it. They are calibrated, and the best is
    chosen, by answers for artists held out of the past; nothing of the latest year is looked at before it is
    judged. Where years do not allow this, artists are held out of all, and the verdict says that it is not
    about the future.

    Parameters
    ----------
    songs : Collection
    target : str
        As `read_target` takes it.
    models : sequence of str, optional
        Recipes, see `Recipe`; by default a linear one and gradient boosting.
    n_draws : int
        Draws of artists behind each interval.
    seed : int
    progress : Progress, optional

    Raises
    ------
    DataError
        There are too few songs, features, artists or songs of a class.
    UnknownNameError, ParameterError
        There is no such target or model.
    """
    wanted = read_target(songs, target)
    kept = np.flatnonzero(wanted.known)
    known = songs.take(kept)
    asked = Target(wanted.name, wanted.kind, wanted.values[kept])
    work = _Work.of(known, asked, models or MODELS[asked.kind], n_draws=n_draws, seed=seed,
                    progress=progress or Silent())  # fmt: skip
    return work.judged()


@dataclass(frozen=True, eq=False)
class _Work:
    songs: Collection
    target: Target
    names: tuple[str, ...]
    material: Material
    groups: NDArray[np.intp]
    years: Floats
    split: Split
    recipes: Mapping[str, Recipe]
    n_draws: int
    seed: int
    progress: Progress
    fitted: dict[str, Fitted] = field(default_factory=dict)

    @classmethod
    def of(
        cls, songs: Collection, target: Target, models: Sequence[str], *, n_draws: int, seed: int,
        progress: Progress,
    ) -> _Work:  # fmt: skip
        X, names = design(songs)
        groups = artist_groups(songs.artists)
        single = target.kind == "single"
        labels = target.labels() if single else np.zeros(len(songs))
        assert songs.years is not None
        material = Material(X, labels if single else target.values, groups, target.kind,
                            CLASSES if single else ())  # fmt: skip
        split = split_in_time(songs.years, labels, groups, seed=seed)
        recipes = {name: Recipe(name) for name in models}
        return cls(
            songs, target, names, material, groups, songs.years, split, recipes, n_draws, seed, progress
        )

    def judged(self) -> HitModel:
        self.progress.start(len(self.recipes) * len(self.split.folds), "models")
        try:
            past, answers, raw = self._answers()
        finally:
            self.progress.finish()
        models = tuple(self._judged(name, one) for name, one in answers.items())
        baselines = tuple(self._judged(name, one) for name, one in self._baselines().items())
        best = min(past, key=past.__getitem__)
        loss = FIGURES[self.target.kind][_LOSS[self.target.kind]]
        # a loss: what the baseline loses more than the model is the gain
        gains = {one.name: compare_pairs(one.answers, answers[best], loss, n=self.n_draws, seed=self.seed)
                 for one in baselines}  # fmt: skip
        own = next(one for one in models if one.name == best)
        test = answers[best].rows
        train = np.unique(np.concatenate([fold.train for fold in self.split.folds]))
        predicts = foretells(own.figures, gains, self.target.kind)
        return HitModel(
            self.songs.name, self.target.name, self.target.kind, self.split, len(train), len(test),
            float(self.target.values[train].mean()), float(self.target.values[test].mean()),
            models, baselines, best, gains, self._importances(best), self._calibration(raw[best], own),
            verdict(self.target.kind, self.split, own.figures, gains, predicts=predicts,
                    target=self.target.name),
            predicts, self._warnings(train, test),
        )  # fmt: skip

    def _answers(self) -> tuple[dict[str, float], dict[str, OutOfFold], dict[str, OutOfFold]]:
        """Return of each recipe its loss on the past, and its answers calibrated and raw."""
        loss = FIGURES[self.target.kind][_LOSS[self.target.kind]]
        past, fair, raw = {}, {}, {}
        for name, recipe in self.recipes.items():
            parts = [self._part(name, recipe, fold) for fold in self.split.folds]
            past[name] = float(np.mean([loss.score(p.y_true, p.proba, p.classes) for p, _, _ in parts]))
            rows = np.concatenate([fold.test for fold in self.split.folds])
            fair[name] = self._said(rows, np.concatenate([f for _, f, _ in parts]))
            raw[name] = self._said(rows, np.concatenate([r for _, _, r in parts]))
        return past, fair, raw

    def _part(self, name: str, recipe: Recipe, fold: Fold) -> tuple[OutOfFold, Array, Array]:
        """Learn from the training rows of a fold, calibrate on artists held out of them, and answer."""
        train = self.material.take(fold.train)
        labels = train.y if self.target.kind == "single" else np.zeros(len(train))
        held = cross_validate(
            train, artist_folds(labels, train.groups, self.seed), recipe, seeds=(self.seed,)
        )
        fitted = recipe.fit(train, seed=self.seed)
        self.fitted[name] = fitted
        self.progress.advance(name)
        X = self.material.X[fold.test]
        if self.target.kind == "continuous":
            said = fitted.predict(X)
            return held, said, said
        raw = fitted.predict_proba(X)
        trust = Trust.fit(held.proba, held.y_true, CLASSES, "single", groups=held.groups, seed=self.seed)
        return held, trust.calibrate(raw), raw

    def _said(self, rows: NDArray[np.intp], said: Array) -> OutOfFold:
        order = np.argsort(rows, kind="stable")
        at, none = rows[order], np.zeros(len(rows), np.intp)
        y = self.material.y[at]
        return OutOfFold(
            y, said[order], at, none, none, self.groups[at], self.material.classes, self.target.kind
        )

    def _baselines(self) -> dict[str, OutOfFold]:
        rows = np.concatenate([fold.test for fold in self.split.folds])
        parts: dict[str, list[Floats]] = {}
        for fold in self.split.folds:
            past = Past(self.target.values[fold.train], self.groups[fold.train], self.years[fold.train])
            for name, said in past.answers(self.groups[fold.test]).items():
                if (
                    self.split.kind == "time" or name == BASE
                ):  # folds keep artists apart, and know no last year
                    parts.setdefault(name, []).append(said)
        single = self.target.kind == "single"
        found = {}
        for name, values in parts.items():
            said = np.concatenate(values)
            found[name] = self._said(rows, np.column_stack([1 - said, said]) if single else said)
        return found

    def _judged(self, name: str, said: OutOfFold) -> Judged:
        figures = {
            metric.name: bootstrap(metric, said.y_true, said.proba, said.groups, said.classes,
                                   n=self.n_draws, seed=self.seed)
            for metric in FIGURES[self.target.kind]
        }  # fmt: skip
        return Judged(name, figures, said)

    def _importances(self, best: str) -> tuple[Importance, ...]:
        """Shuffle features on what the last fitted model has not learned from."""
        rows = self.split.folds[-1].test
        metric = FIGURES[self.target.kind][_ORDER[self.target.kind]]
        fitted, y = self.fitted[best], self.material.y[rows]

        def score(X: Array) -> float:
            said = fitted.predict_proba(X) if self.target.kind == "single" else fitted.predict(X)
            return metric.score(y, said, self.material.classes)

        return tuple(importances(score, self.material.X[rows], self.names, repeats=REPEATS, seed=self.seed))

    def _calibration(self, raw: OutOfFold, own: Judged) -> tuple[float, ...]:
        if self.target.kind == "continuous":
            return ()
        return (
            calibration_error(raw.proba[:, 1], (raw.y_true == YES).astype(float)),
            own.figures["calibration"].value,
        )

    def _warnings(self, train: NDArray[np.intp], test: NDArray[np.intp]) -> tuple[str, ...]:
        found = [self.split.why] if self.split.kind == "groups" else []
        if self.target.kind == "single":
            found += made_even(self.target.values)
            found += confounded(self.songs, self.target)
        if self.split.kind == "time":
            met = np.isin(self.groups[test], self.groups[train]).mean()
            text = say(
                "{share} of the songs judged on are by artists who were learned from", share=f"{met:.0%}"
            )
            found.append(text)
        return tuple(found)


def design(songs: Collection) -> tuple[Floats, tuple[str, ...]]:
    """Return the numbers that a model is given, and their names: features, and mode and explicit as 0 and 1.

    Raises
    ------
    DataError
        There is no feature, or there are more than 400.
    """
    columns = {name: songs.X[:, i] for i, name in enumerate(songs.features)}
    for fact, yes in (("mode", ("major",)), ("explicit", ("true", "yes", "1"))):
        if fact in songs.facts:
            cells = songs.facts[fact]
            columns[fact] = np.array([float(cell in yes) if cell else np.nan for cell in cells])
    used = {name: values for name, values in columns.items() if np.isfinite(values).any()}
    if not 0 < len(used) <= MOST_FEATURES:
        raise DataError(
            f"{songs.name} has {len(used)} features; 1 to {MOST_FEATURES} are allowed",
            hint="a table with audio features, or a folder of sound, is needed",
        )
    return np.column_stack([*used.values()]), tuple(used)
