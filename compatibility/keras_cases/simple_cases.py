"""Core, activation, merging, normalization, regularization, reshaping, attention and random image layers."""

import keras
import numpy as np
from case import around, short
from register import Makers

MAKERS = Makers()
RANDOM = {"random": True}
ACTIVATIONS = (
    *("relu", "relu6", "elu", "selu", "gelu", "celu", "silu", "mish", "softplus", "softsign", "tanh", "sigmoid"),
    *("hard_sigmoid", "hard_silu", "hard_tanh", "hard_shrink", "soft_shrink", "tanh_shrink", "squareplus", "glu"),
    *("log_sigmoid", "log_softmax", "softmax", "exponential", "leaky_relu", "linear", "sparse_plus", "sparse_sigmoid", "sparsemax"),
)


def any_tensor(random, last=4):
    return random.pick(random.signed(3, last), random.signed(2, 5, last), random.signed(2, 3, 4, last))


@MAKERS.layer("Dense", count=10)
def dense(random):
    arguments = {
        "units": random.integer(1, 5),
        "activation": random.pick("relu", "gelu", None, "softmax"),
        "use_bias": random.flag(),
        **random.some(kernel_regularizer=("l1", "l2", "orthogonal_regularizer"), kernel_constraint=("max_norm", "unit_norm"), activity_regularizer=("l2",)),
    }
    x = any_tensor(random)
    return arguments, x, {"steps": 0 if x.ndim > 2 and arguments.get("activity_regularizer") else 3}


@MAKERS.layer("EinsumDense", count=6)
def einsum_dense(random):
    equation, shape, bias, x = random.pick(
        ("ab,bc->ac", 5, "c", (3, 4)),
        ("abc,cd->abd", (None, 5), "d", (2, 3, 4)),
        ("...x,xy->...y", 5, "y", (2, 3, 4)),
        ("abc,cde->abde", (None, 2, 3), "de", (2, 3, 4)),
        ("abcd,cde->abe", (None, 6), "e", (2, 3, 2, 4)),
    )
    arguments = {"equation": equation, "output_shape": shape, **random.some(bias_axes=(bias,), activation=("relu",))}
    return arguments, random.signed(*x)


@MAKERS.layer("Embedding", count=5)
def embedding(random):
    arguments = {"input_dim": 9, "output_dim": 4, **random.some(mask_zero=(True,), embeddings_regularizer=("l2",))}
    return arguments, random.pick(random.integers((2, 5), 0, 9), random.integers((2, 3, 2), 0, 9), random.integers((2, 5), 0, 9).astype("float32")), {"steps": 2}


@MAKERS.case("ReversibleEmbedding", count=4)
def reversible_embedding(random):
    arguments = {"input_dim": 9, "output_dim": 4, "tie_weights": random.flag(), **random.some(logit_soft_cap=(5.0,), reverse_dtype=("float32",))}

    def apply(symbol):
        layer = keras.layers.ReversibleEmbedding(**arguments)
        return layer(keras.layers.Dense(4, "tanh")(layer(symbol)), reverse=True)

    return around(apply, random.integers((2, 5), 0, 9), note=short(arguments))


@MAKERS.layer("Identity", "Flatten", count=4)
def flatten(random):
    return {}, any_tensor(random)


@MAKERS.layer("Masking", count=3)
def masking(random):
    x = random.signed(2, 5, 3)
    x[:, 3:] = 0
    return random.pick({}, {"mask_value": 0.5}), x


@MAKERS.case("Lambda", count=1)
def lambda_layer(random):
    case = around(lambda x: keras.layers.Lambda(lambda y: y * 2)(x), random.signed(2, 3), note="a Python function")
    case.refused = True
    return case


@MAKERS.layer("Activation", count=len(ACTIVATIONS) + 6)
def activation(random):
    return {"activation": random.pick(*ACTIVATIONS)}, any_tensor(random)


@MAKERS.layer("ReLU", count=5)
def relu(random):
    return random.some(max_value=(1.0, 6.0), negative_slope=(0.1,), threshold=(0.3,)), any_tensor(random)


@MAKERS.layer("LeakyReLU", count=3)
def leaky_relu(random):
    return random.some(negative_slope=(0.05, 0.5)), any_tensor(random)


@MAKERS.layer("ELU", count=3)
def elu(random):
    return random.some(alpha=(0.5, 2.0)), any_tensor(random)


