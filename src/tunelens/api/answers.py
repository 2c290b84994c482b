"""The shapes of an answer: the command line's object, and a page of a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, Field

Limit = Annotated[int, Query(ge=1, le=500, description="How many, at most.")]
Offset = Annotated[int, Query(ge=0, le=2**53, description="How many to leave out at the beginning.")]


class Answer(BaseModel):
    """What was asked for, as ``--json`` prints it."""

    ok: Literal[True] = True
    path: str = Field("", description="What was asked about.")
    result: dict[str, Any]


class Items(BaseModel):
    """A page of a list."""

    items: list[dict[str, Any]]
    total: int = Field(description="How many there are in all.")
    limit: int
    offset: int


class Listed(BaseModel):
    """A page of a list, in the same envelope."""

    ok: Literal[True] = True
    path: str = ""
    result: Items


def answer(result: Mapping[str, Any], path: str = "") -> dict[str, Any]:
    """Wrap one result."""
    return {"ok": True, "path": path, "result": result}


def listed(
    items: Sequence[Mapping[str, Any]], *, total: int, limit: int, offset: int, path: str = ""
) -> dict[str, Any]:
    """Wrap a page of a list."""
    return answer({"items": items, "total": total, "limit": limit, "offset": offset}, path)


def example(result: Mapping[str, Any], path: str = "", status: int = 200) -> dict[int | str, dict[str, Any]]:
    """Return what ``responses=`` of a route takes to show an answer in the OpenAPI page."""
    return {status: {"content": {"application/json": {"example": answer(result, path)}}}}
