"""Jobs as folders: each change is one whole file, so that a kill at any moment leaves whole jobs behind."""

from __future__ import annotations

import json
import math
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, NotFoundError
from tunelens.base.files import atomic_path, unwritten
from tunelens.library.identity import escape
from tunelens.services.jobs.job import Artifact, Job

ID = re.compile("[0-9a-f]{32}")
FILE, FILES = "job.json", "files"
MOST_BYTES = 64 * 2**20
MOST_FILES = 5000


class Store:
    """The folder of jobs: ``<id>/job.json`` and ``<id>/files/``.

    Parameters
    ----------
    folder : Path
        Where; made when the first job comes.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, id: str) -> Path:
        """Return the folder of a job; `NotFoundError` for what is no id at all."""
        if not ID.fullmatch(id):
            raise NotFoundError(f"there is no job {id[:40]!r}")
        return self.folder / id

    def files(self, id: str) -> Path:
        """Return the folder in which a job leaves files."""
        return self.place(id) / FILES

    def add(self, job: Job) -> None:
        """Keep a new job: it appears whole or not at all.

        Raises
        ------
        DataError
            It cannot be written.
        """
        fresh = self.folder / f".new-{job.id}"
        try:
            (fresh / FILES).mkdir(parents=True)
            _write(fresh, job)
            fresh.rename(self.place(job.id))
        except OSError as error:
            raise unwritten(fresh, error) from error
        finally:
            shutil.rmtree(fresh, ignore_errors=True)

    def keep(self, job: Job) -> None:
        """Write what has become of a job; raises as `add`."""
        _write(self.place(job.id), job)

    def read(self, id: str) -> Job:
        """Return a job as it was kept.

        Raises
        ------
        DataError
            It is damaged, or of another id.
        """
        path = self.place(id) / FILE
        try:
            if path.stat().st_size > MOST_BYTES:
                raise ValueError("it is larger than any job")
            job = Job.from_dict(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, RecursionError) as error:
            raise DataError(f"{str(path)!r} cannot be read: {error}") from error
        if job.id != id:
            raise DataError(f"{str(path)!r} is of job {job.id[:40]!r}")
        return job

    def ids(self) -> Iterator[str]:
        """Yield the ids that have a folder."""
        try:
            names = sorted(os.listdir(self.folder))  # noqa: PTH208 - names alone
        except FileNotFoundError:
            return
        yield from filter(ID.fullmatch, names)

    def remove(self, id: str) -> None:
        """Forget a job and its files: gone at once by name, then file by file."""
        gone = self.folder / f".gone-{secrets.token_hex(8)}"
        try:
            self.place(id).rename(gone)
        except OSError as error:
            raise unwritten(self.place(id), error) from error
        shutil.rmtree(gone, ignore_errors=True)

    def sweep(self) -> None:
        """Remove what a kill has left half made or half removed."""
        for pattern in (".new-*", ".gone-*"):
            for one in self.folder.glob(pattern):
                shutil.rmtree(one, ignore_errors=True)

    def artifacts(self, id: str) -> tuple[Artifact, ...]:
        """Return the files that a job has left, by name; links are none."""
        root = self.files(id)
        found = []
        for folder, _, names in os.walk(root):
            for name in names:
                path = Path(folder, name)
                if not path.is_symlink() and path.is_file():
                    text = escape(path.relative_to(root).as_posix())
                    found.append(Artifact.of(text, path.stat().st_size))
        return tuple(sorted(found, key=lambda one: one.name))[:MOST_FILES]


def _write(place: Path, job: Job) -> None:
    text = json.dumps(plain(job.to_dict()), ensure_ascii=False, allow_nan=False)
    if not place.is_dir():
        raise DataError(f"job {job.id} has gone")
    with atomic_path(place / FILE) as path:
        path.write_text(escape(text), encoding="utf-8")


def plain(value: Any) -> Any:
    """Return `value` as JSON can hold it: what is not a finite number is null.

    Examples
    --------
    >>> plain({"a": (1, float("nan"))})
    {'a': [1, None]}
    """
    if isinstance(value, Mapping):
        return {str(name): plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
