"""Functional models in forms that are rare: python compatibility/keras_graphs/forms.py FOLDER [NAME,NAME]

Each function gives inputs in their structure, values for them, and outputs. What it writes has the format of the random models.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402
from keras_graphs import precision  # noqa: E402
from keras_graphs.__main__ import record  # noqa: E402
from keras_masks.versions import IS_KERAS_3, describe, keras, layers  # noqa: E402

L, FORMS = layers, {}
if IS_KERAS_3:
    from keras import ops
else:
    import tensorflow as tf
RNG = np.random.default_rng(5)
Input = keras.Input


def form(function):
    FORMS[function.__name__] = function
    return function


def newer(function):
    """A form that only Keras 3 has."""
    return form(function) if IS_KERAS_3 else function


def older(function):
    """A form that only tf.keras has."""
    return function if IS_KERAS_3 else form(function)


def values(*shape):
    return RNG.normal(size=shape).astype("float32")


def ids(*shape, most=9):
    return RNG.integers(0, most, shape).astype("int32")


def words(*rows):
    return np.array(rows, dtype=object)


def seq():
    return Input((5, 4)), values(3, 5, 4)


# Names and structures


@form
def odd_names():
    x, v = seq()
    y = L.Dense(4, name="toString")(x)
    y = L.Dense(4, name="layer.1")(y)
    y = L.Dense(4, name="a b-c_d")(y)
    y = L.LayerNormalization(name="hasOwnProperty")(y)
    return x, v, L.Dense(4, name="0")(y)


@form
def number_keys():
    inputs = {str(i): Input((2,), name=f"in{i}") for i in (10, 9, 1, 0)}
    fed = {key: values(3, 2) for key in inputs}
    outputs = {str(i): L.Dense(1 + i)(inputs[key]) for i, key in zip((2, 11, 1, 0), inputs)}
    return inputs, fed, outputs


@form
def reserved_keys():
    inputs = {key: Input((2,), name=f"n{i}") for i, key in enumerate(("length", "toString", "values", "then"))}
    return inputs, {key: values(3, 2) for key in inputs}, {"name": L.Add()(list(inputs.values())), "shape": L.Dense(2)(inputs["length"])}


@newer
def deep_structures():
    inputs = {"b": [Input((2,), name="p"), {"z": Input((3,), name="q"), "a": (Input((4,), name="r"),)}], "a": Input((2,), name="s")}
    fed = {"b": [values(3, 2), {"z": values(3, 3), "a": (values(3, 4),)}], "a": values(3, 2)}
    [p, q], s = inputs["b"], inputs["a"]
    return inputs, fed, [{"y": [L.Add()([p, s]), {"w": L.Dense(2)(q["z"])}]}, L.Dense(3)(q["a"][0])]


@form
def straight_through():
    x, v = seq()
    return x, v, [x, L.Dense(2)(x), L.Identity()(x) if IS_KERAS_3 else L.Activation("linear")(x)]


@form
def unused_input():
    x, other = Input((4,), name="used"), Input((2,), name="unused")
    return [x, other], [values(3, 4), values(3, 2)], L.Dense(2)(x)


@form
def dict_of_one():
    x, v = seq()
    return {"only": x}, {"only": v}, {"only": L.Dense(2)(x)}


@form
def given_batch():
    x = Input(batch_shape=(3, 5, 4)) if IS_KERAS_3 else Input(batch_size=3, shape=(5, 4))
    return x, values(3, 5, 4), L.Dense(2)(L.LSTM(3)(x))


@form
def unknown_sizes():
    x = Input((None, 4))
    y = L.Bidirectional(L.GRU(3, return_sequences=True))(x)
    y = L.Conv1D(3, 3, padding="same")(y)
    return x, values(3, 7, 4), [L.GlobalMaxPooling1D()(y), y]


@form
def unknown_pictures():
    x = Input((None, None, 3))
    y = L.Conv2D(4, 3, strides=2, padding="same")(x)
    y = L.UpSampling2D(interpolation="bilinear")(y)
    return x, values(2, 8, 6, 3), [L.GlobalAveragePooling2D(keepdims=True)(y), L.Conv2DTranspose(2, 3, strides=2)(y)]


# Sharing


@form
def shared_between_models():
    dense, norm = L.Dense(4), L.BatchNormalization()
    a, b = Input((4,)), Input((4,))
    first = keras.Model(a, norm(dense(a)), name="first")
    second = keras.Model(b, L.Dense(4)(dense(norm(b))), name="second")
    x = Input((4,))
    return x, values(3, 4), [second(first(x)), first(second(x)), norm(dense(x))]


@form
def nest_of_nests():
    def nest(depth):
        x = Input((4,))
        y = L.Dense(4, activation="tanh")(x)
        if depth:
            inner = nest(depth - 1)
            y = L.Add()([inner(y), inner(x)])
        return keras.Model(x, y, name=f"nest{depth}")

    x = Input((6, 4))
    return x, values(2, 6, 4), L.TimeDistributed(nest(3))(x)


@form
def sequential_kinds():
    with_input = keras.Sequential([Input((4,)), L.Dense(3), L.BatchNormalization(), L.Dropout(0.0)], name="with_input")
    without = keras.Sequential([L.Dense(4, activation="relu"), L.Dense(3)], name="without")
    within = keras.Sequential([without, L.ReLU(), keras.Sequential([L.Dense(2)])], name="within")
    x = Input((4,))
    return x, values(3, 4), [with_input(x), within(x), without(x)]


@form
def model_outputs_by_name():
    a, b = Input((4,), name="a"), Input((3,), name="b")
    inner = keras.Model({"a": a, "b": b}, {"sum": L.Add()([L.Dense(2)(a), L.Dense(2)(b)]), "b": L.Dense(1)(b)})
    p, q = Input((4,), name="p"), Input((3,), name="q")
    made = inner({"b": q, "a": p})
    again = inner({"a": L.Dense(4)(p), "b": q})
    return [p, q], [values(3, 4), values(3, 3)], [made["sum"], again["b"], L.Concatenate()([made["b"], again["sum"]])]


# Recurrent layers


@form
def recurrent_options():
    x, v = seq()
    y = L.GRU(3, reset_after=False, return_sequences=True, use_bias=False)(x)
    y = L.LSTM(3, unit_forget_bias=False, return_sequences=True, recurrent_activation="hard_sigmoid" if IS_KERAS_3 else "sigmoid")(y)
    y = L.SimpleRNN(4, activation="relu", unroll=True, return_sequences=True)(y)
    sequence, h, c = L.LSTM(3, return_state=True, return_sequences=True, go_backwards=True)(y)
    return x, v, [sequence, h, c, L.GRU(2, recurrent_dropout=0.0, dropout=0.0)(y)]


@form
def seq2seq_with_states():
    source, target = Input((None,), dtype="int32", name="source"), Input((None,), dtype="int32", name="target")
    embed = L.Embedding(9, 4, mask_zero=True)
    _, h, c = L.LSTM(4, return_state=True)(embed(source))
    sequence, _, _ = L.LSTM(4, return_sequences=True, return_state=True)(embed(target), initial_state=[h, c])
    return [source, target], [ids(3, 6), ids(3, 4)], L.Dense(9, activation="softmax")(sequence)


@form
def bidirectional_of_everything():
    x, v = seq()
    both = [
        L.Bidirectional(L.LSTM(2), merge_mode="mul")(x),
        L.Bidirectional(L.RNN(L.StackedRNNCells([L.GRUCell(3), L.LSTMCell(2)])))(x),
        L.Bidirectional(L.SimpleRNN(3, return_sequences=True), backward_layer=L.GRU(3, go_backwards=True, return_sequences=True))(x),
    ]
    apart = L.Bidirectional(L.GRU(3, return_state=True), merge_mode=None)(x)
    return x, v, [*both, *apart]


@form
def masked_directions_with_states():
    """Keras 3 looks for no mask on the sequence of a call with states."""
    given, state = Input((5,), dtype="int32"), Input((3,))
    x = L.Embedding(9, 4, mask_zero=True)(given)
    y, forward, backward = L.Bidirectional(L.GRU(3, return_sequences=True, return_state=True), merge_mode="sum")(x, initial_state=[state, state])
    return [given, state], [np.array([[1, 2, 0, 0, 0], [3, 4, 5, 6, 0]], "int32"), values(2, 3)], [y, forward, backward]


@form
def time_distributed_of_everything():
    x = Input((2, 5, 4))
    y = L.TimeDistributed(L.Bidirectional(L.LSTM(2, return_sequences=True)))(x)
    z = L.TimeDistributed(L.TimeDistributed(L.Dense(3)))(y)
    w = L.TimeDistributed(L.Conv1D(3, 2, padding="causal"))(z)
    return x, values(3, 2, 5, 4), [L.TimeDistributed(L.GlobalAveragePooling1D())(w), L.TimeDistributed(L.Flatten())(z), L.TimeDistributed(L.MaxPooling1D(2))(w)]


@form
def distributed_embedding():
    x = Input((2, 5), dtype="int32")
    y = L.TimeDistributed(L.Embedding(9, 4, mask_zero=True))(x)
    return x, ids(3, 2, 5), L.TimeDistributed(L.LSTM(3))(y)


@older
def time_major():
    x, v = seq()
    y = L.LSTM(3, time_major=True, return_sequences=True)(x)
    return x, v, L.GRU(2, time_major=True)(y)


# Arguments by name, operators


@newer
def operations_by_name():
    x, v = seq()
    y = ops.add(x1=x, x2=ops.multiply(x1=x, x2=0.5))
    y = ops.where(condition=ops.greater(x1=y, x2=0.0), x1=y, x2=-1.0)
    y = ops.concatenate(xs=[y, x], axis=-1)
    y = ops.reshape(y, newshape=(-1, 5, 2, 4))
    return x, v, [ops.sum(y, axis=[1, 2]), ops.clip(x, x_min=-1.0, x_max=0.5), ops.stack(x=[x, x], axis=1)]


@newer
def operators():
    x, v = seq()
    made = [-x, abs(x), x**2, 2.0**x, 1.0 / (x * x + 1.0), x // 0.5, x % 0.3, x @ ops.transpose(x, (0, 2, 1)), 3 - x]
    flags = [(x > 0) & (x < 1), (x > 1) | ~(x > 0), x != 0.0, (x >= 0) ^ (x <= 0.5)]
    cut = [x[..., 0], x[:, None], x[:, -1:], x[:, ::2], x[:, 1:-1, ::-1], x[:, 3, 1:]]
    return x, v, [ops.sum(ops.cast(y, "float32"), axis=-1) for y in (*made, *flags)] + [ops.cast(y, "float32") * 1.5 for y in cut]


@newer
def outputs_of_operations():
    x, v = seq()
    top = ops.top_k(x, 2)
    a, b = ops.split(x, 2, axis=2)
    mean, variance = ops.moments(x, axes=[1])
    unstacked = ops.unstack(x, axis=1)
    grid = ops.meshgrid(ops.arange(3.0), ops.arange(2.0))
    return x, v, [top[0], ops.cast(top[1], "float32"), a * b, mean, variance, unstacked[2], x[:, :2, :3] + grid[0]]


@newer
def dynamic_shapes():
    x = Input((None, 4))
    flat = ops.reshape(x, (-1, 4))
    return x, values(3, 6, 4), [L.Dense(2)(flat), ops.reshape(L.Dense(8)(x), (3, -1)), ops.squeeze(ops.max(x, axis=1, keepdims=True), axis=1)]


@newer
def einsums():
    x, v = seq()
    y = ops.einsum("bij,bkj->bik", x, x)
    return x, v, [y, ops.einsum("...ij->...ji", x), ops.einsum("bij->b", x), ops.tensordot(x, ops.ones((4, 2)), axes=1), ops.matmul(y, x)]


@older
def tf_operations():
    x, v = seq()
    y = tf.matmul(x, x, transpose_b=True)
    made = [-x, abs(x), x**2, 2.0**x, x // 0.5, 3 - x, tf.cast(x > 0, "float32"), x[..., None], x[:, tf.newaxis], x[:, -1], x[:, ::2]]
    shape = tf.shape(x)
    flat = tf.reshape(x, [shape[0], -1])
    return x, v, [*made, y, L.Dense(2)(tf.ensure_shape(flat, (None, 20))), tf.reduce_sum(tf.stack([x, x], 1), 2), tf.tile(x, [1, 2, 1])]


# Attention


@form
def attention_forms():
    x, v = seq()
    other, w = Input((6, 4)), values(3, 6, 4)
    query = L.MultiHeadAttention(2, 3, value_dim=2, output_shape=5, use_bias=False)(x, other, key=other)
    scores = L.Attention(score_mode="concat", use_scale=True)([x, other], return_attention_scores=True)
    causal = L.MultiHeadAttention(1, 4, attention_axes=(1,))(x, x, use_causal_mask=True)
    return [x, other], [v, w], [query, scores[0], scores[1], causal, L.AdditiveAttention(use_scale=False)([x, other, other])]


@form
def attention_over_pictures():
    x = Input((4, 3, 6))
    y = L.MultiHeadAttention(2, 3, attention_axes=(1, 2))(x, x)
    return x, values(2, 4, 3, 6), [y, L.MultiHeadAttention(2, 3, attention_axes=2)(y, x)]


@newer
def grouped_queries():
    x, v = seq()
    kind = getattr(L, "GroupQueryAttention", None) or L.GroupedQueryAttention
    made, scores = kind(3, 4, 2)(x, x, return_attention_scores=True)
    return x, v, [made, scores, kind(2, 2, 1, use_bias=False)(x, x, use_causal_mask=True)]


@form
def positions():
    x, v = seq()
    given = ids(3, 5)
    tokens = Input((5,), dtype="int32")
    embedded = L.Embedding(9, 4, mask_zero=True)(tokens)
    y = L.Add()([embedded, x])
    y = L.LayerNormalization()(L.Add()([y, L.MultiHeadAttention(2, 2)(y, y)]))
    return [x, tokens], [v, given], L.GlobalAveragePooling1D()(y)


# Convolutions and their like


@form
def many_convolutions():
    x = Input((8, 9, 4))
    y = [
        L.Conv2D(4, (3, 2), strides=(2, 3), padding="valid", groups=2, use_bias=False)(x),
        L.Conv2D(3, 3, dilation_rate=(2, 1), padding="same")(x),
        L.DepthwiseConv2D((2, 3), strides=2, padding="same", depth_multiplier=3)(x),
        L.SeparableConv2D(5, 3, depth_multiplier=2, dilation_rate=2)(x),
        L.Conv2DTranspose(3, 4, strides=(3, 2), padding="same")(x),
        L.MaxPooling2D(3, 2, padding="same")(x),
        L.AveragePooling2D((2, 3), (1, 2), padding="valid")(x),
        L.ZeroPadding2D(((1, 2), (0, 3)))(x),
        L.Cropping2D(((1, 2), (0, 3)))(x),
        L.UpSampling2D((2, 3))(x),
    ]
    return x, values(2, 8, 9, 4), y


@form
def volumes():
    x = Input((4, 5, 6, 2))
    y = [
        L.Conv3D(3, (2, 3, 2), strides=(1, 2, 2), padding="same")(x),
        L.Conv3DTranspose(2, 2, strides=2)(x),
        L.AveragePooling3D(2, padding="same")(x),
        L.UpSampling3D((1, 2, 1))(x),
        L.ZeroPadding3D(((1, 0), (0, 2), (1, 1)))(x),
        L.Cropping3D(((1, 0), (0, 2), (1, 1)))(x),
        L.GlobalMaxPooling3D(keepdims=True)(x),
        L.SpatialDropout3D(0.0)(x),
    ]
    return x, values(2, 4, 5, 6, 2), y


@form
def convolutions_in_time():
    x, v = seq()
    frames, w = Input((3, 6, 5, 2)), values(2, 3, 6, 5, 2)
    y = L.ConvLSTM2D(3, 3, padding="same", strides=2, return_sequences=True, return_state=True)(frames)
    return frames, w, [y[0], y[1], y[2], L.ConvLSTM2D(2, (2, 3), dilation_rate=(1, 1), go_backwards=True)(frames)]


@form
def normalizations():
    x = Input((6, 5, 4))
    y = [
        L.BatchNormalization(scale=False, momentum=0.5)(x),
        L.LayerNormalization(axis=[2, 3], center=False)(x),
        L.GroupNormalization(groups=-1, axis=-1)(x),
        L.GroupNormalization(groups=2, scale=False)(x),
        L.UnitNormalization(axis=[1, 2])(x),
        L.SpectralNormalization(L.Conv2D(3, 2), power_iterations=2)(x),
    ]
    return x, values(2, 6, 5, 4), y


# Preprocessing


@form
def text():
    x = Input((1,), dtype="string")
    layer = L.TextVectorization(max_tokens=12, output_sequence_length=6)
    layer.adapt(["the cat sat on the mat", "the dog ate my cat", "a b c"])
    y = L.Embedding(12, 4, mask_zero=True)(layer(x))
    return x, words(["the cat"], ["my dog sat, on the mat!"], ["zzz"]), L.Dense(2)(L.LSTM(3)(y))


@form
def text_of_counts():
    x = Input((1,), dtype="string")
    layer = L.TextVectorization(max_tokens=10, output_mode="tf_idf", ngrams=2, standardize="lower")
    layer.adapt(["the cat sat", "the dog", "a cat"])
    return x, words(["The cat"], ["dog the cat"], ["zzz"]), L.Dense(2)(layer(x))


@form
def categories():
    color, size = Input((1,), dtype="string", name="color"), Input((1,), dtype="int32", name="size")
    number = Input((1,), name="number")
    lookup = L.StringLookup(vocabulary=["red", "green", "blue"], output_mode="one_hot", num_oov_indices=2)
    bins = L.Discretization(num_bins=4)
    bins.adapt(values(20, 1))
    norm = L.Normalization(axis=None)
    norm.adapt(values(20, 1))
    parts = [
        lookup(color),
        L.CategoryEncoding(num_tokens=4, output_mode="one_hot")(L.IntegerLookup(vocabulary=[7, 3, 5], output_mode="int")(size)),
        L.CategoryEncoding(num_tokens=4, output_mode="multi_hot")(bins(number)),
        norm(number),
        L.Flatten()(L.Embedding(6, 2)(L.Hashing(num_bins=6)(color))),
    ]
    given = {"color": words(["red"], ["blue"], ["pink"]), "size": np.array([[7], [1], [5]], "int32"), "number": values(3, 1)}
    return {"color": color, "size": size, "number": number}, given, L.Dense(2)(L.Concatenate()(parts))


@form
def strings_back():
    x = Input((3,), dtype="int64" if not IS_KERAS_3 else "int32")
    y = L.Embedding(6, 2)(L.IntegerLookup(vocabulary=[11, 12, 13, 14], num_oov_indices=2)(x))
    return x, np.array([[11, 12, 1], [14, 14, 13], [0, 2, 11]], "int32"), L.Flatten()(y)


@form
def pictures():
    x = Input((8, 7, 3))
    y = L.Rescaling(1 / 127.5, offset=-1.0)(x)
    y = [L.Resizing(5, 6, interpolation="bicubic")(y), L.CenterCrop(5, 4)(y), L.Resizing(9, 4, crop_to_aspect_ratio=True)(y), L.RandomFlip()(y)]
    return x, RNG.integers(0, 255, (2, 8, 7, 3)).astype("float32"), y


# What a class file of Keras 3 has besides


@newer
def loss_scale_without_gradient():
    """A loss scale, which the policy of the model brings, and weights of one direction that the loss does not reach."""
    x, v = seq()
    _, backward = L.Bidirectional(L.SimpleRNN(2), merge_mode=None)(x)
    return x, v, L.Dense(2)(backward)


@newer
def policies():
    x, v = seq()
    y = L.Dense(4, dtype="float64")(x)
    return x, v, [y, L.LayerNormalization(dtype="float64", autocast=False)(y)]


@form
def penalties():
    x, v = seq()
    r = keras.regularizers
    y = L.Dense(4, kernel_regularizer=r.OrthogonalRegularizer(0.02), bias_regularizer=r.L1L2(0.1, 0.2), activity_regularizer=r.L2(0.01))(x)
    y = L.Dense(3, kernel_constraint=keras.constraints.UnitNorm(axis=0), kernel_initializer=keras.initializers.Orthogonal(0.5))(y)
    return x, v, L.ActivityRegularization(l1=0.02)(y)


@form
def activations():
    x, v = seq()
    names = ["elu", "gelu", "softplus", "swish", "selu", "hard_sigmoid" if IS_KERAS_3 else "exponential", "softsign", "mish"]
    return x, v, [L.Activation(name)(x) for name in names] + [L.Dense(3, activation="softmax")(x), L.PReLU(shared_axes=[1])(x), L.Softmax(axis=[1, 2])(x)]


def main(folder, only):
    folder.mkdir(parents=True, exist_ok=True)
    report = {"versions": describe(), "cases": [], "without": {}}
    for seed, (name, make) in enumerate(FORMS.items()):
        if only and name not in only:
            continue
        keras.utils.set_random_seed(seed)
        try:
            inputs, fed, outputs = make()
            if name.startswith("loss_scale"):
                precision.set_policy("mixed_float16")  # that of the model: its optimizer gets a loss scale
            model = keras.Model(inputs, outputs)
            precision.set_policy("float32")
            report["cases"].append(record(name, seed, model, fed, name == "pictures", folder))
        except Exception as error:  # noqa: BLE001
            report["without"][name] = f"{type(error).__name__}: {str(error).strip()[:300]}"
        keras.backend.clear_session()
    (folder / "graphs.json").write_text(json.dumps(report, allow_nan=False))
    print(json.dumps({**describe(), "cases": len(report["cases"]), "without": report["without"]}, indent=1))


main(Path(sys.argv[1]), sys.argv[2].split(",") if len(sys.argv) > 2 else None)
