"""`INPUTS`: what a model can be given, by name. Listing it imports nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.registry import Registry
from tunelens.base.settings import Settings
from tunelens.features.descriptors import Descriptors
from tunelens.models.tagging import Tagging

Float32 = NDArray[np.float32]
Shape = Literal["vector", "sequence"]


class Input(Protocol):
    """One way to turn sound into numbers for a model."""

    @property
    def name(self) -> str:
        """Its key in `INPUTS`; of joined ones the keys with ``+`` between them."""

    @property
    def summary(self) -> str:
        """One line for a person."""

    @property
    def version(self) -> str:
        """Changes whenever its numbers do."""

    @property
    def kind(self) -> Shape:
        """``vector``: shape (d,); ``sequence``: shape (t, d), with one t for all clips."""

    @property
    def names(self) -> tuple[str, ...]:
        """Name of each of the d numbers."""

    @property
    def nets(self) -> tuple[str, ...]:
        """Backbones that must be here."""

    @property
    def sr(self) -> int:
        """Sample rate it looks at, Hz; 0 where there is no sound."""

    def of_clip(self, clip: Clip, settings: Settings | None = None) -> Float32:
        """Return the numbers of a clip of any rate and number of channels.

        NaN stands for what has no value, say the loudness of silence.

        Raises
        ------
        EmptyAudioError, DataError
            The clip holds no samples, or some that are not finite.
        MissingDependencyError
            A net is not here.
        """

    def of_file(
        self,
        path: Path,
        start_s: float | None = None,
        end_s: float | None = None,
        settings: Settings | None = None,
    ) -> Float32:
        """Return the numbers of a file, or of an excerpt of it, in bounded memory; errors as `of_clip`."""

    def of_heard(self, descriptors: Descriptors, taggings: Mapping[str, Tagging]) -> Float32 | None:
        """Return the numbers from what `analyze` heard; None where they do not follow from it."""


INPUTS: Registry[Input] = Registry(
    "input",
    {
        **{
            name: f"tunelens.models.inputs.heard:{name.upper()}"
            for name in (
                *("waveform", "descriptors", "measures", "mfcc", "timbre"),
                *("tags", "embedding", "texture", "hearing"),
            )
        },
        **{
            name: f"tunelens.models.inputs.sequences:{name.upper()}"
            for name in ("mfcc_frames", "logmel", "stft")
        },
        "table": "tunelens.models.inputs.table:TABLE",
    },
    group="tunelens.inputs",
)
