"""More of what a random graph does with its tensors: layers and forms of calls that are rare. `steps.py` has the others."""

from keras_masks.versions import IS_KERAS_3, keras, layers

TIME, SIZE, SIDE = 5, 4, 6

if IS_KERAS_3:
    from keras import ops

    def operations(x, y):
        return [
            lambda: ops.einsum("bij,bkj->bik", x, y) @ y * 0.1,
            lambda: ops.where(x > 0, x, y * 0.5),
            lambda: ops.concatenate(ops.split(x, 2, axis=-1)[::-1], axis=-1),
            lambda: ops.squeeze(ops.expand_dims(x, 2), 2) + ops.flip(y, axis=1),
            lambda: ops.cumsum(x, axis=1) * 0.2,
            lambda: ops.softmax(x, axis=1) * y,
            lambda: ops.take(x, [4, 3, 2, 1, 0], axis=1),
            lambda: ops.pad(x[:, 1:], [[0, 0], [1, 0], [0, 0]]),
            lambda: ops.clip(x, -0.5, 0.5) + ops.logical_not(y > 0),
            lambda: ops.stack([x, y], axis=-1)[..., 1],
            lambda: ops.normalize(x + 0.1, axis=-1),
            lambda: x[:, ::-1] * ops.max(y, axis=1, keepdims=True),
        ]
else:
    import tensorflow as tf

    def operations(x, y):
        return [
            lambda: tf.where(x > 0.0, x, y * 0.5),
            lambda: tf.concat(tf.split(x, 2, axis=-1)[::-1], axis=-1),
            lambda: tf.squeeze(tf.expand_dims(x, 2), 2) + tf.reverse(y, [1]),
            lambda: tf.cumsum(x, axis=1) * 0.2,
            lambda: tf.nn.softmax(x, axis=1) * y,
            lambda: tf.gather(x, [4, 3, 2, 1, 0], axis=1),
            lambda: tf.pad(x[:, 1:], [[0, 0], [1, 0], [0, 0]]),
            lambda: tf.clip_by_value(x, -0.5, 0.5),
            lambda: tf.stack([x, y], axis=-1)[..., 1],
            lambda: tf.math.l2_normalize(x + 0.1, axis=-1),
            lambda: x[:, ::-1] * tf.reduce_max(y, axis=1, keepdims=True),
        ]


def has(*names):
    return [name for name in names if hasattr(layers, name)]


def one_of(*makers):
    """A layer without neighbours: one of these."""

    def step(m, x, y, pool):
        kind = {3: "seq", 2: "vec", 4: "img"}[len(x.shape)]
        index = int(m.rng.integers(len(makers)))
        return kind, m.layer((index, makers), makers[index])(x)

    return step


def cell(m):
    return getattr(layers, m.choose(["LSTMCell", "GRUCell", "SimpleRNNCell"]))(SIZE)


def stacked(m, x, y, pool):
    cells = [cell(m) for _ in range(1 + m.rng.integers(3))]
    given = layers.StackedRNNCells(cells) if m.chance(0.5) else cells
    if m.chance(0.4):
        found = layers.RNN(given, return_sequences=True, return_state=True)(x)
        states = [state for group in found[1:] for state in (group if isinstance(group, (list, tuple)) else [group])]
        pool["vec"].append(m.choose(states))
        return "seq", found[0]
    return "seq", layers.RNN(given, return_sequences=True, go_backwards=m.chance(0.3))(x)


def of_cell(m, x, y, pool):
    return "seq", m.layer("cell", lambda: layers.Bidirectional(layers.RNN(cell(m), return_sequences=True), merge_mode="sum"))(x)


def apart(m, x, y, pool):
    """Both directions as two tensors, or one layer for each."""
    if m.chance(0.5):
        forward, backward = layers.Bidirectional(m.recurrent(return_sequences=True), merge_mode=None)(x)
        pool["seq"].append(backward)
        return "seq", forward
    back = m.recurrent(return_sequences=True, go_backwards=True)
    made = layers.Bidirectional(layers.GRU(SIZE, return_sequences=True), backward_layer=back, merge_mode="concat")(x)
    return "seq", layers.Dense(SIZE)(made)


def both_states(m, x, y, pool):
    if not pool["vec"]:
        return None
    layer = layers.Bidirectional(layers.GRU(SIZE, return_sequences=True, return_state=True), merge_mode="ave")
    states = [m.choose(pool["vec"]), m.choose(pool["vec"])]
    sequence, forward, backward = layer(x, initial_state=states) if m.chance(0.6) else layer(x)
    pool["vec"].append(backward)
    return "seq", sequence


def conv_lstm(m, x, y, pool):
    column = layers.Reshape((TIME, SIZE, 1))(x)
    made = layers.ConvLSTM1D(2, 3, padding="same", return_sequences=True)(column)
    return "seq", layers.Dense(SIZE)(layers.Reshape((TIME, SIZE * 2))(made))


