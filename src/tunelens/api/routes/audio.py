"""The sound of a track, as its file has it or as WAV."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response

from tunelens.api.house import TheHouse
from tunelens.api.parameters import TrackNumber
from tunelens.api.ranges import Ranged
from tunelens.services.playing import LONGEST_S, FileSound, WavSound, checked_file, media_type

ROUTER = APIRouter(tags=["audio"])
_BYTES: dict[str, Any] = {"audio/*": {"schema": {"type": "string", "format": "binary"}}}
_ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": "The whole.", "content": _BYTES},
    206: {"description": "The range that was asked for.", "content": _BYTES},
    304: {"description": "The caller has it already."},
    412: {"description": "It is not what the caller insists on."},
    416: {"description": "No byte is in the range."},
}


@ROUTER.get("/tracks/{number}/audio", summary="Hear a track", response_class=Response, responses=_ANSWERS)
def hear_track(
    house: TheHouse,
    number: TrackNumber,
    as_: Annotated[
        Literal["file", "wav"],
        Query(alias="as", description="`wav` is decoded here, for what a browser cannot play."),
    ] = "file",
    start_s: Annotated[
        float, Query(ge=0, le=86_400, description="Of a WAV: where it begins, seconds.")
    ] = 0.0,
    duration_s: Annotated[
        float, Query(gt=0, le=LONGEST_S, description="Of a WAV: how long it is at most, seconds.")
    ] = LONGEST_S,
) -> Response:
    """Give the bytes of the file, whole or a range of them, or the same as WAV of 16 bits.

    What a WAV cannot be told before it is decoded, its length, is the length that was heard; ranges of it are
    decoded from where they begin, so that a player can jump.
    """
    track = house.library.track(number)
    path = checked_file(track, house.roots, house.sounds)
    if as_ == "wav":
        return Ranged(WavSound.of(path, track.duration_s, start_s, duration_s))
    return Ranged(FileSound(house.roots.open_track(path), media_type(track)))
