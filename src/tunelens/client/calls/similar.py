"""Operations of the API: similar.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from tunelens.client.caller import Caller, quoted


class SimilarCalls(Caller):
    """Operations: similar."""

    def find_similar(
        self,
        number: int,
        *,
        n: int | None = None,
        where: str | None = None,
        tempo: float | None = None,
        key: bool | None = None,
        genre: bool | None = None,
        years: int | None = None,
        other_artist: bool | None = None,
        other_album: bool | None = None,
        copies: bool | None = None,
        weight: Sequence[str] | None = None,
        combine: Literal["mean", "nearest"] | None = None,
    ) -> dict[str, Any]:
        """Find what is like a track.

        Find the tracks that sound most like one, the most alike first, and say what they have in common.

        Parameters
        ----------
        number : int
            Number of the track.
        n : int
            How many neighbours, at most.
        where : str
            A filter; see docs/search.md.
        tempo : float
            Tempo at most this many percent off, or off half or double of it.
        key : bool
            Only keys that mix with a seed's, as DJs do.
        genre : bool
            Only what shares a likely genre.
        years : int
            At most so many years older or younger.
        other_artist : bool
            Nothing by the artists of the seeds.
        other_album : bool
            Nothing from the albums of the seeds.
        copies : bool
            Every file of a recording, not the best of each.
        weight : Sequence[str]
            How much a part counts, say `rhythm=1`.
        combine : Literal['mean', 'nearest']
            Several seeds: around their mean, or the nearest of them.
        """
        return self._answer(
            "GET",
            f"/tracks/{quoted(number)}/similar",
            params={
                "n": n,
                "where": where,
                "tempo": tempo,
                "key": key,
                "genre": genre,
                "years": years,
                "other_artist": other_artist,
                "other_album": other_album,
                "copies": copies,
                "weight": weight,
                "combine": combine,
            },
        )

    def find_similar_to_several(
        self,
        *,
        tracks: Sequence[int],
        n: int | None = None,
        where: str | None = None,
        tempo: float | None = None,
        key: bool | None = None,
        genre: bool | None = None,
        years: int | None = None,
        other_artist: bool | None = None,
        other_album: bool | None = None,
        copies: bool | None = None,
        weight: Sequence[str] | None = None,
        combine: Literal["mean", "nearest"] | None = None,
    ) -> dict[str, Any]:
        """Find what is like several tracks.

        Find the tracks that sound most like several: around their middle, or near any of them.

        Parameters
        ----------
        tracks : Sequence[int]
            Numbers of tracks.
        n : int
            How many neighbours, at most.
        where : str
            A filter; see docs/search.md.
        tempo : float
            Tempo at most this many percent off, or off half or double of it.
        key : bool
            Only keys that mix with a seed's, as DJs do.
        genre : bool
            Only what shares a likely genre.
        years : int
            At most so many years older or younger.
        other_artist : bool
            Nothing by the artists of the seeds.
        other_album : bool
            Nothing from the albums of the seeds.
        copies : bool
            Every file of a recording, not the best of each.
        weight : Sequence[str]
            How much a part counts, say `rhythm=1`.
        combine : Literal['mean', 'nearest']
            Several seeds: around their mean, or the nearest of them.
        """
        return self._answer(
            "POST",
            "/similar",
            body={
                "tracks": tracks,
                "n": n,
                "where": where,
                "tempo": tempo,
                "key": key,
                "genre": genre,
                "years": years,
                "other_artist": other_artist,
                "other_album": other_album,
                "copies": copies,
                "weight": weight,
                "combine": combine,
            },
        )
