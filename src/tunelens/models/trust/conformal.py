"""Conformal prediction: sets and intervals that hold the truth as often as they promise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]


def quantile(scores: Float, coverage: float) -> float:
    """Return the score that the next one stays below with probability `coverage`; inf when too few came.

    References
    ----------
    Vovk, Gammerman, Shafer: Algorithmic Learning in a Random World. 2005.

    Examples
    --------
    >>> quantile(np.arange(1.0, 20.0), 0.9), quantile(np.arange(5.0), 0.9)
    (18.0, inf)
    """
    rank = math.ceil((scores.size + 1) * coverage - 1e-9)
    return float(np.sort(scores)[rank - 1]) if rank <= scores.size else math.inf


def fit_set_threshold(proba: Float, truth: NDArray[np.intp], coverage: float) -> float:
    """Return the least probability of a class in the set, so that sets hold the true class that often.

    References
    ----------
    Sadinle, Lei, Wasserman: Least Ambiguous Set-Valued Classifiers. JASA 2019.
    """
    return 1 - quantile(1 - proba[np.arange(len(truth)), truth], coverage)


def fit_tag_threshold(proba: Float, truth: NDArray[Any], coverage: float) -> float:
    """Return the least probability of a tag in the set, so that sets hold that share of a row's true tags.

    Rows without a tag have nothing to miss and count as covered.

    References
    ----------
    Angelopoulos, Bates, Fisch, Lei, Schuster: Conformal Risk Control. ICLR 2024.
    """
    n, allowed = len(truth), 1 - coverage
    weights = truth / np.maximum(truth.sum(axis=1, keepdims=True), 1)
    probabilities, missed = proba[truth > 0], weights[truth > 0]
    order = np.argsort(probabilities)
    risk = (np.cumsum(missed[order]) + 1) / (n + 1)  # when all up to and with this one are left out
    affordable = int(np.searchsorted(risk, allowed + 1e-12, side="right"))
    if 1 / (n + 1) > allowed + 1e-12 or not probabilities.size:
        return 0.0
    return float(probabilities[order][min(affordable, len(order) - 1)])


def fit_interval(predicted: Float, truth: Float, coverage: float) -> float:
    """Return the half width of intervals that hold the true value that often."""
    return quantile(np.abs(predicted - truth), coverage)


def fit_sureness(confidence: Float, right: NDArray[Any], accuracy: float) -> float:
    """Return the least confidence at which answers are right that often; inf when none is.

    Of several such thresholds the one that answers most rows.

    Examples
    --------
    >>> fit_sureness(np.array([0.9, 0.8, 0.7, 0.6]), np.array([1, 1, 1, 0]), 0.9)
    0.7
    """
    order = np.argsort(-confidence, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    last_of_ties = np.append(confidence[order][1:] < confidence[order][:-1], True)
    enough = np.flatnonzero((shares >= accuracy) & last_of_ties)
    return float(confidence[order][enough[-1]]) if enough.size else math.inf
