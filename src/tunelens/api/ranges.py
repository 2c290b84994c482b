"""Bytes of which a part may be asked for: ranges and conditions as RFC 9110 has them.

Several ranges at once are answered with the whole, as a server may; one that no byte is in with 416.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.utils import formatdate, parsedate_to_datetime
from typing import NamedTuple, Protocol

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from tunelens.api.problems import problem
from tunelens.base.errors import ParameterError

WHOLE, PART, SAME, CHANGED, NOTHING = 200, 206, 304, 412, 416
MOST_RANGES = 100
_RANGE = re.compile(r"(\d{0,18})\d*-(\d{0,18})\d*", re.ASCII)


class Body(Protocol):
    """What is sent: some bytes that can be had from anywhere.

    Attributes
    ----------
    size : int
        How many there are.
    media_type : str
        What they are.
    etag : str
        Another one whenever they are others, without quotes.
    modified : float
        When they changed last, seconds since 1970.
    """

    size: int
    media_type: str
    etag: str
    modified: float

    def pieces(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` to before `stop`."""

    def close(self) -> None:
        """Let go of the file."""


class Span(NamedTuple):
    """Some bytes: from `start` to before `stop`."""

    start: int
    stop: int


class UnsatisfiableError(ValueError):
    """No byte is in any of the ranges that are asked for."""


def span_of(header: str, size: int) -> Span | None:
    """Return the one range that a ``Range`` header asks for; None where the whole is to be sent.

    Raises
    ------
    UnsatisfiableError
        It can be read, and no byte is in it.

    Examples
    --------
    >>> span_of("bytes=2-4", 10), span_of("bytes=-3", 10), span_of("bytes=7-99", 10)
    (Span(start=2, stop=5), Span(start=7, stop=10), Span(start=7, stop=10))
    >>> span_of("bytes=0-1,4-5", 10), span_of("seconds=1-2", 10), span_of("bytes=4-2", 10)
    (None, None, None)
    """
    unit, _, ranges = header.partition("=")
    given = [one.strip(" \t") for one in ranges.split(",") if one.strip(" \t")]
    matches = [_RANGE.fullmatch(one) for one in given[: MOST_RANGES + 1]]
    if unit.strip().lower() != "bytes" or not given or len(given) > MOST_RANGES:
        return None
    asked = [(found[1], found[2]) for found in matches if found and found[0] != "-"]
    if len(asked) < len(given) or any(_is_backwards(*one) for one in asked):
        return None
    spans = [_span(first, last, size) for first, last in asked]
    full = [span for span in spans if span.start < span.stop]
    if not full and (size > 0 or not any(not first and int(last) for first, last in asked)):
        raise UnsatisfiableError
    return full[0] if len(full) == 1 else None


def _is_backwards(first: str, last: str) -> bool:
    return bool(first and last) and int(last) < int(first)


def _span(first: str, last: str, size: int) -> Span:
    if not first:
        return Span(max(0, size - int(last)), size)
    return Span(int(first), min(size, int(last) + 1) if last else size)


class Ranged(Response):
    """The answer that sends a body: whole, a part of it, or that the caller knows it already.

    Parameters
    ----------
    body : Body
        What is sent; it is closed when that is done.
    """

    def __init__(self, body: Body) -> None:
        super().__init__(media_type=body.media_type)
        self.file = body
        self.headers["accept-ranges"] = "bytes"
        self.headers["etag"] = f'"{body.etag}"'
        self.headers["last-modified"] = formatdate(body.modified, usegmt=True)
        self.headers["cache-control"] = "private, no-cache"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look what is asked for, and send it."""
        try:
            await self._answer(Request(scope))(scope, receive, send)
        finally:
            self.file.close()

    def _answer(self, request: Request) -> Response:
        headers = request.headers
        if _is_changed(headers, self.headers):
            return self._empty(CHANGED)
        if _is_known(headers, self.headers):
            return self._empty(SAME)
        asked = headers.get("range", "") if _is_still(headers, self.headers) else ""
        try:
            span = span_of(asked, self.file.size) if asked else None
        except UnsatisfiableError:
            return self._unsatisfiable(request, asked)
        return self._sent(span)

    def _empty(self, status: int) -> Response:
        kept = {name: self.headers[name] for name in ("etag", "last-modified", "cache-control")}
        return Response(status_code=status, headers=kept)

    def _unsatisfiable(self, request: Request, asked: str) -> Response:
        size = self.file.size
        error = ParameterError(f"no byte is in the range {asked[:100]!r} of {size}", hint="leave Range out")
        answer = problem(request, error, NOTHING)
        answer.headers["content-range"] = f"bytes */{size}"
        return answer

    def _sent(self, span: Span | None) -> Response:
        start, stop = span or (0, self.file.size)
        headers = dict(self.headers) | {"content-length": str(stop - start)}
        if span:
            headers["content-range"] = f"bytes {start}-{stop - 1}/{self.file.size}"
        return StreamingResponse(self.file.pieces(start, stop), PART if span else WHOLE, headers)


def _is_known(asked: Headers, has: Headers) -> bool:
    """Does the caller have it already (``If-None-Match``, else ``If-Modified-Since``)?"""
    if "if-none-match" in asked:
        return _names(asked["if-none-match"].replace("W/", ""), has["etag"])
    return not _is_later(has["last-modified"], asked.get("if-modified-since", ""), otherwise=True)


def _is_changed(asked: Headers, has: Headers) -> bool:
    """Is it not what the caller insists on (``If-Match``, else ``If-Unmodified-Since``)?"""
    if "if-match" in asked:
        return not _names(asked["if-match"], has["etag"])
    return _is_later(has["last-modified"], asked.get("if-unmodified-since", ""), otherwise=False)


def _is_still(asked: Headers, has: Headers) -> bool:
    """May a part be sent that the caller will put beside what it has (``If-Range``)?"""
    return asked.get("if-range", has["etag"]) in {has["etag"], has["last-modified"]}


def _names(tags: str, etag: str) -> bool:
    return tags.strip() == "*" or etag in {one.strip() for one in tags.split(",")}


def _is_later(date: str, than: str, *, otherwise: bool) -> bool:
    """Is a date later than another? `otherwise` where the other one is none, and so says nothing."""
    try:
        return parsedate_to_datetime(date) > parsedate_to_datetime(than)
    except (TypeError, ValueError):
        return otherwise
