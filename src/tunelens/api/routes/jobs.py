"""Long work: what runs, how far it is, what came of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Path, Query, Response
from fastapi.responses import FileResponse, StreamingResponse

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, example, listed
from tunelens.api.house import House, TheHouse
from tunelens.services.jobs import Job

ROUTER = APIRouter(tags=["jobs"])

BEAT_S = 15.0
EVENTS = "text/event-stream"
REPORT_POLICY = (
    "sandbox allow-scripts allow-downloads allow-popups; default-src 'self' 'unsafe-inline' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""A report holds words of strangers; in a sandbox its scripts can do nothing in the caller's name."""

JobId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="What the request for the job has given.")]
State = Literal["queued", "running", "done", "failed", "cancelled"]
SHOWN: dict[str, Any] = {
    "id": "0b1a2d4c3b9e8f7a6b5c4d3e2f5f0c0e",
    "kind": "analyze",
    "request": {"paths": ["jazz"]},
    "created_at": "2030-01-01T12:00:00.000+00:00",
    "state": "running",
    "started_at": "2030-01-01T12:00:00.120+00:00",
    "ended_at": None,
    "progress": {
        "what": "tracks",
        "total": 12,
        "done": 3,
        "failed": 0,
        "item": "jazz/blue.flac",
        "eta_s": 4.5,
    },
    "result": None,
    "error": None,
    "files": [],
    "attempts": 1,
    "owner": "",
}


def accepted(house: House, kind: str, request: Mapping[str, Any], owner: str) -> Answer:
    """Queue a job and answer with it; for the routes ``POST /jobs/{kind}``, which have status 202."""
    job = house.jobs.submit(kind, request, owner)
    return Answer(**answer(job.to_dict(), job.id))


@ROUTER.get("/jobs", summary="List jobs")
def list_jobs(
    house: TheHouse,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    kind: Annotated[str | None, Query(max_length=100, description="Only those of this kind.")] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> Listed:
    """List jobs, the newest first, without what was asked and what came of it."""
    found, total = house.jobs.list(state=state, kind=kind, limit=limit, offset=offset)
    items = [job.to_dict(brief=True) for job in found]
    return Listed(**listed(items, total=total, limit=limit, offset=offset))


@ROUTER.get("/jobs/{id}", summary="Show a job", responses=example(SHOWN, SHOWN["id"]))
def show_job(house: TheHouse, id: JobId) -> Answer:
    """Show a job as it is now."""
    return Answer(**answer(house.jobs.get(id).to_dict(), id))


@ROUTER.delete("/jobs/{id}", summary="Cancel or forget a job", responses=example(SHOWN, SHOWN["id"]))
def end_job(house: TheHouse, id: JobId) -> Answer:
    """Cancel a job that waits or runs (it ends at its next report); forget one that has ended."""
    job = house.jobs.get(id)
    if job.ended:
        house.jobs.delete(id)
    else:
        job = house.jobs.cancel(id)
    return Answer(**answer(job.to_dict(), id))


@ROUTER.get(
    "/jobs/{id}/events",
    summary="Watch a job",
    response_class=StreamingResponse,
    responses={
        200: {"content": {EVENTS: {"schema": {"type": "string"}}}, "description": "Server-sent events."},
        204: {"description": "It has ended, and the caller knows."},
    },
)
def watch_job(
    house: TheHouse,
    id: JobId,
    last_event_id: Annotated[str, Header(max_length=40, description="What was seen last.")] = "",
) -> Response:
    """Send the job, as JSON, whenever it changes: ``progress``, ``state`` and, at last, ``done``."""
    after = int(last_event_id) if last_event_id.isascii() and last_event_id.isdecimal() else 0
    if house.jobs.get(id).ended and house.jobs.number(id) == after:
        return Response(status_code=204)
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(_events(house, id, after), media_type=EVENTS, headers=headers)


async def _events(house: House, id: str, after: int) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    state = ""
    async for change in house.jobs.watch(id, after, beat_s=BEAT_S):
        if change is None:
            yield ": still here\n\n"
            continue
        number, job = change
        yield _event(number, _name(job, state), job)
        state = job.state


def _name(job: Job, state: str) -> str:
    if job.ended:
        return "done"
    return "progress" if job.state == state else "state"


def _event(number: int, name: str, job: Job) -> str:
    data = json.dumps(job.to_dict(), ensure_ascii=False, allow_nan=False)
    return f"id: {number}\nevent: {name}\ndata: {data}\n\n"


@ROUTER.get(
    "/jobs/{id}/files/{name:path}",
    summary="Fetch a file of a job",
    response_class=FileResponse,
    responses={
        200: {"content": {"application/octet-stream": {}}, "description": "The file."},
        206: {"description": "The part of it that was asked for."},
    },
)
def fetch_job_file(
    house: TheHouse,
    id: JobId,
    name: Annotated[str, Path(max_length=1000, description="A name from `files` of the job.")],
) -> FileResponse:
    """Fetch a file that a job has written; reports open in a sandbox."""
    path = house.jobs.file(id, name)
    media_type = next(one.media_type for one in house.jobs.get(id).files if one.name == name)
    headers = {"content-security-policy": REPORT_POLICY, "cache-control": "private, no-cache"}
    return FileResponse(
        path,
        media_type=media_type,
        filename=path.name,
        headers=headers,
        content_disposition_type="inline",
        stat_result=path.stat(),
    )
