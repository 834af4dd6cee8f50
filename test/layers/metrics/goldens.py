"""Real Keras's metrics over several batches: results after each, configs, and the list of all classes.

Run with Keras 3.15.1:  KERAS_BACKEND=jax python test/layers/metrics/goldens.py
The data are in the file, so that the test needs no formula.
"""

import inspect
import json
import pathlib

import keras
import numpy as np

M = keras.metrics
SIZES = (4, 5, 2)
rng = np.random.default_rng(7)


def batches(make):
    return [make(n) for n in SIZES]


def f32(x):
    return np.asarray(x, dtype="float32").round(4).astype("float32")


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return f32(e / e.sum(-1, keepdims=True))


def weights(shape):
    return f32(rng.integers(0, 5, shape) / 2)


def bits(shape):
    return (rng.random(shape) > 0.5).astype("float32")


def codes(n):
    return np.eye(3, dtype="float32")[rng.integers(0, 3, n)]


def labels(shape):
    return rng.integers(0, 3, shape).astype("float32")


def scores(shape):
    x = f32(rng.random(shape))
    x.flat[0], x.flat[-1] = 0.0, 1.0  # the ends of the thresholds
    return x


# (targets, predictions, weights of examples) of each batch
DATA = {
    "binary": batches(lambda n: (bits(n), scores(n), weights(n))),
    "binary_column": batches(lambda n: (bits((n, 1)), scores((n, 1)), weights(n))),
    "binary_logits": batches(lambda n: (bits(n), f32(rng.normal(size=n) * 2), weights(n))),
    "several": batches(lambda n: (bits((n, 3)), scores((n, 3)), weights(n))),
    "codes": batches(lambda n: (codes(n), softmax(rng.normal(size=(n, 3))), weights(n))),
    "labels": batches(lambda n: (labels(n), softmax(rng.normal(size=(n, 3))), weights(n))),
    "ids": batches(lambda n: (labels(n), labels(n), weights(n))),
    "sorted_ids": batches(lambda n: (labels(n), np.array([rng.permutation(3) for _ in range(n)], "float32"), weights(n))),
    "numbers": batches(lambda n: (f32(rng.normal(size=(n, 3))), f32(rng.normal(size=(n, 3))), weights(n))),
    "steps": batches(lambda n: (f32(rng.normal(size=(n, 2, 3))), f32(rng.normal(size=(n, 2, 3))), weights((n, 2)))),
    "columns": batches(lambda n: (f32(rng.normal(size=(n, 2, 3))), f32(rng.normal(size=(n, 2, 3))), weights(n))),
    "positive": batches(lambda n: (f32(rng.random((n, 3)) * 2), f32(rng.random((n, 3)) * 2 + 0.1), weights(n))),
    "map": batches(lambda n: (labels((n, 2, 2)), labels((n, 2, 2)), weights((n, 2, 2)))),
    "map_codes": batches(lambda n: (codes((n, 2)), softmax(rng.normal(size=(n, 2, 3))), weights((n, 2)))),
}

AT = ("SensitivityAtSpecificity", "specificity"), ("SpecificityAtSensitivity", "sensitivity"), (
    "PrecisionAtRecall", "recall"), ("RecallAtPrecision", "precision")
