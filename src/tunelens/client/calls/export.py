"""Operations of the API: export.

Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from tunelens.client.caller import Caller, PathLike


class ExportCalls(Caller):
    """Operations: export."""

    def export_library(
        self,
        out: PathLike,
        *,
        format: Literal["csv", "json", "parquet", "spotify"] | None = None,
        where: str | None = None,
        force: bool = False,
    ) -> Path:
        """Get the library as a table.

        Give all tracks, or those of a filter, by path; the file is sent as it is made.

        Parameters
        ----------
        format : Literal['csv', 'json', 'parquet', 'spotify']
            A table, or objects: all fields, or those of Spotify's audio features.
        where : str
            A filter, say `genre:jazz tempo:90..110`; see docs/search.md.
        out : path
            Where it is written; `force` overwrites.
        """
        return self._fetch("/export", out, params={"format": format, "where": where}, force=force)
