"""The input of datasets that are numbers already: their own columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from tunelens.audio.clip import Clip
from tunelens.base.errors import ParameterError
from tunelens.base.settings import Settings
from tunelens.features.descriptors import Descriptors
from tunelens.models.tagging import Tagging

_HINT = "give a table with these columns, or train on sound with another --input"


@dataclass(frozen=True)
class TableInput:
    """Columns of a table; sound has none of them.

    Parameters
    ----------
    names : tuple of str
        The columns.
    """

    names: tuple[str, ...] = ()
    name: str = "table"
    summary: str = "the columns of a dataset of numbers"
    version: str = "1"
    kind: Literal["vector"] = "vector"
    nets: tuple[str, ...] = ()
    sr: int = 0

    def of_clip(self, clip: Clip, settings: Settings | None = None) -> NoReturn:  # noqa: ARG002
        """Raise `ParameterError`."""
        raise _no_sound(clip.source)

    def of_file(
        self,
        path: Path,
        start_s: float | None = None,  # noqa: ARG002
        end_s: float | None = None,  # noqa: ARG002
        settings: Settings | None = None,  # noqa: ARG002
    ) -> NoReturn:
        """Raise `ParameterError`."""
        raise _no_sound(str(path))

    def of_heard(self, descriptors: Descriptors, taggings: Mapping[str, Tagging]) -> None:  # noqa: ARG002
        """Return None."""
        return


def _no_sound(source: str) -> ParameterError:
    return ParameterError(f"{source or 'a clip'} is sound; the input 'table' reads columns", hint=_HINT)


TABLE = TableInput()
