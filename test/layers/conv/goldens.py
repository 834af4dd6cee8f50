"""Configs and outputs of real Keras for the layers of conv, normalization and pooling.

Run with Keras 3.15.1 on JAX:  KERAS_BACKEND=jax python test/layers/conv/goldens.py
Writes goldens.json beside this file and into ../normalization and ../pooling. Inputs and weights follow from formulas that
test/support/layers/convGolden.ts repeats, so only results are stored.
"""

import itertools
import json
import pathlib

import keras
import numpy as np

FOLDER = pathlib.Path(__file__).parent
LAST, FIRST = "channels_last", "channels_first"


def pattern(shape, seed):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((i * 37 + seed * 13) % 101 - 50) / 25).astype("float32").reshape(shape)


def weight_values(variable, k):
    values = pattern(variable.shape, k + 1)
    if "variance" in variable.name or "stddev" in variable.name:
        return np.abs(values) + np.float32(0.25)
    return values


def floats(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, dtype="float64").ravel()]


def config_of(layer):
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))["config"]
    config.pop("name")
    return config


def row(class_name, args, shape, training=False, scale=1, offset=0):
    layer = getattr(keras.layers, class_name)(**args)
    entry = {"className": class_name, "args": args, "inputShape": shape, "config": config_of(layer)}
    entry["symbolicShape"] = list(layer.compute_output_shape((None, *shape[1:])))
    x = pattern(shape, 0) * np.float32(scale) + np.float32(offset)
    if scale != 1 or offset != 0:
        entry |= {"scale": scale, "offset": offset}
    layer.build(tuple(shape))
    own = layer._trainable_variables + layer._non_trainable_variables
    entry["weights"] = [[v.name, list(v.shape)] for v in own]
    for k, v in enumerate(own):
        if v.name != "count":
            v.assign(weight_values(v, k))
    if class_name == "Normalization":
        layer.finalize_state()
    built = config_of(layer)
    if built != entry["config"]:
        entry["builtConfig"] = built
    y = layer(x, training=training) if training else layer(x)
    entry["outputShape"] = list(y.shape)
    entry["output"] = floats(y)
    if training:
        entry["training"] = [floats(v) for v in own]
    return entry


def write(folder, rows):
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
    (FOLDER.parent / folder / "goldens.json").write_text(f"[\n{lines}\n]\n")
    print(folder, len(rows))


def shape_of(spatial, channels, data_format, batch=2):
    return [batch, *spatial, channels] if data_format == LAST else [batch, channels, *spatial]


