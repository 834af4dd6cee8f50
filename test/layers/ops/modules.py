"""Writes modules.json: every class of an operation in the newest Keras, by the module that its files name.

    KERAS_BACKEND=jax python modules.py
"""

import importlib
import inspect
import json
import pkgutil
from pathlib import Path

import keras.src as source
from keras.src.layers import Layer
from keras.src.ops.operation import Operation


def classes(module):
    """The operations that this module defines. Layers are operations too, and are left out."""
    own = [c for _, c in inspect.getmembers(module, inspect.isclass) if c.__module__ == module.__name__]
    return sorted(c.__name__ for c in own if issubclass(c, Operation) and not issubclass(c, Layer) and c is not Operation)


def main():
    names = [entry.name for entry in pkgutil.walk_packages(source.__path__, "keras.src.")]
    wanted = [n for n in names if n.startswith(("keras.src.ops.", "keras.src.activations.")) and not n.endswith("_test")]
    found = {name: classes(importlib.import_module(name)) for name in sorted(wanted)}
    rows = [f"{json.dumps(name)}: {json.dumps(own)}" for name, own in found.items() if own and name != "keras.src.ops.function"]
    Path(__file__).with_name("modules.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
