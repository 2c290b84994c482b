"""Operations of the API: feedback.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from tunelens.client.caller import Caller


class FeedbackCalls(Caller):
    """Operations: feedback."""

    def show_feedback(
        self, *, track: int | None = None, listener: str | None = None, limit: int | None = None
    ) -> dict[str, Any]:
        """Show what is liked.

        Show how well tracks are liked, the best first, with an interval; or all that is known of one track.

        Parameters
        ----------
        track : int
            All about one track.
        listener : str
            Of one listener alone.
        limit : int
            How many, at most.
        """
        return self._answer("GET", "/feedback", params={"track": track, "listener": listener, "limit": limit})

    def note_feedback(
        self,
        *,
        kind: Literal["play", "skip", "like", "dislike", "rating", "comment"],
        track: int,
        value: float | None = None,
        text: str | None = None,
        listener: str | None = None,
        at: str | None = None,
    ) -> dict[str, Any]:
        """Like, rate, play, skip, comment.

        Keep what a listener did with a track; of like, dislike and rating the last holds.

        Parameters
        ----------
        kind : Literal['play', 'skip', 'like', 'dislike', 'rating', 'comment']
        track : int
        value : float
            Stars, 0 to 5; how often it was played.
        text : str
            What a comment says.
        listener : str
            Who; the owner where it is empty.
        at : str
            When, say `2026-05-01 20:15` (UTC); now where it is empty.
        """
        return self._answer(
            "POST",
            "/feedback",
            body={"kind": kind, "track": track, "value": value, "text": text, "listener": listener, "at": at},
        )

    def undo_feedback(self, *, event: Sequence[int] | None = None, source: str | None = None) -> Any:
        """Forget feedback.

        Forget the last that was noted by hand, some events, or all of one source.

        Parameters
        ----------
        event : Sequence[int]
            Numbers of events; repeatable.
        source : str
            All of one source: lastfm, csv, ...
        """
        return self._answer("DELETE", "/feedback", params={"event": event, "source": source})
