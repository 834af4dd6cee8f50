"""Recurrent layers and their wrappers."""

import keras
from case import around, short
from register import Makers

MAKERS = Makers()
UNITS = 4


def masked(random):
    """How the sequence reaches the layer: as it is, masked, or embedded with a mask."""
    return random.pick("plain", "masked", "embedded")


def sequence(random, how):
    if how == "embedded":
        return random.padded(3, 6)
    x = random.signed(3, 6, 5)
    if how == "masked":
        for row, length in zip(x, (6, 4, 2)):
            row[length:] = 0
    return x


def entry(symbol, how):
    if how == "embedded":
        return keras.layers.Embedding(9, 5, mask_zero=True)(symbol)
    return keras.layers.Masking()(symbol) if how == "masked" else symbol


def on_sequence(random, make_layer, note, steps=0, free=()):
    how = masked(random)

    def apply(symbol):
        return make_layer()(entry(symbol, how))

    return around(apply, sequence(random, how), note=f"{how}; {note}", steps=steps, free=free)


def recurrent_arguments(random, name):
    arguments = {
        "units": UNITS,
        **random.some(
            return_sequences=(True,),
            return_state=(True,),
            go_backwards=(True,),
            unroll=(True,),
            use_bias=(False,),
            activation=("relu", "gelu"),
            recurrent_activation=("hard_sigmoid",),
            kernel_regularizer=("l2",),
        ),
    }
    if name.startswith("SimpleRNN"):
        arguments.pop("recurrent_activation", None)
    if name.startswith("GRU") and random.flag():
        arguments["reset_after"] = False
    if name.startswith("LSTM") and random.flag():
        arguments["unit_forget_bias"] = False
    return arguments


def cell_arguments(random, name):
    arguments = recurrent_arguments(random, name)
    return {key: value for key, value in arguments.items() if key not in ("return_sequences", "return_state", "go_backwards", "unroll")}


for layer_name in ("SimpleRNN", "LSTM", "GRU"):

    @MAKERS.layer(layer_name, count=10)
    def recurrent(random):
        def make(name):
            arguments = recurrent_arguments(random, name)
            if random.pick(True, False, False):
                return with_initial_state(random, name, arguments)
            return on_sequence(random, lambda: getattr(keras.layers, name)(**arguments), short(arguments), steps=2)

        return make

    @MAKERS.layer(f"{layer_name}Cell", count=4)
    def cell(random):
        def make(name):
            arguments = cell_arguments(random, name)
            cell_class = getattr(keras.layers, name)
            outer = random.some(return_sequences=(True,), go_backwards=(True,), return_state=(True,))
            return on_sequence(random, lambda: keras.layers.RNN(cell_class(**arguments), **outer), f"in RNN; {short({**arguments, **outer})}")

        return make


def with_initial_state(random, name, arguments):
    states = [random.signed(3, UNITS) for _ in range(2 if name == "LSTM" else 1)]

    def apply(symbol, *initial):
        return getattr(keras.layers, name)(**arguments)(symbol, initial_state=list(initial))

    return around(apply, random.signed(3, 6, 5), *states, note=f"initial_state; {short(arguments)}")


@MAKERS.case("RNN", count=6)
def rnn(random):
    names = [random.pick("SimpleRNNCell", "LSTMCell", "GRUCell") for _ in range(random.integer(1, 2))]
    outer = random.some(return_sequences=(True,), return_state=(True,), unroll=(True,), go_backwards=(True,))

    def make():
        cells = [getattr(keras.layers, name)(UNITS) for name in names]
        return keras.layers.RNN(cells if len(cells) > 1 else cells[0], **outer)

    return on_sequence(random, make, f"{names}, {short(outer)}")


@MAKERS.case("StackedRNNCells", count=4)
def stacked(random):
    names = [random.pick("SimpleRNNCell", "LSTMCell", "GRUCell") for _ in range(3)]
    outer = random.some(return_sequences=(True,), return_state=(True,))

    def make():
        cells = keras.layers.StackedRNNCells([getattr(keras.layers, name)(UNITS) for name in names])
        return keras.layers.RNN(cells, **outer)

    return on_sequence(random, make, f"{names}, {short(outer)}")


@MAKERS.case("Bidirectional", count=10)
def bidirectional(random):
    name = random.pick("LSTM", "GRU", "SimpleRNN")
    inner = {"units": UNITS, **random.some(return_sequences=(True,), return_state=(True,), use_bias=(False,))}
    merge_mode = random.pick("concat", "sum", "mul", "ave", None)

    def make():
        return keras.layers.Bidirectional(getattr(keras.layers, name)(**inner), merge_mode=merge_mode)

    return on_sequence(random, make, f"{name}, merge_mode={merge_mode}, {short(inner)}", steps=2)


@MAKERS.case("TimeDistributed", count=8)
def time_distributed(random):
    kind = random.pick("Dense", "Conv2D", "BatchNormalization", "model", "LSTM")
    if kind in ("Dense", "BatchNormalization"):
        inner = (lambda: keras.layers.Dense(3, "tanh")) if kind == "Dense" else keras.layers.BatchNormalization
        return on_sequence(random, lambda: keras.layers.TimeDistributed(inner()), kind, steps=2)

    def apply(symbol):
        return keras.layers.TimeDistributed(inner_layer(kind))(symbol)

    x = random.signed(2, 3, 5, 4) if kind == "LSTM" else random.signed(2, 3, 5, 4, 2)
    return around(apply, x, note=kind)


def inner_layer(kind):
    if kind == "LSTM":
        return keras.layers.LSTM(3)
    if kind == "Conv2D":
        return keras.layers.Conv2D(3, 3, padding="same", activation="relu")
    inner = keras.Input((5, 4, 2))
    return keras.Model(inner, keras.layers.Dense(2)(keras.layers.Flatten()(keras.layers.Conv2D(3, 3)(inner))))


def conv_lstm(rank):
    sizes = {1: (7,), 2: (6, 5), 3: (6, 5, 5)}[rank]

    def make(random):
        layout = random.pick("channels_last", "channels_first")
        arguments = {
            "filters": 3,
            "kernel_size": random.pick(2, 3),
            "data_format": layout,
            **random.some(
                padding=("same",),
                return_sequences=(True,),
                return_state=(True,),
                go_backwards=(True,),
                use_bias=(False,),
                recurrent_activation=("hard_sigmoid",),
                activation=("relu",),
            ),
            **random.pick({}, {"strides": 2}, {"dilation_rate": 2}),
        }
        shape = (*sizes, 2) if layout == "channels_last" else (2, *sizes)
        return arguments, random.signed(2, 3, *shape)

    return make


for rank in (1, 2, 3):
    MAKERS.layer(f"ConvLSTM{rank}D", count=6)(conv_lstm(rank))
