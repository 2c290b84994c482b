"""`verify`: one line for each thing that must be right about a bundle."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tunelens.base.errors import NotFoundError, TunelensError
from tunelens.models.bundles import estimators
from tunelens.models.bundles.bundle import load_answering
from tunelens.models.bundles.files import REFERENCE, read_arrays, read_files
from tunelens.models.bundles.manifest import Manifest


@dataclass(frozen=True)
class Check:
    """What was looked at, and what was found.

    Parameters
    ----------
    name : str
        What was looked at.
    ok : bool
        Is it right?
    detail : str
        What was found.
    hint : str
        What to do where it is not right.
    """

    name: str
    ok: bool
    detail: str
    hint: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return the check as a JSON object."""
        return asdict(self)


def verify(folder: str | Path) -> list[Check]:
    """Check a bundle from its manifest to its model.

    Parameters
    ----------
    folder : path-like
        The bundle.

    Returns
    -------
    list of Check
        Where the manifest or a file is not right, what depends on it is not looked at. All is right when
        every check is.

    Raises
    ------
    NotFoundError
        There is no such folder.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise NotFoundError(f"{str(folder)!r} is no folder, so no bundle", hint="tunelens models list")
    found: list[Check] = []
    manifest = _try(
        found, "manifest", lambda: Manifest.read(folder), lambda m: f"format {m.format}, {m.name}"
    )
    if manifest is None:
        return found
    files = _try(found, "files", lambda: read_files(folder, manifest.files), lambda f: f"{len(f)} unaltered")
    _try(found, "input", manifest.input.resolve, lambda one: f"{one.name}, version {one.version}")
    libraries = manifest.libraries
    _try(
        found,
        "libraries",
        lambda: estimators.check_libraries(libraries),
        lambda _: ", ".join(f"{name} {version}" for name, version in libraries.items()) or "none needed",
    )
    if files is not None:
        _look_inside(found, files, manifest)
    return found


def _look_inside(found: list[Check], files: Mapping[str, bytes], manifest: Manifest) -> None:
    name = manifest.model
    answering = _try(
        found, "model", lambda: load_answering(files, manifest), lambda _: f"{name} can be loaded"
    )
    if answering is not None:
        trust = answering[1]
        told = "none: nothing was measured" if trust is None else f"coverage {trust.coverage:.0%}"
        found.append(Check("trust", True, told))
    if REFERENCE in files:
        _try(
            found,
            "reference",
            lambda: read_arrays(files[REFERENCE], REFERENCE),
            lambda arrays: f"{len(next(iter(arrays.values()), ()))} training clips",
        )


def _try(found: list[Check], name: str, look: Callable[[], Any], tell: Callable[[Any], str]) -> Any:
    try:
        value = look()
    except TunelensError as error:
        found.append(Check(name, False, error.message, error.hint or ""))
        return None
    found.append(Check(name, True, tell(value)))
    return value
