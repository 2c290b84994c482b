"""Asking a bundle about a sound, at once or window by window."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tunelens.api.answers import Answer, answer, example
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.api.routes.jobs import SHOWN, accepted
from tunelens.api.sound import GivenPath, Id, SoundRef
from tunelens.base.errors import ParameterError
from tunelens.library.identity import path_to_text
from tunelens.services import models
from tunelens.services.predict import SHORTEST_WINDOW_S, WINDOW_S, predict_one

ROUTER = APIRouter(tags=["models"])
BundleName = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=r"^[^/\\]+$")]
WindowS = Annotated[float, Field(ge=SHORTEST_WINDOW_S, le=3600, allow_inf_nan=False)]


class Asked(SoundRef):
    """A sound, and whom to ask about it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"track": 12, "bundle": "genre"}]}
    )

    bundle: BundleName = Field("genre", description="Name of a bundle, see `GET /bundles`.")


class AskedLong(BaseModel):
    """Many sounds, or a long one window by window, and whom to ask."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"tracks": [12], "bundle": "genre", "timeline": True}]},
    )

    bundle: BundleName = Field("genre", description="Name of a bundle, see `GET /bundles`.")
    tracks: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(
        [], max_length=1000, description="Numbers of tracks."
    )
    paths: list[GivenPath] = Field([], max_length=1000, description="Files inside the roots.")
    uploads: list[Id] = Field([], max_length=100, description="What `POST /uploads` has given.")
    timeline: bool = Field(False, description="Say it of each window, not of the whole.")
    window_s: WindowS = Field(WINDOW_S, description="Length of a window, seconds.")


@ROUTER.post("/predict", summary="Ask a bundle about a sound")
def predict_sound(house: TheHouse, body: Asked) -> Answer:
    """Ask a bundle about one sound and wait for the answer, which may be "unknown".

    Of a track that was heard with the nets of the bundle, what was heard is used and nothing is decoded.
    """
    path = body.resolve(house)
    bundle = models.named(body.bundle, house.settings)
    said = predict_one(bundle, path, settings=house.settings, library=house.library, track=body.track)
    return Answer(**answer(said.to_dict(), path_to_text(path)))


@ROUTER.post(
    "/jobs/predict",
    summary="Ask a bundle about many sounds",
    status_code=202,
    responses=example({**SHOWN, "kind": "predict", "request": {"tracks": [12]}}, SHOWN["id"], status=202),
)
def predict_sounds(house: TheHouse, user: TheUser, body: AskedLong) -> Answer:
    """Ask a bundle about many sounds, or about each window of them: a timeline for the player."""
    if not (body.tracks or body.paths or body.uploads):
        raise ParameterError("nothing is to be asked about", hint="give tracks, paths or uploads")
    models.named(body.bundle, house.settings)
    for path in body.paths:
        house.roots.resolve(path)
    for upload in body.uploads:
        house.uploads.get(upload)
    return accepted(house, "predict", body.model_dump(), user)
