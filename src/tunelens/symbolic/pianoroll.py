"""A MIDI file as a matrix: which keys sound when."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio.decoders import open_file
from tunelens.base.errors import DataError, ParameterError
from tunelens.base.extras import require

MOST_BYTES = 1 << 21
"""Every event becomes an object of about half a kilobyte."""
LONGEST_S = 86_400.0
MOST_COLUMNS = 2000
FINEST_S = 0.1
_DRUMS, _SUSTAIN = 9, 64
_USUAL_TEMPO = 500_000
Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Note:
    """One key that is held.

    Parameters
    ----------
    pitch : int
        Key, 0 to 127; 60 is C4.
    start_s, end_s : float
        When, seconds.
    velocity : int
        How hard, 1 to 127.
    channel : int
        0 to 15; 9 are drums.
    """

    pitch: int
    start_s: float
    end_s: float
    velocity: int
    channel: int


@dataclass(frozen=True, eq=False)
class PianoRoll:
    """Which keys sound when.

    Parameters
    ----------
    values : ndarray of float32, shape (128, n)
        How hard each key is held on average in each column, 0 to 1; row 60 is C4.
    edges_s : ndarray of float64, shape (n + 1,)
        Where the columns begin and end, seconds.
    """

    values: NDArray[np.float32]
    edges_s: Float64


def piano_roll(
    path: str | os.PathLike[str], *, step_s: float = FINEST_S, drums: bool = False, pedal: bool = True
) -> PianoRoll:
    """Read a MIDI file as a matrix of keys over time.

    Parameters
    ----------
    path : path-like
        Standard MIDI file of type 0 or 1, at most 2 MiB.
    step_s : float
        Length of a column, seconds; longer where the file is longer than 2000 of them.
    drums : bool
        Let channel 10 count, in which keys are drums and not pitches.
    pedal : bool
        Hold notes as long as the sustain pedal is down.

    Raises
    ------
    NotFoundError, AudioError
        The file cannot be opened.
    DataError
        It is no MIDI file, is damaged, too large, or has no notes.
    MissingDependencyError
        mido is not installed.
    ParameterError
        `step_s` is not above 0.

    Examples
    --------
    >>> import mido, tempfile
    >>> song, track = mido.MidiFile(ticks_per_beat=480), mido.MidiTrack()
    >>> song.tracks.append(track)
    >>> _ = [track.append(mido.Message(kind, note=60, velocity=127, time=t))
    ...      for kind, t in (("note_on", 0), ("note_off", 480))]
    >>> song.save(f"{tempfile.gettempdir()}/one.mid")
    >>> roll = piano_roll(f"{tempfile.gettempdir()}/one.mid")
    >>> roll.values[60].tolist(), roll.edges_s[-1].item()
    ([1.0, 1.0, 1.0, 1.0, 1.0], 0.5)
    """
    if not 0 < step_s < np.inf:
        raise ParameterError(f"step_s is {step_s}; more than 0 s is needed")
    found = [note for note in notes(path, pedal=pedal) if drums or note.channel != _DRUMS]
    if not found:
        hint = "drums (channel 10) do not; in Python drums=True has them count"
        raise DataError(f"{os.fspath(path)!r} has no notes that count", hint=hint)
    return _drawn(found, step_s)


def notes(path: str | os.PathLike[str], *, pedal: bool = True) -> list[Note]:
    """Return the notes of a MIDI file by their begin, with every change of tempo taken into account.

    A note that never ends lasts until the file does, as does one whose pedal is never released. A key that
    is struck again while it is held begins a new note.

    Parameters
    ----------
    path : path-like
        See `piano_roll`.
    pedal : bool
        Hold notes as long as the sustain pedal is down.

    Raises
    ------
    NotFoundError, AudioError, DataError, MissingDependencyError
        See `piano_roll`.
    """
    midi = _parsed(Path(path))
    held = _Hands(pedal)
    end_s = 0.0
    for end_s, message in _timed(midi, Path(path)):
        held.take(message, end_s)
    return held.finish(end_s)


def _parsed(path: Path) -> Any:
    mido = require("mido")
    with os.fdopen(open_file(path), "rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise DataError(f"{str(path)!r} has more than {MOST_BYTES >> 20} MiB; more is not read")
    if not data.startswith(b"MThd"):
        raise DataError(f"{str(path)!r} is not a MIDI file", hint="its first four bytes would be MThd")
    try:
        midi = mido.MidiFile(file=io.BytesIO(data), clip=True)
    except Exception as error:
        why = str(error) or "it breaks off"
        raise DataError(f"{str(path)!r} is a damaged MIDI file: {why}") from error
    if midi.type == 2 or midi.ticks_per_beat <= 0:
        raise DataError(
            f"{str(path)!r} is a MIDI file of type {midi.type} with {midi.ticks_per_beat} ticks a beat; "
            "type 0 or 1 in ticks per beat is needed"
        )
    return midi


def _timed(midi: Any, path: Path) -> Iterator[tuple[float, Any]]:
    """Yield every message with its second; tempo changes of any track count for all."""
    tempo, now_s, before = _USUAL_TEMPO, 0.0, 0
    for tick, message in _merged(midi.tracks):
        now_s += (tick - before) * tempo / (1e6 * midi.ticks_per_beat)
        before = tick
        if now_s > LONGEST_S:
            raise DataError(f"{str(path)!r} lasts longer than {LONGEST_S / 3600:g} hours")
        if message.type == "set_tempo":
            tempo = message.tempo
        yield now_s, message


def _merged(tracks: Iterable[Iterable[Any]]) -> list[tuple[int, Any]]:
    """Return the messages of all tracks in order of time; at one time as the tracks have them."""
    found = []
    for track in tracks:
        tick = 0
        for message in track:
            tick += message.time
            found.append((tick, message))
    return sorted(found, key=lambda pair: pair[0])


@dataclass
class _Hands:
    """What is held at the moment, and what has ended."""

    pedal: bool
    done: list[Note] = field(default_factory=list)
    keys: dict[tuple[int, int], tuple[float, int]] = field(default_factory=dict)
    ringing: dict[tuple[int, int], tuple[float, int]] = field(default_factory=dict)
    down: set[int] = field(default_factory=set)

    def take(self, message: Any, now_s: float) -> None:
        """Strike or release a key or the pedal."""
        if message.type == "note_on" and message.velocity > 0:
            self._strike((message.channel, message.note), message.velocity, now_s)
        elif message.type in ("note_on", "note_off"):
            self._release((message.channel, message.note), now_s)
        elif message.type == "control_change" and message.control == _SUSTAIN and self.pedal:
            self._tread(message.channel, message.value >= 64, now_s)

    def _strike(self, key: tuple[int, int], velocity: int, now_s: float) -> None:
        for store in (self.keys, self.ringing):
            if key in store:
                self._end(key, store.pop(key), now_s)
        self.keys[key] = now_s, velocity

    def _release(self, key: tuple[int, int], now_s: float) -> None:
        if key not in self.keys:
            return
        began = self.keys.pop(key)
        if key[0] in self.down:
            self.ringing[key] = began
        else:
            self._end(key, began, now_s)

    def _tread(self, channel: int, is_down: bool, now_s: float) -> None:
        if is_down:
            self.down.add(channel)
            return
        self.down.discard(channel)
        for key in [key for key in self.ringing if key[0] == channel]:
            self._end(key, self.ringing.pop(key), now_s)

    def _end(self, key: tuple[int, int], began: tuple[float, int], now_s: float) -> None:
        if now_s > began[0]:
            self.done.append(Note(key[1], began[0], now_s, began[1], key[0]))

    def finish(self, end_s: float) -> list[Note]:
        """Return all notes in order; what is still held ends with the file."""
        for store in (self.keys, self.ringing):
            for key, began in store.items():
                self._end(key, began, end_s)
        return sorted(self.done, key=lambda note: (note.start_s, note.pitch, note.channel))


def _drawn(found: list[Note], step_s: float) -> PianoRoll:
    """Share each note out over the columns that it touches; keys of several voices do not exceed 1."""
    end_s = max(note.end_s for note in found)
    n = int(np.clip(np.ceil(end_s / step_s - 1e-9), 1, MOST_COLUMNS))
    edges_s = np.minimum(np.arange(n + 1) * max(step_s, end_s / n), end_s)
    edges_s[-1] = end_s
    values = np.zeros((128, n))
    for note in found:
        first = int(np.searchsorted(edges_s, note.start_s, "right")) - 1
        last = int(np.searchsorted(edges_s, note.end_s, "left"))
        begins, ends = edges_s[first:last], edges_s[first + 1 : last + 1]
        share = (np.minimum(ends, note.end_s) - np.maximum(begins, note.start_s)) / (ends - begins)
        values[note.pitch, first:last] += share * note.velocity / 127
    return PianoRoll(np.minimum(values, 1.0).astype(np.float32), edges_s)
