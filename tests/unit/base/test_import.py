"""``import tunelens`` is light: numpy and nothing heavier."""

from __future__ import annotations

import json
import subprocess
import sys
from pkgutil import iter_modules

import pytest

import tunelens.base

HEAVY = {
    "torch", "matplotlib", "onnxruntime", "onnx", "scipy", "av", "soundfile", "soxr", "mutagen",
    "sqlalchemy", "pebble", "typer", "rich", "jinja2", "librosa", "sklearn", "pyarrow",
}  # fmt: skip


def modules_after(statement: str) -> set[str]:
    """Top-level modules that a fresh Python holds after `statement`."""
    script = (
        f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.fixture(scope="module")
def bare() -> set[str]:
    return modules_after("pass")


def test_import_tunelens_is_light(bare: set[str]) -> None:
    added = modules_after("import tunelens") - bare
    assert "tunelens" in added
    assert not added & HEAVY


def test_the_ground_floor_is_light(bare: set[str]) -> None:
    names = [item.name for item in iter_modules(tunelens.base.__path__)]
    assert {"errors", "files", "progress", "registry", "settings"} <= set(names)
    added = modules_after("; ".join(f"import tunelens.base.{name}" for name in names)) - bare
    third_party = added - set(sys.stdlib_module_names) - {"tunelens", "numpy"}
    assert {name for name in third_party if not name.startswith("_")} == set()


def test_the_check_sees_what_is_imported(bare: set[str]) -> None:
    assert "soundfile" in modules_after("import soundfile") - bare
