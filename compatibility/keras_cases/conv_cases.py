"""Convolution, pooling, and what changes the shape of pictures."""

import keras
import numpy as np
from register import Makers

MAKERS = Makers()
SIZES = {1: (9,), 2: (8, 7), 3: (7, 6, 5)}
ACTIVATIONS = ("relu", "gelu", "tanh", "silu", None, None)
REGULARIZERS = (None, "l2", keras.regularizers.L1L2(0.01, 0.02))


def data_format(random):
    return random.pick("channels_last", "channels_last", "channels_first")


def picture(random, rank, channels, layout, size=None):
    size = size or SIZES[rank]
    shape = (*size, channels) if layout == "channels_last" else (channels, *size)
    return random.signed(2, *shape)


def open_sizes(random, rank, layout):
    """Sizes of pictures that stay open in the file, in a third of the cases."""
    if random.pick(True, False, False):
        return tuple(range(1, rank + 1)) if layout == "channels_last" else tuple(range(2, rank + 2))
    return ()


def strides_and_dilation(random):
    return random.pick({}, {"strides": 2}, {"dilation_rate": 2}, {})


def common(random, rank, kernel="kernel"):
    return {
        "kernel_size": random.pick(3, 2, tuple(random.integer(1, 3) for _ in range(rank))),
        "activation": random.pick(*ACTIVATIONS),
        "use_bias": random.pick(True, True, False),
        "data_format": data_format(random),
        **random.some(**{f"{kernel}_regularizer": REGULARIZERS, "bias_initializer": ("ones",), "padding": ("same",)}),
        **strides_and_dilation(random),
    }


def convolution(rank):
    def make(random):
        groups = random.pick(1, 1, 2)
        arguments = {"filters": 2 * random.integer(1, 3), "groups": groups, **common(random, rank)}
        if rank == 1 and random.pick(True, False, False):
            arguments.update(padding="causal", data_format="channels_last")
        layout = arguments["data_format"]
        return arguments, picture(random, rank, 4, layout), {"free": open_sizes(random, rank, layout)}

    return make


for rank in (1, 2, 3):
    MAKERS.layer(f"Conv{rank}D", count=10)(convolution(rank))


def transposed(rank):
    def make(random):
        arguments = {"filters": random.integer(1, 4), **common(random, rank)}
        if arguments.get("strides") == 2 and random.flag():
            arguments.update(output_padding=1)
        return arguments, picture(random, rank, 3, arguments["data_format"])

    return make


for rank in (1, 2, 3):
    MAKERS.layer(f"Conv{rank}DTranspose", count=8)(transposed(rank))


def depthwise(rank):
    def make(random):
        arguments = {"depth_multiplier": random.integer(1, 3), **common(random, rank, "depthwise")}
        return arguments, picture(random, rank, 3, arguments["data_format"])

    return make


def separable(rank):
    def make(random):
        arguments = {"filters": random.integer(1, 4), **common(random, rank, "pointwise")}
        arguments["depth_multiplier"] = random.integer(1, 2)
        return arguments, picture(random, rank, 3, arguments["data_format"])

    return make


for rank in (1, 2):
    MAKERS.layer(f"DepthwiseConv{rank}D", count=8)(depthwise(rank))
    MAKERS.layer(f"SeparableConv{rank}D", count=8)(separable(rank))


def pooling(rank):
    def make(random):
        layout = data_format(random)
        sizes = tuple(random.integer(1, 3) for _ in range(rank)) if rank > 1 else random.integer(1, 3)
        arguments = {
            "pool_size": random.pick(2, 3, sizes),
            "data_format": layout,
            **random.some(strides=(1, 2, 3), padding=("same",)),
        }
        return arguments, picture(random, rank, 3, layout), {"free": open_sizes(random, rank, layout)}

    return make


def global_pooling(rank):
    def make(random):
        layout = data_format(random)
        arguments = {"data_format": layout, "keepdims": random.flag()}
        return arguments, picture(random, rank, 3, layout), {"free": open_sizes(random, rank, layout)}

    return make


def adaptive_pooling(rank):
    def make(random):
        layout = data_format(random)
        sizes = tuple(random.integer(1, 4) for _ in range(rank))
        return {"output_size": random.pick(2, 3, sizes if rank > 1 else sizes[0]), "data_format": layout}, picture(random, rank, 3, layout)

    return make


