"""Settings come from defaults, then the environment; nonsense is refused by the variable's name."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from tunelens.base.errors import ParameterError
from tunelens.base.settings import Settings


def test_every_field_is_a_variable() -> None:
    given = {
        "TUNELENS_DATA_DIR": "/d",
        "TUNELENS_CACHE_DIR": "/c",
        "TUNELENS_PACKAGES": "/p",
        "TUNELENS_OFFLINE": "on",
        "TUNELENS_JOBS": "3",
        "TUNELENS_FILE_TIMEOUT_S": "1.5",
        "TUNELENS_MAX_DURATION_S": "60",
    }
    assert set(given) == {f"TUNELENS_{item.name.upper()}" for item in dataclasses.fields(Settings)}
    assert Settings.from_env(given) == Settings(Path("/d"), Path("/c"), Path("/p"), True, 3, 1.5, 60.0)


def test_absent_and_empty_variables_leave_the_defaults() -> None:
    assert Settings.from_env({}) == Settings()
    assert Settings.from_env({"TUNELENS_JOBS": "", "TUNELENS_OFFLINE": "", "JOBS": "9"}) == Settings()


def test_the_process_environment_is_read_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TUNELENS_JOBS", "5")
    assert Settings.from_env().jobs == 5
    monkeypatch.setenv("TUNELENS_JOBS", "6")
    assert Settings.from_env().jobs == 6


def test_home_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert Settings.from_env({"TUNELENS_DATA_DIR": "~/music"}).library == Path(
        "/home/somebody/music/library.db"
    )


@pytest.mark.parametrize(
    ("name", "text", "needed"),
    [
        ("JOBS", "many", "a whole number"),
        ("JOBS", "1.5", "a whole number"),
        ("JOBS", "-1", "a whole number"),
        ("OFFLINE", "maybe", "yes or no"),
        ("FILE_TIMEOUT_S", "soon", "a number from 0"),
        ("FILE_TIMEOUT_S", "-0.1", "a number from 0"),
        ("MAX_DURATION_S", "nan", "a number from 0"),
        ("MAX_DURATION_S", "inf", "a number from 0"),
    ],
)
def test_nonsense_is_refused(name: str, text: str, needed: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Settings.from_env({f"TUNELENS_{name}": text})
    assert str(caught.value) == f"TUNELENS_{name} is {text!r}; {needed} is needed"


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().jobs = 2  # type: ignore[misc]
