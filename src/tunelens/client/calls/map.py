"""Operations of the API: map.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from tunelens.client.caller import Caller, PathLike, quoted


class MapCalls(Caller):
    """Operations: map."""

    def describe_map(self, *, lang: Literal["en", "zh"] | None = None) -> dict[str, Any]:
        """Describe the map.

        Say whether there is a map of the library, how it was made, and by what its songs can be coloured.

        Parameters
        ----------
        lang : Literal['en', 'zh']
            In which language names are said.
        """
        return self._answer("GET", "/map", params={"lang": lang})

    def get_map_points(self, out: PathLike, *, force: bool = False) -> Path:
        """Get the points.

        Get where songs lie.

        Little-endian: ``TLMP``, format 1, n, 0 (uint32 each); n numbers of tracks (int32); n times x and y
        (float32, 0 to 1, y upwards).

        Parameters
        ----------
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch("/map/points", out, force=force)

    def get_map_column(
        self, name: str, out: PathLike, *, lang: Literal["en", "zh"] | None = None, force: bool = False
    ) -> Path:
        """Get a column.

        Get one column of the map: a number, a group or a text of every song, in the order of the points.

        Little-endian: the length of the header (uint32), the header as JSON, and the data: float32, uint16
        codes or JSON, as ``dtype`` in the header says.

        Parameters
        ----------
        name : str
            As `describe_map` names it.
        lang : Literal['en', 'zh']
            In which language names are said.
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch(f"/map/columns/{quoted(name)}", out, params={"lang": lang}, force=force)

    def find_on_map(self, *, query: str | None = None) -> dict[str, Any]:
        """Find on the map.

        Find the numbers of all tracks that a query finds, so that they can stand out on the map.

        Parameters
        ----------
        query : str
            A filter, say `genre:jazz tempo:90..110`; see docs/search.md.
        """
        return self._answer("GET", "/map/matches", params={"query": query})

    def start_map(
        self,
        *,
        projection: Literal["pca", "umap", "tsne"] | None = None,
        features: Literal["descriptors", "waveform", "tags", "pooled", "embedding"] | None = None,
        seed: int | None = None,
        fresh: bool | None = None,
    ) -> dict[str, Any]:
        """Make the map.

        Lay the library out as a job; songs that were on the map stay where they are unless it is ``fresh``.

        Parameters
        ----------
        projection : Literal['pca', 'umap', 'tsne']
            UMAP where it is installed, else t-SNE, unless it is told.
        features : Literal['descriptors', 'waveform', 'tags', 'pooled', 'embedding']
            By what songs are alike.
        seed : int
            The same tracks and seed give the same map.
        fresh : bool
            Lay songs out anew, and not where they were the last time.
        """
        return self._answer(
            "POST",
            "/jobs/map",
            body={"projection": projection, "features": features, "seed": seed, "fresh": fresh},
        )
