"""Stages are done once; a change does anew what depends on it and nothing else; a failure ends nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tunelens.base.errors import DataError, ParameterError, UnknownNameError
from tunelens.base.language import word
from tunelens.base.table import Table
from tunelens.services.hits.options import Options, default_work, stage_names
from tunelens.services.hits.stage import Context, NotDoneError, Outcome, Stage, run_stage
from tunelens.services.hits.work import MOST_KEPT, Work

NOT_HERE = word("No reference was given (--against).")


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(Options(("chart.csv",)), Work(tmp_path / "work"))


@dataclass
class Counted:
    """A stage that counts how often it is done."""

    calls: int = 0

    def __call__(self, context: Context) -> Table:
        self.calls += 1
        return Table("made", ("seed",), ((context.options.seed,),))


def test_what_was_done_is_kept_and_force_does_it_anew(context: Context) -> None:
    counted = Counted()
    stage = Stage("acquire", counted, lambda o: {"seed": o.seed})
    first = run_stage(stage, context)
    again = run_stage(stage, context)
    assert (first.state, again.state, counted.calls) == ("done", "kept", 1)
    assert again.result == first.result and again.key == first.key
    assert run_stage(stage, context, force=True).state == "done" and counted.calls == 2


def test_a_change_does_anew_what_depends_on_it_and_going_back_costs_nothing(context: Context) -> None:
    first, second, other = Counted(), Counted(), Counted()
    way = [
        Stage("acquire", first, lambda o: {"how": o.how}),
        Stage("prepare", second, lambda o: {"seed": o.seed}, needs=("acquire",)),
        Stage("describe", other, lambda _: {}, needs=("acquire",)),
    ]

    def run(options: Options) -> tuple[int, int, int]:
        here = Context(options, context.work)
        for stage in way:
            here.outcomes[stage.name] = run_stage(stage, here)
        return first.calls, second.calls, other.calls

    asked = context.options
    assert run(asked) == (1, 1, 1)
    assert run(replace(asked, seed=7)) == (1, 2, 1)
    assert run(replace(asked, how="first")) == (2, 3, 2)
    assert run(asked) == (2, 3, 2)


def test_a_change_of_the_files_is_a_change(context: Context, tmp_path: Path) -> None:
    counted, chart = Counted(), tmp_path / "chart.csv"
    from tunelens.services.hits.inputs import look_of

    stage = Stage("acquire", counted, lambda _: {}, inputs=lambda _: look_of(chart))
    for text in ("a", "a", "ab"):
        if not chart.exists() or chart.read_text() != text:
            chart.write_text(text)
        run_stage(stage, context)
    assert counted.calls == 2


def raising(error: BaseException) -> Stage:
    def run(_: Context) -> None:
        raise error

    return Stage("acquire", run, lambda _: {})


def test_every_way_of_not_being_done_is_told_apart(context: Context) -> None:
    failed = run_stage(raising(DataError("no songs")), context)
    assert (failed.state, failed.error.message) == ("failed", "no songs")
    impossible = run_stage(raising(NotDoneError(NOT_HERE)), context)
    assert (impossible.state, impossible.error, impossible.reason) == ("not done", None, NOT_HERE)
    fault = run_stage(raising(ZeroDivisionError("a fault")), context)
    assert fault.state == "failed" and "ZeroDivisionError" in fault.error.message
    context.outcomes["prepare"] = impossible
    depends = Stage("describe", Counted(), lambda _: {}, needs=("prepare",))
    assert run_stage(depends, context).state == "not done"
    asked = Context(replace(context.options, skip=frozenset({"cluster"})), context.work)
    assert run_stage(Stage("cluster", Counted(), lambda _: {}), asked).state == "skipped"


def test_ctrl_c_ends_the_run(context: Context) -> None:
    with pytest.raises(KeyboardInterrupt):
        run_stage(raising(KeyboardInterrupt()), context)


def test_what_uses_a_stage_is_done_anew_once_it_has_a_result(context: Context) -> None:
    counted = Counted()
    stage = Stage("cluster", counted, lambda _: {}, uses=("select",))
    context.outcomes["select"] = Outcome("select", "failed", "select: nothing", error=DataError("x"))
    run_stage(stage, context)
    context.outcomes["select"] = Outcome("select", "done", "abc", result=Table("t", (), ()))
    run_stage(stage, context)
    assert counted.calls == 2


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b'{"key": 1}', b"\xff" * 50])
def test_a_damaged_result_is_as_if_it_were_not_there(context: Context, damage: bytes) -> None:
    counted = Counted()
    stage = Stage("acquire", counted, lambda _: {})
    run_stage(stage, context)
    (kept,) = (context.work.folder / "stages").iterdir()
    kept.write_bytes(damage)
    assert run_stage(stage, context).state == "done" and counted.calls == 2
    assert run_stage(stage, context).state == "kept"


def test_few_results_of_a_stage_are_kept(context: Context) -> None:
    for key in map(str, range(MOST_KEPT + 3)):
        context.work.keep("select", key, {"n": 1}, parameters={}, seconds=0.0)
    assert len(list((context.work.folder / "stages").iterdir())) == MOST_KEPT


def test_a_page_is_ours_until_somebody_changes_it(tmp_path: Path) -> None:
    work, page = Work(tmp_path / "work"), tmp_path / "报告.html"
    page.write_text("ours")
    assert not work.owns(page)
    work.wrote(page)
    assert work.owns(page)
    page.write_text("theirs")
    assert not work.owns(page)


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"language": "klingon"}, UnknownNameError), ({"how": "loudest"}, UnknownNameError),
        ({"skip": frozenset({"selct"})}, UnknownNameError), ({"k": 1}, ParameterError),
        ({"k": 99}, ParameterError), ({"duration_s": 0}, ParameterError), ({"seed": -1}, ParameterError),
        ({"skip": frozenset({"acquire"})}, ParameterError), ({"charts": ()}, ParameterError),
        ({"audio": Path("no such folder")}, ParameterError),
    ],
)  # fmt: skip
def test_what_is_not_allowed_is_said_before_anything_is_done(wrong: dict, error: type) -> None:
    with pytest.raises(error):
        Options(**({"charts": ("chart.csv",)} | wrong))


def test_names() -> None:
    assert stage_names(["select", " cluster "]) == {"select", "cluster"}
    assert default_work(("csv:榜/热歌榜.csv",)) == Path("热歌榜.hits")
    assert default_work(("https://example.org/榜/",)) == Path("榜.hits")
    assert default_work(("/",)) == Path("chart.hits")
