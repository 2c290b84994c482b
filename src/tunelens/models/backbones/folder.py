"""A net as a folder: ``manifest.json`` says what it is, ``model.onnx`` is what it does."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError
from tunelens.models.ear import Hearing, Sight
from tunelens.models.logmel import LogMel

Float32 = NDArray[np.float32]

FORMAT = 1
MANIFEST, NET = "manifest.json", "model.onnx"
MAX_MANIFEST_BYTES = 1 << 20
MAX_NET_BYTES = 2 << 30


@dataclass(frozen=True)
class Manifest:
    """What a net is.

    Parameters
    ----------
    name, version : str
        Of the net.
    licence, source : str
        Of the weights; where they come from.
    tags : tuple of str
        Meaning of each column of the output ``scores``.
    features : LogMel
        What its input ``patches`` (batch, n_frames, n_mels) holds.
    sha256 : str
        Of ``model.onnx``.
    format : int
        Version of this description.
    """

    name: str
    version: str
    licence: str
    source: str
    tags: tuple[str, ...]
    features: LogMel
    sha256: str
    format: int = FORMAT

    def to_dict(self) -> dict[str, Any]:
        """Return the manifest as a JSON object."""
        return asdict(self)

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest of `folder`; anything unexpected is a `BundleError`."""
        path = folder / MANIFEST
        try:
            with path.open("rb") as file:
                values = json.loads(file.read(MAX_MANIFEST_BYTES))
            return cls._of(values)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise BundleError(f"{str(path)!r} is no manifest of a net: {error}") from error

    @classmethod
    def _of(cls, values: dict[str, Any]) -> Manifest:
        if values["format"] != FORMAT:
            raise ValueError(f"format {values['format']!r} is unknown; {FORMAT} is allowed")
        texts = [values[key] for key in ("name", "version", "licence", "source", "sha256")]
        if not all(isinstance(text, str) for text in [*texts, *values["tags"]]):
            raise TypeError("names, licence, source, tags and sha256 are texts")
        features = LogMel.from_dict(values["features"])
        return cls(**{**values, "tags": tuple(values["tags"]), "features": features})


def write_net(folder: Path, manifest: Callable[[str], Manifest], net: bytes) -> Path:
    """Put a net into `folder` so that nobody sees half of it; a folder that another process put there stays.

    `manifest` is given the sha256 of the net.

    Raises
    ------
    BundleError
        The folder cannot be made.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        (temporary / NET).write_bytes(net)
        text = json.dumps(manifest(hashlib.sha256(net).hexdigest()).to_dict(), indent=2, ensure_ascii=False)
        (temporary / MANIFEST).write_text(text + "\n", encoding="utf-8")
        temporary.chmod(0o755)
        temporary.rename(folder)
    except OSError as error:
        if not is_net(folder):
            raise BundleError(
                f"the net cannot be put into {str(folder)!r}: {error}",
                hint="delete it if it is there already",
            ) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return folder


def is_net(folder: Path) -> bool:
    """Tell whether `folder` holds a net, without reading it."""
    return (folder / MANIFEST).is_file() and (folder / NET).is_file()


@lru_cache(maxsize=8)
def load_net(folder: Path) -> Hearing:
    """Return the net in `folder`, verified; it runs on one thread.

    Raises
    ------
    BundleError
        The net is not the one its manifest describes.
    """
    manifest = Manifest.read(folder)
    session = _session(folder / NET, _checked(folder / NET, manifest))
    if [item.name for item in session.get_inputs()] != ["patches"]:
        raise BundleError(f"{str(folder / NET)!r} has other inputs than 'patches'")
    outputs = [item.name for item in session.get_outputs()]
    if "scores" not in outputs:
        raise BundleError(f"{str(folder / NET)!r} has no output 'scores'")
    spec = manifest.features

    def look(patches: Float32) -> Mapping[str, Float32]:
        return dict(zip(outputs, _run(session, patches, folder), strict=True))

    def net(y: Float32) -> Mapping[str, Float32]:
        return look(np.stack([spec.of_excerpt(one) for one in y]))

    return Hearing(manifest.name, manifest.version, manifest.tags, spec.cut, net, Sight(spec, look))


def _checked(path: Path, manifest: Manifest) -> bytes:
    try:
        if path.stat().st_size > MAX_NET_BYTES:
            raise BundleError(f"{str(path)!r} is larger than the {MAX_NET_BYTES} bytes allowed")
        data = path.read_bytes()
    except OSError as error:
        raise BundleError(f"{str(path)!r} cannot be read: {error}") from error
    digest = hashlib.sha256(data).hexdigest()
    if digest != manifest.sha256:
        raise BundleError(
            f"{str(path)!r} has sha256 {digest}; its manifest says {manifest.sha256}",
            hint=f"delete the folder {path.parent} and run: tunelens models pull",
        )
    return data


def _session(path: Path, data: bytes) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the boundary: onnxruntime raises a zoo of its own
        raise BundleError(f"{str(path)!r} is no net that onnxruntime can run: {error}") from error


def _run(session: Any, patches: Float32, folder: Path) -> list[Float32]:
    try:
        return session.run(None, {"patches": patches})
    except Exception as error:  # the boundary: onnxruntime raises a zoo of its own
        raise BundleError(f"the net in {str(folder)!r} failed: {error}") from error
