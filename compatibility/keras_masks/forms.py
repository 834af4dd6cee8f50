"""Small models around one layer or operation behind a masked tensor, in each form that a graph can take.

The mask comes from an Embedding of ids that end in zeros: ids of shape [batch, 6] give [batch, 6, 4] with a mask of [batch, 6];
ids of higher rank give tensors and masks of higher rank. Each model has two outputs: what reads the mask behind the layer (an
average, if the rank allows it), and what the layer gives, whose mask the loss sees.
"""

import numpy as np

from .layers_to_try import forms, takes_mask
from .versions import keras, layers

# Shape of the ids, size of the embedding: by the rank of the tensor, the batch axis counted.
SIZES = {2: ((), 4), 3: ((6,), 4), 4: ((4, 4), 3), 5: ((3, 3, 3), 2)}
RANKS = (3, 4, 5, 2)


def ids(shape, seed):
    """Ids whose last ones along the last axis are 0; one example has a single id."""
    rng = np.random.default_rng(seed)
    values = rng.integers(1, 9, (3, *shape)).astype("int32")
    if shape:
        for i, length in enumerate(rng.permutation([1, shape[-1] - 1, max(1, shape[-1] // 2)])):
            values[i, ..., length:] = 0
    else:
        values[1] = 0
    return values


class Graph:
    """The inputs of a model that is being made, with a value for each."""

    def __init__(self):
        self.symbols, self.values = [], []

    def ids(self, shape):
        value = ids(shape, len(self.symbols))
        self.symbols.append(keras.Input(shape, dtype="int32", name=f"ids{len(self.symbols)}"))
        self.values.append(value)
        return self.symbols[-1]

    def floats(self, shape):
        rng = np.random.default_rng(100 + len(self.symbols))
        self.symbols.append(keras.Input(shape, name=f"floats{len(self.symbols)}"))
        self.values.append(rng.normal(size=(3, *shape)).astype("float32"))
        return self.symbols[-1]

    def mask(self, shape):
        value = ids(shape, 50 + len(self.symbols)) != 0
        self.symbols.append(keras.Input(shape, dtype="bool", name=f"mask{len(self.symbols)}"))
        self.values.append(value)
        return self.symbols[-1]

    def masked(self, rank):
        shape, size = SIZES[rank]
        return layers.Embedding(9, size, mask_zero=True)(self.ids(shape))

    def model(self, outputs):
        symbols = self.symbols[0] if len(self.symbols) == 1 else self.symbols
        return keras.Model(symbols, outputs)


def call(target, tensors):
    """Calls with one tensor, with a list of two, or with two: the first that works."""
    first = None
    attempts = [lambda: target(tensors()[0]), lambda: target(tensors()), lambda: target(*tensors())]
    for attempt in attempts:
        try:
            return attempt()
        except Exception as error:  # noqa: BLE001 - layers refuse in many ways
            first = first or error
    raise first


def pooled():
    return layers.GlobalAveragePooling1D()


def flat_steps(y):
    return layers.TimeDistributed(layers.Reshape((int(np.prod(y.shape[2:])),)))(y)


# What reads a mask, by the rank of its tensor. Whether one can depends on the rank of the mask: the first that Keras runs is taken.
READERS = {
    3: [lambda y: pooled()(y)],
    4: [lambda y: pooled()(layers.TimeDistributed(pooled())(y)), lambda y: pooled()(flat_steps(y))],
    5: [lambda y: pooled()(flat_steps(y))],
}


class Ends:
    """Ends a graph with the reader of this number and the tensor itself. Throws IndexError after the last one."""

    def __init__(self, number):
        self.number = number

    def __call__(self, y):
        y = y[0] if isinstance(y, (list, tuple)) else y
        last = layers.Activation("linear")(y)
        readers = [*READERS.get(len(y.shape), []), None]
        if self.number >= len(readers):
            raise IndexError("no reader is left")
        reader = readers[self.number]
        return [last] if reader is None else [reader(y), last]


def functional(make, rank, ends):
    graph = Graph()
    x = [graph.masked(rank)]

    def tensors():
        if len(x) == 1:
            x.append(graph.masked(rank))
        return x

    try:
        y = make(rank)(x[0])
    except Exception:  # noqa: BLE001
        layer = make(rank)
        y = call(layer, tensors)
    return graph, graph.model(ends(y))


def sequential(make, rank, ends):
    graph = Graph()
    shape, size = SIZES[rank]
    graph.ids(shape)
    steps = [keras.Input(shape, dtype="int32"), layers.Embedding(9, size, mask_zero=True), make(rank)]
    model = keras.Sequential(steps)
    shape = model.output_shape
    if len(shape) != 3 or ends.number > 1:
        ends(keras.Input(shape[1:]))  # counts the readers
    if len(shape) == 3 and ends.number == 0:
        model.add(pooled())
    return graph, model


def nested(make, rank, ends):
    """The layer in a model of its own, which gets the masked tensor."""
    graph, inside = Graph(), Graph()
    shape, size = SIZES[rank]
    given = [inside.floats((*shape, size)), inside.floats((*shape, size))]
    try:
        made, count = make(rank)(given[0]), 1
    except Exception:  # noqa: BLE001
        made, count = call(make(rank), lambda: given), 2
    model = keras.Model(given[:count] if count > 1 else given[0], made)
    x = [graph.masked(rank) for _ in range(count)]
    return graph, graph.model(ends(model(x if count > 1 else x[0])))


def inside(make, rank, ends):
    """The Embedding and the layer in a model of their own, whose output brings its mask along."""
    graph, own = Graph(), Graph()
    x = own.masked(rank)
    model = own.model(make(rank)(x))
    return graph, graph.model(ends(model(graph.ids(SIZES[rank][0]))))


def distributed(make, rank, ends):
    """TimeDistributed over the layer; the mask reaches into each step."""
    if rank + 1 not in SIZES:
        raise ValueError("no tensor of that rank is tried")
    graph = Graph()
    return graph, graph.model(ends(layers.TimeDistributed(make(rank))(graph.masked(rank + 1))))


def distributed_steps(make, rank, ends):
    """TimeDistributed over the layer; the mask tells steps only."""
    graph = Graph()
    shape, size = SIZES[rank]
    whole = (*shape, size)
    x = layers.Embedding(9, int(np.prod(whole)), mask_zero=True)(graph.ids((6,)))
    if len(whole) > 1:
        x = layers.TimeDistributed(layers.Reshape(whole))(x)
    return graph, graph.model(ends(layers.TimeDistributed(make(rank))(x)))


def steps(make, rank, ends):
    """The layer on a tensor of higher rank whose mask tells steps only."""
    if rank < 4:
        raise ValueError("the same as functional")
    graph = Graph()
    (time, *rest), size = SIZES[rank]
    x = layers.Embedding(9, int(np.prod(rest)) * size, mask_zero=True)(graph.ids((time,)))
    return graph, graph.model(ends(make(rank)(layers.TimeDistributed(layers.Reshape((*rest, size)))(x))))


def explicit(make, rank, ends):
    """A tensor without a mask, and the mask given as an argument."""
    graph = Graph()
    shape, size = SIZES[rank]
    layer = make(rank)
    if not takes_mask(layer):
        raise ValueError("its call takes no mask")
    x = graph.floats((*shape, size))
    return graph, graph.model(ends(layer(x, mask=graph.mask(shape))))


def started(make, rank, ends):
    """A recurrent layer that starts from states given as tensors."""
    graph = Graph()
    layer = make(rank)
    sizes = getattr(layer, "state_size", None) or layer.cell.state_size
    sizes = list(sizes) if isinstance(sizes, (list, tuple)) else [sizes]
    states = [graph.floats((size,)) for size in sizes]
    return graph, graph.model(ends(layer(graph.masked(rank), initial_state=states)))


# Which kinds of graph are tried for forms of recurrent layers; forms that are not named here are tried in all of them.
KINDS_OF_FORMS = {
    "sequences": ("functional", "inside", "steps"),
    "both ways": ("functional", "sequential", "nested", "distributed", "explicit mask", "steps"),
    "in RNN, sequences": ("functional", "nested", "steps"),
    **{form: ("functional", "steps") for form in ("backwards", "both ways, summed", "both ways, last", "zeros", "state", "in RNN, both ways")},
}

KINDS = {
    "functional": functional, "sequential": sequential, "nested": nested, "inside": inside, "distributed": distributed,
    "distributed steps": distributed_steps, "steps": steps, "explicit mask": explicit, "initial state": started,
}


def layer_cases(name):
    """(form, kind, how to make the model for a rank and a reader) of everything to try."""
    for form, make in forms(name).items():
        for kind, assemble in KINDS.items():
            if kind not in KINDS_OF_FORMS.get(form, KINDS):
                continue
            yield form, kind, lambda rank, ends, make=make, assemble=assemble: assemble(make, rank, ends)


def operation_case(function):
    """A raw operation on a masked tensor, which hands its mask on or does not."""

    def assemble(rank, ends):
        graph = Graph()
        x = [graph.masked(rank)]

        def tensors():
            if len(x) == 1:
                x.append(graph.masked(rank))
            return x

        return graph, graph.model(ends(call(function, tensors)))

    return assemble
