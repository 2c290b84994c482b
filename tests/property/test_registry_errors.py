"""Whatever the words: errors keep them, registries keep their order, settings keep their limits."""

from __future__ import annotations

import json
import math
import pickle
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tunelens.base import errors
from tunelens.base.errors import ParameterError, TunelensError, UnknownNameError
from tunelens.base.registry import Registry
from tunelens.base.settings import Settings

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, TunelensError)]
FLAGS = {
    **dict.fromkeys(["1", "true", "yes", "on"], True),
    **dict.fromkeys(["0", "false", "no", "off"], False),
}
printable = st.text(st.characters(exclude_categories=["Cs"]))
names = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1, max_size=12)


@given(st.sampled_from(KINDS), printable, st.none() | printable)
def test_an_error_keeps_its_words(kind: type[TunelensError], message: str, hint: str | None) -> None:
    back = pickle.loads(pickle.dumps(kind(message, hint=hint)))
    assert type(back) is kind
    assert (back.message, back.hint, str(back)) == (message, hint, message)
    told = {"code": kind.code, "message": message, "hint": hint}
    assert told.items() <= json.loads(json.dumps(back.to_dict())).items()


@given(st.lists(names, unique=True), names)
def test_unknown_names_are_answered_with_known_ones(known: list[str], asked: str) -> None:
    assume(asked not in known)
    registry = Registry[object]("thing", dict.fromkeys(known, "math:pi"))
    with pytest.raises(UnknownNameError) as caught:
        registry[asked]
    assert repr(asked) in str(caught.value)
    words = (caught.value.hint or "").removeprefix("did you mean ").removeprefix("known: ").rstrip("?")
    offered = set(words.replace(" or ", ", ").split(", "))
    assert offered <= set(known) if known else offered == {"none"}


@given(st.lists(st.tuples(names, st.integers()), max_size=20))
def test_a_registry_is_an_ordered_table_without_doubles(added: list[tuple[str, int]]) -> None:
    registry, expected = Registry[int]("number", {}), dict[str, int]()
    for name, value in added:
        if name in expected:
            with pytest.raises(ParameterError, match="registered twice"):
                registry.register(name, value)
        else:
            registry.register(name, value)
            expected[name] = value
    assert {name: registry[name] for name in registry} == expected
    assert list(registry) == list(expected) and len(registry) == len(expected)


@given(st.integers(min_value=0, max_value=10**6))
def test_whole_numbers_are_read_back(jobs: int) -> None:
    assert Settings.from_env({"TUNELENS_JOBS": str(jobs)}).jobs == jobs


@given(st.floats())
def test_a_limit_is_a_finite_number_from_zero(limit: float) -> None:
    env = {"TUNELENS_FILE_TIMEOUT_S": repr(limit)}
    if math.isfinite(limit) and limit >= 0:
        assert Settings.from_env(env).file_timeout_s == limit
    else:
        with pytest.raises(ParameterError, match="TUNELENS_FILE_TIMEOUT_S is"):
            Settings.from_env(env)


@given(st.sampled_from(sorted(FLAGS)), st.booleans(), st.sampled_from(["", " ", "\t"]))
def test_a_flag_has_eight_words_in_any_case(word: str, upper: bool, space: str) -> None:
    text = space + (word.upper() if upper else word) + space
    assert Settings.from_env({"TUNELENS_OFFLINE": text}).offline is FLAGS[word]


@given(printable.filter(lambda text: text != "" and text.strip().lower() not in FLAGS))
def test_any_other_word_is_no_flag(text: str) -> None:
    with pytest.raises(ParameterError, match="yes or no is needed"):
        Settings.from_env({"TUNELENS_OFFLINE": text})


@given(printable, st.sampled_from(["JOBS", "FILE_TIMEOUT_S", "MAX_DURATION_S", "OFFLINE"]))
def test_any_text_is_read_or_refused_by_name(text: str, name: str) -> None:
    try:
        settings = Settings.from_env({f"TUNELENS_{name}": text})
    except ParameterError as error:
        assert f"TUNELENS_{name} is {text!r}" in str(error)
    else:
        assert settings.jobs >= 0 and 0 <= settings.file_timeout_s < math.inf


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0~"), min_size=1))
def test_any_path_is_kept(text: str) -> None:
    assert Settings.from_env({"TUNELENS_PACKAGES": text}).packages == Path(text)
