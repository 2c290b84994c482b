"""Claims about songs, put to the test: "the spectral centroid is highest at the start of hot songs".

A claim is a sentence of a small grammar; `CLAIMS` has those that are asked unless others are named. What is
said of parts of songs is tested within songs, so that a bright song and a dark one count alike: each artist
is one observation, whose sign is turned by chance to see how large the mean is where parts are alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.corrections import corrected
from tunelens.explore.differences import difference
from tunelens.explore.sides import Sides, artist_groups, check_draws, check_level

Floats = NDArray[np.float64]
N_PARTS = 20
"""Equal parts that a song is cut into."""
QUARTERS = ("start", "second quarter", "third quarter", "end")
FEATURES = ("centroid", "bandwidth", "rolloff", "flatness", "flux", "zcr", "rms", "onset_env")
"""What is followed through a song, by its name in `tunelens.features.registry.FEATURES`."""
FEWEST = 8
N_DRAWS = 2000
HOLDS, NOT, UNKNOWN = word("holds"), word("does not hold"), word("cannot tell")
CLAIMS = (
    "centroid is highest at the start",
    "centroid is lowest at the start",
    "rms is lowest at the start",
    "rms is highest at the end",
    "onset_env is higher in the hook",
    "rms is higher in the hook",
    "centroid is higher in the hook",
    "centroid is higher in hot songs",
    "rms is higher in hot songs",
    "onset_env is higher in hot songs",
)
"""Claims that are asked unless others are named."""
_GRAMMAR = re.compile(
    r"(?P<feature>\w+) is (?:(?P<most>highest|lowest) at the (?P<part>start|end|second quarter|third quarter)"
    r"|(?P<more>higher|lower|louder|brighter) in (?:the (?P<hook>hook)|(?P<hot>hot songs)))"
)
_ALIASES = {
    "loudness": "rms",
    "brightness": "centroid",
    "spectral_centroid": "centroid",
    "onsets": "onset_env",
}


@dataclass(frozen=True)
class Claim:
    """What is claimed.

    Parameters
    ----------
    text : str
        The sentence.
    feature : str
        One of `FEATURES`.
    up : bool
        Highest or higher; else lowest or lower.
    where : str
        One of `QUARTERS`, ``hook`` or ``hot``.
    """

    text: str
    feature: str
    up: bool
    where: str


def parse_claim(text: str) -> Claim:
    """Read a claim.

    ``FEATURE is highest|lowest at the start|second quarter|third quarter|end``, ``FEATURE is higher|lower in
    the hook`` and ``FEATURE is higher|lower in hot songs``; features are those of `FEATURES`.

    Raises
    ------
    ParameterError
        It is no such sentence.
    UnknownNameError
        There is no such feature.

    Examples
    --------
    >>> parse_claim("centroid is highest at the start").where, parse_claim("rms is lower in hot songs").up
    ('start', False)
    """
    found = _GRAMMAR.fullmatch(" ".join(text.casefold().split()))
    if found is None:
        raise ParameterError(
            f"{text!r} is no claim that can be tested",
            hint='say "centroid is highest at the start", "rms is higher in the hook" or '
            '"rms is higher in hot songs"',
        )
    feature = _ALIASES.get(found["feature"], found["feature"])
    if feature not in FEATURES:
        raise UnknownNameError.among("feature of a claim", feature, FEATURES)
    up = found["most"] == "highest" if found["most"] else found["more"] != "lower"
    return Claim(text, feature, up, found["part"] or ("hook" if found["hook"] else "hot"))


@dataclass(frozen=True, eq=False)
class Courses:
    """How features go through songs.

    Parameters
    ----------
    name : str
        Of the collection.
    ids : tuple of str
    artists : tuple of str
        "" where unknown.
    values : ndarray of float64, shape (n, len(FEATURES), N_PARTS)
        Means of equal parts of each song; NaN where there is none.
    hook, rest : ndarray of float64, shape (n, len(FEATURES))
        Means within the hook, and without it; NaN of songs that are no longer than it.
    """

    name: str
    ids: tuple[str, ...]
    artists: tuple[str, ...]
    values: Floats
    hook: Floats
    rest: Floats

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Tested:
    """A claim and what became of it.

    Parameters
    ----------
    claim : Claim
    n : int
        Songs that it was tested on.
    effect : float
        Within songs: mean over artists of the difference to the nearest other part, in standard deviations of
        such differences. Of hot songs against others: Cliff's delta. Above 0 speaks for the claim.
    low, high : float
        Its 95 % interval.
    share : float
        Share of songs in which the claim is true.
    chance : float
        What that share would be if nothing were so.
    p, q : float
        Of the claim being wrong, corrected for the number of claims.
    p_against, q_against : float
        Of the opposite.
    verdict : str
        `HOLDS`, `NOT` or `UNKNOWN`.
    """

    claim: Claim
    n: int
    effect: float
    low: float
    high: float
    share: float
    chance: float
    p: float
    p_against: float
    q: float = math.nan
    q_against: float = math.nan
    verdict: str = UNKNOWN

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object; what is not known is None."""
        plain = {**asdict(self), "claim": self.claim.text}
        return {n: None if isinstance(v, float) and math.isnan(v) else v for n, v in plain.items()}

    def sentence(self) -> str:
        """Return the claim as a sentence, in the language of now."""
        return sentence(self.claim)


