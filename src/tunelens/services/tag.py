"""Writing what was heard into the files themselves, and taking it back."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Any, Self

from tunelens.base.errors import DataError, NotFoundError, TunelensError
from tunelens.base.extras import require
from tunelens.base.progress import Progress, Silent
from tunelens.library.filetags.journal import OPEN, UNDONE, WRITTEN, Entry, Journal
from tunelens.library.filetags.plan import Plan, make_plan
from tunelens.library.filetags.swap import target_of
from tunelens.library.filetags.whereabouts import numbers
from tunelens.library.filetags.writer import Writer, changed_since_heard, writing
from tunelens.library.identity import path_to_text, sha256_of
from tunelens.library.store import Library
from tunelens.library.track import Track
from tunelens.services.tag_proposals import TagOptions, propose

PAGE = 200
PLANNED, UNCHANGED, DONE, FAILED, TAKEN_BACK = "planned", "unchanged", "written", "failed", "undone"
Allowed = Callable[[Path], Path]


@dataclass(frozen=True)
class Tagged:
    """What became of one file.

    Parameters
    ----------
    path : Path
        The file, or what was given for one.
    state : {"planned", "unchanged", "written", "undone", "failed"}
        "unchanged" has nothing to be written.
    batch : int or None
        Which batch of the journal; None when nothing was written.
    plan : Plan or None
        What changes, or would change if the file could be written; None where that is not known.
    error : TunelensError or None
        Why it failed.
    """

    path: Path
    state: str
    batch: int | None = None
    plan: Plan | None = None
    error: TunelensError | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them, without the error."""
        planned = self.plan.to_dict() if self.plan else {"path": path_to_text(self.path)}
        return {**planned, "state": self.state, "batch": self.batch}

    def outcome(self) -> dict[str, Any]:
        """Return the fields as JSON knows them, and the error; for lists in which some have failed."""
        return {**self.to_dict(), "error": self.error and self.error.to_dict()}


def anywhere(path: Path) -> Path:
    """Let every file be touched."""
    return path


def tag(
    library: Library,
    refs: Sequence[str | int | Path] = (),
    where: str = "",
    options: TagOptions | None = None,
    *,
    write: bool = False,
    allowed: Allowed = anywhere,
    progress: Progress | None = None,
) -> Iterator[Tagged]:
    """Yield for each file what would be written into its tags; write it if `write`.

    A file that cannot be read or written is told of and does not stop the rest.

    Parameters
    ----------
    library : Library
        Where it was heard.
    refs : sequence of str, int or Path
        Tracks as `Library.get` takes them, or folders; all tracks if left out. A whole number is nothing but
        the number of a track.
    where : str
        A filter that they must match too, see `tunelens.library.query`.
    options : TagOptions, optional
        Which fields, how sure, under which policy.
    write : bool
        Write it; without it nothing is touched.
    allowed : callable
        Returns a file that may be touched, and raises for any other.
    progress : Progress, optional
        Told of every file.

    Raises
    ------
    MissingDependencyError
        mutagen is not installed.
    ParameterError
        `where` is not a filter.
    DataError
        Another process is writing tags for the same library.
    """
    require("mutagen")
    options = options or TagOptions()
    chosen, lost = _chosen(library, refs, where)
    plans = _plans(library, chosen, options, allowed)
    done = chain(lost, _all_written(library, plans, options) if write else plans)
    yield from _followed(done, len(lost) + len(chosen), progress or Silent())


def _all_written(library: Library, plans: Iterator[Tagged], options: TagOptions) -> Iterator[Tagged]:
    with writing(library) as writer:
        for planned in plans:
            yield _written(writer, planned, options) if planned.state == PLANNED else planned


def _followed(work: Iterable[Tagged], total: int, progress: Progress) -> Iterator[Tagged]:
    progress.start(total, "files")
    try:
        for one in work:
            yield one
            progress.advance(str(one.path), ok=one.error is None)
    finally:
        progress.finish()


