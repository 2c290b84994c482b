"""Values that must not change unseen; `make golden` writes them anew."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from tunelens.features import FEATURES, WAVEFORM_NAMES

HERE = Path(__file__).parent
KINDS = ("features", "pooled", "waveform", "pitch")


def load_maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_golden", HERE / "make_golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


MAKER = load_maker()
GOLDEN = json.loads((HERE / "golden.json").read_text(encoding="utf-8"))


def test_there_is_something_to_compare() -> None:
    assert set(GOLDEN) == set(MAKER.sounds())
    for kinds in GOLDEN.values():
        assert set(kinds) == set(KINDS)
        assert set(kinds["features"]) == set(FEATURES)
        assert set(kinds["waveform"]) == set(WAVEFORM_NAMES)
        assert len(kinds["pooled"]) == 36
        assert all(values for values in kinds["features"].values())
    assert np.count_nonzero(GOLDEN["noise"]["features"]["mfcc"]) > 6


@pytest.mark.parametrize("sound", list(GOLDEN))
def test_values_are_the_golden_ones(sound: str) -> None:
    found = MAKER.measure(MAKER.sounds()[sound])
    for kind in KINDS:
        for name, golden in GOLDEN[sound][kind].items():
            scale = float(np.abs(golden).max())
            np.testing.assert_allclose(
                found[kind][name], golden, rtol=1e-3, atol=1e-4 * scale + 1e-6, err_msg=f"{kind} {name}"
            )
