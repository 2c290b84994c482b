"""`trends`: what changes from year to year. The year is what is counted, not the song.

Songs of one year share its fashions: two thousand songs of twenty years are twenty observations. A slope over
single songs would be found in years that only differ. So each year gives one number, and slope and test are
those of Theil and Sen, and of Mann and Kendall, over years.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tunelens.base.errors import DataError
from tunelens.base.feature_words import feature_name
from tunelens.base.language import say, word
from tunelens.base.table import Table
from tunelens.explore.collection import Collection
from tunelens.explore.contrast import FACTS, memberships
from tunelens.explore.corrections import corrected
from tunelens.explore.sides import check_level

Floats = NDArray[np.float64]
FEWEST_YEARS = 6
"""Years that a trend needs; with 5, no order of them is rarer than 1 in 60, and with 3 none is rare."""
FEWEST_SONGS = 5
HARDLY = 0.2
"""Change over all years, in standard deviations of songs, under which a trend is hardly one."""
NONE, RISES, FALLS = word("no trend shown"), word("rises"), word("falls")
BARELY_RISES, BARELY_FALLS = word("rises, but hardly"), word("falls, but hardly")
COLUMNS = (word("name"), word("change a decade"), word("low"), word("high"), word("change in SD"), "p", "q",
           word("verdict"))  # fmt: skip


@dataclass(frozen=True)
class Trend:
    """How one feature, or the share of one value, changes.

    Parameters
    ----------
    feature : str
    years, values : tuple of float
        Mean of the songs of each year.
    spread : tuple of float
        Standard error of each mean; of a share likewise.
    slope, low, high : float
        Change a year, by Theil and Sen, and its 95 % interval.
    change : float
        From the first to the last year, in standard deviations of songs.
    p, q : float
        Of no trend, by Mann and Kendall; corrected for the number of features.
    verdict : str
    """

    feature: str
    years: tuple[float, ...]
    values: tuple[float, ...]
    spread: tuple[float, ...]
    slope: float
    low: float
    high: float
    change: float
    p: float
    q: float
    verdict: str

    @property
    def shown(self) -> bool:
        """Was a trend shown?"""
        return self.verdict != NONE

    def to_dict(self) -> dict[str, Any]:
        """Return the trend as a JSON object; what is not known is None."""
        plain = asdict(self)
        return {n: None if isinstance(v, float) and not math.isfinite(v) else v for n, v in plain.items()}


@dataclass(frozen=True)
class Trends:
    """What changes over the years of a collection.

    Parameters
    ----------
    songs : str
        Name of the collection.
    years : tuple of int
        With enough songs, ascending.
    n : int
        Songs of these years.
    features : tuple of Trend
        What changes most first.
    shares : Mapping of str to tuple of Trend
        By fact, of each value.
    notes : tuple of str
    """

    songs: str
    years: tuple[int, ...]
    n: int
    features: tuple[Trend, ...]
    shares: Mapping[str, tuple[Trend, ...]]
    notes: tuple[str, ...] = ()

    @property
    def shown(self) -> tuple[Trend, ...]:
        """The features whose trend was shown."""
        return tuple(one for one in self.features if one.shown)

    def summary(self) -> str:
        """Return what is to be said first, in the language of now."""
        if len(self.years) < FEWEST_YEARS:
            return say("{n} years are too few to tell a trend; {least} are needed.", n=len(self.years),
                       least=FEWEST_YEARS)  # fmt: skip
        span = f"{self.years[0]}–{self.years[-1]}"
        if not self.shown:
            return say(
                "No feature of {songs} changes beyond chance over {span}.", songs=self.songs, span=span
            )
        told = [f"{feature_name(one.feature)} {say(one.verdict)}" for one in self.shown[:5]]
        return say("{k} of {n} features of {songs} change beyond chance over {span}: {told}.",
                   k=len(self.shown), n=len(self.features), songs=self.songs, span=span,
                   told=say(", ").join(told))  # fmt: skip

    def to_table(self) -> Table:
        """Return the features as a table."""
        return _table(say("Trends of {songs}", songs=self.songs), self.features, self.method())

    def share_tables(self) -> tuple[Table, ...]:
        """Return a table per fact."""
        return tuple(
            _table(say("Trends of {fact} shares", fact=feature_name(fact)), rows)
            for fact, rows in self.shares.items()
        )

    def method(self) -> str:
        """Return how trends were told, in the language of now."""
        return say(
            "Each year with at least {fewest} songs counts once, by their mean. The slope is that of Theil "
            "and Sen with its 95% interval, p that of Mann and Kendall, both corrected for years that are "
            "like the year before; q is p corrected for the number of features. Change is that from the "
            "first to the last year, in standard deviations of songs; under {hardly} it is hardly one.",
            fewest=FEWEST_SONGS,
            hardly=HARDLY,
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the trends as a JSON object."""
        return {
            "songs": self.songs, "years": list(self.years), "n": self.n, "notes": list(self.notes),
            "features": [one.to_dict() for one in self.features],
            "shares": {fact: [one.to_dict() for one in rows] for fact, rows in self.shares.items()},
            "summary": self.summary(), "method": self.method(),
        }  # fmt: skip


