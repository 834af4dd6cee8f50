"""How to make every layer that this Keras exports, and which forms each has. The names come from Keras itself."""

import inspect

from .versions import layers

# What required arguments get, by their names. A tuple holds a value for each rank of the input, from 2 on.
BY_NAME = {
    "units": 4, "filters": 4, "kernel_size": 2, "rate": 0.3, "stddev": 0.3, "factor": 0.2, "scale": 0.5, "n": 3, "axes": -1,
    "activation": "tanh", "num_heads": 2, "key_dim": 3, "head_dim": 4, "num_query_heads": 4, "num_key_value_heads": 2,
    "output_size": 2, "height": 3, "width": 3, "crop_to_aspect_ratio": False, "input_dim": 9, "output_dim": 4,
    "num_bins": 8, "num_tokens": 9, "max_number": 3, "bin_boundaries": [-0.5, 0.5],
    "target_shape": ([2, 2], [6, 2, 2], [3, 12], [3, 24]), "dims": ([1], [2, 1], [2, 1, 3], [2, 1, 3, 4]),
    "equation": ("ab,bc->ac", "abc,cd->abd", "abcd,de->abce", "abcde,ef->abcdf"),
    "output_shape": (4, [None, 4], [None, None, 4], [None, None, None, 4]),
}
# Arguments besides those that are required, where the defaults do not fit a small input.
BESIDES = {"GroupNormalization": {"groups": 1}, "Dot": {"axes": 2}, "MelSpectrogram": {"fft_length": 4, "sequence_stride": 1, "num_mel_bins": 2}}
CELLS = ("LSTMCell", "GRUCell", "SimpleRNNCell")
# What draws in training: its losses cannot be compared.
RANDOM = ("Dropout", "Noise", "Random", "StochasticDepth", "RandAugment", "MixUp", "CutMix", "AugMix", "Jitter")
FOREIGN = ("Layer", "Wrapper", "InputLayer", "Lambda", "TFSMLayer", "JaxLayer", "FlaxLayer", "TorchModuleWrapper")


def exported():
    """Each class once, by its shortest name that is not an alias: the class's own."""
    found = {}
    for name in sorted(dir(layers)):
        cls = getattr(layers, name)
        if inspect.isclass(cls) and issubclass(cls, layers.Layer) and name not in FOREIGN:
            if id(cls) not in found or name == cls.__name__:
                found[id(cls)] = name
    return sorted(found.values())


def is_random(name):
    return any(part in name for part in RANDOM)


def takes_pictures(name):
    """Layers that take a tensor of rank 3 for a picture without a batch axis."""
    no_pictures = ("Normalization", "Rescaling", "Discretization", "Spectrogram", "Encoding", "Hash", "Lookup", "Vectorization")
    return "preprocessing" in getattr(layers, name).__module__ and not any(part in name for part in no_pictures)


def ranks_of(name, all_ranks):
    """The ranks of input to try in turn, the batch axis counted: those that the layer is made for, where its name tells them."""
    if takes_pictures(name):
        return (4,)
    axes = next((axes for axes in (1, 2, 3) if name.replace("Transpose", "").endswith(f"{axes}D")), None)
    if axes is None:
        return all_ranks
    return (axes + 3,) if "LSTM" in name else (axes + 2,)


def arguments(name, rank):
    cls = getattr(layers, name)
    found = dict(BESIDES.get(name, {}))
    for key, parameter in inspect.signature(cls.__init__).parameters.items():
        if key == "self" or key in found or parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            continue
        if parameter.default is not parameter.empty:
            continue
        if key in ("layer", "cell", "cells"):
            found[key] = inner(name, key)
        elif key in BY_NAME:
            value = BY_NAME[key]
            found[key] = value[rank - 2] if isinstance(value, tuple) else value
    return found


def inner(name, key):
    if key == "cells":
        return [layers.GRUCell(3), layers.LSTMCell(4)]
    if key == "cell":
        return layers.LSTMCell(4)
    return layers.LSTM(3, return_sequences=True) if name == "Bidirectional" else layers.Dense(4)


def forms(name):
    """Makers of the layer by form; each takes the rank of the input, the batch axis counted."""
    cls = getattr(layers, name)

    def make(rank, **more):
        return cls(**{**arguments(name, rank), **more})

    if name in CELLS or name == "StackedRNNCells":
        return {
            "in RNN": lambda rank: layers.RNN(make(rank)),
            "in RNN, sequences": lambda rank: layers.RNN(make(rank), return_sequences=True),
            "in RNN, both ways": lambda rank: layers.Bidirectional(layers.RNN(make(rank), return_sequences=True)),
        }
    found = {"": make}
    if "RNN" in (base.__name__ for base in cls.__mro__):
        found["sequences"] = lambda rank: make(rank, return_sequences=True)
        found["backwards"] = lambda rank: make(rank, return_sequences=True, go_backwards=True)
        found["both ways"] = lambda rank: layers.Bidirectional(make(rank, return_sequences=True))
        found["both ways, summed"] = lambda rank: layers.Bidirectional(make(rank, return_sequences=True), merge_mode="sum")
        found["both ways, last"] = lambda rank: layers.Bidirectional(make(rank))
        found["zeros"] = lambda rank: make(rank, return_sequences=True, zero_output_for_mask=True)
        found["state"] = lambda rank: make(rank, return_sequences=True, return_state=True)
    return found


def takes_mask(layer):
    return "mask" in inspect.signature(layer.call).parameters

