"""Write src/tunelens/client/calls/ from the OpenAPI, so that the client cannot lag behind the server."""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from tunelens.api.app import PREFIX, create_app

FOLDER = Path(__file__).resolve().parents[1] / "src" / "tunelens" / "client" / "calls"
TOLD = "Written by docs/make_client.py (`make client`) from the OpenAPI of the server: change nothing here."
JSON, FORM, EVENTS = "application/json", "multipart/form-data", "text/event-stream"
WIDTH = 100
_SIMPLE = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "Mapping[str, Any]",
}
_SENT = {"query": "params", "body": "body", "form": "form", "file": "files"}
_LOST = {"", "self", "cls"}


@dataclass(frozen=True)
class Given:
    """A parameter of an operation."""

    name: str
    where: str
    type: str
    required: bool
    text: str

    @property
    def python(self) -> str:
        """What it is called in Python."""
        return f"{self.name}_" if keyword.iskeyword(self.name) or self.name in _LOST else self.name


@dataclass(frozen=True)
class Operation:
    """An operation of the API."""

    name: str
    tag: str
    method: str
    path: str
    text: str
    given: tuple[Given, ...]
    kind: str
    listed: bool


def operations(document: Mapping[str, Any]) -> Iterator[Operation]:
    """Yield every operation, in the order of the page."""
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            content = next((told["responses"][code] for code in told["responses"] if code[0] == "2"), {})
            kinds = content.get("content", {})
            schema = kinds.get(JSON, {}).get("schema", {})
            given = tuple(sorted(_given(told, document), key=lambda one: not one.required))
            kind = _answered(method, kinds)
            names = [one.python for one in given] + (["out", "force"] if kind == "file" else [])
            if len(set(names)) < len(names):
                raise SystemExit(f"{told['operationId']}: a name is given twice: {names}")
            yield Operation(
                name=told["operationId"],
                tag=told["tags"][0],
                method=method.upper(),
                path=path.removeprefix(PREFIX),
                text="\n\n".join(filter(None, (told.get("summary", ""), told.get("description", "")))),
                given=given,
                kind=kind,
                listed=schema.get("$ref", "").endswith("/Listed"),
            )


def _answered(method: str, kinds: Mapping[str, Any]) -> str:
    """Return what comes back: the JSON of a result, events, or a file."""
    if list(kinds) == [JSON] or (not kinds and method != "get"):
        return "json"
    return "events" if EVENTS in kinds else "file"


def _given(told: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Given]:
    for one in told.get("parameters", ()):
        if one["in"] in ("path", "query"):
            schema = one["schema"]
            text = one.get("description") or schema.get("description", "")
            yield Given(one["name"], one["in"], _type(schema, document), one.get("required", False), text)
    for kind, body in told.get("requestBody", {}).get("content", {}).items():
        yield from _fields(body["schema"], document, "body" if kind == JSON else "file")


def _fields(schema: Mapping[str, Any], document: Mapping[str, Any], where: str) -> Iterator[Given]:
    """Yield the fields of a body; of a choice of bodies the fields of all."""
    choices = [_found(one, document) for one in schema.get("oneOf", [schema])]
    fields = {name: field for one in choices for name, field in one.get("properties", {}).items()}
    for name, field in fields.items():
        required = all(name in one.get("required", ()) for one in choices)
        sent = "form" if where == "file" and not _is_file(field) else where
        kind = "PathLike" if sent == "file" else _kind(name, choices, document)
        yield Given(name, sent, kind, required, _found(field, document, deep=False).get("description", ""))


def _is_file(field: Mapping[str, Any]) -> bool:
    return "contentMediaType" in field or field.get("format") == "binary"


def _kind(name: str, choices: list[Mapping[str, Any]], document: Mapping[str, Any]) -> str:
    kinds = [_type(one["properties"][name], document) for one in choices if name in one.get("properties", {})]
    return " | ".join(dict.fromkeys(part for kind in kinds for part in kind.split(" | ")))


