"""Files that callers send: taken, listed, forgotten."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, example, listed
from tunelens.api.house import House, TheHouse
from tunelens.api.uploads import FIELD, take
from tunelens.base.errors import TunelensError
from tunelens.services.jobs.uploads import Receiving

ROUTER = APIRouter(tags=["uploads"])

UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="What `POST /uploads` has given.")]
SHOWN: dict[str, Any] = {
    "id": "5f0c0e0b1a2d4c3b9e8f7a6b5c4d3e2f",
    "name": "夜曲.flac",
    "size_bytes": 401223,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "created_at": 1900000000.0,
    "duration_s": 9.0,
}
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": [FIELD],
                    "additionalProperties": False,
                    "properties": {FIELD: {"type": "string", "format": "binary"}},
                }
            }
        },
    }
}


@ROUTER.post(
    "/uploads",
    summary="Send a file",
    status_code=201,
    openapi_extra=FORM,
    responses=example(SHOWN, status=201),
)
async def send_file(
    house: TheHouse,
    request: Request,
    kind: Annotated[
        Literal["sound", "table"], Query(description="A sound is decoded once, to see that it can be.")
    ] = "sound",
) -> Answer:
    """Take a file and keep it for a day; other requests name it ``"upload": id``.

    It is never stored under the name that it comes with. A sound that cannot be decoded, lasts too long or
    takes too long to decode is refused.
    """

    def look(received: Receiving) -> float | None:
        return _heard_s(house, received) if kind == "sound" else None

    upload = await take(request, house.uploads, look)
    return Answer(**answer(upload.to_dict(), upload.name))


def _heard_s(house: House, received: Receiving) -> float:
    """Return how long it sounds; an error speaks of the caller's name for it, not of ours."""
    try:
        return house.sounds.check(received.path)
    except TunelensError as error:
        message = error.message.replace(str(received.path), received.name)
        raise type(error)(message, hint=error.hint) from None


@ROUTER.get("/uploads", summary="List uploads")
def list_uploads(house: TheHouse, limit: Limit = 50, offset: Offset = 0) -> Listed:
    """List what is kept, the newest first."""
    found = house.uploads.list()
    items = [one.to_dict() for one in found[offset : offset + limit]]
    return Listed(**listed(items, total=len(found), limit=limit, offset=offset))


@ROUTER.get("/uploads/{id}", summary="Show an upload", responses=example(SHOWN))
def show_upload(house: TheHouse, id: UploadId) -> Answer:
    """Show what is known of an upload."""
    upload = house.uploads.get(id)
    return Answer(**answer(upload.to_dict(), upload.name))


@ROUTER.delete("/uploads/{id}", summary="Forget an upload", status_code=204, response_class=Response)
def forget_upload(house: TheHouse, id: UploadId) -> None:
    """Forget an upload before its day is over."""
    house.uploads.delete(id)
