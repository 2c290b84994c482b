"""The musicnn net (Pons & Serra 2019) as an ONNX graph that does no work twice.

Against the graph as it was trained, the same function in another order:

- Every front-end convolution is followed by relu, batch norm and a maximum over all frequencies. The maximum
  is taken first, since the other two are monotonic; a filter whose batch norm falls is negated, so that its
  minimum is a maximum too. Relu and batch norm then touch one value where there were up to 96.
- Filters are filled up with zeros to whole lanes of the processor, so that the runtime keeps one layout from
  the convolution through the maximum instead of reordering the large result in between.
- The batch norm before the dense layer is folded into its weights.
"""

from __future__ import annotations

import numpy as np

from tunelens.models.backbones.graph import Float32, Graph, Weights, batch_norm

PATCH_SHAPE = (187, 96)
N_PENULTIMATE = 200
LANES = 16
_TIMBRAL = ("", "_1")
_TEMPORAL = ("_2", "_3", "_4")


def musicnn_graph(weights: Weights) -> bytes:
    """Return the net as ONNX.

    Input ``patches`` (batch, 187, 96); outputs ``scores`` (batch, tags), ``penultimate`` (batch, 200),
    ``mean`` and ``max`` (batch, 753).

    Raises
    ------
    KeyError
        A tensor is absent.
    """
    graph = Graph()
    scale, shift = batch_norm(weights, "batch_normalization")
    x = graph.add("Unsqueeze", "patches", np.array([1]))
    x = graph.add("Add", graph.add("Mul", x, scale), shift)
    front = [_front(graph, weights, x, name) for name in (*_TIMBRAL, *_TEMPORAL)]
    layers = _middle(graph, weights, graph.add("Concat", *front, axis=1))
    pooled = graph.add("Concat", *layers, axis=1)
    peak = graph.add("ReduceMax", pooled, axes=[2], keepdims=0)
    mean = graph.add("ReduceMean", pooled, axes=[2], keepdims=0)
    penultimate, scores = _back(graph, weights, peak, mean)
    for name, output in {"scores": scores, "penultimate": penultimate, "mean": mean, "max": peak}.items():
        graph.rename(name=output, output=name)
    n_tags, width = weights["dense_1/bias"].size, weights["dense/kernel"].shape[0] // 2
    sizes = {"scores": n_tags, "penultimate": N_PENULTIMATE, "mean": width, "max": width}
    return graph.to_bytes(
        {"patches": ["batch", *PATCH_SHAPE]}, {name: ["batch", size] for name, size in sizes.items()}
    )


def _following(name: str) -> str:
    """Name of the batch norm behind a convolution: they are numbered from 1, convolutions from 0."""
    return f"batch_normalization_{int(name[1:] or 0) + 1}"


def _front(graph: Graph, weights: Weights, x: str, name: str) -> str:
    """Return (batch, filters, time): one kind of filter at its best place on the frequency axis."""
    kernel = weights[f"conv2d{name}/kernel"].transpose(3, 2, 0, 1)
    n_filters, _, length, height = kernel.shape
    scale, shift = batch_norm(weights, _following(name))
    sign = np.where(scale < 0, np.float32(-1), np.float32(1))
    filled = np.pad(kernel * sign[:, None, None, None], ((0, -n_filters % LANES), (0, 0), (0, 0), (0, 0)))
    before = (length - 1) // 2
    convolved = graph.add("Conv", x, filled, pads=[before, 0, length - 1 - before, 0])
    best = graph.add("MaxPool", convolved, kernel_shape=[1, PATCH_SHAPE[1] - height + 1])
    best = graph.add("Squeeze", best, np.array([3]))
    best = graph.add("Slice", best, np.array([0]), np.array([n_filters]), np.array([1]))
    best = graph.add("Add", graph.add("Mul", best, _column(sign)), _column(weights[f"conv2d{name}/bias"]))
    return _normalised(graph, graph.add("Relu", best), scale, shift)


def _middle(graph: Graph, weights: Weights, x: str) -> list[str]:
    """Return the input and three convolutions over time, the last two with residual connections."""
    layers = [x]
    for i, name in enumerate(("_5", "_6", "_7")):
        kernel = weights[f"conv2d{name}/kernel"][:, :, 0].transpose(2, 1, 0)
        convolved = graph.add("Conv", layers[-1], kernel, weights[f"conv2d{name}/bias"], pads=[3, 3])
        new = _normalised(graph, graph.add("Relu", convolved), *batch_norm(weights, _following(name)))
        layers.append(graph.add("Add", new, layers[-1]) if i else new)
    return layers


def _back(graph: Graph, weights: Weights, peak: str, mean: str) -> tuple[str, str]:
    """Return the penultimate layer and the scores.

    The trained weights expect maximum and mean interleaved: max of channel 0, mean of channel 0, max of 1...
    """
    scale, shift = batch_norm(weights, "batch_normalization_9")
    kernel, bias = weights["dense/kernel"], weights["dense/bias"]
    folded = scale[:, None] * kernel
    bias = (shift.astype(np.float64) @ kernel.astype(np.float64) + bias).astype(np.float32)
    of_peak, of_mean = graph.add("MatMul", peak, folded[0::2]), graph.add("MatMul", mean, folded[1::2])
    hidden = graph.add("Relu", graph.add("Add", graph.add("Add", of_peak, of_mean), bias))
    scale, shift = batch_norm(weights, "batch_normalization_10")
    penultimate = graph.add("Add", graph.add("Mul", hidden, scale), shift)
    logits = graph.add("Gemm", penultimate, weights["dense_1/kernel"], weights["dense_1/bias"])
    return penultimate, graph.add("Sigmoid", logits)


def _normalised(graph: Graph, x: str, scale: Float32, shift: Float32) -> str:
    return graph.add("Add", graph.add("Mul", x, _column(scale)), _column(shift))


def _column(values: Float32) -> Float32:
    return values.reshape(1, -1, 1)
