"""Real Keras's losses and metrics for samples, with their gradients and configs.

Run with Keras 3.15.1 on TensorFlow:  KERAS_BACKEND=tensorflow python test/layers/losses/goldens.py
Targets and predictions follow from formulas that the test repeats.
"""

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

L, M = keras.losses, keras.metrics
SHAPE = (4, 3, 5)


def numbers(seed, low, high):
    i = np.arange(int(np.prod(SHAPE)))
    return (low + (high - low) * ((i * 37 + seed * 13) % 101) / 100).astype("float32").reshape(SHAPE)


def labels():
    i = np.arange(12)
    return (i * 7 % 5).astype("float32").reshape(4, 3)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return (e / e.sum(-1, keepdims=True)).astype("float32")


def unit(x):
    return (x / np.sqrt((x * x).sum(-1, keepdims=True))).astype("float32")


def flat_classes(count):
    return (np.arange(12) * 7 % count).astype("float32")


TARGETS = {
    # Labels of sequences end in 0; equal ones follow each other, and one sequence is empty.
    "sequences": np.array([[1, 2, 0, 0], [3, 3, 4, 0], [0, 0, 0, 0], [2, 2, 2, 1]], "float32"),
    "groups": flat_classes(4),
    "groups of one": flat_classes(11)[:, None],
    "numbers": numbers(1, -1, 1),
    "positive": numbers(1, 0, 2),
    "probabilities": numbers(1, 0, 1),
    "signs": np.sign(numbers(1, -1, 1) + 0.005).astype("float32"),
    "bits": (numbers(1, 0, 1) > 0.6).astype("float32"),
    "codes": np.eye(5, dtype="float32")[labels().astype(int)],
    "labels": labels(),
}
OUTPUTS = {
    "steps": np.concatenate([numbers(2, -3, 3), numbers(5, -3, 3), numbers(7, -2, 2)], 1),
    "equal steps": np.zeros((4, 9, 5), "float32"),
    "embeddings": unit(numbers(3, -1, 1).reshape(12, 5)),
    "long embeddings": numbers(3, -1, 1).reshape(12, 5),
    "equal": numbers(1, -1, 1),
    "numbers": numbers(2, -1.5, 1.5),
    "positive": numbers(2, 0.1, 2),
    "bits": numbers(2, 0.01, 0.99),
    "logits": numbers(2, -3, 3),
    "softmax": softmax(numbers(2, -3, 3)),
}
ROWS = [
    ("MeanSquaredError", {}, "numbers", "numbers"),
    ("MeanSquaredError", {"reduction": "sum"}, "numbers", "numbers"),
    ("MeanAbsoluteError", {}, "numbers", "numbers"),
    ("MeanAbsolutePercentageError", {}, "numbers", "numbers"),
    ("MeanSquaredLogarithmicError", {}, "positive", "positive"),
    ("CosineSimilarity", {}, "numbers", "numbers"),
    ("CosineSimilarity", {"axis": 1}, "numbers", "numbers"),
    ("Huber", {}, "numbers", "numbers"),
    ("Huber", {"delta": 0.3}, "numbers", "numbers"),
    ("LogCosh", {}, "numbers", "numbers"),
    ("Hinge", {}, "signs", "numbers"),
    ("Hinge", {}, "bits", "numbers"),
    ("SquaredHinge", {}, "signs", "numbers"),
    ("CategoricalHinge", {}, "codes", "numbers"),
    ("KLDivergence", {}, "probabilities", "bits"),
    ("Poisson", {}, "positive", "positive"),
    ("BinaryCrossentropy", {}, "bits", "bits"),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, "bits", "logits"),
    ("BinaryCrossentropy", {"axis": 1}, "bits", "bits"),
    ("BinaryFocalCrossentropy", {}, "bits", "bits"),
    ("BinaryFocalCrossentropy", {"apply_class_balancing": True, "alpha": 0.4, "gamma": 1.5}, "bits", "bits"),
    ("BinaryFocalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "bits", "logits"),
    ("CategoricalCrossentropy", {}, "codes", "softmax"),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1}, "codes", "logits"),
    ("CategoricalCrossentropy", {"axis": 1}, "codes", "bits"),
    ("CategoricalFocalCrossentropy", {}, "codes", "softmax"),
    ("CategoricalFocalCrossentropy", {"from_logits": True, "alpha": 0.5, "gamma": 1.0}, "codes", "logits"),
    ("SparseCategoricalCrossentropy", {}, "labels", "softmax"),
    ("SparseCategoricalCrossentropy", {"from_logits": True}, "labels", "logits"),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 2}, "labels", "logits"),
    ("Dice", {}, "bits", "bits"),
    ("Dice", {"axis": [1, 2]}, "bits", "bits"),
    ("Tversky", {"alpha": 0.3, "beta": 0.7}, "bits", "bits"),
    ("Tversky", {"axis": [1, 2]}, "bits", "bits"),
    ("MeanAbsoluteError", {}, "numbers", "equal"),
    ("MeanAbsolutePercentageError", {}, "numbers", "equal"),
    ("Huber", {}, "numbers", "equal"),
    ("LogCosh", {}, "numbers", "equal"),
    ("CTC", {}, "sequences", "steps"),
    ("CTC", {"reduction": "sum"}, "sequences", "equal steps"),
    ("Circle", {}, "groups", "embeddings"),
    ("Circle", {"gamma": 20.0, "margin": 0.2}, "groups", "embeddings"),
    ("Circle", {"gamma": 2.0, "remove_diagonal": False}, "groups", "long embeddings"),
    ("Circle", {"gamma": 30.0}, "groups of one", "embeddings"),
    ("CategoricalGeneralizedCrossEntropy", {}, "labels", "softmax"),
    ("CategoricalGeneralizedCrossEntropy", {"q": 0.8}, "labels", "softmax"),
]
METRICS = [
    ("Accuracy", {}, "labels", "labels"),
    ("BinaryAccuracy", {}, "bits", "bits"),
    ("BinaryAccuracy", {"threshold": 0.3}, "bits", "bits"),
    ("CategoricalAccuracy", {}, "codes", "softmax"),
    ("SparseCategoricalAccuracy", {}, "labels", "softmax"),
    ("TopKCategoricalAccuracy", {"k": 2}, "codes", "softmax"),
    ("SparseTopKCategoricalAccuracy", {"k": 3}, "labels", "softmax"),
    ("MeanSquaredError", {}, "numbers", "numbers"),
    ("LogCoshError", {}, "numbers", "numbers"),
    ("CosineSimilarity", {}, "numbers", "numbers"),
]


