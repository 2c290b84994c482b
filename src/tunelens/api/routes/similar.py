"""The tracks that are most like others, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, answer
from tunelens.api.house import House, TheHouse
from tunelens.api.parameters import MOST_QUERY, Number, TrackNumber
from tunelens.library.neighbours.choice import Choice
from tunelens.library.neighbours.parts import Weights
from tunelens.services.similar import similar

ROUTER = APIRouter(tags=["similar"])
MOST_SEEDS = 100
Weight = Annotated[str, Field(max_length=60)]


class Likeness(BaseModel):
    """What a neighbour must be, and what counts."""

    model_config = ConfigDict(extra="forbid")
    n: int = Field(20, ge=1, le=500, description="How many neighbours, at most.")
    where: str = Field("", max_length=MOST_QUERY, description="A filter; see docs/search.md.")
    tempo: float | None = Field(
        None, ge=0, le=50, description="Tempo at most this many percent off, or off half or double of it."
    )
    key: bool = Field(False, description="Only keys that mix with a seed's, as DJs do.")
    genre: bool = Field(False, description="Only what shares a likely genre.")
    years: int | None = Field(None, ge=0, le=10_000, description="At most so many years older or younger.")
    other_artist: bool = Field(False, description="Nothing by the artists of the seeds.")
    other_album: bool = Field(False, description="Nothing from the albums of the seeds.")
    copies: bool = Field(False, description="Every file of a recording, not the best of each.")
    weight: list[Weight] = Field([], max_length=10, description="How much a part counts, say `rhythm=1`.")
    combine: Literal["mean", "nearest"] = Field(
        "mean", description="Several seeds: around their mean, or the nearest of them."
    )

    def choice(self) -> Choice:
        """Return what a neighbour must be."""
        tempo = None if self.tempo is None else self.tempo / 100
        names = ("where", "key", "genre", "years", "other_artist", "other_album")
        return Choice(tempo=tempo, **{name: getattr(self, name) for name in names})


class Seeds(Likeness):
    """What to look around."""

    tracks: list[Number] = Field(min_length=1, max_length=MOST_SEEDS, description="Numbers of tracks.")


@ROUTER.get("/tracks/{number}/similar", summary="Find what is like a track")
def find_similar(house: TheHouse, number: TrackNumber, asked: Annotated[Likeness, Query()]) -> Answer:
    """Find the tracks that sound most like one, the most alike first, and say what they have in common."""
    return _found(house, [number], asked, str(number))


@ROUTER.post("/similar", summary="Find what is like several tracks")
def find_similar_to_several(house: TheHouse, asked: Seeds) -> Answer:
    """Find the tracks that sound most like several: around their middle, or near any of them."""
    return _found(house, asked.tracks, asked)


def _found(house: House, seeds: Sequence[int | Path], asked: Likeness, path: str = "") -> Answer:
    how: dict[str, Any] = {"n": asked.n, "combine": asked.combine, "copies": asked.copies}
    found = similar(
        seeds,
        house.library,
        weights=Weights.parse(asked.weight),
        choice=asked.choice(),
        settings=house.settings,
        **how,
    )
    return Answer(**answer(found.to_dict(), path))
