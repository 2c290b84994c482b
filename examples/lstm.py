"""An LSTM on sequences of MFCC: does the order of sounds tell more than their mean?

200 clips, four folds and ten epochs, to keep it small.
"""

from __future__ import annotations

from textbook import judged, learn, read, run, some


def experiment(quick: bool) -> None:
    """Judge the LSTM on MFCC frames, and an SVM that knows only their mean and spread."""
    clips = some(read("emotify.csv", "genre"), 6 if quick else 50)
    epochs, n_folds = (1, 2) if quick else (10, 4)
    judged(clips, f"lstm:max_epochs={epochs}", "mfcc_frames", n_folds)
    judged(clips, "svm", "mfcc", n_folds)
    learn("order in time costs a net; see what it earns against mean and spread of the same numbers.")


if __name__ == "__main__":
    run(experiment)