def conv_rows():
    rows = []
    for f in (LAST, FIRST):
        d = {"data_format": f}

        def add(name, spatial, channels, **args):
            rows.append(row(name, {**args, **d}, shape_of(spatial, channels, f)))

        add("Conv2D", [5, 6], 4, filters=3, kernel_size=[3, 2], strides=[2, 1], padding="same", activation="relu")
        add("Conv2D", [6, 5], 4, filters=6, kernel_size=2, dilation_rate=[2, 1], groups=2, use_bias=False)
        add("Conv2D", [4, 4], 2, filters=3, kernel_size=2, activation="softmax", padding="SAME")
        add("DepthwiseConv2D", [6, 5], 3, kernel_size=3, depth_multiplier=2, padding="same", strides=2)
        add("DepthwiseConv2D", [6, 7], 3, kernel_size=2, dilation_rate=[2, 3], use_bias=False, activation="silu")
        add("SeparableConv2D", [6, 5], 3, filters=4, kernel_size=3, depth_multiplier=2, padding="same", activation="gelu")
        add("SeparableConv2D", [7, 6], 2, filters=3, kernel_size=[2, 3], strides=2, use_bias=False)
        add("Conv1D", [9], 4, filters=6, kernel_size=3, strides=2, padding="same", groups=2, activation="tanh")
        if f == LAST:
            add("Conv1D", [9], 3, filters=2, kernel_size=3, padding="causal", dilation_rate=2)
            add("Conv1D", [8], 3, filters=2, kernel_size=2, padding="causal", strides=3)
        add("Conv1D", [8], 2, filters=3, kernel_size=2, activation="softmax")
        add("DepthwiseConv1D", [9], 3, kernel_size=4, depth_multiplier=2, strides=2, padding="same", activation="relu")
        add("DepthwiseConv1D", [9], 3, kernel_size=2, dilation_rate=3)
        add("SeparableConv1D", [9], 3, filters=4, kernel_size=3, depth_multiplier=2, padding="same")
        add("Conv3D", [4, 5, 3], 2, filters=3, kernel_size=[2, 3, 2], padding="same", activation="relu")
        add("Conv3D", [5, 4, 5], 4, filters=2, kernel_size=[3, 2, 1], strides=[2, 1, 2], groups=2)
        add("Conv3D", [6, 5, 4], 2, filters=2, kernel_size=2, strides=[3, 2, 1], padding="same")
        add("Conv3D", [6, 4, 5], 2, filters=2, kernel_size=2, dilation_rate=[2, 1, 3])
    # Every way in which sizes of a transposed convolution come about.
    rules = itertools.product((1, 2, 3, 4), (1, 2, 3), ("valid", "same"), (None, 0, 1))
    for k, s, padding, extra in rules:
        if extra is not None and extra >= s:
            continue
        args = {"filters": 1, "kernel_size": k, "strides": s, "padding": padding, "output_padding": extra}
        if keras.layers.Conv1DTranspose(**args).compute_output_shape((1, 4, 2))[1] > 0:
            rows.append(row("Conv1DTranspose", args, [1, 4, 2]))
    for f in (LAST, FIRST):
        d = {"data_format": f}
        shape = shape_of([3, 4], 2, f)
        rows.append(row("Conv2DTranspose", {"filters": 3, "kernel_size": [3, 2], "strides": [2, 3], "padding": "same", "activation": "relu", **d}, shape))
        rows.append(row("Conv2DTranspose", {"filters": 2, "kernel_size": [4, 3], "strides": 2, "output_padding": [1, 0], **d}, shape))
        rows.append(row("Conv2DTranspose", {"filters": 2, "kernel_size": [2, 3], "strides": [3, 2], "output_padding": 1, "padding": "same", **d}, shape))
        rows.append(row("Conv2DTranspose", {"filters": 2, "kernel_size": 3, "dilation_rate": [2, 1], "padding": "same", "use_bias": False, **d}, shape))
        rows.append(row("Conv2DTranspose", {"filters": 2, "kernel_size": 2, "dilation_rate": [3, 2], **d}, shape))
        rows.append(row("Conv1DTranspose", {"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 1, **d}, shape_of([5], 2, f)))
        shape = shape_of([3, 2, 3], 2, f)
        rows.append(row("Conv3DTranspose", {"filters": 2, "kernel_size": [3, 2, 2], "strides": [2, 1, 2], "padding": "same", **d}, shape))
        rows.append(row("Conv3DTranspose", {"filters": 3, "kernel_size": [2, 3, 1], "strides": [3, 2, 2], "output_padding": [2, 1, 0], **d}, shape))
        rows.append(row("Conv3DTranspose", {"filters": 2, "kernel_size": [3, 2, 2], "dilation_rate": [2, 3, 1], "activation": "relu", **d}, shape))
    return rows


def normalization_rows():
    rows = []
    for args, shape in (
        ({}, [3, 4]),
        ({"epsilon": 0.1}, [2, 3, 4]),
        ({"axis": 1}, [2, 3, 4]),
        ({"axis": 2, "scale": False}, [2, 3, 2, 4]),
        ({"axis": 1, "center": False}, [2, 3, 4, 2]),
        ({"center": False, "scale": False}, [2, 3, 2, 4]),
        ({"momentum": 0.8}, [2, 2, 3, 2, 4]),
        ({"renorm": True, "renorm_clipping": {"rmax": 1.5, "rmin": 0.5, "dmax": 0.5}, "renorm_momentum": 0.9}, [4, 3]),
        ({"renorm": True, "renorm_clipping": {}, "axis": 1}, [2, 3, 4]),
    ):
        for training in (False, True):
            rows.append(row("BatchNormalization", args, shape, training))
    rows.append(row("BatchNormalization", {"trainable": False}, [3, 4], True))
    for args, shape in (
        ({}, [2, 3, 4]),
        ({"axis": 1}, [2, 3, 4]),
        ({"axis": [3, 1]}, [2, 3, 2, 4]),
        ({"axis": [-2, -1], "center": False, "epsilon": 1e-6}, [2, 3, 2, 4]),
        ({"scale": False}, [2, 5]),
        ({"rms_scaling": True}, [2, 3, 4]),
        ({"rms_scaling": True, "scale": False, "axis": 1}, [2, 3, 4]),
    ):
        rows.append(row("LayerNormalization", args, shape))
    rows.append(row("LayerNormalization", {}, [2, 3, 4], scale=0.5, offset=300))
    for args, shape in (
        ({"groups": 2}, [2, 3, 4]),
        ({"groups": -1}, [2, 3, 2, 4]),
        ({"groups": 3, "axis": 1, "scale": False}, [2, 6, 2, 3]),
        ({"groups": 2, "axis": 2, "center": False}, [2, 3, 4, 2]),
        ({"groups": 1}, [2, 4]),
        ({"groups": 4, "epsilon": 1e-6}, [2, 3, 3, 8]),
    ):
        rows.append(row("GroupNormalization", args, shape))
    for args, shape in (({}, [2, 3, 4]), ({"axis": [1, 2], "epsilon": 0.1}, [2, 3, 4]), ({"axis": 1}, [2, 3, 3])):
        rows.append(row("RMSNormalization", args, shape))
    for args, shape in (({}, [2, 3, 4]), ({"axis": [1, 2]}, [2, 3, 4]), ({"axis": 1}, [2, 3, 3])):
        rows.append(row("UnitNormalization", args, shape))
    rows.append(row("UnitNormalization", {}, [2, 4], scale=0))
    for args, shape in (
        ({}, [2, 3, 4]),
        ({"axis": None}, [2, 3, 4]),
        ({"axis": [1, -1]}, [2, 3, 2, 4]),
        ({"axis": 1, "invert": True}, [2, 3, 4]),
        ({"mean": 3.0, "variance": 2.0}, [2, 3]),
        ({"mean": [1, 2.5, 3], "variance": [4, 0, 0.25]}, [2, 2, 3]),
        ({"mean": [[1], [2]], "variance": [[4], [9]], "axis": [1, 2]}, [2, 2, 3]),
        ({"mean": [1.5], "variance": [4.0], "axis": [1, 2], "invert": True}, [2, 2, 3]),
        ({"mean": [1.5, 2, 4], "variance": [4.0, 1, 2], "axis": 1}, [2, 3, 2]),
    ):
        rows.append(row("Normalization", args, shape))
    return rows


def pooling_rows():
    rows = []
    spatial = {1: [9], 2: [7, 6], 3: [5, 4, 6]}
    for f, rank in itertools.product((LAST, FIRST), (1, 2, 3)):
        d = {"data_format": f}
        shape = shape_of(spatial[rank], 3, f)
        pool = [3, 2, 2][:rank]
        for kind, padding in itertools.product(("Max", "Average"), ("valid", "same")):
            name = f"{kind}Pooling{rank}D"
            rows.append(row(name, {"pool_size": 2, "padding": padding, **d}, shape))
            rows.append(row(name, {"pool_size": pool, "strides": [2, 1, 3][:rank], "padding": padding, **d}, shape))
        for kind, keepdims in itertools.product(("Max", "Average"), (False, True)):
            rows.append(row(f"Global{kind}Pooling{rank}D", {"keepdims": keepdims, **d}, shape))
        for kind in ("Max", "Average"):
            name = f"Adaptive{kind}Pooling{rank}D"
            rows.append(row(name, {"output_size": [4, 3, 2][:rank], **d}, shape))
            rows.append(row(name, {"output_size": 5 if rank < 3 else 4, **d}, shape))
            if rank == 2:
                rows.append(row(name, {"output_size": [3, 2], **d}, shape))
    rows.append(row("MaxPooling2D", {}, [2, 4, 4, 3]))
    return rows


if __name__ == "__main__":
    write("conv", conv_rows())
    write("normalization", normalization_rows())
    write("pooling", pooling_rows())
