"""A registry imports nothing until asked, refuses doubles, and names the neighbours of the unknown."""

from __future__ import annotations

import math
import sys
from importlib.metadata import EntryPoint

import pytest

from tunelens.base import registry as registry_module
from tunelens.base.errors import MissingDependencyError, ParameterError, UnknownNameError
from tunelens.base.registry import Registry

BUILTIN = {"pi": "math:pi", "absent": "tunelens_no_such_package.inner:THING"}


@pytest.fixture
def constants() -> Registry[float]:
    return Registry[float]("constant", BUILTIN)


def with_plugins(monkeypatch: pytest.MonkeyPatch, **places: str) -> list[str]:
    """Pretend that packages with these entry points are installed; return what was asked for."""
    asked: list[str] = []

    def entry_points(*, group: str) -> list[EntryPoint]:
        asked.append(group)
        return [EntryPoint(name, value, group) for name, value in places.items()]

    monkeypatch.setattr(registry_module, "entry_points", entry_points)
    return asked


def test_it_loads_what_the_table_says(constants: Registry[float]) -> None:
    assert constants["pi"] is math.pi
    assert constants["pi"] is constants["pi"]


def test_listing_imports_nothing() -> None:
    sys.modules.pop("colorsys", None)
    listed = Registry[object]("thing", {"a": "colorsys:rgb_to_hsv"})
    assert list(listed) == ["a"] and len(listed) == 1 and "a" in listed
    assert "colorsys" not in sys.modules
    assert listed["a"] is sys.modules["colorsys"].rgb_to_hsv


def test_unknown_name_names_its_neighbours(constants: Registry[float]) -> None:
    with pytest.raises(UnknownNameError, match="unknown constant 'pie'") as caught:
        constants["pie"]
    assert caught.value.hint == "did you mean pi?"
    assert "pie" not in constants


def test_missing_dependency_names_the_package(constants: Registry[float]) -> None:
    with pytest.raises(
        MissingDependencyError, match="constant 'absent' needs tunelens_no_such_package"
    ) as caught:
        constants["absent"]
    assert caught.value.hint == "pip install tunelens_no_such_package"
    assert isinstance(caught.value.__cause__, ImportError)


def test_register_and_unregister(constants: Registry[float]) -> None:
    assert constants.register("e", math.e) is math.e
    assert list(constants) == ["pi", "absent", "e"]
    assert constants["e"] is math.e
    constants.unregister("e")
    assert "e" not in constants and len(constants) == 2
    constants.register("e", 2.7)
    assert constants["e"] == 2.7


@pytest.mark.parametrize("name", ["pi", "e"])
def test_a_double_is_an_error_and_changes_nothing(constants: Registry[float], name: str) -> None:
    constants.register("e", math.e)
    with pytest.raises(ParameterError, match=f"constant '{name}' is registered twice"):
        constants.register(name, 3.0)
    assert constants[name] == getattr(math, name)


def test_the_table_given_is_not_shared() -> None:
    table = {"pi": "math:pi"}
    Registry[float]("constant", table).register("e", math.e)
    assert table == {"pi": "math:pi"}


def test_entry_points_are_added_when_first_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = with_plugins(monkeypatch, tau="math:tau")
    plugged = Registry[float]("constant", {"pi": "math:pi"}, group="tunelens.constants")
    assert asked == []
    assert list(plugged) == ["pi", "tau"]
    assert plugged["tau"] == math.tau
    assert asked == ["tunelens.constants"]


def test_an_entry_point_may_not_take_a_builtin_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with_plugins(monkeypatch, pi="math:tau")
    plugged = Registry[float]("constant", {"pi": "math:pi"}, group="tunelens.constants")
    with pytest.raises(ParameterError, match="'pi' is registered twice"):
        list(plugged)


def test_without_a_group_no_entry_point_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = with_plugins(monkeypatch, tau="math:tau")
    assert list(Registry[float]("constant", {"pi": "math:pi"})) == ["pi"]
    assert asked == []
