"""A hidden Markov model per genre, then applied to songs without labels; their genres are counted and drawn.

The unlabelled songs come from another collection, and hold genres that no model was trained on. A model that
always answers counts them too; one that may say "unknown" does not.
"""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

import tunelens
from textbook import judged, learn, read, run, some
from tunelens.data.tracks import Tracks
from tunelens.plots.counts import CountsDisplay

PICTURE = Path("genre_counts.png")
UNKNOWN = "unknown"


def genres_of(bundle: Path, songs: Tracks) -> Counter[str]:
    """Return how many songs the bundle gives to each genre."""
    assert songs.paths is not None
    answers = tunelens.predict(bundle, songs.paths)
    return Counter(one.prediction.label or UNKNOWN for one in answers if one.error is None)


def experiment(quick: bool) -> None:
    """Judge, train, ask, count, draw."""
    clips = read("emotify.csv", "genre")
    clips = some(clips, 6) if quick else clips
    model = "hmm:n_states=2,n_iter=3" if quick else "hmm"
    judged(clips, model, "mfcc_frames", 2 if quick else 5)
    songs = some(read("mer4q.csv", "quadrant"), 3 if quick else 50)
    with tempfile.TemporaryDirectory() as folder:
        options = tunelens.TrainOptions(input="mfcc_frames", n_folds=2 if quick else 5)
        bundle = Path(folder) / "genres"
        tunelens.train(clips, bundle, recipe=model, options=options)
        counts = genres_of(bundle, songs)
    print(f"\n{len(songs)} songs without labels:")
    for name, count in counts.most_common():
        print(f"  {name:<12} {count:>4}  {'#' * round(40 * count / len(songs))}")
    shown = CountsDisplay(names=tuple(counts), counts=tuple(counts.values()), title=f"{len(songs)} songs")
    print(f"drawn: {shown.save(PICTURE, force=True)}")
    learn("counts of guesses are no counts of genres: look at the accuracy, and at what came out unknown.")


if __name__ == "__main__":
    run(experiment)
