"""What all tests share: where real data lies, and a home that is empty."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure() -> None:
    """Let Ctrl-C reach the programs under test, also where a shell started all of this in the background."""
    if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Folder of research data; the test is skipped, saying so, where it is absent."""
    folder = Path(os.environ.get("TUNELENS_DATA", ROOT.parent / "shared" / "data"))
    if not (folder / "README.md").is_file():
        pytest.skip(f"research data is absent: {folder} (set TUNELENS_DATA)")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs the research data, so that ``-m "not data"`` leaves out all of it."""
    for item in items:
        if "data_dir" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.data)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless browser, see `tests.browser`; the test is skipped, saying so, where none is installed."""
    from tests.browser import launched

    with launched() as running:
        yield running


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home: no settings of the machine reach the test."""
    for name in list(os.environ):
        if name.startswith("TUNELENS_") and name != "TUNELENS_DATA":
            monkeypatch.delenv(name)
    monkeypatch.setenv("TUNELENS_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("TUNELENS_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path
