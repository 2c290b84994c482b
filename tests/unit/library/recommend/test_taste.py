from __future__ import annotations

import pytest
from tests.unit.library.recommend.conftest import keep

from tunelens.base.errors import NotFoundError
from tunelens.library.feedback import Feedback
from tunelens.library.recommend.taste import DAY_S, listener_of

NOW = 1_700_000_000


def test_events_tell_what_is_liked_disliked_and_recent(library) -> None:
    keep(library, [("like", "", 1), ("dislike", "", 2), ("play", "", 3, NOW - 2 * DAY_S), ("like", "bob", 4)])
    keep(library, [("play", "", 5, NOW - 9 * DAY_S), ("play", "", 5, NOW - 8 * DAY_S), ("skip", "", 6, NOW)])
    found = listener_of(library, Feedback(library).interactions(), "", recent_days=7, now=NOW)
    assert set(found.taste.liked) == {1, 3, 5} and set(found.taste.disliked) == {2, 6}
    assert found.taste.liked[1] > found.taste.liked[3] > 0
    assert found.recent == {3}
    assert listener_of(library, Feedback(library).interactions(), "", recent_days=0, now=NOW).recent == set()


def test_the_owner_may_have_said_nothing_and_others_must_have(library) -> None:
    keep(library, [("like", "bob", 4)])
    interactions = Feedback(library).interactions()
    assert not listener_of(library, interactions, "", recent_days=7).taste.liked
    with pytest.raises(NotFoundError, match="no listener 'ann'") as told:
        listener_of(library, interactions, "ann", recent_days=7)
    assert "'bob'" in (told.value.hint or "")
