"""The whole error tree against the table that the design promises to faces and scripts."""

from __future__ import annotations

import pickle

import pytest

from tunelens.base import errors
from tunelens.base.errors import TunelensError, UnknownNameError

TABLE = {
    "TunelensError": (Exception, Exception, "error", 1, 500),
    "ParameterError": (TunelensError, ValueError, "parameter", 2, 400),
    "QueryError": (errors.ParameterError, ValueError, "query", 2, 400),
    "UnknownNameError": (TunelensError, LookupError, "unknown_name", 2, 404),
    "AudioError": (TunelensError, Exception, "audio", 3, 422),
    "DecodeError": (errors.AudioError, Exception, "decode", 3, 422),
    "EmptyAudioError": (errors.AudioError, Exception, "empty_audio", 3, 422),
    "DataError": (TunelensError, ValueError, "data", 3, 422),
    "NoRoomError": (errors.DataError, ValueError, "no_room", 3, 507),
    "NotFoundError": (TunelensError, Exception, "not_found", 3, 404),
    "BundleError": (TunelensError, Exception, "bundle", 4, 409),
    "MissingDependencyError": (TunelensError, ImportError, "missing_dependency", 4, 501),
    "AccessError": (TunelensError, Exception, "access", 3, 401),
    "ForbiddenError": (errors.AccessError, Exception, "forbidden", 3, 403),
    "TooLargeError": (TunelensError, Exception, "too_large", 3, 413),
    "BusyError": (TunelensError, Exception, "busy", 1, 429),
    "WorkerError": (TunelensError, Exception, "worker", 1, 500),
    "LateError": (errors.WorkerError, Exception, "late", 1, 500),
}


def tree(kind: type[TunelensError] = TunelensError) -> list[type[TunelensError]]:
    """All of the tree that lives in this package (tests of others may add their own)."""
    below = [each for child in kind.__subclasses__() for each in tree(child)]
    return [each for each in [kind, *below] if each.__module__ == "tunelens.base.errors"]


def test_the_table_is_the_whole_tree() -> None:
    assert {kind.__name__ for kind in tree()} == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_every_error_has_its_parents_code_exit_and_status(name: str) -> None:
    kind = getattr(errors, name)
    parent, python_kind, code, exit_code, http_status = TABLE[name]
    assert kind.__bases__[0] is parent
    assert issubclass(kind, python_kind)
    assert (kind.code, kind.exit_code, kind.http_status) == (code, exit_code, http_status)


def test_codes_are_distinct() -> None:
    codes = [kind.code for kind in tree()]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("kind", tree(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("hint", [None, "do this 做"])
def test_every_error_survives_the_way_between_processes(kind: type[TunelensError], hint: str | None) -> None:
    sent = kind("'a.mp3' 不行", hint=hint)
    back = pickle.loads(pickle.dumps(sent))
    assert type(back) is kind
    assert str(back) == str(sent) == "'a.mp3' 不行"
    told = {"code": kind.code, "message": "'a.mp3' 不行", "hint": hint}
    assert back.to_dict() == sent.to_dict() == sent.to_dict() | told


def test_unknown_name_offers_neighbours() -> None:
    error = UnknownNameError.among("plot", "spectogram", ["mel", "spectrogram", "chroma"])
    assert "unknown plot 'spectogram'" in str(error)
    assert error.hint == "did you mean spectrogram?"


def test_unknown_name_lists_all_when_nothing_is_near() -> None:
    assert UnknownNameError.among("plot", "zzz", ["mel", "chroma"]).hint == "known: chroma, mel"
    assert UnknownNameError.among("plot", "zzz", []).hint == "known: none"
