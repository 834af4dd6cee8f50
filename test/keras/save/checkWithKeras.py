#!/usr/bin/env python3
"""Loads with real Keras what writeForKeras.ts wrote, and compares predictions and the order of layers.

    python checkWithKeras.py FOLDER
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import logging  # noqa: E402

import keras  # noqa: E402
import numpy as np  # noqa: E402


logging.getLogger("absl").setLevel(logging.ERROR)


def arrays(items):
    return [np.array(item["values"], "float32").reshape(item["shape"]) for item in items]


def difference(model, record):
    """Largest difference of the predictions, relative to the largest output."""
    inputs = arrays(record["inputs"])
    found = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    found = list(found) if isinstance(found, (list, tuple)) else [found]
    expected = arrays(record["outputs"])
    assert len(found) == len(expected), f"{len(found)} outputs instead of {len(expected)}"
    scale = max(float(np.abs(y).max()) for y in expected)
    return max(float(np.abs(np.asarray(a) - b).max()) for a, b in zip(found, expected)) / max(scale, 1e-6)


def scramble(model):
    model.set_weights([np.full_like(w, 0.123) for w in model.get_weights()])


def check(path, record):
    """Problems of one model's three files."""
    stem = str(path)[: -len(".json")]
    found = []
    model = None
    for ending in (".keras", ".h5", ".weights.h5"):
        try:
            if ending == ".weights.h5":
                if model is None:
                    continue
                scramble(model)
                model.load_weights(stem + ending)
            else:
                model = keras.models.load_model(stem + ending)
            worst = difference(model, record)
            if not worst < 1e-5:
                found.append(f"{ending}: predictions differ by {worst:.2e}")
            names = [layer.name for layer in model.layers]
            if names != record["layers"]:
                found.append(f"{ending}: order {names} instead of {record['layers']}")
        except Exception as error:  # noqa: BLE001 - whatever Keras says is the result
            found.append(f"{ending}: {type(error).__name__}: {str(error).strip().splitlines()[0][:300]}")
    return found


def main():
    paths = sorted(Path(sys.argv[1]).glob("*.json"))
    bad = 0
    for path in paths:
        problems = check(path, json.loads(path.read_text()))
        bad += bool(problems)
        for problem in problems:
            print(f"{path.stem}{problem}")
    print(f"Keras {keras.__version__}: {len(paths) - bad} of {len(paths)} models are the same")
    sys.exit(1 if bad else 0)


if __name__ == "__main__":
    main()
