"""`told_apart`: can the songs of one collection be told from those of another by their sound?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tunelens.base.language import say, word
from tunelens.base.progress import Progress
from tunelens.charts.hits.findings import size_of, told_of
from tunelens.charts.hits.model import N_DRAWS, HitModel, hit_model
from tunelens.explore.collection import Collection
from tunelens.explore.joining import together

IN_FIRST = "in_chart"


def told_apart(
    a: Collection, b: Collection, *, n_draws: int = N_DRAWS, seed: int = 0, progress: Progress | None = None
) -> HitModel:
    """Tell the songs of `a` from those of `b` by sound, judged on artists that were not learned from.

    This is no forecast, and `b` may be hits as well. Years would give away which collection a song is of, and
    are left out, as is every other fact.

    Parameters
    ----------
    a, b : Collection
        A song may be in both.
    n_draws, seed, progress
        As `hit_model` takes them.

    Raises
    ------
    DataError
        They share no feature, or a side has too few songs or artists.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> def songs(name, tempo):
    ...     X = rng.normal(tempo, 10, (60, 1))
    ...     return Collection(name, tuple(f"{name}{i}" for i in range(60)), X, ("tempo_bpm",))
    >>> told_apart(songs("hot", 125), songs("others", 100), n_draws=50).predicts
    True
    """
    both = together(a, b)
    facts = {IN_FIRST: ("1",) * len(a) + ("0",) * len(b)}
    songs = replace(both, facts=facts, years=np.full(len(both), np.nan))
    made = hit_model(songs, IN_FIRST, n_draws=n_draws, seed=seed, progress=progress)
    split = replace(made.split, why=say("judged on artists that were not learned from"))
    return replace(made, split=split, verdict=_verdict(made), warnings=())


def _verdict(made: HitModel) -> str:
    order = next(one for one in made.models if one.name == made.best).figures["roc_auc"]
    if made.predicts:
        text = word("Sound tells the two collections apart better than chance, {size}: AUC {order}.")
        return say(text, size=size_of("single", order), order=told_of(order))
    return say(
        "It is not shown that sound tells the two collections apart: AUC {order}, where 0.5 is chance.",
        order=told_of(order),
    )
