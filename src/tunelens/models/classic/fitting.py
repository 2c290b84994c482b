"""How estimators inside estimators are fitted and asked."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import has_fit_parameter

from tunelens.base.errors import ParameterError


def fit_with(
    estimator: Any,
    X: NDArray[Any],
    y: NDArray[Any],
    sample_weight: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
) -> Any:
    """Fit `estimator`, telling it weights and, if it can use them, groups.

    Raises
    ------
    ParameterError
        There are weights, and it takes none.
    """
    pipeline = isinstance(estimator, Pipeline)
    last, prefix = (estimator.steps[-1][1], "model__") if pipeline else (estimator, "")
    told: dict[str, Any] = {}
    if sample_weight is not None:
        if not takes_weights(last):
            raise ParameterError(
                f"{type(last).__name__} takes no weights of examples",
                hint="balance by oversample or undersample instead",
            )
        told[f"{prefix}sample_weight"] = sample_weight
    if groups is not None and has_fit_parameter(last, "groups"):
        told[f"{prefix}groups"] = groups
    return estimator.fit(X, y, **told)


def takes_weights(estimator: Any) -> bool:
    """Tell whether `estimator`, and what it wraps, can weigh examples."""
    inside = getattr(estimator, "estimator", None)
    return has_fit_parameter(estimator, "sample_weight") and (inside is None or takes_weights(inside))


def aligned(estimator: Any, X: NDArray[Any], classes: NDArray[Any]) -> NDArray[np.float64]:
    """Return probabilities with a column for each of `classes`; 0 for those that training lacked."""
    found = np.zeros((len(X), len(classes)))
    place = {name: i for i, name in enumerate(classes.tolist())}
    found[:, [place[name] for name in estimator.classes_.tolist()]] = estimator.predict_proba(X)
    return found
