"""Operations of networks and of pictures."""

import numpy as np
from register import Makers, with_arguments

MAKERS = Makers()


ACTIVATIONS = (
    *("hard_sigmoid", "hard_silu", "hard_swish", "hard_tanh", "log_sigmoid", "relu", "relu6", "selu", "sigmoid", "silu", "softplus", "softsign"),
    *("sparse_plus", "sparse_sigmoid", "swish", "tanh_shrink"),
)


@MAKERS.operation(*ACTIVATIONS, count=2)
def activation(random, op):
    return op, 2 * random.signed(2, 3, 4)


@MAKERS.operation("celu", "elu", count=2)
def elu(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], alpha=random.pick(1.0, 0.5))


@MAKERS.operation("gelu", count=2)
def gelu(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], approximate=random.flag())


@MAKERS.operation("leaky_relu", count=2)
def leaky_relu(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], negative_slope=random.pick(0.2, 0.05))


@MAKERS.operation("hard_shrink", "soft_shrink", count=2)
def shrink(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], threshold=random.pick(0.5, 0.3))


@MAKERS.operation("threshold", count=2)
def threshold(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], threshold=0.2, default_value=-1.0)


@MAKERS.operation("squareplus", count=2)
def squareplus(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], b=random.pick(4, 2))


@MAKERS.operation("softmax", "log_softmax", "sparsemax", count=3)
def softmax(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axis=random.pick(-1, 1) if op.__name__ != "sparsemax" else -1)


@MAKERS.operation("glu", count=2)
def glu(random, op):
    return with_arguments(op, [random.signed(2, 4, 6)], axis=random.pick(-1, 1))


def pool_arguments(random):
    return {"pool_size": random.pick(2, 3, (2, 3)), "strides": random.pick(None, 1, 2), "padding": random.pick("valid", "same")}


@MAKERS.operation("max_pool", "average_pool", count=5)
def pool(random, op):
    layout = random.pick("channels_last", "channels_first")
    return with_arguments(op, [random.distinct(2, 6, 7, 3) if layout == "channels_last" else random.distinct(2, 3, 6, 7)], data_format=layout, **pool_arguments(random))


@MAKERS.operation("adaptive_average_pool", "adaptive_max_pool", count=3)
def adaptive_pool(random, op):
    return with_arguments(op, [random.distinct(2, 6, 7, 3)], output_size=random.pick((2, 3), (4, 2)), data_format="channels_last")


@MAKERS.operation("conv", count=6)
def conv(random, op):
    layout = random.pick("channels_last", "channels_first")
    options = random.pick({"strides": 2}, {"dilation_rate": 2}, {"strides": (1, 2)}, {})
    kernel = random.signed(3, 2, 4, 6)
    x = random.signed(2, 7, 6, 4) if layout == "channels_last" else random.signed(2, 4, 7, 6)
    return with_arguments(op, [x], kernel=kernel, padding=random.pick("valid", "same"), data_format=layout, **options)


@MAKERS.operation("depthwise_conv", count=4)
def depthwise_conv(random, op):
    return with_arguments(op, [random.signed(2, 7, 6, 3)], kernel=random.signed(3, 3, 3, 2), padding=random.pick("valid", "same"), data_format="channels_last", **random.pick({"strides": 2}, {"dilation_rate": 2}, {}))


@MAKERS.operation("separable_conv", count=3)
def separable_conv(random, op):
    return with_arguments(
        op, [random.signed(2, 7, 6, 3)], depthwise_kernel=random.signed(3, 3, 3, 2), pointwise_kernel=random.signed(1, 1, 6, 4), padding=random.pick("valid", "same"), data_format="channels_last"
    )


@MAKERS.operation("batch_normalization", count=3)
def batch_normalization(random, op):
    mean, variance = random.signed(4), random.positive(4)
    extra = {"offset": random.signed(4), "scale": random.positive(4), **random.some(epsilon=(0.01,))}  # Keras needs both in a model
    return with_arguments(op, [random.signed(2, 3, 4)], mean=mean, variance=variance, axis=-1, **extra)


@MAKERS.operation("layer_normalization", count=3)
def layer_normalization(random, op):
    extra = random.some(gamma=(random.signed(4),), beta=(random.signed(4),), epsilon=(0.01,))
    return with_arguments(op, [random.signed(2, 3, 4)], axis=-1, **extra)


