"""Reader `folder`: a folder per class, as people sort music."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tunelens.audio.find import AUDIO_SUFFIXES, Unfound, find_audio
from tunelens.base.errors import AudioError, DataError, ParameterError
from tunelens.data.labels import Kind
from tunelens.data.readers.audio_index import file_id, keep_file
from tunelens.data.readers.columns import SPLIT_WORDS
from tunelens.data.readers.harvest import Harvest, Row, plain
from tunelens.data.readers.split_lists import read_split_lists
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks


class Folder:
    """``class/song.mp3``, also ``train/class/song.mp3`` and ``class/subclass/song.mp3``."""

    name = "folder"
    summary = "a folder of sound per class, perhaps below train, valid and test"

    def recognises(self, path: Path) -> bool:
        """Is it a folder?"""
        return os.path.isdir(path)  # noqa: PTH112 - never raises

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read the files of all class folders.

        ``options.group`` names the folders between class and file: ``("artist", "album")`` for
        ``jazz/Mingus/Ah Um/1.flac``. With ``kind="hierarchical"`` all folders are levels of the class.
        """
        root = Path(source).expanduser()
        if not self.recognises(root):
            raise DataError(f"{str(root)!r} is no folder")
        harvest = Harvest(plain(root.resolve().name), options, "files of the user, sorted into folders")
        files = list(_files(root, harvest))
        by_split = _is_split_by_folder(root, files)
        if by_split:
            harvest.note("the first folders are taken as split")
        lists = read_split_lists(options.split_lists, harvest) if options.split_lists else {}
        depth = set()
        for path in files:
            folders = [plain(part) for part in path.relative_to(root).parent.parts]
            split = SPLIT_WORDS[folders.pop(0).lower()] if by_split else lists.get(path.stem, "")
            depth.add(len(folders))
            _add(harvest, root, path, folders, split)
        _tell_depth(harvest, depth)
        kind: Kind = "hierarchical" if options.kind == "hierarchical" or options.level else "single"
        return harvest.tracks(kind=kind, label=options.label or "folder")


def _files(root: Path, harvest: Harvest) -> Iterator[Path]:
    for found in find_audio([root]):
        if not isinstance(found, Unfound):
            yield found
        elif isinstance(found.error, AudioError):
            harvest.drop(found.path.name, "unreadable folder")
    _tell_others(root, harvest)


def _tell_others(root: Path, harvest: Harvest) -> None:
    others: Counter[str] = Counter()
    for _, folders, names in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        suffixes = (Path(name).suffix.lower() for name in names if not name.startswith("."))
        others.update(suffix or "no suffix" for suffix in suffixes if suffix not in AUDIO_SUFFIXES)
    if others:
        kinds = ", ".join(f"{n} {plain(suffix)}" for suffix, n in others.most_common(5))
        harvest.note(f"files without the suffix of sound were not looked at: {kinds}")


def _is_split_by_folder(root: Path, files: list[Path]) -> bool:
    parts = [path.relative_to(root).parts for path in files]
    tops = {names[0].lower() for names in parts}
    return len(tops) >= 2 and tops <= set(SPLIT_WORDS) and all(len(names) >= 3 for names in parts)


def _add(harvest: Harvest, root: Path, path: Path, folders: list[str], split: str) -> None:
    name = plain(file_id(path, root))
    if not folders:
        return harvest.drop(name, "in no class folder")
    options = harvest.options
    if options.kind == "hierarchical" or options.level:
        label: str | tuple[str, ...] = tuple(folders)
        groups = {}
    else:
        label = folders[0]
        groups = dict(zip(options.group, folders[1:], strict=False))
    keep_file(harvest, Row(name, name, label, path=path, groups=groups, split=split))


def _tell_depth(harvest: Harvest, depths: set[int]) -> None:
    options = harvest.options
    deepest = max(depths, default=0) - 1
    if options.kind == "hierarchical" or options.level:
        return
    if len(options.group) > max(deepest, 0):
        raise ParameterError(
            f"groups {', '.join(options.group)} name {len(options.group)} levels below the classes; "
            f"there are {max(deepest, 0)}"
        )
    if deepest > len(options.group):
        harvest.note(
            "there are folders inside of class folders; --kind hierarchical takes them as subclasses, "
            "--group artist as artists"
        )


FOLDER = Folder()