def _found(schema: Mapping[str, Any], document: Mapping[str, Any], *, deep: bool = True) -> Mapping[str, Any]:
    if "$ref" in schema and deep:
        return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def _type(schema: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    schema = _found(schema, document)
    for name in ("anyOf", "oneOf"):
        if name in schema:
            kinds = (_type(one, document) for one in schema[name] if one.get("type") != "null")
            return " | ".join(dict.fromkeys(kinds))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return f"Literal[{', '.join(map(repr, values))}]"
    if schema.get("type") == "array":
        return f"Sequence[{_type(schema.get('items', {}), document)}]"
    return _SIMPLE.get(schema.get("type", ""), "Any")


def method(one: Operation) -> str:
    """Return an operation as a method."""
    ahead = [given for given in one.given if given.where == "path"]
    rest = [given for given in one.given if given.where != "path"]
    words = ["self", *(f"{given.python}: {given.type}" for given in ahead)]
    if one.kind == "file":
        words.append("out: PathLike")
    behind = [f"{given.python}: {given.type}{'' if given.required else ' | None = None'}" for given in rest]
    behind += ["force: bool = False"] if one.kind == "file" else []
    words += ["*", *behind] if behind else []
    back = {"file": "Path", "events": "Iterator[dict[str, Any]]", "json": "dict[str, Any]"}[one.kind]
    if not one.listed and one.kind == "json" and one.method == "DELETE":
        back = "Any"
    lines = [f"def {one.name}({', '.join(words)}) -> {back}:", *_indented(_docstring(one, [*ahead, *rest]))]
    lines += _indented(f"return {_call(one, rest)}")
    return "\n".join(lines)


def _docstring(one: Operation, given: list[Given]) -> str:
    first, _, more = one.text.partition("\n\n")
    parts = [
        first if first.endswith(".") else f"{first}.",
        *(_wrapped(part) for part in more.split("\n\n") if part),
    ]
    listed = [
        f"{item.python} : {item.type}\n{textwrap.indent(_wrapped(item.text), '    ')}".rstrip()
        for item in given
    ]
    if one.kind == "file":
        listed += ["out : path\n    Where it is written; `force` overwrites."]
    if listed:
        parts.append("Parameters\n----------\n" + "\n".join(listed))
    text = "\n\n".join(parts).replace("\\", "\\\\").replace('"""', "'''")
    return f'"""{text}\n"""' if "\n" in text else f'"""{text}"""'


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False))


def _call(one: Operation, rest: list[Given]) -> str:
    path = re.sub(r"{(\w+)}", r"{quoted(\1)}", one.path)
    place = f'f"{path}"' if path != one.path else f'"{path}"'
    sent = {where: [item for item in rest if item.where == where] for where in _SENT}
    words = [place]
    for name, items in ((name, sent[where]) for where, name in _SENT.items()):
        if items:
            pairs = ", ".join(f'"{item.name}": {item.python}' for item in items)
            words.append(f"{name}={{{pairs}}}")
    if one.kind == "file":
        return f"self._fetch({', '.join([words[0], 'out', *words[1:], 'force=force'])})"
    return (
        f"self._events({words[0]})"
        if one.kind == "events"
        else f'self._answer("{one.method}", {", ".join(words)})'
    )


def _indented(text: str) -> list[str]:
    return [f"    {line}" if line else "" for line in text.split("\n")]


def render() -> dict[str, str]:
    """Return the files by name."""
    found = sorted(operations(create_app().openapi()), key=lambda one: one.tag)
    files, names = {}, []
    for tag, some in groupby(found, key=lambda one: one.tag):
        name = f"{tag.title().replace(' ', '').replace('-', '')}Calls"
        names.append((tag.replace("-", "_"), name))
        files[f"{names[-1][0]}.py"] = _formatted(_module(tag, name, list(some)))
    files["__init__.py"] = _formatted(_gathered(names))
    return files


def _module(tag: str, name: str, some: list[Operation]) -> str:
    body = "\n\n".join(textwrap.indent(method(one), "    ") for one in some)
    used = [one for one in ("Iterator", "Mapping", "Sequence") if re.search(rf"\b{one}\[", body)]
    typing = [one for one in ("Any", "Literal") if re.search(rf"\b{one}\b", body)]
    ours = ["Caller", *(one for one in ("PathLike", "quoted") if re.search(rf"\b{one}\b", body))]
    lines = [f'"""Operations of the API: {tag}.\n\n{TOLD}\n"""', "", "from __future__ import annotations", ""]
    lines += [f"from collections.abc import {', '.join(used)}"] if used else []
    lines += ["from pathlib import Path"] if "-> Path:" in body else []
    lines += [f"from typing import {', '.join(typing)}"] if typing else []
    lines += ["", f"from tunelens.client.caller import {', '.join(ours)}", "", ""]
    return "\n".join([*lines, f"class {name}(Caller):", f'    """Operations: {tag}."""', "", body, ""])


def _gathered(names: list[tuple[str, str]]) -> str:
    imports = "\n".join(f"from tunelens.client.calls.{module} import {name}" for module, name in names)
    bases = ", ".join(name for _, name in names)
    head = f'"""Every operation of the API.\n\n{TOLD}\n"""\n\nfrom __future__ import annotations\n'
    return f'{head}\n{imports}\n\n\nclass Calls({bases}):\n    """Every operation of the API."""\n'


def _formatted(text: str) -> str:
    ruff = [sys.executable, "-m", "ruff", "format", "--quiet", "--stdin-filename", str(FOLDER / "x.py"), "-"]
    return subprocess.run(ruff, input=text, capture_output=True, text=True, check=True).stdout


def main() -> None:
    """Write the files, and take away those of tags that have gone."""
    files = render()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for old in {path.name for path in FOLDER.glob("*.py")} - set(files):
        (FOLDER / old).unlink()
    for name, text in files.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(f"wrote {len(files)} files to {FOLDER}")


if __name__ == "__main__":
    main()
