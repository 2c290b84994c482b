"""`Manifest`: what a bundle says about itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Self

from tunelens.base.errors import BundleError, TunelensError
from tunelens.base.version import __version__
from tunelens.data.labels import Task
from tunelens.models.bundles.files import AGAIN, LARGEST, MANIFEST, MODELS, read_bytes
from tunelens.models.inputs import Input, parse_input
from tunelens.models.inputs.table import TableInput

FORMAT = 1
TASKS = ("single", "multi", "continuous")
MOST_CLASSES = 100_000
MOST_NAMES_WRITTEN = 200
"""More names of features than this are kept as their hash alone, unless they are columns of a table."""


@dataclass(frozen=True)
class InputSpec:
    """What the model was given in training; at any other input its answers mean nothing.

    Parameters
    ----------
    name, version : str
        Of the input.
    kind : {"vector", "sequence"}
    width : int
        How many numbers.
    names_sha256 : str
        Of their names.
    names : tuple of str
        The names, where they are few or columns of a table.
    sr : int
        Sample rate the input looks at, Hz; 0 without sound.
    """

    name: str
    version: str
    kind: str
    width: int
    names_sha256: str
    names: tuple[str, ...] = ()
    sr: int = 0

    @classmethod
    def of(cls, input: Input) -> Self:
        """Describe an input."""
        names = input.names
        written = names if input.name == "table" or len(names) <= MOST_NAMES_WRITTEN else ()
        return cls(input.name, input.version, input.kind, len(names), _digest(names), written, input.sr)

    def resolve(self) -> Input:
        """Return the input.

        Raises
        ------
        BundleError
            It is unknown here, of another version, or names its numbers otherwise.
        """
        try:
            found = TableInput(self.names) if self.name == "table" else parse_input(self.name)
        except TunelensError as error:
            raise BundleError(
                f"the bundle needs the input {self.name!r}, which is not known here: {error.message}",
                hint="install the Tunelens, or the package, that it was trained with",
            ) from error
        if found.version != self.version:
            raise BundleError(
                f"the bundle was trained on {self.name!r} of version {self.version!r}; here it is "
                f"{found.version!r}",
                hint="train it again, or use the Tunelens that it was trained with",
            )
        if (_digest(found.names), len(found.names), found.kind) != (self.names_sha256, self.width, self.kind):
            raise BundleError(
                f"the numbers of the input {self.name!r} have other names than those of the training",
                hint="train it again, or use the Tunelens that it was trained with",
            )
        return found


def _digest(names: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


@dataclass(frozen=True)
class Manifest:
    """What a bundle says about itself, as JSON in ``manifest.json``.

    Parameters
    ----------
    name : str
        Of the model.
    task : {"single", "multi", "continuous"}
    label : str
        What is predicted, say ``genre``.
    classes : tuple of str
        Columns of the probabilities; () for numbers.
    input : InputSpec
    recipe : str
        How it was trained.
    data : str
        Name of the dataset.
    data_id : str
        Hash of its rows and labels.
    n_train : int
        Rows it was trained on.
    protocol : str
        How the figures in `metrics` were measured.
    metrics : Mapping of str to object
        ``{"value", "low", "high"}`` by metric, on rows that the model had not been trained on.
    trust : Mapping
        What `Trust.report` measured.
    licence, sources : str, tuple of str
        Of the weights; of the data.
    notes : tuple of str
        Limits that a user must know.
    libraries : Mapping of str to str
        What reads the model, and its version.
    files : Mapping of str to str
        sha256 by name.
    tunelens : str
        Version that wrote it.
    format : int
        Version of this description.
    """

    name: str
    task: Task
    label: str
    classes: tuple[str, ...]
    input: InputSpec
    recipe: str = ""
    data: str = ""
    data_id: str = ""
    n_train: int = 0
    protocol: str = ""
    metrics: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    trust: Mapping[str, Any] = field(default_factory=dict)
    licence: str = ""
    sources: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    libraries: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    tunelens: str = __version__
    format: int = FORMAT

    @property
    def coverage(self) -> float | None:
        """How often sets or intervals held the truth when it was measured."""
        return self.trust.get("coverage_measured")

    @property
    def model(self) -> str:
        """Name of the file with the model."""
        return next(name for name in MODELS if name in self.files)

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as a JSON object."""
        return asdict(self)

    def to_json(self) -> str:
        """Return the text of ``manifest.json``."""
        return (
            json.dumps(self.to_dict(), indent=1, ensure_ascii=False, allow_nan=False, sort_keys=True) + "\n"
        )

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read and check the manifest of a folder.

        Raises
        ------
        BundleError
            It is absent, too large, of another format, or makes no sense.
        """
        data = read_bytes(folder, MANIFEST)
        where = repr(str(folder / MANIFEST))
        try:
            values = json.loads(data)
            version = values["format"]
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise BundleError(f"{where} is no manifest of a bundle: {error!r}", hint=AGAIN) from None
        if version != FORMAT or isinstance(version, bool):
            raise BundleError(
                f"{where} has format {version!r}; this Tunelens reads {FORMAT}",
                hint="use the Tunelens that wrote it, or train the model again",
            )
        try:
            return cls(**_checked(values))
        except (KeyError, TypeError, ValueError, RecursionError) as error:
            raise BundleError(f"{where} is no manifest of a bundle: {error}", hint=AGAIN) from None


def _checked(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - {one.name for one in fields(Manifest)}
    if unknown:
        raise ValueError(f"{sorted(unknown)[0]!r} is unknown")
    found = {name: _READERS[name](value) for name, value in values.items()}
    if len(set(found["classes"])) < len(found["classes"]):
        raise ValueError("classes are not unique")
    if bool(found["classes"]) == (found["task"] == "continuous"):
        raise ValueError(f"{len(found['classes'])} classes do not fit the task {found['task']}")
    names = list(found["files"])
    if sum(name in MODELS for name in names) != 1 or not set(names) <= set(LARGEST) - {MANIFEST}:
        raise ValueError(f"files are {names}; one model is needed, and no others than {', '.join(LARGEST)}")
    return found


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_CLASSES:
        raise TypeError("a list of texts is needed")
    return tuple(_text(one) for one in value)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no object")
    return value


def _text_mapping(value: Any) -> dict[str, str]:
    return {name: _text(one) for name, one in _mapping(value).items()}


def _metrics(value: Any) -> dict[str, dict[str, Any]]:
    return {name: _mapping(one) for name, one in _mapping(value).items()}


def _task(value: Any) -> str:
    if value not in TASKS:
        raise ValueError(f"task is {value!r}; {', '.join(TASKS)} are allowed")
    return _text(value)


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError(f"{value!r} is no count")
    return value


def _input(value: Any) -> InputSpec:
    body = _mapping(value)
    texts = {name: _text(body.pop(name)) for name in ("name", "version", "kind", "names_sha256")}
    spec = InputSpec(
        **texts, names=_texts(body.pop("names")), width=_count(body.pop("width")), sr=_count(body.pop("sr"))
    )
    if body:
        raise ValueError(f"input has {sorted(body)[0]!r}, which is unknown")
    return spec


_READERS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("name", "label", "recipe", "data", "data_id", "protocol", "licence", "tunelens"), _text),
    **dict.fromkeys(("classes", "sources", "notes"), _texts),
    **dict.fromkeys(("libraries", "files"), _text_mapping),
    **dict.fromkeys(("n_train", "format"), _count),
    "task": _task,
    "input": _input,
    "metrics": _metrics,
    "trust": _mapping,
}