def einsum_dense(m, x, y, pool):
    return "seq", layers.EinsumDense("abc,cd->abd", output_shape=(None, SIZE), bias_axes="d", activation="tanh")(x)


def spectral(m, x, y, pool):
    inner = m.choose([lambda: layers.Dense(SIZE), lambda: layers.Conv1D(SIZE, 2, padding="same")])
    return "seq", m.layer("spectral", lambda: layers.SpectralNormalization(inner()))(x)


def grouped_query(m, x, y, pool):
    if not has("GroupedQueryAttention", "GroupQueryAttention"):
        return None
    layer = getattr(layers, has("GroupQueryAttention", "GroupedQueryAttention")[0])(3, 4, 2)
    return "seq", layer(x, y) if m.chance(0.5) else layer(x, y, use_causal_mask=True)


def attention_mask(m, x, y, pool):
    if not pool["mask"]:
        return None
    mask = m.choose(pool["mask"])
    if m.chance(0.5):
        return "seq", layers.Attention()([x, y], mask=[mask, m.choose(pool["mask"])])
    return "seq", layers.MultiHeadAttention(2, 3)(x, y, attention_mask=layers.Reshape((1, TIME))(mask))


def distributed(m, x, y, pool):
    inner = m.choose(
        [
            layers.BatchNormalization,
            layers.LayerNormalization,
            lambda: layers.Dropout(m.rate()),
            lambda: keras.Sequential([layers.Dense(3, activation="relu"), layers.Dropout(m.rate()), layers.Dense(SIZE)]),
            lambda: layers.Activation("tanh"),
        ]
    )
    return "seq", m.layer("distributed", lambda: layers.TimeDistributed(inner()))(x)


def dotted(m, x, y, pool):
    return "seq", layers.Dense(SIZE)(layers.Dot(axes=-1, normalize=m.chance(0.5))([x, y]))


def raw(m, x, y, pool):
    return "seq", m.choose(operations(x, y))()


def trained_otherwise(m, x, y, pool):
    return "seq", layers.Dropout(m.rate())(x, training=m.choose([True, False]))


def padded(m, x, y, pool):
    return "seq", layers.Cropping1D((0, 1))(layers.ZeroPadding1D((1, 0))(x))


def permuted(m, x, y, pool):
    return "seq", layers.Permute((2, 1))(layers.Dense(TIME)(layers.Permute((2, 1))(x)))


def masked_pooling(m, x, y, pool):
    return "vec", layers.GlobalAveragePooling1D(keepdims=False)(layers.Masking(mask_value=0.0)(x))


def adapted(m, x, y, pool):
    if m.chance(0.5):
        return "seq", layers.Normalization(mean=[0.1, 0.2, 0.3, 0.4], variance=[1.0, 2.0, 0.5, 1.5], invert=m.chance(0.3))(x)
    layer = layers.Normalization(axis=-1)
    layer.adapt(m.rng.normal(size=(6, TIME, SIZE)).astype("float32"))
    return "seq", layer(x)


def in_bins(m, x, y, pool):
    bins = layers.Discretization(bin_boundaries=[-1.0, -0.2, 0.3, 1.0])(layers.Dense(SIZE)(x))
    return "seq", layers.Reshape((TIME, SIZE))(layers.Embedding(5, 1)(bins))


def categories(m, x, y, pool):
    if not pool.get("ids"):
        return None
    ids = m.choose(pool["ids"])
    form = int(m.rng.integers(4))
    if form == 0:
        mode = m.choose(["multi_hot", "count"])
        return "vec", layers.Dense(SIZE)(layers.CategoryEncoding(num_tokens=9, output_mode=mode)(ids))
    if form == 1:
        found = layers.IntegerLookup(vocabulary=[3, 1, 4, 5, 7], num_oov_indices=2, mask_token=0)(ids)
        return "seq", layers.Embedding(9, SIZE, mask_zero=m.chance(0.5))(found)
    if form == 2:
        return "seq", layers.Embedding(6, SIZE)(layers.Hashing(num_bins=6)(ids))
    inner = keras.Sequential([layers.Embedding(9, SIZE, mask_zero=True), layers.Dropout(m.rate()), m.recurrent(return_sequences=True)])
    return "seq", m.layer("embeds", lambda: inner)(ids)


