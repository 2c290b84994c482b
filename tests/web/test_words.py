"""Everything that the page says is said in Chinese too, and nothing is translated that nobody says."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest

import tunelens.base.language
import tunelens.models
from tunelens.models import taxonomy
from tunelens.models.backbones.musicnn import MSD_TAGS, MTT_TAGS

SOURCES = Path(__file__).resolve().parents[2] / "web" / "src"
CHINESE = sorted((SOURCES / "languages" / "zh").glob("*.json"))
SAID = re.compile(r"""\b(?:say|word)\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*[,)]""")
ODD = re.compile(r"""\b(?:say|word)\((?!\s*["'])(?:[^),"'`]*[^?])?(?:\?\s*["']|`)[^)]*""")
PLACE = re.compile(r"\{(\w+)\}")
HALF_WIDTH = re.compile(r"[一-鿿][,;:!?]|[,;:!?][一-鿿]|[一-鿿]\.(?!\w)|\([^()]*[一-鿿]+[^()]*\)")


SHIPPED = Path(tunelens.models.__file__).parent / "default"
NAMES = SOURCES / "languages" / "names" / "zh.json"


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


def names() -> dict[str, str]:
    return dict(json.loads(NAMES.read_text("utf-8")))


def test_every_tag_and_class_of_the_shipped_models_has_a_chinese_name() -> None:
    manifests = [json.loads(path.read_text("utf-8")) for path in sorted(SHIPPED.glob("*/manifest.json"))]
    classes = {name for manifest in manifests for name in manifest["classes"]}
    tags = {*MSD_TAGS, *MTT_TAGS, *(word for _, word in taxonomy.words())}
    assert len(classes) > 20
    known = names().keys()
    assert sorted(name for name in tags | classes if name not in known and name.lower() not in known) == []


def test_chinese_names_are_told_apart_within_a_model() -> None:
    """Two bars of one picture must not be called the same."""
    for tags in (MSD_TAGS, MTT_TAGS):
        called = Counter(names()[tag.lower()] for tag in tags)
        assert [name for name, times in called.items() if times > 1] == []


def test_the_page_calls_a_tag_what_reports_call_it() -> None:
    path = Path(tunelens.base.language.__file__).parent / "languages" / "zh" / "clusters.toml"
    reports = tomllib.loads(path.read_text("utf-8"))
    mine = names()
    assert len(reports.keys() & mine.keys()) > 30
    assert {name: mine[name] for name in reports.keys() & mine.keys() if mine[name] != reports[name]} == {}
