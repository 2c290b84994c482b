"""APEv2: at the end of Monkey's Audio, WavPack, Musepack, and of some mp3."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tunelens.base.extras import require
from tunelens.library.filetags.view import Values, View, cleaned, found, places

NAMES = {
    "genre": ("Genre",),
    "mood": ("Mood",),
    "bpm": ("BPM",),
    "key": ("INITIALKEY", "KEY"),
    "energy": ("ENERGY", "ENERGYLEVEL"),
}
FORMAT = "APEv2"


def read(path: Path) -> View:
    """Read the tag of a file that has APEv2 or none."""
    return _view(_load(path))


def _load(path: Path) -> Any:
    ape = require("mutagen.apev2")
    try:
        return ape.APEv2(path)
    except ape.APENoHeaderError:
        return ape.APEv2()


def read_if_any(path: Path) -> View | None:
    """Read the tag of a file that has APEv2; None where it has none."""
    ape = require("mutagen.apev2")
    try:
        return _view(ape.APEv2(path))
    except ape.APENoHeaderError:
        return None


def _view(tags: Any) -> View:
    ours = {key for names in NAMES.values() for key in found(tags.keys(), names)}
    rest = sorted((key, tags[key].kind, tags[key].value) for key in tags.keys() if key not in ours)  # noqa: SIM118
    return View({field: _values(tags, names) for field, names in NAMES.items()}, tuple(rest), FORMAT)


def _values(tags: Any, names: tuple[str, ...]) -> tuple[str, ...]:
    keys = found(tags.keys(), names)
    return cleaned(str(tags[keys[0]]).split("\0")) if keys else ()


def write(path: Path, values: Values) -> None:
    """Write `values` into the tag at the end of the file; several values have NUL between them."""
    tags = _load(path)
    for field, texts in values.items():
        for key in places(tags.keys(), NAMES[field]):
            tags[key] = list(texts)
    tags.save(path)


def follow(path: Path, values: Values) -> None:
    """Write those of `values` that the tag has already, where there is one: it must not contradict."""
    there = read_if_any(path)
    ours = {field: texts for field, texts in values.items() if there and there.values[field]}
    if ours:
        write(path, ours)