@dataclass(frozen=True)
class Page:
    """Some of the files that a plan is about.

    Parameters
    ----------
    tagged : tuple of Tagged
        What would become of each.
    total : int
        How many there are in all.
    """

    tagged: tuple[Tagged, ...]
    total: int


def plan_page(
    library: Library,
    refs: Sequence[str | int | Path] = (),
    where: str = "",
    options: TagOptions | None = None,
    *,
    limit: int = PAGE,
    offset: int = 0,
    allowed: Allowed = anywhere,
) -> Page:
    """Tell of `limit` files, after the first `offset`, what `tag` would write; nothing is touched."""
    require("mutagen")
    chosen, lost = _chosen(library, refs, where)
    first = max(0, offset - len(lost))
    some = chosen[first : max(first, offset + limit - len(lost))]
    plans = _plans(library, some, options or TagOptions(), allowed)
    return Page((*lost[offset : offset + limit], *plans), len(lost) + len(chosen))


def _chosen(library: Library, refs: Sequence[str | int | Path], where: str) -> tuple[list[int], list[Tagged]]:
    """Return the numbers of the tracks that are meant, and what means none."""
    if not refs:
        return numbers(library, where), []
    matching = set(numbers(library, where)) if where.strip() else None
    meant: dict[int, None] = {}
    lost = []
    for ref in refs:
        try:
            meant.update(dict.fromkeys(_meant(library, ref, where)))
        except TunelensError as error:
            lost.append(Tagged(Path(str(ref)), FAILED, error=error))
    return [number for number in meant if matching is None or number in matching], lost


def _meant(library: Library, ref: str | int | Path, where: str) -> list[int]:
    if isinstance(ref, int) or not os.path.isdir(ref):  # noqa: PTH112 - never raises
        return [library.track(ref).id]
    found = numbers(library, where, Path(ref))
    if not found:
        raise NotFoundError(f"no such track is in {str(ref)!r}", hint="tunelens analyze hears a folder")
    return found


def _plans(library: Library, chosen: list[int], options: TagOptions, allowed: Allowed) -> Iterator[Tagged]:
    left = iter(chosen)
    while page := list(islice(left, PAGE)):
        for track in library.tracks_by_id(page):
            yield _planned(library, track, options, allowed)


def _planned(library: Library, track: Track, options: TagOptions, allowed: Allowed) -> Tagged:
    believed = None
    try:
        allowed(track.path)
        said = library.predictions([track.id]).get(track.id, {})
        plan = make_plan(track.path, track.sha256, propose(track, said, options), options.policies)
        if plan.values:  # what would be refused when it is written is refused already
            _check_heard(track)
            believed = plan
            target_of(track.path)
    except (TunelensError, OSError) as error:
        return Tagged(track.path, FAILED, plan=believed, error=_told(track.path, error))
    return Tagged(track.path, PLANNED if plan.values else UNCHANGED, plan=plan)


def _check_heard(track: Track) -> None:
    status = track.path.stat()
    known = (track.size_bytes, track.mtime_ns)
    if (status.st_size, status.st_mtime_ns) != known and sha256_of(track.path) != track.sha256:
        raise changed_since_heard(track.path)


def _told(path: Path, error: TunelensError | OSError) -> TunelensError:
    if isinstance(error, TunelensError):
        return error
    if isinstance(error, FileNotFoundError):
        return NotFoundError(f"{str(path)!r} has gone", hint="tunelens analyze finds where it went")
    return DataError(f"{str(path)!r} cannot be read or written: {error.strerror or error}")


def _written(writer: Writer, planned: Tagged, options: TagOptions) -> Tagged:
    assert planned.plan is not None
    try:
        writer.write(planned.plan, keep_mtime=options.keep_mtime)
    except (TunelensError, OSError) as error:
        return Tagged(planned.path, FAILED, plan=planned.plan, error=_told(planned.path, error))
    return Tagged(planned.path, DONE, writer.batch, planned.plan)


