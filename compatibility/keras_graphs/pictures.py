"""Models of images with bounding boxes: KERAS_BACKEND=jax python compatibility/keras_graphs/pictures.py FOLDER

Writes a .keras and an .h5 for each, and FOLDER/pictures.json with inputs and what the model gives in prediction and in training.
The layers draw from ranges of one number, so that nothing is left to chance. Layers that change sizes stand in a Pipeline, since
Keras cannot say the shapes of a dictionary otherwise.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np  # noqa: E402
from keras_masks.versions import keras, layers  # noqa: E402

BOXES = {"bounding_box_format": "rel_xywh"}
TURN = {"factor": (0.125, 0.125), "bounding_box_format": "xyxy"}
MOVE = {"height_factor": (0.25, 0.25), "width_factor": (-0.125, -0.125), **BOXES}
ZOOM = {"height_factor": (0.25, 0.25), "fill_mode": "nearest", **BOXES}


def pipeline():
    return layers.Pipeline([layers.RandomTranslation(**MOVE), layers.RandomZoom(**ZOOM), layers.CenterCrop(4, 3, **BOXES)])


CASES = {
    "pipeline": pipeline,
    "pipeline_within": lambda: layers.Pipeline([pipeline(), layers.Resizing(6, 5, pad_to_aspect_ratio=True, **BOXES)]),
    "rotation": lambda: layers.RandomRotation(**TURN),
    "translation": lambda: layers.RandomTranslation(**MOVE),
    "zoom": lambda: layers.RandomZoom(**ZOOM),
    "resizing": lambda: layers.Pipeline([layers.Resizing(5, 9, crop_to_aspect_ratio=True, **BOXES)]),
    "crop": lambda: layers.Pipeline([layers.CenterCrop(9, 5, **BOXES)]),
    "fewer": lambda: layers.Pipeline([layers.MaxNumBoundingBoxes(1, bounding_box_format="xyxy")]),
}


def array(value):
    value = np.asarray(value)
    return {"shape": list(value.shape), "values": [float(f"{v:.7g}") for v in value.astype("float64").ravel()]}


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(3)
    x = {
        "images": rng.uniform(0, 255, (2, 8, 6, 1)).round(1).astype("float32"),
        "boxes": np.array([[[0.1, 0.2, 0.5, 0.6], [0, 0, 0.2, 0.3]], [[0.3, 0.1, 0.6, 0.8], [0.7, 0.8, 0.3, 0.2]]], "float32"),
        "labels": np.array([[1, 2], [3, 4]], "float32"),
    }
    pixels = x["boxes"] * np.array([6, 8, 6, 8], "float32")
    facts = {}
    for name, make in CASES.items():
        keras.utils.set_random_seed(1)
        given = {key: keras.Input(value.shape[1:], name=key) for key, value in x.items()}
        outputs = make()({"images": given["images"], "bounding_boxes": {"boxes": given["boxes"], "labels": given["labels"]}})
        model = keras.Model(given, outputs)
        fed = {**x, "boxes": np.concatenate([pixels[..., :2], pixels[..., :2] + pixels[..., 2:]], -1)} if name in ("rotation", "fewer") else x
        entry = {"inputs": keras.tree.map_structure(array, fed)}
        for mode in (False, True):
            entry["trains" if mode else "predicts"] = keras.tree.map_structure(array, model(dict(fed), training=mode))
        for ending in ("keras", "h5"):
            model.save(folder / f"{name}.{ending}")
            facts[f"{name}.{ending}"] = entry
    (folder / "pictures.json").write_text(json.dumps(facts))


main(Path(sys.argv[1]))
