"""Ask a bundle about files, or about the rows of a table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.audio import Unfound, find_audio, probe
from tunelens.base.card import Card, Shown
from tunelens.base.errors import DataError, NotFoundError, ParameterError, TunelensError
from tunelens.base.language import word
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.library.store import Library
from tunelens.models.bundles import Bundle, find_bundle
from tunelens.models.prediction import Prediction
from tunelens.services.vectors import TABLE, Excerpt, require_nets, vectors

Array = NDArray[Any]
AT_ONCE = 512
"""Items that are held in memory together."""
WINDOW_S = 30.0
SHORTEST_WINDOW_S, MOST_WINDOWS = 1.0, 10_000
_NAMES = ("id", "path", "file", "filename", "file_name", "name", "title", "track")


@dataclass(frozen=True)
class Stretch:
    """What was said of one stretch of a recording.

    Parameters
    ----------
    start_s, end_s : float or None
        The stretch, seconds; None for begin or end of the recording.
    prediction : Prediction
        What was said.
    """

    start_s: float | None
    end_s: float | None
    prediction: Prediction

    def to_dict(self) -> dict[str, Any]:
        """Return the stretch as a JSON object."""
        return {"start_s": self.start_s, "end_s": self.end_s, **self.prediction.to_dict()}


@dataclass(frozen=True)
class Answer(Shown):
    """What became of one input: `stretches`, or `error`.

    Parameters
    ----------
    item : str
        The file, or table and row.
    stretches : tuple of Stretch
        One for the whole, or one per window.
    error : TunelensError or None
        Why nothing could be said.
    timeline : bool
        Windows were asked for.
    """

    item: str
    stretches: tuple[Stretch, ...] = ()
    error: TunelensError | None = None
    timeline: bool = False

    def _card(self) -> Card:
        if self.error is not None:
            return Card.of_error(self.item, self.error)
        if not self.timeline:
            return self.prediction.card(self.item)
        rows = tuple((one.start_s, one.end_s, one.prediction.line()) for one in self.stretches)
        return Card(self.item, tables=(Table("", (word("from (s)"), word("to (s)"), word("answer")), rows),))

    @property
    def prediction(self) -> Prediction:
        """What was said of the whole; of a timeline, of its first window."""
        return self.stretches[0].prediction

    def to_dict(self) -> dict[str, Any]:
        """Return what was said as a JSON object."""
        if self.timeline:
            return {"timeline": [stretch.to_dict() for stretch in self.stretches]}
        return self.prediction.to_dict()


def predict(
    bundle: str | Path | Bundle,
    paths: Iterable[str | Path] | str | Path,
    *,
    timeline: bool = False,
    window_s: float = WINDOW_S,
    jobs: int | None = None,
    engine: str = "local",
    settings: Settings | None = None,
    progress: Progress | None = None,
) -> Iterator[Answer]:
    """Yield what a bundle says of each input, in order.

    Parameters
    ----------
    bundle : str, Path or Bundle
        Name or folder of a bundle.
    paths : iterable of str or Path
        Audio files and folders; tables for a bundle that was trained on one.
    timeline : bool
        Say it of each window of `window_s` seconds instead of the whole. The rest at the end is a window of
        its own when it fills half of one.
    jobs, engine
        Workers, and what runs them.

    Yields
    ------
    Answer
        A file that cannot be heard is an answer with an error, and never the end.

    Raises
    ------
    BundleError, NotFoundError, UnknownNameError
        There is no such bundle, or it cannot be trusted.
    MissingDependencyError
        A net is not here; no file has been touched.
    """
    settings = settings or Settings.from_env()
    loaded = bundle if isinstance(bundle, Bundle) else Bundle.load(find_bundle(bundle, settings))
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if loaded.input.name == TABLE:
        if timeline:
            raise ParameterError(f"{loaded.name} reads tables, which have no timeline")
        return _of_tables(loaded, given)
    if not SHORTEST_WINDOW_S <= window_s <= 3600:
        raise ParameterError(f"the window is {window_s:g} s; {SHORTEST_WINDOW_S:g} to 3600 s are allowed")
    require_nets(loaded.input, settings)
    ask = _Ask(loaded, jobs, engine, settings, progress, window_s if timeline else None)
    return ask.about(given)


def predict_one(
    bundle: str | Path | Bundle,
    path: Path,
    *,
    library: Library | None = None,
    track: int | None = None,
    settings: Settings | None = None,
) -> Prediction:
    """Return what a bundle says of one file, as a whole.

    Of a `track` of a `library` that was heard with all that the bundle needs, nothing is decoded.

    Raises
    ------
    ParameterError
        The bundle reads tables.
    BundleError, UnknownNameError, MissingDependencyError
        It cannot be asked.
    AudioError, NotFoundError
        The file cannot be heard.
    """
    settings = settings or Settings.from_env()
    loaded = bundle if isinstance(bundle, Bundle) else Bundle.load(find_bundle(bundle, settings))
    if loaded.input.name == TABLE:
        raise ParameterError(f"{loaded.name} reads tables; one that hears sound is needed")
    numbers = None
    if library is not None and track is not None:
        known = library.get(track)
        taggings = {one.model: one for one in known.taggings}
        numbers = loaded.input.of_heard(known.descriptors, taggings)
    if numbers is None:
        require_nets(loaded.input, settings)
        numbers = loaded.input.of_file(path, None, None, settings)
    return loaded.predict(numbers[None])[0]


@dataclass(frozen=True)
class _Ask:
    bundle: Bundle
    jobs: int | None
    engine: str
    settings: Settings
    progress: Progress | None
    window_s: float | None

    def about(self, paths: list[str | Path]) -> Iterator[Answer]:
        """Yield the answers; files are taken in lots, so that memory stays bounded."""
        found = iter(find_audio([os.path.abspath(path) if path else path for path in paths]))  # noqa: PTH100
        while lot := list(islice(found, AT_ONCE)):
            plans = [self._excerpts(one) for one in lot]
            wanted = [item for plan in plans if isinstance(plan, list) for item in plan]
            heard = iter(self._vectors(wanted))
            for one, plan in zip(lot, plans, strict=True):
                name = str(one.path if isinstance(one, Unfound) else one)
                if isinstance(plan, TunelensError):
                    yield Answer(name, error=plan)
                else:
                    yield self._answer(name, plan, list(islice(heard, len(plan))))

    def _vectors(self, wanted: list[Excerpt]) -> list[Array | TunelensError]:
        return vectors(
            wanted,
            self.bundle.input,
            jobs=self.jobs,
            engine=self.engine,
            settings=self.settings,
            progress=self.progress,
        )

    def _excerpts(self, found: Path | Unfound) -> list[Excerpt] | TunelensError:
        if isinstance(found, Unfound):
            return found.error
        if self.window_s is None:
            return [Excerpt(found)]
        try:
            return windows(found, probe(found).duration_s, self.window_s)
        except TunelensError as error:
            return error

    def _answer(self, name: str, plan: list[Excerpt], heard: list[Array | TunelensError]) -> Answer:
        failed = next((one for one in heard if isinstance(one, TunelensError)), None)
        if failed is not None:
            return Answer(name, error=failed)
        said = self.bundle.predict(np.stack([one for one in heard if not isinstance(one, TunelensError)]))
        stretches = tuple(
            Stretch(item.start_s, item.end_s, one) for item, one in zip(plan, said, strict=True)
        )
        return Answer(name, stretches, timeline=self.window_s is not None)


def windows(path: Path, duration_s: float | None, window_s: float) -> list[Excerpt]:
    """Cut a recording into windows; a rest of at least half a window is one too.

    Raises
    ------
    DataError
        Nobody knows how long it is, or there would be more windows than 10,000.

    Examples
    --------
    >>> [(one.start_s, one.end_s) for one in windows(Path("a"), 50.0, 20.0)]
    [(0.0, 20.0), (20.0, 40.0), (40.0, 50.0)]
    """
    if duration_s is None:
        raise DataError(
            f"{str(path)!r} does not say how long it is, so it has no timeline",
            hint="convert it to WAV first",
        )
    n = max(1, int(duration_s / window_s + 0.5))
    if n > MOST_WINDOWS:
        raise DataError(
            f"{str(path)!r} has {n} windows; at most {MOST_WINDOWS} are heard", hint="use longer ones"
        )
    ends = [(k + 1) * window_s for k in range(n)]
    return [Excerpt(path, k * window_s, min(end, duration_s)) for k, end in enumerate(ends)]


def _of_tables(bundle: Bundle, paths: list[str | Path]) -> Iterator[Answer]:
    for path in paths:
        try:
            yield from _of_table(bundle, Path(path))
        except TunelensError as error:
            yield Answer(str(path), error=error)


def _of_table(bundle: Bundle, path: Path) -> Iterator[Answer]:
    rows = read_rows(path, bundle.manifest.input.names)
    while lot := list(islice(rows, AT_ONCE)):
        good = [values for _, values in lot if not isinstance(values, TunelensError)]
        said = iter(bundle.predict(np.array(good))) if good else iter(())
        for name, values in lot:
            if isinstance(values, TunelensError):
                yield Answer(name, error=values)
            else:
                yield Answer(name, (Stretch(None, None, next(said)),))


def read_rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[str, Array | TunelensError]]:
    """Yield the name of each row of a table with its numbers, or with what is wrong with it.

    Other columns, say a label, are left aside; an empty cell is NaN.

    Raises
    ------
    NotFoundError, DataError
        There is no such table, or columns are missing.
    """
    from tunelens.data.readers.table import open_table

    _check_table(path)
    try:
        table = open_table(path)
        places = _places(path, table.columns, columns)
        named = next((table.columns.index(one) for one in _NAMES if one in table.columns), None)
        for line in table.lines():
            name = f"{path}:{line.number}"
            if line.fault:
                yield name, DataError(f"{name}: {line.fault}")
                continue
            if named is not None and line.cells[named].strip():
                name = f"{path}:{line.cells[named].strip()}"
            yield name, _numbers(name, [line.cells[i] for i in places], columns, table.decimal_comma)
    except OSError as error:
        raise DataError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error


def _check_table(path: Path) -> None:
    from tunelens.data.readers.table import SUFFIXES

    if not os.path.lexists(path):
        raise NotFoundError(f"{str(path)!r} does not exist", hint="check the spelling")
    if not path.is_file() or path.suffix.lower() not in SUFFIXES:
        raise DataError(
            f"{str(path)!r} is no table; this bundle was trained on the columns of one",
            hint=f"give a file with one of these endings: {', '.join(SUFFIXES)}",
        )


def _places(path: Path, there: tuple[str, ...], needed: tuple[str, ...]) -> list[int]:
    missing = [name for name in needed if name not in there]
    if missing:
        shown = ", ".join(missing[:10]) + (f" and {len(missing) - 10} more" if len(missing) > 10 else "")
        raise DataError(
            f"{str(path)!r} lacks {len(missing)} of the {len(needed)} columns that the bundle needs: {shown}",
            hint="the order of columns does not matter, their names do",
        )
    return [there.index(name) for name in needed]


def _numbers(
    name: str, cells: list[str], columns: tuple[str, ...], decimal_comma: bool
) -> Array | TunelensError:
    from tunelens.data.readers.numbers import number

    flags = {"true": 1.0, "false": 0.0}
    values = [flags.get(cell.strip().lower(), number(cell, decimal_comma)) for cell in cells]
    wrong = next((i for i, value in enumerate(values) if value is None), None)
    if wrong is not None:
        return DataError(f"{name}: {columns[wrong]} is {cells[wrong]!r}, which is no number")
    return np.array(values, np.float64)
