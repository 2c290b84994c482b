"""Songs of which the parts are known."""

from __future__ import annotations

import pytest
from bench.planted import Planted, planted


@pytest.fixture(scope="session", params=(5, 6, 28))
def song(request: pytest.FixtureRequest) -> Planted:
    """A made-up song with a chorus that returns, never twice at one level, tempo or noise."""
    return planted(request.param)
