"""The plugin in the real MusicBrainz Picard, skipped where that is absent: it needs Qt; no extra brings that.

To run it all: ``pip install picard``, then ``pytest tests/unit/plugins/test_picard.py``.
"""

from __future__ import annotations

import importlib.util
import logging
import os
from pathlib import Path

import pytest
from tests.cli.conftest import pulse

from tunelens.audio.write import write_wav
from tunelens.base.errors import DecodeError
from tunelens.base.settings import Settings
from tunelens.models import BACKBONES, DEFAULT_BACKBONES
from tunelens.services.advice import Advice, advise
from tunelens.services.hear import HearOptions
from tunelens.services.tag_proposals import TagOptions

FOLDER = Path(__file__).resolve().parents[3] / "plugins" / "picard" / "tunelens"


def test_the_manifest_says_what_picard_asks_for():
    import tomllib
    import uuid

    manifest = tomllib.loads((FOLDER / "MANIFEST.toml").read_text("utf-8"))
    assert uuid.UUID(manifest["uuid"]).version == 4
    assert {"name", "description", "api"} <= manifest.keys()
    assert len(manifest["description"]) <= 200 and len(manifest["long_description"]) <= 2000


def test_what_picard_and_beets_are_told(tmp_path):
    write_wav(pulse(120, 440, seconds=6), tmp_path / "音乐.wav")
    (tmp_path / "letter.mp3").write_text("no music")
    options = TagOptions(fields=("bpm", "energy", "genre"), min_confidence={"bpm": 0.3})
    paths = [tmp_path / "音乐.wav", tmp_path / "letter.mp3", tmp_path / "absent.wav"]
    told = list(advise(paths, options=options, hear=HearOptions(models=()), engine="inline"))
    assert [one.path for one in told] == paths, "in the order given"
    assert round(float(told[0].values["bpm"][0]), -1) == 120
    assert set(told[0].why) == {"genre"}
    assert [one.error is None for one in told] == [True, False, False]
    assert told[1].to_dict()["error"]["code"] == "decode"


@pytest.fixture
def plugin():
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    pytest.importorskip("picard.plugin3.api", reason="MusicBrainz Picard 3 is not installed")
    spec = importlib.util.spec_from_file_location("picard_tunelens", FOLDER / "__init__.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_picard_finds_no_fault_in_the_manifest(plugin):
    from picard.plugin3.manifest import PluginManifest

    with (FOLDER / "MANIFEST.toml").open("rb") as file:
        manifest = PluginManifest("tunelens", file)
    assert manifest.validate() == []


def test_enabling_adds_the_action_to_every_menu(plugin, tmp_path):
    from picard.config import setup_config
    from picard.extension_points import item_actions
    from picard.plugin3.api import PluginApi
    from picard.plugin3.manifest import PluginManifest
    from PyQt6 import QtCore

    owner = QtCore.QObject()  # the configuration lives as long
    setup_config(owner, str(tmp_path / "picard.ini"))
    with (FOLDER / "MANIFEST.toml").open("rb") as file:
        api = PluginApi(PluginManifest("tunelens", file), None, plugin, FOLDER)
    plugin.enable(api)
    kinds = ("file", "track", "album", "cluster")
    points = [getattr(item_actions, f"ext_point_{kind}_actions") for kind in kinds]
    assert all(plugin.Hear in list(point) for point in points)
    assert plugin.Hear.api is api


def test_only_what_is_empty_is_filled(plugin):
    from picard.metadata import Metadata

    metadata = Metadata(genre="Jazz")
    values = {"genre": ("Rock",), "mood": ("calm", "warm"), "bpm": ("120",), "key": ("Am",)}
    assert plugin.fill(metadata, values)
    assert (metadata.getall("genre"), metadata.getall("mood")) == (["Jazz"], ["calm", "warm"])
    assert (metadata["bpm"], metadata["key"]) == ("120", "Am")
    assert not plugin.fill(metadata, values)


def test_faults_are_told_and_the_rest_is_set(plugin, caplog):
    from picard.metadata import Metadata

    class Files:
        def __init__(self):
            self.metadata, self.n_updates = Metadata(), 0

        def update(self):
            self.n_updates += 1

    class Log:
        logger = logging.getLogger("picard-tunelens")

    good, bad = Files(), Files()
    told = [Advice(Path("a"), {"bpm": ("90",)}), Advice(Path("b"), error=DecodeError("no sound"))]
    action = type("Action", (), {"api": Log})()
    plugin.Hear.heard(action, {"a": good, "b": bad}, result=told)
    assert (good.metadata["bpm"], good.n_updates, bad.n_updates) == ("90", 1, 0)
    assert "no sound" in caplog.text
    plugin.Hear.heard(action, {}, error=ModuleNotFoundError("tunelens"))
    assert "pip install tunelens" in caplog.text


def test_it_hears_with_the_nets(plugin, tmp_path):
    if not all(BACKBONES[name].available(Settings.from_env()) for name in DEFAULT_BACKBONES):
        pytest.skip("the pretrained nets are not here")
    write_wav(pulse(120, 440, seconds=8), tmp_path / "a.wav")
    (advice,) = plugin.hear([str(tmp_path / "a.wav")])
    assert advice.error is None
    assert {*advice.values, *advice.why} == {"genre", "mood", "bpm", "key"}
