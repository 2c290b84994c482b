"""`HEAD` is answered wherever `GET` is, by the same route: what it says of the answer is what `GET` sends."""

from __future__ import annotations

from contextlib import suppress

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Headed:
    """The middleware that asks for the whole, and lets no more of it be made than its headers.

    Parameters
    ----------
    app : ASGI application
        Whose answers are looked at.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, without a body where only the headers are asked for."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] != "http.response.body":
                await send(message)
                return
            await send({"type": "http.response.body"})
            raise ClientDisconnect  # a stream would go on, a sound be decoded, for nobody

        scope["method"] = "GET"
        try:
            with suppress(ClientDisconnect):
                await self._app(scope, receive, tell)
        finally:
            scope["method"] = "HEAD"
