"""Playlists: kept, changed, made, and as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Query, Response, UploadFile
from fastapi import Path as InPath
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, Limit, Listed, Offset, answer, listed
from tunelens.api.attachment import attachment
from tunelens.api.house import TheHouse
from tunelens.api.parameters import MOST_QUERY, Number
from tunelens.base.errors import ParameterError
from tunelens.library.playlists.files import MOST_BYTES
from tunelens.library.playlists.plane import MOODS, point_of
from tunelens.library.playlists.store import LONGEST_NAME, Smart
from tunelens.services import playlists as service

ROUTER = APIRouter(tags=["playlists"])
MOST_TRACKS = 10_000
MEDIA_TYPES = {
    "m3u8": "audio/x-mpegurl",
    "xspf": "application/xspf+xml",
    "jspf": "application/jspf+json",
}

TheName = Annotated[str, InPath(max_length=LONGEST_NAME, description="Name of the playlist.")]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Tracks = Annotated[list[Number], Field(max_length=MOST_TRACKS)]
Filter = Annotated[str, Field(max_length=MOST_QUERY)]
Mood = Annotated[str, Field(max_length=100)]


class SavedQuery(BaseModel):
    """A query that is asked anew whenever the playlist is shown."""

    model_config = ConfigDict(extra="forbid")
    where: Filter
    sort: str | None = Field(None, max_length=200, description="In what order, say `-year`.")
    limit: int | None = Field(None, ge=1, le=100_000, description="At most this many.")


class NewPlaylist(BaseModel):
    """A playlist to keep: of tracks, of what a filter finds now, or a query."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "evening", "tracks": [1, 2]}]}
    )
    name: Name
    tracks: Tracks = []
    where: Filter | None = Field(None, description="Also what this filter finds now.")
    smart: SavedQuery | None = Field(None, description="A query instead of tracks.")
    description: str | None = Field(None, max_length=10_000)
    force: bool = Field(False, description="Replace a playlist of this name.")


class NewItems(BaseModel):
    """Tracks to put into a playlist."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"tracks": [3], "at": 1}]})
    tracks: Tracks = []
    where: Filter | None = Field(None, description="Also what this filter finds now.")
    at: int | None = Field(None, ge=1, le=100_001, description="Before this place; else at the end.")


@ROUTER.get("/playlists", summary="List the playlists")
def list_playlists(house: TheHouse, limit: Limit = 50, offset: Offset = 0) -> Listed:
    """List the playlists by name; of a query nobody knows yet how many tracks it finds."""
    found = service.list_playlists(house.library)
    items = [one.to_dict() for one in found[offset : offset + limit]]
    return Listed(**listed(items, total=len(found), limit=limit, offset=offset))


@ROUTER.post("/playlists", summary="Keep a playlist", status_code=201)
def create_playlist(house: TheHouse, asked: NewPlaylist) -> Answer:
    """Keep tracks, or a query, under a name."""
    if asked.smart is None:
        return _told(
            service.create(
                house.library,
                asked.name,
                asked.tracks,
                where=asked.where,
                description=asked.description,
                force=asked.force,
            )
        )
    if asked.tracks or asked.where is not None:
        raise ParameterError("a playlist is a query or holds tracks", hint="give smart, or tracks and where")
    query = Smart(asked.smart.where, asked.smart.sort, asked.smart.limit)
    return _told(
        service.smart(house.library, asked.name, query, description=asked.description, force=asked.force)
    )


@ROUTER.post("/playlists/import", summary="Read a playlist file", status_code=201)
def import_playlist(
    house: TheHouse,
    file: UploadFile,
    *,
    name: Annotated[
        str | None, Form(max_length=LONGEST_NAME, description="Else its title, or the file's name.")
    ] = None,
    folder: Annotated[
        str | None, Form(max_length=4096, description="Where its relative entries begin; in the roots.")
    ] = None,
    encoding: Annotated[str | None, Form(max_length=40, description="Of an M3U; else found out.")] = None,
    force: Annotated[bool, Form(description="Replace a playlist of this name.")] = False,
) -> Answer:
    """Read an M3U, M3U8, XSPF or JSPF file; entries that are not in the library are kept and told."""
    base = house.roots.resolve(folder) if folder else Path("/")
    path = base / Path((file.filename or "").replace("\\", "/").replace("\0", "")).name
    data = file.file.read(MOST_BYTES + 1)
    return _told(service.import_content(house.library, data, path, name=name, encoding=encoding, force=force))


class Mix(BaseModel):
    """Near some tracks, or of a filter: varied artists, no song twice, smooth transitions."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["mix"]
    tracks: list[Number] = Field([], max_length=100, description="What to begin with.")
    n: int = Field(25, ge=1, le=1000, description="So many tracks.")
    duration_s: float | None = Field(None, ge=1, le=7 * 86_400, description="Instead so long, seconds.")
    per_artist: int = Field(2, ge=1, le=1000, description="At most so many of one artist.")
    where: Filter = ""
    weight: list[Annotated[str, Field(max_length=60)]] = Field(
        [], max_length=10, description="How much tempo, key, energy, similarity or artist counts: `key=2`."
    )
    save: Name | None = Field(None, description="Keep it as this playlist.")
    force: bool = Field(False, description="Replace a playlist of this name.")


