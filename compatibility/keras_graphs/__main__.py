"""Random Functional graphs: python compatibility/keras_graphs FOLDER COUNT [FIRST SEED] [low or quantized]

Writes a compiled model for each seed as .keras and .h5, and FOLDER/graphs.json with inputs and outputs in their structure, what
Keras predicts, the loss of a test, the losses of two steps and the predictions after them. `unread` says what Keras cannot read of
its own files, `changed` by how much a model predicts otherwise once Keras has read it. A graph that Keras cannot run is counted
with the reason. `npm run compatibility -- graphs` compares.
"""

import json
import logging
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
if __package__ in (None, ""):
    __package__ = "keras_graphs"

import numpy as np  # noqa: E402
from keras_masks.versions import IS_KERAS_3, VERSION, describe, keras, layers  # noqa: E402

from . import precision  # noqa: E402
from .steps import SHAPES, SIZE, Maker, grow  # noqa: E402

logging.getLogger("absl").setLevel(logging.ERROR)
logging.getLogger("tensorflow").setLevel(logging.ERROR)
BATCH, STEPS = 3, 2
TAKES_NESTS = IS_KERAS_3 and not VERSION.startswith("3.0.")


def value_of(kind, rng):
    shape = (BATCH, *SHAPES.get(kind, SHAPES["ids"]))
    if kind not in ("ids", "mask"):
        return rng.normal(size=shape).astype("float32")
    found = rng.integers(1, 9, shape)
    for row in found:
        row[rng.integers(1, shape[1] + 1) :] = 0
    return found.astype("int32") if kind == "ids" else found != 0


def structure_of(leaves, rng, prefix):
    """One of the structures that a model may have: a list, a dictionary, or one within the other."""
    form = rng.integers(4)
    if IS_KERAS_3 and not TAKES_NESTS and prefix == "out":  # whose losses know no keys
        return leaves[0] if len(leaves) == 1 else list(leaves)
    if len(leaves) == 1:
        return leaves[0] if form < 2 else {f"{prefix}_only": leaves[0]}
    if form == 0 or (form == 3 and len(leaves) < 3):
        return list(leaves)
    if form == 1 or not TAKES_NESTS:
        return {f"{prefix}_{'zyxwvu'[i]}": leaf for i, leaf in enumerate(leaves)}
    if form == 2:
        return {f"{prefix}_b": list(leaves[1:]), f"{prefix}_a": leaves[0]}
    return [leaves[0], {f"{prefix}_rest": list(leaves[1:-1]), f"{prefix}_last": leaves[-1]}]


def map_tree(f, tree):
    if isinstance(tree, dict):
        return {key: map_tree(f, value) for key, value in tree.items()}
    return [map_tree(f, value) for value in tree] if isinstance(tree, (list, tuple)) else f(tree)


def flat(tree):
    found = []
    map_tree(found.append, {key: tree[key] for key in sorted(tree)} if isinstance(tree, dict) else tree)
    return found


def array(value):
    value = np.asarray(value)
    if value.dtype == object:
        return {"shape": list(value.shape), "dtype": "string", "values": value.ravel().tolist()}
    return {"shape": list(value.shape), "dtype": str(value.dtype), "values": value.astype("float64").ravel().tolist()}


def make(seed, mixes=False):
    """(model, inputs by structure, whether training draws)"""
    rng = np.random.default_rng(seed)
    drops = rng.random() < 0.2
    kinds = ["ids", *[["seq", "vec", "img", "ids", "mask"][rng.integers(5)] for _ in range(1 + rng.integers(3))]]
    symbols = [keras.Input(SHAPES.get(kind, SHAPES["ids"]), dtype={"ids": "int32", "mask": "bool"}.get(kind), name=f"{kind}_{i}") for i, kind in enumerate(kinds)]
    pool = {"seq": [], "vec": [], "img": [], "mask": [], "ids": [x for kind, x in zip(kinds, symbols) if kind == "ids"]}
    maker = Maker(rng, 0, drops, mixes)
    for kind, x in zip(kinds, symbols):
        if kind == "ids":
            pool["seq"].append(maker.layer("embedding", lambda: layers.Embedding(9, SIZE, mask_zero=rng.random() < 0.8))(x))
        else:
            pool[kind].append(x)
    grow(maker, pool, 5 + rng.integers(9))
    made = [x for kind in ("seq", "vec", "img") for x in pool[kind] if not any(x is s for s in symbols)]
    chosen = [made[i] for i in sorted(rng.choice(len(made), min(len(made), 1 + rng.integers(4)), replace=False))]
    if rng.random() < 0.15:
        chosen.append(chosen[0])  # one tensor is two outputs
    values = {id(x): value_of(kind, rng) for kind, x in zip(kinds, symbols)}
    inputs = structure_of(symbols, rng, "in")
    model = keras.Model(inputs, structure_of(chosen, rng, "out"))
    return model, map_tree(lambda x: values[id(x)], inputs), drops


def draw_loss(wanted, rng):
    losses = ["mse", "mae", "huber"] if IS_KERAS_3 else ["mse", "mae"]
    choose = lambda _: losses[rng.integers(len(losses))]  # noqa: E731
    is_deep = any(isinstance(value, (list, dict)) for value in (wanted.values() if isinstance(wanted, dict) else wanted if isinstance(wanted, list) else []))
    return "mse" if is_deep or rng.random() < 0.4 else map_tree(choose, wanted)


