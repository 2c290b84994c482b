"""Fitted estimators as bytes, and back: ONNX where an estimator gives it, else skops. Never pickle."""

from __future__ import annotations

import io
import json
import sys
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from importlib import import_module
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import BundleError
from tunelens.data.labels import Task
from tunelens.models.bundles.files import AGAIN, check_zip
from tunelens.models.bundles.indices import check_indices

Float = NDArray[np.float64]
ONNX, SKOPS = "model.onnx", "model.skops"
SKLEARN = "scikit-learn"
MOST_SCHEMA_BYTES = 1 << 27

LOADERS = frozenset(
    f"{kind}Node"
    for kind in (
        "Bytes", "ConstructorFromReduce", "Dict", "DefaultDict", "DType", "Function", "Json", "List", "Loss",
        "NdArray", "Object", "RandomGenerator", "RandomState", "Set", "Slice", "Tree", "Tuple", "Type",
        "_DictWithDeprecatedKeys", "Cached",
    )
)  # fmt: skip
"""What a skops file may be made of; bound methods, partial calls and operators are not among it."""


class Answering(Protocol):
    """What every model in a bundle can do."""

    def proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities, shape (n, n_classes), or numbers, shape (n,)."""


class Estimator:
    """A scikit-learn estimator that answers in the order of the classes of its bundle."""

    def __init__(self, estimator: Any, task: Task, classes: Sequence[str]) -> None:
        from tunelens.models.recipe import Fitted

        self.fitted = Fitted(estimator, tuple(classes), task)

    def proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities or numbers."""
        if self.fitted.task == "continuous":
            return np.asarray(self.fitted.predict(X), np.float64)
        found = self.fitted.predict_proba(X)
        if found.shape != (len(X), len(self.fitted.classes)):
            raise BundleError(f"the model gives {found.shape[1:]} probabilities for a row", hint=AGAIN)
        return found


class Net:
    """An ONNX graph: one input (n, t, d) or (n, d), probabilities or numbers as its first output."""

    def __init__(self, data: bytes, task: Task, classes: Sequence[str]) -> None:
        self._session = _session(data)
        self._name, self._rank = self._session.get_inputs()[0].name, len(self._session.get_inputs()[0].shape)
        self._shape = () if task == "continuous" else (len(classes),)

    def proba(self, X: NDArray[Any]) -> Float:
        """Return probabilities or numbers."""
        X = np.asarray(X, np.float32)
        X = X[..., None] if X.ndim < self._rank else X
        try:
            found = np.concatenate(
                [self._session.run(None, {self._name: X[i : i + 16]})[0] for i in range(0, len(X), 16)]
            )
            return np.asarray(found, np.float64).reshape(len(X), *self._shape)
        except Exception as error:  # the boundary: onnxruntime raises a zoo of its own
            raise BundleError(f"the net of the bundle failed: {error}", hint=AGAIN) from error


def pack(estimator: Any) -> tuple[str, bytes]:
    """Return the name of the file and its content.

    Raises
    ------
    BundleError
        The estimator holds something that no bundle may hold.
    """
    if hasattr(estimator, "to_onnx"):
        return ONNX, estimator.to_onnx()
    try:
        data = _skops().dumps(estimator, compression=zipfile.ZIP_DEFLATED)
    except Exception as error:  # the boundary: skops raises what it meets
        raise BundleError(f"{type(estimator).__name__} cannot be saved without pickle: {error}") from error
    return SKOPS, data


def unpack(name: str, data: bytes, task: Task, classes: Sequence[str], width: int) -> Answering:
    """Return the model in `data`.

    Raises
    ------
    BundleError
        It is none that may be loaded, or does not fit the classes and the input.
    """
    if name == ONNX:
        return Net(data, task, classes)
    estimator = _of_skops(data)
    _check_inside(estimator, width)
    needed = getattr(estimator, "n_features_in_", width)
    if needed != width:
        raise BundleError(f"the model takes {needed} numbers, its input gives {width}", hint=AGAIN)
    known = {str(one) for one in getattr(estimator, "classes_", ())}
    if task == "single" and not (known and known <= set(classes)):
        raise BundleError("the classes of the model are not those of the manifest", hint=AGAIN)
    return Estimator(estimator, task, classes)


def _check_inside(estimator: Any, width: int) -> None:
    try:
        check_indices(estimator, width)
    except (AttributeError, TypeError, ValueError, IndexError, KeyError) as error:
        raise BundleError(f"the model is damaged: {error!r}", hint=AGAIN) from error


