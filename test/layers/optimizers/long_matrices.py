"""What Muon of real Keras makes of long matrices in 6 steps: every 61st value.

Run with Keras 3.15.1 on TensorFlow:  KERAS_BACKEND=tensorflow python test/layers/optimizers/long_matrices.py
Values and gradients follow from formulas that the test repeats.
"""

import json
import pathlib

import keras
import numpy as np

CASES = [
    {"shape": [512, 32], "args": {"learning_rate": 0.02}},
    {"shape": [32, 512], "args": {"learning_rate": 0.02, "ns_steps": 4}},
    {"shape": [700, 24], "args": {"learning_rate": 0.02, "ns_steps": 7, "nesterov": False}},
    {"shape": [512, 32], "args": {"learning_rate": 0.02}, "few": True},
]
STEPS = 6


def value(shape, step, few):
    """Values that look random, or a matrix of few large singular values."""
    i = np.arange(np.prod(shape), dtype=np.int64)
    mixed = i % 13 + step if few else i * i * 31 + i * 7 + step * 1009
    return ((mixed % 10007) / 5003 - 1).astype("float32").reshape(shape)


def run(shape, args, few=False):
    optimizer = keras.optimizers.Muon(**args)
    variable = keras.Variable(value(shape, 0, False), name="kernel")
    for step in range(1, STEPS + 1):
        optimizer.apply([keras.ops.convert_to_tensor(value(shape, step, few))], [variable])
    found = [float(f"{v:.7g}") for v in np.asarray(variable, dtype="float64").ravel()[::61]]
    serialized = json.loads(json.dumps(keras.saving.serialize_keras_object(optimizer)))
    return {"shape": shape, "few": few, "serialized": serialized, "found": found}


lines = ",\n".join(json.dumps(run(**case)) for case in CASES)
(pathlib.Path(__file__).parent / "longMatrices.json").write_text(f"[\n{lines}\n]\n")
