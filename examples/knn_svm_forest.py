"""k nearest neighbours, a support vector machine and a random forest on MFCC statistics of real audio."""

from __future__ import annotations

import tunelens
from textbook import judged, learn, read, run, some

MODELS = ("knn", "svm", "forest")


def experiment(quick: bool) -> None:
    """Judge the three on moods, then tell which differences are more than chance."""
    clips = read("mer4q.csv", "quadrant")
    clips = some(clips, 6) if quick else clips
    n_folds = 2 if quick else 5
    for model in MODELS:
        judged(clips, model, "mfcc", n_folds)
    print("\nOn the same folds:")
    side_by_side = tunelens.compare(
        clips, MODELS, options=tunelens.EvaluateOptions(input="mfcc", n_folds=n_folds)
    )
    for row in side_by_side.rows:
        if row.behind is None:
            print(f"  {row.model:<8} best")
        else:
            span = f"{row.behind.low:+.3f} to {row.behind.high:+.3f}"
            print(f"  {row.model:<8} behind by {row.behind.value:.3f} ({span}), p = {row.p:.3f}")
    learn("where the interval of a difference holds 0, the cheaper model is as good as the winner.")


if __name__ == "__main__":
    run(experiment)
