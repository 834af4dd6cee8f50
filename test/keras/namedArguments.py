"""Writes namedArguments.json: calls of Keras 3 with masks by position and with the data behind other keywords.

Run with Keras 3.15.1 on TensorFlow:  python test/keras/namedArguments.py
Each case has a .keras file (deflated, in base64), inputs, predictions, targets and the losses of three steps.
"""

import json
import pathlib
import sys

import keras
import numpy as np

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from packed_model import packed

L = keras.layers
rng = np.random.default_rng(5)
inputs = lambda *shapes: [keras.Input(s, dtype="bool" if len(s) == 1 and s[0] > 3 else "float32") for s in shapes]


def gru():
    x, state, mask = inputs((5, 2), (2,), (5,))
    return [x, state, mask], L.GRU(2)(x, state, mask)


def lstm():
    x, state, mask = inputs((5, 2), (2,), (5,))
    return [x, state, mask], L.LSTM(2, return_sequences=True)(x, [state, state], mask)


def bidirectional():
    x, mask = inputs((5, 2), (5,))
    return [x, mask], L.Bidirectional(L.SimpleRNN(2))(x, None, mask)


def pooling():
    x, mask = inputs((5, 2), (5,))
    return [x, mask], L.GlobalAveragePooling1D()(x, mask)


def attention():
    q, v, query, value = inputs((5, 2), (6, 2), (5,), (6,))
    return [q, v, query, value], L.Attention()([q, v], [query, value])


def multi_head():
    q, v, query, value = inputs((5, 2), (6, 2), (5,), (6,))
    return [q, v, query, value], L.MultiHeadAttention(1, 2)(q, v, None, query, value)


def data_last():
    x, state, mask = inputs((5, 2), (2,), (5,))
    return [x, state, mask], L.GRU(2)(mask=mask, initial_state=state, sequences=x)


def listed(values):
    return np.asarray(values).astype("float64").round(6).tolist()


cases = {}
for make in (gru, lstm, bidirectional, pooling, attention, multi_head, data_last):
    keras.utils.set_random_seed(1)
    model = keras.Model(*make())
    x = [(rng.random((2, *t.shape[1:])) < 0.6) if t.dtype == "bool" else rng.normal(size=(2, *t.shape[1:])) for t in model.inputs]
    x = [one if one.dtype == bool else one.round(2).astype("float32") for one in x]
    for one in x:
        if one.dtype == bool:
            one[:, 0] = True
    outputs = model.predict(x, verbose=0)
    y = rng.normal(size=outputs.shape).round(2).astype("float32")
    model.compile(keras.optimizers.SGD(0.1), "mse")
    file = packed(model)
    losses = [float(model.train_on_batch(x, y)) for _ in range(3)] if model.trainable_variables else []
    cases[make.__name__] = {
        "file": file,
        "x": [{"dtype": str(one.dtype), "values": listed(one)} for one in x],
        "outputs": listed(outputs),
        "y": listed(y),
        "losses": losses,
    }
path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps(cases, indent=1, separators=(",", ":")).replace("\n      ", "").replace("\n     ", "") + "\n")
