from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import pytest
from tests.unit.library.recommend.conftest import keep

from tunelens.base.errors import DataError, NotFoundError
from tunelens.library.recommend.history import PLAYS_OF_A_LIKE, listening_of
from tunelens.library.recommend.likes import judge_likes
from tunelens.services import recommend_evaluation
from tunelens.services.recommend_evaluation import evaluate_recommenders


def test_a_library_is_judged_on_its_own_feedback_with_its_sounds(crowd) -> None:
    found = evaluate_recommenders(crowd.path)
    [judged] = found.judgements  # everything was liked at the same second
    assert found.notes == ("time cannot be judged: nothing can be held back",)
    names = [one.name for one in judged.figures]
    assert names == ["random", "popularity", "collaborative", "content", "hybrid"]
    assert judged.n_listeners == 24 and "met last" in judged.how and "drawn" not in judged.how
    content = judged.figures[names.index("content")]
    assert content.better is not None and content.better.low > 0  # listeners like one kind each
    assert (
        judged.figures[-1].chosen == "50% collaborative by default"
    )  # four likes are too few to choose with
    assert found.to_dict()["judgements"][0]["figures"][3]["name"] == "content"


def test_feedback_becomes_listening(library) -> None:
    keep(
        library,
        [("play", "ann", 1, 50), ("play", "ann", 1, 60), ("like", "bob", 2, 70), ("dislike", "bob", 3, 80)],
    )
    found = listening_of(library)
    assert set(found.listeners) == {"ann", "bob"} and set(found.items) == {"1", "2"}
    assert sorted(found.plays.tolist()) == [1, 1, PLAYS_OF_A_LIKE]
    assert found.at is not None and sorted(found.at.tolist()) == [50, 60, 70]


def test_a_table_of_likes_is_judged_on_the_clips_that_were_heard(
    library, tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.setattr(recommend_evaluation, "judge_likes", partial(judge_likes, n_draws=20))  # sooner done
    table = tmp_path / "likes.csv"
    paths = [track.path for track in library.tracks()]
    rows = [
        [path, 0.3 + 0.5 * (i % 4 == 0), f"artist {i % 10}"]
        for i, path in enumerate([*paths, tmp_path / "gone.wav"])
    ]
    with table.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["path", "liked", "artist"], *rows])
    found = evaluate_recommenders(table, library=library.path)
    assert found.likes is not None and found.likes.n_clips == 40
    assert found.notes == ("1 of 41 clips are not in the library",)
    assert found.to_dict()["likes"]["ceiling"] is None


def test_what_cannot_be_judged_is_told(library, empty, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        evaluate_recommenders(tmp_path / "none.csv")
    with pytest.raises(DataError, match="has no feedback"):
        evaluate_recommenders(library.path)
    table = tmp_path / "likes.csv"
    table.write_text("path,liked\na.wav,0.5\n")
    with pytest.raises(DataError, match="no clip of"):
        evaluate_recommenders(table, library=empty.path)


def test_likes_of_emotify_follow_the_sound(data_dir: Path) -> None:
    from tunelens.library.recommend.likes import read_likes

    clips = read_likes(data_dir / "emotify.csv")
    assert len(clips) == 321 and len({clip.artist for clip in clips}) == 120
    assert all(clip.fold and clip.n >= 11 for clip in clips)
