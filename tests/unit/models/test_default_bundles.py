"""The bundles that are shipped: they load, weigh little, and hear what a person hears."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tunelens.base.settings import Settings
from tunelens.models.bundles import Bundle
from tunelens.models.bundles.find import SHIPPED, find_bundle
from tunelens.models.inputs import parse_input
from tunelens.models.registry import BACKBONES

NAMES = ("genre", "genre4", "mood", "valence", "arousal", "music")
MOST_BYTES = 2_000_000


@pytest.fixture(scope="module")
def bundles() -> dict[str, Bundle]:
    return {name: Bundle.load(SHIPPED / name) for name in NAMES}


def test_all_are_found_by_name() -> None:
    assert [find_bundle(name) for name in NAMES] == [SHIPPED / name for name in NAMES]


def test_all_together_weigh_less_than_two_megabytes() -> None:
    files = [path for name in NAMES for path in (SHIPPED / name).iterdir()]
    assert 0 < sum(path.stat().st_size for path in files) < MOST_BYTES


def test_no_library_is_needed_to_read_them(bundles: dict[str, Bundle]) -> None:
    assert all(not bundle.manifest.libraries for bundle in bundles.values())


@pytest.mark.parametrize("name", NAMES)
def test_cards_tell_sources_figures_and_limits(name: str, bundles: dict[str, Bundle]) -> None:
    bundle = bundles[name]
    assert bundle.manifest.licence and bundle.manifest.sources and bundle.manifest.notes
    assert all(one["low"] <= one["value"] <= one["high"] for one in bundle.manifest.metrics.values())
    assert bundle.trust is not None
    assert bundle.manifest.coverage == pytest.approx(0.9, abs=0.1)
    assert "## Limits" in bundle.card()


@pytest.mark.parametrize("name", NAMES)
def test_answers_are_probabilities_even_where_nothing_is_known(
    name: str, bundles: dict[str, Bundle], rng: np.random.Generator
) -> None:
    bundle = bundles[name]
    X = rng.normal(size=(3, bundle.manifest.input.width)).astype(np.float32)
    X[1] = np.nan
    proba = bundle.predict_proba(X)
    assert np.isfinite(proba).all() and (proba >= 0).all() and (proba <= 1).all()
    if bundle.manifest.task == "single":
        np.testing.assert_allclose(proba.sum(axis=1), 1, atol=1e-5)


@pytest.fixture(scope="module")
def metal_strings_and_rain(data_dir: Path) -> dict[str, np.ndarray]:
    found = parse_input("embedding+measures")
    if missing := [net for net in found.nets if not BACKBONES[net].available(Settings.from_env())]:
        pytest.skip(f"the nets {missing} are not on this machine")
    hungarian = next((data_dir / "clips").glob("Hungarian*.ogg"))
    paths = {
        "metal": data_dir / "rhythm" / "metal_1.opus",
        "strings": hungarian,
        "rain": data_dir / "noise" / "rain_1.ogg",
    }
    return {name: found.of_file(path, 0.0, 12.0) for name, path in paths.items()}


def test_what_nobody_doubts_is_heard(
    bundles: dict[str, Bundle], metal_strings_and_rain: dict[str, np.ndarray]
) -> None:
    metal, strings, rain = (metal_strings_and_rain[name][None] for name in ("metal", "strings", "rain"))
    (likely,) = bundles["genre"].predict(metal)
    assert likely.best == "Pop/Rock"
    assert bundles["genre"].predict(strings)[0].best == "Classical"
    assert bundles["genre4"].predict(strings)[0].best == "classical"
    assert bundles["arousal"].predict(metal)[0].probabilities["high"] > 0.8
    assert bundles["music"].predict(metal[:, :400])[0].best == "music"
    assert bundles["music"].predict(rain[:, :400])[0].best == "not music"
