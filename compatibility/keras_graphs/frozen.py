"""Frozen layers that hold layers: python compatibility/keras_graphs/frozen.py FOLDER

Writes models of one layer, frozen by its constructor and by its flag, and FOLDER/frozen.json with the number of weights that
Keras trains once it has read the file. Keras 3 asks each layer within for its own flag, which a constructor does not set.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from keras_masks.versions import keras, layers  # noqa: E402


def on_itself(layer):
    return lambda x: layer(x, x)


MAKERS = {
    "lstm": lambda **k: layers.LSTM(2, **k),
    "gru": lambda **k: layers.GRU(2, **k),
    "simple": lambda **k: layers.SimpleRNN(2, **k),
    "rnn": lambda **k: layers.RNN(layers.LSTMCell(2), **k),
    "both": lambda **k: layers.Bidirectional(layers.GRU(2), **k),
    "each": lambda **k: layers.TimeDistributed(layers.Dense(2), **k),
    "attention": lambda **k: on_itself(layers.MultiHeadAttention(1, 2, **k)),
    "spectral": lambda **k: layers.SpectralNormalization(layers.Dense(2), **k),
    "dense": lambda **k: layers.Dense(2, **k),
}


def made(make, how):
    x = keras.Input((3, 2))
    model = keras.Model(x, make(**({"trainable": False} if how == "constructor" else {}))(x))
    if how == "flag":
        model.layers[-1].trainable = False
    return model


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    counts = {}
    for name, make in MAKERS.items():
        for how in ("constructor", "flag"):
            file = f"{name}_{how}.keras"
            try:
                made(make, how).save(folder / file)
                again = keras.models.load_model(folder / file)
                counts[file] = len(again.trainable_variables)
            except Exception as error:  # noqa: BLE001
                (folder / file).unlink(missing_ok=True)
                print(file, str(error)[:80])
    (folder / "frozen.json").write_text(json.dumps(counts))
    print(counts)


main(Path(sys.argv[1]))
