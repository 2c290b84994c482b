"""Libraries that come with an extra, loaded when they are asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from tunelens.base.errors import MissingDependencyError

EXTRA_OF = {
    "hmmlearn": "learn",
    "imblearn": "learn",
    "optuna": "learn",
    "torch": "train",
    "skorch": "train",
    "mirdata": "mirdata",
    "pyarrow": "parquet",
    "usearch": "ann",
    "implicit": "recommend",
    "mutagen": "tags",
    "httpx": "charts",
    "deap": "explore",
    "umap": "explore",
    "mido": "midi",
    "pandas": "notebook",
    "sounddevice": "live",
}
"""Which extra of Tunelens brings a library."""


def require(module: str) -> Any:
    """Import `module`, a library of an extra.

    Raises
    ------
    MissingDependencyError
        It is not installed; the hint says how to install it.

    Examples
    --------
    >>> require("json").dumps([1])
    '[1]'
    >>> require("no_such_library")
    Traceback (most recent call last):
        ...
    tunelens.base.errors.MissingDependencyError: no_such_library is needed and not installed
    """
    try:
        return import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        extra = EXTRA_OF.get(library)
        install = f"'tunelens[{extra}]'" if extra else library
        raise MissingDependencyError(
            f"{library} is needed and not installed", hint=f"pip install {install}"
        ) from error
