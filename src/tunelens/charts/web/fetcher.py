"""`Fetcher`: asks servers, politely and within bounds."""

from __future__ import annotations

import os
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from types import TracebackType
from typing import BinaryIO, Self

import httpcore
import httpx
import numpy as np

from tunelens.base.errors import DataError
from tunelens.base.version import __version__
from tunelens.charts.web.bodies import ACCEPTED, Truncated, copy_body
from tunelens.charts.web.limits import WebLimits
from tunelens.charts.web.pinned import LATE, Deadline, PinnedTransport

USER_AGENT = f"tunelens/{__version__}"
LONGEST_URL = 8_000
_PASSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_FIRST_PAUSE_S = 0.5


@dataclass(frozen=True)
class Question:
    """What is asked.

    Parameters
    ----------
    url : str
        ``http`` or ``https``.
    method : str
        ``GET`` or ``POST``.
    headers : Mapping of str to str
        Sent to every server that a redirect names.
    secrets : Mapping of str to str
        Headers that are sent to the first server alone.
    content : bytes
        Body of a ``POST``.
    content_types : tuple of str
        What the answer may be: ``type/subtype``, or ``type/`` for all of a type. Empty allows all.
    lax : bool
        Is an answer that does not say its type allowed?
    """

    url: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    content: bytes = b""
    content_types: tuple[str, ...] = ()
    lax: bool = True


@dataclass(frozen=True)
class Answer:
    """What came: the last address, the type without parameters, and the size of the body in bytes."""

    url: str
    content_type: str
    size_bytes: int


class _MayPass(Exception):  # noqa: N818 - a reason to ask again, mapped to a DataError when that is in vain
    def __init__(self, reason: str, after_s: float | None = None) -> None:
        super().__init__(reason)
        self.after_s = after_s


