"""Dtype policies of layers: python compatibility/keras_graphs/policies.py FOLDER

Writes models with maps of policies, without autocast, and with layers of integers, to which Keras 3 casts floats; and
FOLDER/graphs.json as the random graphs in lower precision do.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402
from keras_graphs.__main__ import record  # noqa: E402
from keras_masks.versions import describe, keras, layers  # noqa: E402

L, RNG, FORMS = layers, np.random.default_rng(0), {}
SHAPES = {"seq": (5, 4), "vec": (6,), "img": (6, 6, 3)}
VALUES = {kind: 2 * RNG.normal(size=(3, *shape)).astype("float32") for kind, shape in SHAPES.items()}


def policies(default=None, **by_path):
    policy = keras.dtype_policies.DTypePolicy
    paths = {path.replace("__", "/"): policy(name) for path, name in by_path.items()}
    return keras.dtype_policies.DTypePolicyMap(default and policy(default), paths)


def form(kind):
    def register(make):
        FORMS[make.__name__] = (kind, make)
        return make

    return register


@form("seq")
def attention(x):
    dtype = policies("float32", heads__query="mixed_float16", heads__value="float16")
    return L.Dense(2)(L.MultiHeadAttention(2, 3, name="heads", dtype=dtype)(x, x))


@form("seq")
def attention_without_default(x):
    return L.MultiHeadAttention(2, 3, name="heads", dtype=policies(heads__query="mixed_bfloat16"))(x, x)


@form("seq")
def bidirectional(x):
    return L.Bidirectional(L.LSTM(3, dtype=policies("mixed_float16")), dtype="float32")(x)


@form("seq")
def in_time(x):
    return L.TimeDistributed(L.Dense(3, dtype=policies("mixed_bfloat16")))(x)


@form("vec")
def sequential(x):
    made = [L.Dense(4, dtype=policies("mixed_float16"), activation="relu"), L.BatchNormalization(dtype="mixed_float16")]
    return keras.Sequential([*made, L.Dense(2, dtype="float64")])(x)


@form("vec")
def nested(x):
    inside = keras.Input((6,))
    inner = keras.Model(inside, L.Dense(4, dtype="float16")(inside))
    return keras.Sequential([L.Dense(3, dtype=policies("float16")), L.LayerNormalization()])(inner(x))


@form("vec")
def autocast_off(x):
    y = L.LayerNormalization(autocast=False)(L.Dense(4, dtype="float64", autocast=False)(x))
    return L.Dense(2, dtype="mixed_float16")(y)


@form("vec")
def add_integers(x):
    return L.Dense(2)(L.Add(dtype="int32")([L.Dense(6)(x), x]))


@form("seq")
def flatten_integers(x):
    return L.Dense(2)(L.Flatten(dtype="int64")(x))


@form("vec")
def relu_of_integers(x):
    return L.Dense(2)(L.ReLU(dtype="int32")(x))


@form("img")
def pool_integers(x):
    return L.Dense(2)(L.GlobalMaxPooling2D(dtype="int32")(x))


@form("vec")
def average_integers(x):
    return L.Dense(2)(L.Average(dtype="int32")([x, L.Dense(6)(x)]))


@form("vec")
def small_integers(x):
    return L.Dense(2)(L.Identity(dtype="uint8")(L.ReLU()(x)))


@form("vec")
def booleans(x):
    return L.Dense(2)(L.Identity(dtype="bool")(x))


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    report = {"versions": describe(), "cases": [], "without": {}}
    for name, (kind, make) in FORMS.items():
        keras.utils.set_random_seed(1)
        x = keras.Input(SHAPES[kind])
        try:
            report["cases"].append(record(name, 1, keras.Model(x, make(x)), VALUES[kind], False, folder, "low"))
        except Exception as error:  # noqa: BLE001
            report["without"][name] = f"{type(error).__name__}: {str(error).strip()[:200]}"
        keras.backend.clear_session()
    (folder / "graphs.json").write_text(json.dumps(report, allow_nan=False))
    print(json.dumps({**describe(), "cases": len(report["cases"]), "without": report["without"]}))


main(Path(sys.argv[1]))
