"""A form with one file in it, taken from the wire to the disk piece by piece: nothing is held in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from tunelens.base.errors import ParameterError
from tunelens.services.jobs import Upload, Uploads
from tunelens.services.jobs.uploads import Receiving

FIELD = "file"
HINT = f"send multipart/form-data with one file in the field {FIELD!r}"


async def take(request: Request, uploads: Uploads, look: Callable[[Receiving], float | None]) -> Upload:
    """Receive the one file of a form and keep it, if `look` lets it pass.

    Parameters
    ----------
    request : Request
        Whose body is read as it comes.
    uploads : Uploads
        Where it is kept.
    look : callable
        Given what was received; returns how long it sounds, or raises.

    Raises
    ------
    ParameterError
        The body is no form, breaks off, or holds something else than one file.
    TunelensError
        What `Uploads.receive` and `look` raise; nothing is kept then.
    """
    form = _Form(uploads)
    parser = MultipartParser(_boundary(request), form.callbacks())
    try:
        async for data in request.stream():
            await run_in_threadpool(_feed, parser, data)
        return await run_in_threadpool(form.finish, look)
    finally:
        form.drop()


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise ParameterError("the body is no form", hint=HINT)
    return boundary


def _feed(parser: MultipartParser, data: bytes) -> None:
    try:
        parser.write(data)
    except FormParserError as error:
        raise ParameterError(f"the form cannot be read: {error}", hint=HINT) from None


class _Form:
    """What the parser finds: the headers of a part, then the bytes of it."""

    def __init__(self, uploads: Uploads) -> None:
        self._uploads = uploads
        self._name, self._value = b"", b""
        self._headers: dict[bytes, bytes] = {}
        self._file: Receiving | None = None
        self._ended = False

    def callbacks(self) -> Any:
        """Return what the parser calls."""
        return {
            "on_part_begin": self._headers.clear,
            "on_header_field": self._add_name,
            "on_header_value": self._add_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_file,
            "on_part_data": self._add_data,
            "on_end": self._end,
        }

    def _add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def _add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        self._headers[self._name.lower()] = self._value
        self._name, self._value = b"", b""

    def _begin_file(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        field = options.get(b"name", b"").decode("utf-8", "replace")
        if field != FIELD or b"filename" not in options:
            raise ParameterError(f"the form has a part {field[:100]!r} that is no file", hint=HINT)
        if self._file is not None:
            raise ParameterError("the form has several files", hint="send one at a time")
        self._file = self._uploads.receive(options[b"filename"].decode("utf-8", "replace"))

    def _add_data(self, data: bytes, start: int, end: int) -> None:
        assert self._file is not None
        self._file.write(data[start:end])

    def _end(self) -> None:
        self._ended = True

    def finish(self, look: Callable[[Receiving], float | None]) -> Upload:
        """Keep the file, which is whole."""
        if self._file is None or not self._ended:
            raise ParameterError("the form breaks off" if self._file else "the form is empty", hint=HINT)
        self._file.end()
        return self._file.finish(look(self._file))

    def drop(self) -> None:
        """Leave nothing half done."""
        if self._file is not None:
            self._file.drop()
