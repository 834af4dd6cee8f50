"""The side of real Keras: makes architectures with seeded weights, saves them, predicts, and loads what we saved.

Called by compatibility/applications.ts, one process per architecture:

    keras_models.py versions
    keras_models.py make NAME SIZE FOLDER     model.keras, model.h5, input.bin, expected.keras.bin, expected.h5.bin
    keras_models.py small NAME SIZE FOLDER... model.keras, input.bin, expected.bin: ten classes, small pictures
    keras_models.py predict FOLDER FILE...    FILE.bin for each: what Keras predicts after loading it
    keras_models.py predictEach FILE...       FILE.bin for each, with the input beside it; error.txt where Keras refuses one

The last line that it prints is JSON. Arrays are little-endian float32 without a header.
"""

import json
import os
import platform
import sys
import time
import zlib

os.environ.setdefault("KERAS_BACKEND", "jax")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np

LOGIT_SPREAD = 2.5  # standard deviation; the softmax of a thousand such has a clear winner and a long tail


def main(command, *arguments):
    result = {"versions": versions, "make": make, "small": small, "predict": predict, "predictEach": predict_each}[command](*arguments)
    print(json.dumps(result))


def versions():
    backend = keras.backend.backend()
    return {"python": platform.python_version(), "keras": keras.__version__, "backend": f"{backend} {version_of(backend)}"}


def version_of(package):
    from importlib import metadata

    for name in (package, f"{package}-cpu"):
        try:
            return metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return ""


def make(name, size, folder):
    """The .keras file ends in softmax, as the architecture comes; the .h5 file has the classifier's activation off."""
    initialize_with_zeros()
    architecture = getattr(keras.applications, name)
    arguments = {"weights": None, "input_shape": (int(size), int(size), 3)}
    model = architecture(classifier_activation=None, **arguments)
    random = np.random.default_rng(zlib.crc32(name.encode()))
    images = random_images(random, (2, *model.input_shape[1:]), takes_bytes(model))
    seed_weights(model, random)
    damp_branches(model)
    calibrate(model, images, random)
    spread_logits(model, images)
    logits = model.predict(images[:1], verbose=0)
    check_outputs(logits, model.predict(images[1:], verbose=0))
    predict_ms = time_predict(model, images[:1])
    model.save(f"{folder}/model.h5")
    saved = save_with_softmax(architecture, arguments, model, f"{folder}/model.keras")
    images[:1].tofile(f"{folder}/input.bin")
    logits.tofile(f"{folder}/expected.h5.bin")
    np.asarray(keras.ops.softmax(logits)).tofile(f"{folder}/expected.keras.bin")
    return {
        "parameters": model.count_params(),
        "layers": len(model.layers),
        "inputShape": [1, *model.input_shape[1:]],
        "kerasPredictMs": predict_ms,
        "activation": saved,
    }


def small(*arguments):
    """Architectures with their names and structure, for what does not depend on the size of the pictures."""
    initialize_with_zeros()
    return [small_one(*arguments[i : i + 3]) for i in range(0, len(arguments), 3)]


def small_one(name, size, folder):
    keras.backend.clear_session()
    model = getattr(keras.applications, name)(weights=None, input_shape=(int(size), int(size), 3), classes=10)
    random = np.random.default_rng(zlib.crc32(name.encode()))
    seed_weights(model, random)
    damp_branches(model)
    images = random_images(random, (1, *model.input_shape[1:]), takes_bytes(model))
    model.save(f"{folder}/model.keras")
    images.tofile(f"{folder}/input.bin")
    np.asarray(model(images, training=False)).tofile(f"{folder}/expected.bin")
    return {"inputShape": list(images.shape), "layers": len(model.layers), "parameters": model.count_params()}


def initialize_with_zeros():
    """Keras compiles a program for every shape that it draws; all of it is overwritten, by ours or by a file's."""
    from keras.src import backend

    def zeros(shape, *_, dtype=None, **__):
        return keras.ops.convert_to_tensor(np.zeros(shape, dtype or "float32"))

    for name in ("uniform", "normal", "truncated_normal"):
        setattr(backend.random, name, zeros)


