"""Writes adaptedLayers.json: a .keras of tf.keras whose layers for preprocessing learned what the config does not say.

Run with tf.keras 2.13 or 2.14, which number the paths of layers in a way of their own:  python test/keras/adaptedLayers.py
"""

import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from packed_model import packed

layers = tf.keras.layers
words = tf.keras.Input((2,), dtype="string")
numbers = tf.keras.Input((2,))
adapted = layers.StringLookup()
adapted.adapt(np.array(["b", "a", "b"]))
given = layers.StringLookup(vocabulary=["q", "r"])
second = layers.StringLookup(num_oov_indices=2)
second.adapt(np.array(["z"]))
bins = layers.Discretization(num_bins=3)
bins.adapt(np.arange(9, dtype="float32").reshape(-1, 1))
synchronized = layers.experimental.SyncBatchNormalization()
normalized = layers.BatchNormalization()(synchronized(numbers))
synchronized.set_weights([np.array(row, "float32") for row in ([2, 3], [1, -1], [0.5, 0.25], [4, 1])])
outputs = [given(words), adapted(words), second(words), bins(numbers), normalized]
model = tf.keras.Model([words, numbers], outputs)
x = [["a", "r"], ["z", "c"]], [[1.0, 5.0], [-1.0, 8.0]]
found = [np.round(one.astype("float64"), 5).tolist() for one in model.predict([tf.constant(one) for one in x], verbose=0)]
written = {"file": packed(model), "words": x[0], "numbers": x[1], "outputs": found}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(written) + "\n")