ROWS = [
    *[(name, args, data) for name in ("TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives")
      for args, data in (({}, "binary"), ({"thresholds": [0.2, 0.7]}, "several"), ({"thresholds": [0.0, 0.5, 1.0]}, "binary_column"))],
    *[(name, args, data) for name in ("Precision", "Recall") for args, data in (
        ({}, "binary"), ({"thresholds": [0.3, 0.6]}, "several"), ({"thresholds": 0.4, "class_id": 1}, "several"),
        ({"top_k": 2}, "several"), ({"top_k": 1, "class_id": 2}, "codes"), ({"thresholds": [0.0, 0.5, 1.0]}, "binary_column"),
        ({"top_k": 2, "thresholds": 0.5}, "several"))],
    *[(name, {key: value, **args}, data) for name, key in AT for value, args, data in (
        (0.5, {}, "binary"), (0.8, {"num_thresholds": 5}, "several"), (0.4, {"num_thresholds": 1}, "binary"),
        (0.5, {"class_id": 1, "num_thresholds": 11}, "several"))],
    *[("AUC", {"curve": curve, "summation_method": method}, data) for curve in ("ROC", "PR", "PRGAIN")
      for method in ("interpolation", "minoring", "majoring") for data in ("binary", "several")],
    ("AUC", {"num_thresholds": 3}, "binary"),
    ("AUC", {"num_thresholds": 2}, "binary"),
    ("AUC", {"thresholds": [0.1, 0.35, 0.7]}, "binary_column"),
    ("AUC", {"thresholds": [0.25, 0.5, 0.75]}, "binary"),
    ("AUC", {"from_logits": True}, "binary_logits"),
    *[("AUC", {"multi_label": True, **args}, "several") for args in (
        {}, {"num_labels": 3, "curve": "PR"}, {"label_weights": [1.0, 2.0, 0.5]}, {"thresholds": [0.3, 0.6, 0.65]},
        {"curve": "PR", "label_weights": [1.0, 2.0, 0.5], "summation_method": "minoring"})],
    ("AUC", {"label_weights": [1.0, 2.0, 0.5]}, "several"),
    *[("F1Score", args, "codes") for args in ({}, {"average": "micro"}, {"average": "macro"}, {"average": "weighted"}, {"threshold": 0.4})],
    ("F1Score", {"threshold": 0.5, "average": "macro"}, "several"),
    ("FBetaScore", {"beta": 2.0, "average": "weighted"}, "codes"),
    ("FBetaScore", {"beta": 0.5, "threshold": 0.3}, "several"),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 2]}, "ids"),
    ("IoU", {"num_classes": 3, "target_class_ids": [1], "dtype": "float32"}, "map"),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 1], "ignore_class": 2}, "map"),
    ("IoU", {"num_classes": 2, "target_class_ids": [0, 1]}, "map"),
    ("IoU", {"num_classes": 3, "target_class_ids": [0, 1], "sparse_y_pred": False}, "labels"),
    ("BinaryIoU", {}, "binary"),
    ("BinaryIoU", {"target_class_ids": [1], "threshold": 0.3}, "binary"),
    ("MeanIoU", {"num_classes": 3}, "map"),
    ("MeanIoU", {"num_classes": 3, "sparse_y_true": False, "sparse_y_pred": False}, "map_codes"),
    ("OneHotIoU", {"num_classes": 3, "target_class_ids": [0, 2]}, "map_codes"),
    ("OneHotMeanIoU", {"num_classes": 3}, "map_codes"),
    ("OneHotMeanIoU", {"num_classes": 3, "ignore_class": 1}, "map_codes"),
    *[("R2Score", args, "numbers") for args in ({}, {"class_aggregation": None}, {"class_aggregation": "variance_weighted_average"}, {"num_regressors": 1})],
    *[(name, args, data) for name in ("PearsonCorrelation", "ConcordanceCorrelation") for args, data in (({}, "numbers"), ({"axis": 1}, "columns"))],
    *[(name, {}, data) for name in ("RootMeanSquaredError", "MeanSquaredError", "MeanAbsoluteError", "LogCoshError", "CosineSimilarity")
      for data in ("numbers", "steps")],
    ("CosineSimilarity", {"axis": 1}, "columns"),
    ("MeanAbsolutePercentageError", {}, "positive"),
    ("MeanSquaredLogarithmicError", {}, "positive"),
    ("Poisson", {}, "positive"),
    ("KLDivergence", {}, "several"),
    ("Hinge", {}, "several"),
    ("SquaredHinge", {}, "several"),
    ("CategoricalHinge", {}, "codes"),
    ("BinaryCrossentropy", {}, "several"),
    ("BinaryCrossentropy", {"from_logits": True, "label_smoothing": 0.2}, "numbers"),
    ("CategoricalCrossentropy", {}, "codes"),
    ("CategoricalCrossentropy", {"from_logits": True, "label_smoothing": 0.1, "axis": -1}, "codes"),
    ("SparseCategoricalCrossentropy", {}, "labels"),
    ("SparseCategoricalCrossentropy", {"from_logits": True, "ignore_class": 1}, "labels"),
    ("Accuracy", {}, "ids"),
    ("BinaryAccuracy", {}, "binary_column"),
    ("BinaryAccuracy", {"threshold": 0.3}, "several"),
    ("CategoricalAccuracy", {}, "codes"),
    ("CategoricalAccuracy", {}, "map_codes"),
    ("SparseCategoricalAccuracy", {}, "labels"),
    ("TopKCategoricalAccuracy", {"k": 2}, "codes"),
    ("SparseTopKCategoricalAccuracy", {"k": 2}, "labels"),
    ("SparseTopKCategoricalAccuracy", {"k": 2, "from_sorted_ids": True}, "sorted_ids"),
    ("Mean", {}, "values"),
    ("Sum", {}, "values"),
    ("Mean", {"name": "of_steps"}, "values_of_steps"),
    ("Sum", {}, "values_of_steps"),
]
VALUES = {"values": "binary", "values_of_steps": "numbers"}


def number(x):
    return [float(f"{v:.8g}") if np.isfinite(v) else str(v) for v in np.asarray(x, dtype="float64").ravel()]


def states(metric, data, weighted):
    """Results after each batch."""
    found = []
    for y, x, w in DATA[VALUES.get(data, data)]:
        first = (x,) if data in VALUES else (y, x)
        metric.update_state(*first, **({"sample_weight": w} if weighted else {}))
        found.append(number(metric.result()))
    return found


def row(name, arguments, data):
    print(name, arguments, data)
    keras.backend.clear_session()  # names without a number
    made = getattr(M, name)(**arguments)
    plain = states(made, data, False)
    made.reset_state()
    return {
        "name": name,
        "arguments": arguments,
        "data": data,
        "serialized": json.loads(json.dumps(keras.saving.serialize_keras_object(made))),
        "results": plain,
        "weighted": states(made, data, True),
    }


def tensor(x):
    return {"shape": list(x.shape), "values": [float(f"{v:.7g}") for v in x.ravel()]}


classes = [name for name in sorted(dir(M)) if inspect.isclass(getattr(M, name))]
tables = {
    "data": {name: [[tensor(x) for x in batch] for batch in value] for name, value in DATA.items()},
    "classes": classes,
    "rows": [row(*one) for one in ROWS],
}
lines = [json.dumps(one) for one in tables["rows"]]
text = json.dumps({"classes": tables["classes"], "data": tables["data"]})[:-1] + ', "rows": [\n' + ",\n".join(lines) + "\n]}\n"
(pathlib.Path(__file__).parent / "goldens.json").write_text(text)
