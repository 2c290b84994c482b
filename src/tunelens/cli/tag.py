"""`tunelens tag`: write what was heard into the files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from tunelens.cli.draw_tags import draw_history, draw_plan
from tunelens.cli.face import AsJson, Face, LibraryFile, Quiet, Where, example, guarded, worst

if TYPE_CHECKING:
    from tunelens.base.errors import TunelensError
    from tunelens.library.store import Library
    from tunelens.services.tag import Tagged, TagOptions

NAME = "tag"
EPILOG = example(
    "tunelens tag music/",
    "tunelens tag music/ --field bpm --field key --min-confidence 0.8 --policy genre=append --write",
    "tunelens tag --undo",
)
V = TypeVar("V")


@guarded
def run(
    refs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="TRACK...",
            help="Files, folders, numbers or titles of tracks; all if left out. After --undo: a batch.",
        ),
    ] = None,
    where: Where = "",
    write: Annotated[
        bool, typer.Option("--write", help="Write. Without it you see what would be written.")
    ] = False,
    fields: Annotated[
        list[str] | None,
        typer.Option("--field", "-f", help="genre, mood, bpm, key or energy; again for more. Default: all."),
    ] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            "--policy",
            "-p",
            help="keep, fill (where empty), replace or append; for one field genre=append. Default: fill.",
        ),
    ] = None,
    min_confidence: Annotated[
        list[str] | None,
        typer.Option(
            "--min-confidence",
            "-c",
            help="Least probability of what is written, 0 to 1; for one field genre=0.5. Default: 0.7.",
        ),
    ] = None,
    source: Annotated[
        list[str] | None,
        typer.Option("--from", help="Bundle that says the genre or mood, as genre=my-genres."),
    ] = None,
    key_notation: Annotated[
        str, typer.Option("--key-notation", help="standard (C#m) or camelot (12A).")
    ] = "standard",
    keep_mtime: Annotated[
        bool, typer.Option("--keep-mtime", help="Leave the time of change of the files as it is.")
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Restore the files of a batch byte for byte. Default: the last.")
    ] = False,
    history: Annotated[bool, typer.Option("--history", help="List the batches that were written.")] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Write genre, mood, tempo, key and energy into music files; without --write it only shows what.

    Only what is sure enough is written, the sound is not touched, and --undo takes it back.
    """
    from tunelens.library.store import Library

    face = Face(as_json, quiet)
    with Library.open(library, create=False) as catalogue:
        if history:
            return _history(face, catalogue)
        if undo:
            return _undo(face, catalogue, refs or [])
        options = _options(fields, policy, min_confidence, source, key_notation, keep_mtime)
        return _tag(face, catalogue, refs or [], where, options, write)


def _options(
    fields: list[str] | None,
    policy: list[str] | None,
    min_confidence: list[str] | None,
    source: list[str] | None,
    key_notation: str,
    keep_mtime: bool,
) -> TagOptions:
    from tunelens.services.tag import TagOptions

    return TagOptions(
        **({"fields": tuple(dict.fromkeys(fields))} if fields else {}),
        policy=_by_field(policy, str),
        min_confidence=_by_field(min_confidence, _share),
        sources=_by_field(source, str, named=True),
        key_notation=key_notation,
        keep_mtime=keep_mtime,
    )


def _by_field(words: list[str] | None, read: Callable[[str], V], *, named: bool = False) -> dict[str, V]:
    """Read ``value`` (of all fields) and ``field=value``; the latter wins."""
    from tunelens.base.errors import ParameterError
    from tunelens.library.filetags.view import FIELDS

    every: dict[str, V] = {}
    single: dict[str, V] = {}
    for word in words or []:
        name, equals, value = word.partition("=")
        if not equals and named:
            raise ParameterError(f"{word!r} names no field", hint="write genre=my-genres")
        if equals:
            single[name.strip()] = read(value.strip())
        else:
            every.update(dict.fromkeys(FIELDS, read(name.strip())))
    return every | single


def _share(text: str) -> float:
    from tunelens.base.errors import ParameterError

    try:
        return float(text)
    except ValueError:
        raise ParameterError(f"the confidence is {text!r}; a number from 0 to 1 is needed") from None


def _tag(
    face: Face, catalogue: Library, refs: list[str], where: str, options: TagOptions, write: bool
) -> int:
    from tunelens.services.tag import tag

    counts, errors = _tell(face, tag(catalogue, refs, where, options, write=write), show_failed=not write)
    n_values = counts.pop("values", 0)
    if write:
        batch = counts.pop("batch", None)
        undone_by = f"; tunelens tag --undo {batch} takes it back" if batch else ""
        face.say(f"{_n(n_values, 'value')} written into {_n(counts.get('written', 0), 'file')}{undone_by}")
    else:
        planned, unchanged = counts.get("planned", 0), counts.get("unchanged", 0)
        does_it = "; --write does it" if planned else ""
        face.say(
            f"{_n(n_values, 'value')} would be written into {_n(planned, 'file')}, "
            f"{unchanged} unchanged{does_it}"
        )
    return worst(errors, sum(counts.values()))


def _tell(
    face: Face, told: Iterable[Tagged], *, show_failed: bool = False
) -> tuple[dict[str, int], list[TunelensError]]:
    counts: dict[str, int] = {}
    errors: list[TunelensError] = []
    for one in told:
        counts[one.state] = counts.get(one.state, 0) + 1
        if one.error is not None:
            errors.append(one.error)
            if show_failed and one.plan is not None and not face.as_json:
                draw_plan(face.out, one)
            face.failure(str(one.path), one.error)
            continue
        face.result(str(one.path), one.to_dict(), lambda out, one=one: draw_plan(out, one))  # type: ignore[misc]
        counts["values"] = counts.get("values", 0) + (len(one.plan.values) if one.plan else 0)
        if one.batch is not None:
            counts["batch"] = one.batch
    return counts, errors


def _n(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _undo(face: Face, catalogue: Library, refs: list[str]) -> int:
    from tunelens.base.errors import ParameterError
    from tunelens.services.tag import undo

    if len(refs) > 1 or not all(word.isascii() and word.isdecimal() and len(word) < 19 for word in refs):
        raise ParameterError(
            f"{' '.join(refs)!r} is no batch", hint="tunelens tag --history lists the batches"
        )
    counts, errors = _tell(face, undo(catalogue, int(refs[0]) if refs else None))
    face.say(f"{_n(counts.get('undone', 0), 'file')} restored as before batch {counts.get('batch', '-')}")
    return worst(errors, counts.get("undone", 0) + counts.get("failed", 0))


def _history(face: Face, catalogue: Library) -> int:
    from tunelens.services.tag import history

    batches = history(catalogue)
    if face.as_json:
        for batch in batches:
            face.result("", batch.to_dict(), _silent)
        return 0
    draw_history(face.out, batches)
    return 0


def _silent(_: Any) -> None:
    """Draw nothing."""
