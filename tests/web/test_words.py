"""Everything that the page says is said in Chinese too, and nothing is translated that nobody says."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import pytest

SOURCES = Path(__file__).resolve().parents[2] / "web" / "src"
CHINESE = sorted((SOURCES / "languages" / "zh").glob("*.json"))
SAID = re.compile(r"""\b(?:say|word)\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*[,)]""")
ODD = re.compile(r"""\b(?:say|word)\((?!\s*["'])(?:[^),"'`]*[^?])?(?:\?\s*["']|`)[^)]*""")
PLACE = re.compile(r"\{(\w+)\}")
HALF_WIDTH = re.compile(r"[一-鿿][,;:!?]|[,;:!?][一-鿿]|[一-鿿]\.(?!\w)|\([^()]*[一-鿿]+[^()]*\)")


def sources() -> dict[str, str]:
    paths = [*SOURCES.rglob("*.ts"), *SOURCES.rglob("*.tsx")]
    return {str(path.relative_to(SOURCES)): path.read_text("utf-8") for path in paths}


def said() -> set[str]:
    return {_plain(text) for code in sources().values() for text in SAID.findall(code)}


def _plain(literal: str) -> str:
    body = literal[1:-1]
    return str(json.loads(f'"{body}"' if literal[0] == '"' else '"' + body.replace('"', '\\"') + '"'))


def words() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in CHINESE:
        found |= json.loads(path.read_text("utf-8"))
    return found


def test_everything_is_translated() -> None:
    assert len(said()) > 40
    assert sorted(said() - words().keys()) == []


def test_nothing_is_translated_that_nobody_says() -> None:
    assert sorted(words().keys() - said()) == []


def test_no_text_is_translated_twice() -> None:
    every = Counter(key for path in CHINESE for key in json.loads(path.read_text("utf-8")))
    assert [key for key, times in every.items() if times > 1] == []


def test_every_text_that_is_said_is_written_where_it_is_said() -> None:
    """`say(name)` is fine where `word("...")` wrote it; a choice or a template escapes the tests above."""
    found = {name: ODD.findall(code) for name, code in sources().items()}
    assert {name: odd for name, odd in found.items() if odd} == {}


@pytest.mark.parametrize("path", CHINESE, ids=lambda path: path.stem)
def test_chinese_has_the_same_places_and_its_own_marks(path: Path) -> None:
    for english, chinese in json.loads(path.read_text("utf-8")).items():
        assert Counter(PLACE.findall(english)) == Counter(PLACE.findall(chinese)), english
        assert not HALF_WIDTH.search(chinese), chinese
