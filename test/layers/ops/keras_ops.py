"""Lists the classes of raw operations that a version of Keras has: what can stand in a Functional model's file.

Run with each version:  KERAS_BACKEND=jax python test/layers/ops/keras_ops.py
Adds the version's classes, by module, to kerasOps.json beside this file.
"""

import importlib
import json
import pathlib
import pkgutil

import keras
import keras.src.ops
from keras.src.layers import Layer
from keras.src.ops.operation import Operation


def load_all(package):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("_test"):
            importlib.import_module(module.name)


def subclasses(cls):
    for sub in cls.__subclasses__():
        if not issubclass(sub, Layer):
            yield sub
            yield from subclasses(sub)


def main():
    load_all(keras.src.ops)
    modules = {}
    for cls in set(subclasses(Operation)):
        modules.setdefault(cls.__module__, []).append(cls.__name__)
    path = pathlib.Path(__file__).parent / "kerasOps.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    known[keras.__version__] = {name: sorted(names) for name, names in sorted(modules.items())}
    lines = ",\n".join(
        f'  "{version}": {{\n' + ",\n".join(f'    "{m}": {json.dumps(n)}' for m, n in modules.items()) + "\n  }"
        for version, modules in sorted(known.items())
    )
    path.write_text("{\n" + lines + "\n}\n")


if __name__ == "__main__":
    main()
