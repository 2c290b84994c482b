"""Logistic regression on the same three columns, and on all columns: the first baseline of everything."""

from __future__ import annotations

from textbook import judged, learn, read, run, some

THREE = ("tempo", "danceability", "energy")
SOUND = (
    *("tempo", "danceability", "energy", "valence", "acousticness"),
    *("instrumentalness", "liveness", "loudness", "speechiness"),
)


def experiment(quick: bool) -> None:
    """Judge it with three columns, then with all that describe sound."""
    for columns in (THREE, SOUND):
        songs = read("hits/moods.csv", "mood", columns)
        judged(some(songs, 20) if quick else songs, "logistic", n_folds=2 if quick else 5)
    learn("better columns beat a better model; begin here, and ask of everything costlier what it adds.")


if __name__ == "__main__":
    run(experiment)
