"""`Live`: a stream of sound in, events out, in memory that does not grow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from tunelens.audio.clip import Samples
from tunelens.audio.decoders import HIGHEST_SR, LOWEST_SR
from tunelens.base.errors import MissingDependencyError, ParameterError
from tunelens.base.settings import Settings
from tunelens.features.key import Key
from tunelens.features.rhythm import Tempo
from tunelens.models import BACKBONES, DEFAULT_BACKBONES
from tunelens.models.bundles import Bundle
from tunelens.services.ask import asked_bundles
from tunelens.services.live.event import SILENCE, Event, Latency, Level
from tunelens.services.live.intake import Beat, Intake
from tunelens.services.live.listener import Listener, Said
from tunelens.services.live.measures import Measures, Rolling
from tunelens.services.live.nets import open_nets

EVERY_S = 0.5
SHORTEST_EVERY_S, LONGEST_EVERY_S = 0.25, 5.0
SILENT_LUFS = -60.0
LEAST_WINDOW_S = 3.0
LONGEST_GAP_S = 2.0


@dataclass(frozen=True)
class LiveOptions:
    """How a stream is heard.

    Parameters
    ----------
    every_s : float
        Seconds between events, 0.25 to 5.
    models : tuple of str
        Nets that hear; () for tempo, key and level alone.
    bundles : tuple of str, optional
        Names or folders of bundles to ask; those that are shipped if left out.
    settings : Settings
        Where nets lie.

    Raises
    ------
    ParameterError
        `every_s` is not allowed.
    """

    every_s: float = EVERY_S
    models: tuple[str, ...] = DEFAULT_BACKBONES
    bundles: tuple[str, ...] | None = None
    settings: Settings = field(default_factory=Settings.from_env)

    def __post_init__(self) -> None:
        if not SHORTEST_EVERY_S <= self.every_s <= LONGEST_EVERY_S:
            raise ParameterError(
                f"every_s is {self.every_s:g}; {SHORTEST_EVERY_S:g} to {LONGEST_EVERY_S:g} s is allowed"
            )

    def require_models(self) -> None:
        """Raise `MissingDependencyError` unless every net is here."""
        missing = [name for name in self.models if not BACKBONES[name].available(self.settings)]
        if missing:
            raise MissingDependencyError(
                f"the nets {', '.join(missing)} are not here yet",
                hint="tunelens models pull fetches them; --no-models hears tempo, key and level alone",
            )

    def asked(self) -> dict[str, Bundle]:
        """Return the bundles that are asked, by name; errors as of `asked_bundles`."""
        return asked_bundles(self.bundles, self.models, self.settings)


class Live:
    """Hears one stream.

    Events depend on the samples alone: how they are cut into pieces changes nothing.

    Parameters
    ----------
    sr : int
        Sample rate, Hz.
    n_channels : int
        Channels.
    options : LiveOptions, optional

    Raises
    ------
    ParameterError
        A value is not allowed.
    MissingDependencyError
        A net is not here.

    Examples
    --------
    >>> live = Live(8000, 1, LiveOptions(models=()))
    >>> t = np.arange(16000) / 8000
    >>> events = list(live.feed(0.5 * np.sin(2 * np.pi * 440 * t)))
    >>> [event.at_s for event in events], events[-1].key.tonic, events[-1].sound
    ([0.5, 1.0, 1.5, 2.0], 'A', None)
    """

    def __init__(self, sr: int, n_channels: int, options: LiveOptions | None = None) -> None:
        options = options or LiveOptions()
        if not LOWEST_SR <= sr <= HIGHEST_SR:
            raise ParameterError(f"sr is {sr}; {LOWEST_SR} to {HIGHEST_SR} Hz is allowed")
        options.require_models()
        self._sr, self._n_channels = sr, n_channels
        self._intake = Intake(sr, n_channels, options.every_s)
        self._rolling = Rolling(options.every_s)
        self._listener = Listener(
            open_nets(options.models, options.settings), options.asked(), options.every_s
        )
        self._mended, self._lost_s = 0, 0.0

    def feed(self, y: Samples) -> Iterator[Event]:
        """Take samples, shape (n,) or (n_channels, n), full scale ±1, and yield the events they complete."""
        for beat in self._intake.add(y):
            start = time.perf_counter()
            event = self._event(beat)
            object.__setattr__(event, "latency", Latency(time.perf_counter() - start))
            yield event

    @property
    def missing(self) -> int:
        """Samples per channel until the next event; with fewer, `feed` returns at once."""
        return self._intake.missing

    def lose(self, seconds: float) -> Iterator[Event]:
        """Tell that so much of the stream did not arrive: silence stands for it, two seconds at most."""
        self._lost_s += seconds
        n = round(min(seconds, LONGEST_GAP_S) * self._sr)
        yield from self.feed(np.zeros((self._n_channels, n), np.float32))

    def _event(self, beat: Beat) -> Event:
        self._mended += beat.mended
        self._rolling.add(beat)
        silent = _lufs(beat) < SILENT_LUFS
        change = self._listener.add(beat, silent)
        since_s = self._listener.since_s
        measures = self._rolling.measure(max(beat.end_s - since_s, LEAST_WINDOW_S))
        said = self._listener.say(measures.descriptors, silent, change)
        return self._told(beat, measures, said)

    def _told(self, beat: Beat, measures: Measures, said: Said) -> Event:
        found = measures.descriptors
        silent = said.sound == SILENCE
        return Event(
            at_s=beat.end_s,
            sound=said.sound,
            music=said.music,
            tempo=Tempo(None, 0.0, reason=SILENCE) if silent else found.tempo,
            key=Key(None, None, 0.0, reason=SILENCE) if silent else found.key,
            energy=0.0 if silent else found.energy,
            level=Level(measures.momentary_lufs, measures.short_term_lufs, beat.peak, beat.clipped),
            predictions=said.predictions,
            tags=said.tags,
            since_s=self._listener.since_s,
            change=said.change,
            mended=self._mended,
            lost_s=self._lost_s,
        )


def _lufs(beat: Beat) -> float:
    """Loudness of a beat, LUFS."""
    return float(-0.691 + 10 * np.log10(max(float(beat.powers.mean()), 1e-20)))
