"""Inputs that follow from what `analyze` hears: descriptors, and tags and embeddings of the nets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.audio.listen import Window, listen
from tunelens.audio.loudness import LoudnessMeter
from tunelens.audio.resample import resample
from tunelens.base.errors import DataError
from tunelens.base.settings import Settings
from tunelens.features.descriptors import DESCRIPTORS_VERSION, Descriptors, describe
from tunelens.features.pooling import STATISTICS
from tunelens.features.registry import FEATURES, TABLE
from tunelens.features.summary import SUMMARY_SR, Summary
from tunelens.features.waveform import WAVEFORM_NAMES
from tunelens.models.registry import BACKBONES, DEFAULT_BACKBONES, DEFAULT_PATCHES
from tunelens.models.tagging import Tagging

Float32 = NDArray[np.float32]
Values = dict[str, float]
MUSICNN_LAYERS = ("penultimate", "mean", "max")
LAYERS = {**dict(zip(MUSICNN_LAYERS, (200, 753, 753), strict=True)), "pool4": 128, "pool5": 256}
"""What the musicnns and the VGGs give beside tags, and how wide it is."""


@dataclass(frozen=True)
class HeardInput:
    """Numbers that `analyze` has at hand.

    Parameters
    ----------
    name, summary : str
        See `Input`.
    groups : tuple of str
        Kinds of descriptors that are looked at: ``waveform``, ``pooled``, ``scalars``; () for none.
    features : tuple of str or None
        Frame features whose pooled values count, and the statistics of them; None for all.
    layers : tuple of str
        Layers of the nets.
    tags : bool
        Their tags count too.
    hears_with : tuple of str
        The nets, where layers or tags count.
    revision : int
        Rises when the choice of numbers changes.
    """

    name: str
    summary: str
    groups: tuple[str, ...] = ()
    features: tuple[str, ...] | None = None
    statistics: tuple[str, ...] = STATISTICS
    layers: tuple[str, ...] = ()
    tags: bool = False
    hears_with: tuple[str, ...] = DEFAULT_BACKBONES
    revision: int = 1
    kind: Literal["vector"] = "vector"
    sr: int = SUMMARY_SR

    @property
    def nets(self) -> tuple[str, ...]:
        """Nets that must hear."""
        return self.hears_with if self.layers or self.tags else ()

    @property
    def version(self) -> str:
        """Of the choice, of the descriptors where they count, and of each net."""
        described = [f"descriptors {DESCRIPTORS_VERSION}"] if self.groups else []
        nets = [f"{name} {BACKBONES[name].version}" for name in self.nets]
        return ", ".join([str(self.revision), *described, *nets])

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Name of each number."""
        found = [name for group in self.groups for name in self._of_group(group)]
        for net in self.nets:
            found += [f"{net}.{layer}_{i}" for layer in self.layers for i in range(LAYERS[layer])]
            found += [f"{net}.{tag}" for tag in BACKBONES[net].tags] if self.tags else []
        return tuple(found)

    def _of_group(self, group: str) -> tuple[str, ...]:
        if group == "waveform":
            return WAVEFORM_NAMES
        if group == "scalars":
            return tuple(SCALARS)
        features = TABLE if self.features is None else self.features
        return tuple(f"{row}.{what}" for row in _rows(features) for what in self.statistics)

    def of_clip(self, clip: Clip, settings: Settings | None = None) -> Float32:
        """Return the numbers of a clip."""
        return self.vector(*hear([window_of(clip)], self.nets, bool(self.groups), settings))

    def of_file(
        self,
        path: Path,
        start_s: float | None = None,
        end_s: float | None = None,
        settings: Settings | None = None,
    ) -> Float32:
        """Return the numbers of a file or an excerpt; one decode pass, window by window."""
        windows = windows_of(path, start_s, end_s, settings)
        return self.vector(*hear(windows, self.nets, bool(self.groups), settings))

    def of_heard(self, descriptors: Descriptors, taggings: Mapping[str, Tagging]) -> Float32 | None:
        """Return the numbers from what `analyze` heard; None when a net has not heard."""
        if not all(self._fits(name, taggings.get(name)) for name in self.nets):
            return None
        return self.vector(descriptors, taggings)

    def _fits(self, net: str, tagging: Tagging | None) -> bool:
        if tagging is None or tagging.version != BACKBONES[net].version:
            return False
        return all(layer in tagging.embeddings for layer in self.layers)

    def vector(self, descriptors: Descriptors | None, taggings: Mapping[str, Tagging]) -> Float32:
        """Return the numbers from what `hear` gave."""
        found: list[Float32] = []
        if descriptors is not None and self.groups:
            values = _values(descriptors)
            chosen = [name for group in self.groups for name in self._of_group(group)]
            found.append(np.array([values[name] for name in chosen], np.float32))
        for net in self.nets:
            found += [taggings[net].embeddings[layer] for layer in self.layers]
            found += [taggings[net].mean] if self.tags else []
        return np.concatenate(found).astype(np.float32, copy=False)


