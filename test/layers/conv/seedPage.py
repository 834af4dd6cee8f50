"""What real Keras does for each line of its page of Conv2D, and which layers follow the default data format.

Run with Keras 3.15.1 on JAX:  KERAS_BACKEND=jax python test/layers/conv/seedPage.py
Writes seedPage.json beside this file. Inputs and weights are those of goldens.py.
"""

import inspect
import json
import pathlib

import keras
import numpy as np
from goldens import floats, pattern, row

LAST = [2, 5, 6, 4]
FIRST = [2, 4, 5, 6]

# By argument: arguments of the layer, and the input's shape.
CASES = {
    "filters": [({"filters": 1}, LAST), ({"filters": 5}, LAST)],
    "kernel_size": [({"kernel_size": 2}, LAST), ({"kernel_size": [3, 1]}, LAST)],
    "strides": [({}, LAST), ({"strides": 2}, LAST), ({"strides": [1, 3]}, LAST)],
    "padding": [({"padding": "valid"}, LAST), ({"padding": "same", "strides": 2}, LAST), ({"padding": "SAME"}, LAST)],
    "data_format": [
        ({"data_format": "channels_last"}, LAST),
        ({"data_format": "channels_first"}, FIRST),
        ({"data_format": None}, LAST),
    ],
    "dilation_rate": [({"dilation_rate": 2, "padding": "same"}, LAST), ({"dilation_rate": [1, 2]}, LAST)],
    "groups": [({"groups": 2}, LAST), ({"groups": 4}, LAST)],
    "activation": [({"activation": a}, LAST) for a in (None, "relu", "gelu", "softmax")],
    "use_bias": [({"use_bias": True}, LAST), ({"use_bias": False}, LAST)],
    "kernel_initializer": [({"kernel_initializer": "ones"}, LAST), ({"kernel_initializer": None}, LAST)],
    "bias_initializer": [({}, LAST), ({"bias_initializer": "ones"}, LAST), ({"bias_initializer": None}, LAST)],
    "kernel_regularizer": [({"kernel_regularizer": "l2"}, LAST)],
    "bias_regularizer": [({"bias_regularizer": "l1"}, LAST)],
    "activity_regularizer": [({"activity_regularizer": "l2"}, LAST)],
    "kernel_constraint": [({"kernel_constraint": "unit_norm"}, LAST), ({"kernel_constraint": "max_norm"}, LAST)],
    "bias_constraint": [({"bias_constraint": "non_neg"}, LAST)],
}

# By argument: values that Keras refuses.
REFUSED = {
    "filters": [{"filters": 0}, {"filters": -3}, {"filters": 3, "groups": 2}],
    "kernel_size": [{"kernel_size": 0}, {"kernel_size": [1, 2, 3]}, {"kernel_size": [2, -1]}],
    "strides": [{"strides": 0}, {"strides": [1, 2, 3]}, {"strides": 2, "dilation_rate": 2}],
    "padding": [{"padding": "full"}, {"padding": "causal"}],
    "data_format": [{"data_format": "nchw"}],
    "dilation_rate": [{"dilation_rate": 0}, {"dilation_rate": [2, 2], "strides": [2, 1]}],
    "groups": [{"groups": 0}, {"groups": -1}],
    "activation": [{"activation": "nothing"}],
    "kernel_initializer": [{"kernel_initializer": "nothing"}],
    "kernel_regularizer": [{"kernel_regularizer": "nothing"}],
    "kernel_constraint": [{"kernel_constraint": "nothing"}],
}


def complete(args):
    return {"filters": 4, "kernel_size": 3, **args}


def case(args, shape):
    entry = row("Conv2D", complete(args), shape)
    layer = keras.layers.Conv2D(**complete(args))
    layer.build(tuple(shape))
    entry["initial"] = [floats(v) if np.ptp(v) == 0 else None for v in layer.get_weights()]
    for k, v in enumerate(layer.trainable_variables):
        v.assign(pattern(v.shape, k + 1))
    layer(pattern(shape, 0), training=True)
    entry["losses"] = [float(loss) for loss in layer.losses]
    entry["constrained"] = [floats(v.constraint(v.value)) if v.constraint else None for v in layer.trainable_variables]
    return entry


def message(args):
    try:
        keras.layers.Conv2D(**complete(args))
    except ValueError as error:
        return str(error)
    raise AssertionError(f"Keras takes {args}")


def default_formats():
    """The data format in the config of layers that are given none, where the default is channels_first."""
    values = {"filters": 2, "kernel_size": 3, "units": 2, "pool_size": 2, "rate": 0.5, "height": 4, "width": 4}
    values |= {"factor": 0.5, "output_size": 2, "height_factor": 0.1, "width_factor": 0.1}
    found = {}
    keras.config.set_image_data_format("channels_first")
    for name in dir(keras.layers):
        cls = getattr(keras.layers, name)
        if not inspect.isclass(cls) or cls.__name__ != name:
            continue
        parameters = inspect.signature(cls.__init__).parameters
        args = {k: values[k] for k, p in parameters.items() if p.default is inspect.Parameter.empty and k in values}
        if name == "RandomPosterization":
            args = {"factor": 4}
        try:
            config = cls(**args).get_config()
        except (TypeError, ValueError, ImportError):
            continue
        if "data_format" in config:
            found[name] = {"args": args, "dataFormat": config["data_format"]}
    keras.config.set_image_data_format("channels_last")
    return found


def write():
    cases = {name: [case(*c) for c in rows] for name, rows in CASES.items()}
    signature = inspect.signature(keras.layers.Conv2D.__init__).parameters
    names = [name for name in signature if name not in ("self", "kwargs")]
    assert sorted(names) == sorted(cases), names
    refused = {name: [[complete(args), message(args)] for args in rows] for name, rows in REFUSED.items()}
    page = {"cases": cases, "refused": refused, "dataFormats": default_formats()}
    pathlib.Path(__file__).with_name("seedPage.json").write_text(json.dumps(page, separators=(",", ":")) + "\n")
    print(sum(map(len, cases.values())), len(page["dataFormats"]))


write()
