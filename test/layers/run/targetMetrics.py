"""Writes targetMetrics.json: losses and metrics of real Keras where targets lack the last axis of outputs.

Run with Keras 3.15.1:  python test/layers/run/targetMetrics.py
A model is one Dense layer with a sigmoid. Each case: the loss, metrics, inputs, targets, weights of examples, and what evaluate
gives for batches of 3. What Keras refuses is left out.
"""

import json
import pathlib

import keras
import numpy as np

NAMES = "mse mae cosine_similarity hinge squared_hinge categorical_hinge poisson kl_divergence sparse_top_k_categorical_accuracy".split()
x = np.arange(4) * 0.5
vectors = {"x": (x[:, None]).tolist(), "y": [0, 1, 1, 0]}


def steps(count):
    values = np.arange(4 * count).reshape(4, count)
    return {"x": (values[..., None] * 0.25).tolist(), "y": (values % 3 == 0).astype(int).tolist()}


def evaluate(loss, names, data, weights):
    given = np.array(data["x"], "float32")
    model = keras.Sequential([keras.Input(given.shape[1:]), keras.layers.Dense(1, activation="sigmoid")])
    model.set_weights([np.array([[0.2]]), np.array([-0.4])])
    model.compile("sgd", loss, metrics=names, weighted_metrics=names, run_eagerly=True)
    more = {} if weights is None else {"sample_weight": np.array(weights)}
    found = model.evaluate(given, np.array(data["y"], "float32"), batch_size=3, verbose=0, return_dict=True, **more)
    return {key: float(value) for key, value in found.items()}


cases = []
for data in (vectors, steps(3), steps(5)):
    for weights in (None, [0.5, 1, 2, 1.5]):
        tries = [("mean_squared_error", [name]) for name in NAMES]
        tries += [(loss, []) for loss in ("cosine_similarity", "hinge", "huber", "binary_crossentropy")]
        for loss, names in tries:
            try:
                found = evaluate(loss, names, data, weights)
            except Exception:  # noqa: BLE001
                continue
            cases.append({"loss": loss, "metrics": names, **data, "weights": weights, "found": found})
lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
pathlib.Path(__file__).with_suffix(".json").write_text(f"[\n{lines}\n]\n")
