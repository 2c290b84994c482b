"""What people say of labels: kept, learned from, and asked for where it teaches most."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, example, listed
from tunelens.api.house import TheHouse
from tunelens.api.parameters import Number
from tunelens.library.corrections.correction import LONGEST_LABEL, LONGEST_LISTENER, LONGEST_VOCABULARY
from tunelens.library.corrections.store import Corrections
from tunelens.library.identity import path_to_text
from tunelens.library.store import LARGEST
from tunelens.services import corrections
from tunelens.services.learning import MOST_ASKED

ROUTER = APIRouter(tags=["corrections"])

Label = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_LABEL)]
Name = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_VOCABULARY)]
Listener = Annotated[str, StringConstraints(max_length=LONGEST_LISTENER)]
Vocabulary = Annotated[
    str,
    Query(min_length=1, max_length=LONGEST_VOCABULARY, description="`genre`, `mood`, or one of your own."),
]
AnyVocabulary = Annotated[
    str | None, Query(min_length=1, max_length=LONGEST_VOCABULARY, description="Only of this vocabulary.")
]
SHOWN = {
    "id": 3,
    "vocabulary": "genre",
    "label": "Jazz",
    "holds": True,
    "at": 1900000000,
    "listener": "",
    "track_id": 12,
    "path": "/music/jazz/blue.flac",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "title": "Blue in Two",
    "artist": "The Trio",
}


class Told(BaseModel):
    """What a person says of one track."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"track": 12, "vocabulary": "genre", "label": "Jazz", "instead_of": "Pop/Rock"}]
        },
    )

    track: Number = Field(description="Number of the track.")
    vocabulary: Name = Field(description="What kind of label: `genre`, `mood`, or one of your own.")
    label: Label = Field(description="The label.")
    holds: bool = Field(True, description="Is it so? `false`: it is not.")
    instead_of: Label | None = Field(None, description="A label that does not hold.")
    listener: Listener = Field("", description="Who says it; the owner of the library if left out.")


class Learn(BaseModel):
    """What to learn."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"vocabulary": "genre"}]})

    vocabulary: Name = Field(description="The vocabulary to learn.")
    n_changes: int = Field(50, ge=0, le=corrections.MOST_SHOWN, description="How many changes to tell.")
    n_ask: int = Field(corrections.N_ASKED, ge=0, le=MOST_ASKED, description="How many tracks to ask about.")


@ROUTER.get("/corrections", summary="List corrections")
def list_corrections(
    house: TheHouse,
    *,
    vocabulary: AnyVocabulary = None,
    track: Annotated[int | None, Query(ge=1, le=LARGEST, description="Only of this track.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Listed:
    """List what people said of labels, the latest first."""
    kept, asked = Corrections(house.library), {"vocabulary": vocabulary, "track_id": track}
    found = kept.all(vocabulary=vocabulary, track_id=track, limit=limit, offset=min(offset, LARGEST))
    total = kept.count(vocabulary=vocabulary, track_id=track)
    return Listed(
        **listed(
            [one.to_dict() for one in found], total=total, limit=limit, offset=offset,
            path=str(asked["vocabulary"] or ""),
        )
    )  # fmt: skip


@ROUTER.post(
    "/corrections",
    summary="Say what a track is, or is not",
    responses=example({"id": 12, "track": "The Trio - Blue in Two", "corrections": [SHOWN]}),
)
def correct_label(house: TheHouse, body: Told) -> Answer:
    """Keep what a person says of a track; searches see it at once, `POST /corrections/learn` the rest."""
    holds, denies = ([body.label], []) if body.holds else ([], [body.label])
    denies += [body.instead_of] if body.instead_of is not None else []
    noted = corrections.correct(
        house.library, body.track, body.vocabulary, holds=holds, denies=denies, listener=body.listener
    )
    return Answer(**answer(noted.to_dict(), path_to_text(noted.track.path)))


@ROUTER.delete("/corrections", summary="Take the last correction back")
def undo_correction(house: TheHouse, vocabulary: AnyVocabulary = None) -> Answer:
    """Take back what was said last, of one vocabulary where it is named."""
    gone = corrections.take_back(house.library, vocabulary=vocabulary or "")
    return Answer(**answer({"gone": [one.to_dict() for one in gone]}))


@ROUTER.delete("/corrections/{id}", summary="Take a correction back")
def remove_correction(
    house: TheHouse, id: Annotated[int, Path(ge=1, le=LARGEST, description="Number of the correction.")]
) -> Answer:
    """Take one correction back; what was heard is a tag again."""
    gone = corrections.take_back(house.library, [id])
    return Answer(**answer({"gone": [one.to_dict() for one in gone]}, str(id)))


@ROUTER.get("/corrections/vocabularies", summary="List vocabularies")
def list_vocabularies(house: TheHouse) -> Answer:
    """List the vocabularies in which something was told or learned, with their labels."""
    found = corrections.vocabularies(house.library)
    return Answer(**answer({"vocabularies": [one.to_dict() for one in found]}))


@ROUTER.post("/corrections/learn", summary="Learn from corrections")
def learn_corrections(house: TheHouse, body: Learn) -> Answer:
    """Learn from what people said: what changes and how sure, what it is worth, what to ask next.

    Every track of the library is given the labels that follow, which `label:` finds.
    """
    learned = corrections.learn(house.library, body.vocabulary, n_changes=body.n_changes, n_ask=body.n_ask)
    return Answer(**answer(learned.to_dict(), learned.vocabulary))


@ROUTER.get("/corrections/suggestions", summary="Whom to ask about")
def suggest_corrections(
    house: TheHouse,
    vocabulary: Vocabulary,
    n: Annotated[int, Query(ge=1, le=MOST_ASKED, description="How many tracks.")] = corrections.N_ASKED,
) -> Answer:
    """Say which tracks would teach most if a person told what they are: unsure, and unlike each other."""
    found = corrections.suggest(house.library, vocabulary, n)
    return Answer(**answer({"ask": [vars(one) for one in found]}, vocabulary))
