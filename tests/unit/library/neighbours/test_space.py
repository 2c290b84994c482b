"""Where tracks lie: the same for library and file, whatever else is in the library."""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
import pytest
from sqlalchemy import update
from tests.unit.library.neighbours.conftest import GENRES

from tunelens.base.errors import NotFoundError, ParameterError, UnknownNameError
from tunelens.library.neighbours.parts import PARTS, Weights, all_parts, dimension, spans
from tunelens.library.neighbours.space import Space, likeness_of_parts
from tunelens.library.schema import vectors


def test_a_track_lies_where_its_file_would(library, songs):
    space = Space.load(library)
    assert space.ids.tolist() == list(range(1, 41))
    for number, song in enumerate(songs, 1):
        np.testing.assert_allclose(space.matrix[space.row_of(number)], space.vector_of(song), atol=1e-6)


def test_rows_have_length_one_and_are_most_like_themselves(library):
    space = Space.load(library)
    np.testing.assert_allclose(np.linalg.norm(space.matrix, axis=1), 1, atol=1e-5)
    likeness = space.matrix @ space.matrix.T
    assert likeness.max() <= 1 + 1e-5 and (likeness.argmax(axis=1) == np.arange(40)).all()


def test_songs_of_one_kind_are_neighbours(library):
    space = Space.load(library)
    for row in range(40):
        nearest = np.argsort(-space.similarities(space.matrix[row]))[1:10]
        assert {number % len(GENRES) for number in nearest} == {row % len(GENRES)}


def test_likeness_is_the_weighted_mean_of_the_parts(library):
    weights = Weights(embedding=2, timbre=1, rhythm=0.5, harmony=0.25, energy=3)
    space = Space.load(library, weights)
    a, b = space.matrix[3], space.matrix[8]
    parts = likeness_of_parts(a, b)
    expected = sum(w * parts[name] for name, w in weights.to_dict().items()) / sum(astuple(weights))
    assert set(parts) == set(PARTS)
    assert float(a @ b) == pytest.approx(expected, abs=1e-5)


def test_what_joins_later_moves_nothing(library, empty, songs):
    """Alone, in a batch, or from the file itself: to the last bit."""
    empty.put(songs[0])
    np.testing.assert_array_equal(Space.load(empty).matrix[0], Space.load(library).matrix[0])


def test_weights_change_who_is_near(empty, studio):
    """One is as the seed but for its embedding, the other has its embedding and nothing else of it."""
    seed, other = studio.song(0), studio.song(1)
    same_sound = replace(studio.song(2), descriptors=seed.descriptors, taggings=other.taggings)
    same_embedding = replace(studio.song(3), taggings=seed.taggings)
    for one in (seed, same_sound, same_embedding):
        empty.put(one)
    heard = Space.load(empty, Weights(embedding=1, timbre=0, rhythm=0, harmony=0, energy=0))
    measured = Space.load(empty, Weights(embedding=0))
    assert np.argsort(-heard.similarities(heard.matrix[0])).tolist() == [0, 2, 1]
    assert np.argsort(-measured.similarities(measured.matrix[0])).tolist() == [0, 1, 2]


def test_tracks_without_an_embedding_are_compared_by_the_rest(library, studio):
    number = library.put(studio.song(50, bare=True))
    space = Space.load(library)
    place = space.matrix[space.row_of(number)]
    assert not place[spans()["embedding"]].any()
    assert np.linalg.norm(place) == pytest.approx(1, abs=1e-5)
    assert "embedding" not in likeness_of_parts(place, space.matrix[0])
    assert set(likeness_of_parts(place, space.matrix[0])) == set(PARTS) - {"embedding"}


@pytest.mark.parametrize(
    "damage", [{"data": b"\x00\x01\x02"}, {"data": b""}, {"version": "another"}, {"data": b"\xff" * 800}]
)
def test_a_vector_that_cannot_be_read_is_left_out(library, damage):
    with library.database.write() as connection:
        mine = (vectors.c.track_id == 1) & vectors.c.kind.like("%penultimate")
        connection.execute(update(vectors).where(mine).values(**damage))
    space = Space.load(library)
    assert np.isfinite(space.matrix).all()
    assert not space.matrix[0, spans()["embedding"]].any()
    assert space.matrix[1, spans()["embedding"]].any()


def test_an_empty_library_has_an_empty_space(empty):
    space = Space.load(empty)
    assert len(space) == 0 and space.matrix.shape == (0, dimension())
    with pytest.raises(NotFoundError):
        space.row_of(1)


def test_a_vector_of_another_shape_is_refused(library):
    with pytest.raises(ParameterError, match="shape"):
        Space.load(library).similarities(np.zeros(3, np.float32))


@pytest.mark.parametrize("given", [{"embedding": -1.0}, {"rhythm": np.nan}, {"energy": np.inf}])
def test_weights_that_mean_nothing_are_refused(given):
    with pytest.raises(ParameterError, match="weight"):
        Weights(**given)


def test_weights_are_read_from_text():
    assert Weights.parse(["rhythm=2", "harmony=0"]) == Weights(rhythm=2, harmony=0)
    with pytest.raises(UnknownNameError, match="tempo"):
        Weights.parse(["tempo=1"])
    with pytest.raises(ParameterError, match="rhythm=lots"):
        Weights.parse(["rhythm=lots"])
    with pytest.raises(ParameterError, match="every weight"):
        Weights.parse([f"{name}=0" for name in PARTS])


def test_the_shipped_parts_are_whole():
    parts = all_parts()
    assert [part.name for part in parts] == list(PARTS)
    assert sum(part.dim for part in parts) == dimension() == 128
    for part in parts:
        assert np.isfinite(part.basis).all() and (part.scale > 0).all()
        assert (np.diff(part.likeness) >= 0).all() and -1 <= part.likeness[0] < part.likeness[-1] <= 1.001
