"""Nested JSON as rows of text: where the list of songs is, and what its columns are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

_DEEPEST = 6
_MOST_COLUMNS = 1_000
_MOST_MEMBERS = 100
_NAMES = ("name", "title", "nickname")


def text_of(value: Any, depth: int = 0) -> str:
    """Return a value of JSON as a cell; of a list its members with commas between, of objects their names.

    Examples
    --------
    >>> text_of(None), text_of(True), text_of(1.0), text_of([{"name": "Ann"}, "Bob"]), text_of({"id": 7})
    ('', 'true', '1.0', 'Ann, Bob', '')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        members = value[:_MOST_MEMBERS] if depth < _DEEPEST else []
        return ", ".join(text for one in members if (text := text_of(one, depth + 1)))
    if isinstance(value, dict):
        return next((value[name] for name in _NAMES if isinstance(value.get(name), str)), "")
    return json.dumps(value)


def flat(song: dict[str, Any]) -> dict[str, str]:
    """Return the cells of an object; keys of objects in it are joined by dots.

    Examples
    --------
    >>> flat({"id": 7, "author": {"name": "Ann", "age": 20}, "artists": [{"name": "Bob"}]})
    {'id': '7', 'author': 'Ann', 'author.name': 'Ann', 'author.age': '20', 'artists': 'Bob'}
    """
    cells: dict[str, str] = {}
    for name, value in _leaves(song, "", 0):
        if len(cells) >= _MOST_COLUMNS:
            break
        cells[name.encode("utf-8", "replace").decode("utf-8")] = value
    return cells


def _leaves(value: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str]]:
    for key, member in value.items():
        name = f"{prefix}{key}"
        text = text_of(member)
        if text or not isinstance(member, dict):
            yield name, text
        if isinstance(member, dict) and depth < _DEEPEST:
            yield from _leaves(member, f"{name}.", depth + 1)


def longest_list(document: Any) -> list[Any] | None:
    """Return the list with most objects in `document`, the outermost where several have as many.

    Examples
    --------
    >>> longest_list({"code": 0, "data": {"list": [{"id": 1}, {"id": 2}], "ads": [{"id": 3}]}})
    [{'id': 1}, {'id': 2}]
    """
    lists = list(_lists(document, 0))
    return max(lists, key=lambda one: sum(isinstance(song, dict) for song in one), default=None)


def _lists(value: Any, depth: int) -> Iterator[list[Any]]:
    if isinstance(value, list):
        if any(isinstance(one, dict) for one in value):
            yield value
        return
    if isinstance(value, dict) and depth < _DEEPEST:
        for member in value.values():
            yield from _lists(member, depth + 1)
