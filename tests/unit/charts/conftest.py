"""A server that misbehaves, and providers that describe it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.chart_server import Server, running

Describe = Callable[..., Path]


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as one:
        yield one


@pytest.fixture
def describe(home: Path, server: Server) -> Describe:
    """Write a provider's TOML: the address, limits that let tests be quick, and what else is said."""

    def write(path: str = "/top", more: str = "", limits: str = "", url: str | None = None) -> Path:
        file = home / "provider.toml"
        file.write_text(
            f'name = "hot"\nurl = "{url or server.url + path}"\n{more}\n'
            f"[limits]\nper_second = 100\nretries = 2\nlongest_wait_s = 2\n{limits}\n",
            encoding="utf-8",
        )
        return file

    return write
