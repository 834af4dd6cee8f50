"""Models of tf.keras in which values of the graph decide sizes: python compatibility/keras_graphs/sizes.py FOLDER

Writes a .keras and an .h5 file for each, and FOLDER/sizes.json with what it predicts. An .h5 has no shapes for which layers were
built, so the graph itself must tell the size that a Dense layer finds.
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
    "flattened": lambda x: keras.layers.Flatten()(tf.reshape(x, [shape(x)[0], 2, shape(x)[1] // 2, 4])),
    "reduced": lambda x: tf.reshape(x, [shape(x)[0], tf.reduce_prod(shape(x)[1:])]),
    "limited": lambda x: x[:, :, : tf.minimum(shape(x)[2], 3)],
    "filled": lambda x: tf.concat([x, tf.fill([shape(x)[0], shape(x)[1], shape(x)[2] // 2], 1.0)], -1),
    "tiled": lambda x: tf.reshape(tf.tile(x[:, None], [1, shape(x)[1], 1, 1]), [-1, shape(x)[1] * shape(x)[1], 4]),
    "ranged": lambda x: x * tf.cast(tf.range(tf.size(x[0, 0]))[None, None, :], "float32"),
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
        for ending in ("keras", "h5"):
            model.save(folder / f"{name}.{ending}")
            facts["cases"][f"{name}.{ending}"] = {"shape": y.shape, "values": y.astype(float).ravel().tolist()}
    (folder / "sizes.json").write_text(json.dumps(facts))


main(Path(sys.argv[1]))
