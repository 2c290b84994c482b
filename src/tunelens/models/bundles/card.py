"""The card of a bundle: what a person should know before believing it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tunelens.models.bundles.manifest import Manifest

MOST_CLASSES = 60


def write_card(manifest: Manifest) -> str:
    """Return the card as Markdown."""
    sections = {
        "": list(_head(manifest)),
        "Training": list(_training(manifest)),
        "How good it is": list(_metrics(manifest)),
        "How far to believe it": list(_trust(manifest.trust)),
        "Limits": [f"- {note}" for note in (*manifest.notes, *_limits(manifest))],
    }
    blocks = [
        "\n".join(([f"## {title}", ""] if title else []) + lines)
        for title, lines in sections.items()
        if lines
    ]
    return "\n\n".join(blocks) + "\n"


def _plain(text: str) -> str:
    """Return text that stays on its line and in its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def _head(m: Manifest) -> Iterator[str]:
    yield f"# {_plain(m.name)}"
    yield ""
    what = {"single": "one class of", "multi": "any number of tags of", "continuous": "a number,"}[m.task]
    yield f"Predicts {what} {_plain(m.label)!r} from the input `{m.input.name}` ({m.input.width} numbers)."
    if m.classes:
        shown = ", ".join(_plain(name) for name in m.classes[:MOST_CLASSES])
        more = f" and {len(m.classes) - MOST_CLASSES} more" if len(m.classes) > MOST_CLASSES else ""
        yield ""
        yield f"{len(m.classes)} classes: {shown}{more}."


def _training(m: Manifest) -> Iterator[str]:
    yield f"- data: {_plain(m.data) or 'not told'} ({m.n_train} rows, id `{m.data_id}`)"
    yield from (f"- source: {_plain(source)}" for source in m.sources)
    yield f"- recipe: `{m.recipe}`"
    yield f"- licence of the weights: {_plain(m.licence) or 'not told'}"
    yield f"- written by Tunelens {m.tunelens}"


def _metrics(m: Manifest) -> Iterator[str]:
    if m.protocol:
        yield f"Measured on rows that the model had not been trained on: {_plain(m.protocol)}."
        yield ""
    if not m.metrics:
        yield "Not measured."
        return
    yield "| metric | value | interval |"
    yield "| --- | --- | --- |"
    for name, one in m.metrics.items():
        yield f"| {_plain(name)} | {_number(one.get('value'))} | {_interval(one)} |"


def _interval(one: Mapping[str, Any]) -> str:
    if one.get("low") is None or one.get("high") is None:
        return "not measured"
    level = one.get("level")
    return f"{_number(one['low'])} to {_number(one['high'])}" + (f" ({level:.0%})" if level else "")


def _number(value: Any) -> str:
    return "not measured" if value is None else f"{value:.3f}"


def _trust(report: Mapping[str, Any]) -> Iterator[str]:
    if not report:
        yield 'Nothing was measured: probabilities are the model\'s own, and it never says "unknown".'
        return
    yield (
        f"- sets and intervals were to hold the truth in {report['coverage_asked']:.0%} of cases; measured: "
        f"{report['coverage_measured']:.1%}, mean size {_number(report['set_size'])}"
    )
    if report.get("ece_after") is not None:
        yield (
            f"- calibration error {_number(report['ece_before'])} before, "
            f"{_number(report['ece_after'])} after calibration"
        )
    if report.get("accuracy_asked") is not None:
        right = report.get("accuracy_answered")
        told = "no row was answered" if right is None else f"right in {right:.1%} of them"
        yield f'- answers {report["answered"]:.0%} of clips and says "unknown" to the others; {told}'
    if report.get("known_up_to") is not None:
        yield (
            f'- a clip is "unknown: unlike anything it was trained on" where {report["known_up_to"]:.0%} of '
            "training clips, each held out with its group, lie nearer to the rest"
        )
    yield _halves(report)


def _halves(report: Mapping[str, Any]) -> str:
    if report.get("grouped", True):
        return "- measured on halves of the data that share no group with the halves used for calibration"
    return (
        "- measured on halves drawn at random, as nothing tells which rows belong together: of artists never "
        "heard, sets may hold the truth less often"
    )


def _limits(m: Manifest) -> Iterator[str]:
    yield "It knows the classes above and no others; music unlike its training data may be misjudged."
    yield "Probabilities are calibrated for data like that of its training, at its share of classes."
    if m.input.kind == "sequence":
        yield "It hears the middle 30 s of a recording."
