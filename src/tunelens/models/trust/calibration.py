"""Calibration: probabilities that come true as often as they say."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Float = NDArray[np.float64]

SMALLEST = 1e-6
PRIOR = 4.0
"""Weight of "leave it as it is" when a tag is calibrated, in the units of a log-likelihood."""
TEMPERATURE_PRIOR = 1.0
"""The same for the one temperature of all classes."""
TEMPERATURES = (0.05, 20.0)
MOST_BINS, FEWEST_IN_BIN = 10, 20


def log_of(proba: Float) -> Float:
    """Return log probabilities that are finite."""
    return np.log(np.clip(proba, SMALLEST, 1.0))


def logit_of(proba: Float) -> Float:
    """Return log odds that are finite."""
    clipped = np.clip(proba, SMALLEST, 1 - SMALLEST)
    return np.log(clipped) - np.log1p(-clipped)


def softmax(logits: Float) -> Float:
    """Return rows that sum to 1."""
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def fit_temperature(proba: Float, truth: NDArray[np.intp]) -> float:
    """Return the temperature that makes the true classes likeliest.

    One number for all classes: the order of the classes, and so the answer, never changes. Few rows say
    little about it, so it is held near 1 by a Gaussian prior.

    Parameters
    ----------
    proba : ndarray, shape (n, n_classes)
        Probabilities of rows that the model was not trained on.
    truth : ndarray of int, shape (n,)
        Column of the true class.

    References
    ----------
    Guo, Pleiss, Sun, Weinberger: On Calibration of Modern Neural Networks. ICML 2017.

    Examples
    --------
    >>> boastful = np.array([[0.99, 0.01]] * 10_000)
    >>> t = fit_temperature(boastful, np.array([0] * 7000 + [1] * 3000))
    >>> round(float(softmax(log_of(boastful) / t)[0, 0]), 2)
    0.7
    """
    from scipy.optimize import minimize_scalar

    logits, rows = log_of(proba), np.arange(len(truth))

    def loss(log_t: float) -> float:
        said = log_of(softmax(logits / np.exp(log_t)))[rows, truth]
        return float(TEMPERATURE_PRIOR * log_t**2 - said.sum())

    return float(np.exp(minimize_scalar(loss, bounds=tuple(np.log(TEMPERATURES)), method="bounded").x))


def fit_odds(proba: Float, truth: NDArray[Any]) -> Float:
    """Return slope and shift of the log odds of each tag, shape (n_tags, 2).

    A rare tag says little about its own odds, so both are held near 1 and 0 by a Gaussian prior.

    Parameters
    ----------
    proba : ndarray, shape (n, n_tags)
        Probabilities of rows that the model was not trained on.
    truth : ndarray of 0 and 1, shape (n, n_tags)

    References
    ----------
    Platt: Probabilistic Outputs for Support Vector Machines. 1999; with a prior in place of his targets.
    """
    return np.array([_fit_tag(column, y) for column, y in zip(logit_of(proba).T, truth.T, strict=True)])


def _fit_tag(logits: Float, y: NDArray[Any]) -> Float:
    from scipy.optimize import minimize

    def loss(line: Float) -> float:
        z = line[0] * logits + line[1]
        return float(
            np.logaddexp(0, z).sum() - (y * z).sum() + PRIOR * ((line[0] - 1) ** 2 + line[1] ** 2 / 4)
        )

    found: Float = minimize(loss, np.array([1.0, 0.0]), bounds=[(0.01, 20), (-20, 20)]).x
    return found


def with_odds(proba: Float, lines: Float) -> Float:
    """Return probabilities whose log odds are moved along `lines`."""
    moved: Float = 1 / (1 + np.exp(-(lines[:, 0] * logit_of(proba) + lines[:, 1])))
    return moved


def calibration_error(confidence: Float, right: NDArray[Any]) -> float:
    """Return the expected calibration error, 0 to 1, over at most 10 bins of equal count, 20 or more each.

    Of answers that are equally sure each counts as right as often as all of them are, whatever their order.

    References
    ----------
    Naeini, Cooper, Hauskrecht: Obtaining Well Calibrated Probabilities Using Bayesian Binning. AAAI 2015.
    Equal counts instead of equal widths: Nixon et al., CVPR Workshops 2019.

    Examples
    --------
    >>> round(calibration_error(np.full(10, 0.8), np.array([1] * 6 + [0] * 4)), 2)
    0.2
    """
    _, same = np.unique(confidence, return_inverse=True)
    right = (np.bincount(same, right) / np.bincount(same))[same]
    order = np.argsort(confidence, kind="stable")
    bins = max(1, min(MOST_BINS, len(order) // FEWEST_IN_BIN))
    parts = np.array_split(order, bins)
    gaps = [part.size * abs(confidence[part].mean() - right[part].mean()) for part in parts]
    return float(sum(gaps) / len(confidence))
