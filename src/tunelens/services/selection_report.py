"""What was found about features, as a page, as text, as numbers or as a picture."""

from __future__ import annotations

from pathlib import Path

from tunelens.base.errors import ParameterError
from tunelens.base.files import atomic_path
from tunelens.base.language import current_language, language, say
from tunelens.base.table import Cell
from tunelens.base.version import __version__
from tunelens.explore.selection.comparison import CALLED
from tunelens.services.findings import check_findings
from tunelens.services.selection import SelectionReport
from tunelens.services.table_text import csv_text, json_text, markdown_plain, markdown_row


def save_selection_report(
    report: SelectionReport, path: str | Path, *, lang: str = "en", force: bool = False
) -> Path:
    """Write a report; the suffix says how.

    Parameters
    ----------
    report : SelectionReport
    path : str or Path
        ``.html`` (one page that needs nothing else), ``.md``, ``.json`` (everything), ``.csv`` (the first
        table), ``.png`` or ``.svg`` (the methods beside each other).
    lang : {"en", "zh"}
        What the reader speaks.
    force : bool
        Overwrite what exists.

    Raises
    ------
    ParameterError
        As in `check_findings`; or there is nothing to draw.
    DataError
        The place cannot be written.
    """
    check_findings(path, lang=lang, force=force)
    path = Path(path)
    with language(lang):
        suffix = path.suffix.lower()
        if suffix in {".png", ".svg"}:
            return _picture(report, path, force)
        makers = {".html": _html, ".md": _markdown, ".json": _json, ".csv": _csv}
        text = makers[suffix](report)
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8-sig" if suffix == ".csv" else "utf-8", errors="replace")
    return path


def shown(cell: Cell) -> str:
    """Return a cell as a reader sees it, words in the language of now.

    Examples
    --------
    >>> shown(12.345), shown(True), shown(None), shown(7), shown("amp1std")
    ('12.3', '✓', '', '7', 'amp1std')
    """
    if isinstance(cell, bool):
        return "✓" if cell else ""
    if isinstance(cell, float):
        return f"{cell:.1f}"
    return "" if cell is None else say(cell) if isinstance(cell, str) else str(cell)


def _picture(report: SelectionReport, path: Path, force: bool) -> Path:
    pictures = report.displays()
    if not pictures:
        raise ParameterError("there is nothing to draw: no genetic search, and no songs held out")
    return pictures.get("compared", next(iter(pictures.values()))).save(path, force=force)


def _json(report: SelectionReport) -> str:
    return json_text(report.to_dict())


def _csv(report: SelectionReport) -> str:
    return csv_text(report.tables()[0], says_cells=True)


def _markdown(report: SelectionReport) -> str:
    lines = [f"# {markdown_plain(_title(report))}", "", report.summary(), ""]
    lines += [f"> {markdown_plain(note)}" for note in report.notes]
    for table in report.tables():
        rows = [[say(name) for name in table.columns], ["---"] * len(table.columns)]
        rows += [[shown(cell) for cell in row] for row in table.rows]
        note = say(table.note)
        lines += ["", f"## {say(table.name)}", "", *([note, ""] if note else []), *map(markdown_row, rows)]
    lines += [
        "",
        f"## {say('How it was done')}",
        "",
        *(f"- {markdown_plain(line)}" for line in methods(report)),
    ]
    return "\n".join(lines) + f"\n\nTunelens {__version__}\n"


def _html(report: SelectionReport) -> str:
    from tunelens.services.evaluation_report import picture
    from tunelens.services.report import _environment

    pictures = [(display.title, picture(display)) for display in report.displays().values()]
    return (
        _environment()
        .get_template("selection.html.j2")
        .render(
            say=say,
            shown=shown,
            lang=current_language(),
            title=_title(report),
            report=report,
            tables=report.tables(),
            pictures=pictures,
            methods=methods(report),
            version=__version__,
        )
    )


def _title(report: SelectionReport) -> str:
    return say("{name}: which features tell songs apart", name=report.paired.name)


def methods(report: SelectionReport) -> list[str]:
    """Return how it was done, every parameter, in the language of now."""
    facts = report.paired
    lines = [
        say("Songs: {n}; left out: {dropped}; could not be heard: {failed}.",
            n=len(facts.twins), dropped=len(facts.dropped), failed=len(facts.failures)),
        say("Two clips of every song, in the middle of its first and of its second half; measured: {input}.",
            input=facts.input),
        say("A clip is lost if another clip is as near as its twin, by squared Euclidean distance of the "
            "features, standardised by the songs that were chosen on. Ties count as lost."),
    ]  # fmt: skip
    if report.compared is not None:
        share = report.compared.tried[0].held_share
        lines.append(
            say("{n} random splits for each way of holding out; {share:.0f}% of the songs are held out. "
                "Intervals of 95%: corrected resampled t (Nadeau & Bengio 2003).",
                n=report.compared.n_splits, share=100 * share)
        )  # fmt: skip
    lines += [
        say("{method}: seed {seed}, {n} subsets counted.", method=say(CALLED[one.method]), seed=one.seed,
            n=one.evaluations)
        for one in report.selections
    ]  # fmt: skip
    return lines
