"""What the cells of a library may hold: SQLite itself keeps text in a column of numbers."""

from __future__ import annotations

from math import isfinite
from typing import Any

from sqlalchemy import BigInteger, Float, Integer, LargeBinary, Text
from sqlalchemy.types import TypeDecorator

from tunelens.base.errors import DataError
from tunelens.library.faults import DAMAGED


class _Cell(TypeDecorator[Any]):
    """A type that refuses, where it is read, what does not belong into its column."""

    kinds: tuple[type, ...]
    called: str

    def process_result_value(self, value: Any, _dialect: Any) -> Any:
        """Return the value as it is stored, or raise `DataError` where it is of another type."""
        if value is None or (isinstance(value, self.kinds) and _is_sane(value)):
            return value
        raise DataError(
            f"the library is damaged: {str(value)[:40]!r} stands where {self.called} should be", hint=DAMAGED
        )

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        """Let what is computed with a column have the type that it has with a plain one."""
        return self.impl_instance.coerce_compared_value(op, value)


def _is_sane(value: Any) -> bool:
    return not isinstance(value, float) or isfinite(value)


class Words(_Cell):
    """Text."""

    impl, cache_ok, kinds, called = Text, True, (str,), "text"


class Whole(_Cell):
    """A whole number."""

    impl, cache_ok, kinds, called = Integer, True, (int,), "a whole number"


class Large(_Cell):
    """A whole number of 64 bits."""

    impl, cache_ok, kinds, called = BigInteger, True, (int,), "a whole number"


class Real(_Cell):
    """A finite number."""

    impl, cache_ok, kinds, called = Float, True, (float, int), "a finite number"


class Bytes(_Cell):
    """Bytes."""

    impl, cache_ok, kinds, called = LargeBinary, True, (bytes,), "bytes"
