"""Writes what TensorFlow gives for bicubic kernels into goldens.json of reshaping and preprocessing: Keras on JAX, with
which goldens.py computes the other rows, does not read them from a table.

Run after goldens.py, with Keras 3.15.1 on TensorFlow:  python test/layers/core/bicubic.py
"""

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

FOLDER = pathlib.Path(__file__).parent.parent


def pattern(shape, seed):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((i * 37 + seed * 13) % 101 - 50) / 25).astype("float32").reshape(shape)


def floats(x):
    return [float(f"{v:.7g}") for v in np.asarray(x, dtype="float64").ravel()]


def compute(row):
    layer = getattr(keras.layers, row["className"])(**row["args"])
    x = tf.constant(pattern(row["inputShapes"][0], 0))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        loss = tf.reduce_sum(y * pattern(y.shape, 5))
    row["outputs"] = [floats(y)]
    row["gradients"] = {"weights": [], "inputs": [floats(tape.gradient(loss, x))]}
    return row


for name in ("reshaping", "preprocessing"):
    path = FOLDER / name / "goldens.json"
    rows = json.loads(path.read_text())
    for row in rows:
        args = row.get("args", {})
        if args.get("interpolation") == "bicubic" and not args.get("antialias") and "outputs" in row:
            compute(row)
    path.write_text("[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows) + "\n]\n")
