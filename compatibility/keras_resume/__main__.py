"""Thirty steps of training in Keras, of which the middle ten can be taken elsewhere.

python compatibility/keras_resume make FOLDER      trains, saves after 10 steps, and writes FOLDER/wanted.json with all losses
python compatibility/keras_resume goOn FOLDER      loads NAME.FROM.TO of FOLDER/here and trains the last 10 steps

The last line is JSON. `npm run compatibility -- resume` compares.
"""

import json
import os
import sys
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parents[2] / "test/fixtures")]
if __package__ in (None, ""):
    __package__ = "keras_resume"

from generator import resumed  # noqa: E402
from generator.resumed import train  # noqa: E402
from keras_masks.versions import IS_KERAS_3, VERSION, describe, keras  # noqa: E402

O, S = keras.optimizers, keras.optimizers.schedules
ACCUMULATES = IS_KERAS_3 and not VERSION.startswith(("3.0.", "3.1."))
OPTIMIZERS = {
    "SGD": lambda: O.SGD(0.05),
    "SGD, momentum": lambda: O.SGD(0.05, momentum=0.9),
    "SGD, nesterov, average": lambda: O.SGD(0.05, momentum=0.9, nesterov=True, use_ema=True, ema_momentum=0.8),
    "RMSprop": lambda: O.RMSprop(0.005),
    "RMSprop, centered, momentum": lambda: O.RMSprop(0.005, momentum=0.5, centered=True),
    "Adam": lambda: O.Adam(0.01),
    "Adam, amsgrad": lambda: O.Adam(0.01, amsgrad=True),
    "AdamW": lambda: O.AdamW(0.01, weight_decay=0.05),
    "AdamW, schedule, clipnorm": lambda: O.AdamW(S.CosineDecay(0.02, 25), weight_decay=0.05, clipnorm=1.0),
    "Adadelta": lambda: O.Adadelta(1.0),
    "Adagrad": lambda: O.Adagrad(0.05),
    "Adamax": lambda: O.Adamax(0.005),
    "Adafactor": lambda: O.Adafactor(0.01),
    "Nadam": lambda: O.Nadam(0.005),
    "Ftrl": lambda: O.Ftrl(0.1, l1_regularization_strength=0.001),
    "Lion": lambda: O.Lion(0.001),
    "Lamb": lambda: O.Lamb(0.01),
    "Muon": lambda: O.Muon(0.01),
}
if keras.backend.backend() == "jax":  # on TensorFlow, Keras reads a variable after its update there
    OPTIMIZERS["ScheduleFreeAdamW"] = lambda: O.ScheduleFreeAdamW(0.01)
if ACCUMULATES:
    OPTIMIZERS["Adam, accumulation"] = lambda: O.Adam(0.01, gradient_accumulation_steps=3)
    OPTIMIZERS["Adam, loss scale"] = lambda: O.LossScaleOptimizer(O.Adam(0.01), initial_scale=64.0, dynamic_growth_steps=3)
FORMATS = ("keras", "h5")


def load(path):
    """A model with the state of its optimizer.

    Keras 3 builds the optimizer of an .h5 file with no variables, and so cannot train on, also with a file of its own
    ("Unknown variable"). Here the state of the file is given to an optimizer that has them.
    """
    model = keras.models.load_model(path)
    if not IS_KERAS_3 or path.suffix != ".h5":
        return model
    import h5py
    from keras.src.legacy.saving.legacy_h5_format import load_optimizer_weights_from_hdf5_group

    optimizer = O.deserialize(O.serialize(model.optimizer))
    optimizer.build(model.trainable_variables)
    with h5py.File(path) as file:
        values = [value[()] for value in load_optimizer_weights_from_hdf5_group(file)]
    if len(values) != len(optimizer.variables):
        raise ValueError(f"{len(values)} values for {[variable.path for variable in optimizer.variables]}")
    for variable, value in zip(optimizer.variables, values):
        variable.assign(value)
    model.optimizer = optimizer
    return model


def made(folder):
    wanted, refused = {}, {}
    for name in OPTIMIZERS:
        try:
            optimizer = OPTIMIZERS[name]()
        except AttributeError as error:  # an optimizer that came later
            refused[name] = str(error)
            continue
        keras.utils.set_random_seed(7)
        model = resumed.make(keras, optimizer)
        losses = train(model, range(10))
        for format in FORMATS:
            path = folder / f"{name}.{format}"
            try:
                model.save(path)
            except Exception as error:  # noqa: BLE001: some optimizers have two variables of one name, which .h5 refuses
                path.unlink(missing_ok=True)
                refused[path.name] = f"{type(error).__name__}: {error}"
        wanted[name] = losses + train(model, range(10, 30))
    (folder / "wanted.json").write_text(json.dumps({"environment": describe(), "wanted": wanted, "refused": refused}))
    return {"made": len(wanted), "refused": sorted(refused)}


def gone_on(folder):
    found = {path.name: losses_or_error(path, range(20, 30)) for path in sorted((folder / "here").iterdir())}
    own = {}
    maker = json.loads((folder / "wanted.json").read_text())["environment"]
    for name in OPTIMIZERS if maker == describe() else ():
        path = folder / f"{name}.h5"
        if path.exists():
            own[path.name] = losses_or_error(path, range(10, 11))
    unread = {name: losses for name, losses in own.items() if isinstance(losses, str)}
    (folder / "found.json").write_text(json.dumps({"environment": describe(), "found": found, "unread": unread}))
    return {"read": len(found)}


def losses_or_error(path, steps):
    try:
        return train(load(path), steps)
    except Exception as error:  # noqa: BLE001: what Keras says is the finding
        return f"{type(error).__name__}: {str(error)[-300:]}"


if __name__ == "__main__":
    import warnings

    warnings.filterwarnings("ignore")
    command, folder = sys.argv[1:]
    print(json.dumps({"make": made, "goOn": gone_on}[command](Path(folder))))
    sys.stdout.flush()
    os._exit(0)  # threads of TensorFlow end slowly
