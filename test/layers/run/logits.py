"""Writes logits.json: losses of models whose outputs are 0 or 1, by Keras 3 and by tf.keras, both on TensorFlow.

python logits.py, once with each of both; each writes its own part.
"""

import json
import pathlib

import numpy as np
import tensorflow as tf

try:
    import keras
    if not keras.__version__.startswith("3"):
        raise ImportError
    part = "keras3"
except ImportError:
    keras = tf.keras
    part = "tfkeras"
layers, losses = keras.layers, keras.losses
x = np.array([[1], [2], [-1]], "float32")
two = np.array([[0, 1], [1, 0], [1, 0]], "float32")
labels, ones = np.array([[1], [0], [0]]), np.array([[1], [0], [0]], "float32")


def loss_of(units, activation, after, loss, y, dtype=None):
    kernel = [[3] if units == 1 else [30, -30]]
    first = layers.Dense(units, use_bias=False, activation=activation, dtype=dtype)
    model = keras.Sequential([keras.Input((1,)), first, *after])
    model.set_weights([np.array(kernel, "float32") * (20 if activation == "sigmoid" else 1)])
    model.compile("sgd", loss)
    return round(float(model.evaluate(x, y, verbose=0)), 5)


def softmax(*after, **options):
    return loss_of(2, "softmax", after, losses.SparseCategoricalCrossentropy(), labels, **options)


nested = lambda *inner: keras.Sequential([keras.Input((2,)), *inner])
cases = {
    "softmax": lambda: softmax(),
    "Dropout": lambda: softmax(layers.Dropout(0.5)),
    "Identity": lambda: softmax(layers.Identity()),
    "GaussianNoise": lambda: softmax(layers.GaussianNoise(0.5)),
    "GaussianDropout": lambda: softmax(layers.GaussianDropout(0.5)),
    "AlphaDropout": lambda: softmax(layers.AlphaDropout(0.5)),
    "ActivityRegularization": lambda: softmax(layers.ActivityRegularization()),
    "linear": lambda: softmax(layers.Activation("linear")),
    "relu": lambda: softmax(layers.ReLU()),
    "Reshape": lambda: softmax(layers.Reshape((2,))),
    "nested": lambda: softmax(nested(layers.GaussianNoise(0.5), layers.Activation("linear"))),
    "nested Flatten": lambda: softmax(nested(layers.Flatten())),
    "float16": lambda: softmax(dtype="float16"),
    "float16, then float32": lambda: softmax(layers.Activation("linear", dtype="float32"), dtype="float16"),
    "binary of softmax": lambda: loss_of(2, "softmax", [], losses.BinaryCrossentropy(), two),
    "categorical of sigmoid": lambda: loss_of(2, "sigmoid", [], losses.CategoricalCrossentropy(), two),
    "binary of numbers": lambda: loss_of(1, None, [], losses.BinaryCrossentropy(), ones),
    "binary focal": lambda: loss_of(1, None, [], losses.BinaryFocalCrossentropy(), ones),
    "binary focal of logits": lambda: loss_of(
        1, "sigmoid", [], losses.BinaryFocalCrossentropy(from_logits=True), ones
    ),
    "categorical focal of logits": lambda: loss_of(
        2, "softmax", [], losses.CategoricalFocalCrossentropy(from_logits=True), two
    ),
    "ignored class": lambda: loss_of(2, "softmax", [], losses.SparseCategoricalCrossentropy(ignore_class=1), labels),
    "ignored class of logits": lambda: loss_of(
        2, "softmax", [], losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=1), labels
    ),
}
path = pathlib.Path(__file__).with_name("logits.json")
found = json.loads(path.read_text()) if path.exists() else {}
for name, case in cases.items():
    keras.backend.clear_session()
    found.setdefault(name, {})[part] = case()
path.write_text("{\n" + ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in found.items()) + "\n}\n")
