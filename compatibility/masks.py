"""Every layer that this Keras exports behind a masked sequence: python compatibility/masks.py FOLDER

Writes models (Functional, nested; .keras and .h5) whose outputs show what each layer does with a mask, with what Keras predicts
and the losses of three steps. `npx tsx compatibility/masks.ts FOLDER` compares. The list of layers comes from Keras itself: a
class that cannot be made or called on a sequence [batch, 6, 4] is reported with the reason, never left out in silence.
"""

import inspect
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np

try:
    import keras

    if keras.__version__.startswith("2"):
        from tensorflow import keras
except ImportError:
    from tensorflow import keras

layers = keras.layers
IDS = np.array([[2, 7, 1, 0, 0, 0], [5, 4, 3, 2, 0, 0], [1, 0, 0, 0, 0, 0]], "int32")
OTHERS = np.array([[3, 1, 0, 0, 0, 0], [8, 8, 2, 6, 1, 0], [4, 2, 7, 0, 0, 0]], "int32")

# Arguments that a constructor demands; anything else takes its defaults.
ARGS = {
    "Activation": ["tanh"], "Dense": [4], "EinsumDense": ["abc,cd->abd", [None, 4]], "Dropout": [0.5], "SpatialDropout1D": [0.5],
    "GaussianDropout": [0.5], "GaussianNoise": [0.5], "AlphaDropout": [0.5], "GroupNormalization": [2], "Permute": [[2, 1]],
    "RepeatVector": [3], "Reshape": [[6, 2, 2]], "UpSampling1D": [2], "LSTM": [4], "GRU": [4], "SimpleRNN": [4],
    "Conv1D": [4, 3], "Conv1DTranspose": [4, 3], "SeparableConv1D": [4, 3], "DepthwiseConv1D": [3],
    "AdaptiveAveragePooling1D": [2], "AdaptiveMaxPooling1D": [2], "Rescaling": [0.5], "MultiHeadAttention": [2, 3],
    "GroupQueryAttention": [2, 4, 2], "GroupedQueryAttention": [2, 4, 2], "Dot": [2], "Discretization": [[-0.5, 0.5]],
}
RANDOM = ("Dropout", "Noise", "Random", "StochasticDepth")
TWO_TENSORS = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention")


def embedded(name):
    symbol = keras.Input((6,), dtype="int32", name=name)
    return symbol, layers.Embedding(9, 4, mask_zero=True, name=f"embed_{name}")(symbol)


def makers(name):
    """The layer in the forms that it has: itself, with sequences, both ways, in TimeDistributed."""
    cls = getattr(layers, name)
    args = ARGS.get(name, [])
    found = {"": lambda: cls(*args)}
    if "return_sequences" in inspect.signature(cls.__init__).parameters or name in ("LSTM", "GRU", "SimpleRNN"):
        found["sequences"] = lambda: cls(*args, return_sequences=True)
        found["both ways"] = lambda: layers.Bidirectional(cls(*args, return_sequences=True))
        found["last both ways"] = lambda: layers.Bidirectional(cls(*args))
    return found


def calls(layer, name, x, y):
    if name in TWO_TENSORS:
        return layer(layers.Activation("linear")(x), layers.Activation("linear")(y))
    try:
        return layer(x)
    except Exception as first:  # noqa: BLE001 - a layer of several inputs says so in many ways
        try:
            return layer([x, y])
        except Exception:  # noqa: BLE001
            raise first


def reads_mask(y, key):
    """What shows the mask of y: a recurrent layer; the tensor itself where it is no sequence."""
    y = y[0] if isinstance(y, (list, tuple)) else y
    if len(y.shape) == 3 and y.shape[-1] is not None:
        return layers.LSTM(3, name=f"{key}_seen")(y)
    return layers.Activation("linear", name=f"{key}_seen")(y)


def key_of(name, form, kind):
    return "_".join([name, *form.split(), kind]).lower()


