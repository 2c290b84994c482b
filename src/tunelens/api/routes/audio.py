"""The sound of a track, as its file has it or as WAV."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from tunelens.api.house import TheHouse
from tunelens.api.parameters import TrackNumber
from tunelens.base.errors import NotFoundError

ROUTER = APIRouter(tags=["audio"])


@ROUTER.api_route(
    "/tracks/{number}/audio", methods=["GET"], summary="Hear a track", response_class=FileResponse
)
def hear_track(house: TheHouse, number: TrackNumber) -> FileResponse:
    """Give the bytes of the file, whole or the range that is asked for."""
    path = house.library.track(number).path
    if not path.is_file():
        raise NotFoundError(
            f"the file of track {number} has gone", hint="tunelens analyze finds where it went"
        )
    return FileResponse(path, stat_result=path.stat())
