"""The rebuilt VGGs against TensorFlow's answers, their training graphs, and plain numpy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.audio import decode
from tunelens.base.packages import read_member
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES
from tunelens.models.backbones.checkpoint import _Reader
from tunelens.models.backbones.musicnn import read_weights
from tunelens.models.backbones.vgg_graph import MSD_POOLS, MTT_POOLS, Pool, vgg_graph

GOLDEN = Path(__file__).parents[2] / "golden" / "vgg.npz"
POOLS = {"MSD_vgg": MSD_POOLS, "MTT_vgg": MTT_POOLS}


def random_weights(rng: np.random.Generator) -> dict[str, np.ndarray]:
    weights = {"dense/kernel": rng.standard_normal((256, 7)) / 16, "dense/bias": rng.standard_normal(7)}
    for i, n in enumerate((1, *[128] * 5)):
        name = "batch_normalization" + (f"_{i}" if i else "")
        weights[f"{name}/gamma"] = rng.standard_normal(n)  # half of them fall: the minimum must win there
        weights[f"{name}/beta"] = rng.standard_normal(n)
        weights[f"{name}/moving_mean"] = rng.standard_normal(n)
        weights[f"{name}/moving_variance"] = rng.uniform(0.5, 2, n)
        if i:
            before = 1 if i == 1 else 128
            weights[f"{i}CNN/kernel"] = rng.standard_normal((3, 3, before, 128)) / np.sqrt(9 * before)
            weights[f"{i}CNN/bias"] = 0.1 * rng.standard_normal(128)
    return {name: value.astype(np.float32) for name, value in weights.items()}


def as_trained(
    weights: dict[str, np.ndarray], pools: tuple[Pool, ...], patch: np.ndarray
) -> dict[str, np.ndarray]:
    """The net in the order in which it was trained, in float64: convolution, relu, batch norm, pool."""
    w = {name: value.astype(np.float64) for name, value in weights.items()}

    def norm(x: np.ndarray, i: int) -> np.ndarray:
        name = "batch_normalization" + (f"_{i}" if i else "")
        x = (x - w[f"{name}/moving_mean"]) / np.sqrt(w[f"{name}/moving_variance"] + 0.001)
        return x * w[f"{name}/gamma"] + w[f"{name}/beta"]

    x = norm(patch.astype(np.float64)[..., None], 0)
    for i, pool in enumerate(pools, start=1):
        before_last = x
        around = np.pad(x, ((1, 1), (1, 1), (0, 0)))
        kernel, n, m = w[f"{i}CNN/kernel"], *x.shape[:2]
        x = sum(around[a : a + n, b : b + m] @ kernel[a, b] for a in range(3) for b in range(3))
        x = norm(np.maximum(x + w[f"{i}CNN/bias"], 0), i)
        cells = sliding_window_view(x, pool.size, axis=(0, 1))[:: pool.step[0], :: pool.step[1]]
        x = cells.max(axis=(-2, -1))
    scores = 1 / (1 + np.exp(-(x.ravel() @ w["dense/kernel"] + w["dense/bias"])))
    return {"scores": scores, "pool5": x.ravel(), "pool4": before_last.mean(axis=(0, 1))}


def run_graph(weights: dict[str, np.ndarray], pools: tuple[Pool, ...], patches: np.ndarray) -> dict:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(vgg_graph(weights, pools), options)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {"patches": patches}), strict=True))


@pytest.mark.parametrize("pools", POOLS.values(), ids=POOLS)
def test_graph_is_the_net_as_it_was_trained(pools: tuple[Pool, ...], rng: np.random.Generator) -> None:
    weights = random_weights(rng)
    patches = rng.uniform(0, 4, (2, 187, 96)).astype(np.float32)
    found = run_graph(weights, pools, patches)
    assert set(found) == {"scores", "pool4", "pool5"}
    for i, patch in enumerate(patches):
        for name, value in as_trained(weights, pools, patch).items():
            np.testing.assert_allclose(found[name][i], value, atol=1e-4, rtol=1e-4, err_msg=name)


@pytest.mark.parametrize("name", POOLS)
def test_parity_with_tensorflow(name: str, musicnn_package: Path, data_dir: Path) -> None:
    patches = np.load(data_dir / "reference" / "musicnn_patches.npy", allow_pickle=False)
    with np.load(GOLDEN, allow_pickle=False) as answers:
        expected = {key: answers[f"{name}.{key}"] for key in ("scores", "pool4", "pool5")}
    found = run_graph(dict(read_weights(musicnn_package, name)), POOLS[name], patches)
    assert np.abs(found["scores"] - expected["scores"]).max() < 2e-6
    for layer in ("pool4", "pool5"):
        assert np.abs(found[layer] - expected[layer]).max() < 2e-5


@pytest.mark.parametrize("name", POOLS)
def test_pools_are_those_that_were_trained(name: str, musicnn_package: Path) -> None:
    assert trained_pools(read_member(musicnn_package, f"musicnn/{name}/.meta")) == POOLS[name]


def trained_pools(meta: bytes) -> tuple[Pool, ...]:
    """Read the maximum pools of a MetaGraphDef, in order: .graph_def.node[].{name, op, attr}."""
    found = {}
    for node in parts(part(meta, 2), 1):
        name = part(node, 1).decode()
        if part(node, 2) == b"MaxPool" and name.startswith("model/"):
            attributes = {part(one, 1): part(one, 2) for one in parts(node, 5)}
            size, step = (numbers(part(part(attributes[key], 1), 3)) for key in (b"ksize", b"strides"))
            found[name] = Pool(size[1:3], step[1:3])
    return tuple(found[name] for name in sorted(found, key=lambda name: (name.count("_"), name)))


def parts(message: bytes, field: int) -> list[bytes]:
    return [value for key, value in _Reader(message).fields() if key == field and isinstance(value, bytes)]


def part(message: bytes, field: int) -> bytes:
    return parts(message, field)[0]


def numbers(packed: bytes) -> tuple[int, ...]:
    reader, found = _Reader(packed), []
    while not reader.at_end:
        found.append(reader.varint())
    return tuple(found)


@pytest.mark.parametrize(("song", "tag"), [("metal", "metal"), ("jazz", "jazz")])
def test_songs_get_the_tags_they_deserve(song: str, tag: str, models: Settings, data_dir: Path) -> None:
    BACKBONES["MSD_vgg"].pull(models)
    ear = BACKBONES["MSD_vgg"].listener(6, models)
    ear.add(decode(data_dir / "songs" / f"{song}_music.mp3", sr=22050, mono=True))
    assert ear.finish().grouped()["genre"][0][0] == tag
