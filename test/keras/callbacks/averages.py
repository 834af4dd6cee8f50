"""Real Keras's fit() with averages of the weights: validation losses, and the weights that are left.

Run with Keras 3.15.1:  KERAS_BACKEND=tensorflow python test/keras/callbacks/averages.py
"""

import json
import pathlib

import keras
import numpy as np

C = keras.callbacks
X = np.array([[1, 2], [3, -1], [0.5, 1], [-2, 1], [1, 1], [2, 0]], "float32")
Y = np.array([[1], [2], [0], [-1], [3], [0.5]], "float32")
EMA = {"use_ema": True, "ema_momentum": 0.8}


def fit(callbacks, wrap=False):
    made = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, kernel_initializer="ones")])
    optimizer = keras.optimizers.SGD(0.1, **EMA)
    made.compile(keras.optimizers.LossScaleOptimizer(optimizer) if wrap else optimizer, "mse")
    seen = []
    watch = C.LambdaCallback(on_epoch_end=lambda epoch, logs: seen.append([float(v) for v in np.concatenate([w.ravel() for w in made.get_weights()])]))
    history = made.fit(
        X[:4], Y[:4], batch_size=2, epochs=3, shuffle=False, verbose=0, validation_data=(X[4:], Y[4:]), callbacks=[*callbacks, watch]
    ).history
    left = [float(v) for v in np.concatenate([w.ravel() for w in made.get_weights()])]
    return {"valLosses": history["val_loss"], "atEpochEnds": seen, "weights": left}


rows = {
    "none": fit([]),
    "SwapEMAWeights": fit([C.SwapEMAWeights()]),
    "SwapEMAWeights, loss scale": fit([C.SwapEMAWeights()], wrap=True),
    "SwapEMAWeights, swapOnEpoch": fit([C.SwapEMAWeights(swap_on_epoch=True)]),
    "EarlyStopping": fit([C.EarlyStopping("val_loss", patience=3, mode="max", restore_best_weights=True)]),
}
FILE = pathlib.Path(__file__).parent / "averages.json"
FILE.write_text("{\n" + ",\n".join(f'"{name}": {json.dumps(row)}' for name, row in rows.items()) + "\n}\n")