for rank in (1, 2, 3):
    for kind in ("Average", "Max"):
        MAKERS.layer(f"{kind}Pooling{rank}D", count=8)(pooling(rank))
        MAKERS.layer(f"Global{kind}Pooling{rank}D", count=4)(global_pooling(rank))
        MAKERS.layer(f"Adaptive{kind}Pooling{rank}D", count=4)(adaptive_pooling(rank))


def sides(random, rank, low, high):
    """One number, one for each axis, or two for each axis."""
    pairs = tuple((random.integer(low, high), random.integer(low, high)) for _ in range(rank))
    single = random.integer(low, high)
    if rank == 1:
        return random.pick(single, pairs[0])
    return random.pick(single, tuple(random.integer(low, high) for _ in range(rank)), pairs)


def cropping(rank):
    def make(random):
        layout = "channels_last" if rank == 1 else data_format(random)
        arguments = {"cropping": sides(random, rank, 0, 1), **({} if rank == 1 else {"data_format": layout})}
        return arguments, picture(random, rank, 3, layout)

    return make


def zero_padding(rank):
    def make(random):
        layout = data_format(random)
        return {"padding": sides(random, rank, 0, 3), "data_format": layout}, picture(random, rank, 3, layout)

    return make


for rank in (1, 2, 3):
    MAKERS.layer(f"Cropping{rank}D", count=5)(cropping(rank))
    MAKERS.layer(f"ZeroPadding{rank}D", count=5)(zero_padding(rank))


@MAKERS.layer("UpSampling1D", count=3)
def up_sampling_1d(random):
    return {"size": random.integer(1, 3)}, picture(random, 1, 3, "channels_last")


@MAKERS.layer("UpSampling2D", count=10)
def up_sampling_2d(random):
    layout = data_format(random)
    interpolation = random.pick("nearest", "bilinear", "bicubic", "lanczos3", "lanczos5")
    size = random.pick(2, (2, 3), (1, 2))
    return {"size": size, "interpolation": interpolation, "data_format": layout}, picture(random, 2, 2, layout)


@MAKERS.layer("UpSampling3D", count=4)
def up_sampling_3d(random):
    layout = data_format(random)
    return {"size": random.pick(2, (1, 2, 3)), "data_format": layout}, picture(random, 3, 2, layout, (3, 4, 2))


@MAKERS.layer("Resizing", count=12)
def resizing(random):
    layout = data_format(random)
    arguments = {
        "height": random.integer(3, 12),
        "width": random.integer(3, 12),
        "interpolation": random.pick("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5", "area"),
        "data_format": layout,
        **random.pick({}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "fill_value": 0.5}, {}),
        **random.some(antialias=(True,)),
    }
    if arguments["interpolation"] == "area":
        arguments["interpolation"] = "bilinear"
    return arguments, picture(random, 2, 3, layout)


@MAKERS.layer("CenterCrop", count=6)
def center_crop(random):
    layout = data_format(random)
    return {"height": random.pick(3, 5, 12), "width": random.pick(4, 6, 9), "data_format": layout}, picture(random, 2, 3, layout)


@MAKERS.layer("Rescaling", count=4)
def rescaling(random):
    scale = random.pick(1 / 255, 2.0, [0.5, 1.0, 2.0])
    offset = random.pick(0.0, -1.0, [0.1, 0.2, -0.3])
    return {"scale": scale, "offset": offset}, random.pick(picture(random, 2, 3, "channels_last"), random.integers((2, 4, 3), 0, 255))


@MAKERS.layer("Normalization", count=8)
def normalization(random):
    axis = random.pick(-1, (-1,), None, (1, 2))
    x = random.signed(2, 4, 3)
    shape = {None: (), -1: (3,), (-1,): (3,), (1, 2): (4, 3)}[axis]
    if random.flag():
        mean, variance = random.signed(*shape), random.positive(*shape)
        return {"axis": axis, "mean": mean.tolist(), "variance": variance.tolist(), "invert": random.flag()}, x
    from case import around

    def apply(symbol):
        layer = keras.layers.Normalization(axis=axis, invert=random_invert)
        layer.adapt(np.concatenate([x, 2 * x + 1]))
        return layer(symbol)

    random_invert = random.flag()
    return around(apply, x, note=f"adapted, axis={axis}, invert={random_invert}", keep_weights=True)
