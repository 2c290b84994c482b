"""Write vgg.npz anew: what TensorFlow answers with the graphs that lie beside the weights of both VGGs.

Needs TensorFlow, which the project does not: run it in an environment of its own with ``tensorflow-cpu`` and
numpy, and give it the package file and ten patches:

    python tests/golden/make_vgg.py musicnn-0.1.0-py3-none-any.whl musicnn_patches.npy
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

import numpy as np
import tensorflow.compat.v1 as tf
from tensorflow.core.protobuf import meta_graph_pb2

GOLDEN = Path(__file__).with_name("vgg.npz")


def answers(folder: Path, patches: np.ndarray) -> dict[str, np.ndarray]:
    """Run the forward part of the trained graph, its variables read from the checkpoint."""
    meta = meta_graph_pb2.MetaGraphDef.FromString((folder / ".meta").read_bytes())
    for node in meta.graph_def.node:  # those of the gradients are not what newer versions compute
        node.attr.pop("_output_shapes", None)
    wanted = ["model/Sigmoid", "model/max_pooling2d_3/MaxPool", "model/max_pooling2d_4/MaxPool"]
    checkpoint = tf.train.NewCheckpointReader(f"{folder}/")
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.import_graph_def(tf.graph_util.extract_sub_graph(meta.graph_def, wanted), name="")
        feed = {}
        for op in graph.get_operations():
            if op.type == "VariableV2":
                session.run(tf.raw_ops.Assign(ref=op.outputs[0], value=checkpoint.get_tensor(op.name)))
            if op.type == "Placeholder":
                feed[op.outputs[0]] = False if op.outputs[0].dtype == tf.bool else patches
        scores, pool4, pool5 = session.run([f"{name}:0" for name in wanted], feed)
    return {"scores": scores, "pool4": pool4.mean(axis=(1, 2)), "pool5": pool5.reshape(len(patches), -1)}


def main(package: str, patches: str) -> None:
    """Write the answers of both nets."""
    tf.disable_eager_execution()
    found = {}
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as members:
        for net in ("MSD_vgg", "MTT_vgg"):
            for name in (".meta", ".index", ".data-00000-of-00001"):
                members.extract(f"musicnn/{net}/{name}", folder)
            said = answers(Path(folder) / "musicnn" / net, np.load(patches))
            found |= {f"{net}.{name}": value for name, value in said.items()}
    np.savez_compressed(GOLDEN, **found)


if __name__ == "__main__":
    main(*sys.argv[1:])
