"""The app: what is served, in one place."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware

from tunelens.api import examples, pages, problems
from tunelens.api.etags import Tagged
from tunelens.api.guard import Guard
from tunelens.api.heads import Headed
from tunelens.api.house import House, open_house
from tunelens.api.keys import Access
from tunelens.api.limits import Bounds
from tunelens.api.metrics import Measured, Metrics, tell_prometheus
from tunelens.api.options import ServeOptions
from tunelens.api.routes import routers
from tunelens.api.subsonic import router as subsonic
from tunelens.base.version import __version__

PREFIX = "/api/v1"


def create_app(options: ServeOptions | None = None, house: House | None = None) -> FastAPI:
    """Build the app over one library.

    Parameters
    ----------
    options : ServeOptions or None
        How it is set up.
    house : House or None
        What is open already; opened when the app begins, and closed when it ends, if left out.

    Examples
    --------
    >>> app = create_app()
    >>> app.openapi()["info"]["title"]
    'Tunelens'
    """
    asked = options or ServeOptions()

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        with nullcontext(house) if house else open_house(asked) as app.state.house:
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
    app.state.access, app.state.metrics = Access(asked.keys), Metrics(app)
    problems.enrol(app)
    examples.enrol(app)
    _put_up_guards(app, asked)
    for router in routers():
        app.include_router(router, prefix=PREFIX, responses=problems.PROBLEMS)
    subsonic.enrol(app)
    app.add_api_route("/metrics", tell_prometheus, include_in_schema=False)
    if asked.page:
        pages.enrol(app)
    return app


def _put_up_guards(app: FastAPI, options: ServeOptions) -> None:
    """Wrap the app; the one that is added last meets a request first."""
    app.add_middleware(Tagged)
    app.add_middleware(Headed)
    app.add_middleware(Bounds, max_upload_bytes=options.max_upload_bytes)
    app.add_middleware(Guard, options=options, access=app.state.access)
    if options.allow_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=options.allow_origins,
            allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=["Authorization", "Content-Type", "If-None-Match", "Last-Event-ID", "Range"],
            expose_headers=["ETag", "Content-Range", "Accept-Ranges", "Location"],
        )
    app.add_middleware(Measured, metrics=app.state.metrics)


def _name_of(route: APIRoute) -> str:
    return route.name
