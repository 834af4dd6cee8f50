"""Values of real Keras for test/vision: preprocess_input of every module of keras.applications, and pictures resized.

    python test/vision/goldens.py        (keras 3.15, tensorflow-cpu, pillow)
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np

pixels = np.array([[[[0, 1, 2], [255, 254, 253]], [[17, 130, 201], [99.5, 64.25, 12]]]], np.float32)
modules = [
    name
    for name in sorted(dir(keras.applications))
    if hasattr(getattr(keras.applications, name), "preprocess_input")
]
preprocessed = {
    name: np.asarray(getattr(keras.applications, name).preprocess_input(pixels.copy())).ravel().tolist()
    for name in modules
}

rng = np.random.default_rng(1)
picture = rng.integers(0, 256, (5, 7, 3)).astype(np.uint8)
kinds = [
    dict(),
    dict(interpolation="nearest"),
    dict(interpolation="bicubic"),
    dict(interpolation="lanczos3"),
    dict(crop_to_aspect_ratio=True),
    dict(pad_to_aspect_ratio=True, fill_value=9),
]
resized = [
    dict(
        options=kind,
        size=size,
        values=np.asarray(keras.layers.Resizing(*size, **kind)(picture[None].astype(np.float32))).ravel().tolist(),
    )
    for kind in kinds
    for size in ([4, 4], [10, 6], [3, 9])
]

target = Path(__file__).with_name("goldens.json")
rounded = lambda value: json.loads(json.dumps(value), parse_float=lambda text: round(float(text), 5))
target.write_text(
    json.dumps(
        rounded(
            dict(
                keras=keras.__version__,
                pixels=pixels.ravel().tolist(),
                preprocessed=preprocessed,
                picture=picture.ravel().tolist(),
                resized=resized,
            )
        )
    )
    + "\n"
)
