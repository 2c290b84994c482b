"""All that the description of the API allows is asked: nothing breaks, and every answer is as described."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import SONGS, make_song
from tunelens.api.app import create_app
from tunelens.api.house import open_house
from tunelens.api.options import ServeOptions
from tunelens.api.server import address, config, listen
from tunelens.base.settings import Settings
from tunelens.library.store import Library
from tunelens.services.analyze import analyze_many
from tunelens.services.hear import HearOptions

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
OFTEN = {
    "max_examples": 4,
    "deadline": None,
    "derandomize": True,
    "phases": (Phase.explicit, Phase.generate),
    "suppress_health_check": list(HealthCheck),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, api_settings: Settings) -> Iterator[str]:
    """A server over a library of its own: what is asked here writes, deletes and renames."""
    folder = tmp_path_factory.mktemp("asked")
    for name, work, bpm, *tags in SONGS[2:6]:
        make_song(folder / "music" / name, work, bpm, *tags, seconds=6.0)
    with Library.open(folder / "music.db") as library:
        options = HearOptions(models=(), settings=api_settings)
        analyze_many([folder / "music"], library, options=options, engine="inline")
    served = ServeOptions(
        port=0, library=folder / "music.db", roots=(folder / "music",), settings=api_settings, page=False
    )
    with running(served) as found:
        yield found


@contextmanager
def running(options: ServeOptions) -> Iterator[str]:
    """Serve in a thread, over a real socket."""
    with listen(options) as listener, open_house(options) as house:
        server = uvicorn.Server(config(options, house))
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            yield address(options.host, listener)
        finally:
            server.should_exit = True
            thread.join()


def operations() -> list[Any]:
    """Return everything that may be asked; the plugin's own way to do so takes ten times as long."""
    schema = schemathesis.openapi.from_dict(create_app(ServeOptions(page=False)).openapi())
    return [one.ok() for one in schema.get_all_operations()]


every_operation = pytest.mark.parametrize("operation", operations(), ids=lambda one: one.label)


def ask(operation: Any, place: str, **how: Any) -> None:
    @settings(**{**OFTEN, **how})
    @given(case=operation.as_strategy())
    def go(case: schemathesis.Case) -> None:
        case.call_and_validate(base_url=place, checks=CHECKS, timeout=60)

    go()


@every_operation
def test_what_may_be_asked_is_answered_as_described(operation: Any, place: str) -> None:
    ask(operation, place)


@pytest.mark.slow
@every_operation
def test_what_may_be_asked_is_answered_as_described_however_often(operation: Any, place: str) -> None:
    ask(operation, place, max_examples=300, derandomize=False)
