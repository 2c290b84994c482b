"""The library for other programs, as a stream."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from tunelens.api.attachment import attachment
from tunelens.api.house import TheHouse
from tunelens.api.parameters import Where
from tunelens.library.export import stream

ROUTER = APIRouter(tags=["export"])
KINDS = {
    "csv": ("text/csv; charset=utf-8", "csv"),
    "json": ("application/json", "json"),
    "parquet": ("application/vnd.apache.parquet", "parquet"),
    "spotify": ("application/json", "json"),
}
_SHOWN: dict[str, dict[str, str]] = {media.partition(";")[0]: {} for media, _ in KINDS.values()}


@ROUTER.get(
    "/export",
    summary="Get the library as a table",
    response_class=StreamingResponse,
    responses={200: {"description": "The file.", "content": _SHOWN}},
)
def export_library(
    house: TheHouse,
    format: Annotated[
        Literal["csv", "json", "parquet", "spotify"],
        Query(description="A table, or objects: all fields, or those of Spotify's audio features."),
    ] = "csv",
    where: Where = "",
) -> StreamingResponse:
    """Give all tracks, or those of a filter, by path; the file is sent as it is made."""
    media_type, suffix = KINDS[format]
    name = f"{house.library.path.stem}{'-features' if format == 'spotify' else ''}.{suffix}"
    pieces = stream(house.library, format=format, where=where)
    return StreamingResponse(pieces, media_type=media_type, headers=attachment(name))
