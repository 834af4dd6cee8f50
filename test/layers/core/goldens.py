"""Configs, outputs and gradients of real Keras for the layers of core, activation, merging, reshaping, regularization,
preprocessing, attention and applications.

Run with Keras 3.15.1 on JAX:  KERAS_BACKEND=jax python test/layers/core/goldens.py
Writes goldens.json into each of those folders, or into those that are given as arguments. Inputs and weights follow from formulas that golden.ts repeats.
"""

import importlib
import json
import pathlib
import sys

import jax
import keras
import numpy as np

FOLDER = pathlib.Path(__file__).parent
LAST, FIRST = "channels_last", "channels_first"
CONVNEXT, INCEPTION = "keras.src.applications.convnext", "keras.src.applications.inception_resnet_v2"
HE = {"module": "keras.initializers", "class_name": "HeNormal", "config": {"seed": 3}, "registered_name": None}


def pattern(shape, seed):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (((i * 37 + seed * 13) % 101 - 50) / 25).astype("float32").reshape(shape)


def integers(shape, below):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (i * 7 % below).astype("int32").reshape(shape)


def floats(array):
    return [float(f"{v:.7g}") for v in np.asarray(array, dtype="float64").ravel()]


def config_of(layer):
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))["config"]
    config.pop("name")
    return config


def find(name):
    module, _, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module) if module else keras.layers, attribute)


def mark(tensors, lengths_of_all):
    """Sets the masks of sequences of these lengths; a call of a layer may take them away."""
    for tensor, lengths in zip(tensors, lengths_of_all or []):
        if lengths:
            rows = np.arange(tensor.shape[1])[None, :] < np.array(lengths)[:, None]
            keras.src.backend.set_keras_mask(tensor, keras.ops.convert_to_tensor(rows))


def apply(layer, inputs):
    """Attention layers take their tensors one by one."""
    one_by_one = hasattr(layer, "_flash_attention") or len(inputs) == 1
    return inputs if one_by_one else [inputs]


def row(name, args, *shapes, call=None, below=None, gradient=True, mask=None):
    """`below` makes integers of the inputs; `mask` gives the lengths of the sequences of the inputs."""
    layer = find(name)(**args)
    entry = {"className": type(layer).__name__ if "." in name else name, "args": args, "inputShapes": shapes}
    entry |= {"config": config_of(layer), "call": call or {}}
    inputs = [integers(s, below) if below else pattern(s, k) for k, s in enumerate(shapes)]
    tensors = [keras.ops.convert_to_tensor(x) for x in inputs]
    if below:
        entry["below"] = below
    if mask:
        entry["lengths"] = mask
    mark(tensors, mask)
    layer(*apply(layer, tensors), **(call or {}))
    own = layer.weights
    for k, v in enumerate(own):
        v.assign(pattern(v.shape, k + 1))
    mark(tensors, mask)
    y = layer(*apply(layer, tensors), **(call or {}))
    outputs = y if isinstance(y, (list, tuple)) else [y]
    entry["weights"] = [[v.path.split("/", 1)[1] if "/" in v.path else v.path, list(v.shape)] for v in own]
    entry["outputShapes"] = [list(o.shape) for o in outputs]
    entry["outputs"] = [floats(o) for o in outputs]
    if gradient and not below and len(outputs) == 1 and not mask:
        state = [v.value for v in layer.non_trainable_variables]

        def loss(weights, xs):
            result, _ = layer.stateless_call(weights, state, *apply(layer, xs), **(call or {}))
            return keras.ops.sum(result * pattern(result.shape, 5))

        of_weights, of_inputs = jax.grad(loss, argnums=(0, 1))([v.value for v in layer.trainable_variables], tensors)
        entry["gradients"] = {"weights": [floats(g) for g in of_weights], "inputs": [floats(g) for g in of_inputs]}
    return entry


def write(folder, rows):
    lines = ",\n".join(json.dumps(r, separators=(",", ":")) for r in rows)
    (FOLDER.parent / folder / "goldens.json").write_text(f"[\n{lines}\n]\n")
    print(folder, len(rows))


