"""`Family`: a row of the table of classic models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from tunelens.base.errors import ParameterError
from tunelens.data.labels import Task

Extra = Literal["", "learn", "train"]


@dataclass(frozen=True)
class Range:
    """From `low` to `high`, both within; whole numbers where both are."""

    low: float
    high: float
    log: bool = False

    def suggest(self, trial: Any, name: str) -> float:
        """Ask `trial` for a value."""
        whole = isinstance(self.low, int) and isinstance(self.high, int)
        ask = trial.suggest_int if whole else trial.suggest_float
        return ask(name, self.low, self.high, log=self.log)


@dataclass(frozen=True)
class Choice:
    """One of `values`."""

    values: tuple[Any, ...]

    def suggest(self, trial: Any, name: str) -> Any:
        """Ask `trial` for a value."""
        return trial.suggest_categorical(name, list(self.values))


@dataclass(frozen=True)
class Family:
    """A model made of one scikit-learn estimator behind the same preparation.

    Parameters
    ----------
    name, summary : str
    classifier, regressor : str
        ``module:Class``; empty where it has none.
    defaults : Mapping
        What the classifier is told unless a person says otherwise.
    regressor_defaults : Mapping
        What the regressor is told.
    ranges : Mapping of str to Range or Choice
        Where tuning looks.
    margins : bool
        The classifier gives margins, which `SoftmaxOf` turns into probabilities.
    scale : bool
        Its input is standardised; if not, only gaps are filled.
    """

    name: str
    summary: str
    classifier: str = ""
    regressor: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    regressor_defaults: Mapping[str, Any] = field(default_factory=dict)
    ranges: Mapping[str, Range | Choice] = field(default_factory=dict)
    margins: bool = False
    scale: bool = True
    kind: Literal["vector", "sequence"] = "vector"
    extra: Extra = ""
    default_input: str = "embedding"

    @property
    def tasks(self) -> frozenset[Task]:
        """What it can learn."""
        sorting: tuple[Task, ...] = ("single", "multi") if self.classifier else ()
        numbers: tuple[Task, ...] = ("continuous",) if self.regressor else ()
        return frozenset(sorting + numbers)

    def build(self, task: Task, seed: int, **params: Any) -> Any:
        """Return a pipeline whose last step is called ``model``; errors as `Model.build`."""
        from sklearn.pipeline import Pipeline

        from tunelens.models.classic.preparation import Standard

        return Pipeline([("prepare", Standard(scale=self.scale)), ("model", self._model(task, seed, params))])

    def _model(self, task: Task, seed: int, params: Mapping[str, Any]) -> Any:
        if task not in self.tasks:
            raise ParameterError(
                f"{self.name} cannot learn {task} labels; it learns {', '.join(sorted(self.tasks))}",
                hint="tunelens models lists what each model learns",
            )
        numbers = task == "continuous"
        core = self._core(self.regressor if numbers else self.classifier, numbers, seed, params)
        if self.margins and not numbers:
            from tunelens.models.classic.margins import SoftmaxOf

            core = SoftmaxOf(core, seed=seed)
        if task == "multi":
            from tunelens.models.classic.tags import PerTag

            core = PerTag(core)
        return core

    def _core(self, where: str, numbers: bool, seed: int, params: Mapping[str, Any]) -> Any:
        module, _, name = where.partition(":")
        kind = getattr(import_module(module), name)
        known = set(kind().get_params(deep=False))
        allowed = known - {"random_state", "n_jobs", "verbose"}
        if unknown := set(params) - allowed:
            raise ParameterError(
                f"{self.name} has no parameter {sorted(unknown)[0]!r}",
                hint=f"it has: {', '.join(sorted(allowed))}",
            )
        seeded = {"random_state": seed} if "random_state" in known else {}
        return kind(**{**(self.regressor_defaults if numbers else self.defaults), **seeded, **params})

    def space(self, trial: Any) -> dict[str, Any]:
        """Return parameters that an Optuna trial suggests."""
        return {name: one.suggest(trial, name) for name, one in self.ranges.items()}
