"""Writes opSignatures.json: what constructors and calls take, of the operations of Keras that functions of TensorFlow become.

    KERAS_BACKEND=jax python opSignatures.py

Files hold the former in the config of an operation and the latter in its calls. Reads src/keras/config/tfOpRows.ts.
"""

import importlib
import inspect
import json
import re
from pathlib import Path

HERE = Path(__file__).parent
ROWS = (HERE / "../../src/keras/config/tfOpRows.ts").read_text(encoding="utf-8")


def names(function):
    return [name for name in inspect.signature(function).parameters if name not in ("self", "name", "args", "kwargs")]


def main():
    found = {}
    for module, name in sorted(set(re.findall(r"\[\s*'([a-z]+)\.(\w+)'", ROWS))):
        cls = getattr(importlib.import_module(f"keras.src.ops.{module}"), name)
        found[name] = {"config": names(cls.__init__), "call": names(cls.call)}
    rows = [f"{json.dumps(name)}: {json.dumps(own)}" for name, own in found.items()]
    (HERE / "opSignatures.json").write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


main()
