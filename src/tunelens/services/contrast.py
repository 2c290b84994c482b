"""`contrasts`: what sets collections apart: two sources, or the sides of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tunelens.base.errors import DataError, ParameterError, TunelensError
from tunelens.base.language import say, word
from tunelens.base.progress import Progress
from tunelens.base.settings import Settings
from tunelens.base.table import Table
from tunelens.explore.collection import Collection
from tunelens.explore.contrast import Contrast, contrast, recorrected
from tunelens.explore.sides import N_DRAWS
from tunelens.explore.splitting import split_by
from tunelens.plots.display import Display
from tunelens.plots.effects import EffectsDisplay
from tunelens.plots.shares import SharesDisplay
from tunelens.services.collections import Collected, gather
from tunelens.services.findings import ShownFindings
from tunelens.services.notes import note

SAME_EVERYWHERE = ("tempo_bpm", "duration_s")
"""Features that mean the same whoever measured them."""
TWO_PROGRAMS = word("One side was heard and the other is a table: features of two programs are not compared.")


@dataclass(frozen=True)
class ContrastReport(ShownFindings):
    """What was found.

    Parameters
    ----------
    contrasts : tuple of Contrast
        One, or one for each side of a source.
    split : str
        Of one source: its name and how it was split; "" of two.
    failed : tuple of (Path, TunelensError)
        Files that could not be heard.
    """

    contrasts: tuple[Contrast, ...]
    split: str = ""
    failed: tuple[tuple[Path, TunelensError], ...] = ()

    @property
    def title(self) -> str:
        """A heading, in the language of now."""
        return self.split or _title(self.contrasts[0])

    @property
    def notes(self) -> tuple[str, ...]:
        """Of how the songs came about, and of the comparison, in the language of now."""
        # what this service says of itself has a translation of its own, what readers say is recognised
        told = (say(one) if one == TWO_PROGRAMS else note(one) for c in self.contrasts for one in c.told)
        return tuple(dict.fromkeys([*told, *(one for found in self.contrasts for one in found.remarks())]))

    def summary(self) -> str:
        """Return what is to be said first, in the language of now."""
        return " ".join(one.summary() for one in self.contrasts)

    def tables(self) -> tuple[Table, ...]:
        """Return features and shares of every contrast."""
        return tuple(table for one in self.contrasts for table in (one.to_table(), *one.share_tables()))

    def displays(self) -> Mapping[str, Display]:
        """Return pictures by name: the features, and the shares of each fact."""
        found: dict[str, Display] = {}
        for i, one in enumerate(self.contrasts):
            name = f"_{i + 1}" if len(self.contrasts) > 1 else ""
            found[f"effects{name}"] = effects_display(one)
            for fact in one.shares:
                found[f"{fact}{name}"] = shares_display(one, fact)
        return found

    def to_dict(self) -> dict[str, Any]:
        """Return everything as a JSON object."""
        return {
            "title": self.title,
            "contrasts": [one.to_dict() for one in self.contrasts],
            "notes": list(self.notes),
            "failed": [{"path": str(path), "error": error.to_dict()} for path, error in self.failed],
        }


def effects_display(found: Contrast) -> EffectsDisplay:
    """Return the features of a contrast as a picture."""
    rows = [
        (e.feature, e.difference.delta, e.difference.low, e.difference.high, e.shown) for e in found.effects
    ]
    return EffectsDisplay.from_effects(rows, a=found.a, b=found.b, title=_title(found))


def shares_display(found: Contrast, fact: str) -> SharesDisplay:
    """Return the shares of one fact as a picture."""
    from tunelens.base.feature_words import feature_name

    rows = found.shares[fact]
    most = max(rows, key=lambda one: one.difference.n_a + one.difference.n_b).difference
    return SharesDisplay(
        names=[one.feature for one in rows],
        shares=[[one.mean_a for one in rows], [one.mean_b for one in rows]],
        labels=[found.a, found.b],
        counts=[most.n_a, most.n_b],
        marked=[one.shown for one in rows],
        title=feature_name(fact),
    )


def _title(found: Contrast) -> str:
    return say("{a} and {b}", a=found.a, b=found.b)


def contrasts(
    a: str | Path,
    b: str | Path | None = None,
    *,
    by: str | None = None,
    names: Sequence[str] = (),
    features: str | Sequence[str] = "descriptors",
    facts: Sequence[str] | None = None,
    n_boot: int = N_DRAWS,
    correction: str = "bh",
    level: float = 0.05,
    seed: int = 0,
    library: str | Path | None = None,
    settings: Settings | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> ContrastReport:
    """Compare two sources, or the sides of one.

    Parameters
    ----------
    a, b : str or Path
        As `collect` takes them.
    by : str, optional
        Instead of `b`: how `a` is split, see `split_by`.
    names : sequence of str
        What to call the two sources.
    features, library, settings, jobs, progress
        As `collect` takes them.
    facts, n_boot, correction, level, seed
        As `contrast` takes them. Of several sides, q is corrected over all of them.

    Raises
    ------
    ParameterError
        Neither or both of `b` and `by` are given, or names are not two.
    DataError
        The sources share no feature that can be compared, or a side has too few songs.
    NotFoundError, UnknownNameError, QueryError
        As `collect` raises them.
    """
    if (b is None) == (by is None):
        raise ParameterError("two sources are needed, or one and a column to split it by (--by)")
    if len(names) not in (0, 2):
        raise ParameterError(f"{len(names)} names were given; two are needed, one for each source")
    given = [one for one in (a, b) if one is not None]
    parts = [gather(one, features=features, library=library, settings=settings, jobs=jobs, progress=progress)
             for one in given]  # fmt: skip
    pairs = _pairs(parts, by, names)
    found = recorrected([
        contrast(one, two, facts=facts, n_boot=n_boot, correction=correction, level=level, seed=seed)
        for one, two in pairs
    ])  # fmt: skip
    failed = tuple(dict(part for one in parts for part in one.failed).items())
    return ContrastReport(found, f"{parts[0].songs.name}: {by}" if by else "", failed)


def _pairs(
    parts: Sequence[Collected], by: str | None, names: Sequence[str]
) -> list[tuple[Collection, Collection]]:
    if by is not None:
        return split_by(parts[0].songs, by)
    a, b = (part.songs for part in parts)
    if names:
        a, b = replace(a, name=names[0]), replace(b, name=names[1])
    elif a.name == b.name:
        a, b = replace(a, name=f"{a.name} (1)"), replace(b, name=f"{b.name} (2)")
    if parts[0].kind == parts[1].kind:
        return [(a, b)]
    return [_comparable(a, b)]


def _comparable(a: Collection, b: Collection) -> tuple[Collection, Collection]:
    """Keep what means the same in a table of another program as here."""
    same = [name for name in SAME_EVERYWHERE if name in a.features and name in b.features]
    if not same:
        raise DataError(
            f"{a.name} was heard and {b.name} is a table, or the other way round: they share no feature that "
            "means the same in both",
            hint="compare tables with tables, and sound with sound",
        )
    return replace(a.only(same), notes=(*a.notes, TWO_PROGRAMS)), b.only(same)
