"""Writes tfKeras.json: functions of TensorFlow in models of tf.keras whose arguments or dtypes decide what they compute.

Run with TensorFlow 2.15:  python test/keras/tfKeras.py
Each case has a .keras file (deflated, in base64), an input and predictions.
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from packed_model import packed

rng = np.random.default_rng(15)
PICTURE = ((4, 3, 2), "uint8")
SIGNAL = ((40,), "float32")

cases = {
    "signal.stft without a window": (*SIGNAL, lambda x: tf.abs(tf.signal.stft(x, 16, 8, window_fn=None))),
    "signal.stft with its own window": (*SIGNAL, lambda x: tf.abs(tf.signal.stft(x, 16, 8))),
    "signal.inverse_stft without a window": (
        *SIGNAL,
        lambda x: tf.signal.inverse_stft(tf.signal.stft(x, 16, 8), 16, 8, window_fn=None),
    ),
    "image.resize of integers": (*PICTURE, lambda x: tf.image.resize(x, (7, 5), method="lanczos3")),
    "image.resize, the nearest of integers": (*PICTURE, lambda x: tf.image.resize(x, (7, 5), method="nearest")),
    "image.convert_image_dtype to floats": (*PICTURE, lambda x: tf.image.convert_image_dtype(x, tf.float32)),
    "UpSampling2D of integers": (*PICTURE, tf.keras.layers.UpSampling2D(2, interpolation="bicubic")),
    "Resizing of integers": (*PICTURE, tf.keras.layers.Resizing(7, 5, interpolation="bicubic")),
}


result = {}
for name, (shape, dtype, layer) in cases.items():
    given = tf.keras.Input(shape, dtype=dtype)
    model = tf.keras.Model(given, layer(given))
    x = rng.integers(0, 256, (2, *shape)).astype(dtype) if dtype == "uint8" else rng.normal(size=(2, *shape)).round(3)
    y = model.predict(x, verbose=0).astype("float64")
    result[name] = {"file": packed(model), "x": x.tolist(), "dtype": dtype, "y": np.round(y, 5).tolist()}
target = pathlib.Path(__file__).with_name("tfKeras.json")
target.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in result.items()) + "\n}\n")
