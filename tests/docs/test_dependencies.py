"""Every dependency has a stated purpose, and a licence that lets Tunelens be Apache-2.0."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, files, metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
LOCKED = sorted(
    set(re.findall(r"^([A-Za-z0-9_.-]+)==", (ROOT / "requirements/run.txt").read_text("utf-8"), re.M))
)
FREE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|LGPL|CC0|Zlib)\b",
    re.I,
)
BOUND = re.compile(r"(?<!L)\b[AS]?GPL|(?<!Lesser )General Public|non.?commercial", re.I)


def licence(name: str) -> str:
    """What the package says of itself: the expression, else classifiers, else the first line of its text."""
    told = metadata(name)
    classifiers = [c for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    stated = told.get("License-Expression") or " ".join(classifiers) or (told.get("License") or "")
    if not FREE.search(stated):
        stated = _first_line_of_its_file(name) or stated
    return stated.replace("GNU Library or Lesser General Public License", "LGPL").splitlines()[0]


def _first_line_of_its_file(name: str) -> str:
    found = [path for path in files(name) or [] if path.name.upper().startswith("LICENSE")]
    return found[0].read_text("utf-8").strip().splitlines()[0] if found else ""


def test_the_locked_set_is_what_the_project_asks_for() -> None:
    asked = {re.split(r"[>=<\[ ]", line)[0] for line in tomllib.loads(PROJECT)["project"]["dependencies"]}
    assert asked <= set(LOCKED)
    assert 15 <= len(asked) < 25, "the core stays small"


@pytest.mark.parametrize("name", LOCKED)
def test_what_runs_is_permissive_or_lgpl(name: str) -> None:
    try:
        stated = licence(name)
    except PackageNotFoundError:
        pytest.skip(f"{name} is for another system")
    assert FREE.search(stated), stated
    assert not BOUND.search(stated), stated


def test_the_check_sees_what_is_not_allowed() -> None:
    assert BOUND.search("GPL-2.0-or-later")
    assert BOUND.search("License :: OSI Approved :: GNU Affero General Public License v3")
    assert BOUND.search("AGPL-3.0")
    assert not BOUND.search("LGPL-2.1-or-later")
    assert not FREE.search("GPL-2.0-or-later")


def test_every_dependency_says_what_it_is_for() -> None:
    tables = PROJECT.split("\ndependencies = [\n")[1].split("]\n")[0].splitlines()
    tables += [
        line
        for line in PROJECT.split("[dependency-groups]")[1].split("build =")[0].splitlines()
        if ">=" in line
    ]
    assert len(tables) > 20
    assert not [line for line in tables if not re.search(r'",\s+# \w+', line)]
