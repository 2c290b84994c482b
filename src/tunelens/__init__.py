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
`hits`              from a chart of songs to one report of what they share
`contrasts`         what sets two collections of songs apart
`run_clusters`      which songs belong together, if any do
`draw_map`          songs as a map that plays; `collect` gives it songs
`hook`, `structure` the part of a song that stands for it; its parts
`select_features`   which numbers tell songs apart
`read_chart`        a chart of songs, from a table or a server
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
    from tunelens.charts.read import read_chart
    from tunelens.data.read import read_dataset
    from tunelens.data.registry import ReadOptions
    from tunelens.library.analysis import Analysis
    from tunelens.library.export import export
    from tunelens.library.store import Library
    from tunelens.models.recipe import Recipe
    from tunelens.services.analyze import analyze, analyze_many
    from tunelens.services.audit import audit
    from tunelens.services.clustering import ClusterOptions, run_clusters
    from tunelens.services.collections import collect
    from tunelens.services.compare import compare
    from tunelens.services.contrast import contrasts
    from tunelens.services.convert import convert
    from tunelens.services.evaluate import EvaluateOptions, evaluate
    from tunelens.services.explain import explain
    from tunelens.services.hear import HearOptions
    from tunelens.services.hits import hits
    from tunelens.services.hook import hook
    from tunelens.services.map import draw_map
    from tunelens.services.plot import plot
    from tunelens.services.predict import predict
    from tunelens.services.report import report
    from tunelens.services.selection import select_features
    from tunelens.services.structure import structure
    from tunelens.services.train import TrainOptions, train

_WHERE = {
    "Analysis": "tunelens.library.analysis:Analysis",
    "Clip": "tunelens.audio:Clip",
    "ClusterOptions": "tunelens.services.clustering:ClusterOptions",
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
    "collect": "tunelens.services.collections:collect",
    "compare": "tunelens.services.compare:compare",
    "contrasts": "tunelens.services.contrast:contrasts",
    "convert": "tunelens.services.convert:convert",
    "draw_map": "tunelens.services.map:draw_map",
    "evaluate": "tunelens.services.evaluate:evaluate",
    "explain": "tunelens.services.explain:explain",
    "export": "tunelens.library.export:export",
    "hits": "tunelens.services.hits:hits",
    "hook": "tunelens.services.hook:hook",
    "load": "tunelens.audio:decode",
    "plot": "tunelens.services.plot:plot",
    "predict": "tunelens.services.predict:predict",
    "probe": "tunelens.audio:probe",
    "read_chart": "tunelens.charts.read:read_chart",
    "read_dataset": "tunelens.data.read:read_dataset",
    "report": "tunelens.services.report:report",
    "run_clusters": "tunelens.services.clustering:run_clusters",
    "select_features": "tunelens.services.selection:select_features",
    "structure": "tunelens.services.structure:structure",
    "train": "tunelens.services.train:train",
}

__all__ = [
    "Analysis",
    "Clip",
    "ClusterOptions",
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
    "collect",
    "compare",
    "contrasts",
    "convert",
    "draw_map",
    "evaluate",
    "explain",
    "export",
    "hits",
    "hook",
    "load",
    "plot",
    "predict",
    "probe",
    "read_chart",
    "read_dataset",
    "report",
    "run_clusters",
    "select_features",
    "structure",
    "train",
]


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module 'tunelens' has no attribute {name!r}")
    module, _, attribute = _WHERE[name].partition(":")
    return getattr(import_module(module), attribute)


def __dir__() -> list[str]:
    return sorted(__all__)