@MAKERS.layer("PReLU", count=5)
def prelu(random):
    x = random.signed(2, 3, 4, 5)
    return random.some(shared_axes=([1, 2], [1], [3]), alpha_regularizer=("l2",)), x


@MAKERS.layer("Softmax", count=5)
def softmax(random):
    x = random.signed(2, 3, 4)
    if random.flag():
        return {"axis": random.pick(-1, 1, (1, 2))}, x
    arguments = {"axis": random.pick(-1, 1)}
    mask = random.booleans(2, 3, 4)
    mask[:, 0, :], mask[:, :, 0] = True, True
    return lambda name: around(lambda a, m: keras.layers.Softmax(**arguments)(a, mask=m), x, mask, note=f"mask; {short(arguments)}")


@MAKERS.layer("Add", "Average", "Maximum", "Minimum", "Multiply", "add", "average", "maximum", "minimum", "multiply", count=4)
def merging(random):
    shapes = random.pick([(2, 3, 4)] * 2, [(2, 3, 4)] * 3, [(2, 3, 4), (2, 1, 4)], [(2, 5)] * 4)
    return {}, *(random.signed(*shape) for shape in shapes)


@MAKERS.layer("Subtract", "subtract", count=3)
def subtract(random):
    return {}, random.signed(2, 3, 4), random.pick(random.signed(2, 3, 4), random.signed(2, 1, 4))


@MAKERS.layer("Concatenate", "concatenate", count=4)
def concatenate(random):
    axis = random.pick(-1, 1, 2)
    return {"axis": axis}, *(random.signed(*(size + i if place == axis % 3 else size for place, size in enumerate((2, 3, 4)))) for i in range(random.integer(2, 4)))


@MAKERS.layer("Dot", "dot", count=6)
def dot(random):
    axes, first, second = random.pick(
        (1, (2, 4), (2, 4)), (-1, (2, 3, 4), (2, 5, 4)), ((2, 1), (2, 3, 4), (2, 4, 5)), (1, (2, 4, 3), (2, 4, 5)), (2, (2, 3, 4), (2, 5, 4))
    )
    return {"axes": axes, "normalize": random.flag()}, random.signed(*first), random.signed(*second)


# The functions `add` and the like make the layer from arguments and are called with inputs.
for function_name in ("add", "average", "maximum", "minimum", "multiply", "subtract", "concatenate", "dot"):
    original = MAKERS[function_name].make

    def as_function(random, function_name=function_name):
        maker = {"subtract": subtract, "concatenate": concatenate, "dot": dot}.get(function_name, merging)
        arguments, *inputs = maker(random)
        return around(lambda *symbols: getattr(keras.layers, function_name)(list(symbols), **arguments), *inputs, note=short(arguments))

    MAKERS[function_name].make = as_function


@MAKERS.layer("BatchNormalization", count=8)
def batch_normalization(random):
    arguments = random.some(axis=(-1, 1), momentum=(0.9,), epsilon=(0.01,), center=(False,), scale=(False,), gamma_regularizer=("l2",))
    x = random.pick(random.signed(6, 4), random.signed(3, 5, 4), random.signed(2, 4, 5, 3))
    if random.pick(True, False, False, False):
        x = random.signed(3, 5, 4)
        x[:, 3:] = 0
        return lambda name: around(lambda a: keras.layers.BatchNormalization(**{**arguments, "axis": -1})(keras.layers.Masking()(a)), x, note=f"masked; {short(arguments)}", steps=3)
    return arguments, x, {"steps": 3}


@MAKERS.layer("LayerNormalization", count=6)
def layer_normalization(random):
    return random.some(axis=(-1, (1, 2), 1), epsilon=(0.01,), center=(False,), scale=(False,), rms_scaling=(True,)), random.pick(random.signed(2, 5, 4), random.signed(2, 3, 4, 5)), {"steps": 2}


@MAKERS.layer("RMSNormalization", count=4)
def rms_normalization(random):
    return random.some(axis=(-1, (-1,)), epsilon=(0.01,)), random.signed(2, 5, 4)


@MAKERS.layer("GroupNormalization", count=6)
def group_normalization(random):
    arguments = {"groups": random.pick(1, 2, 4, -1), **random.some(axis=(-1, 1), epsilon=(0.01,), center=(False,), scale=(False,))}
    return arguments, random.signed(2, 4, 5, 4)


