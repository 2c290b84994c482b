"""Whatever a stranger's text holds, it can be encoded, shown in a picture and printed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tunelens.base.text import valid
from tunelens.cli.plain import printable
from tunelens.plots.fonts import legible, tidy

ANYTHING = st.text(st.characters(exclude_categories=()) | st.characters(categories=("Cs",)))


@given(ANYTHING)
def test_any_text_can_be_encoded(text: str) -> None:
    for shown in (valid(text), printable(text), tidy(text)):
        shown.encode()


@given(st.text(st.characters(exclude_categories=("Cs",))))
def test_valid_text_stays_as_it_is(text: str) -> None:
    assert valid(text) == text


def test_halves_of_characters_outside_of_names_of_files_are_told() -> None:
    assert legible("\ud800 half").text == "\ufffd half"
    assert printable("\ud83c\udce9") == "\ufffd\\xe9"
    assert valid("\udce5\udca4\udc9c") == "夜"
