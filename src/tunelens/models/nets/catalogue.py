"""The nets as entries of `MODELS`. Importing this imports no torch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from tunelens.base.errors import ParameterError
from tunelens.base.extras import require
from tunelens.data.labels import Task

_FIXED = {"net", "random_state"}


@dataclass(frozen=True)
class Size:
    """What a net is made for, and how large it is.

    Parameters
    ----------
    n_frames, n_features : int
        Of the sequences; most nets take others than `n_frames`.
    n_outputs : int
        Classes, tags, or 1.
    width, n_layers : int
        Of the inside.
    dropout : float
        Share of what is known that is forgotten while training.
    """

    n_frames: int
    n_features: int
    n_outputs: int
    width: int
    n_layers: int
    dropout: float = 0.0


@dataclass(frozen=True)
class NetFamily:
    """One net and what suits it.

    Parameters
    ----------
    name, summary : str
    module : str
        ``module:Class`` of the torch module.
    default_input : str
        A name in `INPUTS`.
    width, n_layers : int
        Its size unless a person says otherwise.
    widths : tuple of int
        Where tuning looks.
    any_length : bool
        It takes sequences of other lengths than those it was trained on.

    Examples
    --------
    >>> CNN1D.kind, CNN1D.extra, sorted(CNN1D.tasks)
    ('sequence', 'train', ['continuous', 'multi', 'single'])
    """

    name: str
    summary: str
    module: str
    default_input: str
    width: int
    n_layers: int
    widths: tuple[int, ...]
    any_length: bool = True
    kind: Literal["vector", "sequence"] = "sequence"
    extra: Literal["", "learn", "train"] = "train"
    tasks: frozenset[Task] = field(default=frozenset[Task](("single", "multi", "continuous")))

    def build(self, task: Task, seed: int, **params: Any) -> Any:
        """Return an unfitted `NetClassifier` or `NetRegressor`; errors as `Model.build`."""
        from tunelens.models.fitting.estimators import NetClassifier, NetRegressor

        if task not in self.tasks:
            raise ParameterError(f"{self.name} cannot learn {task} labels; it learns {sorted(self.tasks)}")
        kind = NetRegressor if task == "continuous" else NetClassifier
        allowed = set(kind().get_params()) - _FIXED
        if unknown := set(params) - allowed:
            raise ParameterError(
                f"{self.name} has no parameter {sorted(unknown)[0]!r}",
                hint=f"it has: {', '.join(sorted(allowed))}",
            )
        return kind(self.name, random_state=seed, **params)

    def space(self, trial: Any) -> dict[str, Any]:
        """Return parameters that an Optuna trial suggests."""
        return {
            "lr": trial.suggest_float("lr", 3e-4, 1e-2, log=True),
            "weight_decay": trial.suggest_float("weight_decay", 1e-5, 1e-1, log=True),
            "dropout": trial.suggest_float("dropout", 0.0, 0.6),
            "width": trial.suggest_categorical("width", list(self.widths)),
        }

    def net(self, size: Size) -> Any:
        """Return the torch module.

        Raises
        ------
        MissingDependencyError
            torch is not installed.
        """
        require("torch")
        module, _, name = self.module.partition(":")
        return getattr(import_module(module), name)(size)


_CONVOLUTION, _RECURRENT = "tunelens.models.nets.convolution", "tunelens.models.nets.recurrent"

CNN1D = NetFamily(
    "cnn1d", "1-D convolutional net: patterns of a few frames, wherever they are",
    f"{_CONVOLUTION}:Cnn1d", "mfcc_frames", 48, 3, (24, 48, 96),
)  # fmt: skip
CNN2D = NetFamily(
    "cnn2d", "2-D convolutional net: shapes in time and frequency, as in a picture",
    f"{_CONVOLUTION}:Cnn2d", "logmel", 16, 4, (8, 16, 32),
)  # fmt: skip
CRNN = NetFamily(
    "crnn", "convolutions for shapes, then a recurrent net for their order",
    f"{_RECURRENT}:Crnn", "logmel", 16, 3, (8, 16, 32),
)  # fmt: skip
LSTM = NetFamily(
    "lstm", "long short-term memory, both ways through the frames",
    f"{_RECURRENT}:Lstm", "mfcc_frames", 48, 1, (24, 48, 96),
)  # fmt: skip
GRU = NetFamily(
    "gru", "gated recurrent units, both ways through the frames; lighter than lstm",
    f"{_RECURRENT}:Gru", "mfcc_frames", 48, 1, (24, 48, 96),
)  # fmt: skip
AST = NetFamily(
    "ast", "small audio spectrogram transformer: patches that attend to each other",
    "tunelens.models.nets.transformer:Ast", "logmel", 64, 3, (32, 64, 128), any_length=False,
)  # fmt: skip

FAMILIES: Mapping[str, NetFamily] = {one.name: one for one in (CNN1D, CNN2D, CRNN, LSTM, GRU, AST)}
"""The nets by name."""
