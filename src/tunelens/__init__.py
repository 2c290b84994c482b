"""Point Tunelens at music and it tells you what it is, how sure it is and why.

The names below load on first use; ``import tunelens`` itself stays light.

=================== =====================================================
`analyze`           everything about one file
`analyze_many`      a folder into a library, in worker processes
`load`              decode a file, or an excerpt, to a `Clip`
`probe`             what is in a file, without decoding it
`Library`           the catalogue: one SQLite file
`Analysis`, `Clip`  what they return
=================== =====================================================
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version as _installed_version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunelens.audio import Clip, probe
    from tunelens.audio import decode as load
    from tunelens.base.errors import TunelensError
    from tunelens.base.settings import Settings
    from tunelens.library.analysis import Analysis
    from tunelens.library.store import Library
    from tunelens.services.analyze import analyze, analyze_many

_WHERE = {
    "Analysis": "tunelens.library.analysis:Analysis",
    "Clip": "tunelens.audio:Clip",
    "Library": "tunelens.library.store:Library",
    "Settings": "tunelens.base.settings:Settings",
    "TunelensError": "tunelens.base.errors:TunelensError",
    "analyze": "tunelens.services.analyze:analyze",
    "analyze_many": "tunelens.services.analyze:analyze_many",
    "load": "tunelens.audio:decode",
    "probe": "tunelens.audio:probe",
}

__version__ = _installed_version("tunelens")
__all__ = [
    "Analysis",
    "Clip",
    "Library",
    "Settings",
    "TunelensError",
    "__version__",
    "analyze",
    "analyze_many",
    "load",
    "probe",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'tunelens' has no attribute {name!r}")
    module, _, attribute = _WHERE[name].partition(":")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
