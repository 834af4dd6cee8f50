"""Writes targetShapes.json: losses of real Keras for targets of other shapes than the output.

Run with Keras 3.15.1:  python test/layers/run/targetShapes.py
A model is one Dense layer without a bias. Each case: the loss, inputs, kernel, targets, and the losses of two steps of SGD(0.1).
"""

import json
import pathlib

import keras
import numpy as np

rng = np.random.default_rng(11)
cases = []
for loss, inputs, units, shape in [
    ("mean_squared_error", (3, 4), 1, (3,)),
    ("mean_squared_error", (3, 5, 4), 1, (3, 5)),
    ("binary_crossentropy", (3, 5, 4), 1, (3, 5)),
    ("mean_absolute_error", (3, 4), 2, (3, 2, 1)),
    ("mean_squared_error", (3, 4), 3, (3, 1)),
    ("huber", (3, 5, 4), 3, (3, 1, 3)),
    ("log_cosh", (3, 5, 4), 2, (3, 5, 1)),
    ("mean_absolute_error", (3, 4), 1, (3, 4)),
]:
    model = keras.Sequential([keras.Input(inputs[1:]), keras.layers.Dense(units, use_bias=False)])
    kernel = rng.normal(size=(inputs[-1], units)).round(2)
    model.set_weights([kernel])
    x, y = rng.normal(size=inputs).round(2), rng.normal(size=shape).round(2)
    if loss == "binary_crossentropy":
        y = (y > 0).astype("float32")
    model.compile(keras.optimizers.SGD(0.1), loss)
    losses = [float(model.train_on_batch(x, y)) for _ in range(2)]
    cases.append({"loss": loss, "x": x.tolist(), "kernel": kernel.tolist(), "y": y.tolist(), "losses": losses})
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
pathlib.Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n")
