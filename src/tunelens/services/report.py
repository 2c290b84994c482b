"""`report`: a library, or a part of it, as one HTML file that needs nothing else."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from tunelens.base.errors import NotFoundError, ParameterError, TunelensError
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.progress import Progress, Silent
from tunelens.base.version import __version__
from tunelens.library.analysis import Analysis
from tunelens.library.store import Library
from tunelens.library.track import GROUPS, TagScore, Track
from tunelens.plots.axes import clock
from tunelens.services import report_media
from tunelens.services.report_overview import overview

if TYPE_CHECKING:
    from jinja2 import Environment

TITLE = "What Tunelens heard"
MOST_PICTURES = 200
MOST_SNIPPETS = 40
MOST_FAILURES = 500
_TEMPLATES = Path(__file__).parent / "templates"
_TAGS_PER_GROUP = 6
_SUFFIXES = (".html", ".htm")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Note:
    """A table of the caller's own, shown before the tracks.

    Parameters
    ----------
    title : str
        Heading.
    text : str
        What it is about.
    columns : tuple of str
        Heads of the columns.
    rows : tuple of tuple of str
        One text per column.
    """

    title: str
    text: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


Credits = Mapping[Path, Mapping[str, str]]
"""Where tracks come from: of each path, label and text; the label "Title" names the track."""


@dataclass(frozen=True)
class Section:
    """One track in detail."""

    track: Track
    name: str
    analysis: Analysis | None
    credit: Mapping[str, str]
    picture: str = ""
    sound: str = ""
    missing: str = ""
    timelines: tuple[report_media.TagTimeline, ...] = ()

    @property
    def groups(self) -> dict[str, list[TagScore]]:
        """The most probable tags of each group, each tag once."""
        best: dict[str, TagScore] = {}
        for tag in self.track.tags:
            best.setdefault(tag.tag.lower(), tag)
        grouped = {group: [tag for tag in best.values() if tag.group == group] for group in GROUPS}
        return {group: tags[:_TAGS_PER_GROUP] for group, tags in grouped.items() if tags}


@dataclass(frozen=True)
class _Plan:
    """What is asked for."""

    library: Library
    where: str
    pictures: int
    snippets: int
    credits: Credits
    progress: Progress = field(default_factory=Silent)

    def name(self, track: Track) -> str:
        return self.credits.get(track.path, {}).get("Title") or track.name

    def rows(self) -> Iterator[tuple[Track, str]]:
        return ((track, self.name(track)) for track in self.library.iterate(self.where))

    def sections(self) -> Iterator[Section]:
        """Make the sections one after the other, as the page is written: only one is in memory."""
        for number, track in enumerate(self.library.tracks(self.where, limit=self.pictures)):
            section = self._section(track, with_sound=number < self.snippets)
            self.progress.advance(str(track.path), ok=not section.missing)
            yield section

    def _section(self, track: Track, *, with_sound: bool) -> Section:
        analysis = self._analysis(track)
        picture, sound, missing = "", "", report_media.why_not(track)
        try:
            if not missing:
                picture = report_media.spectrogram(track.path, track.duration_s)
                sound = report_media.snippet(track.path, track.duration_s) if with_sound else ""
        except TunelensError as error:
            missing = error.message
        taggings = analysis.taggings if analysis else ()
        return Section(
            track=track,
            name=self.name(track),
            analysis=analysis,
            credit=self.credits.get(track.path, {}),
            picture=picture,
            sound=sound,
            missing=missing,
            timelines=tuple(report_media.tag_timeline(one, track.duration_s) for one in taggings),
        )

    def _analysis(self, track: Track) -> Analysis | None:
        try:
            return self.library.get(track.id)
        except TunelensError:  # heard by an older version, or gone meanwhile: its row still stands
            return None


def report(
    library: Library,
    out: str | os.PathLike[str],
    *,
    where: str = "",
    title: str = TITLE,
    force: bool = False,
    pictures: int = MOST_PICTURES,
    snippets: int = MOST_SNIPPETS,
    credits: Credits = MappingProxyType({}),
    notes: Sequence[Note] = (),
    progress: Progress | None = None,
) -> Path:
    """Write one HTML file without any reference to a network.

    It tells how many tracks and failures there are, shows shares of genres and moods, histograms of tempo
    and key, a scatter of energy and danceability, a table of all tracks that sorts and filters, and the
    first tracks in detail: spectrogram, tag timeline, descriptors with confidence, a few seconds of sound.

    Parameters
    ----------
    library : Library
        Where the tracks are.
    out : path-like
        Where to; ends in ``.html``.
    where : str
        Filter, see `tunelens.library.query`.
    title : str
        Heading of the page.
    force : bool
        Overwrite `out`.
    pictures : int
        Most tracks shown in detail; each needs its file decoded and up to 60 kB of the page.
    snippets : int
        Most tracks with 12 seconds of their sound, about 80 kB each; 0 turns it off.
    credits : mapping of Path to mapping of str to str
        See `Credits`.
    notes : sequence of Note
        Tables of the caller's own.
    progress : Progress, optional
        Told of every track shown in detail.

    Returns
    -------
    Path
        `out`.

    Raises
    ------
    ParameterError
        The filter is none, `out` exists or has another suffix, or a number is negative.
    NotFoundError
        No track matches, and nothing failed.
    """
    target = _checked(Path(out), force, pictures, snippets)
    plan = _Plan(library, where, pictures, snippets, credits, progress or Silent())
    seen = overview(library.iterate(where))
    failures = library.failures()
    if not seen.n_tracks and not failures:
        raise NotFoundError(
            f"no track matches {where!r}" if where else "the library is empty",
            hint="tunelens list shows what is there; tunelens analyze adds more",
        )
    page = (
        _environment()
        .get_template("report.html.j2")
        .stream(
            title=title,
            plan=plan,
            overview=seen,
            failures=list(failures.values())[:MOST_FAILURES],
            n_failures=len(failures),
            n_shown=min(pictures, seen.n_tracks),
            notes=notes,
            made_at=datetime.now(UTC).isoformat(sep=" ", timespec="minutes").removesuffix("+00:00"),
            version=_version(),
        )
    )
    plan.progress.start(min(pictures, seen.n_tracks), "pictures")
    try:
        with atomic_path(target) as temporary:
            page.dump(str(temporary), encoding="utf-8", errors="backslashreplace")
    finally:
        plan.progress.finish()
    return target


def _checked(path: Path, force: bool, pictures: int, snippets: int) -> Path:
    if path.suffix.lower() not in _SUFFIXES:
        raise ParameterError(f"{path.name!r} ends in {path.suffix!r}; {', '.join(_SUFFIXES)} are allowed")
    if pictures < 0 or snippets < 0:
        raise ParameterError(f"pictures is {pictures} and snippets {snippets}; neither may be negative")
    return check_writable(path, force=force)


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_without_controls,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(clock=lambda s: clock(round(s)), hours=hours, place=place)
    return environment


def _without_controls(value: object) -> object:
    """HTML allows no control characters; text that is safe already is ours and has none."""
    return _CONTROLS.sub("\ufffd", value) if type(value) is str else value


def hours(seconds: float) -> str:
    """Return a total length as a person says it.

    Examples
    --------
    >>> hours(75), hours(8000)
    ('1 min', '2 h 13 min')
    """
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60} min" if minutes >= 60 else f"{minutes} min"


def place(hz: float) -> float:
    """Return how high `hz` stands in the spectrograms, percent."""
    from math import log

    low, high = report_media.LOW_HZ, report_media.HIGH_HZ
    return round(100 * log(hz / low) / log(high / low), 1)


def _version() -> str:
    return __version__
