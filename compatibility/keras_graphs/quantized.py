"""Quantised models in training: python compatibility/keras_graphs/quantized.py FOLDER

Writes models with every layer that Keras quantises and FOLDER/graphs.json as the random graphs do, and FOLDER/frozen.json with
the number of weights that Keras trains of each model with LoRA, whose factors start otherwise here.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402
from keras_graphs.__main__ import record  # noqa: E402
from keras_masks.versions import describe, keras, layers  # noqa: E402

L, IDS = layers, np.array([[1, 2, 0, 3, 5], [3, 4, 5, 6, 0], [1, 2, 3, 4, 5]], "int32")


def seq():
    return keras.Input((5, 4)), np.random.default_rng(0).normal(size=(3, 5, 4)).astype("float32")


def dense():
    """Penalties and constraints of a kernel go with its training; those of a bias stay."""
    x, v = seq()
    y = L.Dense(6, kernel_regularizer="l2", bias_regularizer="l2", kernel_constraint="unit_norm", activation="tanh")(x)
    return x, v, L.Dense(3, use_bias=False)(L.LayerNormalization()(y))


def einsum():
    x, v = seq()
    y = L.EinsumDense("abc,cde->abde", (None, 2, 3), bias_axes="de", kernel_regularizer="l1")(x)
    return x, v, L.EinsumDense("abde,dec->abc", (None, 5), bias_axes="c")(y)


def embedding():
    x = keras.Input((5,), dtype="int32")
    return x, IDS, L.Dense(3)(L.GRU(4)(L.Embedding(7, 6, mask_zero=True, embeddings_regularizer="l2")(x)))


def reversible():
    x = keras.Input((5,), dtype="int32")
    table = L.ReversibleEmbedding(7, 4, tie_weights=False)
    return x, IDS, table(L.Dense(4)(table(x)), reverse=True)


def nested():
    """A nested model, of which a layer is frozen: an .h5 has the weights that are trained before the others."""
    x, v = seq()
    inside = keras.Input((5, 4))
    y = L.Dense(4, trainable=False)(L.BatchNormalization()(L.Dense(4, activation="relu")(inside)))
    return x, v, L.Dense(2)(keras.Model(inside, y, name="nested")(x))


def heads():
    """Keras does not load this one: a file has no policies for the layers within."""
    x, v = seq()
    return x, v, L.Dense(2)(L.MultiHeadAttention(2, 3)(x, x))


FORMS = [(make, "int8") for make in (dense, einsum, embedding, reversible, nested, heads)]
FORMS += [(make, "int4") for make in (dense, einsum, embedding, nested)]


def randomize(model, rng):
    model.set_weights([w + rng.normal(0, 0.2, w.shape).astype("float32") if w.dtype.kind == "f" else w for w in model.get_weights()])


def case_of(make, mode, folder):
    x, v, y = make()
    model = keras.Model(x, y)
    randomize(model, np.random.default_rng(1))

    def quantize(model):
        model.quantize(mode)
        return mode

    return record(f"{make.__name__}_{mode}", 1, model, v, False, folder, quantize)


def with_lora(mode, first, folder):
    """LoRA before the quantisation or after it, and the files of either."""
    x, _ = seq()
    y = L.Dense(6, kernel_regularizer="l2")(x)
    model = keras.Model(x, L.Dense(3)(y))
    steps = [lambda: model.layers[1].enable_lora(2), lambda: model.quantize(mode)]
    for step in steps if first else reversed(steps):
        step()
    counts = {}
    for ending in ("keras", "h5"):
        file = f"lora_{mode}_{'first' if first else 'last'}.{ending}"
        model.save(folder / file)
        counts[file] = len(keras.models.load_model(folder / file).trainable_variables)
    return counts


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    report = {"versions": describe(), "cases": [], "without": {}}
    for make, mode in FORMS:
        keras.utils.set_random_seed(1)
        try:
            report["cases"].append(case_of(make, mode, folder))
        except Exception as error:  # noqa: BLE001
            report["without"][f"{make.__name__}_{mode}"] = f"{type(error).__name__}: {str(error).strip()[:200]}"
        keras.backend.clear_session()
    (folder / "graphs.json").write_text(json.dumps(report, allow_nan=False))
    counts = {}
    for mode in ("int8", "int4"):
        for first in (True, False):
            counts |= with_lora(mode, first, folder)
    (folder / "frozen.json").write_text(json.dumps(counts))
    print(json.dumps({**describe(), "cases": len(report["cases"]), "without": report["without"], "trained": counts}))


main(Path(sys.argv[1]))
