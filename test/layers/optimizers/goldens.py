"""What real Keras's optimizers do to variables in 20 steps, and what its schedules say, with their configs and state.

Run with Keras 3.15.1 on TensorFlow:  KERAS_BACKEND=tensorflow python test/layers/optimizers/goldens.py
then on JAX for one class:            KERAS_BACKEND=jax python test/layers/optimizers/goldens.py ScheduleFreeAdamW
On TensorFlow that class reads a variable after its update where it means the value before; on JAX it does what it says.
Variables and gradients follow from formulas that the test repeats.
"""

import json
import pathlib
import sys

import keras
import numpy as np
from cases import EXCLUDED, OWN, SCALED, SCHEDULE, rows_of

S = keras.optimizers.schedules
SHAPES = {"embedding/embeddings": [5, 4], "dense/kernel": [4, 3], "dense/bias": [3], "conv/kernel": [2, 3, 2, 4], "scale": []}
STEPS = 20
SCHEDULES = {
    "ExponentialDecay": [{**SCHEDULE}, {**SCHEDULE, "staircase": True}],
    "PiecewiseConstantDecay": [{"boundaries": [3, 10], "values": [1.0, 0.5, 0.1]}],
    "PolynomialDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 9},
        {"initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.01, "power": 2.0},
        {"initial_learning_rate": 0.1, "decay_steps": 9, "end_learning_rate": 0.01, "power": 0.5, "cycle": True},
    ],
    "InverseTimeDecay": [{**SCHEDULE}, {**SCHEDULE, "staircase": True}],
    "CosineDecay": [
        {"initial_learning_rate": 0.1, "decay_steps": 12},
        {"initial_learning_rate": 0.1, "decay_steps": 12, "alpha": 0.2},
        {"initial_learning_rate": 0.01, "decay_steps": 12, "alpha": 0.2, "warmup_target": 0.3, "warmup_steps": 5},
    ],
    "CosineDecayRestarts": [
        {"initial_learning_rate": 0.1, "first_decay_steps": 4},
        {"initial_learning_rate": 0.1, "first_decay_steps": 4, "t_mul": 1.0, "m_mul": 0.8, "alpha": 0.1},
        {"initial_learning_rate": 0.1, "first_decay_steps": 5, "t_mul": 1.5, "m_mul": 0.5},
    ],
}
SCHEDULE_STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 17, 18, 20, 28, 40, 100]


def size(shape):
    return int(np.prod(shape))


def initial(shape, seed):
    i = np.arange(size(shape))
    return (((i * 37 + seed * 13) % 101 - 50) / 60).astype("float32").reshape(shape)


def gradient(shape, seed, step):
    """Some gradients are zero in every step, and some variables get none at times."""
    i = np.arange(size(shape))
    g = ((i * 53 + seed * 29 + step * 17) % 97 - 48) / 40
    return np.where(i % 7 == 3, 0, g).astype("float32").reshape(shape)


def floats(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, dtype="float64").ravel()]


def run(name, arguments, excluded=None, wrap=None):
    values = dict(arguments)
    if values.get("learning_rate") == "schedule":
        values["learning_rate"] = S.ExponentialDecay(**SCHEDULE)
    optimizer = getattr(keras.optimizers, name)(**values)
    if excluded:
        optimizer.exclude_from_weight_decay(var_names=excluded)
    if wrap is not None:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer, **wrap)
    variables = []
    for i, (path, shape) in enumerate(SHAPES.items()):
        scope, _, own = path.rpartition("/")
        with keras.name_scope(scope or "root"):
            variables.append(keras.Variable(initial(shape, i), name=own))
    scale = 1.0
    for step in range(STEPS):
        if wrap is not None:
            scale = float(optimizer.dynamic_scale) if optimizer.built else float(wrap.get("initial_scale", 2.0**15))
        factor = values.get("loss_scale_factor") or scale
        grads = [gradient(shape, i, step) * np.float32(factor) for i, shape in enumerate(SHAPES.values())]
        if wrap is not None and step in (4, 11):
            grads[0] = grads[0] * np.inf
        optimizer.apply([keras.ops.convert_to_tensor(g) for g in grads], variables)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(optimizer)))
    result = {
        "name": name,
        "arguments": arguments,
        "excluded": excluded,
        "lossScale": wrap,
        "serialized": config,
        "variables": [floats(v) for v in variables],
        "state": [[list(v.shape), floats(v)[:4]] for v in optimizer.variables],
    }
    if values.get("use_ema"):
        optimizer.finalize_variable_values(variables)
        result["finalized"] = [floats(v) for v in variables]
    return {key: value for key, value in result.items() if value is not None}


def schedule(name, arguments):
    made = getattr(S, name)(**arguments)
    return {
        "name": name,
        "arguments": arguments,
        "serialized": json.loads(json.dumps(keras.saving.serialize_keras_object(made))),
        "rates": [[step, float(f"{float(made(step)):.7g}")] for step in SCHEDULE_STEPS],
    }


FILE = pathlib.Path(__file__).parent / "goldens.json"
only = sys.argv[1:]
optimizers = [
    run(name, arguments)
    for name in only or OWN
    for arguments in rows_of(name)
]
if only:
    kept = json.loads(FILE.read_text())
    optimizers = [row for row in kept["optimizers"] if row["name"] not in only] + optimizers
    schedules = kept["schedules"]
else:
    optimizers += [run(name, arguments, excluded) for name, arguments, excluded in EXCLUDED]
    optimizers += [run("SGD", {"momentum": 0.9}, wrap=wrap) for wrap in SCALED]
    schedules = [schedule(name, arguments) for name, rows in SCHEDULES.items() for arguments in rows]
rows = {"optimizers": optimizers, "schedules": schedules}
lines = [f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in values) + "\n]" for key, values in rows.items()]
FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n")
