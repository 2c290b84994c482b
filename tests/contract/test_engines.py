"""What every registered engine promises, whoever made it; registering one enrols it here."""

from __future__ import annotations

import builtins
import inspect
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from tunelens.base.errors import DecodeError, UnknownNameError
from tunelens.services.engines import ENGINES, Engine, Outcome

EVAL = builtins.eval  # a function that every worker has: items are expressions
DECODE_ERROR = (
    "(_ for _ in ()).throw(__import__('tunelens.base.errors').base.errors.DecodeError('broken', hint='mend'))"
)


@pytest.fixture(params=list(ENGINES))
def engine(request: pytest.FixtureRequest) -> Engine:
    return ENGINES[request.param]


def outcomes(
    engine: Engine, items: Iterable[str], function: Callable[[str], Any] = EVAL
) -> dict[str, Outcome]:
    return {outcome.item: outcome for outcome in engine.map(function, items, jobs=2)}


def test_there_are_engines() -> None:
    assert {"local", "inline"} <= set(ENGINES)
    with pytest.raises(UnknownNameError, match="engine 'cluster'"):
        ENGINES["cluster"]


def test_every_item_has_one_outcome(engine: Engine) -> None:
    done = list(engine.map(EVAL, (f"{n} ** 2" for n in range(7)), jobs=2))
    assert sorted(outcome.result for outcome in done) == [n**2 for n in range(7)]
    assert all(outcome.error is None for outcome in done)


def test_nothing_to_do_is_no_error(engine: Engine) -> None:
    assert outcomes(engine, []) == {}


def test_an_error_costs_its_item_and_keeps_its_words(engine: Engine) -> None:
    done = outcomes(engine, ["1", DECODE_ERROR, "2"])
    assert [done["1"].result, done["2"].result] == [1, 2]
    error = done[DECODE_ERROR].error
    assert isinstance(error, DecodeError)
    assert error.to_dict() == {"code": "decode", "message": "broken", "hint": "mend"}


def test_a_bug_costs_its_item_and_is_named(engine: Engine) -> None:
    done = outcomes(engine, ["1 / 0", "3"])
    assert done["3"].result == 3
    assert done["1 / 0"].error.code == "worker"
    assert "ZeroDivisionError" in done["1 / 0"].error.message


def test_items_are_never_taken_all_at_once(engine: Engine) -> None:
    taken: list[int] = []

    def endless() -> Iterable[str]:
        for number in range(10**9):
            taken.append(number)
            yield str(number)

    results = engine.map(EVAL, endless(), jobs=1)
    assert next(results).result == 0
    results.close()
    assert len(taken) <= 3


def test_the_signature_is_the_protocols(engine: Engine) -> None:
    promised = inspect.signature(Engine.map).parameters
    assert list(inspect.signature(type(engine).map).parameters) == list(promised)
