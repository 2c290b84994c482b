"""What may be chosen where models are trained and judged, and whether a choice is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from tunelens.base.errors import TunelensError, UnknownNameError
from tunelens.base.registry import Registry
from tunelens.base.settings import Settings
from tunelens.services.compare import NEEDS
from tunelens.services.hits.options import STAGES
from tunelens.services.jobs.context import Context
from tunelens.services.jobs.datasets import READERS, check_dataset, read_tracks
from tunelens.services.models import list_bundles, list_models

__all__ = ["Looked", "check_dataset", "check_recipe", "check_stages", "choices", "look"]


@dataclass(frozen=True)
class Looked:
    """What is in a dataset, before anything of it is heard.

    Parameters
    ----------
    name, label, kind : str
        Of the dataset; what is to be learned, and of which kind it is.
    n_rows : int
    classes : Mapping of str to int
        Rows of each class, the most frequent first; {} for numbers.
    groups : Mapping of str to int
        How many artists, albums, ... are known.
    dropped : Mapping of str to int
        Rows that were left out, by reason.
    notes : tuple of str
        What was guessed.
    protocol, why : str
        The most honest way to judge, and why.
    group : str or None
        What it keeps together.
    """

    name: str
    label: str
    kind: str
    n_rows: int
    classes: Mapping[str, int]
    groups: Mapping[str, int]
    dropped: Mapping[str, int]
    notes: tuple[str, ...]
    protocol: str
    group: str | None
    why: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return asdict(self)


def look(asked: Mapping[str, Any], context: Context) -> Looked:
    """Read the labels of the dataset that a request names, and no sound; errors as `read_tracks`."""
    from tunelens.data.splits import honest_protocol

    tracks = read_tracks(asked, context)
    protocol, group, why = honest_protocol(tracks)
    known = {kind: len(set(names) - {""}) for kind, names in tracks.groups.items()}
    return Looked(
        tracks.name, tracks.labels.name, tracks.labels.task, len(tracks), tracks.labels.counts(),
        {kind: n for kind, n in known.items() if n},
        tracks.report.reasons(), tracks.report.notes, protocol, group, why,
    )  # fmt: skip


def choices(settings: Settings | None = None) -> dict[str, Any]:
    """Return all that a person may choose from, each with its name and one line that says what it is.

    Examples
    --------
    >>> [one["name"] for one in choices()["protocols"]][:2]
    ['random', 'stratified']
    """
    from tunelens.data.balance import BALANCERS
    from tunelens.data.labels import KINDS
    from tunelens.data.registry import DATASETS
    from tunelens.data.splits import PROTOCOLS
    from tunelens.library.dataset import LABELS
    from tunelens.models.inputs import INPUTS

    settings = settings or Settings.from_env()
    return {
        "readers": [one for one in _named(DATASETS) if one["name"] in READERS],
        "library_labels": list(LABELS),
        "label_kinds": list(KINDS),
        "models": _models(),
        "inputs": _named(INPUTS, "kind", "nets"),
        "protocols": _named(PROTOCOLS, "inflated"),
        "balancers": _named(BALANCERS),
        "metrics": _metrics(),
        "nets": [one.to_dict() for one in list_models(settings)],
        "bundles": [one.to_dict() for one in list_bundles(settings)],
        "hits_stages": list(STAGES),
    }


def _named(registry: Registry[Any], *facts: str) -> list[dict[str, Any]]:
    """Return name, summary and some facts of everything in a registry that can be loaded here."""
    found = []
    for name in registry:
        try:
            one = registry[name]
        except TunelensError as error:
            found.append({"name": name, "summary": error.message, "available": False})
            continue
        found.append({"name": name, "summary": one.summary, **{fact: getattr(one, fact) for fact in facts}})
    return found


def _models() -> list[dict[str, Any]]:
    from importlib.util import find_spec

    from tunelens.models.catalogue import MODELS

    found = _named(MODELS, "kind", "default_input", "extra", "tasks")
    return [
        one | {"tasks": sorted(one["tasks"]), "available": find_spec(NEEDS[one["extra"]]) is not None}
        if "extra" in one
        else one
        for one in found
    ]


def _metrics() -> list[dict[str, Any]]:
    from tunelens.evaluation.metrics import MAIN, METRICS

    found = _named(METRICS, "tasks", "higher_is_better")
    return [one | {"tasks": sorted(one["tasks"]), "main": one["name"] in MAIN.values()} for one in found]


def check_recipe(model: str, balance: str, tune: int) -> None:
    """Raise `ParameterError` or `UnknownNameError` unless these make a recipe."""
    from tunelens.data.balance import BALANCERS
    from tunelens.models.recipe import Recipe

    BALANCERS[balance]
    Recipe(model, balance=balance, tune=tune)


def check_stages(names: Iterable[str]) -> None:
    """Raise `UnknownNameError` unless these are stages of a report on hits."""
    for name in names:
        if name not in STAGES:
            raise UnknownNameError.among("stage", name, STAGES)
