"""Writes goldens.json: the values and serialized forms of activations, initializers, regularizers and constraints in Keras.

Run from this folder with the newest Keras and its JAX backend, then format the file:
    KERAS_BACKEND=jax python goldens.py && npx biome check --write goldens.json
"""

import json

import jax
import keras
import numpy as np
from keras import activations, constraints, initializers, regularizers

# No point lies on a kink of an activation, where the gradient is a convention.
POINTS = [-1e4, -95, -31, -17, -7.25, -4.1, -2.9, -1.4, -0.9, -0.45, -0.1, -1e-3]
POINTS += [1e-3, 0.1, 0.45, 0.9, 1.4, 2.6, 3.3, 6.5, 17, 31, 85, 1e4]
LINE = np.array(POINTS, "float32")
TABLE = np.round(np.random.RandomState(7).uniform(-3, 3, (4, 6)), 2).astype("float32")

PARAMETRIC = [
    ("relu", {"negative_slope": 0.1}), ("relu", {"max_value": 6}), ("relu", {"max_value": 2.5}), ("relu", {"threshold": 1}),
    ("relu", {"negative_slope": 0.1, "max_value": 3, "threshold": 1}), ("relu", {"max_value": 3, "threshold": -1}),
    ("relu", {"negative_slope": 0.2, "max_value": 3}), ("leaky_relu", {"negative_slope": 0.3}), ("elu", {"alpha": 0.5}),
    ("celu", {"alpha": 2}), ("gelu", {"approximate": True}), ("hard_shrink", {"threshold": 1}),
    ("soft_shrink", {"threshold": 1}), ("soft_shrink", {"threshold": -1}),
    ("threshold", {"threshold": 0.5, "default_value": 20}), ("squareplus", {"b": 1}),
]
ALONG = [
    ("softmax", {}), ("softmax", {"axis": 0}), ("softmax", {"axis": None}), ("softmax", {"axis": [0, 1]}),
    ("log_softmax", {}), ("log_softmax", {"axis": 0}), ("log_softmax", {"axis": None}),
    ("sparsemax", {}), ("sparsemax", {"axis": 0}), ("glu", {}), ("glu", {"axis": 0}),
]
# Activations by name, with their defaults.
SIMPLE = [(n, {}) for n in ["linear", "relu", "relu6", "leaky_relu", "elu", "selu", "celu", "gelu", "silu", "hard_silu",
    "hard_sigmoid", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink", "sigmoid", "tanh", "exponential",
    "log_sigmoid", "softplus", "softsign", "squareplus", "sparse_plus", "sparse_sigmoid", "mish"]]


def numbers(x):
    """Nine digits give every float32 back; JSON has no infinity."""
    values = [v.item() for v in np.asarray(x, "float32").reshape(-1)]
    return [float(f"{v:.9g}") if np.isfinite(v) else str(v) for v in values]


def activation(name, params, x):
    call = lambda x: getattr(activations, name)(x, **{k: tuple(v) if isinstance(v, list) else v for k, v in params.items()})
    y = call(x)
    weights = np.linspace(0.5, 1.5, y.size, dtype="float32").reshape(y.shape)
    dx = jax.grad(lambda x: (call(x) * weights).sum())(x)
    return {"name": name, "config": params, "x": numbers(x), "shape": list(x.shape), "y": numbers(y), "dx": numbers(dx)}


def penalty(make, w):
    w = jax.numpy.asarray(w) + 0.25  # no zeros, where the gradient of |x| is a convention
    r = make()
    return {"serialized": regularizers.serialize(r), "w": numbers(w), "shape": list(w.shape), "value": numbers(r(w))[0],
            "dw": numbers(jax.grad(r)(w))}


def constrained(make, w):
    w = jax.numpy.asarray(w)
    c = make()
    return {"serialized": constraints.serialize(c), "w": numbers(w), "shape": list(w.shape), "value": numbers(c(w))}


W = (np.arange(8, dtype="float32") - 3).reshape(2, 2, 2)
M = np.array([[1, -2, 0.5], [0, 3, -1], [2, 0.25, -0.75], [0, 0.1, 0.2]], "float32")
VALUE = np.array([[1, 2, 3], [4, 5, 6]], "float32")
SEED = lambda: keras.random.SeedGenerator(11)