def _table(name: str, rows: Sequence[Trend], note: str = "") -> Table:
    cells = [
        (
            feature_name(one.feature), 10 * one.slope, 10 * one.low, 10 * one.high, one.change,
            one.p, one.q, say(one.verdict),
        )
        for one in rows
    ]  # fmt: skip
    known = tuple(
        tuple(None if isinstance(v, float) and not math.isfinite(v) else v for v in row) for row in cells
    )
    return Table(name, COLUMNS, known, note)


def trends(
    songs: Collection, *, facts: Sequence[str] | None = None, correction: str = "bh", level: float = 0.05
) -> Trends:
    """Return how features and shares of facts change over the years.

    Parameters
    ----------
    songs : Collection
    facts : sequence of str, optional
        By default those of `tunelens.explore.contrast.FACTS` that it has.
    correction : str
        See `corrected`.
    level : float

    Raises
    ------
    DataError
        No song has a year, or there is but one year with songs enough.

    Examples
    --------
    >>> rng, years = np.random.default_rng(0), np.repeat(np.arange(2000.0, 2012), 20)
    >>> X = np.column_stack([100 + 2 * (years - 2000) + rng.normal(0, 9, 240), rng.normal(0, 1, 240)])
    >>> ids = tuple(map(str, range(240)))
    >>> found = trends(Collection("hot", ids, X, ("tempo_bpm", "energy"), years=years))
    >>> [(one.feature, round(one.slope), one.verdict) for one in found.shown]
    [('tempo_bpm', 2, 'rises')]
    """
    check_level(level)
    assert songs.years is not None
    years = np.floor(songs.years)
    known, counts = np.unique(years[np.isfinite(years)], return_counts=True)
    usable = known[counts >= FEWEST_SONGS]
    if usable.size < 2:
        raise DataError(
            f"{songs.name} has {usable.size} years with at least {FEWEST_SONGS} songs; trends need "
            f"two or more",
            hint="a column of years or dates is needed",
        )
    rows = np.isin(years, usable)
    work = _Work(years[rows], usable, correction, level)
    names = [name for name in (FACTS if facts is None else facts) if name in songs.facts]
    shares = {}
    for name in names:
        cells = [songs.facts[name][row] for row in np.flatnonzero(rows)]
        shares[name] = work.all(memberships(name, cells))
    features = work.all({name: songs.X[rows, i] for i, name in enumerate(songs.features)})
    return Trends(songs.name, tuple(int(year) for year in usable), int(rows.sum()), features,
                  {name: found for name, found in shares.items() if found}, work.notes(rows))  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Work:
    years: Floats
    usable: Floats
    correction: str
    level: float

    def notes(self, rows: NDArray[np.bool_]) -> tuple[str, ...]:
        found = []
        if lost := len(rows) - int(rows.sum()):
            found.append(say("{n} songs have no year, or one with too few songs, and are left out", n=lost))
        return tuple(found)

    def all(self, columns: Mapping[str, Floats]) -> tuple[Trend, ...]:
        found = [one for name, values in columns.items() if (one := self._one(name, values)) is not None]
        qs = corrected([one.p for one in found], self.correction)
        judged = [_judged(one, q, self.level) for one, q in zip(found, qs, strict=True)]
        return tuple(sorted(judged, key=lambda one: (not one.shown, -abs(one.change))))

    def _one(self, name: str, values: Floats) -> Trend | None:
        parts = [values[(self.years == year) & np.isfinite(values)] for year in self.usable]
        kept = [
            (year, part) for year, part in zip(self.usable, parts, strict=True) if len(part) >= FEWEST_SONGS
        ]
        if len(kept) < 2:
            return None
        years = np.array([year for year, _ in kept])
        means = np.array([part.mean() for _, part in kept])
        errors = [float(part.std(ddof=1) / math.sqrt(len(part))) for _, part in kept]
        slope, low, high, p = theil_sen(years, means)
        deviation = float(np.concatenate([part for _, part in kept]).std(ddof=1))
        change = slope * (years[-1] - years[0]) / deviation if deviation > 0 else 0.0
        return Trend(name, tuple(years.tolist()), tuple(means.tolist()), tuple(errors), slope, low, high,
                     float(change), p, math.nan, NONE)  # fmt: skip