class Smooth(BaseModel):
    """A playlist, or what a filter finds, in an order of smooth transitions."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["smooth"]
    name: Name | None = None
    where: Filter | None = None
    first: Number | None = Field(None, description="Begin with this track.")
    weight: list[Annotated[str, Field(max_length=60)]] = Field([], max_length=10)
    save: Name | None = None
    force: bool = False


class Journey(BaseModel):
    """Equal steps from one mood to another."""

    model_config = ConfigDict(extra="forbid")
    kind: Literal["journey"]
    start: Number | Mood = Field(
        description="A mood (`calm`, `快乐`), `VALENCE,AROUSAL`, or a track's number."
    )
    end: Number | Mood = Field(description="The same.")
    steps: int = Field(12, ge=2, le=100)
    where: Filter = ""
    save: Name | None = None
    force: bool = False


Wish = Annotated[Mix | Smooth | Journey, Field(discriminator="kind")]


@ROUTER.post("/playlists/make", summary="Make a mix, a smooth order or a journey")
def make_playlist(house: TheHouse, asked: Wish) -> Answer:
    """Make a list of what was heard; without `save` nothing is kept."""
    keep = service.Keep(asked.save, force=asked.force)
    made = _MAKE[type(asked)](house, asked, keep)
    return Answer(**answer(made.to_dict(), asked.save or ""))


def _mix(house: TheHouse, asked: Mix, keep: service.Keep) -> Any:
    from tunelens.library.playlists.mix import Wanted
    from tunelens.services.mixes import mix, weights_of

    wanted = Wanted(asked.n, asked.duration_s, asked.where, asked.per_artist)
    return mix(house.library, asked.tracks, wanted, weights=weights_of(asked.weight), keep=keep)


def _smooth(house: TheHouse, asked: Smooth, keep: service.Keep) -> Any:
    from tunelens.services.mixes import smooth, weights_of

    weights = weights_of(asked.weight)
    return smooth(house.library, asked.name, where=asked.where, first=asked.first, weights=weights, keep=keep)


def _journey(house: TheHouse, asked: Journey, keep: service.Keep) -> Any:
    from tunelens.services.journeys import journey

    for end in (asked.start, asked.end):
        if isinstance(end, str) and point_of(end) is None:
            raise ParameterError(
                f"{end!r} is no mood", hint=f"{', '.join(MOODS)}, 0.2,0.8 or a track's number"
            )
    return journey(house.library, asked.start, asked.end, steps=asked.steps, where=asked.where, keep=keep)


_MAKE: dict[type, Any] = {Mix: _mix, Smooth: _smooth, Journey: _journey}


@ROUTER.get("/playlists/{name:path}/export", summary="Get a playlist as a file", response_class=Response)
def export_playlist(
    house: TheHouse,
    name: TheName,
    format: Annotated[Literal["m3u8", "xspf", "jspf"], Query(description="Which kind of file.")] = "m3u8",
) -> Response:
    """Give a playlist as M3U8, XSPF or JSPF, with whole paths."""
    data = service.written(house.library, name, format)
    return Response(data, media_type=MEDIA_TYPES[format], headers=attachment(f"{name}.{format}"))


@ROUTER.post("/playlists/{name:path}/items", summary="Put tracks into a playlist")
def add_to_playlist(house: TheHouse, name: TheName, asked: NewItems) -> Answer:
    """Put tracks before a place, or at the end."""
    return _told(service.add(house.library, name, asked.tracks, where=asked.where, at=asked.at))


@ROUTER.delete("/playlists/{name:path}/items", summary="Take places out of a playlist")
def remove_from_playlist(
    house: TheHouse,
    name: TheName,
    places: Annotated[str, Query(min_length=1, max_length=2000, description="Say `1,3..5`, from 1.")],
) -> Answer:
    """Take places out; the tracks stay in the library."""
    return _told(service.remove(house.library, name, [one.strip() for one in places.split(",")]))


@ROUTER.get("/playlists/{name:path}", summary="Show a playlist")
def show_playlist(house: TheHouse, name: TheName) -> Answer:
    """Show what a playlist holds; a query is asked now."""
    return _told(service.show(house.library, name))


@ROUTER.delete("/playlists/{name:path}", summary="Delete a playlist")
def delete_playlist(house: TheHouse, name: TheName) -> Answer:
    """Forget a playlist; the tracks stay in the library."""
    gone = service.delete(house.library, name)
    return Answer(**answer({"deleted": True, **gone.to_dict()}, gone.name))


def _told(shown: service.Shown) -> Answer:
    return Answer(**answer(shown.to_dict(), shown.playlist.name))