def case(name, form, make, kind, x, y):
    key = key_of(name, form, kind)
    if kind == "functional":
        return reads_mask(calls(make(), name, x, y), key)
    if kind == "distributed":
        return reads_mask(layers.TimeDistributed(make(), name=f"{key}_each")(layers.Reshape((6, 4, 1))(x)), key)
    a, b = keras.Input((6, 4)), keras.Input((6, 4))
    inner = calls(make(), name, a, b)
    needs_both = name in TWO_TENSORS or "Merg" in str(type(make()).__mro__) or name in ("Attention", "AdditiveAttention", "Dot")
    if not needs_both:
        return reads_mask(keras.Model(a, inner, name=f"{key}_model")(x), key)
    return reads_mask(keras.Model([a, b], inner, name=f"{key}_model")([x, y]), key)


def works(name, form, make, kind):
    a, x = embedded("ids")
    b, y = embedded("others")
    model = keras.Model([a, b], case(name, form, make, kind, x, y))
    out = np.asarray(model([IDS, OTHERS]))
    if out.dtype.kind not in "fiub":
        raise TypeError(f"gives {out.dtype}")


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    report = {"version": getattr(keras, "__version__", "2"), "refused": {}, "supports": {}, "models": []}
    names = [n for n in sorted(dir(layers)) if inspect.isclass(getattr(layers, n)) and issubclass(getattr(layers, n), layers.Layer)]
    for kind in ("functional", "nested", "distributed"):
        good = []
        for name in names:
            for form, make in makers(name).items():
                keras.backend.clear_session()
                try:
                    if kind == "functional" and form == "":
                        report["supports"][name] = bool(make().supports_masking)
                    works(name, form, make, kind)
                    good.append((name, form, make))
                except Exception as error:  # noqa: BLE001
                    report["refused"][key_of(name, form, kind)] = f"{type(error).__name__}: {str(error).strip().splitlines()[0][:120]}"
        for part, chosen in (("plain", [g for g in good if not any(r in g[0] for r in RANDOM)]), ("random", [g for g in good if any(r in g[0] for r in RANDOM)])):
            if not chosen:
                continue
            keras.backend.clear_session()
            keras.utils.set_random_seed(1)
            a, x = embedded("ids")
            b, y = embedded("others")
            outputs = [case(name, form, make, kind, x, y) for name, form, make in chosen]
            model = keras.Model([a, b], outputs)
            rng = np.random.default_rng(1)
            predicted = [np.asarray(p) for p in model([IDS, OTHERS])]
            entry = {"name": f"{kind}_{part}", "keys": [key_of(n, f, kind) for n, f, _ in chosen], "files": []}
            for ending in (".keras", ".h5"):
                try:
                    model.save(folder / f"{entry['name']}{ending}")
                    entry["files"].append(f"{entry['name']}{ending}")
                except Exception as error:  # noqa: BLE001
                    report["refused"][f"{entry['name']}{ending}"] = str(error)[:200]
            entry["outputs"] = [{"shape": list(p.shape), "values": p.astype("float64").ravel().tolist()} for p in predicted]
            if part == "plain":
                targets = [rng.normal(size=p.shape).astype("float32") for p in predicted]
                model.compile(keras.optimizers.SGD(0.01), ["mse"] * len(targets))
                entry["targets"] = [{"shape": list(t.shape), "values": t.ravel().tolist()} for t in targets]
                try:
                    entry["losses"] = []
                    for _ in range(3):
                        if hasattr(model, "reset_metrics"):
                            model.reset_metrics()
                        entry["losses"].append(float(np.ravel(model.train_on_batch([IDS, OTHERS], targets))[0]))
                except Exception as error:  # noqa: BLE001
                    report["refused"][f"{entry['name']} training"] = str(error)[:200]
            report["models"].append(entry)
    report["inputs"] = [IDS.tolist(), OTHERS.tolist()]
    (folder / "masks.json").write_text(json.dumps(report))
    print(f"Keras {report['version']}: {len(names)} classes, {sum(len(m['keys']) for m in report['models'])} cases, {len(report['refused'])} refused")


main(Path(sys.argv[1]))
