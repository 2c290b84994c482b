"""What a caller knows already is not sent again: weak ETags by the state of the library and the URL."""

from __future__ import annotations

import re
from hashlib import sha256

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tunelens.base.version import __version__

_OF_LIBRARY = re.compile("/api/v1/(tracks|facets|duplicates|playlists|feedback|library|failures|export)(/|$)")
OK, SAME = 200, 304


class Tagged:
    """The middleware that tags what comes from the library, and answers 304 without asking it again.

    Parameters
    ----------
    app : ASGI application
        Whose answers are tagged; the house is found in its state.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say that nothing has changed."""
        is_data = scope["type"] == "http" and scope["method"] == "GET" and _OF_LIBRARY.match(scope["path"])
        if not is_data:
            await self._app(scope, receive, send)
            return
        tag = _tag(scope)
        if tag in _known(Headers(scope=scope)):
            await Response(status_code=SAME, headers=_said(tag))(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == OK:
                headers = MutableHeaders(scope=message)
                if "etag" not in headers:
                    headers.update(_said(tag))
            await send(message)

        await self._app(scope, receive, tell)


def _tag(scope: Scope) -> str:
    """Return the tag of what is asked, taken before the answer is made: what is written meanwhile is news."""
    asked = scope["raw_path"] + b"?" + scope["query_string"]
    state = scope["app"].state.house.library.database.changes()
    digest = sha256(asked + state.encode() + __version__.encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def _known(headers: Headers) -> set[str]:
    return {one.strip() for one in headers.get("if-none-match", "").split(",")}


def _said(tag: str) -> dict[str, str]:
    return {"etag": tag, "cache-control": "private, no-cache"}
