"""Models of tf.keras in which values of the graph decide sizes: python compatibility/keras_graphs/sizes.py FOLDER

Writes a .keras file for each, and FOLDER/sizes.json with what it predicts. The .h5 files of the same models lack the shapes that
layers were built for, without which a Dense layer behind such a tensor cannot be made.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

keras, shape = tf.keras, tf.shape


def merged(x):
    rows, steps, channels = tf.unstack(shape(x))
    return tf.reshape(x, [rows, steps * channels])


CASES = {
    "product": lambda x: tf.reshape(x, [shape(x)[0], shape(x)[1] * shape(x)[2]]),
    "unstack": merged,
    "stack": lambda x: tf.reshape(x, tf.stack([shape(x)[0], 24])),
    "concat": lambda x: tf.reshape(x, tf.concat([shape(x)[:-1], [2, 2]], 0)),
    "broadcast": lambda x: tf.broadcast_to(x[:, :1], shape(x)),
    "half": lambda x: x[:, : shape(x)[1] // 2],
    "second_half": lambda x: x[:, shape(x)[1] // 2 :],
    "every_second": lambda x: x[:, :: shape(x)[1] // 3],
    "one": lambda x: x[:, shape(x)[1] // 2],
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    keras.utils.set_random_seed(1)
    x = np.random.default_rng(1).normal(size=(3, 6, 4)).astype("float32")
    facts = {"input": x.ravel().tolist(), "shape": x.shape, "cases": {}}
    for name, make in CASES.items():
        given = keras.Input(x.shape[1:])
        model = keras.Model(given, keras.layers.Dense(2)(make(given)))
        y = model(x).numpy()
        model.save(folder / f"{name}.keras")
        facts["cases"][f"{name}.keras"] = {"shape": y.shape, "values": y.astype(float).ravel().tolist()}
    (folder / "sizes.json").write_text(json.dumps(facts))


main(Path(sys.argv[1]))
