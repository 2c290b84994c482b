"""Where songs lie: a projection that is kept, so that a map stays as it is when songs join."""

from __future__ import annotations

import hashlib
import json
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.base.files import atomic_path
from tunelens.base.language import say
from tunelens.explore.collection import Collection
from tunelens.explore.prepared import Prepared, prepared
from tunelens.explore.projection import Projection, project, trust_in

_FORMAT = 1
FEWEST_OLD = 0.5
"""A kept map is used for songs of which at least this share was there when it was made."""
MOST_BYTES = 500_000_000


@dataclass(frozen=True)
class Places:
    """Songs on a plane.

    Parameters
    ----------
    prepared : Prepared
        Their numbers on one scale.
    projection : Projection
        Where they lie.
    n_new : int
        Songs that joined since the map was made; 0 of a map that is new.
    """

    prepared: Prepared
    projection: Projection
    n_new: int


def lay(songs: Collection, method: str, seed: int, kept: Path | None) -> Places:
    """Lay songs out, as before where most of them were there before.

    Parameters
    ----------
    songs : Collection
    method : str
        One of `PROJECTIONS`.
    seed : int
    kept : Path, optional
        File in which places are kept (npz without pickles). One that is damaged, or was made of other
        features, counts as none.

    Raises
    ------
    DataError
        There are too few songs, or no feature is left.
    """
    before = _read(kept, method) if kept is not None else None
    if before is not None and (found := _again(songs, before)) is not None:
        return found
    ready = prepared(songs)
    projection = project(ready, method, seed)
    if kept is not None:
        _write(kept, ready, projection)
    return Places(ready, projection, 0)


def kept_at(folder: Path, *asked: str) -> Path:
    """Return the file in which the places of what was asked for are kept."""
    return folder / "maps" / f"{hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:20]}.npz"


def _again(songs: Collection, before: tuple[Prepared, Projection]) -> Places | None:
    old, projection = before
    known = set(old.ids)
    is_old = [name in known for name in songs.ids]
    if sum(is_old) < FEWEST_OLD * max(len(is_old), len(known)):
        return None
    try:
        ready = old.again(songs)
    except UnknownNameError:
        return None
    points = projection.place(ready)
    trust = trust_in(ready.Z, points, projection.seed)
    notes = [*ready.notes, *_trusted(trust)]
    if n_new := len(is_old) - sum(is_old):
        notes.append(
            say("{n} songs joined since this map was made; the others stayed where they were", n=f"{n_new:,}")
        )
    return Places(ready, replace(projection, points=points, trust=trust, notes=tuple(notes)), n_new)


def _trusted(trust: float | None) -> list[str]:
    if trust is None:
        return []
    text = f"{trust:.2f}"
    return [
        say("Trustworthiness of neighbours on the map: {trust} (1 is perfect, 0.5 is chance)", trust=text)
    ]


def _write(path: Path, ready: Prepared, projection: Projection) -> None:
    about = {
        "format": _FORMAT,
        "method": projection.method,
        "seed": projection.seed,
        **ready.numbers(),
        "ids": ready.ids,
    }
    explained = projection.explained if projection.explained is not None else np.empty(0)
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(
            file, about=np.frombuffer(json.dumps(about).encode(), np.uint8), landmarks=projection.landmarks,
            at=projection.at, explained=explained,
        )  # fmt: skip


def _read(path: Path, method: str) -> tuple[Prepared, Projection] | None:
    """Return what is kept; None where nothing that can be used is."""
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        with path.open("rb") as raw, np.load(raw, allow_pickle=False) as file:
            about = json.loads(file["about"].tobytes())
            landmarks, at, explained = (
                np.asarray(file[name], np.float64) for name in ("landmarks", "at", "explained")
            )
        if about["format"] != _FORMAT or about["method"] != method:
            return None
        ready = replace(Prepared.from_numbers(about), ids=tuple(map(str, about["ids"])))
        seed = int(about["seed"])
    except (OSError, ValueError, LookupError, TypeError, EOFError, zipfile.BadZipFile, DataError):
        return None
    is_linear = method == "pca"
    fits = landmarks.ndim == 2 and landmarks.shape[1] == len(ready.features) and np.isfinite(landmarks).all()
    if not fits or (not is_linear and (at.shape != (len(landmarks), 2) or not np.isfinite(at).all())):
        return None
    shown = explained if is_linear and len(explained) else None
    return ready, Projection(np.empty((0, 2)), method, shown, None, None, seed, (), landmarks, at)
