"""What every bench shares: rows, timing, skipping, the table and the JSON.

Standard library only up to the moment of printing, so that threads can be pinned before numpy loads.
"""

from __future__ import annotations

import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from pkgutil import iter_modules
from statistics import median
from typing import Any, Self

ROOT = Path(__file__).resolve().parent.parent
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
)
NOT_BENCHES = {"chromaprint", "fits", "__main__", "harness", "medley", "planted", "serving", "truth"}
STATED_PACKAGES = ("tunelens", "numpy", "scipy", "librosa", "soundfile", "soxr", "av", "onnxruntime")


class Skip(Exception):  # noqa: N818 - not an error
    """Why a bench, or a part of it, cannot run here: raise it to stop, yield it to go on."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    name : str
        What was measured.
    ours : float
        Our figure, in `unit`.
    theirs : float, optional
        The peer's figure, or the limit, in `unit`.
    unit : str
        Of `ours` and `theirs`: "s", "MB", "x real time", "share", ...
    ratio : float, optional
        How good ours is beside theirs; above 1 means that ours is better, whatever the unit.
    floor : float, optional
        The least `ratio` that the project demands of itself.
    note : str
        What a reader must know to believe the figure.
    bench : str
        Filled in by the runner.
    """

    name: str
    ours: float
    theirs: float | None = None
    unit: str = "s"
    ratio: float | None = None
    floor: float | None = None
    note: str = ""
    bench: str = ""

    @property
    def ok(self) -> bool:
        """Is the floor held? A row without a floor always is; a NaN never holds one."""
        return self.floor is None or (self.ratio is not None and self.ratio >= self.floor)

    @classmethod
    def less(
        cls,
        name: str,
        ours: float,
        theirs: float,
        *,
        floor: float | None = None,
        unit: str = "s",
        note: str = "",
    ) -> Self:
        """Compare a cost (time, memory, error): less is better, the ratio is theirs / ours."""
        return cls(
            name=name,
            ours=ours,
            theirs=theirs,
            unit=unit,
            ratio=_divide(theirs, ours),
            floor=floor,
            note=note,
        )

    @classmethod
    def more(
        cls,
        name: str,
        ours: float,
        theirs: float,
        *,
        floor: float | None = None,
        unit: str = "share",
        note: str = "",
    ) -> Self:
        """Compare a merit (accuracy, throughput): more is better, the ratio is ours / theirs."""
        return cls(
            name=name,
            ours=ours,
            theirs=theirs,
            unit=unit,
            ratio=_divide(ours, theirs),
            floor=floor,
            note=note,
        )

    @classmethod
    def at_most(cls, name: str, ours: float, limit: float, *, unit: str = "s", note: str = "") -> Self:
        """Hold a cost against a limit; `theirs` shows the limit."""
        return cls.less(name, ours, limit, floor=1.0, unit=unit, note=note or "theirs is the limit")

    @classmethod
    def at_least(cls, name: str, ours: float, limit: float, *, unit: str = "share", note: str = "") -> Self:
        """Hold a merit against a limit; `theirs` shows the limit."""
        return cls.more(name, ours, limit, floor=1.0, unit=unit, note=note or "theirs is the limit")


def _divide(a: float, b: float) -> float | None:
    return a / b if b else None


@dataclass(frozen=True)
class Pair:
    """What `interleaved` measured: median seconds of each, and the median over pairs of theirs / ours."""

    ours_s: float
    theirs_s: float
    ratio: float

    def row(self, name: str, *, floor: float | None = None, note: str = "") -> Row:
        """Return the pair as a row whose ratio says how many times faster ours is."""
        return Row(
            name=name, ours=self.ours_s, theirs=self.theirs_s, ratio=self.ratio, floor=floor, note=note
        )


