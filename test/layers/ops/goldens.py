"""Raw operations in Functional models, as real Keras writes and computes them.

Run with Keras 3.15.1 on JAX:  KERAS_BACKEND=jax python test/layers/ops/goldens.py
Writes goldens.json beside this file. Inputs follow from formulas that goldens.test.ts repeats.
"""

import json
import pathlib

import keras
import numpy as np
from inputs import B, DTYPES, I, N, P, S, U, values
from keras import ops
from more_cases import MORE_CASES

X = (S, (2, 4, 6))
Y = (S, (2, 4, 6))
ROW = (S, (2, 1, 6))
POS = (P, (2, 4, 6))
UNIT = (U, (2, 4, 6))
INT = (I, (2, 4, 6))
BOOL = (B, (2, 4, 6))
IMAGE = (S, (2, 6, 5, 4))
FIXED = (S, (2, 6, 5, 4), "fixed batch")
FIRST = (S, (2, 4, 6, 5))
WIDE = (S, (2, 6, 4, 12))


def weight(*shape, seed=9):
    return values(S, shape, seed)


CASES = [
    # Arithmetic, with tensors as either operand, broadcasting and constants.
    ([X], lambda x: x + 1), ([X], lambda x: 2.5 + x), ([X, ROW], lambda x, y: x + y), ([X], lambda x: 1 - x),
    ([X, Y], lambda x, y: x - y), ([X], lambda x: x - weight(6)), ([X], lambda x: ops.subtract(weight(4, 6), x)), ([X, ROW], lambda x, y: y * x),
    ([X], lambda x: x * 3), ([X, POS], lambda x, y: x / y), ([POS], lambda x: 2 / x), ([INT], lambda x: x / 4), ([INT], lambda x: x + 0.5),
    ([INT, X], lambda i, x: i * x), ([BOOL, X], lambda b, x: x + b), ([BOOL, INT], lambda b, i: i + b), ([INT], lambda x: x * 3),
    ([X], lambda x: x // 0.7), ([INT], lambda x: x // 2), ([X], lambda x: x % 0.7), ([INT], lambda x: x % 2), ([X], lambda x: x**2), ([X], lambda x: x**3),
    ([POS], lambda x: x**0.5), ([POS], lambda x: 2.0**x), ([POS, X], lambda p, x: p**x), ([X], lambda x: -x), ([INT], lambda x: -x), ([X], abs), ([INT], abs),
    ([X, Y], ops.maximum), ([X], lambda x: ops.maximum(x, 0)), ([X], lambda x: ops.minimum(0.5, x)), ([X, INT], ops.minimum), ([X, POS], ops.divide),
    ([X, INT], ops.divide_no_nan), ([X, Y], ops.arctan2), ([X, Y], ops.hypot), ([X, Y], ops.logaddexp), ([X, Y], ops.subtract), ([X, Y], ops.add), ([X, Y], ops.multiply),
    ([X], ops.square), ([INT], ops.square), ([X], ops.sign), ([INT], ops.sign), ([POS], ops.reciprocal), ([X], ops.round), ([X], lambda x: ops.round(x, 1)),
    ([X], lambda x: ops.clip(x, -0.5, 1)), ([INT], lambda x: ops.clip(x, -1, 2)), ([X], lambda x: ops.clip(x, -0.25, 0.75)),
    ([BOOL, X, Y], ops.where), ([BOOL, X], lambda b, x: ops.where(b, x, 0.0)), ([BOOL, X], lambda b, x: ops.where(b, 1, x)), ([X, Y, ROW], lambda c, a, b: ops.where(c, a, b)),
    ([X], ops.floor), ([X], ops.ceil), ([X], ops.trunc), ([INT], ops.floor),
    # Functions.
    ([X], ops.exp), ([INT], ops.exp), ([X], ops.exp2), ([X], ops.expm1), ([POS], ops.log), ([POS], ops.log1p), ([POS], ops.log2), ([POS], ops.log10),
    ([POS], ops.sqrt), ([POS], ops.rsqrt), ([X], ops.cbrt), ([X], ops.sin), ([X], ops.cos), ([X], ops.tan), ([X], ops.sinh), ([X], ops.cosh), ([X], ops.tanh), ([UNIT], ops.arcsin),
    ([UNIT], ops.arccos), ([X], ops.arctan), ([X], ops.arcsinh), ([UNIT], ops.arctanh), ([X], ops.deg2rad), ([X], ops.rad2deg), ([X], ops.erf), ([X], ops.erfc), ([X], ops.fabs), 
    # Conditions.
    ([X, Y], lambda x, y: x > y), ([X], lambda x: x > 0), ([X], lambda x: 0.5 < x), ([INT], lambda x: x >= 1), ([X], lambda x: x <= 0.2), ([INT, X], lambda i, x: i < x),
    ([INT], lambda x: ops.equal(x, 2)), ([INT, ROW], lambda i, x: ops.not_equal(i, x)), ([BOOL, BOOL], lambda a, b: ops.logical_and(a, b)), ([BOOL, X], lambda a, b: ops.logical_or(a, b)),
    ([BOOL, INT], ops.logical_xor), ([BOOL], ops.logical_not), ([INT], ops.logical_not), ([X], ops.isnan), ([X], ops.isfinite), ([X], ops.isinf), ([X, Y], ops.isclose), ([BOOL, BOOL], ops.equal),
    # Reductions.
    *[([X], lambda x, f=f, a=a, k=k: f(x, axis=a, keepdims=k)) for f in (ops.mean, ops.sum, ops.max, ops.min, ops.var, ops.std, ops.logsumexp, ops.argmax) for a, k in ((1, False), (-1, True))],
    ([X], ops.sum), ([X], ops.mean), ([X], ops.max), ([X], ops.argmax), ([X], ops.argmin), ([X], lambda x: ops.argmin(x, axis=-2, keepdims=True)), ([X], lambda x: ops.sum(x, axis=(1, -1))),
    ([X], lambda x: ops.mean(x, axis=[-1, 1], keepdims=True)), ([INT], lambda x: ops.sum(x, axis=1)), ([INT], lambda x: ops.mean(x, axis=1)), ([BOOL], lambda x: ops.sum(x, axis=1)),
    ([INT], lambda x: ops.max(x, axis=1)), ([BOOL], lambda x: ops.max(x, axis=1)), ([X], lambda x: ops.max(x, axis=1, initial=1.5)), ([X], lambda x: ops.min(x, axis=1, initial=-1)),
    ([X], lambda x: ops.prod(x, axis=1)), ([INT], lambda x: ops.prod(x, axis=-1)), ([BOOL], lambda x: ops.any(x, axis=1)), ([X], lambda x: ops.all(x, axis=-1, keepdims=True)), ([INT], lambda x: ops.count_nonzero(x, axis=1)),
    ([X], lambda x: ops.cumsum(x, axis=1)), ([INT], lambda x: ops.cumsum(x, axis=-1)), ([X], lambda x: ops.cumprod(x, axis=-1)), ([X], lambda x: ops.sort(x, axis=1)), ([X], ops.sort), ([X], lambda x: ops.argsort(x, axis=-1)),
    ([INT], lambda x: ops.argsort(x, axis=1)), ([X], lambda x: ops.top_k(x, 2)), ([X], lambda x: ops.average(x, axis=1)), ([X], lambda x: ops.average(x, axis=-1, weights=np.arange(6, dtype="float32"))),
    ([X], lambda x: ops.norm(x, axis=-1)), ([X], lambda x: ops.norm(x, ord=1, axis=1, keepdims=True)), ([X], lambda x: ops.norm(x, ord="fro", axis=(1, 2))), ([X], lambda x: ops.norm(x, ord=3, axis=1)), ([X], lambda x: ops.norm(x)),
    # Shapes.
    ([X], lambda x: ops.reshape(x, (-1, 24))), ([X], lambda x: ops.reshape(x, (-1, 8, 3))), ([X], lambda x: ops.reshape(x, (2, 2, 12))), ([X], ops.ravel), ([X], ops.transpose), ([X], lambda x: ops.transpose(x, (0, 2, 1))),
    ([IMAGE], lambda x: ops.moveaxis(x, -1, 1)), ([IMAGE], lambda x: ops.moveaxis(x, [1, 2], [-1, -2])), ([IMAGE], lambda x: ops.swapaxes(x, 1, -1)), ([X, Y], lambda x, y: ops.concatenate([x, y], axis=1)),
    ([X, INT], lambda x, y: ops.concatenate([x, y], axis=-1)), ([X], lambda x: ops.concatenate([x, x], axis=0)), ([X, Y], lambda x, y: ops.append(x, y, axis=1)), ([X, Y], lambda x, y: ops.stack([x, y], axis=-1)), ([X, Y], lambda x, y: ops.stack([x, y])),
    ([X, Y], lambda x, y: ops.vstack([x, y])), ([X, Y], lambda x, y: ops.hstack([x, y])), ([X, Y], lambda x, y: ops.dstack([x, y])), ([X], lambda x: ops.split(x, 3, axis=-1)), ([X], lambda x: ops.split(x, [1, 4], axis=2)), ([X], lambda x: ops.array_split(x, 4, axis=2)),
    ([X], lambda x: ops.unstack(x, axis=1)), ([ROW], lambda x: ops.squeeze(x, axis=1)), ([ROW], lambda x: ops.squeeze(x, axis=-2)), ([X], lambda x: ops.expand_dims(x, 1)), ([X], lambda x: ops.expand_dims(x, -1)), ([X], lambda x: ops.expand_dims(x, (1, -1))),
    ([X], lambda x: ops.flip(x, axis=1)), ([X], lambda x: ops.flip(x, axis=(1, -1))), ([X], ops.flip), ([X], lambda x: ops.roll(x, 2, axis=1)), ([X], lambda x: ops.roll(x, -1, axis=-1)), ([X], lambda x: ops.tile(x, (1, 2, 1))), ([X], lambda x: ops.tile(x, 2)),
    ([X], lambda x: ops.repeat(x, 2, axis=1)), ([ROW], lambda x: ops.broadcast_to(x, (2, 4, 6))), ([X], lambda x: ops.tril(x)), ([X], lambda x: ops.triu(x, k=1)), ([X], lambda x: ops.diff(x, axis=1)),
    ([X], lambda x: ops.diff(x, n=2)), ([X], lambda x: ops.amax(x, axis=1)), ([X], lambda x: ops.amin(x, axis=-1, keepdims=True)), ([X], lambda x: ops.ptp(x, axis=1)), ([X], ops.fliplr), ([X], ops.flipud), ([X, Y], ops.vdot), ([X], ops.copy), ([X], ops.ones_like), ([INT], ops.zeros_like), ([X], lambda x: ops.zeros_like(x, dtype="int32")), ([X], lambda x: ops.full_like(x, 2.5)), ([INT], lambda x: ops.full_like(x, 3)),
    # Indexing.
    ([X], lambda x: x[:, 1]), ([X], lambda x: x[:, -1]), ([X], lambda x: x[:, 1:]), ([X], lambda x: x[:, :-1]), ([X], lambda x: x[..., 0]), ([X], lambda x: x[:, None, 2]), ([X], lambda x: x[:, ::2]), ([X], lambda x: x[:, ::-1]),
    ([X], lambda x: x[:, 3:0:-2, ::-1]), ([X], lambda x: x[..., None]), ([X], lambda x: x[0]), ([X], lambda x: x[:, 1:3, -2]), ([X], lambda x: x[:, -3:-1, 1:100]), ([X], lambda x: x[..., 1::3]), ([INT], lambda x: x[:, 2]),
    ([X], lambda x: ops.take(x, 1, axis=1)), ([X], lambda x: ops.take(x, [2, 0, -1], axis=-1)), ([X, (N, (2, 2))], lambda x, i: ops.take(x, i, axis=1)), ([X, (N, (2, 3, 6))], lambda x, i: ops.take_along_axis(x, i, axis=1)),
    ([X], lambda x: ops.pad(x, ((0, 0), (1, 2), (0, 1)))), ([X], lambda x: ops.pad(x, ((0, 0), (1, 1), (0, 0)), constant_values=2)), ([INT], lambda x: ops.pad(x, ((0, 0), (1, 1), (2, 0)))), ([X], lambda x: ops.pad(x, ((0, 0), (2, 1), (3, 3)), mode="reflect")),
    ([X], lambda x: ops.pad(x, ((0, 0), (2, 1), (3, 3)), mode="symmetric")), ([X], lambda x: ops.pad(x, 1)), ([X], lambda x: ops.slice(x, (0, 1, 2), (2, 2, 3))),
    # Products.
    ([X, (S, (2, 6, 3))], ops.matmul), ([X], lambda x: ops.matmul(x, weight(6, 3))), ([X], lambda x: ops.matmul(weight(5, 4), x)), ([X], lambda x: ops.matmul(x, weight(6))), ([IMAGE, (S, (2, 1, 4, 3))], ops.matmul), ([INT], lambda x: ops.matmul(x, np.ones((6, 2), "int32"))),
    ([X], lambda x: ops.dot(x, weight(6, 3))), ([X], lambda x: ops.dot(x, 2.0)), ([X], lambda x: ops.tensordot(x, weight(4, 6, 3), axes=2)), ([X], lambda x: ops.tensordot(x, weight(6, 4), axes=[[1], [1]])),
    ([X, Y], lambda x, y: ops.einsum("bij,bkj->bik", x, y)), ([X, Y], lambda x, y: ops.einsum("bij,bij->b", x, y)), ([X], lambda x: ops.einsum("bij,jk->bik", x, weight(6, 3))), ([X], lambda x: ops.einsum("bij->bji", x)), ([X], lambda x: ops.einsum("...i,ij->...j", x, weight(6, 3))),
    ([X], lambda x: ops.einsum("bij->bi", x)), ([X, Y], lambda x, y: ops.einsum("bij,bij,jk->bik", x, y, weight(6, 2))), ([X, (S, (2, 6, 3))], lambda x, y: ops.einsum("bij,bjk", x, y)), ([(S, (2, 3, 4, 5)), (S, (2, 3, 6, 5))], lambda q, k: ops.einsum("bhtd,bhsd->bhts", q, k)),
    ([X], lambda x: ops.inner(x, weight(6))), ([(S, (2, 3))], lambda x: ops.outer(x, weight(4))),
    # Conversions.
    ([X], lambda x: ops.cast(x, "int32")), ([INT], lambda x: ops.cast(x, "float32")), ([X], lambda x: ops.cast(x, "bool")), ([BOOL], lambda x: ops.cast(x, "float32")), ([INT], lambda x: ops.cast(x, "uint8")), ([X], lambda x: ops.saturate_cast(x, "uint8")), ([X], ops.stop_gradient), ([X], lambda x: ops.convert_to_tensor(x, dtype="int32")),
    ([(N, (2, 3))], lambda x: ops.one_hot(x, 4)), ([(N, (2, 3))], lambda x: ops.one_hot(x, 2, axis=1)),
    # Activations.
    *[([X], f) for f in (ops.relu, ops.relu6, ops.sigmoid, ops.softplus, ops.softsign, ops.silu, ops.hard_sigmoid, ops.hard_silu, ops.hard_tanh, ops.elu, ops.selu, ops.gelu, ops.leaky_relu, ops.log_sigmoid, ops.softmax, ops.log_softmax, ops.glu, ops.tanh_shrink, ops.soft_shrink, ops.hard_shrink, ops.celu, ops.squareplus, ops.sparse_plus, ops.sparse_sigmoid, ops.sparsemax)],
    ([X], lambda x: ops.elu(x, alpha=0.5)), ([X], lambda x: ops.gelu(x, approximate=False)), ([X], lambda x: ops.leaky_relu(x, negative_slope=0.4)), ([X], lambda x: ops.softmax(x, axis=1)), ([X], lambda x: ops.softmax(x, axis=(1, 2))), ([X], lambda x: ops.log_softmax(x, axis=-2)),
    ([X], lambda x: ops.threshold(x, 0.5, -1)), ([X], lambda x: ops.glu(x, axis=1)), ([X], keras.activations.relu), ([X], lambda x: keras.activations.relu(x, negative_slope=0.1, max_value=1, threshold=0.5)), ([X], keras.activations.gelu),
    ([X], keras.activations.hard_sigmoid), ([X], keras.activations.tanh), ([X], keras.activations.exponential), ([X], keras.activations.softmax),
    # Convolution, pooling, normalization.
    ([IMAGE], lambda x: ops.conv(x, weight(2, 3, 4, 5), padding="same")), ([IMAGE], lambda x: ops.conv(x, weight(3, 2, 4, 5), strides=(2, 1))), ([IMAGE], lambda x: ops.conv(x, weight(2, 2, 4, 3), dilation_rate=2)), ([FIRST], lambda x: ops.conv(x, weight(2, 3, 4, 5), data_format="channels_first")),
    ([X], lambda x: ops.conv(x, weight(3, 6, 2), padding="same")), ([(S, (2, 4, 3, 5, 2))], lambda x: ops.conv(x, weight(2, 2, 3, 2, 3))), ([IMAGE], lambda x: ops.depthwise_conv(x, weight(3, 3, 4, 2), strides=2, padding="same")), ([FIRST], lambda x: ops.depthwise_conv(x, weight(3, 3, 4, 1), data_format="channels_first")),
    ([IMAGE], lambda x: ops.separable_conv(x, weight(2, 2, 4, 2), weight(1, 1, 8, 3))), ([IMAGE], lambda x: ops.conv_transpose(x, weight(3, 3, 5, 4), strides=2, padding="same")), ([IMAGE], lambda x: ops.conv_transpose(x, weight(2, 3, 5, 4), strides=2, output_padding=1)),
    ([X], lambda x: ops.conv_transpose(x, weight(3, 2, 6), strides=2)), ([IMAGE], lambda x: ops.max_pool(x, 2, strides=2)), ([IMAGE], lambda x: ops.max_pool(x, (3, 2), strides=1, padding="same")), ([FIRST], lambda x: ops.max_pool(x, 2, strides=2, data_format="channels_first")), ([IMAGE], lambda x: ops.average_pool(x, 3, strides=2, padding="same")),
    ([IMAGE], lambda x: ops.average_pool(x, (2, 1), strides=(2, 1))), ([X], lambda x: ops.max_pool(x, 2, strides=2)), ([(S, (2, 4, 4, 4, 2))], lambda x: ops.average_pool(x, 2, strides=2)), ([WIDE], lambda x: ops.depth_to_space(x, 2)), ([(S, (2, 12, 3, 2))], lambda x: ops.depth_to_space(x, 2, data_format="channels_first")),
    ([WIDE], lambda x: ops.space_to_depth(x, 2)), ([(S, (2, 3, 4, 6))], lambda x: ops.space_to_depth(x, 2, data_format="channels_first")), ([IMAGE], lambda x: ops.batch_normalization(x, weight(4), values(P, (4,), 3), axis=-1)),
    ([FIRST], lambda x: ops.batch_normalization(x, weight(4), values(P, (4,), 3), axis=1, offset=weight(4, seed=5), scale=weight(4, seed=6), epsilon=0.1)), ([X], ops.layer_normalization), ([X], lambda x: ops.layer_normalization(x, gamma=weight(4), beta=weight(4, seed=3), axis=1, epsilon=0.01)),
    ([X], lambda x: ops.layer_normalization(x, gamma=weight(6), rms_scaling=True)), ([X], ops.rms_normalization), ([X], lambda x: ops.rms_normalization(x, scale=weight(6))), ([X], ops.normalize), ([X], lambda x: ops.normalize(x, axis=1, order=1)), ([X], lambda x: ops.normalize(x, axis=1, order=3)),
    ([X], lambda x: ops.moments(x, axes=[1])), ([X], lambda x: ops.moments(x, axes=[0, -1], keepdims=True)), ([(S, (2, 3, 2, 4)), (S, (2, 5, 2, 4)), (S, (2, 5, 2, 4))], ops.dot_product_attention), ([(S, (2, 3, 2, 4))], lambda x: ops.dot_product_attention(x, x, x, is_causal=True, scale=0.5)),
    # Images.
    ([IMAGE], lambda x: ops.image.resize(x, (4, 8))), ([IMAGE], lambda x: ops.image.resize(x, (9, 3), interpolation="nearest")), ([IMAGE], lambda x: ops.image.resize(x, (4, 8), interpolation="bicubic")), ([IMAGE], lambda x: ops.image.resize(x, (3, 3), antialias=True)),
    ([IMAGE], lambda x: ops.image.resize(x, (4, 4), crop_to_aspect_ratio=True)), ([IMAGE], lambda x: ops.image.resize(x, (6, 8), pad_to_aspect_ratio=True, fill_value=1.0)), ([FIRST], lambda x: ops.image.resize(x, (3, 7), data_format="channels_first")),
    ([(S, (2, 4, 5, 3))], ops.image.rgb_to_grayscale), ([IMAGE], lambda x: ops.image.pad_images(x, 1, 2, target_height=9, target_width=8)), ([IMAGE], lambda x: ops.image.crop_images(x, 1, 1, target_height=3, target_width=2)),
    ([FIXED], lambda x: ops.rearrange(x, "b h w c -> b c h w")), ([FIXED], lambda x: ops.rearrange(x, "b (h k) w c -> b h w (k c)", k=2)),
]  # fmt: skip


def marked(value, names):
    if isinstance(value, list):
        return [marked(v, names) for v in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__keras_tensor__":
        return {"__input__": names.index(value["config"]["keras_history"][0])}
    return {k: marked(v, names) for k, v in value.items()}


def flat(output):
    return [keras.ops.convert_to_numpy(t) for t in keras.tree.flatten(output)]


def numbers(array):
    if array.dtype == bool:
        return [int(v) for v in array.ravel()]
    return [int(v) if array.dtype.kind in "iu" else number(v) for v in array.ravel()]


def number(v):
    """JSON has no NaN and no infinities."""
    return float(f"{v:.7g}") if np.isfinite(v) else str(float(v))


def row(specs, f):
    inputs = [
        keras.Input(batch_shape=[shape[0] if fixed else None, *shape[1:]], dtype=DTYPES.get(kind, "float32"))
        for kind, shape, *fixed in specs
    ]
    symbolic = f(*inputs)
    model = keras.Model(inputs, symbolic)
    config = json.loads(json.dumps(keras.saving.serialize_keras_object(model)))["config"]
    (op,) = [entry for entry in config["layers"] if entry["class_name"] != "InputLayer"]
    (node,) = op["inbound_nodes"]
    names = [t._keras_history.operation.name for t in inputs]
    arrays = [keras.ops.convert_to_tensor(values(kind, shape, k)) for k, (kind, shape, *_) in enumerate(specs)]
    outputs = flat(f(*arrays))
    return {
        "inputs": [[kind, list(shape), bool(fixed)] for kind, shape, *fixed in specs],
        "module": op["module"],
        "className": op["class_name"],
        "registeredName": op["registered_name"],
        "config": op["config"],
        "args": marked(node["args"], names),
        "kwargs": marked(node["kwargs"], names),
        "symbolicShapes": [list(t.shape) for t in keras.tree.flatten(symbolic)],
        "outputs": [{"shape": list(a.shape), "dtype": str(a.dtype), "values": numbers(a)} for a in outputs],
    }


def main():
    rows = []
    for k, (specs, f) in enumerate(CASES + MORE_CASES):
        keras.backend.clear_session()
        try:
            rows.append(row(specs, f))
        except Exception as error:
            print(f"case {k}: {str(error)[:200]}")
    # JSON has no infinities; this number is read as one.
    text = ",\n".join(json.dumps(r) for r in rows).replace("Infinity", "1e999")
    (pathlib.Path(__file__).parent / "goldens.json").write_text(f"[\n{text}\n]\n")
    print(len(rows), "rows")


if __name__ == "__main__":
    main()