def floats(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, dtype="float64").ravel()]


def loss_row(name, arguments, target, output):
    made = getattr(L, name)(**arguments)
    y, x = tf.constant(TARGETS[target]), tf.constant(OUTPUTS[output])
    values = made.call(y, x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        total = made(y, x)
    return {
        "name": name,
        "arguments": arguments,
        "target": target,
        "output": output,
        "serialized": json.loads(json.dumps(keras.saving.serialize_keras_object(made))),
        "values": floats(values),
        "total": floats(total)[0],
        "gradient": floats(tape.gradient(total, x))[:20],
    }


def metric_row(name, arguments, target, output):
    made = getattr(M, name)(**arguments)
    x = OUTPUTS.get(output, TARGETS.get(output))
    if name == "Accuracy":
        x = np.roll(x, 1)
    made.update_state(TARGETS[target], x)
    return {
        "name": name,
        "target": target,
        "output": output,
        "serialized": json.loads(json.dumps(keras.saving.serialize_keras_object(made))),
        "result": float(f"{float(made.result()):.7g}"),
    }


rows = {"losses": [loss_row(*row) for row in ROWS], "metrics": [metric_row(*row) for row in METRICS]}
lines = [f'"{key}": [\n' + ",\n".join(json.dumps(row) for row in values) + "\n]" for key, values in rows.items()]
(pathlib.Path(__file__).parent / "goldens.json").write_text("{\n" + ",\n".join(lines) + "\n}\n")
