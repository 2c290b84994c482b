"""`Backbone`: what every pretrained net is to the rest of the program."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from tunelens.base.settings import Settings
from tunelens.models.ear import Ear


class Backbone(Protocol):
    """A net that hears tags or gives embeddings, trained by others."""

    @property
    def name(self) -> str:
        """Its name in `BACKBONES`."""

    @property
    def version(self) -> str:
        """Changes whenever its answers do."""

    @property
    def licence(self) -> str:
        """Of the weights."""

    @property
    def source(self) -> str:
        """Where the weights come from, and the paper."""

    @property
    def sr(self) -> int:
        """Sample rate it hears at, Hz."""

    @property
    def tags(self) -> tuple[str, ...]:
        """Its vocabulary; () for a net that gives embeddings alone."""

    @property
    def patch_s(self) -> float:
        """Length of what it hears at once, seconds."""

    def available(self, settings: Settings) -> bool:
        """Tell whether it is on this machine, ready to hear."""

    def pull(self, settings: Settings) -> Path:
        """Fetch it where needed and return its folder; `MissingDependencyError` says what is missing."""

    def listener(self, n_patches: int | None, settings: Settings) -> Ear:
        """Return an ear for one recording; `n_patches` evenly spaced patches, or None for all."""
