"""A bundle with classes that were added from a few examples; what it was trained on stays as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError, DataError, ParameterError
from tunelens.data.labels import Task
from tunelens.models.bundles.estimators import Answering
from tunelens.models.bundles.files import (
    ADDED,
    AGAIN,
    CARD,
    MANIFEST,
    atomic_folder,
    pack_arrays,
    read_arrays,
    read_files,
)
from tunelens.models.fewshot import NewClass, with_new_classes

if TYPE_CHECKING:
    from tunelens.models.bundles.bundle import Bundle
    from tunelens.models.trust import Trust

Float = NDArray[np.float64]
N_DRAWN = 500
MOST_ADDED = 200


class Extended:
    """A model with classes added; its probabilities are calibrated, those of the added classes among them."""

    def __init__(self, model: Answering, task: Task, trust: Trust | None, added: Sequence[NewClass]) -> None:
        self.model, self.task, self.trust, self.added = model, task, trust, tuple(added)

    def proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities, those of the added classes last."""
        said = self.model.proba(X)
        fair = said if self.trust is None else self.trust.calibrate(said)
        return with_new_classes(fair, self.task, np.nan_to_num(X), self.added)


def extended_trust(trust: Trust, names: Sequence[str]) -> Trust:
    """Return the trust of a bundle with classes added: what it is asked about is calibrated already."""
    classes = (*trust.classes, *names)
    lines = np.tile([1.0, 0.0], (len(classes) if trust.task == "multi" else 1, 1))
    return replace(trust, classes=classes, lines=lines)


def read_added(data: bytes) -> tuple[NewClass, ...]:
    """Read what `pack_added` wrote; `BundleError` when it makes no sense."""
    arrays = read_arrays(data, ADDED)
    try:
        n = int(arrays["n"])
        if not 0 < n <= MOST_ADDED:
            raise ValueError(f"{n} classes")
        return tuple(NewClass.from_arrays(_part(arrays, i)) for i in range(n))
    except (KeyError, ValueError, TypeError, IndexError) as error:
        raise BundleError(f"{ADDED} makes no sense: {error!r}", hint=AGAIN) from None


def pack_added(added: Sequence[NewClass]) -> bytes:
    """Return added classes as the bytes of an ``.npz``."""
    arrays: dict[str, NDArray[Any]] = {"n": np.array(len(added))}
    for i, one in enumerate(added):
        arrays |= {f"{i}_{name}": values for name, values in one.to_arrays().items()}
    return pack_arrays(arrays)


def _part(arrays: Mapping[str, NDArray[Any]], i: int) -> dict[str, NDArray[Any]]:
    start = f"{i}_"
    return {name.removeprefix(start): values for name, values in arrays.items() if name.startswith(start)}


def extend(
    bundle: Bundle,
    name: str,
    X: NDArray[Any],
    folder: str | Path,
    *,
    prior: float | None = None,
    force: bool = False,
) -> Bundle:
    """Write a bundle that knows one class more, learned from a few examples.

    Nothing is trained anew. The examples are told apart from the training vectors that the bundle keeps, or,
    where it keeps none, from vectors drawn from the normal distribution that it knows novelty by.

    Parameters
    ----------
    bundle : Bundle
        Of single labels or tags, hearing vectors.
    name : str
        The class.
    X : ndarray, shape (n, d)
        Numbers of 3 or more examples; 5 to 20 are a good number.
    folder : path-like
        Where to.
    prior : float, optional
        How often the class is met; as often as the mean of the others if left out.
    force : bool
        Overwrite a bundle that is there.

    Raises
    ------
    ParameterError
        The name is taken or empty, the bundle gives numbers or hears sequences, or `folder` exists.
    DataError
        There are too few examples, or they have other columns.
    BundleError
        The bundle knows nothing of what it was trained on.
    """
    _check(bundle, name)
    share = 1 / (len(bundle.classes) + 1) if prior is None else prior
    new = NewClass.fit(name, np.nan_to_num(X), _others(bundle), prior=share)
    added = [*(bundle.model.added if isinstance(bundle.model, Extended) else ()), new]
    files = read_files(bundle.folder, bundle.manifest.files)
    files[ADDED] = pack_added(added)
    note = f"{name!r} was added from {len(X)} examples; the figures above are without it."
    files[CARD] = (bundle.card_text.rstrip() + f"\n\n{note}\n").encode()
    manifest = replace(
        bundle.manifest,
        classes=(*bundle.classes, name),
        notes=(*bundle.manifest.notes, note),
        files={file: hashlib.sha256(data).hexdigest() for file, data in files.items()},
    )
    return _written(Path(folder), files, manifest.to_json(), force)


def _written(folder: Path, files: Mapping[str, bytes], manifest: str, force: bool) -> Bundle:
    from tunelens.models.bundles.bundle import Bundle

    with atomic_folder(folder, force=force) as temporary:
        for file, data in files.items():
            (temporary / file).write_bytes(data)
        (temporary / MANIFEST).write_text(manifest, encoding="utf-8")
        Bundle.load(temporary)
    return Bundle.load(folder)


def _check(bundle: Bundle, name: str) -> None:
    if bundle.manifest.task == "continuous" or bundle.manifest.input.kind != "vector":
        raise ParameterError(f"{bundle.name} gives numbers or hears sequences; a class cannot be added to it")
    if not name.strip() or name in bundle.classes:
        raise ParameterError(f"the class {name!r} is empty or there already", hint="choose another name")


def _others(bundle: Bundle) -> Float:
    if "X" in bundle.reference:
        return np.nan_to_num(np.asarray(bundle.reference["X"], np.float64))
    novelty = None if bundle.trust is None else bundle.trust.novelty_of
    if novelty is None:
        raise BundleError(
            f"{bundle.name} keeps neither training vectors nor what is usual among them",
            hint="train it again, with a Tunelens that keeps them",
        )
    others = novelty.draw(N_DRAWN)
    if others.shape[1] != bundle.manifest.input.width:
        raise DataError(f"{bundle.name} knows novelty by other numbers than those it hears")
    return others
