"""Writes categoryWeights.json: an .h5 of tf.keras whose lookup layers have weights of categories.

Run with tf.keras 2.15:  python test/keras/categoryWeights.py
"""

import base64
import gzip
import json
import pathlib
import tempfile

import numpy as np
import tensorflow as tf

layers = tf.keras.layers
x = tf.keras.Input((4,), dtype="int64")
integers = layers.IntegerLookup(vocabulary=[10, 20, 30], output_mode="tf_idf", idf_weights=[0.5, 0.6, 0.7])(x)
dense = layers.Dense(2, use_bias=False, kernel_initializer="ones")(integers)
model = tf.keras.Model(x, [integers, dense])
values = np.array([[10, 20, 20, 7], [30, 30, 30, 10]], "int64")
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "m.h5"
    model.save(path)
    file = base64.b64encode(gzip.compress(path.read_bytes(), 9, mtime=0)).decode()
outputs = [np.round(one, 6).tolist() for one in model.predict(values, verbose=0)]
written = {"file": file, "x": values.tolist(), "outputs": outputs}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(written, indent=2) + "\n")
