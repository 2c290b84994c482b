"""The map of the library: what is on it, where, and in which colours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from tunelens.api.answers import Answer, answer, example
from tunelens.api.guard import TheUser
from tunelens.api.house import TheHouse
from tunelens.api.parameters import Where
from tunelens.api.routes.jobs import accepted
from tunelens.base.language import language
from tunelens.services import library_map

ROUTER = APIRouter(tags=["map"])
BINARY = "application/octet-stream"
Lang = Annotated[Literal["en", "zh"], Query(description="In which language names are said.")]
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}}
}
_UNCHANGED: dict[int | str, dict[str, Any]] = {
    304: {"description": "It is as the caller knows it (`If-None-Match`)."}
}
_DESCRIBED = {
    "computed": True, "n": 12, "n_tracks": 14, "projection": "pca", "features": ["tempo_bpm", "energy"],
    "stale": True, "n_joined": 2, "n_gone": 0, "colour": "genre", "trust": 0.91, "stamp": "9f31c2d07ab44e10",
    "columns": [{"name": "genre", "label": "Genre", "kind": "group"}],
    "axes": ["PC1 (62% of variance): +Tempo (BPM)", "PC2 (38% of variance): +Energy"],
}  # fmt: skip


class MapRequest(BaseModel):
    """How the library is laid out."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"projection": "pca"}]})
    projection: Literal["pca", "umap", "tsne"] | None = Field(
        None, description="UMAP where it is installed, else t-SNE, unless it is told."
    )
    features: Literal["descriptors", "waveform", "tags", "pooled", "embedding"] = Field(
        "descriptors", description="By what songs are alike."
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="The same tracks and seed give the same map.")
    fresh: bool = Field(False, description="Lay songs out anew, and not where they were the last time.")


@ROUTER.get("/map", summary="Describe the map", responses=example(_DESCRIBED) | _UNCHANGED)
def describe_map(house: TheHouse, lang: Lang = "en") -> Answer:
    """Say whether there is a map of the library, how it was made, and by what its songs can be coloured."""
    with language(lang):
        return Answer(**answer(library_map.describe(house.library, house.settings)))


@ROUTER.get("/map/points", summary="Get the points", response_class=Response, responses=_BYTES | _UNCHANGED)
def get_map_points(house: TheHouse, request: Request) -> Response:
    """Get where songs lie.

    Little-endian: ``TLMP``, format 1, n, 0 (uint32 each); n numbers of tracks (int32); n times x and y
    (float32, 0 to 1, y upwards).
    """
    kept = library_map.kept_map(house.library, house.settings)
    return _binary(request, kept.stamp, kept.points)


@ROUTER.get(
    "/map/columns/{name:path}", summary="Get a column", response_class=Response, responses=_BYTES | _UNCHANGED
)
def get_map_column(
    house: TheHouse,
    request: Request,
    name: Annotated[str, Path(min_length=1, max_length=200, description="As `describe_map` names it.")],
    lang: Lang = "en",
) -> Response:
    """Get one column of the map: a number, a group or a text of every song, in the order of the points.

    Little-endian: the length of the header (uint32), the header as JSON, and the data: float32, uint16 codes
    or JSON, as ``dtype`` in the header says.
    """
    kept = library_map.kept_map(house.library, house.settings)
    with language(lang):
        return _binary(request, kept.stamp, lambda: kept.column(name).to_bytes())


@ROUTER.get("/map/matches", summary="Find on the map", responses=example({"ids": [3, 7], "total": 2}))
def find_on_map(house: TheHouse, query: Where = "") -> Answer:
    """Find the numbers of all tracks that a query finds, so that they can stand out on the map."""
    found = library_map.matching(house.library, query)
    return Answer(**answer({"ids": found, "total": len(found)}, query))


@ROUTER.post("/jobs/map", summary="Make the map", status_code=202)
def start_map(house: TheHouse, asked: MapRequest, user: TheUser) -> Answer:
    """Lay the library out as a job; songs that were on the map stay where they are unless it is ``fresh``."""
    return accepted(house, "map", asked.model_dump(), user)


def _binary(request: Request, stamp: str, data: Callable[[], bytes]) -> Response:
    """Answer with bytes, or with nothing where the caller has those of this map."""
    headers = {"etag": f'"{stamp}"', "cache-control": "private, no-cache"}
    asked = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    if headers["etag"] in asked:
        return Response(status_code=304, headers=headers)
    return Response(data(), media_type=BINARY, headers=headers)
