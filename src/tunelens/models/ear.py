"""`Ear`: hears a recording window by window and gives a `Tagging` at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.clip import Clip
from tunelens.base.errors import EmptyAudioError
from tunelens.models.logmel import LogMel
from tunelens.models.patches import Cut, Excerpt, Patches, Tape
from tunelens.models.tagging import Tagging

Float32 = NDArray[np.float32]
Net = Callable[[Float32], Mapping[str, Float32]]
"""Samples of patches (n, cut.length) -> outputs by name, first axis n; "scores" (n, n_tags) among them."""

BATCH = 1
"""Patches that go through a net together; more are no faster on one core, and each costs about 55 MB."""


@dataclass(frozen=True)
class Sight:
    """A net of spectrograms: what it wants to see, and patches (n, n_frames, n_mels) -> outputs."""

    spec: LogMel
    look: Net


@dataclass(frozen=True)
class Hearing:
    """What an ear hears with: a net and what is known about it.

    `sight` is None for a net that makes what it looks at itself.
    """

    model: str
    version: str
    tags: tuple[str, ...]
    cut: Cut
    net: Net
    sight: Sight | None = None


class Ear:
    """Has a net hear patches of a recording that comes in windows.

    The end of a recording that fills no whole patch is left out; a recording shorter than one patch is
    repeated until it fills one, as it was when the musicnn nets were trained.

    Parameters
    ----------
    hearing : Hearing
        The net.
    n_patches : int or None
        How many evenly spaced patches to hear; None for all.
    """

    def __init__(self, hearing: Hearing, n_patches: int | None) -> None:
        self.hearing = hearing
        self._patches = Patches(n_patches)
        self._tape: Tape | None = None
        self._outputs: list[Mapping[str, Float32]] = []
        self._indices: list[int] = []

    def add(self, clip: Clip) -> None:
        """Hear the next window; any rate, but one for the whole recording (else `ParameterError`)."""
        if self._tape is None:
            self._tape = Tape(self.hearing.cut, clip.sr)
        self._tape.add(clip)
        self._patches.take_from(self._tape)
        if self._patches.n_patches is None:
            self._hear(self._patches.release())

    def finish(self) -> Tagging:
        """Return what was heard.

        Raises
        ------
        EmptyAudioError
            No sample came.
        """
        if self._tape is None or not self._tape.n_samples:
            raise EmptyAudioError("no samples came, so no tags can be heard")
        sound = self._tape.whole()
        self._tape.finish()
        self._patches.take_from(self._tape)
        self._hear(self._patches.release())
        if not self._indices:
            self._hear([_repeated(sound, self._tape)])
        return self._tagging()

    def over_time(self) -> dict[str, Float32]:
        """Return what every layer made of each patch, (n_patches, d) by name; `finish` comes first."""
        return {name: np.concatenate([one[name] for one in self._outputs]) for name in self._outputs[0]}

    def _hear(self, excerpts: Iterable[Excerpt]) -> None:
        cut = self.hearing.cut
        waiting = iter(excerpts)
        while batch := list(islice(waiting, BATCH)):
            self._outputs.append(self.hearing.net(np.stack([excerpt.samples(cut) for excerpt in batch])))
            self._indices.extend(excerpt.index for excerpt in batch)

    def _tagging(self) -> Tagging:
        joined = self.over_time()
        scores = joined.pop("scores")
        return Tagging(
            model=self.hearing.model,
            version=self.hearing.version,
            tags=self.hearing.tags,
            scores=scores,
            times_s=np.array(self._indices, np.float32) * np.float32(self.hearing.cut.patch_s),
            patch_s=self.hearing.cut.patch_s,
            embeddings={name: values.mean(axis=0) for name, values in joined.items()},
        )


def _repeated(sound: Float32, tape: Tape) -> Excerpt:
    """Return the first patch of a sound that goes round and round."""
    cut = tape.cut
    round_and_round = Tape(cut, tape.sr)
    n = int((cut.step + cut.length) / cut.sr * tape.sr) + tape.sr
    round_and_round.add(Clip(np.resize(sound, n), tape.sr))
    excerpt = round_and_round.take(0)
    assert excerpt is not None
    return excerpt
