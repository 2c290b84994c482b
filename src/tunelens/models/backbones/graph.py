"""Writing an ONNX graph node by node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Weights = Mapping[str, Float32]
EPSILON = 1e-3
"""Of every batch norm in these nets."""


class Graph:
    """An ONNX graph under construction; each call adds a node and returns the name of its output."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def add(self, kind: str, *inputs: str | Float32 | NDArray[np.int64], **attributes: Any) -> str:
        """Add a node of the ONNX operator `kind`; arrays become constants, the rest attributes."""
        from onnx import helper

        names = [item if isinstance(item, str) else self.constant(item) for item in inputs]
        output = f"{kind.lower()}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, names, [output], **attributes))
        return output

    def constant(self, value: NDArray[Any]) -> str:
        """Add an array and return its name."""
        from onnx import numpy_helper

        name = f"constant_{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def rename(self, name: str, output: str) -> None:
        """Give a value the name under which the graph puts it out."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [name], [output]))

    def to_bytes(self, inputs: Mapping[str, list[Any]], outputs: Mapping[str, list[Any]]) -> bytes:
        """Return the finished model, checked, as bytes; values are float32, names of axes are free sizes."""
        import onnx
        from onnx import TensorProto, helper

        def values(described: Mapping[str, list[Any]]) -> list[Any]:
            return [helper.make_tensor_value_info(k, TensorProto.FLOAT, v) for k, v in described.items()]

        graph = helper.make_graph(
            self._nodes, "net", values(inputs), values(outputs), initializer=self._constants
        )
        opset = [helper.make_opsetid("", 17)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=8, producer_name="tunelens")
        onnx.checker.check_model(model)
        return model.SerializeToString()


def batch_norm(weights: Weights, name: str) -> tuple[Float32, Float32]:
    """Return scale and shift of a batch norm at inference, computed in float64."""
    gamma, beta, mean, variance = (
        weights[f"{name}/{part}"].astype(np.float64)
        for part in ("gamma", "beta", "moving_mean", "moving_variance")
    )
    scale = gamma / np.sqrt(variance + EPSILON)
    return scale.astype(np.float32), (beta - mean * scale).astype(np.float32)