SEQ = [
    stacked, of_cell, apart, apart, both_states, conv_lstm, einsum_dense, spectral, grouped_query, attention_mask, distributed, dotted,
    raw, raw, raw, trained_otherwise, padded, permuted, masked_pooling, adapted, in_bins, categories, categories,
    one_of(
        lambda: layers.GroupNormalization(groups=2),
        lambda: layers.UnitNormalization(),
        lambda: layers.LayerNormalization(axis=[1, 2]),
        lambda: layers.BatchNormalization(axis=1, center=False),
        *[lambda: layers.RMSNormalization()] * len(has("RMSNormalization")),
    ),
    one_of(
        lambda: layers.Conv1DTranspose(SIZE, 3, padding="same"),
        lambda: layers.SeparableConv1D(SIZE, 2, padding="same", depth_multiplier=2),
        lambda: layers.DepthwiseConv1D(3, padding="same"),
        lambda: layers.Conv1D(SIZE, 2, dilation_rate=2, padding="causal", groups=2),
        lambda: layers.MaxPooling1D(3, strides=1, padding="same"),
        lambda: layers.AveragePooling1D(2, strides=1, padding="same"),
    ),
    one_of(
        lambda: layers.PReLU(shared_axes=[1], alpha_initializer="random_normal"),
        lambda: layers.LeakyReLU(),
        lambda: layers.ELU(0.5),
        lambda: layers.ReLU(max_value=0.7, negative_slope=0.1),
        lambda: layers.Softmax(axis=-1),
        lambda: layers.ActivityRegularization(l2=0.01),
        lambda: layers.Dense(SIZE, kernel_regularizer="l2", activity_regularizer="l1", kernel_constraint="max_norm"),
        lambda: layers.Rescaling(0.5, offset=0.1),
        lambda: layers.Dense(SIZE, dtype="float64"),
    ),
]


def joined_vec(m, x, y, pool):
    return "vec", layers.Dense(SIZE)(layers.Concatenate()([x, y]))


def dotted_vec(m, x, y, pool):
    return "vec", layers.Dense(SIZE)(layers.Dot(axes=1)([x, y]))


VEC = [
    joined_vec,
    dotted_vec,
    categories,
    one_of(
        lambda: layers.UnitNormalization(),
        lambda: layers.GroupNormalization(groups=2),
        lambda: layers.SpectralNormalization(layers.Dense(SIZE)),
        lambda: layers.EinsumDense("ab,bc->ac", output_shape=SIZE, bias_axes="c"),
        lambda: layers.ActivityRegularization(l1=0.01),
        lambda: layers.Rescaling([0.5, 1.0, 2.0, 1.5]),
    ),
]


def drawn(m, x, y, pool):
    """Layers that change pictures at random in training alone."""
    if not m.drops:
        return None
    kind = m.choose(
        [
            lambda: layers.RandomFlip("horizontal"),
            lambda: layers.RandomRotation(0.2),
            lambda: layers.RandomZoom(0.2),
            lambda: layers.RandomTranslation(0.2, 0.2),
            lambda: layers.RandomContrast(0.2),
            lambda: layers.GaussianNoise(0.2),
            lambda: layers.SpatialDropout2D(0.2),
        ]
    )
    return "img", kind()(x)


def in_time(m, x, y, pool):
    """A picture of 6 x 6 as two of 3 x 6."""
    frames = layers.Reshape((2, SIDE // 2, SIDE, SIZE))(x)
    made = m.choose(
        [
            lambda: layers.TimeDistributed(layers.Conv2D(SIZE, 3, padding="same")),
            lambda: layers.Conv3D(SIZE, 2, padding="same"),
            lambda: layers.ConvLSTM2D(SIZE, 3, padding="same", return_sequences=True),
            lambda: layers.Bidirectional(layers.ConvLSTM2D(SIZE, 3, padding="same", return_sequences=True), merge_mode="sum"),
            lambda: layers.TimeDistributed(layers.AveragePooling2D(3, strides=1, padding="same")),
            lambda: layers.AveragePooling3D(2, strides=1, padding="same"),
        ]
    )()(frames)
    return "img", layers.Reshape((SIDE, SIDE, SIZE))(made)


def resized(m, x, y, pool):
    form = int(m.rng.integers(3))
    if form == 0:
        return "img", layers.ZeroPadding2D(1)(layers.CenterCrop(4, 4)(x))
    if form == 1:
        return "img", layers.Resizing(SIDE, SIDE)(layers.AveragePooling2D(2)(x))
    return "img", layers.Cropping2D(((1, 0), (0, 2)))(layers.ZeroPadding2D(((0, 1), (2, 0)))(x))


def as_sequence(m, x, y, pool):
    return "seq", layers.AveragePooling1D(8, strides=7)(layers.Reshape((SIDE * SIDE, SIZE))(x))


IMG = [
    drawn, drawn, in_time, in_time, resized, as_sequence,
    one_of(
        lambda: layers.GroupNormalization(groups=2),
        lambda: layers.SpectralNormalization(layers.Conv2D(SIZE, 3, padding="same")),
        lambda: layers.Conv2DTranspose(SIZE, 3, padding="same"),
        lambda: layers.DepthwiseConv2D(3, padding="same", depth_multiplier=1, dilation_rate=2),
        lambda: layers.AveragePooling2D(3, strides=1, padding="same"),
        lambda: layers.PReLU(shared_axes=[1, 2]),
        lambda: layers.Permute((2, 1, 3)),
        lambda: layers.LayerNormalization(axis=[1, 2, 3]),
        lambda: layers.EinsumDense("abcd,de->abce", output_shape=(SIDE, SIDE, SIZE), bias_axes="e"),
    ),
]
