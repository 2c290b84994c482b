"""Who asks, and what may be asked here."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, answer, example
from tunelens.api.guard import COOKIE, TheUser
from tunelens.api.house import TheHouse
from tunelens.api.keys import LONGEST_TOKEN, caller_of
from tunelens.api.limits import MOST_BODY_BYTES
from tunelens.base.errors import AccessError
from tunelens.base.language import LANGUAGES
from tunelens.base.version import __version__
from tunelens.services.jobs import KINDS
from tunelens.services.roots import LONGEST_PATH

ROUTER = APIRouter(tags=["server"])


class Shown(BaseModel):
    """A token that is shown."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"token": "correct horse battery"}]}
    )

    token: str = Field(min_length=1, max_length=LONGEST_TOKEN)


@ROUTER.post("/session", summary="Show a token", responses=example({"user": "owner"}))
def begin_session(request: Request, response: Response, body: Shown) -> Answer:
    """Take a token and give a cookie for it, which scripts of a page cannot read."""
    access = request.app.state.access
    user = access.user_of(body.token, caller_of(request.scope)) if access.keys else ""
    if user is None:
        raise AccessError("this token is not known", hint="the one who runs the server knows it")
    if access.keys:
        response.set_cookie(
            COOKIE,
            access.sessions.begin(user),
            max_age=int(access.sessions.keep_s),
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return Answer(**answer({"user": user}))


@ROUTER.delete("/session", summary="Leave", status_code=204, response_class=Response)
def end_session(request: Request, response: Response) -> None:
    """End the session of the cookie, if there is one."""
    request.app.state.access.sessions.end(request.cookies.get(COOKIE, ""))
    response.delete_cookie(COOKIE)


@ROUTER.get("/info", summary="What may be asked here")
def tell_info(request: Request, house: TheHouse, user: TheUser) -> Answer:
    """Tell version, languages, limits, whether a token is needed, and who asks."""
    needed = bool(request.app.state.access.keys)
    known = {
        "version": __version__,
        "languages": list(LANGUAGES),
        "token_needed": needed,
        "user": user or None,
    }
    if needed and not user:
        return Answer(**answer(known))
    limits = {
        "upload_bytes": house.uploads.limits.max_bytes,
        "uploads": house.uploads.limits.max_number,
        "upload_kept_s": house.uploads.limits.keep_s,
        "duration_s": house.sounds.limits.max_duration_s,
        "decode_s": house.sounds.limits.decode_s,
        "body_bytes": MOST_BODY_BYTES,
        "waiting_jobs": house.jobs.limits.max_waiting,
        "page": 500,
    }
    return Answer(**answer({**known, "limits": limits, "jobs": sorted(KINDS)}))


@ROUTER.get("/roots", summary="Look into the folders")
def browse_roots(
    house: TheHouse,
    path: Annotated[
        str, Query(max_length=LONGEST_PATH, description="A folder; the allowed ones if left out.")
    ] = "",
    files: Annotated[
        Literal["audio", "tables", "any"], Query(description="Which files are listed beside folders.")
    ] = "audio",
) -> Answer:
    """List what is in a folder that may be named: folders first, then files."""
    entries = house.roots.browse(path, files)
    return Answer(
        **answer({"entries": [one.to_dict() for one in entries[:MOST_ENTRIES]], "n": len(entries)}, path)
    )


MOST_ENTRIES = 5000
