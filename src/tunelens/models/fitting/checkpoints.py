"""Training that is killed goes on where it was: one file of arrays and JSON per run, replaced in one step."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError, DataError
from tunelens.base.files import atomic_path
from tunelens.models.bundles.files import read_arrays

Arrays = Mapping[str, NDArray[Any]]
_FACTS = "facts"
MOST_BYTES = 1 << 30
FORMAT = 1


@dataclass(frozen=True)
class Store:
    """Where the checkpoint of one run lies.

    Parameters
    ----------
    path : Path
        Its name says what is trained on what, so runs that differ in anything never mix.
    """

    path: Path

    @classmethod
    def of(cls, folder: str | Path, facts: Mapping[str, Any], arrays: Mapping[str, Any]) -> Self:
        """Return the place in `folder` of the run that `facts` and `arrays` describe, None among them."""
        digest = hashlib.sha256(json.dumps({"format": FORMAT, **facts}, sort_keys=True).encode())
        for name, array in sorted(arrays.items()):
            values = np.asarray(array)
            digest.update(f"{name} {values.dtype} {values.shape}".encode())
            digest.update(
                json.dumps(values.tolist()).encode()
                if values.dtype.hasobject
                else np.ascontiguousarray(values).tobytes()
            )
        return cls(Path(folder) / f"{digest.hexdigest()[:24]}.npz")

    def save(self, facts: Mapping[str, Any], arrays: Arrays) -> None:
        """Write both; whoever reads sees the old or the new, never a part."""
        told = np.frombuffer(json.dumps(facts).encode(), np.uint8)
        with atomic_path(self.path) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **{_FACTS: told, **arrays})

    def load(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]] | None:
        """Return what was saved, or None where nothing was; nothing is unpickled.

        Raises
        ------
        DataError
            The file is damaged.
        """
        if not self.path.exists():
            return None
        try:
            if self.path.stat().st_size > MOST_BYTES:
                raise self.damaged("it is too large")
            arrays = read_arrays(self.path.read_bytes(), f"the checkpoint {str(self.path)!r}")
            return json.loads(arrays.pop(_FACTS).tobytes()), arrays
        except (BundleError, OSError, KeyError, ValueError) as error:
            raise self.damaged(str(error)) from None

    def damaged(self, why: str) -> DataError:
        """Return the error for a file that cannot be gone on from."""
        return DataError(
            f"the checkpoint {str(self.path)!r} cannot be used: {why}",
            hint="delete it; training starts anew",
        )


def under(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return `arrays` with `prefix` before their names.

    Examples
    --------
    >>> of("net", under("net", {"head.bias": np.zeros(1)}))
    {'head.bias': array([0.])}
    """
    return {f"{prefix}/{name}": array for name, array in arrays.items()}


def of(prefix: str, arrays: Arrays) -> dict[str, NDArray[Any]]:
    """Return the arrays that `under` put there."""
    return {k.removeprefix(f"{prefix}/"): v for k, v in arrays.items() if k.startswith(f"{prefix}/")}
