"""How a stream is cut into pieces changes nothing of what is said."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.music import performance

from tunelens.base.errors import MissingDependencyError
from tunelens.services.live import Event, Live, LiveOptions, PcmFormat, PcmReader

SR = 11025
Y = np.stack([performance(5, 8.0)[::2][: SR * 3], performance(6, 8.0)[::2][: SR * 3]])


def events(pieces: list[np.ndarray], options: LiveOptions) -> list[Event]:
    live = Live(SR, 2, options)
    return [event for piece in pieces for event in live.feed(piece)]


def cut(sizes: list[int]) -> list[np.ndarray]:
    ends = np.minimum(np.cumsum(sizes), Y.shape[1])
    return np.split(Y, np.unique(ends), axis=1)


@given(st.lists(st.integers(0, 9000), min_size=1, max_size=30))
@settings(max_examples=25, deadline=None)
def test_pieces_change_no_event(sizes: list[int]) -> None:
    options = LiveOptions(models=())
    whole, parts = events([Y], options), events(cut(sizes), options)
    assert len(whole) == 6
    assert parts == whole


@given(st.lists(st.integers(1, 9000), min_size=1, max_size=10))
@settings(max_examples=2, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_pieces_change_nothing_of_what_the_nets_say(sizes: list[int]) -> None:
    try:
        whole, parts = events([Y], LiveOptions()), events(cut(sizes), LiveOptions())
    except MissingDependencyError as error:
        pytest.skip(error.message)
    assert [event.to_dict()["predictions"] for event in parts] == [
        event.to_dict()["predictions"] for event in whole
    ]
    assert parts == whole


@given(
    st.sampled_from(["s16le", "f32le"]),
    st.integers(1, 8),
    st.binary(max_size=400),
    st.lists(st.integers(0, 50), max_size=20),
)
def test_bytes_may_be_cut_anywhere(kind: str, channels: int, data: bytes, sizes: list[int]) -> None:
    pcm = PcmFormat(8000, kind, channels)
    reader, ends = PcmReader(pcm), [0, *np.minimum(np.cumsum(sizes), len(data)).tolist(), len(data)]
    found = [reader.read(data[a:b]) for a, b in pairwise(ends)]
    joined = np.concatenate([np.zeros((channels, 0), np.float32), *found], axis=1)
    np.testing.assert_array_equal(joined, PcmReader(pcm).read(data))
    assert joined.shape == (channels, len(data) // pcm.frame_bytes)


@given(
    st.one_of(
        st.none(), st.text(), st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.floats()))
    )
)
def test_anything_said_of_sound_is_a_format_or_a_clear_error(said: object) -> None:
    from tunelens.base.errors import ParameterError

    try:
        assert PcmFormat.from_dict(said).bytes_per_s > 0
    except ParameterError as error:
        assert error.message
