"""A 2-D convolutional net on log-mel spectrograms: learned from scratch, from few clips, in few epochs.

200 clips, four folds and eight epochs, so that two cores need minutes; such nets are made for far more clips.
"""

from __future__ import annotations

from textbook import judged, learn, read, run, some


def experiment(quick: bool) -> None:
    """Judge the net on log-mel, and an SVM on MFCC statistics of the same clips."""
    clips = some(read("emotify.csv", "genre"), 6 if quick else 50)
    epochs, n_folds = (1, 2) if quick else (8, 4)
    judged(clips, f"cnn2d:max_epochs={epochs}", "logmel", n_folds)
    judged(clips, "svm", "mfcc", n_folds)
    learn("a net that learns to hear needs many clips; with few, put a head on a net that hears already.")


if __name__ == "__main__":
    run(experiment)
