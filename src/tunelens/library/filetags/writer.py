"""Writing a plan into its file, and taking it back.

The file itself is never opened for writing. A copy beside it is changed and looked at: its sound must be
that of the file, its other tags too, and a patch must turn it back exactly. Then the journal notes what is
about to happen, on the disk, and the copy takes the place of the file in one step.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tunelens.base.errors import DataError
from tunelens.library.filetags import formats, sound
from tunelens.library.filetags.journal import (
    ABANDONED,
    OPEN,
    PENDING,
    UNDOING,
    UNDONE,
    WRITTEN,
    Entry,
    Journal,
)
from tunelens.library.filetags.lock import only_one
from tunelens.library.filetags.patch import Sha256, apply_patch, make_patch
from tunelens.library.filetags.plan import Plan
from tunelens.library.filetags.swap import Target, beside, copy, dress, mark_of, swap, sweep, target_of
from tunelens.library.filetags.whereabouts import found_again
from tunelens.library.identity import sha256_of
from tunelens.library.store import Library

Step = Callable[[str], None]


def _nothing(_: str) -> None:
    """Do nothing at a step; tests end the process there."""


class Writer:
    """What changes files for one library, one process at a time; made by `writing`."""

    def __init__(self, library: Library, step: Step = _nothing) -> None:
        self._library = library
        self.journal = Journal(library)
        self.batch = self.journal.next_batch()
        self._mark = mark_of(library.path)
        self._step = step
        self._swept: set[Path] = set()

    def write(self, plan: Plan, *, keep_mtime: bool = False) -> None:
        """Write a plan.

        Raises
        ------
        NotFoundError
            The file has gone.
        DataError
            It was changed since it was heard, may not be replaced, or its tags cannot be written without
            changing something else. It is as it was.
        """
        target = target_of(plan.path)
        with self._beside(target) as temporary:
            if copy(target.path, temporary) != plan.sha256:
                raise changed_since_heard(plan.path)
            self._step("copied")
            formats.write(temporary, plan.kind, plan.values)
            self._step("edited")
            _check(target.path, temporary, plan)
            after_sha256 = sha256_of(temporary)
            facts = {
                "before_sha256": plan.sha256,
                "after_sha256": after_sha256,
                "before_mtime_ns": target.status.st_mtime_ns,
                "changes": [change.to_dict() for change in plan.changes if change.field in plan.values],
                "patch": _patch(target.path, temporary, plan),
            }
            dress(temporary, target, target.status.st_mtime_ns if keep_mtime else None)
            self._step("checked")
            number = self.journal.begin(self.batch, plan.path, facts)
            self._step("noted")
            self._replace(temporary, target, plan.path)
            with _replaced(plan.path):
                self.journal.settle(number, WRITTEN, plan.path, plan.sha256, after_sha256)

    def undo(self, entry: Entry) -> Path:
        """Restore the file of an entry, byte for byte and with its time of change; return where it is now.

        Raises
        ------
        NotFoundError
            The file has gone.
        DataError
            It was changed since by something else, or may not be replaced. It is as it was.
        """
        path = found_again(self._library, entry.path, entry.after_sha256)
        target = target_of(path)
        with self._beside(target) as temporary:
            digest = sha256_of(target.path)
            if digest == entry.before_sha256:  # somebody has restored it already
                self.journal.settle(entry.id, UNDONE, path, entry.after_sha256, digest)
                return path
            if digest != entry.after_sha256:
                raise self._changed_since(entry)
            with target.path.open("rb") as new, temporary.open("wb") as out:
                apply_patch(new, self.journal.patch(entry), out)
            if sha256_of(temporary) != entry.before_sha256:
                raise DataError(f"{str(entry.path)!r}: the journal does not give back what it was")
            dress(temporary, target, entry.before_mtime_ns)
            self._step("restored")
            self.journal.mark(entry.id, UNDOING)
            self._step("noted")
            self._replace(temporary, target, path)
            with _replaced(path):
                self.journal.settle(entry.id, UNDONE, path, entry.after_sha256, entry.before_sha256)
        return path

    def _changed_since(self, entry: Entry) -> DataError:
        later = [
            one.batch
            for one in self.journal.entries(states=(WRITTEN,))
            if one.path == entry.path and one.id > entry.id
        ]
        by = f"by batch {later[-1]}; undo that first" if later else "by another program"
        return DataError(f"{str(entry.path)!r} was changed since batch {entry.batch}, {by}")

    def _replace(self, temporary: Path, target: Target, path: Path) -> None:
        try:
            if not target.is_unchanged():
                raise DataError(f"{str(path)!r} was changed while it was written to", hint="run it again")
            swap(temporary, target)
        except BaseException:
            self.recover()  # whether it was replaced the file itself tells
            raise
        self._step("swapped")

    @contextmanager
    def _beside(self, target: Target) -> Iterator[Path]:
        folder = target.path.parent
        if folder not in self._swept:
            sweep(folder, self._mark)
            self._swept.add(folder)
        with beside(target, self._mark) as temporary:
            yield temporary

    def recover(self) -> list[Entry]:
        """Find out what became of files at which a process died; return those of which nobody can tell."""
        return [entry for entry in self.journal.entries(states=OPEN) if not self._recover(entry)]

    def _recover(self, entry: Entry) -> bool:
        before, after = entry.before_sha256, entry.after_sha256
        try:
            digest = sha256_of(entry.path)
        except OSError:  # it may be on a disk that is not there now
            return False
        sweep(Path(os.path.realpath(entry.path)).parent, self._mark)
        if digest == after:
            self.journal.settle(entry.id, WRITTEN, entry.path, before, after)
        elif digest == before:
            state = ABANDONED if entry.state == PENDING else UNDONE
            self.journal.settle(entry.id, state, entry.path, after, before)
        return digest in (before, after)


@contextmanager
def _replaced(path: Path) -> Iterator[None]:
    """Say of an error that comes after the file was replaced that it was."""
    try:
        yield
    except DataError as error:
        raise DataError(
            f"{str(path)!r} is changed, but that could not be noted: {error.message}",
            hint="the next --write or --undo notes it",
        ) from error


def changed_since_heard(path: Path) -> DataError:
    """Return the error for a file whose content is not what the library knows."""
    return DataError(f"{str(path)!r} was changed since it was heard", hint="tunelens analyze hears it again")


@contextmanager
def writing(library: Library, step: Step = _nothing) -> Iterator[Writer]:
    """Give what writes tags for `library`, after finding out what an earlier process left unfinished.

    Raises
    ------
    DataError
        Another process is writing tags for the same library.
    """
    with only_one(library.path):
        writer = Writer(library, step)
        writer.recover()
        yield writer


def _check(old: Path, new: Path, plan: Plan) -> None:
    """Refuse a copy that differs from its file in anything but what was asked for."""
    with old.open("rb") as a, new.open("rb") as b:
        same = sound.sound_sha256(a, plan.kind) == sound.sound_sha256(b, plan.kind)
    if not same or sound.packets_sha256(old, plan.kind) != sound.packets_sha256(new, plan.kind):
        raise DataError(
            f"{str(plan.path)!r}: its sound would not survive the change", hint="the file is left as it is"
        )
    before, after = formats.read(old, plan.kind), formats.read(new, plan.kind)
    if before.others != after.others:
        raise DataError(
            f"{str(plan.path)!r} has a tag that would not survive: it is damaged or of an unusual kind",
            hint="the file is left as it is; a tag editor can repair it",
        )
    wanted = {**before.values, **plan.values}
    if wanted != after.values:
        raise DataError(f"{str(plan.path)!r}: what was written reads back as something else")


def _patch(old: Path, new: Path, plan: Plan) -> bytes:
    """Return the patch that undoes the change, after trying it."""
    with old.open("rb") as a, new.open("rb") as b:
        moved = sound.shifts_of(sound.ranges_of(a, plan.kind), sound.ranges_of(b, plan.kind))
        patch = make_patch(a, b, moved)
        trial = Sha256()
        apply_patch(b, patch, trial)
    if trial.hexdigest() != plan.sha256:
        raise DataError(f"{str(plan.path)!r} was changed while it was written to", hint="run it again")
    return patch
