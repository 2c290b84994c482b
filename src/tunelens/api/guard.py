"""Who is let in: `Host` and `Origin` are ours, a token is shown where one is needed.

A page of another site, opened in the same browser, can send requests to this machine. What keeps it out:
its `Origin` and `Sec-Fetch-Site` (no writing from elsewhere), the `Host` (a name of the attacker's that was
made to point here is not ours), and the absence of CORS headers (it may not read the answers).
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tunelens.api.keys import Access, caller_of
from tunelens.api.options import LOOPBACK, ServeOptions
from tunelens.api.problems import problem
from tunelens.base.errors import AccessError, ForbiddenError, TunelensError

COOKIE = "tunelens"
SAFE = ("GET", "HEAD", "OPTIONS")
OPEN = ("/api/v1/health", "/api/v1/session", "/api/v1/info")
"""What is asked without a token: is the server well, may I come in, what is there to come into."""

GUARDED = ("/api/", "/metrics")
"""The rest is the page: files that everybody may have."""

PAGE_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "media-src 'self' blob:; connect-src 'self'; worker-src 'self' blob:; frame-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
}


class Guard:
    """The middleware that lets in.

    Parameters
    ----------
    app : ASGI application
        What is guarded.
    options : ServeOptions
        Where the server listens, and whose pages may call.
    access : Access
        Who has shown a token.
    """

    def __init__(self, app: ASGIApp, options: ServeOptions, access: Access) -> None:
        self._app, self._options, self._access = app, options, access
        self._sites = {urlsplit(one).netloc.lower() for one in options.allow_origins}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            scope.setdefault("state", {})["user"] = self._let_in(scope)
        except TunelensError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send if scope["type"] == "websocket" else _guarded(send))

    def _let_in(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        self._check_host(headers)
        if scope["type"] == "websocket" or scope["method"] not in SAFE:
            self._check_origin(headers)
        return self._user(scope, headers)

    def _check_host(self, headers: Headers) -> None:
        host = headers.get("host", "").lower()
        name = host.rpartition(":")[0] if host.rpartition(":")[2].isdecimal() else host
        if self._options.is_loopback and name.strip("[]") not in LOOPBACK and host not in self._sites:
            raise ForbiddenError(
                f"this server is not called {host[:100]!r}",
                hint="call it localhost, or name the site with --allow-origin",
            )

    def _check_origin(self, headers: Headers) -> None:
        origin, site = headers.get("origin"), headers.get("sec-fetch-site", "none")
        if origin in self._options.allow_origins:
            return
        ours = origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()
        if not ours or site not in ("same-origin", "none"):
            raise ForbiddenError(
                f"a page of {origin or 'another site'!r} may not do this",
                hint="--allow-origin lets its pages in",
            )

    def _user(self, scope: Scope, headers: Headers) -> str:
        """Return who asks: "" where nobody needs to say."""
        if not self._access.keys:
            return ""
        path, user = scope["path"], self._shown(headers, caller_of(scope))
        if user is None and path.startswith(GUARDED) and not path.startswith(OPEN):
            raise AccessError(
                "a token is needed",
                hint="send it as `Authorization: Bearer TOKEN`, or POST it to /api/v1/session",
            )
        return user or ""

    def _shown(self, headers: Headers, caller: str) -> str | None:
        kind, _, token = headers.get("authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._access.user_of(token.strip(), caller)
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        return self._access.sessions.user_of(cookie) if cookie else None


def _guarded(send: Send) -> Send:
    """Say with each answer what a browser may do with it, where the route has not said it."""

    async def tell(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return tell


async def _refuse(error: TunelensError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": error.message})
        return
    answer = problem(Request(scope), error)
    if isinstance(error, AccessError) and not isinstance(error, ForbiddenError):
        answer.headers["www-authenticate"] = "Bearer"
    await answer(scope, receive, _guarded(send))


def user_of(connection: HTTPConnection) -> str:
    """Return who asks, as the guard has found; "" where nobody needs to say."""
    return str(connection.scope.get("state", {}).get("user", ""))


TheUser = Annotated[str, Depends(user_of)]
