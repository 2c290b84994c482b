"""`Source`: one file being decoded, by whichever decoder can."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import numpy as np

from tunelens.audio.clip import Samples
from tunelens.audio.decoders import DECODERS, Reader, StreamFacts, decoder_order
from tunelens.base.errors import AudioError, DecodeError, EmptyAudioError, ParameterError

# Lossy decoders overshoot full scale by a few dB; beyond this a decoder has gone wrong, or it is no sound.
ABSURD_PEAK = 1000.0


class Source:
    """One file being decoded; the next decoder goes on where one fails.

    Parameters
    ----------
    path : Path
        The file.

    Attributes
    ----------
    facts : StreamFacts
        What the header says.
    decoder : str
        Name of the decoder in use.
    position : int
        Sample that the next `read` begins at.
    warnings : list of str
        What is wrong with the file, as far as it was decoded.
    peak : float
        Largest absolute sample of what the last `read` returned.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.position = 0
        self.peak = 0.0
        self.warnings: list[str] = []
        self._order = list(decoder_order(path))
        self._heard = False
        self._ended = False
        self._reader = self._open_first()
        self.facts: StreamFacts = self._reader.facts

    def __enter__(self) -> Source:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()

    @property
    def tags(self) -> dict[str, str]:
        """Title, artist and the like, as the decoder found them."""
        return self._reader.tags

    def _open_first(self) -> Reader:
        errors: list[AudioError] = []
        while self._order:
            self.decoder = self._order.pop(0)
            try:
                return DECODERS[self.decoder].open(self.path)
            except AudioError as error:
                errors.append(error)
        for empty in errors:
            if isinstance(empty, EmptyAudioError):
                raise empty
        name = f"{str(self.path)!r}"
        causes = [error.message.replace(f"{name}: ", "").replace(name, "it") for error in errors]
        reasons = "; ".join(dict.fromkeys(causes))
        raise DecodeError(
            f"{name} is not audio that any decoder here understands: {reasons}",
            hint="is it cut off, encrypted or renamed? try to play it, or export it anew",
        ) from errors[-1]

    def seek(self, sample: int) -> None:
        """Go to `sample` of the recording; where one decoder cannot, the next one does.

        Raises
        ------
        DecodeError
            None can.
        """
        if sample > 0:
            self.position = sample
            try:
                self._reader.seek(sample)
            except DecodeError:
                if not self._go_on_with_next():
                    raise

    def read(self, n: int) -> Samples:
        """Return the next samples, shape (n_channels, k <= n); k = 0 means the end.

        Raises
        ------
        DecodeError
            Nothing could be decoded, or a sample is not finite.
        """
        while not self._ended:
            try:
                y = self._reader.read(n)
                self.peak = _sane_peak(self.path, y, self.position / self.facts.sr)
            except DecodeError as error:
                if not self._go_on_with_next():
                    self._end_after(error)
                continue
            self.position += y.shape[1]
            self._heard = self._heard or y.shape[1] > 0
            self._ended = y.shape[1] == 0
            return y
        return np.empty((self.facts.n_channels, 0), np.float32)

    def _go_on_with_next(self) -> bool:
        """Open the next decoder at the current position; False when none can."""
        while self._order:
            name = self._order.pop(0)
            try:
                reader = DECODERS[name].open(self.path)
            except AudioError:
                continue
            if (reader.facts.sr, reader.facts.n_channels) != (self.facts.sr, self.facts.n_channels):
                reader.close()
                continue
            self._reader.close()
            self._reader, self.decoder = reader, name
            self._reader.seek(self.position)
            return True
        return False

    def _end_after(self, error: DecodeError) -> None:
        if not self._heard or isinstance(error, _InsaneError):
            raise error
        self._ended = True

    def blocks(
        self, block_s: float, offset_s: float = 0.0, duration_s: float | None = None
    ) -> Iterator[Samples]:
        """Yield the excerpt in blocks of `block_s` seconds, shape (n_channels, k); afterwards see `warnings`.

        Raises
        ------
        EmptyAudioError
            There is no sample in the excerpt.
        """
        check_excerpt(offset_s, duration_s)
        self.seek(round(offset_s * self.facts.sr))
        left = math.inf if duration_s is None else max(1, round(duration_s * self.facts.sr))
        n = max(1, round(block_s * self.facts.sr))
        while left > 0:
            y = self.read(int(min(n, left)))
            if y.shape[1] == 0:
                break
            left -= y.shape[1]
            yield y
        if not self._heard:
            raise self._nothing(offset_s)
        if left > 0:
            self._warn_of_shortfall()
        self.warnings.extend(self._reader.notes)

    def _nothing(self, offset_s: float) -> EmptyAudioError:
        if offset_s == 0.0:
            return EmptyAudioError(f"{str(self.path)!r} holds no samples")
        return EmptyAudioError(
            f"{str(self.path)!r} holds no samples from {offset_s:g} s on", hint="begin earlier"
        )

    def _warn_of_shortfall(self) -> None:
        promised, got = self.facts.duration_s, self.position / self.facts.sr
        if promised is not None and promised - got > max(0.25, 0.01 * promised):
            self.warnings.append(f"header promises {promised:.1f} s, {got:.1f} s could be decoded")


class _InsaneError(DecodeError):
    """The samples are no sound."""


def _sane_peak(path: Path, y: Samples, at_s: float) -> float:
    """Return the largest absolute sample; raise `_InsaneError` when it cannot be sound."""
    peak = max(float(y.max()), -float(y.min())) if y.size else 0.0
    if peak <= ABSURD_PEAK:
        return peak
    wrong = y.size - int(np.isfinite(y).sum())
    if wrong:
        what = f"{wrong} of {y.size} samples are not finite (NaN or infinite)"
    else:
        what = (
            f"samples reach {float(np.abs(y).max()):.3g} times full scale; up to {ABSURD_PEAK:g} is allowed"
        )
    raise _InsaneError(
        f"{str(path)!r}: {what}, in the block from {at_s:.1f} s", hint="export the file anew, scaled to ±1"
    )


def check_excerpt(offset_s: float, duration_s: float | None) -> None:
    """Raise `ParameterError` unless the excerpt begins at 0 s or later and is longer than 0 s."""
    if not 0.0 <= offset_s < math.inf:
        raise ParameterError(f"offset_s is {offset_s}; 0 s or more is allowed")
    if duration_s is not None and not 0.0 < duration_s < math.inf:
        raise ParameterError(f"duration_s is {duration_s}; more than 0 s is allowed")