def theil_sen(years: Floats, values: Floats) -> tuple[float, float, float, float]:
    """Return slope, its 95 % interval, and p of Mann and Kendall; these three are NaN with under 6 years.

    Fashions last: a year that lies above the line is followed by another, and years tell less than their
    number. The interval is widened, and p raised, by how much less (`repetition`).

    References
    ----------
    .. [1] Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63, 1968.
    .. [2] Mann, "Nonparametric tests against trend", Econometrica 13(3), 1945.

    Examples
    --------
    >>> slope, low, high, p = theil_sen(np.arange(8.0), np.array([0, 2, 4, 6, 8, 10, 12, 14.0]))
    >>> slope, p < 0.001
    (2.0, True)
    """
    from scipy.stats import kendalltau, norm, theilslopes

    n, line = len(years), theilslopes(values, years, 0.95)
    slope = float(line[0])
    if n < FEWEST_YEARS:
        return slope, math.nan, math.nan, math.nan
    if np.ptp(values) == 0:
        return slope, slope, slope, 1.0
    times = repetition(values - slope * years)
    low, high = (slope + (float(end) - slope) * math.sqrt(times) for end in line[2:4])
    found = kendalltau(years, values)
    z = abs(float(found.statistic)) * math.sqrt(9 * n * (n - 1) / (2 * (2 * n + 5)) / times)
    return slope, low, high, max(float(found.pvalue), float(2 * norm.sf(z)) if times > 1 else 0.0)


def repetition(rest: Floats) -> float:
    """Return how many years tell as much as one would that stood for itself, 1 or more.

    From the correlation of each year with the next, corrected for its bias in few years.

    References
    ----------
    .. [1] Bayley & Hammersley, "The 'effective' number of independent observations in an autocorrelated time
       series", Suppl. J. R. Stat. Soc. 8(2), 1946.
    .. [2] Marriott & Pope, "Bias in the estimation of autocorrelations", Biometrika 41, 1954.

    Examples
    --------
    >>> repetition(np.array([1.0, -1.0] * 6)), repetition(np.repeat([1.0, -1.0, 1.0], 4)) > 3
    (1.0, True)
    """
    n, rest = len(rest), rest - rest.mean()
    total = float(rest @ rest)
    if total <= 1e-18 * n:
        return 1.0
    near = float(rest[:-1] @ rest[1:]) / total
    near = min(0.95, max(0.0, (n * near + 2) / (n - 4)))
    return (1 + near) / (1 - near)


def _judged(one: Trend, q: float, level: float) -> Trend:
    from dataclasses import replace

    said = NONE
    if q < level and one.slope != 0:
        small = abs(one.change) < HARDLY
        said = (BARELY_RISES if small else RISES) if one.slope > 0 else (BARELY_FALLS if small else FALLS)
    return replace(one, q=q, verdict=said)
