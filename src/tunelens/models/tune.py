"""Searching parameters, inside training data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.base.progress import Progress, Silent
from tunelens.data.labels import Task
from tunelens.models.catalogue import suggest
from tunelens.models.expression import ModelExpression
from tunelens.models.inner import inner_folds
from tunelens.models.material import Material

if TYPE_CHECKING:
    from tunelens.models.recipe import Recipe


@dataclass(frozen=True)
class Tuned:
    """What a search found.

    Parameters
    ----------
    expression : ModelExpression
        The best model.
    params : Mapping
        What differs from the model that was given; members of ensembles as ``0.C``.
    score : float
        Of the best, over the inner folds: balanced accuracy, mean average precision, or R².
    start : float
        Of the model as it was given.
    """

    expression: ModelExpression
    params: Mapping[str, Any]
    score: float
    start: float


def tune(recipe: Recipe, material: Material, seed: int = 0, progress: Progress | None = None) -> Tuned:
    """Try other parameters on folds by group inside `material`, and keep the best.

    The model as it was given is judged too and stays unless something beats it. Balance and copies happen
    inside each inner training part, as they will in the final fit.

    Parameters
    ----------
    recipe : Recipe
        Its ``tune`` is the number of trials, its ``tune_folds`` that of folds.
    material : Material
        Training data only; nothing else is ever looked at.
    seed : int
        Of folds, trials (TPE) and models.

    Raises
    ------
    DataError
        The rows are of one group.
    MissingDependencyError
        Optuna is not installed.

    References
    ----------
    Bergstra et al.: Algorithms for Hyper-Parameter Optimization. NeurIPS 2011.
    """
    optuna = require("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    folds = inner_folds(material.y, material.groups, recipe.tune_folds, seed)
    if not folds:
        raise DataError(
            "tuning needs rows of two groups or more", hint="leave out --tune or add other groups"
        )
    progress = progress or Silent()
    start = _judge(recipe, recipe.expression, material, folds, seed)

    def objective(trial: Any) -> float:
        score = _judge(recipe, suggest(recipe.expression, trial), material, folds, seed)
        progress.advance(f"{score:.3f}")
        return score

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.TPESampler(seed=seed))
    progress.start(recipe.tune, "trials")
    try:
        study.optimize(objective, n_trials=recipe.tune)
    finally:
        progress.finish()
    if study.best_value <= start:
        return Tuned(recipe.expression, {}, start, start)
    return Tuned(
        suggest(recipe.expression, study.best_trial), dict(study.best_params), study.best_value, start
    )


def _judge(recipe: Recipe, expression: ModelExpression, material: Material, folds: Any, seed: int) -> float:
    """Return the score of answers for all rows, each by a model that did not learn from its group."""
    from tunelens.models.recipe import Fitted

    rows, answers = [], []
    for train, test in folds:
        part = material.take(train)
        if material.task == "single" and len(np.unique(part.y)) < 2:
            continue
        fitted = Fitted(recipe.fit_once(expression, part, seed), material.classes, material.task)
        X = material.X[test]
        rows.append(test)
        answers.append(fitted.predict_proba(X) if material.task == "multi" else fitted.predict(X))
    if not rows:
        raise DataError("no inner fold has two classes to learn", hint="leave out --tune or add clips")
    return _score(material.task, material.y[np.concatenate(rows)], np.concatenate(answers))


def _score(task: Task, y: NDArray[Any], answers: NDArray[Any]) -> float:
    from sklearn.metrics import average_precision_score, r2_score

    if task == "continuous":
        return float(r2_score(y, answers))
    if task == "multi":
        present = y.any(axis=0)
        return float(average_precision_score(y[:, present], answers[:, present])) if present.any() else 0.0
    return float(np.mean([(answers[y == name] == name).mean() for name in np.unique(y)]))
