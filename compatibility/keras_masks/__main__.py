"""Every layer and operation that this Keras exports behind a masked tensor: python compatibility/keras_masks FOLDER [NAME,NAME]

Writes a model for each case as .keras and .h5, and FOLDER/masks.json with what Keras predicts, the loss of a test, the losses of
three steps of SGD and the predictions after them. A class or function that cannot be made or called is reported with the reason,
never left out in silence. `npm run compatibility -- masks` compares.
"""

import inspect
import json
import logging
import sys
import time
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    __package__ = "keras_masks"

from .forms import RANKS, Ends, layer_cases, operation_case  # noqa: E402
from .layers_to_try import exported, is_random, ranks_of  # noqa: E402
from .versions import IS_KERAS_3, describe, keras, np  # noqa: E402

logging.getLogger("absl").setLevel(logging.ERROR)
RATE = 0.01


def array(value):
    value = np.asarray(value)
    return {"shape": list(value.shape), "dtype": str(value.dtype), "values": value.astype("float64").ravel().tolist()}


def outputs_of(model, values):
    made = model(values[0] if len(values) == 1 else values, training=False)  # else some layers of Keras 3 draw
    made = [np.asarray(y) for y in (made if isinstance(made, (list, tuple)) else [made])]
    for y in made:
        if y.dtype.kind not in "fiub":
            raise TypeError(f"it gives {y.dtype}")
        if not np.all(np.isfinite(y)):
            raise ValueError("it gives values that are not finite")
    return made


def reason(error):
    lines = [line for line in str(error).splitlines() if line.strip() and not line.startswith("Exception encountered")]
    return f"{type(error).__name__}: {lines[0][:160] if lines else ''}"


def train(model, values, predicted, entry):
    rng = np.random.default_rng(1)
    targets = [rng.normal(size=y.shape).astype("float32") for y in predicted]
    model.compile(keras.optimizers.SGD(RATE), ["mse"] * len(targets) if len(targets) > 1 else "mse", run_eagerly=True)
    x = values[0] if len(values) == 1 else values
    y = targets[0] if len(targets) == 1 else targets
    entry["targets"] = [array(t) for t in targets]
    test = float(np.ravel(model.test_on_batch(x, y))[0])
    if not np.isfinite(test):
        raise ValueError("its loss is not finite")
    entry["testLoss"] = test
    if is_random(entry["name"]):
        return
    losses = []
    for _ in range(3):
        model.reset_metrics()
        losses.append(float(np.ravel(model.train_on_batch(x, y))[0]))
    if not np.all(np.isfinite(losses)):
        raise ValueError("its losses are not finite")
    entry["after"] = [array(one) for one in outputs_of(model, values)]
    entry["losses"] = losses


def first_that_runs(assemble, ranks):
    """The rank, graph, model and predictions of the first rank and reader that Keras runs, or the reason why there is none."""
    failure = None
    for rank in ranks:
        for number in range(3):
            keras.utils.set_random_seed(1)
            try:
                graph, model = assemble(rank, Ends(number))
                return (rank, graph, model, outputs_of(model, graph.values)), None
            except IndexError as error:
                failure = failure or reason(error)
                if "no reader" in str(error):
                    break
            except Exception as error:  # noqa: BLE001
                failure = failure or reason(error)
    return None, failure


def run(folder, identifier, entry, assemble, ranks):
    """The entry of a case and its rank, or the reason why Keras has none."""
    found, failure = first_that_runs(assemble, ranks)
    if found is None:
        return failure, None
    rank, graph, model, predicted = found
    made = {**entry, "rank": rank, "id": identifier, "files": [], "unwritten": {}}
    for ending in ("keras", "h5"):
        try:
            model.save(folder / f"{identifier}.{ending}")
            made["files"].append(f"{identifier}.{ending}")
        except Exception as error:  # noqa: BLE001
            made["unwritten"][ending] = reason(error)
    made["inputs"] = [array(value) for value in graph.values]
    made["outputs"] = [array(y) for y in predicted]
    if any(y.ndim == 0 or len(y) != len(graph.values[0]) for y in predicted):
        made["untrained"] = "an output has no batch axis"
    elif all(y.dtype.kind == "f" for y in predicted):
        try:
            train(model, graph.values, predicted, made)
        except Exception as error:  # noqa: BLE001
            made["untrained"] = reason(error)
    return made, rank


def with_arguments(name, function):
    """A cast is asked for the dtype that the tensor has: such a one gives the tensor itself."""
    return (lambda x: function(x, "float32")) if name == "cast" else function


def operations():
    """The functions of keras.ops; in tf.keras those of TensorFlow that take tensors."""
    if IS_KERAS_3:
        spaces = {"ops": keras.ops}
    else:
        import tensorflow as tf

        spaces = {"tf": tf, "tf.math": tf.math, "tf.nn": tf.nn}
    seen = set()
    for space, module in spaces.items():
        for name in sorted(dir(module)):
            function = getattr(module, name)
            if name.startswith("_") or inspect.isclass(function) or not callable(function) or id(function) in seen:
                continue
            seen.add(id(function))
            yield f"{space}.{name}", with_arguments(name, function)


def main(folder, only):
    folder.mkdir(parents=True, exist_ok=True)
    report = {"versions": describe(), "cases": [], "without": {}, "partly": {}}
    started = time.time()
    layer_names = [name for name in exported() if only is None or name in only]
    for name in layer_names:
        reasons, best = {}, None
        for form, kind, assemble in layer_cases(name):
            identifier = "_".join([name, *form.replace(",", "").split(), *kind.split()]).lower()
            ranks = ranks_of(name, RANKS) if best is None else (best,)
            found, rank = run(folder, identifier, {"name": name, "form": form, "kind": kind}, assemble, ranks)
            if rank is None:
                reasons[f"{form} {kind}".strip()] = found
            else:
                best = best or rank
                report["cases"].append(found)
        if best is None:
            report["without"][name] = next(iter(reasons.values()))
        elif reasons:
            report["partly"][name] = reasons
        print(f"{time.time() - started:6.0f} s {name}: rank {best}, without {', '.join(reasons)}", flush=True)
    for name, function in operations():
        if only is not None and name not in only:
            continue
        found, rank = run(folder, name.replace(".", "_"), {"name": name, "form": "", "kind": "operation"}, operation_case(function), (3,))
        if rank is None:
            report["without"][name] = found
        else:
            report["cases"].append(found)
    stored = folder / "masks.json"
    if only is not None and stored.exists():
        old = json.loads(stored.read_text())
        report["cases"] = [case for case in old["cases"] if case["name"] not in only] + report["cases"]
        report["without"] = {**{k: v for k, v in old["without"].items() if k not in only}, **report["without"]}
    (folder / "masks.json").write_text(json.dumps(report, allow_nan=False))
    print(json.dumps({**describe(), "cases": len(report["cases"]), "without": len(report["without"]), "seconds": round(time.time() - started)}))


main(Path(sys.argv[1]), set(sys.argv[2].split(",")) if len(sys.argv) > 2 else None)