@MAKERS.operation("rms_normalization", count=3)
def rms_normalization(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axis=-1, **random.some(scale=(random.signed(4),), epsilon=(0.01,)))


@MAKERS.operation("normalize", count=4)
def normalize(random, op):
    return with_arguments(op, [random.signed(2, 3, 4)], axis=random.pick(-1, 1), order=random.pick(1, 2, 3))


@MAKERS.operation("binary_crossentropy", count=3)
def binary_crossentropy(random, op):
    logits = random.flag()
    return with_arguments(op, [random.fraction(2, 3, 4), random.signed(2, 3, 4) if logits else random.fraction(2, 3, 4)], from_logits=logits)


def probabilities(random, *shape):
    x = random.positive(*shape)
    return (x / x.sum(-1, keepdims=True)).astype("float32")


@MAKERS.operation("categorical_crossentropy", count=3)
def categorical_crossentropy(random, op):
    logits = random.flag()
    return with_arguments(op, [probabilities(random, 3, 4), random.signed(3, 4) if logits else probabilities(random, 3, 4)], from_logits=logits)


@MAKERS.operation("sparse_categorical_crossentropy", count=3)
def sparse_categorical_crossentropy(random, op):
    logits = random.flag()
    return with_arguments(op, [random.integers((3,), 0, 4), random.signed(3, 4) if logits else probabilities(random, 3, 4)], from_logits=logits)


@MAKERS.operation("psnr", count=1)
def psnr(random, op):
    return with_arguments(op, [random.fraction(2, 4, 4, 3), random.fraction(2, 4, 4, 3)], max_val=1.0)


@MAKERS.operation("dot_product_attention", count=5)
def dot_product_attention(random, op):
    q, k, v = random.signed(2, 4, 2, 3), random.signed(2, 5, 2, 3), random.signed(2, 5, 2, 3)
    how = random.pick({}, {"is_causal": True}, {"scale": 0.3}, {"mask": None}, {"bias": None})
    if "mask" in how:
        mask = random.booleans(2, 1, 4, 5)
        mask[..., 0] = True
        return lambda a, b, c, m: op(a, b, c, mask=m), q, k, v, mask, "mask"
    if "bias" in how:
        return lambda a, b, c, d: op(a, b, c, bias=d), q, k, v, random.signed(2, 1, 4, 5), "bias"
    return with_arguments(op, [q, k, v], **how)


@MAKERS.operation("ctc_loss", count=2)
def ctc_loss(random, op):
    return op, random.integers((2, 3), 1, 5), random.signed(2, 8, 5), np.array([3, 2], "int32"), np.array([8, 7], "int32")


@MAKERS.operation("ctc_decode", count=2)
def ctc_decode(random, op):
    merge = random.flag()
    return lambda a, n: op(a, n, strategy="greedy", merge_repeated=merge), random.signed(2, 8, 5), np.array([8, 6], "int32"), f"greedy, merge_repeated={merge}"


@MAKERS.operation("depth_to_space", "space_to_depth", count=3)
def depth_to_space(random, op):
    layout = random.pick("channels_last", "channels_first")
    return with_arguments(op, [random.signed(2, 4, 6, 8) if layout == "channels_last" else random.signed(2, 8, 4, 6)], block_size=2, data_format=layout)


@MAKERS.operation("unfold", count=3)
def unfold(random, op):
    return with_arguments(op, [random.signed(2, 3, 6, 6)], kernel_size=random.pick(2, (2, 3)), padding=random.pick(0, 1), stride=random.pick(1, 2), dilation=random.pick(1, 2))


@MAKERS.operation("fold", count=2)
def fold(random, op):
    return with_arguments(op, [random.signed(2, 12, 9)], output_size=(6, 6), kernel_size=2, stride=2)


# Pictures.


def picture(random, layout="channels_last", channels=3):
    x = random.fraction(2, 8, 7, channels)
    return x if layout == "channels_last" else np.transpose(x, (0, 3, 1, 2)).copy()


@MAKERS.operation("image.resize", count=12)
def resize(random, op):
    layout = random.pick("channels_last", "channels_first")
    how = random.pick({}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True}, {"antialias": True})
    interpolation = random.pick("bilinear", "nearest", "bicubic", "lanczos3", "lanczos5")
    return with_arguments(op, [picture(random, layout)], size=random.pick((4, 5), (11, 13), (16, 3)), interpolation=interpolation, data_format=layout, **how)


