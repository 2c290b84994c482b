"""The picture of a map: colours that the colour-blind tell apart, names that do not cover each other."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tests.unit.map.songs import two_groups

from tunelens.plots.map import MapDisplay, palette
from tunelens.services.map import draw_map

# Machado, Oliveira & Fernandes (2009), severity 1: linear RGB as those see it who lack a cone
BLIND = {
    "protan": [
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ],
    "deutan": [
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ],
}


def linear(colour: str) -> np.ndarray:
    value = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """Return CIE L*a*b* (D65) of linear RGB."""
    xyz = np.array([(0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505)]) @ np.clip(
        rgb, 0, 1
    )
    t = xyz / [0.95047, 1.0, 1.08883]
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("eyes", ["all cones", "protan", "deutan"])
def test_colours_of_groups_are_told_apart_by_everyone(theme: str, eyes: str) -> None:
    seen = [lab(np.array(BLIND.get(eyes, np.eye(3))) @ linear(one)) for one in palette()[theme]["colours"]]
    closest = min(np.linalg.norm(a - b) for a, b in combinations(seen, 2))
    assert closest > 10, "a difference of 2.3 is just seen side by side"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_scale_of_numbers_rises_evenly_in_lightness_for_everyone(theme: str) -> None:
    for matrix in (np.eye(3), *map(np.array, BLIND.values())):
        lightness = np.array([lab(matrix @ linear(one))[0] for one in palette()[theme]["ramp"]])
        assert (np.diff(lightness) > 0).all() and np.diff(lightness).max() < 3 * np.diff(lightness).mean()


def contrast(a: str, b: str) -> float:
    """Return the contrast ratio of WCAG 2."""
    low, high = sorted(float(np.array([0.2126, 0.7152, 0.0722]) @ linear(one)) for one in (a, b))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_is_seen_on_its_ground(theme: str) -> None:
    found = palette()[theme]
    assert min(contrast(one, found["page"]) for one in [*found["colours"], *found["ramp"]]) > 1.5
    assert contrast(found["ink"], found["page"]) > 7


def test_names_do_not_cover_each_other_and_unknown_groups_are_told() -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 12, 300)
    labels = [f"Gruppe 中文 {i}" for i in range(9)]
    titles = {i: f"Song {i} of a long name" for i in range(120)}
    shown = MapDisplay(
        points=rng.normal(size=(300, 2)), codes=codes, labels=labels, titles=titles, title="Map"
    ).plot()
    renderer = shown.figure_.canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in shown.ax_.texts if text.get_visible()]
    assert len(boxes) > 10 and not any(a.overlaps(b) for a, b in combinations(boxes, 2))
    legend = [text.get_text() for text in shown.ax_.get_legend().get_texts()]
    assert (
        len(legend) == 11
        and any("unknown" in one for one in legend)
        and any("others" in one for one in legend)
    )


def test_numbers_have_a_scale_and_hostile_names_are_drawn() -> None:
    values = np.append(np.linspace(0, 1, 30), [np.nan, 50.0])
    points = np.random.default_rng(1).normal(size=(32, 2))
    hostile = {0: "$x^{$ \\frac", 1: "\x00\u202e🎵 夜曲", 2: ""}
    shown = MapDisplay(points=points, values=values, limits=(0, 1), colour="Tempo", titles=hostile).plot()
    shown.figure_.canvas.draw()
    assert any("unknown" in text.get_text() for text in shown.ax_.texts)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
@pytest.mark.parametrize("colour", ["genre", "energy"])
def test_a_map_is_written_as_a_picture(tmp_path: Path, suffix: str, colour: str) -> None:
    done = draw_map(two_groups(), tmp_path / f"地图{suffix}", projection="pca", colour=colour, language="zh")
    assert done.neighbours == "none" and done.colour == colour
    if suffix == ".png":
        assert np.asarray(Image.open(done.path).convert("L")).std() > 5
    else:
        assert re.search(r"<svg", done.path.read_text("utf-8"))


def test_a_vector_picture_of_many_points_stays_small(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    shown = MapDisplay(
        points=rng.normal(size=(20_000, 2)), codes=rng.integers(1, 4, 20_000), labels=["a", "b", "c"]
    )
    assert shown.save(tmp_path / "m.svg").stat().st_size < 2_000_000
