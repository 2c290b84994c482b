"""Every text that is said has a translation, and every translation is said."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

import tunelens
from tunelens.base.errors import UnknownNameError
from tunelens.base.language import LANGUAGES, language, say, words

IN_THE_DOCSTRING = "{n} songs"
SOURCE = Path(tunelens.__file__).parent
_IN_TEMPLATE = re.compile(r"""\bsay\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


def said() -> set[str]:
    found = {IN_THE_DOCSTRING} | {text for path in SOURCE.rglob("*.py") for text in _in_code(path)}
    for path in SOURCE.rglob("*.j2"):
        found |= {a or b for a, b in _IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))}
    return found


def _in_code(path: Path) -> Iterator[str]:
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)) if "tunelens.base.language" in text else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"say", "word"}:
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_text_is_translated_and_no_translation_is_left_over(code: str) -> None:
    known = words(code)
    missing, unused = sorted(said() - set(known)), sorted(set(known) - said())
    assert not missing, f"no {code}: {missing}"
    assert not unused, f"nobody says: {unused}"


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_translations_keep_the_places_for_values(code: str) -> None:
    assert not [key for key, value in words(code).items() if places(key) != places(value)]


def test_files_of_a_language_do_not_contradict_each_other() -> None:
    import tomllib

    seen: dict[str, str] = {}
    for path in sorted((SOURCE / "base" / "languages" / "zh").glob("*.toml")):
        for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
            assert seen.setdefault(key, value) == value, f"{path.name}: {key!r}"


def test_a_block_speaks_its_language_and_then_the_old_one() -> None:
    with pytest.raises(ZeroDivisionError), language("zh"):
        assert say("{n} songs", n=2) == "2 首歌曲"
        raise ZeroDivisionError
    assert say("{n} songs", n=2) == "2 songs"


def test_an_unknown_language_names_those_that_are_known() -> None:
    with pytest.raises(UnknownNameError, match="klingon"), language("klingon"):
        pass


def test_chinese_is_written_with_chinese_punctuation() -> None:
    wrong = re.compile(r"[\u4e00-\u9fff] ?[,;:(]|[,;:)] ?[\u4e00-\u9fff]")
    bare = {key: re.sub(r"\{[^{}]*\}", "", value) for key, value in words("zh").items()}
    assert not [value for value in bare.values() if wrong.search(value)]
