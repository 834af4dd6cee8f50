"""Writes pixels.json: what Keras computes of integer pixels, of bicubic kernels and of nested factors.

Run with Keras 3.15.1 on TensorFlow:  python test/layers/preprocessing/pixels.py
Each case has a .keras file (deflated, in base64), an input and predictions.
"""

import json
import pathlib
import sys

import keras
import numpy as np

sys.path.append(str(pathlib.Path(__file__).resolve().parents[2] / "support"))
from packed_model import packed

L = keras.layers
rng = np.random.default_rng(14)


def functional(layer, dtype, shape):
    x = keras.Input(shape, dtype=dtype)
    return keras.Model(x, layer(x))


def resize(**options):
    return lambda x: keras.ops.image.resize(x, **options)


def shown(dtype):
    """A network as it is deployed: bytes of a picture go in."""
    layers = [L.Resizing(5, 6, interpolation="bicubic"), L.Rescaling(1 / 127.5, -1), L.GlobalMaxPooling2D()]
    return keras.Sequential([keras.Input((4, 3, 2), dtype=dtype), *layers])


cases = {
    "Resizing bicubic uint8": functional(L.Resizing(7, 5, interpolation="bicubic"), "uint8", (4, 3, 2)),
    "Resizing lanczos3 int32": functional(L.Resizing(7, 5, interpolation="lanczos3"), "int32", (4, 3, 2)),
    "Resizing with dtype uint8": functional(L.Resizing(7, 5, interpolation="bicubic", dtype="uint8"), "uint8", (4, 3, 2)),
    "Resizing bilinear float32": functional(L.Resizing(7, 5), "float32", (4, 3, 2)),
    "Resizing bicubic float32": functional(L.Resizing(11, 2, interpolation="bicubic"), "float32", (4, 3, 2)),
    "Resizing bicubic antialias float32": functional(
        L.Resizing(3, 13, interpolation="bicubic", antialias=True), "float32", (4, 3, 2)
    ),
    "UpSampling2D lanczos5 uint8": functional(L.UpSampling2D(3, interpolation="lanczos5"), "uint8", (4, 3, 2)),
    "UpSampling2D bicubic float32": functional(L.UpSampling2D(3, interpolation="bicubic"), "float32", (4, 3, 2)),
    "Resize bicubic uint8": functional(resize(size=(7, 5), interpolation="bicubic"), "uint8", (4, 3, 2)),
    "Resize lanczos3 int16": functional(resize(size=(7, 5), interpolation="lanczos3"), "int16", (4, 3, 2)),
    "Resize of a cast to uint8": functional(
        lambda x: resize(size=(7, 5), interpolation="bicubic")(keras.ops.cast(x, "uint8")), "int32", (4, 3, 2)
    ),
    "Sequential uint8": shown("uint8"),
    "Rescaling nested": functional(L.Rescaling([[0.5], [2.0], [1.0]], [1.0, -2.0]), "float32", (4, 3, 2)),
    "Rescaling numpy": functional(L.Rescaling(np.array([[[0.5, 2.0]]], "float32")), "uint8", (4, 3, 2)),
}


result = {}
for name, model in cases.items():
    x = rng.integers(0, 256, (2, *model.input_shape[1:])).astype(model.inputs[0].dtype)
    y = model.predict(x, verbose=0)
    result[name] = {
        "file": packed(model),
        "x": x.tolist(),
        "isInteger": bool(np.issubdtype(x.dtype, np.integer)),
        "y": np.round(y.astype("float64"), 5).tolist(),
    }
target = pathlib.Path(__file__).with_name("pixels.json")
target.write_text("{\n" + ",\n".join(f"{json.dumps(k)}: {json.dumps(v)}" for k, v in result.items()) + "\n}\n")