def undo(library: Library, batch: int | None = None, *, progress: Progress | None = None) -> Iterator[Tagged]:
    """Restore the files of a batch byte for byte, the last that stands if None; yield what became of each.

    Raises
    ------
    NotFoundError
        There is no such batch, or nothing to be undone.
    DataError
        Another process is writing tags for the same library.
    """
    with writing(library) as writer:
        entries = _standing(writer.journal, batch)
        done = (_undone(writer, entry) for entry in reversed(entries))
        yield from _followed(done, len(entries), progress or Silent())


def _undone(writer: Writer, entry: Entry) -> Tagged:
    try:
        path = writer.undo(entry)
    except (TunelensError, OSError) as error:
        return Tagged(entry.path, FAILED, entry.batch, error=_told(entry.path, error))
    return Tagged(path, TAKEN_BACK, entry.batch)


def _standing(journal: Journal, batch: int | None) -> list[Entry]:
    entries = journal.entries(batch, states=(WRITTEN, *OPEN))
    if batch is None and entries:
        last = max(entry.batch for entry in entries)
        entries = [entry for entry in entries if entry.batch == last]
    if not entries:
        what = "nothing" if batch is None else f"nothing of batch {batch}"
        raise NotFoundError(f"there is {what} to be undone", hint="tunelens tag --history lists the batches")
    return entries


@dataclass(frozen=True)
class Batch:
    """One run that wrote tags.

    Parameters
    ----------
    number : int
        What ``--undo`` takes.
    at : str
        When it began, ISO 8601, UTC.
    entries : tuple of Entry
        Its files.
    """

    number: int
    at: str
    entries: tuple[Entry, ...]

    def count(self, *states: str) -> int:
        """Return how many files are in one of `states`."""
        return sum(entry.state in states for entry in self.entries)

    def to_dict(self) -> dict[str, Any]:
        """Return the batch as a JSON object."""
        return {**self.summary(), "files": [entry.to_dict() for entry in self.entries]}

    def summary(self) -> dict[str, Any]:
        """Return the batch as a JSON object without its files."""
        counts = {"written": self.count(WRITTEN), "undone": self.count(UNDONE), "open": self.count(*OPEN)}
        return {"batch": self.number, "at": self.at, **counts}


def n_standing(library: Library, batch: int | None = None) -> int:
    """Return how many files `undo` would restore; errors as there."""
    return len(_standing(Journal(library), batch))


def history(library: Library, batch: int | None = None) -> list[Batch]:
    """Return what was written, the oldest first; or one batch alone, where there is such a one."""
    batches: dict[int, list[Entry]] = {}
    for entry in Journal(library).entries(batch):
        batches.setdefault(entry.batch, []).append(entry)
    return [Batch(number, some[0].at, tuple(some)) for number, some in batches.items()]


@dataclass(frozen=True)
class TagReport:
    """What became of many files.

    Parameters
    ----------
    batch : int or None
        What takes it back; None where nothing was written.
    counts : Mapping of str to int
        Files by state.
    tagged : tuple of Tagged
        The files, or where there are many those that failed.
    """

    batch: int | None
    counts: Mapping[str, int]
    tagged: tuple[Tagged, ...]

    @classmethod
    def of(cls, work: Iterable[Tagged], *, most: int | None = None) -> Self:
        """Do the work; with `most` only so many files are told, and only of those that failed."""
        counts: Counter[str] = Counter()
        told: list[Tagged] = []
        batch = None
        for one in work:
            counts[one.state] += 1
            batch = one.batch if one.batch is not None else batch
            if most is None or (one.error is not None and len(told) < most):
                told.append(one)
        return cls(batch, dict(counts), tuple(told))

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON object."""
        files = [one.outcome() for one in self.tagged]
        return {"batch": self.batch, "counts": dict(self.counts), "files": files}


__all__ = ["Batch", "TagOptions", "TagReport", "Tagged", "history", "n_standing", "plan_page", "tag", "undo"]