@MAKERS.layer("UnitNormalization", count=4)
def unit_normalization(random):
    return random.some(axis=(-1, 1, (1, 2))), random.signed(2, 3, 4)


@MAKERS.case("SpectralNormalization", count=4)
def spectral_normalization(random):
    power_iterations = random.integer(1, 3)
    layer = random.pick(lambda: keras.layers.Dense(3), lambda: keras.layers.Conv2D(3, 2))
    x = random.signed(2, 4, 5, 3)
    apply = lambda a: keras.layers.SpectralNormalization(layer(), power_iterations=power_iterations)(a)
    return around(apply, x, note=f"power_iterations={power_iterations}")


@MAKERS.layer("Dropout", "AlphaDropout", count=3)
def dropout(random):
    return {"rate": 0.4, **random.some(seed=(3,), noise_shape=((2, 1, 4),))}, random.signed(2, 5, 4), RANDOM


@MAKERS.layer("GaussianDropout", count=2)
def gaussian_dropout(random):
    return {"rate": 0.4}, random.signed(2, 5, 4), RANDOM


@MAKERS.layer("GaussianNoise", count=2)
def gaussian_noise(random):
    return {"stddev": 0.4}, random.signed(2, 5, 4), RANDOM


@MAKERS.layer("SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", count=2)
def spatial_dropout(random):
    rank = lambda name: int(name[-2])
    return lambda name: around(getattr(keras.layers, name)(0.4), random.signed(2, *(3, 4, 3)[: rank(name)], 3), note="rate=0.4", random=True)


@MAKERS.layer("ActivityRegularization", count=3)
def activity_regularization(random):
    return random.some(l1=(0.01,), l2=(0.02,)), random.signed(4, 5), {"steps": 2}


@MAKERS.layer("Reshape", count=5)
def reshape(random):
    return {"target_shape": random.pick((12,), (4, 3), (-1, 2), (2, 3, 2), (2, -1, 1))}, random.signed(2, 3, 4)


@MAKERS.layer("Permute", count=3)
def permute(random):
    return {"dims": random.pick((2, 1, 3), (3, 1, 2), (3, 2, 1))}, random.signed(2, 3, 4, 5)


@MAKERS.layer("RepeatVector", count=2)
def repeat_vector(random):
    return {"n": random.integer(1, 4)}, random.signed(2, 5)


def attention_case(random, layer_name, arguments, dims=(4, 4, 4)):
    """Query, value and sometimes key of padded or plain sequences, with masks and options of the call."""
    q, v, k = (random.signed(2, length, dim) for length, dim in zip((4, 5, 5), dims))
    how = random.pick("plain", "masks", "key", "causal", "scores")
    draws = {"random": "dropout" in arguments}
    masks = [np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool), np.array([[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]], bool)]
    note = f"{how}; {short(arguments)}"

    def build(*tensors, **call):
        return getattr(keras.layers, layer_name)(**arguments)(list(tensors), **call)

    if how == "masks":
        return around(lambda a, b, m, n: build(a, b, mask=[m, n]), q, v, *masks, note=note, **draws)
    if how == "key":
        return around(build, q, v, k, note=note, **draws)
    if how == "causal":
        return around(lambda a, b: build(a, b, use_causal_mask=True), q, v, note=note, **draws)
    if how == "scores":
        return around(lambda a, b: build(a, b, return_attention_scores=True), q, v, note=note, **draws)
    return around(build, q, v, note=note, **draws)


@MAKERS.case("Attention", count=10)
def attention(random):
    return attention_case(random, "Attention", random.some(use_scale=(True,), score_mode=("concat",), dropout=(0.3,)))


@MAKERS.case("AdditiveAttention", count=8)
def additive_attention(random):
    return attention_case(random, "AdditiveAttention", random.some(use_scale=(False,), dropout=(0.3,)))


