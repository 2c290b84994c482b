"""The web page: its files, and for every other path the one document that shows them all."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException

from tunelens.base.errors import MissingDependencyError, NotFoundError
from tunelens.web import page

KEPT = ("/api/", "/rest/", "/metrics")
"""Paths that are never the page's: a mistake there is told as JSON."""

FOREVER = "public, max-age=31536000, immutable"  # names of assets change with their content
AGAIN = "no-cache"


def enrol(app: FastAPI) -> None:
    """Serve the built page; where there is none, the paths say what to do."""

    @app.get("/{path:path}", include_in_schema=False)
    def show_page(request: Request, path: str) -> Response:
        if request.url.path.startswith(KEPT):
            raise HTTPException(404, "there is nothing here")
        return _file(path)


def _file(path: str) -> Response:
    try:
        folder = page()
    except MissingDependencyError as error:
        raise NotFoundError(error.message, hint=error.hint) from error
    found = _files(folder).get(path)
    kept = found is not None and path.startswith("assets/")
    return FileResponse(found or folder / "index.html", headers={"Cache-Control": FOREVER if kept else AGAIN})


def _files(folder: Path) -> dict[str, Path]:
    """Return the files of the page by their path in it: what is not among them is not opened."""
    return {one.relative_to(folder).as_posix(): one for one in folder.rglob("*") if one.is_file()}
