"""Lists of the files of each split, as GTZAN's fault-filtered ones come: one name a line."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

from tunelens.base.errors import DataError, NotFoundError
from tunelens.data.readers.harvest import Harvest
from tunelens.data.tracks import SPLITS

_MOST_BYTES = 64 << 20


def has_split_lists(folder: Path) -> bool:
    """Does `folder` hold a list for train and one for test?"""
    return bool(_list_of(folder, "train") and _list_of(folder, "test"))


def read_split_lists(folder: Path, harvest: Harvest) -> dict[str, str]:
    """Return the split of every file that the lists name, by file name without folder and suffix.

    Raises
    ------
    NotFoundError
        There are no lists.
    DataError
        A file is in two of them.
    """
    if not has_split_lists(folder):
        raise NotFoundError(
            f"{str(folder)!r} has no lists of splits",
            hint="train*.txt and test*.txt are needed; valid*.txt if any",
        )
    found: dict[str, str] = {}
    for split in SPLITS:
        path = _list_of(folder, split)
        for stem in _stems(path) if path else []:
            if found.setdefault(stem, split) != split:
                raise DataError(f"{stem!r} is in the lists {found[stem]} and {split} of {str(folder)!r}")
    counts = "/".join(str(list(found.values()).count(split)) for split in SPLITS)
    harvest.note(f"splits are those of the lists in {folder.name!r}: {counts} files")
    return found


def _list_of(folder: Path, split: str) -> Path | None:
    plain = sorted(folder.glob(f"{split}*.txt")) if os.path.isdir(folder) else []  # noqa: PTH112
    return plain[0] if plain else None


def _stems(path: Path) -> list[str]:
    if path.stat().st_size > _MOST_BYTES:
        raise DataError(f"{str(path)!r} is larger than {_MOST_BYTES} bytes")
    lines = path.read_text("utf-8-sig", errors="replace").splitlines()
    return [PurePosixPath(line.strip().replace("\\", "/")).stem for line in lines if line.strip()]
