"""Hearing files: those in the folders of the server, and those that callers have sent."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tunelens.api.answers import Answer, example
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.api.routes.jobs import SHOWN, accepted
from tunelens.api.sound import GivenPath, Id
from tunelens.base.errors import ParameterError
from tunelens.models import BACKBONES

ROUTER = APIRouter(tags=["jobs"])
Name = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Analyze(BaseModel):
    """What is to be heard."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"paths": ["jazz"]}]})

    paths: list[GivenPath] = Field([], max_length=1000, description="Files and folders inside the roots.")
    uploads: list[Id] = Field([], max_length=100, description="What `POST /uploads` has given.")
    keep: bool = Field(False, description="Uploads become tracks of the library, and are kept for good.")
    models: list[Name] | None = Field(
        None, max_length=20, description="Nets that listen; those that are here if left out, [] for none."
    )
    force: bool = Field(False, description="Hear again what is up to date.")
    retry: bool = Field(False, description="Try again what failed before.")


@ROUTER.post(
    "/jobs/analyze",
    summary="Hear files",
    status_code=202,
    responses=example(SHOWN, SHOWN["id"], status=202),
)
def analyze_files(house: TheHouse, user: TheUser, body: Analyze) -> Answer:
    """Hear files and folders into the library, and uploads for their own sake or to be kept.

    What is up to date is not heard again. The result tells how many were heard and which failed and why;
    `heard` has the analysis of each upload that is not kept.
    """
    if not body.paths and not body.uploads:
        raise ParameterError("nothing is to be heard", hint="give paths or uploads")
    for path in body.paths:
        house.roots.resolve(path)
    for upload in body.uploads:
        house.uploads.get(upload)
    for model in body.models or ():
        BACKBONES[model]
    return accepted(house, "analyze", body.model_dump(), user)