def core():
    return [
        row("Dense", {"units": 3}, [2, 4]),
        row("Dense", {"units": 3, "activation": "relu"}, [2, 3, 4]),
        row("Dense", {"units": 5, "activation": "gelu", "use_bias": False}, [2, 2, 3, 4]),
        row("Dense", {"units": 4, "activation": "softmax"}, [3, 5]),
        row("Dense", {"units": 4, "activation": "softmax"}, [2, 2, 3]),
        *[row("Dense", {"units": 4, "activation": a}, [3, 5]) for a in ("sigmoid", "elu", "leaky_relu", "relu6", "tanh", "hard_silu")],
        row("Dense", {"units": 2, "kernel_regularizer": "l2", "bias_constraint": "non_neg", "activity_regularizer": "l1", "trainable": False}, [3, 5], gradient=False),
        row("Dense", {"units": 1, "kernel_initializer": HE}, [4, 6]),
        row("EinsumDense", {"equation": "abc,cd->abd", "output_shape": [None, 3], "bias_axes": "d", "activation": "relu"}, [2, 3, 4]),
        row("EinsumDense", {"equation": "ab,bc->ac", "output_shape": 5, "bias_axes": "c"}, [2, 3]),
        row("EinsumDense", {"equation": "abc,cde->abde", "output_shape": [None, 2, 3], "bias_axes": "de"}, [2, 3, 4]),
        row("EinsumDense", {"equation": "abcd,cde->abe", "output_shape": [None, 4], "bias_axes": "e"}, [2, 3, 2, 3]),
        row("EinsumDense", {"equation": "...x,xy->...y", "output_shape": 3, "bias_axes": "y", "activation": "tanh"}, [2, 3, 2, 4]),
        row("EinsumDense", {"equation": "ab...,bc->ac...", "output_shape": [3], "bias_axes": "c"}, [2, 4, 3]),
        row("EinsumDense", {"equation": "abc,cd->adb", "output_shape": [3, None], "bias_axes": "d"}, [2, 4, 5]),
        row("EinsumDense", {"equation": "abc,bcd->abd", "output_shape": [4, 3], "bias_axes": "bd"}, [2, 4, 5]),
        row("EinsumDense", {"equation": "abc,dc->abd", "output_shape": [None, 2]}, [2, 4, 5]),
        row("Embedding", {"input_dim": 7, "output_dim": 3}, [2, 4], below=7),
        row("Embedding", {"input_dim": 5, "output_dim": 2, "mask_zero": True, "embeddings_constraint": "non_neg"}, [2, 2, 3], below=5),
        row("Identity", {}, [2, 3]),
        row("Masking", {"mask_value": -2.0}, [2, 3, 1], gradient=False),
        row("Masking", {}, [2, 3, 4]),
    ]


def activation():
    names = "linear relu relu6 elu selu celu gelu silu swish hard_silu hard_sigmoid sigmoid tanh softplus softsign mish exponential log_softmax softmax squareplus sparse_plus glu leaky_relu".split()
    smooth = {"selu", "gelu", "silu", "sigmoid", "tanh", "softplus", "mish", "softmax", "log_softmax", "squareplus"}
    return [
        *[row("Activation", {"activation": n}, [2, 3, 4], gradient=n in smooth) for n in names],
        *[
            row("ReLU", a, [2, 3, 5], gradient=False)
            for a in ({}, {"max_value": 1.0}, {"max_value": 6}, {"negative_slope": 0.1}, {"threshold": 0.5}, {"max_value": 1.5, "negative_slope": 0.2, "threshold": 0.25})
        ],
        *[row("LeakyReLU", a, [2, 7], gradient=False) for a in ({}, {"negative_slope": 0.1})],
        *[row("ELU", a, [2, 7], gradient=False) for a in ({}, {"alpha": 0.5})],
        *[row("PReLU", a, [2, 3, 4, 2], gradient=False) for a in ({}, {"shared_axes": [1, 2]}, {"shared_axes": 3, "alpha_initializer": "ones", "alpha_regularizer": "l2"})],
        *[row("Softmax", a, [2, 3, 4]) for a in ({}, {"axis": 1}, {"axis": [1, 2]}, {"axis": [-1]})],
    ]


