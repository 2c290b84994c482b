"""`Trust`: turns what a model says into what may be said, and knows how often that was right."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError
from tunelens.data.labels import Task
from tunelens.models.trust import calibration, conformal
from tunelens.models.trust.novelty import KNOWN_UP_TO, Novelty

Float = NDArray[np.float64]

HALVES = 20
FEWEST = 4
LIKELY = 0.5


@dataclass(frozen=True)
class TrustReport:
    """What was measured on halves of the data that the other halves were calibrated on.

    Groups never stood in both halves; every figure is the mean over many such splits.

    Parameters
    ----------
    n : int
        Rows.
    coverage_asked, coverage_measured : float
        How often sets (of tags: the share of true tags) or intervals were to hold the truth, and did.
    set_size : float
        Classes in a set, or width of an interval.
    ece_before, ece_after : float or None
        Expected calibration error; None for numbers.
    answered : float or None
        Share of rows with an answer instead of "unknown"; None for numbers.
    accuracy_asked, accuracy_answered : float or None
        How often answers were to be right, and were; None where no row was answered, for tags and numbers.
    accuracy : float or None
        How often the likeliest class is right when every row is answered.
    grouped : bool
        Was it known which rows belong together? If not, the halves were drawn at random.
    known_up_to : float or None
        Above this novelty the answer is "unknown"; None where novelty is not told.
    """

    n: int
    coverage_asked: float
    coverage_measured: float
    set_size: float
    ece_before: float | None = None
    ece_after: float | None = None
    answered: float | None = None
    accuracy_asked: float | None = None
    accuracy_answered: float | None = None
    accuracy: float | None = None
    grouped: bool = True
    known_up_to: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        return asdict(self)


@dataclass(frozen=True)
class Decision:
    """What may be said of one row.

    Parameters
    ----------
    label : str or None
        The class; None for "unknown", for tags and for numbers.
    labels : tuple of str
        The tags that are more likely than not; the class alone for a single label.
    set : tuple of str
        Every class or tag that cannot be ruled out at the coverage asked for, likeliest first.
    known : bool
        Is there an answer?
    why : str
        Why not.
    novelty : float or None
        0 to 1, the share of training clips that are less novel; None when nothing is known about them.
    """

    label: str | None
    labels: tuple[str, ...]
    set: tuple[str, ...]
    known: bool
    why: str = ""
    novelty: float | None = None


@dataclass(frozen=True, eq=False)
class Trust:
    """Calibration, prediction sets, abstention and novelty of one model.

    Made by `fit` from predictions for rows that the model had not been trained on.

    Parameters
    ----------
    task : {"single", "multi", "continuous"}
    classes : tuple of str
        Columns of the probabilities.
    coverage : float
        How often sets and intervals hold the truth.
    accuracy : float
        How often a label that is given is right; below, the answer is "unknown".
    lines : ndarray
        ``[[temperature, 0]]`` for a single label, slope and shift per tag, empty for numbers.
    threshold : float
        Least probability in a set, or half width of an interval.
    sureness : float
        Least probability of an answer.
    novelty_of : Novelty or None
    report : TrustReport or None

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> truth = rng.integers(0, 2, 400)
    >>> proba = np.where(np.eye(2)[truth] > 0, 0.9, 0.1)
    >>> wrong = rng.random(400) < 0.3
    >>> proba[wrong] = proba[wrong][:, ::-1]
    >>> trust = Trust.fit(proba, np.array(["no", "yes"])[truth], ("no", "yes"), "single")
    >>> bool(abs(trust.calibrate(proba).max() - 0.7) < 0.05), trust.decide(proba)[0].known
    (True, False)
    """

    task: Task
    classes: tuple[str, ...]
    coverage: float
    accuracy: float
    lines: Float
    threshold: float
    sureness: float
    novelty_of: Novelty | None = None
    report: TrustReport | None = None

    @classmethod
    def fit(
        cls,
        proba: NDArray[Any],
        y: NDArray[Any],
        classes: Sequence[str],
        task: Task,
        *,
        groups: NDArray[np.intp] | None = None,
        X: NDArray[Any] | None = None,
        coverage: float = 0.9,
        accuracy: float = 0.8,
        seed: int = 0,
    ) -> Self:
        """Fit to out-of-fold predictions.

        Parameters
        ----------
        proba : ndarray, shape (n, n_classes) or (n,)
            Probabilities, or predicted numbers.
        y : ndarray
            The truth as `Labels.y` gives it.
        classes : sequence of str
            Columns of `proba`.
        task : {"single", "multi", "continuous"}
        groups : ndarray of int, shape (n,), optional
            Rows of one group stay together when trust is measured.
        X : ndarray, shape (n, d) or (n, t, d), optional
            What the model is given, to know what is novel.
        coverage, accuracy : float
            See `Trust`.
        seed : int
            Of the halves that the report is measured on.

        Raises
        ------
        ParameterError
            `coverage` or `accuracy` is not between 0 and 1.
        DataError
            Shapes do not agree, there are fewer than 4 rows, or a true class has no column.
        """
        for name, value in (("coverage", coverage), ("accuracy", accuracy)):
            if not 0 < value < 1:
                raise ParameterError(f"{name} is {value}; a number between 0 and 1 is needed")
        proba = np.asarray(proba, np.float64)
        truth = _truth(y, tuple(classes), task, proba)
        rows = np.arange(len(proba)) if groups is None else np.asarray(groups)
        blank = cls(task, tuple(classes), coverage, accuracy, np.zeros((0, 2)), 0.0, 0.0)
        fitted = blank._fitted(proba, truth)
        novelty = None if X is None else Novelty.fit(X, rows, seed)
        report = replace(
            _measured(blank, proba, truth, rows, seed),
            grouped=len(np.unique(rows)) < len(rows),
            known_up_to=None if novelty is None else KNOWN_UP_TO,
        )
        return replace(fitted, novelty_of=novelty, report=report)

    def _fitted(self, proba: Float, truth: NDArray[Any]) -> Self:
        if self.task == "continuous":
            return replace(self, threshold=conformal.fit_interval(proba, truth, self.coverage))
        if self.task == "multi":
            calibrated = replace(self, lines=calibration.fit_odds(proba, truth))
            held = conformal.fit_tag_threshold(calibrated.calibrate(proba), truth, self.coverage)
            return replace(calibrated, threshold=held, sureness=LIKELY)
        calibrated = replace(self, lines=np.array([[calibration.fit_temperature(proba, truth), 0.0]]))
        fair = calibrated.calibrate(proba)
        right = fair.argmax(axis=1) == truth
        return replace(
            calibrated,
            threshold=conformal.fit_set_threshold(fair, truth, self.coverage),
            sureness=conformal.fit_sureness(fair.max(axis=1), right, self.accuracy),
        )

    def calibrate(self, proba: NDArray[Any]) -> Float:
        """Return calibrated probabilities, shape (n, n_classes); numbers as they are."""
        proba = np.asarray(proba, np.float64)
        if self.task == "continuous" or not len(proba):
            return proba
        if self.task == "multi":
            return calibration.with_odds(proba, self.lines)
        return calibration.softmax(calibration.log_of(proba) / self.lines[0, 0])

    def sets(self, proba: NDArray[Any]) -> list[tuple[str, ...]]:
        """Return the classes that cannot be ruled out, likeliest first, per row of raw probabilities.

        For a single label the likeliest class is always among them.
        """
        return [self._set(row) for row in self.calibrate(proba)]

    def _set(self, fair: Float) -> tuple[str, ...]:
        order = np.argsort(-fair, kind="stable")
        held = [self.classes[k] for k in order if fair[k] >= self.threshold - 1e-12]
        if self.task == "single" and not held:
            return (self.classes[order[0]],)
        return tuple(held)

    def intervals(self, predicted: NDArray[Any]) -> Float:
        """Return low and high end of the interval around each number, shape (n, 2)."""
        predicted = np.asarray(predicted, np.float64)
        return np.stack([predicted - self.threshold, predicted + self.threshold], axis=1)

    def novelty(self, X: NDArray[Any]) -> Float:
        """Return the share of training clips that are less novel, shape (n,); zeros when nothing is known."""
        return np.zeros(len(X)) if self.novelty_of is None else self.novelty_of.score(X)

    def is_novel(self, X: NDArray[Any]) -> NDArray[np.bool_]:
        """Tell which rows are unlike the training data, shape (n,)."""
        return self.novelty(X) > KNOWN_UP_TO

    def decide(self, proba: NDArray[Any], X: NDArray[Any] | None = None) -> list[Decision]:
        """Return what may be said of each row.

        Parameters
        ----------
        proba : ndarray, shape (n, n_classes) or (n,)
            Raw probabilities, or numbers, of the model.
        X : ndarray, optional
            What the model was given, to tell what is novel.
        """
        told = X is not None and self.novelty_of is not None
        novelty = self.novelty(X).tolist() if told and X is not None else [None] * len(proba)
        return [self._decision(row, new) for row, new in zip(self.calibrate(proba), novelty, strict=True)]

    def _decision(self, fair: Any, novelty: float | None) -> Decision:
        why = "unlike anything it was trained on" if novelty is not None and novelty > KNOWN_UP_TO else ""
        if self.task == "continuous":
            return Decision(None, (), (), not why, why, novelty)
        held = self._set(fair)
        if self.task == "multi":
            likely = (
                () if why else tuple(tag for tag in self.classes if fair[self.classes.index(tag)] >= LIKELY)
            )
            ranked = tuple(sorted(likely, key=lambda tag: -fair[self.classes.index(tag)]))
            return Decision(None, ranked, held, not why, why, novelty)
        best = int(np.argmax(fair))
        if not why and fair[best] < self.sureness:
            why = f"not sure enough: {self.classes[best]} {fair[best]:.0%}"
        label = None if why else self.classes[best]
        return Decision(label, () if label is None else (label,), held, not why, why, novelty)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return everything as arrays that need no pickle."""
        facts = {
            "task": self.task,
            "classes": self.classes,
            "coverage": self.coverage,
            "accuracy": self.accuracy,
            "threshold": _number(self.threshold),
            "sureness": _number(self.sureness),
            "report": None if self.report is None else self.report.to_dict(),
        }
        novelty = {} if self.novelty_of is None else self.novelty_of.to_arrays()
        arrays: dict[str, NDArray[Any]] = {"facts": np.array(json.dumps(facts)), "lines": self.lines}
        return arrays | {f"novelty_{name}": values for name, values in novelty.items()}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Read what `to_arrays` returned; `DataError` when it is something else."""
        try:
            facts = json.loads(str(arrays["facts"]))
            report = facts.pop("report")
            held = {
                name.removeprefix("novelty_"): arrays[name] for name in arrays if name.startswith("novelty_")
            }
            return cls(
                **facts
                | {"classes": tuple(facts["classes"])}
                | {k: float(facts[k]) for k in ("threshold", "sureness")},
                lines=np.asarray(arrays["lines"], np.float64),
                novelty_of=Novelty.from_arrays(held) if held else None,
                report=None if report is None else TrustReport(**report),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"these arrays are no trust: {error}") from None


def _number(value: float) -> float | str:
    """JSON has no infinity; as text it survives."""
    return value if math.isfinite(value) else str(value)


def _truth(y: NDArray[Any], classes: tuple[str, ...], task: Task, proba: Float) -> NDArray[Any]:
    wanted = (len(y),) if task == "continuous" else (len(y), len(classes))
    if proba.shape != wanted:
        raise DataError(f"predictions have shape {proba.shape}; {wanted} is needed")
    if len(y) < FEWEST:
        raise DataError(f"trust in {len(y)} rows cannot be measured; at least {FEWEST} are needed")
    if task != "single":
        return np.asarray(y, np.float64)
    columns = {label: column for column, label in enumerate(classes)}
    unknown = sorted(set(np.asarray(y).tolist()) - columns.keys())
    if unknown:
        raise DataError(f"the class {unknown[0]!r} has no column; the columns are {', '.join(classes)}")
    return np.array([columns[label] for label in np.asarray(y).tolist()], np.intp)


def _measured(
    blank: Trust, proba: Float, truth: NDArray[Any], groups: NDArray[Any], seed: int
) -> TrustReport:
    rng = np.random.default_rng(seed)
    names, where = np.unique(groups, return_inverse=True)
    found = []
    for _ in range(HALVES):
        inside = (rng.permutation(len(names)) % 2 == 0)[where]
        if inside.any() and not inside.all():
            trust = blank._fitted(proba[inside], truth[inside])
            found.append(_figures(trust, proba[~inside], truth[~inside]))
    if not found:
        raise DataError(
            "all rows are of one group; trust needs at least two", hint="name another group column"
        )
    means = {name: _mean([one[name] for one in found]) for name in found[0]}
    asked = None if blank.task != "single" else blank.accuracy
    return TrustReport(n=len(proba), coverage_asked=blank.coverage, accuracy_asked=asked, **means)  # type: ignore[arg-type]


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _figures(trust: Trust, proba: Float, truth: NDArray[Any]) -> dict[str, float | None]:
    if trust.task == "continuous":
        held = np.abs(proba - truth) <= trust.threshold
        return {"coverage_measured": float(held.mean()), "set_size": 2 * trust.threshold}
    fair = trust.calibrate(proba)
    within = fair >= trust.threshold - 1e-12
    if trust.task == "multi":
        return _tag_figures(proba, fair, within, truth)
    within[np.arange(len(fair)), fair.argmax(axis=1)] = True
    right, sure = fair.argmax(axis=1) == truth, fair.max(axis=1) >= trust.sureness
    return {
        "coverage_measured": float(within[np.arange(len(truth)), truth].mean()),
        "set_size": float(within.sum(axis=1).mean()),
        "ece_before": calibration.calibration_error(proba.max(axis=1), proba.argmax(axis=1) == truth),
        "ece_after": calibration.calibration_error(fair.max(axis=1), right),
        "answered": float(sure.mean()),
        "accuracy_answered": float(right[sure].mean()) if sure.any() else None,
        "accuracy": float(right.mean()),
    }


def _tag_figures(
    proba: Float, fair: Float, within: NDArray[np.bool_], truth: NDArray[Any]
) -> dict[str, float | None]:
    tagged = truth.any(axis=1)
    shares = (within & (truth > 0)).sum(axis=1) / np.maximum(truth.sum(axis=1), 1)
    return {
        "coverage_measured": float(np.where(tagged, shares, 1.0).mean()),
        "set_size": float(within.sum(axis=1).mean()),
        "ece_before": calibration.calibration_error(proba.ravel(), truth.ravel()),
        "ece_after": calibration.calibration_error(fair.ravel(), truth.ravel()),
        "answered": float((fair >= LIKELY).any(axis=1).mean()),
    }
