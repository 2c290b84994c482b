"""A decision tree on tempo, danceability and energy: the mood of a song by rules that a person can read."""

from __future__ import annotations

import tunelens
from textbook import judged, learn, read, run, some
from tunelens.services.vectors import material

COLUMNS = ("tempo", "danceability", "energy")
MODEL = "tree:max_depth=3"


def experiment(quick: bool) -> None:
    """Judge the tree, then grow it on everything and print its rules."""
    from sklearn.tree import export_text

    songs = read("hits/moods.csv", "mood", COLUMNS)
    songs = some(songs, 20) if quick else songs
    judged(songs, MODEL, n_folds=2 if quick else 5)
    grown = tunelens.Recipe(MODEL).fit(material(songs).material)
    print(export_text(grown.estimator[-1], feature_names=list(COLUMNS), decimals=2))
    unused = [
        name for name, used in zip(COLUMNS, grown.estimator[-1].feature_importances_, strict=True) if not used
    ]
    print(f"never asked: {', '.join(unused) or 'none'}")
    learn("seven questions get far, and the rules show which column decides, and where; a net shows neither.")


if __name__ == "__main__":
    run(experiment)
