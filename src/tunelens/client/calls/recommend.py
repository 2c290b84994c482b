"""Operations of the API: recommend.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from tunelens.client.caller import Caller


class RecommendCalls(Caller):
    """Operations: recommend."""

    def recommend_tracks(
        self,
        *,
        tracks: Sequence[int] | None = None,
        n: int | None = None,
        like: str | None = None,
        where: str | None = None,
        listener: str | None = None,
        way: Literal["hybrid", "content", "collaborative"] | None = None,
        share: float | None = None,
        diversity: float | None = None,
        novelty: float | None = None,
        artist_gap: int | None = None,
        recent_days: float | None = None,
        known: bool | None = None,
        seed: int | None = None,
        save: str | None = None,
        force: bool | None = None,
    ) -> dict[str, Any]:
        """Recommend tracks.

        Recommend tracks by their sound and by what other listeners play, and say why.

        Parameters
        ----------
        tracks : Sequence[int]
            What is liked; else the feedback tells.
        n : int
            How many tracks.
        like : str
            What this filter finds is liked.
        where : str
            What may be recommended.
        listener : str
            Whose feedback; yours where it is empty.
        way : Literal['hybrid', 'content', 'collaborative']
        share : float
            Of the other listeners' opinion; else tuned.
        diversity : float
            How much likeness to the list counts against.
        novelty : float
            How much being known to many counts against.
        artist_gap : int
            Tracks of others between two of one artist.
        recent_days : float
            Leave out what was played in so many days.
        known : bool
            Also what was liked, played or named itself.
        seed : int
            Of what is learned.
        save : str
            Keep it as this playlist.
        force : bool
            Replace a playlist of this name.
        """
        return self._answer(
            "POST",
            "/recommend",
            body={
                "tracks": tracks,
                "n": n,
                "like": like,
                "where": where,
                "listener": listener,
                "way": way,
                "share": share,
                "diversity": diversity,
                "novelty": novelty,
                "artist_gap": artist_gap,
                "recent_days": recent_days,
                "known": known,
                "seed": seed,
                "save": save,
                "force": force,
            },
        )
