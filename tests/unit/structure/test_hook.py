"""The hook of songs of which the chorus is known; fitness against an exhaustive search; and rubbish."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from bench.planted import SR, Planted, planted

from tunelens.audio import Clip
from tunelens.base.errors import DataError, EmptyAudioError, ParameterError
from tunelens.base.language import language
from tunelens.features.structure import Hook, find_hook
from tunelens.features.structure.repeats import enhanced, fitness, occurrences

SEEDS = (5, 6, 28)


def share_inside(hook: Hook, song: Planted) -> float:
    """How much of the hook lies in one run of choruses, as a share of what could."""
    runs: list[list[float]] = []
    for begin, end in song.choruses:
        if runs and abs(runs[-1][1] - begin) < 1e-6:
            runs[-1][1] = end
        else:
            runs.append([begin, end])
    could = min(hook.end_s - hook.start_s, max(end - begin for begin, end in runs))
    return max(min(hook.end_s, end) - max(hook.start_s, begin) for begin, end in runs) / could


@cache
def hook_of(seed: int) -> Hook:
    return find_hook(Clip(planted(seed).y, SR))


@pytest.mark.parametrize("seed", SEEDS)
def test_the_hook_lies_in_the_chorus(seed: int) -> None:
    song, hook = planted(seed), hook_of(seed)
    assert share_inside(hook, song) >= 0.8
    assert hook.how == "repeated"
    assert hook.repeats >= len(song.choruses) - 1
    assert hook.end_s - hook.start_s == pytest.approx(15)
    assert 0.5 < hook.confidence <= 1
    assert hook.coverage > 0.2


def test_most_hooks_begin_where_a_chorus_does() -> None:
    away = []
    for seed in SEEDS:
        away.append(min(abs(hook_of(seed).start_s - begin) for begin, _ in planted(seed).choruses))
    assert np.median(away) < 0.5


@pytest.mark.slow
@pytest.mark.parametrize("noise_db", [-6.0, 0.0])
def test_noise_does_not_hide_the_chorus(noise_db: float) -> None:
    song = planted(5, noise_db=noise_db)
    assert share_inside(find_hook(Clip(song.y, SR)), song) >= 0.8


def test_a_gain_and_cutting_into_pieces_change_nothing() -> None:
    song = planted(6)
    whole = hook_of(6)
    pieces = find_hook(Clip(0.1 * part, SR) for part in np.array_split(song.y, 9))
    assert pieces.start_s == pytest.approx(whole.start_s, abs=0.1)


def test_it_begins_on_a_beat() -> None:
    song = planted(5, rubato=0.0)
    hook = find_hook(Clip(song.y, SR))
    beat_s = 60 / song.bpm
    begin = max((begin for begin, _ in song.choruses if begin <= hook.start_s + 0.1), default=0.0)
    away = (hook.start_s + 0.03 - begin) / (beat_s / 2)
    assert hook.bpm is not None
    assert abs(away - round(away)) * beat_s / 2 < 0.06, "beats and halves of them"


def noise(seconds: float) -> np.ndarray:
    return np.random.default_rng(0).normal(0, 0.1, int(SR * seconds)).astype(np.float32)


@pytest.mark.parametrize(
    ("y", "how"),
    [(np.zeros(SR * 40, np.float32), "middle"), (noise(40), "representative"), (noise(14.9), "whole"),
     (noise(15.0), "whole"), (noise(15.2), "representative"), (np.ones(1, np.float32), "whole")],
)  # fmt: skip
def test_where_nothing_is_repeated_it_says_so(y: np.ndarray, how: str) -> None:
    hook = find_hook(Clip(y, SR))
    assert hook.how == how
    assert (hook.repeats, hook.coverage, hook.confidence) == (0, 0.0, 0.0)
    assert hook.start_s >= 0
    assert hook.end_s <= len(y) / SR + 1e-3
    assert hook.reasons


def test_the_middle_of_silence_is_the_middle() -> None:
    hook = find_hook(Clip(np.zeros(SR * 40, np.float32), SR, start_s=100.0), 10.0)
    assert (hook.start_s, hook.end_s) == (115.0, 125.0)


def test_the_most_representative_part_is_the_one_like_the_rest() -> None:
    """One part of three is another: the hook of what is never repeated must not be it."""
    rng = np.random.default_rng(2)
    t = np.arange(SR * 25) / SR
    drone = [0.3 * np.sin(2 * np.pi * 220 * t * (1 + 0.002 * rng.random())) for _ in range(2)]
    y = np.concatenate([drone[0], rng.normal(0, 0.2, SR * 18), drone[1]]).astype(np.float32)
    hook = find_hook(Clip(y, SR))
    assert hook.end_s < 26 or hook.start_s > 42


@pytest.mark.slow
def test_hours_are_heard_in_bounded_columns() -> None:
    """Forty minutes of eight-minute blocks; what returns is found though a column is seconds long."""
    song = planted(6)
    minutes = np.concatenate([noise(150), song.y])
    hook = find_hook((Clip(minutes, SR) for _ in range(4)), 15.0)
    assert hook.how == "repeated"
    assert hook.repeats >= 3


@pytest.mark.parametrize("duration_s", [0.0, -1.0, np.inf, np.nan])
def test_a_length_that_is_none_is_refused(duration_s: float) -> None:
    with pytest.raises(ParameterError):
        find_hook(Clip(noise(1), SR), duration_s)


def test_nothing_is_refused() -> None:
    with pytest.raises(EmptyAudioError):
        find_hook(Clip(np.zeros(0, np.float32), SR))


def test_a_hook_comes_back_from_its_dictionary_and_speaks() -> None:
    hook = Hook(1.0, 16.0, "repeated", ((1.0, 16.0), (31.0, 46.0)), 0.5, 0.9, 120.0)
    assert Hook.from_dict(hook.to_dict()) == hook
    with language("zh"):
        assert hook.reasons[0] == "共出现 2 次：0:01, 0:31"
    with pytest.raises(DataError):
        Hook.from_dict({"start_s": "soon"})


# -- fitness ------------------------------------------------------------------------------------------


def best_family(S: np.ndarray, begin: int, length: int) -> float:
    """Search all families of paths, each over the whole stretch, by plain recursion."""
    part = S[:, begin : begin + length]
    n = len(S)

    @cache
    def path(row: int, column: int) -> dict[int, float]:
        """Best score of a path from here to the end of the stretch, by the row it ends at."""
        if column == length - 1:
            return {row: part[row, column]}
        found: dict[int, float] = {}
        for down, right in ((1, 1), (2, 1), (1, 2)):
            if row + down < n and column + right < length:
                for end, score in path(row + down, column + right).items():
                    found[end] = max(found.get(end, -np.inf), part[row, column] + score)
        return found

    @cache
    def family(row: int) -> float:
        if row >= n:
            return 0.0
        ends = path(row, 0).items()
        return max([family(row + 1), *(score + family(end + 1) for end, score in ends)])

    return family(0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("length", [1, 2, 4])
def test_fitness_is_that_of_the_best_family_of_paths(seed: int, length: int) -> None:
    X = np.random.default_rng(seed).standard_normal((3, 11))
    S = enhanced(np.corrcoef(X.T).astype(np.float32), kept=0.4)
    found = fitness(S, length)
    for begin in range(11 - length + 1):
        spans = occurrences(S, begin, length)
        assert (begin, begin + length) in spans or found.times[begin] >= 1
        assert len(spans) == found.times[begin]
        assert all(a[1] <= b[0] for a, b in pairwise(spans))
        total = best_family(S.astype(float), begin, length)
        covered = sum(end - start for start, end in spans)
        assert found.coverage[begin] == pytest.approx(max(0, covered - length) / 11, abs=1e-6)
        cells = (total - length) / found.score[begin] if found.score[begin] > 0 else None
        assert cells is None or cells == pytest.approx(round(cells), abs=1e-3), "a whole number of cells"


def test_what_never_returns_has_no_fitness() -> None:
    S = np.full((30, 30), -2.0, np.float32)
    np.fill_diagonal(S, 1)
    found = fitness(S, 5)
    assert not found.fitness.any()
    assert (found.times == 1).all()


def test_a_stretch_that_returns_twice_covers_what_it_should() -> None:
    same = np.array([0, 1, 2, 3, 9, 10, 0, 1, 2, 3, 11, 12, 0, 1, 2, 3])
    S = np.where(same[:, None] == same, 1.0, -2.0).astype(np.float32)
    found = fitness(S, 4)
    assert found.times[0] == 3
    assert found.coverage[0] == pytest.approx(8 / 16)
    assert found.score[0] == pytest.approx(8 / 12)
    assert occurrences(S, 0, 4) == ((0, 4), (6, 10), (12, 16))
    assert int(np.argmax(found.fitness)) in (0, 6, 12)


def test_a_hook_that_sounds_very_often_is_told_shortly() -> None:
    times = tuple((20.0 * k, 20.0 * k + 15) for k in range(300))
    first = Hook(0.0, 15.0, "repeated", times, 0.75, 0.9).reasons[0]
    assert first.startswith("sounds 300 times: at 0:00, 0:20") and first.endswith("3:40, ...")
    exact = Hook(0.0, 15.0, "repeated", times[:12], 0.75, 0.9).reasons[0]
    assert exact.endswith("3:40")
