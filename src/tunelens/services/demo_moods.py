"""Do the moods that the makers intended come out? Rank tests with intervals, decided before looking."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tunelens.library.analysis import Analysis
from tunelens.services.demo_music import Credit
from tunelens.services.report import Note

Heard = Sequence[tuple[Credit, Analysis]]
Side = Callable[[Credit], bool]
_RESAMPLES = 2000


@dataclass(frozen=True)
class Claim:
    """One expectation and how often it holds.

    `auc` is the share of pairs (one track of each side) in the expected order, ties counting half:
    1 always, 0.5 chance. `low` and `high` bound its 95 % bootstrap interval over tracks.
    """

    text: str
    auc: float
    low: float
    high: float
    n_high: int
    n_low: int


@dataclass(frozen=True)
class Agreement:
    """How many tracks came out as their prompt asked."""

    text: str
    hits: int
    n: int


def claims(heard: Heard, seed: int = 0) -> tuple[Claim, ...]:
    """Test each expectation about the intended moods and styles that can be tested on what was heard."""
    rng = np.random.default_rng(seed)
    tagged = any(analysis.taggings for _, analysis in heard)
    testable = (expected for expected in _EXPECTATIONS if tagged or not expected.by_tags)
    sides = ((one.text, _values(heard, one.high, one), _values(heard, one.low, one)) for one in testable)
    return tuple(_test(text, high, low, rng) for text, high, low in sides if high.size and low.size)


def agreements(heard: Heard) -> tuple[Agreement, ...]:
    """Count the tracks whose tempo and key came out as the prompt asked."""
    prompted = [(credit, analysis) for credit, analysis in heard if credit.bpm is not None]
    return (
        Agreement(
            "tempo within 4 % of the prompt", sum(_tempo_ok(*pair, (1,)) for pair in prompted), len(prompted)
        ),
        Agreement(
            "tempo within 4 %, half or double allowed",
            sum(_tempo_ok(*pair, (0.5, 1, 2)) for pair in prompted),
            len(prompted),
        ),
        Agreement("key as prompted", sum(_key_ok(*pair) for pair in prompted), len(prompted)),
    )


def _tempo_ok(credit: Credit, analysis: Analysis, factors: Sequence[float]) -> bool:
    bpm = analysis.descriptors.tempo.bpm
    if bpm is None or credit.bpm is None:
        return False
    return any(abs(bpm - credit.bpm * factor) <= 0.04 * credit.bpm * factor for factor in factors)


_FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}


def _key_ok(credit: Credit, analysis: Analysis) -> bool:
    key = analysis.descriptors.key
    tonic, mode = (credit.key or " ").split(" ")
    return (_FLATS.get(tonic, tonic), mode) == (_FLATS.get(key.tonic or "", key.tonic), key.mode)


def _mood(*names: str) -> Callable[[Credit], bool]:
    return lambda credit: credit.mood in names


def _style(name: str) -> Callable[[Credit], bool]:
    return lambda credit: credit.style == name


def _energy(analysis: Analysis) -> float:
    return analysis.descriptors.energy


def _tag(*names: str) -> Callable[[Analysis], float]:
    def measure(analysis: Analysis) -> float:
        return sum(
            float(score)
            for tagging in analysis.taggings
            for tag, score in zip(tagging.tags, tagging.mean, strict=True)
            if tag.lower() in names
        )

    return measure


@dataclass(frozen=True)
class _Expectation:
    text: str
    high: Side
    low: Side
    measure: Callable[[Analysis], float]
    by_tags: bool = True


_EXPECTATIONS = (
    _Expectation(
        "energetic has more energy than calm and tender",
        _mood("energetic"),
        _mood("calm", "tender"),
        _energy,
        by_tags=False,
    ),
    _Expectation(
        "energetic has more energy than all others",
        _mood("energetic"),
        _mood("calm", "tender", "happy", "nostalgic"),
        _energy,
        by_tags=False,
    ),
    _Expectation(
        "calm and tender are tagged mellow, soft, slow or quiet more than energetic",
        _mood("calm", "tender"),
        _mood("energetic"),
        _tag("mellow", "soft", "slow", "quiet"),
    ),
    _Expectation(
        "happy is tagged happy or party more than nostalgic",
        _mood("happy"),
        _mood("nostalgic"),
        _tag("happy", "party"),
    ),
    _Expectation(
        "nostalgic is tagged sad or slow more than happy",
        _mood("nostalgic"),
        _mood("happy"),
        _tag("sad", "slow"),
    ),
    _Expectation(
        "acoustic pieces are tagged acoustic or guitar more than electronic ones",
        _style("acoustic"),
        _style("electronic"),
        _tag("acoustic", "guitar"),
    ),
    _Expectation(
        "electronic pieces are tagged electronic, electro, synth or techno more than acoustic ones",
        _style("electronic"),
        _style("acoustic"),
        _tag("electronic", "electronica", "electro", "synth", "techno"),
    ),
)


def _values(heard: Heard, side: Side, expected: _Expectation) -> NDArray[np.float64]:
    return np.array([expected.measure(analysis) for credit, analysis in heard if side(credit)], dtype=float)


def _test(text: str, high: NDArray[np.float64], low: NDArray[np.float64], rng: np.random.Generator) -> Claim:
    drawn = [_auc(rng.choice(high, high.size), rng.choice(low, low.size)) for _ in range(_RESAMPLES)]
    bounds = np.percentile(drawn, [2.5, 97.5])
    return Claim(text, _auc(high, low), float(bounds[0]), float(bounds[1]), high.size, low.size)


def _auc(high: NDArray[np.float64], low: NDArray[np.float64]) -> float:
    order = np.sign(high[:, None] - low[None, :])
    return float((order.mean() + 1) / 2)


def moods_note(found: Sequence[Claim]) -> Note:
    """Return the claims as a table of the report."""
    return Note(
        title="Do the intended moods come out?",
        text="The makers asked a generator for moods and styles. Each row takes all pairs of one track of "
        "each side and gives the share in the expected order: 1 is always, 0.5 is chance. Few tracks, so the "
        "intervals are wide. The expectations were written down before the tracks were heard.",
        columns=("expectation", "share of pairs in order", "95 % interval", "tracks"),
        rows=tuple(
            (
                one.text,
                f"{one.auc:.2f}",
                f"{one.low:.2f} to {one.high:.2f}",
                f"{one.n_high} against {one.n_low}",
            )
            for one in found
        ),
    )


def prompts_note(agreed: Sequence[Agreement]) -> Note:
    """Return the agreements with the prompts as a table of the report."""
    return Note(
        title="Do the tempo and key that were asked for come out?",
        text="The prompt is what the makers asked for, not a measurement: a generator may have disobeyed.",
        columns=("agreement", "tracks"),
        rows=tuple((one.text, f"{one.hits} of {one.n}") for one in agreed),
    )
