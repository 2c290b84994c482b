"""The demo's statistics against scipy and planted truths; its music from the real packages."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from tunelens.audio import Clip
from tunelens.audio.write import write_wav
from tunelens.base.errors import MissingDependencyError
from tunelens.base.settings import Settings
from tunelens.library.analysis import Analysis
from tunelens.services.demo_moods import _auc, agreements, claims, moods_note, prompts_note
from tunelens.services.demo_music import Credit, fetch_music
from tunelens.services.hear import HearOptions, hear


@pytest.fixture
def heard(tmp_path: Path) -> Analysis:
    sr = 22050
    t = np.arange(8 * sr) / sr
    click = np.sin(2 * np.pi * 440 * t) * np.exp(-20 * (t % 0.5))
    write_wav(Clip(click.astype(np.float32), sr), tmp_path / "click.wav")
    return hear(tmp_path / "click.wav", HearOptions(models=()))


def credit(mood: str, bpm: float = 120.0, key: str = "A minor") -> Credit:
    return Credit(Path("x"), "x", "a", "MIT", "o", mood=mood, style="acoustic", bpm=bpm, key=key)


def with_energy(analysis: Analysis, energy: float) -> Analysis:
    return replace(analysis, descriptors=replace(analysis.descriptors, energy=energy))


def test_auc_is_the_rank_statistic_of_scipy(rng: np.random.Generator) -> None:
    high, low = rng.integers(0, 9, 17).astype(float), rng.integers(0, 9, 23).astype(float)
    statistic = mannwhitneyu(high, low).statistic
    assert _auc(high, low) == pytest.approx(statistic / (high.size * low.size))


def test_a_planted_difference_comes_out_and_a_missing_one_does_not(heard: Analysis) -> None:
    loud = [(credit("energetic"), with_energy(heard, 0.8 + 0.01 * i)) for i in range(5)]
    quiet = [(credit("calm"), with_energy(heard, 0.2 + 0.01 * i)) for i in range(5)]
    (planted, _) = claims([*loud, *quiet])
    assert (planted.auc, planted.low, planted.high) == (1.0, 1.0, 1.0)
    same = [(credit(mood), with_energy(heard, 0.5)) for mood in ("energetic", "calm") * 5]
    (absent, _) = claims(same)
    assert absent.auc == 0.5


def test_claims_about_tags_need_tags(heard: Analysis) -> None:
    pairs = [(credit("happy"), heard), (credit("nostalgic"), heard)]
    assert not [claim for claim in claims(pairs) if "tagged" in claim.text]


def test_agreement_counts_halves_apart(heard: Analysis) -> None:
    bpm = heard.descriptors.tempo.bpm
    assert bpm == pytest.approx(120, rel=0.02)
    exact, octave, _ = agreements(
        [(credit("calm", 120), heard), (credit("calm", 60), heard), (credit("calm", 97), heard)]
    )
    assert (exact.hits, octave.hits, exact.n) == (1, 2, 3)
    assert len(prompts_note((exact, octave)).rows) == 2
    assert moods_note(()).rows == ()


@pytest.mark.network
def test_the_real_packages_hold_the_tracks_with_their_prompts(tmp_path: Path) -> None:
    try:
        credits = fetch_music(tmp_path, Settings.from_env())
    except MissingDependencyError as error:
        pytest.skip(f"the demo packages cannot be fetched here: {error}")
    assert len(credits) == 30
    assert {one.mood for one in credits} == {"calm", "energetic", "happy", "nostalgic", "tender", None}
    assert all(one.path.stat().st_size > 100_000 and one.author and one.licence for one in credits)
    assert next(one for one in credits if one.title == "calm acoustic 1").key == "C major"
