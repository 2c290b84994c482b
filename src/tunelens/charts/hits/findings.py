"""What may be said of a model of hits, and what a person must know before believing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.charts.hits.baselines import ARTIST, called, hardest
from tunelens.charts.hits.split import Split
from tunelens.charts.hits.targets import Target
from tunelens.evaluation.comparison import Difference
from tunelens.evaluation.intervals import Interval
from tunelens.explore.collection import Collection
from tunelens.explore.effects import superiority

Floats = NDArray[np.float64]
Array = NDArray[Any]
SOURCES = ("source", "chart", "collection", "platform", "playlist_name")
"""Facts that tell where a song comes from."""
_APART_IN_TIME, _GIVEN_AWAY = 0.8, 0.95


def made_even(values: Floats) -> list[str]:
    """Tell that a table was made of as many hits as others."""
    if abs(values.mean() - 0.5) > 0.03:
        return []
    return [say("Half of the songs are hits: the table was made so. Of all songs that come out hardly any is "
                "one, so that the probabilities hold for such a table alone.")]  # fmt: skip


def confounded(songs: Collection, target: Target) -> list[str]:
    """Tell what separates hits from others beside sound: where they come from, and when."""
    found, y = [], target.values > 0.5
    for fact in SOURCES:
        cells = np.array(songs.facts.get(fact, ()), dtype=object)
        names = set(cells[cells != ""]) if len(cells) else set()
        if 1 < len(names) <= 20 and max(_purity(cells, y, names)) > _GIVEN_AWAY:
            text = word(
                "Hits and others come from different sources ({fact}): what tells them apart may be where "
                "they come from, not what makes a hit."
            )
            found.append(say(text, fact=fact))
    years = songs.years
    if years is not None and np.isfinite(years).all() and 0 < y.sum() < len(y):
        apart = superiority(years[y], years[~y])
        if max(apart, 1 - apart) > _APART_IN_TIME:
            found.append(
                say("Hits and others are of different years: what tells them apart may be the time.")
            )
    return found


def _purity(cells: Array, y: Array, names: set[str]) -> list[float]:
    """Return how much of the truth the sources alone give away, 0.5 to 1."""
    right = sum(max(y[cells == name].sum(), (~y[cells == name]).sum()) for name in names)
    base = max(y.mean(), 1 - y.mean())
    share = right / max(1, (cells != "").sum())
    return [float(share if share > base else 0.0)]


def foretells(own: Mapping[str, Interval], gains: Mapping[str, Difference], kind: str) -> bool:
    """Does sound tell more than any one number, and order songs better than chance, both beyond doubt?"""
    ordered = own["roc_auc"].low > 0.5 if kind == "single" else own["spearman"].low > 0
    return gains[hardest(gains)].low > 0 and ordered  # no interval: not beyond doubt


HARDLY = word("Sound says hardly more than the {rival}")
SIZES = (word("but weakly"), word("moderately well"), word("well"))
_STEPS = {"single": (0.64, 0.71), "continuous": (0.3, 0.5)}
"""AUC, or correlation, from which a model does moderately well, and well: medium and large (Cohen 1988)."""


def verdict(
    kind: str,
    split: Split,
    own: Mapping[str, Interval],
    gains: Mapping[str, Difference],
    *,
    predicts: bool,
    target: str = "popularity",
) -> str:
    """Return what may be said, in plain words and in the language of now.

    Parameters
    ----------
    kind : {"single", "continuous"}
    split : Split
    own : Mapping of str to Interval
        Figures of the model.
    gains : Mapping of str to Difference
        Error of each baseline less that of the model.
    predicts : bool
        What `foretells` says.
    """
    order, rival = own["roc_auc" if kind == "single" else "spearman"], hardest(gains)
    told = _predicted if predicts else _unpredicted
    parts = [*told(kind, order, gains[rival], say(called(rival, kind)), feature_name(target))]
    artist = gains.get(ARTIST)
    if artist is not None and artist.high < 0:
        parts.append(say("Who sings says more than how it sounds."))
    elif artist is not None and artist.low <= 0:
        parts.append(say("It is not shown that sound says more than who sings."))
    if split.kind == "groups":
        parts.append(say("Nothing is said of the future: there was no split in time."))
    return say(" ").join(parts)


def size_of(kind: str, order: Interval) -> str:
    """Return how well songs are ordered, in the language of now."""
    return say(SIZES[int(np.searchsorted(_STEPS[kind], order.value, side="right"))])


def _predicted(kind: str, order: Interval, gain: Difference, rival: str, target: str) -> Iterator[str]:
    if kind == "single":
        text = word(
            "Sound tells hits from others better than chance, {size}: AUC {order}; error below that of the "
            "{rival} by {gain}."
        )
    else:
        text = word(
            "Sound foretells the {target} better than one number for all songs, {size}: rank correlation "
            "{order}; error below that of the {rival} by {gain}."
        )
    size = size_of(kind, order)
    yield say(text, target=target, size=size, order=told_of(order), rival=rival, gain=told_of(gain))


def _unpredicted(kind: str, order: Interval, gain: Difference, rival: str, target: str) -> Iterator[str]:
    del target
    chance = 0.5 if kind == "single" else 0.0
    text = word(
        "{hardly}: its error is lower by {gain}, its order {order}, where {chance} is chance; the intervals "
        "do not both lie above chance."
    )
    yield say(
        text, hardly=say(HARDLY, rival=rival), gain=told_of(gain), order=told_of(order), chance=f"{chance:g}"
    )
    if order.low > chance:
        yield say("It orders songs a little better than chance, but its numbers are no better.")


def told_of(figure: Interval | Difference) -> str:
    """Return a figure with its interval.

    Examples
    --------
    >>> told_of(Interval(-690.0, -2000.0, 0.00051))
    '-690 (-2,000 – 0.00051)'
    """
    return f"{_number(figure.value)} ({_number(figure.low)} – {_number(figure.high)})"


def _number(value: float) -> str:
    if not abs(value) < 9.95:  # NaN too
        return f"{value:,.0f}"
    return np.format_float_positional(value, precision=2, unique=False, fractional=False, trim="-")
