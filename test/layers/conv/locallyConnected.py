"""Values and gradients of tf.keras's locally connected layers: python locallyConnected.py > locallyConnected.json

TensorFlow 2.15, whose tf.keras is the last one that has these layers. Made with tensorflow-cpu 2.15.
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from packed_model import packed

layers = tf.keras.layers


def numbers(shape, step):
    """Numbers in [-1, 1] that differ, the same in every run."""
    count = int(np.prod(shape))
    return (np.cos(step * np.arange(1, count + 1)).round(4)).reshape(shape).astype("float32")


def rounded(array):
    return np.asarray(array).astype("float64").round(8).tolist()


def case(name, shape, **arguments):
    layer = getattr(layers, name)(2, activation="tanh", **arguments)
    x = tf.constant(numbers((2, *shape), 0.7))
    layer.build(x.shape)
    kernel, bias = layer.kernel, layer.bias
    layer.set_weights([numbers(kernel.shape, 0.9), numbers(bias.shape, 1.3)])
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        loss = tf.reduce_sum(y * numbers(y.shape, 1.1))
    dx, dkernel, dbias = tape.gradient(loss, [x, kernel, bias])
    return {
        "name": name,
        "arguments": arguments,
        "shape": list(shape),
        "kernelShape": kernel.shape.as_list(),
        "y": {"shape": y.shape.as_list(), "values": rounded(tf.reshape(y, [-1]))},
        "dx": rounded(tf.reshape(dx, [-1])),
        "dkernel": rounded(tf.reshape(dkernel, [-1])),
        "dbias": rounded(tf.reshape(dbias, [-1])),
    }


def archive():
    """A network with every layer that tf.keras has and Keras 3 has not, and what it predicts."""
    tf.keras.utils.set_random_seed(5)
    model = tf.keras.Sequential(
        [
            tf.keras.Input((4, 3, 2)),
            layers.RandomHeight(0.3),
            layers.RandomWidth((-0.2, 0.4), interpolation="nearest"),
            layers.Resizing(4, 3),
            layers.LocallyConnected2D(2, (3, 2), implementation=3, padding="same", bias_initializer="ones"),
            layers.Reshape((12, 2)),
            layers.LocallyConnected1D(2, 3, strides=2, activation="relu"),
        ]
    )
    x = numbers((2, 4, 3, 2), 0.7)
    return {"base64": packed(model), "y": rounded(model.predict(x, verbose=0).reshape(-1))}


def main():
    cases = []
    for data_format in ("channels_last", "channels_first"):
        for form, padding in ((1, "valid"), (2, "valid"), (2, "same"), (3, "valid"), (3, "same")):
            common = {"implementation": form, "padding": padding, "data_format": data_format}
            for strides in (1, 2):
                shape = (5, 2) if data_format == "channels_last" else (2, 5)
                cases.append(case("LocallyConnected1D", shape, kernel_size=3 - (strides == 2), strides=strides, **common))
            shape = (4, 3, 2) if data_format == "channels_last" else (2, 4, 3)
            cases.append(case("LocallyConnected2D", shape, kernel_size=(3, 2), strides=(2, 1), **common))
    json.dump({"tensorflow": tf.__version__, "cases": cases, "file": archive()}, sys.stdout, separators=(",", ":"))


main()
