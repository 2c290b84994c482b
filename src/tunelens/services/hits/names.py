"""What stages and their states are called, in the language of now."""

from __future__ import annotations

from typing import Any

from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Cell
from tunelens.charts.hits.claims import parse_claim, sentence
from tunelens.explore.corrections import CALLED as CORRECTIONS
from tunelens.explore.selection.comparison import CALLED

_STAGES = {
    "acquire": word("Chart and sound"),
    "prepare": word("Excerpts"),
    "describe": word("Description"),
    "select": word("Choice of features"),
    "cluster": word("Clustering"),
    "classify": word("Genres and moods of the songs"),
    "structure": word("Structure of the songs"),
    "compare": word("Comparison"),
}
_STATES = {
    "done": word("done"),
    "kept": word("taken from an earlier run"),
    "skipped": word("not wanted"),
    "not done": word("not possible"),
    "failed": word("failed"),
}


def stage_name(stage: str) -> str:
    """Return what a stage is called."""
    return say(_STAGES[stage])


def state_name(state: str) -> str:
    """Return what became of a stage."""
    return say(_STATES[state])


_PARAMETERS = {
    "charts": word("source of the chart"),
    "fields": word("columns that were named"),
    "audio": word("folder with the sound"),
    "download": word("sound was fetched"),
    "against": word("compared with"),
    "how": word("part of a song that is heard"),
    "duration_s": word("length of the excerpts (s)"),
    "sr": word("sample rate (Hz)"),
    "mono": word("one channel"),
    "features": word("features used"),
    "title": word("name of the chart"),
    "against_title": word("name of the reference"),
    "language": word("language"),
    "descriptors": word("version of the descriptors"),
    "nets": word("nets and bundles"),
    "method": word("method"),
    "methods": word("methods that are compared"),
    "clip_s": word("length of a clip (s)"),
    "splits": word("splits into songs to choose on and held out"),
    "draws": word("random subsets"),
    "seed": word("seed"),
    "fewest": word("fewest songs"),
    "population": word("population"),
    "generations": word("generations, at most"),
    "crossover": word("probability of crossover"),
    "mutation": word("probability of mutation"),
    "tournament": word("size of a tournament"),
    "elite": word("elite"),
    "patience": word("generations without a gain before it stops"),
    "k": word("number of clusters"),
    "projection": word("projection"),
    "facts": word("facts that are counted"),
    "of": word("what moments are compared by"),
    "metric": word("measure of likeness"),
    "exemplars": word("exemplars"),
    "hooks": word("hooks are looked for"),
    "n_boot": word("draws behind an interval"),
    "correction": word("correction for many tests"),
    "level": word("level of significance"),
    "n_draws": word("draws behind an interval of a model"),
    "targets": word("targets, the first that is there"),
    "claims": word("claims that are tested"),
    "claim_correction": word("correction for many claims"),
}


def parameter_name(name: str) -> str:
    """Return what a parameter is called; every parameter of every stage has a name."""
    return say(_PARAMETERS[name])


_VALUES = {
    "how": {"hook": word("the hook"), "first": word("the first seconds"), "whole": word("the whole song")},
    "features": {
        "auto": word("chosen by itself"),
        "columns": word("columns of the table"),
        "selected": word("the chosen waveform statistics"),
        "descriptors": word("descriptors"),
        "waveform": word("the 42 waveform statistics"),
        "pooled": word("pooled frame features"),
        "tags": word("tags"),
        "embedding": word("embeddings"),
    },
    "k": {"auto": word("chosen by itself")},
    "method": {"kmeans": word("k-means")} | CALLED,
    "methods": CALLED,
    "projection": {"pca": word("principal components")},
    "of": {"both": word("harmony and timbre")},
    "metric": {"cosine": word("cosine")},
    "correction": CORRECTIONS,
    "claim_correction": CORRECTIONS,
    "language": {"en": word("English"), "zh": word("Chinese")},
}


def parameter_value(name: str, value: Any) -> Cell:
    """Return what a parameter was, in the language of now."""
    if isinstance(value, (list, tuple)):
        return say(", ").join(str(parameter_value(name, one)) for one in value) or None
    if name == "claims":
        return sentence(parse_claim(value))
    known = _VALUES.get(name, {})
    if value in known:
        return say(known[value])
    if name in {"features", "facts", "targets"}:
        return feature_name(value)
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
