"""How a request means a sound: a track by number, a path inside the roots, or an upload."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tunelens.api.house import House
from tunelens.api.parameters import Number
from tunelens.services.jobs.sound import find_sound
from tunelens.services.roots import LONGEST_PATH

GivenPath = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_PATH)]
Id = Annotated[str, StringConstraints(pattern="^[0-9a-f]{32}$")]


class SoundRef(BaseModel):
    """A sound; exactly one of the three is given."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"track": 1}]})

    track: Number | None = Field(None, description="Number of a track.")
    path: GivenPath | None = Field(None, description="A file inside the folders of this server.")
    upload: Id | None = Field(None, description="What `POST /uploads` has given.")

    def ref(self) -> dict[str, Any]:
        """Return what the request of a job says of the sound, see `Context.sound`."""
        return self.model_dump(include={"track", "path", "upload"}, exclude_none=True)

    def resolve(self, house: House) -> FilePath:
        """Return the file, which a decoder has been through: it cannot bring the server down.

        Raises
        ------
        ParameterError
            None or several of the three are given.
        NotFoundError
            There is no such sound, or it may not be read here.
        AudioError, TooLargeError
            It is no sound, or too much of it.
        """
        path = find_sound(self.ref(), house.library, house.roots, house.uploads)
        if self.path is not None:
            house.sounds.check(path)
        return path