def merging():
    a, b, c = [2, 3, 4], [2, 1, 4], [2, 4]
    rows = []
    for name in ("Add", "Multiply", "Average", "Maximum", "Minimum"):
        smooth = name in ("Add", "Multiply", "Average")
        rows += [row(name, {}, a, a, gradient=smooth), row(name, {}, a, b, a, gradient=smooth), row(name, {}, c, a, gradient=smooth)]
    rows += [row("Subtract", {}, a, a), row("Subtract", {"name": "minus"}, a, b)]
    rows += [row("Concatenate", {}, a, [2, 3, 2]), row("Concatenate", {"axis": 1}, a, b, a), row("Concatenate", {"axis": -2}, a, a)]
    rows += [
        row("Dot", {"axes": 1}, [2, 3], [2, 3]),
        row("Dot", {"axes": -1, "normalize": True}, [2, 3], [2, 3]),
        row("Dot", {"axes": [2, 1]}, [2, 3, 4], [2, 4, 5]),
        row("Dot", {"axes": [1, 2], "normalize": True}, [2, 3, 4], [2, 5, 3]),
        row("Dot", {"axes": [1, 1]}, [2, 3], [2, 3, 4]),
        row("Dot", {"axes": [3, 1]}, [2, 3, 2, 4], [2, 4, 5]),
    ]
    return rows


def reshaping():
    rows = [
        row("Flatten", {}, [2, 3, 2, 2]),
        row("Flatten", {"data_format": FIRST}, [2, 3, 2, 2]),
        row("Flatten", {}, [3]),
        row("Reshape", {"target_shape": [6, 2]}, [2, 3, 4]),
        row("Reshape", {"target_shape": [-1, 6]}, [2, 3, 4]),
        row("Reshape", {"target_shape": [-1]}, [2, 3, 4]),
        row("Permute", {"dims": [3, 1, 2]}, [2, 3, 2, 4]),
        row("RepeatVector", {"n": 3}, [2, 4]),
        row("Cropping1D", {}, [2, 5, 2]),
        row("Cropping1D", {"cropping": [2, 0]}, [2, 5, 2]),
        row("UpSampling1D", {}, [2, 3, 2]),
        row("UpSampling1D", {"size": 3}, [2, 2, 3]),
    ]
    for f in (LAST, FIRST):
        d = {"data_format": f}
        rows += [
            row("ZeroPadding1D", {"padding": 2, **d}, [2, 3, 4]),
            row("ZeroPadding1D", {"padding": [0, 3], **d}, [2, 3, 4]),
            row("ZeroPadding2D", {**d}, [2, 3, 4, 2]),
            row("ZeroPadding2D", {"padding": [1, 2], **d}, [2, 2, 3, 2]),
            row("ZeroPadding2D", {"padding": [[0, 1], [2, 0]], **d}, [2, 3, 2, 2]),
            row("ZeroPadding3D", {"padding": [[0, 1], [1, 0], [1, 1]], **d}, [1, 2, 2, 3, 2]),
            row("Cropping2D", {"cropping": 1, **d}, [2, 4, 5, 3]),
            row("Cropping2D", {"cropping": [[0, 1], [2, 0]], **d}, [2, 4, 5, 3]),
            row("Cropping3D", {"cropping": [[0, 1], [1, 0], [1, 1]], **d}, [1, 4, 4, 4, 3]),
            row("UpSampling3D", {"size": [2, 1, 3], **d}, [1, 2, 3, 2, 2]),
        ]
        for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
            rows.append(row("UpSampling2D", {"size": [2, 3], "interpolation": interpolation, **d}, [2, 3, 4, 2]))
    return rows


