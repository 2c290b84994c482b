"""Operations of the API: tracks.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from typing import Any

from tunelens.client.caller import Caller, quoted


class TracksCalls(Caller):
    """Operations: tracks."""

    def find_tracks(
        self,
        *,
        query: str | None = None,
        sort: str | None = None,
        seed: int | None = None,
        limit: int | None = None,
        offset: int | None = None,
    ) -> dict[str, Any]:
        """Find tracks.

        Find tracks by words, tags, numbers, dates and what listeners said; each tells what of it matched.

        Parameters
        ----------
        query : str
            What to find; see docs/search.md. Empty finds every track.
        sort : str
            Order, say `-year,tempo`; by relevance where there are words, else by path.
        seed : int
            Which order `random` is.
        limit : int
            How many, at most.
        offset : int
            How many to leave out at the beginning.
        """
        return self._answer(
            "GET",
            "/tracks",
            params={"query": query, "sort": sort, "seed": seed, "limit": limit, "offset": offset},
        )

    def show_track(self, number: int) -> dict[str, Any]:
        """Show a track.

        Show everything that is known of one track, and how sure it is.

        Parameters
        ----------
        number : int
            Number of the track.
        """
        return self._answer("GET", f"/tracks/{quoted(number)}")

    def count_facets(
        self, *, query: str | None = None, names: str | None = None, most: int | None = None
    ) -> dict[str, Any]:
        """Count tracks by genre, key, year, ...

        Count what a query finds, by each of some facets; every value tells the term that finds it.

        Parameters
        ----------
        query : str
            What to find; see docs/search.md. Empty finds every track.
        names : str
            Which: genre, mood, key, year, decade, artist, ...
        most : int
            Values of each, at most.
        """
        return self._answer("GET", "/facets", params={"query": query, "names": names, "most": most})
