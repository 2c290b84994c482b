"""Every error Tunelens raises on purpose.

::

    TunelensError
    ├── ParameterError (ValueError)             a value is not allowed          exit 2   http 400
    │   └── QueryError                          a query cannot be read
    ├── UnknownNameError (LookupError)          a name is not registered        exit 2   http 404
    ├── AudioError                              a file cannot be heard          exit 3   http 422
    │   ├── DecodeError
    │   └── EmptyAudioError
    ├── DataError (ValueError)                  data has the wrong content      exit 3   http 422
    │   └── NoRoomError                         the disk is full                exit 3   http 507
    ├── NotFoundError                           a file, track or row is absent  exit 3   http 404
    ├── BundleError                             a model cannot be trusted       exit 4   http 409
    ├── MissingDependencyError (ImportError)    something must be installed     exit 4   http 501
    ├── AccessError                             a caller may not do this        exit 3   http 401
    │   └── ForbiddenError                      not from here, not like this    exit 3   http 403
    ├── TooLargeError                           more was sent than is taken     exit 3   http 413
    ├── BusyError                               too much at once; come again    exit 1   http 429
    └── WorkerError                             a worker died or went wrong     exit 1   http 500
        └── LateError                           an item took too long

A message says what, which value and what is allowed; ``hint`` says what to do next.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, ClassVar

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT, as shells have it."""


class TunelensError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    message : str
        What is wrong, with the value and what is allowed.
    hint : str, optional
        What to do next.

    Examples
    --------
    >>> DecodeError("'a.mp3' is not audio", hint="convert it").to_dict()
    {'code': 'decode', 'message': "'a.mp3' is not audio", 'hint': 'convert it'}
    """

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self.message, self.hint)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as the object that ``--json`` and the API print."""
        return {"code": self.code, "message": self.message, "hint": self.hint}


def _rebuild(kind: type[TunelensError], message: str, hint: str | None) -> TunelensError:
    return kind(message, hint=hint)


class ParameterError(TunelensError, ValueError):
    """A value is outside what is allowed."""

    code, exit_code, http_status = "parameter", 2, 400


class QueryError(ParameterError):
    """A query of the library cannot be read; the only error that knows a place.

    Parameters
    ----------
    message, hint : str
        As for any error.
    query : str
        The query.
    position : int
        Character of it that is wrong, from 0.
    """

    code = "query"

    def __init__(self, message: str, *, hint: str | None = None, query: str = "", position: int = 0) -> None:
        super().__init__(message, hint=hint)
        self.query = query
        self.position = position

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_query, (self.message, self.hint, self.query, self.position)

    def to_dict(self) -> dict[str, Any]:
        """Return the error as other errors are, and where in which query it is."""
        return {**super().to_dict(), "query": self.query, "position": self.position}


def _rebuild_query(message: str, hint: str | None, query: str, position: int) -> QueryError:
    return QueryError(message, hint=hint, query=query, position=position)


class UnknownNameError(TunelensError, LookupError):
    """A name is not registered; the message offers its neighbours."""

    code, exit_code, http_status = "unknown_name", 2, 404

    @classmethod
    def among(cls, kind: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """Build the error for `name`, naming the closest of `known`."""
        names = sorted(known)
        near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names) or 'none'}"
        return cls(f"unknown {kind} {name!r}", hint=hint)


class AudioError(TunelensError):
    """A file cannot be heard."""

    code, exit_code, http_status = "audio", 3, 422


class DecodeError(AudioError):
    """The bytes are not audio that any decoder here understands."""

    code = "decode"


class EmptyAudioError(AudioError):
    """The file is well formed and holds no samples."""

    code = "empty_audio"


class DataError(TunelensError, ValueError):
    """Data has the wrong content."""

    code, exit_code, http_status = "data", 3, 422


class NoRoomError(DataError):
    """The disk is full, or a quota is; what was finished before is kept."""

    code, http_status = "no_room", 507


class NotFoundError(TunelensError):
    """A file, track or row does not exist."""

    code, exit_code, http_status = "not_found", 3, 404


class BundleError(TunelensError):
    """A model or package cannot be trusted: wrong hash, version or content."""

    code, exit_code, http_status = "bundle", 4, 409


class MissingDependencyError(TunelensError, ImportError):
    """Something must be installed or fetched first."""

    code, exit_code, http_status = "missing_dependency", 4, 501

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        ImportError.__init__(self, message)
        TunelensError.__init__(self, message, hint=hint)


class AccessError(TunelensError):
    """A caller has not shown who it is."""

    code, exit_code, http_status = "access", 3, 401


class ForbiddenError(AccessError):
    """A caller may not do this, whoever it is."""

    code, http_status = "forbidden", 403


class TooLargeError(TunelensError):
    """More was sent than is taken."""

    code, exit_code, http_status = "too_large", 3, 413


class BusyError(TunelensError):
    """There is too much to do already; what is asked again later can be done."""

    code, exit_code, http_status = "busy", 1, 429


class WorkerError(TunelensError):
    """A worker process died or failed in a way nobody foresaw; only its item is lost."""

    code = "worker"


class LateError(WorkerError):
    """An item took longer than it may."""

    code = "late"