def libraries(name: str) -> dict[str, str]:
    """Return what reads a model of this file name again, and its version."""
    if name == ONNX:
        return {}
    import sklearn

    return {SKLEARN: sklearn.__version__}


def check_libraries(needed: Mapping[str, str]) -> None:
    """Raise `BundleError` unless the scikit-learn here is of the minor version that wrote the model.

    What is inside a fitted estimator may change between minor versions without a word.
    """
    if SKLEARN not in needed:
        return
    import sklearn

    if _minor(needed[SKLEARN]) != _minor(sklearn.__version__):
        raise BundleError(
            f"the bundle was written with scikit-learn {needed[SKLEARN]}; here is {sklearn.__version__}, and "
            "answers may differ between minor versions",
            hint=f"pip install 'scikit-learn=={'.'.join(_minor(needed[SKLEARN]))}.*', or train it again",
        )


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def _skops() -> Any:
    """Import skops without torch, which costs seconds and is not needed.

    To list the estimators of scikit-learn, skops imports all its packages, also the one that imports torch
    where it is installed. That one is hidden for as long as the import takes.
    """
    hidden = "sklearn.externals.array_api_compat.torch"
    if "skops.io" not in sys.modules and hidden not in sys.modules:
        sys.modules[hidden] = ModuleType(hidden)
        try:
            return import_module("skops.io")
        finally:
            del sys.modules[hidden]
    return import_module("skops.io")


def _of_skops(data: bytes) -> Any:
    from tunelens.models.classic import TRUSTED_TYPES

    check_zip(data, "the model", (".json", ".npy"))
    _check_schema(data)
    try:
        return _skops().loads(data, trusted=list(TRUSTED_TYPES))
    except Exception as error:  # the boundary: skops raises what it meets
        raise BundleError(f"the model cannot be loaded: {error}", hint=AGAIN) from error


def _check_schema(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if archive.getinfo("schema.json").file_size > MOST_SCHEMA_BYTES:
                raise BundleError("the model describes itself at too great a length", hint=AGAIN)
            schema = json.loads(archive.read("schema.json"))
    except (KeyError, ValueError, EOFError, RecursionError, zipfile.BadZipFile, zlib.error) as error:
        raise BundleError(f"the model cannot be read: {error!r}", hint=AGAIN) from None
    foreign = _loaders(schema) - LOADERS
    if foreign:
        raise BundleError(
            f"the model holds a {sorted(foreign)[0]}, which no bundle may hold",
            hint="do not use this bundle unless you know where it comes from; it can be trained again",
        )


def _loaders(schema: Any) -> set[str]:
    found: set[str] = set()
    waiting = [schema]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            if "__loader__" in node:
                found.add(str(node["__loader__"]))
            waiting.extend(node.values())
        elif isinstance(node, list):
            waiting.extend(node)
    return found


def _session(data: bytes) -> Any:
    import onnxruntime

    _check_graph(data)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the boundary: onnxruntime raises a zoo of its own
        raise BundleError(f"the model is no net that onnxruntime can run: {error}", hint=AGAIN) from error
    if len(session.get_inputs()) != 1:
        raise BundleError(f"the net has {len(session.get_inputs())} inputs; one is needed", hint=AGAIN)
    return session


def _check_graph(data: bytes) -> None:
    """Refuse a net that would read other files."""
    import onnx

    try:
        model = onnx.load_model_from_string(data)
    except Exception as error:  # the boundary: protobuf raises a zoo of its own
        raise BundleError(f"the model is no net: {error}", hint=AGAIN) from error
    if _points_elsewhere(model.graph):
        raise BundleError("the net keeps weights in other files, which is not allowed", hint=AGAIN)


def _points_elsewhere(graph: Any) -> bool:
    """Tell whether a tensor of the graph, or of a graph inside it, lies in another file."""
    from onnx import TensorProto

    attributes = [attribute for node in graph.node for attribute in node.attribute]
    tensors = [
        *graph.initializer,
        *(one.t for one in attributes),
        *(t for one in attributes for t in one.tensors),
    ]
    if any(tensor.data_location == TensorProto.EXTERNAL for tensor in tensors):
        return True
    inner = [
        *(one.g for one in attributes if one.HasField("g")),
        *(g for one in attributes for g in one.graphs),
    ]
    return any(_points_elsewhere(one) for one in inner)
