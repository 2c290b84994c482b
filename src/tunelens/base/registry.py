"""One generic registry: built-ins are a literal table, third parties use entry points."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from tunelens.base.errors import MissingDependencyError, ParameterError, UnknownNameError

T = TypeVar("T")


class Registry(Generic[T]):
    """Names and where their objects live; nothing is imported until it is asked for.

    Parameters
    ----------
    kind : str
        What is registered, in the singular, for messages.
    builtin : Mapping of str to str
        ``name -> "module:OBJECT"``.
    group : str, optional
        Entry-point group in which other packages add theirs.

    Examples
    --------
    >>> shapes = Registry[object]("shape", {"pi": "math:pi"})
    >>> list(shapes), shapes["pi"]
    (['pi'], 3.141592653589793)
    >>> shapes["po"]
    Traceback (most recent call last):
        ...
    tunelens.base.errors.UnknownNameError: unknown shape 'po'
    """

    def __init__(self, kind: str, builtin: Mapping[str, str], group: str | None = None) -> None:
        self.kind = kind
        self._where = dict(builtin)
        self._group = group
        self._loaded: dict[str, T] = {}
        self._scanned = group is None

    def _scan(self) -> None:
        if self._scanned:
            return
        self._scanned = True
        for entry in entry_points(group=self._group or ""):
            self._add_place(entry.name, entry.value)

    def _add_place(self, name: str, where: str) -> None:
        if name in self._where or name in self._loaded:
            raise ParameterError(
                f"{self.kind} {name!r} is registered twice",
                hint="rename one of them or uninstall the package that adds it",
            )
        self._where[name] = where

    def register(self, name: str, obj: T) -> T:
        """Add `obj` under `name` for this process; a name that is taken is a `ParameterError`."""
        self._scan()
        self._add_place(name, "")
        self._loaded[name] = obj
        return obj

    def unregister(self, name: str) -> None:
        """Remove what `register` added; built-ins come back at the next start."""
        self._where.pop(name, None)
        self._loaded.pop(name, None)

    def __getitem__(self, name: str) -> T:
        self._scan()
        if name not in self._where:
            raise UnknownNameError.among(self.kind, name, self._where)
        if name not in self._loaded:
            self._loaded[name] = self._load(name)
        return self._loaded[name]

    def _load(self, name: str) -> T:
        module, _, attribute = self._where[name].partition(":")
        try:
            return getattr(import_module(module), attribute)
        except ImportError as error:
            raise MissingDependencyError(
                f"{self.kind} {name!r} needs {error.name or module}, which is not installed",
                hint=f"pip install {error.name or module}",
            ) from error

    def __iter__(self) -> Iterator[str]:
        self._scan()
        return iter(self._where)

    def __len__(self) -> int:
        self._scan()
        return len(self._where)

    def __contains__(self, name: object) -> bool:
        self._scan()
        return name in self._where
