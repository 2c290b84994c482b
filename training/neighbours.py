"""Fit the parts of the space of neighbours and try weights: ``python -m training.neighbours``.

Writes ``src/tunelens/library/neighbours/parts.npz`` and prints the tables of docs/neighbours.md. Nothing is
learned from labels: means, deviations and principal directions of two sets of music, each set counting the
same. The weights were chosen by the first table, in which each set is placed by parts fitted to the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.kin import SETS, Judged, Truth, differences, heard, judge, ways
from training.sets import data_dir
from tunelens.library.neighbours.measures import Measures
from tunelens.library.neighbours.parts import FILE, INPUTS, PARTS, Part, Weights, weighted

SHAPE = {"embedding": (64, 0.0, 0.0), "timbre": (24, 0.25, 0.0)} | {
    name: (n, 0.25, 1.0) for name, n in (("rhythm", 15), ("harmony", 15), ("energy", 7))
}
"""Of each part: principal directions, how far they are evened out (1 makes all as long), lift."""
N_PAIRS = 200_000


def fit(name: str, sets: list[Measures], seed: int = 0) -> Part:
    """Fit one part to sets of music that count the same, whatever their size."""
    blocks = [one.take(INPUTS[name]) for one in sets]
    X = np.concatenate(blocks).astype(np.float64)
    share = np.concatenate([np.full(len(block), 1 / len(block)) for block in blocks]) / len(blocks)
    mean, scale = moments(X, share)
    Z = np.clip(np.nan_to_num((X - mean) / scale), -4, 4)
    basis = directions(Z, share, *SHAPE[name][:2])
    part = Part(name, *(a.astype(np.float32) for a in (mean, scale, basis)), SHAPE[name][2], np.zeros(101))
    return Part(name, part.mean, part.scale, part.basis, part.lift, likeness(part, sets, seed))


def moments(X: NDArray, share: NDArray) -> tuple[NDArray, NDArray]:
    """Return mean and deviation of each column, over what is known."""
    known = np.isfinite(X)
    weight = known * share[:, None]
    weight /= weight.sum(axis=0)
    filled = np.where(known, X, 0)
    mean = (weight * filled).sum(axis=0)
    scale = np.sqrt((weight * (filled - mean) ** 2).sum(axis=0))
    return mean, np.where(scale > 1e-9, scale, 1)


def directions(Z: NDArray, share: NDArray, n: int, evened: float) -> NDArray:
    """Return principal directions such that a usual row has length 1 after them."""
    around = Z - share @ Z
    values, vectors = np.linalg.eigh((around * share[:, None]).T @ around)
    best = np.argsort(-values, kind="stable")[:n]
    signs = np.sign(vectors[np.abs(vectors[:, best]).argmax(axis=0), best])
    basis = vectors[:, best] * signs * np.maximum(values[best], 1e-9) ** (-evened)
    return basis / np.sqrt(share @ ((Z @ basis) ** 2).sum(axis=1))


def likeness(part: Part, sets: list[Measures], seed: int) -> NDArray:
    """Return percentiles of the cosine of pairs drawn within the sets."""
    rng = np.random.default_rng(seed)
    cosines = []
    for found in (part.place(one) for one in sets):
        places = found[np.linalg.norm(found, axis=1) > 0]
        a, b = rng.integers(0, len(places), (2, N_PAIRS // len(sets)))
        cosines.append(np.einsum("nd,nd->n", places[a], places[b])[a != b])
    return np.percentile(np.concatenate(cosines), np.arange(101)).astype(np.float32)


def save(parts: list[Part], path: Path = FILE) -> None:
    """Write the parts."""
    held = {
        f"{part.name}.{what}": np.asarray(getattr(part, what), np.float32)
        for part in parts
        for what in ("mean", "scale", "basis", "lift", "likeness")
    }
    np.savez_compressed(path, **held)


PEERS = ("mean MFCC", "raw embedding")
MIXES = {
    "embedding alone": Weights(timbre=0, rhythm=0, harmony=0, energy=0),
    **{f"each other part {w}": Weights(1, w, w, w, w) for w in (0.1, 0.2, 0.5, 1.0)},
    "without embedding": Weights(embedding=0),
    **{f"{name} alone": Weights(**{one: float(one == name) for one in PARTS}) for name in PARTS[1:]},
}


Sets = dict[str, tuple[Measures, Truth]]


def held_out(sets: Sets, name: str, weights: Weights) -> NDArray:
    """Return how alike the tracks of a set are, placed by parts that were fitted to the other sets."""
    others = [tables for other, (tables, _) in sets.items() if other != name]
    blocks = [fit(part, others).place(sets[name][0]) for part in PARTS]
    X = weighted(np.concatenate(blocks, axis=1), weights)
    return X @ X.T


def table(sets: Sets) -> Iterator[str]:
    """Yield the lines of a table of how kin neighbours are, with several weights and in other ways."""
    yield "| weights |" + "".join(f" {name}: {what} |" for name in sets for what in Judged._fields)
    yield "| --- |" + " --- |" * (len(sets) * len(Judged._fields))
    for mix, weights in MIXES.items():
        yield line(mix, [judge(held_out(sets, name, weights), truth) for name, (_, truth) in sets.items()])
    for way in PEERS:
        yield line(way, [judge(ways(tables)[way], truth) for tables, truth in sets.values()])
    yield line("chance", [truth.chance for _, truth in sets.values()])


def line(name: str, figures: list[Judged]) -> str:
    """Return one line of the table."""
    return f"| {name} |" + "".join(f" {value:.3f} |" for one in figures for value in one)


def more_than_peers(sets: Sets) -> Iterator[str]:
    """Yield lines that tell how much more the usual weights have in common than other ways."""
    for name, (tables, truth) in sets.items():
        ours = held_out(sets, name, Weights())
        for peer in PEERS:
            told = zip(Judged._fields, differences(ours, ways(tables)[peer], truth), strict=True)
            spans = ", ".join(f"{what} {low:+.3f} to {high:+.3f}" for what, (low, high) in told)
            yield f"{name}, more than {peer}: {spans}"


if __name__ == "__main__":
    sets = {name: heard(data_dir(), name) for name in SETS}
    save([fit(name, [tables for tables, _ in sets.values()]) for name in PARTS])
    print("\n".join([*table(sets), *more_than_peers(sets)]))
