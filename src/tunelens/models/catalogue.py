"""`MODELS`: every model that can be trained, by name. Listing it imports nothing.

Examples
--------
>>> parse_model("svm:C=10,gamma=scale").params
(('C', 10), ('gamma', 'scale'))
>>> parse_model("svn")
Traceback (most recent call last):
    ...
tunelens.base.errors.UnknownNameError: unknown model 'svn'
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.base.registry import Registry
from tunelens.data.labels import Task
from tunelens.models.expression import ModelExpression, Value, parse_expression

ENSEMBLES = ("vote", "stack")
"""Names that take models in brackets."""


class Model(Protocol):
    """One family of models."""

    @property
    def name(self) -> str:
        """Its key in `MODELS`."""

    @property
    def summary(self) -> str:
        """One line for a person."""

    @property
    def kind(self) -> Literal["vector", "sequence"]:
        """What it takes: X of shape (n, d), or (n, t, d)."""

    @property
    def tasks(self) -> frozenset[Task]:
        """What it can learn."""

    @property
    def extra(self) -> Literal["", "learn", "train"]:
        """The extra of Tunelens that training it needs; using it needs none."""

    @property
    def default_input(self) -> str:
        """The name in `INPUTS` that suits it."""

    def build(self, task: Task, seed: int, **params: Any) -> Any:
        """Return an unfitted scikit-learn estimator that has ``predict_proba`` unless `task` is continuous.

        Raises
        ------
        ParameterError
            It cannot learn `task`, or does not know a parameter.
        MissingDependencyError
            Its extra is not installed.
        """

    def space(self, trial: Any) -> dict[str, Any]:
        """Return parameters that an Optuna trial suggests."""


MODELS: Registry[Model] = Registry(
    "model",
    {
        **{
            name: f"tunelens.models.classic.families:{name.upper()}"
            for name in (
                *("logistic", "linear", "ridge", "tree", "forest", "boosting", "knn"),
                *("linear_svm", "svm", "mlp", "hmm", "head", "prototypes"),
            )
        },
        **{
            name: f"tunelens.models.nets.catalogue:{name.upper()}"
            for name in ("cnn1d", "cnn2d", "crnn", "lstm", "gru", "ast")
        },
    },
    group="tunelens.models",
)
"""Others are added by the entry-point group ``tunelens.models`` or `Registry.register`."""


def parse_model(text: str) -> ModelExpression:
    """Read a model or an ensemble of models, and check that each name exists.

    Raises
    ------
    ParameterError
        `text` does not follow the grammar.
    UnknownNameError
        A name is not registered.
    """
    expression = parse_expression(text)
    for part in expression.walk():
        if part.name not in MODELS and part.name not in ENSEMBLES:
            raise UnknownNameError.among("model", part.name, [*MODELS, *ENSEMBLES])
        if (part.name in ENSEMBLES) != bool(part.members):
            wanted = "models in brackets" if part.name in ENSEMBLES else "no brackets"
            raise ParameterError(f"{part.name} takes {wanted}", hint="vote(svm,forest), or svm alone")
    return expression


def build_model(expression: ModelExpression, task: Task, seed: int = 0) -> Any:
    """Return the unfitted estimator of `expression`; errors as `Model.build`."""
    if not expression.members:
        return MODELS[expression.name].build(task, seed, **dict(expression.params))
    from tunelens.models.classic.ensembles import Stack, Vote

    kind: Any = {"vote": Vote, "stack": Stack}[expression.name]
    told: Mapping[str, Value] = dict(expression.params)
    allowed = set(kind([]).get_params(deep=False)) - {"estimators", "task", "seed"}
    if unknown := set(told) - allowed:
        raise ParameterError(
            f"{expression.name} has no parameter {sorted(unknown)[0]!r}",
            hint=f"it has: {', '.join(sorted(allowed)) or 'none'}",
        )
    members = [
        (f"{i}_{member.name}", build_model(member, task, seed)) for i, member in enumerate(expression.members)
    ]
    return kind(members, task=task, seed=seed, **told)


def suggest(expression: ModelExpression, trial: Any, prefix: str = "") -> ModelExpression:
    """Return `expression` with what `trial` suggests for all that it leaves open."""
    if expression.members:
        members = (suggest(one, trial, f"{prefix}{i}.") for i, one in enumerate(expression.members))
        return ModelExpression(expression.name, expression.params, tuple(members))
    found = MODELS[expression.name].space(_Prefixed(trial, prefix) if prefix else trial)
    return ModelExpression(expression.name, tuple({**found, **dict(expression.params)}.items()))


class _Prefixed:
    """A trial that tells equal parameters of two members apart."""

    def __init__(self, trial: Any, prefix: str) -> None:
        self._trial, self._prefix = trial, prefix

    def suggest_float(self, name: str, *args: Any, **options: Any) -> float:
        return float(self._trial.suggest_float(self._prefix + name, *args, **options))

    def suggest_int(self, name: str, *args: Any, **options: Any) -> int:
        return int(self._trial.suggest_int(self._prefix + name, *args, **options))

    def suggest_categorical(self, name: str, choices: Any) -> Any:
        return self._trial.suggest_categorical(self._prefix + name, choices)


def kinds(expression: ModelExpression) -> frozenset[str]:
    """Return what the models in `expression` take: vectors, sequences, or both."""
    return frozenset(MODELS[part.name].kind for part in expression.walk() if not part.members)
