"""The atoms of MP4: m4a, m4b, mp4."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError
from tunelens.base.extras import require
from tunelens.library.filetags.structure import atoms
from tunelens.library.filetags.view import Values, View, cleaned, found, places

_FREE = "----:com.apple.iTunes:"
NAMES = {
    "genre": ("\xa9gen",),
    "mood": (f"{_FREE}MOOD",),
    "bpm": ("tmpo",),
    "key": (f"{_FREE}initialkey", f"{_FREE}KEY"),
    "energy": (f"{_FREE}ENERGY", f"{_FREE}ENERGYLEVEL"),
}
FORMAT = "MP4"
_LARGEST_TEMPO = 0xFFFF


def read(path: Path) -> View:
    """Read the atoms of an mp4."""
    _refuse_fixed_places(path)
    tags = _load(path).tags or {}
    ours = {key for names in NAMES.values() for key in found(tags, names)}
    values = {field: _values(tags, found(tags, names)) for field, names in NAMES.items()}
    rest = sorted(f"{key}={value!r}" for key, value in tags.items() if key not in ours)
    return View(values, (*rest, *_names_of_atoms(path)), FORMAT)


def _refuse_fixed_places(path: Path) -> None:
    """Refuse an index of fragments: it counts from the start of the file, and mutagen does not move it."""
    with path.open("rb") as file:
        if any(part.name == b"mfra" for part in atoms(file)):
            raise DataError(
                f"{str(path)!r} is cut into fragments with an index that would not fit any more",
                hint="write it anew in one piece, say: ffmpeg -i IN -c copy OUT.m4a",
            )


def _load(path: Path) -> Any:
    return require("mutagen.mp4").MP4(path)


def _values(tags: Any, keys: list[str]) -> tuple[str, ...]:
    if not keys:
        return ()
    return cleaned(one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in tags[keys[0]])


def _names_of_atoms(path: Path) -> list[tuple[bytes, int]]:
    """Count the atoms that have one name each: what mutagen cannot read, it might leave out."""
    with path.open("rb") as file:
        tree = require("mutagen.mp4._atom").Atoms(file)
        try:
            listed = tree.path(b"moov", b"udta", b"meta", b"ilst")[-1].children
        except KeyError:
            return []
    ours = (b"\xa9gen", b"gnre", b"tmpo", b"----")
    return sorted(Counter(bytes(one.name) for one in listed if one.name not in ours).items())


def write(path: Path, values: Values) -> None:
    """Write `values` into the file itself, several as several ``data`` of one atom."""
    file = _load(path)
    if file.tags is None:
        file.add_tags()
    for field, texts in values.items():
        for key in places(file.tags, NAMES[field]):
            file.tags[key] = _atom_data(key, texts)
    file.save(path)


def _atom_data(key: str, texts: tuple[str, ...]) -> list[Any]:
    if key == "tmpo":
        return [min(int(text), _LARGEST_TEMPO) for text in texts]
    if not key.startswith("----"):
        return list(texts)
    mp4 = require("mutagen.mp4")
    return [mp4.MP4FreeForm(text.encode(), dataformat=mp4.AtomDataType.UTF8) for text in texts]