def compile_model(model, loss):
    model.compile(keras.optimizers.SGD(0.02), loss, run_eagerly=True)


def freeze(layer):
    """Keras 3.0 and 3.1 train what a layer makes after its flag was set, so also each frozen layer that they read: frozen here."""
    if not layer.trainable:
        layer.trainable = True  # a flag that does not change is not handed on to the weights
        layer.trainable = False
        return
    for child in layer.layers if hasattr(layer, "layers") else layer._layers:
        freeze(child)


def largest_gap(a, b):
    return max(float(np.max(np.abs(x.astype("float32") - y.astype("float32")))) for x, y in zip(flat(a), flat(b)))


def number(found):
    found = float(np.ravel(found["loss"] if isinstance(found, dict) else found)[0])
    if not np.isfinite(found):
        raise ValueError("its loss is not finite")
    return found


def run(seed, folder, form):
    keras.utils.set_random_seed(seed)
    if form == "low":
        precision.set_policy([*precision.POLICIES, "float32"][seed % 3])
    try:
        model, inputs, draws = make(seed, form == "low")
        return record(f"graph{seed}", seed, model, inputs, draws, folder, form)
    finally:
        precision.set_policy("float32")


def record(name, seed, model, inputs, draws, folder, form=""):
    """Saves the model and gives its case. `draws`: its training is random, and is left out. `form` may quantise the model."""

    def predict(one):
        with precision.float_inputs(one):
            return map_tree(np.asarray, one(inputs, training=False))

    wanted = predict(model)
    if not all(np.all(np.isfinite(y)) for y in flat(wanted)):
        raise ValueError("its values are not finite")
    if any(np.max(np.abs(a - b)) > 1e-5 for a, b in zip(flat(predict(model)), flat(wanted))):
        raise ValueError("it predicts otherwise each time")  # batch normalization of tf.keras with training=True
    rng = np.random.default_rng(seed + 1)
    targets = map_tree(lambda y: rng.normal(size=y.shape).astype("float32"), wanted)
    case = {}
    if form == "quantized" or callable(form):
        case["form"] = form(model) if callable(form) else precision.quantize(model, rng)
        whole, wanted = wanted, predict(model)
        case["lower"] = largest_gap(whole, wanted)
    loss = draw_loss(wanted, rng)
    compile_model(model, loss)
    case |= {"id": name, "seed": seed, "files": [], "unwritten": {}, "unread": {}, "changed": {}}
    for ending in ("keras", "h5"):
        file = f"{name}.{ending}"
        try:
            model.save(folder / file)
        except Exception as error:  # noqa: BLE001
            case["unwritten"][ending] = f"{type(error).__name__}: {str(error).strip()[:200]}"
            (folder / file).unlink(missing_ok=True)
            continue
        case["files"].append(file)
        try:
            again = keras.models.load_model(folder / file)
            gap = largest_gap(predict(again), wanted)
            if ending == "keras":
                model = again  # some frozen layers are not so in the file
                model.run_eagerly = True
            if gap > 1e-5:
                case["changed"][ending] = gap
        except Exception as error:  # noqa: BLE001
            case["unread"][ending] = f"{type(error).__name__}: {str(error).strip()[:200]}"
    if VERSION.startswith(("3.0.", "3.1.")):
        freeze(model)
    if form == "low":
        model = precision.float32_twin(model)
        low, wanted = wanted, predict(model)
        case["lower"] = largest_gap(low, wanted)
        compile_model(model, loss)
    case.update(inputs=map_tree(array, inputs), outputs=map_tree(array, wanted), targets=map_tree(array, targets))
    with precision.float_inputs(model):
        case["testLoss"] = number(model.test_on_batch(inputs, targets, return_dict=True))
    if draws or case.get("form") == "float8":  # whose kernels are rounded anew in each step
        return case
    try:
        with precision.float_inputs(model):
            case["losses"] = train(model, inputs, targets)
        case["after"] = map_tree(array, predict(model))
    except ValueError as error:
        if "form" not in case:
            raise
        case["untrained"] = str(error)  # some gradients of quantised layers are broken in Keras
    return case


def train(model, inputs, targets):
    losses = []
    for _ in range(STEPS):
        model.reset_metrics()
        losses.append(number(model.train_on_batch(inputs, targets, return_dict=True)))
    return losses


def main(folder, count, first, form=""):
    folder.mkdir(parents=True, exist_ok=True)
    report = {"versions": describe(), "cases": [], "without": {}}
    for seed in range(first, first + count):
        try:
            report["cases"].append(run(seed, folder, form))
        except Exception as error:  # noqa: BLE001
            report["without"][seed] = f"{type(error).__name__}: {str(error).strip()[:200]}"
        keras.backend.clear_session()
        if (seed - first) % 20 == 19 or seed == first + count - 1:
            (folder / "graphs.json").write_text(json.dumps(report, allow_nan=False))
    print(json.dumps({**describe(), "cases": len(report["cases"]), "without": len(report["without"])}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 0, *sys.argv[4:])
