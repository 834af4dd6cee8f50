"""Random graphs in lower precision: `python compatibility/keras_graphs FOLDER COUNT SEED low` or `quantized`.

A model has a policy of its own, and so have some of its layers. What is read here computes in float32. So the values to compare
with come from the same model with the same weights in float32, and `lower` says how far Keras is from these with its policies.
Quantised models are compared with Keras's own expanded weights, without the rounding of inputs.
"""

from contextlib import contextmanager

import numpy as np

from keras_masks.versions import IS_KERAS_3, VERSION, keras

POLICIES = ["mixed_float16", "mixed_bfloat16"]
MODES = ["int8", "int4", "float8"]


def set_policy(name):
    if IS_KERAS_3:
        keras.config.set_dtype_policy(name)
    else:
        keras.mixed_precision.set_global_policy(name)


def policy_name():
    return keras.config.dtype_policy().name if IS_KERAS_3 else keras.mixed_precision.global_policy().name


@contextmanager
def other_policy(rng):
    """The policy of one layer, which is not that of its model."""
    before = policy_name()
    choices = [*POLICIES, "float32", "float16" if IS_KERAS_3 else "float32"]
    set_policy(choices[rng.integers(len(choices))])
    try:
        yield
    finally:
        set_policy(before)


def names_policy(value):
    return isinstance(value, dict) and str(value.get("class_name", "")).endswith(("Policy", "PolicyV1", "PolicyMap"))


def is_of_integers(policy):
    """Keras 3 casts what a layer of such a policy is given: that is no question of precision."""
    name = (policy.get("config") or {}).get("name")
    return isinstance(name, str) and "float" not in name


def in_float32(config):
    if isinstance(config, dict):
        if names_policy(config):
            if is_of_integers(config):
                return config
            return {**config, "config": {"name": "float32"}} if "config" in config and "Map" not in config["class_name"] else "float32"
        return {key: low_to_float32(value) if key in ("dtype", "dtype_policy") else in_float32(value) for key, value in config.items()}
    return type(config)(in_float32(value) for value in config) if isinstance(config, (list, tuple)) else config


def low_to_float32(value):
    is_low = isinstance(value, str) and ("float" in value) and value != "float64"
    return "float32" if is_low else in_float32(value)


def float32_twin(model):
    """The model with the same weights, computed in float32 throughout."""
    before = policy_name()
    set_policy("float32")
    try:
        twin = type(model).from_config(in_float32(model.get_config()))
    finally:
        set_policy(before)
    twin.set_weights([np.asarray(w, "float32") if np.asarray(w).dtype.kind not in "iub" else w for w in model.get_weights()])
    for layer in twin._flatten_layers():
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()  # what Normalization computes with, from its weights
    return twin


class FloatInputs:
    """Stands in for the quantizer of a layer's inputs, and leaves these as they are."""

    def __init__(self, quantizer):
        self.quantizer = quantizer

    def __call__(self, inputs, *args, **keywords):
        _, scale = self.quantizer(inputs, *args, **keywords)
        return inputs, keras.ops.ones_like(scale)


@contextmanager
def float_inputs(model):
    """Keras computes with the expanded weights of a quantised model, and does not round what its layers are given."""
    if not IS_KERAS_3:
        yield
        return
    from keras.src import quantizers

    every = list(model._flatten_layers())
    found = [layer for layer in every if getattr(layer, "inputs_quantizer", None) is not None]
    before = [layer.inputs_quantizer for layer in found]
    kernels = {tuple(layer._kernel.shape) for layer in every if getattr(layer, "_kernel", None) is not None}
    round_trip = getattr(quantizers, "quantize_and_dequantize", None)
    for layer, quantizer in zip(found, before):
        layer._tracker.unlock()
        layer.inputs_quantizer = FloatInputs(quantizer)
    quantizers.quantize_and_dequantize = lambda x, *more: round_trip(x, *more) if tuple(x.shape) in kernels else x
    try:
        yield
    finally:
        quantizers.quantize_and_dequantize = round_trip
        for layer, quantizer in zip(found, before):
            layer.inputs_quantizer = quantizer


def quantize(model, rng):
    """Quantises what this Keras can quantise of the model, and gives the mode."""
    mode = MODES[rng.integers(len(MODES))]
    model.quantize(mode)
    return mode
