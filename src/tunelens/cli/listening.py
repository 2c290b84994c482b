"""What `tunelens listen` shows: a panel that changes in a terminal, a line for what changes elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Group
from rich.live import Live as Shown
from rich.markup import escape
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from rich.console import Console

    from tunelens.cli.face import Face
    from tunelens.models.prediction import Prediction
    from tunelens.services.live import Event

_BAR, _ROWS, _CHANGES = 24, 5, 5
_FLOOR_LUFS = -60.0


def clock(seconds: float) -> str:
    """Return a place in a stream that may last for days.

    Examples
    --------
    >>> clock(75.25), clock(90061.0)
    ('1:15.2', '25:01:01.0')
    """
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


class Screen:
    """Shows events.

    Parameters
    ----------
    face : Face
        Where it prints.
    name : str
        What is heard.
    """

    def __init__(self, face: Face, name: str) -> None:
        self._name = printable(name)
        self._changes: list[str] = []
        self._last: tuple[str, ...] = ()
        drawn = face.out.is_terminal and not face.as_json
        self._shown = Shown(console=face.out, auto_refresh=False) if drawn else None

    def __enter__(self) -> Self:
        if self._shown is not None:
            self._shown.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown is not None:
            self._shown.stop()

    def draw(self, event: Event, out: Console) -> None:
        """Show an event: all of it in a terminal, elsewhere a line when it says something else."""
        if event.change is not None:
            self._changes = [*self._changes, clock(event.change.at_s)][-_CHANGES:]
        if self._shown is not None:
            self._shown.update(self._panel(event), refresh=True)
            return
        labels = (_label(one) for one in event.predictions.values() if one.known)
        said = (event.sound or "", *labels, f"{event.key.tonic} {event.key.mode}")
        if said != self._last or event.change is not None:
            self._last = said
            out.print(line(event), markup=False, soft_wrap=True)

    def _panel(self, event: Event) -> Panel:
        head = Text(
            f"{clock(event.at_s)}   {sound_of(event)}   {tempo_of(event)}   {key_of(event)}", style="bold"
        )
        level = _bar((event.level.short_term_lufs or _FLOOR_LUFS) / -_FLOOR_LUFS + 1)
        facts = Text(f"{level} {loudness_of(event)}   energy {event.energy:.2f}   {troubles(event)}")
        below = Text(f"since {clock(event.since_s)}   new at {', '.join(self._changes) or '-'}", style="dim")
        late = Text(f"made in {1000 * event.latency.compute_s:.0f} ms, {event.latency.behind_s:.1f} s behind",
                    style="dim")  # fmt: skip
        body = Group(head, facts, _columns(event), below, late)
        return Panel(body, title=escape(self._name), title_align="left")


def _columns(event: Event) -> Table:
    table = Table.grid(padding=(0, 3))
    genre = event.predictions.get("genre") or next(iter(event.predictions.values()), None)
    left = [] if genre is None else list(genre.probabilities.items())[:_ROWS]
    cells = [[*_rows(left)], [*_rows(event.tags[:_ROWS])]]
    for row in range(_ROWS):
        table.add_row(*(column[row] if row < len(column) else Text() for column in cells))
    labels = "   ".join(f"{name}: {_label(one)}" for name, one in event.predictions.items())
    table.add_row(Text(printable(labels)))
    return table


def _rows(pairs: list[tuple[str, float]] | tuple[tuple[str, float], ...]) -> list[Text]:
    return [Text(f"{_bar(p)} {p:4.0%} {printable(name)}") for name, p in pairs]


def _bar(share: float) -> str:
    full = round(_BAR * min(max(share, 0.0), 1.0))
    return "█" * full + "░" * (_BAR - full)


def _label(said: Prediction) -> str:
    return ", ".join(said.labels) or (f"unknown ({said.best}?)" if said.best else "unknown")


def line(event: Event) -> str:
    """Return an event in a line."""
    said = [f"{name}: {_label(one)}" for name, one in event.predictions.items() if name in ("genre", "mood")]
    new = "" if event.change is None else f"new at {clock(event.change.at_s)}"
    parts = [
        clock(event.at_s),
        sound_of(event),
        *said,
        tempo_of(event),
        key_of(event),
        loudness_of(event),
        new,
    ]
    return printable("  ".join(part for part in [*parts, troubles(event)] if part))


def sound_of(event: Event) -> str:
    """Return whether it is music, and how sure that is."""
    if event.music is None:
        return event.sound or ""
    return f"{event.sound} {max(event.music, 1 - event.music):.0%}"


def tempo_of(event: Event) -> str:
    """Return the tempo and how sure it is."""
    return "" if event.tempo.bpm is None else f"{event.tempo.bpm:.0f} BPM ({event.tempo.confidence:.0%})"


def key_of(event: Event) -> str:
    """Return the key and how sure it is."""
    key = event.key
    return "" if key.tonic is None else f"{key.tonic} {key.mode} ({key.confidence:.0%})"


def loudness_of(event: Event) -> str:
    """Return the loudness."""
    lufs = event.level.short_term_lufs
    return "silent" if lufs is None else f"{lufs:.0f} LUFS"


def troubles(event: Event) -> str:
    """Return what is wrong with the sound."""
    found = {
        f"{event.level.clipped:.0%} clipped": event.level.clipped >= 0.01,
        f"{event.mended} samples were no sound": event.mended > 0,
        f"{event.lost_s:.1f} s lost": event.lost_s > 0,
    }
    return ", ".join(text for text, true in found.items() if true)