def _rows(features: tuple[str, ...]) -> list[str]:
    """Return the names that the rows of these features have in a `Table`."""
    rows: list[str] = []
    for name in features:
        dims = FEATURES[name].dims
        rows += [name] if dims == 1 else [f"{name}_{i}" for i in range(dims)]
    return rows


def hear(
    windows: Iterable[Window], nets: Iterable[str], described: bool, settings: Settings | None
) -> tuple[Descriptors | None, dict[str, Tagging]]:
    """Return descriptors, where they are wanted, and what each net heard, as `analyze` would."""
    settings = settings or Settings.from_env()
    ears = {name: BACKBONES[name].listener(DEFAULT_PATCHES, settings) for name in nets}
    summary: Summary | None = None
    for window in windows:
        _check_finite(window.clip)
        for ear in ears.values():
            ear.add(window.clip)
        if described:
            part = Summary.of(window)
            summary = part if summary is None else summary + part
    return None if summary is None else describe(summary), {name: ear.finish() for name, ear in ears.items()}


def windows_of(
    path: Path, start_s: float | None, end_s: float | None, settings: Settings | None
) -> Iterable[Window]:
    """Return the windows of a file, or of an excerpt of it."""
    begin = start_s or 0.0
    longest_s = (settings or Settings.from_env()).max_duration_s
    duration_s = None if end_s is None else end_s - begin
    return listen(path, offset_s=begin, duration_s=duration_s, max_duration_s=longest_s)


def window_of(clip: Clip) -> Window:
    """Return a clip as `listen` would give it: loudness and peak at its own rate, sound at 22.05 kHz."""
    _check_finite(clip.require_samples())
    meter = LoudnessMeter(clip.sr, clip.n_channels)
    meter.add(clip.y)
    peak = float(np.abs(clip.y).max())
    return Window(resample(clip.mono(), SUMMARY_SR), meter.powers, peak, is_last=True)


def _check_finite(clip: Clip) -> None:
    if not isfinite(float(clip.y.sum(dtype=np.float64))):
        raise DataError(f"{clip.source or 'the clip'} holds samples that are not finite")


def _maybe(value: float | None) -> float:
    return float("nan") if value is None else float(value)


SCALARS: Mapping[str, Callable[[Descriptors], float | None]] = {
    "tempo_bpm": lambda d: d.tempo.bpm,
    "tempo_confidence": lambda d: d.tempo.confidence,
    "beats_per_s": lambda d: len(d.beats_s) / d.duration_s if d.duration_s else 0.0,
    "key_confidence": lambda d: d.key.confidence,
    "is_minor": lambda d: None if d.key.mode is None else float(d.key.mode == "minor"),
    "loudness_lufs": lambda d: d.loudness_lufs,
    "loudness_range_lu": lambda d: d.loudness_range_lu,
    "peak": lambda d: d.peak,
    "danceability": lambda d: d.danceability.value,
    "energy": lambda d: d.energy,
    "dynamic_complexity_db": lambda d: d.dynamic_complexity_db,
}
"""Descriptors of one number each. The length is not among them: it says more of a dataset than of music."""


def _values(descriptors: Descriptors) -> Values:
    scalars = {name: _maybe(read(descriptors)) for name, read in SCALARS.items()}
    return {**descriptors.pooled.to_dict(), **descriptors.waveform, **scalars}


WAVEFORM = HeardInput("waveform", "42 statistics of the samples", ("waveform",))
DESCRIPTORS = HeardInput(
    "descriptors",
    "tempo, key, loudness, energy..., waveform statistics and every pooled frame feature",
    ("scalars", "waveform", "pooled"),
)
MFCC = HeardInput(
    "mfcc",
    "mean and spread of 20 MFCC and of their slopes",
    ("pooled",),
    features=("mfcc", "mfcc_delta"),
    statistics=("mean", "std"),
)
TIMBRE = HeardInput(
    "timbre",
    "pooled brightness, bandwidth, contrast, flatness, flux",
    ("pooled",),
    features=("zcr", "centroid", "bandwidth", "rolloff", "flatness", "contrast", "flux"),
)
TAGS = HeardInput("tags", "the tags that both nets hear", tags=True)
MEASURES = HeardInput("measures", "tempo, key, loudness, energy, danceability: one number each", ("scalars",))
EMBEDDING = HeardInput("embedding", "the last layer but one of both nets", layers=("penultimate",))
TEXTURE = HeardInput(
    "texture", "the fourth pool of a third net, MSD_vgg", layers=("pool4",), hears_with=("MSD_vgg",)
)
HEARING = HeardInput(
    "hearing",
    "all layers and tags of both nets, and the descriptors",
    ("scalars", "waveform", "pooled"),
    layers=MUSICNN_LAYERS,
    tags=True,
)
