"""Reports of evaluations and comparisons: one HTML page that needs nothing else, Markdown, or JSON."""

from __future__ import annotations

import base64
import io
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tunelens.base import table as base
from tunelens.base.card import Card, Fact
from tunelens.base.errors import ParameterError, TunelensError
from tunelens.base.files import atomic_path, check_writable
from tunelens.base.version import __version__
from tunelens.evaluation.crossval import OutOfFold
from tunelens.evaluation.intervals import Interval
from tunelens.services.compare import Compared, Comparison
from tunelens.services.evaluate import Evaluation, Judged, Mistake

if TYPE_CHECKING:
    from tunelens.evaluation.comparison import Difference
    from tunelens.plots.display import Display

SUFFIXES = (".html", ".md", ".json")
MOST_PLAYERS = 12
_TEMPLATE = "evaluation.html.j2"
Row = tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of texts; the first column names the row."""

    title: str
    columns: Row
    rows: tuple[Row, ...]
    text: str = ""


@dataclass(frozen=True)
class Page:
    """What a report holds, whatever it is written as."""

    title: str
    lead: str
    facts: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]
    plots: tuple[tuple[str, Display], ...]
    mistakes: tuple[Mistake, ...] = ()
    warnings: tuple[str, ...] = ()


def save_report(result: Evaluation | Comparison, path: str | Path, *, force: bool = False) -> Path:
    """Write what was found; the suffix says how: ``.html``, ``.md`` or ``.json``.

    Parameters
    ----------
    result : Evaluation or Comparison
    path : str or Path
    force : bool
        Overwrite what exists.

    Raises
    ------
    ParameterError
        The suffix is another, or the file exists.
    DataError
        The place cannot be written.
    """
    path = check_report(Path(path), force=force)
    makers = {".html": _html, ".md": _markdown, ".json": _json}
    text = makers[path.suffix.lower()](result)
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8", errors="replace")
    return path


def check_report(path: Path, *, force: bool = False) -> Path:
    """Return `path` if a report can be written there, before hours are spent on it."""
    if path.suffix.lower() not in SUFFIXES:
        raise ParameterError(f"{path.name!r} ends in {path.suffix!r}; {', '.join(SUFFIXES)} are allowed")
    return check_writable(path, force=force)


def _json(result: Evaluation | Comparison) -> str:
    return json.dumps(result.to_dict(), ensure_ascii=False, indent=1, allow_nan=False, default=str) + "\n"


def page_of(result: Evaluation | Comparison) -> Page:
    """Return what is to be told."""
    return _compared_page(result) if isinstance(result, Comparison) else _evaluated_page(result)


def card_of(result: Evaluation | Comparison) -> Card:
    """Return what a notebook shows: the report without its pictures."""
    page = page_of(result)
    tables = tuple(base.Table(one.title, one.columns, one.rows) for one in page.tables)
    facts = tuple(Fact(name, text) for name, text in page.facts)
    return Card(page.title, page.lead, facts, tables, notes=page.warnings)


def _evaluated_page(found: Evaluation) -> Page:
    tables = [figures_table(found)]
    if found.per_class:
        tables.append(_class_table(found))
    facts = (
        ("Rows", f"{found.n_rows:,}"),
        ("Model", found.recipe.split(";")[0].removeprefix("model=")),
        ("Input", found.input),
        ("Training", f"{sum(found.honest.oof.train_seconds):.1f} s"),
        ("Answer", f"{cost(found.honest.oof)} a clip"),
    )
    return Page(
        f"{found.dataset}: {found.label}",
        f"Judged {told(found.honest)}.",
        facts,
        tuple(tables),
        tuple(_plots(found)),
        found.mistakes,
        (*found.warnings, *_failed(found)),
    )


def _failed(found: Evaluation | Comparison) -> list[str]:
    return [f"{len(found.failures)} files could not be heard and were left out."] if found.failures else []


def told(judged: Judged) -> str:
    """Return how rows were kept apart, in words."""
    by = f" by {judged.group}" if judged.group else ""
    folds = f"{judged.n_folds} folds" if judged.n_folds > 1 else "one fold"
    group = judged.drawn.replace("+", " or ")
    rows = {"row": "single rows", "cluster": "single rows, copies together"}
    drawn = rows.get(group, f"whole groups ({group})")
    how = f"{judged.protocol}{by}, {folds}, {judged.n_test:,} rows judged ({judged.why})"
    return f"by the protocol {how}; intervals draw {drawn}"


def cost(oof: OutOfFold) -> str:
    """Return what an answer costs the model, without making its input."""
    return f"{1000 * oof.predict_seconds_per_clip:.2g} ms"


def figure(one: Interval) -> str:
    """Return a figure with its interval.

    Examples
    --------
    >>> figure(Interval(0.5, 0.4, 0.6)), figure(Interval(0.5, float("nan"), float("nan")))
    ('0.500 (0.400 to 0.600)', '0.500')
    """
    if math.isnan(one.value):
        return "not defined"
    return f"{one.value:.3f}" + ("" if math.isnan(one.low) else f" ({one.low:.3f} to {one.high:.3f})")


def figures_table(found: Evaluation) -> Table:
    """Return the honest figures, and the inflated ones beside them where they were asked for."""
    columns: list[str] = ["figure", f"{found.honest.protocol}, 95 % interval"]
    if len(next(iter(found.honest.by_seed.values()))) > 1:
        columns.append("by seed")
    if found.random:
        columns += (
            ["random (inflated)", "inflated by"]
            if found.random.inflated
            else ["random (groups unknown)", "difference"]
        )
    rows = [_figure_row(found, name, one, len(columns)) for name, one in found.honest.figures.items()]
    return Table("Figures", tuple(columns), tuple(rows))


def _figure_row(found: Evaluation, name: str, one: Interval, width: int) -> Row:
    row = [name, figure(one)]
    seeds = found.honest.by_seed[name]
    if len(seeds) > 1:
        row.append(", ".join(f"{value:.3f}" for value in seeds))
    if found.random:
        row += [figure(found.random.figures[name]), f"{found.inflation[name]:+.3f}"]
    return tuple(row[:width])


def _class_table(found: Evaluation) -> Table:
    rows = tuple(
        (one.name, str(one.support), str(one.said), *map(_number, (
            one.precision, one.recall, one.f1, one.roc_auc, one.average_precision)))
        for one in found.per_class
    )  # fmt: skip
    columns = ("class", "rows", "said", "precision", "recall", "F1", "ROC-AUC", "average precision")
    n_seeds = len(next(iter(found.honest.by_seed.values())))
    return Table("Classes", columns, rows, f"Rows are counted over {n_seeds} seeds." if n_seeds > 1 else "")


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.3f}"


def _plots(found: Evaluation) -> list[tuple[str, Display]]:
    from tunelens.plots.judging import ConfusionDisplay, CurvesDisplay, LearningDisplay, ReliabilityDisplay

    plots: list[tuple[str, Display]] = []
    if (counts := found.confusion) is not None:
        plots.append(("Which class was called which", ConfusionDisplay(counts=counts, classes=found.classes)))
    if (bins := found.reliability) is not None:
        shown = ReliabilityDisplay(
            confidence=bins.confidence, share=bins.share, count=bins.count, ece=bins.ece
        )
        plots.append(("Is it right as often as it is sure?", shown))
    by_name = {row.name: row for row in found.per_class}
    for kind, curves in zip(("roc", "pr"), found.curves(), strict=True):
        if curves:
            name = "roc_auc" if kind == "roc" else "average_precision"
            areas = {one.name: float(getattr(by_name[one.name], name)) for one in curves}
            best = sorted(curves, key=lambda one: -areas[one.name])
            lines = [(f"{one.name} {areas[one.name]:.2f}", one.x, one.y) for one in best]
            caption = "ROC per class" if kind == "roc" else "Precision and recall per class"
            plots.append((caption, CurvesDisplay(kind=kind, lines=lines)))
    if found.learning:
        ends = found.learning.figures
        plots.append(("What more examples bring", LearningDisplay(
            n_train=found.learning.n_train, values=[one.value for one in ends],
            low=[one.low for one in ends], high=[one.high for one in ends], metric=found.learning.metric,
        )))  # fmt: skip
    return plots


def _compared_page(found: Comparison) -> Page:
    from tunelens.plots.judging import ComparisonDisplay

    done = [(row.model, row.judged.figures[found.metric]) for row in found.rows if row.judged]
    plot = ComparisonDisplay(
        names=[name for name, _ in done], values=[one.value for _, one in done],
        low=[one.low for _, one in done], high=[one.high for _, one in done], metric=found.metric,
    )  # fmt: skip
    judged = next(row.judged for row in found.rows if row.judged)
    tables = [comparison_table(found)]
    if failed := tuple((row.model, row.error.message) for row in found.rows if row.error):
        tables.append(Table("Failed", ("model", "why"), failed))
    if found.left_out:
        tables.append(Table("Left out", ("model", "why"), found.left_out))
    return Page(
        f"{found.dataset}: {found.label}",
        f"Judged {told(judged)}. Every model saw the same folds.",
        (("Rows", f"{found.n_rows:,}"), ("Models", str(len(found.rows))), ("Time", f"{found.seconds:.0f} s")),
        tuple(tables),
        (("Models, with 95 % intervals", plot),),
        warnings=(*found.warnings, *_failed(found)),
    )


def comparison_table(found: Comparison) -> Table:
    """Return a row per model, the best first."""
    first = next(row.judged for row in found.rows if row.judged)
    others = [name for name in ("f1_macro", "roc_auc", "spearman", "mae") if name in first.figures]
    columns = ("model", "input", found.metric, *others, "behind the best", "p (Holm)", "training", "a clip")
    rows = tuple(_model_row(row, found.metric, others) for row in found.rows)
    text = "p tells how likely chance alone makes such a difference, corrected for the number of models."
    return Table("Models", columns, rows, text)


def _model_row(row: Compared, metric: str, others: Sequence[str]) -> Row:
    if row.judged is None:
        return (row.model, row.input, "failed", *[""] * (len(others) + 4))
    behind = row.behind
    oof = row.judged.oof
    return (
        row.model, row.input, figure(row.judged.figures[metric]),
        *(f"{row.judged.figures[name].value:.3f}" for name in others),
        _difference(behind) if behind else "the best",
        _number(row.p) if row.p is not None else "",
        f"{sum(oof.train_seconds):.1f} s", cost(oof),
    )  # fmt: skip


def _difference(behind: Difference) -> str:
    value, low, high = (0 - one for one in (behind.value, behind.high, behind.low))
    return f"{value:+.3f}" + ("" if math.isnan(low) else f" ({low:+.3f} to {high:+.3f})")


def _markdown(result: Evaluation | Comparison) -> str:
    page = page_of(result)
    lines = [f"# {_cell(page.title)}", "", page.lead, ""]
    lines += [f"- {name}: {_cell(value)}" for name, value in page.facts]
    lines += ["", *(f"> {_cell(warning)}" for warning in page.warnings)]
    for table in page.tables:
        lines += ["", f"## {table.title}", "", *([table.text, ""] if table.text else []), *_pipes(table)]
    if isinstance(result, Evaluation) and (counts := result.confusion) is not None:
        rows = tuple(
            (name, *map(str, row)) for name, row in zip(result.classes, counts.tolist(), strict=True)
        )
        lines += ["", "## Confusion (truth by row)", "", *_pipes(Table("", ("", *result.classes), rows))]
    if page.mistakes:
        rows = tuple((one.item, one.true, one.said, f"{one.confidence:.2f}") for one in page.mistakes)
        head = ("row", "true", "said", "confidence")
        lines += ["", "## Most confident errors", "", *_pipes(Table("", head, rows))]
    return "\n".join(lines) + f"\n\nTunelens {__version__}\n"


def _pipes(table: Table) -> list[str]:
    def line(cells: Sequence[str]) -> str:
        return "| " + " | ".join(map(_cell, cells)) + " |"

    return [line(table.columns), line(["---"] * len(table.columns)), *map(line, table.rows)]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def _html(result: Evaluation | Comparison) -> str:
    from tunelens.services.report import _environment

    page = page_of(result)
    pictures = [(caption, picture(display)) for caption, display in page.plots]
    players = [(one, sound(one) if i < MOST_PLAYERS else "") for i, one in enumerate(page.mistakes)]
    template = _environment().get_template(_TEMPLATE)
    return template.render(page=page, pictures=pictures, players=players, version=__version__)


def picture(display: Display) -> str:
    """Return the data address of a picture as SVG."""
    held = io.BytesIO()
    display.plot().figure_.savefig(held, format="svg", metadata={"Date": None, "Creator": "Tunelens"})
    return f"data:image/svg+xml;base64,{base64.b64encode(held.getvalue()).decode('ascii')}"


def sound(mistake: Mistake) -> str:
    """Return the data address of a few seconds from the middle of a row; "" where there is no sound."""
    from tunelens.audio import probe
    from tunelens.services.report_media import snippet

    if mistake.path is None:
        return ""
    try:
        end: Any = mistake.end_s if mistake.end_s is not None else probe(mistake.path).duration_s
        return snippet(mistake.path, (mistake.start_s or 0.0) + (end or 0.0))
    except (TunelensError, OSError):
        return ""
