"""Gradients of operations as real Keras has them, of the sum of the squares of all outputs, each times its number.

Run with Keras 3.15.1 on TensorFlow, then on JAX, which alone differentiates lu_factor:
    KERAS_BACKEND=tensorflow python test/layers/ops/gradients.py
    KERAS_BACKEND=jax python test/layers/ops/gradients.py lu_factor
Squares do not hang on the signs of vectors, which are arbitrary. Data follow from a formula that the test repeats.
"""

import json
import pathlib
import sys

import keras
import numpy as np

FILE = pathlib.Path(__file__).parent / "gradients.json"
ops = keras.ops
IDS = [0, 2, 0, 0, 2, 1]
CASES = [
    ("qr", "Qr", {}, [3, 3]),
    ("qr", "Qr", {}, [5, 3]),
    ("qr", "Qr", {}, [3, 5]),
    ("qr", "Qr", {}, [2, 4, 3]),
    ("svd", "SVD", {}, [3, 3]),
    ("svd", "SVD", {"full_matrices": False}, [5, 3]),
    ("svd", "SVD", {"full_matrices": False}, [3, 5]),
    ("svd", "SVD", {"compute_uv": False}, [5, 3]),
    ("pinv", "Pinv", {}, [5, 3]),
    ("pinv", "Pinv", {}, [3, 5]),
    ("lstsq", "Lstsq", {}, [5, 3]),
    ("lstsq", "Lstsq", {}, [3, 5]),
    ("lu_factor", "LuFactor", {}, [4, 4]),
    ("segment_prod", "SegmentProd", {"num_segments": 3}, [6, 2]),
    ("nextafter", "Nextafter", {}, [5]),
]


def data(shape, seed):
    i = np.arange(int(np.prod(shape)))
    return (((i * 37 + seed * 13) % 101 - 50) / 40).astype("float32").reshape(shape)


def weighted(y):
    count = int(np.prod(y.shape))
    numbers = ops.reshape(ops.arange(1, count + 1, dtype="float32"), y.shape)
    return ops.sum(ops.square(y) * numbers)


def run(function, config, shape):
    x = data(shape, 1)
    if function == "segment_prod":
        x[0, 0] = x[2, 1] = x[3, 1] = 0  # one zero in a segment, and two
    more = []
    if function == "lstsq":
        more = [data([shape[0], 2], 5)]
    elif function == "segment_prod":
        more = [np.array(IDS, "int32")]
    elif function == "nextafter":
        more = [data(shape, 5)]

    def loss(*given):
        if function == "segment_prod" and not hasattr(ops, "segment_prod"):
            import tensorflow as tf

            found = tf.math.unsorted_segment_prod(given[0], more[0], 3)
        else:
            rest = more[:1] if function == "segment_prod" else given[1:]
            found = getattr(ops, function)(given[0], *rest, **config)
        found = list(found) if isinstance(found, (list, tuple)) else [found]
        kinds = [y for y in found if "float" in keras.backend.standardize_dtype(y.dtype)]
        return sum(weighted(y) for y in kinds)

    inputs = [x, *([] if function == "segment_prod" else more)]
    if keras.backend.backend() == "jax":
        import jax

        found = jax.grad(loss, argnums=tuple(range(len(inputs))))(*inputs)
    else:
        import tensorflow as tf

        variables = [tf.Variable(value) for value in inputs]
        with tf.GradientTape() as tape:
            value = loss(*[tf.convert_to_tensor(variable) for variable in variables])
        found = tape.gradient(value, variables, unconnected_gradients="zero")
    return [[float(f"{v:.7g}") for v in np.asarray(g).ravel()] for g in found]


only = sys.argv[1:]
rows = json.loads(FILE.read_text()) if only else []
rows = [row for row in rows if row["function"] not in only]
for function, name, config, shape in CASES:
    if only and function not in only or not only and function == "lu_factor":
        continue
    row = {"function": function, "className": name, "config": config, "shape": shape}
    rows.append({**row, "gradients": run(function, config, shape)})
FILE.write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
