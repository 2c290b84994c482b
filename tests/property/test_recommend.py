"""Whatever is liked and asked for: nothing that must not be recommended is, and every pick has a reason."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.library.conftest import heard
from tests.unit.library.neighbours.conftest import _home, _template, library, songs, studio

from tunelens.base.errors import DataError
from tunelens.library.feedback import Event, Feedback
from tunelens.services.recommend import RecommendOptions, Variety, recommend

__all__ = ["_home", "_template", "heard", "library", "songs", "studio"]
TRACKS = st.integers(1, 40)
EVENTS = st.lists(st.tuples(st.sampled_from(["like", "dislike", "play", "skip"]), TRACKS), max_size=12)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    events=EVENTS,
    seeds=st.sets(TRACKS, max_size=4),
    low=st.integers(1, 30),
    n=st.integers(1, 12),
    variety=st.builds(Variety, st.floats(0, 1), st.floats(0, 1), st.integers(0, 6)),
    days=st.sampled_from([0.0, 7.0]),
)
def test_a_recommendation_keeps_every_promise(library, events, seeds, low, n, variety, days) -> None:
    feedback = Feedback(library)
    feedback.remove_source("test")
    now = int(time.time()) - 60
    feedback.add(Event(kind, now, "test", track_id=track) for kind, track in events)
    asked = RecommendOptions(n=n, way="content", where=f"id:{low}..", variety=variety, recent_days=days)
    try:
        found = recommend(library, sorted(seeds), options=asked)
    except DataError as error:
        assert "nothing is left" in error.message
        return
    picked = [pick.track.id for pick in found.picks]
    sure = feedback.interactions()
    disliked = {
        int(sure.ids[column]) for _, column in zip(*sure.confidence.nonzero(), strict=True)
        if sure.confidence[0, column] < 0
    }  # fmt: skip
    played = {track for kind, track in events if kind == "play"} if days else set()
    assert len(picked) == len(set(picked)) <= n
    assert not set(picked) & (seeds | disliked | played) and min(picked) >= low
    assert all(np.isfinite(pick.score) and pick.reasons and pick.reasons[0].text for pick in found.picks)
    assert recommend(library, sorted(seeds), options=asked) == found or pytest.fail("another answer")
