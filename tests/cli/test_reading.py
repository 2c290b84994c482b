"""What verbs that take a dataset share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.datasets import table
from tunelens.base.errors import ParameterError, UnknownNameError
from tunelens.cli.face import Face
from tunelens.cli.reading import read
from tunelens.data.registry import options_from


def test_options_as_typed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = table(
        tmp_path / "l.csv", "tempo,energy,label,other", "1,0.5,a,x", "2,0.7,a,y", "3,1.5,,x", "4,2.5,b,x"
    )
    tracks = read(Face(), str(path), more=["features=tempo", "min_per_class=2"])
    assert (tracks.feature_names, tracks.labels.values) == (("tempo",), ("a", "a"))
    told = capsys.readouterr().err
    assert "left out 1 of 4: empty label" in told and "column 'label' is taken as label" in told
    assert read(Face(quiet=True), str(path), label="other").labels.classes == ("x", "y")
    assert capsys.readouterr().err == ""


def test_options_that_are_none() -> None:
    assert str(options_from(["audio=~/a"]).audio).endswith("/a") and "~" not in str(
        options_from(["audio=~"]).audio
    )
    with pytest.raises(UnknownNameError, match="'seperator'") as caught:
        options_from(["seperator=,"])
    assert "separator" in (caught.value.hint or "")
    for text in ("level", "level=x", "level=0", "kind=some", "min_per_class=-1"):
        with pytest.raises(ParameterError):
            options_from([text])
