"""The Keras of this environment: Keras 3, or tf.keras where TensorFlow has its own."""

import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402

import keras  # noqa: E402

VERSION = keras.__version__
IS_KERAS_3 = not VERSION.startswith("2")
if not IS_KERAS_3:
    from tensorflow import keras  # noqa: F811

layers = keras.layers


def describe():
    return {"keras" if IS_KERAS_3 else "tf.keras": VERSION, "on": keras.backend.backend(), "numpy": np.__version__}
