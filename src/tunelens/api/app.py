"""The app: what is served, in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.routing import APIRoute

from tunelens.api import pages, problems
from tunelens.api.house import open_house
from tunelens.api.options import ServeOptions
from tunelens.api.routes import routers
from tunelens.base.version import __version__

PREFIX = "/api/v1"


def create_app(options: ServeOptions | None = None) -> FastAPI:
    """Build the app over one library.

    Parameters
    ----------
    options : ServeOptions or None
        How it is set up.

    Examples
    --------
    >>> app = create_app()
    >>> app.openapi()["info"]["title"]
    'Tunelens'
    """
    asked = options or ServeOptions()

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        with open_house(asked) as app.state.house:
            yield

    app = FastAPI(
        title="Tunelens",
        version=__version__,
        lifespan=alive,
        openapi_url=f"{PREFIX}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=_name_of,
    )
    problems.enrol(app)
    for router in routers():
        app.include_router(router, prefix=PREFIX, responses=problems.PROBLEMS)
    if asked.page:
        pages.enrol(app)
    return app


def _name_of(route: APIRoute) -> str:
    return route.name
