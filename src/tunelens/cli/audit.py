"""`tunelens audit`: what is wrong with a dataset before a model learns it by heart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.bar import Bar
from tunelens.cli.face import SOME_FAILED, AsJson, Face, Jobs, Quiet, example, guarded
from tunelens.cli.plain import printable
from tunelens.cli.reading import Dataset, Label, LabelKind, Read, read

if TYPE_CHECKING:
    from tunelens.evaluation.audit import AuditReport, Duplicate

NAME = "audit"
EPILOG = example("tunelens audit music/", "tunelens audit songs.csv --label genre --group artist --json")


@guarded
def run(
    dataset: Dataset,
    label: Label = None,
    kind: LabelKind = None,
    more: Read = None,
    group: Annotated[
        str | None, typer.Option("--group", help="Columns of rows that belong together, separated by commas.")
    ] = None,
    split: Annotated[str | None, typer.Option("--split", help="Column with train, valid and test.")] = None,
    input: Annotated[
        str | None, typer.Option("--input", help="What labels are judged by, say descriptors; or none.")
    ] = None,
    top: Annotated[int, typer.Option("--top", min=0, help="Findings of each kind that are printed.")] = 10,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Of folds and intervals.")] = 0,
    jobs: Jobs = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Look through a dataset for copies, leaks, wrong labels, labels told by the format, and broken files.

    Ends with 1 when the dataset's own split leaks or a file cannot be read, else with 0: all other findings
    are for a person to judge.
    """
    from tunelens.services.audit import audit

    face = Face(as_json, quiet)
    columns = tuple(name.strip() for name in group.split(",")) if group else ()
    told = [*(more or ()), *([f"split={split}"] if split else [])]
    tracks = read(face, dataset, label=label, kind=kind, group=columns, more=told)
    report = audit(tracks, input=input, jobs=jobs, seed=seed, progress=Bar(face.err))
    found = report.to_dict() | {"read": tracks.report.to_dict()}
    face.result(dataset, found, lambda out: _draw(out, report, top))
    for note in report.notes:
        face.say(printable(note))
    return SOME_FAILED if report.refuses or any(fault.kind == "unreadable" for fault in report.faults) else 0


def _draw(out: Console, report: AuditReport, top: int) -> None:
    fine = "no leak across its split" if report.has_split else "it has no split of its own"
    verdict = f"[red]the split leaks:[/] {_plain(report.why)}" if report.refuses else fine
    out.print(f"{_plain(report.name)}: {report.n_rows} rows, {verdict}")
    _draw_classes(out, report)
    _draw_copies(out, report, top)
    _table(
        out, "on two sides of the split", ("group", "rows", "splits", "example"),
        [(f"{leak.kind} {leak.group}", str(len(leak.items)), ", ".join(leak.splits), leak.items[0])
         for leak in report.leaks], top,
    )  # fmt: skip
    _table(
        out, f"likely wrong labels, judged by {report.input}", ("row", "given", "suggested", "margin"),
        [(odd.item, odd.given, odd.suggested, f"{odd.margin:.2f}") for odd in report.wrong_labels], top,
    )  # fmt: skip
    _draw_formats(out, report)
    counts = Counter(fault.kind for fault in report.faults)
    _table(
        out, f"faults: {', '.join(f'{n} {kind}' for kind, n in counts.items())}", ("row", "what", "detail"),
        [(fault.item, fault.kind, fault.detail) for fault in report.faults], top,
    )  # fmt: skip


def _draw_classes(out: Console, report: AuditReport) -> None:
    if report.imbalance is None:
        return
    counts = ", ".join(f"{_plain(name)} {count}" for name, count in report.class_counts.items())
    out.print(f"classes: {counts} (largest : smallest = {report.imbalance:.1f})")


def _draw_copies(out: Console, report: AuditReport, top: int) -> None:
    sure = [pair for pair in report.duplicates if pair.kind != "similar"]
    close = [pair for pair in report.duplicates if pair.kind == "similar"]
    head = ("first", "second", "kind", "offset", "score", "")
    _table(out, "the same recording", head, map(_copy, sure), top)
    _table(out, "similar: listen whether they are the same", head, map(_copy, close), top)


def _copy(pair: Duplicate) -> Sequence[str]:
    offset = "" if pair.offset_s is None else f"{pair.offset_s:+.2f} s"
    marks = [
        *(["across the split"] if pair.across else []),
        *(["labels differ"] if pair.labels_differ else []),
    ]
    return pair.a, pair.b, pair.kind, offset, f"{pair.score:.2f}", ", ".join(marks)


def _draw_formats(out: Console, report: AuditReport) -> None:
    rows = [
        (
            leak.by,
            f"{leak.score:.2f}" if leak.varies else "same for all",
            f"{leak.low:.2f} to {leak.high:.2f}" if leak.varies else "",
            f"{leak.chance:.2f}",
            "tells the label" if leak.tells else "",
        )
        for leak in report.format_leaks
    ]
    head = ("property", "accuracy", "95 %", "chance", "")
    _table(out, "can the label be told from the format alone?", head, rows, len(rows))


def _table(out: Console, title: str, head: Sequence[str], rows: Iterable[Sequence[str]], top: int) -> None:
    rows = list(rows)
    if not rows:
        return
    out.print(f"\n[bold]{_plain(title)}[/] ({len(rows)})")
    table = Table(*head, box=None, pad_edge=False)
    for row in rows[:top]:
        table.add_row(*map(_plain, row))
    if top:
        out.print(table)


def _plain(text: str) -> str:
    return escape(printable(text))
