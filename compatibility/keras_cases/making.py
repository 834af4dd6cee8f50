"""Builds the cases, saves them in each format, and records what Keras computes."""

import json
import zlib

import keras
import numpy as np
from arrays import encode, is_float
from case import Random
from versions import IS_KERAS_3, flatten, ops, path_of, value_of

FORMATS = ("keras", "h5")


def make_all(cases, folder, wanted):
    """Makes the cases that are not made yet; a case that this backend of Keras cannot compute is left for the next one."""
    folder.mkdir(parents=True, exist_ok=True)
    made, failures = 0, []
    for name, index, maker in cases:
        suffix = "" if IS_KERAS_3 else "-tf.keras"
        identity = f"{name}-{index}{suffix}".replace(".", "_").replace(" ", "_").replace("/", "_")
        path = folder / f"{identity}.json"
        if (wanted and name not in wanted) or maker.backend not in (None, keras.backend.backend()) or path.exists():
            continue
        try:
            write_json(path, make(name, identity, maker, folder))
            made += 1
        except Exception as error:  # noqa: BLE001 - the other cases go on; nobody may overlook this one
            failures.append(f"{identity}: {type(error).__name__}: {str(error).strip()[:300]}")
    return {"made": made, "failures": failures}


def make(name, identity, maker, folder):
    keras.backend.clear_session()
    keras.utils.set_random_seed(zlib.crc32(identity.encode()) % 2**31)
    random = Random(identity)
    case = maker.make(random)
    model = model_of(case)
    if not case.keep_weights:
        randomize(model, random)
    record = {"name": name, "id": identity, "note": case.note, "keras": keras.__version__, "refused": case.refused, "files": {}, "unwritten": {}}
    record["backend"] = keras.backend.backend()
    for file_format in FORMATS:
        path = folder / f"{identity}.{file_format}"
        try:
            model.save(path)
            record["files"][file_format] = path.name
        except Exception as error:  # noqa: BLE001 - what Keras cannot write nobody can read
            record["unwritten"][file_format] = f"{type(error).__name__}: {str(error).strip()[:200]}"
    outputs = predict(model, case.inputs)
    record["inputs"] = [encode(x) for x in case.inputs]
    record["outputs"] = [encode(y) for y in outputs]
    if case.refused:
        return record
    if case.gradient:
        weights = model.get_weights()  # TensorFlow moves statistics in training mode
        record["gradient"] = gradient(model, case, outputs, random)
        model.set_weights(weights)
    if case.steps:
        record["training"] = train(model, case, outputs, random)
    return record


def model_of(case):
    built = case.build()
    return built if isinstance(built, keras.Model) else keras.Model(*built)


def write_json(path, value):
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")


def randomize(model, random):
    """Seeded values instead of initial ones: zero biases and unit variances hide mistakes."""
    for variable in model.variables:
        label, shape = path_of(variable).lower(), tuple(variable.shape)
        if "float" not in str(variable.dtype) or "seed" in label:
            continue
        values = random.signed(*shape) * (0.3 if len(shape) < 2 else min(0.5, 1 / np.sqrt(np.prod(shape[:-1]))))
        if "variance" in label or "std" in label:
            values = random.positive(*shape)
        elif any(word in label for word in ("gamma", "scale")):
            values = 1 + values
        variable.assign(np.asarray(values, "float32"))


def predict(model, inputs):
    symbols = [ops.convert_to_tensor(x) for x in inputs]
    found = model(symbols if len(symbols) > 1 else symbols[0], training=False)
    return [to_numpy(y) for y in flatten(found)]


def to_numpy(value):
    array = ops.convert_to_numpy(value)
    return array.astype("float32") if array.dtype.name in ("bfloat16", "float16") else array


