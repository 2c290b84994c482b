"""Why a bundle says what it says, with a picture and a sound of what mattered."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from tunelens.api.answers import Answer, example
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.api.language import Language
from tunelens.api.routes.jobs import SHOWN, accepted
from tunelens.api.routes.predict import BundleName
from tunelens.api.sound import SoundRef
from tunelens.base.errors import ParameterError
from tunelens.services import models

ROUTER = APIRouter(tags=["models"])


class Why(SoundRef):
    """What is to be explained."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"track": 12, "bundle": "genre", "target": "Jazz"}]}
    )

    bundle: BundleName = Field("genre", description="Name of a bundle that hears sound.")
    target: str | None = Field(None, min_length=1, max_length=200, description="Class; the likeliest.")
    start_s: float | None = Field(None, ge=0, le=86_400, allow_inf_nan=False, description="Excerpt, seconds.")
    end_s: float | None = Field(None, ge=0, le=86_400, allow_inf_nan=False, description="At most 60 s later.")
    n_segments: int = Field(10, ge=2, le=40, description="Parts of time.")
    n_bands: int = Field(8, ge=2, le=24, description="Parts of frequency.")
    language: Language = Field("en", description="Of the picture.")


LONGEST_S = 60.0


@ROUTER.post(
    "/jobs/explain",
    summary="Explain what a bundle says",
    status_code=202,
    responses=example({**SHOWN, "kind": "explain", "request": {"track": 12}}, SHOWN["id"], status=202),
)
def explain_sound(house: TheHouse, user: TheUser, body: Why) -> Answer:
    """Find out which stretches and which bands make a bundle say what it says.

    The job has files: `explanation.png`, and `explanation.wav` in which only what mattered is heard.
    """
    if body.end_s is not None and not 0 < body.end_s - (body.start_s or 0.0) <= LONGEST_S:
        raise ParameterError(f"the excerpt must end after it begins, and at most {LONGEST_S:g} s later")
    models.named(body.bundle, house.settings)
    body.resolve(house)
    return accepted(house, "explain", body.model_dump(), user)
