"""How each stage works, with its sources: a paragraph for every stage that has a result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tunelens.base.language import say
from tunelens.services.hits.results import Results
from tunelens.services.hits.stages.describe import SOUND


def how_it_was_done(results: Results) -> Iterator[str]:
    """Yield what a reader needs to judge the figures, or to do it otherwise."""
    for name, tell in _TELLERS.items():
        outcome = results.outcomes.get(name)
        if outcome is not None and outcome.result is not None:
            yield from tell(results, dict(outcome.parameters))


def _acquire(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    del results, asked
    yield say(
        "Chart: every song counts once. A file is a song's when a manifest, an id in its name, its artist "
        "and title, its tags, or a title that is there but once say so."
    )


def _prepare(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    del results
    if asked["how"] == "hook":
        yield say(
            "Excerpts: of every recording of both sides the {s} s that best stand for it: the stretch "
            "whose repeats explain most of the song (fitness of Müller, Jiang & Grosche 2013), else the "
            "one most like the rest; one channel, {sr} Hz.",
            s=f"{asked['duration_s']:g}", sr=asked["sr"],
        )  # fmt: skip
    elif asked["how"] == "first":
        yield say(
            "Excerpts: the first {s} s of every recording of both sides; one channel, {sr} Hz.",
            s=f"{asked['duration_s']:g}", sr=asked["sr"],
        )  # fmt: skip
    else:
        yield say("Every recording of both sides was heard whole; one channel, {sr} Hz.", sr=asked["sr"])


def _describe(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    described = results.described
    if described is None or described.source != SOUND:
        yield say("Features are the numbers of the table. What tells how a song fared is never a feature.")
        return
    yield say(
        "Features were measured: tempo, key, loudness (ITU-R BS.1770), danceability, energy, dynamics, and "
        "means of frame features."
    )
    if nets := asked["nets"]:
        yield say(
            "Genre, mood, valence and arousal are what these nets and bundles say; their figures and "
            "licences stand in their cards: {nets}.",
            nets=say(", ").join(nets),
        )  # fmt: skip
    else:
        yield say("No nets were here: genre, mood, valence and arousal are not known.")


def _select(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    del results
    yield say(
        "Choice of features: a genetic algorithm ({population} subsets, at most {generations} generations) "
        "minimises the clips whose nearest neighbour is not the other clip of the same song; features are "
        "standardised. It is judged on {splits} random halves of songs held out.",
        population=asked["population"], generations=asked["generations"], splits=asked["splits"],
    )  # fmt: skip


def _cluster(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    del results, asked
    yield say(
        "Clusters: features standardised, gaps filled with the median, k-means; their number by silhouette "
        "(Rousseeuw 1987), Caliński-Harabasz (1974), Davies-Bouldin (1979), the gap statistic (Tibshirani "
        "et al. 2001) and stability under resampling, beside songs made up without clusters. Exemplars are "
        "medoids. The picture shows principal components."
    )


def _classify(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    del results, asked
    yield say("Shares: of the songs of which the fact is known; intervals are Wilson's, 95 %.")


def _structure(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    del results, asked
    yield say(
        "Structure: self-similarity of harmony and timbre (cosine); parts begin where a checkerboard "
        "kernel along the diagonal finds something new (Foote 2000)."
    )


def _compare(results: Results, asked: dict[str, Any]) -> Iterator[str]:
    del asked
    found = results.compared
    if found is None:
        return
    if found.contrast is not None:
        yield found.contrast.method()
        yield say(
            "Effects are Cliff's delta and Hedges's g; tests are those of Mann and Whitney, by Obuchowski "
            "(1997) where songs of one artist belong together; corrected after Benjamini & Hochberg "
            "(1995)."
        )
    for model in (found.model, found.membership):
        if model is not None:
            yield model.method()
    if found.trends is not None:
        yield found.trends.method()


_TELLERS: dict[str, Callable[[Results, dict[str, Any]], Iterator[str]]] = {
    "acquire": _acquire,
    "prepare": _prepare,
    "describe": _describe,
    "select": _select,
    "cluster": _cluster,
    "classify": _classify,
    "structure": _structure,
    "compare": _compare,
}
