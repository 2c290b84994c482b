"""docs/search.md knows every name of the query language."""

from __future__ import annotations

from pathlib import Path

import pytest

from tunelens.library.facets import FACETS
from tunelens.library.fulltext import fold
from tunelens.library.order import SORTS
from tunelens.library.query.names import ALIASES, FIELDS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "search.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", [*FIELDS, "bpm", "length"])
def test_every_field_is_documented(name: str) -> None:
    assert name in {*FIELDS, *ALIASES}
    assert f"`{name}:`" in PAGE


@pytest.mark.parametrize("name", sorted({*SORTS, *FACETS}))
def test_every_order_and_facet_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


def test_the_words_that_the_page_promises_are_one() -> None:
    promised = {
        "beyonce": "Beyoncé",
        "sigur ros": "Sigur Rós",
        "ｶﾀｶﾅ": "かたかな",
        "lodz": "Łódź",
        "杰伦": "杰倫",
    }
    for one, other in promised.items():
        assert one in PAGE
        assert fold(one) == fold(other)
