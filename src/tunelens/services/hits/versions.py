"""Which versions of what reckoned: stated in the report, and part of what a kept result depends on."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from tunelens.base.version import __version__

LIBRARIES = ("numpy", "scipy", "scikit-learn", "onnxruntime", "soundfile", "av", "soxr", "deap", "umap-learn")


@cache
def versions() -> Mapping[str, str]:
    """Return versions by name; those of libraries that are not installed are left out.

    Examples
    --------
    >>> sorted(versions())[:2], "numpy" in versions()
    (['Python', 'Tunelens'], True)
    """
    found = {"Tunelens": __version__, "Python": platform.python_version()}
    for name in LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found
