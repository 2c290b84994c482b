"""What other taggers are told of a file: the values that may be written, for plugins of beets and Picard."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tunelens.base.errors import NotFoundError, TunelensError
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions
from tunelens.services.tag_proposals import TagOptions, propose


@dataclass(frozen=True)
class Advice:
    """What may be written into one file.

    Parameters
    ----------
    path : Path
        The file, absolute.
    values : Mapping of str to tuple of str
        By field: genre, mood, bpm, key, energy; what nobody is sure of is left out.
    why : Mapping of str to str
        Why the others are left out.
    error : TunelensError or None
        Why the file could not be heard.
    """

    path: Path
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    why: Mapping[str, str] = field(default_factory=dict)
    error: TunelensError | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as JSON knows them."""
        return {
            "path": str(self.path),
            "values": {name: list(values) for name, values in self.values.items()},
            "why": dict(self.why),
            "error": self.error and self.error.to_dict(),
        }


def advise(
    paths: Iterable[str | Path],
    library: Library | None = None,
    *,
    options: TagOptions | None = None,
    hear: HearOptions | None = None,
    jobs: int = 1,
    engine: str = "local",
) -> Iterator[Advice]:
    """Hear files, unless the library has, and yield what may be written into each, in order.

    Parameters
    ----------
    paths : iterable of str or Path
        Files.
    library : Library or None
        Where what was heard is kept and found again; None keeps nothing.
    options : TagOptions, optional
        Which fields, and how sure they must be.
    hear : HearOptions, optional
        Which nets hear.
    jobs, engine
        Workers, and what runs them.

    Raises
    ------
    MissingDependencyError
        A net is not here; no file has been touched.
    """
    wanted = [Path(os.path.abspath(path)) for path in paths]  # noqa: PTH100 - Path.absolute keeps ".."
    options = options or TagOptions()
    with _kept(library) as kept:
        report = analyze_many(wanted, kept, jobs=jobs, engine=engine, options=hear)
        failed = dict(report.failed)
        for path in wanted:
            yield _advice(kept, path, failed.get(path), options)


@contextmanager
def _kept(library: Library | None) -> Iterator[Library]:
    if library is not None:
        yield library
        return
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "heard.db") as passing:
        yield passing


def _advice(library: Library, path: Path, error: TunelensError | None, options: TagOptions) -> Advice:
    known = library.known([path]).get(path)
    if error is not None or known is None:
        return Advice(path, error=error or NotFoundError(f"{str(path)!r} could not be heard"))
    (track,) = library.tracks_by_id([known.id])
    said = library.predictions([known.id]).get(known.id, {})
    proposals = propose(track, said, options)
    values = {one.field: one.values for one in proposals if one.values}
    return Advice(path, values, {one.field: one.why for one in proposals if not one.values})
