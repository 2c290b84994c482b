"""Songs held out: splits, what a method does on one, and how sure a mean over several is."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tunelens.base.errors import DataError
from tunelens.explore.selection.methods import SelectOptions, random_subsets, select
from tunelens.explore.selection.objective import Mask, Objective
from tunelens.explore.selection.twins import Floats, Rows, Standard, Twins

LEVEL = 0.95


@dataclass(frozen=True)
class Range:
    """A mean over splits with its interval of 95 %.

    Parameters
    ----------
    value, low, high : float
        The interval is NaN where there are fewer than two splits.
    """

    value: float
    low: float
    high: float

    @classmethod
    def over_splits(cls, values: Floats, held_share: float) -> Range:
        """Return the mean over random splits with an interval that knows that they share songs.

        The corrected resampled t interval (Nadeau & Bengio 2003, "Inference for the generalization error"):
        the variance counts 1/J + n_test/n_train times instead of 1/J times.

        Examples
        --------
        >>> shares = Range.over_splits(np.array([0.1, 0.2, 0.3]), 0.5)
        >>> round(shares.value - shares.low, 3)  # 4.303 deviations of 0.1 * sqrt(1/3 + 1)
        0.497
        """
        from scipy.stats import t

        mean, n = float(values.mean()), len(values)
        if n < 2:
            return cls(mean, math.nan, math.nan)
        spread = values.std(ddof=1) * math.sqrt(1 / n + held_share / (1 - held_share))
        reach = float(t.ppf((1 + LEVEL) / 2, n - 1) * spread)
        return cls(mean, mean - reach, mean + reach)

    def to_dict(self) -> dict[str, float | None]:
        """Return it as a JSON object; what is not known is None."""
        return {name: None if math.isnan(one) else one for name, one in vars(self).items()}

    def percent(self) -> tuple[float | None, ...]:
        """Return value, low and high in percent; None for what is not known."""
        return tuple(None if one is None else 100 * one for one in self.to_dict().values())


def random_splits(groups: Rows, held_out: float, n: int, seed: int) -> Iterator[tuple[Rows, Rows]]:
    """Yield rows to choose on and rows held out, groups whole; at least two rows are on either side.

    Parameters
    ----------
    groups : ndarray of int, shape (n,)
        Rows of one group never stand on two sides.
    held_out : float
        Share of the rows to hold out, as nearly as groups allow.

    Raises
    ------
    DataError
        A group is too large to leave two rows on either side.
    """
    rng = np.random.default_rng(seed)
    for _ in range(n):
        order = rng.permutation(groups.max() + 1)
        sizes = np.cumsum(np.bincount(groups)[order])
        fits = np.flatnonzero((sizes >= 2) & (sizes <= len(groups) - 2))
        if not fits.size:
            raise DataError("one artist has nearly all songs, so that none can be held out by artist")
        last = fits[np.abs(sizes[fits] - held_out * len(groups)).argmin()]
        is_held = np.isin(groups, order[: last + 1])
        yield np.flatnonzero(~is_held), np.flatnonzero(is_held)


class Trial:
    """One split: features are chosen on one side and judged on both."""

    def __init__(self, twins: Twins, chosen_on: Rows, held: Rows, seed: int, draws_seed: int) -> None:
        self.twins, self.seed, self.draws_seed = twins.take(chosen_on), seed, draws_seed
        standard = Standard.of(self.twins)
        self.sides = (Objective.of(self.twins, standard), Objective.of(twins.take(held), standard))

    def shares(self, mask: Mask) -> tuple[float, float]:
        """Return the share of lost clips where chosen, and held out."""
        chosen_on, held = (side.lost(mask) / len(side.Z) for side in self.sides)
        return chosen_on, held

    def choose(self, method: str, options: SelectOptions) -> Mask:
        """Choose by a method on the side to choose on."""
        seed = self.draws_seed if method == "random" else self.seed
        found = select(self.twins, method, seed=seed, options=options, objective=self.sides[0])
        return self.twins.mask(found.names)

    def draw(self, n: int) -> Floats:
        """Return the shares of `n` random subsets, those of which ``random`` takes the best, shape (n, 2).

        All trials draw the same subsets.
        """
        masks = random_subsets(len(self.twins.names), n, np.random.default_rng(self.draws_seed))
        return np.array([self.shares(mask) for mask in masks])


def stability(masks: Mask) -> float:
    """Return how alike several choices are: 1 if the same, about 0 if drawn at random; NaN of fewer than two.

    Nogueira, Sechidis & Brown 2018, "On the stability of feature selection algorithms": the variance with
    which each feature is chosen, beside that of random choices of the same size.

    Parameters
    ----------
    masks : ndarray of bool, shape (n_choices, d)
        NaN too where all features, or none, were chosen each time: nothing was chosen.

    Examples
    --------
    >>> stability(np.array([[1, 1, 0, 0], [1, 1, 0, 0]], bool)), stability(np.array([[1, 0], [0, 1]], bool))
    (1.0, -1.0)
    """
    if len(masks) < 2:
        return math.nan
    share = masks.mean(axis=0)
    of_all = float(share.mean())
    by_chance = of_all * (1 - of_all)
    if by_chance == 0:
        return math.nan
    varies = len(masks) / (len(masks) - 1) * share * (1 - share)
    return float(1 - varies.mean() / by_chance)
