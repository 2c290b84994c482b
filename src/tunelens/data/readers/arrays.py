"""Arrays of numpy as a dataset. Nothing is unpickled; a header is held against the size of its file."""

from __future__ import annotations

import struct
import sys
import tokenize
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from tunelens.base.errors import DataError, UnknownNameError
from tunelens.data.readers.harvest import Harvest, Row, plain
from tunelens.data.readers.labelling import MOST_CODES
from tunelens.data.readers.numbers import LARGEST, moment
from tunelens.data.tracks import Tracks

MOST_BYTES = 8 << 30
_FAULTS = (
    ValueError, TypeError, KeyError, AttributeError, SyntaxError, EOFError, OverflowError, RuntimeError,
    NotImplementedError, struct.error, zlib.error, zipfile.BadZipFile, tokenize.TokenError,
)  # fmt: skip
"""What numpy and zipfile raise on files that are none of theirs."""
_LABELS = ("y", "label", "labels", "target")
_IDS = ("ids", "id", "paths")
_NAMES = ("feature_names", "columns")
_GROUPS = ("artist", "album", "cluster")


def read_arrays(path: Path, harvest: Harvest) -> Tracks:
    """Read ``X``, ``y`` and what may come with them.

    ``.npz``: ``X`` (n, d), ``y`` (n,) or, for several labels, (n, k) of 0 and 1 with ``classes``; optional
    ``names`` (of the columns if there are d, of the rows if there are n), ``feature_names``, ``ids``,
    ``groups`` or ``artist``, ``album``, ``cluster``, ``split``, ``times``. ``.npy``: rows whose last column,
    or the column ``options.label``, is the label; or a structured array.

    Raises
    ------
    DataError
        It is no such file, holds pickled objects, is too large, or shapes do not fit.
    """
    with _readable(path):
        arrays = _npz(path) if path.suffix.lower() == ".npz" else _npy(path)
    if "X" not in arrays:
        arrays = _split_label(path, arrays[""], harvest)
    _check_shapes(path, arrays)
    return _gathered(path, arrays, harvest)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # a header of Python 2
            yield
    except _FAULTS as error:
        if isinstance(error, DataError):
            raise
        raise DataError(f"{str(path)!r} is no array that can be read: {str(error)[:200]}") from error


def _npy(path: Path) -> dict[str, NDArray[Any]]:
    with path.open("rb") as file:
        return {"": _array(path, file, path.stat().st_size)}


def _npz(path: Path) -> dict[str, NDArray[Any]]:
    with zipfile.ZipFile(path) as archive:
        members = [info for info in archive.infolist() if info.filename.endswith(".npy")]
        if sum(info.file_size for info in members) > MOST_BYTES:
            raise DataError(f"{str(path)!r} unpacks to more than {MOST_BYTES} bytes")
        found = {}
        for info in members:
            with archive.open(info) as file:
                found[info.filename.removesuffix(".npy")] = _array(path, file, info.file_size)
    for wanted in (("X",), _LABELS):
        if not set(wanted) & set(found):
            raise DataError(f"{str(path)!r} holds {', '.join(found) or 'nothing'}; X and y are needed")
    return found


def _array(path: Path, file: IO[bytes], size: int) -> NDArray[Any]:
    """Read one array, after its header has been held against the bytes that are there."""
    if size > MOST_BYTES:
        raise DataError(f"{str(path)!r} has {size} bytes; at most {MOST_BYTES} are read")
    version = npy.read_magic(file)
    read_header = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}.get(version)
    if read_header is None:
        raise DataError(f"{str(path)!r} is of format {version}; 1.0 and 2.0 are read")
    shape, fortran, dtype = read_header(file)
    if dtype.hasobject:
        raise DataError(
            f"{str(path)!r} holds pickled objects, which are never read", hint="save text as an array of str"
        )
    count = int(np.prod(shape, dtype=object)) if shape else 1
    if count * dtype.itemsize > size:
        raise DataError(f"{str(path)!r} says {shape} of {dtype} and has {size} bytes only")
    values = np.frombuffer(file.read(count * dtype.itemsize), dtype)
    _check_characters(path, values)
    return values.reshape(shape, order="F" if fortran else "C")


def _check_characters(path: Path, values: NDArray[Any]) -> None:
    """Refuse text whose characters do not exist: numpy makes strings of them that crash later."""
    for name in values.dtype.names or ():
        _check_characters(path, values[name])
    if values.dtype.kind == "U" and values.size and values.dtype.itemsize:
        codes = np.ascontiguousarray(values).view(np.dtype(np.uint32).newbyteorder(values.dtype.byteorder))
        if codes.max() > sys.maxunicode:
            raise DataError(f"{str(path)!r} holds text with characters that do not exist")


def _split_label(path: Path, table: NDArray[Any], harvest: Harvest) -> dict[str, NDArray[Any]]:
    if table.dtype.names:
        return _split_fields(path, table, harvest)
    if table.ndim != 2 or table.shape[1] < 2:
        raise DataError(f"{str(path)!r} has shape {table.shape}; rows with a label as last column are needed")
    names = [str(i) for i in range(table.shape[1])]
    label = harvest.options.label or names[-1]
    if label not in names:
        raise UnknownNameError.among("column", label, names)
    if harvest.options.label is None:
        harvest.note(f"column {label!r}, the last, is taken as label")
    at = names.index(label)
    rest = [i for i in range(len(names)) if i != at]
    return {"X": table[:, rest], "y": table[:, at], "feature_names": np.array(names)[rest]}