def preprocessing():
    rows = [
        row("Rescaling", {"scale": 0.5, "offset": -1}, [2, 3, 2, 3]),
        row("Rescaling", {"scale": 1 / 255}, [2, 3, 2, 3], below=255),
        row("Rescaling", {"scale": [0.5, 2, 3], "offset": [1, 0, -1]}, [2, 3, 2, 3]),
    ]
    for f in (LAST, FIRST):
        d = {"data_format": f}
        shape = [2, 6, 7, 2] if f == LAST else [2, 2, 6, 7]
        for interpolation in ("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"):
            for antialias in (False, True):
                for size in ([4, 9], [3, 3]):
                    args = {"height": size[0], "width": size[1], "interpolation": interpolation, "antialias": antialias, **d}
                    rows.append(row("Resizing", args, shape))
        for size in ([4, 9], [9, 4], [3, 3]):
            args = {"height": size[0], "width": size[1], **d}
            rows.append(row("Resizing", {**args, "crop_to_aspect_ratio": True}, shape))
            rows.append(row("Resizing", {**args, "pad_to_aspect_ratio": True, "fill_value": 0.5}, shape))
            rows.append(row("CenterCrop", args, shape))
        rows.append(row("CenterCrop", {"height": 3, "width": 2, **d}, shape))
    rows.append(row("Resizing", {"height": 4, "width": 5}, [6, 7, 3]))
    for name, args in (
        ("RandomFlip", {"mode": "horizontal", "seed": 1}),
        ("RandomRotation", {"factor": 0.1, "fill_mode": "nearest"}),
        ("RandomZoom", {"height_factor": [-0.2, 0.1]}),
        ("RandomTranslation", {"height_factor": 0.1, "width_factor": [0.1, 0.2]}),
        ("RandomContrast", {"factor": 0.2, "value_range": [0, 1]}),
        ("RandomBrightness", {"factor": [-0.1, 0.2]}),
        ("RandomCrop", {"height": 3, "width": 3, "seed": 5}),
        ("RandomShear", {"x_factor": 0.1}),
        ("RandomPerspective", {"factor": 0.5}),
        ("RandomElasticTransform", {}),
        ("RandomHue", {"factor": 0.1}),
        ("RandomSaturation", {"factor": 0.3}),
        ("RandomGrayscale", {"factor": 0.3}),
        ("RandomInvert", {}),
        ("RandomPosterization", {"factor": [3, 4]}),
        ("RandomSharpness", {"factor": 0.1}),
        ("RandomColorDegeneration", {"factor": 0.4}),
        ("RandomColorJitter", {}),
        ("RandomErasing", {}),
        ("RandomGaussianBlur", {}),
        ("AugMix", {"factor": 0.2}),
        ("RandAugment", {"num_ops": 3}),
        ("Solarization", {"addition_factor": 0.1, "threshold_factor": [0.2, 0.5]}),
        ("Equalization", {"bins": 16}),
        ("MixUp", {}),
        ("CutMix", {"factor": [0.1, 0.4]}),
        ("MaxNumBoundingBoxes", {"max_number": 3}),
        ("AutoContrast", {"value_range": [0, 1]}),
        ("AutoContrast", {"data_format": FIRST}),
    ):
        rows.append(row(name, args, [2, 3, 3, 3], call={"training": False}, gradient=False))
    rows.append(row("AutoContrast", {}, [3, 2, 2], call={"training": True}, gradient=False))
    return rows + audio()


def audio():
    short = {"frame_length": 6, "frame_step": 4}
    rows = [row("STFTSpectrogram", {"mode": m, **short}, [2, 15, 2], gradient=m != "angle") for m in ("log", "magnitude", "psd", "real", "imag", "angle", "stft")]
    for more in ({"padding": "same"}, {"scaling": None}, {"scaling": "spectrum"}, {"window": None}, {"window": "hamming"}, {"window": "blackman", "periodic": True}, {"fft_length": 11}, {"frame_step": None}, {"frame_length": 5, "fft_length": 8}):
        rows.append(row("STFTSpectrogram", {"mode": "psd", **short, **more}, [2, 15, 1]))
    for more in ({}, {"expand_dims": True}, {"data_format": FIRST}, {"data_format": FIRST, "expand_dims": True}):
        for mode in ("magnitude", "stft"):
            rows.append(row("STFTSpectrogram", {"mode": mode, **short, **more}, [2, 2, 15] if "data_format" in more else [2, 15, 2]))
    rows.append(row("STFTSpectrogram", {}, [1, 300, 1], gradient=False))
    small = {"fft_length": 16, "sequence_stride": 7, "sequence_length": 12, "num_mel_bins": 4}
    for more in ({}, {"power_to_db": False}, {"window": "hamming"}, {"window": None}, {"mag_exp": 1.0}, {"top_db": 6.0}, {"ref_power": 2.0}, {"min_power": 0.1}, {"min_freq": 100.0, "max_freq": 4000.0}, {"sequence_length": 16}, {"sequence_length": 11}, {"sampling_rate": 8000}, {"fft_length": 17}):
        rows.append(row("MelSpectrogram", {**small, **more}, [2, 40], gradient=not more or "power_to_db" in more))
    rows += [row("MelSpectrogram", small, [40], gradient=False), row("MelSpectrogram", small, [2, 2, 40], gradient=False)]
    rows.append(row("MelSpectrogram", {"num_mel_bins": 20}, [1, 3000], gradient=False))
    return rows


