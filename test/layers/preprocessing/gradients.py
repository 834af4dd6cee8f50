"""Gradients of images through layers of Keras that move pixels, with a given draw.

Run with Keras 3.15.1 on TensorFlow:  python test/layers/preprocessing/gradients.py
Writes gradients.json: for images x and weights r, which follow from formulas that the test repeats, d sum(layer(x) * r) / dx.
"""

import json
import pathlib

import keras
import numpy as np
import tensorflow as tf

layers = keras.layers
SHAPE = (2, 4, 5, 1)


def numbers(step):
    i = np.arange(int(np.prod(SHAPE)), dtype=np.int64)
    return (((i * step + 11) % 101) / 100).astype("float32").reshape(SHAPE)


SHIFTS = [0.1, -0.2, 0.3, 0.25, -0.15, 0.05, -0.1, -0.3, 0, 0.1, 0.2, 0.3, -0.4, 0.15, 0.1, -0.25]


def perspective():
    _, height, width, _ = SHAPE
    start = np.asarray([[0, 0], [width - 1, 0], [0, height - 1], [width - 1, height - 1]] * 2, dtype="float32").reshape(2, 4, 2)
    end = start + start * np.asarray(SHIFTS, dtype="float32").reshape(2, 4, 2)
    return {"apply_perspective": np.array([True, True]), "start_points": start, "end_points": end, "input_shape": SHAPE}


def shear():
    return {"shear_factor": np.asarray([[0.4, 0.2], [0.4, 0.2]], dtype="float32"), "input_shape": SHAPE}


def row(name, args, draw=None):
    rows = []
    for data_format in ("channels_last", "channels_first"):
        layer = getattr(layers, name)(**args, data_format=data_format)
        order = (0, 3, 1, 2) if data_format == "channels_first" else (0, 1, 2, 3)
        x, r = (tf.constant(np.transpose(numbers(step), order)) for step in (37, 53))
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer.transform_images(x, draw(), training=True) if draw else layer(x, training=True)
            total = tf.reduce_sum(y * r)
        gradient = np.asarray(tape.gradient(total, x), dtype="float64").ravel()
        rows.append({"className": name, "args": {**args, "data_format": data_format}, "gradient": [float(f"{v:.7g}") for v in gradient]})
    assert rows[0]["gradient"] == rows[1]["gradient"] # one channel: the same numbers in the same order
    return rows[:1]


rows = []
for interpolation in ("bilinear", "nearest"):
    for mode in ("reflect", "wrap", "constant", "nearest"):
        more = {"fill_mode": mode, "interpolation": interpolation, "fill_value": 3.0}
        rows += row("RandomRotation", {"factor": [0.07, 0.07], **more})
        rows += row("RandomTranslation", {"height_factor": [0.3, 0.3], "width_factor": [-0.27, -0.27], **more})
        rows += row("RandomZoom", {"height_factor": [0.37, 0.37], "width_factor": [-0.23, -0.23], **more})
        rows += row("RandomShear", {"x_factor": [0.4, 0.4], "y_factor": [0.2, 0.2], **more}, shear)
    rows += row("RandomPerspective", {"interpolation": interpolation, "fill_value": 3.0}, perspective)

lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
pathlib.Path(__file__).with_name("gradients.json").write_text(f"[\n{lines}\n]\n")
print(len(rows))
