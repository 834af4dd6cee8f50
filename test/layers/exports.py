"""Writes exports.json: the classes that keras.layers exports, each with all of its names. Run it with the newest Keras."""

import inspect
import json
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras  # noqa: E402

names = {}
for name in sorted(dir(keras.layers)):
    value = getattr(keras.layers, name)
    if inspect.isclass(value) and not name.startswith("_"):
        names.setdefault(value.__name__, []).append(name)

lines = [f'    {json.dumps(cls)}: {json.dumps(exported)}' for cls, exported in sorted(names.items())]
text = '{\n  "keras": "%s",\n  "classes": {\n%s\n  }\n}\n' % (keras.__version__, ",\n".join(lines))
pathlib.Path(__file__).with_name("exports.json").write_text(text)
