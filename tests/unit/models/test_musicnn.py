"""The rebuilt nets against TensorFlow's answers, and against the net as it was trained, in plain numpy."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from numpy.lib.stride_tricks import sliding_window_view

from tunelens.audio import Clip, decode
from tunelens.base.errors import BundleError, MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES, DEFAULT_BACKBONES
from tunelens.models.backbones.folder import load_net
from tunelens.models.backbones.musicnn import read_weights
from tunelens.models.backbones.musicnn_graph import musicnn_graph

FRONT = {"": (7, 38, 204), "_1": (7, 67, 204), "_2": (128, 1, 51), "_3": (64, 1, 51), "_4": (32, 1, 51)}


def random_weights(rng: np.random.Generator) -> dict[str, np.ndarray]:
    shapes = {f"conv2d{k}": (t, f, 1, n) for k, (t, f, n) in FRONT.items()}
    shapes |= {"conv2d_5": (7, 561, 1, 64), "conv2d_6": (7, 64, 1, 64), "conv2d_7": (7, 64, 1, 64)}
    shapes |= {"dense": (1506, 200), "dense_1": (200, 50)}
    weights = {}
    for name, shape in shapes.items():
        weights[f"{name}/kernel"] = rng.standard_normal(shape) / np.sqrt(np.prod(shape[:-1]))
        weights[f"{name}/bias"] = 0.1 * rng.standard_normal(shape[-1])
    for i, n in enumerate((1, 204, 204, 51, 51, 51, 64, 64, 64, 1506, 200)):
        name = "batch_normalization" + (f"_{i}" if i else "")
        weights[f"{name}/gamma"] = rng.standard_normal(n)  # half of them fall: the minimum must win there
        weights[f"{name}/beta"] = rng.standard_normal(n)
        weights[f"{name}/moving_mean"] = rng.standard_normal(n)
        weights[f"{name}/moving_variance"] = rng.uniform(0.5, 2, n)
    return {name: value.astype(np.float32) for name, value in weights.items()}


def as_trained(w: dict[str, np.ndarray], patch: np.ndarray) -> dict[str, np.ndarray]:
    """The net in the order in which it was trained, in float64: convolution, relu, batch norm, pooling."""
    w = {name: value.astype(np.float64) for name, value in w.items()}

    def norm(x: np.ndarray, i: int) -> np.ndarray:
        name = "batch_normalization" + (f"_{i}" if i else "")
        x = (x - w[f"{name}/moving_mean"]) / np.sqrt(w[f"{name}/moving_variance"] + 0.001)
        return x * w[f"{name}/gamma"] + w[f"{name}/beta"]

    def convolve(x: np.ndarray, name: str, i: int) -> np.ndarray:
        kernel = w[f"{name}/kernel"][:, :, 0]
        t = kernel.shape[0]
        x = np.pad(x, (((t - 1) // 2, t // 2), (0, 0)))
        windows = sliding_window_view(x, kernel.shape[:2])
        flat = windows.reshape(*windows.shape[:2], -1) @ kernel.reshape(-1, kernel.shape[2])
        return norm(np.maximum(flat + w[f"{name}/bias"], 0), i)

    x = norm(patch.astype(np.float64)[..., None], 0)[..., 0]
    layers = [np.concatenate([convolve(x, f"conv2d{k}", i + 1).max(axis=1) for i, k in enumerate(FRONT)], 1)]
    layers.append(convolve(layers[0], "conv2d_5", 6)[:, 0])
    layers.append(convolve(layers[1], "conv2d_6", 7)[:, 0] + layers[1])
    layers.append(convolve(layers[2], "conv2d_7", 8)[:, 0] + layers[2])
    pooled = np.concatenate(layers, axis=1)
    both = np.stack([pooled.max(axis=0), pooled.mean(axis=0)], axis=1).ravel()
    hidden = np.maximum(norm(both, 9) @ w["dense/kernel"] + w["dense/bias"], 0)
    penultimate = norm(hidden, 10)
    scores = 1 / (1 + np.exp(-(penultimate @ w["dense_1/kernel"] + w["dense_1/bias"])))
    return {"scores": scores, "penultimate": penultimate, "mean": pooled.mean(0), "max": pooled.max(0)}


def run_graph(weights: dict[str, np.ndarray], patches: np.ndarray) -> dict[str, np.ndarray]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(musicnn_graph(weights), options)
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, session.run(None, {"patches": patches}), strict=True))


def test_graph_is_the_net_as_it_was_trained(rng: np.random.Generator) -> None:
    weights = random_weights(rng)
    patch = rng.uniform(0, 4, (187, 96)).astype(np.float32)
    found = run_graph(weights, patch[None])
    expected = as_trained(weights, patch)
    assert set(found) == set(expected)
    for name, value in expected.items():
        np.testing.assert_allclose(found[name][0], value, atol=1e-4, rtol=1e-4, err_msg=name)


@pytest.mark.parametrize("name", DEFAULT_BACKBONES)
def test_parity_with_tensorflow(name: str, musicnn_package: Path, data_dir: Path) -> None:
    patches = np.load(data_dir / "reference" / "musicnn_patches.npy", allow_pickle=False)
    expected = np.load(data_dir / "reference" / f"{name}_tf.npz", allow_pickle=False)
    found = run_graph(dict(read_weights(musicnn_package, name)), patches)
    assert np.abs(found["scores"] - expected["p"]).max() < 2e-6
    assert np.abs(found["penultimate"] - expected["e"]).max() < 2e-5


@pytest.mark.parametrize(("song", "tag"), [("metal", "metal"), ("jazz", "jazz")])
def test_songs_get_the_tags_they_deserve(song: str, tag: str, models: Settings, data_dir: Path) -> None:
    ear = BACKBONES["MSD_musicnn"].listener(6, models)
    ear.add(decode(data_dir / "songs" / f"{song}_music.mp3", sr=22050, mono=True))
    assert ear.finish().grouped()["genre"][0][0] == tag


def test_embeddings_have_their_sizes(models: Settings, rng: np.random.Generator) -> None:
    ear = BACKBONES["MTT_musicnn"].listener(None, models)
    ear.add(Clip(rng.uniform(-0.1, 0.1, 16000 * 7).astype(np.float32), 16000))
    tagging = ear.finish()
    assert {k: v.shape for k, v in tagging.embeddings.items()} == {
        "mean": (753,),
        "max": (753,),
        "penultimate": (200,),
    }
    assert tagging.scores.shape == (2, 50)


def test_a_changed_net_is_refused(models: Settings, tmp_path: Path) -> None:
    settings = replace(models, cache_dir=tmp_path)
    folder = BACKBONES["MSD_musicnn"].pull(settings)
    net = bytearray((folder / "model.onnx").read_bytes())
    net[1000] ^= 1
    (folder / "model.onnx").write_bytes(bytes(net))
    with pytest.raises(BundleError, match="sha256"):
        BACKBONES["MSD_musicnn"].listener(1, settings)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "{nonsense", json.dumps({"format": 99}), '{"format": 1, "name": 3}', "[" * 100_000],
)
def test_a_manifest_without_sense_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(text)
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(BundleError, match=r"manifest\.json"):
        load_net(tmp_path)


def test_four_pulls_at_once_agree(models: Settings, tmp_path: Path) -> None:
    settings = replace(models, cache_dir=tmp_path)
    folders: list[Path] = []
    threads = [
        threading.Thread(target=lambda: folders.append(BACKBONES["MSD_musicnn"].pull(settings)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(folders) == 4
    assert [path.name for path in (tmp_path / "models").iterdir()] == [folders[0].name]
    load_net(folders[0])


def test_a_net_that_was_not_pulled_says_how_to_get_it(tmp_path: Path) -> None:
    settings = Settings(cache_dir=tmp_path, offline=True)
    with pytest.raises(MissingDependencyError) as caught:
        BACKBONES["MSD_musicnn"].listener(1, settings)
    assert "models pull MSD_musicnn" in caught.value.hint
    with pytest.raises(MissingDependencyError) as caught:
        BACKBONES["MSD_musicnn"].pull(settings)
    assert "TUNELENS_PACKAGES" in caught.value.hint
