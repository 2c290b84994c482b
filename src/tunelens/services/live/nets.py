"""The nets that hear a stream: one spectrogram for all of them, each column of it computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import soxr
from numpy.typing import NDArray

from tunelens.audio.resample import QUALITY
from tunelens.base.errors import ParameterError
from tunelens.base.settings import Settings
from tunelens.features.summary import SUMMARY_SR
from tunelens.models import BACKBONES, Tagging
from tunelens.models.ear import Hearing
from tunelens.models.logmel import LogMel
from tunelens.services.live.ring import Ring
from tunelens.services.live.tail import Tail

Float32 = NDArray[np.float32]
Outputs = Mapping[str, Float32]
"""Of one net by layer, (d,) each; "scores" among them."""


class View:
    """The last columns of the spectrogram that some nets look at."""

    def __init__(self, spec: LogMel) -> None:
        self.spec = spec
        self._convert = None if spec.sr == SUMMARY_SR else soxr.ResampleStream(
            SUMMARY_SR, spec.sr, 1, dtype="float32", quality=QUALITY
        )  # fmt: skip
        self._tail = Tail(spec.hop_length, spec.n_fft // 2, spec)
        self._columns = Ring(spec.n_frames)

    def add(self, y: Float32) -> None:
        """Take mono sound at 22.05 kHz."""
        y = y if self._convert is None else self._convert.resample_chunk(y)
        if y.size:
            self._columns.add(self._tail.add(y))

    @property
    def columns_per_s(self) -> float:
        """Columns of one second."""
        return self.spec.sr / self.spec.hop_length

    def columns(self, seconds: float) -> Float32:
        """Return the last `seconds`, (t, n_mels)."""
        return self._columns.last(seconds * self.columns_per_s)

    def patch(self, seconds: float) -> Float32:
        """Return the last `seconds`, repeated until they fill a patch, (n_frames, n_mels).

        That is how the nets were trained on what is shorter than a patch, see `tunelens.models.ear`.
        """
        return np.resize(self.columns(seconds), (self.spec.n_frames, self.spec.n_mels))


@dataclass(frozen=True)
class Net:
    """A net, and the spectrogram that it looks at."""

    hearing: Hearing
    view: View

    def hear(self, seconds: float) -> Outputs:
        """Return what it makes of the last `seconds`."""
        assert self.hearing.sight is not None
        patches = self.view.patch(seconds)[None]
        return {name: values[0] for name, values in self.hearing.sight.look(patches).items()}

    def tagging(self, outputs: Outputs) -> Tagging:
        """Return `outputs` as what `analyze` would have heard."""
        layers = dict(outputs)
        scores = layers.pop("scores")[None]
        heard = self.hearing
        return Tagging(
            heard.model, heard.version, heard.tags, scores, np.zeros(1, np.float32), heard.cut.patch_s, layers
        )


def open_nets(names: Sequence[str], settings: Settings) -> list[Net]:
    """Return the nets; those that want the same spectrogram share it.

    Raises
    ------
    MissingDependencyError
        One was not fetched yet.
    ParameterError
        One cannot hear a stream.
    """
    views: dict[LogMel, View] = {}
    nets = []
    for name in names:
        hearing = BACKBONES[name].listener(None, settings).hearing
        if hearing.sight is None:
            raise ParameterError(
                f"the net {name} hears files alone",
                hint="a stream is heard by nets that look at a spectrogram",
            )
        nets.append(Net(hearing, views.setdefault(hearing.sight.spec, View(hearing.sight.spec))))
    return nets
