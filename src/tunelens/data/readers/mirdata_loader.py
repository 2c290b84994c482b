"""Reader `mirdata`: the datasets that the library mirdata knows (extra ``mirdata``)."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, NotFoundError, ParameterError, TunelensError, UnknownNameError
from tunelens.base.extras import require
from tunelens.data.readers.audio_index import file_id, keep_file
from tunelens.data.readers.harvest import MISSING_FILE, Harvest, Row, plain
from tunelens.data.registry import ReadOptions
from tunelens.data.tracks import Tracks

LABELS = ("genre", "genres", "style", "mood", "tags", "instrument", "tempo", "key")
_GROUPS = {
    "artist": ("artist", "artist_id", "performer", "composer"),
    "album": ("album", "album_id", "release"),
}
_SOUND = ("audio_path", "audio_mix_path", "mix_path", "audio_path_mono", "audio_path_stereo")


class Mirdata:
    """``mirdata:gtzan_genre:/data/gtzan``."""

    name = "mirdata"
    summary = "any dataset that mirdata has a loader for: mirdata:NAME:FOLDER (extra mirdata)"

    def recognises(self, path: Path) -> bool:  # noqa: ARG002 - a folder does not tell which loader it is for
        """Return False: the loader must be named."""
        return False

    def read(self, source: str | Path, options: ReadOptions) -> Tracks:
        """Read what the loader `source`, ``NAME:FOLDER``, gives for each track.

        ``options.label`` is an attribute of its tracks; the first of genre, genres, style, mood, tags,
        instrument, tempo, key that they have if left out. Nothing is downloaded.
        """
        name, _, folder = str(source).partition(":")
        dataset = _dataset(name, folder)
        harvest = Harvest(f"mirdata_{name}", options, f"{name}, by mirdata: {_licence(dataset)}")
        tracks = _tracks(dataset, folder)
        label = _label_name(tracks, options, harvest)
        base = Path(dataset.data_home)
        for key, track in tracks.items():
            _add(harvest, base, key, track, label)
        return harvest.tracks(label=label)


def _dataset(name: str, folder: str) -> Any:
    mirdata = require("mirdata")
    known = mirdata.list_datasets()
    if name not in known:
        raise UnknownNameError.among("mirdata dataset", name, known)
    if folder and not os.path.isdir(folder):  # noqa: PTH112 - never raises
        raise NotFoundError(f"{folder!r} does not exist", hint=f"mirdata:{name}:FOLDER is needed")
    return mirdata.initialize(name, data_home=folder or None)


def _licence(dataset: Any) -> str:
    return " ".join(str(getattr(dataset, "_license_info", "") or "licence unknown").split())[:300]


def _tracks(dataset: Any, folder: str) -> dict[str, Any]:
    """Ask the loader for its tracks; whatever goes wrong in it, the person learns where."""
    try:
        return dict(dataset.load_tracks())
    except TunelensError:
        raise
    except Exception as error:
        raise DataError(
            f"mirdata cannot read {dataset.name} in {folder or str(dataset.data_home)!r}: {str(error)[:300]}",
            hint=f"fetch it, or only its index: mirdata.initialize({dataset.name!r}).download(['index'])",
        ) from error


def _value(track: Any, name: str) -> Any:
    """Return an attribute, None where the loader cannot tell it (many are read from files on demand)."""
    try:
        return getattr(track, name, None)
    except Exception:  # noqa: BLE001 - see _tracks
        return None


def _label_name(tracks: dict[str, Any], options: ReadOptions, harvest: Harvest) -> str:
    first = next(iter(tracks.values()), None)
    names = sorted(name for name in dir(first) if not name.startswith("_")) if first is not None else []
    if options.label is not None:
        if options.label not in names:
            raise UnknownNameError.among("attribute", options.label, names)
        return options.label
    some = list(tracks.values())[:20]
    for name in LABELS:
        if name in names and any(_cell(_value(track, name)) not in ("", None) for track in some):
            harvest.note(f"attribute {name!r} is taken as label")
            return name
    raise ParameterError(
        f"no label can be told; attributes: {', '.join(names)}", hint="use --label ATTRIBUTE"
    )


def _cell(value: Any) -> Any:
    """Return an attribute as a label; None where it cannot be one."""
    if value is None or isinstance(value, str):
        return value or ""
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, Iterable):
        members = list(value)
        return frozenset(members) if all(isinstance(one, str) for one in members) else None
    return None


def _add(harvest: Harvest, base: Path, key: str, track: Any, label: str) -> None:
    path = next((found for name in _SOUND if (found := _value(track, name))), None)
    if path is None or not os.path.isfile(path):  # noqa: PTH113 - never raises
        return harvest.drop(key, MISSING_FILE)
    cell = _cell(_value(track, label))
    if cell is None:
        return harvest.drop(key, "a label that is neither text nor number")
    groups = {group: _first_text(track, names) for group, names in _GROUPS.items()}
    row = Row(key, plain(file_id(Path(path), base)), cell, path=Path(path), groups=groups)
    keep_file(harvest, row)


def _first_text(track: Any, names: Iterable[str]) -> str:
    return next((found for name in names if isinstance(found := _value(track, name), str) and found), "")


MIRDATA = Mirdata()
