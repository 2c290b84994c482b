"""The VGG that stands beside musicnn in its package (Pons & Serra 2019) as an ONNX graph.

Five times a convolution of 3 x 3, relu, batch norm and maximum pooling, then a dense layer. As in
`musicnn_graph` the maximum is taken first and a filter whose batch norm falls is negated, which is the same
function at less cost.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tunelens.models.backbones.graph import Float32, Graph, Weights, batch_norm

PATCH_SHAPE = (187, 96)
N_FILTERS, N_LAST = 128, 256


@dataclass(frozen=True)
class Pool:
    """Maximum pooling over `size` cells of time and frequency, every `step` cells."""

    size: tuple[int, int]
    step: tuple[int, int]


_HALVES = Pool((2, 2), (2, 2))
_LAST = Pool((4, 4), (4, 4))
MTT_POOLS = (Pool((4, 1), (2, 2)), _HALVES, _HALVES, _HALVES, _LAST)
MSD_POOLS = (Pool((4, 1), (4, 1)), Pool((1, 4), (1, 4)), _HALVES, _HALVES, _LAST)
"""The two nets were trained with different pooling, as the graphs that lie beside their weights tell.

The package's own code pools both as the first; with that the net of the Million Song Dataset says other tags
than it was trained to say.
"""


def vgg_graph(weights: Weights, pools: tuple[Pool, ...]) -> bytes:
    """Return the net as ONNX.

    Input ``patches`` (batch, 187, 96); outputs ``scores`` (batch, tags), ``pool5`` (batch, 256): the last
    pool, 2 times in time by 128 filters, which is what the dense layer sees, and ``pool4`` (batch, 128): the
    mean of the one before over time and frequency.

    Raises
    ------
    KeyError
        A tensor is absent.
    """
    graph = Graph()
    scale, shift = batch_norm(weights, "batch_normalization")
    x = graph.add("Unsqueeze", "patches", np.array([1]))
    x = graph.add("Add", graph.add("Mul", x, scale), shift)
    layers = [x]
    for i, pool in enumerate(pools, start=1):
        layers.append(_layer(graph, weights, layers[-1], i, pool))
    mean = graph.add("ReduceMean", layers[4], axes=[2, 3], keepdims=0)
    flat = graph.add("Reshape", graph.add("Transpose", layers[5], perm=[0, 2, 3, 1]), np.array([0, -1]))
    logits = graph.add("Gemm", flat, weights["dense/kernel"], weights["dense/bias"])
    for name, output in {"scores": graph.add("Sigmoid", logits), "pool5": flat, "pool4": mean}.items():
        graph.rename(name=output, output=name)
    sizes = {"scores": weights["dense/bias"].size, "pool5": N_LAST, "pool4": N_FILTERS}
    return graph.to_bytes(
        {"patches": ["batch", *PATCH_SHAPE]}, {name: ["batch", size] for name, size in sizes.items()}
    )


def _layer(graph: Graph, weights: Weights, x: str, i: int, pool: Pool) -> str:
    """Return (batch, filters, time, frequency) after one convolution and its pool."""
    scale, shift = batch_norm(weights, f"batch_normalization_{i}")
    sign = np.where(scale < 0, np.float32(-1), np.float32(1))
    kernel = weights[f"{i}CNN/kernel"].transpose(3, 2, 0, 1) * sign[:, None, None, None]
    x = graph.add("Conv", x, kernel, pads=[1, 1, 1, 1])
    x = graph.add("MaxPool", x, kernel_shape=[*pool.size], strides=[*pool.step])
    x = graph.add("Add", graph.add("Mul", x, _plane(sign)), _plane(weights[f"{i}CNN/bias"]))
    return graph.add("Add", graph.add("Mul", graph.add("Relu", x), _plane(scale)), _plane(shift))


def _plane(values: Float32) -> Float32:
    return values.reshape(1, -1, 1, 1)
