"""`contrast`: what sets one collection apart from another, feature by feature and share by share."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.collection import Collection
from tunelens.explore.corrections import CALLED, corrected
from tunelens.explore.differences import Difference, difference
from tunelens.explore.effects import ALIKE, LARGE, MEDIUM, NOT_SHOWN, SMALL, SMALL_G, verdict
from tunelens.explore.joining import shared, together
from tunelens.explore.sides import N_DRAWS, Sides, artist_groups, check_draws, check_level

Floats = NDArray[np.float64]

FACTS = ("genre", "mood", "key", "mode", "explicit", "time_signature", "country", "platform")
"""Facts whose shares are compared unless others are named; of those that a collection has."""
MOST_VALUES = 24
"""Values of a fact that are compared; rarer ones are called other."""
FEWEST = 8
"""Songs with a value that each side needs, lest chance alone be compared."""
_CELLS = 4_000_000_000
OTHER = word("other")
LISTED = ("genre", "mood")
"""Facts of which a song may have several values."""
_SEPARATOR = re.compile(r"[;,，、|]")
COLUMNS = (
    word("name"), word("first"), word("second"), word("delta"), word("low"), word("high"), "g", "p", "q",
    word("verdict"),
)  # fmt: skip
"""Of the tables; ``first`` and ``second`` are means, or shares, of the collections that their names tell."""


@dataclass(frozen=True)
class Effect:
    """One feature, or the share of one value of a fact.

    Parameters
    ----------
    feature : str
        Its name; of a share ``fact: value``.
    difference : Difference
        Sizes, intervals and p. Of a share, delta is the difference of the shares.
    mean_a, mean_b : float
        Means, or shares.
    q : float
        p, corrected for the number of tests.
    verdict : str
        What may be said; see `tunelens.explore.effects.verdict`.
    """

    feature: str
    difference: Difference
    mean_a: float
    mean_b: float
    q: float
    verdict: str

    @property
    def shown(self) -> bool:
        """Was a difference shown, of whatever size?"""
        return self.verdict not in (NOT_SHOWN, ALIKE)

    @property
    def spread_otherwise(self) -> bool:
        """Do means differ, and ranks not: is one side spread otherwise around the same middle?"""
        one = self.difference
        alike = max(abs(one.low), abs(one.high)) < MEDIUM and abs(one.delta) < SMALL
        return not self.shown and alike and abs(one.g) >= SMALL_G and one.g_low * one.g_high > 0

    def to_dict(self) -> dict[str, Any]:
        """Return the effect as a JSON object; what is not known is None."""
        plain = {**asdict(self.difference), "mean_a": self.mean_a, "mean_b": self.mean_b, "q": self.q}
        known = {name: None if isinstance(v, float) and math.isnan(v) else v for name, v in plain.items()}
        return {"feature": self.feature, **known, "verdict": self.verdict}


def _spread(one: Effect) -> str:
    text = word(
        "{feature}: the means differ (g {g}), but neither side is above the other more often; the sides are "
        "spread otherwise"
    )
    return say(text, feature=feature_name(one.feature), g=f"{one.difference.g:+.2f}")


@dataclass(frozen=True)
class Contrast:
    """What sets one collection apart from another.

    Parameters
    ----------
    a, b : str
        Names of the collections.
    n_a, n_b : int
        Songs.
    groups_a, groups_b : int
        Artists of them; a song whose artist is not known counts by itself.
    effects : tuple of Effect
        Of every feature, the largest delta first.
    shares : Mapping of str to tuple of Effect
        By fact, of every value, the largest difference first.
    correction : str
        How p values were corrected, features and shares of one fact apart.
    level : float
        q under which a difference is shown.
    n_draws : int
        Draws behind each interval.
    told : tuple of str
        What is known of how the collections came about.
    same : int
        Songs that are in both.
    years : (int, int) or None
        Medians of the years.
    """

    a: str
    b: str
    n_a: int
    n_b: int
    groups_a: int
    groups_b: int
    effects: tuple[Effect, ...]
    shares: Mapping[str, tuple[Effect, ...]]
    correction: str
    level: float
    n_draws: int
    told: tuple[str, ...] = ()
    same: int = 0
    years: tuple[int, int] | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of the comparison, in the language of now."""
        return (*map(say, self.told), *self.remarks())

    def remarks(self) -> tuple[str, ...]:
        """Return what the comparison itself must have told of it, in the language of now."""
        found = []
        if self.same:
            found.append(say("{n} songs are in both collections and count on both sides", n=self.same))
        if self.years is not None and abs(self.years[0] - self.years[1]) >= 2:
            text = word("{a} is of other years than {b} (median {y1}, {y2}): a difference may be one of time")
            found.append(say(text, a=self.a, b=self.b, y1=self.years[0], y2=self.years[1]))
        return (*found, *(_spread(one) for one in self.effects if one.spread_otherwise))

    @property
    def shown(self) -> tuple[Effect, ...]:
        """The features in which a difference was shown."""
        return tuple(one for one in self.effects if one.shown)

    def summary(self) -> str:
        """Return what is to be said first, in the language of now."""
        if not self.shown:
            return say(
                "No feature sets {a} apart from {b}: of {n} compared, none differs beyond chance.",
                a=self.a, b=self.b, n=len(self.effects),
            )  # fmt: skip
        first = self.shown[0]
        up = first.difference.delta > 0
        told = say(
            "{k} of {n} features differ beyond chance between {a} and {b}; the most {feature}, which is "
            "{direction} in {a} ({size}).",
            k=len(self.shown), n=len(self.effects), a=self.a, b=self.b, feature=feature_name(first.feature),
            direction=say("higher") if up else say("lower"), size=say(first.verdict),
        )  # fmt: skip
        return told

    def to_table(self) -> Table:
        """Return the features as a table, the largest effect first."""
        return _table(say("Features: {a} and {b}", a=self.a, b=self.b), self.effects, self.method())

    def share_tables(self) -> tuple[Table, ...]:
        """Return a table per fact: its shares on both sides, and their difference."""
        return tuple(
            _table(say("Shares of {fact}: {a} and {b}", fact=feature_name(fact), a=self.a, b=self.b), rows)
            for fact, rows in self.shares.items()
        )

    def method(self) -> str:
        """Return how it was compared, in the language of now."""
        return say(
            "Delta is how much more often a song of {a} is above one of {b} than below (-1 to 1): under "
            "{small} a difference is hardly one, from {small} slight, from {medium} clear, from {large} "
            "strong. Intervals hold the truth 95 times in 100; they resample artists ({n} draws). q is p "
            "corrected for the number of tests ({correction}); nothing is claimed unless it is under "
            "{level}.",
            a=self.a, b=self.b, small=SMALL, medium=MEDIUM, large=LARGE, n=self.n_draws,
            correction=say(CALLED[self.correction]), level=self.level,
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """Return the contrast as a JSON object."""
        plain = {name: value for name, value in vars(self).items() if name not in ("effects", "shares")}
        return {
            **plain,
            "told": list(self.told),
            "notes": list(self.notes),
            "effects": [one.to_dict() for one in self.effects],
            "shares": {fact: [one.to_dict() for one in rows] for fact, rows in self.shares.items()},
            "summary": self.summary(),
            "method": self.method(),
        }


def _table(name: str, effects: Sequence[Effect], note: str = "") -> Table:
    rows = [
        (
            feature_name(one.feature), one.mean_a, one.mean_b, one.difference.delta, one.difference.low,
            one.difference.high, one.difference.g, one.difference.p, one.q, say(one.verdict),
        )
        for one in effects
    ]  # fmt: skip
    cells = tuple(tuple(None if isinstance(v, float) and math.isnan(v) else v for v in row) for row in rows)
    return Table(name, COLUMNS, cells, note)


def contrast(
    a: Collection,
    b: Collection,
    *,
    facts: Sequence[str] | None = None,
    n_boot: int = N_DRAWS,
    correction: str = "bh",
    level: float = 0.05,
    seed: int = 0,
) -> Contrast:
    """Compare two collections in all features that both have, and in the shares of facts.

    Parameters
    ----------
    a, b : Collection
        A song may be in both.
    facts : sequence of str, optional
        Facts whose shares are compared; by default those of `FACTS` that both have.
    n_boot : int
        Draws of groups behind each interval, and permutations where a test needs them. Of very large
        collections fewer are drawn, which `Contrast.n_draws` tells.
    correction : str
        ``bh``, ``holm`` or ``none``; see `tunelens.explore.corrections.corrected`.
    level : float
        q under which a difference is claimed.
    seed : int

    Raises
    ------
    DataError
        They share no feature, or a side has under 8 songs.
    ParameterError, UnknownNameError
        `n_boot`, `level`, `correction` or a fact is not allowed.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> def songs(name, tempo):
    ...     X = np.column_stack([rng.normal(tempo, 10, 60), rng.uniform(size=60)])
    ...     return Collection(name, tuple(f"{name}{i}" for i in range(60)), X, ("tempo_bpm", "energy"))
    >>> found = contrast(songs("hot", 125), songs("others", 110))
    >>> [one.feature for one in found.shown], found.effects[0].verdict
    (['tempo_bpm'], 'strongly different')
    """
    check_level(level)
    check_draws(n_boot)
    corrected([], correction)
    names = shared(a, b)
    both, is_a = together(a, b), np.arange(len(a) + len(b)) < len(a)
    _check_sizes(a, b)
    sides = Sides(is_a, artist_groups(both.artists))
    n = max(200, min(n_boot, _CELLS // max(1, len(both) * len(names))))
    compared = _Comparing(sides, n, correction, level, seed)
    wanted = _facts(a, b, facts)
    effects = compared.features(both)
    return Contrast(
        a.name, b.name, len(a), len(b), *sides.n_groups, effects,
        {fact: rows for fact in wanted if (rows := compared.shares(both, fact))},
        correction, level, n, both.notes, _same(a, b), _years(a, b),
    )  # fmt: skip


def recorrected(contrasts: Sequence[Contrast]) -> tuple[Contrast, ...]:
    """Return several contrasts with q corrected for the tests of all of them together.

    Each against the rest of a source: twenty genres are twenty times as many tests as one.
    """
    if len(contrasts) < 2:
        return tuple(contrasts)
    first = contrasts[0]
    effects = iter(_again([e for one in contrasts for e in one.effects], first))
    facts = {fact: iter(_again([e for one in contrasts for e in one.shares.get(fact, ())], first))
             for fact in dict.fromkeys(fact for one in contrasts for fact in one.shares)}  # fmt: skip
    found = []
    for one in contrasts:
        own = _ordered([next(effects) for _ in one.effects])
        shares = {fact: _ordered([next(facts[fact]) for _ in rows]) for fact, rows in one.shares.items()}
        found.append(replace(one, effects=own, shares=shares))
    return tuple(found)


def _again(effects: Sequence[Effect], by: Contrast) -> list[Effect]:
    qs = corrected([one.difference.p for one in effects], by.correction)
    return [replace(one, q=q, verdict=_said(one.difference, q, by.level))
            for one, q in zip(effects, qs, strict=True)]  # fmt: skip


def _ordered(effects: Sequence[Effect]) -> tuple[Effect, ...]:
    return tuple(sorted(effects, key=lambda one: (not one.shown, -abs(one.difference.delta))))


def _said(one: Difference, q: float, level: float) -> str:
    alike = math.isnan(one.g) or (one.g_low > -SMALL_G and one.g_high < SMALL_G)
    return verdict(one.delta, one.low, one.high, q, level, means_alike=alike)


def _check_sizes(a: Collection, b: Collection) -> None:
    for one in (a, b):
        if len(one) < FEWEST:
            raise DataError(f"{one.name} has {len(one)} songs; at least {FEWEST} are needed to compare")


def _facts(a: Collection, b: Collection, facts: Sequence[str] | None) -> list[str]:
    if facts is None:
        return [name for name in FACTS if name in a.facts and name in b.facts]
    from tunelens.base.errors import UnknownNameError

    for name in facts:
        if name not in a.facts or name not in b.facts:
            raise UnknownNameError.among("fact", name, set(a.facts) & set(b.facts))
    return list(facts)


@dataclass(frozen=True)
class _Comparing:
    sides: Sides
    n: int
    correction: str
    level: float
    seed: int

    def features(self, both: Collection) -> tuple[Effect, ...]:
        return self._effects({name: both.X[:, i] for i, name in enumerate(both.features)})

    def shares(self, both: Collection, fact: str) -> tuple[Effect, ...]:
        """Compare the share of each value among the songs of which the fact is known."""
        return self._effects(memberships(fact, both.facts[fact]))

    def _effects(self, columns: Mapping[str, Any]) -> tuple[Effect, ...]:
        found = {}
        for name, values in columns.items():
            rows = np.isfinite(values)
            if min(rows[self.sides.is_a].sum(), rows[~self.sides.is_a].sum()) >= FEWEST:
                own = self.sides.take(rows)
                found[name] = (difference(values[rows], own, n_draws=self.n, seed=self.seed), values, rows)
        qs = corrected([one.p for one, _, _ in found.values()], self.correction)
        effects = [self._effect(name, *part, q) for (name, part), q in zip(found.items(), qs, strict=True)]
        return _ordered(effects)

    def _effect(self, name: str, one: Difference, values: Any, rows: Any, q: float) -> Effect:
        means = [float(values[rows & side].mean()) for side in (self.sides.is_a, ~self.sides.is_a)]
        return Effect(name, one, means[0], means[1], q, _said(one, q, self.level))


def memberships(fact: str, cells: Sequence[str]) -> dict[str, Floats]:
    """Return per value of a fact which songs have it: 1, 0, or NaN where the fact is not known.

    A song of two genres, ``pop, R&B`` or ``摇滚、民谣``, counts for both. What is rare is called other, so
    that free text makes no thousand tests.

    Examples
    --------
    >>> {name: has.tolist() for name, has in memberships("genre", ["pop, rock", "pop", ""]).items()}
    {'pop': [1.0, 1.0, nan], 'rock': [1.0, 0.0, nan]}
    """
    many = fact in LISTED
    values = [_SEPARATOR.split(cell) if many else [cell] for cell in cells]
    told = [{one.strip() for one in row if one.strip()} for row in values]
    counts = Counter(one for row in told for one in row)
    kept = [value for value, _ in counts.most_common(MOST_VALUES)]
    known = np.array([bool(row) for row in told])
    found = {value: np.array([float(value in row) for row in told]) for value in kept}
    if len(counts) > len(kept):
        found[OTHER] = np.array([float(bool(row - set(kept))) for row in told])
    return {value: np.where(known, has, np.nan) for value, has in found.items()}


def _same(a: Collection, b: Collection) -> int:
    return len({_song(a, i) for i in range(len(a))} & {_song(b, i) for i in range(len(b))})


def _years(a: Collection, b: Collection) -> tuple[int, int] | None:
    years = [one.years[np.isfinite(one.years)] for one in (a, b) if one.years is not None]
    if len(years) < 2 or not all(len(one) for one in years):
        return None
    return int(np.median(years[0])), int(np.median(years[1]))


def _song(songs: Collection, row: int) -> tuple[str, str]:
    artist = songs.artists[row].casefold()
    return (artist, songs.titles[row].casefold()) if artist else ("", f"{songs.name}/{songs.ids[row]}")
