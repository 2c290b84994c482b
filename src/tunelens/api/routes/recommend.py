"""What to hear next."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, answer
from tunelens.api.house import TheHouse
from tunelens.api.parameters import MOST_QUERY, Number
from tunelens.library.feedback.events import LONGEST_NAME
from tunelens.library.playlists.store import LONGEST_NAME as LONGEST_PLAYLIST
from tunelens.services.playlists import Keep
from tunelens.services.recommend import RecommendOptions, Variety, recommend

ROUTER = APIRouter(tags=["recommend"])
Share = Annotated[float, Field(ge=0, le=1)]


class Taste(BaseModel):
    """What is liked, and what a list should be."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"tracks": [1], "n": 5, "diversity": 0.5}]}
    )
    tracks: list[Number] = Field([], max_length=1000, description="What is liked; else the feedback tells.")
    n: int = Field(20, ge=1, le=500, description="How many tracks.")
    like: str = Field("", max_length=MOST_QUERY, description="What this filter finds is liked.")
    where: str = Field("", max_length=MOST_QUERY, description="What may be recommended.")
    listener: str = Field("", max_length=LONGEST_NAME, description="Whose feedback; yours where it is empty.")
    way: Literal["hybrid", "content", "collaborative"] = "hybrid"
    share: Share | None = Field(None, description="Of the other listeners' opinion; else tuned.")
    diversity: Share = Field(0.3, description="How much likeness to the list counts against.")
    novelty: Share = Field(0.0, description="How much being known to many counts against.")
    artist_gap: int = Field(3, ge=0, le=100, description="Tracks of others between two of one artist.")
    recent_days: float = Field(7.0, ge=0, le=36_500, description="Leave out what was played in so many days.")
    known: bool = Field(False, description="Also what was liked, played or named itself.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Of what is learned.")
    save: Annotated[str, Field(min_length=1, max_length=LONGEST_PLAYLIST)] | None = Field(
        None, description="Keep it as this playlist."
    )
    force: bool = Field(False, description="Replace a playlist of this name.")

    def options(self) -> RecommendOptions:
        """Return how to recommend."""
        same = ("n", "way", "where", "like", "listener", "known", "recent_days", "share", "seed")
        variety = Variety(self.diversity, self.novelty, self.artist_gap)
        return RecommendOptions(**{name: getattr(self, name) for name in same}, variety=variety)


@ROUTER.post("/recommend", summary="Recommend tracks")
def recommend_tracks(house: TheHouse, asked: Taste) -> Answer:
    """Recommend tracks by their sound and by what other listeners play, and say why."""
    options, keep = asked.options(), Keep(asked.save, force=asked.force)
    keep.check(house.library)
    found = recommend(house.library, asked.tracks, options=options)
    keep.keep(house.library, [pick.track for pick in found.picks], "recommended", found.told)
    return Answer(**answer(found.to_dict(), asked.save or ""))
