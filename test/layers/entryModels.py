"""Predictions and losses of three steps of models that entryModels.test.ts builds from the entry `layers` alone.

Run with Keras 3.15.1 on JAX:  KERAS_BACKEND=jax python test/layers/entryModels.py
Writes entryModels.json beside this file.
"""

import json
import pathlib
import sys

import keras
import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).parent / "conv"))
from goldens import floats, pattern  # noqa: E402

L = keras.layers


def images():
    x = keras.Input((6, 6, 4))
    y = L.Conv2D(4, 3, padding="same", groups=2, activation="gelu", kernel_regularizer="l2")(x)
    z = L.Add()([y, L.DepthwiseConv2D(1)(x)])
    z = L.MaxPooling2D()(L.BatchNormalization()(z))
    return keras.Model(x, L.Dense(2, activation="softmax")(L.Flatten()(z))), pattern([3, 6, 6, 4], 0), pattern([3, 2], 9)


def sequences():
    model = keras.Sequential(
        [keras.Input((5,), dtype="int32"), L.Embedding(6, 3, mask_zero=True), L.LSTM(4, return_sequences=True), L.Dense(2)]
    )
    ids = np.array([[1, 2, 3, 0, 0], [5, 4, 0, 0, 0], [1, 1, 2, 3, 4]], "int32")
    return model, ids, pattern([3, 5, 2], 9)


def measure(make):
    model, x, target = make()
    for k, v in enumerate(model.weights):
        values = pattern(v.shape, k + 1) / 4
        v.assign(np.abs(values) + 0.25 if "variance" in v.name else values)
    found = {"output": floats(model.predict(x, verbose=0))}
    model.compile(keras.optimizers.SGD(0.1), "mse")
    found["losses"] = [float(model.train_on_batch(x, target)) for _ in range(3)]
    return found


found = {make.__name__: measure(make) for make in (images, sequences)}
pathlib.Path(__file__).with_name("entryModels.json").write_text(json.dumps(found) + "\n")