def _split_fields(path: Path, table: NDArray[Any], harvest: Harvest) -> dict[str, NDArray[Any]]:
    names = table.dtype.names or ()
    label = harvest.options.label or next((name for name in _LABELS if name in names), names[-1])
    if label not in names:
        raise UnknownNameError.among("column", label, names)
    others = {name: table[name] for name in names if name in (*_GROUPS, *harvest.options.group)}
    numbers = [name for name in names if name != label and name not in others]
    numbers = [name for name in numbers if table[name].dtype.kind in "fiub"]
    if not numbers or any(table[name].ndim != 1 for name in names):
        raise DataError(
            f"{str(path)!r} has fields {', '.join(names)}: single numbers are needed to learn from"
        )
    X = np.stack([table[name].astype(np.float64) for name in numbers], axis=1)
    return {"X": X, "y": table[label], "feature_names": np.array(numbers), **others}


def _check_shapes(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    X = arrays["X"]
    if X.ndim != 2 or X.dtype.kind not in "fiub":
        raise DataError(
            f"{str(path)!r}: X is {X.dtype} of shape {X.shape}; numbers of shape (n, d) are needed"
        )


def _first(arrays: Mapping[str, NDArray[Any]], names: tuple[str, ...]) -> NDArray[Any] | None:
    return next((arrays[name] for name in names if name in arrays), None)


def _gathered(path: Path, arrays: Mapping[str, NDArray[Any]], harvest: Harvest) -> Tracks:
    X = np.asarray(arrays["X"], np.float64)
    n, d = X.shape
    names = _feature_names(arrays, d)
    ids = _ids(arrays, n, d)
    labels = _labels(path, arrays, harvest)
    columns = {name: _texts(arrays[name]) for name in (*_GROUPS, *harvest.options.group) if name in arrays}
    if "groups" in arrays:
        columns.setdefault("group", _texts(arrays["groups"]))
    split = _texts(arrays["split"]) if "split" in arrays else [""] * n
    times = _texts(arrays["times"]) if "times" in arrays else [""] * n
    for name, column in {**columns, "y": labels, "ids": ids, "split": split, "times": times}.items():
        if len(column) != n:
            raise DataError(f"{str(path)!r}: X has {n} rows, {name} has {len(column)}")
    for i in range(n):
        if (np.abs(X[i]) > LARGEST).any():
            harvest.drop(ids[i], "unreadable number")
            continue
        groups = {name: column[i] for name, column in columns.items()}
        harvest.keep(
            Row(ids[i], ids[i], labels[i], x=X[i], groups=groups, split=split[i], time=moment(times[i]))
        )
    return harvest.tracks(kind=_kind(arrays, harvest), label=harvest.options.label or "y", features=names)


def _feature_names(arrays: Mapping[str, NDArray[Any]], d: int) -> list[str]:
    told = _first(arrays, _NAMES)
    if told is None and "names" in arrays and len(arrays["names"]) == d:
        told = arrays["names"]
    return [str(i) for i in range(d)] if told is None or len(told) != d else _texts(told)


def _ids(arrays: Mapping[str, NDArray[Any]], n: int, d: int) -> list[str]:
    told = _first(arrays, _IDS)
    if told is None and "names" in arrays and len(arrays["names"]) == n != d:
        told = arrays["names"]
    return [f"row {i}" for i in range(n)] if told is None else _texts(told)


def _texts(values: NDArray[Any]) -> list[str]:
    if values.dtype.kind == "S":
        return [value.decode("utf-8", "replace") for value in values.ravel().tolist()]
    return [plain(str(value)) for value in values.ravel().tolist()]


def _label_array(arrays: Mapping[str, NDArray[Any]], harvest: Harvest) -> NDArray[Any]:
    asked = harvest.options.label
    if asked is not None and asked in arrays:
        return arrays[asked]
    found = _first(arrays, _LABELS)
    assert found is not None  # checked when the file was read
    return found


def _labels(path: Path, arrays: Mapping[str, NDArray[Any]], harvest: Harvest) -> list[Any]:
    y = _label_array(arrays, harvest)
    if y.ndim == 1 or (y.ndim == 2 and y.shape[1] == 1):
        return [text.removesuffix(".0") for text in _texts(y)]
    if y.ndim != 2 or not np.isin(y, (0, 1)).all():
        raise DataError(f"{str(path)!r}: y has shape {y.shape}; (n,), or (n, k) of 0 and 1, is needed")
    classes = _texts(arrays["classes"]) if "classes" in arrays else [str(i) for i in range(y.shape[1])]
    if len(classes) != y.shape[1]:
        raise DataError(f"{str(path)!r}: y has {y.shape[1]} columns, classes has {len(classes)}")
    return [frozenset(name for name, on in zip(classes, row, strict=True) if on) for row in y.tolist()]


def _kind(arrays: Mapping[str, NDArray[Any]], harvest: Harvest) -> Any:
    """Many values that are stored as fractions are amounts; all else is told from the cells."""
    y = _label_array(arrays, harvest)
    is_amount = y.ndim == 1 and y.dtype.kind == "f" and len(np.unique(y)) > MOST_CODES
    return "continuous" if is_amount else None
