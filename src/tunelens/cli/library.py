"""`tunelens library`: the library file itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tunelens.cli.bar import Bar
from tunelens.cli.face import AsJson, Face, Force, LibraryFile, Quiet, example, guarded
from tunelens.cli.plain import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tunelens.library.upkeep.census import Census
    from tunelens.services.upkeep import Health

app = typer.Typer(help="The library file: is it sound, what is in it, backups of it.", no_args_is_help=True)
_MARK = {True: "[green]ok[/]", False: "[red]damaged[/]", None: "[yellow]note[/]"}


@app.command("check", epilog=example("tunelens library check", "tunelens library check --repair"))
@guarded
def check(
    repair: Annotated[
        bool, typer.Option("--repair", help="Rebuild indexes and full text, after a copy was made.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Leave out what reads every index and every track.")
    ] = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Look whether the library is sound; exit code 3 where it is damaged.

    Nothing is changed without --repair.
    """
    from tunelens.base.errors import DataError
    from tunelens.services import upkeep

    face = Face(as_json, quiet)
    health = upkeep.check(library, mend=repair, quick=quick, progress=Bar(face.err))
    face.result(str(health.path), health.to_dict(), lambda out: out.print(_checks(health)))
    if health.repaired:
        face.say(f"rebuilt: {', '.join(health.repaired)}; as it was before: {printable(str(health.kept))}")
    return 0 if health.ok else DataError.exit_code


def _checks(health: Health) -> Table:
    table = Table("what", "", "found")
    for one in health.checks:
        text = one.detail + (f"\n{one.hint}" if one.hint else "")
        lines = (escape(printable(line)) for line in text.splitlines())
        table.add_row(one.name, _MARK[one.ok], "\n".join(lines))
    return table


@app.command("backup", epilog=example("tunelens library backup", "tunelens library backup /safe/music.db"))
@guarded
def backup(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="Default: beside the library, named after the moment."),
    ] = None,
    force: Force = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Copy the library to one file, also while a scan writes, and prove the copy.

    Its SHA-256 goes beside it, as sha256sum writes it.
    """
    from tunelens.services import upkeep

    face = Face(as_json, quiet)
    made = upkeep.back_up(library, file, force=force, progress=Bar(face.err))
    face.result(str(made.path), made.to_dict(), lambda out: _line(out, str(made.path)))
    return 0


@app.command("restore", epilog=example("tunelens library restore music.backup-20261231T235959Z.db"))
@guarded
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `library backup` wrote.")],
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Bring a backup back. A damaged one is refused; what was in the library is kept beside it."""
    from tunelens.services import upkeep

    face = Face(as_json, quiet)
    done = upkeep.restore(file, library, progress=Bar(face.err))
    face.result(str(done.path), done.to_dict(), lambda out: _line(out, str(done.path)))
    if done.kept:
        face.say(f"as it was before: {printable(str(done.kept))}")
    return 0


@app.command(
    "rescue", epilog=example("tunelens library rescue new.db", "tunelens library rescue new.db -l old.db")
)
@guarded
def rescue(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new library.")],
    force: Force = False,
    library: LibraryFile = None,
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> int:
    """Copy what can still be read of a damaged library into a new one; for when there is no backup."""
    from tunelens.services import upkeep

    face = Face(as_json, quiet)
    done = upkeep.rescue(library, file, force=force, progress=Bar(face.err))
    lost = f"{done.n_tracks} tracks came over whole, {done.n_lost} could not be read"
    face.result(str(done.path), done.to_dict(), lambda out: _line(out, f"{done.path}: {lost}"))
    return 1 if done.n_lost else 0


def _line(out: Console, text: str) -> None:
    out.print(printable(text), markup=False)


@app.command("vacuum", epilog=example("tunelens library vacuum"))
@guarded
def vacuum(library: LibraryFile = None, as_json: AsJson = False) -> int:
    """Write the library anew without its gaps, and tell how many bytes that won."""
    from tunelens.services import upkeep

    done = upkeep.vacuum(library)
    text = f"{_size(done.before_bytes)} -> {_size(done.after_bytes)}: {done.won_bytes:,} bytes won"
    Face(as_json).result(str(done.path), done.to_dict(), lambda out: _line(out, text))
    return 0


@app.command("stats", epilog=example("tunelens library stats", "tunelens library stats --json"))
@guarded
def stats(library: LibraryFile = None, as_json: AsJson = False) -> int:
    """Count what is in the library: hours, codecs, years, what tracks were heard with, failures."""
    from tunelens.services import upkeep

    found = upkeep.stats(library)
    Face(as_json).result(str(found.path), found.to_dict(), lambda out: _draw(out, found))
    return 0


def _draw(out: Console, found: Census) -> None:
    whole = found.whole
    room = f"{_size(found.size_bytes)} ({_size(found.free_bytes)} free)"
    facts = {
        "library": f"{found.path}, {room}, schema {found.schema}",
        "tracks": f"{whole.n_tracks:,}, {whole.hours:,.1f} hours, {_size(whole.music_bytes)} of music",
        "codecs": _counts({name: group.n_tracks for name, group in found.codecs.items()}),
        "years": _counts(_decades(found.years)),
        **{f"heard with {name}": _counts(versions) for name, versions in found.versions.items()},
        "fingerprints": f"{found.with_prints:,} tracks",
        "failures": _counts(found.failures) or "none",
        "events, lists": f"{found.events:,}, {found.playlists:,}",
        "added": f"{found.first_added or '-'} to {found.last_analyzed or '-'}",
    }
    table = Table(show_header=False, box=None, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in facts.items():
        table.add_row(f"[dim]{escape(printable(name))}[/]", escape(printable(value)))
    out.print(table)


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {n:,}" for name, n in counts.items())


def _decades(years: Mapping[str, int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for year, n in years.items():
        name = f"{year[:-1]}0s" if year.isdecimal() else year
        found[name] = found.get(name, 0) + n
    return found


def _size(n_bytes: float) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if abs(n_bytes) < 1000:
            return f"{n_bytes:.3g} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.3g} TB"
