"""Settings: defaults, then environment variables ``TUNELENS_*``; read when asked, never at import."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from tunelens.base.errors import ParameterError


def _data_home() -> Path:
    from platformdirs import user_data_path

    return user_data_path("tunelens", appauthor=False)


def _cache_home() -> Path:
    from platformdirs import user_cache_path

    return user_cache_path("tunelens", appauthor=False)


@dataclass(frozen=True)
class Settings:
    """What a person may set; every field is also ``TUNELENS_<NAME>`` in the environment.

    Parameters
    ----------
    data_dir : Path
        Where the default library lives.
    cache_dir : Path
        Where fetched packages and rebuilt nets live; safe to delete.
    packages : Path or None
        A folder with local copies of the packages that would be fetched.
    offline : bool
        Never ask the package index.
    jobs : int
        Worker processes; 0 means one per core.
    file_timeout_s : float
        Longest time one file may take, seconds; 0 means no limit.
    max_duration_s : float
        Longest recording that is decoded, seconds; the rest is left out with a warning.

    Examples
    --------
    >>> Settings.from_env({"TUNELENS_JOBS": "2", "TUNELENS_OFFLINE": "yes"}).jobs
    2
    >>> Settings.from_env({"TUNELENS_JOBS": "many"})
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: TUNELENS_JOBS is 'many'; a whole number is needed
    """

    data_dir: Path = field(default_factory=_data_home)
    cache_dir: Path = field(default_factory=_cache_home)
    packages: Path | None = None
    offline: bool = False
    jobs: int = 0
    file_timeout_s: float = 1800.0
    max_duration_s: float = 86400.0

    @property
    def library(self) -> Path:
        """Path of the default library file."""
        return self.data_dir / "library.db"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the settings from `env` (the process environment by default)."""
        env = os.environ if env is None else env
        given: dict[str, Any] = {}
        for item in fields(cls):
            variable = f"TUNELENS_{item.name.upper()}"
            if env.get(variable):
                given[item.name] = _parse(variable, env[variable], str(item.type))
        return cls(**given)


def _flag(text: str) -> bool:
    word = text.strip().lower()
    if word not in {"1", "0", "true", "false", "yes", "no", "on", "off"}:
        raise ValueError(text)
    return word in {"1", "true", "yes", "on"}


def _at_least_zero(kind: type) -> Callable[[str], Any]:
    def convert(text: str) -> Any:
        value = kind(text)
        if not value >= 0 or value == float("inf"):
            raise ValueError(text)
        return value

    return convert


_READERS: dict[str, tuple[str, Callable[[str], Any]]] = {
    "Path": ("a path", lambda text: Path(text).expanduser()),
    "Path | None": ("a path", lambda text: Path(text).expanduser()),
    "bool": ("yes or no", _flag),
    "int": ("a whole number", _at_least_zero(int)),
    "float": ("a number from 0", _at_least_zero(float)),
}


def _parse(variable: str, text: str, kind: str) -> Any:
    needed, reader = _READERS[kind]
    try:
        return reader(text)
    except ValueError:
        raise ParameterError(f"{variable} is {text!r}; {needed} is needed") from None