def sentence(claim: Claim) -> str:
    """Return a claim as a sentence, in the language of now.

    Examples
    --------
    >>> sentence(parse_claim("rms is higher in the hook"))
    'RMS level is higher in the hook than in the rest of the song'
    """
    name = feature_name(claim.feature)
    if claim.where == "hook":
        text = word("{feature} is higher in the hook than in the rest of the song")
        return say(text if claim.up else word("{feature} is lower in the hook than in the rest of the song"),
                   feature=name)  # fmt: skip
    if claim.where == "hot":
        text = word("{feature} is higher in hot songs than in the others")
        return say(
            text if claim.up else word("{feature} is lower in hot songs than in the others"), feature=name
        )
    text = (
        word("{feature} is highest at the {part}") if claim.up else word("{feature} is lowest at the {part}")
    )
    return say(text, feature=name, part=say(claim.where))


PARTS = (word("start"), word("second quarter"), word("third quarter"), word("end"))
COLUMNS = (word("claim"), word("songs"), word("true of"), word("by chance"), word("effect"), word("low"),
           word("high"), "q", word("verdict"))  # fmt: skip


def claims_table(tested: Sequence[Tested]) -> Table:
    """Return what became of claims as a table."""
    rows = [
        (
            one.sentence(), one.n, one.share, one.chance, one.effect, one.low, one.high,
            one.q_against if one.verdict == NOT else one.q, say(one.verdict),
        )
        for one in tested
    ]  # fmt: skip
    note = say(
        "A claim about parts holds when its part lies beyond every other quarter; p is by turning "
        "the signs of "
        "artists, q corrected for the number of claims. It does not hold when the opposite is shown; else "
        "nothing can be told."
    )
    known = tuple(tuple(None if isinstance(v, float) and math.isnan(v) else v for v in row) for row in rows)
    return Table(say("Claims"), COLUMNS, known, note)


def weigh(
    hot: Courses,
    others: Courses | None = None,
    claims: Sequence[str] = CLAIMS,
    *,
    n_draws: int = N_DRAWS,
    correction: str = "holm",
    level: float = 0.05,
    seed: int = 0,
) -> tuple[Tested, ...]:
    """Put claims to the test.

    Parameters
    ----------
    hot : Courses
        The songs that claims are about.
    others : Courses, optional
        What hot songs are compared with; without them claims about hot songs are left out.
    claims : sequence of str
        As `parse_claim` reads them.
    n_draws : int
        Draws of signs and of artists.
    correction : str
        See `tunelens.explore.corrections.corrected`.
    level : float
    seed : int

    Raises
    ------
    DataError
        There are under 8 songs.
    ParameterError, UnknownNameError
        A claim cannot be read.
    """
    check_level(level)
    check_draws(n_draws)
    read = [parse_claim(text) for text in claims]
    if len(hot) < FEWEST:
        raise DataError(f"{hot.name} has {len(hot)} songs; claims need at least {FEWEST}")
    found = []
    for claim in read:
        if claim.where == "hot":
            one = None if others is None else _between(claim, hot, others, n_draws, seed)
        else:
            one = _within(claim, hot, n_draws, seed)
        found += [one] if one is not None else []
    q = corrected([one.p for one in found], correction)
    against = corrected([one.p_against for one in found], correction)
    return tuple(
        _judged(one, *both, level) for one, both in zip(found, zip(q, against, strict=True), strict=True)
    )


