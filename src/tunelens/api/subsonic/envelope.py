"""Answers as the OpenSubsonic specification has them: JSON or XML, and errors with its numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from fastapi.responses import Response

from tunelens.base.errors import (
    BusyError,
    DataError,
    NotFoundError,
    ParameterError,
    TunelensError,
    UnknownNameError,
)
from tunelens.base.text import valid
from tunelens.base.version import __version__

VERSION = "1.16.1"
NAMESPACE = "http://subsonic.org/restapi"
GENERIC, MISSING, CLIENT_OLD, SERVER_OLD, WRONG = 0, 10, 20, 30, 40
NO_SALT, CONFLICT, BAD_KEY, FORBIDDEN, ABSENT = 41, 43, 44, 50, 70
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class PlayerError(Exception):
    """An error with a number of the specification."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def player_error(error: TunelensError) -> PlayerError:
    """Return an error of ours as players know it; no path of this machine is told."""
    if isinstance(error, NotFoundError | UnknownNameError):
        return PlayerError(ABSENT, "The requested data was not found.")
    may_be_told = isinstance(error, ParameterError | DataError | BusyError)
    return PlayerError(GENERIC, error.message if may_be_told else type(error).__name__)


def answer(content: Mapping[str, Any], form: str) -> Response:
    """Return what was asked for."""
    return _response({"status": "ok"}, content, form)


def refuse(error: PlayerError, form: str) -> Response:
    """Return an error; its HTTP status is 200, as the specification demands."""
    return _response({"status": "failed"}, {"error": {"code": error.code, "message": error.message}}, form)


def _response(status: Mapping[str, Any], content: Mapping[str, Any], form: str) -> Response:
    about = {"version": VERSION, "type": "tunelens", "serverVersion": __version__, "openSubsonic": True}
    body = {**status, **about, **content}
    if form == "json":
        text = json.dumps({"subsonic-response": _plain(body)}, ensure_ascii=False, allow_nan=False)
        return Response(text.encode(), media_type="application/json")
    root = Element("subsonic-response", {"xmlns": NAMESPACE})
    _fill(root, body)
    data = tostring(root, encoding="utf-8", xml_declaration=True)
    return Response(data, media_type="application/xml")


def _plain(value: Any) -> Any:
    """Return `value` without the fields of which nothing is known."""
    match value:
        case Mapping():
            return {name: _plain(one) for name, one in value.items() if one is not None}
        case list() | tuple():
            return [_plain(one) for one in value]
        case str():
            return valid(value)
        case _:
            return value


def _fill(element: Element, values: Mapping[str, Any]) -> None:
    """Write fields as XML has them: numbers and texts as attributes, objects and lists as children."""
    for name, value in values.items():
        match value:
            case None:
                continue
            case Mapping():
                _fill(SubElement(element, name), value)
            case list() | tuple():
                for one in value:
                    _add(element, name, one)
            case _ if name == "value":
                element.text = _text(value)
            case _:
                element.set(name, _text(value))


def _add(element: Element, name: str, value: Any) -> None:
    child = SubElement(element, name)
    if isinstance(value, Mapping):
        _fill(child, value)
    else:
        child.text = _text(value)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", valid(str(value)))
