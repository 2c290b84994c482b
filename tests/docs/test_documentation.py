"""The docs tell the truth: every name is documented and every snippet runs."""

from __future__ import annotations

import dataclasses
import importlib.util
import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from tests import warm

from tunelens.audio import Clip
from tunelens.audio.write import write_wav
from tunelens.base.errors import MissingDependencyError
from tunelens.base.registry import Registry
from tunelens.base.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("README*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"])


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def blocks(language: str) -> list[tuple[str, str]]:
    found = []
    for path in PAGES:
        for number, match in enumerate(
            re.findall(rf"```{language}\n(.*?)```", path.read_text("utf-8"), re.S)
        ):
            found.append((f"{path.relative_to(ROOT)}#{number}", match))
    return found


@pytest.fixture
def music(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as the docs use it: `music/` with songs, and `song.wav` beside it."""
    sr, seconds = 22050, 8
    t = np.arange(sr * seconds) / sr
    beat = (np.sin(2 * np.pi * 220 * t) * np.exp(-8 * (t % 0.5))).astype(np.float32)
    write_wav(Clip(0.5 * beat, sr), home / "song.wav")
    for name in ("one.wav", "两只老虎.wav"):
        write_wav(Clip(np.roll(0.4 * beat, sr), sr), home / "music" / name)
    monkeypatch.setenv("TUNELENS_PACKAGES", str(Settings().cache_dir / "packages"))  # fetch once a machine
    monkeypatch.chdir(home)
    return home


def registries() -> list[tuple[str, str, Registry]]:
    from tunelens.audio.decoders import DECODERS
    from tunelens.charts.registry import CHARTS
    from tunelens.data.augment import AUGMENTATIONS
    from tunelens.data.balance import BALANCERS
    from tunelens.data.registry import DATASETS
    from tunelens.data.splits import PROTOCOLS
    from tunelens.evaluation.metrics import METRICS
    from tunelens.explore.clusters import CLUSTERERS
    from tunelens.explore.projection import PROJECTIONS
    from tunelens.features import FEATURES
    from tunelens.models import BACKBONES
    from tunelens.models.catalogue import MODELS
    from tunelens.models.inputs import INPUTS
    from tunelens.plots import PLOTS
    from tunelens.plots.judging import EVALUATION_PLOTS
    from tunelens.services.engines import ENGINES
    from tunelens.services.jobs import KINDS

    return [
        ("features.md", "feature", FEATURES),
        ("models.md", "backbone", BACKBONES),
        ("bundles.md", "input", INPUTS),
        ("plots.md", "plot", PLOTS),
        ("library.md", "engine", ENGINES),
        ("audio.md", "decoder", DECODERS),
        ("datasets.md", "dataset reader", DATASETS),
        ("evaluation.md", "metric", METRICS),
        ("evaluation.md", "evaluation plot", EVALUATION_PLOTS),
        ("splits.md", "protocol", PROTOCOLS),
        ("splits.md", "balancer", BALANCERS),
        ("splits.md", "augmentation", AUGMENTATIONS),
        ("classifiers.md", "model", MODELS),
        ("charts.md", "chart source", CHARTS),
        ("clusters.md", "clusterer", CLUSTERERS),
        ("clusters.md", "projection", PROJECTIONS),
        ("serve.md", "kind of job", KINDS),
    ]


@pytest.mark.parametrize(("name", "kind", "registry"), registries(), ids=lambda value: str(value)[:20])
def test_every_registered_name_is_documented(name: str, kind: str, registry: Registry) -> None:
    text = page(name)
    assert len(registry) > 0
    assert not [entry for entry in registry if f"`{entry}`" not in text]


def test_every_setting_is_documented() -> None:
    text = page("settings.md")
    assert not [f.name for f in dataclasses.fields(Settings) if f"`TUNELENS_{f.name.upper()}`" not in text]


def test_every_public_name_is_documented() -> None:
    import tunelens

    text = page("python.md")
    assert not [name for name in tunelens.__all__ if name not in text and not name.startswith("_")]


def test_the_page_of_the_command_line_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("make_cli", ROOT / "docs" / "make_cli.py")
    assert spec is not None and spec.loader is not None
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert page("cli.md") == maker.render(), "run make pages"


def verbs() -> dict[str, object]:
    import typer.main

    from tunelens.cli.app import app

    found: dict[str, object] = {}

    def walk(command: object, path: str) -> None:
        children = getattr(command, "commands", None)
        if children is None:
            found[path.strip()] = command
            return
        for name, child in children.items():
            walk(child, f"{path} {name}")

    walk(typer.main.get_command(app), "")
    return found


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_has_help_with_an_example_and_a_section(verb: str) -> None:
    command = verbs()[verb]
    assert command.help
    assert f"tunelens {verb}" in (command.epilog or ""), "an example belongs into --help"
    assert f"### `tunelens {verb}" in page("cli.md")


@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_option_is_documented(verb: str) -> None:
    options = {name for p in verbs()[verb].params for name in p.opts if name.startswith("--")}
    section = page("cli.md").split(f"### `tunelens {verb}", 1)[1].split("\n### ", 1)[0]
    common = page("cli.md").split("\n## ", 1)[0]
    assert not [o for o in options - {"--help"} if o not in section + common]


@pytest.mark.parametrize(("where", "code"), blocks("python"), ids=lambda value: str(value)[:40])
def test_python_snippets_run(music: Path, where: str, code: str) -> None:
    done = warm.run(["-c", code])
    assert done.returncode == 0, f"{where}\n{done.stderr.decode()}"


@pytest.mark.parametrize(("where", "text"), blocks("console"), ids=lambda value: str(value)[:40])
def test_console_snippets_run(music: Path, where: str, text: str) -> None:
    lines = [line[2:] for line in text.splitlines() if line.startswith("$ tunelens ")]
    assert lines, f"{where} has no '$ tunelens ...' line"
    for line in lines:
        words = shlex.split(line.split("  #")[0])
        done = warm.run(["-m", *words])
        out, err = done.stdout.decode(), done.stderr.decode()
        if done.returncode == MissingDependencyError.exit_code:
            pytest.skip(f"{where}: what it fetches is not to be had here: {err}")
        assert done.returncode == 0, f"{where}: {line}\n{out}{err}"


def test_links_between_pages_lead_somewhere() -> None:
    lost = []
    for path in PAGES:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", path.read_text("utf-8")):
            if not target.startswith(("http", "mailto:")) and not (path.parent / target).exists():
                lost.append(f"{path.name} -> {target}")
    assert not lost
