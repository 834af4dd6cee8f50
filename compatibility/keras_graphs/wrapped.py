"""Layers within layers that lose or leave something: python compatibility/keras_graphs/wrapped.py FOLDER

Writes models in the format of the random ones: losses of outputs (activity regularizers) and statistics of a layer or a model
within TimeDistributed, SpectralNormalization, Bidirectional and MultiHeadAttention.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402
from keras_graphs.__main__ import record  # noqa: E402
from keras_masks.versions import describe, keras, layers  # noqa: E402

L, RNG, IDS = layers, np.random.default_rng(0), np.array([[1, 2, 0, 0, 0], [3, 4, 5, 6, 0], [1, 2, 3, 4, 5]], "int32")


def chain(*made, shape=(4,)):
    return keras.Sequential([keras.Input(shape), *made])


def norm():
    return chain(L.BatchNormalization())


def each(layer, **more):
    return L.TimeDistributed(layer, **more)


def activity(l2=0.01):
    return L.ActivityRegularization(l2=l2)


MAKERS = {
    "layer": lambda x: each(activity(1.0))(x),
    "model": lambda x: each(chain(activity(1.0)))(x),
    "dense": lambda x: each(L.Dense(4, activity_regularizer="l2"))(x),
    "densemodel": lambda x: each(chain(L.Dense(4, activity_regularizer="l2")))(x),
    "nested": lambda x: chain(L.Dense(4, activity_regularizer="l2"), shape=(5, 4))(x),
    "both": lambda x: L.Bidirectional(L.LSTM(3, activity_regularizer="l2"))(x),
    "itself": lambda x: L.Bidirectional(L.LSTM(3), activity_regularizer="l2")(x),
    "spec": lambda x: L.SpectralNormalization(L.Dense(3, activity_regularizer="l2"))(x),
    "mha": lambda x: L.MultiHeadAttention(2, 3, activity_regularizer="l2")(x, x),
    "norm": lambda x: each(L.BatchNormalization())(x),
    "normmodel": lambda x: each(norm())(x),
    "act": lambda x: each(chain(L.Dense(4, activity_regularizer="l2"), activity(0.1)))(x),
    "deepmodel": lambda x: each(each(norm()))(x),
    "tdinmodel": lambda x: each(chain(each(norm()), shape=(5, 4)))(x),
    "maskedmodel": lambda x: each(chain(L.Dense(4), L.BatchNormalization()))(L.Embedding(9, 4, mask_zero=True)(x)),
}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    report = {"versions": describe(), "cases": [], "without": {}}
    for name, make in MAKERS.items():
        shape = (2, 5, 4) if name in ("deepmodel", "tdinmodel") else (5, 4)
        x = keras.Input((5,), dtype="int32") if name == "maskedmodel" else keras.Input(shape)
        given = IDS if name == "maskedmodel" else RNG.normal(size=(3, *shape)).astype("float32")
        try:
            report["cases"].append(record(name, 1, keras.Model(x, make(x)), given, False, folder))
        except Exception as error:  # noqa: BLE001
            report["without"][name] = f"{type(error).__name__}: {str(error).strip()[:200]}"
    (folder / "graphs.json").write_text(json.dumps(report, allow_nan=False))
    print(json.dumps({**describe(), "cases": len(report["cases"]), "without": report["without"]}))


main(Path(sys.argv[1]))