@dataclass
class Outcome:
    """What a run of benches gave."""

    rows: list[Row] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 when every floor is held and nothing broke; a skip is neither."""
        return int(bool(self.failed) or not all(row.ok for row in self.rows))


def pin_threads() -> None:
    """Allow one thread to each numeric library; call before the first of them is imported."""
    for variable in THREAD_VARIABLES:
        os.environ[variable] = "1"


def data_dir() -> Path:
    """Return the folder of research data, or raise `Skip` where it is absent."""
    folder = Path(os.environ.get("TUNELENS_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").is_file():
        raise Skip(f"research data is absent: {folder} (set TUNELENS_DATA)")
    return folder


def timed(work: Callable[[], object]) -> float:
    """Return the processor seconds that one call takes: what other programs do meanwhile does not count."""
    start = time.process_time()
    work()
    return time.process_time() - start


def elapsed(work: Callable[[], object]) -> float:
    """Return the seconds by the clock that one call takes: for work in several processes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def best_of(work: Callable[[], object], repeats: int = 5) -> float:
    """Return the shortest of `repeats` timed calls, seconds, after one that only warms up."""
    work()
    return min(timed(work) for _ in range(repeats))


def interleaved(ours: Callable[[], object], theirs: Callable[[], object], repeats: int = 5) -> Pair:
    """Time the two in turns, so that a machine that slows down slows both; both are warmed first."""
    ours()
    theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(repeats)]
    return Pair(
        ours_s=median(a for a, _ in pairs),
        theirs_s=median(b for _, b in pairs),
        ratio=median(b / a for a, b in pairs),
    )


def fetch_nets() -> None:
    """Fetch the default nets where they are not here yet; `Skip` where they cannot be had."""
    from tunelens.base.errors import MissingDependencyError
    from tunelens.base.settings import Settings
    from tunelens.models import BACKBONES, DEFAULT_BACKBONES

    try:
        for name in DEFAULT_BACKBONES:
            BACKBONES[name].pull(Settings.from_env())
    except MissingDependencyError as error:
        raise Skip(error.message) from None


def bench_names() -> list[str]:
    """Return the names of the modules and packages in ``bench/`` that may hold a bench."""
    found = iter_modules([str(ROOT / "bench")])
    return sorted(item.name for item in found if item.name not in NOT_BENCHES)


def run_benches(names: Iterable[str], say: Callable[[str], None] = print) -> Outcome:
    """Run the named benches one after the other; one that skips or breaks does not stop the rest."""
    outcome = Outcome()
    for name in names:
        say(f"{name} ...")
        _run_one(name, outcome, say)
    return outcome


def _run_one(name: str, outcome: Outcome, say: Callable[[str], None]) -> None:
    try:
        for item in import_module(f"bench.{name}").run():
            _keep(name, item, outcome, say)
    except Skip as reason:
        _keep(name, reason, outcome, say)
    except Exception as error:  # noqa: BLE001 - the boundary: one broken bench must not hide the others
        outcome.failed.append(f"{name}: {type(error).__name__}: {error}")
        say(f"failed: {outcome.failed[-1]}")


def _keep(name: str, item: Row | Skip, outcome: Outcome, say: Callable[[str], None]) -> None:
    if isinstance(item, Skip):
        outcome.skipped.append(f"{name}: {item}")
        say(f"skipped: {outcome.skipped[-1]}")
    else:
        outcome.rows.append(replace(item, bench=name))


def print_table(rows: Sequence[Row]) -> None:
    """Print the rows; a missed floor is red and says so."""
    from rich.console import Console
    from rich.table import Table

    table = Table("bench", "what", title="ratio above 1: ours is better")
    for title in ("ours", "theirs", "ratio", "floor"):
        table.add_column(title, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("note")
    for row in rows:
        table.add_row(*_cells(row), style=None if row.ok else "bold red")
    Console(soft_wrap=False, width=None if os.isatty(1) else 160).print(table)


def _cells(row: Row) -> Iterator[str]:
    yield from (row.bench, row.name, f"{_short(row.ours)} {row.unit}", _short(row.theirs))
    yield from (_short(row.ratio), _short(row.floor))
    yield "" if row.floor is None else "held" if row.ok else "MISSED"
    yield row.note


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def machine() -> dict[str, Any]:
    """Describe where the figures come from: Python, packages, processor."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "packages": {name: _version(name) for name in STATED_PACKAGES},
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _cpu_model() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(models, platform.processor() or "unknown")


def write_json(outcome: Outcome, path: Path) -> None:
    """Write rows, skips, failures and the machine to `path`."""
    rows = [asdict(row) | {"ok": row.ok} for row in outcome.rows]
    body = {
        "machine": machine(),
        "rows": rows,
        "skipped": outcome.skipped,
        "failed": outcome.failed,
    }
    path.write_text(json.dumps(body, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
