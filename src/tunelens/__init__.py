"""Point Tunelens at music and it tells you what it is, how sure it is and why.

The names below load on first use; ``import tunelens`` itself stays light.

=================== =====================================================
`analyze`           everything about one file
`analyze_many`      files and folders into a library, in worker processes
`HearOptions`       what to hear: which nets, how much of a song
`ReadOptions`       which column is the label, and what rows have in common
`Recipe`            how to learn: model, balance, changed copies, tuning
`EvaluateOptions`   how to judge; `TrainOptions` the same for `train`
`load`              decode a file, or an excerpt, to a `Clip`
`probe`             what is in a file, without decoding it
`Library`           the catalogue: one SQLite file
`export`, `report`  the library as a file for programs, as a page for people
`plot`              one file as a picture
`convert`           files and folders to plain WAV
`read_dataset`      labelled music or numbers, from any format, as `Tracks`
`train`, `predict`  a model of your own labels, as a bundle; what a bundle says
`explain`           why a bundle says what it says of a recording
`audit`             what is wrong with a dataset, before a model learns it
`Analysis`, `Clip`  what they return
=================== =====================================================
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tunelens.base.version import __version__

if TYPE_CHECKING:
    from tunelens.audio import Clip, probe
    from tunelens.audio import decode as load
    from tunelens.base.errors import TunelensError
    from tunelens.base.settings import Settings
    from tunelens.data.read import read_dataset
    from tunelens.data.registry import ReadOptions
    from tunelens.library.analysis import Analysis
    from tunelens.library.export import export
    from tunelens.library.store import Library
    from tunelens.models.recipe import Recipe
    from tunelens.services.analyze import analyze, analyze_many
    from tunelens.services.audit import audit
    from tunelens.services.compare import compare
    from tunelens.services.convert import convert
    from tunelens.services.evaluate import EvaluateOptions, evaluate
    from tunelens.services.explain import explain
    from tunelens.services.hear import HearOptions
    from tunelens.services.plot import plot
    from tunelens.services.predict import predict
    from tunelens.services.report import report
    from tunelens.services.train import TrainOptions, train

_WHERE = {
    "Analysis": "tunelens.library.analysis:Analysis",
    "Clip": "tunelens.audio:Clip",
    "EvaluateOptions": "tunelens.services.evaluate:EvaluateOptions",
    "HearOptions": "tunelens.services.hear:HearOptions",
    "Library": "tunelens.library.store:Library",
    "ReadOptions": "tunelens.data.registry:ReadOptions",
    "Recipe": "tunelens.models.recipe:Recipe",
    "Settings": "tunelens.base.settings:Settings",
    "TrainOptions": "tunelens.services.train:TrainOptions",
    "TunelensError": "tunelens.base.errors:TunelensError",
    "analyze": "tunelens.services.analyze:analyze",
    "analyze_many": "tunelens.services.analyze:analyze_many",
    "audit": "tunelens.services.audit:audit",
    "compare": "tunelens.services.compare:compare",
    "convert": "tunelens.services.convert:convert",
    "evaluate": "tunelens.services.evaluate:evaluate",
    "explain": "tunelens.services.explain:explain",
    "export": "tunelens.library.export:export",
    "load": "tunelens.audio:decode",
    "plot": "tunelens.services.plot:plot",
    "predict": "tunelens.services.predict:predict",
    "probe": "tunelens.audio:probe",
    "read_dataset": "tunelens.data.read:read_dataset",
    "report": "tunelens.services.report:report",
    "train": "tunelens.services.train:train",
}

__all__ = [
    "Analysis",
    "Clip",
    "EvaluateOptions",
    "HearOptions",
    "Library",
    "ReadOptions",
    "Recipe",
    "Settings",
    "TrainOptions",
    "TunelensError",
    "__version__",
    "analyze",
    "analyze_many",
    "audit",
    "compare",
    "convert",
    "evaluate",
    "explain",
    "export",
    "load",
    "plot",
    "predict",
    "probe",
    "read_dataset",
    "report",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'tunelens' has no attribute {name!r}")
    module, _, attribute = _WHERE[name].partition(":")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
