"""Recurrent layers as real Keras configures and computes them.

Run with Keras 3.15.1 on JAX:  KERAS_BACKEND=jax python test/layers/recurrent/goldens.py
Writes goldens.json beside this file. Inputs and weights follow from the formula that golden.ts of conv repeats.
"""

import json
import pathlib

import keras
import numpy as np
from keras import layers

WORDS = (2, 5, 3)
CLIP = (2, 3, 4, 5, 2)
MASK = [[1, 1, 0, 1, 1], [0, 1, 1, 1, 0]]


def pattern(shape, seed):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((i * 37 + seed * 13) % 101 - 50) / 25).astype("float32").reshape(shape)


def nested(class_name, **args):
    return {"module": "keras.layers", "class_name": class_name, "config": args, "registered_name": None}


def case(class_name, args, shape=WORDS, mask=False, states=()):
    return class_name, args, shape, mask, states


DENSE = ("SimpleRNN", "GRU", "LSTM")
CASES = [
    *[case(name, {"units": 4}) for name in DENSE],
    *[case(name, {"units": 4, "return_sequences": True, "go_backwards": True}) for name in DENSE],
    *[case(name, {"units": 2, "use_bias": False, "return_state": True}) for name in DENSE],
    *[case(name, {"units": 4, "return_sequences": True}, mask=True) for name in DENSE],
    *[case(name, {"units": 4, "return_sequences": True, "zero_output_for_mask": True, "go_backwards": True}, mask=True) for name in DENSE],
    *[case(name, {"units": 4, "unroll": True, "return_sequences": True}, mask=True) for name in DENSE],
    *[case(name, {"units": 4, "return_state": True}, states=((2, 4),) * (2 if name == "LSTM" else 1)) for name in DENSE],
    *[case(name, {"units": 3, "activation": "relu", "recurrent_activation": "hard_sigmoid"}) for name in DENSE[1:]],
    case("GRU", {"units": 4, "reset_after": False}),
    case("GRU", {"units": 4, "reset_after": False, "use_bias": False, "return_sequences": True}, mask=True),
    case("LSTM", {"units": 4, "unit_forget_bias": False, "kernel_regularizer": "l2", "recurrent_constraint": "unit_norm", "dropout": 0.2, "recurrent_dropout": 0.1, "seed": 3}),
    case("ConvLSTM1D", {"filters": 2, "kernel_size": 3, "padding": "same", "return_sequences": True}, (2, 3, 6, 2)),
    case("ConvLSTM2D", {"filters": 2, "kernel_size": 2}, CLIP),
    case("ConvLSTM2D", {"filters": 3, "kernel_size": [2, 3], "strides": 2, "padding": "same", "return_sequences": True, "return_state": True}, CLIP),
    case("ConvLSTM2D", {"filters": 2, "kernel_size": 3, "data_format": "channels_first", "padding": "same", "use_bias": False, "go_backwards": True}, (2, 3, 2, 4, 5)),
    case("ConvLSTM2D", {"filters": 2, "kernel_size": 2, "dilation_rate": 2}, CLIP),
    case("ConvLSTM3D", {"filters": 2, "kernel_size": 2, "padding": "same"}, (1, 2, 3, 3, 3, 2)),
    case("RNN", {"cell": nested("GRUCell", units=4), "return_sequences": True}),
    case("RNN", {"cell": nested("StackedRNNCells", cells=[nested("LSTMCell", units=4), nested("SimpleRNNCell", units=3)]), "return_sequences": True}),
    case("RNN", {"cell": nested("StackedRNNCells", cells=[nested("GRUCell", units=4), nested("LSTMCell", units=4)])}),
    *[case("Bidirectional", {"layer": nested("LSTM", units=2, return_sequences=True), "merge_mode": mode}) for mode in ("concat", "sum", "ave", "mul")],
    case("Bidirectional", {"layer": nested("GRU", units=2), "merge_mode": None}),
    case("Bidirectional", {"layer": nested("SimpleRNN", units=2, return_sequences=True)}, mask=True),
    case("Bidirectional", {"layer": nested("LSTM", units=2, return_state=True, name="words"), "backward_layer": nested("LSTM", units=2, return_state=True, go_backwards=True, name="back")}),
    case("Bidirectional", {"layer": nested("GRU", units=2)}, states=((2, 2), (2, 2))),
    case("TimeDistributed", {"layer": nested("Dense", units=2, activation="relu")}),
    case("TimeDistributed", {"layer": nested("Conv2D", filters=2, kernel_size=2)}, CLIP),
    case("TimeDistributed", {"layer": nested("LSTM", units=2)}, (2, 3, 4, 2)),
    case("TimeDistributed", {"layer": nested("Bidirectional", layer=nested("GRU", units=2))}, (2, 3, 4, 2)),
]  # fmt: skip


def floats(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, dtype="float64").ravel()]


def config_of(layer):
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))["config"]
    config.pop("name")
    return config


def make(class_name, args):
    return keras.saving.deserialize_keras_object(nested(class_name, **json.loads(json.dumps(args))))


def row(class_name, args, shape, mask, states):
    layer = make(class_name, args)
    entry = {"className": class_name, "args": args, "inputShape": list(shape), "hasMask": mask, "states": [list(s) for s in states]}
    entry["config"] = config_of(layer)
    symbolic = layer.compute_output_shape((None, *shape[1:]))
    entry["symbolicShapes"] = [list(s) for s in (symbolic if isinstance(symbolic[0], (tuple, list)) else [symbolic])]
    layer.build(tuple(shape))
    entry["weights"] = [list(v.shape) for v in layer.weights]
    for k, v in enumerate(layer.weights):
        v.assign(pattern(v.shape, k + 1) / 2)
    kwargs = {"mask": np.array(MASK, dtype=bool)} if mask else {}
    if states:
        kwargs["initial_state"] = [keras.ops.convert_to_tensor(pattern(s, k + 20)) for k, s in enumerate(states)]
    outputs = keras.tree.flatten(layer(pattern(shape, 0), **kwargs))
    entry["outputs"] = [{"shape": list(y.shape), "values": floats(y)} for y in outputs]
    return entry


def main():
    rows = []
    for k, arguments in enumerate(CASES):
        keras.backend.clear_session()
        try:
            rows.append(row(*arguments))
        except Exception as error:
            print(f"case {k} {arguments[0]}: {str(error)[:300]}")
    text = ",\n".join(json.dumps(r) for r in rows)
    (pathlib.Path(__file__).parent / "goldens.json").write_text(f"[\n{text}\n]\n")
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