def gradient(model, case, outputs, random):
    """Gradients of the sum of the outputs, each value weighted by a seeded number."""
    factors = [random.signed(*y.shape) if is_float(y) else None for y in outputs]
    if all(factor is None for factor in factors):
        return {"none": "no output is a number that changes smoothly"}
    training = not case.random
    by = jax_gradient if keras.backend.backend() == "jax" else tensorflow_gradient
    try:
        of_inputs, of_weights = by(model, case.inputs, factors, training)
    except (NotImplementedError, TypeError, LookupError, ValueError) as error:
        return {"none": f"Keras has none: {type(error).__name__}: {str(error).strip().splitlines()[0][:150]}"}
    weights = [[path_of(v), encode(as_array(g, v.shape))] for v, g in zip(model.trainable_variables, of_weights)]
    inputs = [None if g is None else encode(as_array(g, x.shape)) for g, x in zip(of_inputs, case.inputs)]
    everything = [as_array(g, ()) for g in [*of_inputs, *of_weights] if g is not None]
    if not all(np.isfinite(g).all() for g in everything):
        return {"none": "Keras's gradient is not finite"}
    if not everything:
        return {"none": "no input is a number that changes smoothly"}
    encoded = [None if factor is None else encode(factor) for factor in factors]
    return {"training": training, "factors": encoded, "inputs": inputs, "weights": weights}


def as_array(value, shape):
    """Zeros where there is no gradient. Those of embeddings may be the rows that were read."""
    dense = None if value is None else ops.convert_to_numpy(ops.convert_to_tensor(value))
    return np.zeros(tuple(shape), "float32") if dense is None else np.asarray(dense, "float32")


def weighted_sum(outputs, factors):
    pairs = zip(flatten(outputs), factors)
    return sum(ops.sum(ops.cast(y, "float32") * factor) for y, factor in pairs if factor is not None)


def jax_gradient(model, inputs, factors, training):
    import jax

    places = [i for i, x in enumerate(inputs) if is_float(x)]
    state = [value_of(v) for v in model.non_trainable_variables]

    def loss(trainable, floats):
        values = list(inputs)
        for place, value in zip(places, floats):
            values[place] = value
        x = values if len(values) > 1 else values[0]
        outputs, _ = model.stateless_call(trainable, state, x, training=training)
        return weighted_sum(outputs, factors)

    given = [value_of(v) for v in model.trainable_variables], [jax.numpy.asarray(inputs[i]) for i in places]
    of_weights, of_floats = jax.grad(loss, argnums=(0, 1))(*given)
    return spread(of_floats, places, len(inputs)), of_weights


def tensorflow_gradient(model, inputs, factors, training):
    import tensorflow as tf

    places = [i for i, x in enumerate(inputs) if is_float(x)]
    values = [tf.constant(x) for x in inputs]
    with tf.GradientTape() as tape:
        for place in places:
            tape.watch(values[place])
        loss = weighted_sum(model(values if len(values) > 1 else values[0], training=training), factors)
    variables = [value_of(v) for v in model.trainable_variables]
    of_floats, of_weights = tape.gradient(loss, [[values[i] for i in places], variables])
    return spread(of_floats, places, len(inputs)), of_weights


def spread(values, places, count):
    found = dict(zip(places, values))
    return [found.get(i) for i in range(count)]


def train(model, case, outputs, random):
    """The losses of steps of SGD towards seeded targets, and the predictions after them."""
    targets = [random.signed(*y.shape) for y in outputs]
    model.compile(optimizer=keras.optimizers.SGD(case.learning_rate), loss=["mse"] * len(outputs), run_eagerly=is_eager())
    x = case.inputs if len(case.inputs) > 1 else case.inputs[0]
    y = targets if len(targets) > 1 else targets[0]
    losses = []
    for _ in range(case.steps):
        model.reset_metrics()
        losses.append(float(np.ravel(model.train_on_batch(x, y))[0]))
    after = [encode(found) for found in predict(model, case.inputs)]
    return {"targets": [encode(t) for t in targets], "learningRate": case.learning_rate, "losses": losses, "after": after}


def is_eager():
    """TensorFlow computes small models faster without compiling them."""
    return keras.backend.backend() == "tensorflow"
