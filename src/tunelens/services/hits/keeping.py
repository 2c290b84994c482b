"""What a stage found, as JSON and back: dataclasses of Tunelens, arrays, paths, tuples, and nothing else."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from tunelens.base.errors import DataError, TunelensError

_KIND = "~"
_HOME = "tunelens."


def to_plain(value: Any) -> Any:
    """Return `value` in types that JSON knows; what JSON has no type for is named by its kind.

    Raises
    ------
    TypeError
        `value` holds something that is not kept: code, open files, strangers' classes.

    Examples
    --------
    >>> from tunelens.base.table import Table
    >>> table = Table("Songs", ("title",), (("夜曲",),))
    >>> from_plain(to_plain({"songs": table, "tempi": np.array([92.0])}))["songs"] == table
    True
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value.item() if isinstance(value, np.generic) else value
    for kind, encode in _ENCODERS.items():
        if isinstance(value, kind):
            return encode(value)
    if is_dataclass(value) and not isinstance(value, type) and type(value).__module__.startswith(_HOME):
        return _kind("object", name=_name(type(value)), fields=_fields(value))
    raise TypeError(f"{type(value).__name__} is not kept")


def from_plain(value: Any) -> Any:
    """Return what `to_plain` was given.

    Raises
    ------
    DataError
        `value` is not what `to_plain` returned.
    """
    if isinstance(value, list):
        return [from_plain(one) for one in value]
    if not isinstance(value, dict):
        return value
    if _KIND not in value:
        return {name: from_plain(one) for name, one in value.items()}
    try:
        return _DECODERS[value[_KIND]](value)
    except (KeyError, TypeError, ValueError, AttributeError, ImportError) as error:
        raise DataError(f"what was kept cannot be read: {error}") from error


def _kind(name: str, /, **values: Any) -> dict[str, Any]:
    return {_KIND: name, **values}


def _name(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _fields(value: Any) -> dict[str, Any]:
    return {one.name: to_plain(getattr(value, one.name)) for one in fields(value) if one.init}


def _map(value: Mapping[Any, Any]) -> dict[str, Any]:
    if all(isinstance(name, str) for name in value) and _KIND not in value:
        return {name: to_plain(one) for name, one in value.items()}
    return _kind("map", items=[[to_plain(name), to_plain(one)] for name, one in value.items()])


def _array(value: np.ndarray) -> dict[str, Any]:
    if value.dtype.hasobject:
        raise TypeError("an array of objects is not kept")
    content = b64encode(np.ascontiguousarray(value).tobytes()).decode("ascii")
    return _kind("array", dtype=value.dtype.str, shape=list(value.shape), data=content)


def _to_array(value: Mapping[str, Any]) -> np.ndarray:
    dtype = np.dtype(value["dtype"])
    if dtype.hasobject:
        raise ValueError("an array of objects is never kept")
    content = np.frombuffer(b64decode(value["data"], validate=True), dtype)
    return content.reshape(value["shape"]).copy()


def _class(name: str) -> Any:
    """Return a class of Tunelens by name: a file in a work folder calls nothing else."""
    module, _, path = name.partition(":")
    if not module.startswith(_HOME):
        raise ValueError(f"{name!r} is no class of Tunelens")
    found: Any = import_module(module)
    for part in path.split("."):
        found = getattr(found, part)
    if not isinstance(found, type) or not (is_dataclass(found) or issubclass(found, TunelensError)):
        raise ValueError(f"{name!r} is nothing that is kept")
    return found


_ENCODERS: dict[Any, Callable[[Any], Any]] = {
    np.generic: lambda one: one.item(),
    np.ndarray: _array,
    list: lambda one: [to_plain(item) for item in one],
    tuple: lambda one: _kind("tuple", items=[to_plain(item) for item in one]),
    frozenset: lambda one: _kind("set", items=[to_plain(item) for item in sorted(one)]),
    Mapping: _map,
    Path: lambda one: _kind("path", path=str(one)),
    TunelensError: lambda one: _kind(
        "error", name=_name(type(one)), message=one.message, hint=to_plain(one.hint)
    ),
}
_DECODERS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "array": _to_array,
    "tuple": lambda one: tuple(from_plain(item) for item in one["items"]),
    "set": lambda one: frozenset(from_plain(item) for item in one["items"]),
    "map": lambda one: {from_plain(name): from_plain(item) for name, item in one["items"]},
    "path": lambda one: Path(one["path"]),
    "error": lambda one: _class(one["name"])(one["message"], hint=one["hint"]),
    "object": lambda one: _class(one["name"])(**{k: from_plain(v) for k, v in one["fields"].items()}),
}
