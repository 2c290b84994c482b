"""Fetching the nets that a verb needs, once, telling so."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tunelens.cli.face import Face


def fetch_missing(face: Face, nets: Iterable[str]) -> None:
    """Fetch those of `nets` that are not here yet; `MissingDependencyError` says how, where it cannot be."""
    from tunelens.services.models import info, pull

    for name in nets:
        if not info(name).available:
            face.say(f"fetching the net {name}, once")
            pull(name)
