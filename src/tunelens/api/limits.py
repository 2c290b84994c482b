"""How much a caller may send, and how slowly."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from tunelens.api.problems import problem
from tunelens.base.errors import TooLargeError

MOST_BODY_BYTES = 16 * 2**20
MOST_HEADER_BYTES = 32 * 1024
HEAD_TOO_LARGE = 431
UPLOADS = "/api/v1/uploads"
FRAME_BYTES = 64 * 1024
"""What a form may have around the file in it."""

SILENCE_S = 30.0
"""Longest pause of a caller that is sending."""

LEAST_BYTES_S = 256.0
"""Slowest caller that is borne, bytes a second, once it has had a minute."""

PATIENCE_S = 60.0
UNREAD_S = 300.0
"""Longest time that an answer is not read while it is sent, seconds: a paused player asks again."""

HEADERS_S = 15.0
"""Longest time until the first line and the headers are there, seconds."""


class Bounds:
    """The middleware that stops who sends too much or too slowly.

    Parameters
    ----------
    app : ASGI application
        What is shielded.
    max_upload_bytes : int
        Largest upload; everything else has `MOST_BODY_BYTES`.
    """

    def __init__(self, app: ASGIApp, max_upload_bytes: int) -> None:
        self._app, self._upload = app, max_upload_bytes + FRAME_BYTES

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, as long as the caller keeps within bounds."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if _head_bytes(scope) > MOST_HEADER_BYTES:  # uvicorn counts only heads that come in pieces
            large = TooLargeError(
                f"the headers are larger than {MOST_HEADER_BYTES} bytes", hint="ask for less"
            )
            await problem(Request(scope), large, HEAD_TOO_LARGE)(scope, receive, send)
            return
        most = self._upload if scope["path"] == UPLOADS else MOST_BODY_BYTES
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced[:20]) > most:
            await problem(Request(scope), _too_large(most))(scope, receive, send)
            return
        with suppress(ClientDisconnect):  # nobody is there to be told, and it is no fault of ours
            await self._app(scope, _bounded(receive, most), _patient(send))


def _head_bytes(scope: Scope) -> int:
    told = sum(len(name) + len(value) for name, value in scope["headers"])
    return told + len(scope["raw_path"]) + len(scope["query_string"])


def _too_large(most: int) -> TooLargeError:
    return TooLargeError(f"the body is larger than {most} bytes", hint="send less at a time")


def _bounded(receive: Receive, most: int) -> Receive:
    """Count what comes while a body comes; after it, only the end of the connection is waited for."""
    began, size, sending = time.monotonic(), 0, True

    async def listen() -> Message:
        nonlocal size, sending
        if not sending:
            return await receive()
        try:
            async with asyncio.timeout(SILENCE_S):
                message = await receive()
        except TimeoutError:
            raise HTTPException(408, f"nothing has come for {SILENCE_S:g} s") from None
        size += len(message.get("body", b""))
        sending = bool(message.get("more_body")) and message["type"] == "http.request"
        if size > most:
            raise HTTPException(413, _too_large(most).message)
        spent = time.monotonic() - began
        if sending and spent > PATIENCE_S and size < LEAST_BYTES_S * spent:
            raise HTTPException(408, f"fewer than {LEAST_BYTES_S:g} bytes a second have come")
        return message

    return listen


def _patient(send: Send) -> Send:
    """Give up on who asks and does not read."""

    async def tell(message: Message) -> None:
        try:
            async with asyncio.timeout(UNREAD_S):
                await send(message)
        except TimeoutError:
            raise ClientDisconnect from None

    return tell


class Protocol(H11Protocol):
    """HTTP as uvicorn speaks it, but a caller that never finishes its headers is cut off."""

    _alarm: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Wait for the first request, and not for ever."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Stop waiting once a request is there."""
        super().data_received(data)
        if self._busy:
            self._calm()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        if not self._busy:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._calm()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self, event: Any) -> None:
        """Leave the connection to what speaks WebSocket."""
        self._calm()
        super().handle_websocket_upgrade(event)

    @property
    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._calm()
        self._alarm = self.loop.call_later(HEADERS_S, self._give_up)

    def _calm(self) -> None:
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def _give_up(self) -> None:
        if not self._busy and not self.transport.is_closing():
            self.transport.close()
