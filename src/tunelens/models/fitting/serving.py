"""A trained net as it is served: raw frames in, probabilities or numbers out, also as ONNX."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from tunelens.data.labels import Task
from tunelens.models.fitting.sequences import Scale

OPSET = 17


class Serving(nn.Module):
    """Standardises, asks the net, and turns its scores into what was asked for.

    Parameters
    ----------
    net : torch module
    scale : Scale
        Of the training data.
    task : {"single", "multi", "continuous"}
    numbers : tuple of float
        Mean and spread of the training numbers.
    vectors : bool
        Its input is (n, d), which the net reads as d frames of one feature.
    """

    def __init__(
        self, net: nn.Module, scale: Scale, task: Task, numbers: tuple[float, float], vectors: bool
    ) -> None:
        super().__init__()
        self.net, self.task, self.numbers, self.vectors = net, task, numbers, vectors
        self.register_buffer("mean", torch.from_numpy(scale.mean))
        self.register_buffer("spread", torch.from_numpy(scale.spread))

    def forward(self, X: Tensor) -> Tensor:
        """Return probabilities (n, k) or numbers (n,) of raw frames, NaN where they are not known."""
        X = X.unsqueeze(-1) if self.vectors else X
        Z = (X - self.mean) / self.spread
        scores = self.net(torch.where(torch.isnan(Z), torch.zeros_like(Z), Z))
        if self.task == "single":
            return torch.softmax(scores, dim=1)
        if self.task == "multi":
            return torch.sigmoid(scores)
        return scores.squeeze(1) * self.numbers[1] + self.numbers[0]


def to_onnx(serving: Serving, shape: tuple[int, ...], free: tuple[str, ...]) -> bytes:
    """Return the net as a checked ONNX model.

    The exporter by tracing is a hundred times faster with recurrent nets than its successor and needs nothing
    but torch; where a later torch has dropped it, the successor is used.

    Parameters
    ----------
    serving : Serving
    shape : tuple of int
        Of an example.
    free : tuple of str
        Names of the leading axes that may have any length.
    """
    import onnx

    serving.eval()
    with _quiet(), torch.no_grad():
        try:
            data = _by_tracing(serving, shape, free)
        except (TypeError, ValueError):
            data = _by_successor(serving, shape, free)
    onnx.checker.check_model(data, full_check=True)
    return data


def _by_tracing(serving: Serving, shape: tuple[int, ...], free: tuple[str, ...]) -> bytes:
    buffer = io.BytesIO()
    torch.onnx.export(
        serving,
        (torch.zeros(shape),),
        buffer,
        input_names=["X"],
        output_names=["answers"],
        dynamic_axes={"X": dict(enumerate(free)), "answers": {0: free[0]}},
        opset_version=OPSET,
        dynamo=False,
    )
    return buffer.getvalue()


def _by_successor(serving: Serving, shape: tuple[int, ...], free: tuple[str, ...]) -> bytes:
    dims = dict.fromkeys(range(len(free)), torch.export.Dim.DYNAMIC)
    made = torch.onnx.export(
        serving,
        (torch.zeros(2, *shape[1:]),),
        input_names=["X"],
        output_names=["answers"],
        dynamic_shapes=(dims,),
        dynamo=True,
        verbose=False,
    )
    data: bytes = made.model_proto.SerializeToString()
    return data


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporters from telling about themselves; what they make is compared with torch by tests."""
    log = logging.getLogger("torch.onnx")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            for category in (DeprecationWarning, FutureWarning, torch.jit.TracerWarning):
                warnings.simplefilter("ignore", category)
            # the first states of recurrent nets are made inside the graph, for any number of rows
            warnings.filterwarnings("ignore", "Exporting a model to ONNX with a batch_size", UserWarning)
            warnings.filterwarnings("ignore", "The tensor attributes", UserWarning)
            yield
    finally:
        log.setLevel(before)


def ask(serving: Serving, X: Any) -> Any:
    """Return what `serving` says of an array, as an array."""
    with torch.inference_mode():
        return serving(torch.from_numpy(X)).numpy()
