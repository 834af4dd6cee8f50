"""How the files of cases list their makers."""

import keras
from case import Maker, around, short
from versions import ops


class Makers(dict):
    """Makers by name, in the order in which they are listed."""

    def layer(self, *names, count=6, backend=None):
        """Decorates `function(random) -> (arguments, inputs...)` or `-> Case`; several layers may share one."""

        def add(function):
            for name in names:
                self[name] = Maker(lambda random, name=name: layer_case(name, function(random)), count, backend)
            return function

        return add

    def case(self, name, count=4, backend=None):
        """Decorates `function(random) -> Case`."""

        def add(function):
            self[name] = Maker(function, count, backend)
            return function

        return add

    def operation(self, *names, count=3, backend=None):
        """Decorates `function(random, op) -> (call, arrays..., note?)`, where `call` takes symbols."""

        def add(function):
            for name in names:
                self[name] = Maker(lambda random, name=name: operation_case(function(random, find(name))), count, backend)
            return function

        return add


def find(name):
    return getattr(ops.image, name[6:]) if name.startswith("image.") else getattr(ops, name)


def operation_case(made):
    call, *arrays = made
    note = arrays.pop() if isinstance(arrays[-1], str) else ""
    return around(call, *arrays, note=note, fixed="fixed batch" in note)


def with_arguments(op, arrays, fixed=False, **arguments):
    """What a maker of an operation gives: the operation on all inputs with keyword arguments."""
    note = short(arguments)
    return lambda *symbols: op(*symbols, **arguments), *arrays, f"{note}, fixed batch" if fixed else note


def layer_case(name, made):
    """The case of one layer on its inputs; two and more are given as a list."""
    if not isinstance(made, tuple):
        return made(name) if callable(made) else made
    arguments, *inputs = made
    options = inputs.pop() if isinstance(inputs[-1], dict) else {}

    def apply(*symbols):
        layer = getattr(keras.layers, name)(**arguments)
        call = options.get("call", {})
        return layer(symbols[0] if len(symbols) == 1 else list(symbols), **call)

    rest = {key: value for key, value in options.items() if key != "call"}
    return around(apply, *inputs, note=short(arguments), **rest)