def _judged(one: Tested, q: float, against: float, level: float) -> Tested:
    said = HOLDS if q < level else NOT if against < level else UNKNOWN
    return replace(one, q=q, q_against=against, verdict=said)


def _within(claim: Claim, hot: Courses, n_draws: int, seed: int) -> Tested | None:
    """Compare a part with each of the others: it must lie beyond every one of them."""
    at, sign = FEATURES.index(claim.feature), 1 if claim.up else -1
    if claim.where == "hook":
        gaps = sign * (hot.hook[:, at] - hot.rest[:, at])[:, None]
    else:
        quarters = known_mean(hot.values[:, at].reshape(len(hot), len(QUARTERS), -1))
        own = QUARTERS.index(claim.where)
        gaps = sign * (quarters[:, [own]] - np.delete(quarters, own, axis=1))
    kept = np.isfinite(gaps).all(axis=1)
    if kept.sum() < FEWEST:
        return None
    gaps = gaps[kept]
    deviation = gaps.std(axis=0, ddof=1)
    scaled = gaps / np.where(deviation > 0, deviation, 1)
    means = _of_artists(scaled, artist_groups([hot.artists[row] for row in np.flatnonzero(kept)]))
    speaks_for, speaks_against = _turned(means, n_draws, seed)
    nearest = int(means.mean(axis=0).argmin())
    low, high = _interval(means[:, nearest], n_draws, seed)
    k = gaps.shape[1]
    # beyond all: the weakest decides. The opposite: one part beyond is enough, and k were tried
    return Tested(claim, int(kept.sum()), float(means[:, nearest].mean()), low, high,
                  float((gaps > 0).all(axis=1).mean()), 1 / (k + 1), float(speaks_for.max()),
                  float(min(1.0, k * speaks_against.min())))  # fmt: skip


def known_mean(values: Floats) -> Floats:
    """Return means along the last axis of what is known; NaN where nothing is.

    Examples
    --------
    >>> known_mean(np.array([[1.0, np.nan, 3.0], [np.nan] * 3])).tolist()
    [2.0, nan]
    """
    known = np.isfinite(values)
    n = known.sum(axis=-1)
    return np.where(n > 0, np.where(known, values, 0).sum(axis=-1) / np.maximum(n, 1), np.nan)


def _of_artists(values: Floats, groups: NDArray[np.intp]) -> Floats:
    times = np.bincount(groups)
    sums = np.column_stack([np.bincount(groups, column) for column in values.T])
    found: Floats = sums / times[:, None]
    return found


def _turned(means: Floats, n_draws: int, seed: int) -> tuple[Floats, Floats]:
    """Return per column how often turned signs give a mean as high, and as low."""
    rng = np.random.default_rng(seed)
    own = means.mean(axis=0)
    high, low = np.ones(means.shape[1]), np.ones(means.shape[1])
    for _ in range(n_draws):
        drawn = (rng.choice((-1.0, 1.0), len(means))[:, None] * means).mean(axis=0)
        high += drawn >= own - 1e-12
        low += drawn <= own + 1e-12
    return high / (n_draws + 1), low / (n_draws + 1)


def _interval(values: Floats, n_draws: int, seed: int) -> tuple[float, float]:
    rng = np.random.default_rng(seed)
    drawn = values[rng.integers(len(values), size=(n_draws, len(values)))].mean(axis=1)
    low, high = np.quantile(drawn, [0.025, 0.975])
    return float(low), float(high)


def _between(claim: Claim, hot: Courses, others: Courses, n_draws: int, seed: int) -> Tested | None:
    at, sign = FEATURES.index(claim.feature), 1 if claim.up else -1
    values = sign * np.concatenate([known_mean(one.values[:, at]) for one in (hot, others)])
    is_hot = np.arange(len(values)) < len(hot)
    kept = np.isfinite(values)
    if min(kept[is_hot].sum(), kept[~is_hot].sum()) < FEWEST:
        return None
    groups = artist_groups((*hot.artists, *others.artists))
    found = difference(values[kept], Sides(is_hot[kept], groups[kept]), n_draws=n_draws, seed=seed)
    # p is two-sided: half of it speaks for the side that the difference is on
    for_it = found.p / 2 if found.delta > 0 else 1 - found.p / 2
    return Tested(claim, int(kept.sum()), found.delta, found.low, found.high, (found.delta + 1) / 2, 0.5,
                  for_it, 1 - for_it)  # fmt: skip
