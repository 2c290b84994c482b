"""A 1-D convolutional net on the means of 20 MFCC: a net where a table is all there is."""

from __future__ import annotations

from dataclasses import replace

from textbook import judged, learn, read, run, some
from tunelens.data.tracks import Tracks
from tunelens.models.inputs import parse_input
from tunelens.services.vectors import material


def mfcc_means(clips: Tracks) -> Tracks:
    """Return the clips as a table of numbers of one's own: here 20 means."""
    names = parse_input("mfcc").names
    columns = [i for i, name in enumerate(names) if name.endswith(".mean") and "delta" not in name]
    heard = material(clips, "mfcc")
    values = heard.material.X[:, columns]
    table = tuple(names[i] for i in columns)
    return replace(clips.take(heard.rows), paths=None, X=values.astype(float), feature_names=table)


def experiment(quick: bool) -> None:
    """Judge the net, and logistic regression on the same numbers."""
    clips = read("emotify.csv", "genre")
    table = mfcc_means(some(clips, 8) if quick else clips)
    epochs, n_folds = (1, 2) if quick else (30, 5)
    judged(table, f"cnn1d:max_epochs={epochs}", n_folds=n_folds)
    judged(table, "logistic", n_folds=n_folds)
    learn("neighbouring MFCC are no neighbours as pixels are: ask what a net adds to a few hundred rows.")


if __name__ == "__main__":
    run(experiment)
