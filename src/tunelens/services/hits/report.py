"""`HitsReport`: what the whole way found, as tables, pictures and sentences, and the page of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from shutil import copyfile
from typing import TYPE_CHECKING, Any

from tunelens.base.card import frame
from tunelens.base.errors import ParameterError, TunelensError
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.language import language
from tunelens.base.table import Table
from tunelens.services.hits.chapters import Told, tell_all
from tunelens.services.hits.failures import Failure, failures_of
from tunelens.services.hits.markdown import markdown
from tunelens.services.hits.options import Options
from tunelens.services.hits.page import Finding, Section
from tunelens.services.hits.render import media_of, page
from tunelens.services.hits.stage import Outcome
from tunelens.services.hits.work import Work

if TYPE_CHECKING:
    from tunelens.plots.display import Display

SUFFIXES = (".html", ".md", ".json")
SOME_FAILED = 1


@dataclass(frozen=True, eq=False)
class HitsReport:
    """What the songs of a chart share, and how that was found out.

    Parameters
    ----------
    options : Options
        What was asked for.
    work : Path
        The folder where results are kept.
    outcomes : Mapping of str to Outcome
        What became of each stage.
    """

    options: Options
    work: Path
    outcomes: Mapping[str, Outcome]

    @cached_property
    def _told(self) -> Told:
        with language(self.options.language):
            return tell_all(self.options, self.outcomes, self.failures, self.work)

    @property
    def sections(self) -> tuple[Section, ...]:
        """The chapters of the page, in the language of the report."""
        return self._told.sections

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a reader takes along, in the language of the report."""
        return self._told.front.findings

    @cached_property
    def tables(self) -> dict[str, Table]:
        """All tables by name, with English columns; `Table.to_frame` gives data frames."""
        sheets = (sheet for section in self.sections for sheet in section.sheets)
        return {sheet.key: sheet.table for sheet in sheets} | dict(self._told.tables)

    @cached_property
    def displays(self) -> dict[str, Display]:
        """All pictures by name, titled in the language of the report."""
        return {figure.key: figure.display for section in self.sections for figure in section.figures}

    @property
    def parameters(self) -> dict[str, Mapping[str, Any]]:
        """What every stage was asked that has a result."""
        return {name: one.parameters for name, one in self.outcomes.items() if one.result is not None}

    @cached_property
    def failures(self) -> tuple[Failure, ...]:
        """What could not be done, of songs and of stages."""
        with language(self.options.language):
            return failures_of(self.outcomes)

    @property
    def exit_code(self) -> int:
        """0 when all was done that was asked for and could be, 1 when a stage or a song failed."""
        return SOME_FAILED if any(one.counts for one in self.failures) else 0

    def to_dict(self) -> dict[str, Any]:
        """Return everything that is told as a JSON object."""
        return {
            "charts": list(self.options.charts),
            "language": self.options.language,
            "stages": [
                {"stage": one.stage, "state": one.state, "why": _why(one), "seconds": round(one.seconds, 2)}
                for one in self.outcomes.values()
            ],
            "findings": [{"kind": one.kind, "text": one.text} for one in self.findings],
            "parameters": {name: dict(values) for name, values in self.parameters.items()},
            "failures": [one.to_dict() for one in self.failures],
            "tables": {name: table.to_dict() for name, table in self.tables.items()},
        }

    def save(self, path: str | Path, *, force: bool = False) -> Path:
        """Write the report; the suffix says how: ``.html``, ``.md`` or ``.json``.

        What was written from the same work folder and not changed since may be written again without `force`.

        Raises
        ------
        ParameterError
            The suffix is another, or the file exists and is not ours.
        DataError
            The place cannot be written.
        """
        path = check_report(Path(path), self.work, force=force)
        text = {".html": self._html, ".md": self._markdown, ".json": self._json}[path.suffix.lower()](path)
        with atomic_path(path) as temporary:
            temporary.write_text(text, encoding="utf-8", errors="backslashreplace")
        Work(self.work).wrote(path)
        return path

    def _html(self, path: Path | None) -> str:
        with language(self.options.language):
            told = self._told if path is None else self._told.beside(path)
            if path is not None and told.map is not None:
                with atomic_path(told.map.target(path)) as temporary:
                    copyfile(told.map.source, temporary)
            return page(told.front, told.sections, media_of(told.sections))

    def _markdown(self, path: Path | None = None) -> str:
        del path
        with language(self.options.language):
            return markdown(self._told.front, self.sections)

    def _json(self, path: Path | None = None) -> str:
        del path
        return json.dumps(plain(self.to_dict()), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    def _repr_html_(self) -> str:
        """Show the page in a notebook, in a frame of its own."""
        return frame(self._html(None))


def _why(outcome: Outcome) -> str:
    with language("en"):
        return outcome.reason


def check_report(path: Path, work: Path, *, force: bool = False) -> Path:
    """Return `path` if a report can be written there, before hours are spent on it."""
    if path.suffix.lower() not in SUFFIXES:
        raise ParameterError(f"{path.name!r} ends in {path.suffix!r}; {', '.join(SUFFIXES)} are allowed")
    return check_writable(path, force=force or Work(work).owns(path))


def plain(value: Any) -> Any:
    """Return `value` without what JSON has no word for: numbers that are none become null."""
    match value:
        case dict():
            return {str(name): plain(one) for name, one in value.items()}
        case list() | tuple():
            return [plain(one) for one in value]
        case float():
            return value if abs(value) < float("inf") else None
        case TunelensError() | Path():
            return str(value)
        case _:
            return value
