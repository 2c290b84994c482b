"""What stages and their states are called, in the language of now."""

from __future__ import annotations

from tunelens.base.language import say, word

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