def takes_bytes(model):
    """Whether the model itself scales its pixels, which are then 0 to 255."""
    kinds = (keras.layers.Rescaling, keras.layers.Normalization)
    return any(isinstance(layer, kinds) for layer in model.layers[:3])


def random_images(random, shape, is_bytes):
    """Coarse patches under fine noise: pure noise would look the same everywhere after a few layers."""
    images, height, width, channels = shape
    coarse = random.uniform(-1, 1, (images, 6, 6, channels))
    rows, columns = np.arange(height) * 6 // height, np.arange(width) * 6 // width
    pixels = 0.7 * coarse[:, rows][:, :, columns] + 0.3 * random.uniform(-1, 1, shape)
    return (127.5 * (pixels + 1) if is_bytes else pixels).astype("float32")


def seed_weights(model, random):
    for layer in leaves(model):
        if isinstance(layer, keras.layers.Normalization):
            seed_pixel_statistics(layer)
            continue
        for variable in layer.variables:
            if variable.dtype == "float32":
                variable.assign(random_values(random, layer, variable.name, variable.shape).astype("float32"))


def damp_branches(model, factor=0.3):
    """Keeps residual branches below what they are added to, as training does.

    Without it the very deep networks amplify rounding errors until Keras's float32 and float64 predictions differ by 40 %
    (EfficientNetB6), and nothing could be compared.
    """
    for layer in model.layers:
        if isinstance(layer, keras.layers.Add):
            ends = [end_of_branch(tensor) for tensor in layer.input]
            if None not in ends:
                ends[0] = None  # two branches meet; the first is the shortcut
            for end in ends:
                for variable in end.trainable_variables[:1] if end else []:
                    variable.assign(variable * factor)  # gamma or kernel


def end_of_branch(tensor):
    """The layer that computed it, before any dropout; None if others use its output too."""
    layer = tensor._keras_history.operation
    if len(layer._outbound_nodes) > 1:
        return None
    return end_of_branch(layer.input) if isinstance(layer, keras.layers.Dropout) else layer


def leaves(model):
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from leaves(layer)
        else:
            yield layer


def seed_pixel_statistics(layer):
    if layer.input_mean is None:
        layer.adapt_mean.assign([0.485, 0.456, 0.406])
        layer.adapt_variance.assign([0.0524, 0.0502, 0.0506])
        layer.finalize_state()


def random_values(random, layer, name, shape):
    if name in ("beta", "bias", "moving_mean"):
        return random.normal(0, 0.15, shape)
    if name in ("gamma", "moving_variance"):
        is_branch_scale = type(layer).__name__ == "LayerScale"  # of a residual branch: thirty of them add up
        return random.uniform(*((0.1, 0.4) if is_branch_scale else (0.7, 1.3)), shape)
    is_depthwise = name == "depthwise_kernel" or isinstance(layer, keras.layers.DepthwiseConv2D)
    inputs = np.prod(shape[:2] if is_depthwise else shape[:-1])
    return random.standard_normal(shape) * np.sqrt(2 / inputs)  # He: keeps the variance through relu


def calibrate(model, images, random):
    """Moving statistics as training leaves them, near those of the data, so that no depth makes activations vanish."""
    norms = [layer for layer in leaves(model) if isinstance(layer, keras.layers.BatchNormalization)]
    if not norms:
        return
    dropouts = [layer for layer in leaves(model) if isinstance(layer, keras.layers.Dropout)]
    momenta, rates = [norm.momentum for norm in norms], [dropout.rate for dropout in dropouts]
    set_all(norms, "momentum", [0.0] * len(norms))
    set_all(dropouts, "rate", [0.0] * len(dropouts))
    train_once(model, images)
    set_all(norms, "momentum", momenta)
    set_all(dropouts, "rate", rates)
    for norm in norms:
        mean, variance = (keras.ops.convert_to_numpy(v) for v in (norm.moving_mean, norm.moving_variance))
        variance = np.maximum(variance, 0.05 * variance.mean())
        shift = random.normal(0, 0.15, mean.shape) * np.sqrt(variance)
        norm.moving_mean.assign((mean + shift).astype("float32"))
        norm.moving_variance.assign((variance * random.uniform(0.8, 1.25, mean.shape)).astype("float32"))


