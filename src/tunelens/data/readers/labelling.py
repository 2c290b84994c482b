"""What labels mean: their kind, told from how they look, and the label in a cell."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

from tunelens.data.labels import LEVEL, Kind, Labels
from tunelens.data.readers.numbers import is_missing, number

MOST_CODES = 20
"""More distinct whole numbers than this are taken for amounts, not for codes of classes."""
LONGEST = 500
_MOSTLY = 0.95


class Unusable(Exception):  # noqa: N818 - a signal between two modules, never shown
    """A cell holds no label; the text says why."""


def guess_kind(cells: Iterable[Any], separator: str) -> Kind:
    """Tell the kind of labels from their cells.

    Numbers are continuous when one has a fraction or there are more than `MOST_CODES` of them; text with
    ``" > "`` is hierarchical, with `separator` multi-label, else single.

    Examples
    --------
    >>> guess_kind(["0", "1", "1"], ";"), guess_kind(["0.5", "1"], ";")
    ('single', 'continuous')
    >>> guess_kind(["Rock; Pop", "Jazz"], ";"), guess_kind(["Rock > Indie"], ";")
    ('multi', 'hierarchical')
    """
    texts = [cell for cell in cells if not (isinstance(cell, str) and is_missing(cell))]
    if texts and not isinstance(texts[0], str):
        return _kind_of_value(texts[0])
    if _are_amounts(texts):
        return "continuous"
    if any(LEVEL in text for text in texts):
        return "hierarchical"
    return "multi" if any(separator in text for text in texts) else "single"


def _kind_of_value(value: Any) -> Kind:
    if isinstance(value, frozenset):
        return "multi"
    return "hierarchical" if isinstance(value, tuple) else "continuous"


def _are_amounts(texts: Sequence[str]) -> bool:
    numbers = [value for value in map(number, texts) if value is not None and not math.isnan(value)]
    if not numbers or len(numbers) < _MOSTLY * len(texts):
        return False
    return len(set(numbers)) > MOST_CODES or any(not value.is_integer() for value in numbers)


def parse_label(kind: Kind, cell: Any, separator: str) -> Any:
    """Return the label in `cell` as `Labels` of that kind holds it.

    Raises
    ------
    Unusable
        There is none.

    Examples
    --------
    >>> sorted(parse_label("multi", "Rock; Pop;", ";")), parse_label("hierarchical", "Rock > Indie", ";")
    (['Pop', 'Rock'], ('Rock', 'Indie'))
    """
    if kind == "continuous":
        return _amount(cell)
    members = _members(kind, cell, separator)
    if not members:
        raise Unusable("empty label")
    if max(map(len, members)) > LONGEST:
        raise Unusable(f"label of more than {LONGEST} characters")
    if kind == "multi":
        return frozenset(members)
    if kind == "hierarchical":
        return tuple(members)
    if isinstance(cell, frozenset) and len(members) > 1:
        raise Unusable("several labels where one is wanted")
    return LEVEL.join(members)


def _amount(cell: Any) -> float:
    value = number(cell) if isinstance(cell, str) else float(cell) if isinstance(cell, int | float) else None
    if value is None or math.isinf(value):
        raise Unusable("unreadable number")
    if math.isnan(value):
        raise Unusable("empty label")
    return value


def _members(kind: Kind, cell: Any, separator: str) -> list[str]:
    if isinstance(cell, str):
        if is_missing(cell):
            return []
        between = {"multi": separator, "hierarchical": LEVEL.strip()}.get(kind)
        parts = [cell] if between is None else cell.split(between)
    elif isinstance(cell, frozenset | tuple):
        parts = sorted(cell) if isinstance(cell, frozenset) else list(cell)
    else:
        parts = [] if math.isnan(cell) else [f"{cell:g}"]
    return [part.strip() for part in parts if part.strip()]


def warnings_about(labels: Labels, separator: str) -> list[str]:
    """Return what looks wrong about `labels`."""
    classes = labels.classes
    if not classes:
        return []
    found = []
    if len(classes) == 1:
        found.append(f"there is one class only: {classes[0]}")
    spellings: dict[str, list[str]] = {}
    for name in classes:
        spellings.setdefault(name.casefold(), []).append(name)
    found += [
        f"classes that differ in case only: {', '.join(same)}" for same in spellings.values() if same[1:]
    ]
    for other in (";", ",", "|", "/"):
        n = sum(f"{other} " in name for name in classes)
        if other != separator and n and labels.kind == "single":
            found.append(
                f"{n} classes hold {other!r}; --kind multi --read separator={other!r} takes them apart"
            )
    return found
