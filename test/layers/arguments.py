"""Configs of all classes of keras.layers, each argument in turn with a value that is not its default.

Run with Keras 3.15.1 on TensorFlow:  KERAS_BACKEND=tensorflow python test/layers/arguments.py
Writes goldensArguments.json beside this file: {keras, classes: {class: {argument: config}}}, where "" is the config without
further arguments. An argument that Keras does not write into the config is under `unwritten`.
"""

import inspect
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras  # noqa: E402

layers = keras.layers
# Those carry code or another framework, or are base classes.
LEFT_OUT = {"Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper", "InputLayer", "Layer", "Wrapper", "InputSpec"}
FIRST = "channels_first"
CONV = {"filters": 4, "kernel_size": 3}
SIZE = {"height": 4, "width": 5}
DENSE = lambda: layers.Dense(3, name="inner")  # noqa: E731
FACTOR = {"factor": 0.2}

REQUIRED = {
    **{f"Conv{n}D{t}": CONV for n in (1, 2, 3) for t in ("", "Transpose")},
    **{f"SeparableConv{n}D": CONV for n in (1, 2)},
    **{f"DepthwiseConv{n}D": {"kernel_size": 3} for n in (1, 2)},
    **{f"ConvLSTM{n}D": CONV for n in (1, 2, 3)},
    **{f"Adaptive{k}Pooling{n}D": {"output_size": 2} for k in ("Average", "Max") for n in (1, 2, 3)},
    **{f"SpatialDropout{n}D": {"rate": 0.2} for n in (1, 2, 3)},
    **{name: {"units": 3} for name in ("Dense", "GRU", "GRUCell", "LSTM", "LSTMCell", "SimpleRNN", "SimpleRNNCell")},
    **{name: {"rate": 0.2} for name in ("Dropout", "AlphaDropout", "GaussianDropout")},
    **{name: FACTOR for name in ("RandomBrightness", "RandomContrast", "RandomHue", "RandomSaturation", "RandomSharpness", "RandomRotation", "RandomColorDegeneration")},
    **{name: SIZE for name in ("CenterCrop", "RandomCrop", "Resizing")},
    **{f"{k}Pooling{n}D": {"pool_size": 2} for k in ("Average", "Max") for n in (1, 2, 3)},
    "Activation": {"activation": "relu"},
    "Bidirectional": {"layer": lambda: layers.LSTM(3, name="inner")},
    "CategoryEncoding": {"num_tokens": 4},
    "Discretization": {"bin_boundaries": [0.0, 1.0]},
    "Dot": {"axes": 1},
    "EinsumDense": {"equation": "ab,bc->ac", "output_shape": 3},
    "Embedding": {"input_dim": 5, "output_dim": 2},
    "ReversibleEmbedding": {"input_dim": 5, "output_dim": 2},
    "GaussianNoise": {"stddev": 0.5},
    "GroupQueryAttention": {"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2},
    "HashedCrossing": {"num_bins": 4},
    "Hashing": {"num_bins": 4},
    "MaxNumBoundingBoxes": {"max_number": 3},
    "MultiHeadAttention": {"num_heads": 2, "key_dim": 3},
    "Permute": {"dims": [2, 1]},
    "Pipeline": {"layers": lambda: [layers.Rescaling(0.5, name="inner")]},
    "RNN": {"cell": lambda: layers.GRUCell(3, name="inner")},
    "RandomPosterization": {"factor": 4},
    "RandomTranslation": {"height_factor": 0.1, "width_factor": 0.2},
    "RandomZoom": {"height_factor": 0.1},
    "RepeatVector": {"n": 2},
    "Rescaling": {"scale": 0.5},
    "Reshape": {"target_shape": [2, -1]},
    "SpectralNormalization": {"layer": DENSE},
    "StackedRNNCells": {"cells": lambda: [layers.GRUCell(3, name="inner")]},
    "TimeDistributed": {"layer": DENSE},
}

# By argument, for all classes or for one.
VALUES = {
    "activation": "tanh", "recurrent_activation": "tanh", "activity_regularizer": "l1", "dtype": "mixed_float16", "trainable": False,
    "data_format": FIRST, "padding": "same", "seed": 7, "dilation_rate": 2, "strides": 2, "groups": 2, "output_padding": 1,
    "noise_shape": [None, 1], "lora_rank": 2, "lora_alpha": 3.0, "bias_axes": "c", "axis": 1, "score_mode": "concat", "dropout": 0.3,
    "value_dim": 2, "output_shape": 5, "attention_axes": [1], "flash_attention": True, "seq_length": 8, "interpolation": "nearest", "fill_mode": "constant",
    "fill_value": 2.0, "value_range": [0.0, 1.0], "vocabulary": ["a", "b"], "idf_weights": [0.5, 0.25], "max_tokens": 9,
    "mask_token": "m", "oov_token": "o", "encoding": "latin-1", "salt": 3, "mask_value": 2.0, "bin_boundaries": [1.0, 2.0], "num_bins": 6, "mode": "psd",
    "merge_mode": "sum", "beta_constraint": "non_neg", "gamma_constraint": "non_neg", "shared_axes": [1], "max_value": 3.0,
    "cropping": 2, "pool_size": 3, "size": 3, "frame_step": 20, "fft_length": 512, "window": "hamming", "scaling": "spectrum", "sequence_length": 900,
    "max_freq": 5000.0, "renorm_clipping": {"rmax": 2.0}, "quantization_config": None, "mean": 1.0, "variance": 2.0, "standardize": "lower", "split": "character",
    "ngrams": 2, "output_sequence_length": 6, "offset": 1.5, "tile_grid_size": [2, 3], "kernel_size": 5, "bounding_box_format": "xyxy", "scale": 0.5,
    "factor": 0.3, "height_factor": 0.3, "width_factor": 0.4, "x_factor": 0.3, "y_factor": 0.3, "brightness_factor": 0.1, "contrast_factor": 0.2, "saturation_factor": 0.3,
    "hue_factor": 0.4, "mask_zero": True, "sliding_window": 4, "reverse_dtype": "float32", "logit_soft_cap": 30.0, "use_scale": True, "backward_layer": None, "synchronized": True,
    "recurrent_initializer": "he_normal", "vocabulary_dtype": "int32", "sequence_stride": 100, "zero_output_for_mask": True, "tie_weights": False,
}
OWN = {
    **{(f"{k}Pooling{n}D", "strides"): 3 for k in ("Average", "Max") for n in (1, 2, 3)},
    **{(f"ZeroPadding{n}D", "padding"): 2 for n in (1, 2, 3)},
    **{(f"{k}{c}", "activation"): "relu" for k in ("GRU", "LSTM", "SimpleRNN") for c in ("", "Cell")},
    **{(f"ConvLSTM{n}D", "activation"): "relu" for n in (1, 2, 3)},
    ("AugMix", "factor"): 0.4, ("MixUp", "alpha"): 0.6, ("UpSampling2D", "interpolation"): "bilinear", ("Hashing", "dtype"): "int64", ("HashedCrossing", "dtype"): "int64",
    **{(f"{k}Normalization", "scale"): False for k in ("Batch", "Group", "Layer")},
    ("MaxNumBoundingBoxes", "fill_value"): -2, ("IntegerLookup", "vocabulary_dtype"): None,
    ("Attention", "use_scale"): True, ("AdditiveAttention", "use_scale"): False,
    ("IntegerLookup", "vocabulary"): [3, 5], ("IntegerLookup", "oov_token"): -3, ("IntegerLookup", "mask_token"): 0,
    ("Discretization", "num_bins"): None, ("RandomPosterization", "factor"): 5, ("RandomElasticTransform", "scale"): 0.5, ("RandomErasing", "scale"): [0.1, 0.2],
    ("RandomGaussianBlur", "kernel_size"): [5, 3], ("RandomPerspective", "scale"): 0.4, ("Solarization", "addition_factor"): 0.2, ("Solarization", "threshold_factor"): 0.2,
    ("STFTSpectrogram", "mode"): "psd", ("RandomFlip", "mode"): "vertical", ("UpSampling1D", "size"): 3, ("GroupNormalization", "groups"): 4, ("ConvLSTM1D", "dropout"): 0.3,
    ("Resizing", "interpolation"): "nearest", ("Resizing", "fill_mode"): None, ("TextVectorization", "split"): "character", ("Permute", "dims"): [1, 2], ("Rescaling", "scale"): 2.0, ("LayerNormalization", "axis"): [1, 2],
    ("BatchNormalization", "axis"): 1, ("RandomRotation", "fill_mode"): "wrap", ("EinsumDense", "output_shape"): 4, ("MultiHeadAttention", "output_shape"): 5, ("Normalization", "axis"): 1,
    ("Hashing", "mask_value"): "m", ("HashedCrossing", "output_mode"): "one_hot", ("Hashing", "output_mode"): "one_hot", ("CategoryEncoding", "output_mode"): "count", ("Discretization", "output_mode"): "one_hot",
    ("StringLookup", "output_mode"): "count", ("IntegerLookup", "output_mode"): "count", ("TextVectorization", "output_mode"): "count", ("UnitNormalization", "axis"): 1,
    ("StackedRNNCells", "cells"): None, ("SeparableConv2D", "strides"): 2, ("MelSpectrogram", "fft_length"): 4096, ("MelSpectrogram", "sequence_length"): 900, ("Softmax", "axis"): 1, ("Equalization", "bins"): 16, ("PReLU", "alpha_initializer"): "ones",
}
# Arguments that need another one beside them.
WITH = {
    "idf_weights": {"vocabulary": ["a", "b"], "output_mode": "tf_idf"},
    "mean": {"variance": 2.0}, "variance": {"mean": 1.0}, "lora_alpha": {"lora_rank": 2}, "renorm_clipping": {"renorm": True},
    "output_padding": {"strides": 2}, "invert": {}, "epsilon": {}, "pad_to_max_tokens": {"max_tokens": 9, "output_mode": "count"}, "sparse": {"output_mode": "count"},
    "fill_value": {"fill_mode": "constant"}, "encoding": {}, "ragged": {}, "mask_token": {}, "wrapped": {},
}
WITH_OWN = {
    ("Resizing", "fill_value"): {"pad_to_aspect_ratio": True}, ("RandomPerspective", "fill_value"): {}, ("RandomErasing", "fill_value"): {}, ("Normalization", "invert"): {"mean": 1.0, "variance": 2.0},
    ("IntegerLookup", "idf_weights"): {"vocabulary": [3, 5], "output_mode": "tf_idf"}, ("Hashing", "sparse"): {"output_mode": "one_hot"}, ("HashedCrossing", "sparse"): {"output_mode": "one_hot"}, ("Discretization", "epsilon"): {}, ("MaxNumBoundingBoxes", "fill_value"): {},
    ("IntegerLookup", "invert"): {"vocabulary": [3, 5]}, ("StringLookup", "invert"): {"vocabulary": ["a", "b"]},
}


def fresh(value):
    return value() if callable(value) else value


def value_of(name, parameter):
    argument, default = parameter.name, parameter.default
    if (name, argument) in OWN:
        return OWN[name, argument]
    if argument in VALUES:
        return VALUES[argument]
    if argument.endswith("_initializer"):
        return "he_normal" if default != "he_normal" else "ones"
    if argument.endswith("_regularizer"):
        return "l2"
    if argument.endswith("_constraint"):
        return "non_neg"
    if isinstance(default, bool):
        return not default
    if isinstance(default, int):
        return default + 1
    if isinstance(default, float):
        return default / 2 + 0.1
    return None


def config_of(make):
    layer = make()
    serialized = json.loads(json.dumps(keras.saving.serialize_keras_object(layer)))
    return {k: v for k, v in serialized["config"].items() if k != "name"}


result, unwritten, failed = {}, {}, {}
for name in sorted(dir(layers)):
    cls = getattr(layers, name)
    if not inspect.isclass(cls) or cls.__name__ != name or name in LEFT_OUT:
        continue
    required = REQUIRED.get(name, {})
    parameters = [p for p in inspect.signature(cls.__init__).parameters.values() if p.name not in ("self", "kwargs", "args", "name")]
    known = {p.name for p in parameters}
    base = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=None) for n in ("trainable", "dtype") if n not in known and name != "Pipeline"]
    try:
        rows = {"": config_of(lambda: cls(**{k: fresh(v) for k, v in required.items()}))}
    except Exception as error:
        failed[name] = str(error)[:100]
        continue
    for parameter in [*parameters, *base]:
        value = value_of(name, parameter)
        if value is None:
            if parameter.name not in required:
                failed.setdefault(name, []).append(parameter.name)
            continue
        more = WITH_OWN.get((name, parameter.name), WITH.get(parameter.name, {}))
        arguments = {k: fresh(v) for k, v in required.items() if not (name == "Discretization" and parameter.name == "num_bins")} | more | {parameter.name: value}
        try:
            config = config_of(lambda: cls(**arguments))
        except Exception as error:
            failed.setdefault(name, []).append(f"{parameter.name}: {str(error)[:100]}")
            continue
        if config == rows[""] and parameter.name not in required:
            unwritten.setdefault(name, []).append(parameter.name)
        rows[parameter.name] = config
    result[name] = rows

print(json.dumps(failed, indent=1))
print("unwritten", json.dumps(unwritten))
lines = []
for name, rows in result.items():
    first = rows.pop("")
    # Of each further config what differs from the first.
    changes = {a: {k: v for k, v in c.items() if k not in first or first[k] != v} for a, c in rows.items()}
    lines.append(f'    {json.dumps(name)}: {json.dumps({"config": first, "arguments": changes}, separators=(",", ":"))}')
text = '{\n  "keras": %s,\n  "classes": {\n%s\n  }\n}\n' % (json.dumps(keras.__version__), ",\n".join(lines))
pathlib.Path(__file__).with_name("goldensArguments.json").write_text(text)
print(len(result), sum(len(r) for r in result.values()), len(text))
