"""What image layers of Keras do with a dictionary of images and what belongs to them, for a given draw.

Run with Keras 3.15.1:  KERAS_BACKEND=numpy python test/layers/preprocessing/parts.py
Writes goldensParts.json. Images, labels, boxes and masks follow from formulas that the test repeats.
"""

import json
import pathlib

import keras
import numpy as np

layers = keras.layers
LAST, FIRST = "channels_last", "channels_first"
SHAPE = (2, 6, 5, 3)
BOXES = [[[1, 2, 4, 5], [0, 0, 2, 2]], [[2, 1, 5, 6], [3, 3, 4, 5]]]


def pattern(shape, low, high):
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return (low + (high - low) * ((i * 37 + 11) % 101) / 100).astype("float32").reshape(shape)


def first(x, data_format):
    return np.ascontiguousarray(np.moveaxis(x, -1, -3)) if data_format == FIRST else x


def inputs_of(keys, data_format, is_single):
    every = {
        "images": first(pattern(SHAPE, 0, 255), data_format),
        "labels": pattern((2, 4), 0, 1),
        "bounding_boxes": {"boxes": np.array(BOXES, "float32"), "labels": np.array([[1, 2], [3, 4]], "float32")},
        "segmentation_masks": first(np.floor(pattern((2, 6, 5, 1), 0, 4)), data_format),
        "weights": pattern((2,), 0, 1),
    }
    given = {key: every[key] for key in ("images", *keys)}
    return keras.tree.map_structure(lambda x: x[0], given) if is_single else given


def floats(array):
    return {"shape": list(np.shape(array)), "values": [float(f"{v:.7g}") for v in np.asarray(array, "float64").ravel()]}


rows = []


def row(name, args, keys, draw=None, keras_draw=None, data_format=LAST, training=True, is_single=False):
    given = {**args, "data_format": data_format}
    if "bounding_boxes" in keys:
        given.setdefault("bounding_box_format", "xyxy")
    layer = getattr(layers, name)(**given)
    inputs = inputs_of(keys, data_format, is_single)
    if keras_draw is not None:
        made = keras_draw(layer, inputs["images"]) if callable(keras_draw) else keras_draw
        layer.get_random_transformation = lambda data, training=True, seed=None: made
    outputs = layer(inputs, training=training)
    flat = keras.tree.map_structure(floats, outputs)
    rows.append({"className": name, "args": given, "keys": list(keys), "draw": draw, "training": training, "isSingle": is_single, "outputs": flat})


def f32(values, *shape):
    return np.asarray(values, dtype="float32").reshape(shape or (-1,))


LABELS, BOX, MASK, OTHER = ("labels",), ("bounding_boxes",), ("segmentation_masks",), ("weights",)
MIX = {"order": [1, 0], "weights": [0.3, 0.8]}
KERAS_MIX = {"permutation_order": np.array([1, 0]), "mix_weight": f32([0.3, 0.8])}
RECTANGLES = [{"y": [0.5, 2.25], "x": [1, 3.5]}, {"y": [1.2, 4], "x": [0, 0.9]}]


def cut(layer, images):
    corners = [f32([r[axis][i] for r in RECTANGLES]) for axis, i in (("x", 0), ("x", 1), ("y", 0), ("y", 1))]
    masks, weight = layer._generate_batch_mask(images.shape, corners)
    return {"permutation_order": np.array([1, 0]), "batch_masks": masks, "mix_weight": weight}


row("MixUp", {}, LABELS + OTHER, MIX, KERAS_MIX)
row("MixUp", {}, BOX, MIX, KERAS_MIX)
row("MixUp", {}, LABELS + BOX + MASK, training=False)
for data_format in (LAST, FIRST):
    row("CutMix", {}, LABELS, {"order": [1, 0], "rectangles": RECTANGLES}, cut, data_format)
    row("CutMix", {}, MASK, {"order": [1, 0], "rectangles": RECTANGLES}, cut, data_format)
    for mode in ("horizontal", "vertical", "horizontal_and_vertical"):
        flips = lambda layer, images: {"flips": np.array([True, False]).reshape(2, 1, 1, 1), "input_shape": images.shape}
        row("RandomFlip", {"mode": mode}, LABELS + MASK, [True, False], flips, data_format)
        row("RandomFlip", {"mode": mode}, BOX, [True, False], flips, data_format)
    row("RandomCrop", {"height": 3, "width": 2}, LABELS + BOX + MASK, [2, 1], (2, 1), data_format)
    row("RandomCrop", {"height": 4, "width": 3}, LABELS + BOX + MASK, data_format=data_format, training=False)
    row("RandomCrop", {"height": 8, "width": 4}, LABELS + BOX + MASK, data_format=data_format)
    row("CenterCrop", {"height": 3, "width": 2}, LABELS + MASK, data_format=data_format)
    row("Resizing", {"height": 3, "width": 4}, LABELS + MASK, data_format=data_format)
flips = lambda layer, images: {"flips": np.array([True, True]).reshape(2, 1, 1, 1), "input_shape": images.shape}
for name in ("yxyx", "xywh", "center_xywh", "center_yxhw", "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh"):
    row("RandomFlip", {"bounding_box_format": name}, BOX, [True, True], flips)
    row("RandomCrop", {"height": 3, "width": 2, "bounding_box_format": name}, BOX, [2, 1], (2, 1))
for count in (1, 2, 4):
    row("MaxNumBoundingBoxes", {"max_number": count}, LABELS + BOX + MASK)
    row("MaxNumBoundingBoxes", {"max_number": count, "fill_value": 7}, BOX, training=False)
single = lambda layer, images: {"flips": np.array([True]).reshape(1, 1, 1), "input_shape": images.shape}
row("RandomCrop", {"height": 3, "width": 2}, LABELS + BOX + MASK, [2, 1], (2, 1), is_single=True)
row("RandomBrightness", {"factor": 0.3}, LABELS + BOX + MASK, training=False, is_single=True)

lines = ",\n".join(json.dumps(row, separators=(",", ":")) for row in rows)
(pathlib.Path(__file__).parent / "goldensParts.json").write_text(f"[\n{lines}\n]\n")
print(len(rows))
