"""Writes tfRareOps.json: functions of TensorFlow in models of tf.keras, what they give and the gradient of their sum.

Run with TensorFlow 2.15:  python test/keras/tfRareOps.py
"""

import json
import pathlib

import numpy as np
import tensorflow as tf
from tensorflow import keras

M = tf.math
rising = [[0.5, 1.5, 2.25], [3, 3, 4.5]]
spread = [[-9, -3.5, -0.25], [0.5, 3.75, 12]]
counts = [[1, 0, 3], [1, 1, 2]]
cases = {
    "bessel_i0e": (spread, M.bessel_i0e),
    "bessel_i1": (spread, M.bessel_i1),
    "bessel_i1e": (spread, M.bessel_i1e),
    "bessel_i0": (spread, M.bessel_i0),
    "lbeta": (rising, M.lbeta),
    "is_non_decreasing": (rising, M.is_non_decreasing),
    "is_strictly_increasing": (rising, M.is_strictly_increasing),
    "accumulate_n": (rising, lambda x: M.accumulate_n([x, x * 2])),
    "shape_n": (rising, lambda x: tf.shape_n([x, x[:, 0]])),
    "bincount of all": (counts, lambda x: M.bincount(tf.cast(x, "int32"))),
    "bincount of rows": (counts, lambda x: M.bincount(tf.cast(x, "int32"), axis=-1, minlength=5)),
    "bincount, longest": (counts, lambda x: M.bincount(tf.cast(x, "int32"), axis=-1, maxlength=2)),
    "bincount, whether": (counts, lambda x: M.bincount(tf.cast(x, "int32"), axis=-1, binary_output=True)),
    "bincount, weights": (counts, lambda x: M.bincount(tf.cast(x, "int32"), weights=x, axis=-1)),
    "compute_average_loss": (rising, tf.nn.compute_average_loss),
    "compute_average_loss of a batch": (rising, lambda x: tf.nn.compute_average_loss(x, global_batch_size=8)),
    "compute_average_loss, weights": (rising, lambda x: tf.nn.compute_average_loss(x, sample_weight=x[:, 0])),
    "log_poisson_loss": (rising, lambda x: tf.nn.log_poisson_loss(x * 2, x)),
    "log_poisson_loss, full": (rising, lambda x: tf.nn.log_poisson_loss(x * 2, x, compute_full_loss=True)),
}


def written(values, function):
    x = keras.Input((3,), name="x")
    model = keras.Model(x, function(x))
    given = tf.constant(values, tf.float32)
    with tf.GradientTape() as tape:
        tape.watch(given)
        results = [model(given)] if not isinstance(model.output, list) else list(model(given))
        total = sum(tf.reduce_sum(tf.cast(result, "float32")) for result in results)
    try:
        gradient = tape.gradient(total, given)
    except LookupError:  # bincount has none
        gradient = None
    listed = lambda t: np.asarray(t).astype("float64").ravel().tolist()
    return {
        "config": json.loads(model.to_json())["config"],
        "x": values,
        "outputs": [{"shape": result.shape.as_list(), "values": listed(result)} for result in results],
        "gradient": None if gradient is None else listed(gradient),
    }


path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({name: written(*case) for name, case in cases.items()}, separators=(",", ":")) + "\n")