def heads_case(random, layer_name, arguments):
    q, v, k = random.signed(2, 4, 6), random.signed(2, 5, 6), random.signed(2, 5, 6)
    how = random.pick("self", "key", "masks", "causal", "scores", "embedded", "attention_mask")
    note = f"{how}; {short(arguments)}"
    layer = lambda: getattr(keras.layers, layer_name)(**arguments)
    query_mask, value_mask = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool), np.array([[1, 1, 1, 1, 0], [1, 1, 1, 0, 0]], bool)
    if how == "self":
        return around(lambda a: layer()(a, a), q, note=note, steps=2)
    if how == "key":
        return around(lambda a, b, c: layer()(a, b, c), q, v, k, note=note)
    if how == "masks":
        return around(lambda a, b, m, n: layer()(a, b, query_mask=m, value_mask=n), q, v, query_mask, value_mask, note=note)
    if how == "causal":
        return around(lambda a: layer()(a, a, use_causal_mask=True), q, note=note)
    if how == "scores":
        return around(lambda a, b: layer()(a, b, return_attention_scores=True), q, v, note=note)
    if how == "attention_mask":
        mask = random.booleans(2, 4, 5)
        mask[:, :, 0] = True
        return around(lambda a, b, m: layer()(a, b, attention_mask=m), q, v, mask, note=note)

    def embedded(symbol):
        x = keras.layers.Embedding(9, 6, mask_zero=True)(symbol)
        return layer()(x, x)

    return around(embedded, random.padded(2, 5), note=note)


@MAKERS.case("MultiHeadAttention", count=14)
def multi_head_attention(random):
    arguments = {"num_heads": random.integer(1, 3), "key_dim": 4, **random.some(value_dim=(3,), use_bias=(False,), output_shape=(5,), dropout=(0.0,))}
    return heads_case(random, "MultiHeadAttention", arguments)


@MAKERS.case("GroupQueryAttention", count=10)
def group_query_attention(random):
    arguments = {"head_dim": 4, "num_query_heads": 4, "num_key_value_heads": random.pick(1, 2, 4), **random.some(use_bias=(False,), use_gate=(True,))}
    return heads_case(random, "GroupQueryAttention", arguments)


def pixels(random, channels=3):
    return random.generator.uniform(0, 255, (2, 6, 7, channels)).astype("float32")


AUGMENTING = {
    "AugMix": {},
    "AutoContrast": {},
    "CutMix": {},
    "ContrastLimitedAdaptiveHistogramEqualization": {"value_range": (0, 255), "tile_grid_size": (2, 2)},
    "MixUp": {},
    "RandAugment": {"value_range": (0, 255)},
    "RandomBrightness": {"factor": 0.3},
    "RandomColorDegeneration": {"factor": 0.5},
    "RandomColorJitter": {"brightness_factor": 0.2, "contrast_factor": 0.2},
    "RandomContrast": {"factor": 0.3},
    "RandomCrop": {"height": 4, "width": 5},
    "RandomElasticTransform": {},
    "RandomErasing": {},
    "RandomFlip": {"mode": "horizontal"},
    "RandomGaussianBlur": {},
    "RandomGrayscale": {},
    "RandomHue": {"factor": 0.3, "value_range": (0, 255)},
    "RandomInvert": {},
    "RandomPerspective": {},
    "RandomPosterization": {"factor": 3},
    "RandomRotation": {"factor": 0.2},
    "RandomSaturation": {"factor": 0.4},
    "RandomSharpness": {"factor": 0.4},
    "RandomShear": {"x_factor": 0.2},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.1},
    "RandomZoom": {"height_factor": 0.2},
    "Solarization": {"addition_factor": 0.1, "threshold_factor": 0.3, "value_range": (0, 255)},
}
for augmenting, augmenting_arguments in AUGMENTING.items():

    @MAKERS.layer(augmenting, count=2)
    def augment(random, augmenting_arguments=augmenting_arguments):
        layout = random.pick({}, {"data_format": "channels_first"}) if random.flag() else {}
        x = pixels(random)
        return {**augmenting_arguments, **layout}, np.transpose(x, (0, 3, 1, 2)).copy() if layout else x, RANDOM


@MAKERS.case("Pipeline", count=2)
def pipeline(random):
    layers = lambda: [keras.layers.Rescaling(1 / 255), keras.layers.Resizing(4, 5), keras.layers.RandomFlip("horizontal")]
    return around(lambda x: keras.layers.Pipeline(layers())(x), pixels(random), note="Rescaling, Resizing, RandomFlip", random=True)


@MAKERS.case("MaxNumBoundingBoxes", count=1)
def max_num_bounding_boxes(random):
    return around(lambda x: keras.layers.MaxNumBoundingBoxes(4)(x), pixels(random), note="on pictures alone")
