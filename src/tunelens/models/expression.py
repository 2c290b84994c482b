"""The one-line grammar that names a model: ``svm:C=10``, ``vote(svm,forest)``, ``stack(svm,knn):folds=3``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tunelens.base.errors import ParameterError

Value = int | float | bool | str | None
_NAME = re.compile(r"[A-Za-z][\w.-]*")
_PAIR = re.compile(r"([A-Za-z_]\w*)=([^,()=:]*)")
_WORDS: dict[str, Value] = {"true": True, "false": False, "none": None}
_GRAMMAR = "write NAME, NAME:key=value,key=value, vote(MODEL,MODEL) or stack(MODEL,MODEL)"
MOST_DEEP = 8
MOST_LONG = 2000


@dataclass(frozen=True)
class ModelExpression:
    """A model by name, what it is told, and its members if it is an ensemble.

    Parameters
    ----------
    name : str
        A name in `MODELS`, ``vote`` or ``stack``.
    params : tuple of (str, value)
    members : tuple of ModelExpression

    Examples
    --------
    >>> both = parse_expression("vote(svm:C=10,gamma=scale,forest)")
    >>> [str(member) for member in both.members], str(both)
    (['svm:C=10,gamma=scale', 'forest'], 'vote(svm:C=10,gamma=scale,forest)')
    """

    name: str
    params: tuple[tuple[str, Value], ...] = ()
    members: tuple[ModelExpression, ...] = ()

    def __str__(self) -> str:
        inside = f"({','.join(map(str, self.members))})" if self.members else ""
        told = ",".join(f"{key}={_text(value)}" for key, value in self.params)
        return f"{self.name}{inside}{':' if told else ''}{told}"

    def walk(self) -> Iterator[ModelExpression]:
        """Yield this expression and all members, down to the last."""
        yield self
        for member in self.members:
            yield from member.walk()


def parse_expression(text: str) -> ModelExpression:
    """Read `text`; names are not looked up.

    Raises
    ------
    ParameterError
        It does not follow the grammar, or is longer or deeper than any that makes sense.
    """
    if len(text) > MOST_LONG:
        raise ParameterError(f"the model is {len(text)} characters long; {MOST_LONG} are allowed")
    reader = _Reader(re.sub(r"\s+", "", text))
    found = reader.expression(0)
    if reader.rest:
        raise reader.wrong()
    return found


class _Reader:
    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    @property
    def rest(self) -> str:
        return self.text[self.at :]

    def wrong(self) -> ParameterError:
        where = f"at {self.rest[:20]!r}" if self.rest else "at its end"
        return ParameterError(f"model {self.text!r} cannot be read {where}", hint=_GRAMMAR)

    def take(self, sign: str) -> bool:
        found = self.rest.startswith(sign)
        self.at += len(sign) * found
        return found

    def expression(self, depth: int) -> ModelExpression:
        name = _NAME.match(self.rest)
        if name is None or depth > MOST_DEEP:
            raise self.wrong()
        self.at += name.end()
        members = self.members(depth) if self.take("(") else ()
        return ModelExpression(name[0], self.params() if self.take(":") else (), members)

    def members(self, depth: int) -> tuple[ModelExpression, ...]:
        found = [self.expression(depth + 1)]
        while self.take(","):
            found.append(self.expression(depth + 1))
        if not self.take(")"):
            raise self.wrong()
        return tuple(found)

    def params(self) -> tuple[tuple[str, Value], ...]:
        found: dict[str, Value] = {}
        while (pair := _PAIR.match(self.rest)) is not None:
            if pair[1] in found or not pair[2]:
                raise self.wrong()
            self.at += pair.end()
            found[pair[1]] = _value(pair[2])
            # a comma belongs to the parameters only where another key=value follows
            if not (self.rest.startswith(",") and _PAIR.match(self.rest[1:])):
                break
            self.at += 1
        if not found:
            raise self.wrong()
        return tuple(found.items())


def _value(text: str) -> Value:
    if text.lower() in _WORDS:
        return _WORDS[text.lower()]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _text(value: Value) -> str:
    return str(value).lower() if value is None or isinstance(value, bool) else str(value)