def set_all(layers, attribute, values):
    for layer, value in zip(layers, values):
        setattr(layer, attribute, value)


def train_once(model, images):
    """One pass in training mode, which stores the batch's statistics."""
    if keras.backend.backend() != "jax":
        model(images, training=True)
        return
    import jax

    def statistics(trainable, others, x):
        return model.stateless_call(trainable, others, x, training=True)[1]

    values = [[v.value for v in group] for group in (model.trainable_variables, model.non_trainable_variables)]
    lowered = jax.jit(statistics).lower(*values, images)
    program = lowered.compile(compiler_options={"xla_backend_optimization_level": 0})  # it runs once
    for variable, value in zip(model.non_trainable_variables, program(*values, images)):
        variable.assign(value)


def spread_logits(model, images):
    """Scales the classifier, which is the last layer with weights."""
    classifier = [layer for layer in leaves(model) if layer.weights][-1]
    factor = LOGIT_SPREAD / np.std(model.predict(images[:1], verbose=0))
    for variable in classifier.variables:
        variable.assign(variable * factor)


def check_outputs(logits, others):
    """Nothing is shown by outputs that are not finite, all the same, or the same for every picture."""
    assert np.isfinite(logits).all(), "the outputs are not finite"
    largest = np.abs(logits).max()
    assert np.std(logits) > 0.1 * largest, f"the outputs are nearly uniform; {np.std(logits)=} {largest=}"
    change = np.abs(logits - others).max() / largest
    assert change > 0.02, f"the outputs hardly depend on the picture; {change=}"


def time_predict(model, images):
    """The median in milliseconds of predict, which is compiled by now."""
    return float(np.median([milliseconds(lambda: model.predict(images, verbose=0)) for _ in range(3)]))


def milliseconds(action):
    start = time.perf_counter()
    action()
    return 1000 * (time.perf_counter() - start)


def save_with_softmax(architecture, arguments, model, path):
    """The same weights; that the model differs in the last activation only is checked."""
    with_softmax = architecture(**arguments)
    with_softmax.set_weights(model.get_weights())
    for layer in leaves(with_softmax):
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()
    with_softmax.save(path)
    activation = with_softmax.layers[-1].activation.__name__
    assert activation == "softmax", activation
    return activation


def predict(folder, *files):
    """Keras's predictions of files that were not saved by Keras."""
    initialize_with_zeros()
    with open(f"{folder}/shape.json", encoding="utf-8") as file:
        shape = json.load(file)
    images = np.fromfile(f"{folder}/input.bin", "<f4").reshape(shape)
    load_ms = {}
    for file in files:
        start = time.perf_counter()
        model = keras.saving.load_model(f"{folder}/{file}", compile=False)
        load_ms[file] = 1000 * (time.perf_counter() - start)
        np.asarray(model.predict(images, verbose=0)).tofile(f"{folder}/{file}.bin")
    return {"kerasLoadMs": load_ms}


def predict_each(*files):
    """Keras's predictions of files beside their inputs, computed without compiling."""
    initialize_with_zeros()
    for file in files:
        keras.backend.clear_session()
        folder = os.path.dirname(file)
        try:
            model = keras.saving.load_model(file, compile=False)
            images = np.fromfile(f"{folder}/input.bin", "<f4").reshape((1, *model.input_shape[1:]))
            np.asarray(model(images, training=False)).tofile(f"{file}.bin")
        except Exception as error:  # noqa: BLE001 - whatever Keras raises is the finding
            with open(f"{folder}/error.txt", "w", encoding="utf-8") as text:
                text.write(f"{os.path.basename(file)}: {type(error).__name__}: {str(error)[:600]}")
    return {}


if __name__ == "__main__":
    main(*sys.argv[1:])