@MAKERS.operation("image.rgb_to_grayscale", "image.rgb_to_hsv", "image.hsv_to_rgb", "image.sobel_edges", count=2)
def colours(random, op):
    layout = random.pick("channels_last", "channels_first")
    return with_arguments(op, [picture(random, layout)], data_format=layout)


@MAKERS.operation("image.crop_images", count=3)
def crop_images(random, op):
    layout = random.pick("channels_last", "channels_first")
    return with_arguments(op, [picture(random, layout)], data_format=layout, **random.pick({"top_cropping": 1, "left_cropping": 2, "target_height": 4, "target_width": 3}, {"top_cropping": 1, "bottom_cropping": 1, "left_cropping": 0, "right_cropping": 2}))


@MAKERS.operation("image.pad_images", count=3)
def pad_images(random, op):
    layout = random.pick("channels_last", "channels_first")
    return with_arguments(op, [picture(random, layout)], data_format=layout, **random.pick({"top_padding": 1, "left_padding": 2, "target_height": 12, "target_width": 11}, {"top_padding": 1, "bottom_padding": 2, "left_padding": 0, "right_padding": 3}))


@MAKERS.operation("image.extract_patches", count=4)
def extract_patches(random, op):
    return with_arguments(op, [picture(random)], size=random.pick(2, (3, 2)), padding=random.pick("valid", "same"), data_format="channels_last", **random.pick({"strides": 2}, {"dilation_rate": 2, "strides": 1}, {}))


@MAKERS.operation("image.extract_patches_3d", count=2)
def extract_patches_3d(random, op):
    return with_arguments(op, [random.signed(2, 4, 5, 4, 2)], size=2, padding=random.pick("valid", "same"), data_format="channels_last")


@MAKERS.operation("image.affine_transform", count=5)
def affine_transform(random, op):
    transform = np.array([[1.1, 0.1, -0.5, -0.2, 0.9, 0.7, 0, 0]] * 2, "float32")
    arguments = {"interpolation": random.pick("bilinear", "nearest"), "fill_mode": random.pick("constant", "nearest", "reflect", "wrap", "mirror"), "fill_value": 0.3}
    return with_arguments(op, [picture(random)], fixed=True, transform=transform, data_format="channels_last", **arguments)


@MAKERS.operation("image.perspective_transform", count=3)
def perspective_transform(random, op):
    start = np.array([[[0, 0], [0, 6], [7, 0], [7, 6]]] * 2, "float32")
    end = (start + random.unit(2, 4, 2)).astype("float32")
    return with_arguments(op, [picture(random)], start_points=start, end_points=end, interpolation=random.pick("bilinear", "nearest"), data_format="channels_last")


@MAKERS.operation("image.gaussian_blur", count=3)
def gaussian_blur(random, op):
    return with_arguments(op, [picture(random)], kernel_size=random.pick((3, 3), (5, 3)), sigma=random.pick((1.0, 1.0), (0.7, 2.0)), data_format="channels_last")


@MAKERS.operation("image.elastic_transform", count=2)
def elastic_transform(random, op):
    return with_arguments(op, [picture(random)], alpha=5.0, sigma=2.0, seed=3, data_format="channels_last")


@MAKERS.operation("image.map_coordinates", count=4)
def map_coordinates(random, op):
    coordinates = (5 * random.fraction(2, 6)).astype("float32")
    return with_arguments(op, [random.signed(6, 6), coordinates], fixed=True, order=random.pick(0, 1), fill_mode=random.pick("constant", "nearest", "reflect"))


@MAKERS.operation("image.scale_and_translate", count=2)
def scale_and_translate(random, op):
    scale, translation = np.array([0.7, 1.3], "float32"), np.array([0.5, -0.5], "float32")
    return with_arguments(op, [picture(random)], output_shape=(2, 6, 9, 3), scale=scale, translation=translation, spatial_dims=(1, 2), method=random.pick("linear", "cubic", "lanczos3"))


@MAKERS.operation("image.ssim", count=2)
def ssim(random, op):
    return with_arguments(op, [random.fraction(2, 12, 12, 3), random.fraction(2, 12, 12, 3)], max_val=1.0, filter_size=random.pick(5, 7))
