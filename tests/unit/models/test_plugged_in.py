"""A net that a person puts into the data folder is there in the next process."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np

from tunelens.audio import Clip
from tunelens.base.settings import Settings
from tunelens.models import onnx_backbone

CODE = "from tunelens.services.models import info, list_models; import json\n"
CODE += "print(json.dumps([[m.name for m in list_models()], info('tiny').to_dict()]))"


def test_a_folder_in_the_data_folder_is_a_backbone(tiny_net: Path, home: Path) -> None:
    shutil.copytree(tiny_net, home / "data" / "backbones" / "tiny")
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    names, facts = json.loads(done.stdout)
    assert names[-1] == "tiny"
    assert facts["available"]
    assert facts["tags"] == {"mood": ["loud"], "other": ["silent"]}


def test_another_net_of_the_same_name_is_another_version(tiny_net: Path, tmp_path: Path) -> None:
    other = shutil.copytree(tiny_net, tmp_path / "tiny")
    manifest = json.loads((other / "manifest.json").read_text())
    (other / "manifest.json").write_text(json.dumps(manifest | {"sha256": "0" * 64}))
    assert onnx_backbone(other).version != onnx_backbone(tiny_net).version
    ear = onnx_backbone(tiny_net).listener(1, Settings())
    ear.add(Clip(np.ones(9, np.float32), 16000))
    assert ear.finish().version == onnx_backbone(tiny_net).version