REGULARIZERS = [
    (lambda: regularizers.L1(), W), (lambda: regularizers.L1(0.1), W), (lambda: regularizers.L2(), W),
    (lambda: regularizers.L2(0.1), W), (lambda: regularizers.L1L2(), W), (lambda: regularizers.L1L2(0.1, 0.2), W),
    (lambda: regularizers.L1L2(l2=0.3), W), (lambda: regularizers.OrthogonalRegularizer(), M),
    (lambda: regularizers.OrthogonalRegularizer(0.1, "columns"), M),
]
CONSTRAINTS = [
    (lambda: constraints.MaxNorm(), W), (lambda: constraints.MaxNorm(1.5, [0, 1]), W), (lambda: constraints.MaxNorm(3, -1), W),
    (lambda: constraints.NonNeg(), W), (lambda: constraints.UnitNorm(), W), (lambda: constraints.UnitNorm([0, 1, 2]), W),
    (lambda: constraints.MinMaxNorm(), W), (lambda: constraints.MinMaxNorm(0.5, 1.5, 0.5, 0), W),
]
INITIALIZERS = [
    initializers.Zeros(), initializers.Ones(), initializers.Constant(), initializers.Constant(0.25),
    initializers.Constant([1, 2, 3]), initializers.Constant(VALUE), initializers.Identity(), initializers.Identity(2.0),
    initializers.RandomNormal(), initializers.RandomNormal(1, 2, seed=3), initializers.TruncatedNormal(),
    initializers.TruncatedNormal(1, 2, seed=3), initializers.RandomUniform(), initializers.RandomUniform(-1, 2, seed=3),
    initializers.VarianceScaling(), initializers.VarianceScaling(2, "fan_out", "normal", 5),
    initializers.VarianceScaling(0.5, "fan_avg", "UNIFORM", None, [0, 1], [2]),
    initializers.VarianceScaling(distribution="untruncated_normal"),
    initializers.GlorotUniform(), initializers.GlorotUniform(9, [0, 1], [2, 3]), initializers.GlorotNormal(),
    initializers.HeUniform(), initializers.HeNormal(seed=SEED()), initializers.LecunUniform(), initializers.LecunNormal(),
    initializers.Orthogonal(), initializers.Orthogonal(1.5, seed=4), initializers.STFT(),
    initializers.STFT("imag", [1.0, 2.0, 3.0], None, True),
]
STFTS = [("real", "hann", "density", False), ("imag", "hamming", "spectrum", True), ("real", "blackman", None, False),
         ("imag", None, "density", False)]


def fans():
    from keras.src.initializers.random_initializers import compute_fans
    cases = [((), None, None), ((5,), None, None), ((4, 6), None, None), ((3, 3, 2, 6), None, None), ((3, 5, 7), None, None),
             ((2, 3, 4, 5, 6), None, None), ((3, 3, 2, 6), [0, 2], [-1]), ((3, 3, 2, 6), [0], None)]
    return [{"shape": list(s), "input_axes": i, "output_axes": o, "fans": list(compute_fans(s, i, o))} for s, i, o in cases]


def main():
    stfts = [initializers.STFT(*a) for a in STFTS]
    result = {
        "keras": keras.__version__,
        "activations": [activation(n, p, LINE) for n, p in SIMPLE + PARAMETRIC] + [activation(n, p, TABLE) for n, p in ALONG],
        "regularizers": [penalty(*case) for case in REGULARIZERS],
        "constraints": [constrained(*case) for case in CONSTRAINTS],
        "initializers": [initializers.serialize(i) for i in INITIALIZERS],
        "fans": fans(),
        "stft": [{"serialized": initializers.serialize(i), "shape": [6, 1, 5], "value": numbers(i((6, 1, 5)))} for i in stfts],
    }
    rows = lambda v: "[\n" + ",\n".join(json.dumps(x) for x in v) + "\n]" if isinstance(v, list) else json.dumps(v)
    with open("goldens.json", "w") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(k)}: {rows(v)}" for k, v in result.items()) + "\n}\n")


main()
