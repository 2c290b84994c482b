"""What a scan must do: which files are new, changed, outdated, moved, or known to be broken."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tunelens.base.batches import batched
from tunelens.base.errors import (
    AudioError,
    DecodeError,
    EmptyAudioError,
    LateError,
    NotFoundError,
    TunelensError,
)
from tunelens.library.analysis import covers
from tunelens.library.identity import FileStamp, sha256_of
from tunelens.library.store import Failure, Known, Library

# Failures that would come again, at a price, without a change of the file or of Tunelens.
LASTING = frozenset({DecodeError.code, EmptyAudioError.code, LateError.code})
BATCH = 500


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with one file.

    Parameters
    ----------
    path : Path
        The file.
    stamp : FileStamp or None
        Its size and time when it was looked at.
    action : str
        "hear", "skip" (up to date), "moved" (recognised by its content) or "failed".
    error : TunelensError or None
        Why it failed.
    """

    path: Path
    stamp: FileStamp | None
    action: str
    error: TunelensError | None = None


@dataclass(frozen=True)
class Policy:
    """What counts as up to date.

    Parameters
    ----------
    versions : Mapping of str to str
        What a track must have been heard with, see `Analysis.versions`.
    program : str
        Version of Tunelens; failures of another one are tried again.
    force : bool
        Hear everything again.
    retry : bool
        Try failed files again.
    """

    versions: Mapping[str, str]
    program: str
    force: bool = False
    retry: bool = False

    def is_current(self, known: Known) -> bool:
        """Need the content of `known` not be heard again?"""
        return not self.force and covers(known.versions, self.versions)

    def stands(self, failure: Failure | None, stamp: FileStamp) -> bool:
        """Would the file fail again as it did?"""
        if failure is None or self.force or self.retry:
            return False
        return (failure.stamp, failure.program) == (stamp, self.program) and failure.code in LASTING


def plan(paths: Iterable[Path], library: Library, policy: Policy) -> Iterator[Step]:
    """Yield one step per file; moved files are told to the library at once."""
    for batch in batched(paths, BATCH):
        yield from _plan_batch(batch, library, policy)


def _plan_batch(paths: list[Path], library: Library, policy: Policy) -> Iterator[Step]:
    stamps = {path: _stamp(path) for path in paths}
    sizes = {stamp.size_bytes for stamp in stamps.values() if isinstance(stamp, FileStamp)}
    judge = _Judge(library, policy, library.known(paths), library.failures(paths), library.known_sizes(sizes))
    for path, stamp in stamps.items():
        if isinstance(stamp, TunelensError):
            yield Step(path, None, "failed", stamp)
            continue
        try:
            yield judge.step(path, stamp)
        except OSError as error:
            yield Step(path, stamp, "failed", _refused(path, error))


@dataclass(frozen=True)
class _Judge:
    library: Library
    policy: Policy
    known: Mapping[Path, Known]
    failures: Mapping[Path, Failure]
    by_size: Mapping[int, list[Known]]

    def step(self, path: Path, stamp: FileStamp) -> Step:
        failure = self.failures.get(path)
        if failure is not None and self.policy.stands(failure, stamp):
            return Step(path, stamp, "failed", error_of(failure))
        known = self.known.get(path)
        if known is not None and self._is_unchanged(path, stamp, known):
            return Step(path, stamp, "skip" if self.policy.is_current(known) else "hear")
        origin = None if known is not None else self._origin(path, stamp)
        if origin is not None and self.library.relocate(origin, path, stamp):
            return Step(path, stamp, "moved" if self.policy.is_current(origin) else "hear")
        return Step(path, stamp, "hear")

    def _is_unchanged(self, path: Path, stamp: FileStamp, known: Known) -> bool:
        """Size and time tell; where only the time differs the content decides, and the time is noted."""
        if stamp == known.stamp:
            return True
        if stamp.size_bytes != known.stamp.size_bytes or sha256_of(path) != known.sha256:
            return False
        return self.library.relocate(known, path, stamp)

    def _origin(self, path: Path, stamp: FileStamp) -> Known | None:
        """Return the track whose file has gone and had the content that `path` has."""
        gone = [known for known in self.by_size.get(stamp.size_bytes, ()) if not os.path.lexists(known.path)]
        if not gone:
            return None
        digest = sha256_of(path)
        return next((known for known in gone if known.sha256 == digest), None)


def _stamp(path: Path) -> FileStamp | TunelensError:
    try:
        return FileStamp.of(path)
    except OSError as error:
        return _refused(path, error)


def _refused(path: Path, error: OSError) -> TunelensError:
    if isinstance(error, FileNotFoundError):
        return NotFoundError(f"{str(path)!r} does not exist")
    return AudioError(
        f"{str(path)!r} cannot be read: {error.strerror or error}", hint="change its permissions"
    )


def error_of(failure: Failure) -> TunelensError:
    """Return the error that `failure` remembers."""
    kinds: dict[str, type[TunelensError]] = {}
    for kind in _kinds(TunelensError):
        kinds.setdefault(kind.code, kind)
    return kinds.get(failure.code, TunelensError)(failure.message, hint=failure.hint)


def _kinds(kind: type[TunelensError]) -> Iterator[type[TunelensError]]:
    yield kind
    for below in kind.__subclasses__():
        yield from _kinds(below)
