"""Histories and evaluations of real Keras: metrics with state, sample and class weights, last batches that are smaller.

Run with Keras 3.15.1:  KERAS_BACKEND=jax python test/layers/run/goldens.py
It writes goldens.json, and the compiled models to test/fixtures/training. With --options, or --not-reduced on TensorFlow, it
adds those parts alone.
"""

import json
import pathlib
import sys

import keras
import numpy as np

HERE = pathlib.Path(__file__).parent
MODELS = HERE.parent.parent / "fixtures" / "training"
M, L = keras.metrics, keras.layers
rng = np.random.default_rng(3)


def f32(x):
    return np.asarray(x, dtype="float32").round(4).astype("float32")


x = f32(rng.normal(size=(10, 3)))
y = (x.sum(1, keepdims=True) > 0).astype("float32")
w = f32(rng.integers(1, 5, 10) / 2)
vx = f32(rng.normal(size=(7, 3)))
vy = (vx.sum(1, keepdims=True) > 0.2).astype("float32")
vw = f32(rng.integers(1, 5, 7) / 2)
codes = np.eye(3, dtype="float32")[rng.integers(0, 3, 10)]


def one_head():
    keras.utils.set_random_seed(1)
    layers = [
        keras.Input((3,)),
        L.Dense(4, activation="tanh", kernel_regularizer=keras.regularizers.L2(0.02), name="a"),
        L.Dense(1, activation="sigmoid", activity_regularizer=keras.regularizers.L1(0.01), name="b"),
    ]
    model = keras.Sequential(layers, name="one_head")
    model.compile(
        keras.optimizers.SGD(0.5),
        keras.losses.BinaryCrossentropy(),
        metrics=[M.AUC(num_thresholds=20, name="auc"), M.Precision(name="precision"), "accuracy", M.MeanSquaredError(name="mse")],
        weighted_metrics=[M.Recall(name="recall"), M.BinaryAccuracy(name="weighted_binary"), M.Precision(name="precision")],
    )
    return model


def two_heads():
    keras.utils.set_random_seed(2)
    given = keras.Input((3,), name="given")
    a = L.Dense(1, activation="sigmoid", name="a")(given)
    b = L.Dense(3, activation="softmax", name="b")(given)
    model = keras.Model(given, [a, b], name="two_heads")
    model.compile(
        keras.optimizers.Adam(0.05),
        {"a": "binary_crossentropy", "b": "categorical_crossentropy"},
        loss_weights={"a": 1.0, "b": 0.5},
        metrics={"a": [M.AUC(num_thresholds=10, name="auc")], "b": [M.F1Score(name="f1"), "accuracy"]},
    )
    return model


class Batches(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.found = []

    def on_train_batch_end(self, batch, logs=None):
        self.found.append(plain(logs))


def plain(logs):
    return {key: (float(v) if np.ndim(v) == 0 else [float(one) for one in np.asarray(v)]) for key, v in logs.items()}


def history(model, *data, **options):
    batches = Batches()
    found = model.fit(*data, batch_size=4, shuffle=False, verbose=0, callbacks=[batches], **options).history
    return {"history": {key: [v if np.ndim(v) == 0 else [float(one) for one in np.asarray(v)] for v in values]
                        for key, values in found.items()}, "batches": batches.found,
            "iterations": int(model.optimizer.iterations)}


def load(name):
    return keras.saving.load_model(MODELS / f"{name}.keras")


def compiled(**changes):
    """The model with another compilation."""
    model = load("one_head")
    model.compile(keras.optimizers.SGD(0.1), **{"loss": "binary_crossentropy", "weighted_metrics": ["accuracy"], **changes})
    return model


def on_batch(**options):
    model = compiled()
    first = [float(value) for value in model.train_on_batch(x, y, **options)]
    return {"values": [first, [float(value) for value in model.train_on_batch(x, y)]]}


def options():
    """Of fit() and compile(): how weights are laid out, where a validation begins, what a step sums."""
    column, rows = w[:, None], vw[:, None]
    return {
        "column": history(load("one_head"), x, y, epochs=1, sample_weight=column, validation_data=(vx, vy, rows)),
        "columns": history(load("two_heads"), x, [y, codes], epochs=1, sample_weight=[column, column[::-1].copy()]),
        "validation_steps": history(
            load("one_head"), x, y, epochs=2, validation_data=(vx, vy), validation_batch_size=2, validation_steps=2
        ),
        "rounded": history(compiled(), x, y - 0.0004, epochs=1, class_weight={0: 0.5, 1: 3.0}),
        "loss_weight": history(compiled(loss_weights=0.3), x, y, epochs=1),
        "on_batch_weights": on_batch(sample_weight=w),
        "on_batch_classes": on_batch(class_weight={0: 0.5, 1: 3.0}),
    }


def not_reduced():
    """Keras follows no gradient of several values on JAX: KERAS_BACKEND=tensorflow python ... --not-reduced."""
    model = load("two_heads")
    found = {"a": keras.losses.BinaryCrossentropy(reduction=None), "b": keras.losses.CategoricalCrossentropy(reduction=None)}
    model.compile(keras.optimizers.SGD(0.1), found, metrics=[])  # None keeps those of before
    history_of = history(model, x, [y, codes], epochs=1, sample_weight=[w, w[::-1].copy()])
    return {"not_reduced": history_of}


if "--options" in sys.argv or "--not-reduced" in sys.argv:
    kept = json.loads((HERE / "goldens.json").read_text())
    found = options() if "--options" in sys.argv else not_reduced()
    (HERE / "goldens.json").write_text(json.dumps({**kept, **found}) + "\n")
    sys.exit()
one_head().save(MODELS / "one_head.keras")
two_heads().save(MODELS / "two_heads.keras")
result = {
    "data": {name: {"shape": list(t.shape), "values": [float(f"{v:.7g}") for v in t.ravel()]}
             for name, t in dict(x=x, y=y, w=w, vx=vx, vy=vy, vw=vw, codes=codes).items()},
    "plain": history(load("one_head"), x, y, epochs=2, validation_data=(vx, vy, vw)),
    "weighted": history(load("one_head"), x, y, epochs=2, sample_weight=w, validation_data=(vx, vy)),
    "classes": history(load("one_head"), x, y, epochs=2, class_weight={0: 0.5, 1: 3.0}, validation_split=0.3),
    "split": history(load("one_head"), x, y, epochs=3, sample_weight=w, validation_split=0.4, validation_freq=2, initial_epoch=1),
    "steps": history(load("one_head"), x, y, epochs=3, steps_per_epoch=2),
    "evaluate": plain(load("one_head").evaluate(vx, vy, batch_size=4, verbose=0, return_dict=True)),
    "evaluate_weighted": plain(load("one_head").evaluate(vx, vy, batch_size=4, sample_weight=vw, verbose=0, return_dict=True)),
    "two_heads": history(load("two_heads"), x, [y, codes], epochs=2, validation_data=(x, [y, codes])),
    "two_heads_weighted": history(load("two_heads"), x, [y, codes], epochs=2, sample_weight=[w, w[::-1].copy()]),
    **options(),
}
(HERE / "goldens.json").write_text(json.dumps(result) + "\n")
