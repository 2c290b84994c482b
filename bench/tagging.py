"""Point (d): what a musicnn costs per 30 s of audio on one core, as trained and as rebuilt.

Both graphs hold the same weights and run in the same onnxruntime on one thread, in turns. The plain graph
keeps the order of the trained net: every convolution followed by relu, batch norm and then the maximum over
frequencies. Times are processor seconds of one thread, the least of some turns: what else the machine does
then hardly counts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from bench.harness import Row, Skip, data_dir
from tunelens.base.errors import MissingDependencyError
from tunelens.base.packages import fetch
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES, DEFAULT_BACKBONES, DEFAULT_PATCHES
from tunelens.models.backbones.graph import Graph, Weights, batch_norm
from tunelens.models.backbones.musicnn import FEATURES, PACKAGE, read_weights
from tunelens.models.backbones.musicnn_graph import musicnn_graph
from tunelens.models.backbones.vgg_graph import MSD_POOLS, MTT_POOLS, vgg_graph

LIMIT_S = 0.55
PATCHES = 10
VGGS = {"MSD_vgg": ("MSD_musicnn", MSD_POOLS), "MTT_vgg": ("MTT_musicnn", MTT_POOLS)}
"""Each with its sister."""


def plain_graph(weights: Weights) -> bytes:
    """Return the scores of the net, layer by layer as it was trained."""
    graph = Graph()
    x = _norm(graph, weights, graph.add("Unsqueeze", "patches", np.array([1])), 0, rank=4)
    front = [_plain_front(graph, weights, x, i) for i in range(5)]
    layers = [graph.add("Concat", *front, axis=1)]
    for i in (5, 6, 7):
        kernel = weights[f"conv2d_{i}/kernel"][:, :, 0].transpose(2, 1, 0)
        y = graph.add("Conv", layers[-1], kernel, weights[f"conv2d_{i}/bias"], pads=[3, 3])
        y = _norm(graph, weights, graph.add("Relu", y), i + 1, rank=3)
        layers.append(graph.add("Add", y, layers[-1]) if i > 5 else y)
    pooled = graph.add("Concat", *layers, axis=1)
    both = [graph.add(kind, pooled, axes=[2], keepdims=1) for kind in ("ReduceMax", "ReduceMean")]
    flat = _norm(graph, weights, graph.add("Flatten", graph.add("Concat", *both, axis=2)), 9, rank=2)
    hidden = graph.add("Relu", graph.add("Gemm", flat, weights["dense/kernel"], weights["dense/bias"]))
    hidden = _norm(graph, weights, hidden, 10, rank=2)
    logits = graph.add("Gemm", hidden, weights["dense_1/kernel"], weights["dense_1/bias"])
    graph.rename(graph.add("Sigmoid", logits), "scores")
    return graph.to_bytes({"patches": ["batch", 187, 96]}, {"scores": ["batch", 50]})


def _plain_front(graph: Graph, weights: Weights, x: str, i: int) -> str:
    name = f"conv2d_{i}" if i else "conv2d"
    kernel = weights[f"{name}/kernel"].transpose(3, 2, 0, 1)
    n = kernel.shape[2] - 1
    y = graph.add("Conv", x, kernel, weights[f"{name}/bias"], pads=[n // 2, 0, n - n // 2, 0])
    y = _norm(graph, weights, graph.add("Relu", y), i + 1, rank=4)
    y = graph.add("MaxPool", y, kernel_shape=[1, 97 - kernel.shape[3]])
    return graph.add("Squeeze", y, np.array([3]))


def _norm(graph: Graph, weights: Weights, x: str, i: int, rank: int) -> str:
    scale, shift = batch_norm(weights, f"batch_normalization_{i}" if i else "batch_normalization")
    shape = (1, -1, *[1] * (rank - 2))
    return graph.add("Add", graph.add("Mul", x, scale.reshape(shape)), shift.reshape(shape))


def _runner(model: bytes, patches: np.ndarray) -> Callable[[], np.ndarray]:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda: session.run(["scores"], {"patches": patches})[0]


def _package() -> Path:
    try:
        return fetch(PACKAGE, Settings.from_env())
    except MissingDependencyError as error:
        raise Skip(error.message) from None


def run() -> Iterator[Row]:
    package = _package()
    rng = np.random.default_rng(0)
    y = 0.1 * rng.standard_normal(PATCHES * FEATURES.cut.step + FEATURES.cut.length).astype(np.float32)
    patches = FEATURES(y)[: PATCHES * 187].reshape(PATCHES, 187, 96)
    yield Row(name="log-mel of 30 s at 16 kHz", ours=_least([lambda: FEATURES(y)], turns=5)[0])
    for name in DEFAULT_BACKBONES:
        yield from _graphs(name, read_weights(package, name), patches)
    yield from _vggs(package, patches)
    yield from _parity(package)
    yield from _whole_song()


def _graphs(name: str, weights: Weights, patches: np.ndarray) -> Iterator[Row]:
    ours, plain = _runner(musicnn_graph(weights), patches), _runner(plain_graph(weights), patches)
    if np.abs(ours() - plain()).max() > 1e-5:
        raise AssertionError("the two graphs do not agree, so their times cannot be compared")
    ours_s, plain_s = _least([ours, plain], turns=9)
    note = "same weights, same runtime, in turns"
    yield Row.less(f"{name}, 30 s: rebuilt against plain graph", ours_s, plain_s, note=note)
    yield Row.at_most(f"{name}, 30 s, plain graph", plain_s, LIMIT_S)
    yield Row.at_most(f"{name}, 30 s, rebuilt graph", ours_s, LIMIT_S / 2, note="half of that limit")


def _vggs(package: Path, patches: np.ndarray) -> Iterator[Row]:
    for name, (sister, pools) in VGGS.items():
        ours = _runner(vgg_graph(read_weights(package, name), pools), patches)
        theirs = _runner(musicnn_graph(read_weights(package, sister)), patches)
        ours_s, theirs_s = _least([ours, theirs], turns=9)
        yield Row.less(f"{name}, 30 s: against {sister}", ours_s, theirs_s, note="both rebuilt, in turns")
        yield Row.at_most(f"{name}, 30 s", ours_s, LIMIT_S / 2)


def _least(works: list[Callable[[], object]], turns: int) -> list[float]:
    """Return the least processor seconds of each, taken in turns; all are warmed first."""
    for work in works:
        work()
    return [min(column) for column in zip(*([_cpu(w) for w in works] for _ in range(turns)), strict=True)]


def _cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _parity(package: Path) -> Iterator[Row | Skip]:
    try:
        folder = data_dir() / "reference"
    except Skip as reason:
        yield reason
        return
    patches = np.load(folder / "musicnn_patches.npy", allow_pickle=False)
    for name in DEFAULT_BACKBONES:
        expected = np.load(folder / f"{name}_tf.npz", allow_pickle=False)["p"]
        found = _runner(musicnn_graph(read_weights(package, name)), patches)()
        largest = float(np.abs(found - expected).max())
        yield Row.at_most(f"{name}: largest difference from TensorFlow", largest, 1e-4, unit="probability")


def _whole_song() -> Iterator[Row]:
    from tunelens.audio import Clip

    settings = Settings.from_env()
    song = Clip(0.1 * np.random.default_rng(0).standard_normal(240 * 22050).astype(np.float32), 22050)
    for name in DEFAULT_BACKBONES:
        BACKBONES[name].pull(settings)

    def hear(n_patches: int | None) -> None:
        for name in DEFAULT_BACKBONES:
            ear = BACKBONES[name].listener(n_patches, settings)
            ear.add(song)
            ear.finish()

    few_s, all_s = _least([lambda: hear(DEFAULT_PATCHES), lambda: hear(None)], turns=2)
    yield Row.at_most(f"both nets, 4 minutes, {DEFAULT_PATCHES} patches", few_s, 1.0, note="decoded already")
    yield Row.less(f"both nets, 4 minutes: {DEFAULT_PATCHES} patches against all", few_s, all_s)
