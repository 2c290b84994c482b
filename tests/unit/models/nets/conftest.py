"""Nets are tested on one thread: small ones are faster so, and bits do not depend on the machine's load."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

HERE = ("torch", "skorch")
collect_ignore_glob = [] if all(map(find_spec, HERE)) else ["test_*.py"]
"""Without the extra there is nothing to train."""


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
