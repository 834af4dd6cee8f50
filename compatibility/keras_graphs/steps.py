"""What a random graph does with its tensors. All tensors of one kind have one shape, so that any two fit together.

    seq [batch, 5, 4]    vec [batch, 4]    img [batch, 6, 6, 4]    ids [batch, 5], integers that end in zeros
"""

from keras_masks.versions import IS_KERAS_3, keras, layers

from . import precision, rare_steps

TIME, SIZE, SIDE = 5, 4, 6
SHAPES = {"seq": (TIME, SIZE), "vec": (SIZE,), "img": (SIDE, SIDE, SIZE), "ids": (TIME,)}

if IS_KERAS_3:
    from keras import ops

    cast, concatenate, tanh, mean, maximum = ops.cast, ops.concatenate, ops.tanh, ops.mean, ops.maximum
    attention = {"Attention": layers.Attention, "AdditiveAttention": layers.AdditiveAttention}
else:
    import tensorflow as tf

    cast, concatenate, tanh, mean, maximum = tf.cast, tf.concat, tf.tanh, tf.reduce_mean, tf.maximum
    attention = {"Attention": layers.Attention, "AdditiveAttention": layers.AdditiveAttention}


class Maker:
    """Layers of one model. Some are made once and called again: shared layers."""

    def __init__(self, rng, depth, drops, mixes=False):
        self.rng, self.depth, self.drops, self.mixes = rng, depth, drops, mixes
        self.shared = {}

    def chance(self, share):
        return self.rng.random() < share

    def choose(self, items):
        return items[self.rng.integers(len(items))]

    def layer(self, key, make):
        """A new layer, or one that was called before."""
        if key in self.shared and self.chance(0.4):
            return self.choose(self.shared[key])
        made = self.other(make) if self.mixes and self.chance(0.4) else make()
        if self.chance(0.15):
            made.trainable = False
        self.shared.setdefault(key, []).append(made)
        return made

    def other(self, make):
        with precision.other_policy(self.rng):
            return make()

    def rate(self):
        return 0.3 if self.drops else 0.0

    def norm(self, x):
        kind = self.choose(["BatchNormalization", "LayerNormalization", "BatchNormalization"])
        norm = self.layer((kind, len(x.shape)), lambda: getattr(layers, kind)())
        more = {"training": self.choose([True, False])} if kind == "BatchNormalization" and self.chance(0.3) else {}
        return norm(x, **more)

    def recurrent(self, **more):
        return getattr(layers, self.choose(["LSTM", "GRU", "SimpleRNN"]))(SIZE, **more)

    # Each step takes the tensors that there are, by kind, and gives (kind, tensor), or nothing where it has no tensors to take.

    def seq_step(self, pool):
        x = self.choose(pool["seq"])
        y = self.choose(pool["seq"])
        step = self.choose(SEQ_STEPS + rare_steps.SEQ)
        return step(self, x, y, pool)

    def vec_step(self, pool):
        return self.choose(VEC_STEPS + rare_steps.VEC)(self, self.choose(pool["vec"]), self.choose(pool["vec"]), pool)

    def img_step(self, pool):
        return self.choose(IMG_STEPS + rare_steps.IMG)(self, self.choose(pool["img"]), self.choose(pool["img"]), pool)


def dense(m, x, y, pool):
    return "seq", m.layer("dense", lambda: layers.Dense(SIZE, activation=m.choose(["tanh", "relu", "linear"])))(x)


def conv1d(m, x, y, pool):
    return "seq", m.layer("conv1d", lambda: layers.Conv1D(SIZE, 3, padding=m.choose(["same", "causal"])))(x)


def recurrent(m, x, y, pool):
    return "seq", m.layer("rnn", lambda: m.recurrent(return_sequences=True, go_backwards=m.chance(0.2)))(x)


def both_ways(m, x, y, pool):
    mode = m.choose(["sum", "mul", "ave"])
    return "seq", m.layer("both", lambda: layers.Bidirectional(m.recurrent(return_sequences=True), merge_mode=mode))(x)


def with_state(m, x, y, pool):
    if not pool["vec"]:
        return None
    layer = m.layer("gru", lambda: layers.GRU(SIZE, return_sequences=True))
    return "seq", layer(x, initial_state=m.choose(pool["vec"]))


