"""What bundles say of a track is kept with it, and its labels are tags that filters find."""

from __future__ import annotations

import json
from dataclasses import replace

from tunelens.library.rows import document_of
from tunelens.models.prediction import Prediction

GENRE = Prediction(
    "multi",
    labels=("Jazz", "民谣"),
    probabilities={"Jazz": 0.8, "民谣": 0.6, "Rock": 0.1},
    set=("Jazz", "民谣", "Rock"),
    coverage=0.9,
    novelty=0.25,
)
MOOD = Prediction(
    "single", probabilities={"calm": 0.4, "sad": 0.3}, known=False, why="not sure enough: calm 40%"
)
VALENCE = Prediction("continuous", value=0.7, interval=(0.4, 1.0), coverage=0.9)


def test_predictions_come_back_as_they_were_put(library, make) -> None:
    said = {"genre": GENRE, "mood": MOOD, "valence": VALENCE}
    analysis = replace(make("a.wav"), predictions=said)
    library.put(analysis)
    assert library.get(analysis.path).predictions == said


def test_labels_are_tags_and_what_is_unknown_is_none(library, make) -> None:
    analysis = replace(make("a.wav"), taggings=(), predictions={"genre": GENRE, "mood": MOOD})
    library.put(analysis)
    assert library.count("genre:jazz") == library.count("genre:民谣") == 1
    assert library.count("genre:rock") == library.count("mood:calm") == 0
    [track] = library.tracks()
    assert [(tag.model, tag.group, tag.tag) for tag in track.tags] == [
        ("genre", "genre", "Jazz"),
        ("genre", "genre", "民谣"),
    ]


def test_analyses_of_older_versions_have_none(make) -> None:
    analysis = make("a.wav")
    values = analysis.to_dict()
    del values["predictions"]
    assert type(analysis).from_dict(json.loads(json.dumps(values))).predictions == {}
    assert "predictions" in json.loads(document_of(analysis))