class Fetcher:
    """Asks one question after the other; use it as a context.

    Parameters
    ----------
    limits : WebLimits
        Bounds.
    allow_private : bool
        May addresses be asked that are not public?
    sleep : callable
        Waits that many seconds.
    """

    def __init__(
        self,
        limits: WebLimits,
        *,
        allow_private: bool = False,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.limits = limits
        self._sleep = sleep
        self._deadline = Deadline()
        self._ends = time.monotonic() + limits.total_s
        self._transport = PinnedTransport(self._deadline, allow_private=allow_private)
        self._jitter = np.random.default_rng()
        self._next = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transport.close()

    def fetch(self, question: Question, sink: BinaryIO) -> Answer:
        """Write the answer to `sink`, from its beginning.

        Raises
        ------
        DataError
            There is no usable answer; the message says the address without its query, and why.
        """
        where = told(question.url)
        for attempt in range(self.limits.retries + 1):
            try:
                return self._once(question, sink)
            except _MayPass as why:
                if attempt == self.limits.retries:
                    raise DataError(f"{where}: {why} ({_times(attempt + 1)})", hint=_hint(str(why))) from why
                self._pause(where, attempt, why)
            except DataError as error:
                message = error.message if where in error.message else f"{where}: {error.message}"
                raise DataError(message, hint=error.hint) from error
        raise AssertionError("unreachable")

    def _pause(self, where: str, attempt: int, why: _MayPass) -> None:
        # full jitter: many who were refused at one moment do not come back at one moment
        longest = self.limits.longest_wait_s
        wait_s = min(longest, _FIRST_PAUSE_S * 2**attempt) * float(self._jitter.uniform(0.5, 1))
        if why.after_s is not None:
            wait_s = why.after_s
        if wait_s > longest or time.monotonic() + wait_s > self._ends:
            raise DataError(f"{where}: {why}; asking again is allowed only after {wait_s:.0f} s") from why
        self._sleep(wait_s)

    @contextmanager
    def opened(self, question: Question) -> Iterator[tuple[Answer, Iterable[bytes]]]:
        """Give the body piece by piece as it comes, also one without end: radio.

        The time until it begins is bounded by `limits.answer_s`, that between two pieces by
        `limits.silence_s`; nothing bounds the whole, and `limits.body_bytes` is no matter.

        Raises
        ------
        DataError
            There is no usable answer, or nothing comes any more. A question is not repeated.
        """
        where = told(question.url)
        try:
            with self._followed(question) as (url, response):
                kind = _checked_type(question, response)
                if response.headers.get("content-encoding", "identity") != "identity":
                    raise DataError("the answer is packed, which was not asked for")
                self._deadline.at = float("inf")
                yield Answer(str(url), kind, 0), _pieces(response, where)
        except _MayPass as why:
            raise DataError(f"{where}: {why}", hint=_hint(str(why))) from why

    def _once(self, question: Question, sink: BinaryIO) -> Answer:
        with self._followed(question) as (url, response):
            return self._received(question, url, response, sink)

    @contextmanager
    def _followed(self, question: Question) -> Iterator[tuple[httpx.URL, httpx.Response]]:
        """Ask, follow redirects, and give the answer that is none."""
        url = checked(question.url)
        home, content, method = _origin(url), question.content, question.method
        self._begin()
        for _ in range(self.limits.redirects + 1):
            headers = {**question.headers, **(question.secrets if _origin(url) == home else {})}
            with closing(self._send(method, url, headers, content)) as response:
                if response.status_code not in _REDIRECTS:
                    yield url, response
                    return
                if response.status_code == HTTPStatus.SEE_OTHER:
                    method, content = "GET", b""
                url = _redirected(url, response)
        raise DataError(f"more than {self.limits.redirects} redirects")

    def _begin(self) -> None:
        """Wait for the turn of a request, and start its clock."""
        now = time.monotonic()
        if now >= self._ends:
            raise DataError(f"more than {self.limits.total_s:g} s in all")
        if self._next > now:
            self._sleep(self._next - now)
        start = time.monotonic()
        self._next = start + 1 / self.limits.per_second
        self._deadline.at = min(start + self.limits.answer_s, self._ends)

    def _send(
        self, method: str, url: httpx.URL, headers: Mapping[str, str], content: bytes
    ) -> httpx.Response:
        plain = {"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED}
        waits = dict.fromkeys(("connect", "read", "write", "pool"), self.limits.silence_s)
        try:
            request = httpx.Request(
                method, url, headers={**plain, **headers}, content=content, extensions={"timeout": waits}
            )
            return self._transport.handle_request(request)
        except (httpcore.LocalProtocolError, httpcore.UnsupportedProtocol, UnicodeError, ValueError) as error:
            if isinstance(error, DataError):
                raise
            # what the library says would show the header, and so a secret
            raise DataError("the request holds characters that cannot be sent") from None
        except _BROKEN as error:
            cause = error.args[0] if error.args else None
            if isinstance(cause, ssl.SSLCertVerificationError):
                raise DataError(f"its certificate is not trusted ({cause.verify_message})") from error
            raise _MayPass(_reason(error)) from error

    def _received(
        self, question: Question, url: httpx.URL, response: httpx.Response, sink: BinaryIO
    ) -> Answer:
        kind = _checked_type(question, response)
        length = response.headers.get("content-length", "")
        if length.isdecimal() and int(length) > self.limits.body_bytes:
            raise DataError(f"the answer has {length} bytes; at most {self.limits.body_bytes} are taken")
        sink.seek(0)
        sink.truncate()
        try:
            size = copy_body(
                response.stream,  # type: ignore[arg-type]
                response.headers.get("content-encoding", ""),
                sink,
                self.limits.body_bytes,
            )
        except Truncated as error:
            raise _MayPass("the answer ends early") from error
        except _BROKEN as error:
            raise _MayPass(_reason(error)) from error
        return Answer(str(url), kind, size)


_BROKEN = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.RemoteProtocolError)


def _reason(error: Exception) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return "no answer for too long"
    if isinstance(error, httpcore.RemoteProtocolError):
        return f"the answer is broken or ends early ({str(error)[:120]})"
    return f"the connection failed ({str(error)[:120]})"


def _hint(reason: str) -> str | None:
    proxy = any(os.environ.get(name) for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"))
    if proxy and "connection" in reason:
        return "proxies named in the environment are not used: fetch the chart with another program"
    return None


def _times(n: int) -> str:
    return "asked once" if n == 1 else f"asked {n} times"


def _checked_type(question: Question, response: httpx.Response) -> str:
    """Return the type of a good answer; raise where it is none, or of another type than was asked for."""
    _check_status(response)
    kind: str = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    check_type(kind, question.content_types, lax=question.lax)
    return kind


def _pieces(response: httpx.Response, where: str) -> Iterator[bytes]:
    try:
        yield from response.stream  # type: ignore[misc]
    except _BROKEN as error:
        raise DataError(f"{where}: {_reason(error)}") from error


def _check_status(response: httpx.Response) -> None:
    status = response.status_code
    if status == HTTPStatus.OK:
        return
    name = f"the server says {status} {response.reason_phrase}".rstrip()
    if status in _PASSES:
        raise _MayPass(name, _retry_after(response.headers.get("retry-after", "")))
    hint = "check the environment variables that the headers take" if status in {401, 403} else None
    raise DataError(name, hint=hint)


def _retry_after(text: str) -> float | None:
    """Return the seconds that a server asks to wait, as a number or as a date."""
    if text.strip().isdecimal():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())


def check_type(kind: str, allowed: tuple[str, ...], *, lax: bool = True) -> None:
    """Raise `DataError` where an answer is of a type that is not allowed.

    Examples
    --------
    >>> check_type("application/json", ("application/json",))
    >>> check_type("audio/mpeg", ("audio/",))
    >>> check_type("text/html", ("audio/",))
    Traceback (most recent call last):
        ...
    tunelens.base.errors.DataError: the answer is of type 'text/html'; audio/ is needed
    """
    if not allowed or (lax and not kind):
        return
    if not any(kind == one or (one.endswith("/") and kind.startswith(one)) for one in allowed):
        raise DataError(f"the answer is of type {kind[:60]!r}; {', '.join(allowed)} is needed")


def checked(url: str) -> httpx.URL:
    """Return an address that may be asked, as far as it can be told from what is written.

    Raises
    ------
    DataError
        It is none, neither http nor https, too long, or holds a password.
    """
    if len(url) > LONGEST_URL:
        raise DataError(f"an address has {len(url)} characters; at most {LONGEST_URL} are allowed")
    try:
        parsed = httpx.URL(url)
        host = parsed.host  # only reading it decodes a name such as xn--
    except (httpx.InvalidURL, ValueError, TypeError) as error:
        raise DataError(f"{told(url)!r} is no address") from error
    if parsed.scheme not in {"http", "https"} or not host:
        raise DataError(f"{told(url)!r} is no address of http or https")
    if parsed.userinfo:
        raise DataError("an address holds a name or a password", hint="use a header, see docs/charts.md")
    return parsed


def _redirected(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    place = response.headers.get("location", "")
    if not place:
        raise DataError("a redirect leads nowhere")
    try:
        joined = str(url.join(place))
    except (httpx.InvalidURL, ValueError) as error:
        raise DataError("a redirect leads to no address") from error
    return checked(joined)


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def told(url: str) -> str:
    """Return an address as a message may show it: without query, name and password, and not endless.

    Examples
    --------
    >>> told("https://me:secret@example.org/top?token=secret#x")
    'https://example.org/top'
    """
    plain = url.partition("#")[0].partition("?")[0]
    scheme, colon, rest = plain.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}{colon}{host.rpartition('@')[2]}{slash}{path}"[:300]


__all__ = ["LATE", "Answer", "Fetcher", "Question", "check_type", "checked", "told"]
