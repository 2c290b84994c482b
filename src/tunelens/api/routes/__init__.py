"""The routes, a file per room of the house: parse, call one service, answer."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

from fastapi import APIRouter

ROUTES = (
    "health",
    "session",
    "uploads",
    "analyze",
    "jobs",
    "tracks",
    "similar",
    "duplicates",
    "decisions",
    "identify",
    "audio",
    "sound",
    "playlists",
    "feedback",
    "recommend",
    "library",
    "tags",
    "export",
    "map",
    "corrections",
    "bundles",
    "predict",
    "explain",
    "studio",
    "live",
)
"""Files of this folder, each with a ``ROUTER``, in the order of the OpenAPI page."""


def routers() -> Iterator[APIRouter]:
    """Load every route file."""
    for name in ROUTES:
        yield import_module(f"tunelens.api.routes.{name}").ROUTER
