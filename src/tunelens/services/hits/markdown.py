"""The report as Markdown: findings and tables, without pictures and sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tunelens.base.feature_words import column_name
from tunelens.base.language import say
from tunelens.services.hits.page import Section, Sheet
from tunelens.services.hits.render import Front
from tunelens.services.hits.words import said, shown
from tunelens.services.table_text import markdown_plain, markdown_row

MOST_ROWS = 100


def markdown(front: Front, sections: Sequence[Section]) -> str:
    """Return the report in the language of now."""
    lines = [f"# {markdown_plain(front.title)}", "", front.subtitle, ""]
    lines += [f"- {name}: {value}" for name, value in front.tiles]
    lines += [
        "",
        f"## {say('Key findings')}",
        "",
        *(f"- {markdown_plain(one.text)}" for one in front.findings),
    ]
    for section in sections:
        lines += ["", f"## {section.title}", "", *_section(section)]
    return "\n".join(lines) + "\n"


def _section(section: Section) -> Iterator[str]:
    for text in section.warnings:
        yield from (f"> {markdown_plain(text)}", "")
    for text in section.lines:
        yield from (markdown_plain(text), "")
    for code in section.codes:
        yield from ("```", code, "```", "")
    for text in section.after:
        yield from (markdown_plain(text), "")
    for listing in section.listings:
        yield from (
            f"### {markdown_plain(listing.title)}",
            "",
            *(markdown_plain(line) for line in listing.lines),
            "",
        )
    for sheet in section.sheets:
        yield from _sheet(sheet)


def _sheet(sheet: Sheet) -> Iterator[str]:
    table = sheet.table
    yield from (f"### {said(table.name)}", "")
    yield markdown_row([column_name(column) for column in table.columns])
    yield markdown_row(["---"] * len(table.columns))
    for row in table.rows[:MOST_ROWS]:
        yield markdown_row(
            [
                shown(value, column, column in sheet.said)
                for value, column in zip(row, table.columns, strict=True)
            ]
        )
    if len(table.rows) > MOST_ROWS:
        yield ""
        yield say("The first {n} of {total} rows.", n=MOST_ROWS, total=len(table.rows))
    if table.note:
        yield from ("", markdown_plain(said(table.note)))
    yield ""
