"""`Caller`: how operations are called; errors, long work, pages, files."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

from tunelens.base.errors import ParameterError, QueryError, TunelensError, WorkerError
from tunelens.base.extras import require
from tunelens.base.files import atomic_path, check_writable

PREFIX = "/api/v1"
PAGE = 200
ENDED = ("done", "failed", "cancelled")
MOST_TRIES = 5
"""A watched job whose line is cut is asked for so often before that is an error."""
Job = dict[str, Any]
PathLike = str | os.PathLike[str]


class Caller:
    """What all operations share; parameters as `Client` has them."""

    def __init__(
        self, address: str = "http://127.0.0.1:8765", token: str | None = None, *, timeout_s: float = 60.0
    ) -> None:
        if urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname:
            raise ParameterError(f"{address!r} is no address", hint="say http://127.0.0.1:8765")
        self.address = address.rstrip("/")
        self._httpx = require("httpx")
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._http = self._httpx.Client(
            base_url=self.address + PREFIX, headers=headers, timeout=timeout_s, follow_redirects=False
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def every(self, operation: Callable[..., Any], **asked: Any) -> Iterator[dict[str, Any]]:
        """Yield all items of an operation that answers in pages, a page in memory at a time.

        Parameters
        ----------
        operation : callable
            A method that takes ``limit`` and ``offset``, say ``client.find_tracks``.
        asked
            What else it takes.
        """
        offset = 0
        while True:
            page = operation(**asked, limit=PAGE, offset=offset)
            yield from page["items"]
            offset += len(page["items"])
            if not page["items"] or offset >= page["total"]:
                return

    def wait(self, job: Job | str, *, progress: Callable[[Job], None] | None = None) -> Job:
        """Wait until a job has ended, and return it.

        A line that is cut, or a server that starts again, does not end the wait: jobs survive both.

        Parameters
        ----------
        job : dict or str
            What the operation returned, or its ``id``.
        progress : callable, optional
            Called with the job whenever something has changed.

        Raises
        ------
        TunelensError
            The job failed: the error that it failed of. Or there is no such job, or no server any more.
        """
        id = job if isinstance(job, str) else job["id"]
        tries = 0
        while True:
            try:
                for told in self._events(f"/jobs/{quoted(id)}/events"):
                    tries = 0
                    if progress is not None:
                        progress(told)
                    if told["state"] in ENDED:
                        return _ended(told)
            except WorkerError:
                tries += 1
                if tries >= MOST_TRIES:
                    raise
            now = self._answer("GET", f"/jobs/{quoted(id)}")
            if now["state"] in ENDED:
                return _ended(now)

    def _answer(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, Any] | None = None,
        files: Mapping[str, PathLike] | None = None,
    ) -> Any:
        """Call an operation and return its result; what is None is not sent."""
        with ExitStack() as opened, self._talking():
            sent = {name: _opened(place, opened) for name, place in (files or {}).items()}
            answered = self._http.request(
                method,
                path,
                params=_given(params),
                json=None if body is None else _given(body),
                data=_given(form) or None,
                files=sent or None,
            )
        _require_good(answered)
        return answered.json()["result"] if answered.content else None

    def _fetch(
        self, path: str, out: PathLike, *, params: Mapping[str, Any] | None = None, force: bool = False
    ) -> Path:
        """Write what an operation answers to a file, whole or not at all."""
        target = check_writable(Path(out), force=force)
        with self._talking(), self._http.stream("GET", path, params=_given(params)) as answered:
            if answered.status_code >= 400:
                answered.read()
            _require_good(answered)
            with atomic_path(target) as temporary, temporary.open("wb") as file:
                for piece in answered.iter_bytes():
                    file.write(piece)
        return target

    def _events(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the data of server-sent events."""
        wait = self._httpx.Timeout(self._http.timeout.connect, read=60.0)
        with self._talking(), self._http.stream("GET", path, timeout=wait) as answered:
            if answered.status_code >= 400:
                answered.read()
            _require_good(answered)
            for line in answered.iter_lines():
                if line.startswith("data:"):
                    yield json.loads(line[5:])

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            yield
        except self._httpx.TransportError as error:
            raise WorkerError(
                f"{self.address!r} does not answer: {error}", hint="tunelens serve starts a server"
            ) from error


def error_of(told: Mapping[str, Any]) -> TunelensError:
    """Return the error that a server told, of the class that it has here.

    Examples
    --------
    >>> error_of({"code": "not_found", "message": "there is no track 7", "hint": None})
    NotFoundError('there is no track 7')
    """
    kind = _kinds(TunelensError).get(str(told.get("code")), TunelensError)
    message, hint = str(told.get("message", "")), told.get("hint")
    if issubclass(kind, QueryError):
        place = {name: told[name] for name in ("query", "position") if name in told}
        return kind(message, hint=hint, **place)
    return kind(message, hint=hint)


def _kinds(kind: type[TunelensError]) -> dict[str, type[TunelensError]]:
    found = {kind.code: kind}
    for one in kind.__subclasses__():
        found = {**_kinds(one), **found}
    return found


def _require_good(answered: Any) -> None:
    if answered.status_code < 300:
        return
    try:
        told = answered.json()["error"]
    except (ValueError, KeyError, TypeError):
        told = {"code": "worker", "message": f"{answered.url} answers {answered.status_code}"}
    raise error_of(told)


def _ended(job: Job) -> Job:
    if job["state"] == "failed" and job.get("error"):
        raise error_of(job["error"])
    return job


def _given(values: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in (values or {}).items() if value is not None}


def _opened(place: PathLike, opened: ExitStack) -> tuple[str, Any]:
    path = Path(place)
    if not path.is_file():
        raise ParameterError(f"{str(path)!r} is no file")
    return path.name, opened.enter_context(path.open("rb"))


def quoted(value: object) -> str:
    """Return a value as a part of a path.

    Examples
    --------
    >>> quoted("夜/曲")
    '%E5%A4%9C%2F%E6%9B%B2'
    """
    return quote(str(value), safe="")
