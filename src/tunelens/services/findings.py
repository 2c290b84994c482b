"""What statistics found, as a page, as text, as numbers or as a picture."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from tunelens.base.card import Card, Shown
from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.language import LANGUAGES, current_language, language, say
from tunelens.base.table import Table, shown
from tunelens.base.version import __version__
from tunelens.plots.display import Display
from tunelens.services.table_text import csv_text, json_text, markdown_plain, markdown_row

SUFFIXES = (".html", ".md", ".json", ".csv", ".png", ".svg")


class Findings(Protocol):
    """What can be reported."""

    @property
    def title(self) -> str:
        """A heading."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know."""

    def summary(self) -> str:
        """Return what is to be said first."""

    def tables(self) -> tuple[Table, ...]:
        """Return tables, the most telling first."""

    def displays(self) -> Mapping[str, Display]:
        """Return pictures, the most telling first."""

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""


class ShownFindings(Shown):
    """Findings that show themselves in a notebook: the summary, the tables, and the first picture."""

    def _card(self: Findings) -> Card:
        first = next(iter(self.displays().values()), None)
        picture = b"" if first is None else first._repr_png_()
        return Card(self.title, self.summary(), tables=self.tables(), notes=self.notes, picture=picture)


def check_findings(path: str | Path | None, *, lang: str = "en", force: bool = False) -> None:
    """Refuse a report that cannot be written, before anything is computed; None is no report.

    Raises
    ------
    ParameterError
        The suffix is another, or the file exists and `force` is not set.
    UnknownNameError
        There is no such language.
    """
    if lang not in LANGUAGES:
        raise UnknownNameError.among("language", lang, LANGUAGES)
    if path is None:
        return
    if Path(path).suffix.lower() not in SUFFIXES:
        raise ParameterError(
            f"{Path(path).name!r} ends in {Path(path).suffix!r}; {', '.join(SUFFIXES)} are allowed"
        )
    check_writable(Path(path), force=force)


def save_findings(found: Findings, path: str | Path, *, lang: str = "en", force: bool = False) -> Path:
    """Write what was found; the suffix says how.

    Parameters
    ----------
    found : Findings
    path : str or Path
        ``.html`` (one page that needs nothing else), ``.md``, ``.json`` (everything), ``.csv`` (the first
        table), ``.png`` or ``.svg`` (the first picture).
    lang : {"en", "zh"}
        What the reader speaks.
    force : bool
        Overwrite what exists.

    Raises
    ------
    ParameterError, UnknownNameError
        As in `check_findings`; or there is nothing to draw.
    DataError
        The place cannot be written.
    """
    check_findings(path, lang=lang, force=force)
    path = Path(path)
    suffix = path.suffix.lower()
    with language(lang):
        if suffix in {".png", ".svg"}:
            return _picture(found, path, force)
        text = {".html": _html, ".md": _markdown, ".json": _json, ".csv": _csv}[suffix](found)
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8-sig" if suffix == ".csv" else "utf-8", errors="replace")
    return path


def _picture(found: Findings, path: Path, force: bool) -> Path:
    first = next(iter(found.displays().values()), None)
    if first is None:
        raise ParameterError("there is nothing to draw")
    return first.save(path, force=force)


def _json(found: Findings) -> str:
    return json_text(found.to_dict())


def _csv(found: Findings) -> str:
    return csv_text(found.tables()[0])


def _markdown(found: Findings) -> str:
    lines = [f"# {markdown_plain(found.title)}", "", markdown_plain(found.summary()), ""]
    lines += [f"> {markdown_plain(note)}\n" for note in found.notes]
    for table in found.tables():
        rows = [[say(name) for name in table.columns], ["---"] * len(table.columns)]
        rows += [[shown(cell) for cell in row] for row in table.rows]
        lines += [
            "",
            f"## {markdown_plain(table.name)}",
            "",
            *([markdown_plain(table.note), ""] if table.note else []),
        ]
        lines += [markdown_row(row) for row in rows]
    return "\n".join(lines) + f"\n\nTunelens {__version__}\n"


def _html(found: Findings) -> str:
    from tunelens.services.evaluation_report import picture
    from tunelens.services.report import _environment

    pictures = [(display.title, picture(display)) for display in found.displays().values()]
    return (
        _environment()
        .get_template("findings.html.j2")
        .render(
            found=found,
            tables=found.tables(),
            pictures=pictures,
            say=say,
            shown=shown,
            lang=current_language(),
            version=__version__,
        )
    )