def gives_state(m, x, y, pool):
    if not pool["vec"]:
        return None
    sequence, h, _ = layers.LSTM(SIZE, return_sequences=True, return_state=True)(
        x, initial_state=[m.choose(pool["vec"]), m.choose(pool["vec"])]
    )
    pool["vec"].append(h)
    return "seq", sequence


def explicit_mask(m, x, y, pool):
    if not pool["mask"]:
        return None
    return "seq", m.layer("rnn", lambda: m.recurrent(return_sequences=True))(x, mask=m.choose(pool["mask"]))


def multi_head(m, x, y, pool):
    layer = m.layer("mha", lambda: layers.MultiHeadAttention(2, 3, dropout=m.rate()))
    form = m.rng.integers(5)
    if form == 0:
        return "seq", layer(x, y)
    if form == 1:
        return "seq", layer(query=x, value=y)
    if form == 2:
        return "seq", layer(x, y, key=x, use_causal_mask=True)
    if form == 3:
        made, _ = layers.MultiHeadAttention(1, 2)(x, x, return_attention_scores=True)
        return "seq", made
    return "seq", layer(x, value=x, key=y)


def attend(m, x, y, pool):
    name = m.choose(sorted(attention))
    layer = m.layer(name, lambda: attention[name](use_scale=m.chance(0.5)))
    return "seq", layer([x, y], use_causal_mask=m.chance(0.3))


def merge(m, x, y, pool):
    kind = m.choose(["Add", "Multiply", "Average", "Maximum", "Subtract"])
    return "seq", getattr(layers, kind)()([x, y])


def join(m, x, y, pool):
    joined = layers.Concatenate(axis=-1)([x, y, x]) if m.chance(0.5) else concatenate([x, y, y], -1)
    return "seq", layers.Dense(SIZE)(joined)


def raw(m, x, y, pool):
    form = int(m.rng.integers(6))
    made = [lambda: x * 0.5 + y, lambda: tanh(x), lambda: maximum(x, y), lambda: cast(x, "float32"), lambda: x - 0.1, lambda: 1.0 - x]
    return "seq", made[form]()


def masking(m, x, y, pool):
    return "seq", layers.Masking(0.0)(x)


def drop(m, x, y, pool):
    kind = m.choose(["Dropout", "SpatialDropout1D", "GaussianDropout"])
    return "seq", m.layer("drop", lambda: getattr(layers, kind)(m.rate()))(x)


def activity(m, x, y, pool):
    return "seq", layers.Activation(m.choose(["tanh", "relu", "softmax"]))(x)


def distributed(m, x, y, pool):
    inner = nested_model(m, ["vec"], ["vec"]) if m.depth < 2 and m.chance(0.6) else layers.Dense(SIZE)
    return "seq", m.layer("distributed", lambda: layers.TimeDistributed(inner))(x)


def norm_seq(m, x, y, pool):
    return "seq", m.norm(x)


def nested_seq(m, x, y, pool):
    """A model of two sequences, often called twice, by position or by name."""
    if m.depth >= 2:
        return None
    two = m.chance(0.5)
    key = ("model", two)
    model = m.layer(key, lambda: nested_model(m, ["seq", "seq"] if two else ["seq"], ["seq"], named=False))
    more = {"training": m.choose([True, False])} if m.chance(0.2) else {}
    made = model([x, y] if two else x, **more)
    if m.chance(0.5):
        made = model([made, x] if two else made)
    return "seq", made


def nested_named(m, x, y, pool):
    if m.depth >= 2 or not pool["vec"]:
        return None
    model = m.layer("named", lambda: nested_model(m, ["seq", "vec"], ["seq", "vec"], named=True))
    made = model({"seq0": x, "vec1": m.choose(pool["vec"])})
    pool["vec"].append(made["second"])
    return "seq", made["first"]


def chain(m, x, y, pool):
    model = m.layer("chain", lambda: keras.Sequential([layers.Dense(SIZE), m.recurrent(return_sequences=True), layers.BatchNormalization()]))
    return "seq", model(x)


def to_vec(m, x, y, pool):
    form = m.rng.integers(5)
    if form == 0:
        return "vec", m.layer("average", layers.GlobalAveragePooling1D)(x)
    if form == 1:
        return "vec", m.layer("last", lambda: m.recurrent())(x)
    if form == 2:
        return "vec", layers.Dense(SIZE)(layers.Flatten()(x))
    if form == 3:
        return "vec", layers.GlobalMaxPooling1D()(x)
    return "vec", mean(x, 1)


