"""A 2-D convolutional net on log-mel spectrograms: learned from scratch, from few clips, in few epochs.

200 clips, four folds and eight epochs, to keep it small; such nets are made for far more clips.
"""

from __future__ import annotations

from textbook import judged, learn, read, run, some


def experiment(quick: bool) -> None:
    """Judge the net on log-mel, and an SVM on MFCC statistics of the same clips."""
    clips = some(read("emotify.csv", "genre"), 6 if quick else 50)
    epochs, n_folds = (1, 2) if quick else (8, 4)
    judged(clips, f"cnn2d:max_epochs={epochs}", "logmel", n_folds)
    judged(clips, "svm", "mfcc", n_folds)
    learn("a net that learns to hear begins with nothing: see what few clips buy beside ready-made numbers.")


if __name__ == "__main__":
    run(experiment)
