"""How an error is answered: RFC 9457, with the code, message and hint of the command line in it."""

from __future__ import annotations

import http
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from tunelens.base.errors import (
    LateError,
    NotFoundError,
    ParameterError,
    TooLargeError,
    TunelensError,
    WorkerError,
)

MEDIA_TYPE = "application/problem+json"
LOG = logging.getLogger(__name__)


class Told(BaseModel):
    """The error of the command line."""

    model_config = {"extra": "allow"}
    code: str
    message: str
    hint: str | None = None


class Problem(BaseModel):
    """An error, as RFC 9457 has it and as the command line has it."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    ok: bool = False
    path: str = ""
    error: Told


PROBLEMS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "What was asked cannot be done; the error says why and what to do.",
        "model": Problem,
        "content": {MEDIA_TYPE: {}},
    },
    "5XX": {
        "description": "Something here went wrong.",
        "model": Problem,
        "content": {MEDIA_TYPE: {}},
    },
}


def problem(request: Request, error: TunelensError, status: int | None = None) -> JSONResponse:
    """Answer with an error."""
    code = status or error.http_status
    body = {
        "type": f"urn:tunelens:{error.code}",
        "title": http.HTTPStatus(code).phrase,
        "status": code,
        "detail": error.message,
        "instance": request.url.path,
        "ok": False,
        "path": "",
        "error": error.to_dict(),
    }
    return JSONResponse(body, code, media_type=MEDIA_TYPE)


def enrol(app: FastAPI) -> None:
    """Answer every error of `app` as a problem."""
    app.add_exception_handler(TunelensError, _ours)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unforeseen)


def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TunelensError)
    return problem(request, error)


def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(
            request, ParameterError(f"the body is no JSON: {first['ctx']['error']}", hint=_AS_JSON), 422
        )
    where = ".".join(str(part) for part in first["loc"])
    hint = _AS_JSON if where == "body" else _OPERATIONS
    return problem(request, ParameterError(f"{where}: {first['msg']}", hint=hint), 422)


_AS_JSON = "send one JSON object, with `Content-Type: application/json`"
_OPERATIONS = "GET /api/v1/openapi.json tells which operations there are, and what they take"
_HINTS = {
    400: _AS_JSON,
    404: _OPERATIONS,
    408: "send it again, without pauses",
    413: "send less at a time",
}
_KINDS: dict[int, type[TunelensError]] = {404: NotFoundError, 408: LateError, 413: TooLargeError}


def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    kind = _KINDS.get(error.status_code, ParameterError)
    headers = error.headers or {}
    hint = f"{headers['Allow']} may be asked" if "Allow" in headers else _HINTS.get(error.status_code)
    answer = problem(request, kind(str(error.detail), hint=hint), error.status_code)
    answer.headers.update(headers)
    return answer


def _unforeseen(request: Request, error: Exception) -> JSONResponse:
    LOG.exception("unforeseen", exc_info=error)
    return problem(
        request,
        WorkerError(f"{type(error).__name__} was not foreseen here", hint="the log of the server says more"),
    )