def regularization():
    rows = []
    for name, args, shape in (
        ("Dropout", {"rate": 0.5}, [2, 3]),
        ("Dropout", {"rate": 0.2, "noise_shape": [None, 1], "seed": 4}, [2, 3]),
        ("SpatialDropout1D", {"rate": 0.3}, [2, 3, 4]),
        ("SpatialDropout2D", {"rate": 0.3, "data_format": FIRST, "seed": 2, "name": "drop"}, [2, 3, 2, 2]),
        ("SpatialDropout3D", {"rate": 0.3}, [1, 2, 2, 2, 2]),
        ("AlphaDropout", {"rate": 0.1, "seed": 3}, [2, 3]),
        ("GaussianDropout", {"rate": 0.1}, [2, 3]),
        ("GaussianNoise", {"stddev": 0.1}, [2, 3]),
        ("ActivityRegularization", {"l1": 0.1, "l2": 0.2}, [2, 3]),
        ("ActivityRegularization", {}, [2, 3]),
    ):
        rows.append(row(name, args, shape, **({} if name.startswith("Activity") else {"call": {"training": False}})))
    return rows


def attention():
    q, v = [2, 3, 4], [2, 5, 4]
    rows = [
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, q, v),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, q, [2, 5, 2], [2, 5, 3]),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 3, "value_dim": 2, "output_shape": 5, "use_bias": False, "dropout": 0.3}, q, v),
        row("MultiHeadAttention", {"num_heads": 3, "key_dim": 2, "output_shape": [2, 3]}, q, v),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}, q, q, call={"use_causal_mask": True}),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 2, "sliding_window": 2}, q, q),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 2, "use_gate": True}, q, v),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}, q, v, call={"return_attention_scores": True}),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 2, "attention_axes": [2]}, [2, 3, 4, 3], [2, 3, 5, 3]),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 2, "attention_axes": [1, 2]}, [2, 2, 3, 3], [2, 2, 4, 3]),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 2}, [2, 2, 3, 3], [2, 2, 4, 3]),
        row("MultiHeadAttention", {"num_heads": 2, "key_dim": 3}, q, v, mask=[[2, 3], [4, 2]]),
        row("GroupQueryAttention", {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}, q, v),
        row("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 6, "num_key_value_heads": 2, "use_bias": False, "use_gate": True}, q, v),
        row("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2}, q, q, call={"use_causal_mask": True}),
        row("GroupQueryAttention", {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 1}, q, v, call={"return_attention_scores": True}),
        row("Attention", {}, q, v),
        row("Attention", {"use_scale": True, "dropout": 0.2, "seed": 1}, q, [2, 5, 3], v),
        row("Attention", {"score_mode": "concat"}, q, v),
        row("Attention", {"score_mode": "concat", "use_scale": True}, q, v, call={"use_causal_mask": True}),
        row("Attention", {}, q, q, call={"use_causal_mask": True}),
        row("Attention", {}, q, v, call={"return_attention_scores": True}),
        row("Attention", {}, q, v, mask=[[2, 3], [4, 2]]),
        row("AdditiveAttention", {}, q, v),
        row("AdditiveAttention", {"use_scale": False}, q, v, v),
        row("AdditiveAttention", {}, q, v, mask=[None, [1, 5]]),
    ]
    return rows


def applications():
    return [
        row(f"{CONVNEXT}.LayerScale", {"init_values": 1e-6, "projection_dim": 4}, [2, 3, 2, 4]),
        row(f"{CONVNEXT}.StochasticDepth", {"drop_path_rate": 0.2}, [2, 3, 2, 4], call={"training": False}),
        row(f"{INCEPTION}.CustomScaleLayer", {"scale": 0.17}, [2, 3], [2, 3]),
    ]


for family in (core, activation, merging, reshaping, preprocessing, regularization, attention, applications):
    if not sys.argv[1:] or family.__name__ in sys.argv[1:]:
        write(family.__name__, family())
