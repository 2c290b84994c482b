"""What was heard, written into the files themselves: shown first, journalled, taken back."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, example, listed
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.api.parameters import MOST_QUERY, Number
from tunelens.api.routes.jobs import SHOWN, accepted
from tunelens.base.errors import ParameterError
from tunelens.services import tag as service
from tunelens.services.tag import TagOptions

ROUTER = APIRouter(tags=["tags"])
MOST_AT_ONCE = 200
"""Files that are written while the caller waits; more are a job."""

TagField = Literal["genre", "mood", "bpm", "key", "energy"]
Policy = Literal["keep", "fill", "replace", "append"]
Share = Annotated[float, Field(ge=0, le=1)]
Bundle = Annotated[str, Field(min_length=1, max_length=200)]
_DONE = {
    "path": "/music/jazz/blue.flac",
    "format": "Vorbis comment",
    "changes": [
        {"field": "bpm", "action": "write", "before": [], "after": ["120"], "confidence": 0.93, "why": ""}
    ],
    "state": "written",
    "batch": 3,
    "error": None,
}
_REPORT = {"batch": 3, "counts": {"written": 1}, "files": [_DONE]}


class Tagging(BaseModel):
    """Which files, which fields, how sure, under which policy."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"where": "genre:jazz", "fields": ["bpm", "key"]}]},
    )
    tracks: list[Number] = Field([], max_length=100_000, description="Numbers of tracks; all if left out.")
    where: str = Field("", max_length=MOST_QUERY, description="A filter that they must match too.")
    fields: list[TagField] = Field([], max_length=5, description="Which fields; all if left out.")
    policy: dict[TagField, Policy] = Field(
        {}, description="By field; `fill` (where it is empty) if left out."
    )
    min_confidence: dict[TagField, Share] = Field({}, description="By field; 0.7 if left out.")
    sources: dict[Literal["genre", "mood"], Bundle] = Field({}, description="Which bundle says it.")
    key_notation: Literal["standard", "camelot"] = Field("standard", description="`C#m`, or `12A`.")
    keep_mtime: bool = Field(False, description="Leave the time of change of the files as it is.")

    def options(self) -> TagOptions:
        """Return how tags are written."""
        return TagOptions.from_dict(self.model_dump())


class Planned(Tagging):
    """A plan, a page of it."""

    limit: int = Field(50, ge=1, le=500)
    offset: int = Field(0, ge=0, le=2**53)


class Written(Tagging):
    """A plan that is to be carried out."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"write": True, "tracks": [3], "fields": ["bpm"]}]}
    )
    write: Literal[True] = Field(description="Only with `true` is anything written.")


class Undone(BaseModel):
    """What is to be taken back."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"batch": 3}]})
    batch: Number | None = Field(None, description="Which batch; the last that stands if left out.")


class UndoneAtLength(Undone):
    """A large batch that is to be taken back."""

    action: Literal["undo"]


class WrittenAtLength(Written):
    """A plan for many files."""

    model_config = ConfigDict(extra="forbid")
    action: Literal["write"]


@ROUTER.post("/tags/plan", summary="See what would be written into files")
def plan_tags(house: TheHouse, asked: Planned) -> Listed:
    """Say for each file what would be written into its tags, beside what it has; nothing is touched."""
    page = service.plan_page(
        house.library,
        asked.tracks,
        asked.where,
        asked.options(),
        limit=asked.limit,
        offset=asked.offset,
        allowed=house.roots.of_track,
    )
    items = [one.outcome() for one in page.tagged]
    return Listed(**listed(items, total=page.total, limit=asked.limit, offset=asked.offset, path=asked.where))


@ROUTER.post("/tags/write", summary="Write tags into files", responses=example(_REPORT))
def write_tags(house: TheHouse, asked: Written) -> Answer:
    """Write what is sure enough into at most 200 files; the batch takes it back, byte for byte."""
    page = service.plan_page(house.library, asked.tracks, asked.where, limit=0)
    _check_few(page.total)
    done = service.tag(
        house.library,
        asked.tracks,
        asked.where,
        asked.options(),
        write=True,
        allowed=house.roots.of_track,
    )
    return _report(service.TagReport.of(done))


@ROUTER.post(
    "/tags/undo",
    summary="Take written tags back",
    responses=example({"batch": 3, "counts": {"undone": 1}, "files": [{**_DONE, "state": "undone"}]}),
)
def undo_tags(house: TheHouse, asked: Undone) -> Answer:
    """Restore the files of a batch as they were before, byte for byte."""
    _check_few(service.n_standing(house.library, asked.batch))
    return _report(service.TagReport.of(service.undo(house.library, asked.batch)))


@ROUTER.get("/tags/history", summary="List what was written")
def list_batches(
    house: TheHouse,
    *,
    batch: Annotated[int | None, Query(ge=1, le=2**53, description="One batch, with its files.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Listed:
    """List the batches, the latest first, or the files of one."""
    found = service.history(house.library, batch)
    if batch is None:
        items = [one.summary() for one in reversed(found)]
    else:
        items = [entry.to_dict() for one in found for entry in one.entries]
    page = items[offset : offset + limit]
    return Listed(**listed(page, total=len(items), limit=limit, offset=offset))


@ROUTER.post(
    "/jobs/tags",
    summary="Write or take back the tags of many files",
    status_code=202,
    responses=example({**SHOWN, "kind": "tags"}, SHOWN["id"], status=202),
)
def write_many_tags(
    house: TheHouse,
    user: TheUser,
    body: Annotated[WrittenAtLength | UndoneAtLength, Field(discriminator="action")],
) -> Answer:
    """Write tags into any number of files, or take a batch back; the result counts and tells failures."""
    if isinstance(body, WrittenAtLength):
        house.library.count(body.where)
        body.options()
    return accepted(house, "tags", body.model_dump(), user)


def _check_few(n_files: int) -> None:
    if n_files > MOST_AT_ONCE:
        raise ParameterError(
            f"{n_files} files are too many to wait for; {MOST_AT_ONCE} are allowed",
            hint="POST /api/v1/jobs/tags takes any number",
        )


def _report(done: service.TagReport) -> Answer:
    return Answer(**answer(done.to_dict(), "" if done.batch is None else str(done.batch)))
