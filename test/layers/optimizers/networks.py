"""What 20 steps of real Keras make of a small network with a convolution, batch normalization and a dense layer, for each
row of cases.py.

Run with Keras 3.15.1 on TensorFlow:  KERAS_BACKEND=tensorflow python test/layers/optimizers/networks.py
then on JAX for one class:            KERAS_BACKEND=jax python test/layers/optimizers/networks.py ScheduleFreeAdamW
(goldens.py says why). Weights, pictures and labels follow from formulas that the test repeats.
"""

import json
import pathlib
import sys

import keras
import numpy as np
from cases import EXCLUDED, OWN, SCALED, SCHEDULE, rows_of

STEPS = 20


def sample(shape, seed, modulus, scale):
    i = np.arange(int(np.prod(shape)))
    return (((i * 37 + seed * 13) % modulus - modulus // 2) / scale).astype("float32").reshape(shape)


def network():
    layers = [
        keras.layers.Conv2D(2, 3, use_bias=False, name="conv"),
        keras.layers.BatchNormalization(name="bn", momentum=0.8),
        keras.layers.Activation("tanh", name="tanh"),
        keras.layers.Flatten(name="flatten"),
        keras.layers.Dense(2, name="dense"),
    ]
    made = keras.Sequential([keras.Input((4, 4, 2)), *layers])
    for name, scale in (("conv", 100), ("dense", 120)):
        layer = made.get_layer(name)
        layer.kernel.assign(sample(layer.kernel.shape, len(name), 101, scale))
    return made


def optimizer_of(name, arguments, excluded, wrap):
    values = dict(arguments)
    if values.get("learning_rate") == "schedule":
        values["learning_rate"] = keras.optimizers.schedules.ExponentialDecay(**SCHEDULE)
    optimizer = getattr(keras.optimizers, name)(**values)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    return optimizer if wrap is None else keras.optimizers.LossScaleOptimizer(optimizer, **wrap)


def run(name, arguments, excluded=None, wrap=None):
    model = network()
    optimizer = optimizer_of(name, arguments, excluded, wrap)
    serialized = json.loads(json.dumps(keras.saving.serialize_keras_object(optimizer)))
    model.compile(optimizer, keras.losses.CategoricalCrossentropy(from_logits=True), auto_scale_loss=False)
    labels = np.eye(2, dtype="float32")[[0, 1, 1, 0, 1, 0]]
    losses = []
    for step in range(STEPS):
        losses.append(float(model.train_on_batch(sample((6, 4, 4, 2), step, 97, 40), labels)))
    floats = lambda v: [float(f"{x:.7g}") for x in np.asarray(v, dtype="float64").ravel()]
    result = {
        "name": name,
        "arguments": arguments,
        "excluded": excluded,
        "lossScale": wrap,
        "serialized": serialized,
        "losses": floats(losses)[:: STEPS - 1],
        "weights": [floats(v) for v in model.weights],
    }
    return {key: value for key, value in result.items() if value is not None}


FILE = pathlib.Path(__file__).parent / "networks.json"
only = sys.argv[1:]
rows = [run(name, arguments) for name in only or OWN for arguments in rows_of(name)]
if only:
    rows = [row for row in json.loads(FILE.read_text()) if row["name"] not in only] + rows
else:
    rows += [run(name, arguments, excluded) for name, arguments, excluded in EXCLUDED]
    rows += [run("SGD", {"momentum": 0.9}, wrap=wrap) for wrap in SCALED]
FILE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
