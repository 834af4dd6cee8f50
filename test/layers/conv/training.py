"""Losses and weights of small models that real Keras trains.

Run with Keras 3.15.1 on JAX:  KERAS_BACKEND=jax python test/layers/conv/training.py
Writes training.json beside this file. Each model is a list of layers, trained on one batch by plain SGD; training.test.ts
does the same. "shared" calls its one layer that many times in a row.
"""

import json
import pathlib

import keras
import numpy as np

EPOCHS, RATE = 3, 0.05


def pattern(shape, seed):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((i * 37 + seed * 13) % 101 - 50) / 25).astype("float32").reshape(shape)


def weight_values(variable, k):
    values = pattern(variable.shape, k + 1) / 4
    if "variance" in variable.name or "stddev" in variable.name:
        return np.abs(values) + np.float32(0.25)
    return values


def floats(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, dtype="float64").ravel()]


def train(title, layers, input_shape, shared=1):
    made = [getattr(keras.layers, name)(**args) for name, args in layers]
    x = inputs = keras.Input(input_shape[1:])
    for layer in made:
        for _ in range(shared):
            x = layer(x)
    model = keras.Model(inputs, keras.layers.Flatten()(x))
    own = [layer._trainable_variables + layer._non_trainable_variables for layer in made]
    for variables in own:
        for k, v in enumerate(variables):
            v.assign(weight_values(v, k))
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mse")
    data = pattern(input_shape, 0)
    target = pattern((input_shape[0], *model.output_shape[1:]), 3)
    if shared > 1:
        # Compiled by JAX, Keras loses the activity loss of all calls but the last; called eagerly it has them all.
        loss = np.mean((np.asarray(model(data)) - target) ** 2) + sum(float(l) for l in model.losses)
        return {**described(title, layers, input_shape, shared), "losses": floats([loss]), "weights": []}
    history = model.fit(data, target, batch_size=input_shape[0], epochs=EPOCHS, shuffle=False, verbose=0)
    return {
        **described(title, layers, input_shape, shared),
        "losses": floats(history.history["loss"]),
        "weights": [[floats(v) for v in variables] for variables in own],
    }


def described(title, layers, input_shape, shared):
    made = [{"className": name, "args": args} for name, args in layers]
    return {"title": title, "layers": made, "inputShape": input_shape, "shared": shared}


def obj(module, name, **config):
    return {"module": f"keras.{module}", "class_name": name, "config": config, "registered_name": None}


L1, L2 = obj("regularizers", "L1", l1=0.05), obj("regularizers", "L2", l2=0.1)
ACTIVITY = obj("regularizers", "L2", l2=0.02)
MAX_NORM = obj("constraints", "MaxNorm", max_value=0.5, axis=[0, 1, 2])
IMAGE = [4, 4, 4, 2]

rows = [
    train("regularized", [("Conv2D", {"filters": 2, "kernel_size": 2, "activation": "tanh", "kernel_regularizer": L2, "bias_regularizer": L1, "activity_regularizer": ACTIVITY})], IMAGE),
    train("constrained", [("Conv2D", {"filters": 2, "kernel_size": 2, "kernel_constraint": MAX_NORM, "bias_constraint": "non_neg"})], IMAGE),
    train("batch normalization", [("Conv2D", {"filters": 3, "kernel_size": 2, "use_bias": False}), ("BatchNormalization", {"momentum": 0.8, "gamma_regularizer": L2, "beta_constraint": "non_neg"})], IMAGE),
    train("frozen", [("Conv2D", {"filters": 3, "kernel_size": 2, "trainable": False, "kernel_regularizer": L2}), ("BatchNormalization", {"trainable": False}), ("Conv2D", {"filters": 1, "kernel_size": 1})], IMAGE),
    train("shared", [("Conv2D", {"filters": 2, "kernel_size": 1, "kernel_regularizer": L2, "activity_regularizer": ACTIVITY})], IMAGE, shared=2),
    train("lora", [("Conv2D", {"filters": 2, "kernel_size": 2, "groups": 2, "lora_rank": 2, "lora_alpha": 3, "kernel_regularizer": L2})], IMAGE),
    train("depthwise and separable", [("DepthwiseConv2D", {"kernel_size": 2, "depth_multiplier": 2, "depthwise_regularizer": L2}), ("SeparableConv2D", {"filters": 2, "kernel_size": 2, "pointwise_regularizer": L1, "depthwise_constraint": "unit_norm", "activation": "sigmoid"})], IMAGE),
    train("transposed and normalized", [("Conv2DTranspose", {"filters": 6, "kernel_size": 3, "strides": 2, "padding": "same"}), ("LayerNormalization", {"gamma_regularizer": L2}), ("GroupNormalization", {"groups": 2, "beta_regularizer": L2})], IMAGE),
    train("renormalized", [("Conv2D", {"filters": 2, "kernel_size": 2}), ("BatchNormalization", {"renorm": True, "momentum": 0.8, "renorm_momentum": 0.9})], IMAGE),
]
lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
(pathlib.Path(__file__).parent / "training.json").write_text(f"[\n{lines}\n]\n")
print(len(rows))