def pick(m, x, y, pool):
    return "vec", x[:, int(m.rng.integers(TIME))]


SEQ_STEPS = [
    dense, conv1d, recurrent, both_ways, with_state, gives_state, explicit_mask, multi_head, multi_head, attend, attend, merge, join,
    raw, raw, masking, drop, activity, distributed, norm_seq, nested_seq, nested_seq, nested_named, chain, to_vec, to_vec, pick,
]


def dense_vec(m, x, y, pool):
    return "vec", m.layer("dense", lambda: layers.Dense(SIZE, activation="tanh"))(x)


def merge_vec(m, x, y, pool):
    return "vec", m.choose([layers.Add, layers.Multiply, layers.Average])()([x, y])


def raw_vec(m, x, y, pool):
    return "vec", m.choose([lambda: x + y, lambda: tanh(x) * 0.5, lambda: x / 2.0])()


def norm_vec(m, x, y, pool):
    return "vec", m.norm(x)


def repeat(m, x, y, pool):
    return "seq", layers.RepeatVector(TIME)(x)


def drop_vec(m, x, y, pool):
    return "vec", layers.Dropout(m.rate())(x)


def nested_vec(m, x, y, pool):
    if m.depth >= 2:
        return None
    model = m.layer("model vec", lambda: nested_model(m, ["vec"], ["vec"], named=False))
    return "vec", model(model(x)) if m.chance(0.5) else model(x)


VEC_STEPS = [dense_vec, merge_vec, raw_vec, norm_vec, repeat, drop_vec, nested_vec]


def conv2d(m, x, y, pool):
    return "img", m.layer("conv2d", lambda: layers.Conv2D(SIZE, 3, padding="same", groups=m.choose([1, 2]), activation="relu"))(x)


def depthwise(m, x, y, pool):
    return "img", layers.DepthwiseConv2D(3, padding="same")(x)


def separable(m, x, y, pool):
    return "img", layers.SeparableConv2D(SIZE, 3, padding="same")(x)


def pool_up(m, x, y, pool):
    return "img", layers.UpSampling2D()(layers.MaxPooling2D()(x))


def norm_img(m, x, y, pool):
    return "img", m.norm(x)


def add_img(m, x, y, pool):
    return "img", layers.Add()([x, y])


def img_to_vec(m, x, y, pool):
    return "vec", layers.GlobalAveragePooling2D()(x)


def scale_img(m, x, y, pool):
    return ("img", x * layers.Reshape((1, 1, SIZE))(m.choose(pool["vec"]))) if pool["vec"] else None


IMG_STEPS = [conv2d, depthwise, separable, pool_up, norm_img, add_img, img_to_vec, scale_img]


def nested_model(m, given, wanted, named=False):
    """A model of its own. `named`: its inputs and outputs are dictionaries."""
    inner = Maker(m.rng, m.depth + 1, m.drops, m.mixes)
    inputs = {f"{kind}{i}": keras.Input(SHAPES[kind], name=f"{kind}{i}") for i, kind in enumerate(given)}
    pool = {"seq": [], "vec": [], "img": [], "mask": []}
    for kind, x in zip(given, inputs.values()):
        pool[kind].append(x)
    grow(inner, pool, 2 + m.rng.integers(3))
    if "seq" in wanted and not any(x is not i for x in pool["seq"] for i in inputs.values()):
        pool["seq"].append(layers.Dense(SIZE)(pool["seq"][0]))
    for kind in wanted:
        if not pool[kind]:
            pool[kind].append(layers.GlobalAveragePooling1D()(pool["seq"][-1]))
        if any(pool[kind][-1] is x for x in inputs.values()):
            pool[kind].append(layers.Dense(SIZE)(pool[kind][-1]))
    outputs = [pool[kind][-1] for kind in wanted]
    if named:
        return keras.Model(inputs, dict(zip(("first", "second"), outputs)))
    flat = list(inputs.values())
    return keras.Model(flat if len(flat) > 1 else flat[0], outputs if len(outputs) > 1 else outputs[0])


def grow(m, pool, count):
    for _ in range(count):
        kinds = [kind for kind in ("seq", "vec", "img") if pool[kind]]
        made = getattr(m, f"{m.choose(kinds)}_step")(pool)
        if made is not None:
            pool[made[0]].append(made[1])
