"""A case: a small model around one layer or operation, or one whole network, with its inputs.

A maker is a function of a seeded `Random`; `count` calls of it with different seeds give the cases of a name.
"""

import zlib
from dataclasses import dataclass

import keras
import numpy as np


@dataclass
class Case:
    """What is built and what it is asked."""

    build: object
    """A function without arguments: (inputs, outputs) of a Functional model, or a model."""
    inputs: list
    """Arrays, batch included."""
    note: str = ""
    """The arguments, in short."""
    random: bool = False
    """Whether the model draws random numbers in training: its gradient is compared in inference."""
    steps: int = 0
    """How many steps of training are compared by their losses."""
    learning_rate: float = 0.02
    keep_weights: bool = False
    """Whether Keras's initial weights stay, which are seeded otherwise."""
    gradient: bool = True
    """Whether gradients are compared."""
    refused: bool = False
    """Whether the file must be refused here."""
    name: str = ""
    id: str = ""


@dataclass
class Maker:
    make: object
    count: int
    backend: str | None = None
    """The only backend of Keras that computes it."""


class Random:
    """Choices and arrays from one seed."""

    def __init__(self, seed):
        self.generator = np.random.default_rng(zlib.crc32(seed.encode()))

    def pick(self, *options):
        return options[int(self.generator.integers(len(options)))]

    def flag(self):
        return self.pick(False, True)

    def integer(self, low, high):
        """From low to high, both included."""
        return int(self.generator.integers(low, high + 1))

    def number(self, low, high):
        return round(float(self.generator.uniform(low, high)), 2)

    def some(self, **choices):
        """Half of these arguments, each with one of its values."""
        return {name: self.pick(*values) for name, values in choices.items() if self.flag()}

    def signed(self, *shape):
        return self.generator.normal(0, 1, shape).astype("float32")

    def positive(self, *shape):
        return self.generator.uniform(0.2, 2, shape).astype("float32")

    def unit(self, *shape):
        return self.generator.uniform(-0.9, 0.9, shape).astype("float32")

    def fraction(self, *shape):
        return self.generator.uniform(0.02, 0.98, shape).astype("float32")

    def integers(self, shape, low=-4, high=5):
        return self.generator.integers(low, high, shape).astype("int32")

    def booleans(self, *shape):
        return self.generator.random(shape) < 0.5

    def distinct(self, *shape):
        """No two values are the same or close, so that an order is certain."""
        count = int(np.prod(shape))
        return ((self.generator.permutation(count) - count / 2 + 0.25) * 0.11).astype("float32").reshape(shape)

    def padded(self, batch, length, low=1, high=9):
        """Sequences of positive numbers that end in zeros, at least one of them."""
        values = self.integers((batch, length), low, high)
        for row in values:
            row[self.integer(1, length - 1) :] = 0
        return values


def symbol(array, free=(), fixed=False):
    """The Keras input of an array; sizes of the axes in `free` are left open, and that of the batch unless `fixed`."""
    shape = [None if axis in free else size for axis, size in enumerate(array.shape)][1:]
    dtype = "string" if array.dtype.kind in "OSU" else str(array.dtype)
    return keras.Input(batch_shape=array.shape, dtype=dtype) if fixed else keras.Input(tuple(shape), dtype=dtype)


def around(function, *inputs, free=(), fixed=False, **options):
    """The case of a function of symbolic tensors."""

    def build():
        symbols = [symbol(array, free, fixed) for array in inputs]
        return symbols, function(*symbols)

    return Case(build, list(inputs), **options)


def short(arguments):
    return ", ".join(f"{name}={text(value)}" for name, value in arguments.items())


def text(value):
    if isinstance(value, np.ndarray):
        return f"array{list(value.shape)}"
    named = value.get_config() if hasattr(value, "get_config") else None
    return str(value) if named is None else f"{type(value).__name__}({short(named)})"[:120]
