"""`Recipe`: everything that turns training data into a fitted model. Nothing else ever fits one."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.base.progress import Progress
from tunelens.data.labels import Task
from tunelens.models.balancing import balanced
from tunelens.models.catalogue import MODELS, build_model, kinds, parse_model
from tunelens.models.expression import ModelExpression
from tunelens.models.fitting.watch import watcher, watching
from tunelens.models.material import Material

Float = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Fitted:
    """A model that has learned.

    Parameters
    ----------
    estimator : scikit-learn estimator
    classes : tuple of str
        Columns of `predict_proba`, also those of which training had no example.
    task : {"single", "multi", "continuous"}
    params : Mapping
        What tuning chose, and nothing where nothing was tuned.
    seconds : float
        How long learning took, tuning included.
    model : str
        The expression that was fitted, with what tuning chose.
    """

    estimator: Any
    classes: tuple[str, ...]
    task: Task
    params: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 0.0
    model: str = ""

    def predict_proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities, shape (n, n_classes).

        Rows sum to 1 for single labels; tags of multi-label rows stand for themselves.

        Raises
        ------
        ParameterError
            The labels are numbers.
        DataError
            `X` has other columns than the training data.
        """
        if self.task == "continuous":
            raise ParameterError("a model of numbers has no probabilities", hint="ask predict")
        X = _checked(X)
        if len(X) == 0:
            return np.zeros((0, len(self.classes)))
        found = np.asarray(self.estimator.predict_proba(X), np.float64)
        if self.task == "multi":
            return found
        place = {name: i for i, name in enumerate(self.classes)}
        proba = np.zeros((len(X), len(self.classes)))
        proba[:, [place[str(name)] for name in self.estimator.classes_]] = found
        return proba

    def predict(self, X: NDArray[Any]) -> NDArray[Any]:
        """Return the most probable class, the tags more probable than not (n, n_classes), or numbers."""
        if self.task == "continuous":
            X = _checked(X)
            if len(X) == 0:
                return np.zeros(0)
            return np.asarray(self.estimator.predict(X), np.float64).reshape(len(X))
        proba = self.predict_proba(X)
        if self.task == "multi":
            return (proba >= 0.5).astype(np.int8)
        return np.array(self.classes)[proba.argmax(axis=1)]


@dataclass(frozen=True)
class Recipe:
    """How to learn.

    Parameters
    ----------
    model : str
        As `tunelens.models.catalogue.parse_model` reads it.
    balance : str
        A name in ``BALANCERS``: what to do when some classes are rare.
    augment : str
        How the copies were changed; see ``parse_augmentations``.
    copies : int
        Changed copies of each clip that are learned from beside it.
    mixup : float
        Strength of mixing examples, 0 or more; nets only.
    tune : int
        Trials of other parameters; 0 leaves them as they are.
    tune_folds : int
        Folds inside the training data that judge each trial.

    Examples
    --------
    >>> X = np.array([[-2.0], [-1.0], [1.0], [2.0]])
    >>> rows = Material(X, np.array(["慢", "慢", "快", "快"]), np.arange(4), "single", ("快", "慢"))
    >>> fitted = Recipe("logistic:C=10").fit(rows)
    >>> fitted.predict(np.array([[3.0]])).tolist(), fitted.predict_proba(X).shape
    (['快'], (4, 2))
    """

    model: str
    balance: str = "none"
    augment: str = ""
    copies: int = 0
    mixup: float = 0.0
    tune: int = 0
    tune_folds: int = 3

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", str(parse_model(self.model)))
        if min(self.copies, self.mixup, self.tune) < 0 or self.tune_folds < 2:
            raise ParameterError("copies, mixup and tune are 0 or more, tune_folds 2 or more")
        if bool(self.augment) != bool(self.copies):
            raise ParameterError(
                f"augment is {self.augment!r} with {self.copies} copies", hint="give both, or neither"
            )

    @property
    def expression(self) -> ModelExpression:
        """The model as it was parsed."""
        return parse_model(self.model)

    @property
    def key(self) -> str:
        """All that makes the result what it is, as one stable line, for caches."""
        return ";".join(f"{name}={value}" for name, value in asdict(self).items())

    def build(self, task: Task, seed: int = 0) -> Any:
        """Return the unfitted estimator; errors as `Model.build`."""
        return build_model(self._with_mixup(self.expression), task, seed)

    def fit(self, material: Material, seed: int = 0, progress: Progress | None = None) -> Fitted:
        """Learn from `material` and nothing else.

        Raises
        ------
        DataError
            There are fewer than two rows or classes, or the copies that were asked for are missing.
        ParameterError
            The model cannot learn this, or does not know a parameter.
        MissingDependencyError
            Something must be installed first.
        """
        start = time.perf_counter()
        self._check(material)
        expression = self.expression
        chosen: Mapping[str, Any] = {}
        if self.tune:
            from tunelens.models.tune import tune

            tuned = tune(self, material, seed, progress)
            expression, chosen = tuned.expression, tuned.params
        with watching(progress, watcher().on_epoch):
            estimator = self.fit_once(expression, material, seed)
        seconds = time.perf_counter() - start
        return Fitted(estimator, material.classes, material.task, chosen, seconds, str(expression))

    def fit_once(self, expression: ModelExpression, material: Material, seed: int) -> Any:
        """Return `expression` fitted with the copies and the balance of this recipe, without tuning."""
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.utils._param_validation import InvalidParameterError

        from tunelens.models.classic.fitting import fit_with

        rows = material.with_copies() if self.copies else material
        X, y, groups, weight = balanced(self.balance, rows, seed)
        with warnings.catch_warnings():
            # a model that stopped early is judged by its score as any other
            warnings.simplefilter("ignore", ConvergenceWarning)
            estimator = build_model(self._with_mixup(expression), material.task, seed)
            try:
                return fit_with(estimator, X, y, weight, groups)
            except InvalidParameterError as error:
                raise ParameterError(f"{expression}: {error}") from None

    def _with_mixup(self, expression: ModelExpression) -> ModelExpression:
        if not self.mixup:
            return expression
        if expression.members:
            raise ParameterError("mixup is for one net, not for an ensemble", hint="set it in the members")
        if MODELS[expression.name].extra != "train":
            raise ParameterError(
                f"{expression.name} cannot mix examples; only nets can", hint="leave out mixup"
            )
        return ModelExpression(expression.name, (*expression.params, ("mixup", self.mixup)))

    def _check(self, material: Material) -> None:
        _checked(material.X)
        if material.X.ndim == 3 and "vector" in kinds(self.expression):
            raise ParameterError(
                f"{self.model} takes one vector per clip; X has shape {material.X.shape}",
                hint="choose an input of vectors, or a model of sequences such as hmm or crnn",
            )
        if len(material) < 2:
            raise DataError(f"{len(material)} rows are too few to learn from", hint="give at least two")
        if material.task == "single" and len(found := np.unique(material.y)) < 2:
            raise DataError(
                f"all {len(material)} training rows are {str(found[0])!r}; two classes or more are needed",
                hint="add clips of another class, or split so that training holds more than one",
            )
        if material.task == "multi" and not material.classes:
            raise DataError("there is no tag to learn")
        if self.copies and (material.X_augmented is None or material.X_augmented.shape[1] < 1):
            raise DataError(
                f"{self.copies} copies by {self.augment!r} were asked for; the material has none",
                hint="make the material with the same augment and copies",
            )


def _checked(X: NDArray[Any]) -> NDArray[Any]:
    from tunelens.models.classic.preparation import checked

    return checked(X)
