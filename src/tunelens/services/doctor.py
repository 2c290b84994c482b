"""Is everything here that is needed? Each check really tries the thing."""

from __future__ import annotations

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tunelens.base.errors import TunelensError
from tunelens.base.settings import Settings

_PACKAGES = ("numpy", "scipy", "soundfile", "soxr", "av", "onnxruntime", "onnx", "sqlalchemy", "matplotlib")
_EXTRAS = {"pyarrow": "export --format parquet", "transformers": "Hugging Face backbones"}


@dataclass(frozen=True)
class Check:
    """One thing that was tried; `ok` is None for an optional thing that is absent."""

    name: str
    ok: bool | None
    detail: str


@dataclass(frozen=True)
class Health:
    """All checks; `ok` when nothing that is needed is missing."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """True when no needed thing is missing."""
        return all(check.ok is not False for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON object of the whole examination."""
        return {"ok": self.ok, "checks": [asdict(check) for check in self.checks]}


def examine(settings: Settings | None = None) -> Health:
    """Try everything that Tunelens needs on this machine.

    Returns
    -------
    Health
        One `Check` per thing, in the order in which a person would look.
    """
    settings = settings or Settings.from_env()
    parts = (
        _python(),
        _packages(),
        _decoders(),
        _models(settings),
        _font(),
        _folders(settings),
        _settings(settings),
    )
    return Health(tuple(check for part in parts for check in part))


def _python() -> Iterator[Check]:
    here = f"{platform.python_version()} on {platform.platform(terse=True)}"
    yield Check("python", sys.version_info >= (3, 11), here)


def _packages() -> Iterator[Check]:
    for name in _PACKAGES:
        yield _installed(name, needed=True, missing="pip install tunelens again")
    for name, purpose in _EXTRAS.items():
        yield _installed(name, needed=False, missing=f"only for {purpose}")


def _installed(name: str, *, needed: bool, missing: str) -> Check:
    try:
        return Check(name, True, version(name))
    except PackageNotFoundError:
        return Check(name, False if needed else None, missing)


def _decoders() -> Iterator[Check]:
    from tunelens.audio.decoders import DECODERS

    for name in DECODERS:
        yield _tried(f"decoder {name}", lambda name=name: str(DECODERS[name].describe()))  # type: ignore[misc]


def _models(settings: Settings) -> Iterator[Check]:
    from tunelens.services.models import list_models

    for model in list_models(settings):
        detail = model.source if model.available else f"tunelens models pull {model.name}"
        yield Check(f"model {model.name}", model.available or None, detail)


def _font() -> Iterator[Check]:
    from tunelens.plots.fonts import font_for

    found = font_for("两只老虎")
    yield Check("font with 中文", bool(found) or None, found or "titles are drawn in Latin letters instead")


def _folders(settings: Settings) -> Iterator[Check]:
    for name, folder in (("data folder", settings.data_dir), ("cache folder", settings.cache_dir)):
        yield _tried(name, lambda folder=folder: _writable(folder))  # type: ignore[misc]


def _writable(folder: Path) -> str:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        free_gb = shutil.disk_usage(folder).free / 1e9
    return f"{folder}, {free_gb:.1f} GB free"


def _settings(settings: Settings) -> Iterator[Check]:
    for item in fields(settings):
        yield Check(f"TUNELENS_{item.name.upper()}", True, str(getattr(settings, item.name)))


def _tried(name: str, attempt: Callable[[], str]) -> Check:
    try:
        return Check(name, True, attempt())
    except (TunelensError, OSError) as error:
        return Check(name, False, str(error))
