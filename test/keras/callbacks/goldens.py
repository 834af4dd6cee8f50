"""Real Keras's callbacks driven with scripted logs: what they do after each epoch.

Run with Keras 3.15.1:  KERAS_BACKEND=jax python test/keras/callbacks/goldens.py
The weight of the model is the number of the epoch, so that it tells which epoch was restored.
"""

import json
import pathlib
import tempfile

import keras
import numpy as np

C = keras.callbacks
rng = np.random.default_rng(5)
LOSSES = {
    "falls": [1.0, 0.8, 0.7, 0.69, 0.685, 0.684, 0.683, 0.5],
    "rises": [0.5, 0.6, 0.7, 0.4, 0.8, 0.9, 1.0, 0.3],
    "waves": [1.0, 0.9, 0.95, 0.85, 0.9, 0.86, 0.84, 0.9, 0.83, 0.99, 0.98, 0.97],
}
EARLY = [{"monitor": "val_loss", **one} for one in (
    {}, {"patience": 2}, {"patience": 2, "restore_best_weights": True}, {"patience": 1, "min_delta": 0.02},
    {"patience": 2, "baseline": 0.6}, {"patience": 2, "baseline": 0.6, "restore_best_weights": True},
    {"patience": 1, "start_from_epoch": 3, "restore_best_weights": True}, {"mode": "max", "patience": 2, "restore_best_weights": True}, {"patience": 2, "min_delta": 0.1, "restore_best_weights": True},
    {"patience": 0, "min_delta": -0.1, "baseline": 0.35, "start_from_epoch": 1})]
PLATEAU = [{"monitor": "val_loss", **one} for one in (
    {"patience": 1}, {"patience": 2, "factor": 0.5}, {"patience": 1, "cooldown": 2, "factor": 0.5}, {"patience": 1, "min_lr": 0.05, "factor": 0.2},
    {"patience": 1, "mode": "max", "factor": 0.5}, {"patience": 2, "min_delta": 0.03, "factor": 0.3}, {"patience": 2, "min_delta": 0.1, "factor": 0.9, "cooldown": 1})]


def model():
    made = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, use_bias=False)])
    made.compile(keras.optimizers.SGD(0.1), "mse")
    return made


def drive(callback, losses):
    made = model()
    callback.set_model(made)
    callback.set_params({"epochs": len(losses)})
    made.stop_training = False
    callback.on_train_begin()
    rates, seen = [], []
    for epoch, loss in enumerate(losses):
        callback.on_epoch_begin(epoch, {})
        made.set_weights([np.full((1, 1), epoch, "float32")])
        logs = {"loss": loss * 2, "val_loss": loss}
        callback.on_epoch_end(epoch, logs)
        rates.append(float(made.optimizer.learning_rate))
        seen.append(sorted(logs))
        if made.stop_training:
            break
    callback.on_train_end({})
    return {"epochs": len(rates), "rates": rates, "weight": float(made.get_weights()[0][0, 0]), "logs": seen[-1]}


def early(args, name):
    callback = C.EarlyStopping(**args)
    found = drive(callback, LOSSES[name])
    return {"args": args, "losses": name, **found, "stopped": callback.stopped_epoch, "best": None if callback.best is None else float(callback.best)}


def csv():
    texts = {}
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "log.csv"
        for key, rows in {"plain": [{"loss": 0.5, "acc": 0.25}, {"loss": 0.25, "acc": 0.5}], "vector": [{"loss": 0.5, "f1": np.array([0.5, 0.25])}]}.items():
            logger = C.CSVLogger(str(path))
            logger.set_model(model())
            logger.on_train_begin()
            for epoch, logs in enumerate(rows):
                logger.on_epoch_end(epoch, logs)
            logger.on_train_end()
            texts[key] = path.read_text()
        for _ in range(2):
            logger = C.CSVLogger(str(path), append=True, separator=";")
            logger.set_model(model())
            logger.on_train_begin()
            logger.on_epoch_end(0, {"loss": 0.5})
            logger.on_train_end()
        texts["append"] = path.read_text()
    return texts


def checkpoints(args, name):
    saved = []
    with tempfile.TemporaryDirectory() as folder:
        callback = C.ModelCheckpoint(folder + "/{epoch:02d}-{val_loss:.3f}.keras", monitor="val_loss", **args)
        made = model()
        made.save = lambda path, overwrite=True: saved.append(pathlib.Path(path).name)
        callback.set_model(made)
        callback.on_train_begin()
        for epoch, loss in enumerate(LOSSES[name]):
            callback.on_epoch_begin(epoch)
            for batch in range(3):
                callback.on_train_batch_end(batch, {"loss": loss, "val_loss": loss})
            callback.on_epoch_end(epoch, {"loss": loss, "val_loss": loss})
    return {"args": args, "losses": name, "saved": saved}


result = {
    "losses": LOSSES,
    "early": [early(args, name) for args in EARLY for name in LOSSES],
    "plateau": [{"args": args, "losses": name, **drive(C.ReduceLROnPlateau(**args), LOSSES[name])} for args in PLATEAU for name in LOSSES],
    "scheduler": drive(C.LearningRateScheduler(lambda epoch, rate: rate * 0.9 if epoch % 2 else rate), LOSSES["falls"]),
    "csv": csv(),
    "checkpoints": [checkpoints(args, name) for name in LOSSES for args in ({}, {"save_best_only": True}, {"save_best_only": True, "mode": "max"},
                    {"save_best_only": True, "initial_value_threshold": 0.69}, {"save_freq": 5})],
}
(pathlib.Path(__file__).parent / "goldens.json").write_text(json.dumps(result) + "\n")
