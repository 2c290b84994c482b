"""A library one can trust: check, back up, restore, rescue, count, vacuum."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.library.copies import Copy, keep, name_for
from tunelens.library.copies import back_up as _back_up
from tunelens.library.identity import path_to_text
from tunelens.library.store import Library
from tunelens.library.upkeep.bring_back import Restored
from tunelens.library.upkeep.bring_back import restore as _restore
from tunelens.library.upkeep.census import Census, count
from tunelens.library.upkeep.checks import Check, examine
from tunelens.library.upkeep.compact import Vacuumed
from tunelens.library.upkeep.compact import vacuum as _vacuum
from tunelens.library.upkeep.repairs import repair, wanted_of
from tunelens.library.upkeep.rescue import Rescued
from tunelens.library.upkeep.rescue import rescue as _rescue


@dataclass(frozen=True)
class Health:
    """What `check` found, and did.

    Parameters
    ----------
    path : Path
        The library.
    checks : tuple of Check
        As it is now.
    repaired : tuple of str
        Names of the checks whose part was rebuilt.
    kept : Path or None
        Copy of the library as it was before that.
    """

    path: Path
    checks: tuple[Check, ...]
    repaired: tuple[str, ...] = ()
    kept: Path | None = None

    @property
    def ok(self) -> bool:
        """Is nothing damaged?"""
        return all(check.ok is not False for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return the findings as a JSON object."""
        return {
            "ok": self.ok,
            "checks": [check.to_dict() for check in self.checks],
            "repaired": list(self.repaired),
            "kept": path_to_text(self.kept) if self.kept else None,
        }


def check(
    path: Path | None = None,
    *,
    mend: bool = False,
    quick: bool = False,
    progress: Progress | None = None,
) -> Health:
    """Look whether a library is sound.

    Parameters
    ----------
    path : Path, optional
        Its file; the default library if left out.
    mend : bool
        Rebuild what follows from the rest, after a copy was made.
    quick : bool
        Leave out what reads every index and every track.
    progress : Progress, optional
        Told of every track.

    Raises
    ------
    NotFoundError, DataError
        It is not there, or too damaged to be opened.
    """
    with Library.open(path, create=False) as library:
        found = examine(library, quick=quick, progress=progress)
        if not mend or not wanted_of(found):
            return Health(library.path, found)
        kept = keep(library.path, "before-repair")
        repaired = repair(library, found)
        return Health(library.path, examine(library, quick=quick, progress=progress), repaired, kept)


def back_up(
    path: Path | None = None,
    to: Path | None = None,
    *,
    force: bool = False,
    progress: Progress | None = None,
) -> Copy:
    """Copy a library while others write, and prove the copy.

    Parameters
    ----------
    path : Path, optional
        The library; the default one if left out.
    to : Path, optional
        Where the copy goes; beside the library, named after the moment, if left out.
    force : bool
        Replace what is at `to`.

    Raises
    ------
    NotFoundError
        There is no library.
    ParameterError
        `to` exists.
    DataError
        The library is damaged, or there is no room; what was at `to` is still there.
    """
    with Library.open(path, create=False) as library:
        return _back_up(library.path, to or name_for(library.path, "backup"), force=force, progress=progress)


def restore(backup: Path, path: Path | None = None, *, progress: Progress | None = None) -> Restored:
    """Bring a backup back to `path`, by default the default library; what was there is kept.

    Raises
    ------
    NotFoundError, DataError, ParameterError
        As `tunelens.library.upkeep.bring_back.restore` says; nothing has changed.
    """
    return _restore(backup, path or Settings.from_env().library, progress)


def rescue(path: Path | None, to: Path, *, force: bool = False, progress: Progress | None = None) -> Rescued:
    """Copy what can still be read of a damaged library into a new one.

    Raises
    ------
    NotFoundError, ParameterError, DataError
        As `tunelens.library.upkeep.rescue.rescue` says.
    """
    return _rescue(path or Settings.from_env().library, to, force=force, progress=progress)


def stats(path: Path | None = None) -> Census:
    """Count what is in a library."""
    with Library.open(path, create=False) as library:
        return count(library)


def vacuum(path: Path | None = None) -> Vacuumed:
    """Give back the room that a library does not use."""
    with Library.open(path, create=False) as library:
        return _vacuum(library)
