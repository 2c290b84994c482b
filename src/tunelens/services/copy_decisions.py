"""What a person decided of files that seem to be copies: kept beside the library, by the sound of the files.

A decision is about two contents (SHA-256), so that it outlives a file that is moved or heard anew.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.base.files import atomic_path
from tunelens.library.store import Library
from tunelens.services.duplicates import Duplicates, Group, script

SPARE, OTHER = DECISIONS = ("spare", "other")
"""A copy that may go, and a file that is no copy at all."""
_LOCK = Lock()
_FORMAT = 1
MOST = 200_000
MOST_BYTES = 64_000_000
Pair = tuple[str, str]


@dataclass(frozen=True)
class Decided:
    """What was decided of one file beside the one that is kept.

    Parameters
    ----------
    keep, copy : int
        Numbers of the tracks.
    decision : str or None
        One of `DECISIONS`; None: nobody decided.
    """

    keep: int
    copy: int
    decision: str | None

    def to_dict(self) -> dict[str, int | str | None]:
        """Return the fields as JSON knows them."""
        return dict(vars(self))


def decide(library: Library, keep: int, copy: int, decision: str | None) -> Decided:
    """Keep what a person decided of two files; None takes it back.

    Raises
    ------
    UnknownNameError
        `decision` is none of `DECISIONS`.
    ParameterError
        Both are one track, or too much was decided.
    NotFoundError
        There is no such track.
    DataError
        The file of decisions cannot be read or written.
    """
    if decision is not None and decision not in DECISIONS:
        raise UnknownNameError.among("decision", decision, DECISIONS)
    if keep == copy:
        raise ParameterError(f"track {keep} is no copy of itself")
    pair = (library.track(keep).sha256, library.track(copy).sha256)
    with _LOCK:
        held = _read(_path(library))
        if decision is None:
            held.pop(pair, None)
        else:
            held[pair] = decision
        if len(held) > MOST:
            raise ParameterError(f"{len(held):,} decisions; {MOST:,} are kept at most")
        _write(_path(library), held)
    return Decided(keep, copy, decision)


def decisions(library: Library, found: Duplicates | Iterable[Group]) -> list[Decided]:
    """Return what was decided of the copies that were found."""
    held = _read(_path(library))
    return [
        Decided(group.keep.id, copy.track.id, told)
        for group in _groups(found)
        for copy in group.copies
        if (told := held.get((group.keep.sha256, copy.track.sha256)))
    ]


def spare_script(library: Library, found: Duplicates) -> bytes:
    """Return a shell script that asks about each copy that was decided to be spare, and no other file."""
    spare = {(one.keep, one.copy) for one in decisions(library, found) if one.decision == SPARE}
    groups = [
        replace(group, copies=tuple(one for one in group.copies if (group.keep.id, one.track.id) in spare))
        for group in found.groups
    ]
    return script([group for group in groups if group.copies])


def _groups(found: Duplicates | Iterable[Group]) -> Iterable[Group]:
    return found.groups if isinstance(found, Duplicates) else found


def _path(library: Library) -> Path:
    return library.path.with_name(f"{library.path.name}.copies.json")


def _read(path: Path) -> dict[Pair, str]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DataError(f"{path.name} is too large to be what was written")
        held = json.loads(path.read_text("utf-8"))
        if held["format"] != _FORMAT:
            raise DataError(f"{path.name} was written by a newer Tunelens")
        return {(str(a), str(b)): str(told) for a, b, told in held["decided"]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise DataError(f"{path.name} is damaged: {error}", hint="put it away to begin anew") from error


def _write(path: Path, held: Mapping[Pair, str]) -> None:
    rows = [[*pair, told] for pair, told in sorted(held.items())]
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps({"format": _FORMAT, "decided": rows}), "utf-8")
