"""Where bundles lie: by path, by name in the data folder, or shipped with Tunelens."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import BundleError, NotFoundError, UnknownNameError
from tunelens.base.settings import Settings
from tunelens.models.bundles.files import MANIFEST
from tunelens.models.bundles.manifest import Manifest

SHIPPED = Path(__file__).resolve().parents[1] / "default"
DEFAULT_BUNDLES = ("genre", "mood", "valence", "arousal", "music")
"""Those that `analyze` asks."""


@dataclass(frozen=True)
class BundleRow:
    """One line of the list of bundles.

    Parameters
    ----------
    name : str
        By which it is found.
    path : Path
        Its folder.
    shipped : bool
        It came with Tunelens.
    task, label, input : str
        What it predicts, from what.
    n_classes : int
        How many classes.
    problem : str
        Why its manifest cannot be read; "" where it can.
    """

    name: str
    path: Path
    shipped: bool
    task: str = ""
    label: str = ""
    input: str = ""
    n_classes: int = 0
    problem: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the row as a JSON object."""
        return asdict(self) | {"path": str(self.path)}


def bundles_dir(settings: Settings) -> Path:
    """Return where bundles are found by name."""
    return settings.data_dir / "bundles"


def find_bundle(name_or_path: str | Path, settings: Settings | None = None) -> Path:
    """Return the folder of a bundle.

    Parameters
    ----------
    name_or_path : str or Path
        A folder that holds a manifest; or a name in ``bundles`` of the data folder; or the name of one that
        came with Tunelens. Earlier ones win.

    Raises
    ------
    NotFoundError
        A path leads to no bundle.
    UnknownNameError
        There is no bundle of that name; the hint names its neighbours.
    """
    text = os.fspath(name_or_path)
    path = Path(text).expanduser()
    if (path / MANIFEST).is_file():
        return path
    if os.sep in text or text in {"", ".", ".."} or path.is_dir():
        raise NotFoundError(f"{text!r} holds no bundle", hint="a folder with a manifest.json is needed")
    known = {row.name: row.path for row in reversed(bundles(settings))}
    if text not in known:
        raise UnknownNameError.among("bundle", text, known)
    return known[text]


def bundles(settings: Settings | None = None) -> list[BundleRow]:
    """Return the bundles that are found by name, a person's own first."""
    settings = settings or Settings.from_env()
    own, shipped = _folders(bundles_dir(settings)), _folders(SHIPPED)
    return [*(_row(path, False) for path in own), *(_row(path, True) for path in shipped)]


def _folders(folder: Path) -> Iterator[Path]:
    return (
        path.parent for path in sorted(folder.glob(f"*/{MANIFEST}")) if not path.parent.name.startswith(".")
    )


def _row(folder: Path, shipped: bool) -> BundleRow:
    try:
        m = Manifest.read(folder)
    except BundleError as error:
        return BundleRow(folder.name, folder, shipped, problem=error.message)
    return BundleRow(folder.name, folder, shipped, m.task, m.label, m.input.name, len(m.classes))
