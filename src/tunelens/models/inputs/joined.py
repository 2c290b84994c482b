"""Several inputs side by side: ``mfcc+tags``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np

from tunelens.audio.clip import Clip
from tunelens.audio.listen import Window
from tunelens.base.errors import ParameterError
from tunelens.base.settings import Settings
from tunelens.features.descriptors import Descriptors
from tunelens.models.inputs.heard import HeardInput, hear, window_of, windows_of
from tunelens.models.inputs.registry import INPUTS, Float32, Input
from tunelens.models.tagging import Tagging

JOIN = "+"


@dataclass(frozen=True)
class Joined:
    """Vectors of several inputs, one after the other.

    Parameters
    ----------
    parts : tuple of Input
        Two or more, of kind ``vector``.
    """

    parts: tuple[Input, ...]
    kind: Literal["vector"] = "vector"

    @property
    def name(self) -> str:
        """The names with ``+`` between them."""
        return JOIN.join(part.name for part in self.parts)

    @property
    def summary(self) -> str:
        """What each is."""
        return "; ".join(part.summary for part in self.parts)

    @property
    def version(self) -> str:
        """All versions."""
        return "; ".join(f"{part.name} {part.version}" for part in self.parts)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of each, with the name of the input before them."""
        return tuple(f"{part.name}/{name}" for part in self.parts for name in part.names)

    @property
    def nets(self) -> tuple[str, ...]:
        """All nets, each once."""
        return tuple(dict.fromkeys(net for part in self.parts for net in part.nets))

    @property
    def sr(self) -> int:
        """The highest rate."""
        return max(part.sr for part in self.parts)

    def of_clip(self, clip: Clip, settings: Settings | None = None) -> Float32:
        """Return the numbers of a clip."""
        if heard := self._all_heard():
            return self._hear_once(heard, [window_of(clip)], settings)
        return np.concatenate([part.of_clip(clip, settings) for part in self.parts])

    def of_file(
        self,
        path: Path,
        start_s: float | None = None,
        end_s: float | None = None,
        settings: Settings | None = None,
    ) -> Float32:
        """Return the numbers of a file or an excerpt."""
        if heard := self._all_heard():
            return self._hear_once(heard, windows_of(path, start_s, end_s, settings), settings)
        return np.concatenate([part.of_file(path, start_s, end_s, settings) for part in self.parts])

    def _all_heard(self) -> list[HeardInput]:
        """Return the parts if one hearing serves all of them, else nothing."""
        heard = [part for part in self.parts if isinstance(part, HeardInput)]
        return heard if len(heard) == len(self.parts) else []

    def _hear_once(
        self, parts: list[HeardInput], windows: Iterable[Window], settings: Settings | None
    ) -> Float32:
        descriptors, taggings = hear(windows, self.nets, any(part.groups for part in parts), settings)
        return np.concatenate([part.vector(descriptors, taggings) for part in parts])

    def of_heard(self, descriptors: Descriptors, taggings: Mapping[str, Tagging]) -> Float32 | None:
        """Return the numbers from what `analyze` heard; None when one of the inputs has none."""
        found = [part.of_heard(descriptors, taggings) for part in self.parts]
        known = [vector for vector in found if vector is not None]
        return np.concatenate(known) if len(known) == len(found) else None


def parse_input(text: str) -> Input:
    """Return the input that `text` names: one of `INPUTS`, or several vectors with ``+`` between them.

    Raises
    ------
    UnknownNameError
        A name is not registered.
    ParameterError
        A name comes twice, or one that is no vector of sound is joined.

    Examples
    --------
    >>> parse_input("mfcc + timbre").name
    'mfcc+timbre'
    >>> parse_input("mfcc+logmel")
    Traceback (most recent call last):
        ...
    tunelens.base.errors.ParameterError: input 'logmel' cannot be joined with others
    """
    names = [name.strip() for name in text.split(JOIN)]
    parts = tuple(INPUTS[name] for name in names)
    if len(parts) == 1:
        return parts[0]
    if len(set(names)) < len(names):
        raise ParameterError(f"input {text!r} names one input twice")
    for part in parts:
        if part.kind != "vector" or part.name == "table":
            raise ParameterError(
                f"input {part.name!r} cannot be joined with others",
                hint="join vectors of sound, say mfcc+tags",
            )
    return Joined(parts)
