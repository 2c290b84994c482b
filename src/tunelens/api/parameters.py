"""What many routes are asked with: the number of a track, a query, a filter."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from pydantic import Field

from tunelens.library.store import LARGEST

MOST_QUERY = 2000
"""Characters of a query."""

Number = Annotated[int, Field(ge=1, le=LARGEST)]
TrackNumber = Annotated[int, Path(ge=1, le=LARGEST, description="Number of the track.")]
Where = Annotated[
    str,
    Query(max_length=MOST_QUERY, description="A filter, say `genre:jazz tempo:90..110`; see docs/search.md."),
]
